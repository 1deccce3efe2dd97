//! Signing people in and trading their refresh token for access tokens.
//!
//! The discovery document decides every endpoint. It and the signing keys are kept in the client;
//! both are fetched again now and then, and at once when Entra ID signs with a key that is not
//! known, though not more often than the floor of the settings.

use super::http::is_loopback;
use super::problem::{clean, name};
use super::{
    AccessToken, Azure, Credential, Error, Inner, Problem, Resource, Result, Service, challenge,
};
use crate::text;
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey,
    CoreJsonWebKeySet, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm,
    CoreResponseType, CoreRevocableToken, CoreRevocationErrorResponse,
    CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AdditionalClaims, AsyncHttpClient, AuthType, AuthUrl, AuthenticationFlow, AuthorizationCode,
    ClaimsVerificationError, ClientId, ClientSecret, CsrfToken, EmptyExtraTokenFields,
    EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IdToken, IdTokenFields,
    IdTokenVerifier, IssuerUrl, LoginHint, Nonce, OAuth2TokenResponse, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, RefreshToken, RequestTokenError, Scope,
    SignatureVerificationError, StandardErrorResponse, StandardTokenResponse, TokenResponse,
    TokenUrl,
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::ops::Add;
use std::pin::Pin;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};
use url::Url;

/// The discovery document and the keys are fetched anew after this ("Signing key
/// rollover": refresh about hourly).
const FRESH: Duration = Duration::from_secs(3600);
/// What Entra ID takes a token to last when it does not say.
const USUAL_LIFE: Duration = Duration::from_secs(3599);

/// What a sign-in asks for besides who the person is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ask<'a> {
    /// JSON text of a claims challenge.
    pub claims: Option<&'a str>,
    pub login_hint: Option<&'a str>,
    /// `login`, `none`, `consent` or `select_account`.
    pub prompt: Option<&'a str>,
    /// A resource that the person should be asked to consent to, besides ARM.
    pub consent: Option<Resource>,
}

/// What is to be remembered until the browser comes back.
pub struct Begun {
    pub nonce: String,
    pub verifier: SecretString,
}

/// Who has signed in, and in whose name we may act from now on.
pub struct SignedIn {
    /// The person's object id in this tenant: the same that ARM and Graph use.
    pub oid: String,
    pub tid: String,
    pub name: Option<String>,
    /// For display only; it can change.
    pub preferred_username: Option<String>,
    /// The Entra session, which front-channel sign-out names.
    pub sid: Option<String>,
    pub login_hint: Option<String>,
    /// App roles of ours.
    pub roles: Vec<String>,
    pub refresh_token: SecretString,
    pub arm_token: AccessToken,
    pub arm_expires_in: Duration,
}

/// One access token, and the refresh token that takes the place of the one given.
pub struct Traded {
    pub access: AccessToken,
    pub expires_in: Duration,
    pub refresh: Option<SecretString>,
}

#[derive(Default)]
pub(super) struct Cache {
    state: RwLock<State>,
    /// Held by whoever fetches the keys because of an unknown one; the others wait for what it brings.
    fetching: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct State {
    known: Option<Arc<Known>>,
    /// When fetching began last, so that not everybody fetches at once.
    tried: Option<Instant>,
    /// When the keys were last fetched because of an unknown one.
    keys_tried: Option<Instant>,
}

pub(super) struct Known {
    discovery: Discovery,
    keys: CoreJsonWebKeySet,
    fetched: Instant,
}

/// Members that are not read are ignored, as there are more every year.
#[derive(Clone, Deserialize)]
struct Discovery {
    issuer: String,
    authorization_endpoint: Url,
    token_endpoint: Url,
    jwks_uri: Url,
    end_session_endpoint: Option<Url>,
}

/// What Entra ID adds to the standard claims.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct Claims {
    oid: Option<String>,
    tid: Option<String>,
    sid: Option<String>,
    login_hint: Option<String>,
    #[serde(default)]
    roles: Vec<String>,
}

impl AdditionalClaims for Claims {}

type EntraIdToken =
    IdToken<Claims, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;
