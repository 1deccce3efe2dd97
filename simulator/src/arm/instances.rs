//! Microsoft.DigitalTwins/digitalTwinsInstances. Knows the rules for names, regions and quota.
//!
//! Source: Microsoft.DigitalTwins `digitaltwins.json` 2023-01-31 and recorded creations (2025).

use serde_json::{Map, Value, json};

use super::groups::{existing, json_body, tags, writable};
use super::{Call, Outcome, envelope, identities, moves, operations, policy, tracked, versions};
use crate::clock::precise;
use crate::message::Answer;
use crate::random;
use crate::resources::kind;
use crate::shapes::Shape;
use crate::state::State;
use crate::world::{
    Instance, REGIONS, Registration, ServicePrincipal, Work, World, group_id, instance_id, region,
};

const READ: &str = "Microsoft.DigitalTwins/digitalTwinsInstances/read";
const WRITE: &str = "Microsoft.DigitalTwins/digitalTwinsInstances/write";
const DELETE: &str = "Microsoft.DigitalTwins/digitalTwinsInstances/delete";
const KIND: &str = "Microsoft.DigitalTwins/digitalTwinsInstances";

/// Names of the regions where Azure Digital Twins is offered.
pub fn regions() -> impl Iterator<Item = &'static str> {
    REGIONS.iter().filter(|region| region.twins).map(|region| region.name)
}

pub fn list(state: &mut State, call: &Call) -> Outcome {
    let subscription = call.subscription(state)?;
    call.must_see(state, READ, &subscription)?;
    Ok(listed(state, call, |row| row.subscription == subscription))
}

pub fn list_in_group(state: &mut State, call: &Call) -> Outcome {
    let subscription = call.subscription(state)?;
    call.must(state, READ, &group_id(&subscription, call.param("rg")))?;
    existing(state, &subscription, call.param("rg"))?;
    Ok(listed(state, call, |row| {
        row.subscription == subscription && row.group.eq_ignore_ascii_case(call.param("rg"))
    }))
}

fn listed(state: &State, call: &Call, wanted: impl Fn(&Instance) -> bool) -> Answer {
    let rows = state
        .world
        .instances
        .iter()
        .filter(|row| wanted(row) && call.may(state, READ, &row.id()))
        .map(|row| shown(&state.world, row));
    envelope::page(state, call.ask, rows.collect())
}

pub fn show(state: &mut State, call: &Call) -> Outcome {
    let (subscription, group, name) = named(state, call)?;
    call.must(state, READ, &instance_id(&subscription, &group, &name))?;
    existing(state, &subscription, &group)?;
    let instance = state
        .world
        .instance(&subscription, &group, &name)
        .ok_or_else(|| not_found(&group, &name))?;
    Ok(Answer::json(200, &shown(&state.world, instance)))
}

fn named(state: &State, call: &Call) -> Result<(String, String, String), Answer> {
    Ok((call.subscription(state)?, call.param("rg").to_owned(), call.param("name").to_owned()))
}

fn not_found(group: &str, name: &str) -> Answer {
    let text = format!(
        "The Resource '{KIND}/{name}' under resource group '{group}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix"
    );
    envelope::error(404, "ResourceNotFound", &text)
}

