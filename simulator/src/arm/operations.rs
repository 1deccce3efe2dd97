//! Long-running operations: their beginning, their signed addresses and what those answer. Knows when, not what: the work
//! itself is done by the world.
//!
//! Source: "Azure Resource Manager RPC, asynchronous API reference"; recorded creations of instances (2025).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{Call, Outcome, envelope, instances, tracked};
use crate::clock::precise;
use crate::message::Answer;
use crate::random;
use crate::settings::Outcome as Ending;
use crate::shapes::Shape;
use crate::state::State;
use crate::world::{Operation, Wait, Work, instance_id};

/// Notes that something has begun and returns its id. What it will come to is settled now, by the settings.
pub fn begin(
    state: &mut State,
    work: Work,
    subscription: &str,
    location: &str,
    group: &str,
    name: &str,
) -> String {
    begin_on(state, work, [subscription, location, group, name], None)
}

/// The same for a resource that is no instance; the names are those of its subscription, place, group and instance.
pub fn begin_on(
    state: &mut State,
    work: Work,
    [subscription, location, group, name]: [&str; 4],
    resource: Option<String>,
) -> String {
    let now = state.now();
    let id = random::guid();
    let Ending { status, code, message } = state.settings.lro_outcome.clone();
    state.world.operations.push(Operation {
        id: id.clone(),
        work,
        subscription: subscription.to_owned(),
        location: location.to_owned(),
        group: group.to_owned(),
        name: name.to_owned(),
        resource,
        wait: Wait::new(state.settings.lro_polls, state.settings.lro_seconds, now),
        outcome: Ending { status, code, message },
        started_at: now,
        status: "Running".into(),
        ended_at: None,
    });
    id
}

/// The operation of this kind on this that has not ended.
pub fn under_way(
    state: &State,
    work: Work,
    subscription: &str,
    group: &str,
    name: &str,
) -> Option<String> {
    let found = state.world.operations.iter().rfind(|row| {
        row.work == work
            && row.ended_at.is_none()
            && row.subscription.eq_ignore_ascii_case(subscription)
            && row.group.eq_ignore_ascii_case(group)
            && row.name.eq_ignore_ascii_case(name)
    });
    found.map(|row| row.id.clone())
}

/// Adds the headers by which the operation is followed.
pub fn follow(answer: Answer, state: &State, id: &str, version: &str) -> Answer {
    let Some(operation) = state.world.operations.iter().find(|operation| operation.id == id) else {
        return answer;
    };
    let at = format!(
        "/subscriptions/{}/providers/Microsoft.DigitalTwins/locations/{}",
        operation.subscription, operation.location
    );
    let mut what = json!({
        "operationKind": kind(operation.work),
        "resourceKind": "DigitalTwinsInstance",
        "resourceGroupName": operation.group,
        "resourceName": operation.name,
    });
    if let Some(resource) = &operation.resource {
        let (rest, child) = resource.rsplit_once('/').unwrap_or_default();
        what["resourceKind"] = json!(rest.rsplit('/').next());
        what["childResourceName"] = json!(child);
    }
    answer
        .with(
            "azure-asyncoperation",
            signed(state, &format!("{at}/operationsStatuses/{id}"), version),
        )
        .with(
            "location",
            signed(
                state,
                &format!("{at}/operationResults/{}", URL_SAFE_NO_PAD.encode(what.to_string())),
                version,
            ),
        )
        .with("retry-after", state.settings.retry_after.to_string())
}

pub fn group_address(state: &State, subscription: &str, id: &str, version: &str) -> String {
    signed(state, &format!("/subscriptions/{subscription}/operationresults/{id}"), version)
}

fn kind(work: Work) -> &'static str {
    match work {
        Work::CreateInstance | Work::CreateResource => "Create",
        Work::UpdateInstance | Work::UpdateResource => "Update",
        Work::MoveInstances => "Move",
        Work::DeleteInstance | Work::DeleteGroup | Work::DeleteResource => "Delete",
    }
}

