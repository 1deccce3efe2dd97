//! Azure Policy as far as others feel it: assignments can be read, what they deny is refused, what they modify is changed.
//!
//! Source: `policyAssignments.json` 2024-04-01; "RequestDisallowedByPolicy error with Azure resource policy"; a full
//! `additionalInfo` of Microsoft's documentation.

use serde_json::{Value, json};

use super::authorization::scope;
use super::{Call, Outcome, envelope, groups};
use crate::Params;
use crate::message::{Answer, Ask};
use crate::random;
use crate::resources::{Policy, PolicyCondition, kind};
use crate::shapes::Shape;
use crate::state::State;
use crate::world::{World, region};

pub fn list(state: &mut State, call: &Call) -> Outcome {
    let scope = scope(state, call)?;
    call.must(state, "Microsoft.Authorization/policyAssignments/read", &scope)?;
    let at_scope = call
        .ask
        .query("$filter")
        .is_some_and(|filter| filter.trim().to_ascii_lowercase().starts_with("atscope"));
    let rows = state
        .world
        .policies
        .iter()
        .filter(|row| {
            let world = &state.world;
            world.reaches(&row.scope, &scope) || (!at_scope && world.reaches(&scope, &row.scope))
        })
        .map(shown)
        .collect();
    Ok(envelope::page(state, call.ask, rows))
}

fn id(row: &Policy) -> String {
    format!("{}/providers/Microsoft.Authorization/policyAssignments/{}", row.scope, row.name)
}

fn definition(row: &Policy) -> String {
    format!("{}/providers/Microsoft.Authorization/policyDefinitions/{}", row.scope, row.name)
}

fn shown(row: &Policy) -> Value {
    json!({
        "id": id(row),
        "type": "Microsoft.Authorization/policyAssignments",
        "name": row.name,
        "properties": {
            "displayName": row.display_name,
            "policyDefinitionId": definition(row),
            "scope": row.scope,
            "notScopes": [],
            "parameters": {},
            "enforcementMode": "Default",
        },
    })
}

/// The value of a policy field in a request body.
fn field(kind: &str, id: &str, body: &Value, field: &str) -> Value {
    let tag = field
        .strip_prefix("tags['")
        .or_else(|| field.strip_prefix("tags["))
        .map(|rest| rest.trim_end_matches(['\'', ']']));
    if let Some(tag) = tag {
        return body["tags"][tag].clone();
    }
    match field.to_ascii_lowercase().as_str() {
        "location" => {
            let text = body["location"].as_str().unwrap_or_default();
            json!(region(text).map_or(text, |region| region.name))
        }
        "name" => json!(id.rsplit('/').next()),
        "type" => json!(kind),
        "tags" => body["tags"].clone(),
        "identity.type" => body["identity"]["type"].clone(),
        _ => {
            let path = field.strip_prefix(kind).unwrap_or(field).trim_start_matches('/');
            path.split('.').fold(body["properties"].clone(), |value, part| value[part].clone())
        }
    }
}

fn holds(condition: &PolicyCondition, value: &Value) -> bool {
    let same = |other: &Value| match (value.as_str(), other.as_str()) {
        (Some(value), Some(other)) => value.eq_ignore_ascii_case(other),
        _ => value == other,
    };
    let listed = || condition.value.as_array().into_iter().flatten().any(same);
    match condition.operator.to_ascii_lowercase().as_str() {
        "equals" => same(&condition.value),
        "notequals" => !same(&condition.value),
        "in" => listed(),
        "notin" => !listed(),
        "exists" => {
            let wanted = condition.value == true || condition.value == "true";
            wanted != value.is_null()
        }
        _ => false,
    }
}

/// A policy that names no types is about resource groups and what has tags and a location, as Azure's mode `Indexed` is.
fn applies(world: &World, row: &Policy, kind: &str, id: &str) -> bool {
    let is = |other: &str| other.eq_ignore_ascii_case(kind);
    let authorizes = kind.to_ascii_lowercase().starts_with("microsoft.authorization/");
    let indexed =
        is(groups::KIND) || is(kind::ZONE_LINK) || kind.split('/').count() == 2 && !authorizes;
    let named = row.kinds.iter().any(|own| is(own));
    world.reaches(&row.scope, id) && (named || row.kinds.is_empty() && indexed)
}

fn met(row: &Policy, kind: &str, id: &str, body: &Value) -> bool {
    row.conditions
        .iter()
        .all(|condition| holds(condition, &field(kind, id, body, &condition.field)))
}

