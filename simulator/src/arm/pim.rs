//! Privileged Identity Management for Azure resources: time-bound assignments and eligibilities. The ends are kept by the
//! world's clock.
//!
//! Source: `RoleAssignmentScheduleRequest.json`, `RoleEligibilityScheduleRequest.json`, `…Instance.json` and
//! `RoleManagementPolicyAssignment.json` 2020-10-01; "Integrate PIM with Azure role-based access control".

use jiff::{SignedDuration, Span, Timestamp, tz::TimeZone};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::authorization::{existing_scope, scope};
use super::conditions::{Attributes, Subject};
use super::groups::json_body;
use super::rbac;
use super::role_definitions::{self, role_id};
use super::{Call, Outcome, envelope, locks, subscriptions};
use crate::clock::precise;
use crate::message::Answer;
use crate::random;
use crate::shapes::Shape;
use crate::state::State;
use crate::world::{Assignment, World};

const WRITE: &str = "Microsoft.Authorization/roleAssignments/write";
const DELETE: &str = "Microsoft.Authorization/roleAssignments/delete";

/// A request for an assignment or an eligibility, and what has become of it.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Schedule {
    /// The GUID in its address.
    pub name: String,
    pub eligibility: bool,
    pub scope: String,
    /// GUID of the role definition.
    pub role: String,
    pub principal: String,
    pub principal_type: String,
    pub request_type: String,
    pub status: String,
    pub justification: Option<String>,
    pub ticket: Value,
    pub info: Value,
    pub linked: Option<String>,
    pub created_at: Timestamp,
    pub requestor: String,
    /// GUID of the schedule and of its instance.
    pub schedule: String,
    pub start: Timestamp,
    pub end: Option<Timestamp>,
    /// Name of the role assignment that it has made.
    pub assignment: Option<String>,
    /// In force: not over, not removed.
    pub active: bool,
}

impl Schedule {
    fn is_for(&self, other: &Self) -> bool {
        self.eligibility == other.eligibility
            && self.scope.eq_ignore_ascii_case(&other.scope)
            && self.role == other.role
            && self.principal.eq_ignore_ascii_case(&other.principal)
    }
}

impl World {
    /// Schedules that begin or end: assignments come and go with them. A lock keeps an assignment beyond its end.
    pub(crate) fn settle_schedules(&mut self, now: Timestamp) {
        let mut rows = std::mem::take(&mut self.schedules);
        for row in &mut rows {
            if row.active && row.end.is_some_and(|end| end <= now) {
                let at = format!(
                    "{}/providers/Microsoft.Authorization/roleAssignments/{}",
                    row.scope,
                    row.assignment.as_deref().unwrap_or_default()
                );
                row.active = false;
                row.status = if row.assignment.is_some() && locks::check(self, DELETE, &at).is_err()
                {
                    "FailedAsResourceIsLocked".into()
                } else {
                    if let Some(name) = &row.assignment {
                        self.role_assignments.retain(|other| other.name != *name);
                    }
                    "Revoked".into()
                };
            } else if row.active && row.status == "ScheduleCreated" && row.start <= now {
                row.status = "Provisioned".into();
                self.provision(row, now, 0);
            }
        }
        self.schedules = rows;
    }

    fn provision(&mut self, row: &mut Schedule, now: Timestamp, propagation: i64) {
        if row.eligibility {
            return;
        }
        let name = random::guid();
        self.role_assignments.push(Assignment {
            name: name.clone(),
            scope: row.scope.clone(),
            role: row.role.clone(),
            principal: row.principal.clone(),
            principal_type: row.principal_type.clone(),
            description: None,
            condition: None,
            condition_version: None,
            created_at: now,
            updated_at: now,
            created_by: Some(row.requestor.clone()),
            updated_by: Some(row.requestor.clone()),
            effective_at: now + SignedDuration::from_secs(propagation),
            gone_at: None,
        });
        row.assignment = Some(name);
    }
}

fn bad(code: &str, text: &str) -> Answer {
    Answer::json(400, &json!({"error": {"code": code, "message": text}}))
}

fn licensed(state: &State) -> Result<(), Answer> {
    if state.settings.premium_licence {
        return Ok(());
    }
    Err(bad(
        "AadPremiumLicenseRequired",
        "The tenant needs to have Microsoft Entra ID P2 or Microsoft Entra ID Governance license.",
    ))
}

