//! Microsoft.DigitalTwins/digitalTwinsInstances/endpoints. Knows which members each type of endpoint needs and hides secrets.
//!
//! Source: Microsoft.DigitalTwins `digitaltwins.json` 2023-01-31, DigitalTwinsEndpoint_*; "Azure Digital Twins service
//! limits" (six endpoints).

use serde_json::{Value, json};

use super::tracked::{self, Wanted};
use super::{Call, Outcome, envelope};
use crate::message::Answer;
use crate::resources::kind;
use crate::shapes::Shape;
use crate::state::State;
use crate::world::World;

pub fn list(state: &mut State, call: &Call) -> Outcome {
    tracked::list(state, call, kind::ENDPOINT)
}

pub fn show(state: &mut State, call: &Call) -> Outcome {
    tracked::show(state, call, kind::ENDPOINT)
}

pub fn delete(state: &mut State, call: &Call) -> Outcome {
    tracked::delete(state, call, kind::ENDPOINT)
}

pub fn put(state: &mut State, call: &Call) -> Outcome {
    let spot = tracked::spot(state, call, kind::ENDPOINT)?;
    let mut body = tracked::asked(state, call, &spot)?;
    check_name(spot.name())?;
    SHAPE.form().prune(&mut body);
    let mut properties = body["properties"].clone();
    check(&properties)?;
    let parent = spot.parent.clone().unwrap_or_default();
    if properties["identity"].is_null() && properties["authenticationType"] == "IdentityBased" {
        properties["identity"] = json!({"type": "SystemAssigned"});
    }
    check_identity(&state.world, &parent, &properties["identity"])?;
    let others = state
        .world
        .resources_below(kind::ENDPOINT, &parent)
        .filter(|row| !row.id.eq_ignore_ascii_case(&spot.id))
        .count();
    if others >= 6 {
        return Err(bad("The maximum number of endpoints for a DigitalTwins instance is '6'."));
    }
    if properties["authenticationType"].is_null() {
        properties["authenticationType"] = json!("KeyBased");
    }
    if let Some(members) = properties.as_object_mut() {
        for name in ["provisioningState", "createdTime"] {
            members.remove(name);
        }
    }
    tracked::write(
        state,
        call,
        &spot,
        Wanted { location: None, tags: Value::Null, properties },
        200,
    )
}

fn bad(text: &str) -> Answer {
    Answer::json(400, &json!({"error": {"code": "BadRequest", "message": text}}))
}

/// `^(?![0-9]+$)(?!-)[a-zA-Z0-9-]{2,49}[a-zA-Z0-9]$`, for endpoints and data history connections.
pub fn check_name(name: &str) -> Result<(), Answer> {
    let good = (3..=50).contains(&name.len())
        && name.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-')
        && !name.starts_with('-')
        && !name.ends_with('-')
        && !name.bytes().all(|c| c.is_ascii_digit());
    if good {
        return Ok(());
    }
    Err(bad(&format!(
        "The name '{name}' is not valid. It must be 3 to 50 characters long, hold only letters, digits and hyphens, neither start nor end with a hyphen, and not be a number."
    )))
}

/// The identity that an endpoint or a connection uses must be one of the instance's.
pub fn check_identity(world: &World, instance: &str, wanted: &Value) -> Result<(), Answer> {
    if wanted.is_null() {
        return Ok(());
    }
    let held = world
        .instances
        .iter()
        .find(|row| row.id().eq_ignore_ascii_case(instance))
        .map(|row| row.identity.clone())
        .unwrap_or_default();
    let has = match wanted["type"].as_str() {
        Some("SystemAssigned") => held["principalId"].is_string(),
        Some("UserAssigned") => {
            let id = wanted["userAssignedIdentity"].as_str().unwrap_or_default();
            let ids = held["userAssignedIdentities"].as_object();
            ids.into_iter().flatten().any(|(own, _)| own.eq_ignore_ascii_case(id))
        }
        _ => false,
    };
    if has {
        return Ok(());
    }
    Err(bad("The identity is not assigned to the DigitalTwins instance."))
}

fn check(properties: &Value) -> Result<(), Answer> {
    let needs = |members: &[&str]| {
        let missing =
            members.iter().find(|name| properties[**name].as_str().is_none_or(str::is_empty));
        missing.map_or(Ok(()), |name| Err(bad(&format!("The property '{name}' is required."))))
    };
    let identity = match properties["authenticationType"].as_str() {
        None | Some("KeyBased") => false,
        Some("IdentityBased") => true,
        Some(other) => {
            return Err(bad(&format!("The authenticationType '{other}' is not valid.")));
        }
    };
    match (properties["endpointType"].as_str(), identity) {
        (Some("EventHub" | "ServiceBus"), true) => needs(&["endpointUri", "entityPath"]),
        (Some("EventHub"), false) => needs(&["connectionStringPrimaryKey"]),
        (Some("ServiceBus"), false) => needs(&["primaryConnectionString"]),
        (Some("EventGrid"), false) => needs(&["TopicEndpoint", "accessKey1"]),
        (Some("EventGrid"), true) => {
            Err(bad("IdentityBased authentication is not supported for EventGrid endpoints."))
        }
        (other, _) => Err(envelope::error(
            400,
            "InvalidRequestContent",
            &format!("The endpointType '{}' is not valid.", other.unwrap_or_default()),
        )),
    }
}

/// Secrets are shown as stars.
pub fn mask(properties: &mut Value) {
    let Some(members) = properties.as_object_mut() else { return };
    for (name, value) in members {
        let Some(text) = value.as_str() else { continue };
        let masked = match name.as_str() {
            "accessKey1" | "accessKey2" | "deadLetterSecret" => "***".to_owned(),
            name if name.to_ascii_lowercase().contains("connectionstring") => {
                masked_connection(text)
            }
            _ => continue,
        };
        *value = json!(masked);
    }
}

/// `Endpoint=sb://***/;SharedAccessKeyName=***;SharedAccessKey=***;EntityPath=***`
fn masked_connection(text: &str) -> String {
    let part = |part: &str| match part.split_once('=') {
        Some((name, _)) if name.eq_ignore_ascii_case("Endpoint") => format!("{name}=sb://***/"),
        Some((name, _)) => format!("{name}=***"),
        None => "***".to_owned(),
    };
    text.split(';').filter(|text| !text.is_empty()).map(part).collect::<Vec<_>>().join(";")
}

pub const SHAPE: Shape = Shape::of(
    "digitaltwins.json 2023-01-31 DigitalTwinsEndpointResource",
    "{id:s name:s type:s systemData:{createdBy:s createdByType:s createdAt:s lastModifiedBy:s lastModifiedByType:s lastModifiedAt:s} properties!:{endpointType!:s provisioningState:s createdTime:s authenticationType:s deadLetterSecret:s deadLetterUri:s identity:{type:s userAssignedIdentity:s} primaryConnectionString:s secondaryConnectionString:s endpointUri:s entityPath:s connectionStringPrimaryKey:s connectionStringSecondaryKey:s TopicEndpoint:s accessKey1:s accessKey2:s}}",
);
