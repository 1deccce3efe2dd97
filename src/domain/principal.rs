//! Who or what a role can be assigned to. Knows nothing of roles held or asked for.

use serde::{Deserialize, Serialize};

use super::scope::Scope;

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
    pub fn detail(&self) -> String {
        let kind = self.kind.label();
        match (&self.name, &self.mail) {
            (None, _) => format!("{kind}, not named by the directory"),
            (Some(_), Some(mail)) => format!("{mail} · {kind}"),
            (Some(_), None) => kind.to_owned(),
        }
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

    pub fn detail(&self) -> String {
        let kind = self.kind.map_or("Unknown kind", PrincipalKind::label);
        match (&self.name, &self.mail) {
            (None, _) => format!("{kind}, not named by the directory"),
            (Some(_), Some(mail)) => format!("{mail} · {kind}"),
            (Some(_), None) => kind.to_owned(),
        }
    }

    /// The word of its picture.
    pub fn icon(&self) -> &'static str {
        self.kind.map_or("User", PrincipalKind::word)
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

    pub fn kind(&self) -> &'static str {
        match &self.user_assigned {
            None => "System-assigned",
            Some(_) => "User-assigned",
        }
    }

    /// `the system-assigned managed identity of dt-lab`
    pub fn words(&self) -> String {
        match &self.user_assigned {
            None => {
                format!("the system-assigned managed identity of {}", self.instance.short())
            }
            Some(identity) => format!("the user-assigned managed identity {}", identity.short()),
        }
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

    pub fn label(self) -> &'static str {
        match self {
            PrincipalKind::User => "User",
            PrincipalKind::Group => "Group",
            PrincipalKind::ServicePrincipal => "Service principal",
            PrincipalKind::ManagedIdentity => "Managed identity",
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
