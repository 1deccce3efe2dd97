//! What an instance sends its events to: endpoints and data history connections.

use super::resource;
use crate::azure::{AccessToken, Azure, Result};
use serde::Deserialize;

/// `digitaltwins.json`, newest stable
const TWINS: &str = "2023-01-31";

/// Something of an instance that delivers elsewhere, and as whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outlet {
    pub name: String,
    /// `EventHub`, `EventGrid` or `ServiceBus`; of a data history connection `AzureDataExplorer`.
    pub kind: String,
    pub provisioning_state: String,
    pub acts_as: ActsAs,
    /// Where it delivers to, as far as Azure tells it.
    pub target: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActsAs {
    /// It has a key of its own.
    Key,
    System,
    /// A resource id.
    User(String),
}

impl Azure {
    pub async fn endpoints(&self, token: &AccessToken, instance: &str) -> Result<Vec<Outlet>> {
        let path = format!("{}/endpoints?api-version={TWINS}", resource(instance)?);
        let rows: Vec<Row> = self.list(token, &path).await?;
        Ok(rows.into_iter().map(Row::into_endpoint).collect())
    }

    pub async fn data_history(&self, token: &AccessToken, instance: &str) -> Result<Vec<Outlet>> {
        let path =
            format!("{}/timeSeriesDatabaseConnections?api-version={TWINS}", resource(instance)?);
        let rows: Vec<Row> = self.list(token, &path).await?;
        Ok(rows.into_iter().map(Row::into_connection).collect())
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Row {
    name: Option<String>,
    properties: Option<Properties>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Properties {
    endpoint_type: Option<String>,
    connection_type: Option<String>,
    provisioning_state: Option<String>,
    authentication_type: Option<String>,
    identity: Option<Reference>,
    endpoint_uri: Option<String>,
    entity_path: Option<String>,
    /// Spelled so in the specification.
    #[serde(rename = "TopicEndpoint")]
    topic_endpoint: Option<String>,
    adx_endpoint_uri: Option<String>,
    adx_database_name: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Reference {
    r#type: Option<String>,
    user_assigned_identity: Option<String>,
}

impl Row {
    fn into_endpoint(self) -> Outlet {
        let properties = self.properties.unwrap_or_default();
        let by_identity = properties
            .authentication_type
            .as_deref()
            .is_some_and(|kind| kind.eq_ignore_ascii_case("IdentityBased"));
        let acts_as = match by_identity {
            true => acts_as(properties.identity),
            false => ActsAs::Key,
        };
        let target = match (properties.endpoint_uri, properties.topic_endpoint) {
            (Some(uri), _) => below(&uri, properties.entity_path.as_deref()),
            (None, topic) => topic.unwrap_or_default(),
        };
        Outlet {
            name: self.name.unwrap_or_default(),
            kind: properties.endpoint_type.unwrap_or_default(),
            provisioning_state: properties.provisioning_state.unwrap_or_else(|| "Succeeded".into()),
            acts_as,
            target,
        }
    }

    fn into_connection(self) -> Outlet {
        let properties = self.properties.unwrap_or_default();
        let uri = properties.adx_endpoint_uri.unwrap_or_default();
        Outlet {
            name: self.name.unwrap_or_default(),
            kind: properties.connection_type.unwrap_or_default(),
            provisioning_state: properties.provisioning_state.unwrap_or_else(|| "Succeeded".into()),
            acts_as: acts_as(properties.identity),
            target: below(&uri, properties.adx_database_name.as_deref()),
        }
    }
}

/// Where none is named, it is the instance's own.
fn acts_as(identity: Option<Reference>) -> ActsAs {
    let identity = identity.unwrap_or_default();
    let is_user = identity.r#type.is_some_and(|kind| kind.eq_ignore_ascii_case("UserAssigned"));
    match identity.user_assigned_identity {
        Some(id) if is_user => ActsAs::User(id),
        _ => ActsAs::System,
    }
}

fn below(uri: &str, name: Option<&str>) -> String {
    match name {
        Some(name) => format!("{}/{name}", uri.trim_end_matches('/')),
        None => uri.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn endpoint(properties: serde_json::Value) -> Outlet {
        let row: Row =
            serde_json::from_value(json!({ "name": "e", "properties": properties })).unwrap();
        row.into_endpoint()
    }

    #[test]
    fn an_endpoint_with_a_key_uses_no_identity() {
        let found = endpoint(json!({
            "endpointType": "EventGrid", "provisioningState": "Succeeded", "TopicEndpoint": "https://t.example",
            "accessKey1": "***", "identity": null,
        }));
        assert_eq!((found.acts_as, found.target.as_str()), (ActsAs::Key, "https://t.example"));
    }

    #[test]
    fn an_endpoint_names_the_identity_that_it_uses() {
        let with = |identity| {
            endpoint(json!({
                "endpointType": "EventHub", "authenticationType": "IdentityBased",
                "endpointUri": "sb://ns.servicebus.windows.net/", "entityPath": "hub", "identity": identity,
            }))
        };
        assert_eq!(with(json!(null)).acts_as, ActsAs::System);
        assert_eq!(with(json!({"type": "SystemAssigned"})).acts_as, ActsAs::System);
        let user = with(json!({"type": "UserAssigned", "userAssignedIdentity": "/x"}));
        assert_eq!(user.acts_as, ActsAs::User("/x".into()));
        assert_eq!(user.target, "sb://ns.servicebus.windows.net/hub");
    }

    #[test]
    fn a_connection_always_uses_one() {
        let row: Row = serde_json::from_value(json!({"name": "h", "properties": {
            "connectionType": "AzureDataExplorer", "adxEndpointUri": "https://adx", "adxDatabaseName": "db",
        }}))
        .unwrap();
        let found = row.into_connection();
        assert_eq!((found.acts_as, found.target.as_str()), (ActsAs::System, "https://adx/db"));
    }
}
