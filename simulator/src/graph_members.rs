//! Microsoft Graph: what somebody is a member of, and many directory objects by their ids.
//!
//! Source: Microsoft Graph REST API v1.0 reference (directoryObject: getByIds, getMemberGroups, getMemberObjects,
//! checkMemberGroups; user and group: list memberOf, list transitiveMemberOf).

use serde_json::{Value, json};

use crate::graph::{
    Call, GROUPS, PERSON_DEFAULT, error, group_of, group_shown, many, not_found, person_shown,
    selected, service_by, service_shown,
};
use crate::message::Answer;
use crate::shapes::Shape;
use crate::state::State;
use crate::world::{Group, Principal};

fn typed(kind: &str, row: Value) -> Value {
    let mut all = json!({"@odata.type": format!("#microsoft.graph.{kind}")});
    if let (Value::Object(all), Value::Object(row)) = (&mut all, row) {
        all.extend(row);
    }
    all
}

/// The object that the call is about: `/me`, or the `{id}` of the path with the permission to read such objects.
fn subject(state: &State, call: &Call) -> Result<String, Answer> {
    let Some(id) = call.params.get("id") else { return Ok(call.caller.oid.clone()) };
    let (world, tenant) = (&state.world, call.caller.tenant.as_str());
    let person = world.person_in(tenant, id).map(|person| person.id.clone());
    let service = || service_by(state, call, id).map(|row| row.id.clone());
    let found =
        person.or_else(|| world.principal_in(tenant, id).map(|_| id.clone())).or_else(service);
    let found = found.ok_or_else(|| not_found(state, id))?;
    let own = found.eq_ignore_ascii_case(&call.caller.oid);
    if own
        || call.has(&[
            "User.Read.All",
            "GroupMember.Read.All",
            "Group.Read.All",
            "Directory.Read.All",
        ])
    {
        return Ok(found);
    }
    Err(call.denied(state))
}

/// Direct ones, or with the groups of groups.
fn groups_of<'a>(state: &'a State, oid: &str, transitive: bool) -> Vec<&'a Group> {
    let mut found: Vec<String> = vec![oid.to_ascii_lowercase()];
    let mut at = 0;
    while at < found.len() {
        for group in &state.world.groups {
            let id = group.id.to_ascii_lowercase();
            let inside = group.members.iter().any(|member| member.eq_ignore_ascii_case(&found[at]));
            if inside && !found.contains(&id) {
                found.push(id);
            }
        }
        at += 1;
        if !transitive {
            break;
        }
    }
    let is_found = |group: &&Group| found[1..].contains(&group.id.to_ascii_lowercase());
    state.world.groups.iter().filter(is_found).collect()
}

pub fn member_of(state: &mut State, call: &Call) -> Answer {
    groups(state, call, false)
}

pub fn transitive_member_of(state: &mut State, call: &Call) -> Answer {
    groups(state, call, true)
}

/// Without the permission to read groups only type and id are told.
fn groups(state: &State, call: &Call, transitive: bool) -> Answer {
    let oid = match subject(state, call) {
        Ok(oid) => oid,
        Err(refusal) => return refusal,
    };
    let whole = call.has(&GROUPS);
    let rows = groups_of(state, &oid, transitive)
        .into_iter()
        .map(|group| {
            let mut row = group_shown(group);
            if !whole {
                for (name, value) in row.as_object_mut().into_iter().flatten() {
                    if name != "id" {
                        *value = Value::Null;
                    }
                }
            }
            ("group", row)
        })
        .collect();
    objects(state, call, rows)
}

/// `{"securityEnabledOnly": false}`: ids of all groups, with the groups of groups.
pub fn member_groups(state: &mut State, call: &Call) -> Answer {
    let oid = match subject(state, call) {
        Ok(oid) => oid,
        Err(refusal) => return refusal,
    };
    let body = call.ask.json().unwrap_or_default();
    let Some(secure) = body["securityEnabledOnly"].as_bool() else {
        return error(
            state.now(),
            400,
            "Request_BadRequest",
            "The property 'securityEnabledOnly' is required.",
        );
    };
    let ids: Vec<&str> = groups_of(state, &oid, true)
        .into_iter()
        .filter(|group| !secure || group.security_enabled)
        .map(|group| group.id.as_str())
        .collect();
    listed(state, json!(ids))
}

