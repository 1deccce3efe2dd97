//! Identities, endpoints, data history, private link and what belongs to it.

use reqwest::Method;
use serde_json::{Value, json};
use simulator::Options;
use simulator::arm::rbac::{Permission, Role};
use simulator::world::demo::{PRODUCTION, SENSOR_BRIDGE};

use crate::{ARM, Azure, Got, Person, TWINS, production, quick};

const NETWORK: &str = "/providers/Microsoft.Network";

fn factory(rest: &str) -> String {
    production(&format!(
        "/resourceGroups/rg-factory/providers/Microsoft.DigitalTwins/digitalTwinsInstances/factory-floor{rest}"
    ))
}

fn in_factory(rest: &str) -> String {
    production(&format!("/resourceGroups/rg-factory{rest}"))
}

fn id(path: &str) -> String {
    path.strip_prefix("/arm").unwrap().to_owned()
}

fn identity(name: &str) -> String {
    in_factory(&format!("/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{name}"))
}

async fn azure() -> Azure {
    Azure::with(Options { settings: quick(0), ..Options::default() }).await
}

/// Follows an operation to its end and returns its last status.
async fn finished(who: &Person<'_>, got: &Got) -> Got {
    assert!(got.status.is_success(), "{}", got.text);
    who.get(got.header("azure-asyncoperation")).await
}

/// Takes from factory-floor what the demo has put there: its endpoints, its data history, its identities.
async fn strip(azure: &Azure) {
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    for part in
        ["/endpoints/alarms", "/endpoints/orders", "/timeSeriesDatabaseConnections/floor-history"]
    {
        let deleted = olivia.delete(&factory(part)).await;
        while finished(&olivia, &deleted).await.body["status"] == "Running" {}
    }
    let none = json!({"identity": {"type": "None"}});
    let patched = olivia.send(Method::PATCH, &factory(""), Some(none)).await;
    while finished(&olivia, &patched).await.body["status"] == "Running" {}
}

