//! Microsoft.Network/privateDnsZones and their links to virtual networks. Records come from zone groups only.
//!
//! Source: `privatedns.json` 2020-06-01.

use serde_json::{Value, json};

use super::groups::tags;
use super::tracked::{self, Wanted};
use super::{Call, Outcome};
use crate::message::Answer;
use crate::resources::{Resource, kind};
use crate::shapes::Shape;
use crate::state::State;
use crate::world::World;

pub fn list(state: &mut State, call: &Call) -> Outcome {
    tracked::list(state, call, kind::ZONE)
}

pub fn list_in_subscription(state: &mut State, call: &Call) -> Outcome {
    tracked::list_in_subscription(state, call, kind::ZONE)
}

pub fn show(state: &mut State, call: &Call) -> Outcome {
    tracked::show(state, call, kind::ZONE)
}

/// A zone with links cannot go.
pub fn delete(state: &mut State, call: &Call) -> Outcome {
    let spot = tracked::spot(state, call, kind::ZONE)?;
    if call.may(state, &spot.action("delete"), &spot.id)
        && state.world.resources_below(kind::ZONE_LINK, &spot.id).next().is_some()
    {
        return Err(problem(
            409,
            "CannotDeleteResource",
            &format!(
                "Can not delete resource before nested resources are deleted: '{}'.",
                spot.name()
            ),
        ));
    }
    tracked::delete(state, call, kind::ZONE)
}

/// This provider's own envelope has no outer `error.details`; texts are its own.
fn problem(status: u16, code: &str, text: &str) -> Answer {
    Answer::json(status, &json!({"error": {"code": code, "message": text}}))
}

fn global(body: &Value) -> Result<(), Answer> {
    match body["location"].as_str() {
        Some(place) if place.eq_ignore_ascii_case("global") => Ok(()),
        place => Err(problem(
            400,
            "LocationNotAvailableForResourceType",
            &format!(
                "The provided location '{}' is not available for resource type 'Microsoft.Network/privateDnsZones'. List of available regions for the resource type is 'global'.",
                place.unwrap_or_default()
            ),
        )),
    }
}

fn tags_of(body: &Value) -> Result<Value, Answer> {
    Ok(if body["tags"].is_null() { Value::Null } else { json!(tags(&body["tags"])?) })
}

pub fn put(state: &mut State, call: &Call) -> Outcome {
    let spot = tracked::spot(state, call, kind::ZONE)?;
    let body = tracked::asked(state, call, &spot)?;
    global(&body)?;
    let labels: Vec<&str> = spot.name().split('.').collect();
    if !(2..=34).contains(&labels.len())
        || labels.iter().any(|label| !(1..=63).contains(&label.len()))
    {
        return Err(problem(
            400,
            "BadRequest",
            &format!("The domain name '{}' is invalid.", spot.name()),
        ));
    }
    if call.ask.header("if-none-match") == Some("*") && state.world.resource(&spot.id).is_some() {
        return Err(problem(
            412,
            "PreconditionFailed",
            &format!("The Zone {} exists already and hence cannot be created again.", spot.name()),
        ));
    }
    let wanted =
        Wanted { location: Some("global".into()), tags: tags_of(&body)?, properties: json!({}) };
    tracked::write(state, call, &spot, wanted, 200)
}

/// How much there is in a zone and how much there may be.
pub fn fill_counts(world: &World, zone: &Resource, properties: &mut Value) {
    let links: Vec<&Resource> = world.resources_below(kind::ZONE_LINK, &zone.id).collect();
    let registering =
        links.iter().filter(|row| row.properties["registrationEnabled"] == true).count();
    let records = world
        .resources
        .iter()
        .filter(|row| row.kind == kind::ZONE_GROUP)
        .flat_map(|row| row.properties["privateDnsZoneConfigs"].as_array().into_iter().flatten())
        .filter(|config| {
            config["properties"]["privateDnsZoneId"]
                .as_str()
                .is_some_and(|id| id.eq_ignore_ascii_case(&zone.id))
        })
        .count();
    let counts = json!({
        "maxNumberOfRecordSets": 25000,
        "maxNumberOfVirtualNetworkLinks": 1000,
        "maxNumberOfVirtualNetworkLinksWithRegistration": 100,
        "numberOfRecordSets": records + 1,
        "numberOfVirtualNetworkLinks": links.len(),
        "numberOfVirtualNetworkLinksWithRegistration": registering,
    });
    if let (Value::Object(properties), Value::Object(counts)) = (properties, counts) {
        properties.extend(counts);
    }
}

pub fn links(state: &mut State, call: &Call) -> Outcome {
    tracked::list(state, call, kind::ZONE_LINK)
}

pub fn link(state: &mut State, call: &Call) -> Outcome {
    tracked::show(state, call, kind::ZONE_LINK)
}

pub fn delete_link(state: &mut State, call: &Call) -> Outcome {
    tracked::delete(state, call, kind::ZONE_LINK)
}

pub fn put_link(state: &mut State, call: &Call) -> Outcome {
    let spot = tracked::spot(state, call, kind::ZONE_LINK)?;
    let body = tracked::asked(state, call, &spot)?;
    global(&body)?;
    let id = body["properties"]["virtualNetwork"]["id"].as_str().unwrap_or_default();
    let join = "Microsoft.Network/virtualNetworks/join/action";
    call.must_linked(state, (&spot.action("write"), &spot.id), (join, join), &[id])?;
    let Some(network) = state.world.resource(id).filter(|row| row.kind == kind::NETWORK) else {
        return Err(problem(
            400,
            "BadRequest",
            &format!("The virtual network resource '{id}' was not found."),
        ));
    };
    let zone = spot.parent.clone().unwrap_or_default();
    let twice = state.world.resources_below(kind::ZONE_LINK, &zone).any(|row| {
        !row.id.eq_ignore_ascii_case(&spot.id)
            && row.properties["virtualNetwork"]["id"]
                .as_str()
                .is_some_and(|own| own.eq_ignore_ascii_case(id))
    });
    if twice {
        return Err(problem(
            409,
            "Conflict",
            &format!("A virtual network link to '{id}' exists in this zone already."),
        ));
    }
    let properties = json!({
        "virtualNetwork": {"id": network.id},
        "registrationEnabled": body["properties"]["registrationEnabled"] == true,
        "virtualNetworkLinkState": "Completed",
    });
    let wanted = Wanted { location: Some("global".into()), tags: tags_of(&body)?, properties };
    tracked::write(state, call, &spot, wanted, 200)
}

pub const SHAPE: Shape = Shape::of(
    "privatedns.json 2020-06-01 PrivateZone",
    "{id:s name:s type:s tags:{*:s} location:s etag:s properties:{maxNumberOfRecordSets:n numberOfRecordSets:n maxNumberOfVirtualNetworkLinks:n numberOfVirtualNetworkLinks:n maxNumberOfVirtualNetworkLinksWithRegistration:n numberOfVirtualNetworkLinksWithRegistration:n provisioningState:s internalId:s}}",
);

pub const LINK_SHAPE: Shape = Shape::of(
    "privatedns.json 2020-06-01 VirtualNetworkLink",
    "{id:s name:s type:s tags:{*:s} location:s etag:s properties:{virtualNetwork:{id:s} registrationEnabled:b virtualNetworkLinkState:s provisioningState:s}}",
);