type Tokens = StandardTokenResponse<
    IdTokenFields<
        Claims,
        EmptyExtraTokenFields,
        CoreGenderClaim,
        CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm,
    >,
    CoreTokenType,
>;
type Client = openidconnect::Client<
    Claims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
    EndpointNotSet,
>;
type TokenError = RequestTokenError<Error, StandardErrorResponse<CoreErrorResponseType>>;

impl Azure {
    /// Where to send the browser. `state` makes the text with which it will come back.
    pub async fn authorize(
        &self,
        ask: Ask<'_>,
        state: impl FnOnce(Begun) -> String + Send,
    ) -> Result<Url> {
        let client = self.client(self.known().await?.as_ref())?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let nonce = Nonce::new_random();
        let verifier = verifier.into_secret().into();
        let state = CsrfToken::new(state(Begun { nonce: nonce.secret().clone(), verifier }));
        let mut request = client
            .authorize_url(
                AuthenticationFlow::<CoreResponseType>::AuthorizationCode,
                move || state,
                move || nonce,
            )
            .set_pkce_challenge(challenge)
            .add_extra_param("response_mode", "query")
            .add_extra_param("claims", with_capability(ask.claims));
        let scopes = &self.0.settings.scopes;
        for scope in ["profile", "offline_access", &scopes.arm] {
            request = request.add_scope(Scope::new(scope.into()));
        }
        if let Some(resource) = ask.consent.filter(|resource| *resource != Resource::Arm) {
            request = request.add_scope(Scope::new(scopes.for_resource(resource).into()));
        }
        // Entra ID does not take the two together ("OAuth 2.0 authorization code flow").
        if let Some(hint) = ask.login_hint.filter(|_| ask.prompt != Some("select_account")) {
            request = request.set_login_hint(LoginHint::new(hint.into()));
        }
        if let Some(prompt) = ask.prompt {
            request = request.add_extra_param("prompt", prompt);
        }
        let (url, _, _) = request.url();
        Ok(url)
    }

    /// Redeems the code that the browser brought back. `now` is the time of day, against which
    /// the id token's end is held.
    pub async fn redeem(
        &self,
        code: &str,
        verifier: &SecretString,
        nonce: &str,
        now: jiff::Timestamp,
    ) -> Result<SignedIn> {
        let known = self.known().await?;
        let client = self.client(&known)?;
        let bridge = Bridge(self);
        let mut request = client
            .exchange_code(AuthorizationCode::new(code.into()))
            .set_pkce_verifier(PkceCodeVerifier::new(verifier.expose_secret().into()))
            .add_extra_param(
                "scope",
                format!("openid profile offline_access {}", self.0.settings.scopes.arm),
            )
            .add_extra_param("claims", with_capability(None));
        for (name, value) in self.assertion()? {
            request = request.add_extra_param(name, value);
        }
        let tokens: Tokens = request.request_async(&bridge).await.map_err(said)?;

        let Some(id_token) = tokens.id_token() else {
            return Err(refused("NoIdToken", "gave no id token"));
        };
        let claims = self.verified(known, id_token, nonce, now).await?;
        let theirs = claims.additional_claims();
        let tenant = theirs.tid.clone().unwrap_or_default();
        if !tenant.eq_ignore_ascii_case(&self.0.settings.tenant) {
            return Err(refused("WrongTenant", "signed in somebody of another tenant"));
        }
        let Some(oid) = theirs.oid.clone().filter(|oid| !oid.is_empty()) else {
            return Err(refused("NoObjectId", "gave an id token without the claim oid"));
        };
        let Some(refresh) = tokens.refresh_token() else {
            return Err(refused(
                "NoRefreshToken",
                "gave no refresh token; the scope offline_access must be allowed",
            ));
        };
        Ok(SignedIn {
            oid,
            tid: tenant,
            name: claims.name().and_then(|called| called.get(None)).and_then(|called| name(called)),
            preferred_username: claims.preferred_username().and_then(|called| name(called)),
            sid: theirs.sid.clone(),
            login_hint: theirs.login_hint.clone(),
            roles: theirs.roles.clone(),
            refresh_token: refresh.secret().clone().into(),
            arm_token: AccessToken::new(tokens.access_token().secret().clone()),
            arm_expires_in: tokens.expires_in().unwrap_or(USUAL_LIFE),
        })
    }

