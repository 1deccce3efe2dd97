//! Microsoft Entra ID, v2.0 endpoints: discovery, keys, and what sign-in and token issue share. Knows tenants, their people
//! and the registered applications, nothing of Azure roles.
//!
//! Source: Microsoft Learn, "OpenID Connect on the Microsoft identity platform", "Microsoft identity platform and OAuth
//! 2.0 authorization code flow", "ID token claims reference", "Access token claims reference", "Error codes".

pub mod access;
pub mod admin_consent;
pub mod applications;
pub mod assertions;
pub mod authority;
pub mod authorize;
pub mod bearer;
mod clients;
pub mod device;
pub mod keys;
pub mod logout;
pub mod pages;
pub mod token;

pub use authority::Authority;
pub use bearer::{BadToken, Caller, caller};
pub use clients::Proof;

use std::collections::HashSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::Params;
use crate::message::{Answer, Ask};
use crate::random;
use crate::shapes::Shape;
use crate::state::State;
use crate::tenants::Tenant;
use crate::world::{Person, World};

/// What a person has agreed to with one sign-in: shared by the code and the refresh tokens that come of it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Grant {
    /// The application that the person signed in to.
    pub client: String,
    pub oid: String,
    pub sid: String,
    /// When multi-factor authentication was done.
    pub mfa_at: Option<Timestamp>,
    /// Authentication contexts satisfied.
    pub acrs: Vec<String>,
    /// Client capabilities (`cp1`).
    pub capabilities: Vec<String>,
    pub offline: bool,
    pub authenticated_at: Timestamp,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Code {
    pub grant: Grant,
    pub redirect_uri: String,
    pub scope: String,
    pub nonce: Option<String>,
    /// Method and challenge.
    pub challenge: Option<(String, String)>,
    pub issued_at: Timestamp,
    pub redeemed: bool,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Refresh {
    pub grant: Grant,
    pub issued_at: Timestamp,
    pub revoked: bool,
}

/// An access token.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Issued {
    pub grant: Grant,
    pub expires_at: Timestamp,
}

/// A browser that has signed in.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Session {
    pub oid: String,
    pub sid: String,
    pub mfa_at: Option<Timestamp>,
    pub at: Timestamp,
    /// The applications that it has signed in to.
    pub clients: HashSet<String>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Resource {
    Arm,
    Graph,
    Twins,
    /// The API of an application registered here, by its client id.
    Api(Uuid),
}

impl Resource {
    /// `aud` of its tokens.
    pub fn audience(self) -> String {
        match self {
            Self::Arm => "https://management.azure.com".into(),
            Self::Graph => "https://graph.microsoft.com".into(),
            Self::Twins => "https://digitaltwins.azure.net".into(),
            Self::Api(client) => client.to_string(),
        }
    }

    /// Application id of its service principal.
    pub fn app_id(self) -> String {
        match self {
            Self::Arm => "797f4846-ba00-4fd7-ba43-dac1f8f63013".into(),
            Self::Graph => "00000003-0000-0000-c000-000000000000".into(),
            Self::Twins => "0b07f429-9f4b-4714-9392-cc5e8e80c8b0".into(),
            Self::Api(client) => client.to_string(),
        }
    }

    /// As policies of Conditional Access call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Arm => "arm",
            Self::Graph => "graph",
            Self::Twins => "twins",
            Self::Api(_) => "api",
        }
    }

    /// Every `aud` that the resource accepts.
    pub fn audiences(self) -> &'static [&'static str] {
        match self {
            Self::Arm => &[
                "https://management.core.windows.net/",
                "https://management.core.windows.net",
                "https://management.azure.com/",
                "https://management.azure.com",
            ],
            Self::Graph => &[
                "https://graph.microsoft.com",
                "https://graph.microsoft.com/",
                "00000003-0000-0000-c000-000000000000",
            ],
            Self::Twins => &[
                "https://digitaltwins.azure.net",
                "https://digitaltwins.azure.net/",
                "0b07f429-9f4b-4714-9392-cc5e8e80c8b0",
            ],
            Self::Api(_) => &[],
        }
    }

    /// The permission's name in `settings.consented`.
    fn consent_name(self, scope: &str) -> String {
        match self {
            Self::Graph => scope.to_owned(),
            Self::Arm => format!("https://management.azure.com/{scope}"),
            Self::Twins => format!("https://digitaltwins.azure.net/{scope}"),
            Self::Api(client) => format!("api://{client}/{scope}"),
        }
    }

    /// The delegated permissions of this resource that are consented, by bare name.
    fn consented(self, state: &State) -> Vec<String> {
        let prefix = self.consent_name("");
        let names = state.settings.consented.iter();
        match self {
            Self::Graph => names.filter(|name| !name.contains("://")).cloned().collect(),
            Self::Api(_) => vec![API_SCOPE.to_owned()],
            _ => names.filter_map(|name| name.strip_prefix(&prefix)).map(str::to_owned).collect(),
        }
    }
}

