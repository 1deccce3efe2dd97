//! The plan's steps for networking: private endpoints, the private DNS zone that leads to them, their
//! connections, and public network access.

use serde_json::json;
use uuid::Uuid;

use super::{
    Action, INSTANCES_API, Method, NETWORK_API, PRIVATE_DNS_API,
    steps::{Steps, address},
};
use crate::domain::{
    asked::{Connection, PrivateEndpoint},
    permission::{
        APPROVE_CONNECTIONS, DELETE_CONNECTION, JOIN_NETWORK, JOIN_SUBNET, JOIN_ZONE, LINK_ZONE,
        Need, WRITE_CONNECTION, WRITE_ENDPOINT, WRITE_INSTANCE, WRITE_ZONE, WRITE_ZONE_GROUP,
    },
    scope::Scope,
};

impl Steps {
    /// `instance_at` and `group_at` exist already, or hold what will be held on the instance and in
    /// the endpoint's resource group.
    pub fn create_private_endpoint(
        &mut self,
        asked: &PrivateEndpoint,
        instance: &Scope,
        instance_at: &Scope,
        group_at: &Scope,
    ) {
        let mut connection = json!({
            "privateLinkServiceId": instance.to_string(),
            "groupIds": ["API"],
        });
        let list = match &asked.request_message {
            None => "privateLinkServiceConnections",
            Some(message) => {
                connection["requestMessage"] = json!(message);
                "manualPrivateLinkServiceConnections"
            }
        };
        let body = json!({
            "location": asked.region,
            "properties": {
                "subnet": { "id": asked.subnet.to_string() },
                (list): [{ "name": asked.endpoint.short(), "properties": connection }],
            },
        });
        let mut needs = vec![
            Need::new(WRITE_ENDPOINT, group_at.clone()),
            Need::new(JOIN_SUBNET, asked.subnet.clone()),
        ];
        if asked.request_message.is_none() {
            needs.push(Need::new(APPROVE_CONNECTIONS, instance_at.clone()));
        }
        self.push(
            Action::CreatePrivateEndpoint {
                endpoint: asked.endpoint.clone(),
                instance: instance.clone(),
                subnet: asked.subnet.clone(),
            },
            Method::Put,
            format!("{}?api-version={NETWORK_API}", address(&asked.endpoint)),
            Some(body.to_string()),
            needs,
        );
    }

    /// Once, however many private endpoints use it.
    pub fn ensure_private_zone(&mut self, zone: &Scope, held_at: &Scope) {
        let action = Action::EnsurePrivateZone { zone: zone.clone() };
        if self.has(&action) {
            return;
        }
        self.push(
            action,
            Method::Put,
            format!("{}?api-version={PRIVATE_DNS_API}", address(zone)),
            Some(json!({ "location": "global" }).to_string()),
            vec![Need::new(WRITE_ZONE, held_at.clone())],
        );
    }

    /// Once for each virtual network.
    pub fn link_private_zone(&mut self, zone: &Scope, network: &Scope, held_at: &Scope) {
        let link = within(zone, &format!("virtualNetworkLinks/{}", link_name(network)));
        let action = Action::LinkPrivateZone { link: link.clone(), network: network.clone() };
        if self.has(&action) {
            return;
        }
        let body = json!({
            "location": "global",
            "properties": {
                "virtualNetwork": { "id": network.to_string() },
                "registrationEnabled": false,
            },
        });
        self.push(
            action,
            Method::Put,
            format!("{}?api-version={PRIVATE_DNS_API}", address(&link)),
            Some(body.to_string()),
            vec![Need::new(LINK_ZONE, held_at.clone()), Need::new(JOIN_NETWORK, network.clone())],
        );
    }

    pub fn join_private_zone(
        &mut self,
        endpoint: &Scope,
        zone: &Scope,
        group_at: &Scope,
        zone_at: &Scope,
    ) {
        let group = within(endpoint, "privateDnsZoneGroups/default");
        let config = json!({
            "name": zone.short().replace('.', "-"),
            "properties": { "privateDnsZoneId": zone.to_string() },
        });
        let body = json!({ "properties": { "privateDnsZoneConfigs": [config] } });
        self.push(
            Action::JoinPrivateZone { group: group.clone(), zone: zone.clone() },
            Method::Put,
            format!("{}?api-version={NETWORK_API}", address(&group)),
            Some(body.to_string()),
            vec![
                Need::new(WRITE_ZONE_GROUP, group_at.clone()),
                Need::new(JOIN_ZONE, zone_at.clone()),
            ],
        );
    }

    pub fn set_public_access(&mut self, instance: &Scope, enabled: bool) {
        let word = if enabled { "Enabled" } else { "Disabled" };
        self.push(
            Action::SetPublicAccess { instance: instance.clone(), enabled },
            Method::Patch,
            format!("{}?api-version={INSTANCES_API}", address(instance)),
            Some(json!({ "properties": { "publicNetworkAccess": word } }).to_string()),
            vec![Need::new(WRITE_INSTANCE, instance.clone())],
        );
    }

    pub fn decide_connection(
        &mut self,
        instance: &Scope,
        connection: &Connection,
        approve: bool,
        (description, actions_required): (&str, &str),
    ) {
        let mut state = json!({
            "status": if approve { "Approved" } else { "Rejected" },
            "description": description,
        });
        if !actions_required.is_empty() {
            state["actionsRequired"] = json!(actions_required);
        }
        let body = json!({ "properties": { "privateLinkServiceConnectionState": state } });
        let mut needs = vec![Need::new(WRITE_CONNECTION, instance.clone())];
        if approve {
            needs.push(Need::new(APPROVE_CONNECTIONS, instance.clone()));
        }
        self.push(
            Action::DecideConnection { connection: connection.clone(), approve },
            Method::Put,
            format!("{}?api-version={INSTANCES_API}", address(&connection.id)),
            Some(body.to_string()),
            needs,
        );
    }

    pub fn remove_connection(&mut self, instance: &Scope, connection: &Connection) {
        self.push(
            Action::RemoveConnection { connection: connection.clone() },
            Method::Delete,
            format!("{}?api-version={INSTANCES_API}", address(&connection.id)),
            None,
            vec![Need::new(DELETE_CONNECTION, instance.clone())],
        );
    }
}

/// A part of a resource: `path` is a type and a name.
fn within(scope: &Scope, path: &str) -> Scope {
    match scope {
        Scope::Resource { subscription, group, path: own } => {
            Scope::resource(subscription, group, &format!("{own}/{path}"))
        }
        other => other.clone(),
    }
}

/// The same for the same virtual network, so that a repeat makes no second link.
fn link_name(network: &Scope) -> String {
    let id = Uuid::new_v5(&Uuid::NAMESPACE_URL, network.key().as_bytes()).simple().to_string();
    let name: String = network.short().chars().take(60).collect();
    format!("{name}-{}", &id[..8])
}