#[tokio::test]
async fn an_identity_is_made_put_on_an_instance_and_taken_away() {
    let azure = azure().await;
    strip(&azure).await;
    let carl = azure.person("carl@contoso.com", ARM).await;
    let body = json!({"location": "West Europe", "tags": {"for": "twins"}});
    let made = carl.put(&identity("id-line"), body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert_eq!(made.body["location"], "westeurope");
    assert!(made.body["id"].as_str().unwrap().contains("/resourcegroups/rg-factory/"));
    assert_eq!(made.body["properties"].as_object().unwrap().len(), 3);
    let again = carl.put(&identity("ID-line"), json!({"location": "westeurope"})).await;
    assert_eq!((again.status.as_u16(), &again.body["properties"]), (200, &made.body["properties"]));
    let listed =
        carl.get(&in_factory("/providers/Microsoft.ManagedIdentity/userAssignedIdentities")).await;
    assert_eq!(listed.body["value"].as_array().unwrap().len(), 3);
    for version in ["2024-11-30", "2025-05-31-preview"] {
        let path = production(&format!(
            "/providers/Microsoft.ManagedIdentity/userAssignedIdentities?api-version={version}"
        ));
        assert_eq!(carl.get(&path).await.body["value"].as_array().unwrap().len(), 4, "{version}");
    }

    let patch = json!({"identity": {"type": "SystemAssigned,UserAssigned", "userAssignedIdentities": {(id(&identity("id-line"))): {}}}});
    let patched = carl.send(Method::PATCH, &factory(""), Some(patch)).await;
    assert_eq!(patched.status, 202, "{}", patched.text);
    let held = &patched.body["identity"];
    assert!(held["principalId"].is_string(), "known at once");
    assert_eq!(
        held["userAssignedIdentities"][id(&identity("id-line"))],
        json!({"clientId": made.body["properties"]["clientId"], "principalId": made.body["properties"]["principalId"]})
    );
    finished(&carl, &patched).await;
    let more = json!({"identity": {"type": "SystemAssigned,UserAssigned", "userAssignedIdentities": {(id(&identity("sensor-bridge"))): {}}}});
    let patched = carl.send(Method::PATCH, &factory(""), Some(more)).await;
    let held = patched.body["identity"]["userAssignedIdentities"].as_object().unwrap();
    assert_eq!(held.len(), 2, "a PATCH keeps what it does not name");
    assert_eq!(held[&id(&identity("sensor-bridge"))]["principalId"], SENSOR_BRIDGE);
    finished(&carl, &patched).await;
    let system = patched.body["identity"]["principalId"].clone();
    let less = json!({"identity": {"type": "UserAssigned", "userAssignedIdentities": {(id(&identity("id-line"))): null}}});
    let patched = carl.send(Method::PATCH, &factory(""), Some(less)).await;
    assert_eq!(patched.body["identity"]["userAssignedIdentities"].as_object().unwrap().len(), 1);
    assert_eq!(patched.body["identity"].get("principalId"), None);
    let world = azure.world().await;
    let known = world["service_principals"].as_array().unwrap();
    assert!(!known.iter().any(|row| row["id"] == system), "the system's own leaves the directory");

    assert_eq!(carl.delete(&identity("id-line")).await.status, 200);
    assert_eq!(carl.delete(&identity("id-line")).await.status, 204);
    assert_eq!(carl.get(&identity("id-line")).await.code(), "ResourceNotFound");
}

#[tokio::test]
async fn an_identity_must_be_there_and_assignable() {
    let azure = azure().await;
    let carl = azure.person("carl@contoso.com", ARM).await;
    let with = |name: &str| json!({"identity": {"type": "UserAssigned", "userAssignedIdentities": {(id(&identity(name))): {}}}});
    let missing = carl.send(Method::PATCH, &factory(""), Some(with("nothing"))).await;
    assert_eq!((missing.status.as_u16(), missing.code()), (400, "FailedIdentityOperation"));
    // Nina may write instances in rg-twins only, so she may not assign an identity of rg-factory.
    let scope = format!("/subscriptions/{PRODUCTION}/resourceGroups/rg-twins");
    let grant = json!({"principal": "nina@contoso.com", "role": "Contributor", "scope": scope});
    azure.admin(Method::POST, "/role-assignments", grant).await;
    let nina = azure.person("nina@contoso.com", ARM).await;
    let mut body = with("sensor-bridge");
    body["location"] = json!("westeurope");
    let path = production(
        "/resourceGroups/rg-twins/providers/Microsoft.DigitalTwins/digitalTwinsInstances/nina-1",
    );
    let refused = nina.put(&path, body).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (403, "LinkedAuthorizationFailed"));
    assert!(refused.message().contains(
        "'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action' on the linked scope(s)"
    ));
}

#[tokio::test]
async fn members_that_azure_does_not_know_do_not_come_back() {
    let azure = azure().await;
    azure.set(json!({"check_shapes": false})).await;
    let greg = azure.person("greg@contoso.com", ARM).await;
    let patch = json!({"identity": {"type": "SystemAssigned"}});
    assert_eq!(greg.patch(&factory(""), patch).await.status, 202);
    let secret = "Endpoint=sb://n/;SharedAccessKeyName=s;SharedAccessKey=k;EntityPath=h";
    let endpoint = json!({"properties": {"endpointType": "EventHub", "connectionStringPrimaryKey": secret, "colour": "red"}});
    let history = json!({"properties": {
        "connectionType": "AzureDataExplorer", "adxResourceId": "r", "adxEndpointUri": "https://adx",
        "adxDatabaseName": "d", "eventHubEndpointUri": "sb://hub", "eventHubEntityPath": "hub",
        "eventHubNamespaceResourceId": "n", "colour": "red",
        "identity": {"type": "SystemAssigned", "colour": "red"},
    }});
    for (path, body) in
        [("/endpoints/hub", endpoint), ("/timeSeriesDatabaseConnections/adx", history)]
    {
        let made = greg.put(&factory(path), body).await;
        assert_eq!(made.status, 201, "{}", made.text);
        assert!(!made.text.contains("colour"), "{}", made.text);
        azure.set(json!({"check_shapes": true})).await;
        assert_eq!(greg.get(&factory(path)).await.status, 200);
        azure.set(json!({"check_shapes": false})).await;
    }
}

