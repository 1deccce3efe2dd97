//! `/oauth2/v2.0/token`: codes and refresh tokens become tokens for one resource. Knows the protocol and the consents.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::access::{Factor, Refused};
use super::applications::Application;
use super::device::Approval;
use super::{
    Authority, CODE_LIFE, Grant, Proof, REFRESH_LIFE, Refresh, Resource, Scopes, Wanted, access,
    access_token, claims_request, clients, error_body, hint_of, life, pairwise, scopes,
};
use crate::message::{Answer, Ask, find};
use crate::shapes::Shape;
use crate::state::State;
use crate::tenants::issuer;
use crate::{Params, random};

const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";
const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

pub fn issue(state: &mut State, ask: &Ask, params: &Params) -> Answer {
    redeem(state, ask, params).unwrap_or_else(|refusal| refusal.answer(state))
}

/// An error as the token endpoint writes it.
pub(super) struct Refusal {
    status: u16,
    error: &'static str,
    number: u32,
    text: String,
    more: Map<String, Value>,
}

impl Refusal {
    pub(super) fn new(error: &'static str, number: u32, text: impl Into<String>) -> Self {
        let status = if error == "invalid_client" { 401 } else { 400 };
        Self { status, error, number, text: text.into(), more: Map::new() }
    }

    fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.more.insert(name.to_owned(), value.into());
        self
    }

    fn answer(self, state: &State) -> Answer {
        error_body(state.now(), self.status, self.error, self.number, &self.text, self.more)
    }
}

fn redeem(state: &mut State, ask: &Ask, params: &Params) -> Result<Answer, Refusal> {
    let authority = Authority::read(&state.world, &params["tenant"]).ok_or_else(|| {
        Refusal::new("invalid_request", 90002, format!("Tenant '{}' not found.", params["tenant"]))
    })?;
    let form = ask.form();
    let field = |name: &str| find(&form, name);
    let needed = |name: &str| {
        field(name).filter(|value| !value.is_empty()).ok_or_else(|| {
            Refusal::new(
                "invalid_request",
                900144,
                format!("The request body must contain the following parameter: '{name}'."),
            )
        })
    };
    let kind = needed("grant_type")?;
    if kind == "password" && authority == Authority::Common {
        return Err(Refusal::new(
            "invalid_request",
            90010,
            "The grant type is not supported over the /common or /consumers endpoints. Please use the /organizations or \
             tenant-specific endpoint.",
        ));
    }
    let (client, proof) = clients::authenticate(state, &authority, ask, &form)?;
    if !matches!(authority, Authority::Tenant(_)) && !client.first_party {
        return Err(Refusal::new(
            "invalid_request",
            50194,
            format!(
                "Application '{}'({}) is not configured as a multi-tenant application. Usage of the /common endpoint is not \
                 supported for such apps created after '10/15/2018'. Use a tenant-specific endpoint or configure the \
                 application to be multi-tenant.",
                client.client_id, client.name
            ),
        ));
    }
    let request = field("claims").map(|text| {
        claims_request(text).ok_or_else(|| {
            Refusal::new("invalid_request", 900971, "The 'claims' parameter is not valid JSON.")
        })
    });
    let (acrs, capabilities) = request.transpose()?.unwrap_or_default();
    let asked = parse(field("scope").unwrap_or_default())?;
    // A refresh brings a token for the first.
    if asked.wanted.len() > 1 && kind != "refresh_token" {
        return Err(Refusal::new(
            "invalid_scope",
            28000,
            format!(
                "Provided value for the input parameter scope is not valid because it contains more than one resource. \
                 Scope {} is not valid.",
                field("scope").unwrap_or_default()
            ),
        ));
    }
    let (mut grant, nonce, wanted) = match kind {
        "client_credentials" => return for_itself(state, &authority, &client, proof, &asked),
        DEVICE_CODE => {
            let (grant, agreed) = redeem_device(state, &client, needed("device_code")?)?;
            let wanted = agreed.first();
            (grant, Some((None, agreed)), wanted)
        }
        JWT_BEARER => {
            if field("requested_token_use") != Some("on_behalf_of") {
                return Err(Refusal::new(
                    "invalid_request",
                    900144,
                    "The request body must contain the following parameter: 'requested_token_use'.",
                ));
            }
            let mut grant = on_behalf(state, &client, needed("assertion")?)?;
            grant.offline = asked.offline;
            let wanted = asked.first();
            (grant, Some((None, asked)), wanted)
        }
        "authorization_code" => {
            let code = redeem_code(
                state,
                &client,
                needed("code")?,
                needed("redirect_uri")?,
                field("code_verifier"),
            )?;
            let agreed = parse(&code.scope)?;
            let wanted = asked.first().or_else(|| agreed.first());
            (code.grant, Some((code.nonce, agreed)), wanted)
        }
        "refresh_token" => {
            let grant = redeem_refresh(state, &client, needed("refresh_token")?)?;
            let what = [field("scope"), field("claims")].map(Option::unwrap_or_default);
            not_in_a_loop(state, &authority, &grant, what)?;
            let identity = asked.openid.then_some((
                None,
                Scopes { openid: true, profile: true, email: true, ..Scopes::default() },
            ));
            (grant, identity, asked.first())
        }
        _ => {
            return Err(Refusal::new(
                "unsupported_grant_type",
                70003,
                format!("The app requested an unsupported grant type '{kind}'."),
            ));
        }
    };
    grant.oid = row_at(state, &authority, &client, &grant)?;
    let wanted = wanted.unwrap_or_else(|| Wanted::default_of(Resource::Graph));
    may_have(state, &grant, &acrs, wanted.resource)?;
    consented(state, &authority, &client, wanted.resource, &wanted.names)?;
    for acr in acrs {
        if !grant.acrs.contains(&acr) {
            grant.acrs.push(acr);
        }
    }
    if !capabilities.is_empty() {
        grant.capabilities = capabilities;
    }
    let client_info = field("client_info") == Some("1");
    Ok(tokens(state, &client, proof, grant, nonce, &wanted, client_info))
}

