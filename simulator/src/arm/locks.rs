//! Microsoft.Authorization/locks: their list and life, and the refusal of what they forbid.
//!
//! Source: `locks.json` 2020-05-01; "Lock your resources to protect your infrastructure".

use serde_json::{Value, json};

use super::authorization::{existing_scope, scope};
use super::groups::json_body;
use super::rbac::reaches;
use super::{Call, Outcome, envelope, policy};
use crate::message::Answer;
use crate::resources::Lock;
use crate::shapes::Shape;
use crate::state::State;
use crate::world::World;

/// Refuses what a lock forbids. A deletion is also held up by locks on what is below.
pub fn check(world: &World, action: &str, scope: &str) -> Result<(), Answer> {
    let lower = action.to_ascii_lowercase();
    let verb = lower.rsplit('/').next().unwrap_or_default();
    // Locks do not lock themselves.
    if lower.starts_with("microsoft.authorization/locks/") {
        return Ok(());
    }
    let deletes = verb == "delete";
    if !deletes && !matches!(verb, "write" | "action") {
        return Ok(());
    }
    let holds = |lock: &&Lock| match lock.level.as_str() {
        "ReadOnly" => reaches(&lock.scope, scope) || (deletes && reaches(scope, &lock.scope)),
        _ => deletes && (reaches(&lock.scope, scope) || reaches(scope, &lock.scope)),
    };
    let Some(lock) = world.locks.iter().find(holds) else { return Ok(()) };
    let kind = if deletes { "delete" } else { "write" };
    let text = format!(
        "The scope '{scope}' cannot perform {kind} operation because following scope(s) are locked: '{}'. Please remove the lock and try again.",
        lock.scope
    );
    Err(envelope::error(409, "ScopeLocked", &text))
}

fn id(lock: &Lock) -> String {
    format!("{}/providers/Microsoft.Authorization/locks/{}", lock.scope, lock.name)
}

fn shown(lock: &Lock) -> Value {
    let mut properties = json!({"level": lock.level});
    if let Some(notes) = &lock.notes {
        properties["notes"] = json!(notes);
    }
    json!({"id": id(lock), "type": "Microsoft.Authorization/locks", "name": lock.name, "properties": properties})
}

/// With `atScope()`: at the scope and above; otherwise also below.
pub fn list(state: &mut State, call: &Call) -> Outcome {
    let scope = scope(state, call)?;
    call.must(state, "Microsoft.Authorization/locks/read", &scope)?;
    let filter = call.ask.query("$filter").unwrap_or_default().trim();
    if !filter.is_empty() && !filter.eq_ignore_ascii_case("atScope()") {
        let text = format!("The filter '{filter}' is not supported.");
        return Err(envelope::error(400, "InvalidFilterInQueryString", &text));
    }
    let below = filter.is_empty();
    let rows = state
        .world
        .locks
        .iter()
        .filter(|lock| reaches(&lock.scope, &scope) || (below && reaches(&scope, &lock.scope)))
        .map(shown)
        .collect();
    Ok(envelope::page(state, call.ask, rows))
}

fn position(state: &State, scope: &str, name: &str) -> Option<usize> {
    state.world.locks.iter().position(|lock| {
        lock.scope.eq_ignore_ascii_case(scope) && lock.name.eq_ignore_ascii_case(name)
    })
}

pub fn show(state: &mut State, call: &Call) -> Outcome {
    let scope = scope(state, call)?;
    call.must(state, "Microsoft.Authorization/locks/read", &scope)?;
    match position(state, &scope, call.param("name")) {
        Some(at) => Ok(Answer::json(200, &shown(&state.world.locks[at]))),
        None => {
            let text = format!("The lock '{}' could not be found.", call.param("name"));
            Err(envelope::error(404, "LockNotFound", &text))
        }
    }
}

pub fn put(state: &mut State, call: &Call) -> Outcome {
    let scope = scope(state, call)?;
    call.must(state, "Microsoft.Authorization/locks/write", &scope)?;
    let scope = existing_scope(state, &scope)?;
    let body = json_body(call)?;
    let id = format!("{scope}/providers/Microsoft.Authorization/locks/{}", call.param("name"));
    policy::check(state, "Microsoft.Authorization/locks", &id, &body)?;
    let properties = &body["properties"];
    let level = properties["level"].as_str().unwrap_or_default();
    if !matches!(level, "CanNotDelete" | "ReadOnly") {
        let text =
            format!("The lock level '{level}' is not valid: it is CanNotDelete or ReadOnly.");
        return Err(envelope::error(400, "InvalidLockLevel", &text));
    }
    let lock = Lock {
        name: call.param("name").to_owned(),
        scope: scope.clone(),
        level: level.to_owned(),
        notes: properties["notes"].as_str().map(str::to_owned),
    };
    let body = shown(&lock);
    let status = match position(state, &scope, &lock.name) {
        Some(at) => {
            state.world.locks[at] = lock;
            200
        }
        None => {
            state.world.locks.push(lock);
            201
        }
    };
    Ok(Answer::json(status, &body))
}

/// 200, or 204 where there is none.
pub fn delete(state: &mut State, call: &Call) -> Outcome {
    let scope = scope(state, call)?;
    call.must(state, "Microsoft.Authorization/locks/delete", &scope)?;
    match position(state, &scope, call.param("name")) {
        Some(at) => {
            state.world.locks.remove(at);
            Ok(Answer::empty(200))
        }
        None => Ok(Answer::empty(204)),
    }
}

pub const SHAPE: Shape = Shape::of(
    "locks.json 2020-05-01 ManagementLockObject",
    "{properties!:{level!:s notes:s owners:[{applicationId:s}]} id:s type:s name:s systemData:{createdBy:s createdByType:s createdAt:s lastModifiedBy:s lastModifiedByType:s lastModifiedAt:s}}",
);
