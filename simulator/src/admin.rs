//! `/admin/…`: how tests and the demo bend the world. Nothing of this exists in Azure. Bodies and answers are JSON; unknown
//! members are refused with 400 and a sentence.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::entra;
use crate::faults::Fault;
use crate::message::{Answer, Ask};
use crate::settings::Settings;
use crate::state::State;
use crate::world::{Assignment, Person, World, demo};
use crate::{Params, random};

fn refused(problem: impl std::fmt::Display) -> Answer {
    Answer::json(400, &json!({"problem": problem.to_string()}))
}

fn read<'a, T: Deserialize<'a>>(ask: &'a Ask) -> Result<T, Answer> {
    serde_json::from_slice(&ask.body).map_err(refused)
}

/// The right side of both is an answer.
fn either(result: Result<Answer, Answer>) -> Answer {
    result.unwrap_or_else(|refusal| refusal)
}

/// World, settings and clock as at the start; no faults, calls, sessions or tokens.
pub fn reset(state: &mut State, _: &Ask, _: &Params) -> Answer {
    state.reset();
    Answer::empty(204)
}

/// `[{n, at, service, method, path, query, caller, body, correlation_id, status}]`, oldest first.
pub fn calls(state: &mut State, _: &Ask, _: &Params) -> Answer {
    Answer::json(200, &json!(state.calls))
}

pub fn forget_calls(state: &mut State, _: &Ask, _: &Params) -> Answer {
    state.calls.clear();
    Answer::empty(204)
}

pub fn faults(state: &mut State, _: &Ask, _: &Params) -> Answer {
    Answer::json(200, &json!(state.faults.list()))
}

/// One rule or a list of them; answers `{"ids": […]}`.
pub fn add_fault(state: &mut State, ask: &Ask, _: &Params) -> Answer {
    let rules = match read::<Value>(ask) {
        Ok(Value::Array(rules)) => rules,
        Ok(rule) => vec![rule],
        Err(refusal) => return refusal,
    };
    let rules: Result<Vec<Fault>, _> = rules.into_iter().map(serde_json::from_value).collect();
    match rules {
        Ok(rules) => {
            let ids: Vec<u64> = rules.into_iter().map(|rule| state.faults.add(rule)).collect();
            Answer::json(201, &json!({ "ids": ids }))
        }
        Err(problem) => refused(problem),
    }
}

pub fn clear_faults(state: &mut State, _: &Ask, _: &Params) -> Answer {
    state.faults.clear();
    Answer::empty(204)
}

pub fn settings(state: &mut State, _: &Ask, _: &Params) -> Answer {
    Answer::json(200, &json!(state.settings))
}

/// The members given replace the ones there are; answers all of them.
pub fn change_settings(state: &mut State, ask: &Ask, _: &Params) -> Answer {
    let mut all = json!(state.settings);
    let change: Value = match read(ask) {
        Ok(change) => change,
        Err(refusal) => return refusal,
    };
    let (Value::Object(all_members), Value::Object(change)) = (&mut all, change) else {
        return refused("settings are an object");
    };
    all_members.extend(change);
    match serde_json::from_value::<Settings>(all) {
        Ok(settings)
            if ["Succeeded", "Failed", "Canceled", "Running"]
                .contains(&settings.lro_outcome.status.as_str()) =>
        {
            state.settings = settings;
            Answer::json(200, &json!(state.settings))
        }
        Ok(_) => refused("lro_outcome is Succeeded, Failed, Canceled or Running"),
        Err(problem) => refused(problem),
    }
}

