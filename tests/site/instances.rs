//! Changing an instance that exists: its managed identities, and its end.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};
use twindesk::work;

use super::{
    asking::{FACTORY_FLOOR, status},
    people::{Browser, Page},
    world::{PRODUCTION, World, on_each_database},
};

const PAGE: &str = "/instances/a1b2c3d4-0000-4000-8000-000000000001/rg-factory/factory-floor";
const NO_ROLE_AT_IDENTITIES: &str =
    "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action";

fn identity(name: &str) -> String {
    format!(
        "/subscriptions/{PRODUCTION}/resourceGroups/rg-factory/providers/\
         Microsoft.ManagedIdentity/userAssignedIdentities/{name}"
    )
}

/// The form of a change as it stands when one comes from the instance's page.
async fn change(person: &Browser, what: &str, identities: &[&str]) -> Page {
    let mut address = format!("/identity/new?change={what}&instance={FACTORY_FLOOR}");
    for name in identities {
        address.push_str(&format!("&identity={}", identity(name)));
    }
    person.open(&address).await
}

/// Reviews a change of identities of factory-floor.
async fn review(person: &Browser, what: &str, identities: &[&str]) -> Page {
    let form = change(person, what, identities).await;
    assert_eq!(form.status, StatusCode::OK, "{}", form.words());
    let ids: Vec<String> = identities.iter().map(|name| identity(name)).collect();
    let mut fields = vec![
        ("instance", FACTORY_FLOOR),
        ("change", what),
        ("justification", "The line moves to another bus."),
        ("go", "review"),
    ];
    fields.extend(ids.iter().map(|id| ("identity", id.as_str())));
    if matches!(what, "off" | "remove") {
        fields.push(("confirm", "factory-floor"));
    }
    let page = person.send("/identity/new", &fields).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.words());
    page
}

/// Sends what the review page shows; the address of the request.
async fn send(person: &Browser, review: &Page) -> String {
    let form = "form[action='/identity'] button.primary, form[action='/deletion'] button.primary";
    let page = person.press(review, &review.one(form), &[]).await;
    assert!(page.url.path().starts_with("/requests/"), "at {}: {}", page.url, page.words());
    page.url.path().to_owned()
}

async fn ask(person: &Browser, what: &str, identities: &[&str]) -> String {
    let page = review(person, what, identities).await;
    send(person, &page).await
}

async fn approve(person: &Browser, request: &str) -> Page {
    let page = person.open(request).await;
    person.press(&page, "Approve", &[]).await
}

/// The identity of factory-floor as Azure has it.
async fn held(world: &World) -> Value {
    world.azure.instance("factory-floor").await.unwrap()["identity"].clone()
}

fn users(identity: &Value) -> Vec<String> {
    let names = identity["userAssignedIdentities"].as_object().into_iter().flatten();
    names.map(|(id, _)| id.rsplit('/').next().unwrap().to_owned()).collect()
}

/// Changes factory-floor behind the portal's back.
async fn patch(world: &World, body: Value) {
    write(world, reqwest::Method::PATCH, FACTORY_FLOOR, "2023-01-31", Some(body)).await;
}

/// Somebody with all rights writes to Azure by other means.
pub async fn write(
    world: &World,
    method: reqwest::Method,
    id: &str,
    version: &str,
    body: Option<Value>,
) {
    let now = world.app.clock.now();
    let token = world
        .app
        .delegation
        .act_as(super::world::OLIVIA, twindesk::azure::Resource::Arm, now)
        .await
        .unwrap();
    let body = body.map(|body| body.to_string());
    let path = format!("{id}?api-version={version}");
    let call = twindesk::azure::Call {
        method: method.as_str(),
        path_and_query: &path,
        body: body.as_deref(),
    };
    let answer = world.app.azure.send(&token, call, "other-means").await.unwrap();
    if let Some(operation) = answer.operation {
        loop {
            world.wait(Duration::from_secs(6)).await;
            match world.app.azure.operation(&token, &operation).await.unwrap() {
                twindesk::azure::Operation::Running { .. } => {}
                _ => return,
            }
        }
    }
}