/// Refuses what a policy denies.
pub fn check(state: &State, kind: &str, id: &str, body: &Value) -> Result<(), Answer> {
    let denies = |row: &&Policy| {
        row.effect.eq_ignore_ascii_case("Deny")
            && applies(&state.world, row, kind, id)
            && met(row, kind, id, body)
    };
    let Some(row) = state.world.policies.iter().find(denies) else { return Ok(()) };
    let name = id.rsplit('/').next().unwrap_or_default();
    let identifiers = json!([{
        "policyAssignment": {"name": row.display_name, "id": self::id(row)},
        "policyDefinition": {"name": row.display_name, "id": definition(row)},
    }]);
    let evaluated: Vec<Value> = row
        .conditions
        .iter()
        .map(|condition| {
            json!({
                "result": "True",
                "expressionKind": "Field",
                "expression": condition.field,
                "path": condition.field,
                "expressionValue": field(kind, id, body, &condition.field),
                "targetValue": condition.value,
                "operator": condition.operator,
            })
        })
        .collect();
    let body = json!({"error": {
        "code": "RequestDisallowedByPolicy",
        "target": name,
        "message": format!("Resource '{name}' was disallowed by policy. Policy identifiers: '{identifiers}'."),
        "additionalInfo": [{"type": "PolicyViolation", "info": {
            "evaluationDetails": {"evaluatedExpressions": evaluated},
            "policyDefinitionId": definition(row),
            "policyDefinitionName": row.name,
            "policyDefinitionDisplayName": row.display_name,
            "policyDefinitionEffect": "Deny",
            "policyAssignmentId": self::id(row),
            "policyAssignmentName": row.name,
            "policyAssignmentDisplayName": row.display_name,
            "policyAssignmentScope": row.scope,
            "policyAssignmentParameters": {},
        }}],
    }});
    Err(Answer::json(403, &body).with("x-ms-failure-cause", "gateway"))
}

/// Adds the tags that policies add, then refuses what they deny.
pub fn enforce(state: &State, kind: &str, id: &str, body: &mut Value) -> Result<(), Answer> {
    for row in &state.world.policies {
        if row.effect.eq_ignore_ascii_case("Modify")
            && applies(&state.world, row, kind, id)
            && met(row, kind, id, body)
        {
            for (name, value) in &row.adds_tags {
                if body["tags"].is_null() {
                    body["tags"] = json!({});
                }
                if body["tags"].is_object() && body["tags"][name].is_null() {
                    body["tags"][name] = json!(value);
                }
            }
        }
    }
    check(state, kind, id, body)
}

/// The same for a change: policies look at what `now` would become, and the tags that they add join those of the body.
pub fn enforce_change(
    state: &State,
    kind: &str,
    id: &str,
    now: Value,
    body: &mut Value,
) -> Result<(), Answer> {
    let mut after = now;
    for member in ["tags", "identity"] {
        if let Some(value) = body.get(member) {
            after[member] = value.clone();
        }
    }
    for (name, value) in body["properties"].as_object().into_iter().flatten() {
        after["properties"][name] = value.clone();
    }
    let tags = after["tags"].clone();
    enforce(state, kind, id, &mut after)?;
    if after["tags"] != tags {
        body["tags"] = after["tags"].clone();
    }
    Ok(())
}

/// `POST /admin/policies`: the members of [`Policy`]; answers the row.
pub fn add(state: &mut State, ask: &Ask, _: &Params) -> Answer {
    match serde_json::from_slice::<Policy>(&ask.body) {
        Ok(mut row) => {
            if row.name.is_empty() {
                row.name = random::guid();
            }
            let answer = Answer::json(201, &json!(row));
            state.world.policies.push(row);
            answer
        }
        Err(problem) => Answer::json(400, &json!({"problem": problem.to_string()})),
    }
}

pub const SHAPE: Shape = Shape::of(
    "policyAssignments.json 2024-04-01 PolicyAssignment",
    "{properties:{displayName:s policyDefinitionId:s definitionVersion:s scope:s notScopes:[s] parameters:{*:{value:*}} description:s metadata:* enforcementMode:s nonComplianceMessages:[{message!:s policyDefinitionReferenceId:s}] resourceSelectors:[{name:s selectors:[{kind:s in:[s] notIn:[s]}]}] overrides:[{kind:s value:s selectors:[{kind:s in:[s] notIn:[s]}]}] assignmentType:s} id:s type:s name:s location:s identity:{principalId:s tenantId:s type:s userAssignedIdentities:{*:{principalId:s clientId:s}}} systemData:{createdBy:s createdByType:s createdAt:s lastModifiedBy:s lastModifiedByType:s lastModifiedAt:s}}",
);
