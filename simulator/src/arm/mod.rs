//! Azure Resource Manager: what every call goes through before its handler. Knows tokens, api-versions and the order of
//! refusals; each resource type has a module of its own.
//!
//! Source: "Azure Resource Manager RPC, common API details", and the error texts that Microsoft's issue trackers quote.

pub mod activity_log;
pub mod authorization;
pub mod conditions;
pub mod data_history;
pub mod decision;
pub mod deny;
pub mod deployments;
pub mod endpoints;
pub mod envelope;
pub mod groups;
pub mod identities;
pub mod instances;
pub mod inventory;
pub mod locks;
pub mod management_groups;
pub mod moves;
pub mod networks;
pub mod operations;
pub mod pim;
pub mod policy;
pub mod private_dns;
pub mod private_link;
pub mod providers;
pub mod rbac;
pub mod resource_graph;
pub mod role_definitions;
pub mod subscriptions;
pub mod throttling;
pub mod tracked;

use serde_json::json;

use conditions::Attributes;
use decision::Decision;

use crate::Params;
use crate::entra::{self, BadToken, Caller, Resource};
use crate::message::{Answer, Ask};
use crate::state::State;
use crate::world::REGIONS;

/// The api-versions that each family of addresses takes.
pub mod versions {
    pub const SUBSCRIPTIONS: &[&str] = &["2022-12-01", "2021-01-01", "2020-01-01", "2016-06-01"];
    pub const RESOURCES: &[&str] = &["2021-04-01", "2024-03-01", "2024-11-01", "2025-04-01"];
    /// The oldest is what Microsoft's packages register providers with.
    pub const PROVIDERS: &[&str] =
        &["2021-04-01", "2024-03-01", "2024-11-01", "2025-04-01", "2016-02-01"];
    pub const TWINS: &[&str] =
        &["2023-01-31", "2022-10-31", "2022-05-31", "2020-12-01", "2020-10-31"];
    pub const DEPLOYMENTS: &[&str] =
        &["2021-04-01", "2024-03-01", "2024-11-01", "2025-04-01", "2026-06-01"];
    pub const AUTHORIZATION: &[&str] = &["2022-04-01"];
    pub const DEFINITIONS: &[&str] = &["2022-04-01", "2022-05-01-preview", "2018-01-01-preview"];
    pub const LOCKS: &[&str] = &["2020-05-01", "2017-04-01", "2016-09-01"];
    pub const POLICY: &[&str] = &[
        "2024-04-01",
        "2024-05-01",
        "2025-01-01",
        "2025-03-01",
        "2026-06-01",
        "2023-04-01",
        "2022-06-01",
    ];
    pub const IDENTITIES: &[&str] =
        &["2023-01-31", "2024-11-30", "2025-05-31-preview", "2022-01-31-preview", "2018-11-30"];
    pub const NETWORKS: &[&str] = &[
        "2024-01-01",
        "2024-03-01",
        "2024-05-01",
        "2024-07-01",
        "2024-10-01",
        "2025-01-01",
        "2025-05-01",
        "2026-01-01",
        "2026-03-01",
    ];
    pub const RESOURCE_GRAPH: &[&str] = &["2022-10-01", "2021-03-01", "2024-04-01"];
    pub const PIM: &[&str] = &["2020-10-01", "2020-10-01-preview"];
    pub const ACTIVITY_LOG: &[&str] = &["2015-04-01"];
    pub const PRIVATE_DNS: &[&str] = &["2020-06-01", "2024-06-01", "2018-09-01"];
    pub const PERMISSIONS: &[&str] = &["2022-04-01", "2015-07-01"];
}

/// A call whose token and api-version are good.
pub struct Call<'a> {
    pub ask: &'a Ask,
    pub params: Params,
    pub caller: Caller,
    pub version: String,
}

/// Both sides are answers; the error side is one that ends a handler early.
pub type Outcome = Result<Answer, Answer>;