    /// An access token for one resource, from a refresh token for all.
    pub async fn trade(
        &self,
        refresh: &SecretString,
        resource: Resource,
        claims: Option<&str>,
    ) -> Result<Traded> {
        let client = self.client(self.known().await?.as_ref())?;
        let bridge = Bridge(self);
        let refresh = RefreshToken::new(refresh.expose_secret().into());
        let mut request = client
            .exchange_refresh_token(&refresh)
            .add_scope(Scope::new(self.0.settings.scopes.for_resource(resource).into()))
            .add_scope(Scope::new("offline_access".into()))
            .add_extra_param("claims", with_capability(claims));
        for (name, value) in self.assertion()? {
            request = request.add_extra_param(name, value);
        }
        let tokens: Tokens = request.request_async(&bridge).await.map_err(said)?;
        Ok(Traded {
            access: AccessToken::new(tokens.access_token().secret().clone()),
            expires_in: tokens.expires_in().unwrap_or(USUAL_LIFE),
            refresh: tokens.refresh_token().map(|token| token.secret().clone().into()),
        })
    }

    /// Where to send the browser so that the person is signed out of Entra ID as well.
    pub async fn logout_url(&self, post_logout: &Url, hint: Option<&str>) -> Result<Url> {
        let known = self.known().await?;
        let Some(mut url) = known.discovery.end_session_endpoint.clone() else {
            return Err(refused("NoLogout", "names no end_session_endpoint"));
        };
        url.query_pairs_mut().append_pair("post_logout_redirect_uri", post_logout.as_str());
        if let Some(hint) = hint {
            url.query_pairs_mut().append_pair("logout_hint", hint);
        }
        Ok(url)
    }

    /// Checks signature, issuer, audience, end and nonce; looks for new keys once if the key is
    /// unknown.
    async fn verified(
        &self,
        known: Arc<Known>,
        token: &EntraIdToken,
        nonce: &str,
        now: jiff::Timestamp,
    ) -> Result<openidconnect::IdTokenClaims<Claims, CoreGenderClaim>> {
        let nonce = Nonce::new(nonce.into());
        let since_1970 = Duration::from_secs(now.as_second().max(0).unsigned_abs());
        let verify = |known: &Known| {
            let client = ClientId::new(self.0.settings.client_id.clone());
            let verifier =
                IdTokenVerifier::new_public_client(client, issuer(known)?, known.keys.clone())
                    .set_allowed_algs([CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256])
                    .set_time_fn(move || time(since_1970));
            Ok(token.claims(&verifier, &nonce).cloned())
        };
        let unknown = |error: &ClaimsVerificationError| {
            matches!(
                error,
                ClaimsVerificationError::SignatureVerification(
                    SignatureVerificationError::NoMatchingKey
                )
            )
        };
        match verify(&known)? {
            Err(error) if unknown(&error) => {}
            other => return other.map_err(bad_id_token),
        }
        let _fetching = self.0.entra.fetching.lock().await;
        // Somebody else may have fetched them meanwhile.
        let known = self.0.entra.any().unwrap_or(known);
        match verify(&known)? {
            Err(error) if unknown(&error) => {}
            other => return other.map_err(bad_id_token),
        }
        let known = self.newer_keys(&known).await?;
        verify(&known)?.map_err(bad_id_token)
    }

    /// Entra ID, as its discovery document describes it.
    async fn known(&self) -> Result<Arc<Known>> {
        if let Some(known) = self.0.entra.usable(Instant::now(), self.0.settings.key_refetch) {
            return Ok(known);
        }
        match self.discover().await {
            Ok(known) => Ok(known),
            // What was true an hour ago is better than nothing while Entra ID is away.
            Err(error) => self.0.entra.any().ok_or(error),
        }
    }

