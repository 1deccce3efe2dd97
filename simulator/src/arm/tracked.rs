//! What all resources other than instances have in common: their addresses, reading, writing and deleting them by
//! long-running operations. Knows no type's own rules.

use serde_json::{Value, json};

use super::groups::{existing, json_body, writable};
use super::{Call, Outcome, envelope, moves, operations, policy};
use crate::clock::precise;
use crate::message::Answer;
use crate::random;
use crate::resources::{Resource, kind};
use crate::shapes::Shape;
use crate::state::State;
use crate::world::{Operation, Work, World, group_id, instance_id};

/// Where a call's resource is.
pub struct Spot {
    pub kind: &'static str,
    pub subscription: String,
    /// In its own case, if it is there.
    pub group: String,
    /// Its id; the parts that exist are in their own case.
    pub id: String,
    /// Id of the resource that it is part of, for kinds of two parts.
    pub parent: Option<String>,
}

impl Spot {
    pub fn name(&self) -> &str {
        self.id.rsplit('/').next().unwrap_or_default()
    }

    fn parent_name(&self) -> &str {
        let parent = self.parent.as_deref().unwrap_or(&self.id);
        parent.rsplit('/').next().unwrap_or_default()
    }

    pub fn action(&self, verb: &str) -> String {
        format!("{}/{verb}", self.kind)
    }
}

/// Of a path with `{sub}`, `{rg}`, `{name}` and, for kinds of two parts, `{child}`.
pub fn spot(state: &State, call: &Call, kind: &'static str) -> Result<Spot, Answer> {
    let subscription = call.subscription(state)?;
    let group = state
        .world
        .group(&subscription, call.param("rg"))
        .map_or_else(|| call.param("rg").to_owned(), |row| row.name.clone());
    let mut parts = kind.split('/');
    let (namespace, first) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let top = format!(
        "{}/providers/{namespace}/{first}/{}",
        group_id(&subscription, &group),
        call.param("name")
    );
    let top = own_case(&state.world, top);
    let (id, parent) = match parts.next() {
        None => (top, None),
        Some(second) => {
            let id = format!("{top}/{second}/{}", call.param("child"));
            (own_case(&state.world, id), Some(top))
        }
    };
    Ok(Spot { kind, subscription, group, id, parent })
}

fn own_case(world: &World, id: String) -> String {
    own_id(world, &id).unwrap_or(id)
}

/// The id of a resource, an instance or a subnet in its own case.
pub fn own_id(world: &World, id: &str) -> Option<String> {
    let instance =
        || world.instances.iter().map(|row| row.id()).find(|own| own.eq_ignore_ascii_case(id));
    let subnet = || {
        let (network, name) = id.split_once("/subnets/")?;
        let row = world.resource(network)?;
        let mut subnets = row.properties["subnets"].as_array()?.iter();
        let own = subnets.find_map(|subnet| {
            subnet["name"].as_str().filter(|own| own.eq_ignore_ascii_case(name))
        })?;
        Some(format!("{}/subnets/{own}", row.id))
    };
    world.resource(id).map(|row| row.id.clone()).or_else(instance).or_else(subnet)
}

pub fn not_found(spot: &Spot) -> Answer {
    not_there(&spot.id, &spot.group)
}

pub fn not_there(id: &str, group: &str) -> Answer {
    let path = id.split("/providers/").nth(1).unwrap_or_default();
    // `Namespace/type/name/type/name` becomes `Namespace/type/type/name/name`.
    let parts: Vec<&str> = path.split('/').collect();
    let (namespace, rest) = parts.split_first().unwrap_or((&"", &[]));
    let (kinds, names): (Vec<_>, Vec<_>) =
        rest.chunks(2).map(|pair| (pair[0], pair.get(1).copied().unwrap_or_default())).unzip();
    let text = format!(
        "The Resource '{namespace}/{}/{}' under resource group '{group}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix",
        kinds.join("/"),
        names.join("/")
    );
    envelope::error(404, "ResourceNotFound", &text)
}