/// The one delegated permission that an application's own API offers.
const API_SCOPE: &str = "access_as_user";

/// One resource's part of a `scope` parameter.
#[derive(Debug, Default, PartialEq)]
pub struct Scopes {
    /// Resources in the order named, each with its bare permission names (`.default` among them).
    pub wanted: Vec<(Resource, Vec<String>)>,
    pub openid: bool,
    pub profile: bool,
    pub email: bool,
    pub offline: bool,
    /// How each of the resources was named; empty where a permission of Graph stands bare.
    pub spelled: Vec<String>,
}

/// What one token is for.
pub struct Wanted {
    pub resource: Resource,
    pub names: Vec<String>,
    pub spelled: String,
}

impl Scopes {
    pub fn first(&self) -> Option<Wanted> {
        let ((resource, names), spelled) = self.wanted.first().zip(self.spelled.first())?;
        Some(Wanted { resource: *resource, names: names.clone(), spelled: spelled.clone() })
    }
}

impl Wanted {
    /// What is had of a resource without asking for more.
    pub fn default_of(resource: Resource) -> Self {
        Self { resource, names: vec![".default".into()], spelled: String::new() }
    }

    /// `aud`: the resource as it was named.
    ///
    /// Source: "Scopes and permissions in the Microsoft identity platform", trailing slash and .default.
    fn audience(&self) -> String {
        match self.resource.audiences().contains(&self.spelled.as_str()) {
            true => self.spelled.clone(),
            false => self.resource.audience(),
        }
    }

    /// A permission as the `scope` of an answer names it: clients look into their caches by it.
    fn named(&self, scope: &str) -> String {
        match self.resource {
            Resource::Graph => scope.to_owned(),
            Resource::Api(client) => format!("api://{client}/{scope}"),
            _ if self.spelled.is_empty() => format!("{}/{scope}", self.resource.audience()),
            _ => format!("{}/{scope}", self.spelled),
        }
    }
}

impl PartialEq<Resource> for (Resource, Vec<String>) {
    fn eq(&self, other: &Resource) -> bool {
        self.0 == *other
    }
}

/// Reads a `scope` parameter. The error is a name that belongs to no resource known here.
///
/// Source: "Scopes and permissions in the Microsoft identity platform" (bare names are Graph's; the App ID URI of ARM ends
/// in a slash, so that its `.default` has two).
pub fn scopes(text: &str) -> Result<Scopes, String> {
    let mut scopes = Scopes::default();
    for name in text.split_whitespace() {
        match name {
            "openid" => scopes.openid = true,
            "profile" => scopes.profile = true,
            "email" => scopes.email = true,
            "offline_access" => scopes.offline = true,
            _ => {
                let (resource, bare) = resource_of(name).ok_or_else(|| name.to_owned())?;
                match scopes.wanted.iter_mut().find(|entry| **entry == resource) {
                    Some((_, names)) => names.push(bare),
                    None => {
                        let prefix = &name[..name.len() - bare.len()];
                        scopes.spelled.push(prefix.strip_suffix('/').unwrap_or(prefix).to_owned());
                        scopes.wanted.push((resource, vec![bare]));
                    }
                }
            }
        }
    }
    Ok(scopes)
}

