//! Steps that change who holds which role.

use std::time::Duration;

use super::{Trial, Tried, Trouble};
use crate::{
    azure::{self, AccessToken, Filter, Resource},
    domain::{
        principal::Principal,
        role::Role,
        run::{self, Outcome},
        scope::Scope,
    },
};

impl Trial<'_> {
    pub(super) async fn assign_role(
        &self,
        scope: &Scope,
        role: Role,
        principal: &Principal,
    ) -> Tried {
        let token = self.token(Resource::Arm).await?;
        if let Some(found) = self.assignment(&token, scope, role, principal).await? {
            return self.assigned(&token, scope, found).await;
        }
        match self.send(&token).await {
            Ok(_) => {}
            // Somebody has granted the same under another name. It is so; it was not us.
            Err(Trouble::Azure(azure::Error::Refused(problem)))
                if problem.code == "RoleAssignmentExists" =>
            {
                let host = self.host_name(&token, scope).await;
                let proof =
                    format!("Azure says that {} holds this role there already.", principal.label());
                return Ok(Outcome::Done { wrote: false, proof, host_name: host });
            }
            Err(trouble) => return Err(trouble),
        }
        match self.assignment(&token, scope, role, principal).await? {
            Some(found) => self.assigned(&token, scope, found).await,
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
        scope: &Scope,
        role: Role,
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
        found: azure::RoleAssignment,
    ) -> Tried {
        let host = self.host_name(token, scope).await;
        let ours = found
            .description
            .as_deref()
            .is_some_and(|text| text.contains(&self.claimed.request.id));
        let proof = format!("The role assignment {} was read back.", found.name);
        Ok(Outcome::Done { wrote: ours, proof, host_name: host })
    }

    /// For the requester, who may not be able to read the instance; worth a try and no more.
    async fn host_name(&self, token: &AccessToken, scope: &Scope) -> Option<String> {
        if let Some(host) = run::host_name(&self.claimed.request.steps) {
            return Some(host.to_owned());
        }
        self.app.azure.instance(token, &scope.to_string()).await.ok().flatten()?.host_name
    }
}