/// Creates, or updates what is there.
pub fn put(state: &mut State, call: &Call) -> Outcome {
    let (subscription, group, name) = named(state, call)?;
    call.must(state, WRITE, &instance_id(&subscription, &group, &name))?;
    writable(state, &subscription, &group)?;
    let group = existing(state, &subscription, &group)?.name.clone();
    let mut body = json_body(call)?;
    let (location, wanted) = judged(state, call, [&subscription, &group, &name], &mut body)?;
    let now = state.now();
    if state.world.instance(&subscription, &group, &name).is_some() {
        return update(
            state,
            call,
            (&subscription, &group, &name),
            200,
            |row, identity| {
                row.tags = wanted.tags;
                row.identity = identity;
                row.public_network_access = wanted.network.unwrap_or_else(|| "Enabled".into());
            },
            wanted.identity,
        );
    }
    let identity =
        identity_made(state, &wanted.identity, &Value::Null, (&subscription, &name), false);
    let row = Instance {
        subscription: subscription.clone(),
        group: group.clone(),
        name: name.clone(),
        location: location.to_owned(),
        tags: wanted.tags,
        identity,
        public_network_access: wanted.network.unwrap_or_else(|| "Enabled".into()),
        state: "Provisioning".into(),
        host: None,
        created_at: now,
        updated_at: now,
        created_by: call.caller.upn.clone(),
        modified_by: call.caller.upn.clone(),
        modified_at: now,
    };
    let answer = Answer::json(201, &shown(&state.world, &row));
    state.world.instances.push(row);
    let id = operations::begin(state, Work::CreateInstance, &subscription, location, &group, &name);
    Ok(operations::follow(answer, state, &id, &call.version))
}

/// Everything that a creation or a full update may be refused for, once the caller may write here. Policies may change
/// the body.
pub(super) fn judged(
    state: &State,
    call: &Call,
    [subscription, group, name]: [&str; 3],
    body: &mut Value,
) -> Result<(&'static str, Wanted), Answer> {
    must_be_registered(state, subscription)?;
    let Some(location) = body["location"].as_str().filter(|location| !location.is_empty()) else {
        return Err(envelope::error(
            400,
            "LocationRequired",
            "The location property is required for this definition.",
        ));
    };
    let place = region(location).filter(|region| region.twins).map(|region| region.name);
    let Some(location) = place else {
        let list = regions().collect::<Vec<_>>().join(",");
        let text = format!(
            "The provided location '{location}' is not available for resource type '{KIND}'. List of available regions for the resource type is '{list}'."
        );
        return Err(envelope::error(400, "LocationNotAvailableForResourceType", &text));
    };
    if !good_name(name) {
        return Err(envelope::error(400, "BadRequest", &bad_name(name)));
    }
    policy::enforce(state, KIND, &instance_id(subscription, group, name), body)?;
    let wanted = Wanted::read(body)?;
    identities::check_assignable(
        state,
        call,
        &instance_id(subscription, group, name),
        &wanted.identity,
    )?;
    if let Some(row) = state.world.instance(subscription, group, name) {
        if row.location != location {
            let text = format!(
                "The resource '{name}' already exists in location '{}' in resource group '{group}'. A resource with the same name cannot be created in location '{location}'. Please select a new resource name.",
                row.location
            );
            return Err(envelope::error(409, "InvalidResourceLocation", &text));
        }
        return Ok((location, wanted));
    }
    check_reserved(name)?;
    let same_region: Vec<&Instance> = state
        .world
        .instances
        .iter()
        .filter(|row| row.subscription == subscription && row.location == location)
        .collect();
    if same_region.iter().any(|row| row.name.eq_ignore_ascii_case(name)) {
        return Err(Answer::json(
            409,
            &json!({"error": {"code": "AlreadyExists", "message": taken(name, location)}}),
        ));
    }
    if same_region.len() >= state.settings.quota {
        let text = format!(
            "Subscription '{subscription}' has '{}' instances in this region. Please visit http://aka.ms/dtv2limits for details.",
            same_region.len()
        );
        return Err(Answer::json(400, &json!({"error": {"code": "BadRequest", "message": text}})));
    }
    Ok((location, wanted))
}

pub fn patch(state: &mut State, call: &Call) -> Outcome {
    let (subscription, group, name) = named(state, call)?;
    call.must(state, WRITE, &instance_id(&subscription, &group, &name))?;
    writable(state, &subscription, &group)?;
    let row = state
        .world
        .instance(&subscription, &group, &name)
        .ok_or_else(|| not_found(&group, &name))?;
    let mut body = json_body(call)?;
    let id = instance_id(&subscription, &group, &name);
    policy::enforce_change(state, KIND, &id, shown(&state.world, row), &mut body)?;
    let wanted = Wanted::read(&body)?;
    identities::check_assignable(state, call, &id, &wanted.identity)?;
    let (has_tags, has_identity) = (body.get("tags").is_some(), body.get("identity").is_some());
    let identity = if has_identity { wanted.identity } else { row.identity.clone() };
    update(
        state,
        call,
        (&subscription, &group, &name),
        202,
        |row, identity| {
            if has_tags {
                row.tags = wanted.tags;
            }
            row.identity = identity;
            if let Some(network) = wanted.network {
                row.public_network_access = network;
            }
        },
        identity,
    )
}

