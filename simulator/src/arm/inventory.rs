//! All resources of a subscription or of a resource group, of whatever type.
//!
//! Source: Microsoft.Resources `resources.json` 2021-04-01, Resources_List and Resources_ListByResourceGroup.

use serde_json::{Value, json};

use super::authorization::{Clause, clauses};
use super::groups::existing;
use super::{Call, Outcome, envelope, instances, tracked};
use crate::clock::precise;
use crate::resources::kind;
use crate::shapes::Shape;
use crate::state::State;
use crate::world::group_id;

pub fn list(state: &mut State, call: &Call) -> Outcome {
    let subscription = call.subscription(state)?;
    call.must_see(state, "Microsoft.Resources/subscriptions/resources/read", &subscription)?;
    below(state, call, &format!("/subscriptions/{subscription}"))
}

pub fn list_in_group(state: &mut State, call: &Call) -> Outcome {
    let subscription = call.subscription(state)?;
    let scope = group_id(&subscription, call.param("rg"));
    call.must(state, "Microsoft.Resources/subscriptions/resourceGroups/resources/read", &scope)?;
    existing(state, &subscription, call.param("rg"))?;
    below(state, call, &scope)
}

/// What has a location and tags; parts of others are not listed.
fn below(state: &State, call: &Call, scope: &str) -> Outcome {
    let filter = call.ask.query("$filter").unwrap_or_default();
    let wanted = clauses(filter);
    if let Some(clause) = wanted.iter().find(|clause| !is_known(clause)) {
        let text = format!("Invalid $filter '{filter}' specified in the query string: {clause:?}.");
        return Err(envelope::error(400, "InvalidFilterInQueryString", &text));
    }
    let world = &state.world;
    let instances = world
        .instances
        .iter()
        .map(|row| (instances::shown(world, row), row.created_at, row.modified_at));
    let others = world
        .resources
        .iter()
        .filter(|row| row.location.is_some())
        .map(|row| (tracked::shown(world, row), row.created_at, row.modified_at));
    let rows = instances
        .chain(others)
        .filter(|(row, ..)| {
            let id = row["id"].as_str().unwrap_or_default();
            let read = format!("{}/read", row["type"].as_str().unwrap_or_default());
            super::rbac::reaches(scope, id) && call.may(state, &read, id)
        })
        .filter(|(row, ..)| wanted.iter().all(|clause| fits(row, clause)))
        .map(|(row, created, changed)| {
            let mut shown = json!({"id": row["id"], "name": name(&row), "type": row["type"]});
            for member in ["location", "tags", "identity"] {
                if !row[member].is_null() {
                    shown[member] = row[member].clone();
                }
            }
            for member in call.ask.query("$expand").unwrap_or_default().split(',') {
                match member.trim() {
                    "createdTime" => shown["createdTime"] = json!(precise(created)),
                    "changedTime" => shown["changedTime"] = json!(precise(changed)),
                    "provisioningState" if row["properties"]["provisioningState"].is_string() => {
                        shown["provisioningState"] = row["properties"]["provisioningState"].clone();
                    }
                    _ => {}
                }
            }
            shown
        })
        .collect();
    Ok(envelope::page(state, call.ask, rows))
}

/// Of a part of another resource with the other's: `zone/link`.
fn name(row: &Value) -> String {
    let id = row["id"].as_str().unwrap_or_default();
    let own = id.rsplit('/').next().unwrap_or_default();
    match row["type"].as_str() {
        Some(kind::ZONE_LINK) => format!("{}/{own}", id.rsplit('/').nth(2).unwrap_or_default()),
        _ => own.to_owned(),
    }
}

fn is_known(clause: &Clause) -> bool {
    const MEMBERS: [&str; 6] =
        ["resourceType", "location", "name", "resourceGroup", "tagName", "tagValue"];
    match clause {
        Clause::Equals(member, _) => MEMBERS.iter().any(|known| known.eq_ignore_ascii_case(member)),
        _ => false,
    }
}

fn fits(row: &Value, clause: &Clause) -> bool {
    let Clause::Equals(member, value) = clause else { return false };
    let same = |own: &str| own.eq_ignore_ascii_case(value);
    let mut tags = row["tags"].as_object().into_iter().flatten();
    match member.to_ascii_lowercase().as_str() {
        "resourcetype" => row["type"].as_str().is_some_and(same),
        "location" => row["location"].as_str().is_some_and(same),
        "name" => same(&name(row)),
        "resourcegroup" => row["id"].as_str().and_then(|id| id.split('/').nth(4)).is_some_and(same),
        "tagname" => tags.any(|(own, _)| same(own)),
        "tagvalue" => tags.any(|(_, own)| own == value),
        _ => false,
    }
}

pub const SHAPE: Shape = Shape::of(
    "resources.json 2021-04-01 GenericResourceExpanded",
    "{id:s name:s type:s location:s tags:{*:s} identity:{type:s principalId:s tenantId:s userAssignedIdentities:{*:{clientId:s principalId:s}}} createdTime:s changedTime:s provisioningState:s}",
);