pub fn put_assignment(state: &mut State, call: &Call) -> Outcome {
    put(state, call, false)
}

pub fn put_eligibility(state: &mut State, call: &Call) -> Outcome {
    put(state, call, true)
}

fn put(state: &mut State, call: &Call, eligibility: bool) -> Outcome {
    let row = judged(state, call, eligibility)?;
    let row = carried_out(state, row);
    let answer = Answer::json(201, &shown(state, &row));
    state.world.schedules.push(row);
    Ok(answer)
}

/// The same judgement without any effect.
pub fn validate_assignment(state: &mut State, call: &Call) -> Outcome {
    let row = judged(state, call, false)?;
    Ok(Answer::json(200, &shown(state, &row)))
}

pub fn validate_eligibility(state: &mut State, call: &Call) -> Outcome {
    let row = judged(state, call, true)?;
    Ok(Answer::json(200, &shown(state, &row)))
}

/// Everything that a request may be refused for.
fn judged(state: &State, call: &Call, eligibility: bool) -> Result<Schedule, Answer> {
    licensed(state)?;
    let scope = scope(state, call)?;
    let body = json_body(call)?;
    let properties = &body["properties"];
    let text = |name: &str| properties[name].as_str().filter(|text| !text.is_empty());
    let request_type = text("requestType").unwrap_or_default().to_owned();
    let (own, action) = match request_type.as_str() {
        "AdminAssign" | "AdminUpdate" | "AdminExtend" | "AdminRenew" => (false, WRITE),
        "AdminRemove" => (false, DELETE),
        "SelfActivate" | "SelfDeactivate" if !eligibility => (true, WRITE),
        other => {
            return Err(bad(
                "InvalidRoleAssignmentRequestType",
                &format!("The requestType '{other}' is not supported here."),
            ));
        }
    };
    let name = call.param("name");
    let request = request_id(&scope, eligibility, name);
    let guid = text("roleDefinitionId").and_then(|id| id.rsplit('/').next()).unwrap_or_default();
    let principal = text("principalId").unwrap_or_default().to_owned();
    let tenant = &state.world.tenant_of_path(&scope).id;
    let found = state.world.principal_in(tenant, &principal);
    let principal_type = found.map(|found| found.kind().to_owned());
    if !own {
        let subject = Subject {
            role: guid.to_owned(),
            principal: principal.clone(),
            principal_type: principal_type.clone(),
        };
        let attributes = Attributes { request: Some(subject.clone()), resource: Some(subject) };
        call.must_with(state, action, &request, &attributes)?;
    } else {
        subscriptions::check_state(&state.world, action, &request)?;
        locks::check(&state.world, action, &request)?;
    }
    let scope = existing_scope(state, &scope)?;
    if uuid::Uuid::parse_str(name).is_err() {
        let text = format!("The name '{name}' of the request is not valid. It must be a GUID.");
        return Err(bad("InvalidRoleAssignmentRequest", &text));
    }
    let role = role_definitions::assignable(state, guid, &scope)?.id.clone();
    let now = state.now();
    let fresh = state
        .world
        .service_principals
        .iter()
        .any(|row| row.id == principal && row.visible_at.is_some_and(|at| at > now));
    let Some(principal_type) = principal_type.filter(|_| !fresh) else {
        return Err(bad("SubjectNotFound", "The subject is not found."));
    };
    let info = &properties["scheduleInfo"];
    let start =
        info["startDateTime"].as_str().and_then(|text| text.parse().ok()).unwrap_or(now).max(now);
    let row = Schedule {
        name: name.to_owned(),
        eligibility,
        scope,
        role,
        principal,
        principal_type,
        request_type: request_type.clone(),
        status: "Accepted".into(),
        justification: text("justification").map(str::to_owned),
        ticket: properties["ticketInfo"].clone(),
        info: info.clone(),
        linked: text("linkedRoleEligibilityScheduleId").map(str::to_owned),
        created_at: now,
        requestor: call.caller.oid.clone(),
        schedule: random::guid(),
        start,
        end: end(start, &info["expiration"])?,
        assignment: None,
        active: false,
    };
    let there = state.world.schedules.iter().rfind(|other| other.active && other.is_for(&row));
    let missing = || bad("RoleAssignmentDoesNotExist", "The Role assignment does not exist.");
    if matches!(request_type.as_str(), "AdminUpdate" | "AdminExtend") && there.is_none() {
        return Err(missing());
    }
    if matches!(request_type.as_str(), "AdminRemove" | "SelfDeactivate") {
        return match there {
            None => Err(missing()),
            Some(there) if now < there.created_at + SignedDuration::from_mins(5) => Err(bad(
                "ActiveDurationTooShort",
                "The active duration is too short. Minimum required is 5 minutes.",
            )),
            Some(_) => Ok(row),
        };
    }
    let ordinary = !eligibility
        && state.world.assignments().any(|other| {
            other.scope.eq_ignore_ascii_case(&row.scope)
                && other.role == row.role
                && other.principal.eq_ignore_ascii_case(&row.principal)
        });
    if matches!(request_type.as_str(), "AdminAssign" | "SelfActivate")
        && (there.is_some() || ordinary)
    {
        return Err(bad("RoleAssignmentExists", "The Role assignment already exists."));
    }
    let mut failed = failed_rules(state, call, &row, own);
    if own {
        let identities = rbac::identities(&state.world, &call.caller.oid);
        let eligible = state.world.schedules.iter().any(|other| {
            other.active
                && other.eligibility
                && other.start <= now
                && other.role == row.role
                && state.world.reaches(&other.scope, &row.scope)
                && identities.contains(&other.principal.to_ascii_lowercase())
                && row
                    .linked
                    .as_deref()
                    .is_some_and(|id| id.rsplit('/').next() == Some(&other.schedule))
        });
        if !eligible || !row.principal.eq_ignore_ascii_case(&call.caller.oid) {
            failed = vec!["EligibilityRule"];
        }
    }
    if !failed.is_empty() {
        return Err(bad(
            "RoleAssignmentRequestPolicyValidationFailed",
            &format!("The following policy rules failed: {}", json!(failed)),
        ));
    }
    match &state.settings.pim_context {
        Some(context) if own && !call.caller.acrs.contains(context) => Err(step_up(context)),
        _ => Ok(row),
    }
}

