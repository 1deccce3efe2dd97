//! What ARM says of all resources together: generic lists, providers, locations, management groups, and asking by id.

use reqwest::Method;
use serde_json::{Value, json};
use simulator::Options;
use simulator::arm::management_groups::ManagementGroup;
use simulator::settings::Settings;
use simulator::world::demo::{DEVELOPMENT, NINA, PRODUCTION, TENANT};
use simulator::world::role::{OWNER, READER};
use simulator::world::{Assignment, World};

use crate::{ARM, Azure, Got, Person, development, production, quick};

const TWINS: &str = "/providers/Microsoft.DigitalTwins/digitalTwinsInstances";

async fn azure() -> Azure {
    Azure::with(Options { settings: quick(0), ..Options::default() }).await
}

async fn resources(who: &Person<'_>, below: &str, more: &str) -> Vec<Value> {
    let got =
        who.get(&production(&format!("{below}/resources?api-version=2021-04-01{more}"))).await;
    assert_eq!(got.status, 200, "{}", got.text);
    got.body["value"].as_array().unwrap().clone()
}

fn names(rows: &[Value]) -> Vec<&str> {
    rows.iter().map(|row| row["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn all_resources_are_listed_for_those_who_may_read_them() {
    let azure = azure().await;
    let rita = azure.person("rita@contoso.com", ARM).await;
    let all = resources(&rita, "", "").await;
    assert_eq!(
        names(&all),
        [
            "factory-floor",
            "sensor-bridge",
            "line-camera",
            "twins-export",
            "vnet-factory",
            "contoso-factory",
            "contoso-orders",
            "contosofactory"
        ]
    );
    assert_eq!(all[0]["type"], "Microsoft.DigitalTwins/digitalTwinsInstances");
    assert_eq!(all[0].get("properties"), None, "not in lists");
    for group in ["rg-factory", "rg-twins"] {
        let below = format!("/resourceGroups/{group}");
        let within: Vec<Value> = all
            .iter()
            // Some providers write `resourcegroups` in their ids.
            .filter(|row| {
                row["id"].as_str().unwrap().to_lowercase().contains(&below.to_lowercase())
            })
            .cloned()
            .collect();
        assert_eq!(resources(&rita, &below, "").await, within, "{group}");
    }
    let only = "&$filter=resourceType eq 'microsoft.network/virtualnetworks'";
    let expanded = format!("{only}&$expand=createdTime,changedTime,provisioningState");
    let networks = resources(&rita, "", &expanded).await;
    assert_eq!(names(&networks), ["vnet-factory"]);
    assert_eq!(networks[0]["provisioningState"], "Succeeded");
    assert!(networks[0]["createdTime"].is_string() && networks[0]["changedTime"].is_string());

    let carl = azure.person("carl@contoso.com", ARM).await;
    let body = json!({"location": "westeurope", "tags": {"team": "blue"}});
    let path = production(&format!("/resourceGroups/rg-twins{TWINS}/tagged"));
    assert_eq!(carl.put(&path, body).await.status, 201);
    for (filter, found) in [
        ("tagName eq 'Team'", 1),
        ("tagName eq 'team' and tagValue eq 'blue'", 1),
        ("tagName eq 'team' and tagValue eq 'red'", 0),
        ("resourceGroup eq 'RG-twins'", 2),
        ("name eq 'tagged' and location eq 'westeurope'", 1),
    ] {
        let rows = resources(&rita, "", &format!("&$filter={filter}")).await;
        assert_eq!(rows.len(), found, "{filter}");
    }
    let wrong = production("/resources?api-version=2021-04-01&$filter=colour eq 'red'");
    assert_eq!(rita.get(&wrong).await.code(), "InvalidFilterInQueryString");

    let greg = azure.person("greg@contoso.com", ARM).await;
    assert_eq!(resources(&greg, "", "").await.len(), 7, "what is in his group");
    let nina = azure.person("nina@contoso.com", ARM).await;
    let refused = nina.get(&production("/resources?api-version=2021-04-01")).await;
    assert_eq!(refused.code(), "AuthorizationFailed");
    let none =
        rita.get(&production("/resourceGroups/rg-none/resources?api-version=2021-04-01")).await;
    assert_eq!(none.code(), "ResourceGroupNotFound");
}

#[tokio::test]
async fn every_id_that_can_be_read_can_be_asked_for() {
    let azure = azure().await;
    let rita = azure.person("rita@contoso.com", ARM).await;
    let ids = [
        "/resourceGroups/rg-factory".to_owned(),
        format!("/resourceGroups/rg-factory{TWINS}/factory-floor"),
        "/resourceGroups/rg-factory/providers/Microsoft.Network/virtualNetworks/vnet-factory".into(),
        "/resourceGroups/rg-factory/providers/Microsoft.ManagedIdentity/userAssignedIdentities/sensor-bridge".into(),
        "/providers/Microsoft.Authorization/roleAssignments/40000000-aaaa-4000-8000-000000000001".into(),
    ];
    for id in ids {
        let head = |id: &str| production(id);
        let there = rita.send(Method::HEAD, &head(&id), None).await;
        assert_eq!((there.status.as_u16(), there.text.as_str()), (204, ""), "{id}");
        let missing = rita.send(Method::HEAD, &head(&format!("{}x", id)), None).await;
        assert_eq!((missing.status.as_u16(), missing.text.as_str()), (404, ""), "{id}");
    }
    let nina = azure.person("nina@contoso.com", ARM).await;
    let refused = nina.send(Method::HEAD, &production("/resourceGroups/rg-factory"), None).await;
    assert_eq!(refused.status, 403);
    let list = rita.send(Method::HEAD, &production("/resourceGroups"), None).await;
    assert_eq!(list.status, 404, "lists have no existence of their own");
}

#[tokio::test]
async fn providers_are_listed_and_unregistered_once_they_are_not_in_use() {
    let settings = Settings { registration_polls: 1, registration_seconds: 0, ..quick(0) };
    let azure = Azure::with(Options { settings, ..Options::default() }).await;
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    let list = olivia.get(&production("/providers?api-version=2021-04-01")).await;
    let rows = list.body["value"].as_array().unwrap();
    let state = |name: &str| {
        let row = rows.iter().find(|row| row["namespace"] == name).unwrap();
        (row["registrationState"].as_str().unwrap(), row["registrationPolicy"].as_str().unwrap())
    };
    assert_eq!(state("Microsoft.DigitalTwins"), ("Registered", "RegistrationRequired"));
    assert_eq!(state("Microsoft.Authorization"), ("Registered", "RegistrationFree"));
    for row in rows {
        let namespace = row["namespace"].as_str().unwrap().to_lowercase();
        let one = olivia
            .get(&production(&format!("/providers/{namespace}?api-version=2021-04-01")))
            .await;
        assert_eq!(&one.body, row);
        assert!(!row["resourceTypes"].as_array().unwrap().is_empty());
    }
    let post = async |path: String| olivia.send(Method::POST, &path, None).await;
    let network =
        post(production("/providers/Microsoft.Network/register?api-version=2021-04-01")).await;
    assert_eq!(network.body["registrationState"], "Registered");
    let unknown =
        olivia.get(&production("/providers/Microsoft.Unheard?api-version=2021-04-01")).await;
    assert_eq!((unknown.status.as_u16(), unknown.code()), (404, "InvalidResourceNamespace"));

    let twins = production("/providers/Microsoft.DigitalTwins");
    let used = post(format!("{twins}/unregister")).await;
    assert_eq!(used.status, 409);
    assert!(used.message().starts_with(
        "The subscription cannot be unregistered from resource namespace 'Microsoft.DigitalTwins'."
    ));
    let floor = format!("/resourceGroups/rg-factory{TWINS}/factory-floor");
    let gone = olivia.delete(&production(&floor)).await;
    assert_eq!(olivia.get(gone.header("azure-asyncoperation")).await.body["status"], "Succeeded");
    let state = |got: &Got| got.body["registrationState"].as_str().unwrap().to_owned();
    assert_eq!(state(&post(format!("{twins}/unregister")).await), "Unregistering");
    assert_eq!(state(&olivia.get(&twins).await), "Unregistering");
    assert_eq!(state(&olivia.get(&twins).await), "Unregistered");
    let early = olivia.put(&production(&floor), json!({"location": "westeurope"})).await;
    assert_eq!(early.code(), "MissingSubscriptionRegistration");
    assert_eq!(state(&post(format!("{twins}/register")).await), "Registering");
    let rita = azure.person("rita@contoso.com", ARM).await;
    let refused = rita.send(Method::POST, &format!("{twins}/unregister"), None).await;
    assert_eq!(refused.code(), "AuthorizationFailed");
}

#[tokio::test]
async fn locations_have_pairs_and_zones() {
    let azure = azure().await;
    let rita = azure.person("rita@contoso.com", ARM).await;
    let got = rita.get(&production("/locations?api-version=2022-12-01")).await;
    let rows = got.body["value"].as_array().unwrap();
    let region = |name: &str| rows.iter().find(|row| row["name"] == name).unwrap();
    let pair = json!([{"name": "northeurope", "id": format!("/subscriptions/{PRODUCTION}/locations/northeurope")}]);
    assert_eq!(region("westeurope")["metadata"]["pairedRegion"], pair);
    let zones = region("westeurope")["availabilityZoneMappings"].as_array().unwrap();
    assert_eq!(zones[2], json!({"logicalZone": "3", "physicalZone": "westeurope-az3"}));
    assert_eq!(region("westus").get("availabilityZoneMappings"), None);
    for row in rows {
        assert_eq!(row["metadata"]["pairedRegion"].as_array().unwrap().len(), 1, "{row}");
    }
}

fn group(id: &str) -> String {
    format!("/providers/Microsoft.Management/managementGroups/{id}")
}

/// `live` holds production, `idle` nothing; development is in the root.
fn tree(world: &mut World, role: &str, at: &str) {
    let row = |id: &str, subscriptions: &[&str]| ManagementGroup {
        id: id.into(),
        subscriptions: subscriptions.iter().map(|id| (*id).to_owned()).collect(),
        ..ManagementGroup::default()
    };
    world.management_groups = vec![row("live", &[PRODUCTION]), row("idle", &[])];
    world.role_assignments.push(Assignment {
        scope: group(at),
        role: role.into(),
        principal: NINA.into(),
        ..Assignment::default()
    });
}

#[tokio::test]
async fn what_is_granted_at_a_management_group_holds_in_it_and_nowhere_else() {
    let azure = Azure::in_world(quick(0), |world| tree(world, OWNER, "live")).await;
    let nina = azure.person("nina@contoso.com", ARM).await;
    let list = nina.get("/arm/subscriptions").await;
    assert_eq!(list.body["value"].as_array().unwrap().len(), 1);
    assert_eq!(list.body["value"][0]["subscriptionId"], PRODUCTION);
    assert_eq!(nina.get(&production("/resourceGroups/rg-factory")).await.status, 200);
    assert_eq!(nina.get(&development("/resourceGroups/rg-sandbox")).await.status, 403);

    let name =
        "/providers/Microsoft.Authorization/roleAssignments/50000000-0000-4000-8000-000000000001";
    let body = json!({"properties": {
        "roleDefinitionId": format!("/providers/Microsoft.Authorization/roleDefinitions/{READER}"),
        "principalId": NINA,
        "principalType": "User",
    }});
    for above in ["".to_owned(), group(TENANT), group("idle")] {
        let refused = nina.put(&format!("/arm{above}{name}"), body.clone()).await;
        assert_eq!(
            (refused.status.as_u16(), refused.code()),
            (403, "AuthorizationFailed"),
            "{above}"
        );
    }
    let made = nina.put(&format!("/arm{}{name}", group("LIVE")), body.clone()).await;
    assert_eq!(
        (made.status.as_u16(), &made.body["properties"]["scope"]),
        (201, &json!(group("live")))
    );
    let seen = nina
        .get(&production("/providers/Microsoft.Authorization/roleAssignments?$filter=atScope()"))
        .await;
    let inherited = seen.body["value"].as_array().unwrap().iter();
    assert_eq!(inherited.filter(|row| row["properties"]["scope"] == group("live")).count(), 2);
    let query = |at: &str| json!({"query": "resources | project name", "managementGroups": [at]});
    for (at, found) in [("live", 5), ("idle", 0), (TENANT, 5)] {
        let path = "/arm/providers/Microsoft.ResourceGraph/resources";
        let got = nina.post(path, query(at)).await;
        assert_eq!(got.body["totalRecords"], found, "{at}: {}", got.text);
    }
    let unknown =
        format!("/arm{}/providers/Microsoft.Authorization/roleAssignments", group("none"));
    for got in
        [nina.get(&unknown).await, nina.put(&format!("/arm{}{name}", group("none")), body).await]
    {
        assert_eq!((got.status.as_u16(), got.code()), (404, "ManagementGroupNotFound"));
    }
}

#[tokio::test]
async fn the_root_of_the_tenant_is_above_all_its_subscriptions_and_denies_there_too() {
    let azure = Azure::in_world(quick(0), |world| tree(world, READER, TENANT)).await;
    let nina = azure.person("nina@contoso.com", ARM).await;
    for path in
        [production("/resourceGroups/rg-factory"), development("/resourceGroups/rg-sandbox")]
    {
        assert_eq!(nina.get(&path).await.status, 200, "{path}");
    }
    let deny = json!({"scope": group("live"), "display_name": "Shut", "actions": ["*/read"], "principals": [NINA]});
    assert_eq!(azure.admin(Method::POST, "/deny-assignments", deny).await.status, 201);
    let shut = nina.get(&production("/resourceGroups/rg-factory")).await;
    assert_eq!(shut.code(), "DenyAssignmentAuthorizationFailed");
    assert_eq!(nina.get(&format!("/arm/subscriptions/{DEVELOPMENT}")).await.status, 200);
    let policy = json!({"name": "p", "scope": group("live"), "effect": "Deny",
        "conditions": [{"field": "location", "operator": "Equals", "value": "northeurope"}]});
    assert_eq!(azure.admin(Method::POST, "/policies", policy).await.status, 201);
    let body = json!({"location": "northeurope"});
    let carl = azure.person("carl@contoso.com", ARM).await;
    let refused = carl.put(&production("/resourceGroups/rg-new"), body.clone()).await;
    assert_eq!(refused.code(), "RequestDisallowedByPolicy");
    let paul = azure.person("paul@contoso.com", ARM).await;
    assert_eq!(paul.put(&development("/resourceGroups/rg-new"), body).await.status, 201);
}

#[tokio::test]
async fn an_address_that_leads_nowhere_is_refused_in_words_of_azure() {
    let azure = azure().await;
    let rita = azure.person("rita@contoso.com", ARM).await;
    let got = rita.get(&production("/nowhere")).await;
    assert_eq!(got.status, 404);
    assert!(
        got.message()
            .starts_with("No HTTP resource was found that matches the request URI 'http://")
    );
}
