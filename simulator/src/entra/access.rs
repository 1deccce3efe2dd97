//! Conditional Access and group membership: what a person must do to get a token for a resource, and what tokens say of the
//! person's groups. Knows people, groups and policies, no protocol.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Resource;
use crate::arm::rbac;
use crate::state::State;
use crate::world::Person;

/// One rule of Conditional Access.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// `arm`, `graph` or `twins`; all without it.
    pub resource: Option<String>,
    /// User principal names or object ids; everybody without it.
    #[serde(default)]
    pub people: Vec<String>,
    /// `block`, `mfa`, `device`, `compliant`, `joined`, `token_protection`, or an authentication context such as `c1`.
    pub require: String,
}

/// What stands between a person and a token.
#[derive(Debug, Default, PartialEq)]
pub struct Demanded {
    /// Nothing that the person could do here helps.
    pub refused: Option<Refused>,
    pub mfa: bool,
    pub acrs: Vec<String>,
}

/// Entra's number and text.
#[derive(Clone, Debug, PartialEq)]
pub struct Refused {
    pub number: u32,
    pub text: String,
    /// The error names the policy in its `claims`, for another attempt.
    pub with_claims: bool,
}

impl Refused {
    fn new(number: u32, text: &str) -> Self {
        Self { number, text: text.to_owned(), with_claims: matches!(number, 50097 | 53000 | 53001) }
    }
}

/// What the policies want of a person for these resources.
pub fn demanded(state: &State, person: &Person, resources: &[Resource]) -> Demanded {
    let mut all = Demanded { mfa: person.require_mfa, ..Demanded::default() };
    let mut words: Vec<&str> = person.blocked.then_some("block").into_iter().collect();
    for policy in &state.settings.conditional_access {
        let reaches = |resource: &Resource| {
            policy.resource.as_deref().is_none_or(|name| name.eq_ignore_ascii_case(resource.name()))
        };
        let holds = policy.people.is_empty() || policy.people.iter().any(|who| person.is(who));
        if holds && resources.iter().any(reaches) {
            words.push(&policy.require);
        }
    }
    for word in words {
        match word {
            "mfa" => all.mfa = true,
            "block" | "device" | "compliant" | "joined" | "token_protection" => {
                all.refused = all.refused.or_else(|| refusal(word, person.device.as_deref()));
            }
            context => all.acrs.push(context.to_owned()),
        }
    }
    all
}

/// `None` where the person's device is as the policy wants it.
fn refusal(word: &str, device: Option<&str>) -> Option<Refused> {
    let refused = match word {
        "block" => Refused::new(
            53003,
            "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.",
        ),
        "token_protection" => Refused::new(
            530084,
            "Access has been blocked by conditional access token protection policy configured by this organization. To learn \
             more, see https://aka.ms/TBCADocs.",
        ),
        "device" if device.is_none() => Refused::new(50097, "Device authentication is required."),
        "compliant" if device != Some("compliant") => Refused::new(
            53000,
            "Device is not in required device state: compliant. Conditional Access policy requires a compliant device, and \
             the device is not compliant. The user must enroll their device with an approved MDM provider like Intune.",
        ),
        "joined" if device != Some("joined") => Refused::new(
            53001,
            "Device is not in required device state: domain_joined. Conditional Access policy requires a domain joined \
             device, and the device is not domain joined.",
        ),
        _ => return None,
    };
    Some(refused)
}

/// What is wrong with a person's second factor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Factor {
    NotRegistered,
    Missing,
    Expired,
}

impl Factor {
    /// `None`: it is good. `given_at` is when it was last given.
    pub fn lacking(state: &State, person: &Person, given_at: Option<Timestamp>) -> Option<Self> {
        let Some(at) = given_at else {
            return Some(if person.mfa_registered { Self::Missing } else { Self::NotRegistered });
        };
        let age = state.now().duration_since(at).as_secs();
        state.settings.mfa_seconds.is_some_and(|most| age >= most).then_some(Self::Expired)
    }

    /// Entra's text, for a resource by its application id.
    pub fn text(self, resource: &str) -> String {
        let change = "Due to a configuration change made by your administrator, or because you moved to a new location, you must";
        match self {
            Self::NotRegistered => {
                format!("{change} enroll in multi-factor authentication to access '{resource}'.")
            }
            Self::Missing => {
                format!("{change} use multi-factor authentication to access '{resource}'.")
            }
            Self::Expired => format!(
                "Presented multi-factor authentication has expired due to policies configured by your administrator, you \
                 must refresh your multi-factor authentication to access '{resource}'."
            ),
        }
    }
}

/// The policies of an error, as a client passes them on to authorize.
pub fn policy_claims() -> Value {
    json!({"access_token": {"polids": {"essential": true, "values": ["6e94ade5-ca00-4d67-909a-14d845813500"]}}})
}

/// `groups`, or where there are too many the members that point elsewhere.
///
/// Source: "ID token claims reference", section "Groups overage claim".
pub fn say_groups(state: &State, oid: &str, claims: &mut Value) {
    let mut groups: Vec<String> = rbac::identities(&state.world, oid).into_iter().collect();
    groups.retain(|id| !id.eq_ignore_ascii_case(oid));
    groups.sort();
    if groups.len() > state.settings.groups_overage {
        let tenant = state.world.person(oid).map_or("", |person| person.tenant.as_str());
        let tenant = &state.world.tenant_of(tenant).id;
        let endpoint = format!("https://graph.windows.net/{tenant}/users/{oid}/getMemberObjects");
        claims["_claim_names"] = json!({"groups": "src1"});
        claims["_claim_sources"] = json!({"src1": {"endpoint": endpoint}});
    } else if !groups.is_empty() {
        claims["groups"] = json!(groups);
    }
}