/// The message is the parameter for the next authorize request, as recorded in Azure/azure-powershell issue 25421.
fn step_up(context: &str) -> Answer {
    const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'_').remove(b'-').remove(b'.').remove(b'~');
    let claims =
        format!(r#"{{"access_token":{{"acrs":{{"essential":true, "value":"{context}"}}}}}}"#);
    let text = format!("&claims={}", utf8_percent_encode(&claims, KEPT));
    bad("RoleAssignmentRequestAcrsValidationFailed", &text)
}

/// The rules of the policy that a request breaks.
fn failed_rules(state: &State, call: &Call, row: &Schedule, own: bool) -> Vec<&'static str> {
    let mut failed = Vec::new();
    let longest = if own { own_maximum() } else { state.settings.pim_maximum.as_str() };
    let latest = after(row.start, longest);
    if row.end.is_none_or(|end| latest.is_some_and(|latest| end > latest)) {
        failed.push("ExpirationRule");
    }
    for rule in &state.settings.pim_rules {
        match rule.as_str() {
            "Justification" if row.justification.is_none() => failed.push("JustificationRule"),
            "Ticketing" if row.ticket["ticketNumber"].as_str().is_none_or(str::is_empty) => {
                failed.push("TicketingRule");
            }
            "MultiFactorAuthentication" if call.caller.acrs.is_empty() => failed.push("MfaRule"),
            _ => {}
        }
    }
    failed
}

/// Activations last a working day at most.
const fn own_maximum() -> &'static str {
    "PT8H"
}

fn after(start: Timestamp, duration: &str) -> Option<Timestamp> {
    let span: Span = duration.parse().ok()?;
    Some(start.to_zoned(TimeZone::UTC).checked_add(span).ok()?.timestamp())
}

