//! Steps that change who holds which role.

use std::time::Duration;

use super::{Trial, Tried, Trouble, failed, operation_of, written};
use crate::{
    azure::{self, AccessToken, Answer, Filter, Resource},
    domain::{
        asked::Assignment,
        principal::{InstanceIdentity, Principal},
        role::AssignedRole,
        run::{self, Outcome, Wrote},
        scope::Scope,
    },
    text,
};

impl Trial<'_> {
    pub(super) async fn assign_role(
        &self,
        scope: &Scope,
        role: &AssignedRole,
        principal: &Principal,
        identity: Option<&InstanceIdentity>,
    ) -> Tried {
        let token = self.token(Resource::Arm).await?;
        if let Some(found) = self.assignment(&token, scope, role, principal).await? {
            return self.assigned(&token, scope, role, found, self.was_ever_sent()).await;
        }
        if self.was_taken() {
            return Ok(self.not_shown(text!("lacking-assignment")));
        }
        if let Some(refusal) = self.another(&token, scope).await? {
            return Ok(refusal);
        }
        if let Some(identity) = identity
            && let Some(refusal) = self.no_identity(&token, identity, principal).await?
        {
            return Ok(refusal);
        }
        let answer = match self.send(&token).await {
            Ok(answer) => answer,
            // Somebody has granted the same under another name. It is so; it was not us.
            Err(Trouble::Azure(azure::Error::Refused(problem)))
                if problem.code == "RoleAssignmentExists" =>
            {
                if let Some(found) = self.assignment(&token, scope, role, principal).await? {
                    return self.assigned(&token, scope, role, found, true).await;
                }
                let host = self.host_name(&token, scope).await;
                let proof = text!("proof-held-already", name = principal.label());
                return Ok(Outcome::Done { wrote: Wrote::No, proof, host_name: host });
            }
            Err(trouble) => return Err(trouble),
        };
        match self.assignment(&token, scope, role, principal).await {
            Ok(Some(found)) => self.assigned(&token, scope, role, found, true).await,
            // Azure shows a new assignment with some delay. That it was taken is noted, whatever
            // became of this look.
            _ => Ok(self.shortly(&answer)),
        }
    }

    /// Refuses to give a role to what is no identity of the instance any more: Azure would give it to a
    /// principal that is gone, or that the instance cannot act as.
    async fn no_identity(
        &self,
        token: &AccessToken,
        identity: &InstanceIdentity,
        principal: &Principal,
    ) -> Result<Option<Outcome>, Trouble> {
        let found = match self.app.azure.instance(token, &identity.instance.to_string()).await {
            Ok(found) => found,
            // Who may not read instances may still assign roles.
            Err(azure::Error::Refused(problem)) if problem.status == Some(403) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let user = identity.user_assigned.as_ref().map(ToString::to_string);
        let now = found.as_ref().and_then(|instance| instance.principal_of(user.as_deref()));
        if now.is_some_and(|id| id.eq_ignore_ascii_case(&principal.id)) {
            return Ok(None);
        }
        Ok(Some(failed(
            "IdentityGone",
            match &identity.user_assigned {
                None => text!(
                    "problem-system-identity-gone",
                    instance = identity.instance.short(),
                    id = &principal.id
                ),
                Some(identity) => {
                    text!("problem-identity-gone", name = identity.short(), id = &principal.id)
                }
            },
        )))
    }

    /// The assignment of this role to this principal at the scope itself, however it is named.
    /// Somebody who may not read assignments may still make them.
    async fn assignment(
        &self,
        token: &AccessToken,
        scope: &Scope,
        role: &AssignedRole,
        principal: &Principal,
    ) -> Result<Option<azure::RoleAssignment>, Trouble> {
        let filter = Filter::Principal(&principal.id);
        match self.app.azure.role_assignments(token, &scope.to_string(), filter).await {
            Ok(found) => Ok(found.into_iter().find(|assignment| {
                assignment.principal_id.eq_ignore_ascii_case(&principal.id)
                    && assignment.role_definition_id.to_lowercase().ends_with(role.guid())
                    && Scope::parse(&assignment.scope).as_ref() == Some(scope)
            })),
            Err(azure::Error::Refused(problem)) if problem.status == Some(403) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn assigned(
        &self,
        token: &AccessToken,
        scope: &Scope,
        role: &AssignedRole,
        found: azure::RoleAssignment,
        sent: bool,
    ) -> Tried {
        if !role.is_limited_by(found.condition.as_deref()) {
            return Ok(failed(
                "OtherCondition",
                match &found.condition {
                    Some(condition) => text!(
                        "problem-other-condition",
                        condition = condition,
                        assignment = &found.name
                    ),
                    None => text!("problem-no-condition", assignment = &found.name),
                },
            ));
        }
        let host = self.host_name(token, scope).await;
        // It may be this request's and of a life that a restored database does not know.
        let ours = sent
            && found
                .description
                .as_deref()
                .is_some_and(|text| text.contains(&self.claimed.request.id));
        let proof = text!("proof-assignment", name = &found.name);
        let wrote = if ours { Wrote::Yes } else { Wrote::No };
        Ok(Outcome::Done { wrote, proof, host_name: host })
    }

    /// For the requester, who may not be able to read the instance; worth a try and no more.
    async fn host_name(&self, token: &AccessToken, scope: &Scope) -> Option<String> {
        if let Some(host) = run::host_name(&self.claimed.request.steps) {
            return Some(host.to_owned());
        }
        scope.instance_name()?;
        self.app.azure.instance(token, &scope.to_string()).await.ok().flatten()?.host_name
    }

    /// What was approved is one assignment as Azure showed it. Its name stands for scope, principal and
    /// role alone, so that the same may have been made anew since: that is left alone.
    pub(super) async fn remove_role(&self, approved: &Assignment) -> Tried {
        let token = self.token(Resource::Arm).await?;
        let (scope, name) = (approved.scope.to_string(), approved.name.to_string());
        match self.app.azure.role_assignment(&token, &scope, &name).await? {
            None => {
                return Ok(self.done(text!("proof-assignment-gone"), None));
            }
            Some(found) if !is_same(approved, &found) => {
                return Ok(failed("NotTheSame", text!("problem-not-the-same", assignment = name)));
            }
            Some(found) if is_newer(approved, &found) => {
                return Ok(self.done(text!("proof-assignment-anew"), None));
            }
            Some(_) => {}
        }
        if self.was_taken() {
            return Ok(self.not_shown(text!("lacking-removed-assignment")));
        }
        let answer = self.send(&token).await?;
        match self.app.azure.role_assignment(&token, &scope, &name).await {
            Ok(Some(found)) if !is_newer(approved, &found) => Ok(self.shortly(&answer)),
            Ok(_) => Ok(written(text!("proof-assignment-gone"), None)),
            Err(_) => Ok(self.shortly(&answer)),
        }
    }

    fn shortly(&self, answer: &Answer) -> Outcome {
        self.underway(Some(operation_of(answer, self.step())), Some(Duration::from_secs(2)))
    }
}

fn is_same(approved: &Assignment, found: &azure::RoleAssignment) -> bool {
    found.principal_id.eq_ignore_ascii_case(&approved.holder.id)
        && found.role_definition_id.to_lowercase().ends_with(&approved.role.to_lowercase())
        && Scope::parse(&found.scope).as_ref() == Some(&approved.scope)
}

/// Whether both times are known and are not the same second: answers of Azure differ in what is
/// behind it.
fn is_newer(approved: &Assignment, found: &azure::RoleAssignment) -> bool {
    const TO_THE_SECOND: usize = "2025-03-03T09:43:21".len();
    let second = |text: &Option<String>| {
        text.as_deref().and_then(|text| text.get(..TO_THE_SECOND)).map(str::to_owned)
    };
    match (second(&approved.created_on), second(&found.created_on)) {
        (Some(approved), Some(found)) => approved != found,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{principal::Holder, role::Role};

    const NAME: &str = "40000000-aaaa-4000-8000-000000000001";

    fn approved() -> Assignment {
        Assignment {
            scope: Scope::instance("S", "rg", "dt"),
            name: uuid::Uuid::try_parse(NAME).expect("a GUID"),
            role: Role::DataOwner.guid().into(),
            role_name: "x".into(),
            holder: Holder { id: "p".into(), kind: None, name: None, mail: None },
            condition: None,
            created_on: Some("2025-03-03T09:43:21.6570733Z".into()),
        }
    }

    fn found() -> azure::RoleAssignment {
        azure::RoleAssignment {
            id: String::new(),
            name: NAME.into(),
            scope: Scope::instance("s", "RG", "dt").to_string(),
            role_definition_id: Role::DataOwner.definition_id("S").to_uppercase(),
            principal_id: "P".into(),
            principal_type: None,
            description: None,
            condition: None,
            created_on: Some("2025-03-03T09:43:21Z".into()),
            created_by: None,
        }
    }

    #[test]
    fn only_what_was_approved_is_the_same() {
        assert!(is_same(&approved(), &found()));
        for other in [
            azure::RoleAssignment { principal_id: "q".into(), ..found() },
            azure::RoleAssignment {
                role_definition_id: Role::DataReader.definition_id("S"),
                ..found()
            },
            azure::RoleAssignment { role_definition_id: String::new(), ..found() },
            azure::RoleAssignment { scope: "/subscriptions/S".into(), ..found() },
        ] {
            assert!(!is_same(&approved(), &other), "{other:?}");
        }
    }

    #[test]
    fn what_was_made_anew_is_told_by_its_time_to_the_second() {
        assert!(!is_newer(&approved(), &found()));
        let later = Some("2025-03-03T09:43:22Z".to_owned());
        assert!(is_newer(&approved(), &azure::RoleAssignment { created_on: later, ..found() }));
        let unknown = azure::RoleAssignment { created_on: None, ..found() };
        assert!(!is_newer(&approved(), &unknown));
    }
}
