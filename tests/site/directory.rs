//! Instances as people see them: the directory, their own pages, and how to call them.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::json;

use super::{
    asking::{FACTORY_FLOOR, instance, request_access, review},
    world::on_each_database,
};

fn pages(tab: &str) -> String {
    let id = "/instances/a1b2c3d4-0000-4000-8000-000000000001/rg-factory/factory-floor";
    format!("{id}{tab}")
}

#[tokio::test]
async fn the_directory_asks_azure_once_and_shows_what_one_sees() {
    on_each_database(async |world| {
        let olivia = world.person("olivia").await;
        world.azure.forget_calls().await;
        let page = olivia.open("/instances").await;
        assert!(page.all("tbody th a").contains(&"factory-floor".to_owned()), "{}", page.words());
        assert_eq!(page.one("tbody td[data-label=Region]"), "West Europe");
        assert_eq!(page.html_attribute("tbody th a", "href").matches('/').count(), 4);
        let asked = || async {
            let calls = world.azure.calls().await;
            calls.iter().filter(|call| call.path.contains("ResourceGraph")).count()
        };
        assert_eq!(asked().await, 1);
        // Remembered for a minute; a search asks nothing, Refresh does.
        let none = olivia.open("/instances?q=no-such-thing").await;
        assert!(none.says("Nothing found") && none.all("tbody tr").is_empty());
        assert_eq!(olivia.open("/instances?q=FACTORY").await.all("tbody tr").len(), 1);
        assert_eq!(asked().await, 1);
        olivia.open("/instances?anew=yes").await;
        assert_eq!(asked().await, 1, "not more often than every five seconds");
        world.wait(Duration::from_secs(5)).await;
        olivia.open("/instances?anew=yes").await;
        assert_eq!(asked().await, 2);
        // Azure's names of the regions are a comfort: without them the list is there as well.
        world.wait(Duration::from_secs(61)).await;
        let fault = json!({"service": "arm", "path": "/locations", "status": 503, "times": 9});
        world.azure.fail(fault).await;
        let page = olivia.open("/instances").await;
        assert_eq!(page.one("tbody td[data-label=Region]"), "westeurope", "{}", page.words());
        world.azure.mend().await;
        // Nina holds no role.
        let nina = world.person("nina").await.open("/instances").await;
        assert!(nina.says("Azure shows you no instance"), "{}", nina.words());
    })
    .await;
}

#[tokio::test]
async fn a_directory_that_azure_does_not_give_says_why() {
    on_each_database(async |world| {
        let olivia = world.person("olivia").await;
        world
            .azure
            .fail(json!({"service": "arm", "path": "ResourceGraph", "status": 403, "code": "AuthorizationFailed",
                "message": "no graph for you"}))
            .await;
        let page = olivia.open("/instances").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.says("AuthorizationFailed"), "{}", page.words());
    })
    .await;
}

#[tokio::test]
async fn a_directory_outlives_the_token_that_it_was_asked_with() {
    on_each_database(async |world| {
        let olivia = world.person("olivia").await;
        let names = async || olivia.open("/instances?anew=yes").await.all("tbody th a");
        let before = names().await;
        assert!(before.contains(&"factory-floor".to_owned()), "{before:?}");
        // Azure thinks the token's hour over; the portal, whose clock goes after, does not.
        world.azure.advance(Duration::from_secs(2 * 3600)).await;
        world.app.clock.advance(Duration::from_secs(6));
        world.azure.forget_calls().await;
        assert_eq!(names().await, before);
        let calls = world.azure.calls().await;
        let asked = calls.iter().filter(|call| call.path.contains("ResourceGraph"));
        let answers: Vec<u16> = asked.map(|call| call.status).collect();
        assert_eq!(answers, [401, 200], "once more, with another token");

        // Azure takes no token at all: said, and not asked for ever.
        let fault = json!({"service": "arm", "path": "ResourceGraph", "status": 401, "times": 9,
            "code": "ExpiredAuthenticationToken", "message": "The access token expiry is over."});
        world.azure.fail(fault).await;
        world.app.clock.advance(Duration::from_secs(6));
        world.azure.forget_calls().await;
        let page = olivia.open("/instances?anew=yes").await;
        assert!(page.says("ExpiredAuthenticationToken"), "{}", page.words());
        let calls = world.azure.calls().await;
        assert_eq!(calls.iter().filter(|call| call.path.contains("ResourceGraph")).count(), 2);
        world.azure.mend().await;
        assert_eq!(names().await, before);
    })
    .await;
}