/// `{"groupIds": […]}`: those of them that one is in.
pub fn check_member_groups(state: &mut State, call: &Call) -> Answer {
    let oid = match subject(state, call) {
        Ok(oid) => oid,
        Err(refusal) => return refusal,
    };
    let body = call.ask.json().unwrap_or_default();
    let asked: Vec<&str> =
        body["groupIds"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    if asked.len() > 20 {
        return error(
            state.now(),
            400,
            "Request_BadRequest",
            "At most 20 groups can be checked at once.",
        );
    }
    let held = groups_of(state, &oid, true);
    let ids: Vec<&str> = asked
        .into_iter()
        .filter(|id| held.iter().any(|group| group.id.eq_ignore_ascii_case(id)))
        .collect();
    listed(state, json!(ids))
}

fn listed(state: &State, ids: Value) -> Answer {
    let context = format!("{}/v1.0/$metadata#Collection(Edm.String)", state.places.graph);
    Answer::json(200, &json!({"@odata.context": context, "value": ids}))
}

/// Members of a group, direct or through groups in it.
pub fn members(state: &mut State, call: &Call) -> Answer {
    members_shown(state, call, false)
}

pub fn transitive_members(state: &mut State, call: &Call) -> Answer {
    members_shown(state, call, true)
}

fn members_shown(state: &State, call: &Call, transitive: bool) -> Answer {
    if !call.has(&GROUPS) {
        return call.denied(state);
    }
    let id = call.params["id"].as_str();
    let Some(group) = group_of(state, call, id) else {
        return not_found(state, id);
    };
    let mut ids = group.members.clone();
    let mut at = 0;
    while transitive && at < ids.len() {
        if let Some(inner) = state.world.groups.iter().find(|group| group.id == ids[at]) {
            let new: Vec<String> =
                inner.members.iter().filter(|id| !ids.contains(id)).cloned().collect();
            ids.extend(new);
        }
        at += 1;
    }
    let rows = ids.iter().filter_map(|id| object(state, call, id)).collect();
    objects(state, call, rows)
}

/// Each with its type, or those of one type without it.
///
/// Source: "Advanced query capabilities on directory objects", OData cast.
fn objects(state: &State, call: &Call, rows: Vec<(&'static str, Value)>) -> Answer {
    let Some(cast) = call.cast() else {
        let rows = rows.into_iter().map(|(kind, row)| typed(kind, row)).collect();
        return many(state, call, "directoryObjects", rows, &[]);
    };
    let of_kind = rows.into_iter().filter(|(kind, _)| kind.eq_ignore_ascii_case(cast));
    let rows = of_kind.map(|(_, row)| row).collect();
    many(state, call, &format!("{cast}s"), rows, &[])
}

fn object(state: &State, call: &Call, id: &str) -> Option<(&'static str, Value)> {
    Some(match state.world.principal_in(&call.caller.tenant, id)? {
        Principal::Person(person) => {
            let row = person_shown(person, true);
            let kept = row.as_object().into_iter().flatten();
            let kept = kept.filter(|(name, _)| PERSON_DEFAULT.contains(&name.as_str()));
            (
                "user",
                Value::Object(kept.map(|(name, value)| (name.clone(), value.clone())).collect()),
            )
        }
        Principal::Group(group) => ("group", group_shown(group)),
        Principal::Service(service) => ("servicePrincipal", service_shown(service)),
    })
}

/// `{"ids": […], "types": […]}`: needs Directory.Read.All; ids that nobody has are left out.
pub fn by_ids(state: &mut State, call: &Call) -> Answer {
    if !call.has(&["Directory.Read.All"]) {
        return call.denied(state);
    }
    let body = call.ask.json().unwrap_or_default();
    let texts = |name: &str| -> Vec<String> {
        body[name]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect()
    };
    let (ids, types) = (texts("ids"), texts("types"));
    if ids.is_empty() || ids.len() > 1000 {
        return error(
            state.now(),
            400,
            "Request_BadRequest",
            "Between 1 and 1000 ids can be asked for.",
        );
    }
    let wanted = |kind: &str| {
        types.is_empty()
            || types.iter().any(|own| {
                own.eq_ignore_ascii_case(kind) || own.eq_ignore_ascii_case("directoryObject")
            })
    };
    let value: Vec<Value> = ids
        .iter()
        .filter_map(|id| object(state, call, id))
        .filter(|(kind, _)| wanted(kind))
        .map(|(kind, row)| typed(kind, selected(call, &row, &[])))
        .collect();
    let context = format!("{}/v1.0/$metadata#directoryObjects", state.places.graph);
    Answer::json(200, &json!({"@odata.context": context, "value": value}))
}

pub const IDS_SHAPE: Shape = Shape::described("{@odata.context!:s value!:[s]}");