/// About three kilobytes, as in Azure: ticks, certificate, signature, hash.
pub(super) fn signed(state: &State, path: &str, version: &str) -> String {
    let ticks = 621_355_968_000_000_000 + i128::from(state.now().as_microsecond()) * 10;
    let certificate: String = (0..48)
        .map(|n| digest(&[&state.address_key, "certificate", &n.to_string()]))
        .collect::<Vec<_>>()
        .concat();
    let ticks = ticks.to_string();
    let signature: String =
        (0..8).map(|n| signature(state, path, &ticks, n)).collect::<Vec<_>>().concat();
    format!(
        "{}{path}?api-version={version}&t={ticks}&c={certificate}&s={signature}&h={}",
        state.places.arm,
        digest(&[path, &ticks])
    )
}

fn signature(state: &State, path: &str, ticks: &str, part: u8) -> String {
    digest(&[&state.address_key, &path.to_ascii_lowercase(), ticks, &part.to_string()])
}

fn digest(parts: &[&str]) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(parts.join("\n")))
}

pub(super) fn check_signature(state: &State, call: &Call) -> Result<(), Answer> {
    let given = |name: &str| call.ask.query(name).unwrap_or_default();
    let right: String = (0..8)
        .map(|n| signature(state, &call.ask.path, given("t"), n))
        .collect::<Vec<_>>()
        .concat();
    if given("s") == right { Ok(()) } else { Err(gone()) }
}

pub(super) fn gone() -> Answer {
    envelope::error(
        404,
        "NotFound",
        "The operation could not be found: its address is not one that was given out.",
    )
}

/// At the subscription, or at what the operation is about.
fn must_read(
    state: &State,
    call: &Call,
    action: &str,
    operation: &Operation,
) -> Result<(), Answer> {
    let at = instance_id(&operation.subscription, &operation.group, &operation.name);
    if call.may(state, action, &at) {
        return Ok(());
    }
    Err(call.forbidden(action, &format!("/subscriptions/{}", operation.subscription)))
}

/// One look at an operation; it may be the last that it still waits for.
pub(super) fn look(state: &mut State, id: &str) -> Operation {
    let now = state.now();
    let mut seen = None;
    if let Some(operation) = state.world.operations.iter_mut().find(|operation| operation.id == id)
    {
        seen = Some(operation.clone());
        operation.wait.look();
    }
    state.world.settle(now);
    seen.expect("an operation is looked at after it was found")
}

pub(super) fn found(
    state: &State,
    subscription: &str,
    matches: impl Fn(&Operation) -> bool,
) -> Result<Operation, Answer> {
    // As providers may, this one forgets an operation a day after its end.
    let long_ago = state.now() - SignedDuration::from_hours(24);
    let mut newest_first = state.world.operations.iter().rev();
    newest_first
        .find(|row| row.subscription == subscription && matches(row))
        .filter(|row| row.ended_at.is_none_or(|at| at > long_ago))
        .cloned()
        .ok_or_else(gone)
}

pub fn status(state: &mut State, call: &Call) -> Outcome {
    let subscription = call.subscription(state)?;
    check_signature(state, call)?;
    let operation =
        found(state, &subscription, |row| row.id.eq_ignore_ascii_case(call.param("operation")))?;
    must_read(state, call, "Microsoft.DigitalTwins/locations/operationsStatuses/read", &operation)?;
    let operation = look(state, &operation.id);
    let mut body = json!({
        "id": format!("/subscriptions/{subscription}/locations/{}/operationsStatuses/{}", operation.location, operation.id),
        "name": operation.id,
        "status": operation.status,
        "startTime": precise(operation.started_at),
    });
    if let Some(ended) = operation.ended_at {
        body["endTime"] = json!(precise(ended));
        if let Some(error) = failure(&operation) {
            body["error"] = error;
        }
    }
    Ok(Answer::json(200, &body))
}

