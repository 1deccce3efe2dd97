//! Virtual networks, private endpoints, private DNS zones, and an instance's private endpoint
//! connections.

use super::{resource, segment};
use crate::azure::problem::optional;
use crate::azure::{AccessToken, Azure, Result};
use serde::Deserialize;

/// `virtualNetwork.json`, `privateEndpoint.json`
const NETWORKS: &str = "2024-01-01";
/// `privatedns.json`
const ZONES: &str = "2020-06-01";
/// `digitaltwins.json`
const TWINS: &str = "2023-01-31";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    pub id: String,
    pub name: String,
    pub location: String,
    pub subnets: Vec<Subnet>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subnet {
    pub id: String,
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrivateEndpoint {
    pub id: String,
    /// A missing one is `Succeeded`.
    pub provisioning_state: String,
    pub subnet: String,
    /// What it is connected to, and the state of the connection as the endpoint shows it.
    pub connections: Vec<(String, String)>,
}

/// A private DNS zone, or its tie to a virtual network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    pub id: String,
    pub provisioning_state: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZoneLink {
    pub id: String,
    pub provisioning_state: String,
    /// Resource id of the virtual network.
    pub network: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZoneGroup {
    pub provisioning_state: String,
    /// Resource ids of the zones.
    pub zones: Vec<String>,
}

/// The instance's side of a private endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    pub id: String,
    /// Resource id of the private endpoint.
    pub endpoint: String,
    /// `Pending`, `Approved`, `Rejected` or `Disconnected`.
    pub status: String,
    pub description: String,
    /// What whoever made the private endpoint has to do; empty where Azure says `None`.
    pub actions_required: String,
    pub provisioning_state: String,
}

impl Azure {
    /// The virtual networks of a subscription with their subnets.
    pub async fn networks(&self, token: &AccessToken, subscription: &str) -> Result<Vec<Network>> {
        let subscription = segment(subscription)?;
        let path = format!(
            "/subscriptions/{subscription}/providers/Microsoft.Network/virtualNetworks?api-version={NETWORKS}"
        );
        let rows: Vec<Row> = self.list(token, &path).await?;
        Ok(rows.into_iter().map(Row::into_network).collect())
    }

    pub async fn network(&self, token: &AccessToken, id: &str) -> Result<Option<Network>> {
        Ok(self.network_row(token, id, NETWORKS).await?.map(Row::into_network))
    }

    pub async fn private_endpoint(
        &self,
        token: &AccessToken,
        id: &str,
    ) -> Result<Option<PrivateEndpoint>> {
        Ok(self.network_row(token, id, NETWORKS).await?.map(Row::into_endpoint))
    }

    pub async fn private_zone(&self, token: &AccessToken, id: &str) -> Result<Option<Zone>> {
        let row = self.network_row(token, id, ZONES).await?;
        Ok(row.map(|row| Zone { provisioning_state: row.state(), id: row.id.unwrap_or_default() }))
    }

    pub async fn zone_links(&self, token: &AccessToken, zone: &str) -> Result<Vec<ZoneLink>> {
        let path = format!("{}/virtualNetworkLinks?api-version={ZONES}", resource(zone)?);
        let rows: Vec<Row> = self.list(token, &path).await?;
        Ok(rows.into_iter().map(Row::into_link).collect())
    }

    pub async fn zone_group(&self, token: &AccessToken, id: &str) -> Result<Option<ZoneGroup>> {
        Ok(self.network_row(token, id, NETWORKS).await?.map(Row::into_group))
    }

    /// The private endpoint connections of an instance.
    pub async fn connections(
        &self,
        token: &AccessToken,
        instance: &str,
    ) -> Result<Vec<Connection>> {
        let instance = resource(instance)?;
        let path = format!("{instance}/privateEndpointConnections?api-version={TWINS}");
        let rows: Vec<Row> = self.list(token, &path).await?;
        Ok(rows.into_iter().map(Row::into_connection).collect())
    }

    pub async fn connection(&self, token: &AccessToken, id: &str) -> Result<Option<Connection>> {
        Ok(self.network_row(token, id, TWINS).await?.map(Row::into_connection))
    }

    async fn network_row(
        &self,
        token: &AccessToken,
        id: &str,
        version: &str,
    ) -> Result<Option<Row>> {
        let path = format!("{}?api-version={version}", resource(id)?);
        optional(self.read(token, &path).await)
    }
}

/// Everything that the resources above may show; each shows some of it.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Row {
    id: Option<String>,
    name: Option<String>,
    location: Option<String>,
    properties: Option<Properties>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Properties {
    provisioning_state: Option<String>,
    subnets: Option<Vec<Row>>,
    subnet: Option<Id>,
    virtual_network: Option<Id>,
    private_endpoint: Option<Id>,
    private_link_service_connections: Option<Vec<Row>>,
    manual_private_link_service_connections: Option<Vec<Row>>,
    private_link_service_id: Option<String>,
    private_link_service_connection_state: Option<State>,
    private_dns_zone_configs: Option<Vec<Row>>,
    private_dns_zone_id: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Id {
    id: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct State {
    status: Option<String>,
    description: Option<String>,
    actions_required: Option<String>,
}

fn id(id: Option<Id>) -> String {
    id.and_then(|id| id.id).unwrap_or_default()
}

impl Row {
    fn state(&self) -> String {
        let properties = self.properties.as_ref();
        properties
            .and_then(|properties| properties.provisioning_state.clone())
            .unwrap_or_else(|| "Succeeded".into())
    }

    fn into_network(self) -> Network {
        let subnets = self.properties.unwrap_or_default().subnets.unwrap_or_default();
        let subnet = |row: Row| Subnet {
            id: row.id.unwrap_or_default(),
            name: row.name.unwrap_or_default(),
        };
        Network {
            id: self.id.unwrap_or_default(),
            name: self.name.unwrap_or_default(),
            location: self.location.unwrap_or_default(),
            subnets: subnets.into_iter().map(subnet).collect(),
        }
    }

    fn into_endpoint(self) -> PrivateEndpoint {
        let provisioning_state = self.state();
        let properties = self.properties.unwrap_or_default();
        let own = properties.private_link_service_connections.unwrap_or_default();
        let manual = properties.manual_private_link_service_connections.unwrap_or_default();
        let connection = |row: Row| {
            let properties = row.properties.unwrap_or_default();
            let state = properties.private_link_service_connection_state.unwrap_or_default();
            (
                properties.private_link_service_id.unwrap_or_default(),
                state.status.unwrap_or_default(),
            )
        };
        PrivateEndpoint {
            id: self.id.unwrap_or_default(),
            provisioning_state,
            subnet: id(properties.subnet),
            connections: own.into_iter().chain(manual).map(connection).collect(),
        }
    }

    fn into_link(self) -> ZoneLink {
        let provisioning_state = self.state();
        let network = id(self.properties.unwrap_or_default().virtual_network);
        ZoneLink { id: self.id.unwrap_or_default(), provisioning_state, network }
    }

    fn into_group(self) -> ZoneGroup {
        let provisioning_state = self.state();
        let configs = self.properties.unwrap_or_default().private_dns_zone_configs;
        let zone = |row: Row| row.properties.unwrap_or_default().private_dns_zone_id;
        let zones = configs.unwrap_or_default().into_iter().filter_map(zone).collect();
        ZoneGroup { provisioning_state, zones }
    }

    fn into_connection(self) -> Connection {
        let provisioning_state = self.state();
        let properties = self.properties.unwrap_or_default();
        let state = properties.private_link_service_connection_state.unwrap_or_default();
        Connection {
            id: self.id.unwrap_or_default(),
            endpoint: id(properties.private_endpoint),
            status: state.status.unwrap_or_default(),
            description: state.description.unwrap_or_default(),
            actions_required: state
                .actions_required
                .filter(|actions| !actions.eq_ignore_ascii_case("None"))
                .unwrap_or_default(),
            provisioning_state,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_left_out_is_empty_and_no_error() {
        let row = |value| serde_json::from_value::<Row>(value).unwrap();
        let endpoint = row(json!({"id": "/e", "properties": {"subnet": {"id": "/s"},
            "manualPrivateLinkServiceConnections": [{"properties": {"privateLinkServiceId": "/i",
                "privateLinkServiceConnectionState": {"status": "Pending"}}}]}}));
        let endpoint = endpoint.into_endpoint();
        assert_eq!(endpoint.connections, [("/i".to_owned(), "Pending".to_owned())]);
        assert_eq!((&*endpoint.subnet, &*endpoint.provisioning_state), ("/s", "Succeeded"));
        let connection = row(json!({"properties": {"privateEndpoint": null}})).into_connection();
        assert_eq!((&*connection.endpoint, &*connection.status), ("", ""));
        assert!(row(json!({"properties": null})).into_network().subnets.is_empty());
    }
}