#[tokio::test]
async fn an_endpoint_is_made_and_hides_its_secrets() {
    let azure = Azure::with(Options { settings: quick(1), ..Options::default() }).await;
    strip(&azure).await;
    let greg = azure.person("greg@contoso.com", ARM).await;
    let secret = "Endpoint=sb://ns.servicebus.windows.net/;SharedAccessKeyName=send;SharedAccessKey=abc;EntityPath=hub";
    let body = json!({"properties": {"endpointType": "EventHub", "connectionStringPrimaryKey": secret, "deadLetterSecret": "https://x?sas"}});
    let made = greg.put(&factory("/endpoints/to-hub"), body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert_eq!(made.body["properties"]["provisioningState"], "Provisioning");
    assert_eq!(made.body["properties"]["authenticationType"], "KeyBased");
    assert_eq!(
        made.body["properties"]["connectionStringPrimaryKey"],
        "Endpoint=sb://***/;SharedAccessKeyName=***;SharedAccessKey=***;EntityPath=***"
    );
    assert!(!made.text.contains("abc") && !made.text.contains("sas"));
    assert!(made.header("azure-asyncoperation").contains("/operationsStatuses/"));
    let result = made.header("location").to_owned();
    assert_eq!(finished(&greg, &made).await.body["status"], "Running");
    assert_eq!(finished(&greg, &made).await.body["status"], "Succeeded");
    let shown = greg.get(&factory("/endpoints/TO-HUB")).await;
    assert_eq!(shown.body["properties"]["provisioningState"], "Succeeded");
    assert_eq!(greg.get(&result).await.body["id"], shown.body["id"]);
    assert_eq!(greg.get(&factory("/endpoints")).await.body["value"], json!([shown.body]));

    let bad = [
        (
            "1",
            json!({"properties": {"endpointType": "EventGrid", "TopicEndpoint": "https://t", "accessKey1": "k"}}),
            "BadRequest",
        ),
        (
            "grid",
            json!({"properties": {"endpointType": "EventGrid", "TopicEndpoint": "https://t"}}),
            "BadRequest",
        ),
        (
            "hub-2",
            json!({"properties": {"endpointType": "EventHub", "authenticationType": "IdentityBased", "endpointUri": "sb://n", "entityPath": "e"}}),
            "BadRequest",
        ),
        ("hub-2", json!({"properties": {"endpointType": "Pigeon"}}), "InvalidRequestContent"),
    ];
    for (name, body, code) in bad {
        let refused = greg.put(&factory(&format!("/endpoints/{name}")), body.clone()).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (400, code), "{body}");
    }
    for n in 2..=6 {
        let body = json!({"properties": {"endpointType": "EventGrid", "TopicEndpoint": "https://t", "accessKey1": "k"}});
        let got = greg.put(&factory(&format!("/endpoints/grid-{n}")), body).await;
        assert_eq!(
            (got.status.as_u16(), got.body["properties"]["accessKey1"].as_str()),
            (201, Some("***"))
        );
    }
    let body = json!({"properties": {"endpointType": "EventGrid", "TopicEndpoint": "https://t", "accessKey1": "k"}});
    assert_eq!(
        greg.put(&factory("/endpoints/grid-7"), body).await.code(),
        "BadRequest",
        "six at most"
    );

    let deleted = greg.delete(&factory("/endpoints/to-hub")).await;
    assert_eq!(
        (deleted.status.as_u16(), deleted.body["properties"]["provisioningState"].as_str()),
        (202, Some("Deleting"))
    );
    let result = deleted.header("location").to_owned();
    assert_eq!(greg.get(&result).await.status, 202);
    assert_eq!(greg.get(&result).await.status, 204);
    assert_eq!(greg.get(&factory("/endpoints/to-hub")).await.code(), "ResourceNotFound");
    assert_eq!(greg.delete(&factory("/endpoints/to-hub")).await.status, 204);
    let rita = azure.person("rita@contoso.com", ARM).await;
    assert_eq!(rita.delete(&factory("/endpoints/grid-2")).await.code(), "AuthorizationFailed");
}

