//! The resource provider Microsoft.DigitalTwins in a subscription: where it is offered, whether it is registered.
//!
//! Source: Microsoft.Resources `resources.json` 2021-04-01, Providers_Get and Providers_Register.

use serde_json::{Value, json};

use super::{Call, Outcome, versions};
use crate::message::Answer;
use crate::shapes::Shape;
use crate::state::State;
use crate::world::{REGIONS, Registration, Wait};

pub fn show(state: &mut State, call: &Call) -> Outcome {
    let id = call.subscription(state)?;
    call.must_see(state, "Microsoft.Resources/subscriptions/providers/read", &id)?;
    let answer = Answer::json(200, &shown(state, &id));
    if let Some(wait) = state.world.subscription_mut(&id).and_then(|row| row.registering.as_mut()) {
        wait.look();
    }
    Ok(answer)
}

pub fn register(state: &mut State, call: &Call) -> Outcome {
    let id = call.subscription(state)?;
    call.must(state, "Microsoft.DigitalTwins/register/action", &format!("/subscriptions/{id}"))?;
    let wait = Wait::new(
        state.settings.registration_polls,
        state.settings.registration_seconds,
        state.now(),
    );
    if let Some(subscription) = state.world.subscription_mut(&id)
        && subscription.registration == Registration::NotRegistered
    {
        subscription.registration = Registration::Registering;
        subscription.registering = Some(wait);
    }
    Ok(Answer::json(200, &shown(state, &id)))
}

fn shown(state: &State, id: &str) -> Value {
    let registration =
        state.world.subscription(id).map_or(Registration::NotRegistered, |row| row.registration);
    let locations: Vec<&str> =
        REGIONS.iter().filter(|region| region.twins).map(|region| region.display).collect();
    let kind = |name: &str, locations: &[&str], capabilities: &str| {
        json!({
            "resourceType": name,
            "locations": locations,
            "apiVersions": versions::TWINS,
            "defaultApiVersion": versions::TWINS[0],
            "capabilities": capabilities,
        })
    };
    json!({
        "id": format!("/subscriptions/{id}/providers/Microsoft.DigitalTwins"),
        "namespace": "Microsoft.DigitalTwins",
        "resourceTypes": [
            kind("digitalTwinsInstances", &locations,
                "CrossResourceGroupResourceMove, CrossSubscriptionResourceMove, SystemAssignedResourceIdentity, SupportsTags, SupportsLocation"),
            kind("operations", &[], "None"),
            kind("locations", &[], "None"),
            kind("locations/checkNameAvailability", &locations, "None"),
            kind("locations/operationResults", &locations, "None"),
            kind("locations/operationsStatuses", &locations, "None"),
        ],
        "registrationState": registration,
        "registrationPolicy": "RegistrationRequired",
    })
}

/// Names of what can be done here, from the roles' own action names.
pub fn operations(_: &mut State, _: &Call) -> Outcome {
    let rows: Vec<Value> = [
        ("register", "action", "Register the subscription"),
        ("digitalTwinsInstances", "read", "Read a Digital Twins instance"),
        ("digitalTwinsInstances", "write", "Create or update a Digital Twins instance"),
        ("digitalTwinsInstances", "delete", "Delete a Digital Twins instance"),
        ("digitalTwinsInstances/endpoints", "read", "Read an endpoint"),
        ("digitalTwinsInstances/endpoints", "write", "Create or update an endpoint"),
        ("digitalTwinsInstances/endpoints", "delete", "Delete an endpoint"),
    ]
    .into_iter()
    .map(|(kind, verb, text)| {
        json!({
            "name": format!("Microsoft.DigitalTwins/{kind}/{verb}"),
            "display": {
                "provider": "Azure Digital Twins",
                "resource": kind,
                "operation": text,
                "description": text,
            },
            "isDataAction": false,
        })
    })
    .collect();
    Ok(Answer::json(200, &json!({ "value": rows })))
}

pub const OPERATION_SHAPE: Shape = Shape::of(
    "digitaltwins.json 2023-01-31 Operation",
    "{name:s display:{provider:s resource:s operation:s description:s} origin:s isDataAction:b properties:{*:*}}",
);

pub const SHAPE: Shape = Shape::of(
    "resources.json 2021-04-01 Provider",
    "{id:s namespace:s registrationState:s registrationPolicy:s resourceTypes:[{resourceType:s locations:[s] locationMappings:[{location:s type:s extendedLocations:[s]}] aliases:[{name:s paths:[{path:s apiVersions:[s] pattern:{phrase:s variable:s type:s} metadata:{type:s attributes:s}}] type:s defaultPath:s defaultPattern:{phrase:s variable:s type:s} defaultMetadata:{type:s attributes:s}}] apiVersions:[s] defaultApiVersion:s zoneMappings:[{location:s zones:[s]}] apiProfiles:[{profileVersion:s apiVersion:s}] capabilities:s properties:{*:s}}] providerAuthorizationConsentState:s}",
);
