//! Microsoft.Authorization/roleDefinitions: built-in roles, and the custom ones of the world. Read only over HTTP.
//!
//! Source: `authorization-RoleDefinitionsCalls.json` 2022-04-01; "List Azure role definitions", "Azure custom roles".

use serde_json::{Value, json};

use super::authorization::{Clause, clauses, scope};
use super::rbac::Role;
use super::{Call, Outcome, envelope};
use crate::message::{Answer, Ask};
use crate::shapes::Shape;
use crate::state::State;
use crate::{Params, random};

const READ: &str = "Microsoft.Authorization/roleDefinitions/read";

/// A role definition as seen from a scope: below a subscription its id begins with that.
pub(super) fn shown(role: &Role, scope: &str) -> Value {
    json!({
        "id": role_id(&role.id, scope),
        "type": "Microsoft.Authorization/roleDefinitions",
        "name": role.id,
        "properties": {
            "roleName": role.name,
            "type": role.kind(),
            "description": role.description,
            "assignableScopes": role.assignable_scopes,
            "permissions": role.permissions,
        },
    })
}

pub(super) fn role_id(guid: &str, scope: &str) -> String {
    let prefix = match scope.split('/').collect::<Vec<_>>().as_slice() {
        ["", "subscriptions", subscription, ..] => format!("/subscriptions/{subscription}"),
        _ => String::new(),
    };
    format!("{prefix}/providers/Microsoft.Authorization/roleDefinitions/{guid}")
}

/// Those that may be assigned at a scope; from the root all of them are seen.
pub(super) fn seen_at<'a>(state: &'a State, scope: &'a str) -> impl Iterator<Item = &'a Role> {
    state
        .world
        .roles()
        .filter(move |role| scope == "/" || role.is_assignable_at(&state.world, scope))
}

/// `$filter`: `roleName eq '…'`, `type eq 'BuiltInRole'`, `atScopeAndBelow()`.
pub fn list(state: &mut State, call: &Call) -> Outcome {
    let scope = scope(state, call)?;
    call.must(state, READ, &scope)?;
    let filter = call.ask.query("$filter").unwrap_or_default();
    let (mut name, mut kind, mut below) = (None, None, false);
    for clause in clauses(filter) {
        match clause {
            Clause::Equals(member, value) if member.eq_ignore_ascii_case("roleName") => {
                name = Some(value);
            }
            Clause::Equals(member, value) if member.eq_ignore_ascii_case("type") => {
                kind = Some(value);
            }
            Clause::Call(name, _) if name.eq_ignore_ascii_case("atScopeAndBelow") => below = true,
            _ => {
                let text = format!("The filter '{filter}' is not supported.");
                return Err(envelope::error(400, "UnsupportedQuery", &text));
            }
        }
    }
    let same = |wanted: &Option<String>, own: &str| {
        wanted.as_deref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(own))
    };
    let rows = state
        .world
        .roles()
        .filter(|role| {
            scope == "/"
                || role.is_assignable_at(&state.world, &scope)
                || (below
                    && role.assignable_scopes.iter().any(|at| state.world.reaches(&scope, at)))
        })
        .filter(|role| same(&name, &role.name) && same(&kind, role.kind()))
        .map(|role| shown(role, &scope))
        .collect();
    Ok(envelope::page(state, call.ask, rows))
}

pub fn show(state: &mut State, call: &Call) -> Outcome {
    let scope = scope(state, call)?;
    call.must(state, READ, &scope)?;
    let name = call.param("name");
    let found = seen_at(state, &scope).find(|role| role.id.eq_ignore_ascii_case(name));
    match found {
        Some(role) => Ok(Answer::json(200, &shown(role, &scope))),
        None => Err(missing(name, 404)),
    }
}

fn missing(name: &str, status: u16) -> Answer {
    let text = format!("The specified role definition with ID '{name}' does not exist.");
    envelope::error(status, "RoleDefinitionDoesNotExist", &text)
}

/// The role with this GUID, if it may be assigned at the scope.
pub(super) fn assignable<'a>(
    state: &'a State,
    guid: &str,
    scope: &str,
) -> Result<&'a Role, Answer> {
    let role = state
        .world
        .roles()
        .find(|role| role.id.eq_ignore_ascii_case(guid))
        .ok_or_else(|| missing(guid, 400))?;
    if role.is_assignable_at(&state.world, scope) {
        return Ok(role);
    }
    let text = format!(
        "The role assignment scope '{scope}' is not assignable to the role definition '{guid}'."
    );
    Err(envelope::error(400, "RoleAssignmentScopeNotAssignableToRoleDefinition", &text))
}

/// `POST /admin/role-definitions`: the members of [`Role`]; answers the row.
pub fn add(state: &mut State, ask: &Ask, _: &Params) -> Answer {
    let problem = |text: String| Answer::json(400, &json!({"problem": text}));
    let mut role: Role = match serde_json::from_slice(&ask.body) {
        Ok(role) => role,
        Err(error) => return problem(error.to_string()),
    };
    if role.assignable_scopes.is_empty() || state.world.role(&role.name).is_some() {
        return problem("a role needs a name that no role has, and assignable_scopes".into());
    }
    if role.id.is_empty() {
        role.id = random::guid();
    }
    let answer = Answer::json(201, &json!(role));
    state.world.role_definitions.push(role);
    answer
}

pub const SHAPE: Shape = Shape::of(
    "authorization-RoleDefinitionsCalls.json 2022-04-01 RoleDefinition",
    "{id:s name:s type:s properties:{roleName:s description:s type:s permissions:[{actions:[s] notActions:[s] dataActions:[s] notDataActions:[s]}] assignableScopes:[s] createdOn:s updatedOn:s createdBy:s updatedBy:s}}",
);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::World;

    #[test]
    fn a_custom_role_is_read_as_azure_writes_it() {
        let text = r#"
            [[role_definitions]]
            name = "Twin Maker"
            assignable_scopes = ["/subscriptions/S"]
            [[role_definitions.permissions]]
            actions = ["Microsoft.DigitalTwins/*"]
            notDataActions = ["*/delete"]
        "#;
        let world: crate::world::World = toml::from_str(text).expect("it can be read");
        let role = world.role("twin maker").expect("it is there");
        assert_eq!((role.kind(), role.permissions[0].not_data_actions.len()), ("CustomRole", 1));
        let at = |scope| role.is_assignable_at(&World::default(), scope);
        assert!(at("/subscriptions/s/resourceGroups/g"));
        assert!(!at("/subscriptions/other") && !at("/"));
        let wrong = text.replace("notDataActions", "notdata");
        assert!(toml::from_str::<crate::world::World>(&wrong).is_err());
    }

    #[test]
    fn a_role_id_begins_with_the_subscription_it_is_seen_from() {
        assert_eq!(
            role_id("g", "/subscriptions/s/resourceGroups/r"),
            "/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/g"
        );
        assert_eq!(role_id("g", "/"), "/providers/Microsoft.Authorization/roleDefinitions/g");
    }
}
