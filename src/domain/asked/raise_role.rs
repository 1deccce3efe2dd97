//! A role of one's own, raised on a subscription or a resource group: the article's second way.

use serde::{Deserialize, Serialize};

use super::{
    Content, Fact, Grantee, Problems, Subscription, Warning,
    names::{parse_justification, wrong_with_group},
};
use crate::{
    domain::{
        person::Person,
        plan::{Steps, Surroundings},
        principal::Principal,
        role::Role,
        scope::Scope,
    },
    text,
    words::Text,
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RaiseRole {
    pub subscription: Subscription,
    /// A subscription or a resource group.
    pub scope: Scope,
    pub role: Role,
    /// Always the person who asks.
    pub principal: Principal,
    pub justification: String,
}

/// What was typed into "Raise my role", as typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RaiseText<'a> {
    pub subscription: Option<Subscription>,
    /// [`RaiseText::WHOLE`] for the whole subscription.
    pub group: &'a str,
    pub role: &'a str,
    pub principal: Principal,
    pub justification: &'a str,
}

impl RaiseText<'_> {
    /// Stands in the place of a resource group for the whole subscription. No group can be called so.
    pub const WHOLE: &'static str = "*";
}

impl RaiseRole {
    pub fn parse(text: RaiseText<'_>) -> Result<RaiseRole, Problems> {
        let mut problems = Problems::default();
        if text.subscription.is_none() {
            problems.add("subscription", text!("raise-no-subscription"));
        }
        let group = text.group.trim();
        if group.is_empty() {
            problems.add("resource_group", text!("raise-no-group"));
        } else if group != RaiseText::WHOLE
            && let Some(problem) = wrong_with_group(group, false)
        {
            problems.add("resource_group", problem);
        }
        let role = Role::raised_from_word(text.role);
        if role.is_none() {
            problems.add("role", text!("raise-no-role"));
        }
        let justification = parse_justification(text.justification, &mut problems);
        match (text.subscription, role) {
            (Some(subscription), Some(role)) if problems.is_empty() => {
                let scope = match group {
                    RaiseText::WHOLE => Scope::subscription(&subscription.id),
                    group => Scope::group(&subscription.id, group),
                };
                let principal = text.principal;
                Ok(RaiseRole { subscription, scope, role, principal, justification })
            }
            _ => Err(problems),
        }
    }

    /// The resource group, or the subscription where it is the whole of it.
    fn place(&self) -> &str {
        self.scope.group_name().unwrap_or(&self.subscription.name)
    }
}

impl Content for RaiseRole {
    fn kind(&self) -> &'static str {
        "raise_role"
    }

    fn title(&self) -> Text {
        text!("grant-title", role = self.role.name(), place = self.place())
    }

    fn subscription(&self) -> &Subscription {
        &self.subscription
    }

    fn justification(&self) -> &str {
        &self.justification
    }

    fn scope(&self) -> Scope {
        self.scope.clone()
    }

    fn facts(&self) -> Vec<Fact> {
        let limit = self.role.condition().map(|_| text!("raise-limited")).unwrap_or_default();
        let place = match self.scope.group_name() {
            Some(group) => text!("raise-group", name = group),
            None => text!("raise-whole"),
        };
        vec![
            Fact::of(text!("raise-applies-to"), place),
            Fact::noted(text!("access-role"), Text::verbatim(self.role.name()), limit),
            Fact::of(text!("raise-allows"), self.role.description()),
            Fact::about(text!("access-member"), &self.principal),
        ]
    }

    fn warnings(&self) -> Vec<Warning> {
        let whole = self.scope.group_name().is_none();
        let far = match self.role {
            Role::Owner => text!("raise-far-owner"),
            Role::UserAccessAdministrator => text!("raise-far-access"),
            Role::Contributor if whole => text!("raise-far-contributor"),
            _ => return Vec::new(),
        };
        let far = far
            .with("who", self.principal.label())
            .with("place", self.place())
            .with("whole", if whole { "yes" } else { "no" });
        vec![Warning {
            title: text!("raise-far"),
            text: Text::sentences(std::iter::once(far).chain(self.role.instead())),
            items: Vec::new(),
        }]
    }

    fn plan(&self, steps: &mut Steps, _: &Person, _: Surroundings) {
        let grant = Grantee { principal: self.principal.clone(), role: self.role };
        steps.assign_role(&self.scope, &grant, &self.scope);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::principal::PrincipalKind;

    fn text<'a>(group: &'a str, role: &'a str) -> RaiseText<'a> {
        RaiseText {
            subscription: Some(Subscription { id: "S".into(), name: "Production".into() }),
            group,
            role,
            principal: Principal {
                id: "p".into(),
                kind: PrincipalKind::User,
                name: Some("Carl".into()),
                mail: None,
            },
            justification: "why",
        }
    }

    #[test]
    fn a_role_is_raised_on_a_group_or_on_the_whole_subscription() {
        let raise = RaiseRole::parse(text("rg", "contributor")).expect("nothing is wrong");
        assert_eq!(
            (raise.scope.to_string().as_str(), raise.warnings()),
            ("/subscriptions/S/resourceGroups/rg", Vec::new())
        );
        let raise = RaiseRole::parse(text(" * ", "owner")).expect("nothing is wrong");
        assert_eq!(raise.scope, Scope::subscription("S"));
        assert_eq!(raise.title(), "Owner on Production");
        assert!(raise.warnings()[0].text.to_string().contains("the whole subscription Production"));
    }

    #[test]
    fn data_roles_are_asked_for_elsewhere() {
        let wrong = RaiseRole::parse(text("a/b", "data_owner")).expect_err("both are wrong");
        assert!(RaiseRole::parse(text("", "owner")).is_err(), "nothing is wide by leaving it out");
        assert!(wrong.of("role").is_some() && wrong.of("resource_group").is_some());
    }
}
