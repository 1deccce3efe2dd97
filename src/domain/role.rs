//! The roles that can be asked for here. Role names may change in Azure, their GUIDs do not.

use serde::{Deserialize, Serialize};

/// A data role of Azure Digital Twins (Azure built-in roles, "Internet of Things").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    DataOwner,
    DataReader,
}

impl Role {
    pub const ALL: [Role; 2] = [Role::DataOwner, Role::DataReader];

    pub fn name(self) -> &'static str {
        match self {
            Role::DataOwner => "Azure Digital Twins Data Owner",
            Role::DataReader => "Azure Digital Twins Data Reader",
        }
    }

    pub fn description(self) -> &'static str {
        match self {
            Role::DataOwner => {
                "Full access to the instance's data: models, twins, relationships, queries, event routes."
            }
            Role::DataReader => {
                "Reads the instance's data: models, twins, relationships, queries. Changes nothing."
            }
        }
    }

    /// The last part of the role definition's id, the same in every tenant.
    pub fn guid(self) -> &'static str {
        match self {
            Role::DataOwner => "bcd981a7-7f74-457b-83e1-cceb9e632ffe",
            Role::DataReader => "d57506d4-4c8d-48b1-8587-93c323f6a5a3",
        }
    }

    /// The word that stands for it in forms.
    pub fn word(self) -> &'static str {
        match self {
            Role::DataOwner => "data_owner",
            Role::DataReader => "data_reader",
        }
    }

    pub fn from_word(word: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.word() == word)
    }

    pub fn definition_id(self, subscription: &str) -> String {
        format!(
            "/subscriptions/{subscription}/providers/Microsoft.Authorization/roleDefinitions/{}",
            self.guid()
        )
    }
}