    /// Fetches the discovery document and the keys, whatever is known already.
    pub(super) async fn discover(&self) -> Result<Arc<Known>> {
        let began = Instant::now();
        let url = self.discovery_url()?;
        let discovery: Discovery = self.entra_get(url.clone()).await?;
        let expected = url.as_str().trim_end_matches("/.well-known/openid-configuration");
        if discovery.issuer != expected {
            let text =
                format!("names the issuer {}, but {expected} was expected", discovery.issuer);
            return Err(refused("WrongIssuer", &text));
        }
        let endpoints =
            [&discovery.authorization_endpoint, &discovery.token_endpoint, &discovery.jwks_uri];
        for endpoint in endpoints.into_iter().chain(&discovery.end_session_endpoint) {
            if endpoint.scheme() != "https" && !is_loopback(endpoint) {
                let text = format!("names the endpoint {endpoint}, which is not https");
                return Err(refused("InsecureEndpoint", &text));
            }
        }
        let keys = self.keys(&discovery).await?;
        let known = Arc::new(Known { discovery, keys, fetched: began });
        self.0.entra.keep(known.clone());
        Ok(known)
    }

    pub(super) fn discovery_url(&self) -> Result<Url> {
        let settings = &self.0.settings;
        let path = format!("/{}/v2.0/.well-known/openid-configuration", settings.tenant);
        super::beneath(Service::Entra, &settings.authority, &path)
    }

    /// The keys again, because one was used that we do not have. At most once in a while, so that
    /// tokens nobody can verify do not make us ask without end.
    async fn newer_keys(&self, known: &Known) -> Result<Arc<Known>> {
        let floor = self.0.settings.key_refetch;
        if let Some(wait) = self.0.entra.wait_for_keys(Instant::now(), floor) {
            let problem = Problem::told(Service::Entra, "UnknownKey", text!("azure-unknown-key"));
            return Err(Error::Busy { after: Some(wait), problem });
        }
        let keys = self.keys(&known.discovery).await?;
        let discovery = known.discovery.clone();
        let known = Arc::new(Known { discovery, keys, fetched: known.fetched });
        self.0.entra.keep(known.clone());
        Ok(known)
    }

    async fn keys(&self, discovery: &Discovery) -> Result<CoreJsonWebKeySet> {
        let document = self.entra_get(discovery.jwks_uri.clone()).await?;
        let keys = keys_of(document, &discovery.issuer, &self.0.settings.tenant);
        keys.map_err(|error| {
            let error = clean(&error.to_string());
            Error::unreachable(Service::Entra, "BadKeys", text!("azure-bad-keys", error = error))
        })
    }

    async fn entra_get<T: serde::de::DeserializeOwned>(&self, url: Url) -> Result<T> {
        let request = self.0.http.request(Service::Entra, reqwest::Method::GET, url);
        self.0.http.send(Service::Entra, request, self.0.settings.token_body).await?.read()
    }

    fn client(&self, known: &Known) -> Result<Client> {
        let settings = &self.0.settings;
        let discovery = &known.discovery;
        let id = ClientId::new(settings.client_id.clone());
        let mut client = openidconnect::Client::new(id, issuer(known)?, known.keys.clone())
            .set_auth_uri(AuthUrl::from_url(discovery.authorization_endpoint.clone()))
            .set_token_uri(TokenUrl::from_url(discovery.token_endpoint.clone()))
            .set_redirect_uri(RedirectUrl::from_url(settings.redirect_uri.clone()))
            .set_auth_type(AuthType::RequestBody);
        if let Credential::Secret(secret) = &settings.credential {
            client = client.set_client_secret(ClientSecret::new(secret.expose_secret().into()));
        }
        Ok(client)
    }

    /// The federated credential's token as form fields, if that is how we prove who we are.
    fn assertion(&self) -> Result<Vec<(&'static str, String)>> {
        let Credential::TokenFile(path) = &self.0.settings.credential else {
            return Ok(Vec::new());
        };
        // A few kilobytes from a projected volume: not worth a thread.
        let token = std::fs::read_to_string(path).map_err(|error| {
            // Where it is, is for the operator and not for whoever wanted to sign in.
            tracing::error!(file = %path.display(), %error, "the federated credential's token cannot be read");
            refused("NoTokenFile", "was not asked: the portal's own credential cannot be read")
        })?;
        Ok(vec![
            (
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer".into(),
            ),
            ("client_assertion", token.trim().into()),
        ])
    }
}