impl Call<'_> {
    pub fn param(&self, name: &str) -> &str {
        self.params.get(name).map_or("", String::as_str)
    }

    /// Refuses unless the caller may do `action` at `scope` and no lock is in the way.
    pub fn must(&self, state: &State, action: &str, scope: &str) -> Result<(), Answer> {
        self.must_with(state, action, scope, &Attributes::default())
    }

    /// The same for role assignments, about which conditions may ask.
    pub fn must_with(
        &self,
        state: &State,
        action: &str,
        scope: &str,
        attributes: &Attributes,
    ) -> Result<(), Answer> {
        let who = format!("The client '{}' with object id '{}'", self.caller.upn, self.caller.oid);
        match decision::decide(&state.world, &self.caller.oid, action, scope, attributes) {
            Decision::Allowed => {
                subscriptions::check_state(&state.world, action, scope)?;
                locks::check(&state.world, action, scope)
            }
            Decision::NotGranted => Err(self.forbidden(action, scope)),
            Decision::ConditionNotMet => Err(envelope::error(
                403,
                "AuthorizationFailed",
                &format!(
                    "{who} has an authorization with ABAC condition that is not fulfilled to perform action '{action}' over scope \
                     '{scope}' or the scope is invalid. If access was recently granted, please refresh your credentials."
                ),
            )),
            Decision::Denied(deny) => Err(envelope::error(
                403,
                "DenyAssignmentAuthorizationFailed",
                &format!(
                    "{who} has permission to perform action '{action}' on scope '{scope}'; however, the access is denied because \
                     of the deny assignment with name '{}' and Id '{}' at scope '{}'.",
                    deny.display_name,
                    deny.name.replace('-', ""),
                    deny.scope
                ),
            )),
        }
    }

    /// Refuses unless the caller, who may do `action` at `scope`, may also do `linked` at another resource that this is
    /// about. `shown` is what Azure calls that in the refusal.
    pub fn must_linked(
        &self,
        state: &State,
        (action, scope): (&str, &str),
        (linked, shown): (&str, &str),
        targets: &[&str],
    ) -> Result<(), Answer> {
        let refused: Vec<&str> =
            targets.iter().filter(|id| !self.may(state, linked, id)).copied().collect();
        if refused.is_empty() {
            return Ok(());
        }
        let text = format!(
            "The client '{}' with object id '{}' has permission to perform action '{action}' on scope '{scope}'; however, it does not have permission to perform action '{shown}' on the linked scope(s) '{}' or the linked scope(s) are invalid.",
            self.caller.upn,
            self.caller.oid,
            refused.join(",")
        );
        Err(envelope::error(403, "LinkedAuthorizationFailed", &text))
    }

    pub fn may(&self, state: &State, action: &str, scope: &str) -> bool {
        let attributes = Attributes::default();
        decision::decide(&state.world, &self.caller.oid, action, scope, &attributes).is_allowed()
    }

    /// For what belongs to a subscription as a whole and is readable to whoever can read anything in it.
    pub fn must_see(&self, state: &State, action: &str, subscription: &str) -> Result<(), Answer> {
        let scope = format!("/subscriptions/{subscription}");
        let below = rbac::permissions_at_or_below(&state.world, &self.caller.oid, &scope);
        if rbac::allows(&below, action) { Ok(()) } else { Err(self.forbidden(action, &scope)) }
    }

    pub fn forbidden(&self, action: &str, scope: &str) -> Answer {
        envelope::error(
            403,
            "AuthorizationFailed",
            &format!(
                "The client '{}' with object id '{}' does not have authorization to perform action '{action}' over scope \
                 '{scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.",
                self.caller.upn, self.caller.oid
            ),
        )
    }

    /// The subscription of the path, by its own id.
    pub fn subscription(&self, state: &State) -> Result<String, Answer> {
        subscription_of(state, self.param("sub"))
    }
}

pub fn subscription_of(state: &State, id: &str) -> Result<String, Answer> {
    if uuid::Uuid::parse_str(id).is_err() {
        let text = format!("The provided subscription identifier '{id}' is malformed or invalid.");
        return Err(envelope::error(400, "InvalidSubscriptionId", &text));
    }
    match state.world.subscription(id) {
        Some(subscription) => Ok(subscription.id.clone()),
        None => Err(envelope::error(
            404,
            "SubscriptionNotFound",
            &format!("The subscription '{id}' could not be found."),
        )),
    }
}

