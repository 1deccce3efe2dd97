//! Steps that make an instance reachable or cut it off: private endpoints, the private DNS zone that
//! leads to them, their connections, and public network access.

use super::{Trial, Tried, Trouble, failed, operation_of, theirs};
use crate::{
    azure::{self, AccessToken, Operation, Resource},
    domain::{asked::Connection, run::Outcome, scope::Scope},
};

impl Trial<'_> {
    pub(super) async fn create_private_endpoint(
        &self,
        endpoint: &Scope,
        instance: &Scope,
        subnet: &Scope,
    ) -> Tried {
        let token = self.token(Resource::Arm).await?;
        if let Some(outcome) = self.followed(&token).await? {
            return Ok(outcome);
        }
        let Some(found) = self.app.azure.private_endpoint(&token, &endpoint.to_string()).await?
        else {
            return self.begin(&token).await;
        };
        let connection = found.connections.iter().find(|(to, _)| is(to, instance));
        let (Some((_, status)), true) = (connection, is(&found.subnet, subnet)) else {
            return Ok(failed(
                "AlreadyExists",
                &format!(
                    "A private endpoint {endpoint} exists already and leads elsewhere. Nothing was \
                     changed in it. Close this request and ask again with another name."
                ),
            ));
        };
        let proof = format!(
            "Azure shows the private endpoint as Succeeded and its connection as {status}."
        );
        self.standing(&token, &found.provisioning_state, &proof).await
    }

    pub(super) async fn ensure_private_zone(&self, zone: &Scope) -> Tried {
        let token = self.token(Resource::Arm).await?;
        if let Some(outcome) = self.followed(&token).await? {
            return Ok(outcome);
        }
        match self.app.azure.private_zone(&token, &zone.to_string()).await? {
            Some(found) => {
                let proof = "The private DNS zone was read back.";
                self.standing(&token, &found.provisioning_state, proof).await
            }
            None => self.begin(&token).await,
        }
    }

    pub(super) async fn link_private_zone(&self, link: &Scope, network: &Scope) -> Tried {
        let token = self.token(Resource::Arm).await?;
        if let Some(outcome) = self.followed(&token).await? {
            return Ok(outcome);
        }
        let zone = link.parent().map(|zone| zone.to_string()).unwrap_or_default();
        let links = self.app.azure.zone_links(&token, &zone).await?;
        // Azure lets a virtual network be linked once, whatever the link is called.
        if let Some(found) = links.iter().find(|found| is(&found.network, network)) {
            let name = found.id.rsplit('/').next().unwrap_or_default();
            let proof = format!("The link {name} to the virtual network was read back.");
            return self.standing(&token, &found.provisioning_state, &proof).await;
        }
        if links.iter().any(|found| is(&found.id, link)) {
            return Ok(failed(
                "AlreadyExists",
                &format!(
                    "The link {link} leads to another virtual network. Nothing was changed in it."
                ),
            ));
        }
        self.begin(&token).await
    }

    pub(super) async fn join_private_zone(&self, group: &Scope, zone: &Scope) -> Tried {
        let token = self.token(Resource::Arm).await?;
        if let Some(outcome) = self.followed(&token).await? {
            return Ok(outcome);
        }
        match self.app.azure.zone_group(&token, &group.to_string()).await? {
            Some(found) if found.zones.iter().any(|id| is(id, zone)) => {
                let proof = "The private endpoint's entry in the private DNS zone was read back.";
                self.standing(&token, &found.provisioning_state, proof).await
            }
            Some(found) if !found.zones.is_empty() => Ok(failed(
                "AlreadyExists",
                &format!(
                    "The private endpoint is in another private DNS zone already: {}. Nothing was \
                     changed in it.",
                    found.zones.join(", ")
                ),
            )),
            _ => self.begin(&token).await,
        }
    }

    pub(super) async fn set_public_access(&self, instance: &Scope, enabled: bool) -> Tried {
        let token = self.token(Resource::Arm).await?;
        if let Some(outcome) = self.followed(&token).await? {
            return Ok(outcome);
        }
        let Some(found) = self.app.azure.instance(&token, &instance.to_string()).await? else {
            return Ok(gone("instance", instance));
        };
        let word = if enabled { "Enabled" } else { "Disabled" };
        if found.public_network_access != enabled {
            return match self.was_taken() && found.provisioning_state == "Succeeded" {
                true => Ok(without_effect(&format!("public network access as {word}"))),
                false => self.begin(&token).await,
            };
        }
        let proof = format!("Azure shows public network access as {word}.");
        self.standing(&token, &found.provisioning_state, &proof).await
    }

    pub(super) async fn decide_connection(&self, connection: &Connection, approve: bool) -> Tried {
        let token = self.token(Resource::Arm).await?;
        if let Some(outcome) = self.followed(&token).await? {
            return Ok(outcome);
        }
        let Some(found) = self.app.azure.connection(&token, &connection.id.to_string()).await?
        else {
            return Ok(gone("connection", &connection.id));
        };
        if let Some(refusal) = another(&found, connection) {
            return Ok(refusal);
        }
        let wanted = if approve { "Approved" } else { "Rejected" };
        if found.status.eq_ignore_ascii_case(wanted) {
            let proof = format!("Azure shows the connection as {wanted}.");
            return self.standing(&token, &found.provisioning_state, &proof).await;
        }
        match self.was_taken() && found.provisioning_state == "Succeeded" {
            true => Ok(without_effect(&format!("the connection as {wanted}"))),
            false => self.begin(&token).await,
        }
    }

    pub(super) async fn remove_connection(&self, connection: &Connection) -> Tried {
        let token = self.token(Resource::Arm).await?;
        if let Some(outcome) = self.followed(&token).await? {
            return Ok(outcome);
        }
        match self.app.azure.connection(&token, &connection.id.to_string()).await? {
            None => Ok(self.done("Azure does not show the connection any more.", None)),
            Some(found) => match another(&found, connection) {
                Some(refusal) => Ok(refusal),
                None if found.provisioning_state == "Deleting" => {
                    Ok(self.underway(Some(self.step().call.path.clone()), None))
                }
                None => self.begin(&token).await,
            },
        }
    }

    /// How the operation stands that this step has begun; `None` when the resource itself is to be
    /// looked at.
    async fn followed(&self, token: &AccessToken) -> Result<Option<Outcome>, Trouble> {
        let Some(operation) = &self.progress().operation else { return Ok(None) };
        if !operation.starts_with("http") {
            return Ok(None);
        }
        match self.app.azure.operation(token, operation).await {
            Ok(Operation::Running { after }) => Ok(Some(self.underway(None, after))),
            Ok(Operation::Failed(problem)) => {
                Ok(Some(Outcome::Failed { problem: theirs(&problem) }))
            }
            Ok(Operation::Canceled) => {
                Ok(Some(failed("Canceled", "Azure has cancelled the operation.")))
            }
            // The record of an operation may be gone, or hidden from who began it.
            Ok(Operation::Succeeded) | Err(azure::Error::Missing(_)) => Ok(None),
            Err(azure::Error::Refused(problem)) if problem.status == Some(403) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Azure has taken the call in this run and worked on it.
    fn was_taken(&self) -> bool {
        self.sent() && self.progress().operation.is_some()
    }

    async fn begin(&self, token: &AccessToken) -> Tried {
        let answer = self.send(token).await?;
        Ok(self.underway(Some(operation_of(&answer, self.step())), answer.retry_after))
    }

    /// What follows from the state of what was found. A person has asked for another try of what
    /// had failed: it is sent anew.
    async fn standing(&self, token: &AccessToken, state: &str, proof: &str) -> Tried {
        match state {
            "Succeeded" => Ok(self.done(proof, None)),
            "Failed" | "Canceled" if !self.sent() => self.begin(token).await,
            "Failed" | "Canceled" => {
                Ok(failed("ProvisioningFailed", &format!("Azure shows it as {state}.")))
            }
            _ => Ok(self.underway(Some(self.step().call.path.clone()), None)),
        }
    }
}

fn is(id: &str, scope: &Scope) -> bool {
    Scope::parse(id).as_ref() == Some(scope)
}

/// Something in Azure, mostly a policy, has put it back.
fn without_effect(what: &str) -> Outcome {
    failed("WithoutEffect", &format!("Azure took the call, and still does not show {what}."))
}

fn gone(what: &str, scope: &Scope) -> Outcome {
    failed("NotFound", &format!("Azure shows no {what} {scope} any more. Nothing was changed."))
}

/// A connection of this name that is another one than was approved.
fn another(found: &azure::Connection, wanted: &Connection) -> Option<Outcome> {
    (!found.endpoint.eq_ignore_ascii_case(&wanted.endpoint)).then(|| {
        failed(
            "Changed",
            &format!(
                "The connection leads to another private endpoint than when it was asked about: {}. \
                 Nothing was changed in it.",
                found.endpoint
            ),
        )
    })
}