/// Carries the requests that `openidconnect` makes over our own client. Errors are sorted on the
/// way, so that it sees only good answers. (A closure would do, but its future could not be sent
/// to another thread.)
struct Bridge<'a>(&'a Azure);

impl Bridge<'_> {
    async fn carry(&self, request: HttpRequest) -> Result<HttpResponse> {
        let Inner { http, settings, .. } = &*self.0.0;
        let (parts, body) = request.into_parts();
        let url = Url::parse(&parts.uri.to_string())
            .map_err(|_| refused("BadEndpoint", "names an endpoint that is no address"))?;
        let request =
            http.request(Service::Entra, parts.method, url).headers(parts.headers).body(body);
        let reply = http.send(Service::Entra, request, settings.token_body).await?;
        let mut response = HttpResponse::new(reply.body);
        *response.status_mut() = reply.status;
        *response.headers_mut() = reply.headers;
        Ok(response)
    }
}

impl<'c> AsyncHttpClient<'c> for Bridge<'_> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.carry(request))
    }
}

impl Cache {
    /// What is known, if it is fresh enough or somebody else tried to freshen it a moment ago.
    fn usable(&self, now: Instant, floor: Duration) -> Option<Arc<Known>> {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        let known = state.known.clone()?;
        if now.duration_since(known.fetched) < FRESH {
            return Some(known);
        }
        match state.tried {
            Some(tried) if now.duration_since(tried) < floor => Some(known),
            _ => {
                state.tried = Some(now);
                None
            }
        }
    }

    fn any(&self) -> Option<Arc<Known>> {
        self.state.read().unwrap_or_else(PoisonError::into_inner).known.clone()
    }

    fn keep(&self, known: Arc<Known>) {
        self.state.write().unwrap_or_else(PoisonError::into_inner).known = Some(known);
    }

    /// How long the keys must not be fetched yet. `None` means now, and counts as having begun.
    fn wait_for_keys(&self, now: Instant, floor: Duration) -> Option<Duration> {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        let since = state.keys_tried.map(|tried| now.duration_since(tried));
        match since {
            Some(since) if since < floor => Some(floor - since),
            _ => {
                state.keys_tried = Some(now);
                None
            }
        }
    }
}

/// The keys that sign for this issuer. A key is good only for tokens of the issuer that it names
/// (Microsoft identity platform, "Access tokens").
fn keys_of(
    mut document: Value,
    issuer: &str,
    tenant: &str,
) -> std::result::Result<CoreJsonWebKeySet, serde_json::Error> {
    if let Some(keys) = document.get_mut("keys").and_then(Value::as_array_mut) {
        keys.retain(|key| match key["issuer"].as_str() {
            Some(named) => named.replace("{tenantid}", tenant) == issuer,
            None => true,
        });
    }
    serde_json::from_value(document)
}

fn issuer(known: &Known) -> Result<IssuerUrl> {
    IssuerUrl::new(known.discovery.issuer.clone())
        .map_err(|_| refused("WrongIssuer", "names an issuer that is no address"))
}

/// A time of `chrono`, which `openidconnect` wants and we have no other use for.
fn time<T: Default + Add<Duration, Output = T>>(since_1970: Duration) -> T {
    T::default() + since_1970
}

/// The claims of a challenge together with our word that we can answer one
/// (Microsoft identity platform, "Claims challenges").
fn with_capability(challenge: Option<&str>) -> String {
    let mut claims: Value = challenge
        .and_then(challenge::decode)
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_else(|| json!({}));
    if !claims["access_token"].is_object() {
        claims["access_token"] = json!({});
    }
    claims["access_token"]["xms_cc"] = json!({ "values": ["cp1"] });
    claims.to_string()
}

fn refused(code: &str, message: &str) -> Error {
    Error::Refused(Problem::ours(Service::Entra, code, message))
}

fn said(error: TokenError) -> Error {
    match error {
        RequestTokenError::Request(error) => error,
        RequestTokenError::Parse(error, _) => {
            let at = clean(&error.path().to_string());
            Error::unreachable(
                Service::Entra,
                "UnexpectedAnswer",
                text!("azure-bad-tokens", at = at),
            )
        }
        // The bridge lets no error answer through; the text could hold anything.
        RequestTokenError::ServerResponse(_) | RequestTokenError::Other(_) => {
            Error::unreachable(Service::Entra, "UnexpectedAnswer", text!("azure-no-token"))
        }
    }
}