/// Group and parent must be there.
pub fn surroundings(state: &State, spot: &Spot) -> Result<(), Answer> {
    existing(state, &spot.subscription, &spot.group)?;
    match &spot.parent {
        Some(parent) if !exists(&state.world, parent) => Err(not_there(parent, &spot.group)),
        _ => Ok(()),
    }
}

/// Whether there is a resource or an instance with this id.
pub fn exists(world: &World, id: &str) -> bool {
    world.resource(id).is_some()
        || world.instances.iter().any(|row| row.id().eq_ignore_ascii_case(id))
}

pub fn found<'a>(state: &'a State, spot: &Spot) -> Result<&'a Resource, Answer> {
    state.world.resource(&spot.id).ok_or_else(|| not_found(spot))
}

pub fn show(state: &mut State, call: &Call, kind: &'static str) -> Outcome {
    let spot = spot(state, call, kind)?;
    call.must(state, &spot.action("read"), &spot.id)?;
    surroundings(state, &spot)?;
    Ok(Answer::json(200, &shown(&state.world, found(state, &spot)?)))
}

/// Those of a group, or of the resource that they are part of.
pub fn list(state: &mut State, call: &Call, kind: &'static str) -> Outcome {
    let spot = spot(state, call, kind)?;
    let above = spot.parent.clone().unwrap_or_else(|| group_id(&spot.subscription, &spot.group));
    call.must(state, &spot.action("read"), &above)?;
    surroundings(state, &spot)?;
    let rows =
        state.world.resources_below(kind, &above).map(|row| shown(&state.world, row)).collect();
    Ok(envelope::page(state, call.ask, rows))
}

pub fn list_in_subscription(state: &mut State, call: &Call, kind: &'static str) -> Outcome {
    let subscription = call.subscription(state)?;
    let action = format!("{kind}/read");
    call.must_see(state, &action, &subscription)?;
    let above = format!("/subscriptions/{subscription}");
    let rows = state
        .world
        .resources_below(kind, &above)
        .filter(|row| call.may(state, &action, &row.id))
        .map(|row| shown(&state.world, row))
        .collect();
    Ok(envelope::page(state, call.ask, rows))
}

/// What is to be written, as policies leave it, once authorization, group, parent and what is already under way let it
/// through.
pub fn asked(state: &State, call: &Call, spot: &Spot) -> Result<Value, Answer> {
    may_write(state, call, spot)?;
    let mut body = json_body(call)?;
    policy::enforce(state, spot.kind, &spot.id, &mut body)?;
    Ok(body)
}

/// The same for a change of something that is there.
pub fn change_asked(state: &State, call: &Call, spot: &Spot) -> Result<Value, Answer> {
    may_write(state, call, spot)?;
    let now = shown(&state.world, found(state, spot)?);
    let mut body = json_body(call)?;
    policy::enforce_change(state, spot.kind, &spot.id, now, &mut body)?;
    Ok(body)
}

fn may_write(state: &State, call: &Call, spot: &Spot) -> Result<(), Answer> {
    call.must(state, &spot.action("write"), &spot.id)?;
    writable(state, &spot.subscription, &spot.group)?;
    surroundings(state, spot)?;
    not_busy(state, spot)
}

fn not_busy(state: &State, spot: &Spot) -> Result<(), Answer> {
    match state.world.resource(&spot.id) {
        Some(row) if row.is_busy() => Err(conflict(spot.name(), &row.state)),
        _ => Ok(()),
    }
}

fn conflict(name: &str, state: &str) -> Answer {
    let text = format!(
        "The resource '{name}' is being changed by another operation: its state is '{state}'."
    );
    Answer::json(409, &json!({"error": {"code": "Conflict", "message": text}}))
}

/// What a write leaves behind.
pub struct Wanted {
    pub location: Option<String>,
    pub tags: Value,
    pub properties: Value,
}

