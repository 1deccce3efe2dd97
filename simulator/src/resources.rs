//! Resources other than instances: endpoints, connections, identities, networks, private DNS. Knows their life, not who asks.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::arm::rbac::reaches;
use crate::random;
use crate::world::{Operation, Work, World, demo, group_id, instance_id};

/// Full names of the resource types.
pub mod kind {
    pub const ENDPOINT: &str = "Microsoft.DigitalTwins/digitalTwinsInstances/endpoints";
    pub const DATA_HISTORY: &str =
        "Microsoft.DigitalTwins/digitalTwinsInstances/timeSeriesDatabaseConnections";
    pub const CONNECTION: &str =
        "Microsoft.DigitalTwins/digitalTwinsInstances/privateEndpointConnections";
    pub const IDENTITY: &str = "Microsoft.ManagedIdentity/userAssignedIdentities";
    pub const NETWORK: &str = "Microsoft.Network/virtualNetworks";
    pub const PRIVATE_ENDPOINT: &str = "Microsoft.Network/privateEndpoints";
    pub const ZONE_GROUP: &str = "Microsoft.Network/privateEndpoints/privateDnsZoneGroups";
    pub const ZONE: &str = "Microsoft.Network/privateDnsZones";
    pub const ZONE_LINK: &str = "Microsoft.Network/privateDnsZones/virtualNetworkLinks";
    // What instances deliver to. There to be listed and to be given roles on; no call reads or writes it.
    pub const EVENT_HUBS: &str = "Microsoft.EventHub/namespaces";
    pub const EVENT_HUB: &str = "Microsoft.EventHub/namespaces/eventhubs";
    pub const SERVICE_BUS: &str = "Microsoft.ServiceBus/namespaces";
    pub const TOPIC: &str = "Microsoft.ServiceBus/namespaces/topics";
    pub const EXPLORER: &str = "Microsoft.Kusto/clusters";
    pub const DATABASE: &str = "Microsoft.Kusto/clusters/databases";
}

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Resource {
    /// In the case in which it was made.
    pub id: String,
    /// Full name of its type.
    pub kind: String,
    pub location: Option<String>,
    /// `null` or an object.
    pub tags: Value,
    /// Without `provisioningState`.
    pub properties: Value,
    /// `provisioningState`.
    pub state: String,
    pub etag: String,
    pub created_at: Timestamp,
    pub created_by: String,
    pub modified_at: Timestamp,
    pub modified_by: String,
}

impl Resource {
    pub fn name(&self) -> &str {
        self.id.rsplit('/').next().unwrap_or_default()
    }

    /// `properties` with the provisioning state, as ARM shows it.
    pub fn shown_properties(&self) -> Value {
        let mut members = Map::from_iter([("provisioningState".to_owned(), json!(self.state))]);
        members.extend(self.properties.as_object().cloned().unwrap_or_default());
        Value::Object(members)
    }

    pub fn is_busy(&self) -> bool {
        matches!(self.state.as_str(), "Provisioning" | "Updating" | "Deleting")
    }
}

impl World {
    pub fn resource(&self, id: &str) -> Option<&Resource> {
        self.resources.iter().find(|row| row.id.eq_ignore_ascii_case(id))
    }

    pub fn resource_mut(&mut self, id: &str) -> Option<&mut Resource> {
        self.resources.iter_mut().find(|row| row.id.eq_ignore_ascii_case(id))
    }

