//! Roles of an instance's managed identities on what it delivers to.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{
    asking::{FACTORY_FLOOR, confirm, review, status},
    instances::write,
    people::{Browser, Page},
    world::{PRODUCTION, World, on_each_database},
};

const PAGE: &str = "/instances/a1b2c3d4-0000-4000-8000-000000000001/rg-factory/factory-floor";
const SENDER: &str = "2b629674-e913-4c01-ae53-ef4638d8f975";
const SERVICE_BUS_SENDER: &str = "69a216fc-b8fb-44d8-bc22-1f3c2cd27a39";
const CONTRIBUTOR: &str = "b24988ac-6180-42a0-ab88-20f7382dd24c";
const ALARMS: &str = "Microsoft.EventHub/namespaces/contoso-factory/eventhubs/alarms";
const ORDERS: &str = "Microsoft.ServiceBus/namespaces/contoso-orders/topics/orders";
const FLOOR: &str = "Microsoft.Kusto/clusters/contosofactory/databases/floor";

/// Something that rg-factory holds.
fn in_factory(path: &str) -> String {
    format!("/subscriptions/{PRODUCTION}/resourceGroups/rg-factory/providers/{path}")
}

/// "Add role assignment" for the system-assigned identity of factory-floor, as typed.
async fn typed(person: &Browser, fields: &[(&str, &str)]) -> Page {
    let mut all = vec![
        ("instance", FACTORY_FLOOR),
        ("identity", "system"),
        ("justification", "The alarms go to the control room."),
    ];
    all.retain(|(name, _)| !fields.iter().any(|(typed, _)| typed == name));
    all.extend_from_slice(fields);
    review(person, "/identity/roles/new", &all).await
}

async fn ask(person: &Browser, role: &str, scopes: &str) -> String {
    let page = typed(person, &[("role", role), ("scopes", scopes)]).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.words());
    confirm(person, &page).await.url.path().to_owned()
}

async fn approve(person: &Browser, request: &str) {
    let page = person.open(request).await;
    person.press(&page, "Approve", &[]).await;
}

/// The role assignments at a scope, as Azure has them.
async fn at(world: &World, scope: &str) -> Vec<Value> {
    let all = world.azure.world().await["role_assignments"].as_array().unwrap().clone();
    all.into_iter().filter(|row| row["scope"] == scope && row["gone_at"].is_null()).collect()
}