/// Stores what is wanted; true if it was not there before.
pub fn store(state: &mut State, call: &Call, spot: &Spot, wanted: Wanted, during: &str) -> bool {
    let now = state.now();
    let row = Resource {
        id: spot.id.clone(),
        kind: spot.kind.into(),
        location: wanted.location,
        tags: wanted.tags,
        properties: wanted.properties,
        state: during.into(),
        etag: random::guid(),
        created_at: now,
        created_by: call.caller.upn.clone(),
        modified_at: now,
        modified_by: call.caller.upn.clone(),
    };
    match state.world.resource_mut(&spot.id) {
        Some(old) => {
            let (id, at, by) = (old.id.clone(), old.created_at, old.created_by.clone());
            *old = Resource { id, created_at: at, created_by: by, ..row };
            false
        }
        None => {
            state.world.resources.push(row);
            true
        }
    }
}

/// Stores what is wanted and begins the operation that makes it so: 201 for something new, else `updated`.
pub fn write(state: &mut State, call: &Call, spot: &Spot, wanted: Wanted, updated: u16) -> Outcome {
    let is_new = !exists(&state.world, &spot.id);
    let during = match (spot.kind, is_new) {
        (kind::CONNECTION, _) | (_, false) => "Updating",
        (kind, true) if kind.starts_with("Microsoft.Network/private") => "Updating",
        (_, true) => "Provisioning",
    };
    store(state, call, spot, wanted, during);
    let answer =
        Answer::json(if is_new { 201 } else { updated }, &shown(&state.world, found(state, spot)?));
    let work = if is_new { Work::CreateResource } else { Work::UpdateResource };
    Ok(begin(state, call, spot, work, answer))
}

/// 202 and an operation, or 204 where there is nothing.
pub fn delete(state: &mut State, call: &Call, kind: &'static str) -> Outcome {
    let spot = spot(state, call, kind)?;
    call.must(state, &spot.action("delete"), &spot.id)?;
    existing(state, &spot.subscription, &spot.group)?;
    moves::check(state, &spot.subscription, &spot.group)?;
    let Some(row) = state.world.resource_mut(&spot.id) else { return Ok(Answer::empty(204)) };
    if row.state == "Deleting" {
        return Err(conflict(spot.name(), "Deleting"));
    }
    row.state = "Deleting".into();
    let answer = if kind.starts_with("Microsoft.DigitalTwins/") {
        Answer::json(202, &shown(&state.world, found(state, &spot)?))
    } else {
        Answer::empty(202)
    };
    Ok(begin(state, call, &spot, Work::DeleteResource, answer))
}

fn begin(state: &mut State, call: &Call, spot: &Spot, work: Work, answer: Answer) -> Answer {
    let instance = instance_id(&spot.subscription, &spot.group, spot.parent_name());
    let location = state
        .world
        .instances
        .iter()
        .find(|row| row.id().eq_ignore_ascii_case(&instance))
        .map(|row| row.location.clone())
        .or_else(|| state.world.resource(&spot.id).and_then(|row| row.location.clone()))
        .unwrap_or_else(|| "westeurope".into());
    let id = operations::begin_on(
        state,
        work,
        [&spot.subscription, &location, &spot.group, spot.parent_name()],
        Some(spot.id.clone()),
    );
    let version = &call.version;
    let (status, result) = match spot.kind {
        kind::ENDPOINT | kind::DATA_HISTORY => {
            return operations::follow(answer, state, &id, version);
        }
        kind::CONNECTION => (format!("{}/operationResults/{id}", spot.id), None),
        kind::ZONE | kind::ZONE_LINK => {
            let at = format!(
                "{}/providers/Microsoft.Network",
                group_id(&spot.subscription, &spot.group)
            );
            (
                format!("{at}/privateDnsOperationStatuses/{id}"),
                Some(format!("{at}/privateDnsOperationResults/{id}")),
            )
        }
        _ => {
            let at = format!(
                "/subscriptions/{}/providers/Microsoft.Network/locations/{location}",
                spot.subscription
            );
            (format!("{at}/operations/{id}"), Some(format!("{at}/operationResults/{id}")))
        }
    };
    let mut answer = answer
        .with("azure-asyncoperation", operations::signed(state, &status, version))
        .with("retry-after", state.settings.retry_after.to_string());
    if let Some(result) = result {
        answer = answer.with("location", operations::signed(state, &result, version));
    }
    answer
}

