//! Azure Digital Twins instances, and whether a name is free for one.

use super::{INSTANCES, NAMESPACE, resource, segment, tags};
use crate::azure::problem::optional;
use crate::azure::{AccessToken, Azure, Result, Service};
use reqwest::Method;
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;

/// `digitaltwins.json`, newest stable
const TWINS: &str = "2023-01-31";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    pub id: String,
    pub name: String,
    pub location: String,
    /// A bare host, not before the instance is there.
    pub host_name: Option<String>,
    /// Only `Succeeded`, `Failed` and `Canceled` are ends; a missing one is `Succeeded`.
    pub provisioning_state: String,
    pub tags: BTreeMap<String, String>,
    /// Absent means allowed.
    pub public_network_access: bool,
    pub identity: Option<Identity>,
    /// As Azure writes it: what tells an instance from a later one of the same name.
    pub created_at: Option<String>,
    /// Resource ids of the private endpoints that are connected to it.
    pub private_endpoints: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// `None`, `SystemAssigned`, `UserAssigned` or `SystemAssigned,UserAssigned`.
    pub kind: String,
    pub principal_id: Option<String>,
    pub user_assigned: Vec<AssignedIdentity>,
}

/// A user-assigned identity as the instance shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssignedIdentity {
    /// A resource id.
    pub id: String,
    pub principal_id: Option<String>,
    pub client_id: Option<String>,
}

impl Instance {
    /// Object ID of the system-assigned identity, where that is on.
    pub fn principal_id(&self) -> Option<&str> {
        self.identity.as_ref()?.principal_id.as_deref()
    }

    pub fn user_assigned(&self) -> impl Iterator<Item = &AssignedIdentity> {
        self.identity.iter().flat_map(|identity| &identity.user_assigned)
    }

    /// Object id of one of its identities: of the user-assigned one with this resource id, or of the
    /// system-assigned. `None` where it has no such identity.
    pub fn principal_of(&self, user_assigned: Option<&str>) -> Option<&str> {
        let identity = self.identity.as_ref()?;
        match user_assigned {
            None => identity.principal_id.as_deref(),
            Some(id) => {
                let mut all = identity.user_assigned.iter();
                all.find(|one| one.id.eq_ignore_ascii_case(id))?.principal_id.as_deref()
            }
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameAnswer {
    pub available: bool,
    pub message: String,
}

impl Azure {
    pub async fn instances(
        &self,
        token: &AccessToken,
        subscription: &str,
    ) -> Result<Vec<Instance>> {
        let subscription = segment(subscription)?;
        let path = format!(
            "/subscriptions/{subscription}/providers/{NAMESPACE}/{INSTANCES}?api-version={TWINS}"
        );
        let rows: Vec<Row> = self.list(token, &path).await?;
        Ok(rows.into_iter().map(Row::into_instance).collect())
    }

    pub async fn instance(&self, token: &AccessToken, id: &str) -> Result<Option<Instance>> {
        let path = format!("{}?api-version={TWINS}", resource(id)?);
        let row: Option<Row> = optional(self.read(token, &path).await)?;
        Ok(row.map(Row::into_instance))
    }

    /// Whether a name is free in a region now. Nothing is reserved by asking.
    pub async fn check_name(
        &self,
        token: &AccessToken,
        subscription: &str,
        region: &str,
        name: &str,
    ) -> Result<NameAnswer> {
        let (subscription, region) = (segment(subscription)?, segment(region)?);
        let url = self.arm_url(&format!(
            "/subscriptions/{subscription}/providers/{NAMESPACE}/locations/{region}/checkNameAvailability?api-version={TWINS}"
        ))?;
        let body = json!({ "name": name, "type": format!("{NAMESPACE}/{INSTANCES}") });
        let request = self
            .0
            .http
            .request(Service::Arm, Method::POST, url)
            .bearer_auth(token.text())
            .json(&body);
        let row: NameRow =
            self.0.http.send(Service::Arm, request, self.0.settings.arm_body).await?.read()?;
        Ok(NameAnswer {
            available: row.name_available,
            message: row.message.or(row.reason).unwrap_or_default(),
        })
    }
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Row {
    id: Option<String>,
    name: Option<String>,
    location: Option<String>,
    tags: Option<BTreeMap<String, Option<String>>>,
    identity: Option<IdentityRow>,
    properties: Option<Properties>,
    system_data: Option<SystemData>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct SystemData {
    created_at: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Properties {
    provisioning_state: Option<String>,
    host_name: Option<String>,
    public_network_access: Option<String>,
    created_time: Option<String>,
    private_endpoint_connections: Option<Vec<Connection>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Connection {
    properties: Option<ConnectionProperties>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ConnectionProperties {
    private_endpoint: Option<Reference>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Reference {
    id: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Ids {
    principal_id: Option<String>,
    client_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct IdentityRow {
    r#type: Option<String>,
    principal_id: Option<String>,
    user_assigned_identities: Option<BTreeMap<String, Option<Ids>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NameRow {
    name_available: bool,
    reason: Option<String>,
    message: Option<String>,
}

impl Row {
    fn into_instance(self) -> Instance {
        let properties = self.properties.unwrap_or_default();
        let access = properties.public_network_access;
        Instance {
            id: self.id.unwrap_or_default(),
            name: self.name.unwrap_or_default(),
            location: self.location.unwrap_or_default(),
            host_name: properties.host_name.filter(|host| !host.is_empty()),
            provisioning_state: properties.provisioning_state.unwrap_or_else(|| "Succeeded".into()),
            tags: tags(self.tags),
            public_network_access: !access
                .is_some_and(|access| access.eq_ignore_ascii_case("Disabled")),
            identity: self.identity.map(|identity| Identity {
                kind: identity.r#type.unwrap_or_else(|| "None".into()),
                principal_id: identity.principal_id,
                user_assigned: identity
                    .user_assigned_identities
                    .unwrap_or_default()
                    .into_iter()
                    .map(|(id, ids)| {
                        let Ids { principal_id, client_id } = ids.unwrap_or_default();
                        AssignedIdentity { id, principal_id, client_id }
                    })
                    .collect(),
            }),
            created_at: self
                .system_data
                .and_then(|system| system.created_at)
                .or(properties.created_time),
            private_endpoints: properties
                .private_endpoint_connections
                .unwrap_or_default()
                .into_iter()
                .filter_map(|connection| connection.properties?.private_endpoint?.id)
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instance_as_recorded_while_it_is_made() {
        let row: Row = serde_json::from_value(json!({
            "id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.DigitalTwins/digitalTwinsInstances/n",
            "name": "n", "type": "Microsoft.DigitalTwins/digitalTwinsInstances", "location": "eastus", "tags": null,
            "identity": {"principalId": "p", "tenantId": "t", "type": "SystemAssigned"},
            "properties": {"provisioningState": "Provisioning", "hostName": null, "publicNetworkAccess": "Enabled", "privateEndpointConnections": null},
        }))
        .unwrap();
        let instance = row.into_instance();
        assert_eq!(
            (instance.host_name, instance.provisioning_state.as_str()),
            (None, "Provisioning")
        );
        assert!(instance.public_network_access && instance.tags.is_empty());
        assert_eq!(instance.identity.unwrap().principal_id.as_deref(), Some("p"));
    }
}