    /// Those of one type at or below a scope.
    pub fn resources_below<'a>(
        &'a self,
        kind: &'a str,
        scope: &'a str,
    ) -> impl Iterator<Item = &'a Resource> {
        self.resources.iter().filter(move |row| row.kind == kind && reaches(scope, &row.id))
    }

    /// Everything below a scope is gone: what it was tied to elsewhere learns of it, its identities leave the directory.
    pub(crate) fn forget_resources_below(&mut self, scope: &str) {
        let (gone, kept): (Vec<_>, Vec<_>) = std::mem::take(&mut self.resources)
            .into_iter()
            .partition(|row| reaches(scope, &row.id));
        self.resources = kept;
        for row in &gone {
            match row.kind.as_str() {
                kind::IDENTITY => {
                    let principal = row.properties["principalId"].as_str().unwrap_or_default();
                    self.service_principals.retain(|row| row.id != principal);
                }
                kind::PRIVATE_ENDPOINT => self.resources.retain(|other| {
                    other.kind != kind::CONNECTION
                        || other.properties["privateEndpoint"]["id"]
                            .as_str()
                            .is_none_or(|id| !id.eq_ignore_ascii_case(&row.id))
                }),
                kind::CONNECTION => self.cut_off(row),
                _ => {}
            }
        }
        self.contents.retain(|id, _| !reaches(scope, id));
        self.locks.retain(|lock| !reaches(scope, &lock.scope));
        self.policies.retain(|policy| !reaches(scope, &policy.scope));
        self.deny_assignments.retain(|deny| !reaches(scope, &deny.scope));
    }

    /// The private endpoint at the other end of a connection that is gone.
    fn cut_off(&mut self, connection: &Resource) {
        let endpoint = connection.properties["privateEndpoint"]["id"].as_str().unwrap_or_default();
        if let Some(row) = self.resource_mut(endpoint) {
            set_connection_state(
                &mut row.properties,
                &json!({"status": "Disconnected", "description": "Deleted state", "actionsRequired": "None"}),
            );
        }
    }

    /// An operation on a resource has come to its end.
    pub(crate) fn finish_resource(&mut self, operation: &Operation, id: &str, now: Timestamp) {
        let succeeded = operation.status == "Succeeded";
        if operation.work == Work::DeleteResource && succeeded {
            self.forget_resources_below(id);
            return;
        }
        let Some(row) = self.resource_mut(id) else { return };
        row.state = operation.status.clone();
        row.modified_at = now;
        if succeeded && row.kind == kind::CONNECTION {
            let (endpoint, state) = (
                row.properties["privateEndpoint"]["id"].as_str().unwrap_or_default().to_owned(),
                row.properties["privateLinkServiceConnectionState"].clone(),
            );
            if let Some(row) = self.resource_mut(&endpoint) {
                set_connection_state(&mut row.properties, &state);
            }
        }
    }

    /// What the demo world holds besides people and instances.
    pub(crate) fn demo_resources(now: Timestamp) -> Vec<Resource> {
        let row = |group: &str, kind: &str, name: &str, properties: Value| Resource {
            id: format!("{}/providers/{kind}/{name}", group_id(demo::PRODUCTION, group)),
            kind: kind.into(),
            location: Some("westeurope".into()),
            tags: Value::Null,
            properties,
            state: "Succeeded".into(),
            etag: random::guid(),
            created_at: now,
            created_by: format!("olivia@{}", demo::DOMAIN),
            modified_at: now,
            modified_by: format!("olivia@{}", demo::DOMAIN),
        };
        let identity = |group: &str, name: &str, principal: &str, client: u8| {
            row(
                group,
                kind::IDENTITY,
                name,
                json!({
                    "tenantId": demo::TENANT,
                    "principalId": principal,
                    "clientId": format!("31000000-aaaa-4000-8000-0000000000{client:02}"),
                }),
            )
        };
        // A part of the instance factory-floor.
        let part = |kind: &str, name: &str, properties: Value| {
            let instance = instance_id(demo::PRODUCTION, "rg-factory", "factory-floor");
            let what = kind.rsplit('/').next().unwrap_or_default();
            Resource {
                id: format!("{instance}/{what}/{name}"),
                location: None,
                ..row("rg-factory", kind, name, properties)
            }
        };
        let factory = group_id(demo::PRODUCTION, "rg-factory");
        // A part of something that rg-factory holds; it has no location.
        let within = |whole: &str, kind: &str, name: &str| {
            let what = kind.rsplit('/').next().unwrap_or_default();
            Resource {
                id: format!("{factory}/providers/{whole}/{what}/{name}"),
                location: None,
                ..row("rg-factory", kind, name, json!({}))
            }
        };
        let hubs = format!("{}/contoso-factory", kind::EVENT_HUBS);
        let targets = [
            row("rg-factory", kind::EVENT_HUBS, "contoso-factory", json!({})),
            within(&hubs, kind::EVENT_HUB, "alarms"),
            within(&hubs, kind::EVENT_HUB, "history"),
            row("rg-factory", kind::SERVICE_BUS, "contoso-orders", json!({})),
            within(&format!("{}/contoso-orders", kind::SERVICE_BUS), kind::TOPIC, "orders"),
            row("rg-factory", kind::EXPLORER, "contosofactory", json!({})),
            within(&format!("{}/contosofactory", kind::EXPLORER), kind::DATABASE, "floor"),
        ];
        let mut rows = vec![
            identity("rg-factory", "sensor-bridge", demo::SENSOR_BRIDGE, 2),
            identity("rg-factory", "line-camera", demo::LINE_CAMERA, 4),
            identity("rg-twins", "twins-export", demo::TWINS_EXPORT, 5),
            part(
                kind::ENDPOINT,
                "alarms",
                json!({
                    "endpointType": "EventHub",
                    "authenticationType": "IdentityBased",
                    "endpointUri": "sb://contoso-factory.servicebus.windows.net/",
                    "entityPath": "alarms",
                    "identity": {"type": "SystemAssigned"},
                }),
            ),
            part(
                kind::ENDPOINT,
                "orders",
                json!({
                    "endpointType": "ServiceBus",
                    "authenticationType": "IdentityBased",
                    "endpointUri": "sb://contoso-orders.servicebus.windows.net/",
                    "entityPath": "orders",
                    "identity": {
                        "type": "UserAssigned",
                        "userAssignedIdentity":
                            format!("{factory}/providers/{}/sensor-bridge", kind::IDENTITY),
                    },
                }),
            ),
            part(
                kind::DATA_HISTORY,
                "floor-history",
                json!({
                    "connectionType": "AzureDataExplorer",
                    "adxResourceId": format!("{factory}/providers/Microsoft.Kusto/clusters/contosofactory"),
                    "adxEndpointUri": "https://contosofactory.westeurope.kusto.windows.net",
                    "adxDatabaseName": "floor",
                    "adxTableName": "AdtPropertyEvents",
                    "eventHubEndpointUri": "sb://contoso-factory.servicebus.windows.net/",
                    "eventHubEntityPath": "history",
                    "eventHubNamespaceResourceId": format!("{factory}/providers/Microsoft.EventHub/namespaces/contoso-factory"),
                    "eventHubConsumerGroup": "$Default",
                    "recordPropertyAndItemRemovals": "false",
                    "identity": {"type": "SystemAssigned"},
                }),
            ),
            row(
                "rg-factory",
                kind::NETWORK,
                "vnet-factory",
                json!({
                    "addressSpace": {"addressPrefixes": ["10.20.0.0/16"]},
                    "subnets": [
                        {"name": "machines", "addressPrefix": "10.20.0.0/24"},
                        {"name": "private-endpoints", "addressPrefix": "10.20.1.0/24"},
                    ],
                }),
            ),
        ];
        rows.extend(targets);
        rows
    }
}