fn end(start: Timestamp, expiration: &Value) -> Result<Option<Timestamp>, Answer> {
    let wrong =
        || bad("InvalidRoleAssignmentRequest", "The expiration of the schedule is not valid.");
    match expiration["type"].as_str() {
        None | Some("NoExpiration") => Ok(None),
        Some("AfterDuration") => expiration["duration"]
            .as_str()
            .and_then(|text| after(start, text))
            .map(Some)
            .ok_or_else(wrong),
        Some("AfterDateTime") => expiration["endDateTime"]
            .as_str()
            .and_then(|text| text.parse().ok())
            .filter(|end| *end > start)
            .map(Some)
            .ok_or_else(wrong),
        Some(_) => Err(wrong()),
    }
}

fn carried_out(state: &mut State, mut row: Schedule) -> Schedule {
    let now = state.now();
    let propagation = state.settings.role_propagation_seconds;
    let there = state.world.schedules.iter().rposition(|other| other.active && other.is_for(&row));
    match row.request_type.as_str() {
        "AdminRemove" | "SelfDeactivate" => {
            if let Some(at) = there {
                let other = &mut state.world.schedules[at];
                other.active = false;
                other.status = "Revoked".into();
                let gone = other.assignment.clone();
                row.schedule = other.schedule.clone();
                for held in state
                    .world
                    .role_assignments
                    .iter_mut()
                    .filter(|held| Some(&held.name) == gone.as_ref())
                {
                    held.gone_at = Some(now + SignedDuration::from_secs(propagation));
                }
            }
            row.status = "Revoked".into();
        }
        "AdminUpdate" | "AdminExtend" | "AdminRenew" if there.is_some() => {
            if let Some(other) = there.map(|at| &mut state.world.schedules[at]) {
                other.end = row.end;
                row.schedule = other.schedule.clone();
            }
            row.status = "Provisioned".into();
        }
        _ => {
            row.active = true;
            if row.start > now {
                row.status = "ScheduleCreated".into();
            } else {
                row.status = "Provisioned".into();
                state.world.provision(&mut row, now, propagation);
            }
        }
    }
    row
}

fn kind(eligibility: bool) -> &'static str {
    if eligibility { "RoleEligibility" } else { "RoleAssignment" }
}

fn id(row: &Schedule, what: &str, name: &str) -> String {
    at(&row.scope, row.eligibility, what, name)
}

fn request_id(scope: &str, eligibility: bool, name: &str) -> String {
    at(scope, eligibility, "ScheduleRequests", name)
}

fn at(scope: &str, eligibility: bool, what: &str, name: &str) -> String {
    let scope = scope.trim_end_matches('/');
    format!("{scope}/providers/Microsoft.Authorization/{}{what}/{name}", kind(eligibility))
}

fn expanded(state: &State, scope: &str, role: &str, principal: &str) -> Value {
    let scope_kind = match scope.split('/').count() {
        5 if scope.starts_with("/providers/") => "managementgroup",
        3 => "subscription",
        5 => "resourcegroup",
        _ => "resource",
    };
    let held = state.world.role(role);
    let (name, email) = match state.world.principal(principal) {
        Some(crate::world::Principal::Person(person)) => (json!(person.name), json!(person.mail)),
        Some(crate::world::Principal::Group(group)) => (json!(group.name), Value::Null),
        Some(crate::world::Principal::Service(service)) => (json!(service.name), Value::Null),
        None => (Value::Null, Value::Null),
    };
    let subscription = scope.split('/').nth(2).and_then(|id| state.world.subscription(id));
    let display = match scope_kind {
        "subscription" => subscription.map_or("", |row| &row.name),
        _ => scope.rsplit('/').next().unwrap_or_default(),
    };
    json!({
        "scope": {"id": scope, "displayName": display, "type": scope_kind},
        "roleDefinition": {"id": role_id(role, scope), "displayName": held.map(|role| &role.name), "type": held.map(|role| role.kind())},
        "principal": {"id": principal, "displayName": name, "email": email, "type": state.world.principal(principal).map(|found| found.kind())},
    })
}

