//! User-assigned managed identities, which instances can be given.

use super::{resource, segment};
use crate::azure::problem::optional;
use crate::azure::{AccessToken, Azure, Result};
use serde::Deserialize;

/// `ManagedIdentity.json`
const IDENTITIES: &str = "2023-01-31";
const KIND: &str = "Microsoft.ManagedIdentity/userAssignedIdentities";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserIdentity {
    /// Azure writes `resourcegroups` in it.
    pub id: String,
    pub name: String,
    pub location: String,
    pub principal_id: Option<String>,
    pub client_id: Option<String>,
}

impl Azure {
    pub async fn user_identities(
        &self,
        token: &AccessToken,
        subscription: &str,
    ) -> Result<Vec<UserIdentity>> {
        let subscription = segment(subscription)?;
        let path =
            format!("/subscriptions/{subscription}/providers/{KIND}?api-version={IDENTITIES}");
        let rows: Vec<Row> = self.list(token, &path).await?;
        Ok(rows.into_iter().map(Row::into_identity).collect())
    }

    pub async fn user_identity(
        &self,
        token: &AccessToken,
        id: &str,
    ) -> Result<Option<UserIdentity>> {
        let path = format!("{}?api-version={IDENTITIES}", resource(id)?);
        let row: Option<Row> = optional(self.read(token, &path).await)?;
        Ok(row.map(Row::into_identity))
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Row {
    id: Option<String>,
    name: Option<String>,
    location: Option<String>,
    properties: Option<Properties>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Properties {
    principal_id: Option<String>,
    client_id: Option<String>,
}

impl Row {
    fn into_identity(self) -> UserIdentity {
        let properties = self.properties.unwrap_or_default();
        UserIdentity {
            id: self.id.unwrap_or_default(),
            name: self.name.unwrap_or_default(),
            location: self.location.unwrap_or_default(),
            principal_id: properties.principal_id,
            client_id: properties.client_id,
        }
    }
}
