//! docs/simulator.md names every call that is offered, and none that is not; docs/simulator-world.md every member of the world.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};
use simulator::world::World;
use simulator::{Options, Service, addresses, world_file};

use crate::{ARM, Azure, TWINS};

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

fn page_on_worlds() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/simulator-world.md");
    std::fs::read_to_string(path).unwrap()
}

/// The examples of the page as one file, which is gone with it.
struct Example(std::path::PathBuf);

impl Example {
    fn new(name: &str) -> Self {
        let page = page_on_worlds();
        let parts = page.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap());
        let file = std::env::temp_dir()
            .join(format!("simulator-{}-example-{name}.toml", std::process::id()));
        std::fs::write(&file, parts.collect::<String>()).unwrap();
        Self(file)
    }
}

impl Drop for Example {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// The names of members, not of what is kept by id and not of what ARM or Azure Digital Twins name.
fn members(row: &Value, names: &mut BTreeSet<String>) {
    const FOREIGN: [&str; 9] = [
        "contents",
        "tags",
        "identity",
        "properties",
        "definition",
        "twins",
        "relationships",
        "info",
        "claims",
    ];
    match row {
        Value::Object(row) => {
            for (name, value) in row {
                names.insert(name.clone());
                if !FOREIGN.contains(&name.as_str()) {
                    members(value, names);
                }
            }
        }
        Value::Array(rows) => rows.iter().for_each(|row| members(row, names)),
        _ => {}
    }
}

#[test]
fn every_member_of_a_world_stands_on_the_page() {
    let example = Example::new("members");
    let now = "2026-01-01T00:00:00Z".parse().unwrap();
    let world = json!(world_file::read(&example.0, now).unwrap());
    for (name, rows) in json!(World::default()).as_object().unwrap() {
        assert!(rows.is_array() || rows.is_object(), "{name}");
        let shown = &world[name];
        let empty = *shown == json!([]) || *shown == json!({});
        assert!(!empty, "the page has no example of {name}");
    }
    let mut names = BTreeSet::new();
    members(&world, &mut names);
    let content = world["contents"].as_object().unwrap().values().next().unwrap();
    members(&content["models"], &mut names);
    let page = page_on_worlds();
    let words: BTreeSet<&str> =
        page.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').collect();
    let missing: Vec<_> = names.iter().filter(|name| !words.contains(name.as_str())).collect();
    assert!(missing.is_empty(), "not on the page: {missing:?}");
}

#[tokio::test]
async fn the_example_on_the_page_is_a_world_that_works() {
    let example = Example::new("works");
    let azure = Azure::with(Options { world: Some(example.0.clone()), ..Options::default() }).await;
    let workshop = "/subscriptions/b0000000-0000-4000-8000-000000000001";
    let entra = azure.entra("token");
    let at_home = |url: String| url.replace(simulator::world::demo::TENANT, "example.org");
    assert_eq!(azure.client.post(at_home(entra)).send().await.unwrap().status(), 400);

    let form = [
        ("client_id", "c0000000-0000-4000-8000-000000000001"),
        ("client_secret", "oil"),
        ("grant_type", "client_credentials"),
        ("scope", "https://management.azure.com//.default"),
    ];
    let url = at_home(azure.entra("token"));
    let got = crate::Got::from(azure.client.post(url).form(&form).send().await.unwrap()).await;
    let token = got.body["access_token"].as_str().unwrap().to_owned();
    let robot = crate::Person { azure: &azure, token };
    let bench = format!("/arm{workshop}/resourcegroups/rg-bench");
    assert_eq!(robot.get(&bench).await.status, 200, "the schedule has made it a reader");
    let refused = robot.put(&bench, json!({"location": "westeurope"})).await;
    assert_eq!(refused.code(), "AuthorizationFailed");
    let rows = robot.get(&format!("/arm{workshop}/providers/Microsoft.Authorization/locks")).await;
    assert_eq!(rows.body["value"][0]["name"], "keep");
    let networks = format!("{bench}/providers/Microsoft.Network/virtualNetworks");
    let network = robot.get(&networks).await;
    assert_eq!(network.body["value"][0]["properties"]["provisioningState"], "Succeeded");

    let ada = azure.world().await["people"][0]["id"].as_str().unwrap().to_owned();
    let mut grant = json!({"principal": ada, "scope": workshop});
    grant["role"] = json!("Azure Digital Twins Data Owner");
    let got = azure.admin(Method::POST, "/role-assignments", grant).await;
    assert_eq!(got.status, 201, "{}", got.text);
    let ada = azure.person_at("example.org", "ada@example.org", TWINS).await;
    let host = "/twins/bench.api.weu.digitaltwins.azure.net";
    let lamp = ada.get(&format!("{host}/digitaltwins/lamp?api-version=2023-10-31")).await;
    assert_eq!(lamp.body["$dtId"], "lamp", "{}", lamp.text);
    let model = ada.get(&format!("{host}/models?api-version=2023-10-31")).await;
    assert_eq!(model.body["value"][0]["id"], "dtmi:example:Thing;1", "{}", model.text);

    let ada = azure.person_at("example.org", "ada@example.org", ARM).await;
    let twins = "providers/Microsoft.DigitalTwins/digitalTwinsInstances";
    let far = ada.put(&format!("{bench}/{twins}/far"), json!({"location": "eastus"})).await;
    assert_eq!((far.status.as_u16(), far.code()), (403, "RequestDisallowedByPolicy"));
    let kept = ada.delete(&bench).await;
    assert_eq!((kept.status.as_u16(), kept.code()), (409, "ScopeLocked"));
}

#[tokio::test]
async fn what_the_page_does_not_name_is_refused_at_every_depth() {
    for text in [
        "[[locks]]\nlevle = \"ReadOnly\"",
        "[[policies]]\nconditions = [{ filed = \"location\" }]",
        "[[deny_assignments]]\naction = []",
        "[[schedules]]\nroll = \"Owner\"",
        "[[resources]]\ntype = \"x\"",
        "[[tenants]]\ndomains = []",
        "[contents.x]\nmodel = []",
        "[[activity]]\nwhen = \"\"",
    ] {
        let refused = toml::from_str::<World>(text).err().map(|problem| problem.to_string());
        assert!(
            refused.as_ref().is_some_and(|text| text.contains("unknown field")),
            "{text}: {refused:?}"
        );
    }
}