pub fn serve(
    state: &mut State,
    ask: &Ask,
    params: Params,
    versions: &[&str],
    handle: fn(&mut State, &Call) -> Outcome,
) -> Answer {
    let mut answer = answer(state, ask, params, versions, handle).unwrap_or_else(|refusal| refusal);
    if ask.method == "HEAD" {
        let status = if answer.status == 200 { 204 } else { answer.status };
        answer.headers.retain(|(name, _)| *name != "content-type");
        answer = Answer { status, body: Vec::new(), ..answer };
    }
    let caller = entra::caller(state, ask, Resource::Arm).ok();
    let answer = envelope::dress(answer, ask, state, caller.as_ref());
    if let Some(caller) = &caller {
        activity_log::note(state, ask, caller, &answer);
    }
    answer
}

fn answer(
    state: &mut State,
    ask: &Ask,
    params: Params,
    versions: &[&str],
    handle: fn(&mut State, &Call) -> Outcome,
) -> Outcome {
    let caller = authenticate(state, ask)?;
    of_its_tenant(state, ask, &caller)?;
    throttling::take(state, ask, &caller.oid)?;
    let version = version(ask, versions)?;
    let writes = matches!(ask.method.as_str(), "PUT" | "PATCH" | "DELETE");
    let stepped_up = caller.app_only || caller.acrs.iter().any(|acr| acr == "p1");
    if writes && state.settings.mfa_for_writes && !stepped_up {
        return Err(mfa_required(state, ask));
    }
    handle(state, &Call { ask, params, caller, version })
}

fn authenticate(state: &State, ask: &Ask) -> Result<Caller, Answer> {
    entra::caller(state, ask, Resource::Arm).map_err(|bad| {
        let moment = |at: jiff::Timestamp| at.strftime("%-m/%-d/%Y %-I:%M:%S %p").to_string();
        let (code, text) = match &bad {
            BadToken::Missing => {
                ("AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing.".to_owned())
            }
            BadToken::Invalid => ("InvalidAuthenticationToken", "The access token is invalid.".to_owned()),
            BadToken::Audience(audience) => (
                "InvalidAuthenticationTokenAudience",
                format!(
                    "The access token has been obtained for wrong audience or resource '{audience}'. It should exactly match \
                     with one of the allowed audiences 'https://management.core.windows.net/','https://management.core.windows.net','https://management.azure.com/','https://management.azure.com'."
                ),
            ),
            BadToken::Expired(at) => (
                "ExpiredAuthenticationToken",
                format!(
                    "The access token expiry UTC time '{}' is earlier than current UTC time '{}'.",
                    moment(*at),
                    moment(state.now())
                ),
            ),
            BadToken::Revoked(_) => ("InvalidAuthenticationToken", "User session has been revoked".to_owned()),
        };
        let description = match bad {
            BadToken::Missing => "The authentication failed because of missing 'Authorization' header.",
            _ => text.as_str(),
        };
        let authority = state.authority(&ask.path);
        let challenge = match bad {
            BadToken::Revoked(at) => {
                let since = json!({"nbf": {"essential": true, "value": at.as_second().to_string()}});
                let claims = json!({ "access_token": since });
                envelope::challenge(&authority, &claims, state.settings.recent_challenges)
            }
            _ => format!(
                "Bearer authorization_uri=\"{authority}\", error=\"invalid_token\", error_description=\"{description}\""
            ),
        };
        envelope::error(401, code, &text).with("www-authenticate", challenge)
    })
}