fn shown(state: &State, row: &Schedule) -> Value {
    let expiration = &row.info["expiration"];
    let mut properties = json!({
        "scope": row.scope,
        "roleDefinitionId": role_id(&row.role, &row.scope),
        "principalId": row.principal,
        "principalType": row.principal_type,
        "requestType": row.request_type,
        "status": row.status,
        "approvalId": null,
        "scheduleInfo": {
            "startDateTime": precise(row.start),
            "expiration": {
                "type": expiration["type"].as_str().unwrap_or("NoExpiration"),
                "endDateTime": expiration["endDateTime"],
            },
        },
        "ticketInfo": {"ticketNumber": row.ticket["ticketNumber"], "ticketSystem": row.ticket["ticketSystem"]},
        "justification": row.justification,
        "requestorId": row.requestor,
        "createdOn": precise(row.created_at),
        "expandedProperties": expanded(state, &row.scope, &row.role, &row.principal),
    });
    if let Some(duration) = expiration["duration"].as_str() {
        properties["scheduleInfo"]["expiration"]["duration"] = json!(duration);
    }
    let target = if row.eligibility {
        "targetRoleEligibilitySchedule"
    } else {
        "targetRoleAssignmentSchedule"
    };
    properties[format!("{target}Id")] = json!(row.schedule);
    properties[format!("{target}InstanceId")] = json!(null);
    if let Some(linked) = &row.linked {
        properties["linkedRoleEligibilityScheduleId"] = json!(linked);
    }
    json!({
        "id": id(row, "ScheduleRequests", &row.name),
        "name": row.name,
        "type": format!("Microsoft.Authorization/{}ScheduleRequests", kind(row.eligibility)),
        "properties": properties,
    })
}

/// What a list is asked for: `atScope()`, `principalId eq '…'`, `assignedTo('…')`, `asTarget()`, `asRequestor()`.
struct Wanted {
    scope: String,
    below: bool,
    principals: Option<std::collections::HashSet<String>>,
    requestor: Option<String>,
}

impl Wanted {
    fn read(state: &State, call: &Call) -> Result<Self, Answer> {
        licensed(state)?;
        let scope = scope(state, call)?;
        let mut wanted = Self { scope, below: true, principals: None, requestor: None };
        let mut own = false;
        for part in call.ask.query("$filter").unwrap_or_default().split(" and ").map(str::trim) {
            let argument = part.split('\'').nth(1).unwrap_or_default();
            match part.split(['(', ' ']).next().unwrap_or_default() {
                "" => {}
                "atScope" => wanted.below = false,
                "asTarget" => {
                    own = true;
                    wanted.principals = Some(rbac::identities(&state.world, &call.caller.oid));
                }
                "asRequestor" => {
                    own = true;
                    wanted.requestor = Some(call.caller.oid.clone());
                }
                "assignedTo" => wanted.principals = Some(rbac::identities(&state.world, argument)),
                "principalId" => wanted.principals = Some([argument.to_ascii_lowercase()].into()),
                _ => {
                    return Err(bad(
                        "InvalidFilter",
                        &format!("The filter '{part}' is not supported."),
                    ));
                }
            }
        }
        if !own {
            call.must(state, "Microsoft.Authorization/roleAssignments/read", &wanted.scope)?;
        }
        Ok(wanted)
    }

    fn takes(&self, world: &World, scope: &str, principal: &str, requestor: &str) -> bool {
        (world.reaches(scope, &self.scope) || (self.below && world.reaches(&self.scope, scope)))
            && self
                .principals
                .as_ref()
                .is_none_or(|ids| ids.contains(&principal.to_ascii_lowercase()))
            && self.requestor.as_deref().is_none_or(|own| own == requestor)
    }
}

pub fn assignment_requests(state: &mut State, call: &Call) -> Outcome {
    requests(state, call, false)
}

pub fn eligibility_requests(state: &mut State, call: &Call) -> Outcome {
    requests(state, call, true)
}

fn requests(state: &State, call: &Call, eligibility: bool) -> Outcome {
    let wanted = Wanted::read(state, call)?;
    let rows = state
        .world
        .schedules
        .iter()
        .filter(|row| row.eligibility == eligibility)
        .filter(|row| wanted.takes(&state.world, &row.scope, &row.principal, &row.requestor))
        .map(|row| shown(state, row))
        .collect();
    Ok(envelope::page(state, call.ask, rows))
}

pub fn assignment_request(state: &mut State, call: &Call) -> Outcome {
    request(state, call, false)
}

pub fn eligibility_request(state: &mut State, call: &Call) -> Outcome {
    request(state, call, true)
}

