//! Who could approve: named where Azure shows them, on the review page and to whoever waits.

use reqwest::StatusCode;
use serde_json::json;

use super::{
    asking::{OFFERED, access, confirm, create, instance, review},
    people::{Browser, Page},
    world::{World, on_each_database, under_policy},
};

fn approvers(page: &Page) -> Vec<String> {
    page.all("#approvers .rows li")
}

async fn access_review(person: &Browser) -> Page {
    let fields = access("data_reader");
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    review(person, "/access/new", &fields).await
}

/// How often Azure was asked who holds roles.
async fn asked_who(world: &World) -> usize {
    let calls = world.azure.calls().await;
    calls.iter().filter(|call| call.path.contains("/roleAssignments")).count()
}

#[tokio::test]
async fn who_could_approve_is_named_before_it_is_asked_and_while_it_waits() {
    on_each_database(async |world| {
        let (carl, uma) = (world.person("carl").await, world.person("uma").await);
        let page = access_review(&carl).await;
        let named = approvers(&page);
        assert_eq!(named.len(), 3, "{}", page.words());
        assert!(named[0].contains("Olivia Ortiz") && named[0].contains("Owner"), "{named:?}");
        assert!(named[0].contains("Subscription (inherited)"), "{named:?}");
        assert!(named.iter().any(|row| row.contains("Uma Usher")), "{named:?}");
        assert!(page.says("They may assign roles at factory-floor."), "{}", page.words());

        let waiting = confirm(&carl, &page).await;
        assert_eq!(approvers(&waiting), named);
        let path = waiting.url.path().to_owned();
        world.azure.forget_calls().await;
        carl.open(&format!("{path}/progress")).await;
        assert_eq!(asked_who(world).await, 0, "what follows the progress does not ask");
        carl.open("/requests").await;
        assert_eq!(asked_who(world).await, 0, "nor does a list");
        carl.open(&path).await;
        assert_eq!(asked_who(world).await, 1, "once for the page");

        // Whoever decides needs no such list, nor does anybody once it is decided.
        let page = uma.open(&path).await;
        assert!(!page.has("#approvers"), "{}", page.words());
        uma.press(&page, "Approve", &[]).await;
        assert!(!carl.open(&path).await.has("#approvers"));

        // Where everything runs at once, nobody has to.
        let olivia = world.person("olivia").await;
        assert!(!access_review(&olivia).await.has("#approvers"));
    })
    .await;
}

#[tokio::test]
async fn who_may_decide_at_the_resource_group_alone_is_named_there_alone() {
    on_each_database(async |world| {
        let carl = world.person("carl").await;
        let page = access_review(&carl).await;
        let named = approvers(&page);
        let greg = named.iter().find(|row| row.contains("greg@contoso.com")).expect("Greg");
        assert!(greg.contains("Resource group (inherited)"), "{named:?}");
        let page = review(&carl, "/instances/new", &instance("dt-hall")).await;
        assert_eq!(approvers(&page).len(), 2, "{}", page.words());
        assert!(page.says("They may assign roles at rg-twins."), "{}", page.words());
        assert!(!page.one("#approvers").contains("greg@"), "{}", page.words());
        let factory: Vec<(&str, &str)> = instance("dt-hall")
            .into_iter()
            .map(|(name, value)| {
                (name, if name == "resource_group" { "rg-factory" } else { value })
            })
            .collect();
        let page = review(&carl, "/instances/new", &factory).await;
        let named = approvers(&page);
        let greg = named.iter().find(|row| row.contains("greg@contoso.com")).expect("Greg");
        assert!(!greg.contains("inherited"), "{named:?}");
    })
    .await;
}

#[tokio::test]
async fn who_may_not_see_them_is_told_what_to_do_instead() {
    under_policy(OFFERED, async |world| {
        let nina = world.person("nina").await;
        let page = review(&nina, "/instances/new", &instance("dt-nina")).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.words());
        let told = |page: &Page| {
            let text = page.one("#approvers");
            assert!(
                text.contains("Azure does not let you see that (AuthorizationFailed)."),
                "{text}"
            );
            assert!(text.contains("ask whoever administers the subscription"), "{text}");
            assert!(!text.contains("Olivia"), "{text}");
        };
        told(&page);
        told(&confirm(&nina, &page).await);
    })
    .await;
}

#[tokio::test]
async fn the_pages_stand_where_azure_does_not_tell_who_could_approve() {
    on_each_database(async |world| {
        let carl = world.person("carl").await;
        world.azure.fail(json!({ "service": "arm", "path": "/roleAssignments", "times": 1000, "status": 503, "code": "ServiceUnavailable", "message": "Down." })).await;
        let page = review(&carl, "/instances/new", &instance("dt-down")).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.words());
        assert!(page.one("#approvers").contains("is not to be seen"), "{}", page.words());
        let path = create(&carl, &instance("dt-down-2")).await.url.path().to_owned();
        world.azure.fail(json!({ "service": "arm", "times": 1000, "status": 503, "code": "ServiceUnavailable", "message": "Down." })).await;
        let page = carl.open(&path).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.words());
        assert!(page.one("#approvers").contains("is not to be seen"), "{}", page.words());
    })
    .await;
}
