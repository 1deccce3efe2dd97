//! A role on an instance, for one or several.

use serde::{Deserialize, Serialize};

use super::{
    Content, Fact, Grantee, MOST_MEMBERS, Problems, Subscription, about,
    names::{is_instance_name, parse_justification, wrong_with_group},
};
use crate::{
    domain::{
        person::Person,
        plan::{Steps, Surroundings},
        principal::{Principal, is_guid},
        role::Role,
        scope::Scope,
    },
    text,
    words::Text,
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantAccess {
    pub subscription: Subscription,
    /// Always an instance.
    pub instance: Scope,
    pub role: Role,
    pub members: Vec<Principal>,
    /// As Azure tells `systemData.createdAt`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<String>,
    pub justification: String,
}

/// What was typed into "Request access", as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccessText<'a> {
    pub subscription: Option<Subscription>,
    pub instance: &'a str,
    pub role: &'a str,
    pub members: Vec<Principal>,
    pub justification: &'a str,
}

impl GrantAccess {
    pub fn parse(text: AccessText<'_>) -> Result<GrantAccess, Problems> {
        let mut problems = Problems::default();
        let instance = Scope::parse(text.instance.trim()).filter(|scope| {
            scope.instance_name().is_some_and(is_instance_name)
                && scope.group_name().is_some_and(|group| wrong_with_group(group, false).is_none())
                && is_guid(scope.subscription_id())
        });
        if instance.is_none() {
            problems.add("instance", text!("grant-instance-wrong"));
        }
        let role = Role::from_word(text.role);
        if role.is_none() {
            problems.add("role", text!("grant-role-empty"));
        }
        if text.members.is_empty() {
            problems.add("members", text!("grant-nobody"));
        } else if text.members.len() > MOST_MEMBERS {
            problems.add("members", text!("grant-too-many", most = MOST_MEMBERS));
        }
        let justification = parse_justification(text.justification, &mut problems);
        match (instance, role, text.subscription) {
            (Some(instance), Some(role), subscription) if problems.is_empty() => Ok(GrantAccess {
                subscription: subscription.unwrap_or_else(|| Subscription {
                    id: instance.subscription_id().to_owned(),
                    name: instance.subscription_id().to_owned(),
                }),
                instance,
                role,
                members: text.members,
                created_at: None,
                justification,
            }),
            _ => Err(problems),
        }
    }
}

impl Content for GrantAccess {
    fn kind(&self) -> &'static str {
        "grant_access"
    }

    fn title(&self) -> Text {
        text!("grant-title", role = self.role.name(), place = self.instance.short())
    }

    fn subscription(&self) -> &Subscription {
        &self.subscription
    }

    fn justification(&self) -> &str {
        &self.justification
    }

    fn scope(&self) -> Scope {
        self.instance.clone()
    }

    fn instance_made_at(&self) -> Option<&str> {
        self.created_at.as_deref()
    }

    fn facts(&self) -> Vec<Fact> {
        let mut facts = about::facts(&self.instance);
        facts.push(Fact::of(text!("access-role"), Text::verbatim(self.role.name())));
        facts.extend(self.members.iter().map(|member| Fact::about(text!("access-member"), member)));
        facts
    }

    fn plan(&self, steps: &mut Steps, requester: &Person, _: Surroundings) {
        let grants: Vec<Grantee> = self.grants().collect();
        for grant in &grants {
            steps.assign_role(&self.instance, grant, &self.instance);
        }
        if grants.iter().any(|grant| grant.is_for(requester)) {
            steps.verify(&self.instance);
        }
    }
}

impl GrantAccess {
    fn grants(&self) -> impl Iterator<Item = Grantee> {
        self.members
            .iter()
            .map(|principal| Grantee { principal: principal.clone(), role: self.role })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::principal::PrincipalKind;

    const SUBSCRIPTION: &str = "a1b2c3d4-0000-4000-8000-00000000000a";

    #[test]
    fn access_is_asked_to_an_instance_and_nothing_wider() {
        let member = Principal {
            id: SUBSCRIPTION.into(),
            kind: PrincipalKind::User,
            name: None,
            mail: None,
        };
        let text = |instance| AccessText {
            instance,
            role: "data_owner",
            members: vec![member.clone()],
            justification: "x",
            ..AccessText::default()
        };
        let instance = format!(
            "/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.DigitalTwins/digitalTwinsInstances/dt-1"
        );
        assert!(GrantAccess::parse(text(&instance)).is_ok());
        let group = format!("/subscriptions/{SUBSCRIPTION}/resourceGroups/rg");
        assert!(GrantAccess::parse(text(&group)).is_err());
    }
}
