//! Microsoft.Network: virtual networks and subnets (read), private endpoints and their DNS zone groups.
//!
//! Source: `virtualNetwork.json` and `privateEndpoint.json` 2024-01-01; "Enable private access with Private Link" of Azure
//! Digital Twins (group `API`, ten endpoints an instance).

use serde_json::{Value, json};

use super::groups::tags;
use super::tracked::{self, Spot, Wanted};
use super::{Call, Outcome, envelope};
use crate::message::Answer;
use crate::random;
use crate::resources::{Resource, kind};
use crate::shapes::Shape;
use crate::state::State;
use crate::world::{World, region};

const JOIN: &str = "Microsoft.Network/virtualNetworks/subnets/join/action";
const APPROVE: &str =
    "Microsoft.DigitalTwins/digitalTwinsInstances/PrivateEndpointConnectionsApproval/action";
/// As it stands in recorded refusals (MicrosoftDocs/azure-docs issue 96892).
const APPROVE_SHOWN: &str = "PrivateEndpointConnectionsApproval/action";

pub fn networks(state: &mut State, call: &Call) -> Outcome {
    tracked::list(state, call, kind::NETWORK)
}

pub fn networks_in_subscription(state: &mut State, call: &Call) -> Outcome {
    tracked::list_in_subscription(state, call, kind::NETWORK)
}

pub fn network(state: &mut State, call: &Call) -> Outcome {
    tracked::show(state, call, kind::NETWORK)
}

/// The subnets of the call's network, as shown.
fn subnets_shown(state: &State, call: &Call, name: &str) -> Result<Vec<Value>, Answer> {
    let spot = tracked::spot(state, call, kind::NETWORK)?;
    let scope = format!("{}{name}", spot.id);
    call.must(state, "Microsoft.Network/virtualNetworks/subnets/read", &scope)?;
    tracked::surroundings(state, &spot)?;
    let shown = tracked::shown(&state.world, tracked::found(state, &spot)?);
    Ok(shown["properties"]["subnets"].as_array().cloned().unwrap_or_default())
}

pub fn subnets(state: &mut State, call: &Call) -> Outcome {
    let rows = subnets_shown(state, call, "")?;
    Ok(envelope::page(state, call.ask, rows))
}

pub fn subnet(state: &mut State, call: &Call) -> Outcome {
    let name = call.param("child");
    let rows = subnets_shown(state, call, &format!("/subnets/{name}"))?;
    let same = |row: &Value| row["name"].as_str().is_some_and(|own| own.eq_ignore_ascii_case(name));
    match rows.into_iter().find(same) {
        Some(row) => Ok(Answer::json(200, &row)),
        None => {
            let text = format!("Resource {name} not found.");
            Err(envelope::error(404, "NotFound", &text))
        }
    }
}

/// Ids, etags and the private endpoints in each subnet.
pub fn fill_subnets(world: &World, row: &Resource, properties: &mut Value) {
    for subnet in properties["subnets"].as_array_mut().into_iter().flatten() {
        let id = format!("{}/subnets/{}", row.id, subnet["name"].as_str().unwrap_or_default());
        let endpoints: Vec<Value> = world
            .resources
            .iter()
            .filter(|row| {
                row.kind == kind::PRIVATE_ENDPOINT
                    && row.properties["subnet"]["id"]
                        .as_str()
                        .is_some_and(|own| own.eq_ignore_ascii_case(&id))
            })
            .map(|row| json!({"id": row.id}))
            .collect();
        let mut inner = json!({
            "provisioningState": "Succeeded",
            "addressPrefix": subnet["addressPrefix"],
            "privateEndpointNetworkPolicies": "Disabled",
            "privateLinkServiceNetworkPolicies": "Enabled",
        });
        if !endpoints.is_empty() {
            inner["privateEndpoints"] = json!(endpoints);
        }
        *subnet = json!({
            "name": subnet["name"],
            "id": id,
            "etag": format!("W/\"{}\"", row.etag),
            "properties": inner,
            "type": "Microsoft.Network/virtualNetworks/subnets",
        });
    }
}