/// The row of the grant's person where tokens are asked for: a refresh token is good in every tenant that knows the person.
fn row_at(
    state: &State,
    authority: &Authority,
    client: &Application,
    grant: &Grant,
) -> Result<String, Refusal> {
    let Some(person) = state.world.person(&grant.oid) else { return Ok(grant.oid.clone()) };
    let row = authority.row_of(&state.world, person);
    match (row, authority) {
        (Some(row), _) => Ok(row.id.clone()),
        (None, Authority::Tenant(_)) => {
            let text = authority.stranger(&state.world, person, client);
            Err(Refusal::new("invalid_grant", 50020, text))
        }
        (None, _) => Ok(grant.oid.clone()),
    }
}

/// Source: "What's new for authentication?", "Looping clients will be interrupted".
fn not_in_a_loop(
    state: &mut State,
    authority: &Authority,
    grant: &Grant,
    what: [&str; 2],
) -> Result<(), Refusal> {
    let (now, limit) = (state.now(), state.settings.loop_limit);
    let key = [&grant.client, &grant.sid, authority.path(), what[0], what[1]].join("|");
    let asked = state.asked.entry(key).or_default();
    asked.retain(|at| *at + jiff::SignedDuration::from_mins(5) > now);
    asked.push(now);
    if asked.len() <= limit {
        return Ok(());
    }
    Err(Refusal::new(
        "invalid_grant",
        50196,
        "The server terminated an operation because it encountered a loop while processing a request.",
    ))
}

