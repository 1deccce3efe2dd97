//! Worlds from files, what is kept between runs, the time, and writes that are not visible at once.

use std::path::PathBuf;

use reqwest::Method;
use serde_json::json;
use simulator::Options;
use simulator::world::demo::OLIVIA;

use crate::{ARM, Azure, Got, claims, member, production, quick};

/// A file that is gone after the test.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let file = format!("simulator-{}-{name}", std::process::id());
        Self(std::env::temp_dir().join(file))
    }

    fn with(name: &str, text: &str) -> Self {
        let scratch = Self::new(name);
        std::fs::write(&scratch.0, text).unwrap();
        scratch
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

const WORLD: &str = r#"
[[people]]
upn = "ada@example.org"
name = "Ada"

[[people]]
upn = "ben@example.org"

[[groups]]
name = "Makers"
security_enabled = true
members = ["ben@example.org"]

[[subscriptions]]
id = "b0000000-0000-4000-8000-000000000001"
name = "Workshop"

[[resource_groups]]
subscription = "b0000000-0000-4000-8000-000000000001"
name = "rg-bench"
location = "westeurope"

[[role_assignments]]
scope = "/subscriptions/b0000000-0000-4000-8000-000000000001"
role = "Contributor"
principal = "Makers"

[[applications]]
client_id = "c0000000-0000-4000-8000-000000000001"
name = "robot"
client_secret = "oil"
"#;

#[tokio::test]
async fn a_world_comes_from_a_file() {
    let file = Scratch::with("world.toml", WORLD);
    let azure = Azure::with(Options { world: Some(file.0.clone()), ..Options::default() }).await;
    let ben = azure.person("ben@example.org", ARM).await;
    let groups = "/arm/subscriptions/b0000000-0000-4000-8000-000000000001/resourcegroups";
    assert_eq!(ben.get(groups).await.body["value"][0]["name"], "rg-bench");
    let ada = azure.person("ada@example.org", ARM).await;
    assert_eq!(ada.get("/arm/subscriptions").await.body["value"], json!([]));
    let world = azure.world().await;
    assert_eq!(world["people"].as_array().unwrap().len(), 2);
    assert_eq!(
        (
            world["role_assignments"][0]["principal_type"].as_str(),
            &world["role_assignments"][0]["role_name"]
        ),
        (Some("Group"), &json!("Contributor"))
    );
    let robots = world["service_principals"].as_array().unwrap();
    assert!(
        robots.iter().any(|row| row["name"] == "robot"),
        "an application has a service principal"
    );
    assert!(!world.to_string().contains("oil") && !world.to_string().contains("Twindesk1!"));

    azure.admin(Method::POST, "/people", json!({"upn": "eve@example.org"})).await;
    azure.admin(Method::POST, "/reset", json!({})).await;
    assert_eq!(azure.world().await["people"].as_array().unwrap().len(), 2, "back to the file");
}

#[tokio::test]
async fn what_is_wrong_in_a_world_is_named() {
    for (name, text, problem) in [
        ("bad-1.toml", "[[people]]\nupm = \"x\"", "upm"),
        (
            "bad-2.toml",
            "[[role_assignments]]\nscope = \"/\"\nrole = \"Owner\"\nprincipal = \"x\"",
            "x, who is nobody",
        ),
        (
            "bad-3.json",
            "{\"groups\": [{\"name\": \"G\", \"members\": [\"y\"]}]}",
            "G has the member y",
        ),
        ("bad-4.yaml", "", "neither .toml nor .json"),
    ] {
        let file = Scratch::with(name, text);
        let options = Options { world: Some(file.0.clone()), ..Options::default() };
        let refused = simulator::start(options).await.err().map(|error| format!("{error:#}"));
        assert!(refused.as_ref().is_some_and(|text| text.contains(problem)), "{name}: {refused:?}");
    }
}

#[tokio::test]
async fn the_demo_world_survives_its_own_file() {
    let world = simulator::world::World::demo("2026-01-01T00:00:00Z".parse().unwrap());
    let file = Scratch::with("demo.json", &serde_json::to_string(&world).unwrap());
    let azure = Azure::with(Options { world: Some(file.0.clone()), ..Options::default() }).await;
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    assert_eq!(
        olivia.get(&production("/resourcegroups")).await.body["value"].as_array().unwrap().len(),
        2
    );
}

#[tokio::test]
async fn a_second_run_goes_on_where_the_first_stopped() {
    let file = Scratch::new("state.json");
    let options =
        || Options { state: Some(file.0.clone()), settings: quick(0), ..Options::default() };
    let (tokens, access) = {
        let azure = Azure::with(options()).await;
        let tokens = azure.tokens_of("olivia@contoso.com", &[]).await;
        let access =
            azure.refresh(&tokens, ARM).await.body["access_token"].as_str().unwrap().to_owned();
        let olivia = crate::Person { azure: &azure, token: access.clone() };
        let made = olivia
            .put(&production("/resourcegroups/rg-kept"), json!({"location": "westeurope"}))
            .await;
        assert_eq!(made.status, 201);
        azure.later(3000).await;
        azure.admin(Method::POST, "/consent", json!({"grant": ["Mail.Send"]})).await;
        (tokens, access)
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(&file.0).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "nobody else may read it");
    }
    let azure = Azure::with(options()).await;
    let olivia = crate::Person { azure: &azure, token: access };
    let kept = olivia.get(&production("/resourcegroups/rg-kept")).await;
    assert_eq!(kept.status, 200, "the old token is still good: {}", kept.text);
    let again = azure.refresh(&tokens, "Mail.Send").await;
    assert_eq!(again.status, 200, "{}", again.text);
    let issued = claims(&tokens["access_token"])["iat"].as_i64().unwrap();
    let now = claims(&again.body["access_token"])["iat"].as_i64().unwrap();
    assert!(now - issued >= 3000, "the clock stays moved");

    std::fs::write(&file.0, "{}").unwrap();
    let refused = simulator::start(options()).await.err().map(|error| error.to_string());
    assert!(refused.unwrap_or_default().contains("delete it to begin again"));
}