#[tokio::test]
async fn a_contributor_asks_a_role_for_the_identity_and_who_may_assign_it_there_decides() {
    on_each_database(async |world| {
        let (carl, uma) = (world.person("carl").await, world.person("uma").await);
        let page = carl.open(&format!("{PAGE}/identity")).await;
        let to = page.html_attribute("a[href^='/identity/roles/new?']", "href");
        let form = carl.open(&to).await;
        assert!(form.has("input[value=system][checked]"), "{}", form.text);
        assert!(
            form.says("Azure Event Hubs Data Sender") && form.says("sends events to it"),
            "{}",
            form.words()
        );
        assert!(form.has("datalist option[value='Reader']"), "other roles are offered by name");
        assert!(
            !form.has("datalist option[value='Owner']")
                && !form.has("datalist option[value='User Access Administrator']")
        );

        let alarms = in_factory(ALARMS);
        let page = typed(&carl, &[("role", SENDER), ("scopes", &alarms)]).await;
        assert!(page.says("It waits for approval"), "{}", page.words());
        assert!(page.says("Somebody who may assign roles at alarms decides."), "{}", page.words());
        assert!(page.says("Azure shows contoso-factory in rg-factory."), "{}", page.words());
        assert!(page.says("The identity does not hold the role there yet."), "{}", page.words());
        assert!(page.says("the narrowest role on the narrowest scope"), "{}", page.words());
        assert!(!page.says("This reaches far"));
        // In Azure's other languages, too.
        assert!(page.text.contains("az role assignment create"), "{}", page.words());
        assert!(
            page.text.contains("Microsoft.EventHub/namespaces/eventhubs@")
                && page.text.contains("contoso-factory/alarms"),
            "{}",
            page.words()
        );
        let request = confirm(&carl, &page).await.url.path().to_owned();
        world.let_it_work().await;
        assert!(world.azure.writes().await.is_empty());

        let title = "Azure Event Hubs Data Sender for factory-floor on alarms";
        assert_eq!(uma.open("/approvals").await.all("tbody th a"), [title]);
        let page = uma.open(&request).await;
        for words in ["System-assigned, Object ID", "For an endpoint to an event hub", &alarms] {
            assert!(page.says(words), "{words}: {}", page.words());
        }
        uma.press(&page, "Approve", &[]).await;
        world.let_it_work().await;
        let page = carl.open(&request).await;
        assert_eq!(status(&page), "Done", "{}", page.words());
        assert!(page.says("Assign Azure Event Hubs Data Sender to factory-floor on alarms"));
        assert_eq!(world.azure.writes().await, ["PUT roleAssignment by uma"]);
        let made = at(world, &alarms).await;
        assert_eq!(made.len(), 1);
        assert_eq!(
            (&made[0]["principal"], &made[0]["principal_type"], &made[0]["role"]),
            (
                &json!(simulator::world::demo::FACTORY_FLOOR),
                &json!("ServicePrincipal"),
                &json!(SENDER)
            )
        );
        // It stands on the identity's page, and is not asked for again.
        let page = carl.open(&format!("{PAGE}/identity")).await;
        assert!(page.says("Azure Event Hubs Data Sender"), "{}", page.words());
        let page = typed(&carl, &[("role", SENDER), ("scopes", &alarms)]).await;
        assert!(page.says("There is nothing to ask for"), "{}", page.words());
        // And in the history of whoever may decide there.
        assert!(uma.open("/history").await.says(title));
    })
    .await;
}

#[tokio::test]
async fn an_owner_gives_several_scopes_at_once_and_each_is_a_step() {
    on_each_database(async |world| {
        let olivia = world.person("olivia").await;
        let bridge = in_factory("Microsoft.ManagedIdentity/userAssignedIdentities/sensor-bridge");
        let scopes = format!("{}\r\n{}", in_factory(ALARMS), in_factory(ORDERS));
        let fields = [("identity", &*bridge), ("role", SENDER), ("scopes", &*scopes)];
        let page = typed(&olivia, &fields).await;
        assert!(page.says("Everything runs at once, in your name"), "{}", page.words());
        let request = confirm(&olivia, &page).await.url.path().to_owned();
        world.let_it_work().await;
        let page = olivia.open(&request).await;
        assert_eq!(status(&page), "Done");
        assert_eq!(page.one("h1"), "Azure Event Hubs Data Sender for sensor-bridge on 2 scopes");
        assert_eq!(
            world.azure.writes().await,
            ["PUT roleAssignment by olivia", "PUT roleAssignment by olivia"]
        );
        for path in [ALARMS, ORDERS] {
            let made = at(world, &in_factory(path)).await;
            assert_eq!(made.len(), 1, "{path}");
            assert_eq!(made[0]["principal"], simulator::world::demo::SENSOR_BRIDGE);
        }
        // Another role, by its name, and on a whole resource group: it is said how far that reaches.
        let group = format!("/subscriptions/{PRODUCTION}/resourceGroups/rg-twins");
        let fields = [("role", "other"), ("other_role", "reader"), ("scopes", &*group)];
        let page = typed(&olivia, &fields).await;
        assert!(
            page.says("This reaches far") && page.says("The resource group rg-twins"),
            "{}",
            page.words()
        );
        let request = confirm(&olivia, &page).await.url.path().to_owned();
        world.let_it_work().await;
        assert_eq!(status(&olivia.open(&request).await), "Done");
        assert_eq!(at(world, &group).await.len(), 1);
        // Whoever would take that role away is told of the request behind it.
        let name = at(world, &group).await[0]["name"].as_str().unwrap().to_owned();
        let assignment =
            format!("{group}/providers/Microsoft.Authorization/roleAssignments/{name}");
        let page = olivia.open(&format!("/access/remove?assignment={assignment}")).await;
        assert!(page.says("Olivia Ortiz asked for it too"), "{}", page.words());
    })
    .await;
}