/// An application in its own name.
///
/// Source: "Microsoft identity platform and the OAuth 2.0 client credentials flow".
fn for_itself(
    state: &State,
    authority: &Authority,
    client: &Application,
    proof: Proof,
    asked: &Scopes,
) -> Result<Answer, Refusal> {
    if client.is_public() {
        return Err(Refusal::new(
            "invalid_client",
            7000218,
            "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
        ));
    }
    let wanted = asked.first().ok_or_else(|| {
        Refusal::new(
            "invalid_request",
            900144,
            "The request body must contain the following parameter: 'scope'.",
        )
    })?;
    if wanted.names != [".default"] {
        return Err(Refusal::new(
            "invalid_scope",
            1002012,
            format!(
                "The provided value for scope {} is not valid. Client credential flows must have a scope value with \
                 /.default suffixed to the resource identifier (application ID URI).",
                wanted.names.join(" ")
            ),
        ));
    }
    resource_is_there(state, authority, wanted.resource)?;
    let world = &state.world;
    let principal = world
        .service_principals
        .iter()
        .find(|row| row.app_id == client.client_id && world.is_in(&row.tenant, &client.tenant))
        .ok_or_else(|| {
            Refusal::new(
                "unauthorized_client",
                7000229,
                format!(
                    "The client application {} is missing service principal in the tenant {}.",
                    client.client_id,
                    world.tenant_of(&client.tenant).id
                ),
            )
        })?;
    let seconds = state.settings.access_token_seconds;
    let body = json!({
        "token_type": "Bearer",
        "expires_in": seconds,
        "ext_expires_in": seconds,
        "access_token": super::service_token(state, &client.client_id, proof, &principal.id, &wanted),
    });
    Ok(Answer::json(200, &body)
        .with("cache-control", "no-store, no-cache")
        .with("pragma", "no-cache"))
}

/// Source: "Microsoft identity platform and the OAuth 2.0 device authorization grant flow".
fn redeem_device(
    state: &mut State,
    client: &Application,
    code: &str,
) -> Result<(Grant, Scopes), Refusal> {
    let device = state.devices.get(code).filter(|device| device.client == client.client_id);
    let device = device.ok_or_else(|| {
        Refusal::new("bad_verification_code", 70018, "The verification code is invalid.")
    })?;
    let granted = match &device.answer {
        _ if device.is_over(state.now()) => {
            return Err(Refusal::new(
                "expired_token",
                70019,
                "The verification code has expired. Send a new request for a device code.",
            ));
        }
        None => {
            return Err(Refusal::new(
                "authorization_pending",
                70016,
                "OAuth 2.0 device flow error. Authorization is pending. Continue polling.",
            ));
        }
        Some(Approval::Declined) => {
            return Err(Refusal::new(
                "authorization_declined",
                65004,
                "User declined to consent to access the app.",
            ));
        }
        Some(Approval::Granted(grant)) => (**grant).clone(),
    };
    let agreed = parse(&device.scope)?;
    state.devices.remove(code);
    Ok((granted, agreed))
}

/// The person of an access token that was issued for this application.
///
/// Source: "Microsoft identity platform and OAuth 2.0 On-Behalf-Of flow".
fn on_behalf(state: &State, client: &Application, assertion: &str) -> Result<Grant, Refusal> {
    let claims = state.keys().verify(assertion).ok_or_else(|| {
        Refusal::new(
            "invalid_grant",
            50013,
            "Assertion failed signature validation. [Reason - The key was not found.]",
        )
    })?;
    let audience = claims["aud"].as_str().unwrap_or_default();
    if audience.trim_start_matches("api://") != client.client_id {
        return Err(Refusal::new(
            "invalid_grant",
            500131,
            format!(
                "Assertion audience does not match the Client app presenting the assertion. The audience in the assertion was \
                 '{audience}' and the expected audience is 'api://{0}' or one of the Application Uris of this application with \
                 App ID '{0}'({1}). The downstream client must request a token for the expected audience (the application \
                 that made the OBO request) and this application should use that token as the assertion.",
                client.client_id, client.name
            ),
        ));
    }
    if claims["exp"].as_i64().is_none_or(|at| at <= state.now().as_second()) {
        return Err(Refusal::new(
            "invalid_grant",
            500133,
            "Assertion is not within its valid time range. Ensure that the access token is not expired before using it for \
             user assertion, or request a new token.",
        ));
    }
    let uti = claims["uti"].as_str().unwrap_or_default();
    let issued = state.issued_tokens.get(uti).filter(|_| !state.revoked_tokens.contains_key(uti));
    let issued = issued.ok_or_else(|| {
        Refusal::new(
            "invalid_grant",
            50173,
            "The provided grant has expired due to it being revoked, a fresh auth token is needed.",
        )
    })?;
    Ok(Grant { client: client.client_id.clone(), ..issued.grant.clone() })
}

