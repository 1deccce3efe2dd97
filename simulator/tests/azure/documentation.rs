//! docs/simulator.md names every call that is offered, and none that is not.

use std::collections::BTreeSet;

use simulator::{Service, addresses};

fn documented() -> BTreeSet<(String, String, String)> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/simulator.md");
    let text = std::fs::read_to_string(path).unwrap();
    let mut service = String::new();
    let mut rows = BTreeSet::new();
    for line in text.lines() {
        if let Some(title) = line.strip_prefix("## ") {
            service = title.to_owned();
        }
        let call =
            line.strip_prefix("| `").and_then(|rest| rest.split_once('`')).map(|(call, _)| call);
        if let Some((method, path)) = call.and_then(|call| call.split_once(' ')) {
            rows.insert((service.clone(), method.to_owned(), path.to_owned()));
        }
    }
    rows
}

#[test]
fn every_call_stands_in_the_documentation() {
    let title = |service| match service {
        Service::Entra => "Entra",
        Service::Arm => "ARM",
        Service::Graph => "Graph",
        Service::Twins => "Data plane",
        Service::Admin => "Admin",
    };
    let offered: BTreeSet<(String, String, String)> = addresses()
        .into_iter()
        .map(|(service, method, path, _)| {
            (title(service).to_owned(), method.to_owned(), path.to_owned())
        })
        .collect();
    let documented = documented();
    let invented: Vec<_> = documented.difference(&offered).collect();
    assert!(invented.is_empty(), "documented but not offered: {invented:#?}");
    let own = ["Entra", "ARM", "Graph", "Data plane"];
    let missing: Vec<_> = offered
        .difference(&documented)
        .filter(|(service, _, _)| own.contains(&service.as_str()))
        .collect();
    assert!(missing.is_empty(), "offered but not documented: {missing:#?}");
}
