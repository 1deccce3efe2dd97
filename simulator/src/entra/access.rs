//! Conditional Access and group membership: what a person must do to get a token for a resource, and what tokens say of the
//! person's groups. Knows people, groups and policies, no protocol.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Resource;
use crate::arm::rbac;
use crate::state::State;
use crate::world::{Person, demo};

/// One rule of Conditional Access.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// `arm`, `graph` or `twins`; all without it.
    pub resource: Option<String>,
    /// User principal names or object ids; everybody without it.
    #[serde(default)]
    pub people: Vec<String>,
    /// `block`, `mfa`, or an authentication context such as `c1`.
    pub require: String,
}

/// What stands between a person and a token.
#[derive(Debug, Default, PartialEq)]
pub struct Demanded {
    pub block: bool,
    pub mfa: bool,
    pub acrs: Vec<String>,
}

/// What the policies want of a person for these resources.
pub fn demanded(state: &State, person: &Person, resources: &[Resource]) -> Demanded {
    let mut all = Demanded { block: person.blocked, mfa: person.require_mfa, acrs: Vec::new() };
    for policy in &state.settings.conditional_access {
        let reaches = |resource: &Resource| {
            policy.resource.as_deref().is_none_or(|name| name.eq_ignore_ascii_case(resource.name()))
        };
        let holds = policy.people.is_empty() || policy.people.iter().any(|who| person.is(who));
        if !holds || !resources.iter().any(reaches) {
            continue;
        }
        match policy.require.as_str() {
            "block" => all.block = true,
            "mfa" => all.mfa = true,
            context => all.acrs.push(context.to_owned()),
        }
    }
    all
}

/// `groups`, or where there are too many the members that point elsewhere.
///
/// Source: "ID token claims reference", section "Groups overage claim".
pub fn say_groups(state: &State, oid: &str, claims: &mut Value) {
    let mut groups: Vec<String> = rbac::identities(&state.world, oid).into_iter().collect();
    groups.retain(|id| !id.eq_ignore_ascii_case(oid));
    groups.sort();
    if groups.len() > state.settings.groups_overage {
        let endpoint =
            format!("https://graph.windows.net/{}/users/{oid}/getMemberObjects", demo::TENANT);
        claims["_claim_names"] = json!({"groups": "src1"});
        claims["_claim_sources"] = json!({"src1": {"endpoint": endpoint}});
    } else if !groups.is_empty() {
        claims["groups"] = json!(groups);
    }
}
