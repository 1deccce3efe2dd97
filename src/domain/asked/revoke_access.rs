//! Role assignments of one principal at one scope that are to be removed, exactly as Azure showed them
//! when that was asked.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Content, Fact, Problems, Sighting, Subscription, Use, Warning, about, change_identity::told_by,
    names::parse_justification,
};
use crate::{
    domain::{
        person::Person,
        plan::{Steps, Surroundings},
        principal::{Holder, InstanceIdentity},
        scope::Scope,
    },
    text,
    words::Text,
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevokeAccess {
    pub subscription: Subscription,
    pub assignment: Assignment,
    /// More of the same principal at the same scope.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<Assignment>,
    /// Where the principal is an identity of an instance: what acts as it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<Box<IdentityUse>>,
    pub justification: String,
}

/// What an identity of an instance is used for, as it was seen then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityUse {
    pub identity: InstanceIdentity,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub uses: Vec<Use>,
    /// What could not be seen, in sentences.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unseen: Vec<Text>,
    pub sighting: Sighting,
}

impl IdentityUse {
    fn warnings(&self) -> Vec<Warning> {
        let text = match self.uses.is_empty() {
            true => text!("revoke-identity-idle"),
            false => text!("revoke-identity-used"),
        };
        let mut warnings = vec![Warning {
            title: text!("revoke-identity"),
            text: text
                .with("assigned", self.identity.assigned())
                .with("name", self.identity.name()),
            items: self.uses.iter().map(Use::words).collect(),
        }];
        warnings.extend(about::unseen(text!("identity-more-stops"), &self.unseen));
        told_by(&mut warnings, Some(&self.sighting));
        warnings
    }
}

/// Assignments of one request.
pub const MOST_ASSIGNMENTS: usize = 20;

/// A role assignment as Azure showed it. What is removed later must still be this one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// Where it was made: an instance, a resource group or a subscription.
    pub scope: Scope,
    pub name: Uuid,
    /// GUID of the role definition.
    pub role: String,
    /// As Azure named the role; its GUID where it did not.
    pub role_name: String,
    pub holder: Holder,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// Azure's own text. One that was removed and made anew has another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_on: Option<String>,
}

impl Assignment {
    /// `/subscriptions/…/providers/Microsoft.Authorization/roleAssignments/…`
    pub fn id(&self) -> String {
        format!("{}{BEHIND_SCOPE}{}", self.scope, self.name)
    }

    /// Reads an assignment's id: where it was made, and its name.
    pub fn parse_id(id: &str) -> Option<(Scope, Uuid)> {
        let at = id.to_ascii_lowercase().rfind(&BEHIND_SCOPE.to_ascii_lowercase())?;
        let name = Uuid::try_parse(id.get(at + BEHIND_SCOPE.len()..)?).ok()?;
        Some((Scope::parse(id.get(..at)?)?, name))
    }
}

const BEHIND_SCOPE: &str = "/providers/Microsoft.Authorization/roleAssignments/";

impl RevokeAccess {
    /// `assignments` as Azure shows them, in the order in which they are removed.
    pub fn parse(
        subscription: Subscription,
        assignments: Vec<Assignment>,
        justification: &str,
    ) -> Result<RevokeAccess, Problems> {
        let mut problems = Problems::default();
        let justification = parse_justification(justification, &mut problems);
        let mut assignments = assignments.into_iter();
        let Some(assignment) = assignments.next() else {
            problems.add("assignment", text!("revoke-none"));
            return Err(problems);
        };
        let others: Vec<Assignment> = assignments.collect();
        let is_alike = |other: &Assignment| {
            other.scope == assignment.scope
                && other.holder.id.eq_ignore_ascii_case(&assignment.holder.id)
        };
        if !others.iter().all(is_alike) {
            problems.add("assignment", text!("revoke-not-alike"));
        }
        if others.len() >= MOST_ASSIGNMENTS {
            problems.add("assignment", text!("revoke-too-many", most = MOST_ASSIGNMENTS));
        }
        match problems.is_empty() {
            true => {
                Ok(RevokeAccess { subscription, assignment, others, identity: None, justification })
            }
            false => Err(problems),
        }
    }

    pub fn assignments(&self) -> impl Iterator<Item = &Assignment> {
        std::iter::once(&self.assignment).chain(&self.others)
    }

    /// What the roles have in common: where they are held, and by whom.
    pub fn common_facts(&self) -> Vec<Fact> {
        self.place().into_iter().chain([self.holder()]).collect()
    }