fn position(state: &State, call: &Call, eligibility: bool) -> Result<usize, Answer> {
    let scope = scope(state, call)?;
    let name = call.param("name");
    state
        .world
        .schedules
        .iter()
        .position(|row| {
            row.eligibility == eligibility
                && row.name.eq_ignore_ascii_case(name)
                && row.scope.eq_ignore_ascii_case(&scope)
        })
        .ok_or_else(|| {
            let text = format!("The request '{name}' is not found.");
            Answer::json(404, &json!({"error": {"code": "RoleAssignmentScheduleRequestNotFound", "message": text}}))
        })
}

fn request(state: &State, call: &Call, eligibility: bool) -> Outcome {
    Wanted::read(state, call)?;
    let at = position(state, call, eligibility)?;
    Ok(Answer::json(200, &shown(state, &state.world.schedules[at])))
}

pub fn cancel_assignment(state: &mut State, call: &Call) -> Outcome {
    cancel(state, call, false)
}

pub fn cancel_eligibility(state: &mut State, call: &Call) -> Outcome {
    cancel(state, call, true)
}

/// Only what has not begun can be cancelled.
fn cancel(state: &mut State, call: &Call, eligibility: bool) -> Outcome {
    licensed(state)?;
    let at = position(state, call, eligibility)?;
    let row = &state.world.schedules[at];
    if row.requestor != call.caller.oid {
        call.must(state, WRITE, &row.scope)?;
    }
    if row.status != "ScheduleCreated" {
        return Err(bad(
            "RoleAssignmentRequestCannotBeCancelled",
            "The request is not pending and cannot be canceled.",
        ));
    }
    let row = &mut state.world.schedules[at];
    row.status = "Canceled".into();
    row.active = false;
    Ok(Answer::empty(200))
}

/// Assignments in force: those with an end, and the ordinary ones.
pub fn assignment_instances(state: &mut State, call: &Call) -> Outcome {
    let wanted = Wanted::read(state, call)?;
    let rows = state
        .world
        .assignments()
        .filter(|row| wanted.takes(&state.world, &row.scope, &row.principal, row.created_by.as_deref().unwrap_or_default()))
        .map(|row| {
            let schedule = state
                .world
                .schedules
                .iter()
                .find(|other| other.active && other.assignment.as_ref() == Some(&row.name));
            let at = row.scope.trim_end_matches('/');
            let schedule_name = schedule.map_or(&row.name, |other| &other.schedule);
            let activated = schedule.is_some_and(|other| other.request_type == "SelfActivate");
            without_nulls(json!({
                "id": format!("{at}/providers/Microsoft.Authorization/RoleAssignmentScheduleInstances/{}", row.name),
                "name": row.name,
                "type": "Microsoft.Authorization/RoleAssignmentScheduleInstances",
                "properties": {
                    "scope": row.scope,
                    "roleDefinitionId": role_id(&row.role, &row.scope),
                    "principalId": row.principal,
                    "principalType": row.principal_type,
                    "roleAssignmentScheduleId": format!("{at}/providers/Microsoft.Authorization/RoleAssignmentSchedules/{schedule_name}"),
                    "originRoleAssignmentId": format!("{at}/providers/Microsoft.Authorization/roleAssignments/{}", row.name),
                    "status": "Provisioned",
                    "startDateTime": schedule.map(|other| precise(other.start)),
                    "endDateTime": schedule.and_then(|other| other.end).map(precise),
                    "linkedRoleEligibilityScheduleId": schedule.and_then(|other| other.linked.clone()),
                    "assignmentType": if activated { "Activated" } else { "Assigned" },
                    "memberType": "Direct",
                    "condition": row.condition,
                    "conditionVersion": row.condition_version,
                    "createdOn": precise(row.created_at),
                    "expandedProperties": expanded(state, &row.scope, &row.role, &row.principal),
                },
            }))
        })
        .collect();
    Ok(envelope::page(state, call.ask, rows))
}

/// A row whose properties are left out where there is nothing to say.
fn without_nulls(mut row: Value) -> Value {
    if let Some(properties) = row["properties"].as_object_mut() {
        properties.retain(|_, value| !value.is_null());
    }
    row
}