/// Writes the state of a private link connection into a private endpoint's properties.
fn set_connection_state(properties: &mut Value, state: &Value) {
    for list in ["privateLinkServiceConnections", "manualPrivateLinkServiceConnections"] {
        for connection in properties[list].as_array_mut().into_iter().flatten() {
            connection["properties"]["privateLinkServiceConnectionState"] = state.clone();
        }
    }
}

/// A lock (`Microsoft.Authorization/locks`).
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Lock {
    pub name: String,
    pub scope: String,
    /// `CanNotDelete` or `ReadOnly`.
    pub level: String,
    pub notes: Option<String>,
}

/// A policy assignment whose definition has one rule: what meets every condition is refused, or given a tag.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    pub name: String,
    pub display_name: String,
    pub scope: String,
    /// Resource types that it is about; none means all.
    pub kinds: Vec<String>,
    pub conditions: Vec<PolicyCondition>,
    /// `Deny` or `Modify`.
    pub effect: String,
    /// Tags that `Modify` adds where they are missing.
    pub adds_tags: std::collections::BTreeMap<String, String>,
}

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct PolicyCondition {
    /// `location`, `name`, `type`, `tags['x']` or an alias like `Microsoft.DigitalTwins/digitalTwinsInstances/publicNetworkAccess`.
    pub field: String,
    /// `Equals`, `NotEquals`, `In`, `NotIn`, `Exists`.
    pub operator: String,
    pub value: Value,
}

/// A deny assignment.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Deny {
    /// The GUID in its address.
    pub name: String,
    pub display_name: String,
    pub description: String,
    pub scope: String,
    pub actions: Vec<String>,
    pub not_actions: Vec<String>,
    pub data_actions: Vec<String>,
    pub not_data_actions: Vec<String>,
    /// Object ids; `00000000-0000-0000-0000-000000000000` is everybody.
    pub principals: Vec<String>,
    pub exclude_principals: Vec<String>,
    pub does_not_apply_to_child_scopes: bool,
}