#[tokio::test]
async fn a_role_that_manages_or_gives_roles_is_refused_with_what_to_do_instead() {
    on_each_database(async |world| {
        let olivia = world.person("olivia").await;
        let alarms = in_factory(ALARMS);
        for role in [
            "Owner",
            "User Access Administrator",
            "Role Based Access Control Administrator",
            "Contributor",
        ] {
            let page =
                typed(&olivia, &[("role", "other"), ("other_role", role), ("scopes", &alarms)])
                    .await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{role}");
            assert!(
                page.says("does everything, or gives roles to others")
                    && page.says("Choose a role for the data that the identity works with."),
                "{}",
                page.words()
            );
            assert!(page.text.contains(&format!("value=\"{role}\"")), "what was typed is there");
        }
        let page = typed(&olivia, &[("role", CONTRIBUTOR), ("scopes", &alarms)]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.says("only on Azure Data Explorer databases"), "{}", page.words());
        let request = ask(&olivia, CONTRIBUTOR, &in_factory(FLOOR)).await;
        world.let_it_work().await;
        assert_eq!(status(&olivia.open(&request).await), "Done");

        let page =
            typed(&olivia, &[("role", "other"), ("other_role", "Nonsense"), ("scopes", &alarms)])
                .await;
        assert!(page.says("Azure lists no role \"Nonsense\""), "{}", page.words());
        let page = typed(&olivia, &[("role", ""), ("scopes", "alarms")]).await;
        assert!(
            page.says("Choose the role that the identity needs.")
                && page.says("\"alarms\" is no scope."),
            "{}",
            page.words()
        );
        assert_eq!(world.azure.writes().await, ["PUT roleAssignment by olivia"]);
    })
    .await;
}

#[tokio::test]
async fn an_identity_that_is_gone_meanwhile_gets_no_role() {
    on_each_database(async |world| {
        let (carl, uma, _olivia) =
            (world.person("carl").await, world.person("uma").await, world.person("olivia").await);
        let request = ask(&carl, SENDER, &in_factory(ALARMS)).await;
        // Turned off and on again by other means: another Object ID.
        let patch = async |kind: &str| {
            let body = json!({ "identity": { "type": kind } });
            write(world, reqwest::Method::PATCH, FACTORY_FLOOR, "2023-01-31", Some(body)).await;
        };
        patch("UserAssigned").await;
        patch("SystemAssigned,UserAssigned").await;
        world.azure.forget_calls().await;
        approve(&uma, &request).await;
        world.let_it_work().await;
        let page = carl.open(&request).await;
        assert_eq!(status(&page), "Stopped", "{}", page.words());
        assert!(
            page.says(
                "The system-assigned managed identity of factory-floor is gone, or is another one"
            ),
            "{}",
            page.words()
        );
        assert!(page.says("No role was assigned."), "{}", page.words());
        assert!(world.azure.writes().await.is_empty());
        assert!(at(world, &in_factory(ALARMS)).await.is_empty());
        // Where it is off, there is nothing to give a role to.
        patch("None").await;
        let page = carl.open(&format!("/identity/roles/new?instance={FACTORY_FLOOR}")).await;
        assert!(page.says("The instance has no managed identity yet"), "{}", page.words());
        let page = typed(&carl, &[("role", SENDER), ("scopes", &in_factory(ALARMS))]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.says("turn it on first"), "{}", page.words());
    })
    .await;
}

#[tokio::test]
async fn a_scope_that_azure_does_not_know_is_told_before_and_after() {
    on_each_database(async |world| {
        let olivia = world.person("olivia").await;
        let nowhere = in_factory("Microsoft.EventHub/namespaces/nowhere/eventhubs/hub");
        let page = typed(&olivia, &[("role", SENDER), ("scopes", &nowhere)]).await;
        assert!(page.says("Azure does not show you nowhere in rg-factory."), "{}", page.words());
        let request = confirm(&olivia, &page).await.url.path().to_owned();
        world.let_it_work().await;
        let page = olivia.open(&request).await;
        assert_eq!(status(&page), "Stopped", "{}", page.words());
        assert!(
            page.says("ResourceNotFound") && page.says("whether its resource ID is right"),
            "{}",
            page.words()
        );
        let group = format!("/subscriptions/{PRODUCTION}/resourceGroups/rg-nowhere");
        let page = typed(&olivia, &[("role", SENDER), ("scopes", &group)]).await;
        assert!(page.says("Azure knows no resource group rg-nowhere there."), "{}", page.words());
        assert!(page.has("button.primary[disabled]"));
    })
    .await;
}

