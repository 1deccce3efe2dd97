//! Steps that make an instance reachable or cut it off: private endpoints, the private DNS zone that
//! leads to them, their connections, and public network access.

use super::{Trial, Tried, changes::is_moving, failed};
use crate::{
    azure::{self, AccessToken, Resource},
    domain::{asked::Connection, problem::Problem, run::Outcome, scope::Scope},
    text,
    words::Text,
};

impl Trial<'_> {
    pub(super) async fn create_private_endpoint(
        &self,
        endpoint: &Scope,
        instance: &Scope,
        subnet: &Scope,
    ) -> Tried {
        let token = self.token(Resource::Arm).await?;
        if let Some(outcome) = self.following(&token).await? {
            return Ok(outcome);
        }
        let Some(found) = self.app.azure.private_endpoint(&token, &endpoint.to_string()).await?
        else {
            if let Some(refusal) = self.another(&token, instance).await? {
                return Ok(refusal);
            }
            return self.begin(&token, text!("lacking-endpoint", name = endpoint.short())).await;
        };
        let connection = found.connections.iter().find(|(to, _)| is(to, instance));
        let (Some((_, status)), true) = (connection, is(&found.subnet, subnet)) else {
            return Ok(failed(
                "AlreadyExists",
                text!("problem-endpoint-exists", id = endpoint.to_string()),
            ));
        };
        let proof = text!("proof-private-endpoint", status = status);
        match self.standing(&token, &found.provisioning_state, proof).await? {
            Outcome::Done { .. } if !self.connects(status) => Ok(unconnected(endpoint, status)),
            outcome => Ok(outcome),
        }
    }

    /// Whether a connection of this status is what was approved.
    fn connects(&self, status: &str) -> bool {
        let waits = !self.body()["properties"]["manualPrivateLinkServiceConnections"].is_null();
        status.eq_ignore_ascii_case("Approved") || waits && status.eq_ignore_ascii_case("Pending")
    }

    pub(super) async fn ensure_private_zone(&self, zone: &Scope) -> Tried {
        let token = self.token(Resource::Arm).await?;
        if let Some(outcome) = self.following(&token).await? {
            return Ok(outcome);
        }
        match self.app.azure.private_zone(&token, &zone.to_string()).await? {
            Some(found) => {
                let proof = text!("proof-private-zone");
                self.standing(&token, &found.provisioning_state, proof).await
            }
            None => self.begin(&token, text!("lacking-zone")).await,
        }
    }

    pub(super) async fn link_private_zone(&self, link: &Scope, network: &Scope) -> Tried {
        let token = self.token(Resource::Arm).await?;
        if let Some(outcome) = self.following(&token).await? {
            return Ok(outcome);
        }
        let zone = link.parent().map(|zone| zone.to_string()).unwrap_or_default();
        let links = self.app.azure.zone_links(&token, &zone).await?;
        // Azure lets a virtual network be linked once, whatever the link is called.
        if let Some(found) = links.iter().find(|found| is(&found.network, network)) {
            let name = found.id.rsplit('/').next().unwrap_or_default();
            let proof = text!("proof-zone-link", name = name);
            return self.standing(&token, &found.provisioning_state, proof).await;
        }
        if links.iter().any(|found| is(&found.id, link)) {
            return Ok(failed(
                "AlreadyExists",
                text!("problem-link-elsewhere", id = link.to_string()),
            ));
        }
        self.begin(&token, text!("lacking-link")).await
    }

    pub(super) async fn join_private_zone(&self, group: &Scope, zone: &Scope) -> Tried {
        let token = self.token(Resource::Arm).await?;
        if let Some(outcome) = self.following(&token).await? {
            return Ok(outcome);
        }
        match self.app.azure.zone_group(&token, &group.to_string()).await? {
            Some(found) if found.zones.iter().any(|id| is(id, zone)) => {
                let proof = text!("proof-zone-entry");
                self.standing(&token, &found.provisioning_state, proof).await
            }
            Some(found) if !found.zones.is_empty() => Ok(failed(
                "AlreadyExists",
                text!("problem-other-zone", zones = found.zones.join(", ")),
            )),
            _ => self.begin(&token, text!("lacking-entry")).await,
        }
    }

    pub(super) async fn set_public_access(&self, instance: &Scope, enabled: bool) -> Tried {
        let token = self.token(Resource::Arm).await?;
        if let Some(outcome) = self.following(&token).await? {
            return Ok(outcome);
        }
        let Some(found) = self.app.azure.instance(&token, &instance.to_string()).await? else {
            return Ok(failed("NotFound", text!("problem-no-instance", id = instance.to_string())));
        };
        let word = if enabled { "Enabled" } else { "Disabled" };
        if let Some(refusal) = self.is_another(instance, &found) {
            return Ok(refusal);
        }
        if is_moving(&found) {
            return Ok(self.underway(None, None));
        }
        if found.public_network_access != enabled {
            return self.begin(&token, text!("lacking-access", state = word)).await;
        }
        let proof = text!("proof-access", state = word);
        self.standing(&token, &found.provisioning_state, proof).await
    }

    pub(super) async fn decide_connection(&self, connection: &Connection, approve: bool) -> Tried {
        let token = self.token(Resource::Arm).await?;
        if let Some(outcome) = self.following(&token).await? {
            return Ok(outcome);
        }
        let Some(found) = self.app.azure.connection(&token, &connection.id.to_string()).await?
        else {
            return Ok(failed(
                "NotFound",
                text!("problem-no-connection", id = connection.id.to_string()),
            ));
        };
        if let Some(refusal) = another(&found, connection) {
            return Ok(refusal);
        }
        let wanted = if approve { "Approved" } else { "Rejected" };
        if found.status.eq_ignore_ascii_case(wanted) {
            let proof = text!("proof-connection", state = wanted);
            return self.standing(&token, &found.provisioning_state, proof).await;
        }
        match is_end(&found.provisioning_state) {
            true => self.begin(&token, text!("lacking-connection", state = wanted)).await,
            false => Ok(self.underway(None, None)),
        }
    }

    pub(super) async fn remove_connection(&self, connection: &Connection) -> Tried {
        let token = self.token(Resource::Arm).await?;
        if let Some(outcome) = self.following(&token).await? {
            return Ok(outcome);
        }
        match self.app.azure.connection(&token, &connection.id.to_string()).await? {
            None => Ok(self.done(text!("proof-connection-gone"), None)),
            Some(found) => match another(&found, connection) {
                Some(refusal) => Ok(refusal),
                None if found.provisioning_state == "Deleting" => Ok(self.moving()),
                None => self.begin(&token, text!("lacking-removed-connection")).await,
            },
        }
    }

    /// What follows from the state of what was found. A person has asked for another try of what
    /// had failed: it is sent anew.
    async fn standing(&self, token: &AccessToken, state: &str, proof: Text) -> Tried {
        match state {
            "Succeeded" => Ok(self.done(proof, None)),
            "Failed" | "Canceled" if !self.sent() => self.begin(token, text!("lacking-it")).await,
            "Failed" | "Canceled" => {
                Ok(failed("ProvisioningFailed", text!("problem-ended", state = state)))
            }
            _ => Ok(self.moving()),
        }
    }

    /// Azure is at work on it, for this run or for somebody else.
    fn moving(&self) -> Outcome {
        self.underway(None, None)
    }
}

fn is_end(state: &str) -> bool {
    matches!(state, "Succeeded" | "Failed" | "Canceled")
}

/// The endpoint stands and leads nowhere. Approval, even automatic, may come a little later; what
/// was turned away or cut off does not come back.
fn unconnected(endpoint: &Scope, status: &str) -> Outcome {
    let name = endpoint.short();
    if ["Rejected", "Disconnected"].iter().any(|end| status.eq_ignore_ascii_case(end)) {
        return failed("NotConnected", text!("problem-cut-off", name = name, status = status));
    }
    let text = text!("problem-unconnected", name = name, status = status);
    Outcome::Retry { problem: Problem::ours("NotConnected", text), wait: None }
}

fn is(id: &str, scope: &Scope) -> bool {
    Scope::parse(id).as_ref() == Some(scope)
}

/// A connection of this name that is another one than was approved.
fn another(found: &azure::Connection, wanted: &Connection) -> Option<Outcome> {
    (!found.endpoint.eq_ignore_ascii_case(&wanted.endpoint))
        .then(|| failed("Changed", text!("problem-connection-changed", endpoint = &found.endpoint)))
}