async fn lock(world: &World, scope: &str, level: &str) {
    let id = format!("{scope}/providers/Microsoft.Authorization/locks/keep");
    let body = json!({ "properties": { "level": level, "notes": "Until the audit is over" } });
    write(world, reqwest::Method::PUT, &id, "2020-05-01", Some(body)).await;
}

#[tokio::test]
async fn an_owner_turns_it_off_and_on_and_sees_the_new_object_id() {
    on_each_database(async |world| {
        let olivia = world.person("olivia").await;
        let before = held(world).await["principalId"].as_str().unwrap().to_owned();
        let page = olivia.open(&format!("{PAGE}/identity")).await;
        assert_eq!(page.one("#copy-object-id"), before);
        assert!(page.says("Azure Event Hubs Data Owner"), "its roles: {}", page.words());
        assert!(page.says("alarms") && page.says("floor-history"), "what uses it");

        // The radio and Save lead to the form that says what will stop.
        let form = olivia.open(&format!("/identity/new?change=off&instance={FACTORY_FLOOR}")).await;
        assert!(form.says("Endpoint alarms, which delivers to"), "{}", form.words());
        assert!(form.says("Data history connection floor-history"));
        assert!(!form.says("Endpoint orders"), "that acts as another identity");
        let request = ask(&olivia, "off", &[]).await;
        world.let_it_work().await;
        let page = olivia.open(&request).await;
        assert_eq!(status(&page), "Done", "{}", page.words());
        assert!(page.says("shows the system-assigned identity as off"), "{}", page.words());
        assert_eq!(held(world).await["type"], "UserAssigned");
        assert_eq!(users(&held(world).await), ["sensor-bridge"], "the other one stays");

        let request = ask(&olivia, "on", &[]).await;
        world.let_it_work().await;
        let page = olivia.open(&request).await;
        let now = held(world).await["principalId"].as_str().unwrap().to_owned();
        assert!(page.says(&format!("with the Object ID {now}")), "{}", page.words());
        assert_ne!(now, before, "it is another identity");
        assert_eq!(
            world.azure.writes().await,
            ["PATCH factory-floor by olivia", "PATCH factory-floor by olivia"]
        );
    })
    .await;
}

#[tokio::test]
async fn an_owner_associates_several_and_removes_one() {
    on_each_database(async |world| {
        let olivia = world.person("olivia").await;
        let form = change(&olivia, "associate", &[]).await;
        assert!(form.says("line-camera") && form.says("twins-export"), "{}", form.words());
        assert!(!form.has("input[name=identity][value$='sensor-bridge']"), "it is associated");
        let request = ask(&olivia, "associate", &["line-camera"]).await;
        world.let_it_work().await;
        let page = olivia.open(&request).await;
        let id = simulator::world::demo::LINE_CAMERA;
        assert!(page.says(&format!("line-camera (Object ID {id})")), "{}", page.words());
        assert_eq!(users(&held(world).await), ["sensor-bridge", "line-camera"]);

        let list = olivia.open(&format!("{PAGE}/identity/user-assigned")).await;
        assert!(list.says("line-camera") && list.says("sensor-bridge"));
        let details = olivia.open(&list.html_attribute(".rows li:last-child a", "href")).await;
        assert!(details.says("sensor-bridge") && details.says("Azure Service Bus Data Sender"));
        assert!(details.says("orders"), "what uses it: {}", details.words());

        let form = change(&olivia, "remove", &["sensor-bridge"]).await;
        assert!(form.says("Endpoint orders as sensor-bridge"), "{}", form.words());
        let request = ask(&olivia, "remove", &["sensor-bridge"]).await;
        world.let_it_work().await;
        let page = olivia.open(&request).await;
        assert!(page.says("no longer shows as associated: sensor-bridge"), "{}", page.words());
        let left = held(world).await;
        assert_eq!(
            (users(&left), left["type"].as_str()),
            (vec!["line-camera".to_owned()], Some("SystemAssigned,UserAssigned"))
        );
    })
    .await;
}