#[tokio::test]
async fn data_history_needs_an_identity_of_the_instance() {
    let azure = azure().await;
    strip(&azure).await;
    let carl = azure.person("carl@contoso.com", ARM).await;
    let path = factory("/timeSeriesDatabaseConnections/history");
    let body = json!({"properties": {
        "connectionType": "AzureDataExplorer",
        "adxResourceId": format!("/subscriptions/{PRODUCTION}/resourceGroups/rg-factory/providers/Microsoft.Kusto/clusters/adx"),
        "adxEndpointUri": "https://adx.westeurope.kusto.windows.net",
        "adxDatabaseName": "twins",
        "eventHubEndpointUri": "sb://ns.servicebus.windows.net/",
        "eventHubEntityPath": "hub",
        "eventHubNamespaceResourceId": format!("/subscriptions/{PRODUCTION}/resourceGroups/rg-factory/providers/Microsoft.EventHub/namespaces/ns"),
    }});
    assert_eq!(
        carl.put(&path, body.clone()).await.code(),
        "BadRequest",
        "there is no identity yet"
    );
    let patch = json!({"identity": {"type": "SystemAssigned"}});
    let patched = carl.send(Method::PATCH, &factory(""), Some(patch)).await;
    finished(&carl, &patched).await;
    let mut wrong = body.clone();
    wrong["properties"]["recordPropertyAndItemRemovals"] = json!(true);
    assert_eq!(carl.put(&path, wrong).await.code(), "BadRequest", "it is a text, not a boolean");
    let made = carl.put(&path, body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert_eq!(made.body["properties"]["adxTableName"], "AdtPropertyEvents");
    assert_eq!(made.body["properties"]["recordPropertyAndItemRemovals"], "false");
    assert_eq!(made.body["properties"]["identity"], json!({"type": "SystemAssigned"}));
    assert_eq!(finished(&carl, &made).await.body["status"], "Succeeded");
    assert_eq!(carl.get(&path).await.body["properties"]["provisioningState"], "Succeeded");
    let deleted = carl.delete(&format!("{path}?cleanupConnectionArtifacts=true")).await;
    assert_eq!(deleted.status, 202);
    finished(&carl, &deleted).await;
    assert_eq!(carl.get(&factory("/timeSeriesDatabaseConnections")).await.body["value"], json!([]));
}

fn private_endpoint(list: &str) -> Value {
    json!({"location": "westeurope", "properties": {
        "subnet": {"id": id(&in_factory(&format!("{NETWORK}/virtualNetworks/vnet-factory/subnets/private-endpoints")))},
        (list): [{"name": "adt", "properties": {"privateLinkServiceId": id(&factory("")), "groupIds": ["API"], "requestMessage": "please"}}],
    }})
}

#[tokio::test]
async fn a_private_endpoint_connects_an_instance_with_a_network() {
    let azure = azure().await;
    let carl = azure.person("carl@contoso.com", ARM).await;
    let offered = carl.get(&factory("/privateLinkResources")).await;
    assert_eq!(
        offered.body["value"][0]["properties"],
        json!({
            "groupId": "API", "requiredMembers": ["DigitalTwinsAPI"], "requiredZoneNames": ["privatelink.digitaltwins.azure.net"],
        })
    );
    assert_eq!(carl.get(&factory("/privateLinkResources/api")).await.body["name"], "API");

    let networks = carl.get(&production(&format!("{NETWORK}/virtualNetworks"))).await;
    assert_eq!(networks.body["value"][0]["name"], "vnet-factory");
    let subnets =
        carl.get(&in_factory(&format!("{NETWORK}/virtualNetworks/vnet-factory/subnets"))).await;
    assert_eq!(subnets.body["value"].as_array().unwrap().len(), 2);

    let endpoint = in_factory(&format!("{NETWORK}/privateEndpoints/pe-1"));
    let made = carl.put(&endpoint, private_endpoint("privateLinkServiceConnections")).await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert_eq!(made.body["properties"]["provisioningState"], "Updating");
    let done = finished(&carl, &made).await;
    assert_eq!(done.body, json!({"status": "Succeeded"}));
    let shown = carl.get(&endpoint).await;
    let state = &shown.body["properties"]["privateLinkServiceConnections"][0]["properties"]["privateLinkServiceConnectionState"];
    assert_eq!(state["status"], "Approved", "who may approve is approved at once");

    let zone = in_factory(&format!("{NETWORK}/privateDnsZones/privatelink.digitaltwins.azure.net"));
    assert_eq!(carl.put(&zone, json!({"location": "westeurope"})).await.status, 400);
    let made = carl.put(&zone, json!({"location": "global"})).await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert_eq!(finished(&carl, &made).await.body["status"], "Succeeded");
    let network = id(&in_factory(&format!("{NETWORK}/virtualNetworks/vnet-factory")));
    let link = json!({"location": "global", "properties": {"virtualNetwork": {"id": network}, "registrationEnabled": false}});
    let made = carl.put(&format!("{zone}/virtualNetworkLinks/factory"), link).await;
    assert_eq!(made.status, 201, "{}", made.text);
    finished(&carl, &made).await;
    let group = json!({"properties": {"privateDnsZoneConfigs": [{"name": "adt", "properties": {"privateDnsZoneId": id(&zone)}}]}});
    let made = carl.put(&format!("{endpoint}/privateDnsZoneGroups/default"), group).await;
    assert_eq!(made.status, 201, "{}", made.text);
    finished(&carl, &made).await;
    let record =
        &made.body["properties"]["privateDnsZoneConfigs"][0]["properties"]["recordSets"][0];
    assert_eq!(record["fqdn"], "factory-floor.api.weu.privatelink.digitaltwins.azure.net");
    let counted = carl.get(&zone).await;
    assert_eq!(counted.body["properties"]["numberOfVirtualNetworkLinks"], 1);
    assert_eq!(counted.body["properties"]["numberOfRecordSets"], 2);
    assert_eq!(carl.delete(&zone).await.status, 409, "it has a link");

    let instance = carl.get(&factory("")).await;
    let connections = instance.body["properties"]["privateEndpointConnections"].as_array().unwrap();
    assert_eq!(connections.len(), 1);
    assert_eq!(connections[0]["properties"]["privateEndpoint"]["id"], id(&endpoint));
    let deleted = carl.delete(&endpoint).await;
    assert_eq!(deleted.status, 202);
    finished(&carl, &deleted).await;
    assert_eq!(carl.get(&endpoint).await.code(), "ResourceNotFound");
    assert_eq!(carl.get(&factory("/privateEndpointConnections")).await.body["value"], json!([]));
}

#[tokio::test]
async fn a_connection_by_hand_waits_to_be_approved() {
    let azure = Azure::with(Options { settings: quick(1), ..Options::default() }).await;
    let carl = azure.person("carl@contoso.com", ARM).await;
    let endpoint = in_factory(&format!("{NETWORK}/privateEndpoints/pe-2"));
    let made = carl.put(&endpoint, private_endpoint("manualPrivateLinkServiceConnections")).await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert_eq!(finished(&carl, &made).await.body["status"], "InProgress");
    assert_eq!(finished(&carl, &made).await.body["status"], "Succeeded");
    let listed = carl.get(&factory("/privateEndpointConnections")).await;
    let row = listed.body["value"][0].clone();
    assert_eq!(
        row["properties"]["privateLinkServiceConnectionState"],
        json!({"status": "Pending", "description": "please", "actionsRequired": "None"})
    );
    assert_eq!(row["properties"]["provisioningState"], "Succeeded");
    let path = factory(&format!("/privateEndpointConnections/{}", row["name"].as_str().unwrap()));
    let body = json!({"properties": {"privateLinkServiceConnectionState": {"status": "Approved", "description": "fine"}}});
    let put = carl.put(&path, body).await;
    assert_eq!(
        (put.status.as_u16(), put.body["properties"]["provisioningState"].as_str()),
        (202, Some("Updating"))
    );
    assert!(put.header("azure-asyncoperation").contains("/operationResults/"));
    assert_eq!(finished(&carl, &put).await.body, json!({"status": "Updating"}));
    assert_eq!(finished(&carl, &put).await.body, json!({"status": "Succeeded"}));
    let shown = carl.get(&endpoint).await;
    let state = &shown.body["properties"]["manualPrivateLinkServiceConnections"][0]["properties"]["privateLinkServiceConnectionState"];
    assert_eq!(state["status"], "Approved", "the other side learns of it");
    let gone = carl.delete(&path).await;
    assert_eq!(gone.status, 202);
    finished(&carl, &gone).await;
    finished(&carl, &gone).await;
    let state = carl.get(&endpoint).await.body["properties"]["manualPrivateLinkServiceConnections"]
        [0]["properties"]["privateLinkServiceConnectionState"]["status"]
        .clone();
    assert_eq!(state, "Disconnected");
    let missing =
        json!({"properties": {"privateLinkServiceConnectionState": {"status": "Approved"}}});
    assert_eq!(
        carl.put(&factory("/privateEndpointConnections/none"), missing).await.code(),
        "ResourceNotFound"
    );
}

#[tokio::test]
async fn a_closed_instance_refuses_its_data_plane_to_everybody() {
    let azure = azure().await;
    let grant = json!({"principal": "nina@contoso.com", "role": "Azure Digital Twins Data Reader", "scope": id(&factory(""))});
    azure.admin(Method::POST, "/role-assignments", grant).await;
    let nina = azure.person("nina@contoso.com", TWINS).await;
    let models =
        "/twins/factory-floor.api.weu.digitaltwins.azure.net/models?api-version=2023-10-31";
    assert_eq!(nina.get(models).await.status, 200);
    let carl = azure.person("carl@contoso.com", ARM).await;
    let patch = json!({"properties": {"publicNetworkAccess": "Disabled"}});
    carl.send(Method::PATCH, &factory(""), Some(patch)).await;
    let refused = nina.get(models).await;
    assert_eq!((refused.status.as_u16(), refused.text.as_str()), (403, ""));
}

/// Nina is a contributor of rg-twins, and holds these actions in rg-factory.
async fn nina_with(actions: &[&str]) -> Azure {
    let actions = actions.iter().map(|action| (*action).to_owned()).collect();
    let scope = format!("/subscriptions/{PRODUCTION}");
    let azure = Azure::in_world(quick(0), |world| {
        world.role_definitions.push(Role {
            name: "Some".into(),
            permissions: vec![Permission { actions, ..Permission::default() }],
            assignable_scopes: vec![scope.clone()],
            ..Role::default()
        });
    })
    .await;
    for (role, group) in [("Contributor", "rg-twins"), ("Some", "rg-factory")] {
        let grant = json!({"principal": "nina@contoso.com", "role": role, "scope": format!("{scope}/resourceGroups/{group}")});
        assert_eq!(azure.admin(Method::POST, "/role-assignments", grant).await.status, 201);
    }
    azure
}

fn in_twins(rest: &str) -> String {
    production(&format!("/resourceGroups/rg-twins{rest}"))
}

fn refused_for(got: &Got, action: &str, linked: &str, target: &str) {
    assert_eq!(
        (got.status.as_u16(), got.code()),
        (403, "LinkedAuthorizationFailed"),
        "{}",
        got.text
    );
    assert!(
        got.message().contains(&format!("has permission to perform action '{action}' on scope '"))
            && got.message().ends_with(&format!(
                "however, it does not have permission to perform action '{linked}' on the linked scope(s) '{target}' or the linked scope(s) are invalid."
            )),
        "{}",
        got.message()
    );
}

#[tokio::test]
async fn a_private_endpoint_needs_access_to_the_subnet_and_to_the_instance() {
    const JOIN: &str = "Microsoft.Network/virtualNetworks/subnets/join/action";
    let write = "Microsoft.Network/privateEndpoints/write";
    let endpoint = in_twins(&format!("{NETWORK}/privateEndpoints/pe-nina"));
    let body = private_endpoint("privateLinkServiceConnections");
    let subnet = body["properties"]["subnet"]["id"].as_str().unwrap();

    let azure = nina_with(&["*/read"]).await;
    let nina = azure.person("nina@contoso.com", ARM).await;
    for list in ["privateLinkServiceConnections", "manualPrivateLinkServiceConnections"] {
        let got = nina.put(&endpoint, private_endpoint(list)).await;
        refused_for(&got, write, JOIN, subnet);
    }
    assert_eq!(nina.get(&endpoint).await.code(), "ResourceNotFound");

    let azure = nina_with(&["*/read", JOIN]).await;
    let nina = azure.person("nina@contoso.com", ARM).await;
    let approve = "PrivateEndpointConnectionsApproval/action";
    let got = nina.put(&endpoint, body.clone()).await;
    refused_for(&got, write, approve, &id(&factory("")));
    let asked = nina.put(&endpoint, private_endpoint("manualPrivateLinkServiceConnections")).await;
    assert_eq!(asked.status, 201, "who may not approve asks: {}", asked.text);
    finished(&nina, &asked).await;
    let carl = azure.person("carl@contoso.com", ARM).await;
    let listed = carl.get(&factory("/privateEndpointConnections")).await;
    let row = &listed.body["value"][0];
    assert_eq!(row["properties"]["privateLinkServiceConnectionState"]["status"], "Pending");
    let path = factory(&format!("/privateEndpointConnections/{}", row["name"].as_str().unwrap()));
    let yes = json!({"properties": {"privateLinkServiceConnectionState": {"status": "Approved", "description": "by carl"}}});
    assert_eq!(nina.put(&path, yes.clone()).await.code(), "AuthorizationFailed");
    finished(&carl, &carl.put(&path, yes).await).await;
    let shown = nina.get(&endpoint).await;
    assert_eq!(
        shown.body["properties"]["manualPrivateLinkServiceConnections"][0]["properties"]["privateLinkServiceConnectionState"]
            ["status"],
        "Approved"
    );

    let zone = in_factory(&format!("{NETWORK}/privateDnsZones/privatelink.digitaltwins.azure.net"));
    finished(&carl, &carl.put(&zone, json!({"location": "global"})).await).await;
    let group = json!({"properties": {"privateDnsZoneConfigs": [{"name": "adt", "properties": {"privateDnsZoneId": id(&zone)}}]}});
    let got = nina.put(&format!("{endpoint}/privateDnsZoneGroups/default"), group).await;
    let action = "Microsoft.Network/privateEndpoints/privateDnsZoneGroups/write";
    refused_for(&got, action, "Microsoft.Network/privateDnsZones/join/action", &id(&zone));
    let network = id(&in_factory(&format!("{NETWORK}/virtualNetworks/vnet-factory")));
    let own = in_twins(&format!("{NETWORK}/privateDnsZones/privatelink.digitaltwins.azure.net"));
    finished(&nina, &nina.put(&own, json!({"location": "global"})).await).await;
    let link = json!({"location": "global", "properties": {"virtualNetwork": {"id": network}, "registrationEnabled": false}});
    let got = nina.put(&format!("{own}/virtualNetworkLinks/v"), link).await;
    let action = "Microsoft.Network/privateDnsZones/virtualNetworkLinks/write";
    refused_for(&got, action, "Microsoft.Network/virtualNetworks/join/action", &network);
}

#[tokio::test]
async fn an_identity_is_put_on_and_taken_off_by_patch_and_put() {
    const ASSIGN: &str = "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action";
    let write = "Microsoft.DigitalTwins/digitalTwinsInstances/write";
    let bridge = id(&identity("sensor-bridge"));
    let twin = in_twins("/providers/Microsoft.DigitalTwins/digitalTwinsInstances/line");
    let with = |value: Value| json!({"location": "westeurope", "identity": {"type": "UserAssigned", "userAssignedIdentities": {(bridge.as_str()): value}}});

    let azure = nina_with(&["*/read"]).await;
    let nina = azure.person("nina@contoso.com", ARM).await;
    finished(&nina, &nina.put(&twin, json!({"location": "westeurope"})).await).await;
    let patch = json!({"identity": with(json!({}))["identity"]});
    refused_for(&nina.patch(&twin, patch.clone()).await, write, ASSIGN, &bridge);
    refused_for(&nina.put(&twin, with(json!({}))).await, write, ASSIGN, &bridge);
    assert_eq!(nina.get(&twin).await.body.get("identity"), None);

    let azure =
        nina_with(&["*/read", "Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action"])
            .await;
    let nina = azure.person("nina@contoso.com", ARM).await;
    finished(&nina, &nina.put(&twin, json!({"location": "westeurope"})).await).await;
    let held = async || {
        let got = nina.get(&twin).await;
        got.body["identity"]["userAssignedIdentities"].as_object().map_or(0, |all| all.len())
    };
    finished(&nina, &nina.patch(&twin, patch.clone()).await).await;
    assert_eq!(held().await, 1);
    let off = json!({"identity": with(Value::Null)["identity"]});
    finished(&nina, &nina.patch(&twin, off).await).await;
    assert_eq!(held().await, 0, "by null in a PATCH");
    finished(&nina, &nina.put(&twin, with(json!({}))).await).await;
    assert_eq!(held().await, 1);
    finished(&nina, &nina.put(&twin, json!({"location": "westeurope"})).await).await;
    assert_eq!(held().await, 0, "by a PUT that leaves it out");
    finished(&nina, &nina.patch(&twin, patch).await).await;
    finished(&nina, &nina.patch(&twin, json!({"identity": {"type": "None"}})).await).await;
    assert_eq!(held().await, 0, "by the type None");
}

#[tokio::test]
async fn the_public_network_is_closed_and_opened_again() {
    let azure = azure().await;
    let carl = azure.person("carl@contoso.com", ARM).await;
    let switch = |to: &str| json!({"properties": {"publicNetworkAccess": to}});
    for to in ["Disabled", "Enabled", "Disabled"] {
        finished(&carl, &carl.patch(&factory(""), switch(to)).await).await;
        let shown = carl.get(&factory("")).await;
        assert_eq!(shown.body["properties"]["publicNetworkAccess"], to);
    }
    finished(&carl, &carl.patch(&factory(""), json!({"tags": {"a": "b"}})).await).await;
    let shown = carl.get(&factory("")).await;
    assert_eq!(shown.body["properties"]["publicNetworkAccess"], "Disabled", "a PATCH keeps it");
    let wrong = carl.patch(&factory(""), switch("Sometimes")).await;
    assert_eq!((wrong.status.as_u16(), wrong.code()), (400, "InvalidRequestContent"));
    finished(&carl, &carl.put(&factory(""), json!({"location": "westeurope"})).await).await;
    let shown = carl.get(&factory("")).await;
    assert_eq!(shown.body["properties"]["publicNetworkAccess"], "Enabled", "a PUT does not");
}

#[tokio::test]
async fn an_instance_that_goes_leaves_its_endpoint_disconnected_and_the_directory() {
    let azure = azure().await;
    let carl = azure.person("carl@contoso.com", ARM).await;
    let patch = json!({"identity": {"type": "SystemAssigned"}});
    let patched = carl.patch(&factory(""), patch).await;
    finished(&carl, &patched).await;
    let principal = patched.body["identity"]["principalId"].clone();
    let endpoint = in_factory(&format!("{NETWORK}/privateEndpoints/pe-3"));
    let made = carl.put(&endpoint, private_endpoint("privateLinkServiceConnections")).await;
    finished(&carl, &made).await;
    finished(&carl, &carl.delete(&factory("")).await).await;
    assert_eq!(carl.get(&factory("")).await.code(), "ResourceNotFound");
    let left = carl.get(&endpoint).await;
    assert_eq!(left.status, 200);
    assert_eq!(
        left.body["properties"]["privateLinkServiceConnections"][0]["properties"]["privateLinkServiceConnectionState"]
            ["status"],
        "Disconnected"
    );
    let world = azure.world().await;
    let known = world["service_principals"].as_array().unwrap();
    assert!(!known.iter().any(|row| row["id"] == principal), "its identity went with it");
}

#[tokio::test]
async fn the_identities_of_instances_go_with_their_group() {
    let azure = azure().await;
    let olivia = azure.person("olivia@contoso.com", ARM).await;
    let twin = in_twins("/providers/Microsoft.DigitalTwins/digitalTwinsInstances/line");
    let body = json!({"location": "westeurope", "identity": {"type": "SystemAssigned"}});
    let made = olivia.put(&twin, body).await;
    let principal = made.body["identity"]["principalId"].clone();
    finished(&olivia, &made).await;
    let gone = olivia.delete(&in_twins("")).await;
    assert_eq!(olivia.get(gone.header("location")).await.status, 200);
    let world = azure.world().await;
    let known = world["service_principals"].as_array().unwrap();
    assert!(!known.iter().any(|row| row["id"] == principal));
    assert!(known.iter().any(|row| row["id"] == SENSOR_BRIDGE), "those of other groups stay");
}
