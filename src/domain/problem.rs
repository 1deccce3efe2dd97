//! What stands in the way of a step. Knows neither what follows from it nor who is told.

use serde::{Deserialize, Serialize};

use super::refusals::{self, Refusal, Retry};

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
    /// A problem that we found and not Azure.
    pub fn ours(code: &str, message: &str) -> Problem {
        Problem {
            code: code.to_owned(),
            message: message.to_owned(),
            correlation: None,
            status: None,
        }
    }

    /// What holds up the other runs of somebody whom Azure has sent away.
    pub fn throttled(name: &str) -> Problem {
        Problem::ours(
            "Throttled",
            &format!(
                "Azure has asked to be left alone in the name of {name}, at another call. This waits \
                 with it."
            ),
        )
    }

    /// What it means here and what can be done; nothing where Azure's words stand alone.
    pub fn meaning(&self) -> Option<&'static Refusal> {
        refusals::find(&self.code, &self.message)
    }

    /// Whether another try may end otherwise, as far as is known.
    pub fn can_be_retried(&self) -> bool {
        self.meaning().is_none_or(|meaning| meaning.retry != Retry::Never)
    }

    /// Whether Azure takes no calls in this person's name for a while, and not this call alone.
    pub fn is_throttling(&self) -> bool {
        self.status == Some(429)
    }
}
