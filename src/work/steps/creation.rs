//! Steps that make an instance and what it stands in.

use super::{Trial, Tried, failed, operation_of, written};
use crate::{
    azure::{Instance, Resource},
    domain::{
        asked::{REQUEST_TAG, access_word},
        run::{Outcome, Wrote},
        scope::Scope,
    },
    text,
    words::Text,
};

impl Trial<'_> {
    pub(super) async fn register(&self, subscription: &str) -> Tried {
        let token = self.token(Resource::Arm).await?;
        let provider = self.app.azure.provider(&token, subscription).await?;
        if provider.is_registered() {
            return Ok(self.done(text!("proof-registered"), None));
        }
        if self.was_taken() || provider.is_registering() {
            return Ok(self.underway(None, None));
        }
        self.send(&token).await?;
        // Registering takes a minute or two and has no address of its own to ask at.
        Ok(self.underway(Some(self.step().call.path.clone()), None))
    }

    pub(super) async fn ensure_group(&self, group: &Scope) -> Tried {
        let token = self.token(Resource::Arm).await?;
        let (subscription, name) =
            (group.subscription_id(), group.group_name().unwrap_or_default());
        let proof = text!("proof-resource-group");
        if self.app.azure.resource_group(&token, subscription, name).await?.is_some() {
            return Ok(self.done(proof, None));
        }
        if self.was_taken() {
            return Ok(self.not_shown(text!("lacking-group")));
        }
        let answer = self.send(&token).await?;
        // That it was taken is noted, whatever becomes of this look.
        Ok(match self.app.azure.resource_group(&token, subscription, name).await {
            Ok(Some(_)) => written(proof, None),
            _ => self.underway(Some(operation_of(&answer, self.step())), None),
        })
    }

    pub(super) async fn create_instance(&self, instance: &Scope) -> Tried {
        let token = self.token(Resource::Arm).await?;
        if let Some(outcome) = self.following(&token).await? {
            return Ok(outcome);
        }
        match self.app.azure.instance(&token, &instance.to_string()).await? {
            // A person has asked for another try of a creation that had come to nothing.
            Some(found)
                if self.is_ours(&found)
                    && matches!(&*found.provisioning_state, "Failed" | "Canceled")
                    && !self.sent() =>
            {
                self.begin(&token, text!("lacking-succeeded")).await
            }
            Some(found) if self.is_ours(&found) => Ok(self.settled(&found)),
            Some(found) => {
                Ok(failed("AlreadyExists", text!("problem-instance-exists", id = &found.id)))
            }
            None => self.begin(&token, text!("lacking-instance", name = instance.short())).await,
        }
    }

    fn is_ours(&self, found: &Instance) -> bool {
        found.tags.get(REQUEST_TAG).is_some_and(|tag| *tag == self.claimed.request.id)
    }

    fn settled(&self, found: &Instance) -> Outcome {
        match (found.provisioning_state.as_str(), &found.host_name) {
            ("Succeeded", Some(host)) => {
                let mut proof = text!("proof-instance", host = host);
                let shown = access_word(found.public_network_access);
                let approved = &self.body()["properties"]["publicNetworkAccess"];
                if let Some(approved) = approved.as_str().filter(|approved| *approved != shown) {
                    let otherwise =
                        text!("proof-access-differs", shown = shown, approved = approved);
                    proof = Text::sentences([proof, otherwise]);
                }
                // It bears this request's mark. Where nothing was ever sent, it is of a life that
                // a restored database does not know.
                let wrote = if self.was_ever_sent() { Wrote::Yes } else { Wrote::No };
                Outcome::Done { wrote, proof, host_name: Some(host.clone()) }
            }
            ("Failed" | "Canceled", _) => failed(
                "ProvisioningFailed",
                text!("problem-instance-ended", state = &found.provisioning_state),
            ),
            _ => self.underway(Some(self.step().call.path.clone()), None),
        }
    }
}
