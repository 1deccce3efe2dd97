//! Locks: what keeps a scope from being changed, whoever asks.

use super::resource;
use crate::azure::{AccessToken, Azure, Result};
use serde::Deserialize;

/// `locks.json`
const LOCKS: &str = "2020-05-01";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lock {
    pub name: String,
    /// `ReadOnly` or `CanNotDelete`.
    pub level: String,
}

impl Azure {
    /// The locks at a scope and above it.
    pub async fn locks(&self, token: &AccessToken, scope: &str) -> Result<Vec<Lock>> {
        let path = format!(
            "{}/providers/Microsoft.Authorization/locks?api-version={LOCKS}&$filter=atScope()",
            resource(scope)?
        );
        let rows: Vec<Row> = self.list(token, &path).await?;
        Ok(rows.into_iter().map(Row::into_lock).collect())
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Row {
    name: Option<String>,
    properties: Option<Properties>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Properties {
    level: Option<String>,
}

impl Row {
    fn into_lock(self) -> Lock {
        Lock {
            name: self.name.unwrap_or_default(),
            level: self.properties.unwrap_or_default().level.unwrap_or_default(),
        }
    }
}
