//! Resource groups. Source: Microsoft.Resources `resources.json` 2021-04-01, ResourceGroups_*.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Call, Outcome, envelope, operations, policy};
use crate::message::Answer;
use crate::shapes::Shape;
use crate::state::State;
use crate::world::{ResourceGroup, Work, group_id, region};

/// The type by which policies and templates know a group.
pub const KIND: &str = "Microsoft.Resources/subscriptions/resourceGroups";
const READ: &str = "Microsoft.Resources/subscriptions/resourceGroups/read";
const WRITE: &str = "Microsoft.Resources/subscriptions/resourceGroups/write";
const DELETE: &str = "Microsoft.Resources/subscriptions/resourceGroups/delete";

pub fn list(state: &mut State, call: &Call) -> Outcome {
    let subscription = call.subscription(state)?;
    call.must_see(state, READ, &subscription)?;
    let (name, value) = tag_filter(call.ask.query("$filter").unwrap_or_default());
    let rows = state
        .world
        .resource_groups
        .iter()
        .filter(|row| row.subscription == subscription)
        .filter(|row| call.may(state, READ, &group_id(&subscription, &row.name)))
        .filter(|row| {
            let mut tags = row.tags.iter();
            (name.is_none() && value.is_none())
                || tags.any(|(own, tag)| {
                    name.as_ref().is_none_or(|name| name.eq_ignore_ascii_case(own))
                        && value.as_ref().is_none_or(|value| value == tag)
                })
        })
        .map(shown)
        .collect();
    Ok(envelope::page(state, call.ask, rows))
}

/// `tagName eq 'x' and tagValue eq 'y'`, whatever the case of the members (Azure's command line writes them small).
fn tag_filter(filter: &str) -> (Option<String>, Option<String>) {
    let small = filter.to_ascii_lowercase();
    let value_of = |member: &str| {
        let begin = format!("{} eq '", member.to_ascii_lowercase());
        let rest = &filter[small.find(&begin)? + begin.len()..];
        rest.split_once('\'').map(|(value, _)| value.to_owned())
    };
    (value_of("tagName"), value_of("tagValue"))
}

pub fn show(state: &mut State, call: &Call) -> Outcome {
    let subscription = call.subscription(state)?;
    call.must(state, READ, &group_id(&subscription, call.param("rg")))?;
    Ok(Answer::json(200, &shown(existing(state, &subscription, call.param("rg"))?)))
}

pub fn put(state: &mut State, call: &Call) -> Outcome {
    let subscription = call.subscription(state)?;
    let name = call.param("rg").to_owned();
    call.must(state, WRITE, &group_id(&subscription, &name))?;
    let mut body = json_body(call)?;
    check_name(&name)?;
    policy::enforce(state, KIND, &group_id(&subscription, &name), &mut body)?;
    let Some(location) = body["location"].as_str().filter(|location| !location.is_empty()) else {
        return Err(envelope::error(
            400,
            "LocationRequired",
            "The location property is required for this definition.",
        ));
    };
    let Some(place) = region(location) else {
        let text = format!(
            "The provided location '{location}' is not available for resource group. List of available regions is '{}'.",
            crate::world::REGIONS.iter().map(|region| region.name).collect::<Vec<_>>().join(",")
        );
        return Err(envelope::error(400, "LocationNotAvailableForResourceGroup", &text));
    };
    let tags = tags(&body["tags"])?;
    super::moves::check(state, &subscription, &name)?;
    if let Some(row) = state.world.group_mut(&subscription, &name) {
        if row.deleting {
            return Err(being_deleted(&row.name));
        }
        if row.location != place.name {
            let text = format!(
                "Invalid resource group location '{}'. The Resource group already exists in location '{}'.",
                place.name, row.location
            );
            return Err(envelope::error(409, "InvalidResourceGroupLocation", &text));
        }
        row.tags = tags;
        return Ok(Answer::json(200, &shown(row)));
    }
    let row =
        ResourceGroup { subscription, name, location: place.name.into(), tags, deleting: false };
    let answer = Answer::json(201, &shown(&row));
    state.world.resource_groups.push(row);
    Ok(answer)
}

