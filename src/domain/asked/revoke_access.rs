//! A role assignment that is to be removed, exactly as Azure showed it when that was asked.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Content, Fact, Problems, Subscription, names::parse_justification};
use crate::domain::{
    person::Person,
    plan::{Steps, Surroundings},
    principal::Holder,
    scope::Scope,
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevokeAccess {
    pub subscription: Subscription,
    pub assignment: Assignment,
    pub justification: String,
}

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

    /// Reads an assignment's id: where it was made, and its name. Of resources only instances are
    /// anything to this portal.
    pub fn parse_id(id: &str) -> Option<(Scope, Uuid)> {
        let at = id.to_ascii_lowercase().rfind(&BEHIND_SCOPE.to_ascii_lowercase())?;
        let name = Uuid::try_parse(id.get(at + BEHIND_SCOPE.len()..)?).ok()?;
        let scope = Scope::parse(id.get(..at)?)?;
        (!matches!(scope, Scope::Resource { .. })).then_some((scope, name))
    }
}

const BEHIND_SCOPE: &str = "/providers/Microsoft.Authorization/roleAssignments/";

impl RevokeAccess {
    pub fn parse(
        subscription: Subscription,
        assignment: Assignment,
        justification: &str,
    ) -> Result<RevokeAccess, Problems> {
        let mut problems = Problems::default();
        let justification = parse_justification(justification, &mut problems);
        match problems.is_empty() {
            true => Ok(RevokeAccess { subscription, assignment, justification }),
            false => Err(problems),
        }
    }
}

impl Content for RevokeAccess {
    fn kind(&self) -> &'static str {
        "revoke_access"
    }

    fn title(&self) -> String {
        format!("Remove {} from {}", self.assignment.role_name, self.assignment.holder.label())
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
        let scope = &self.assignment.scope;
        let mut facts = Vec::new();
        if let Some(instance) = scope.instance_name() {
            facts.push(Fact::of("Instance", instance));
        }
        if let Some(group) = scope.group_name() {
            facts.push(Fact::of("Resource group", group));
        }
        let holder = &self.assignment.holder;
        facts.push(Fact::of("Role", &self.assignment.role_name));
        facts.push(Fact::noted("Held by", holder.label(), &holder.detail()));
        if let Some(condition) = &self.assignment.condition {
            facts.push(Fact::of("Condition", condition));
        }
        facts
    }

    fn plan(&self, steps: &mut Steps, _: &Person, _: Surroundings) {
        steps.remove_role(&self.assignment);
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
        assert_eq!(Assignment::parse_id(&other), None);
        assert_eq!(Assignment::parse_id(&ID[..ID.len() - 1]), None);
        assert_eq!(
            Assignment::parse_id("/providers/Microsoft.Authorization/roleAssignments/x"),
            None
        );
    }
}
