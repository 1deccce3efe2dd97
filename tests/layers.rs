//! Who may use whom. Reads the source and fails when the map in `src/lib.rs` lies.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Each module and the modules of ours that it may name. `App` and `Site` stand at the root and may
/// be named by those that carry things out.
const MAY_USE: [(&str, &[&str]); 13] = [
    ("words", &[]),
    ("domain", &["words"]),
    ("azure", &["words"]),
    ("clock", &["domain"]),
    ("store", &["domain", "words"]),
    ("delegation", &["store", "azure", "domain", "words"]),
    ("inventory", &["delegation", "azure", "domain", "words"]),
    ("standing", &["delegation", "store", "azure", "domain", "words"]),
    ("work", &["delegation", "store", "azure", "domain", "words", "App"]),
    (
        "web",
        &[
            "clock",
            "inventory",
            "standing",
            "delegation",
            "store",
            "azure",
            "domain",
            "words",
            "App",
            "Site",
        ],
    ),
    ("policy_file", &["domain"]),
    ("config", &["azure", "delegation"]),
    ("telemetry", &["azure", "config"]),
];

#[test]
fn the_map_is_true() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for (module, allowed) in MAY_USE {
        for (file, text) in sources(module) {
            seen += 1;
            for used in ours(&text) {
                if used != module && !allowed.contains(&&*used) {
                    wrong.push(format!("{file} uses {used}"));
                }
            }
        }
    }
    assert!(seen > 30, "only {seen} files were read");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_planted_use_is_found() {
    assert_eq!(ours("use crate::web::page;"), ["web"]);
    assert_eq!(
        ours("use crate::{\n    App, azure,\n    store::{self, Row},\n};"),
        ["App", "azure", "store"]
    );
    assert_eq!(ours("fn f() -> crate::work::Claimed {}"), ["work"]);
    assert_eq!(ours("use crate::{store, text};"), ["store", "words"]);
    assert_eq!(ours("use super::store::Row;"), ["store"]);
    assert_eq!(ours("use super::{super::super::domain::asked::*, *};"), ["domain"]);
    assert_eq!(ours("use super::super::{web, Row};"), ["web"]);
    assert!(ours("use super::{Error, page::View};").is_empty());
}

#[test]
fn only_the_store_speaks_sql_and_only_azure_speaks_http_to_the_world() {
    for (module, word) in [("store", "sqlx::"), ("azure", "reqwest::")] {
        let others = MAY_USE.iter().filter(|(name, _)| *name != module);
        for (other, _) in others {
            for (file, text) in sources(other) {
                assert!(!text.contains(word), "{file} names {word}");
            }
        }
    }
}

/// Numbers and spans are told by facades: where they go is known in one place.
#[test]
fn only_telemetry_knows_an_exporter() {
    for (module, _) in MAY_USE.iter().filter(|(name, _)| *name != "telemetry") {
        for (file, text) in sources(module) {
            for word in ["opentelemetry", "metrics_exporter", "tracing_subscriber"] {
                assert!(!text.contains(word), "{file} names {word}");
            }
        }
    }
}

#[test]
fn the_simulator_and_the_portal_share_no_code() {
    for (file, text) in files(Path::new("simulator/src")) {
        assert!(!text.contains("twindesk::"), "{file} uses the portal");
    }
    let manifest = fs::read_to_string("simulator/Cargo.toml").expect("a manifest");
    assert!(!manifest.contains("twindesk"), "the simulator depends on the portal");
    for (module, _) in MAY_USE {
        for (file, text) in sources(module) {
            assert!(!text.contains("simulator::"), "{file} uses the simulator");
        }
    }
}

#[test]
fn every_module_says_what_it_is() {
    for (file, text) in files(Path::new("src")).into_iter().chain(files(Path::new("simulator/src")))
    {
        assert!(text.starts_with("//!"), "{file} does not begin with what it is");
    }
}