pub fn patch(state: &mut State, call: &Call) -> Outcome {
    let subscription = call.subscription(state)?;
    let name = call.param("rg");
    call.must(state, WRITE, &group_id(&subscription, name))?;
    writable(state, &subscription, name)?;
    let now = shown(existing(state, &subscription, name)?);
    let mut body = json_body(call)?;
    policy::enforce_change(state, KIND, &group_id(&subscription, name), now, &mut body)?;
    let tags = body.get("tags").map(tags).transpose()?;
    let row = state.world.group_mut(&subscription, name).ok_or_else(|| not_found(name))?;
    if let Some(tags) = tags {
        row.tags = tags;
    }
    Ok(Answer::json(200, &shown(row)))
}

pub fn delete(state: &mut State, call: &Call) -> Outcome {
    let subscription = call.subscription(state)?;
    let name = call.param("rg");
    call.must(state, DELETE, &group_id(&subscription, name))?;
    existing(state, &subscription, name)?;
    super::moves::check(state, &subscription, name)?;
    if let Some(row) = state.world.group_mut(&subscription, name) {
        row.deleting = true;
    }
    // Who asks twice is led to the same operation.
    let id = operations::under_way(state, Work::DeleteGroup, &subscription, name, "")
        .unwrap_or_else(|| {
            operations::begin(state, Work::DeleteGroup, &subscription, "westeurope", name, "")
        });
    Ok(Answer::empty(202)
        .with("location", operations::group_address(state, &subscription, &id, &call.version))
        .with("retry-after", state.settings.retry_after.to_string()))
}

/// The group, whatever the case of its name; 404 otherwise.
pub fn existing<'a>(
    state: &'a State,
    subscription: &str,
    name: &str,
) -> Result<&'a ResourceGroup, Answer> {
    state.world.group(subscription, name).ok_or_else(|| not_found(name))
}

/// The same, if it is not being deleted.
pub fn staying<'a>(
    state: &'a State,
    subscription: &str,
    name: &str,
) -> Result<&'a ResourceGroup, Answer> {
    let row = existing(state, subscription, name)?;
    if row.deleting { Err(being_deleted(&row.name)) } else { Ok(row) }
}

/// The same, for a resource to be written in it.
pub fn writable(state: &State, subscription: &str, name: &str) -> Result<(), Answer> {
    staying(state, subscription, name)?;
    super::moves::check(state, subscription, name)
}

fn not_found(name: &str) -> Answer {
    envelope::error(
        404,
        "ResourceGroupNotFound",
        &format!("Resource group '{name}' could not be found."),
    )
}

fn being_deleted(name: &str) -> Answer {
    let text = format!(
        "The resource group '{name}' is in deprovisioning state and cannot perform this operation."
    );
    envelope::error(409, "ResourceGroupBeingDeleted", &text)
}

fn check_name(name: &str) -> Result<(), Answer> {
    let good = (1..=90).contains(&name.chars().count())
        && !name.ends_with('.')
        && name.chars().all(|c| c.is_alphanumeric() || "_-.()".contains(c));
    if good {
        return Ok(());
    }
    let text = format!(
        "The provided resource group name '{name}' has these invalid characters or is too long. The name can only be a letter, \
         digit, '-', '.', '(', ')' or '_', at most 90 characters, and must not end with a period."
    );
    Err(envelope::error(400, "InvalidResourceGroupName", &text))
}

pub fn json_body(call: &Call) -> Result<Value, Answer> {
    call.ask.json().filter(Value::is_object).ok_or_else(|| {
        envelope::error(
            400,
            "InvalidRequestContent",
            "The request content was invalid and could not be deserialized: 'it is not a JSON object'.",
        )
    })
}

/// The `tags` member: absent and `null` are no tags; values are text.
pub fn tags(value: &Value) -> Result<BTreeMap<String, String>, Answer> {
    match value {
        Value::Null => Ok(BTreeMap::new()),
        value => serde_json::from_value(value.clone()).map_err(|error| {
            let text = format!(
                "The request content was invalid and could not be deserialized: '{error}'."
            );
            envelope::error(400, "InvalidRequestContent", &text)
        }),
    }
}

fn shown(row: &ResourceGroup) -> Value {
    let mut shown = json!({
        "id": group_id(&row.subscription, &row.name),
        "name": row.name,
        "type": "Microsoft.Resources/resourceGroups",
        "location": row.location,
        "properties": {"provisioningState": if row.deleting { "Deleting" } else { "Succeeded" }},
    });
    if !row.tags.is_empty() {
        shown["tags"] = json!(row.tags);
    }
    shown
}

pub const SHAPE: Shape = Shape::of(
    "resources.json 2021-04-01 ResourceGroup",
    "{id:s name:s type:s properties:{provisioningState:s} location!:s managedBy:s tags:{*:s}}",
);
