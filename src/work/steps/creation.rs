//! Steps that make an instance and what it stands in.

use super::{Trial, Tried, failed, operation_of, theirs, written};
use crate::{
    azure::{self, Instance, Operation, Resource},
    domain::{asked::REQUEST_TAG, run::Outcome, scope::Scope},
};

impl Trial<'_> {
    pub(super) async fn register(&self, subscription: &str) -> Tried {
        let token = self.token(Resource::Arm).await?;
        let provider = self.app.azure.provider(&token, subscription).await?;
        if provider.is_registered() {
            return Ok(self.done("Azure shows Microsoft.DigitalTwins as registered.", None));
        }
        if !self.sent() {
            self.send(&token).await?;
        }
        // Registering takes a minute or two and has no address of its own to ask at.
        Ok(self.underway(Some(self.step().call.path.clone()), None))
    }

    pub(super) async fn ensure_group(&self, group: &Scope) -> Tried {
        let token = self.token(Resource::Arm).await?;
        let (subscription, name) =
            (group.subscription_id(), group.group_name().unwrap_or_default());
        if self.app.azure.resource_group(&token, subscription, name).await?.is_none() {
            self.send(&token).await?;
            if self.app.azure.resource_group(&token, subscription, name).await?.is_none() {
                return Ok(self.underway(Some(self.step().call.path.clone()), None));
            }
            return Ok(written("The resource group was read back.", None));
        }
        Ok(self.done("The resource group was read back.", None))
    }

    pub(super) async fn create_instance(&self, instance: &Scope) -> Tried {
        let token = self.token(Resource::Arm).await?;
        if let Some(operation) = &self.progress().operation
            && operation.starts_with("http")
        {
            match self.app.azure.operation(&token, operation).await {
                Ok(Operation::Running { after }) => return Ok(self.underway(None, after)),
                Ok(Operation::Failed(problem)) => {
                    return Ok(Outcome::Failed { problem: theirs(&problem) });
                }
                Ok(Operation::Canceled) => {
                    return Ok(failed(
                        "Canceled",
                        "Azure has cancelled the creation of the instance.",
                    ));
                }
                // The record of an operation may be gone before the resource is looked at.
                Ok(Operation::Succeeded) | Err(azure::Error::Missing(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        match self.app.azure.instance(&token, &instance.to_string()).await? {
            // A person has asked for another try of a creation that had failed.
            Some(found)
                if self.is_ours(&found) && found.provisioning_state == "Failed" && !self.sent() =>
            {
                let answer = self.send(&token).await?;
                Ok(self.underway(Some(operation_of(&answer, self.step())), answer.retry_after))
            }
            Some(found) if self.is_ours(&found) => Ok(self.settled(&found)),
            Some(found) => Ok(failed(
                "AlreadyExists",
                &format!(
                    "An instance {} exists already and was not made for this request. Nothing was changed in it. \
                     Close this request and ask again with another name.",
                    found.id
                ),
            )),
            None => {
                let answer = self.send(&token).await?;
                Ok(self.underway(Some(operation_of(&answer, self.step())), answer.retry_after))
            }
        }
    }

    fn is_ours(&self, found: &Instance) -> bool {
        found.tags.get(REQUEST_TAG).is_some_and(|tag| *tag == self.claimed.request.id)
    }

    fn settled(&self, found: &Instance) -> Outcome {
        match (found.provisioning_state.as_str(), &found.host_name) {
            ("Succeeded", Some(host)) => written(
                &format!("Azure shows the instance as Succeeded, with the host name {host}."),
                Some(host.clone()),
            ),
            ("Failed" | "Canceled", _) => failed(
                "ProvisioningFailed",
                &format!("Azure shows the instance as {}.", found.provisioning_state),
            ),
            _ => self.underway(Some(self.step().call.path.clone()), None),
        }
    }
}
