//! The plan's steps: for each kind the exact call, and what its sender must hold.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    ASSIGNMENTS_API, Action, Call, INSTANCES_API, MODELS_API, Method, RESOURCES_API, Round, Step,
};
use crate::domain::{
    asked::{Assignment, CreateInstance, Grantee, IdentityChange, IdentityState, Tags},
    permission::{
        ASSIGN_IDENTITY, ASSIGN_ROLES, DELETE_INSTANCE, Need, REGISTER, REMOVE_ROLES, WRITE_GROUP,
        WRITE_INSTANCE,
    },
    principal::{InstanceIdentity, Principal},
    role::AssignedRole,
    scope::Scope,
};

/// A plan being made: one function for each kind of step, which says exactly what is sent.
pub struct Steps {
    round: Round,
    steps: Vec<Step>,
}

impl Steps {
    pub fn new(round: Round) -> Steps {
        Steps { round, steps: Vec::new() }
    }

    pub fn into_steps(self) -> Vec<Step> {
        self.steps
    }

    /// The request that the plan is for.
    pub fn request(&self) -> Uuid {
        self.round.request
    }

    pub(super) fn has(&self, action: &Action) -> bool {
        self.steps.iter().any(|step| step.action == *action)
    }

    pub(super) fn push(
        &mut self,
        action: Action,
        method: Method,
        path: String,
        body: Option<String>,
        needs: Vec<Need>,
    ) {
        let correlation = self.round.correlation(self.steps.len());
        self.steps.push(Step { action, call: Call { method, path, body }, needs, correlation });
    }

    pub fn register_provider(&mut self, subscription: &str) {
        let scope = Scope::subscription(subscription);
        self.push(
            Action::RegisterProvider { subscription: subscription.to_owned() },
            Method::Post,
            format!(
                "{scope}/providers/Microsoft.DigitalTwins/register?api-version={RESOURCES_API}"
            ),
            None,
            vec![Need::new(REGISTER, scope)],
        );
    }

    pub fn ensure_group(&mut self, group: &Scope, region: &str) {
        self.push(
            Action::EnsureResourceGroup { group: group.clone() },
            Method::Put,
            format!("{}?api-version={RESOURCES_API}", address(group)),
            Some(json!({ "location": region }).to_string()),
            vec![Need::new(WRITE_GROUP, Scope::subscription(group.subscription_id()))],
        );
    }

    /// `held_at` exists already; what is held there will be held on the instance.
    pub fn create_instance(
        &mut self,
        instance: &Scope,
        held_at: &Scope,
        create: &CreateInstance,
        tags: &BTreeMap<String, String>,
    ) {
        let mut body = json!({
            "location": create.region,
            "properties": { "publicNetworkAccess": create.networking.access_word() },
            "tags": tags,
        });
        if create.system_identity {
            body["identity"] = json!({ "type": "SystemAssigned" });
        }
        self.push(
            Action::CreateInstance { instance: instance.clone(), region: create.region.clone() },
            Method::Put,
            format!("{}?api-version={INSTANCES_API}", address(instance)),
            Some(body.to_string()),
            vec![Need::new(WRITE_INSTANCE, held_at.clone())],
        );
    }

    /// `held_at` as in [`Steps::create_instance`].
    pub fn assign_role(&mut self, scope: &Scope, grant: &Grantee, held_at: &Scope) {
        self.assign(scope, &grant.principal, grant.role.into(), held_at, None);
    }

    /// A role for an identity of an instance, as long as `principal` is that identity.
    pub fn assign_identity_role(
        &mut self,
        scope: &Scope,
        principal: &Principal,
        role: AssignedRole,
        identity: &InstanceIdentity,
    ) {
        self.assign(scope, principal, role, scope, Some(identity));
    }

    fn assign(
        &mut self,
        scope: &Scope,
        principal: &Principal,
        role: AssignedRole,
        held_at: &Scope,
        identity: Option<&InstanceIdentity>,
    ) {
        let assignment = assignment_name(scope, &principal.id, role.guid());
        let mut body = json!({
            "properties": {
                "roleDefinitionId": role.definition_id(scope.subscription_id()),
                "principalId": principal.id,
                "principalType": principal.kind.word(),
                "description": format!("Twindesk request {}", self.round.request),
            },
        });
        if let Some(condition) = role.condition() {
            body["properties"]["condition"] = json!(condition);
            body["properties"]["conditionVersion"] = json!("2.0");
        }
        self.push(
            Action::AssignRole {
                scope: scope.clone(),
                assignment,
                role,
                principal: principal.clone(),
                identity: identity.cloned(),
            },
            Method::Put,
            format!(
                "{}/providers/Microsoft.Authorization/roleAssignments/{assignment}?api-version={ASSIGNMENTS_API}",
                address(scope)
            ),
            Some(body.to_string()),
            vec![Need::new(ASSIGN_ROLES, held_at.clone())],
        );
    }

