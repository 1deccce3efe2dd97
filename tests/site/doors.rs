//! Every address, visited as a stranger. The list is read out of the router's own source, so an
//! address that is added without a guard fails here.

use reqwest::StatusCode;

use super::world::on_each_database;

/// What strangers may open, and why.
const OPEN: [&str; 7] = [
    "/sign-in",                   // leads to Entra ID
    "/auth/callback",             // comes back from it; worthless without what began it
    "/auth/front-channel-logout", // Entra ID calls it without a cookie
    "/signed-out",                // says so
    "/health/live",               // for load balancers
    "/health/ready",
    "/static/{file}", // no person is in them
];

/// `(method, path)` of every route.
pub fn addresses() -> Vec<(&'static str, String)> {
    let source = include_str!("../../src/web/mod.rs");
    let mut found = Vec::new();
    for route in source.split(".route(\"").skip(1) {
        let (path, rest) = route.split_once('"').unwrap();
        let handlers = rest.split(".route(").next().unwrap().split(".fallback(").next().unwrap();
        for (word, method) in [("get(", "GET"), ("post(", "POST")] {
            if handlers.contains(word) {
                found.push((method, path.to_owned()));
            }
        }
    }
    assert!(found.len() > 20, "the list of addresses was not found");
    found
}

pub fn filled(path: &str) -> String {
    path.replace("{id}", "01936f0e-2a77-7c1e-b7b9-2b6f1c7e77aa")
        .replace("{file}", "site.css")
        .replace("{subscription}", "a1b2c3d4-0000-4000-8000-000000000001")
        .replace("{group}", "rg-plant")
        .replace("{name}", "dt-plant")
        .replace("{rule}", "resource-name")
}

#[tokio::test]
async fn a_stranger_is_sent_to_sign_in_and_changes_nothing() {
    on_each_database(async |world| {
        let stranger = world.browser();
        for (method, path) in addresses() {
            if OPEN.contains(&&*path) {
                continue;
            }
            let address = filled(&path);
            if method == "GET" {
                let page = stranger.fetch(&address).await;
                assert_eq!(page.status, StatusCode::SEE_OTHER, "{method} {path}");
                let encoded: String =
                    url::form_urlencoded::byte_serialize(address.as_bytes()).collect();
                let to = page.location();
                let wanted = encoded.replace('-', "%2D").replace('.', "%2E");
                assert!(to.contains(&format!("/sign-in?return={wanted}")), "{path} leads to {to}");
            } else {
                let page = stranger.post(&address, &[]).await;
                assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{method} {path}");
                assert!(page.has("a[href='/sign-in']"), "{path}");
            }
        }
        assert!(world.azure.calls().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_strangers_may_open_tells_nothing_about_anybody() {
    on_each_database(async |world| {
        world.person("olivia").await;
        let stranger = world.browser();
        for path in OPEN {
            let page = stranger.fetch(&filled(path)).await;
            assert!(!page.text.contains("olivia") && !page.text.contains("Ortiz"), "{path}");
        }
    })
    .await;
}