pub fn list(state: &mut State, call: &Call) -> Outcome {
    tracked::list(state, call, kind::PRIVATE_ENDPOINT)
}

pub fn list_in_subscription(state: &mut State, call: &Call) -> Outcome {
    tracked::list_in_subscription(state, call, kind::PRIVATE_ENDPOINT)
}

pub fn show(state: &mut State, call: &Call) -> Outcome {
    tracked::show(state, call, kind::PRIVATE_ENDPOINT)
}

pub fn delete(state: &mut State, call: &Call) -> Outcome {
    tracked::delete(state, call, kind::PRIVATE_ENDPOINT)
}

fn bad(code: &str, text: &str) -> Answer {
    Answer::json(400, &json!({"error": {"code": code, "message": text, "details": []}}))
}

/// One connection to one instance; approved at once if the caller may approve, else it waits for the instance's side.
pub fn put(state: &mut State, call: &Call) -> Outcome {
    let spot = tracked::spot(state, call, kind::PRIVATE_ENDPOINT)?;
    let body = tracked::asked(state, call, &spot)?;
    let Some(place) = body["location"].as_str().and_then(region) else {
        return Err(envelope::error(
            400,
            "LocationRequired",
            "The location property is required for this definition.",
        ));
    };
    let subnet = subnet_of(state, call, &spot, &body)?;
    let properties = &body["properties"];
    let manual = properties["manualPrivateLinkServiceConnections"].get(0).is_some();
    let list = if manual {
        "manualPrivateLinkServiceConnections"
    } else {
        "privateLinkServiceConnections"
    };
    let Some(connection) = properties[list].get(0) else {
        return Err(bad(
            "PrivateEndpointMustHaveExactlyOnePrivateLinkServiceConnection",
            &format!(
                "Private endpoint {} must have exactly one private link service connection.",
                spot.id
            ),
        ));
    };
    let target = connection["properties"]["privateLinkServiceId"].as_str().unwrap_or_default();
    let groups = connection["properties"]["groupIds"].clone();
    let Some(instance) = state
        .world
        .instances
        .iter()
        .find(|row| row.id().eq_ignore_ascii_case(target))
        .map(|row| (row.id(), row.host.clone()))
    else {
        return Err(bad(
            "InvalidPrivateLinkServiceId",
            &format!("Private link service id {target} is invalid or could not be found."),
        ));
    };
    if groups != json!(["API"]) {
        return Err(bad(
            "PrivateEndpointInvalidGroupId",
            &format!(
                "Call to {} failed. Error message: the group ids {groups} are not valid.",
                instance.0
            ),
        ));
    }
    if !manual {
        let approve = (APPROVE, APPROVE_SHOWN);
        call.must_linked(state, (&spot.action("write"), &spot.id), approve, &[&instance.0])?;
    }
    let status = connection_made(state, call, &spot, &instance.0, manual, connection)?;
    let address =
        format!("10.20.1.{}", 4 + state.world.resources_below(kind::PRIVATE_ENDPOINT, "/").count());
    let shown = json!({
        "subnet": {"id": subnet},
        "networkInterfaces": [{"id": format!(
            "{}.nic.{}",
            spot.id.replace("/privateEndpoints/", "/networkInterfaces/"),
            random::guid()
        )}],
        list: [{
            "id": format!("{}/{list}/{}", spot.id, connection["name"].as_str().unwrap_or_default()),
            "name": connection["name"],
            "type": format!("Microsoft.Network/privateEndpoints/{list}"),
            "properties": {
                "provisioningState": "Succeeded",
                "privateLinkServiceId": instance.0,
                "groupIds": groups,
                "requestMessage": connection["properties"]["requestMessage"].as_str().unwrap_or_default(),
                "privateLinkServiceConnectionState": status,
            },
        }],
        (if manual { "privateLinkServiceConnections" } else { "manualPrivateLinkServiceConnections" }): [],
        "customDnsConfigs": [{"fqdn": instance.1, "ipAddresses": [address]}],
    });
    let tags = if body["tags"].is_null() { Value::Null } else { json!(tags(&body["tags"])?) };
    let wanted = Wanted { location: Some(place.name.into()), tags, properties: shown };
    tracked::write(state, call, &spot, wanted, 200)
}

