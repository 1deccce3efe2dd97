//! Steps that change or delete an instance that exists. Each looks whether it is still the one that
//! was approved, and leaves any other alone.

use super::{Trial, Tried, failed};
use crate::{
    azure::{Instance, Resource},
    domain::{
        asked::{IdentityChange, IdentityState, Tags, moment},
        scope::Scope,
    },
    text,
    words::Text,
};

impl Trial<'_> {
    pub(super) async fn change_identity(
        &self,
        instance: &Scope,
        change: &IdentityChange,
        seen: &IdentityState,
    ) -> Tried {
        let token = self.token(Resource::Arm).await?;
        if let Some(outcome) = self.following(&token).await? {
            return Ok(outcome);
        }
        let Some(found) = self.app.azure.instance(&token, &instance.to_string()).await? else {
            return Ok(failed(
                "InstanceMissing",
                text!("problem-instance-missing", id = instance.to_string()),
            ));
        };
        let user = found.user_assigned().map(|one| &*one.id);
        let Some(now) = IdentityState::read(found.principal_id(), user) else {
            return Ok(failed("IdentityUnread", text!("problem-identity-unread")));
        };
        if is_moving(&found) {
            return Ok(self.underway(None, None));
        }
        if change.is_so(&now) {
            return Ok(self.done(shown(&found, change, &now), None));
        }
        if now != *seen {
            return Ok(failed(
                "IdentityChanged",
                text!("problem-identity-changed", name = instance.short()),
            ));
        }
        self.begin(&token, text!("lacking-identities")).await
    }

    pub(super) async fn change_tags(&self, instance: &Scope, before: &Tags, after: &Tags) -> Tried {
        let token = self.token(Resource::Arm).await?;
        if let Some(outcome) = self.following(&token).await? {
            return Ok(outcome);
        }
        let Some(found) = self.app.azure.instance(&token, &instance.to_string()).await? else {
            return Ok(failed(
                "InstanceMissing",
                text!("problem-instance-missing", id = instance.to_string()),
            ));
        };
        if is_moving(&found) {
            return Ok(self.underway(None, None));
        }
        if found.tags == *after {
            return Ok(self.done(text!("proof-tags"), None));
        }
        if self.sent() && found.tags != *before {
            return Ok(failed("TagsDiffer", text!("problem-tags-differ")));
        }
        if found.tags != *before {
            return Ok(failed(
                "TagsChanged",
                text!("problem-tags-changed", name = instance.short()),
            ));
        }
        self.begin(&token, text!("lacking-tags")).await
    }

    pub(super) async fn delete_instance(&self, instance: &Scope, created_at: &str) -> Tried {
        let token = self.token(Resource::Arm).await?;
        if let Some(outcome) = self.following(&token).await? {
            return Ok(outcome);
        }
        let Some(found) = self.app.azure.instance(&token, &instance.to_string()).await? else {
            return Ok(self.done(text!("proof-instance-gone", name = instance.short()), None));
        };
        if found.created_at.as_deref() != Some(created_at) {
            let (asked, made) = (moment(created_at), found.created_at.as_deref().map(moment));
            if self.sent() {
                let proof = match made {
                    Some(made) => text!("proof-instance-replaced", asked = asked, made = made),
                    None => text!("proof-instance-replaced-sometime", asked = asked),
                };
                return Ok(self.done(proof, None));
            }
            return Ok(failed(
                "AnotherInstance",
                match made {
                    Some(made) => {
                        text!("problem-another-instance", asked = asked, made = made)
                    }
                    None => text!("problem-another-instance-sometime", asked = asked),
                },
            ));
        }
        if found.provisioning_state.eq_ignore_ascii_case("Deleting") {
            return Ok(self.underway(None, None));
        }
        self.begin(&token, text!("lacking-deleted")).await
    }
}

/// Another operation is at work in it (only these are ends).
pub(super) fn is_moving(found: &Instance) -> bool {
    !matches!(found.provisioning_state.as_str(), "Succeeded" | "Failed" | "Canceled")
}

/// How it is known to be so, with the object ids that other services know the identities by.
fn shown(found: &Instance, change: &IdentityChange, now: &IdentityState) -> Text {
    let known = |one: &Scope| {
        let mut held = found.user_assigned();
        let held = held.find(|held| Scope::parse(&held.id).as_ref() == Some(one));
        match held.and_then(|held| held.principal_id.as_deref()) {
            Some(id) => text!("proof-identity", name = one.short(), id = id),
            None => text!("proof-identity-untold", name = one.short()),
        }
    };
    match change {
        IdentityChange::SystemOn => {
            text!("proof-system-on", id = now.system.as_deref().unwrap_or_default())
        }
        IdentityChange::SystemOff => text!("proof-system-off"),
        IdentityChange::Associate { identities } => {
            let all = Text::joined(identities.iter().map(known), ", ");
            text!("proof-associated", identities = all)
        }
        IdentityChange::Remove { identities } => {
            let names: Vec<&str> = identities.iter().map(Scope::short).collect();
            text!("proof-not-associated", identities = names.join(", "))
        }
    }
}