fn update(
    state: &mut State,
    call: &Call,
    (subscription, group, name): (&str, &str, &str),
    status: u16,
    change: impl FnOnce(&mut Instance, Value),
    identity: Value,
) -> Outcome {
    let now = state.now();
    let row =
        state.world.instance(subscription, group, name).ok_or_else(|| not_found(group, name))?;
    if matches!(row.state.as_str(), "Provisioning" | "Updating" | "Deleting") {
        let text = format!(
            "The resource '{name}' is being changed by another operation: its state is '{}'.",
            row.state
        );
        return Err(Answer::json(409, &json!({"error": {"code": "Conflict", "message": text}})));
    }
    let (location, old) = (row.location.clone(), row.identity.clone());
    let identity = identity_made(state, &identity, &old, (subscription, name), status == 202);
    let row = state
        .world
        .instance_mut(subscription, group, name)
        .ok_or_else(|| not_found(group, name))?;
    change(row, identity);
    row.state = "Updating".into();
    row.updated_at = now;
    row.modified_at = now;
    row.modified_by = call.caller.upn.clone();
    let shown = state
        .world
        .instance(subscription, group, name)
        .map(|row| shown(&state.world, row))
        .unwrap_or_default();
    let answer = Answer::json(status, &shown);
    let id = operations::begin(state, Work::UpdateInstance, subscription, &location, group, name);
    Ok(operations::follow(answer, state, &id, &call.version))
}

pub fn delete(state: &mut State, call: &Call) -> Outcome {
    let (subscription, group, name) = named(state, call)?;
    call.must(state, DELETE, &instance_id(&subscription, &group, &name))?;
    existing(state, &subscription, &group)?;
    moves::check(state, &subscription, &group)?;
    let Some(row) = state.world.instance_mut(&subscription, &group, &name) else {
        return Ok(Answer::empty(204));
    };
    let again = row.state == "Deleting";
    row.state = "Deleting".into();
    let row = row.clone();
    let (location, answer) = (row.location.clone(), Answer::json(202, &shown(&state.world, &row)));
    let under_way =
        operations::under_way(state, Work::DeleteInstance, &subscription, &group, &name);
    let id = under_way.filter(|_| again).unwrap_or_else(|| {
        operations::begin(state, Work::DeleteInstance, &subscription, &location, &group, &name)
    });
    Ok(operations::follow(answer, state, &id, &call.version))
}

pub fn check_name(state: &mut State, call: &Call) -> Outcome {
    let subscription = call.subscription(state)?;
    call.must(
        state,
        "Microsoft.DigitalTwins/locations/checkNameAvailability/action",
        &format!("/subscriptions/{subscription}"),
    )?;
    let place = region(call.param("location")).filter(|region| region.twins);
    let Some(location) = place.map(|region| region.name) else {
        let kind = "locations/checkNameAvailability";
        return Err(super::no_provider(
            call.param("location"),
            &call.version,
            kind,
            versions::TWINS,
        ));
    };
    must_be_registered(state, &subscription)?;
    let body = json_body(call)?;
    let name = body["name"].as_str().unwrap_or_default();
    if body["type"].as_str().is_none_or(|kind| !kind.eq_ignore_ascii_case(KIND)) {
        let text = format!(
            "The resource type '{}' is not valid here.",
            body["type"].as_str().unwrap_or_default()
        );
        return Err(envelope::error(400, "BadRequest", &text));
    }
    let is_taken = state.world.instances.iter().any(|row| {
        row.subscription == subscription
            && row.location == location
            && row.name.eq_ignore_ascii_case(name)
    });
    let body = if !good_name(name) {
        json!({"nameAvailable": false, "reason": "Invalid", "message": bad_name(name)})
    } else if is_taken {
        json!({"nameAvailable": false, "reason": "AlreadyExists", "message": taken(name, location)})
    } else {
        json!({"nameAvailable": true, "message": format!("'{name}' is available.")})
    };
    Ok(Answer::json(200, &body))
}