fn resource_of(name: &str) -> Option<(Resource, String)> {
    let hosts = [
        ("https://management.azure.com/", Resource::Arm),
        ("https://management.core.windows.net/", Resource::Arm),
        ("https://graph.microsoft.com/", Resource::Graph),
        ("https://digitaltwins.azure.net/", Resource::Twins),
        ("0b07f429-9f4b-4714-9392-cc5e8e80c8b0/", Resource::Twins),
        ("797f4846-ba00-4fd7-ba43-dac1f8f63013/", Resource::Arm),
        ("00000003-0000-0000-c000-000000000000/", Resource::Graph),
    ];
    let lower = name.to_ascii_lowercase();
    if let Some((client, bare)) = lower.strip_prefix("api://").and_then(|rest| rest.split_once('/'))
    {
        let client = Uuid::parse_str(client).ok()?;
        let known = [API_SCOPE, ".default"].contains(&bare);
        return known.then(|| (Resource::Api(client), bare.to_owned()));
    }
    let (resource, bare) = match hosts.iter().find(|(host, _)| lower.starts_with(host)) {
        Some((host, resource)) => (*resource, &name[host.len()..]),
        None if !name.contains("://") && !name.contains('/') => (Resource::Graph, name),
        None => return None,
    };
    let bare = bare.strip_prefix('/').filter(|rest| *rest == ".default").unwrap_or(bare);
    let known = match resource {
        Resource::Arm => ["user_impersonation", ".default"].contains(&bare),
        Resource::Twins => ["Read.Write", ".default"].contains(&bare),
        Resource::Graph => !bare.is_empty(),
        Resource::Api(_) => false,
    };
    known.then(|| (resource, bare.to_owned()))
}

/// Authentication contexts (`acrs`) and client capabilities (`xms_cc`) that a `claims` parameter names for access tokens,
/// and whether it is JSON at all.
///
/// Source: "Claims challenges, claims requests, and client capabilities".
pub fn claims_request(text: &str) -> Option<(Vec<String>, Vec<String>)> {
    let request: Value = serde_json::from_str(text).ok()?;
    let values = |name: &str| {
        let entry = &request["access_token"][name];
        let many = entry["values"].as_array().into_iter().flatten();
        many.chain(entry.get("value"))
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    request.is_object().then(|| (values("acrs"), values("xms_cc")))
}

/// `GET /{tenant}/v2.0/.well-known/openid-configuration`: every member as a tenant serves it.
pub fn discovery(state: &mut State, _: &Ask, params: &Params) -> Answer {
    let tenant = &params["tenant"];
    let Some(authority) = Authority::read(&state.world, tenant) else {
        return unknown_tenant(state, tenant);
    };
    let entra = &state.places.entra;
    let at = format!("{entra}/{}", authority.path());
    let region = match &authority {
        Authority::Tenant(_) => json!("EU"),
        _ => Value::Null,
    };
    Answer::json(
        200,
        &json!({
            "token_endpoint": format!("{at}/oauth2/v2.0/token"),
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
            "jwks_uri": format!("{at}/discovery/v2.0/keys"),
            "response_modes_supported": ["query", "fragment", "form_post"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "issuer": authority.issuer(entra),
            "request_uri_parameter_supported": false,
            "userinfo_endpoint": format!("{}/oidc/userinfo", state.places.graph),
            "authorization_endpoint": format!("{at}/oauth2/v2.0/authorize"),
            "device_authorization_endpoint": format!("{at}/oauth2/v2.0/devicecode"),
            "http_logout_supported": true,
            "frontchannel_logout_supported": true,
            "end_session_endpoint": format!("{at}/oauth2/v2.0/logout"),
            "claims_supported": ["sub", "iss", "cloud_instance_name", "cloud_instance_host_name",
                "cloud_graph_host_name", "msgraph_host", "aud", "exp", "iat", "auth_time", "acr", "nonce",
                "preferred_username", "name", "tid", "ver", "at_hash", "c_hash", "email"],
            "kerberos_endpoint": format!("{at}/kerberos"),
            "mtls_endpoint_aliases": {"token_endpoint": format!("{at}/oauth2/v2.0/token")},
            "tls_client_certificate_bound_access_tokens": true,
            "tenant_region_scope": region,
            "cloud_instance_name": "microsoftonline.com",
            "cloud_graph_host_name": "graph.windows.net",
            "msgraph_host": "graph.microsoft.com",
            "rbac_url": "https://pas.windows.net",
        }),
    )
}

/// `GET /{tenant}/discovery/v2.0/keys`.
pub fn jwks(state: &mut State, _: &Ask, params: &Params) -> Answer {
    let tenant = &params["tenant"];
    let Some(authority) = Authority::read(&state.world, tenant) else {
        return unknown_tenant(state, tenant);
    };
    Answer::json(200, &state.keys().jwks(&authority.issuer(&state.places.entra)))
        .with("cache-control", "max-age=86400, private")
}

/// `GET /common/discovery/instance`: the names of the clouds, as clients ask before they trust an authority.
pub fn instance(state: &mut State, ask: &Ask, _: &Params) -> Answer {
    let asked = ask.query("authorization_endpoint").unwrap_or_default();
    let named = url::Url::parse(asked).ok().and_then(|url| {
        let mut parts = url.path_segments()?;
        parts.find_map(|part| Authority::read(&state.world, part))
    });
    let named = named.unwrap_or(Authority::Common);
    let tenant = named.path();
    Answer::json(
        200,
        &json!({
            "tenant_discovery_endpoint":
                format!("{}/{tenant}/v2.0/.well-known/openid-configuration", state.places.entra),
            "api-version": "1.1",
            "metadata": [{
                "preferred_network": "login.microsoftonline.com",
                "preferred_cache": "login.windows.net",
                "aliases":
                    ["login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"],
            }],
        }),
    )
}

/// `GET https://graph.microsoft.com/oidc/userinfo`.
///
/// Source: "Microsoft identity platform UserInfo endpoint".
pub fn user_info(state: &mut State, ask: &Ask, _: &Params) -> Answer {
    let Ok(caller) = caller(state, ask, Resource::Graph) else {
        return Answer::empty(401).with("www-authenticate", "Bearer");
    };
    let Some(person) = state.world.person(&caller.oid) else { return Answer::empty(401) };
    Answer::json(
        200,
        &json!({
            "sub": pairwise(&person.id, &Resource::Graph.audience()),
            "name": person.name,
            "family_name": person.surname,
            "given_name": person.given_name,
            "picture": format!("{}/v1.0/me/photo/$value", state.places.graph),
            "email": person.mail,
        }),
    )
}

/// `client_info`, for clients that ask for it: whose account signed in and of which tenant that is, base64url.
pub fn client_info(world: &World, oid: &str) -> String {
    let person = world.person(oid);
    let uid = person.map_or(oid, |person| world.account_of(person).id.as_str());
    let utid = person.map_or(world.first_tenant().id.as_str(), |person| world.home_of(person));
    URL_SAFE_NO_PAD.encode(json!({"uid": uid, "utid": utid}).to_string())
}

/// The tenant of a person's row.
fn tenant_of<'a>(world: &'a World, person: &Person) -> &'a Tenant {
    world.tenant_of(&person.tenant)
}

