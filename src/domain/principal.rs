//! Who or what a role can be assigned to. Knows nothing of roles held or asked for.

use serde::{Deserialize, Serialize};

use super::scope::Scope;
use crate::{text, words::Text};

/// Somebody or something that a role can be assigned to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Principal {
    pub id: String,
    pub kind: PrincipalKind,
    /// As the directory named it; `None` when the directory could not be asked. Never taken from
    /// a form: an approver reads it.
    pub name: Option<String>,
    pub mail: Option<String>,
}

impl Principal {
    pub fn label(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.id)
    }

    /// What stands beside the label: `ada@contoso.com · User`.
    pub fn detail(&self) -> Text {
        detail(self.kind.label(), self.name.as_ref(), self.mail.as_ref())
    }
}

/// Somebody or something that holds a role, as Azure and the directory show it. The directory may not
/// know them any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    pub id: String,
    /// `None` where Azure does not say, or says something else.
    pub kind: Option<PrincipalKind>,
    pub name: Option<String>,
    pub mail: Option<String>,
}

impl Holder {
    pub fn label(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.id)
    }

    pub fn detail(&self) -> Text {
        let kind = self.kind.map_or_else(|| text!("kind-of-unknown"), PrincipalKind::label);
        detail(kind, self.name.as_ref(), self.mail.as_ref())
    }

    /// The word of its picture.
    pub fn icon(&self) -> &'static str {
        self.kind.map_or("User", PrincipalKind::word)
    }
}

fn detail(kind: Text, name: Option<&String>, mail: Option<&String>) -> Text {
    match (name, mail) {
        (None, _) => text!("principal-unnamed", kind = kind),
        (Some(_), Some(mail)) => Text::joined([Text::verbatim(mail.clone()), kind], " · "),
        (Some(_), None) => kind,
    }
}

/// A managed identity of an instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstanceIdentity {
    pub instance: Scope,
    /// The user-assigned identity, or the system-assigned where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_assigned: Option<Scope>,
}

impl InstanceIdentity {
    /// What it is called: a system-assigned one as the instance.
    pub fn name(&self) -> &str {
        self.user_assigned.as_ref().unwrap_or(&self.instance).short()
    }

    pub fn kind(&self) -> Text {
        match &self.user_assigned {
            None => text!("assigned-system"),
            Some(_) => text!("assigned-user"),
        }
    }

    /// By whom it is assigned, as messages tell the two apart.
    pub fn assigned(&self) -> &'static str {
        if self.user_assigned.is_some() { "user" } else { "system" }
    }
}

/// What a role is held by. Azure's `principalType`, which every role assignment should state, is a
/// [`PrincipalKind::word`] of it: a managed identity is one of the service principals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum PrincipalKind {
    User,
    Group,
    ServicePrincipal,
    ManagedIdentity,
}

impl PrincipalKind {
    /// What an object ID can be said to be of.
    pub const ALL: [PrincipalKind; 3] =
        [PrincipalKind::User, PrincipalKind::Group, PrincipalKind::ServicePrincipal];

    /// The value that Azure's API takes.
    pub fn word(self) -> &'static str {
        match self {
            PrincipalKind::User => "User",
            PrincipalKind::Group => "Group",
            PrincipalKind::ServicePrincipal | PrincipalKind::ManagedIdentity => "ServicePrincipal",
        }
    }

    pub fn label(self) -> Text {
        match self {
            PrincipalKind::User => text!("kind-of-user"),
            PrincipalKind::Group => text!("kind-of-group"),
            PrincipalKind::ServicePrincipal => text!("kind-of-service-principal"),
            PrincipalKind::ManagedIdentity => text!("kind-of-managed-identity"),
        }
    }

    pub fn from_word(word: &str) -> Option<PrincipalKind> {
        PrincipalKind::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// `8-4-4-4-12` hexadecimal digits: object ids, subscription ids.
pub fn is_guid(text: &str) -> bool {
    text.len() == 36 && uuid::Uuid::try_parse(text).is_ok()
}