/// The operation of a poll address, after a look at it.
fn looked_at(state: &mut State, call: &Call) -> Result<Operation, Answer> {
    let subscription = call.subscription(state)?;
    operations::check_signature(state, call)?;
    let operation = operations::found(state, &subscription, |row| {
        row.id.eq_ignore_ascii_case(call.param("operation"))
    })?;
    Ok(operations::look(state, &operation.id))
}

/// Status of an operation on networks or private DNS zones: `InProgress` until it has ended.
pub fn status(state: &mut State, call: &Call) -> Outcome {
    status_as(state, call, "InProgress")
}

/// Status of an operation on a private endpoint connection: `Updating` until it has ended.
pub fn connection_status(state: &mut State, call: &Call) -> Outcome {
    status_as(state, call, "Updating")
}

fn status_as(state: &mut State, call: &Call, running: &str) -> Outcome {
    let operation = looked_at(state, call)?;
    if operation.ended_at.is_none() {
        let retry = state.settings.retry_after.to_string();
        return Ok(Answer::json(200, &json!({"status": running})).with("retry-after", retry));
    }
    let mut body = json!({"status": operation.status});
    if let Some(error) = operations::failure(&operation) {
        body["error"] = error;
    }
    Ok(Answer::json(200, &body))
}

/// The `Location` of the same operations: 202 while running, then the resource or nothing.
pub fn result(state: &mut State, call: &Call) -> Outcome {
    let operation = looked_at(state, call)?;
    if operation.ended_at.is_none() {
        let retry = state.settings.retry_after.to_string();
        return Ok(Answer::empty(202)
            .with("location", state.places.arm.clone() + &operations::address(call))
            .with("retry-after", retry));
    }
    if let Some(error) = operations::failure(&operation) {
        return Ok(Answer::json(500, &json!({ "error": error })));
    }
    let id = operation.resource.unwrap_or_default();
    Ok(match state.world.resource(&id) {
        Some(row) if operation.work != Work::DeleteResource => {
            Answer::json(200, &shown(&state.world, row))
        }
        _ => Answer::empty(204),
    })
}

/// A resource as ARM shows it.
pub fn shown(world: &World, row: &Resource) -> Value {
    let mut shown = json!({"id": row.id, "name": row.name()});
    let system = envelope::system_data(
        world,
        (&row.created_by, row.created_at),
        (&row.modified_by, row.modified_at),
    );
    if row.kind != kind::ZONE_GROUP {
        shown["type"] = json!(row.kind);
    }
    if let Some(location) = &row.location {
        shown["location"] = json!(location);
    }
    if row.tags.is_object() {
        shown["tags"] = row.tags.clone();
    }
    shown["properties"] = row.shown_properties();
    let properties = &mut shown["properties"];
    match row.kind.as_str() {
        kind::ENDPOINT => {
            super::endpoints::mask(properties);
            properties["createdTime"] = json!(precise(row.created_at));
            shown["systemData"] = system;
        }
        kind::DATA_HISTORY | kind::CONNECTION => shown["systemData"] = system,
        kind::IDENTITY => {
            // As recorded: ids come back with `resourcegroups`.
            shown["id"] = json!(row.id.replace("/resourceGroups/", "/resourcegroups/"));
            shown["properties"] = row.properties.clone();
            if !row.tags.is_object() {
                shown["tags"] = json!({});
            }
        }
        kind::NETWORK => {
            super::networks::fill_subnets(world, row, properties);
            shown["etag"] = json!(format!("W/\"{}\"", row.etag));
        }
        kind::ZONE => {
            super::private_dns::fill_counts(world, row, properties);
            shown["etag"] = json!(row.etag);
        }
        kind::ZONE_LINK => shown["etag"] = json!(row.etag),
        kind::PRIVATE_ENDPOINT | kind::ZONE_GROUP => {
            shown["etag"] = json!(format!("W/\"{}\"", row.etag));
        }
        _ => {}
    }
    shown
}

pub const STATUS_SHAPE: Shape = Shape::of(
    "network.json 2024-01-01 AzureAsyncOperationResult",
    "{status!:s error:{code:s message:s target:s details:[{code:s target:s message:s}] innerError:s}}",
);