pub(super) fn failure(operation: &Operation) -> Option<Value> {
    let Ending { status, code, message } = &operation.outcome;
    (status != "Succeeded").then(|| {
        json!({
            "code": code.as_deref().unwrap_or(if status == "Canceled" { "OperationCanceled" } else { "InternalServerError" }),
            "message": message.as_deref().unwrap_or("The operation did not succeed. Please try again."),
        })
    })
}

/// `operationResults`: 202 with the resource while running; then 200 with it, 204 after a deletion, or the error.
pub fn result(state: &mut State, call: &Call) -> Outcome {
    let subscription = call.subscription(state)?;
    check_signature(state, call)?;
    let what = URL_SAFE_NO_PAD.decode(call.param("what")).ok();
    let what: Value =
        what.and_then(|bytes| serde_json::from_slice(&bytes).ok()).ok_or_else(gone)?;
    let text = |name: &str| what[name].as_str().unwrap_or_default();
    let operation = found(state, &subscription, |row| {
        row.work != Work::DeleteGroup
            && kind(row.work) == text("operationKind")
            && row.group.eq_ignore_ascii_case(text("resourceGroupName"))
            && row.name.eq_ignore_ascii_case(text("resourceName"))
            && row.resource.as_deref().and_then(|id| id.rsplit('/').next()).unwrap_or_default()
                == text("childResourceName")
            && row
                .resource
                .as_deref()
                .is_none_or(|id| id.contains(&format!("/{}/", text("resourceKind"))))
    })?;
    must_read(state, call, "Microsoft.DigitalTwins/locations/operationResults/read", &operation)?;
    let body = |state: &State| {
        if let Some(id) = &operation.resource {
            return state
                .world
                .resource(id)
                .map(|row| tracked::shown(&state.world, row))
                .unwrap_or_default();
        }
        state
            .world
            .instance(&subscription, &operation.group, &operation.name)
            .map(|row| instances::shown(&state.world, row))
            .unwrap_or_default()
    };
    let before = body(state);
    let operation = look(state, &operation.id);
    if operation.ended_at.is_none() {
        let retry = state.settings.retry_after.to_string();
        return Ok(Answer::json(202, &before)
            .with("location", state.places.arm.clone() + &address(call))
            .with("retry-after", retry));
    }
    if let Some(error) = failure(&operation) {
        return Ok(Answer::json(500, &json!({ "error": error })));
    }
    if matches!(operation.work, Work::DeleteInstance | Work::DeleteResource) {
        return Ok(Answer::empty(204));
    }
    Ok(Answer::json(200, &before))
}

/// The same for the deletion of a resource group.
pub fn group_result(state: &mut State, call: &Call) -> Outcome {
    let subscription = call.subscription(state)?;
    check_signature(state, call)?;
    let operation =
        found(state, &subscription, |row| row.id.eq_ignore_ascii_case(call.param("operation")))?;
    let operation = look(state, &operation.id);
    if operation.ended_at.is_none() {
        let retry = state.settings.retry_after.to_string();
        return Ok(Answer::empty(202)
            .with("location", state.places.arm.clone() + &address(call))
            .with("retry-after", retry));
    }
    match failure(&operation) {
        Some(error) => Ok(Answer::json(409, &json!({ "error": error }))),
        None if operation.work == Work::MoveInstances => Ok(Answer::empty(204)),
        None => Ok(Answer::empty(200)),
    }
}

pub(super) fn address(call: &Call) -> String {
    format!("{}?{}", call.ask.path, call.ask.raw_query)
}

pub const STATUS_SHAPE: Shape = Shape::of(
    "resource-management/types.json v5 OperationStatusResult",
    "{id:s resourceId:s name:s status!:s percentComplete:n startTime:s endTime:s operations:[^] error:{code:s message:s target:s details:[^] additionalInfo:[{type:s info:{*:*}}]}}",
);
