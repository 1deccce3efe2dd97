//! How instances are reached: private endpoints with their DNS, made with an instance and added later,
//! connections that wait for approval, and public network access.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{
    asking::{create, instance, review},
    people::{Browser, Page},
    world::{PRODUCTION, World, on_each_database},
};

const ZONE: &str = "privatelink.digitaltwins.azure.net";
pub const FACTORY_PAGE: &str =
    "/instances/a1b2c3d4-0000-4000-8000-000000000001/rg-factory/factory-floor";

fn in_factory(rest: &str) -> String {
    format!("/subscriptions/{PRODUCTION}/resourceGroups/rg-factory/providers/{rest}")
}

pub fn subnet() -> String {
    in_factory("Microsoft.Network/virtualNetworks/vnet-factory/subnets/private-endpoints")
}

fn status(page: &Page) -> String {
    page.one("[data-progress-url] .top .badge")
}

/// The Networking tab with one private endpoint.
fn private<'a>(subnet: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![("connectivity", "private"), ("pe_name", "pe-1"), ("pe_subnet", subnet)];
    fields.extend(more);
    fields
}

async fn resources(world: &World, kind: &str) -> Vec<Value> {
    let all = world.azure.world().await["resources"].as_array().unwrap().clone();
    all.into_iter()
        .filter(|row| row["kind"].as_str().is_some_and(|own| own.ends_with(kind)))
        .collect()
}

