//! Tenants, subscriptions and their locations. Knows which of them a caller may see.
//!
//! Source: Microsoft.Resources `subscriptions.json` 2022-12-01.

use serde_json::{Value, json};

use super::{Call, Outcome, envelope, rbac};
use crate::message::Answer;
use crate::shapes::Shape;
use crate::state::State;
use crate::world::{REGIONS, Subscription, World};

/// The token's own, and those where the same person is a guest.
pub fn tenants(state: &mut State, call: &Call) -> Outcome {
    let world = &state.world;
    let person = world.person(&call.caller.oid);
    let rows = world
        .tenants
        .iter()
        .filter(|tenant| {
            tenant.id == call.caller.tenant
                || person.is_some_and(|person| world.person_at(person, &tenant.id).is_some())
        })
        .map(|tenant| {
            json!({
                "id": format!("/tenants/{}", tenant.id),
                "tenantId": tenant.id,
                "countryCode": "NL",
                "displayName": tenant.name,
                "domains": [tenant.domain, tenant.initial_domain()],
                "tenantCategory": "Home",
                "defaultDomain": tenant.domain,
                "tenantType": "AAD",
            })
        })
        .collect();
    Ok(envelope::page(state, call.ask, rows))
}

/// Those of the token's tenant where the caller has any role, at the subscription or anywhere below.
pub fn list(state: &mut State, call: &Call) -> Outcome {
    let rows = state
        .world
        .subscriptions
        .iter()
        .filter(|subscription| {
            let scope = format!("/subscriptions/{}", subscription.id);
            state.world.is_in(&subscription.tenant, &call.caller.tenant)
                && !rbac::permissions_at_or_below(&state.world, &call.caller.oid, &scope).is_empty()
        })
        .map(|subscription| shown(&state.world, subscription))
        .collect();
    Ok(envelope::page(state, call.ask, rows))
}

pub fn show(state: &mut State, call: &Call) -> Outcome {
    let id = call.subscription(state)?;
    call.must_see(state, "Microsoft.Resources/subscriptions/read", &id)?;
    let subscription =
        state.world.subscription(&id).map(|row| shown(&state.world, row)).unwrap_or_default();
    Ok(Answer::json(200, &subscription))
}

pub fn locations(state: &mut State, call: &Call) -> Outcome {
    let id = call.subscription(state)?;
    call.must_see(state, "Microsoft.Resources/subscriptions/locations/read", &id)?;
    let value: Vec<Value> = REGIONS
        .iter()
        .map(|region| {
            let at = |name: &str| format!("/subscriptions/{id}/locations/{name}");
            let pair = PAIRS.iter().find(|(name, _)| *name == region.name);
            let pair = pair.map(|(_, other)| json!({"name": other, "id": at(other)}));
            let mut shown = json!({
                "id": at(region.name),
                "name": region.name,
                "type": "Region",
                "displayName": region.display,
                "regionalDisplayName": format!("({}) {}", region.part, region.display),
                "metadata": {
                    "regionType": "Physical",
                    "regionCategory": "Recommended",
                    "geography": region.geography,
                    "geographyGroup": region.part,
                    "longitude": region.longitude,
                    "latitude": region.latitude,
                    "physicalLocation": region.place,
                    "pairedRegion": Vec::from_iter(pair),
                },
            });
            if !WITHOUT_ZONES.contains(&region.name) {
                let zone = |n: u8| {
                    json!({"logicalZone": n.to_string(), "physicalZone": format!("{}-az{n}", region.name)})
                };
                shown["availabilityZoneMappings"] = (1..=3).map(zone).collect();
            }
            shown
        })
        .collect();
    Ok(Answer::json(200, &json!({ "value": value })))
}

/// Each region and its pair. Source: "Azure region pairs and nonpaired regions".
const PAIRS: &[(&str, &str)] = &[
    ("westcentralus", "westus2"),
    ("westus2", "westcentralus"),
    ("northeurope", "westeurope"),
    ("australiaeast", "australiasoutheast"),
    ("westeurope", "northeurope"),
    ("eastus", "westus"),
    ("southcentralus", "northcentralus"),
    ("southeastasia", "eastasia"),
    ("uksouth", "ukwest"),
    ("eastus2", "centralus"),
    ("westus", "eastus"),
    ("centralus", "eastus2"),
    ("francecentral", "francesouth"),
    ("germanywestcentral", "germanynorth"),
];

/// Source: "List of Azure regions", availability zone support.
const WITHOUT_ZONES: [&str; 2] = ["westcentralus", "westus"];

/// Refuses what a subscription that is warned, disabled or deleted takes no more: everything but reading and deleting.
/// Source: "Azure Resource Manager RPC, subscription lifecycle API reference", where ARM refuses with 409.
pub fn check_state(world: &World, action: &str, scope: &str) -> Result<(), Answer> {
    let changes = action.rsplit('/').next().is_some_and(|verb| {
        verb.eq_ignore_ascii_case("write") || verb.eq_ignore_ascii_case("action")
    });
    let mut parts = scope.split('/').skip(1);
    let in_subscription =
        parts.next().is_some_and(|part| part.eq_ignore_ascii_case("subscriptions"));
    let row = parts.next().filter(|_| changes && in_subscription);
    let Some(row) = row.and_then(|id| world.subscription(id)) else { return Ok(()) };
    if !matches!(row.state.as_str(), "Warned" | "Disabled" | "Deleted") {
        return Ok(());
    }
    let text = format!(
        "The subscription '{}' is disabled and therefore marked as read only. You cannot perform any write actions on this subscription until it is re-enabled.",
        row.id
    );
    Err(envelope::error(409, "ReadOnlyDisabledSubscription", &text))
}

fn shown(world: &World, subscription: &Subscription) -> Value {
    let mut shown = json!({
        "id": format!("/subscriptions/{}", subscription.id),
        "authorizationSource": "RoleBased",
        "managedByTenants": [],
        "subscriptionId": subscription.id,
        "tenantId": world.tenant_of(&subscription.tenant).id,
        "displayName": subscription.name,
        "state": subscription.state,
        "subscriptionPolicies": {
            "locationPlacementId": "Public_2014-09-01",
            "quotaId": "EnterpriseAgreement_2014-09-01",
            "spendingLimit": "Off",
        },
    });
    if !subscription.tags.is_empty() {
        shown["tags"] = json!(subscription.tags);
    }
    shown
}

pub const SHAPE: Shape = Shape::of(
    "subscriptions.json 2022-12-01 Subscription",
    "{id:s subscriptionId:s displayName:s tenantId:s state:s subscriptionPolicies:{locationPlacementId:s quotaId:s spendingLimit:s} authorizationSource:s managedByTenants:[{tenantId:s}] tags:{*:s}}",
);

pub const LOCATION_SHAPE: Shape = Shape::of(
    "subscriptions.json 2022-12-01 Location",
    "{id:s subscriptionId:s name:s type:s displayName:s regionalDisplayName:s metadata:{regionType:s regionCategory:s geography:s geographyGroup:s longitude:s latitude:s physicalLocation:s pairedRegion:[{name:s id:s subscriptionId:s}] homeLocation:s} availabilityZoneMappings:[{logicalZone:s physicalZone:s}]}",
);

pub const TENANT_SHAPE: Shape = Shape::of(
    "subscriptions.json 2022-12-01 TenantIdDescription",
    "{id:s tenantId:s tenantCategory:s country:s countryCode:s displayName:s domains:[s] defaultDomain:s tenantType:s tenantBrandingLogoUrl:s}",
);
