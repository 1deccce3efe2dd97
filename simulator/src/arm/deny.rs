//! Microsoft.Authorization/denyAssignments: read only here; tests make them by the admin address.
//!
//! Source: `authorization-DenyAssignmentCalls.json` 2022-04-01.

use serde_json::{Value, json};

use super::authorization::scope;
use super::decision::EVERYBODY;
use super::rbac::reaches;
use super::{Call, Outcome, envelope};
use crate::Params;
use crate::message::{Answer, Ask};
use crate::random;
use crate::resources::Deny;
use crate::shapes::Shape;
use crate::state::State;
use crate::world::World;

const READ: &str = "Microsoft.Authorization/denyAssignments/read";

pub fn list(state: &mut State, call: &Call) -> Outcome {
    let scope = scope(state, call)?;
    call.must(state, READ, &scope)?;
    let at_scope = call
        .ask
        .query("$filter")
        .is_some_and(|filter| filter.trim().eq_ignore_ascii_case("atScope()"));
    let rows = state
        .world
        .deny_assignments
        .iter()
        .filter(|row| reaches(&row.scope, &scope) || (!at_scope && reaches(&scope, &row.scope)))
        .map(|row| shown(&state.world, row))
        .collect();
    Ok(envelope::page(state, call.ask, rows))
}

pub fn show(state: &mut State, call: &Call) -> Outcome {
    let scope = scope(state, call)?;
    call.must(state, READ, &scope)?;
    let name = call.param("name");
    let found =
        state.world.deny_assignments.iter().find(|row| {
            row.name.eq_ignore_ascii_case(name) && row.scope.eq_ignore_ascii_case(&scope)
        });
    match found {
        Some(row) => Ok(Answer::json(200, &shown(&state.world, row))),
        None => {
            let text = format!("The deny assignment '{name}' is not found.");
            Err(envelope::error(404, "DenyAssignmentNotFound", &text))
        }
    }
}

fn shown(world: &World, row: &Deny) -> Value {
    let principals = |ids: &[String]| -> Vec<Value> {
        let one = |id: &String| {
            let kind = if id == EVERYBODY {
                "SystemDefined"
            } else {
                world.principal(id).map_or("Unknown", |found| found.kind())
            };
            json!({"id": id, "type": kind})
        };
        ids.iter().map(one).collect()
    };
    json!({
        "id": format!("{}/providers/Microsoft.Authorization/denyAssignments/{}", row.scope, row.name),
        "type": "Microsoft.Authorization/denyAssignments",
        "name": row.name,
        "properties": {
            "denyAssignmentName": row.display_name,
            "description": row.description,
            "permissions": [{
                "actions": row.actions,
                "notActions": row.not_actions,
                "dataActions": row.data_actions,
                "notDataActions": row.not_data_actions,
            }],
            "scope": row.scope,
            "doNotApplyToChildScopes": row.does_not_apply_to_child_scopes,
            "principals": principals(&row.principals),
            "excludePrincipals": principals(&row.exclude_principals),
            "isSystemProtected": true,
        },
    })
}

/// `POST /admin/deny-assignments`: the members of [`Deny`]; answers the row.
pub fn add(state: &mut State, ask: &Ask, _: &Params) -> Answer {
    match serde_json::from_slice::<Deny>(&ask.body) {
        Ok(mut row) => {
            if row.name.is_empty() {
                row.name = random::guid();
            }
            let answer = Answer::json(201, &json!(row));
            state.world.deny_assignments.push(row);
            answer
        }
        Err(problem) => Answer::json(400, &json!({"problem": problem.to_string()})),
    }
}

pub const SHAPE: Shape = Shape::of(
    "authorization-DenyAssignmentCalls.json 2022-04-01 DenyAssignment",
    "{id:s name:s type:s properties:{denyAssignmentName:s description:s permissions:[{actions:[s] notActions:[s] dataActions:[s] notDataActions:[s] condition:s conditionVersion:s}] scope:s doNotApplyToChildScopes:b principals:[{id:s displayName:s type:s email:s}] excludePrincipals:[{id:s displayName:s type:s email:s}] isSystemProtected:b condition:s conditionVersion:s createdOn:s updatedOn:s createdBy:s updatedBy:s}}",
);
