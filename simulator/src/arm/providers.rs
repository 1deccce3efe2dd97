//! Resource providers in a subscription: what they offer and where. Only `Microsoft.DigitalTwins` can be not registered.
//!
//! Source: Microsoft.Resources `resources.json` 2021-04-01, Providers_List, Providers_Get, Providers_Register and
//! Providers_Unregister; hashicorp/terraform-provider-azurerm issue 24784 (unregistering what is in use).

use serde_json::{Value, json};

use super::{Call, Outcome, envelope, versions};
use crate::message::Answer;
use crate::shapes::Shape;
use crate::state::State;
use crate::world::{REGIONS, Registration, Wait};

const READ: &str = "Microsoft.Resources/subscriptions/providers/read";
const TWINS: &str = "Microsoft.DigitalTwins";

/// Where a type is offered.
#[derive(Clone, Copy)]
enum Places {
    Nowhere,
    Global,
    Twins,
    All,
}

struct Provider {
    namespace: &'static str,
    /// Registered everywhere, for ever.
    free: bool,
    /// Name, api-versions, places, capabilities.
    types: &'static [(&'static str, &'static [&'static str], Places, &'static str)],
}

const NONE: &str = "None";
const TAGS: &str = "SupportsTags, SupportsLocation";

/// Those whose types are offered here.
const PROVIDERS: &[Provider] = &[
    Provider {
        namespace: TWINS,
        free: false,
        types: &[
            (
                "digitalTwinsInstances",
                versions::TWINS,
                Places::Twins,
                "CrossResourceGroupResourceMove, CrossSubscriptionResourceMove, SystemAssignedResourceIdentity, SupportsTags, SupportsLocation",
            ),
            ("operations", versions::TWINS, Places::Nowhere, NONE),
            ("locations", versions::TWINS, Places::Nowhere, NONE),
            ("locations/checkNameAvailability", versions::TWINS, Places::Twins, NONE),
            ("locations/operationResults", versions::TWINS, Places::Twins, NONE),
            ("locations/operationsStatuses", versions::TWINS, Places::Twins, NONE),
        ],
    },
    Provider {
        namespace: "Microsoft.ManagedIdentity",
        free: false,
        types: &[("userAssignedIdentities", versions::IDENTITIES, Places::All, TAGS)],
    },
    Provider {
        namespace: "Microsoft.Network",
        free: false,
        types: &[
            ("virtualNetworks", versions::NETWORKS, Places::All, TAGS),
            ("privateEndpoints", versions::NETWORKS, Places::All, TAGS),
            ("privateDnsZones", versions::PRIVATE_DNS, Places::Global, TAGS),
            ("privateDnsZones/virtualNetworkLinks", versions::PRIVATE_DNS, Places::Global, TAGS),
        ],
    },
    Provider {
        namespace: "Microsoft.Insights",
        free: false,
        types: &[("eventtypes", versions::ACTIVITY_LOG, Places::Nowhere, NONE)],
    },
    Provider {
        namespace: "Microsoft.Authorization",
        free: true,
        types: &[
            ("roleAssignments", versions::AUTHORIZATION, Places::Nowhere, NONE),
            ("roleDefinitions", versions::DEFINITIONS, Places::Nowhere, NONE),
            ("denyAssignments", versions::AUTHORIZATION, Places::Nowhere, NONE),
            ("permissions", versions::PERMISSIONS, Places::Nowhere, NONE),
            ("locks", versions::LOCKS, Places::Nowhere, NONE),
            ("policyAssignments", versions::POLICY, Places::Nowhere, NONE),
            ("roleAssignmentScheduleRequests", versions::PIM, Places::Nowhere, NONE),
            ("roleAssignmentScheduleInstances", versions::PIM, Places::Nowhere, NONE),
            ("roleEligibilityScheduleRequests", versions::PIM, Places::Nowhere, NONE),
            ("roleEligibilityScheduleInstances", versions::PIM, Places::Nowhere, NONE),
            ("roleManagementPolicyAssignments", versions::PIM, Places::Nowhere, NONE),
        ],
    },
    Provider {
        namespace: "Microsoft.Resources",
        free: true,
        types: &[
            ("subscriptions", versions::SUBSCRIPTIONS, Places::Nowhere, NONE),
            ("resourceGroups", versions::RESOURCES, Places::All, TAGS),
            ("deployments", versions::DEPLOYMENTS, Places::Nowhere, NONE),
        ],
    },
    Provider {
        namespace: "Microsoft.ResourceGraph",
        free: true,
        types: &[("resources", versions::RESOURCE_GRAPH, Places::Nowhere, NONE)],
    },
];

