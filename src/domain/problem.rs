//! What stands in the way of a step. Knows neither what follows from it nor who is told.

use serde::{Deserialize, Serialize};

/// What Azure said against it, in Azure's words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    pub code: String,
    pub message: String,
    /// Azure's correlation id, where it gave one.
    pub correlation: Option<String>,
    /// HTTP status, where there was an answer at all.
    pub status: Option<u16>,
}

impl Problem {
    /// What helps against it, for whoever reads Azure's words; empty where those say it all.
    pub fn remedy(&self) -> &'static str {
        let about = |word: &str| self.message.contains(word);
        match self.code.as_str() {
            "LinkedAuthorizationFailed" if about("/subnets/join/") => {
                "Somebody with the role Network Contributor on the virtual network, or with another \
                 role that may join its subnets, retries this, or gives that role to the person of \
                 the step first."
            }
            "LinkedAuthorizationFailed" => {
                "The person of the step needs a role on the linked scope that Azure names, too."
            }
            "ScopeLocked" => {
                "Somebody who may manage locks, an Owner or User Access Administrator, removes the \
                 lock first."
            }
            "BadRequest" if about("instances in this region") => {
                "Ask again with another region, delete an instance that is not used, or have Azure's \
                 support raise the limit."
            }
            _ => "",
        }
    }
}
