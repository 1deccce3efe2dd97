//! What a person asks for, parsed once from what they typed, and the plan that fulfils it. Knows
//! neither form nor page: only texts and the rules that they must keep. One file for each kind.

mod about;
mod assign_identity_role;
mod change_identity;
mod change_networking;
mod change_tags;
mod create_instance;
mod delete_instance;
mod grant_access;
mod names;
mod networking;
mod raise_role;
mod revoke_access;

use std::ops::Deref;

use serde::{Deserialize, Serialize};

pub use about::{AboutText, moment};
pub use assign_identity_role::{
    AssignIdentityRole, IdentityRoleText, NEEDED_ROLES, NeededRole, OfferedRole, parse_scopes,
};
pub use change_identity::{
    ChangeIdentity, HeldRole, IdentityChange, IdentityState, IdentityText, Sighting, Use,
};
pub use change_networking::{ChangeNetworking, NetworkingChange, NetworkingText};
pub use change_tags::{ChangeTags, Tags, is_own as is_own_tag};
pub use create_instance::{CreateInstance, InstanceText};
pub use delete_instance::{DeleteInstance, Losses};
pub use grant_access::{AccessText, GrantAccess};
pub use names::{
    REQUEST_TAG, REQUESTER_TAG, resource_id, wrong_with_group, wrong_with_name,
    wrong_with_resource_id,
};
pub use networking::{
    Connection, EndpointText, MOST_ENDPOINTS, Networking, PrivateEndpoint, ZONE, access_text,
    access_word, network_of, parse_endpoints, parse_subnet, state_text, wrong_with_endpoint_name,
    wrong_with_subnet,
};
pub use raise_role::{RaiseRole, RaiseText};
pub use revoke_access::{Assignment, IdentityUse, MOST_ASSIGNMENTS, RevokeAccess};

use super::{
    person::Person,
    plan::{Steps, Surroundings},
    principal::Principal,
    role::Role,
    scope::Scope,
};
use crate::{text, words::Text};

/// A request's content. Names inside are a file format: add, never rename.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Asked {
    CreateInstance(CreateInstance),
    GrantAccess(GrantAccess),
    ChangeNetworking(ChangeNetworking),
    ChangeTags(ChangeTags),
    RaiseRole(RaiseRole),
    RevokeAccess(RevokeAccess),
    ChangeIdentity(ChangeIdentity),
    DeleteInstance(DeleteInstance),
    AssignIdentityRole(AssignIdentityRole),
}

/// What everything that can be asked for answers.
pub trait Content {
    /// As `serde` names it in [`Asked`], and as the database's column `kind` does.
    fn kind(&self) -> &'static str;

    /// `Create instance dt-lab` or `Azure Digital Twins Data Owner on dt-lab`.
    fn title(&self) -> Text;

    fn subscription(&self) -> &Subscription;

    fn justification(&self) -> &str;

    /// What it is about: mostly an instance, which may not exist yet.
    fn scope(&self) -> Scope;

    /// Where a decider must hold the right to assign roles: the narrowest scope that exists
    /// already.
    fn decided_at(&self) -> Scope {
        self.scope()
    }

    /// What is asked, line by line, as the form called it; subscription and justification aside.
    fn facts(&self) -> Vec<Fact>;

    /// What everybody should have read before it is done: what will stop, what will be lost. As it
    /// was seen when it was asked.
    fn warnings(&self) -> Vec<Warning> {
        Vec::new()
    }

    /// When the existing instance that it is about was made, as it was seen when it was asked: another
    /// of the same name is not what was approved. `None` where it could not be seen.
    fn instance_made_at(&self) -> Option<&str> {
        None
    }

    /// The steps that fulfil it, in the order in which they must be done; what is known not to be
    /// needed is left out.
    fn plan(&self, steps: &mut Steps, requester: &Person, seen: Surroundings);
}

/// Every kind, and the message by which a list calls it.
pub const KINDS: [(&str, &str); 9] = [
    ("create_instance", "kind-create-instance"),
    ("delete_instance", "kind-delete-instance"),
    ("grant_access", "kind-grant-access"),
    ("revoke_access", "kind-revoke-access"),
    ("raise_role", "kind-raise-role"),
    ("change_networking", "kind-change-networking"),
    ("change_tags", "kind-change-tags"),
    ("change_identity", "kind-change-identity"),
    ("assign_identity_role", "kind-assign-identity-role"),
];