/// A subscription trusts the tokens of its own tenant only.
fn of_its_tenant(state: &State, ask: &Ask, caller: &Caller) -> Result<(), Answer> {
    let Some(subscription) = ask.segments.get(1).and_then(|id| state.world.subscription(id)) else {
        return Ok(());
    };
    let tenant = state.world.tenant_of(&subscription.tenant);
    if !ask.segments[0].eq_ignore_ascii_case("subscriptions") || tenant.id == caller.tenant {
        return Ok(());
    }
    let text = format!(
        "The access token is from the wrong issuer '{}'. It must match the tenant '{}' associated with this subscription. \
         Please use the authority (URL) 'https://login.windows.net/{}' to get the token. Note, if the subscription is \
         transferred to another tenant there is no impact to the services, but information about new tenant could take time to \
         propagate (up to an hour). If you just transferred your subscription and see this error message, please try back \
         later.",
        crate::tenants::issuer(&caller.tenant),
        tenant.issuer(),
        tenant.id
    );
    let challenge = format!(
        "Bearer authorization_uri=\"{}\", error=\"invalid_token\", error_description=\"{text}\"",
        state.authority(&ask.path)
    );
    Err(envelope::error(401, "InvalidAuthenticationTokenTenant", &text)
        .with("www-authenticate", challenge))
}

fn mfa_required(state: &State, ask: &Ask) -> Answer {
    let claims = json!({"access_token": {"acrs": {"essential": true, "values": ["p1"]}}});
    envelope::error(
        401,
        "RequestDisallowedByPolicy",
        "Resource was disallowed by policy. Reasons: MFA is required. See error details for policy resource IDs. Users must \
         authenticate with multi-factor authentication to create or update resources.",
    )
    .with("www-authenticate", envelope::challenge(&state.authority(&ask.path), &claims, state.settings.recent_challenges))
}

fn version(ask: &Ask, versions: &[&str]) -> Result<String, Answer> {
    let Some(version) = ask.query("api-version").filter(|version| !version.is_empty()) else {
        return Err(envelope::error(
            400,
            "MissingApiVersionParameter",
            "The api-version query parameter (?api-version=) is required for all requests.",
        ));
    };
    if versions.iter().any(|known| known.eq_ignore_ascii_case(version)) {
        return Ok(version.to_owned());
    }
    // Providers other than ARM's own are asked for by type and place.
    if [versions::TWINS, versions::IDENTITIES, versions::NETWORKS, versions::PRIVATE_DNS]
        .contains(&versions)
    {
        let body = ask.json().unwrap_or_default();
        let location = body["location"].as_str().unwrap_or_default();
        let kind = provider(&ask.segments).map_or("", |(_, kind)| kind);
        return Err(no_provider(location, version, kind, versions));
    }
    Err(envelope::error(
        400,
        "InvalidApiVersionParameter",
        &format!(
            "The api-version '{version}' is invalid. The supported versions are '{}'.",
            versions.join(",")
        ),
    ))
}

/// Nobody offers this type there, or in this version.
fn no_provider(location: &str, version: &str, kind: &str, versions: &[&str]) -> Answer {
    let regions: Vec<&str> = match versions == versions::TWINS {
        true => instances::regions().collect(),
        false => REGIONS.iter().map(|region| region.name).collect(),
    };
    let text = format!(
        "No registered resource provider found for location '{location}' and API version '{version}' for type '{kind}'. The \
         supported api-versions are '{}'. The supported locations are '{}'.",
        versions.join(", "),
        regions.join(", ")
    );
    envelope::error(400, "NoRegisteredProviderFound", &text)
}

/// The last namespace of a path and the type after it.
fn provider(segments: &[String]) -> Option<(&str, &str)> {
    let at = segments.iter().rposition(|part| part.eq_ignore_ascii_case("providers"))?;
    Some((segments.get(at + 1)?, segments.get(at + 2).map_or("", String::as_str)))
}

/// An address that ARM does not have, or not with this method.
pub fn unknown(state: &mut State, ask: &Ask) -> Answer {
    let missing = |_| {
        let version = ask.query("api-version").unwrap_or_default();
        let text = match provider(&ask.segments) {
            Some((namespace, _)) => format!(
                "The resource type could not be found in the namespace '{namespace}' for api version '{version}'."
            ),
            None => format!(
                "No HTTP resource was found that matches the request URI '{}{}'.",
                state.places.arm, ask.path
            ),
        };
        envelope::error(404, "InvalidResourceType", &text)
    };
    let answer = authenticate(state, ask).map_or_else(|refusal| refusal, missing);
    envelope::dress(answer, ask, state, None)
}