fn provider(call: &Call) -> Result<&'static Provider, Answer> {
    let name = call.param("namespace");
    PROVIDERS.iter().find(|row| row.namespace.eq_ignore_ascii_case(name)).ok_or_else(|| {
        let text = format!("The resource namespace '{name}' is invalid.");
        envelope::error(404, "InvalidResourceNamespace", &text)
    })
}

pub fn list(state: &mut State, call: &Call) -> Outcome {
    let id = call.subscription(state)?;
    call.must_see(state, READ, &id)?;
    let rows = PROVIDERS.iter().map(|row| shown(state, &id, row)).collect();
    Ok(envelope::page(state, call.ask, rows))
}

pub fn show(state: &mut State, call: &Call) -> Outcome {
    let id = call.subscription(state)?;
    call.must_see(state, READ, &id)?;
    let provider = provider(call)?;
    let answer = Answer::json(200, &shown(state, &id, provider));
    if let Some(wait) = state.world.subscription_mut(&id).and_then(|row| row.registering.as_mut())
        && provider.namespace == TWINS
    {
        wait.look();
    }
    Ok(answer)
}

pub fn register(state: &mut State, call: &Call) -> Outcome {
    let (id, provider) = to_change(state, call, "register")?;
    if provider.namespace == TWINS {
        change(state, &id, Registration::Registering, |now| {
            matches!(now, Registration::NotRegistered | Registration::Unregistered)
        });
    }
    Ok(Answer::json(200, &shown(state, &id, provider)))
}

/// Only what is not in use; the other providers always are.
pub fn unregister(state: &mut State, call: &Call) -> Outcome {
    let (id, provider) = to_change(state, call, "unregister")?;
    let used = state.world.instances.iter().any(|row| row.subscription == id);
    if used || provider.namespace != TWINS {
        let text = format!(
            "The subscription cannot be unregistered from resource namespace '{}'. Please delete existing resources for the provider.",
            provider.namespace
        );
        return Err(envelope::error(409, "Conflict", &text));
    }
    change(state, &id, Registration::Unregistering, |now| now == Registration::Registered);
    Ok(Answer::json(200, &shown(state, &id, provider)))
}

fn to_change(
    state: &State,
    call: &Call,
    verb: &str,
) -> Result<(String, &'static Provider), Answer> {
    let id = call.subscription(state)?;
    let provider = provider(call)?;
    let action = format!("{}/{verb}/action", provider.namespace);
    call.must(state, &action, &format!("/subscriptions/{id}"))?;
    Ok((id, provider))
}

fn change(state: &mut State, id: &str, to: Registration, from: fn(Registration) -> bool) {
    let wait = Wait::new(
        state.settings.registration_polls,
        state.settings.registration_seconds,
        state.now(),
    );
    if let Some(subscription) = state.world.subscription_mut(id)
        && from(subscription.registration)
    {
        subscription.registration = to;
        subscription.registering = Some(wait);
    }
}

fn shown(state: &State, id: &str, provider: &Provider) -> Value {
    let registration = match state.world.subscription(id) {
        Some(row) if provider.namespace == TWINS => row.registration,
        _ => Registration::Registered,
    };
    let types: Vec<Value> = provider
        .types
        .iter()
        .map(|(name, versions, places, capabilities)| {
            let regions = |twins: bool| -> Vec<&str> {
                REGIONS.iter().filter(|row| row.twins || !twins).map(|row| row.display).collect()
            };
            let locations = match places {
                Places::Nowhere => Vec::new(),
                Places::Global => vec!["global"],
                Places::Twins => regions(true),
                Places::All => regions(false),
            };
            json!({
                "resourceType": name,
                "locations": locations,
                "apiVersions": versions,
                "defaultApiVersion": versions[0],
                "capabilities": capabilities,
            })
        })
        .collect();
    json!({
        "id": format!("/subscriptions/{id}/providers/{}", provider.namespace),
        "namespace": provider.namespace,
        "resourceTypes": types,
        "registrationState": registration,
        "registrationPolicy": if provider.free { "RegistrationFree" } else { "RegistrationRequired" },
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