fn unknown_tenant(state: &State, tenant: &str) -> Answer {
    let text = format!(
        "Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct \
         cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the \
         tenant."
    );
    error_body(state.now(), 400, "invalid_tenant", 90002, &text, Map::new())
}

/// The error body of the token endpoint, with trace and correlation ids. `more` holds `suberror` and `claims`.
pub fn error_body(
    at: Timestamp,
    status: u16,
    error: &str,
    number: u32,
    text: &str,
    more: Map<String, Value>,
) -> Answer {
    let (trace, correlation) = (random::guid(), random::guid());
    let time = at.strftime("%Y-%m-%d %H:%M:%SZ").to_string();
    let description = format!(
        "AADSTS{number}: {text} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {time}"
    );
    let mut body = json!({
        "error": error,
        "error_description": description,
        "error_codes": [number],
        "timestamp": time,
        "trace_id": trace,
        "correlation_id": correlation,
        "error_uri": format!("https://login.microsoftonline.com/error?code={number}"),
    });
    if let Value::Object(members) = &mut body {
        members.extend(more);
    }
    Answer::json(status, &body)
        .with("cache-control", "no-store, no-cache")
        .with("pragma", "no-cache")
        .with("x-ms-request-id", trace)
}

/// `sub`: different for every application.
pub fn pairwise(oid: &str, client: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(format!("{oid}|{client}")))
}

/// The opaque `login_hint` claim; accepted again as `login_hint` and `logout_hint`.
pub fn hint_of(person: &Person) -> String {
    format!("O.{}", URL_SAFE_NO_PAD.encode(&person.id))
}

/// The person that a hint names: by user name, mail or the opaque claim.
pub fn hinted<'a>(world: &'a World, hint: &str) -> Option<&'a Person> {
    let opaque = hint.strip_prefix("O.").and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
    match opaque.and_then(|bytes| String::from_utf8(bytes).ok()) {
        Some(oid) => world.person(&oid),
        None => world.person(hint),
    }
}

/// How long an access token is good, in seconds.
pub fn life(state: &State, grant: &Grant) -> i64 {
    let capable = grant.capabilities.iter().any(|name| name.eq_ignore_ascii_case("cp1"));
    let long = state.settings.capable_token_seconds.filter(|_| capable);
    long.unwrap_or(state.settings.access_token_seconds)
}