impl Asked {
    /// Whether nobody should decide about it who has not had its page before them: there is something
    /// to be read first.
    pub fn is_read_first(&self) -> bool {
        matches!(self, Asked::RevokeAccess(_) | Asked::DeleteInstance(_))
            || !self.warnings().is_empty()
    }

    /// The place where it is decided, as people call it.
    pub fn decided_in(&self) -> String {
        match self.decided_at() {
            Scope::Subscription { .. } => self.subscription().name.clone(),
            narrower => narrower.short().to_owned(),
        }
    }
}

impl Deref for Asked {
    type Target = dyn Content;

    fn deref(&self) -> &Self::Target {
        match self {
            Asked::CreateInstance(create) => create,
            Asked::GrantAccess(grant) => grant,
            Asked::ChangeNetworking(change) => change,
            Asked::ChangeTags(change) => change,
            Asked::RaiseRole(raise) => raise,
            Asked::RevokeAccess(revoke) => revoke,
            Asked::ChangeIdentity(change) => change,
            Asked::DeleteInstance(delete) => delete,
            Asked::AssignIdentityRole(assign) => assign,
        }
    }
}

/// One line of what is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    pub label: Text,
    pub value: Text,
    /// Said beside it, more quietly; often empty.
    pub note: Text,
}

impl Fact {
    pub fn of(label: Text, value: Text) -> Fact {
        Fact::noted(label, value, Text::none())
    }

    pub fn noted(label: Text, value: Text, note: Text) -> Fact {
        Fact { label, value, note }
    }

    pub fn about(label: Text, principal: &Principal) -> Fact {
        Fact::noted(label, Text::verbatim(principal.label().to_owned()), principal.detail())
    }
}

/// One thing to have read before it is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// `This will stop`
    pub title: Text,
    pub text: Text,
    /// What it is about, one by one.
    pub items: Vec<Text>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    pub id: String,
    pub name: String,
}

impl Subscription {
    /// One whose name Azure does not show.
    pub fn unnamed(id: &str) -> Subscription {
        Subscription { id: id.to_owned(), name: id.to_owned() }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grantee {
    pub principal: Principal,
    pub role: Role,
}

impl Grantee {
    pub fn is_for(&self, person: &Person) -> bool {
        self.principal.id.eq_ignore_ascii_case(&person.id)
    }

    fn fact(&self) -> Fact {
        Fact::about(Text::verbatim(self.role.name()), &self.principal)
    }
}

/// Members of one request.
pub const MOST_MEMBERS: usize = 20;

/// A thing wrong with one field, and the remedy, for the person who typed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The form's name of the field.
    pub field: &'static str,
    /// Of a field that comes several times: which one, counted from 1.
    pub row: Option<usize>,
    pub message: Text,
}

impl Problem {
    /// As it is said where the field is not: there, a row does not say of what it is one.
    pub fn told(&self) -> Text {
        match self.row {
            Some(number) if !self.is_of_tag() => {
                text!("form-wrong-endpoint", number = number, problem = self.message.clone())
            }
            _ => self.message.clone(),
        }
    }

    pub fn is_of_tag(&self) -> bool {
        ["tags", "tag", "tag-name"].contains(&self.field)
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    pub fn add(&mut self, field: &'static str, message: Text) {
        self.0.push(Problem { field, row: None, message });
    }

    pub fn add_in(&mut self, row: usize, field: &'static str, message: Text) {
        self.0.push(Problem { field, row: Some(row), message });
    }

    /// What is wrong with this field in this row; empty when nothing is.
    pub fn in_row(&self, row: usize, field: &str) -> Text {
        let wrong = |problem: &&Problem| problem.row == Some(row) && problem.field == field;
        self.0.iter().find(wrong).map(|problem| problem.message.clone()).unwrap_or_default()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is wrong with this field; empty when nothing is.
    pub fn at(&self, field: &str) -> Text {
        self.of(field).unwrap_or_default()
    }

    /// What is wrong with the one or else with the other, which stand in one place on the page.
    pub fn at_either(&self, one: &str, other: &str) -> Text {
        self.of(one).unwrap_or_else(|| self.at(other))
    }

    /// What is wrong with this field, if anything.
    pub fn of(&self, field: &str) -> Option<Text> {
        self.0.iter().find(|problem| problem.field == field).map(|problem| problem.message.clone())
    }
}
