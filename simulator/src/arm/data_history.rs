//! Microsoft.DigitalTwins/digitalTwinsInstances/timeSeriesDatabaseConnections: data history to Azure Data Explorer.
//!
//! Source: Microsoft.DigitalTwins `digitaltwins.json` 2023-01-31, TimeSeriesDatabaseConnections_*.

use serde_json::{Value, json};

use super::endpoints::{check_identity, check_name};
use super::tracked::{self, Wanted};
use super::{Call, Outcome};
use crate::message::Answer;
use crate::resources::kind;
use crate::shapes::Shape;
use crate::state::State;

pub fn list(state: &mut State, call: &Call) -> Outcome {
    tracked::list(state, call, kind::DATA_HISTORY)
}

pub fn show(state: &mut State, call: &Call) -> Outcome {
    tracked::show(state, call, kind::DATA_HISTORY)
}

/// `cleanupConnectionArtifacts` is taken and has nothing to clean up here.
pub fn delete(state: &mut State, call: &Call) -> Outcome {
    match call.ask.query("cleanupConnectionArtifacts") {
        None | Some("true" | "false") => tracked::delete(state, call, kind::DATA_HISTORY),
        Some(other) => {
            Err(bad(&format!("The value '{other}' of 'cleanupConnectionArtifacts' is not valid.")))
        }
    }
}

fn bad(text: &str) -> Answer {
    Answer::json(400, &json!({"error": {"code": "BadRequest", "message": text}}))
}

pub fn put(state: &mut State, call: &Call) -> Outcome {
    let spot = tracked::spot(state, call, kind::DATA_HISTORY)?;
    let mut body = tracked::asked(state, call, &spot)?;
    check_name(spot.name())?;
    SHAPE.form().prune(&mut body);
    let mut properties = body["properties"].take();
    if properties["connectionType"] != "AzureDataExplorer" {
        return Err(bad("The connectionType must be 'AzureDataExplorer'."));
    }
    let needed = [
        "adxResourceId",
        "adxEndpointUri",
        "adxDatabaseName",
        "eventHubEndpointUri",
        "eventHubEntityPath",
        "eventHubNamespaceResourceId",
    ];
    for name in needed {
        if properties[name].as_str().is_none_or(str::is_empty) {
            return Err(bad(&format!("The property '{name}' is required.")));
        }
    }
    // A text, not a boolean: "true" or "false".
    if !matches!(
        properties["recordPropertyAndItemRemovals"].as_str(),
        None | Some("true" | "false")
    ) || properties["recordPropertyAndItemRemovals"].is_boolean()
    {
        return Err(bad("The property 'recordPropertyAndItemRemovals' must be 'true' or 'false'."));
    }
    if properties["identity"].is_null() {
        properties["identity"] = json!({"type": "SystemAssigned"});
    }
    check_identity(
        &state.world,
        spot.parent.as_deref().unwrap_or_default(),
        &properties["identity"],
    )?;
    for (name, value) in [
        ("adxTableName", "AdtPropertyEvents"),
        ("eventHubConsumerGroup", "$Default"),
        ("recordPropertyAndItemRemovals", "false"),
    ] {
        if properties[name].is_null() {
            properties[name] = json!(value);
        }
    }
    if let Some(members) = properties.as_object_mut() {
        members.remove("provisioningState");
    }
    tracked::write(
        state,
        call,
        &spot,
        Wanted { location: None, tags: Value::Null, properties },
        200,
    )
}

pub const SHAPE: Shape = Shape::of(
    "digitaltwins.json 2023-01-31 TimeSeriesDatabaseConnection",
    "{id:s name:s type:s systemData:{createdBy:s createdByType:s createdAt:s lastModifiedBy:s lastModifiedByType:s lastModifiedAt:s} properties:{connectionType!:s provisioningState:s identity:{type:s userAssignedIdentity:s} adxResourceId:s adxEndpointUri:s adxDatabaseName:s adxTableName:s adxTwinLifecycleEventsTableName:s adxRelationshipLifecycleEventsTableName:s eventHubEndpointUri:s eventHubEntityPath:s eventHubNamespaceResourceId:s eventHubConsumerGroup:s recordPropertyAndItemRemovals:s}}",
);
