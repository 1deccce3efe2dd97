//! Each kind of step in Azure's terms: look whether it is so, make it so, read it back. One file for
//! each group of kinds; here is what they share.
//! Knows what Azure's answers mean for a step; knows not what follows from that for the run.
//!
//! Looking comes first, so that a step may be tried again after any death without doing anything
//! twice: a worker that died after the write finds what it wrote.

mod changes;
mod creation;
mod networking;
mod roles;
mod verification;

use std::time::Duration;

use crate::{
    App,
    azure::{self, AccessToken, Answer, Call, Resource},
    delegation,
    domain::{
        plan::{Action, Step},
        problem::Problem,
        run::{Outcome, Progress},
    },
    store::{self, Claimed},
};

/// One try of the present step. Writes nothing of ours but the note that a call is being sent.
pub async fn perform(app: &App, claimed: &Claimed) -> store::Result<Outcome> {
    let trial = Trial { app, claimed };
    match trial.perform().await {
        Ok(outcome) => Ok(outcome),
        Err(Trouble::Azure(error)) => trial.after_refusal(error).await,
        Err(Trouble::Delegation(delegation::Error::Store(error))) | Err(Trouble::Store(error)) => {
            Err(error)
        }
        Err(Trouble::Delegation(error)) => Ok(untokened(error)),
        Err(Trouble::LeaseLost) => Ok(Outcome::Retry {
            problem: ours("LeaseLost", "Another worker has taken over."),
            wait: None,
        }),
    }
}

enum Trouble {
    Azure(azure::Error),
    Delegation(delegation::Error),
    Store(store::Error),
    /// Somebody else carries the run out by now: nothing may be sent.
    LeaseLost,
}

impl From<azure::Error> for Trouble {
    fn from(error: azure::Error) -> Trouble {
        Trouble::Azure(error)
    }
}

impl From<delegation::Error> for Trouble {
    fn from(error: delegation::Error) -> Trouble {
        Trouble::Delegation(error)
    }
}

impl From<store::Error> for Trouble {
    fn from(error: store::Error) -> Trouble {
        Trouble::Store(error)
    }
}

type Tried = Result<Outcome, Trouble>;

struct Trial<'a> {
    app: &'a App,
    claimed: &'a Claimed,
}

