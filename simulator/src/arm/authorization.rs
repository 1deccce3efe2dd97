//! Microsoft.Authorization: role assignments and permissions. Knows filters and refusals; the evaluation itself is
//! `rbac`'s.
//!
//! Source: `authorization-RoleAssignmentsCalls.json` and `-RoleDefinitionsCalls.json` 2022-04-01; "Troubleshoot Azure
//! RBAC"; an answer to a filter that is not supported, in Azure/azure-rest-api-specs issue 28255.

use std::collections::HashSet;

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::conditions::{Attributes, Condition, Subject};
use super::groups::{existing, json_body};
use super::role_definitions::{self, role_id};
use super::{Call, Outcome, envelope, management_groups, policy, rbac, subscription_of, tracked};
use crate::clock::precise;
use crate::message::Answer;
use crate::shapes::Shape;
use crate::state::State;
use crate::world::{Assignment, role};

const READ: &str = "Microsoft.Authorization/roleAssignments/read";
const WRITE: &str = "Microsoft.Authorization/roleAssignments/write";
const DELETE: &str = "Microsoft.Authorization/roleAssignments/delete";

/// A scope of the path with its subscription's or management group's id in its own case; unknown ones are refused.
pub(super) fn scope(state: &State, call: &Call) -> Result<String, Answer> {
    let scope = call.param("scope").trim_end_matches('/').to_owned();
    let mut parts = scope.splitn(4, '/').skip(1);
    if parts.next().is_some_and(|part| part.eq_ignore_ascii_case("subscriptions")) {
        let subscription = subscription_of(state, parts.next().unwrap_or_default())?;
        let rest = parts.next().map(|rest| format!("/{rest}")).unwrap_or_default();
        return Ok(format!("/subscriptions/{subscription}{rest}"));
    }
    management_groups::known(&state.world, if scope.is_empty() { "/" } else { &scope })
}

/// What a scope is must be there, and its resource group not on its way out; the scope in the case in which they were made.
pub(super) fn existing_scope(state: &State, scope: &str) -> Result<String, Answer> {
    let parts: Vec<&str> = scope.split('/').skip(1).collect();
    let group = match parts.as_slice() {
        [""]
        | ["subscriptions", _]
        | ["providers", "Microsoft.Management", "managementGroups", _] => {
            return Ok(scope.to_owned());
        }
        ["subscriptions", subscription, groups, group, rest @ ..]
            if groups.eq_ignore_ascii_case("resourceGroups") =>
        {
            let row = super::groups::staying(state, subscription, group)?;
            if rest.is_empty() {
                return Ok(crate::world::group_id(subscription, &row.name));
            }
            row.name.as_str()
        }
        _ => "<null>",
    };
    tracked::own_id(&state.world, scope).ok_or_else(|| tracked::not_there(scope, group))
}

/// What the caller may do at this scope: one entry for each assignment that reaches the caller.
pub fn permissions(state: &mut State, call: &Call) -> Outcome {
    let scope = scope(state, call)?;
    let held = rbac::permissions_at(&state.world, &call.caller.oid, &scope);
    if state.settings.permissions_need_read {
        call.must(state, "Microsoft.Authorization/permissions/read", &scope)?;
    }
    let parts: Vec<&str> = scope.split('/').collect();
    if let ["", "subscriptions", subscription, groups, group, ..] = parts.as_slice()
        && groups.eq_ignore_ascii_case("resourceGroups")
    {
        existing(state, subscription, group)?;
    }
    let rows = held
        .into_iter()
        .map(|entry| {
            json!({
                "actions": entry.actions,
                "notActions": entry.not_actions,
                "dataActions": entry.data_actions,
                "notDataActions": entry.not_data_actions,
            })
        })
        .collect();
    Ok(envelope::page(state, call.ask, rows))
}

#[derive(Debug, PartialEq)]
pub(super) enum Clause {
    /// `member eq 'value'`
    Equals(String, String),
    /// `name('argument')` or `name()`
    Call(String, String),
    Unknown,
}

/// The parts of a filter joined by `and`.
pub(super) fn clauses(filter: &str) -> Vec<Clause> {
    let filter = filter.trim();
    if filter.is_empty() {
        return Vec::new();
    }
    // A value without quotes is refused, whatever Microsoft's own files say.
    let unquoted =
        |text: &str| text.trim().strip_prefix('\'')?.strip_suffix('\'').map(str::to_owned);
    let read = |part: &str| {
        if let Some((member, value)) = part.split_once(" eq ") {
            return Some(Clause::Equals(member.trim().to_owned(), unquoted(value)?));
        }
        let (name, argument) = part.strip_suffix(')')?.split_once('(')?;
        let argument = if argument.trim().is_empty() { String::new() } else { unquoted(argument)? };
        Some(Clause::Call(name.trim().to_owned(), argument))
    };
    filter.split(" and ").map(|part| read(part.trim()).unwrap_or(Clause::Unknown)).collect()
}