fn parse(text: &str) -> Result<Scopes, Refusal> {
    let scopes = scopes(text).map_err(|name| {
        Refusal::new(
            "invalid_scope",
            70011,
            format!("The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid. The scope {name} is not valid."),
        )
    })?;
    if scopes
        .wanted
        .iter()
        .any(|(_, names)| names.len() > 1 && names.iter().any(|name| name == ".default"))
    {
        return Err(Refusal::new(
            "invalid_scope",
            70011,
            "The provided value for the input parameter 'scope' is not valid. .default scope can't be combined with resource-specific scopes.",
        ));
    }
    Ok(scopes)
}

fn redeem_code(
    state: &mut State,
    client: &Application,
    code: &str,
    redirect_uri: &str,
    verifier: Option<&str>,
) -> Result<super::Code, Refusal> {
    let now = state.now();
    let found = state.codes.get_mut(code).filter(|found| found.grant.client == client.client_id);
    let found = found.ok_or_else(|| {
        Refusal::new("invalid_grant", 9002313, "Invalid request. Request is malformed or invalid.")
    })?;
    if found.redeemed {
        return Err(Refusal::new(
            "invalid_grant",
            54005,
            "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.",
        ));
    }
    if found.issued_at + CODE_LIFE <= now {
        return Err(Refusal::new(
            "invalid_grant",
            70008,
            "The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource.",
        ));
    }
    if found.redirect_uri != redirect_uri {
        return Err(Refusal::new(
            "invalid_grant",
            500112,
            format!(
                "The reply address '{redirect_uri}' does not match the reply address '{}' provided when requesting Authorization code.",
                found.redirect_uri
            ),
        ));
    }
    if let Some((method, challenge)) = &found.challenge {
        let verifier = verifier.ok_or_else(|| {
            Refusal::new("invalid_grant", 501481, "The Code_Verifier does not match the code_challenge supplied in the authorization request.")
        })?;
        let proof = if method == "S256" {
            URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
        } else {
            verifier.to_owned()
        };
        if proof != *challenge {
            return Err(Refusal::new(
                "invalid_grant",
                501481,
                "The Code_Verifier does not match the code_challenge supplied in the authorization request.",
            ));
        }
    }
    found.redeemed = true;
    Ok(found.clone())
}

fn redeem_refresh(state: &State, client: &Application, token: &str) -> Result<Grant, Refusal> {
    let found = state.refresh_tokens.get(token);
    let found = found.filter(|found| found.grant.client == client.client_id).ok_or_else(|| {
        Refusal::new("invalid_grant", 9002313, "Invalid request. Request is malformed or invalid.")
    })?;
    if found.revoked {
        let person = state.world.person(&found.grant.oid);
        let valid_from =
            person.and_then(|person| person.sessions_revoked_at).unwrap_or(found.issued_at);
        return Err(Refusal::new(
            "invalid_grant",
            50173,
            format!(
                "The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have \
                 changed or reset their password. The grant was issued on '{}' and the TokensValidFrom date (before which \
                 tokens are not valid) for this user is '{}'.",
                crate::clock::precise(found.issued_at),
                crate::clock::precise(valid_from)
            ),
        ));
    }
    let age = state.now().duration_since(found.grant.authenticated_at).as_secs();
    if let Some(most) = state.settings.sign_in_frequency_seconds.filter(|most| age >= *most) {
        return Err(Refusal::new(
            "invalid_grant",
            70043,
            format!(
                "The refresh token has expired or is invalid due to sign-in frequency checks by conditional access. The token \
                 was issued on {} and the maximum allowed lifetime for this request is {most}.",
                crate::clock::precise(found.grant.authenticated_at)
            ),
        )
        .with("suberror", "token_expired"));
    }
    if found.issued_at + REFRESH_LIFE <= state.now() {
        return Err(Refusal::new(
            "invalid_grant",
            700082,
            format!(
                "The refresh token has expired due to inactivity. The token was issued on {} and was inactive for 90.00:00:00.",
                crate::clock::precise(found.issued_at)
            ),
        )
        .with("suberror", "bad_token"));
    }
    Ok(found.grant.clone())
}