/// The subnet must be there, and the caller may join it.
fn subnet_of(state: &State, call: &Call, spot: &Spot, body: &Value) -> Result<String, Answer> {
    let id = body["properties"]["subnet"]["id"].as_str().unwrap_or_default();
    call.must_linked(state, (&spot.action("write"), &spot.id), (JOIN, JOIN), &[id])?;
    let (network, name) = id.split_once("/subnets/").unwrap_or((id, ""));
    let found = state.world.resource(network).filter(|row| row.kind == kind::NETWORK);
    let names = found.and_then(|row| row.properties["subnets"].as_array()).into_iter().flatten();
    let mut names = names.filter_map(|subnet| subnet["name"].as_str());
    match names.find(|own| own.eq_ignore_ascii_case(name)) {
        Some(own) => Ok(format!("{}/subnets/{own}", found.map_or(network, |row| &row.id))),
        None => Err(bad(
            "InvalidResourceReference",
            &format!(
                "Resource {id} referenced by resource {} was not found. Please make sure that the referenced resource exists, and that both resources are in the same region.",
                call.ask.path
            ),
        )),
    }
}

/// Makes or keeps the connection on the instance's side and answers its state.
fn connection_made(
    state: &mut State,
    call: &Call,
    endpoint: &Spot,
    instance: &str,
    manual: bool,
    wanted: &Value,
) -> Result<Value, Answer> {
    let rows: Vec<&Resource> = state.world.resources_below(kind::CONNECTION, instance).collect();
    let own = rows.iter().find(|row| {
        row.properties["privateEndpoint"]["id"]
            .as_str()
            .is_some_and(|id| id.eq_ignore_ascii_case(&endpoint.id))
    });
    if let Some(own) = own {
        return Ok(own.properties["privateLinkServiceConnectionState"].clone());
    }
    if rows.len() >= 10 {
        return Err(bad(
            "BadRequest",
            "The maximum number of private endpoints for a DigitalTwins instance is '10'.",
        ));
    }
    let message = wanted["properties"]["requestMessage"].as_str().unwrap_or_default();
    let status = if manual {
        json!({"status": "Pending", "description": message, "actionsRequired": "None"})
    } else {
        json!({"status": "Approved", "description": "Auto-approved", "actionsRequired": "None"})
    };
    let spot = Spot {
        kind: kind::CONNECTION,
        subscription: endpoint.subscription.clone(),
        group: endpoint.group.clone(),
        id: format!("{instance}/privateEndpointConnections/{}", random::guid()),
        parent: Some(instance.to_owned()),
    };
    let properties = json!({
        "privateEndpoint": {"id": endpoint.id},
        "groupIds": ["API"],
        "privateLinkServiceConnectionState": status,
    });
    let wanted = Wanted { location: None, tags: Value::Null, properties };
    tracked::store(state, call, &spot, wanted, "Succeeded");
    Ok(status)
}

pub fn zone_groups(state: &mut State, call: &Call) -> Outcome {
    tracked::list(state, call, kind::ZONE_GROUP)
}

pub fn zone_group(state: &mut State, call: &Call) -> Outcome {
    tracked::show(state, call, kind::ZONE_GROUP)
}

pub fn delete_zone_group(state: &mut State, call: &Call) -> Outcome {
    tracked::delete(state, call, kind::ZONE_GROUP)
}