/// Docs are part of the program: a setting that is read is documented, and the other way round.
#[test]
fn every_setting_is_documented_and_every_documented_setting_is_read() {
    let named = |text: &str| -> std::collections::BTreeSet<String> {
        text.split(|c: char| !c.is_ascii_uppercase() && c != '_')
            .filter(|word| {
                ["TWINDESK_", "AZURE_", "OTEL_"]
                    .iter()
                    .any(|ours| word.len() > ours.len() && word.starts_with(ours))
            })
            .filter(|word| !word.starts_with("TWINDESK_TEST_"))
            .map(str::to_owned)
            .collect()
    };
    let read: std::collections::BTreeSet<String> =
        ["src/config.rs", "src/telemetry/log.rs", "src/telemetry/traces.rs"]
            .iter()
            .flat_map(|file| named(&fs::read_to_string(file).expect("a source")))
            .collect();
    let documented = named(&fs::read_to_string("docs/settings.md").expect("the page of settings"));
    assert!(read.len() > 20, "only {} settings were found", read.len());
    assert_eq!(read, documented);
}

fn sources(module: &str) -> BTreeMap<String, String> {
    let file = format!("src/{module}.rs");
    match fs::read_to_string(&file) {
        Ok(text) => [(file, text)].into(),
        Err(_) => files(&Path::new("src").join(module)),
    }
}

fn files(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = fs::read_to_string(&path).expect("a text");
            found.insert(path.display().to_string(), text);
        }
    }
    found
}

/// The first names after `crate::`, alone or in braces; and modules of the root that are reached by
/// `super::`, however often it is said. (No module has one of the same name below it.)
fn ours(text: &str) -> Vec<String> {
    let code: String = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n");
    let after = |word: &str| -> Vec<String> { code.split(word).skip(1).flat_map(first).collect() };
    let mut found = after("crate::");
    found.extend(after("super::").into_iter().filter(|name| is_root(name)));
    // A macro of `words`, which stands at the root as macros do.
    found.into_iter().map(|name| if name == "text" { "words".to_owned() } else { name }).collect()
}

fn is_root(name: &str) -> bool {
    MAY_USE.iter().any(|(module, _)| *module == name) || name == "program"
}

/// The names with which a path or a list of paths begins.
fn first(rest: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    match rest.strip_prefix('{') {
        Some(list) => {
            let mut depth = 0;
            let mut name = String::new();
            for c in list.chars() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => names.push(std::mem::take(&mut name)),
                    _ if depth == 0 => name.push(c),
                    _ => {}
                }
            }
            names.push(name);
        }
        None => names.push(rest.to_owned()),
    }
    names
        .iter()
        .map(|name| {
            name.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>()
        })
        .filter(|name| !name.is_empty())
        .collect()
}

/// The container image compiles the dependencies from the manifests alone: cargo then looks for
/// every target whose path is not written down.
#[test]
fn every_target_in_the_manifest_names_its_file() {
    let manifest = fs::read_to_string("Cargo.toml").expect("a manifest");
    let targets: Vec<&str> = manifest.split("\n[[").skip(1).collect();
    assert!(targets.len() >= 2, "the targets were not found");
    for target in targets {
        let target = target.split("\n[").next().unwrap_or_default();
        assert!(target.contains("path = "), "{target}");
    }
}

/// What the docs say is tested is: every story that they name exists.
#[test]
fn the_stories_that_the_docs_name_exist() {
    let text = ["coverage", "approvals", "design"]
        .map(|name| std::fs::read_to_string(format!("docs/{name}.md")).unwrap())
        .join("\n");
    let mut named = 0;
    for word in text.split('`').filter(|word| word.contains("::")) {
        let (file, test) = word.split_once("::").unwrap();
        let story = std::fs::read_to_string(format!("tests/site/{file}.rs")).unwrap();
        assert!(story.contains(&format!("async fn {test}()")), "{word}");
        named += 1;
    }
    assert!(named > 50, "{named}");
    for word in text.split("browser `").skip(1) {
        let name = word.split('`').next().unwrap();
        let file = format!("tests/browser/{name}.test.mjs");
        assert!(std::path::Path::new(&file).exists(), "{file}");
    }
}