/// Eligibilities in force.
pub fn eligibility_instances(state: &mut State, call: &Call) -> Outcome {
    let wanted = Wanted::read(state, call)?;
    let now = state.now();
    let rows = state
        .world
        .schedules
        .iter()
        .filter(|row| row.eligibility && row.active && row.start <= now)
        .filter(|row| wanted.takes(&state.world, &row.scope, &row.principal, &row.requestor))
        .map(|row| {
            without_nulls(json!({
                "id": id(row, "ScheduleInstances", &row.schedule),
                "name": row.schedule,
                "type": "Microsoft.Authorization/RoleEligibilityScheduleInstances",
                "properties": {
                    "scope": row.scope,
                    "roleDefinitionId": role_id(&row.role, &row.scope),
                    "principalId": row.principal,
                    "principalType": row.principal_type,
                    "roleEligibilityScheduleId": id(row, "Schedules", &row.schedule),
                    "status": "Provisioned",
                    "startDateTime": precise(row.start),
                    "endDateTime": row.end.map(precise),
                    "memberType": "Direct",
                    "createdOn": precise(row.created_at),
                    "expandedProperties": expanded(state, &row.scope, &row.role, &row.principal),
                },
            }))
        })
        .collect();
    Ok(envelope::page(state, call.ask, rows))
}

/// One policy for each role, the same everywhere.
pub fn policies(state: &mut State, call: &Call) -> Outcome {
    licensed(state)?;
    let scope = scope(state, call)?;
    call.must(state, "Microsoft.Authorization/roleManagementPolicyAssignments/read", &scope)?;
    let filter = call.ask.query("$filter").unwrap_or_default();
    let guid = filter.split('\'').nth(1).and_then(|id| id.rsplit('/').next());
    let wanted = |role: &&rbac::Role| guid.is_none_or(|guid| role.id.eq_ignore_ascii_case(guid));
    let rows = role_definitions::seen_at(state, &scope)
        .filter(wanted)
        .map(|role| policy(state, role, &scope))
        .collect();
    Ok(envelope::page(state, call.ask, rows))
}

fn policy(state: &State, role: &rbac::Role, scope: &str) -> Value {
    let name = format!("{}_{}", role.id, role.id);
    let rule = |id: &str, kind: &str, caller: &str, level: &str, more: Value| {
        let mut rule = json!({
            "id": id,
            "ruleType": kind,
            "target": {"caller": caller, "operations": ["All"], "level": level},
        });
        if let (Value::Object(rule), Value::Object(more)) = (&mut rule, more) {
            rule.extend(more);
        }
        rule
    };
    let expiration = "RoleManagementPolicyExpirationRule";
    let enablement = "RoleManagementPolicyEnablementRule";
    let longest =
        json!({"isExpirationRequired": true, "maximumDuration": state.settings.pim_maximum});
    json!({
        "id": format!("{scope}/providers/Microsoft.Authorization/roleManagementPolicyAssignments/{name}"),
        "name": name,
        "type": "Microsoft.Authorization/RoleManagementPolicyAssignment",
        "properties": {
            "scope": scope,
            "roleDefinitionId": role_id(&role.id, scope),
            "policyId": format!("{scope}/providers/Microsoft.Authorization/roleManagementPolicies/{}", role.id),
            "effectiveRules": [
                rule("Expiration_Admin_Eligibility", expiration, "Admin", "Eligibility", longest.clone()),
                rule("Expiration_Admin_Assignment", expiration, "Admin", "Assignment", longest),
                rule("Enablement_Admin_Assignment", enablement, "Admin", "Assignment", json!({"enabledRules": state.settings.pim_rules})),
                rule("Expiration_EndUser_Assignment", expiration, "EndUser", "Assignment",
                    json!({"isExpirationRequired": true, "maximumDuration": own_maximum()})),
                rule("AuthenticationContext_EndUser_Assignment", "RoleManagementPolicyAuthenticationContextRule", "EndUser", "Assignment",
                    json!({"isEnabled": state.settings.pim_context.is_some(), "claimValue": state.settings.pim_context.clone().unwrap_or_default()})),
            ],
        },
    })
}

