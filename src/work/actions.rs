//! Each kind of step in Azure's terms: look whether it is so, make it so, read it back.
//! Knows what Azure's answers mean for a step; knows not what follows from that for the run.
//!
//! Looking comes first, so that a step may be tried again after any death without doing anything
//! twice: a worker that died after the write finds what it wrote.

use std::time::Duration;

use crate::{
    App,
    azure::{self, AccessToken, Answer, Call, Filter, Instance, Operation, Resource},
    delegation,
    domain::{
        asked::{Principal, REQUEST_TAG},
        plan::{Action, Step},
        problem::Problem,
        role::Role,
        run::{self, Outcome},
        scope::Scope,
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
            Action::AssignRole { instance, role, principal, .. } => {
                self.assign_role(instance, *role, principal).await
            }
            Action::Verify { instance } => self.verify(instance).await,
        }
    }

    async fn register(&self, subscription: &str) -> Tried {
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

    async fn ensure_group(&self, group: &Scope) -> Tried {
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

    async fn create_instance(&self, instance: &Scope) -> Tried {
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

    async fn assign_role(&self, instance: &Scope, role: Role, principal: &Principal) -> Tried {
        let token = self.token(Resource::Arm).await?;
        if let Some(found) = self.assignment(&token, instance, role, principal).await? {
            return self.assigned(&token, instance, found).await;
        }
        match self.send(&token).await {
            Ok(_) => {}
            // Somebody has granted the same under another name. It is so; it was not us.
            Err(Trouble::Azure(azure::Error::Refused(problem)))
                if problem.code == "RoleAssignmentExists" =>
            {
                let host = self.host_name(&token, instance).await;
                let proof =
                    format!("Azure says that {} holds this role there already.", principal.label());
                return Ok(Outcome::Done { wrote: false, proof, host_name: host });
            }
            Err(trouble) => return Err(trouble),
        }
        match self.assignment(&token, instance, role, principal).await? {
            Some(found) => self.assigned(&token, instance, found).await,
            // Azure shows a new assignment with some delay.
            None => {
                Ok(self.underway(Some(self.step().call.path.clone()), Some(Duration::from_secs(2))))
            }
        }
    }

    /// The assignment of this role to this principal at the instance itself, however it is named.
    /// Somebody who may not read assignments may still make them.
    async fn assignment(
        &self,
        token: &AccessToken,
        instance: &Scope,
        role: Role,
        principal: &Principal,
    ) -> Result<Option<azure::RoleAssignment>, Trouble> {
        let filter = Filter::Principal(&principal.id);
        match self.app.azure.role_assignments(token, &instance.to_string(), filter).await {
            Ok(found) => Ok(found.into_iter().find(|assignment| {
                assignment.principal_id.eq_ignore_ascii_case(&principal.id)
                    && assignment.role_definition_id.to_lowercase().ends_with(role.guid())
                    && Scope::parse(&assignment.scope).as_ref() == Some(instance)
            })),
            Err(azure::Error::Refused(problem)) if problem.status == Some(403) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn assigned(
        &self,
        token: &AccessToken,
        instance: &Scope,
        found: azure::RoleAssignment,
    ) -> Tried {
        let host = self.host_name(token, instance).await;
        let ours = found
            .description
            .as_deref()
            .is_some_and(|text| text.contains(&self.claimed.request.id));
        let proof = format!("The role assignment {} was read back.", found.name);
        Ok(Outcome::Done { wrote: ours, proof, host_name: host })
    }

    /// For the requester, who may not be able to read the instance; worth a try and no more.
    async fn host_name(&self, token: &AccessToken, instance: &Scope) -> Option<String> {
        if let Some(host) = run::host_name(&self.claimed.request.steps) {
            return Some(host.to_owned());
        }
        self.app.azure.instance(token, &instance.to_string()).await.ok().flatten()?.host_name
    }

    async fn verify(&self, instance: &Scope) -> Tried {
        let host = match run::host_name(&self.claimed.request.steps) {
            Some(host) => Some(host.to_owned()),
            None => {
                let token = self.token(Resource::Arm).await?;
                self.app
                    .azure
                    .instance(&token, &instance.to_string())
                    .await?
                    .and_then(|found| found.host_name)
            }
        };
        let Some(host) = host else {
            return Ok(failed(
                "NoHostName",
                "The instance's host name is not known, so it could not be asked.",
            ));
        };
        let token = self.token(Resource::Twins).await?;
        match self.app.azure.probe(&token, &host).await {
            Ok(()) => Ok(Outcome::Done {
                wrote: false,
                proof: format!("{host} answered this person's own token."),
                host_name: None,
            }),
            // Azure answers the same whether a role is missing or not yet in effect; this one was
            // read back, so it is on its way.
            Err(azure::Error::Refused(problem)) if problem.status == Some(403) => Ok(Outcome::Retry {
                problem: Problem {
                    message: "The instance does not let this person in yet. A new role takes up to ten minutes \
                              to reach it; public network access may also be off."
                        .to_owned(),
                    ..theirs(&problem)
                },
                wait: Some(self.app.site.poll_floor),
            }),
            Err(error) => Err(error.into()),
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

    fn progress(&self) -> &run::Progress {
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