pub async fn connection_states(world: &World) -> Vec<String> {
    let rows = resources(world, "/privateEndpointConnections").await;
    let state = |row: &Value| {
        row["properties"]["privateLinkServiceConnectionState"]["status"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    rows.iter().map(state).collect()
}

/// A role for somebody somewhere, as it was before.
async fn give_role(world: &World, principal: &str, role: &str, scope: &str) {
    let body = json!({ "principal": principal, "role": role, "scope": scope });
    world.azure.tell("/role-assignments", body).await;
}

/// From the Networking page of factory-floor to the request's page.
pub async fn change(person: &Browser, link: &str, typed: &[(&str, &str)]) -> Page {
    let shown = changed(person, link, typed).await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.words());
    let button = shown.one("form[action='/networking'] .end .primary");
    person.press(&shown, &button, &[]).await
}

/// The review page, or the form again.
async fn changed(person: &Browser, link: &str, typed: &[(&str, &str)]) -> Page {
    let page = person.open(&format!("{FACTORY_PAGE}/networking")).await;
    let address = page.html_attribute(&format!("a[href*='change={link}']"), "href");
    let form = person.open(&address).await;
    let mut typed = typed.to_vec();
    typed.push(("justification", "The plant's network."));
    person.press(&form, "Review + save", &typed).await
}

#[tokio::test]
async fn an_instance_comes_with_a_private_endpoint_and_its_dns() {
    on_each_database(async |world| {
        let olivia = world.person("olivia").await;
        let subnet = subnet();
        let mut fields = instance("dt-private");
        fields.extend(private(&subnet, &[("system_identity", "on")]));
        let shown = review(&olivia, "/instances/new", &fields).await;
        assert!(
            shown.says("The subnet vnet-factory / private-endpoints is there"),
            "{}",
            shown.words()
        );
        assert!(shown.says("There is no private DNS zone in rg-twins yet; it is made."));
        assert!(shown.says("You see 1 of 10 instances in West Europe."), "{}", shown.words());
        assert!(shown.says("No lock keeps it from being created."));
        let page = create(&olivia, &fields).await;
        world.let_it_work().await;
        let page = olivia.open(page.url.path()).await;
        // The data plane is closed to the portal, and the page does not say that it was verified.
        assert_eq!(status(&page), "Done", "{}", page.words());
        let writes = world.azure.writes().await;
        assert_eq!(
            writes[..3],
            ["PUT dt-private by olivia", "PUT pe-1 by olivia", &format!("PUT {ZONE} by olivia")]
        );
        assert!(writes[3].starts_with("PUT vnet-factory-"), "{writes:?}");
        assert_eq!(writes[4..], ["PUT default by olivia", "PUT roleAssignment by olivia"]);
        let made = world.azure.instance("dt-private").await.unwrap();
        assert_eq!(made["public_network_access"], "Disabled");
        assert_eq!(made["identity"]["type"], "SystemAssigned");
        assert_eq!(connection_states(world).await, ["Approved"]);
        let endpoint = &resources(world, "/privateEndpoints").await[0];
        assert_eq!(
            (&endpoint["location"], &endpoint["properties"]["subnet"]["id"]),
            (&json!("westeurope"), &json!(subnet))
        );
        assert_eq!(resources(world, "/privateDnsZoneGroups").await.len(), 1);

        // A second one finds the zone and the link, and makes neither again.
        let mut fields = instance("dt-second");
        fields.extend(private(&subnet, &[("public_network_access", "enabled")]));
        let pe = fields.iter().position(|(name, _)| *name == "pe_name").unwrap();
        fields[pe].1 = "pe-2";
        let shown = review(&olivia, "/instances/new", &fields).await;
        assert!(
            shown.says("The private DNS zone in rg-twins is there and is used."),
            "{}",
            shown.words()
        );
        world.azure.forget_calls().await;
        let page = create(&olivia, &fields).await;
        world.let_it_work().await;
        assert_eq!(status(&olivia.open(page.url.path()).await), "Verified");
        assert_eq!(
            world.azure.writes().await,
            [
                "PUT dt-second by olivia",
                "PUT pe-2 by olivia",
                "PUT default by olivia",
                "PUT roleAssignment by olivia"
            ]
        );
        assert_eq!(resources(world, "/virtualNetworkLinks").await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_worker_that_dies_after_the_write_finds_the_private_endpoint_and_makes_no_second() {
    on_each_database(async |world| {
        let olivia = world.person("olivia").await;
        let subnet = subnet();
        // Azure does what it is told, and its answers are lost on the way.
        for path in ["privateEndpoints/pe-1", "/virtualNetworkLinks/"] {
            world.azure.fail(json!({ "service": "arm", "method": "PUT", "path": path, "times": 1, "drop": "after" })).await;
        }
        let mut fields = instance("dt-lost");
        fields.extend(private(&subnet, &[]));
        let page = create(&olivia, &fields).await;
        world.let_it_work().await;
        let page = olivia.open(page.url.path()).await;
        assert_eq!(status(&page), "Done", "{}", page.words());
        assert_eq!(resources(world, "/privateEndpoints").await.len(), 1);
        assert_eq!(connection_states(world).await, ["Approved"]);
    })
    .await;
}

#[tokio::test]
async fn a_connection_by_request_waits_until_it_is_approved_on_the_networking_page() {
    on_each_database(async |world| {
        let olivia = world.person("olivia").await;
        let subnet = subnet();
        let typed = [
            ("pe_name", "pe-plant"),
            ("pe_subnet", &*subnet),
            ("pe_approval", "manual"),
            ("pe_message", "Plant 3 needs it."),
            ("pe_dns", "no"),
        ];
        let page = change(&olivia, "add", &typed).await;
        world.let_it_work().await;
        assert_eq!(status(&olivia.open(page.url.path()).await), "Done");
        assert_eq!(connection_states(world).await, ["Pending"]);
        assert_eq!(world.azure.writes().await, ["PUT pe-plant by olivia"]);

        let page = olivia.open(&format!("{FACTORY_PAGE}/networking")).await;
        assert!(page.says("Plant 3 needs it.") && page.says("Pending"), "{}", page.words());
        let page = change(&olivia, "approve", &[("message", "Welcome.")]).await;
        world.let_it_work().await;
        let page = olivia.open(page.url.path()).await;
        assert_eq!(status(&page), "Done", "{}", page.words());
        assert!(page.says("Azure shows the connection as Approved."), "{}", page.words());
        assert_eq!(connection_states(world).await, ["Approved"]);
        let page = olivia.open(&format!("{FACTORY_PAGE}/networking")).await;
        assert!(page.says("Welcome."), "{}", page.words());

        // It is turned away, and at last removed.
        let page =
            change(&olivia, "reject", &[("actions_required", "Make another in hall 4.")]).await;
        assert!(page.says("--actions-required 'Make another in hall 4.'"), "{}", page.words());
        assert!(page.says("Actions required"), "{}", page.words());
        world.let_it_work().await;
        assert_eq!(connection_states(world).await, ["Rejected"]);
        let row = &resources(world, "/privateEndpointConnections").await[0];
        let state = &row["properties"]["privateLinkServiceConnectionState"];
        assert_eq!(state["actionsRequired"], "Make another in hall 4.");
        let page = olivia.open(&format!("{FACTORY_PAGE}/networking")).await;
        assert!(page.says("Actions required: Make another in hall 4."), "{}", page.words());
        let page = change(&olivia, "remove", &[]).await;
        world.let_it_work().await;
        assert_eq!(status(&olivia.open(page.url.path()).await), "Done");
        assert!(connection_states(world).await.is_empty());
        assert_eq!(
            resources(world, "/privateEndpoints").await.len(),
            1,
            "the endpoint itself stays"
        );
    })
    .await;
}

#[tokio::test]
async fn a_connection_that_became_another_is_not_touched() {
    on_each_database(async |world| {
        let olivia = world.person("olivia").await;
        let subnet = subnet();
        let typed = [("pe_name", "pe-plant"), ("pe_subnet", &*subnet), ("pe_approval", "manual"), ("pe_message", "please"), ("pe_dns", "no")];
        change(&olivia, "add", &typed).await;
        world.let_it_work().await;
        let page = change(&olivia, "approve", &[]).await;
        // Before the worker comes to it, somebody has removed it.
        let id = resources(world, "/privateEndpointConnections").await[0]["id"].as_str().unwrap().to_owned();
        let carl = world.person("carl").await;
        let shown = changed(&carl, "remove", &[]).await;
        assert!(shown.says(&id), "{}", shown.words());
        world.azure.fail(json!({ "service": "arm", "method": "GET", "path": id, "times": 1, "status": 404, "code": "ResourceNotFound", "message": "gone" })).await;
        world.let_it_work().await;
        let page = olivia.open(page.url.path()).await;
        assert_eq!(status(&page), "Stopped", "{}", page.words());
        assert!(page.says("Nothing was changed"), "{}", page.words());
        assert_eq!(connection_states(world).await, ["Pending"]);
    })
    .await;
}

#[tokio::test]
async fn public_network_access_is_switched_off_knowingly_and_on_again() {
    on_each_database(async |world| {
        let olivia = world.person("olivia").await;
        let page = changed(&olivia, "disable", &[]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.one("#confirm_name-error").contains("factory-floor"), "{}", page.words());
        assert!(page.says("Nobody will reach its data"));
        let shown = changed(&olivia, "disable", &[("confirm_name", "factory-floor")]).await;
        assert!(shown.says("Nobody will reach its data"), "{}", shown.words());
        let page = change(&olivia, "disable", &[("confirm_name", "factory-floor")]).await;
        world.let_it_work().await;
        assert_eq!(status(&olivia.open(page.url.path()).await), "Done");
        let row = world.azure.instance("factory-floor").await.unwrap();
        assert_eq!(row["public_network_access"], "Disabled");
        let page = change(&olivia, "enable", &[]).await;
        world.let_it_work().await;
        let page = olivia.open(page.url.path()).await;
        assert!(page.says("Azure shows public network access as Enabled."), "{}", page.words());
        assert_eq!(
            world.azure.writes().await,
            ["PATCH factory-floor by olivia", "PATCH factory-floor by olivia"]
        );

        // With an approved private endpoint nothing need be confirmed.
        let subnet = subnet();
        change(&olivia, "add", &[("pe_name", "pe-1"), ("pe_subnet", &*subnet)]).await;
        world.let_it_work().await;
        let page = changed(&olivia, "disable", &[]).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.words());
        assert!(page.says("One private endpoint is approved and goes on."));
        assert!(page.says("One private endpoint connection was approved when this was asked"));
        let page = changed(&olivia, "remove", &[]).await;
        assert!(page.says("stops at once"), "{}", page.words());
    })
    .await;
}

#[tokio::test]
async fn who_may_not_change_networking_asks_and_somebody_who_may_decides() {
    on_each_database(async |world| {
        let (rita, olivia) = (world.person("rita").await, world.person("olivia").await);
        let page = change(&rita, "disable", &[("confirm_name", "factory-floor")]).await;
        let request = page.url.path().to_owned();
        world.let_it_work().await;
        assert_eq!(status(&rita.open(&request).await), "Waiting for approval");
        assert!(world.azure.writes().await.is_empty());
        let page = olivia.open(&request).await;
        assert!(page.says("Nobody will reach its data"), "who decides reads it: {}", page.words());
        olivia.press(&page, "Approve", &[]).await;
        world.let_it_work().await;
        assert_eq!(status(&rita.open(&request).await), "Done");
        assert_eq!(world.azure.writes().await, ["PATCH factory-floor by olivia"]);
    })
    .await;
}

#[tokio::test]
async fn the_instance_is_made_though_the_endpoint_is_refused_and_a_retry_finishes_it() {
    on_each_database(async |world| {
        let carl = world.person("carl").await;
        let subnet = subnet();
        let text = format!(
            "The client 'carl@contoso.com' has permission to perform action 'Microsoft.Network/privateEndpoints/write' on scope 'pe-1'; however, it does not have permission to perform action 'Microsoft.Network/virtualNetworks/subnets/join/action' on the linked scope(s) '{subnet}' or the linked scope(s) are invalid."
        );
        world.azure.fail(json!({ "service": "arm", "method": "PUT", "path": "privateEndpoints/pe-1", "times": 1, "status": 403, "code": "LinkedAuthorizationFailed", "message": text })).await;
        let mut fields = instance("dt-half");
        fields.retain(|(name, _)| *name != "for_me");
        fields.extend(private(&subnet, &[]));
        let page = create(&carl, &fields).await;
        let request = page.url.path().to_owned();
        world.let_it_work().await;
        let page = carl.open(&request).await;
        assert_eq!(status(&page), "Stopped", "{}", page.words());
        assert!(page.says("LinkedAuthorizationFailed") && page.says("subnets/join/action"), "{}", page.words());
        assert!(page.says("Network Contributor"), "it says what next: {}", page.words());
        assert!(world.azure.instance("dt-half").await.is_some(), "what was made stays");
        carl.press(&page, "Retry", &[]).await;
        world.let_it_work().await;
        assert_eq!(status(&carl.open(&request).await), "Done");
        let puts = world.azure.writes().await.into_iter().filter(|call| call == "PUT dt-half by carl");
        assert_eq!(puts.count(), 1);
        assert_eq!(connection_states(world).await, ["Approved"]);
    })
    .await;
}

#[tokio::test]
async fn who_may_not_join_the_subnet_waits_for_somebody_who_may() {
    on_each_database(async |world| {
        let (rita, olivia) = (world.person("rita").await, world.person("olivia").await);
        give_role(
            world,
            "rita@contoso.com",
            "Contributor",
            &format!("/subscriptions/{PRODUCTION}/resourceGroups/rg-twins"),
        )
        .await;
        let subnet = subnet();
        let mut fields = instance("dt-rita");
        fields.retain(|(name, _)| *name != "for_me");
        fields.extend(private(&subnet, &[]));
        let shown = review(&rita, "/instances/new", &fields).await;
        assert!(
            shown.says("Not held by you: Microsoft.Network/virtualNetworks/subnets/join/action"),
            "{}",
            shown.words()
        );
        let page = create(&rita, &fields).await;
        let request = page.url.path().to_owned();
        world.let_it_work().await;
        assert_eq!(status(&rita.open(&request).await), "Waiting for approval");
        assert_eq!(world.azure.writes().await, ["PUT dt-rita by rita"]);
        let page = olivia.open(&request).await;
        olivia.press(&page, "Approve", &[]).await;
        world.let_it_work().await;
        let page = rita.open(&request).await;
        assert_eq!(status(&page), "Done", "{}", page.words());
        assert!(world.azure.writes().await.contains(&"PUT pe-1 by olivia".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn a_form_with_rows_loses_nothing_and_says_what_is_wrong_in_which_row() {
    on_each_database(async |world| {
        let carl = world.person("carl").await;
        let subnet = subnet();
        let mut fields = instance("dt-rows");
        fields.extend(private(
            &subnet,
            &[("pe_approval", ""), ("pe_message", ""), ("go", "endpoint")],
        ));
        let page = carl.send("/instances/new", &fields).await;
        assert_eq!(page.all("input[name=pe_name]").len(), 2);
        assert_eq!(page.html_attribute("#pe-name-1", "value"), "pe-1");
        assert_eq!(page.html_attribute("select[name=pe_subnet] option[selected]", "value"), subnet);

        let mut fields = instance("dt-rows");
        fields.extend(private(&subnet, &[]));
        fields.extend([
            ("pe_name", "-no-"),
            ("pe_subnet", ""),
            ("pe_subnet_id", ""),
            ("pe_subnet_id", "/subscriptions/x"),
            ("go", "review"),
        ]);
        let page = carl.send("/instances/new", &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.has("[role=alert] a[href='#pe-name-2']"), "{}", page.words());
        assert!(
            page.has("#pe-subnet-2-error") && !page.has("#pe-name-1-error"),
            "{}",
            page.words()
        );
        assert!(page.one(".tabs a[href='#networking']").contains("to fix"), "{}", page.words());
        assert!(!page.one(".tabs a[href='#basics']").contains("to fix"));
        // Told where it was typed, and not at the list beside it.
        let given = "input#pe-subnet-2[name=pe_subnet_id][aria-invalid]";
        assert_eq!(page.html_attribute(given, "value"), "/subscriptions/x");
        let page = carl.press(&page, "drop-2", &[]).await;
        assert_eq!(page.all("input[name=pe_name]").len(), 1);
        assert_eq!(page.html_attribute("#pe-name-1", "value"), "pe-1");
        let page = carl.press(&page, "review", &[]).await;
        assert!(page.says("What will run"), "{}", page.words());
        // Back to the form by a tab of the review page: all of it is still there.
        let page = carl.press(&page, "back", &[]).await;
        assert_eq!(page.html_attribute("#pe-name-1", "value"), "pe-1");
        assert!(page.has("input[name=connectivity][value=private][checked]"));
    })
    .await;
}

#[tokio::test]
async fn what_azure_would_refuse_is_found_at_the_review() {
    on_each_database(async |world| {
        let olivia = world.person("olivia").await;
        let problems = async |name: &str, more: &[(&str, &str)]| {
            let mut fields = instance(name);
            let replaced: Vec<&str> = more.iter().map(|(name, _)| *name).collect();
            fields.retain(|(name, _)| !replaced.contains(name));
            fields.extend(more);
            let page = review(&olivia, "/instances/new", &fields).await;
            assert!(page.has("form[action='/instances/new'] button[disabled]"), "{}", page.words());
            page.one(".notice.is-error")
        };
        assert!(
            problems("dt-1", &[("region", "francecentral")])
                .await
                .contains("does not offer Azure Digital Twins")
        );
        let nowhere = subnet().replace("private-endpoints", "nowhere");
        let text = problems("dt-1", &private(&nowhere, &[])).await;
        assert!(text.contains("has no subnet nowhere"), "{text}");
        let subnet = subnet();
        let text = problems("dt-1", &private(&subnet, &[("pe_region", "northeurope")])).await;
        assert!(text.contains("must be in the region of its virtual network"), "{text}");
        let missing = subnet.replace("vnet-factory", "vnet-gone");
        let text = problems("dt-1", &private(&missing, &[("pe_region", "westeurope")])).await;
        assert!(text.contains("Azure knows no virtual network vnet-gone"), "{text}");
        // The same name in the same region is taken in the whole subscription.
        let text = problems("factory-floor", &[]).await;
        assert!(text.contains("already exists in region"), "{text}");
        let lock = json!({
            "name": "freeze",
            "properties": { "level": "ReadOnly", "notes": "Stocktaking" },
        });
        let path = "rg-twins/providers/Microsoft.Authorization/locks";
        world
            .azure
            .fail(json!({ "service": "arm", "path": path, "body": { "value": [lock] } }))
            .await;
        let text = problems("dt-1", &[]).await;
        assert!(text.contains("the lock freeze of level ReadOnly (“Stocktaking”)"), "{text}");
        assert!(world.azure.writes().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_full_region_is_warned_of_and_azures_refusal_is_shown() {
    on_each_database(async |world| {
        let olivia = world.person("olivia").await;
        for n in 2..=10 {
            let mut fields = instance("dt-filling");
            let name = format!("dt-filling-{n}");
            fields.retain(|(field, _)| *field != "resource_name" && *field != "for_me");
            fields.push(("resource_name", &name));
            create(&olivia, &fields).await;
            world.let_it_work().await;
        }
        let mut fields = instance("dt-eleven");
        fields.retain(|(field, _)| *field != "for_me");
        let shown = review(&olivia, "/instances/new", &fields).await;
        assert!(shown.says("There are 10 instances in West Europe already"), "{}", shown.words());
        let page = create(&olivia, &fields).await;
        world.let_it_work().await;
        let page = olivia.open(page.url.path()).await;
        assert_eq!(status(&page), "Stopped");
        assert!(page.says("has '10' instances in this region"), "{}", page.words());
    })
    .await;
}

#[tokio::test]
async fn who_sees_no_networks_types_resource_ids() {
    on_each_database(async |world| {
        let (rita, olivia) = (world.person("nina").await, world.person("olivia").await);
        let page = rita.open(&format!("{FACTORY_PAGE}/networking")).await;
        assert!(page.says("Azure does not show you this instance"), "{}", page.words());
        // The address of a form may be guessed: nothing is shown there that Azure does not show.
        let id = in_factory("Microsoft.DigitalTwins/digitalTwinsInstances/factory-floor");
        let page = rita.open(&format!("/networking/new?instance={id}&change=add")).await;
        assert!(
            page.has("input[name=pe_subnet_id]") && !page.says("vnet-factory"),
            "{}",
            page.words()
        );
        let subnet = subnet();
        let typed = [("pe_name", "pe-typed"), ("pe_subnet_id", &*subnet), ("justification", "why")];
        let page = rita.press(&page, "Review + save", &typed).await;
        assert!(page.one("#pe-region-1-error").contains("location"), "{}", page.words());
        let page = rita.press(&page, "Review + save", &[("pe_region", "westeurope")]).await;
        assert!(page.says("Not checked: the subnet of pe-typed"), "{}", page.words());
        let page = rita.press(&page, "Send request", &[]).await;
        let request = page.url.path().to_owned();
        let page = olivia.open(&request).await;
        olivia.press(&page, "Approve", &[]).await;
        world.let_it_work().await;
        assert_eq!(status(&rita.open(&request).await), "Done");
        assert_eq!(connection_states(world).await, ["Approved"]);
    })
    .await;
}