pub const REQUEST_SHAPE: Shape = Shape::of(
    "RoleAssignmentScheduleRequest.json 2020-10-01 RoleAssignmentScheduleRequest",
    "{id:s name:s type:s properties:{scope:s roleDefinitionId!:s principalId!:s principalType:s requestType!:s status:s approvalId?:s targetRoleAssignmentScheduleId:s targetRoleAssignmentScheduleInstanceId?:s scheduleInfo:{startDateTime:s expiration:{type:s endDateTime?:s duration:s}} linkedRoleEligibilityScheduleId:s justification?:s ticketInfo:{ticketNumber?:s ticketSystem?:s} condition:s conditionVersion:s createdOn:s requestorId:s expandedProperties:{scope:{id:s displayName:s type:s} roleDefinition:{id:s displayName:s type:s} principal:{id:s displayName:s email:s type:s}}}}",
);

pub const INSTANCE_SHAPE: Shape = Shape::of(
    "RoleAssignmentScheduleInstance.json 2020-10-01 RoleAssignmentScheduleInstance",
    "{id:s name:s type:s properties:{scope:s roleDefinitionId:s principalId:s principalType:s roleAssignmentScheduleId:s originRoleAssignmentId:s status:s startDateTime:s endDateTime:s linkedRoleEligibilityScheduleId:s linkedRoleEligibilityScheduleInstanceId:s assignmentType:s memberType:s condition:s conditionVersion:s createdOn:s expandedProperties:{scope:{id:s displayName:s type:s} roleDefinition:{id:s displayName:s type:s} principal:{id:s displayName:s email:s type:s}}}}",
);

pub const ELIGIBILITY_REQUEST_SHAPE: Shape = Shape::of(
    "RoleEligibilityScheduleRequest.json 2020-10-01 RoleEligibilityScheduleRequest",
    "{id:s name:s type:s properties:{scope:s roleDefinitionId!:s principalId!:s principalType:s requestType!:s status:s approvalId?:s scheduleInfo:{startDateTime:s expiration:{type:s endDateTime?:s duration:s}} targetRoleEligibilityScheduleId:s targetRoleEligibilityScheduleInstanceId?:s justification?:s ticketInfo:{ticketNumber?:s ticketSystem?:s} condition:s conditionVersion:s createdOn:s requestorId:s expandedProperties:{scope:{id:s displayName:s type:s} roleDefinition:{id:s displayName:s type:s} principal:{id:s displayName:s email:s type:s}}}}",
);

pub const ELIGIBILITY_INSTANCE_SHAPE: Shape = Shape::of(
    "RoleEligibilityScheduleInstance.json 2020-10-01 RoleEligibilityScheduleInstance",
    "{id:s name:s type:s properties:{scope:s roleDefinitionId:s principalId:s principalType:s roleEligibilityScheduleId:s status:s startDateTime:s endDateTime:s memberType:s condition:s conditionVersion:s createdOn:s expandedProperties:{scope:{id:s displayName:s type:s} roleDefinition:{id:s displayName:s type:s} principal:{id:s displayName:s email:s type:s}}}}",
);

pub const POLICY_SHAPE: Shape = Shape::of(
    "RoleManagementPolicyAssignment.json 2020-10-01 RoleManagementPolicyAssignment",
    "{id:s name:s type:s properties:{scope:s roleDefinitionId:s policyId:s effectiveRules:[{id:s ruleType!:s target:{caller:s operations:[s] level:s targetObjects:[s] inheritableSettings:[s] enforcedSettings:[s]} setting:{isApprovalRequired:b isApprovalRequiredForExtension:b isRequestorJustificationRequired:b approvalMode:s approvalStages:[{approvalStageTimeOutInDays:n isApproverJustificationRequired:b escalationTimeInMinutes:n primaryApprovers:[{userType:s isBackup:b id:s description:s}] isEscalationEnabled:b escalationApprovers:[{userType:s isBackup:b id:s description:s}]}]} isEnabled:b claimValue:s enabledRules:[s] isExpirationRequired:b maximumDuration:s notificationType:s notificationLevel:s recipientType:s notificationRecipients:[s] isDefaultRecipientsEnabled:b}] policyAssignmentProperties:{scope:{id:s displayName:s type:s} roleDefinition:{id:s displayName:s type:s} policy:{id:s lastModifiedBy:{id:s displayName:s type:s email:s} lastModifiedDateTime:s}}}}",
);