#[tokio::test]
async fn a_reader_asks_and_who_decides_reads_what_will_stop() {
    on_each_database(async |world| {
        let (rita, greg) = (world.person("rita").await, world.person("greg").await);
        let page = review(&rita, "off", &[]).await;
        assert!(page.says("It waits for approval"), "{}", page.words());
        let request = send(&rita, &page).await;
        world.let_it_work().await;
        assert_eq!(status(&rita.open(&request).await), "Waiting for approval");
        let page = greg.open(&request).await;
        assert!(page.says("This will stop"), "{}", page.words());
        assert!(page.says("As Azure showed it to Rita Rossi ("), "{}", page.words());
        assert!(page.says("Endpoint alarms") && page.says("Azure Event Hubs Data Owner"));
        approve(&greg, &request).await;
        world.let_it_work().await;
        let page = rita.open(&request).await;
        assert_eq!(status(&page), "Done", "{}", page.words());
        assert!(!page.says("This will stop"), "it has");
        assert_eq!(world.azure.writes().await, ["PATCH factory-floor by greg"]);
    })
    .await;
}

#[tokio::test]
async fn a_contributor_turns_it_on_without_anybody() {
    on_each_database(async |world| {
        let (_olivia, carl) = (world.person("olivia").await, world.person("carl").await);
        patch(world, json!({ "identity": { "type": "None" } })).await;
        world.azure.forget_calls().await;
        let request = ask(&carl, "on", &[]).await;
        world.let_it_work().await;
        assert_eq!(status(&carl.open(&request).await), "Done");
        assert_eq!(world.azure.writes().await, ["PATCH factory-floor by carl"]);
        let writes = world.azure.calls().await;
        let write = writes.iter().find(|call| call.method == "PATCH").unwrap();
        assert_eq!(write.body, json!({ "identity": { "type": "SystemAssigned" } }));
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_is_said_at_its_field_and_nothing_is_lost() {
    on_each_database(async |world| {
        let olivia = world.person("olivia").await;
        let fields =
            |change| vec![("instance", FACTORY_FLOOR), ("change", change), ("go", "review")];
        let mut off = fields("off");
        off.extend([("confirm", "factory-roof"), ("justification", "Not needed.")]);
        let page = olivia.send("/identity/new", &off).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.says("Type the name of the instance to confirm: factory-floor"));
        assert_eq!(page.html_attribute("#confirm", "value"), "factory-roof");
        assert_eq!(page.one("#justification"), "Not needed.");

        let mut on = fields("on");
        on.push(("justification", "Needed."));
        let page = olivia.send("/identity/new", &on).await;
        assert!(page.says("The system-assigned identity is on already."), "{}", page.words());
        let mut none = fields("associate");
        none.push(("justification", "Needed."));
        let page = olivia.send("/identity/new", &none).await;
        assert!(page.says("Choose at least one"), "{}", page.words());

        let nina = world.person("nina").await;
        let page = nina.open(&format!("/identity/new?change=off&instance={FACTORY_FLOOR}")).await;
        assert!(page.says("Azure does not show you this instance"), "{}", page.words());
        let page = nina.send("/identity/new", &off).await;
        assert!(page.says("Azure does not show you this instance"), "{}", page.words());
        assert!(world.azure.writes().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn who_may_not_assign_an_identity_is_told_by_azure() {
    on_each_database(async |world| {
        let greg = world.person("greg").await;
        // Greg's right ends at rg-factory.
        let foreign = identity("twins-export").replace("rg-factory", "rg-twins");
        let fields = [
            ("instance", FACTORY_FLOOR),
            ("change", "associate"),
            ("resource_id", &foreign),
            ("justification", "The export."),
            ("go", "review"),
        ];
        let page = greg.send("/identity/new", &fields).await;
        assert!(page.says(NO_ROLE_AT_IDENTITIES), "{}", page.words());
        assert!(page.says("Azure does not list twins-export"), "{}", page.words());
        let request = send(&greg, &page).await;
        let page = greg.open(&request).await;
        assert!(page.says("This cannot be approved by you"), "{}", page.words());

        // What the permissions promise, Azure may refuse all the same.
        let carl = world.person("carl").await;
        let request = ask(&carl, "associate", &["line-camera"]).await;
        world
            .azure
            .fail(json!({
                "service": "arm", "method": "PATCH", "path": "factory-floor", "status": 403,
                "code": "LinkedAuthorizationFailed",
                "message": "The client 'carl@contoso.com' does not have permission to perform action on the linked scope(s).",
            }))
            .await;
        world.let_it_work().await;
        let page = carl.open(&request).await;
        assert_eq!(status(&page), "Stopped", "{}", page.words());
        assert!(page.says("LinkedAuthorizationFailed"));
        world.azure.mend().await;
        carl.press(&page, "Retry", &[]).await;
        world.let_it_work().await;
        assert_eq!(status(&carl.open(&request).await), "Done");
    })
    .await;
}

#[tokio::test]
async fn what_others_have_changed_meanwhile_is_not_undone() {
    on_each_database(async |world| {
        let (_olivia, rita, greg) =
            (world.person("olivia").await, world.person("rita").await, world.person("greg").await);
        let request = ask(&rita, "remove", &["sensor-bridge"]).await;
        let associate = json!({ "identity": {
            "type": "SystemAssigned,UserAssigned",
            "userAssignedIdentities": { (identity("line-camera")): {} },
        }});
        patch(world, associate).await;
        world.azure.forget_calls().await;
        approve(&greg, &request).await;
        world.let_it_work().await;
        let page = rita.open(&request).await;
        assert_eq!(status(&page), "Stopped", "{}", page.words());
        assert!(page.says("no longer those that were seen"), "{}", page.words());
        assert_eq!(users(&held(world).await), ["sensor-bridge", "line-camera"]);
        assert!(world.azure.writes().await.iter().all(|write| !write.starts_with("PATCH")));

        // What is so already is done, and nothing is written.
        let request = ask(&rita, "off", &[]).await;
        patch(world, json!({ "identity": { "type": "UserAssigned" } })).await;
        world.azure.forget_calls().await;
        approve(&greg, &request).await;
        world.let_it_work().await;
        let page = rita.open(&request).await;
        assert_eq!(status(&page), "Done", "{}", page.words());
        assert!(page.says("it was so already"), "{}", page.words());
        assert!(world.azure.writes().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_change_whose_worker_dies_is_not_made_twice() {
    on_each_database(async |world| {
        let olivia = world.person("olivia").await;
        let request = ask(&olivia, "associate", &["line-camera"]).await;
        super::working::work_and_die(world, &world.app, "PATCH", "factory-floor").await;
        world.wait(Duration::from_secs(61)).await;
        world.let_it_work().await;
        let page = olivia.open(&request).await;
        assert_eq!(status(&page), "Done", "{}", page.words());
        assert_eq!(world.azure.writes().await, ["PATCH factory-floor by olivia"]);
        let told = page.all(".timeline li");
        assert_eq!(
            told.iter()
                .filter(|entry| entry.contains("done, perhaps by the call in the name"))
                .count(),
            1
        );
    })
    .await;
}

#[tokio::test]
async fn what_azure_shows_late_is_not_sent_again() {
    on_each_database(async |world| {
        let olivia = world.person("olivia").await;
        world
            .azure
            .fail(json!({
                "service": "arm", "method": "PATCH", "path": "factory-floor", "stale_reads": 4,
            }))
            .await;
        let request = ask(&olivia, "associate", &["line-camera"]).await;
        world.let_it_work().await;
        assert_eq!(status(&olivia.open(&request).await), "Done");
        assert_eq!(world.azure.writes().await, ["PATCH factory-floor by olivia"]);
    })
    .await;
}

#[tokio::test]
async fn a_lock_stands_in_the_way_and_says_who_can_remove_it() {
    on_each_database(async |world| {
        let olivia = world.person("olivia").await;
        lock(world, FACTORY_FLOOR, "ReadOnly").await;
        let page = review(&olivia, "off", &[]).await;
        assert!(page.says("the lock keep of level ReadOnly on factory-floor"), "{}", page.words());
        assert!(page.says("User Access Administrator"), "{}", page.words());
        assert!(page.has("form button.primary[disabled]"));

        let group = format!("/subscriptions/{PRODUCTION}/resourceGroups/rg-factory");
        write(
            world,
            reqwest::Method::DELETE,
            &format!("{FACTORY_FLOOR}/providers/Microsoft.Authorization/locks/keep"),
            "2020-05-01",
            None,
        )
        .await;
        lock(world, &group, "CanNotDelete").await;
        let page = review(&olivia, "off", &[]).await;
        assert!(!page.has("form button.primary[disabled]"), "a change is not a deletion");
        let page = review_deletion(&olivia).await;
        assert!(page.says("on the resource group rg-factory"), "{}", page.words());
        assert!(page.has("form button.primary[disabled]"));
        assert!(world.azure.writes().await.iter().all(|write| !write.contains("factory-floor")));
    })
    .await;
}

/// Reviews the deletion of factory-floor.
async fn review_deletion(person: &Browser) -> Page {
    let fields = [
        ("instance", FACTORY_FLOOR),
        ("confirm", "factory-floor"),
        ("justification", "The hall is closed."),
        ("go", "review"),
    ];
    let page = person.send("/deletion/new", &fields).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.words());
    page
}

#[tokio::test]
async fn an_instance_is_deleted_once_its_name_was_typed() {
    on_each_database(async |world| {
        let olivia = world.person("olivia").await;
        let overview = olivia.open(PAGE).await;
        let form = olivia.open(&overview.html_attribute("a.danger", "href")).await;
        assert!(form.says("models, twins, relationships"), "{}", form.words());
        assert!(form.says("Endpoint alarms") && form.says("floor-history"));
        let refused = olivia.press(&form, "Review + delete", &[("justification", "Closed.")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.says("Type the name of the instance"), "{}", refused.words());
        let typed = [("confirm", "factory-floor"), ("justification", "Closed.")];
        let page = olivia.press(&form, "Review + delete", &typed).await;
        assert!(page.says("No lock keeps it from being deleted"), "{}", page.words());
        let request = send(&olivia, &page).await;
        world.let_it_work().await;
        let page = olivia.open(&request).await;
        assert_eq!(status(&page), "Done", "{}", page.words());
        assert!(page.says("Azure shows no instance factory-floor there any more"));
        assert_eq!(world.azure.instance("factory-floor").await, None);
        assert_eq!(world.azure.writes().await, ["DELETE factory-floor by olivia"]);
        let gone = olivia.open(PAGE).await;
        assert!(gone.says("Azure does not show you this instance"), "{}", gone.words());
    })
    .await;
}

#[tokio::test]
async fn a_deletion_waits_for_somebody_and_what_is_gone_already_is_done() {
    on_each_database(async |world| {
        let (_olivia, rita, greg) =
            (world.person("olivia").await, world.person("rita").await, world.person("greg").await);
        let page = review_deletion(&rita).await;
        let request = send(&rita, &page).await;
        let page = greg.open(&request).await;
        assert!(page.says("This is lost for good"), "{}", page.words());
        write(world, reqwest::Method::DELETE, FACTORY_FLOOR, "2023-01-31", None).await;
        world.azure.forget_calls().await;
        approve(&greg, &request).await;
        world.let_it_work().await;
        let page = rita.open(&request).await;
        assert_eq!(status(&page), "Done", "{}", page.words());
        assert!(page.says("it was so already"), "{}", page.words());
        assert!(world.azure.writes().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn an_instance_made_later_under_the_same_name_is_left_alone() {
    on_each_database(async |world| {
        let (_olivia, rita, greg) =
            (world.person("olivia").await, world.person("rita").await, world.person("greg").await);
        let page = review_deletion(&rita).await;
        let request = send(&rita, &page).await;
        write(world, reqwest::Method::DELETE, FACTORY_FLOOR, "2023-01-31", None).await;
        let anew = json!({ "location": "westeurope" });
        write(world, reqwest::Method::PUT, FACTORY_FLOOR, "2023-01-31", Some(anew)).await;
        world.azure.forget_calls().await;
        approve(&greg, &request).await;
        world.let_it_work().await;
        let page = rita.open(&request).await;
        assert_eq!(status(&page), "Stopped", "{}", page.words());
        assert!(page.says("That one was left alone"), "{}", page.words());
        assert!(world.azure.writes().await.is_empty());
        assert!(world.azure.instance("factory-floor").await.is_some());
    })
    .await;
}

#[tokio::test]
async fn a_deletion_whose_worker_dies_spares_what_is_made_after_it() {
    on_each_database(async |world| {
        let olivia = world.person("olivia").await;
        let page = review_deletion(&olivia).await;
        let request = send(&olivia, &page).await;
        super::working::work_and_die(world, &world.app, "DELETE", "factory-floor").await;
        world.wait(Duration::from_secs(61)).await;
        assert!(work::tick(&world.app).await.unwrap(), "it is looked at again");
        while world.azure.instance("factory-floor").await.is_some() {
            world.wait(Duration::from_secs(6)).await;
            work::tick(&world.app).await.unwrap();
        }
        let anew = json!({ "location": "westeurope" });
        write(world, reqwest::Method::PUT, FACTORY_FLOOR, "2023-01-31", Some(anew)).await;
        world.let_it_work().await;
        let page = olivia.open(&request).await;
        assert_eq!(status(&page), "Done", "{}", page.words());
        assert!(world.azure.instance("factory-floor").await.is_some());
        let deletions = world.azure.writes().await;
        assert_eq!(deletions.iter().filter(|write| write.starts_with("DELETE")).count(), 1);
    })
    .await;
}

#[tokio::test]
async fn what_azure_hides_is_said_and_breaks_no_page() {
    on_each_database(async |world| {
        let olivia = world.person("olivia").await;
        for path in ["roleAssignments", "/endpoints", "roleDefinitions"] {
            world
                .azure
                .fail(json!({
                    "service": "arm", "method": "GET", "path": path, "status": 403,
                    "code": "AuthorizationFailed", "message": "No.", "times": 1000,
                }))
                .await;
        }
        let page = olivia.open(&format!("{PAGE}/identity")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.says("Azure does not let you see that"), "{}", page.words());
        assert!(page.says("Its endpoints are not to be seen"), "{}", page.words());
        let form = change(&olivia, "off", &[]).await;
        assert!(form.says("Not everything could be seen"), "{}", form.words());
        assert!(form.says("floor-history"), "what can be seen is there");
    })
    .await;
}

#[tokio::test]
async fn tags_are_changed_as_a_whole_and_nothing_that_changed_meanwhile_is_lost() {
    on_each_database(async |world| {
        let olivia = world.person("olivia").await;
        patch(world, json!({ "tags": { "line": "3", "owner": "ops" } })).await;
        let page = olivia.open(&format!("{PAGE}/tags")).await;
        assert!(page.says("line") && page.says("ops"), "{}", page.words());
        let form = olivia.open(&format!("/tags/new?instance={FACTORY_FLOOR}")).await;
        assert_eq!(form.html_attribute("#tag-1", "value"), "3", "what it has stands there");

        let fields = [
            ("instance", FACTORY_FLOOR),
            ("tag_name", "line"),
            ("tag_value", "4"),
            ("tag_name", "hall"),
            ("tag_value", "B"),
            ("justification", "The floor has moved."),
            ("go", "review"),
        ];
        let review = olivia.send("/tags/new", &fields).await;
        assert!(review.says("was 3") && review.says("was ops"), "{}", review.words());
        let page = olivia.press(&review, "Save", &[]).await;
        let request = page.url.path().to_owned();
        // Another hand was faster: nothing of it is overwritten.
        patch(world, json!({ "tags": { "line": "3", "owner": "ops", "audit": "open" } })).await;
        world.let_it_work().await;
        let page = olivia.open(&request).await;
        assert_eq!(status(&page), "Stopped", "{}", page.words());
        assert!(page.says("TagsChanged"), "{}", page.words());
        assert_eq!(world.azure.instance("factory-floor").await.unwrap()["tags"]["audit"], "open");

        let review = olivia.send("/tags/new", &fields).await;
        let page = olivia.press(&review, "Save", &[]).await;
        let request = page.url.path().to_owned();
        world.let_it_work().await;
        let page = olivia.open(&request).await;
        assert_eq!(status(&page), "Done", "{}", page.words());
        let tags = world.azure.instance("factory-floor").await.unwrap()["tags"].clone();
        assert_eq!(tags, json!({ "line": "4", "hall": "B" }));

        // The same again changes nothing, and says so.
        let again = olivia.send("/tags/new", &fields).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.says("Nothing has been changed"), "{}", again.words());
    })
    .await;
}

#[tokio::test]
async fn a_hand_over_sheet_says_who_may_use_the_data() {
    on_each_database(async |world| {
        let olivia = world.person("olivia").await;
        let page = olivia.open(&format!("{PAGE}/sheet")).await;
        assert!(page.says("Nobody holds a data role here yet"), "{}", page.words());
        super::asking::request_access(&olivia, "data_owner").await;
        world.let_it_work().await;
        let page = olivia.open(&format!("{PAGE}/sheet")).await;
        assert!(page.says("Olivia Ortiz") && page.says("Data Owner"), "{}", page.words());
        let text = olivia.fetch(&format!("{PAGE}/sheet.txt")).await;
        assert!(
            text.text.contains("Azure Digital Twins Data Owner: Olivia Ortiz"),
            "{}",
            text.text
        );
        let json = olivia.fetch(&format!("{PAGE}/sheet.json")).await;
        let json: Value = serde_json::from_str(&json.text).unwrap();
        assert_eq!(json["hostName"], "factory-floor.api.weu.digitaltwins.azure.net");
        assert_eq!(json["dataRoles"][0]["objectId"], super::world::OLIVIA);
        // As the page says it: the region by both names, who made the sheet, and when.
        assert_eq!((&json["location"], &json["region"]), (&json!("westeurope"), &json!("West Europe")));
        assert_eq!(json["madeBy"]["userPrincipalName"], "olivia@contoso.com");
        assert_eq!(json["madeAt"], world.app.clock.now().iso());
        assert_eq!(json["remarks"], json!([]));
        for words in [page.words(), text.text] {
            assert!(words.contains("West Europe") && words.contains("westeurope"), "{words}");
            assert!(words.contains("Made by Olivia Ortiz (olivia@contoso.com)"), "{words}");
        }
        // A directory that answers nothing is said everywhere.
        world.azure.fail(json!({"service": "graph", "status": 403, "times": 9, "code": "Authorization_RequestDenied",
            "message": "Insufficient privileges to complete the operation."})).await;
        let page = olivia.open(&format!("{PAGE}/sheet")).await;
        let text = olivia.fetch(&format!("{PAGE}/sheet.txt")).await.text;
        let json = olivia.fetch(&format!("{PAGE}/sheet.json")).await;
        let json: Value = serde_json::from_str(&json.text).unwrap();
        for words in [page.words(), text, json["remarks"][0].as_str().unwrap().to_owned()] {
            assert!(words.contains("The directory named nobody"), "{words}");
        }
        assert_eq!(json["dataRoles"][0]["holder"], super::world::OLIVIA);
        assert_eq!(json["dataRoles"][0]["role"], "Azure Digital Twins Data Owner");
        world.azure.mend().await;
        // Whom Azure does not show the instance, it hands over nothing.
        let nina = world.person("nina").await;
        assert_eq!(nina.fetch(&format!("{PAGE}/sheet.json")).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}
