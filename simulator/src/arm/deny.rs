//! Microsoft.Authorization/denyAssignments: read only here; tests make them by the admin address.
//!
//! Source: `authorization-DenyAssignmentCalls.json` 2022-04-01; "List Azure deny assignments".

use std::collections::HashSet;

use serde_json::{Value, json};

use super::authorization::{Clause, clauses, scope};
use super::decision::EVERYBODY;
use super::rbac::identities;
use super::{Call, Outcome, envelope};
use crate::Params;
use crate::message::{Answer, Ask};
use crate::random;
use crate::resources::Deny;
use crate::shapes::Shape;
use crate::state::State;
use crate::world::World;

const READ: &str = "Microsoft.Authorization/denyAssignments/read";

/// `$filter`: `atScope()`, `assignedTo('…')`, `principalId eq '…'`, `denyAssignmentName eq '…'`.
pub fn list(state: &mut State, call: &Call) -> Outcome {
    let scope = scope(state, call)?;
    call.must(state, READ, &scope)?;
    let filter = call.ask.query("$filter").unwrap_or_default();
    let (mut below, mut name, mut principals) = (true, None, None);
    for clause in clauses(filter) {
        match clause {
            Clause::Call(call, _) if call.eq_ignore_ascii_case("atScope") => below = false,
            Clause::Call(call, oid) if call.eq_ignore_ascii_case("assignedTo") => {
                principals = Some(identities(&state.world, &oid));
            }
            Clause::Equals(member, oid) if member.eq_ignore_ascii_case("principalId") => {
                principals = Some(HashSet::from([oid.to_ascii_lowercase()]));
            }
            Clause::Equals(member, own) if member.eq_ignore_ascii_case("denyAssignmentName") => {
                name = Some(own);
            }
            _ => {
                let text = format!("The filter '{filter}' is not supported.");
                return Err(envelope::error(400, "UnsupportedQuery", &text));
            }
        }
    }
    let concerns = |row: &Deny, ids: &HashSet<String>| {
        row.principals.iter().any(|id| ids.contains(&id.to_ascii_lowercase()))
    };
    let rows = state
        .world
        .deny_assignments
        .iter()
        .filter(|row| {
            let world = &state.world;
            world.reaches(&row.scope, &scope) || (below && world.reaches(&scope, &row.scope))
        })
        .filter(|row| name.as_ref().is_none_or(|name| name.eq_ignore_ascii_case(&row.display_name)))
        .filter(|row| principals.as_ref().is_none_or(|ids| concerns(row, ids)))
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
