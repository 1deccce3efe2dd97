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