fn bad_filter(filter: &str) -> Answer {
    let text = format!(
        "The filter '{filter}' is not supported. Supported filters are either 'atScope()' or 'principalId eq '{{value}}' or assignedTo('{{value}}')'."
    );
    envelope::error(400, "UnsupportedQuery", &text)
}

/// Without a filter: at, above and below the scope. `atScope()` goes with `assignedTo('…')` only.
pub fn list(state: &mut State, call: &Call) -> Outcome {
    let scope = scope(state, call)?;
    call.must(state, READ, &scope)?;
    let filter = call.ask.query("$filter").unwrap_or_default();
    let (mut below, mut assigned_to, mut principal) = (true, None, None);
    for clause in clauses(filter) {
        match clause {
            Clause::Call(name, _) if name.eq_ignore_ascii_case("atScope") && below => below = false,
            Clause::Call(name, oid)
                if name.eq_ignore_ascii_case("assignedTo") && assigned_to.is_none() =>
            {
                assigned_to = Some(rbac::identities(&state.world, &oid));
            }
            Clause::Equals(member, oid)
                if member.eq_ignore_ascii_case("principalId") && principal.is_none() =>
            {
                principal = Some(HashSet::from([oid.to_ascii_lowercase()]));
            }
            _ => return Err(bad_filter(filter)),
        }
    }
    if principal.is_some() && (!below || assigned_to.is_some()) {
        return Err(bad_filter(filter));
    }
    let principals = principal.or(assigned_to);
    let rows = state
        .world
        .assignments()
        .filter(|row| {
            let world = &state.world;
            world.reaches(&row.scope, &scope) || (below && world.reaches(&scope, &row.scope))
        })
        .filter(|row| {
            principals.as_ref().is_none_or(|ids| ids.contains(&row.principal.to_ascii_lowercase()))
        })
        .map(|row| shown(row, &scope))
        .collect();
    Ok(envelope::page(state, call.ask, rows))
}

fn assignment_id(scope: &str, name: &str) -> String {
    format!(
        "{}/providers/Microsoft.Authorization/roleAssignments/{name}",
        scope.trim_end_matches('/')
    )
}

pub(super) fn shown(row: &Assignment, seen_from: &str) -> Value {
    let at = if row.scope == "/" || !row.scope.starts_with("/subscriptions/") {
        seen_from
    } else {
        &row.scope
    };
    let mut shown = json!({
        "properties": {
            "roleDefinitionId": role_id(&row.role, at),
            "principalId": row.principal,
            "principalType": row.principal_type,
            "scope": row.scope,
            "condition": row.condition,
            "conditionVersion": row.condition_version,
            "createdOn": precise(row.created_at),
            "updatedOn": precise(row.updated_at),
            "createdBy": row.created_by,
            "delegatedManagedIdentityResourceId": null,
            "description": row.description,
        },
        "id": assignment_id(&row.scope, &row.name),
        "type": "Microsoft.Authorization/roleAssignments",
        "name": row.name,
    });
    if let Some(by) = &row.updated_by {
        shown["properties"]["updatedBy"] = json!(by);
    }
    shown
}

fn position(state: &State, scope: &str, name: &str) -> Option<usize> {
    state.world.role_assignments.iter().position(|row| {
        row.gone_at.is_none()
            && row.name.eq_ignore_ascii_case(name)
            && row.scope.eq_ignore_ascii_case(scope)
    })
}

pub fn show(state: &mut State, call: &Call) -> Outcome {
    let scope = scope(state, call)?;
    let name = call.param("name");
    call.must(state, READ, &assignment_id(&scope, name))?;
    match position(state, &scope, name) {
        Some(at) => Ok(Answer::json(200, &shown(&state.world.role_assignments[at], &scope))),
        None => {
            let text = format!("The role assignment '{name}' is not found.");
            Err(envelope::error(404, "RoleAssignmentNotFound", &text))
        }
    }
}

/// A request to write an assignment as conditions see it.
fn wanted(body: &Value) -> Subject {
    let text = |name: &str| body["properties"][name].as_str();
    Subject {
        role: text("roleDefinitionId")
            .and_then(|id| id.rsplit('/').next())
            .unwrap_or_default()
            .into(),
        principal: text("principalId").unwrap_or_default().into(),
        principal_type: text("principalType").map(str::to_owned),
    }
}