#[tokio::test]
async fn a_time_asked_for_at_the_start_goes_before_the_one_that_was_kept() {
    let file = Scratch::new("now.json");
    let options = |now: Option<&str>| Options {
        state: Some(file.0.clone()),
        now: now.map(|now| now.parse().unwrap()),
        ..Options::default()
    };
    let year = async |azure: &Azure| {
        let got = Got::from(azure.client.get(azure.at("/admin/clock")).send().await.unwrap()).await;
        got.body["now"].as_str().unwrap()[..4].to_owned()
    };
    {
        let azure = Azure::with(options(Some("2031-02-03T04:05:06Z"))).await;
        azure.later(3600).await;
    }
    let again = Azure::with(options(Some("2031-02-03T04:05:06Z"))).await;
    assert_eq!(year(&again).await, "2031");
    drop(again);
    let kept = Azure::with(options(None)).await;
    assert_eq!(year(&kept).await, "2031", "without one, time goes on where it was");
}

#[tokio::test]
async fn a_reset_goes_back_to_the_time_and_the_world_of_the_start() {
    let file = Scratch::with("reset.toml", WORLD);
    let azure = Azure::with(Options {
        world: Some(file.0.clone()),
        now: Some("2031-02-03T04:05:06Z".parse().unwrap()),
        settings: quick(3),
        ..Options::default()
    })
    .await;
    azure.later(90 * 24 * 3600).await;
    azure.set(json!({"lro_polls": 9})).await;
    azure.admin(Method::POST, "/people", json!({"upn": "eve@example.org"})).await;
    assert_eq!(azure.admin(Method::POST, "/reset", json!({})).await.status, 204);
    let clock = Got::from(azure.client.get(azure.at("/admin/clock")).send().await.unwrap()).await;
    assert!(clock.body["now"].as_str().unwrap().starts_with("2031-02-03"), "{}", clock.text);
    assert_eq!(azure.world().await["people"].as_array().unwrap().len(), 2);
    let settings = azure.admin(Method::PATCH, "/settings", json!({})).await;
    assert_eq!(settings.body["lro_polls"], 3);
}

