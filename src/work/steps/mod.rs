//! Each kind of step in Azure's terms: look whether it is so, make it so, read it back. One file for
//! each group of kinds; here is what they share.
//! Knows what Azure's answers mean for a step; knows not what follows from that for the run.
//!
//! Every step goes in one order, so that it may be tried again after any death without doing anything
//! twice: follow the operation that it began; look; wait while it moves; done if it is so; wait if
//! Azure has taken the call and does not show it; only then send.

mod changes;
mod creation;
mod networking;
mod roles;
mod verification;

use std::time::Duration;

use crate::{
    App,
    azure::{self, AccessToken, Answer, Call, Instance, Operation, Resource},
    delegation,
    domain::{
        asked::moment,
        patience,
        plan::{Action, Step},
        problem::Problem,
        run::{LEASE_LOST, Outcome, Progress, Wrote},
        scope::Scope,
    },
    store::{self, Claimed},
    text,
    words::Text,
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
            problem: Problem::ours(LEASE_LOST, text!("problem-lease-lost")),
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
            return Ok(failed("NoStep", text!("problem-no-step")));
        };
        match &progress.step.action {
            Action::RegisterProvider { subscription } => self.register(subscription).await,
            Action::EnsureResourceGroup { group } => self.ensure_group(group).await,
            Action::CreateInstance { instance, .. } => self.create_instance(instance).await,
            Action::AssignRole { scope, role, principal, identity, .. } => {
                self.assign_role(scope, role, principal, identity.as_ref()).await
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
        // A process that was frozen just now finds the note made, and the run with somebody else.
        if self.app.clock.now() >= self.claimed.at.plus(super::LEASE) {
            return Err(Trouble::LeaseLost);
        }
        let step = self.step();
        let method = step.call.method.word();
        let call =
            Call { method, path_and_query: &step.call.path, body: step.call.body.as_deref() };
        let answer = self.app.azure.send(token, call, &step.correlation.to_string()).await;
        if let Err(error) = &answer
            && did_nothing(error)
        {
            self.app.store.unsent(self.claimed, self.app.clock.now()).await?;
        }
        Ok(answer?)
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
            return Ok(failed("NoName", text!("problem-no-name")));
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
                        Outcome::NeedsSignIn { claims: wanted, problem } => {
                            Outcome::NeedsSignIn { claims: wanted.or(Some(claims)), problem }
                        }
                        other => other,
                    }),
                }
            }
            azure::Error::SignIn { claims, problem } => {
                Ok(Outcome::NeedsSignIn { claims, problem: Some(theirs(&problem)) })
            }
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

    /// Whether this run has been about to send the step's call before, in this life or an earlier one,
    /// and Azure has not said that it did nothing.
    fn sent(&self) -> bool {
        self.progress().sent_at.is_some()
    }

    /// The same, also before a person had the step tried anew. What is told of a write goes by this, and
    /// whether to send goes by [`Trial::sent`].
    fn was_ever_sent(&self) -> bool {
        self.sent() || self.progress().sent_before
    }

    /// How the operation stands that the step's call began; `None` when the resource itself is to be
    /// looked at.
    async fn following(&self, token: &AccessToken) -> Result<Option<Outcome>, Trouble> {
        let Some(operation) =
            self.progress().operation.as_deref().filter(|address| address.starts_with("http"))
        else {
            return Ok(None);
        };
        Ok(match self.app.azure.operation(token, operation).await {
            Ok(Operation::Running { after }) => Some(self.underway(None, after)),
            Ok(Operation::Failed(problem)) => Some(Outcome::Failed { problem: theirs(&problem) }),
            Ok(Operation::Canceled) => Some(failed("Canceled", text!("problem-canceled"))),
            // The record of an operation may be gone, or hidden from who began it.
            Ok(Operation::Succeeded) | Err(azure::Error::Missing(_)) => None,
            Err(azure::Error::Refused(problem)) if problem.status == Some(403) => None,
            Err(error) => return Err(error.into()),
        })
    }

    /// Azure has answered that it took the call, since a person last asked for another try. A note
    /// of sending alone does not say that the call arrived.
    fn was_taken(&self) -> bool {
        self.sent() && self.progress().operation.is_some()
    }

    /// Azure does not show what was asked for: the call is sent, unless Azure has taken it already.
    /// That would do again what somebody may have undone since. `lacking` says what it does not show.
    async fn begin(&self, token: &AccessToken, lacking: Text) -> Tried {
        if self.was_taken() {
            return Ok(self.not_shown(lacking));
        }
        let answer = self.send(token).await?;
        Ok(self.underway(Some(operation_of(&answer, self.step())), answer.retry_after))
    }

    /// Worth some more looks, for Azure shows some changes late; then a person must see to it.
    fn not_shown(&self, lacking: Text) -> Outcome {
        let problem = Problem {
            correlation: Some(self.step().correlation.to_string()),
            ..Problem::ours("NotShown", text!("problem-not-shown", lacking = lacking))
        };
        Outcome::Retry { problem, wait: None }
    }

    /// Refuses to touch an instance that was made after this was asked, whatever its name.
    async fn another(
        &self,
        token: &AccessToken,
        instance: &Scope,
    ) -> Result<Option<Outcome>, Trouble> {
        if self.approved_instance(instance).is_none() {
            return Ok(None);
        }
        match self.app.azure.instance(token, &instance.to_string()).await {
            Ok(found) => Ok(found.and_then(|found| self.is_another(instance, &found))),
            // Who may not read instances may still act on them.
            Err(azure::Error::Refused(problem)) if problem.status == Some(403) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn is_another(&self, instance: &Scope, found: &Instance) -> Option<Outcome> {
        let asked = self.approved_instance(instance)?;
        let made = found.created_at.as_deref()?;
        (made != asked).then(|| {
            let (asked, made) = (moment(asked), moment(made));
            failed("AnotherInstance", text!("problem-another-instance", asked = asked, made = made))
        })
    }

    /// When the instance that was approved was made, if this is it and that was seen.
    fn approved_instance(&self, instance: &Scope) -> Option<&str> {
        let asked = &self.claimed.request.asked;
        asked.instance_made_at().filter(|_| asked.scope() == *instance)
    }

    /// The body that was approved.
    fn body(&self) -> serde_json::Value {
        let body = self.step().call.body.as_deref().unwrap_or_default();
        serde_json::from_str(body).unwrap_or_default()
    }

    /// It is so, and nothing about it tells by whom.
    fn done(&self, proof: Text, host_name: Option<String>) -> Outcome {
        let wrote = match self.sent() {
            true if self.was_taken() => Wrote::Yes,
            _ if self.was_ever_sent() => Wrote::Perhaps,
            _ => Wrote::No,
        };
        Outcome::Done { wrote, proof, host_name }
    }

    fn underway(&self, operation: Option<String>, after: Option<Duration>) -> Outcome {
        let began = self.progress().began_at;
        let age = began.map(|began| self.app.clock.now().since(began)).unwrap_or_default();
        let wait = after.unwrap_or_else(|| patience::look_again(age));
        Outcome::Underway { operation, wait: wait.max(self.app.site.poll_floor) }
    }
}

fn written(proof: Text, host_name: Option<String>) -> Outcome {
    Outcome::Done { wrote: Wrote::Yes, proof, host_name }
}

/// Where to ask how far it is: the address that Azure gave, else the resource itself.
fn operation_of(answer: &Answer, step: &Step) -> String {
    answer.operation.clone().unwrap_or_else(|| step.call.path.clone())
}

/// Whether Azure has answered that it did not carry the call out. After an error of its own, or none
/// at all, it may have.
fn did_nothing(error: &azure::Error) -> bool {
    matches!(error.problem().status, Some(400..=407 | 409..500))
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
        delegation::Error::NeedsSignIn { claims, code, why } => {
            Outcome::NeedsSignIn { claims, problem: Some(Problem::ours(&code, why)) }
        }
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
            // What the database says is for whoever operates it.
            let said = Text::verbatim(error.to_string());
            Outcome::Retry { problem: Problem::ours("Database", said), wait: None }
        }
    }
}

fn theirs(problem: &azure::Problem) -> Problem {
    Problem {
        code: problem.code.clone(),
        message: problem.message.clone(),
        text: problem.text.clone(),
        correlation: problem.correlation.clone().or_else(|| problem.request.clone()),
        status: problem.status,
    }
}

fn failed(code: &str, text: Text) -> Outcome {
    Outcome::Failed { problem: Problem::ours(code, text) }
}