pub fn put(state: &mut State, call: &Call) -> Outcome {
    let scope = scope(state, call)?;
    let name = call.param("name").to_ascii_lowercase();
    let attributes =
        Attributes { request: call.ask.json().map(|body| wanted(&body)), resource: None };
    call.must_with(state, WRITE, &assignment_id(&scope, &name), &attributes)?;
    let scope = existing_scope(state, &scope)?;
    if uuid::Uuid::parse_str(&name).is_err() {
        let text = format!(
            "The role assignment ID '{name}' is not valid. The role assignment ID must be a GUID."
        );
        return Err(envelope::error(400, "InvalidRoleAssignmentId", &text));
    }
    let body = json_body(call)?;
    let id = assignment_id(&scope, &name);
    policy::check(state, "Microsoft.Authorization/roleAssignments", &id, &body)?;
    let text = |member: &str| {
        body["properties"][member].as_str().filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let required = |member: &str| {
        text(member).ok_or_else(|| {
            let text = format!("The request to create role assignment '{name}' is not valid. Required property '{member}' not found in JSON.");
            envelope::error(400, "InvalidCreateRoleAssignmentRequest", &text)
        })
    };
    let definition = required("roleDefinitionId")?;
    let principal = required("principalId")?;
    let guid = definition.rsplit('/').next().unwrap_or_default();
    let role = role_definitions::assignable(state, guid, &scope)?.id.clone();
    let principal_type = principal_type(state, &scope, &principal, text("principalType"))?;
    if let Some(condition) = text("condition")
        && (Condition::read(&condition).is_none()
            || text("conditionVersion").as_deref() != Some("2.0"))
    {
        return Err(envelope::error(
            400,
            "InvalidCondition",
            "The condition is not valid, or its conditionVersion is not '2.0'.",
        ));
    }

    let same_name = state
        .world
        .role_assignments
        .iter()
        .position(|row| row.gone_at.is_none() && row.name.eq_ignore_ascii_case(&name));
    if let Some(at) = same_name {
        let now = state.now();
        let row = &mut state.world.role_assignments[at];
        let same = row.scope.eq_ignore_ascii_case(&scope)
            && row.principal.eq_ignore_ascii_case(&principal)
            && row.role.eq_ignore_ascii_case(&role);
        if !same {
            return Err(envelope::error(
                400,
                "RoleAssignmentUpdateNotPermitted",
                "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.",
            ));
        }
        let changed = (text("description"), text("condition"), text("conditionVersion"));
        if changed
            != (row.description.clone(), row.condition.clone(), row.condition_version.clone())
        {
            (row.description, row.condition, row.condition_version) = changed;
            row.updated_at = now;
            row.updated_by = Some(call.caller.oid.clone());
        }
        return Ok(Answer::json(200, &shown(row, &scope)));
    }
    let twin = state.world.assignments().find(|row| {
        row.scope.eq_ignore_ascii_case(&scope)
            && row.principal.eq_ignore_ascii_case(&principal)
            && row.role.eq_ignore_ascii_case(&role)
    });
    if let Some(twin) = twin {
        let text = format!(
            "The role assignment already exists. The ID of the existing role assignment is {}.",
            twin.name.replace('-', "")
        );
        return Err(envelope::error(409, "RoleAssignmentExists", &text));
    }
    let held = state.world.assignments().filter(|row| {
        row.scope.starts_with("/subscriptions/")
            && row.scope.split('/').nth(2) == scope.split('/').nth(2)
    });
    if held.count() >= state.settings.role_assignment_limit {
        return Err(envelope::error(
            400,
            "RoleAssignmentLimitExceeded",
            "No more role assignments can be created.",
        ));
    }
    let now = state.now();
    let row = Assignment {
        name,
        scope: scope.clone(),
        role,
        principal,
        principal_type,
        description: text("description"),
        condition: text("condition"),
        condition_version: text("conditionVersion"),
        created_at: now,
        updated_at: now,
        created_by: None,
        updated_by: Some(call.caller.oid.clone()),
        effective_at: now + SignedDuration::from_secs(state.settings.role_propagation_seconds),
        gone_at: None,
    };
    // `createdBy` is null in this answer and filled in later ones, as recorded.
    let answer = Answer::json(201, &shown(&row, &scope));
    state
        .world
        .role_assignments
        .push(Assignment { created_by: Some(call.caller.oid.clone()), ..row });
    Ok(answer)
}

/// The directory's word on the principal. Without a type a principal that has only just been made is not found yet.
fn principal_type(
    state: &State,
    scope: &str,
    principal: &str,
    given: Option<String>,
) -> Result<String, Answer> {
    let tenant = &state.world.tenant_of_path(scope).id;
    let found = state.world.principal_in(tenant, principal);
    let fresh = match &found {
        Some(crate::world::Principal::Service(service)) => {
            service.visible_at.is_some_and(|at| at > state.now())
        }
        _ => false,
    };
    let Some(found) = found.filter(|_| !fresh || given.is_some()) else {
        let text = format!(
            "Principal {} does not exist in the directory {}. Check that you have the correct principal ID. If you are creating this principal and then immediately assigning a role, this error might be related to a replication delay. In this case, set the role assignment principalType property to a value, such as ServicePrincipal, User, or Group.  See https://aka.ms/docs-principaltype",
            principal.replace('-', ""),
            tenant
        );
        return Err(envelope::error(400, "PrincipalNotFound", &text));
    };
    let kind = found.kind();
    match given {
        Some(given) if !given.eq_ignore_ascii_case(kind) => {
            let text = format!(
                "The PrincipalId '{}' has type '{kind}' , which is different from specified PrinciaplType '{given}'.",
                principal.replace('-', "")
            );
            Err(envelope::error(400, "UnmatchedPrincipalType", &text))
        }
        _ => Ok(kind.to_owned()),
    }
}

/// The only assignment of Owner or User Access Administrator at a subscription itself.
fn is_last_admin(state: &State, row: &Assignment) -> bool {
    let administers =
        |row: &Assignment| row.role == role::OWNER || row.role == role::USER_ACCESS_ADMINISTRATOR;
    let same_scope =
        |other: &&Assignment| administers(other) && other.scope.eq_ignore_ascii_case(&row.scope);
    let at_subscription =
        row.scope.split('/').count() == 3 && row.scope.starts_with("/subscriptions/");
    at_subscription && administers(row) && state.world.assignments().filter(same_scope).count() == 1
}

/// 200 with what was there, 204 if nothing was.
pub fn delete(state: &mut State, call: &Call) -> Outcome {
    let scope = scope(state, call)?;
    let name = call.param("name");
    let at = position(state, &scope, name);
    let there = at.map(|at| &state.world.role_assignments[at]).map(|row| Subject {
        role: row.role.clone(),
        principal: row.principal.clone(),
        principal_type: Some(row.principal_type.clone()),
    });
    // Where there is none, nothing is said about it: conditions do not hold it up.
    let attributes = Attributes { request: None, resource: there };
    if at.is_some() || !call.may(state, DELETE, &assignment_id(&scope, name)) {
        call.must_with(state, DELETE, &assignment_id(&scope, name), &attributes)?;
    }
    let Some(at) = at else { return Ok(Answer::empty(204)) };
    if is_last_admin(state, &state.world.role_assignments[at]) {
        return Err(envelope::error(
            412,
            "CannotDeleteLastRbacAdminAssignment",
            "Cannot delete the last RBAC admin assignment.",
        ));
    }
    let answer = Answer::json(200, &shown(&state.world.role_assignments[at], &scope));
    let now = state.now();
    let row = &mut state.world.role_assignments[at];
    row.gone_at = Some(now + SignedDuration::from_secs(state.settings.role_propagation_seconds));
    state.world.settle(now);
    Ok(answer)
}

pub const SHAPE: Shape = Shape::of(
    "authorization-RoleAssignmentsCalls.json 2022-04-01 RoleAssignment",
    "{id:s name:s type:s properties:{scope:s roleDefinitionId!:s principalId!:s principalType:s description?:s condition?:s conditionVersion?:s createdOn:s updatedOn:s createdBy?:s updatedBy:s delegatedManagedIdentityResourceId?:s}}",
);

pub const PERMISSION_SHAPE: Shape = Shape::of(
    "authorization-RoleDefinitionsCalls.json 2022-04-01 Permission",
    "{actions:[s] notActions:[s] dataActions:[s] notDataActions:[s]}",
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_read_in_their_parts() {
        assert_eq!(
            clauses("atScope() and assignedTo('abc')"),
            [
                Clause::Call("atScope".into(), String::new()),
                Clause::Call("assignedTo".into(), "abc".into())
            ]
        );
        assert_eq!(
            clauses("principalId eq 'x'"),
            [Clause::Equals("principalId".into(), "x".into())]
        );
        assert_eq!(clauses("nonsense"), [Clause::Unknown]);
    }
}
