//! Microsoft.ManagedIdentity/userAssignedIdentities, and what instances ask of them.
//!
//! Source: `ManagedIdentity.json` 2023-01-31; recorded answers (`resourcegroups` in ids).

use serde_json::{Map, Value, json};

use super::groups::{existing, tags};
use super::tracked::{self, Wanted};
use super::{Call, Outcome, envelope};
use crate::message::Answer;
use crate::random;
use crate::resources::kind;
use crate::shapes::Shape;
use crate::state::State;
use crate::world::{ServicePrincipal, region};

const ASSIGN: &str = "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action";

pub fn list(state: &mut State, call: &Call) -> Outcome {
    tracked::list(state, call, kind::IDENTITY)
}

pub fn list_in_subscription(state: &mut State, call: &Call) -> Outcome {
    tracked::list_in_subscription(state, call, kind::IDENTITY)
}

pub fn show(state: &mut State, call: &Call) -> Outcome {
    tracked::show(state, call, kind::IDENTITY)
}

pub fn put(state: &mut State, call: &Call) -> Outcome {
    let spot = tracked::spot(state, call, kind::IDENTITY)?;
    let body = tracked::asked(state, call, &spot)?;
    let name = spot.name().to_owned();
    let good = (3..=128).contains(&name.len())
        && name.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-' || c == b'_')
        && name.bytes().next().is_some_and(|c| c.is_ascii_alphanumeric());
    if !good {
        let text = format!("The resource name '{name}' is not valid for an identity.");
        return Err(envelope::error(400, "InvalidResourceName", &text));
    }
    let Some(place) = body["location"].as_str().filter(|text| !text.is_empty()) else {
        return Err(envelope::error(
            400,
            "LocationRequired",
            "The location property is required for this definition.",
        ));
    };
    let Some(place) = region(place) else {
        let text = format!(
            "The provided location '{place}' is not available for resource type '{}'.",
            kind::IDENTITY
        );
        return Err(envelope::error(400, "LocationNotAvailableForResourceType", &text));
    };
    let tags = json!(tags(&body["tags"])?);
    let old = state.world.resource(&spot.id).map(|row| row.properties.clone());
    let properties = old.unwrap_or_else(|| {
        let (id, app_id) = (random::guid(), random::guid());
        let tenant = state.world.tenant_of_path(&spot.id).id.clone();
        let visible_at =
            state.now() + jiff::SignedDuration::from_secs(state.settings.replication_seconds);
        state.world.service_principals.push(ServicePrincipal {
            id: id.clone(),
            tenant: tenant.clone(),
            app_id: app_id.clone(),
            name,
            kind: "ManagedIdentity".into(),
            visible_at: Some(visible_at),
        });
        json!({"tenantId": tenant, "principalId": id, "clientId": app_id})
    });
    let wanted = Wanted { location: Some(place.name.into()), tags, properties };
    let is_new = tracked::store(state, call, &spot, wanted, "Succeeded");
    let shown = tracked::shown(&state.world, tracked::found(state, &spot)?);
    Ok(Answer::json(if is_new { 201 } else { 200 }, &shown))
}

pub fn patch(state: &mut State, call: &Call) -> Outcome {
    let spot = tracked::spot(state, call, kind::IDENTITY)?;
    let body = tracked::change_asked(state, call, &spot)?;
    let new = tags(&body["tags"])?;
    if let Some(row) = state.world.resource_mut(&spot.id)
        && !body["tags"].is_null()
    {
        row.tags = json!(new);
    }
    Ok(Answer::json(200, &tracked::shown(&state.world, tracked::found(state, &spot)?)))
}

/// 200, or 204 where there is none.
pub fn delete(state: &mut State, call: &Call) -> Outcome {
    let spot = tracked::spot(state, call, kind::IDENTITY)?;
    call.must(state, &spot.action("delete"), &spot.id)?;
    existing(state, &spot.subscription, &spot.group)?;
    super::moves::check(state, &spot.subscription, &spot.group)?;
    if state.world.resource(&spot.id).is_none() {
        return Ok(Answer::empty(204));
    }
    state.world.forget_resources_below(&spot.id);
    Ok(Answer::empty(200))
}

/// The caller may put these identities on an instance, and they are there.
pub fn check_assignable(
    state: &State,
    call: &Call,
    instance: &str,
    wanted: &Value,
) -> Result<(), Answer> {
    let ids: Vec<&String> = wanted["userAssignedIdentities"]
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(_, value)| value.is_object())
        .map(|(id, _)| id)
        .collect();
    // Built-in roles write the action with a name in it: `userAssignedIdentities/*/assign/action`.
    let named = |id: &str| {
        let name = id.rsplit('/').next().unwrap_or_default();
        ASSIGN.replace("/assign/", &format!("/{name}/assign/"))
    };
    let targets: Vec<&str> =
        ids.iter().map(|id| id.as_str()).filter(|id| !call.may(state, &named(id), id)).collect();
    let write = "Microsoft.DigitalTwins/digitalTwinsInstances/write";
    call.must_linked(state, (write, instance), (ASSIGN, ASSIGN), &targets)?;
    for id in ids {
        let known = state.world.resource(id).is_some_and(|row| row.kind == kind::IDENTITY);
        if !known {
            let text = format!(
                "Identity operation for resource '{instance}' failed with error 'Failed to perform resource identity operation. Status: 'BadRequest'. Response: '{{\"error\":{{\"code\":\"BadRequest\",\"message\":\"Resource '{id}' was not found.\"}}}}'.'."
            );
            return Err(envelope::error(400, "FailedIdentityOperation", &text));
        }
    }
    Ok(())
}

/// The `userAssignedIdentities` of an instance: what a PATCH does not name stays, `null` takes away.
pub fn filled(state: &State, wanted: &Value, old: &Value, merge: bool) -> Map<String, Value> {
    let mut all = Map::new();
    if merge {
        all.extend(old["userAssignedIdentities"].as_object().cloned().unwrap_or_default());
    }
    for (id, value) in wanted["userAssignedIdentities"].as_object().into_iter().flatten() {
        all.retain(|own, _| !own.eq_ignore_ascii_case(id));
        if value.is_object()
            && let Some(row) = state.world.resource(id)
        {
            let ids = json!({"clientId": row.properties["clientId"], "principalId": row.properties["principalId"]});
            all.insert(id.clone(), ids);
        }
    }
    all
}

pub const SHAPE: Shape = Shape::of(
    "ManagedIdentity.json 2023-01-31 Identity",
    "{id:s name:s type:s systemData:{createdBy:s createdByType:s createdAt:s lastModifiedBy:s lastModifiedByType:s lastModifiedAt:s} tags:{*:s} location!:s properties:{tenantId:s principalId:s clientId:s}}",
);