impl Trial<'_> {
    async fn perform(&self) -> Tried {
        let Some(progress) = self.claimed.present() else {
            return Ok(failed("NoStep", "There is no such step in the plan."));
        };
        match &progress.step.action {
            Action::RegisterProvider { subscription } => self.register(subscription).await,
            Action::EnsureResourceGroup { group } => self.ensure_group(group).await,
            Action::CreateInstance { instance, .. } => self.create_instance(instance).await,
            Action::AssignRole { scope, role, principal, .. } => {
                self.assign_role(scope, *role, principal).await
            }
            Action::RemoveRole { assignment } => self.remove_role(assignment).await,
            Action::ChangeIdentity { instance, change, seen } => {
                self.change_identity(instance, change, seen).await
            }
            Action::ChangeTags { instance, before, after } => {
                self.change_tags(instance, before, after).await
            }
            Action::DeleteInstance { instance, created_at } => {
                self.delete_instance(instance, created_at).await
            }
            Action::Verify { instance } => self.verify(instance).await,
            Action::CreatePrivateEndpoint { endpoint, instance, subnet } => {
                self.create_private_endpoint(endpoint, instance, subnet).await
            }
            Action::EnsurePrivateZone { zone } => self.ensure_private_zone(zone).await,
            Action::LinkPrivateZone { link, network } => {
                self.link_private_zone(link, network).await
            }
            Action::JoinPrivateZone { group, zone } => self.join_private_zone(group, zone).await,
            Action::SetPublicAccess { instance, enabled } => {
                self.set_public_access(instance, *enabled).await
            }
            Action::DecideConnection { connection, approve } => {
                self.decide_connection(connection, *approve).await
            }
            Action::RemoveConnection { connection } => self.remove_connection(connection).await,
        }
    }

    /// The call as it was approved, byte for byte. That it is being sent is noted first, so that
    /// what a dead worker wrote is told as written.
    async fn send(&self, token: &AccessToken) -> Result<Answer, Trouble> {
        if !self.app.store.sending(self.claimed, self.app.clock.now()).await? {
            return Err(Trouble::LeaseLost);
        }
        let step = self.step();
        let method = step.call.method.word();
        let call =
            Call { method, path_and_query: &step.call.path, body: step.call.body.as_deref() };
        Ok(self.app.azure.send(token, call, &step.correlation.to_string()).await?)
    }

    async fn token(&self, resource: Resource) -> Result<AccessToken, Trouble> {
        let Some(person) = &self.progress().in_name_of else {
            return Err(Trouble::LeaseLost);
        };
        Ok(self.app.delegation.act_as(&person.id, resource, self.app.clock.now()).await?)
    }

    /// What a refusal of Azure comes to. A token that is no longer good is fetched anew; claims that
    /// the refresh token can satisfy need no person.
    async fn after_refusal(&self, error: azure::Error) -> store::Result<Outcome> {
        let Some(person) = &self.progress().in_name_of else {
            return Ok(failed("NoName", "Nobody's name is on this step."));
        };
        let resource = match error.problem().service {
            azure::Service::Twins => Resource::Twins,
            azure::Service::Graph => Resource::Graph,
            _ => Resource::Arm,
        };
        match error {
            azure::Error::Busy { after, problem } => {
                Ok(Outcome::Retry { problem: theirs(&problem), wait: after })
            }
            azure::Error::Unreachable { problem, .. } => {
                Ok(Outcome::Retry { problem: theirs(&problem), wait: None })
            }
            azure::Error::Expired(problem) => {
                self.app.delegation.forget_access(&person.id, resource);
                Ok(Outcome::Retry { problem: theirs(&problem), wait: None })
            }
            azure::Error::SignIn { claims: Some(claims), problem }
                if self.claimed.request.run.attempt <= 1 =>
            {
                let now = self.app.clock.now();
                match self
                    .app
                    .delegation
                    .act_as_with_claims(&person.id, resource, &claims, now)
                    .await
                {
                    Ok(_) => Ok(Outcome::Retry { problem: theirs(&problem), wait: None }),
                    Err(delegation::Error::Store(error)) => Err(error),
                    Err(error) => Ok(match untokened(error) {
                        Outcome::NeedsSignIn { claims: wanted } => {
                            Outcome::NeedsSignIn { claims: wanted.or(Some(claims)) }
                        }
                        other => other,
                    }),
                }
            }
            azure::Error::SignIn { claims, .. } => Ok(Outcome::NeedsSignIn { claims }),
            azure::Error::Refused(problem) | azure::Error::Missing(problem) if passes(&problem) => {
                Ok(Outcome::Retry { problem: theirs(&problem), wait: None })
            }
            azure::Error::Refused(problem) | azure::Error::Missing(problem) => {
                Ok(Outcome::Failed { problem: theirs(&problem) })
            }
        }
    }

    fn progress(&self) -> &Progress {
        // `perform` has looked that the position is within the plan.
        &self.claimed.request.steps[self.claimed.request.run.position]
    }

    fn step(&self) -> &Step {
        &self.progress().step
    }

    /// Whether this run has sent the step's call before, in this life or an earlier one.
    fn sent(&self) -> bool {
        self.progress().sent_at.is_some()
    }

    /// It is so. It was this run that made it so if the call has been sent before.
    fn done(&self, proof: &str, host_name: Option<String>) -> Outcome {
        Outcome::Done { wrote: self.sent(), proof: proof.to_owned(), host_name }
    }

    fn underway(&self, operation: Option<String>, after: Option<Duration>) -> Outcome {
        let floor = self.app.site.poll_floor;
        Outcome::Underway { operation, wait: after.unwrap_or(floor).max(floor) }
    }
}

fn written(proof: &str, host_name: Option<String>) -> Outcome {
    Outcome::Done { wrote: true, proof: proof.to_owned(), host_name }
}

/// Where to ask how far it is: the address that Azure gave, else the resource itself.
fn operation_of(answer: &Answer, step: &Step) -> String {
    answer.operation.clone().unwrap_or_else(|| step.call.path.clone())
}

/// Refusals that pass by themselves (Azure's own troubleshooting pages say to try again).
fn passes(problem: &azure::Problem) -> bool {
    matches!(
        problem.code.as_str(),
        "PrincipalNotFound"
            | "MissingSubscriptionRegistration"
            | "SubscriptionNotRegistered"
            | "AnotherOperationInProgress"
            | "OperationInProgress"
            | "Conflict"
            | "RetryableError"
    )
}

fn untokened(error: delegation::Error) -> Outcome {
    match error {
        delegation::Error::NeedsSignIn { claims, .. } => Outcome::NeedsSignIn { claims },
        delegation::Error::Azure(azure::Error::Busy { after, problem }) => {
            Outcome::Retry { problem: theirs(&problem), wait: after }
        }
        delegation::Error::Azure(azure::Error::Refused(problem)) => {
            Outcome::Failed { problem: theirs(&problem) }
        }
        delegation::Error::Azure(error) => {
            Outcome::Retry { problem: theirs(error.problem()), wait: None }
        }
        delegation::Error::Store(error) => {
            Outcome::Retry { problem: ours("Database", &error.to_string()), wait: None }
        }
    }
}

fn theirs(problem: &azure::Problem) -> Problem {
    Problem {
        code: problem.code.clone(),
        message: problem.message.clone(),
        correlation: problem.correlation.clone().or_else(|| problem.request.clone()),
        status: problem.status,
    }
}

fn ours(code: &str, message: &str) -> Problem {
    Problem { code: code.to_owned(), message: message.to_owned(), correlation: None, status: None }
}

fn failed(code: &str, message: &str) -> Outcome {
    Outcome::Failed { problem: ours(code, message) }
}