/// Ties a private endpoint to private DNS zones, which get its record.
pub fn put_zone_group(state: &mut State, call: &Call) -> Outcome {
    let spot = tracked::spot(state, call, kind::ZONE_GROUP)?;
    let body = tracked::asked(state, call, &spot)?;
    let endpoint = state.world.resource(spot.parent.as_deref().unwrap_or_default());
    let dns = endpoint.map(|row| row.properties["customDnsConfigs"][0].clone()).unwrap_or_default();
    let label = dns["fqdn"].as_str().and_then(|host| host.split(".digitaltwins.").next());
    let label = label.unwrap_or_default().to_owned();
    let mut configs = Vec::new();
    for config in body["properties"]["privateDnsZoneConfigs"].as_array().into_iter().flatten() {
        let id = config["properties"]["privateDnsZoneId"].as_str().unwrap_or_default();
        let join = "Microsoft.Network/privateDnsZones/join/action";
        call.must_linked(state, (&spot.action("write"), &spot.id), (join, join), &[id])?;
        let Some(zone) = state.world.resource(id).filter(|row| row.kind == kind::ZONE) else {
            return Err(bad(
                "InvalidResourceReference",
                &format!("Resource {id} referenced by resource {} was not found.", spot.id),
            ));
        };
        configs.push(json!({
            "name": config["name"],
            "properties": {
                "privateDnsZoneId": zone.id,
                "recordSets": [{
                    "recordType": "A",
                    "recordSetName": label,
                    "fqdn": format!("{label}.{}", zone.name()),
                    "ttl": 10,
                    "provisioningState": "Succeeded",
                    "ipAddresses": dns["ipAddresses"],
                }],
            },
        }));
    }
    if configs.is_empty() {
        return Err(bad(
            "InvalidRequestFormat",
            "Cannot parse the request: privateDnsZoneConfigs must hold a zone.",
        ));
    }
    let properties = json!({ "privateDnsZoneConfigs": configs });
    tracked::write(
        state,
        call,
        &spot,
        Wanted { location: None, tags: Value::Null, properties },
        200,
    )
}

pub const GROUP_SHAPE: Shape = Shape::of(
    "privateEndpoint.json 2024-01-01 PrivateDnsZoneGroup",
    "{id:s name:s etag:s properties:{provisioningState:s privateDnsZoneConfigs:[{name:s properties:{privateDnsZoneId:s recordSets:[{recordType:s recordSetName:s fqdn:s provisioningState:s ttl:n ipAddresses:[s]}]}}]}}",
);

pub const SHAPE: Shape = Shape::of(
    "virtualNetwork.json 2024-01-01 VirtualNetwork",
    "{id:s name:s type:s location:s tags:{*:s} etag:s properties:{provisioningState:s addressSpace:{addressPrefixes:[s]} subnets:[{id:s name:s type:s etag:s properties:{provisioningState:s addressPrefix:s privateEndpointNetworkPolicies:s privateLinkServiceNetworkPolicies:s privateEndpoints:[{id:s}]}}]}}",
);

pub const SUBNET_SHAPE: Shape = Shape::of(
    "virtualNetwork.json 2024-01-01 Subnet",
    "{id:s name:s type:s etag:s properties:{provisioningState:s addressPrefix:s privateEndpointNetworkPolicies:s privateLinkServiceNetworkPolicies:s privateEndpoints:[{id:s}]}}",
);

pub const ENDPOINT_SHAPE: Shape = Shape::of(
    "privateEndpoint.json 2024-01-01 PrivateEndpoint",
    "{id:s name:s type:s location:s tags:{*:s} etag:s properties:{provisioningState:s subnet:{id:s} networkInterfaces:[{id:s}] privateLinkServiceConnections:[{id:s name:s type:s etag:s properties:{provisioningState:s privateLinkServiceId:s groupIds:[s] requestMessage:s privateLinkServiceConnectionState:{status:s description:s actionsRequired:s}}}] manualPrivateLinkServiceConnections:[{id:s name:s type:s etag:s properties:{provisioningState:s privateLinkServiceId:s groupIds:[s] requestMessage:s privateLinkServiceConnectionState:{status:s description:s actionsRequired:s}}}] customDnsConfigs:[{fqdn:s ipAddresses:[s]}]}}",
);
