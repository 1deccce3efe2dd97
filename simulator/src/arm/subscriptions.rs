//! Tenants, subscriptions and their locations. Knows which of them a caller may see.
//!
//! Source: Microsoft.Resources `subscriptions.json` 2022-12-01.

use serde_json::{Value, json};

use super::{Call, Outcome, envelope, rbac};
use crate::message::Answer;
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
            json!({
                "id": format!("/subscriptions/{id}/locations/{}", region.name),
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
                    "pairedRegion": [],
                },
            })
        })
        .collect();
    Ok(Answer::json(200, &json!({ "value": value })))
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

/// `subscriptions.json, Subscription`.
pub const SHAPE: &str = "{id:s subscriptionId:s displayName:s tenantId:s state:s subscriptionPolicies:{locationPlacementId:s quotaId:s spendingLimit:s} authorizationSource:s managedByTenants:[{tenantId:s}] tags:{*:s}}";

/// `subscriptions.json, Location`.
pub const LOCATION_SHAPE: &str = "{id:s subscriptionId:s name:s type:s displayName:s regionalDisplayName:s metadata:{regionType:s regionCategory:s geography:s geographyGroup:s longitude:s latitude:s physicalLocation:s pairedRegion:[{name:s id:s subscriptionId:s}] homeLocation:s} availabilityZoneMappings:[{logicalZone:s physicalZone:s}]}";

/// `subscriptions.json, TenantIdDescription`.
pub const TENANT_SHAPE: &str = "{id:s tenantId:s tenantCategory:s country:s countryCode:s displayName:s domains:[s] defaultDomain:s tenantType:s tenantBrandingLogoUrl:s}";
