//! The roles that can be asked for here. Role names may change in Azure, their GUIDs do not.
//! Knows nothing of who holds them.

use serde::{Deserialize, Serialize};

use crate::{text, words::Text};

/// Azure built-in roles: the data roles of Azure Digital Twins ("Internet of Things"), and those that
/// manage resources and access ("General", "Privileged").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    DataOwner,
    DataReader,
    Contributor,
    /// Always limited by [`Role::condition`].
    RoleBasedAccessControlAdministrator,
    UserAccessAdministrator,
    Owner,
}

impl Role {
    /// What can be granted on an instance.
    pub const DATA: [Role; 2] = [Role::DataOwner, Role::DataReader];
    /// What somebody can have their own role raised to, the narrowest first.
    pub const RAISED: [Role; 4] = [
        Role::Contributor,
        Role::RoleBasedAccessControlAdministrator,
        Role::UserAccessAdministrator,
        Role::Owner,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Role::DataOwner => "Azure Digital Twins Data Owner",
            Role::DataReader => "Azure Digital Twins Data Reader",
            Role::Contributor => "Contributor",
            Role::RoleBasedAccessControlAdministrator => "Role Based Access Control Administrator",
            Role::UserAccessAdministrator => "User Access Administrator",
            Role::Owner => "Owner",
        }
    }

    pub fn description(self) -> Text {
        match self {
            Role::DataOwner => text!("role-data-owner"),
            Role::DataReader => text!("role-data-reader"),
            Role::Contributor => text!("role-contributor"),
            Role::RoleBasedAccessControlAdministrator => text!("role-access-administrator-limited"),
            Role::UserAccessAdministrator => text!("role-access-administrator"),
            Role::Owner => text!("role-owner"),
        }
    }

    /// What a narrower choice would be, beside the wide ones.
    pub fn instead(self) -> Option<Text> {
        match self {
            Role::UserAccessAdministrator => Some(text!("role-access-administrator-instead")),
            Role::Owner => Some(text!("role-owner-instead")),
            _ => None,
        }
    }

    /// The condition that always limits it (condition version 2.0): which roles its holder may assign
    /// and remove.
    pub fn condition(self) -> Option<&'static str> {
        (self == Role::RoleBasedAccessControlAdministrator).then_some(DATA_ROLES_ONLY)
    }

    /// Whether `condition` of an assignment is this role's own; layout aside.
    pub fn is_limited_by(self, condition: Option<&str>) -> bool {
        is_condition(self.condition(), condition)
    }

    /// The last part of the role definition's id, the same in every tenant.
    pub fn guid(self) -> &'static str {
        match self {
            Role::DataOwner => "bcd981a7-7f74-457b-83e1-cceb9e632ffe",
            Role::DataReader => "d57506d4-4c8d-48b1-8587-93c323f6a5a3",
            Role::Contributor => "b24988ac-6180-42a0-ab88-20f7382dd24c",
            Role::RoleBasedAccessControlAdministrator => "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
            Role::UserAccessAdministrator => "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
            Role::Owner => "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
        }
    }

    /// The word that stands for it in forms.
    pub fn word(self) -> &'static str {
        match self {
            Role::DataOwner => "data_owner",
            Role::DataReader => "data_reader",
            Role::Contributor => "contributor",
            Role::RoleBasedAccessControlAdministrator => "role_based_access_control_administrator",
            Role::UserAccessAdministrator => "user_access_administrator",
            Role::Owner => "owner",
        }
    }

    /// One of the data roles.
    pub fn from_word(word: &str) -> Option<Role> {
        Role::DATA.into_iter().find(|role| role.word() == word)
    }

    /// One of the roles that somebody can be raised to.
    pub fn raised_from_word(word: &str) -> Option<Role> {
        Role::RAISED.into_iter().find(|role| role.word() == word)
    }

    pub fn definition_id(self, subscription: &str) -> String {
        definition_id(self.guid(), subscription)
    }
}

