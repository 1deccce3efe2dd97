//! What a set of role definitions allows, by Azure's rules. Knows nothing of who holds them.
//!
//! A hint and never more: conditions, deny assignments, locks and policies do not show here, and
//! Azure's own answer is the last word.

use serde::{Deserialize, Serialize};

use super::scope::Scope;
use crate::{text, words::Text};

/// One action that a step needs, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Need {
    pub action: String,
    pub scope: Scope,
}

impl Need {
    pub fn new(action: &str, scope: Scope) -> Need {
        Need { action: action.to_owned(), scope }
    }

    /// The action and where.
    pub fn words(&self) -> Text {
        text!("need-at", action = &self.action, scope = self.scope.to_string())
    }

    /// All of these, as part of a sentence.
    pub fn all(needs: &[Need]) -> Text {
        let words = needs.iter().map(Need::words);
        words
            .reduce(|before, next| text!("need-and", before = before, next = next))
            .unwrap_or_default()
    }
}

pub const ASSIGN_ROLES: &str = "Microsoft.Authorization/roleAssignments/write";
pub const REMOVE_ROLES: &str = "Microsoft.Authorization/roleAssignments/delete";
pub const WRITE_INSTANCE: &str = "Microsoft.DigitalTwins/digitalTwinsInstances/write";
pub const DELETE_INSTANCE: &str = "Microsoft.DigitalTwins/digitalTwinsInstances/delete";
pub const ASSIGN_IDENTITY: &str = "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action";
pub const WRITE_GROUP: &str = "Microsoft.Resources/subscriptions/resourceGroups/write";
pub const REGISTER: &str = "Microsoft.DigitalTwins/register/action";
/// Makes a private endpoint's connection come approved.
pub const APPROVE_CONNECTIONS: &str =
    "Microsoft.DigitalTwins/digitalTwinsInstances/PrivateEndpointConnectionsApproval/action";
pub const WRITE_CONNECTION: &str =
    "Microsoft.DigitalTwins/digitalTwinsInstances/privateEndpointConnections/write";
pub const DELETE_CONNECTION: &str =
    "Microsoft.DigitalTwins/digitalTwinsInstances/privateEndpointConnections/delete";
pub const WRITE_ENDPOINT: &str = "Microsoft.Network/privateEndpoints/write";
pub const JOIN_SUBNET: &str = "Microsoft.Network/virtualNetworks/subnets/join/action";
pub const JOIN_NETWORK: &str = "Microsoft.Network/virtualNetworks/join/action";
pub const WRITE_ZONE: &str = "Microsoft.Network/privateDnsZones/write";
pub const LINK_ZONE: &str = "Microsoft.Network/privateDnsZones/virtualNetworkLinks/write";
pub const JOIN_ZONE: &str = "Microsoft.Network/privateDnsZones/join/action";
pub const WRITE_ZONE_GROUP: &str = "Microsoft.Network/privateEndpoints/privateDnsZoneGroups/write";

/// What one role assignment that reaches the person gives: one entry of ARM's permissions answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    pub actions: Vec<String>,
    pub not_actions: Vec<String>,
}

/// Everything that reaches one person at one scope.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permissions(pub Vec<Grant>);

impl Permissions {
    /// The union over the grants; a `notAction` takes away only from the grant that it stands in.
    pub fn allow(&self, action: &str) -> bool {
        self.0.iter().any(|grant| {
            grant.actions.iter().any(|pattern| matches(pattern, action))
                && !grant.not_actions.iter().any(|pattern| matches(pattern, action))
        })
    }
}

/// What of the work with instances somebody may do at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowed {
    pub create: bool,
    pub assign: bool,
}

impl Permissions {
    /// The two parts of setting an instance up, each of which other roles allow.
    pub fn allowed(&self) -> Allowed {
        Allowed { create: self.allow(WRITE_INSTANCE), assign: self.allow(ASSIGN_ROLES) }
    }
}

impl Allowed {
    pub fn words(self) -> Text {
        match (self.create, self.assign) {
            (true, true) => text!("allowed-both"),
            (true, false) => text!("allowed-create"),
            (false, true) => text!("allowed-assign"),
            (false, false) => text!("allowed-neither"),
        }
    }
}

/// `*` stands for any run of characters, `/` included; case does not count.
fn matches(pattern: &str, action: &str) -> bool {
    let (pattern, action) = (pattern.to_ascii_lowercase(), action.to_ascii_lowercase());
    let mut pieces = pattern.split('*');
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = action.strip_prefix(first) else { return false };
    let mut pieces: Vec<&str> = pieces.collect();
    let Some(last) = pieces.pop() else { return rest.is_empty() };
    for piece in pieces {
        match rest.find(piece) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn grant(actions: &[&str], not_actions: &[&str]) -> Grant {
        let owned = |list: &[&str]| list.iter().map(|&action| action.to_owned()).collect();
        Grant { actions: owned(actions), not_actions: owned(not_actions) }
    }

    fn contributor() -> Grant {
        grant(&["*"], &["Microsoft.Authorization/*/Write", "Microsoft.Authorization/*/Delete"])
    }

    fn user_access_administrator() -> Grant {
        grant(&["*/read", "Microsoft.Authorization/*", "Microsoft.Support/*"], &[])
    }

    #[test]
    fn a_contributor_creates_and_does_not_grant() {
        let holds = Permissions(vec![contributor()]);
        assert!(holds.allow(WRITE_INSTANCE) && holds.allow(WRITE_GROUP) && holds.allow(REGISTER));
        assert!(!holds.allow(ASSIGN_ROLES));
    }

    #[test]
    fn a_user_access_administrator_grants_and_does_not_create() {
        let holds = Permissions(vec![user_access_administrator()]);
        assert!(holds.allow(ASSIGN_ROLES));
        assert!(!holds.allow(WRITE_INSTANCE));
    }

    #[test]
    fn a_not_action_of_one_role_takes_nothing_from_another() {
        let holds = Permissions(vec![contributor(), user_access_administrator()]);
        assert!(holds.allow(ASSIGN_ROLES) && holds.allow(WRITE_INSTANCE));
    }

    #[test]
    fn nobody_without_a_role_may_anything() {
        assert!(!Permissions::default().allow("Microsoft.DigitalTwins/digitalTwinsInstances/read"));
    }

    /// The same rule said another way: try every split of the action at each star.
    fn matches_slowly(pattern: &[u8], action: &[u8]) -> bool {
        match (pattern.first(), action.first()) {
            (None, None) => true,
            (Some(b'*'), _) => {
                matches_slowly(&pattern[1..], action)
                    || (!action.is_empty() && matches_slowly(pattern, &action[1..]))
            }
            (Some(p), Some(a)) => {
                p.eq_ignore_ascii_case(a) && matches_slowly(&pattern[1..], &action[1..])
            }
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn wildcards_mean_what_they_say(pattern in "[aB/*]{0,7}", action in "[Ab/]{0,9}") {
            prop_assert_eq!(
                matches(&pattern, &action),
                matches_slowly(pattern.as_bytes(), action.as_bytes())
            );
        }
    }
}