/// Conditional Access.
fn may_have(
    state: &State,
    grant: &Grant,
    acrs: &[String],
    resource: Resource,
) -> Result<(), Refusal> {
    let Some(person) = state.world.person(&grant.oid) else {
        return Err(Refusal::new(
            "invalid_grant",
            50034,
            "The user account does not exist in the directory.",
        ));
    };
    let demanded = access::demanded(state, person, &[resource]);
    if let Some(Refused { number, text, with_claims }) = demanded.refused {
        let refusal = Refusal::new("invalid_grant", number, text).with("suberror", "message_only");
        return Err(if with_claims {
            refusal.with("claims", access::policy_claims().to_string())
        } else {
            refusal
        });
    }
    let missing: Vec<&String> =
        acrs.iter().chain(&demanded.acrs).filter(|acr| !grant.acrs.contains(acr)).collect();
    let by_policy = demanded.acrs.iter().any(|acr| missing.contains(&acr));
    let lacking = Factor::lacking(state, person, grant.mfa_at)
        .filter(|_| demanded.mfa || !missing.is_empty())
        .or(by_policy.then_some(Factor::Missing));
    if let Some(factor) = lacking {
        let claims = if missing.is_empty() {
            access::policy_claims()
        } else {
            json!({"access_token": {"acrs": {"essential": true, "values": missing}}})
        };
        let number = match factor {
            Factor::Missing => 50076,
            Factor::NotRegistered => 50079,
            Factor::Expired => 50078,
        };
        let text = factor.text(&resource.app_id());
        return Err(Refusal::new("interaction_required", number, text)
            .with("suberror", "basic_action")
            .with("claims", claims.to_string()));
    }
    Ok(())
}

/// The resource has a service principal in the tenant.
fn resource_is_there(
    state: &State,
    authority: &Authority,
    resource: Resource,
) -> Result<(), Refusal> {
    if let Resource::Api(client) = resource
        && state.registered(&client.to_string()).is_none()
    {
        return Err(Refusal::new(
            "invalid_resource",
            500011,
            format!(
                "The resource principal named api://{client} was not found in the tenant named {}.",
                authority.name(&state.world)
            ),
        ));
    }
    if resource == Resource::Twins && state.settings.twins_principal_missing {
        return Err(Refusal::new(
            "invalid_resource",
            500011,
            format!(
                "The resource principal named https://digitaltwins.azure.net was not found in the tenant named {}. This can \
                 happen if the application has not been installed by the administrator of the tenant or consented to by any \
                 user in the tenant. You might have sent your authentication request to the wrong tenant.",
                authority.name(&state.world)
            ),
        ));
    }
    Ok(())
}

fn consented(
    state: &State,
    authority: &Authority,
    client: &Application,
    resource: Resource,
    names: &[String],
) -> Result<(), Refusal> {
    resource_is_there(state, authority, resource)?;
    if client.first_party {
        return Ok(());
    }
    let have = resource.consented(state);
    let is_there = |name: &String| {
        if name == ".default" {
            !have.is_empty()
        } else {
            have.iter().any(|scope| scope.eq_ignore_ascii_case(name))
        }
    };
    if names.iter().all(is_there) {
        return Ok(());
    }
    Err(Refusal::new(
        "invalid_grant",
        65001,
        format!(
            "The user or administrator has not consented to use the application with ID '{}' named '{}'. Send an interactive \
             authorization request for this user and resource.",
            client.client_id, client.name
        ),
    )
    .with("suberror", "consent_required"))
}