/// Signs an access token for one resource. Returns it with the scopes that it carries, as the `scope` member names them.
pub fn access_token(
    state: &mut State,
    grant: &Grant,
    wanted: &Wanted,
    proof: Proof,
) -> (String, String) {
    let resource = wanted.resource;
    let scopes = resource.consented(state);
    let now = state.now();
    let seconds = now.as_second();
    let uti = random::secret(16);
    let life = life(state, grant);
    let expires_at = now + SignedDuration::from_secs(life);
    state.issued_tokens.insert(uti.clone(), Issued { grant: grant.clone(), expires_at });
    let person = state.world.person(&grant.oid).cloned().unwrap_or_default();
    let tenant = tenant_of(&state.world, &person).clone();
    let mut claims = json!({
        "aud": wanted.audience(),
        "iss": tenant.issuer(),
        "iat": seconds,
        "nbf": seconds,
        "exp": seconds + life,
        "acr": "1",
        "aio": random::secret(24),
        "amr": if grant.mfa_at.is_some() { json!(["pwd", "mfa"]) } else { json!(["pwd"]) },
        "appid": grant.client,
        "appidacr": proof.claim(),
        "family_name": person.surname,
        "given_name": person.given_name,
        "idtyp": "user",
        "ipaddr": "127.0.0.1",
        "name": person.name,
        "oid": person.id,
        "puid": format!("1003{}", person.id.replace('-', "").to_uppercase().split_at(12).0),
        "rh": random::secret(24),
        "scp": scopes.join(" "),
        "sid": grant.sid,
        "sub": pairwise(&person.id, &resource.audience()),
        "tid": tenant.id,
        "unique_name": person.upn,
        "upn": person.upn,
        "uti": uti,
        "ver": "1.0",
        "wids": [],
        "xms_idrel": if person.is_guest() { "1 16" } else { "1 2" },
        "xms_tcdt": 1_600_000_000,
    });
    if !grant.acrs.is_empty() {
        claims["acrs"] = json!(grant.acrs);
    }
    if !grant.capabilities.is_empty() {
        claims["xms_cc"] = json!(grant.capabilities);
    }
    access::say_groups(state, &person.id, &mut claims);
    let own_api = matches!(resource, Resource::Api(_));
    if own_api {
        // What an API registered here gets is of v2.0.
        let issuer = json!(format!("{}/{}/v2.0", state.places.entra, tenant.id));
        let members = [
            ("iss", issuer),
            ("ver", json!("2.0")),
            ("azp", json!(grant.client)),
            ("azpacr", json!(proof.claim())),
        ];
        for (name, value) in members {
            claims[name] = value;
        }
        if let Value::Object(members) = &mut claims {
            for name in [
                "acr",
                "amr",
                "appid",
                "appidacr",
                "puid",
                "unique_name",
                "upn",
                "wids",
                "xms_idrel",
                "xms_tcdt",
            ] {
                members.shift_remove(name);
            }
        }
    }
    let default = (resource != Resource::Graph && !own_api).then_some(".default");
    let named: Vec<String> =
        scopes.iter().map(String::as_str).chain(default).map(|scope| wanted.named(scope)).collect();
    (state.keys().sign(&claims, !own_api), named.join(" "))
}

/// Signs an access token for an application in its own name: `roles` instead of scopes, and nobody's name.
pub fn service_token(
    state: &State,
    client: &str,
    proof: Proof,
    oid: &str,
    wanted: &Wanted,
) -> String {
    let rows = &state.world.service_principals;
    let row = rows.iter().find(|row| row.id == oid);
    let tenant = state.world.tenant_of(row.map_or("", |row| row.tenant.as_str()));
    let seconds = state.now().as_second();
    let mut claims = json!({
        "aud": wanted.audience(),
        "iss": tenant.issuer(),
        "iat": seconds,
        "nbf": seconds,
        "exp": seconds + state.settings.access_token_seconds,
        "aio": random::secret(24),
        "appid": client,
        "appidacr": proof.claim(),
        "idp": tenant.issuer(),
        "idtyp": "app",
        "oid": oid,
        "rh": random::secret(24),
        "sub": oid,
        "tid": tenant.id,
        "uti": random::secret(16),
        "ver": "1.0",
        "xms_idrel": "7 24",
        "xms_tcdt": 1_600_000_000,
    });
    if wanted.resource == Resource::Graph && !state.settings.app_permissions.is_empty() {
        claims["roles"] = json!(state.settings.app_permissions);
    }
    state.keys().sign(&claims, true)
}

