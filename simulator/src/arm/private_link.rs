//! The instance's side of private link: what can be connected to, and the connections.
//!
//! Source: Microsoft.DigitalTwins `digitaltwins.json` 2023-01-31, PrivateLinkResources_* and PrivateEndpointConnections_*;
//! recorded answers of Azure PowerShell (provisioning states, status bodies).

use serde_json::{Value, json};

use super::tracked::{self, Spot, Wanted};
use super::{Call, Outcome, envelope};
use crate::message::Answer;
use crate::resources::kind;
use crate::shapes::Shape;
use crate::state::State;
use crate::world::instance_id;

const READ: &str = "Microsoft.DigitalTwins/digitalTwinsInstances/privateLinkResources/read";

/// Id of the call's instance, which must be there.
fn instance(state: &State, call: &Call, action: &str) -> Result<String, Answer> {
    let Spot { subscription, group, .. } = tracked::spot(state, call, kind::CONNECTION)?;
    let id = instance_id(&subscription, &group, call.param("name"));
    call.must(state, action, &id)?;
    super::groups::existing(state, &subscription, &group)?;
    let found = state.world.instance(&subscription, &group, call.param("name"));
    let Some(row) = found else {
        let spot = Spot { kind: kind::CONNECTION, subscription, group, id, parent: None };
        return Err(tracked::not_found(&spot));
    };
    Ok(row.id())
}

fn resource(instance: &str) -> Value {
    json!({
        "id": format!("{instance}/privateLinkResources/API"),
        "name": "API",
        "type": "Microsoft.DigitalTwins/digitalTwinsInstances/privateLinkResources",
        "properties": {
            "groupId": "API",
            "requiredMembers": ["DigitalTwinsAPI"],
            "requiredZoneNames": ["privatelink.digitaltwins.azure.net"],
        },
    })
}

pub fn resources(state: &mut State, call: &Call) -> Outcome {
    let id = instance(state, call, READ)?;
    Ok(Answer::json(200, &json!({"value": [resource(&id)]})))
}

pub fn one_resource(state: &mut State, call: &Call) -> Outcome {
    let id = instance(state, call, READ)?;
    let name = call.param("child");
    if name.eq_ignore_ascii_case("API") {
        return Ok(Answer::json(200, &resource(&id)));
    }
    let text = format!("The private link resource '{name}' was not found.");
    Err(envelope::error(404, "ResourceNotFound", &text))
}

pub fn list(state: &mut State, call: &Call) -> Outcome {
    tracked::list(state, call, kind::CONNECTION)
}

pub fn show(state: &mut State, call: &Call) -> Outcome {
    tracked::show(state, call, kind::CONNECTION)
}

pub fn delete(state: &mut State, call: &Call) -> Outcome {
    tracked::delete(state, call, kind::CONNECTION)
}

/// Approves or rejects: 202 and an operation.
pub fn put(state: &mut State, call: &Call) -> Outcome {
    let spot = tracked::spot(state, call, kind::CONNECTION)?;
    let body = tracked::change_asked(state, call, &spot)?;
    let old = tracked::found(state, &spot)?;
    let given = &body["properties"]["privateLinkServiceConnectionState"];
    let status = given["status"].as_str().unwrap_or_default();
    if !matches!(status, "Approved" | "Rejected" | "Disconnected" | "Pending") {
        return Err(Answer::json(
            400,
            &json!({"error": {"code": "BadRequest", "message": format!("The status '{status}' of the connection is not valid.")}}),
        ));
    }
    let mut properties = old.properties.clone();
    properties["privateLinkServiceConnectionState"] = json!({
        "status": status,
        "description": given["description"].as_str().unwrap_or_default(),
        "actionsRequired": given["actionsRequired"].as_str().unwrap_or("None"),
    });
    tracked::write(
        state,
        call,
        &spot,
        Wanted { location: None, tags: Value::Null, properties },
        202,
    )
}

pub const SHAPE: Shape = Shape::of(
    "digitaltwins.json 2023-01-31 PrivateEndpointConnection",
    "{id:s name:s type:s properties!:{provisioningState:s privateEndpoint:{id:s} groupIds:[s] privateLinkServiceConnectionState:{status!:s description!:s actionsRequired:s}} systemData:{createdBy:s createdByType:s createdAt:s lastModifiedBy:s lastModifiedByType:s lastModifiedAt:s}}",
);

pub const RESOURCE_SHAPE: Shape = Shape::of(
    "digitaltwins.json 2023-01-31 GroupIdInformation",
    "{properties!:{groupId:s requiredMembers:[s] requiredZoneNames:[s]} id:s name:s type:s}",
);