/// From then on an answer says when to come for the next token: at half of the life.
const LONG_LIFE: i64 = 7200;

fn tokens(
    state: &mut State,
    client: &Application,
    proof: Proof,
    grant: Grant,
    identity: Option<(Option<String>, Scopes)>,
    wanted: &Wanted,
    client_info: bool,
) -> Answer {
    let (access, mut scope) = access_token(state, &grant, wanted, proof);
    let seconds = life(state, &grant);
    let mut body = json!({
        "token_type": "Bearer",
        "scope": scope,
        "expires_in": seconds,
        "ext_expires_in": seconds,
        "access_token": access,
    });
    if seconds >= LONG_LIFE {
        body["refresh_in"] = json!(seconds / 2);
    }
    if wanted.resource == Resource::Graph {
        scope.push_str(" openid profile email");
        body["scope"] = json!(scope.trim());
    }
    if client_info {
        body["client_info"] = json!(super::client_info(&state.world, &grant.oid));
    }
    if client.first_party {
        body["foci"] = json!("1");
    }
    if grant.offline {
        let token = format!("1.{}", random::secret(400));
        let issued_at = state.now();
        state
            .refresh_tokens
            .insert(token.clone(), Refresh { grant: grant.clone(), issued_at, revoked: false });
        body["refresh_token"] = json!(token);
    }
    if let Some((nonce, agreed)) = identity.filter(|(_, agreed)| agreed.openid) {
        body["id_token"] = json!(id_token(state, &grant, nonce, &agreed));
    }
    Answer::json(200, &body).with("cache-control", "no-store, no-cache").with("pragma", "no-cache")
}

/// v2.0 id_token claims. Source: "ID token claims reference".
fn id_token(state: &State, grant: &Grant, nonce: Option<String>, agreed: &Scopes) -> String {
    let now = state.now().as_second();
    let client = &grant.client;
    let person = state.world.person(&grant.oid).cloned().unwrap_or_default();
    let tenant = &state.world.tenant_of(&person.tenant).id;
    let mut claims = json!({
        "aud": client,
        "iss": format!("{}/{tenant}/v2.0", state.places.entra),
        "iat": now,
        "nbf": now,
        "exp": now + 3600,
        "aio": random::secret(24),
        "auth_time": grant.authenticated_at.as_second(),
        "rh": random::secret(24),
        "sid": grant.sid,
        "sub": pairwise(&person.id, client),
        "tid": tenant,
        "uti": random::secret(16),
        "ver": "2.0",
    });
    if let Some(nonce) = nonce {
        claims["nonce"] = json!(nonce);
    }
    if agreed.profile {
        claims["oid"] = json!(person.id);
        claims["name"] = json!(person.name);
        claims["preferred_username"] = json!(person.username());
        claims["login_hint"] = json!(hint_of(&person));
    }
    if agreed.email && !person.mail.is_empty() {
        claims["email"] = json!(person.mail);
    }
    if person.is_guest() {
        claims["idp"] = json!(issuer(state.world.home_of(&person)));
    }
    claims["acct"] = json!(i32::from(person.is_guest()));
    if !person.app_roles.is_empty() {
        claims["roles"] = json!(person.app_roles);
    }
    if !grant.acrs.is_empty() {
        claims["acrs"] = json!(grant.acrs);
    }
    if state.settings.groups_claim {
        access::say_groups(state, &grant.oid, &mut claims);
    }
    state.keys().sign(&claims, false)
}

/// "OAuth 2.0 authorization code flow", successful response; `client_info`, `foci` and `refresh_in` as msal reads them.
pub const SHAPE: Shape = Shape::described(
    "{token_type!:s scope:s expires_in!:n ext_expires_in!:n refresh_in:n access_token!:s refresh_token:s id_token:s client_info:s foci:s}",
);
