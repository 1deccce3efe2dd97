//! Whether a principal may do something at a scope: role assignments, their conditions and deny assignments together.
//!
//! Source: "Understand Azure deny assignments", "How Azure RBAC determines if a user has access to a resource".

use std::collections::HashSet;

use super::conditions::{Attributes, Condition};
use super::rbac::{self, matches};
use crate::resources::Deny;
use crate::world::{Assignment, World};

#[derive(Debug)]
pub enum Decision<'a> {
    Allowed,
    /// No role gives it.
    NotGranted,
    /// A role gives it, but under a condition that is not fulfilled.
    ConditionNotMet,
    /// A role gives it, but a deny assignment takes it away.
    Denied(&'a Deny),
}

impl Decision<'_> {
    pub fn is_allowed(&self) -> bool {
        matches!(self, Self::Allowed)
    }
}

/// For an action of the control plane.
pub fn decide<'a>(
    world: &'a World,
    oid: &str,
    action: &str,
    scope: &str,
    attributes: &Attributes,
) -> Decision<'a> {
    let identities = rbac::identities(world, oid);
    let gives = |role: &rbac::Role| rbac::allows(&role.permissions, action);
    let granted = granted(world, world.assignments(), &identities, scope, gives, |condition| {
        condition.holds(action, attributes)
    });
    with_denials(world, granted, &identities, scope, |deny| {
        (&deny.actions, &deny.not_actions, action)
    })
}

/// For an action of the data plane, by the assignments that it knows already.
pub fn decide_data<'a, 'b>(
    world: &'a World,
    rows: impl Iterator<Item = &'b Assignment>,
    oid: &str,
    action: &str,
    scope: &str,
) -> Decision<'a> {
    let identities = rbac::identities(world, oid);
    let gives = |role: &rbac::Role| rbac::allows_data(&role.permissions, action);
    // The conditions that are understood are about role assignments: they limit nothing here.
    let granted = granted(world, rows, &identities, scope, gives, |_| true);
    with_denials(world, granted, &identities, scope, |deny| {
        (&deny.data_actions, &deny.not_data_actions, action)
    })
}

fn granted<'a, 'b>(
    world: &World,
    rows: impl Iterator<Item = &'b Assignment>,
    identities: &HashSet<String>,
    scope: &str,
    gives: impl Fn(&rbac::Role) -> bool,
    fulfilled: impl Fn(&Condition) -> bool,
) -> Decision<'a> {
    let mut decision = Decision::NotGranted;
    for row in rows {
        let reached = identities.contains(&row.principal.to_ascii_lowercase())
            && world.reaches(&row.scope, scope)
            && world.role(&row.role).is_some_and(&gives);
        if !reached {
            continue;
        }
        let holds = row.condition.as_deref().is_none_or(|text| {
            Condition::read(text).is_some_and(|condition| fulfilled(&condition))
        });
        if holds {
            return Decision::Allowed;
        }
        decision = Decision::ConditionNotMet;
    }
    decision
}

fn with_denials<'a, 'b>(
    world: &'a World,
    granted: Decision<'a>,
    identities: &HashSet<String>,
    scope: &str,
    parts: impl Fn(&'a Deny) -> (&'a Vec<String>, &'a Vec<String>, &'b str),
) -> Decision<'a> {
    if !granted.is_allowed() {
        return granted;
    }
    let found = world.deny_assignments.iter().find(|deny| {
        let (actions, not_actions, action) = parts(deny);
        let any = |patterns: &[String]| patterns.iter().any(|pattern| matches(pattern, action));
        let named =
            |ids: &[String]| ids.iter().any(|id| identities.contains(&id.to_ascii_lowercase()));
        let everybody = deny.principals.iter().any(|id| id == EVERYBODY);
        let here = if deny.does_not_apply_to_child_scopes {
            deny.scope.eq_ignore_ascii_case(scope)
        } else {
            world.reaches(&deny.scope, scope)
        };
        here && any(actions)
            && !any(not_actions)
            && (everybody || named(&deny.principals))
            && !named(&deny.exclude_principals)
    });
    found.map_or(Decision::Allowed, Decision::Denied)
}

/// The id by which a deny assignment means all principals.
pub const EVERYBODY: &str = "00000000-0000-0000-0000-000000000000";
