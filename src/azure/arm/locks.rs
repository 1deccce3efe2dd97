//! Locks, which keep from changing or deleting whoever may do so otherwise.

use super::resource;
use crate::azure::{AccessToken, Azure, Result};
use serde::Deserialize;

/// `locks.json`
const LOCKS: &str = "2020-05-01";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lock {
    pub name: String,
    /// Where it was set, which may be above what was asked about.
    pub scope: String,
    /// `CanNotDelete` or `ReadOnly`.
    pub level: String,
    pub notes: Option<String>,
}

impl Lock {
    /// Whether it also keeps from changing.
    pub fn is_read_only(&self) -> bool {
        self.level.eq_ignore_ascii_case("ReadOnly")
    }
}

impl Azure {
    /// Those at the scope and above it.
    pub async fn locks(&self, token: &AccessToken, scope: &str) -> Result<Vec<Lock>> {
        let path = format!(
            "{}/providers/Microsoft.Authorization/locks?api-version={LOCKS}&$filter=atScope%28%29",
            resource(scope)?
        );
        let rows: Vec<Row> = self.list(token, &path).await?;
        Ok(rows.into_iter().map(Row::into_lock).collect())
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Row {
    id: Option<String>,
    name: Option<String>,
    properties: Option<Properties>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Properties {
    level: Option<String>,
    notes: Option<String>,
}

impl Row {
    fn into_lock(self) -> Lock {
        let properties = self.properties.unwrap_or_default();
        let id = self.id.unwrap_or_default();
        let end = id.to_ascii_lowercase().rfind("/providers/microsoft.authorization/locks/");
        Lock {
            name: self.name.unwrap_or_default(),
            scope: end.map_or("", |end| &id[..end]).to_owned(),
            level: properties.level.unwrap_or_default(),
            notes: properties.notes.filter(|notes| !notes.is_empty()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_lock_tells_where_it_was_set() {
        let row: Row = serde_json::from_value(json!({
            "id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Authorization/locks/keep",
            "name": "keep", "properties": {"level": "CanNotDelete", "notes": null},
        }))
        .unwrap();
        let lock = row.into_lock();
        assert_eq!(lock.scope, "/subscriptions/s/resourceGroups/g");
        assert!(!lock.is_read_only());
    }
}