    fn place(&self) -> Vec<Fact> {
        let scope = &self.assignment.scope;
        let named = |label, name: &str| Fact::of(label, Text::verbatim(name.to_owned()));
        let mut facts = Vec::new();
        if let Some(instance) = scope.instance_name() {
            facts.push(named(text!("form-instance"), instance));
        }
        facts.extend(scope.group_name().map(about::group));
        if let Scope::Resource { .. } = scope {
            facts.push(named(text!("revoke-resource"), scope.short()));
        }
        facts
    }

    fn holder(&self) -> Fact {
        let holder = &self.assignment.holder;
        let name = Text::verbatim(holder.label().to_owned());
        Fact::noted(text!("revoke-held-by"), name, holder.detail())
    }
}

impl Content for RevokeAccess {
    fn kind(&self) -> &'static str {
        "revoke_access"
    }

    fn title(&self) -> Text {
        text!(
            "revoke-title",
            count = self.others.len() + 1,
            role = &self.assignment.role_name,
            holder = self.assignment.holder.label()
        )
    }

    fn subscription(&self) -> &Subscription {
        &self.subscription
    }

    fn justification(&self) -> &str {
        &self.justification
    }

    fn scope(&self) -> Scope {
        self.assignment.scope.clone()
    }

    fn facts(&self) -> Vec<Fact> {
        let mut facts = self.place();
        for assignment in self.assignments() {
            let role = Text::verbatim(assignment.role_name.clone());
            facts.push(Fact::of(text!("access-role"), role));
            if let Some(condition) = &assignment.condition {
                let condition = Text::verbatim(condition.clone());
                facts.push(Fact::of(text!("revoke-condition"), condition));
            }
        }
        facts.push(self.holder());
        facts
    }

    fn warnings(&self) -> Vec<Warning> {
        self.identity.as_ref().map_or_else(Vec::new, |identity| identity.warnings())
    }

    fn plan(&self, steps: &mut Steps, _: &Person, _: Surroundings) {
        for assignment in self.assignments() {
            steps.remove_role(assignment);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "/subscriptions/S/resourceGroups/rg/providers/Microsoft.DigitalTwins/digitalTwinsInstances/dt/providers/Microsoft.Authorization/roleAssignments/40000000-aaaa-4000-8000-000000000001";

    #[test]
    fn an_assignment_is_known_by_its_id() {
        let (scope, name) = Assignment::parse_id(ID).expect("an id");
        assert_eq!(scope, Scope::instance("S", "rg", "dt"));
        assert_eq!(name.to_string(), "40000000-aaaa-4000-8000-000000000001");
        assert_eq!(Assignment::parse_id(&ID.replace("roleA", "roleDefinitionA")), None);
        let other = ID.replace("DigitalTwins/digitalTwinsInstances", "Storage/storageAccounts");
        let (scope, _) = Assignment::parse_id(&other).expect("an id");
        assert_eq!(scope, Scope::resource("S", "rg", "Microsoft.Storage/storageAccounts/dt"));
        assert_eq!(Assignment::parse_id(&ID[..ID.len() - 1]), None);
        assert_eq!(
            Assignment::parse_id("/providers/Microsoft.Authorization/roleAssignments/x"),
            None
        );
    }

    fn assignment(holder: &str, scope: Scope) -> Assignment {
        Assignment {
            scope,
            name: Uuid::nil(),
            role: "r".into(),
            role_name: "Reader".into(),
            holder: Holder { id: holder.into(), kind: None, name: None, mail: None },
            condition: None,
            created_on: None,
        }
    }

    #[test]
    fn several_are_of_one_principal_at_one_scope() {
        let (here, above) = (Scope::instance("S", "rg", "dt"), Scope::group("S", "rg"));
        let parse = |all: &[(&str, &Scope)]| {
            let all = all.iter().map(|(holder, scope)| assignment(holder, (*scope).clone()));
            RevokeAccess::parse(Subscription::unnamed("S"), all.collect(), "why")
        };
        let asked = parse(&[("p", &here), ("P", &here)]).expect("of one");
        assert_eq!(
            (asked.title().to_string().as_str(), asked.others.len()),
            ("Remove 2 roles from p", 1)
        );
        assert!(
            parse(&[("p", &here)])
                .expect("one")
                .title()
                .to_string()
                .starts_with("Remove Reader from")
        );
        for wrong in [&[("p", &here), ("q", &here)][..], &[("p", &here), ("p", &above)], &[]] {
            assert!(parse(wrong).is_err(), "{wrong:?}");
        }
        assert!(parse(&[("p", &here); 21]).is_err());
        assert!(parse(&[("p", &here); 20]).is_ok());
    }
}