#[tokio::test]
async fn somebody_whose_sign_in_was_revoked_comes_back_to_the_directory() {
    on_each_database(async |world| {
        let olivia = world.person("olivia").await;
        olivia.open("/instances").await;
        world.azure.tell("/people/olivia@contoso.com/revoke", json!({})).await;
        world.wait(Duration::from_secs(61)).await;
        let page = olivia.open("/instances").await;
        let page = olivia.pick(&page, "olivia").await;
        assert_eq!(page.url.path(), "/instances");
        assert!(page.all("tbody th a").contains(&"factory-floor".to_owned()), "{}", page.words());
    })
    .await;
}

#[tokio::test]
async fn an_instance_not_made_here_has_the_same_pages() {
    on_each_database(async |world| {
        let olivia = world.person("olivia").await;
        let page = olivia.open(&pages("")).await;
        assert_eq!(page.one("#copy-name"), "factory-floor");
        assert_eq!(page.one("#copy-group"), "rg-factory");
        assert!(page.one("#copy-host").contains("digitaltwins.azure.net"));
        assert!(page.says("West Europe"), "{}", page.words());
        // Who cannot see it is told so, and what to do.
        let nina = world.person("nina").await.open(&pages("")).await;
        assert_eq!(nina.status, StatusCode::OK);
        assert!(nina.says("Azure does not show you this instance"));
        assert!(nina.has("a[href^='/access/new?instance=']"));
        assert_eq!(olivia.open("/instances/x/y/..").await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn a_test_of_ones_access_says_what_is_missing() {
    on_each_database(async |world| {
        let connect = pages("/connect");
        let olivia = world.person("olivia").await;
        let page = olivia.open(&connect).await;
        assert!(page.one("#python").contains("DigitalTwinsClient(\"https://"));
        // Owner is not Data Owner.
        let page = olivia.send(&connect, &[]).await;
        assert!(page.says("No role yet"), "{}", page.words());
        // A role that has just been assigned takes a while to reach the instance.
        world.azure.settings(json!({ "role_propagation_seconds": 20_000 })).await;
        request_access(&olivia, "data_owner").await;
        world.let_it_work().await;
        // After half an hour it is not for that reason that the instance refuses.
        world.wait(Duration::from_secs(1_800)).await;
        let page = olivia.send(&connect, &[]).await;
        let words = "refuses you although you hold Azure Digital Twins Data Owner";
        assert!(page.says(words) && page.says("a deny assignment"), "{}", page.words());
        assert!(!page.says("Not yet in effect"), "{}", page.words());
        world.wait(Duration::from_secs(20_000)).await;
        let page = olivia.send(&connect, &[]).await;
        assert!(page.says("Your access works"), "{}", page.words());
    })
    .await;
}

#[tokio::test]
async fn a_plan_is_also_told_in_commands_and_in_bicep() {
    on_each_database(async |world| {
        let carl = world.person("carl").await;
        let page = review(&carl, "/instances/new", &instance("dt-words")).await;
        let commands = page.one("#az-commands");
        assert!(commands.contains("az dt create --dt-name dt-words"), "{commands}");
        assert!(commands.contains("az role assignment create"), "{commands}");
        let off = [
            ("instance", FACTORY_FLOOR),
            ("change", "disable"),
            ("confirm_name", "factory-floor"),
            ("justification", "Only from inside."),
        ];
        let olivia = world.person("olivia").await;
        let patch = review(&olivia, "/networking/new", &off).await;
        assert!(!patch.has("#bicep-1"), "{}", patch.words());
        assert!(patch.says("Bicep cannot say this"), "{}", patch.words());
        let bicep = page.one("#bicep-1");
        assert!(
            bicep.contains("Microsoft.DigitalTwins/digitalTwinsInstances@2023-01-31"),
            "{bicep}"
        );
    })
    .await;
}

#[tokio::test]
async fn a_request_that_is_done_leads_to_the_resource() {
    on_each_database(async |world| {
        let olivia = world.person("olivia").await;
        let page = super::asking::create(&olivia, &instance("dt-here")).await;
        world.let_it_work().await;
        let done = olivia.open(page.url.path()).await;
        let links = done.html_attribute("main .acts a[href^='/instances/']", "href");
        let resource = olivia.open(&links).await;
        assert_eq!(resource.one("#copy-name"), "dt-here");
    })
    .await;
}