pub fn clock(state: &mut State, _: &Ask, _: &Params) -> Answer {
    Answer::json(200, &json!({"now": state.now()}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    #[serde(default)]
    advance_seconds: i64,
    now: Option<Timestamp>,
}

/// `{"advance_seconds": n}` or `{"now": "2026-01-01T00:00:00Z"}`; answers `{"now": …}`.
pub fn move_clock(state: &mut State, ask: &Ask, params: &Params) -> Answer {
    match read::<Advance>(ask) {
        Ok(advance) => {
            if let Some(at) = advance.now {
                state.clock.set(at);
            }
            state.clock.advance(advance.advance_seconds);
            let now = state.now();
            state.world.settle(now);
            clock(state, ask, params)
        }
        Err(refusal) => refusal,
    }
}

/// Everything there is; role assignments with the role's name, and only those that ARM knows.
pub fn world(state: &mut State, _: &Ask, _: &Params) -> Answer {
    let mut all = json!(state.world);
    let rows: Vec<Value> =
        state.world.assignments().map(|row| assignment_shown(&state.world, row)).collect();
    all["role_assignments"] = json!(rows);
    for (shown, row) in
        all["instances"].as_array_mut().into_iter().flatten().zip(&state.world.instances)
    {
        shown["id"] = json!(row.id());
    }
    all["people"].as_array_mut().into_iter().flatten().for_each(hide_password);
    if let Value::Object(members) = &mut all {
        members.shift_remove("applications");
    }
    all["places"] = json!({
        "entra": state.places.entra, "arm": state.places.arm, "graph": state.places.graph, "twins": state.places.twins,
    });
    Answer::json(200, &all)
}

fn hide_password(person: &mut Value) {
    if let Value::Object(members) = person {
        members.shift_remove("password");
    }
}

fn assignment_shown(world: &World, row: &Assignment) -> Value {
    let mut shown = json!(row);
    shown["role_name"] = json!(world.role(&row.role).map(|role| &role.name));
    shown
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Grant {
    /// Object id, user principal name, mail or display name.
    principal: String,
    /// Name or GUID.
    role: String,
    scope: String,
}

impl Grant {
    fn resolve(&self, state: &State) -> Result<(String, String), Answer> {
        let principal = state.world.principal_id(&self.principal);
        let principal = principal
            .ok_or_else(|| refused(format!("there is no principal {}", self.principal)))?;
        let role = state.world.role(&self.role);
        let role = role.ok_or_else(|| refused(format!("there is no role {}", self.role)))?;
        Ok((principal, role.id.clone()))
    }
}

/// `{"principal", "role", "scope"}`: known everywhere at once. Answers the row.
pub fn assign(state: &mut State, ask: &Ask, _: &Params) -> Answer {
    either(read::<Grant>(ask).and_then(|grant| {
        let (principal, role) = grant.resolve(state)?;
        let now = state.now();
        let kind = state.world.principal(&principal).map_or("User", |found| found.kind());
        let row = Assignment {
            name: random::guid(),
            scope: grant.scope,
            role,
            principal,
            principal_type: kind.to_owned(),
            description: None,
            condition: None,
            condition_version: None,
            created_at: now,
            updated_at: now,
            created_by: Some(demo::OLIVIA.to_owned()),
            updated_by: Some(demo::OLIVIA.to_owned()),
            effective_at: now,
            gone_at: None,
        };
        let answer = Answer::json(201, &assignment_shown(&state.world, &row));
        state.world.role_assignments.push(row);
        Ok(answer)
    }))
}

/// The same members; answers `{"removed": n}`.
pub fn unassign(state: &mut State, ask: &Ask, _: &Params) -> Answer {
    either(read::<Grant>(ask).and_then(|grant| {
        let (principal, role) = grant.resolve(state)?;
        let before = state.world.role_assignments.len();
        state.world.role_assignments.retain(|row| {
            !(row.principal.eq_ignore_ascii_case(&principal)
                && row.role == role
                && row.scope.eq_ignore_ascii_case(&grant.scope))
        });
        Ok(Answer::json(200, &json!({"removed": before - state.world.role_assignments.len()})))
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SubscriptionState {
    state: String,
}

/// `{"state": "Disabled"}`; answers the subscription.
pub fn set_subscription(state: &mut State, ask: &Ask, params: &Params) -> Answer {
    const STATES: [&str; 5] = ["Enabled", "Warned", "PastDue", "Disabled", "Deleted"];
    let wanted = match read::<SubscriptionState>(ask) {
        Ok(wanted) if STATES.contains(&wanted.state.as_str()) => wanted.state,
        Ok(_) => return refused(format!("a subscription is one of {STATES:?}")),
        Err(refusal) => return refusal,
    };
    match state.world.subscription_mut(&params["sub"]) {
        Some(row) => {
            row.state = wanted;
            Answer::json(200, &json!(row))
        }
        None => Answer::json(404, &json!({"problem": "there is no such subscription"})),
    }
}

/// `{"upn", "name"?, "mail"?, "id"?, "user_type"?, "app_roles"?, …}`; answers the person.
pub fn add_person(state: &mut State, ask: &Ask, _: &Params) -> Answer {
    let mut person: Person = match read(ask) {
        Ok(person) => person,
        Err(refusal) => return refusal,
    };
    if person.upn.is_empty() || state.world.person(&person.upn).is_some() {
        return refused("a person needs a upn that nobody has yet");
    }
    match state.world.tenant(&person.tenant) {
        Some(tenant) => person.tenant.clone_from(&tenant.id),
        None => return refused(format!("there is no tenant {}", person.tenant)),
    }
    if person.name.is_empty() {
        person.name = person.upn.split('@').next().unwrap_or_default().to_owned();
    }
    if person.mail.is_empty() {
        person.mail = person.upn.clone();
    }
    let mut shown = json!(person);
    hide_password(&mut shown);
    let answer = Answer::json(201, &shown);
    state.world.people.push(person);
    answer
}

fn with_person(
    state: &mut State,
    params: &Params,
    act: impl FnOnce(&mut State, String) -> Answer,
) -> Answer {
    match state.world.person(&params["who"]).map(|person| person.id.clone()) {
        Some(oid) => act(state, oid),
        None => {
            Answer::json(404, &json!({"problem": format!("there is no person {}", params["who"])}))
        }
    }
}

/// Ends the person's sessions, refresh tokens and (for clients with `cp1`) access tokens; answers `{"sids": […]}`.
pub fn revoke(state: &mut State, _: &Ask, params: &Params) -> Answer {
    with_person(state, params, |state, oid| {
        Answer::json(200, &json!({"sids": entra::revoke(state, &oid)}))
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Switch {
    #[serde(default = "yes")]
    on: bool,
}

fn yes() -> bool {
    true
}

fn switch(
    state: &mut State,
    ask: &Ask,
    params: &Params,
    set: impl FnOnce(&mut Person, bool),
) -> Answer {
    let switch = if ask.body.is_empty() { Ok(Switch { on: true }) } else { read::<Switch>(ask) };
    match switch {
        Ok(Switch { on }) => with_person(state, params, |state, oid| {
            if let Some(person) = state.world.person_mut(&oid) {
                set(person, on);
            }
            Answer::empty(204)
        }),
        Err(refusal) => refusal,
    }
}

/// Conditional Access blocks the person from now on; `{"on": false}` ends that.
pub fn block(state: &mut State, ask: &Ask, params: &Params) -> Answer {
    switch(state, ask, params, |person, on| person.blocked = on)
}

/// Conditional Access wants multi-factor authentication of the person; `{"on": false}` ends that.
pub fn require_mfa(state: &mut State, ask: &Ask, params: &Params) -> Answer {
    switch(state, ask, params, |person, on| person.require_mfa = on)
}

/// A key that was never published signs from now on; answers `{"kid": …}`. Takes up to a second.
pub fn rotate_keys(state: &mut State, _: &Ask, _: &Params) -> Answer {
    match state.keys.as_mut() {
        Some(keys) => Answer::json(200, &json!({"kid": keys.rotate()})),
        None => Answer::empty(503),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Consent {
    #[serde(default)]
    grant: Vec<String>,
    #[serde(default)]
    withdraw: Vec<String>,
}

/// `{"grant": […], "withdraw": […]}` of permission names; answers `{"consented": […]}`.
pub fn consent(state: &mut State, ask: &Ask, _: &Params) -> Answer {
    match read::<Consent>(ask) {
        Ok(Consent { grant, withdraw }) => {
            let consented = &mut state.settings.consented;
            consented.retain(|name| !withdraw.contains(name) && !grant.contains(name));
            consented.extend(grant);
            Answer::json(200, &json!({"consented": consented}))
        }
        Err(refusal) => refusal,
    }
}