fn bad_id_token(error: ClaimsVerificationError) -> Error {
    let why = match &error {
        ClaimsVerificationError::SignatureVerification(inner) => format!("{error}: {inner}"),
        _ => error.to_string(),
    };
    refused("BadIdToken", &format!("gave an id token that does not hold: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use openidconnect::JsonWebKey as _;

    #[test]
    fn we_always_say_that_we_can_answer_a_challenge() {
        let read = |challenge| serde_json::from_str::<Value>(&with_capability(challenge)).unwrap();
        let alone = json!({"access_token": {"xms_cc": {"values": ["cp1"]}}});
        assert_eq!(read(None), alone);
        assert_eq!(read(Some("no json")), alone);
        assert_eq!(read(Some("[]")), alone);
        assert_eq!(read(Some(r#"{"access_token":null}"#)), alone);
        let both = read(Some(
            r#"{"access_token":{"acrs":{"essential":true,"values":["p1"]}},"id_token":{}}"#,
        ));
        assert_eq!(
            both,
            json!({"access_token": {"acrs": {"essential": true, "values": ["p1"]}, "xms_cc": {"values": ["cp1"]}}, "id_token": {}})
        );
    }

    #[test]
    fn unknown_keys_are_looked_for_once_in_a_while() {
        let (cache, floor, now) = (Cache::default(), Duration::from_secs(300), Instant::now());
        assert_eq!(cache.wait_for_keys(now, floor), None);
        let later = now + Duration::from_secs(100);
        assert_eq!(cache.wait_for_keys(later, floor), Some(Duration::from_secs(200)));
        assert_eq!(cache.wait_for_keys(now + floor, floor), None);
        assert_eq!(cache.wait_for_keys(now + floor, floor), Some(floor));
    }

    #[test]
    fn what_is_known_is_freshened_by_one_at_a_time() {
        let (cache, floor, now) = (Cache::default(), Duration::from_secs(300), Instant::now());
        assert!(cache.usable(now, floor).is_none());
        cache.keep(Arc::new(known(now)));
        assert!(cache.usable(now, floor).is_some());
        let later = now + FRESH;
        assert!(cache.usable(later, floor).is_none(), "the first goes and fetches");
        assert!(cache.usable(later, floor).is_some(), "the others go on with what there is");
        assert!(cache.usable(later + floor, floor).is_none());
    }

    #[test]
    fn keys_of_another_issuer_are_not_taken() {
        let key = |id: &str, issuer: Option<&str>| {
            let mut key = json!({"kty": "RSA", "use": "sig", "kid": id, "n": "AQAB", "e": "AQAB", "x5c": ["x"]});
            if let Some(issuer) = issuer {
                key["issuer"] = issuer.into();
            }
            key
        };
        let document = json!({"keys": [
            key("ours", Some("https://entra.example/t/v2.0")),
            key("template", Some("https://entra.example/{tenantid}/v2.0")),
            key("consumers", Some("https://entra.example/9188040d/v2.0")),
            key("unsaid", None),
            {"kty": "strange"},
        ]});
        let keys = keys_of(document, "https://entra.example/t/v2.0", "t").unwrap();
        let ids: Vec<_> =
            keys.keys().iter().filter_map(|key| key.key_id()).map(|id| id.as_str()).collect();
        assert_eq!(ids, ["ours", "template", "unsaid"]);
        for strange in [json!([]), json!("keys"), json!(null), json!({"keys": 1})] {
            assert!(keys_of(strange, "https://entra.example/t/v2.0", "t").is_err());
        }
    }

    fn known(fetched: Instant) -> Known {
        let url = Url::parse("https://entra.example/x").unwrap();
        let discovery = Discovery {
            issuer: "https://entra.example/t/v2.0".into(),
            authorization_endpoint: url.clone(),
            token_endpoint: url.clone(),
            jwks_uri: url,
            end_session_endpoint: None,
        };
        Known { discovery, keys: CoreJsonWebKeySet::default(), fetched }
    }
}