#[tokio::test]
async fn what_is_under_way_survives_a_restart() {
    let file = Scratch::new("under-way.json");
    let options = || Options { state: Some(file.0.clone()), ..Options::default() };
    let cli = ("client_id", simulator::entra::applications::AZURE_CLI);
    let capable = r#"{"access_token":{"xms_cc":{"values":["cp1"]}}}"#;
    let (revoked, code, device, good) = {
        let azure = Azure::with(options()).await;
        let tokens = azure.tokens_of("nina@contoso.com", &[("claims", capable)]).await;
        let revoked = tokens["access_token"].as_str().unwrap().to_owned();
        azure.admin(Method::POST, "/people/nina@contoso.com/revoke", json!({})).await;
        let tokens = azure.tokens_of("carl@contoso.com", &[("claims", capable)]).await;
        let good = tokens["access_token"].as_str().unwrap().to_owned();
        let code = member(&azure.sign_in("olivia@contoso.com", &[]).await, "code");
        let url = azure.entra("devicecode");
        let begun = azure.client.post(url).form(&[cli, ("scope", ARM)]).send().await.unwrap();
        let begun = Got::from(begun).await.body;
        let typed = [("otc", begun["user_code"].as_str().unwrap()), ("person", OLIVIA)];
        let page = azure.at("/entra/common/oauth2/deviceauth");
        assert_eq!(azure.client.post(page).form(&typed).send().await.unwrap().status(), 200);
        azure.set(json!({"page_size": 1, "device_interval": 7})).await;
        azure
            .admin(Method::POST, "/faults", json!({"path": "/", "status": 500, "times": 99}))
            .await;
        (revoked, code, begun["device_code"].as_str().unwrap().to_owned(), good)
    };
    let azure = Azure::with(options()).await;
    let person = |token: String| crate::Person { azure: &azure, token };
    let list = "/arm/subscriptions";
    let refused = person(revoked).get(list).await;
    assert_eq!(
        (refused.status.as_u16(), refused.message()),
        (401, "User session has been revoked")
    );
    let settings = azure.admin(Method::PATCH, "/settings", json!({})).await.body;
    assert_eq!((&settings["page_size"], &settings["device_interval"]), (&json!(1), &json!(7)));
    assert_eq!(person(good.clone()).get(list).await.status, 200, "faults are forgotten");
    azure.admin(Method::POST, "/people/carl@contoso.com/revoke", json!({})).await;
    assert_eq!(person(good).get(list).await.status, 401, "an older token can still be revoked");
    let redeemed = azure.redeem(&code).await;
    assert_eq!(redeemed.status, 200, "{}", redeemed.text);
    assert_eq!(azure.redeem(&code).await.body["error_codes"], json!([54005]));
    let form = [
        cli,
        ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
        ("device_code", &device),
    ];
    let got = azure.client.post(azure.entra("token")).form(&form).send().await.unwrap();
    assert_eq!(got.status(), 200);
}

#[tokio::test]
async fn time_is_set_at_the_start_and_later() {
    let now = Some("2031-02-03T04:05:06Z".parse().unwrap());
    let azure = Azure::with(Options { now, ..Options::default() }).await;
    let tokens = azure.tokens_of("olivia@contoso.com", &[]).await;
    let issued = claims(&tokens["id_token"])["iat"].as_i64().unwrap();
    assert!((0..60).contains(&(issued - 1_927_857_906)), "{issued}");
    let got = azure.admin(Method::POST, "/clock", json!({"now": "2031-06-01T00:00:00Z"})).await;
    assert!(got.body["now"].as_str().unwrap().starts_with("2031-06-01T00:00:0"), "{}", got.text);
    assert_eq!(azure.refresh(&tokens, ARM).await.body["error_codes"], json!([700082]));
}

#[tokio::test]
async fn a_write_may_not_be_visible_to_the_next_reads() {
    let azure = Azure::start().await;
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    let group = production("/resourcegroups/rg-late");
    azure
        .admin(
            Method::POST,
            "/faults",
            json!({"method": "PUT", "path": "rg-late", "stale_reads": 2}),
        )
        .await;
    assert_eq!(olivia.put(&group, json!({"location": "westeurope"})).await.status, 201);
    assert_eq!(olivia.get("/arm/subscriptions").await.status, 200, "a read above the write counts");
    assert_eq!(olivia.get(&group).await.status, 404);
    assert_eq!(olivia.get(&group).await.status, 200);
}

#[tokio::test]
async fn a_body_may_come_slowly_and_under_another_name() {
    let azure = Azure::start().await;
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    let rule = json!({"path": "/subscriptions", "slow_ms": 1, "content_type": "text/plain"});
    azure.admin(Method::POST, "/faults", rule).await;
    let got = olivia.get("/arm/subscriptions").await;
    assert_eq!((got.status.as_u16(), got.header("content-type")), (200, "text/plain"));
    assert_eq!(got.body["value"].as_array().unwrap().len(), 1, "in the end it is whole");
    assert_eq!(got.header("content-length"), got.text.len().to_string());
}
