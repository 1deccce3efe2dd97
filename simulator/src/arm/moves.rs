//! Moving instances from one resource group to another. Both groups take no writes meanwhile.
//!
//! Source: `resources.json` 2021-04-01, Resources_MoveResources; "Move Azure resources to a new resource group or
//! subscription"; "Protect your Azure resources with a lock" (a read-only lock on either group stops a move, one on the
//! resource does not); MicrosoftDocs/azure-docs issue 59719 for the form of an objection. The code of the refusal meanwhile
//! is not documented.

use serde_json::{Value, json};

use super::groups::{existing, json_body, writable};
use super::{Call, Outcome, envelope, operations};
use crate::message::Answer;
use crate::shapes::Shape;
use crate::state::State;
use crate::world::{Instance, Work, group_id, instance_id};

const MOVE: &str = "Microsoft.Resources/subscriptions/resourceGroups/moveResources/action";
const VALIDATE: &str =
    "Microsoft.Resources/subscriptions/resourceGroups/validateMoveResources/action";
const WRITE: &str = "Microsoft.Resources/subscriptions/resourceGroups/write";

/// The names of the instances that are to move, and where to.
fn wanted(
    state: &State,
    call: &Call,
    action: &str,
) -> Result<(String, String, String, Vec<String>), Answer> {
    let subscription = call.subscription(state)?;
    call.must(state, action, &group_id(&subscription, call.param("rg")))?;
    writable(state, &subscription, call.param("rg"))?;
    let group = existing(state, &subscription, call.param("rg"))?.name.clone();
    let body = json_body(call)?;
    let target = body["targetResourceGroup"].as_str().unwrap_or_default();
    let parts: Vec<&str> = target.split('/').collect();
    let same_place = parts.get(2).is_some_and(|id| id.eq_ignore_ascii_case(&subscription));
    let name = parts.get(4).copied().unwrap_or_default();
    if !same_place || name.is_empty() || name.eq_ignore_ascii_case(&group) {
        let text = format!("The target resource group '{target}' is not valid.");
        return Err(envelope::error(400, "InvalidMoveResourcesRequest", &text));
    }
    call.must(state, WRITE, &group_id(&subscription, name))?;
    writable(state, &subscription, name)?;
    let target = existing(state, &subscription, name)?.name.clone();
    let mut names: Vec<String> = Vec::new();
    for id in body["resources"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        let found = state.world.instances.iter().find(|row| row.id().eq_ignore_ascii_case(id));
        match found.filter(|row| row.group == group) {
            Some(row) if row.state != "Succeeded" => return Err(not_ready(&subscription, row)),
            Some(row) if state.world.instance(&subscription, &target, &row.name).is_some() => {
                return Err(taken(&subscription, row, &target));
            }
            Some(row) if names.contains(&row.name) => {}
            Some(row) => names.push(row.name.clone()),
            None => {
                let text =
                    format!("Resource move is not supported for '{id}', or it is not there.");
                return Err(envelope::error(409, "ResourceMoveNotSupported", &text));
            }
        }
    }
    if names.is_empty() {
        return Err(envelope::error(
            400,
            "InvalidMoveResourcesRequest",
            "There is nothing to move.",
        ));
    }
    Ok((subscription, group, target, names))
}

/// The provider's objection to a move, as ARM hands it on.
fn objection(subscription: &str, detail: &Value) -> Answer {
    let text = format!(
        "Resource move validation failed. Please see details. Diagnostic information: subscription id '{subscription}'."
    );
    let code = "ResourceMoveProviderValidationFailed";
    let error = json!({"error": {"code": code, "message": text, "details": [detail]}});
    Answer::json(409, &error).with("x-ms-failure-cause", "gateway")
}

fn not_ready(subscription: &str, row: &Instance) -> Answer {
    objection(
        subscription,
        &json!({
            "code": "MoveCannotProceedWithResourcesNotInSucceededState",
            "target": "Microsoft.DigitalTwins/digitalTwinsInstances",
            "message": format!("The resource '{}' is in state '{}', not 'Succeeded'.", row.id(), row.state),
        }),
    )
}

fn taken(subscription: &str, row: &Instance, target: &str) -> Answer {
    objection(
        subscription,
        &json!({
            "code": "AlreadyExists",
            "target": "Microsoft.DigitalTwins/digitalTwinsInstances",
            "message": format!("The resource group '{target}' holds an instance with the name '{}' already.", row.name),
        }),
    )
}

/// 204 if the move would be taken.
pub fn validate(state: &mut State, call: &Call) -> Outcome {
    wanted(state, call, VALIDATE).map(|_| Answer::empty(204))
}

pub fn begin(state: &mut State, call: &Call) -> Outcome {
    let (subscription, group, target, names) = wanted(state, call, MOVE)?;
    for name in &names {
        if let Some(row) = state.world.instance_mut(&subscription, &group, name) {
            row.state = "Moving".into();
        }
    }
    let what = json!(names).to_string();
    let id = operations::begin_on(
        state,
        Work::MoveInstances,
        [&subscription, "westeurope", &group, &target],
        Some(what),
    );
    Ok(Answer::empty(202)
        .with("location", operations::group_address(state, &subscription, &id, &call.version))
        .with("retry-after", state.settings.retry_after.to_string()))
}

/// Refuses writes in a group that something moves out of or into.
pub fn check(state: &State, subscription: &str, group: &str) -> Result<(), Answer> {
    let busy = state.world.operations.iter().any(|row| {
        row.work == Work::MoveInstances
            && row.ended_at.is_none()
            && row.subscription.eq_ignore_ascii_case(subscription)
            && (row.group.eq_ignore_ascii_case(group) || row.name.eq_ignore_ascii_case(group))
    });
    if !busy {
        return Ok(());
    }
    let text = format!("The resource group '{group}' is locked while resources are moved.");
    Err(envelope::error(409, "ResourceMoveInProgress", &text))
}

impl crate::world::World {
    /// A move has come to its end. Role assignments stay behind at the old ids, as in Azure.
    pub(crate) fn finish_move(&mut self, operation: &crate::world::Operation) {
        let names: Vec<String> = operation
            .resource
            .as_deref()
            .and_then(|text| serde_json::from_str(text).ok())
            .unwrap_or_default();
        let crate::world::Operation { subscription, group, name: target, .. } = operation;
        for name in names {
            let (from, to) =
                (instance_id(subscription, group, &name), instance_id(subscription, target, &name));
            let Some(row) = self.instance_mut(subscription, group, &name) else { continue };
            row.state = "Succeeded".into();
            if operation.status != "Succeeded" {
                continue;
            }
            row.group.clone_from(target);
            for row in &mut self.resources {
                if super::rbac::reaches(&from, &row.id) {
                    row.id = format!("{to}{}", &row.id[from.len()..]);
                }
            }
            for lock in &mut self.locks {
                if super::rbac::reaches(&from, &lock.scope) {
                    lock.scope = format!("{to}{}", &lock.scope[from.len()..]);
                }
            }
            if let Some(content) = self.contents.remove(&from.to_ascii_lowercase()) {
                self.contents.insert(to.to_ascii_lowercase(), content);
            }
        }
    }
}

pub const REQUEST_SHAPE: Shape = Shape::of(
    "resources.json 2021-04-01 ResourcesMoveInfo",
    "{resources:[s] targetResourceGroup:s}",
);