/// Ends everything that a person has: browser sessions, refresh tokens, and access tokens of clients with `cp1`.
/// Returns the `sid`s that ended.
pub fn revoke(state: &mut State, oid: &str) -> Vec<String> {
    let now = state.now();
    if let Some(person) = state.world.person_mut(oid) {
        person.sessions_revoked_at = Some(now);
    }
    let mut sids: Vec<String> = state
        .sessions
        .values()
        .filter(|session| session.oid == oid)
        .map(|session| session.sid.clone())
        .collect();
    state.sessions.retain(|_, session| session.oid != oid);
    for token in state.refresh_tokens.values_mut().filter(|token| token.grant.oid == oid) {
        token.revoked = true;
        sids.push(token.grant.sid.clone());
    }
    state.codes.retain(|_, code| code.grant.oid != oid);
    let ended: Vec<String> = state
        .issued_tokens
        .iter()
        .filter(|(_, token)| token.grant.oid == oid)
        .map(|(uti, _)| uti.clone())
        .collect();
    state.revoked_tokens.extend(ended.into_iter().map(|uti| (uti, now)));
    sids.sort();
    sids.dedup();
    sids
}

pub const CODE_LIFE: SignedDuration = SignedDuration::from_mins(10);
/// Of a refresh token that is not used.
pub const REFRESH_LIFE: SignedDuration = SignedDuration::from_hours(24 * 90);

/// As tenants serve it.
pub const DISCOVERY_SHAPE: Shape = Shape::described(
    "{token_endpoint!:s token_endpoint_auth_methods_supported!:[s] jwks_uri!:s response_modes_supported!:[s] subject_types_supported!:[s] id_token_signing_alg_values_supported!:[s] response_types_supported!:[s] scopes_supported!:[s] issuer!:s request_uri_parameter_supported!:b userinfo_endpoint!:s authorization_endpoint!:s device_authorization_endpoint!:s http_logout_supported!:b frontchannel_logout_supported!:b end_session_endpoint!:s claims_supported!:[s] kerberos_endpoint!:s mtls_endpoint_aliases!:{token_endpoint!:s} tls_client_certificate_bound_access_tokens!:b tenant_region_scope!?:s cloud_instance_name!:s cloud_graph_host_name!:s msgraph_host!:s rbac_url!:s}",
);

pub const JWKS_SHAPE: Shape =
    Shape::described("{keys!:[{kty!:s use!:s kid!:s x5t!:s n!:s e!:s x5c!:[s] issuer!:s}]}");

/// As msal reads it.
pub const INSTANCE_SHAPE: Shape = Shape::described(
    "{tenant_discovery_endpoint!:s api-version!:s metadata!:[{preferred_network!:s preferred_cache!:s aliases!:[s]}]}",
);

pub const USER_INFO_SHAPE: Shape =
    Shape::described("{sub!:s name:s family_name:s given_name:s picture:s email:s}");

/// "Error codes", and as msal reads `suberror` and `claims`.
pub const ERROR_SHAPE: Shape = Shape::described(
    "{error!:s error_description!:s error_codes!:[n] timestamp!:s trace_id!:s correlation_id!:s error_uri:s suberror:s claims:s}",
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_sorted_by_their_resource() {
        let found =
            scopes("openid offline_access https://management.azure.com//.default User.Read")
                .expect("it can be read");
        assert!(found.openid && found.offline && !found.email);
        assert_eq!(
            found.wanted,
            [
                (Resource::Arm, vec![".default".to_owned()]),
                (Resource::Graph, vec!["User.Read".to_owned()])
            ]
        );
        assert_eq!(
            scopes("https://vault.azure.net/.default"),
            Err("https://vault.azure.net/.default".into())
        );
    }

    #[test]
    fn a_claims_request_may_hold_one_value_or_several() {
        let text = r#"{"access_token":{"acrs":{"essential":true,"values":["p1"]},"xms_cc":{"values":["cp1"]}}}"#;
        assert_eq!(claims_request(text), Some((vec!["p1".into()], vec!["cp1".into()])));
        let one = r#"{"access_token":{"acrs":{"essential":true,"value":"c1"}}}"#;
        assert_eq!(claims_request(one), Some((vec!["c1".into()], vec![])));
        assert_eq!(claims_request("nonsense"), None);
    }
}