fn must_be_registered(state: &State, subscription: &str) -> Result<(), Answer> {
    if state
        .world
        .subscription(subscription)
        .is_some_and(|row| row.registration == Registration::Registered)
    {
        return Ok(());
    }
    let text = "The subscription is not registered to use namespace 'Microsoft.DigitalTwins'. See https://aka.ms/rps-not-found for how to register subscriptions.";
    let detail = json!({"code": "MissingSubscriptionRegistration", "target": "Microsoft.DigitalTwins", "message": text});
    let body = json!({"error": {"code": "MissingSubscriptionRegistration", "message": text, "details": [detail]}});
    Err(Answer::json(409, &body).with("x-ms-failure-cause", "gateway"))
}

/// `^(?!-)[A-Za-z0-9-]{3,63}(?<!-)$`
fn good_name(name: &str) -> bool {
    (3..=63).contains(&name.len())
        && name.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-')
        && !name.starts_with('-')
        && !name.ends_with('-')
}

/// Words that no resource with an address of its own may be called, or contain, or begin with.
/// Source: "Resolve errors for reserved resource names".
fn check_reserved(name: &str) -> Result<(), Answer> {
    const WHOLE: &str = "access app_code app_themes app_data app_globalresources app_localresources app_webreferences \
        app_browsers azure bing bizspark biztalk cortana directx dotnet dynamics excel exchange forefront groove hololens \
        hyperv kinect lync msdn o365 office office365 onedrive onenote outlook powerpoint sharepoint skype visio \
        visualstudio web.config xbox";
    let lower = name.to_ascii_lowercase();
    let is_free = !WHOLE.split(' ').any(|word| word == lower)
        && !["microsoft", "windows"].iter().any(|word| lower.contains(word))
        && !lower.starts_with("login");
    if is_free {
        return Ok(());
    }
    let text = format!(
        "The resource name '{name}' or a part of the name is a trademarked or reserved word."
    );
    Err(envelope::error(400, "ReservedResourceName", &text))
}

fn bad_name(name: &str) -> String {
    format!(
        "The name '{name}' is not valid. It must be 3 to 63 characters long, hold only letters, digits and hyphens, and neither start nor end with a hyphen."
    )
}

fn taken(name: &str, location: &str) -> String {
    format!(
        "A DigitalTwins instance with the name '{name}' already exists in region '{location}'. Please choose a different name."
    )
}

/// The members of a request body that may change.
pub(super) struct Wanted {
    tags: Value,
    /// As sent.
    identity: Value,
    network: Option<String>,
}

impl Wanted {
    fn read(body: &Value) -> Result<Self, Answer> {
        let bad = |text: String| envelope::error(400, "InvalidRequestContent", &text);
        let tags = match &body["tags"] {
            Value::Null => Value::Null,
            value => json!(tags(value)?),
        };
        let network = match &body["properties"]["publicNetworkAccess"] {
            Value::Null => None,
            value => match value.as_str() {
                Some(access @ ("Enabled" | "Disabled")) => Some(access.to_owned()),
                _ => {
                    return Err(bad(format!(
                        "The value '{value}' of 'publicNetworkAccess' is not valid."
                    )));
                }
            },
        };
        let kind = body["identity"]["type"].as_str();
        let kinds = ["None", "SystemAssigned", "UserAssigned", "SystemAssigned,UserAssigned"];
        let is_known = |kind: &str| kinds.iter().any(|known| *known == kind.replace(' ', ""));
        if !body["identity"].is_null() && !kind.is_some_and(is_known) {
            return Err(bad(format!(
                "The value '{}' of 'identity' is not valid.",
                body["identity"]
            )));
        }
        Ok(Self { tags, identity: body["identity"].clone(), network })
    }
}