    /// Whatever else stands there is no part of it: the worker compares before it sends.
    pub fn remove_role(&mut self, assignment: &Assignment) {
        let scope = &assignment.scope;
        self.push(
            Action::RemoveRole { assignment: assignment.clone() },
            Method::Delete,
            format!(
                "{}/providers/Microsoft.Authorization/roleAssignments/{}?api-version={ASSIGNMENTS_API}",
                address(scope),
                assignment.name
            ),
            None,
            vec![Need::new(REMOVE_ROLES, scope.clone())],
        );
    }

    /// As a merge patch: what it does not name stays, `null` takes away. Where no user-assigned
    /// identity is left, the type alone says so.
    pub fn change_identity(
        &mut self,
        instance: &Scope,
        change: &IdentityChange,
        seen: &IdentityState,
    ) {
        let after = seen.after(change);
        let mut identity = json!({ "type": after.kind() });
        let mut needs = vec![Need::new(WRITE_INSTANCE, instance.clone())];
        match change {
            IdentityChange::Associate { identities } => {
                for one in identities.iter().filter(|one| !seen.user.contains(one)) {
                    identity["userAssignedIdentities"][one.to_string()] = json!({});
                    needs.push(Need::new(ASSIGN_IDENTITY, one.clone()));
                }
            }
            IdentityChange::Remove { identities } if after.users > 0 => {
                for one in identities.iter().filter(|one| seen.user.contains(one)) {
                    identity["userAssignedIdentities"][one.to_string()] = Value::Null;
                }
            }
            _ => {}
        }
        self.push(
            Action::ChangeIdentity {
                instance: instance.clone(),
                change: change.clone(),
                seen: seen.clone(),
            },
            Method::Patch,
            format!("{}?api-version={INSTANCES_API}", address(instance)),
            Some(json!({ "identity": identity }).to_string()),
            needs,
        );
    }

    /// The whole map: `tags` of `DigitalTwinsPatchDescription` takes texts only.
    pub fn change_tags(&mut self, instance: &Scope, before: &Tags, after: &Tags) {
        self.push(
            Action::ChangeTags {
                instance: instance.clone(),
                before: before.clone(),
                after: after.clone(),
            },
            Method::Patch,
            format!("{}?api-version={INSTANCES_API}", address(instance)),
            Some(json!({ "tags": after }).to_string()),
            vec![Need::new(WRITE_INSTANCE, instance.clone())],
        );
    }

    pub fn delete_instance(&mut self, instance: &Scope, created_at: &str) {
        self.push(
            Action::DeleteInstance {
                instance: instance.clone(),
                created_at: created_at.to_owned(),
            },
            Method::Delete,
            format!("{}?api-version={INSTANCES_API}", address(instance)),
            None,
            vec![Need::new(DELETE_INSTANCE, instance.clone())],
        );
    }

    pub fn verify(&mut self, instance: &Scope) {
        self.push(
            Action::Verify { instance: instance.clone() },
            Method::Get,
            format!("/models?api-version={MODELS_API}"),
            None,
            Vec::new(),
        );
    }
}

/// The name of the role assignment: the same scope, principal and role make the same name, so
/// that a repeat makes the same assignment and never a second.
pub fn assignment_name(scope: &Scope, principal: &str, role_guid: &str) -> Uuid {
    let text = format!("{}|{}|{role_guid}", scope.key(), principal.to_lowercase());
    Uuid::new_v5(&Uuid::NAMESPACE_URL, text.as_bytes())
}

/// A scope as part of an address. Letters beyond ASCII, which resource groups may have, are
/// percent-encoded.
pub(super) fn address(scope: &Scope) -> String {
    percent_encoding::utf8_percent_encode(&scope.to_string(), percent_encoding::CONTROLS)
        .to_string()
}