/// The role of an assignment: one that the portal knows, kept as its word, or one as Azure listed it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum AssignedRole {
    Known(Role),
    Listed(ListedRole),
}

/// A role as Azure listed it when it was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedRole {
    /// The last part of the role definition's id, in lower case.
    pub guid: String,
    pub name: String,
}

impl AssignedRole {
    pub fn name(&self) -> &str {
        match self {
            AssignedRole::Known(role) => role.name(),
            AssignedRole::Listed(role) => &role.name,
        }
    }

    pub fn guid(&self) -> &str {
        match self {
            AssignedRole::Known(role) => role.guid(),
            AssignedRole::Listed(role) => &role.guid,
        }
    }

    /// As [`Role::condition`].
    pub fn condition(&self) -> Option<&'static str> {
        match self {
            AssignedRole::Known(role) => role.condition(),
            AssignedRole::Listed(_) => None,
        }
    }

    /// As [`Role::is_limited_by`].
    pub fn is_limited_by(&self, condition: Option<&str>) -> bool {
        is_condition(self.condition(), condition)
    }

    pub fn definition_id(&self, subscription: &str) -> String {
        definition_id(self.guid(), subscription)
    }
}

impl From<Role> for AssignedRole {
    fn from(role: Role) -> AssignedRole {
        AssignedRole::Known(role)
    }
}

fn definition_id(guid: &str, subscription: &str) -> String {
    format!(
        "/subscriptions/{subscription}/providers/Microsoft.Authorization/roleDefinitions/{guid}"
    )
}

/// Whether two conditions are the same, layout aside; an empty one is none.
fn is_condition(wanted: Option<&str>, found: Option<&str>) -> bool {
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    found.filter(|text| !text.trim().is_empty()).map(plain) == wanted.map(plain)
}

/// Only the two data roles may be assigned, and removed ("Delegate Azure role assignment management to
/// others with conditions").
const DATA_ROLES_ONLY: &str =
    "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR \
(@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals \
{bcd981a7-7f74-457b-83e1-cceb9e632ffe, d57506d4-4c8d-48b1-8587-93c323f6a5a3}))
AND
((!(ActionMatches{'Microsoft.Authorization/roleAssignments/delete'})) OR \
(@Resource[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals \
{bcd981a7-7f74-457b-83e1-cceb9e632ffe, d57506d4-4c8d-48b1-8587-93c323f6a5a3}))";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_condition_names_the_data_roles_and_is_compared_without_its_layout() {
        let role = Role::RoleBasedAccessControlAdministrator;
        let condition = role.condition().expect("it has one");
        for data in Role::DATA {
            assert_eq!(condition.matches(data.guid()).count(), 2);
        }
        assert!(!condition.contains("  "), "{condition}");
        assert!(role.is_limited_by(Some(&condition.replace('\n', "\r\n  "))));
        assert!(!role.is_limited_by(None) && !role.is_limited_by(Some("true")));
        assert!(Role::Owner.is_limited_by(None) && Role::Owner.is_limited_by(Some(" ")));
        assert!(!Role::Owner.is_limited_by(Some(condition)));
    }

    #[test]
    fn a_known_role_is_kept_as_its_word_and_another_with_its_name() {
        let listed = ListedRole { guid: "g".into(), name: "Twin Maker".into() };
        for (role, json) in [
            (AssignedRole::from(Role::DataOwner), r#""data_owner""#),
            (AssignedRole::Listed(listed), r#"{"guid":"g","name":"Twin Maker"}"#),
        ] {
            assert_eq!(serde_json::to_string(&role).expect("JSON"), json);
            assert_eq!(serde_json::from_str::<AssignedRole>(json).expect("a role"), role);
        }
    }

    #[test]
    fn nobody_is_granted_a_wide_role_by_the_word_for_it() {
        for role in Role::RAISED {
            assert_eq!(Role::from_word(role.word()), None);
            assert_eq!(Role::raised_from_word(role.word()), Some(role));
        }
        for role in Role::DATA {
            assert_eq!(Role::raised_from_word(role.word()), None);
        }
    }
}
