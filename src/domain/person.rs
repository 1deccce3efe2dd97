//! Who somebody is. Knows nothing of what they may do in Azure: that is asked of Azure.

use serde::{Deserialize, Serialize};

/// Somebody of the tenant who has signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Entra object id: the same value that Graph calls `id` and role assignments call
    /// `principalId`. The only thing about a person that is ever compared.
    pub id: String,
    pub name: String,
    /// User principal name; for display only, it can change.
    pub upn: String,
    /// Holds the Entra app role `Auditor`.
    pub auditor: bool,
}

impl Person {
    pub fn named(&self) -> Named {
        Named { id: self.id.clone(), name: self.name.clone() }
    }
}

/// A person as a record of the past names them: the id that counts and the name they had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    pub id: String,
    pub name: String,
}