/// The `identity` member with the ids that Azure fills in; a new system-assigned identity enters the directory.
fn identity_made(
    state: &mut State,
    wanted: &Value,
    old: &Value,
    (subscription, name): (&str, &str),
    merge: bool,
) -> Value {
    let tenant = state.world.tenant_of_subscription(subscription).id.clone();
    let kind = wanted["type"].as_str().unwrap_or("None").replace(' ', "");
    if !kind.contains("SystemAssigned")
        && let Some(id) = old["principalId"].as_str()
    {
        state.world.service_principals.retain(|row| row.id != id);
    }
    if kind == "None" {
        return if wanted.is_null() { Value::Null } else { json!({"type": "None"}) };
    }
    let mut made = Map::new();
    if kind.contains("SystemAssigned") {
        let id = match old["principalId"].as_str() {
            Some(id) => id.to_owned(),
            None => {
                let id = random::guid();
                let visible_at = state.now()
                    + jiff::SignedDuration::from_secs(state.settings.replication_seconds);
                state.world.service_principals.push(ServicePrincipal {
                    id: id.clone(),
                    tenant: tenant.clone(),
                    app_id: random::guid(),
                    name: name.to_owned(),
                    kind: "ManagedIdentity".into(),
                    visible_at: Some(visible_at),
                });
                id
            }
        };
        made.insert("principalId".into(), json!(id));
        made.insert("tenantId".into(), json!(tenant));
    }
    made.insert("type".into(), json!(kind));
    if kind.contains("UserAssigned") {
        let filled = identities::filled(state, wanted, old, merge);
        made.insert("userAssignedIdentities".into(), Value::Object(filled));
    }
    Value::Object(made)
}

pub fn shown(world: &World, row: &Instance) -> Value {
    let running = row.state == "Provisioning";
    let connections: Vec<Value> = world
        .resources_below(kind::CONNECTION, &row.id())
        .map(|row| tracked::shown(world, row))
        .collect();
    let mut shown = json!({
        "id": row.id(),
        "name": row.name,
        "type": KIND,
        "location": row.location,
        "tags": row.tags,
    });
    if !row.identity.is_null() {
        shown["identity"] = row.identity.clone();
    }
    shown["systemData"] = envelope::system_data(
        world,
        (&row.created_by, row.created_at),
        (&row.modified_by, row.modified_at),
    );
    shown["properties"] = json!({
        "provisioningState": row.state,
        "hostName": row.host,
        "createdTime": precise(row.created_at),
        "lastUpdatedTime": precise(row.updated_at),
        "publicNetworkAccess": row.public_network_access,
        "privateEndpointConnections": if running { Value::Null } else { json!(connections) },
    });
    shown
}

pub const SHAPE: Shape = Shape::of(
    "digitaltwins.json 2023-01-31 DigitalTwinsDescription",
    "{id:s name:s type:s location!:s tags?:{*:s} identity:{type:s principalId:s tenantId:s userAssignedIdentities:{*:{clientId:s principalId:s}}} systemData:{createdBy:s createdByType:s createdAt:s lastModifiedBy:s lastModifiedByType:s lastModifiedAt:s} properties:{createdTime:s lastUpdatedTime:s provisioningState:s hostName?:s privateEndpointConnections?:[{id:s name:s type:s properties!:{provisioningState:s privateEndpoint:{id:s} groupIds:[s] privateLinkServiceConnectionState:{status!:s description!:s actionsRequired:s}} systemData:{createdBy:s createdByType:s createdAt:s lastModifiedBy:s lastModifiedByType:s lastModifiedAt:s}}] publicNetworkAccess:s}}",
);

pub const NAME_SHAPE: Shape = Shape::of(
    "digitaltwins.json 2023-01-31 CheckNameResult",
    "{nameAvailable:b message:s reason:s}",
);

pub const NAME_REQUEST_SHAPE: Shape =
    Shape::of("digitaltwins.json 2023-01-31 CheckNameRequest", "{name!:s type!:s}");