#[tokio::test]
async fn who_is_limited_to_the_data_roles_does_not_assign_it_alone() {
    on_each_database(async |world| {
        let (carl, olivia) = (world.person("carl").await, world.person("olivia").await);
        let rbac = twindesk::domain::role::Role::RoleBasedAccessControlAdministrator;
        let fields = [
            ("subscription", PRODUCTION),
            ("resource_group", "rg-factory"),
            ("role", rbac.word()),
            ("justification", "I let people use the floor."),
        ];
        let page = review(&carl, "/roles/new", &fields).await;
        let request = confirm(&carl, &page).await.url.path().to_owned();
        approve(&olivia, &request).await;
        world.let_it_work().await;
        assert_eq!(status(&carl.open(&request).await), "Done");
        world.wait(std::time::Duration::from_secs(61)).await;
        let fields = [("role", SERVICE_BUS_SENDER), ("scopes", &*in_factory(ORDERS))];
        let page = typed(&carl, &fields).await;
        assert!(page.says("It waits for approval"), "{}", page.words());
        assert!(page.says("Not held by you, a condition limits your role"), "{}", page.words());
    })
    .await;
}

#[tokio::test]
async fn who_has_turned_an_identity_on_is_led_to_its_roles() {
    on_each_database(async |world| {
        let olivia = world.person("olivia").await;
        let mut fields = super::asking::instance("dt-press");
        fields.push(("system_identity", "on"));
        let request = super::asking::create(&olivia, &fields).await.url.path().to_owned();
        assert!(!olivia.open(&request).await.says("Next: give the identity its roles"));
        world.let_it_work().await;
        let page = olivia.open(&request).await;
        assert!(page.says("Next: give the identity its roles"), "{}", page.words());
        let to = page.html_attribute("a[href^='/identity/roles/new?']", "href");
        let form = olivia.open(&to).await;
        assert!(
            form.has("input[value=system][checked]") && form.says("of dt-press"),
            "{}",
            form.words()
        );
    })
    .await;
}

#[tokio::test]
async fn whoever_takes_a_role_from_the_identity_reads_what_will_stop() {
    on_each_database(async |world| {
        let (carl, uma) = (world.person("carl").await, world.person("uma").await);
        let page = carl.open(&format!("{PAGE}/identity")).await;
        let to = page.html_attribute("a[href^='/access/remove?']", "href");
        let stops = |page: &Page| {
            for words in [
                "It belongs to the system-assigned managed identity of factory-floor.",
                "Endpoint alarms, which delivers to",
                "Data history connection floor-history",
                "As Azure showed it to Carl Costa (",
            ] {
                assert!(page.says(words), "{words}: {}", page.words());
            }
            assert!(!page.says("Endpoint orders"), "that acts as another identity");
        };
        let form = carl.open(&to).await;
        stops(&form);
        let why = [("justification", "The alarms go another way.")];
        let page = carl.press(&form, "Review + remove", &why).await;
        stops(&page);
        let request = confirm(&carl, &page).await.url.path().to_owned();
        let page = uma.open(&request).await;
        stops(&page);
        assert!(
            page.says("Remove Azure Event Hubs Data Owner from factory-floor"),
            "{}",
            page.words()
        );
        uma.press(&page, "Approve", &[]).await;
        world.let_it_work().await;
        assert_eq!(status(&carl.open(&request).await), "Done");
        assert!(
            at(world, &in_factory("Microsoft.EventHub/namespaces/contoso-factory"))
                .await
                .is_empty()
        );
    })
    .await;
}
