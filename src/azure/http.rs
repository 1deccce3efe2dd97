//! One exchange with Microsoft: within its time, of bounded length, never redirected, sorted once.

use super::problem::clean;
use super::{Error, Problem, Result, Service, Settings, challenge};
use crate::{text, words::Text};
use anyhow::Context as _;
use jiff::fmt::rfc2822;
use reqwest::header::{
    ACCEPT, ACCEPT_LANGUAGE, CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER,
};
use reqwest::{Client, ClientBuilder, Method, RequestBuilder, StatusCode, redirect};
use serde_json::Value;
use std::time::{Duration, Instant};
use tracing::{Instrument as _, Span, field::Empty};
use url::{Host, Url};
use uuid::Uuid;

pub(super) const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("x-ms-client-request-id");
pub(super) const CORRELATION_ID: HeaderName =
    HeaderName::from_static("x-ms-correlation-request-id");
const GRAPH_CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("client-request-id");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-ms-request-id");
const GRAPH_REQUEST_ID: HeaderName = HeaderName::from_static("request-id");
const ERROR_CODE: HeaderName = HeaderName::from_static("x-ms-error-code");

/// Nobody asks for more patience than this.
const LONGEST_WAIT: Duration = Duration::from_secs(3600);

pub(super) struct Http {
    outward: Client,
    /// For addresses on this machine, which no proxy can reach.
    inward: Client,
    timeout: Duration,
}

/// A 2xx answer.
pub(super) struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    service: Service,
}

impl Http {
    pub(super) fn new(settings: &Settings) -> anyhow::Result<Http> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static("en-US"));
        let timeout = settings.hop_timeout;
        let set_up = |builder: ClientBuilder| {
            build(settings, builder.default_headers(headers.clone()), timeout)
        };
        Ok(Http { outward: set_up(builder())?, inward: set_up(builder().no_proxy())?, timeout })
    }

    pub(super) fn request(&self, service: Service, method: Method, url: Url) -> RequestBuilder {
        let id = Uuid::new_v4().to_string();
        let request = self.client(&url).request(method, url);
        match service {
            Service::Entra | Service::Graph => request.header(GRAPH_CLIENT_REQUEST_ID, id),
            Service::Arm | Service::Twins => request
                .header(CLIENT_REQUEST_ID, id)
                .header("x-ms-return-client-request-id", "true"),
        }
    }

    fn client(&self, url: &Url) -> &Client {
        if is_loopback(url) { &self.inward } else { &self.outward }
    }

    /// Sends it and sorts the answer: only 2xx is `Ok`.
    pub(super) async fn send(
        &self,
        service: Service,
        request: RequestBuilder,
        limit: usize,
    ) -> Result<Reply> {
        let request = request.build().map_err(|error| self.broken(service, error))?;
        let call = Told::of(service, &request);
        let answer = self.exchange(service, request, limit).instrument(call.span.clone()).await;
        call.end(answer.as_ref());
        let reply = answer?;
        match reply.status.is_success() {
            true => Ok(reply),
            false => Err(sort(service, reply.status, &reply.headers, &reply.body)),
        }
    }

    async fn exchange(
        &self,
        service: Service,
        request: reqwest::Request,
        limit: usize,
    ) -> Result<Reply> {
        let client = self.client(request.url());
        let mut response =
            client.execute(request).await.map_err(|error| self.broken(service, error))?;
        let too_long = || {
            // Not as a number: its digits stand as they are.
            let text = text!("azure-too-long", limit = limit.to_string());
            Error::unreachable(service, "TooLong", text)
        };
        if response.content_length().is_some_and(|length| length > limit as u64) {
            return Err(too_long());
        }
        let mut body = Vec::new();
        while let Some(chunk) =
            response.chunk().await.map_err(|error| self.broken(service, error))?
        {
            if body.len() + chunk.len() > limit {
                return Err(too_long());
            }
            body.extend_from_slice(&chunk);
        }
        let headers = std::mem::take(response.headers_mut());
        Ok(Reply { status: response.status(), headers, body, service })
    }

    fn broken(&self, service: Service, error: reqwest::Error) -> Error {
        if error.is_builder() {
            return Error::Refused(Problem::ours(
                service,
                "BadRequest",
                &cause(&error.without_url()),
            ));
        }
        if error.is_timeout() {
            let text = text!("azure-timeout", seconds = self.timeout.as_secs_f32().to_string());
            return Error::unreachable(service, "Timeout", text);
        }
        let no_connection = error.is_connect();
        let cause = clean(&cause(&error.without_url()));
        let (code, text) = match no_connection {
            true => ("NoConnection", text!("azure-no-connection", cause = cause)),
            false => ("BrokenConnection", text!("azure-broken", cause = cause)),
        };
        Error::unreachable(service, code, text)
    }
}

/// One call as it is told to whoever watches: never with its query, its body or a name in its path.
struct Told {
    service: Service,
    method: Method,
    began: Instant,
    span: Span,
}

impl Told {
    fn of(service: Service, request: &reqwest::Request) -> Told {
        let method = request.method().clone();
        let sent = text(request.headers(), CORRELATION_ID.as_str())
            .or_else(|| text(request.headers(), CLIENT_REQUEST_ID.as_str()))
            .or_else(|| text(request.headers(), GRAPH_CLIENT_REQUEST_ID.as_str()));
        let span = tracing::info_span!(
            "azure",
            service = service.word(),
            %method,
            path = template(request.url().path()),
            correlation = sent,
            status = Empty,
            otel.status_code = Empty,
        );
        Told { service, method, began: Instant::now(), span }
    }

    fn end(self, answer: std::result::Result<&Reply, &Error>) {
        let took = self.began.elapsed();
        let status = answer.ok().map(|reply| reply.status);
        let class = match status.map(|status| status.as_u16() / 100) {
            Some(2) => "2xx",
            Some(3) => "3xx",
            Some(4) => "4xx",
            Some(5) => "5xx",
            Some(_) => "other",
            None => "none",
        };
        let service = self.service.word();
        let method = self.method.as_str().to_owned();
        metrics::histogram!("twindesk_azure_seconds", "service" => service, "method" => method, "status" => class)
            .record(took);
        if status == Some(StatusCode::TOO_MANY_REQUESTS) {
            metrics::counter!("twindesk_azure_throttled_total", "service" => service).increment(1);
        }
        if status.is_none_or(|status| status.is_client_error() || status.is_server_error()) {
            self.span.record("otel.status_code", "ERROR");
        }
        let status = status.map(|status| status.as_u16());
        self.span.record("status", status);
        let ms = took.as_millis() as u64;
        let theirs = answer.ok().and_then(|reply| request_id(&reply.headers));
        let code = answer.err().map(|error| &*error.problem().code);
        self.span.in_scope(|| tracing::debug!(ms, theirs, code, "asked Microsoft"));
    }
}

/// A path with `{}` where something has a name: the same for all calls of one kind.
fn template(path: &str) -> String {
    let mut kept = String::new();
    let mut segments = path.split('/').skip(1).peekable();
    let mut is_arms = false;
    let mut is_name = false;
    while let Some(segment) = segments.next() {
        is_arms |=
            ["subscriptions", "providers"].iter().any(|own| own.eq_ignore_ascii_case(segment));
        let plain = segment.chars().all(|c| c.is_ascii_alphabetic() || ".$_".contains(c))
            || ["v1.0", "v2.0", "oauth2"].contains(&segment);
        kept.push('/');
        kept.push_str(if plain && !is_name { segment } else { "{}" });
        // ARM's paths go type, name, type, name; but behind `providers` stands a namespace.
        is_name = is_arms && !is_name;
        if is_arms && segment.eq_ignore_ascii_case("providers") {
            if let Some(namespace) = segments.next() {
                kept.push('/');
                kept.push_str(namespace);
            }
            is_name = false;
        }
    }
    kept
}

#[expect(clippy::disallowed_methods, reason = "this is the client")]
fn builder() -> ClientBuilder {
    Client::builder()
}

/// With our trusted roots and limits, and without redirects.
fn build(settings: &Settings, builder: ClientBuilder, timeout: Duration) -> anyhow::Result<Client> {
    // Whoever installed a provider before us installed the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut roots = Vec::new();
    if let Some(path) = &settings.ca_file {
        let pem = std::fs::read(path)
            .with_context(|| format!("cannot read the roots in {}", path.display()))?;
        roots = reqwest::Certificate::from_pem_bundle(&pem)
            .with_context(|| format!("{} holds no PEM certificates", path.display()))?;
        anyhow::ensure!(!roots.is_empty(), "{} holds no PEM certificates", path.display());
    }
    let builder = match roots.is_empty() {
        true => builder,
        false => builder.tls_certs_merge(roots),
    };
    builder
        .user_agent(concat!("twindesk/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        .connect_timeout(timeout.min(Duration::from_secs(5)))
        .timeout(timeout)
        .build()
        .context("cannot set up TLS; are the system's trusted roots (ca-certificates) installed?")
}

/// The same client for what is not Microsoft's: the same trusted roots, proxy and ban on redirects.
pub fn client_for(settings: &Settings, url: &Url, timeout: Duration) -> anyhow::Result<Client> {
    let builder = if is_loopback(url) { builder().no_proxy() } else { builder() };
    build(settings, builder, timeout)
}

/// The innermost reason, which is the one that tells something.
pub fn cause(error: &dyn std::error::Error) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}

/// Whether an address is on this machine, where plain http is good enough.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

impl Reply {
    /// The body as JSON; an empty one as null.
    pub(super) fn json(&self) -> Result<Value> {
        if self.body.iter().all(u8::is_ascii_whitespace) {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&self.body).map_err(|_| {
            self.unexpected(|status, kind| text!("azure-not-json", status = status, kind = kind))
        })
    }

    /// The body as something known.
    pub(super) fn read<T: serde::de::DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_slice(&self.body).map_err(|error| {
            let error = clean(&error.to_string());
            self.unexpected(|status, kind| {
                text!("azure-not-documented", status = status, kind = kind, error = error)
            })
        })
    }

    pub(super) fn header(&self, name: &str) -> Option<String> {
        text(&self.headers, name)
    }

    /// `told` is given the status and the kind of content.
    fn unexpected(&self, told: impl FnOnce(String, Text) -> Text) -> Error {
        let kind = self.header(CONTENT_TYPE.as_str()).map(|kind| Text::verbatim(clean(&kind)));
        let kind = kind.unwrap_or_else(|| text!("azure-unnamed-content"));
        let text = told(self.status.as_str().to_owned(), kind);
        let mut problem = Problem::told(self.service, "UnexpectedAnswer", text);
        problem.status = Some(self.status.as_u16());
        problem.correlation = self.header(CORRELATION_ID.as_str());
        problem.request = request_id(&self.headers);
        Error::Unreachable { what: self.service, problem }
    }
}

pub(super) fn request_id(headers: &HeaderMap) -> Option<String> {
    text(headers, REQUEST_ID.as_str()).or_else(|| text(headers, GRAPH_REQUEST_ID.as_str()))
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned).filter(|text| !text.is_empty())
}

/// How long to wait. A date is taken against the answer's own `Date`, so that no clock of ours
/// matters.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds).min(LONGEST_WAIT));
    }
    let seconds = timestamp(text)?.as_second().saturating_sub(date(headers)?.as_second());
    Some(Duration::from_secs(seconds.max(0).unsigned_abs()).min(LONGEST_WAIT))
}

/// When whoever answered says that they did.
pub(super) fn date(headers: &HeaderMap) -> Option<jiff::Timestamp> {
    timestamp(headers.get(DATE)?.to_str().ok()?)
}

fn timestamp(text: &str) -> Option<jiff::Timestamp> {
    rfc2822::DateTimeParser::new().parse_timestamp(text).ok()
}

/// The one place where an answer that is not 2xx becomes an error.
pub(super) fn sort(
    service: Service,
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
) -> Error {
    let said = Said::read(body);
    let unsaid = said.unsaid(status, headers);
    let problem = Box::new(Problem {
        service,
        status: Some(status.as_u16()),
        code: said.code(headers, status),
        message: match (&said.message, &unsaid) {
            (Some(message), _) => clean(message),
            (None, ours) => ours.as_ref().map(Text::to_string).unwrap_or_default(),
        },
        text: unsaid,
        correlation: said.correlation.clone().or_else(|| text(headers, CORRELATION_ID.as_str())),
        request: said.request.clone().or_else(|| request_id(headers)),
    });
    let busy = matches!(status.as_u16(), 408 | 429 | 500..);
    if busy || said.error.as_deref() == Some("temporarily_unavailable") {
        return Error::Busy { after: retry_after(headers), problem };
    }
    if status.is_redirection() || status.is_informational() {
        return Error::Unreachable { what: service, problem };
    }
    match service {
        Service::Entra => said.sort_entra(problem),
        Service::Arm | Service::Graph | Service::Twins => sort_api(status, headers, problem),
    }
}

fn sort_api(status: StatusCode, headers: &HeaderMap, problem: Box<Problem>) -> Error {
    if status == StatusCode::UNAUTHORIZED {
        return match challenge::claims(headers) {
            Some(claims) => Error::SignIn { claims, problem },
            // Another token of the same person would be refused in the same way.
            None if problem.code == "InvalidAuthenticationTokenTenant"
                || problem.code == "InvalidAuthenticationTokenAudience" =>
            {
                Error::Refused(problem)
            }
            None => Error::Expired(problem),
        };
    }
    // PIM hides its challenge in the text (Azure/azure-powershell#25421).
    if problem.code == "RoleAssignmentRequestAcrsValidationFailed" {
        let claims = problem.message.split("claims=").nth(1).and_then(challenge::decode);
        return Error::SignIn { claims, problem };
    }
    match status {
        StatusCode::NOT_FOUND => Error::Missing(problem),
        _ => Error::Refused(problem),
    }
}

/// What a body says about an error, in any of the shapes seen: ARM's and Graph's envelope, the same
/// without its outer member, Entra's flat one, a web page of something in between, nothing.
#[derive(Default)]
struct Said {
    /// Entra ID's `error`.
    error: Option<String>,
    suberror: Option<String>,
    claims: Option<String>,
    code: Option<String>,
    message: Option<String>,
    correlation: Option<String>,
    request: Option<String>,
    is_page: bool,
}

impl Said {
    fn read(body: &[u8]) -> Said {
        let Ok(value) = serde_json::from_slice::<Value>(body) else {
            let start = body.trim_ascii_start().first();
            return Said { is_page: start == Some(&b'<'), ..Said::default() };
        };
        let string = |value: &Value, names: &[&str]| {
            names
                .iter()
                .find_map(|name| value[*name].as_str())
                .filter(|text| !text.is_empty())
                .map(str::to_owned)
        };
        if let Some(error) = string(&value, &["error"]) {
            let description = string(&value, &["error_description"]);
            return Said {
                code: aadsts(&value, description.as_deref()).or_else(|| Some(error.clone())),
                error: Some(error),
                suberror: string(&value, &["suberror"]),
                claims: string(&value, &["claims"]),
                message: description,
                correlation: string(&value, &["correlation_id"]),
                request: string(&value, &["trace_id"]),
                is_page: false,
            };
        }
        let envelope = match &value["error"] {
            Value::Object(_) => &value["error"],
            _ => &value,
        };
        let mut message = string(envelope, &["message", "Message"]);
        for detail in envelope["details"].as_array().into_iter().flatten().take(3) {
            if let (Some(all), Some(more)) = (&mut message, string(detail, &["message"]))
                && !all.contains(&more)
            {
                all.push(' ');
                all.push_str(&more);
            }
        }
        let inner = match &envelope["innerError"] {
            Value::Null => &envelope["innererror"],
            inner => inner,
        };
        Said {
            code: string(envelope, &["code", "Code"]),
            message,
            request: string(inner, &["request-id"]),
            ..Said::default()
        }
    }

    fn code(&self, headers: &HeaderMap, status: StatusCode) -> String {
        let code = self.code.clone().or_else(|| text(headers, ERROR_CODE.as_str()));
        let code = code.unwrap_or_else(|| {
            status
                .canonical_reason()
                .map_or_else(|| format!("Http{}", status.as_u16()), |text| text.replace(' ', ""))
        });
        clean(&code)
    }

    /// What we say where Azure said nothing.
    fn unsaid(&self, status: StatusCode, headers: &HeaderMap) -> Option<Text> {
        if self.message.is_some() {
            return None;
        }
        let kind = text(headers, CONTENT_TYPE.as_str()).unwrap_or_default();
        let id = match self.is_page || kind.contains("html") {
            _ if status.is_redirection() => "azure-redirection",
            true => "azure-web-page",
            false => "azure-silent",
        };
        Some(Text::of(id).with("status", status.to_string()))
    }

    /// On `error`, `suberror` and the presence of `claims`, never on AADSTS numbers, as
    /// Microsoft asks ("Error codes").
    fn sort_entra(self, problem: Box<Problem>) -> Error {
        let wants_person = matches!(
            self.error.as_deref(),
            Some("invalid_grant" | "interaction_required" | "consent_required" | "login_required")
        );
        // Signing in again would only show the same message (MSAL says so too).
        let only_message =
            self.suberror.as_deref() == Some("message_only") && self.claims.is_none();
        match (wants_person || self.claims.is_some()) && !only_message {
            true => Error::SignIn {
                claims: self.claims.as_deref().and_then(challenge::decode),
                problem,
            },
            false => Error::Refused(problem),
        }
    }
}

fn aadsts(value: &Value, description: Option<&str>) -> Option<String> {
    let listed =
        value["error_codes"].get(0).and_then(Value::as_u64).map(|number| format!("AADSTS{number}"));
    listed.or_else(|| {
        let (code, _) = description?.split_once(':')?;
        let digits = code.strip_prefix("AADSTS")?;
        digits.chars().all(|c| c.is_ascii_digit()).then(|| code.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MFA_BASE64: &str =
        "eyJhY2Nlc3NfdG9rZW4iOnsiYWNycyI6eyJlc3NlbnRpYWwiOnRydWUsInZhbHVlcyI6WyJwMSJdfX19";
    const MFA: &str = r#"{"access_token":{"acrs":{"essential":true,"values":["p1"]}}}"#;

    #[test]
    fn no_right_is_refused_in_azures_words() {
        let error = arm(
            403,
            &[("x-ms-correlation-request-id", "c-1"), ("x-ms-request-id", "r-1")],
            r#"{"error":{"code":"AuthorizationFailed","message":"The client 'ada' does not have authorization."}}"#,
        );
        assert!(matches!(error, Error::Refused(_)));
        assert_eq!(
            error.to_string(),
            "Azure Resource Manager: The client 'ada' does not have authorization. (AuthorizationFailed, HTTP 403, correlation id c-1, request id r-1)"
        );
    }

    #[test]
    fn the_data_plane_refuses_with_nothing_in_its_hands() {
        let error = sort(Service::Twins, StatusCode::FORBIDDEN, &HeaderMap::new(), b"");
        assert!(
            matches!(&error, Error::Refused(problem) if problem.code == "Forbidden"),
            "{error:?}"
        );
        let error = sort(Service::Twins, StatusCode::UNAUTHORIZED, &HeaderMap::new(), b"");
        assert!(matches!(error, Error::Expired(_)));
    }

    #[test]
    fn a_401_is_a_step_up_a_new_token_or_a_wrong_set_up() {
        let step_up = arm(
            401,
            &[(
                "www-authenticate",
                &format!("Bearer error=\"invalid_token\", claims=\"{MFA_BASE64}\""),
            )],
            r#"{"error":{"code":"RequestDisallowedByPolicy","message":"MFA is required."}}"#,
        );
        assert!(matches!(step_up, Error::SignIn { claims: Some(claims), .. } if claims == MFA));
        let expired = arm(
            401,
            &[],
            r#"{"error":{"code":"ExpiredAuthenticationToken","message":"Too late."}}"#,
        );
        assert!(matches!(expired, Error::Expired(_)));
        let wrong = arm(
            401,
            &[],
            r#"{"error":{"code":"InvalidAuthenticationTokenTenant","message":"Wrong issuer."}}"#,
        );
        assert!(matches!(wrong, Error::Refused(_)));
    }

    #[test]
    fn pim_hides_its_challenge_in_the_text() {
        let error = arm(
            400,
            &[],
            r#"{"error":{"code":"RoleAssignmentRequestAcrsValidationFailed","message":"&claims=%7B%22access_token%22%3A%7B%22acrs%22%3A%7B%22essential%22%3Atrue%2C%20%22value%22%3A%22c1%22%7D%7D%7D"}}"#,
        );
        let Error::SignIn { claims: Some(claims), .. } = error else { panic!("{error:?}") };
        assert_eq!(claims, r#"{"access_token":{"acrs":{"essential":true, "value":"c1"}}}"#);
    }

    #[test]
    fn too_many_and_broken_are_busy() {
        for status in [408, 429, 500, 502, 503, 504] {
            let error = arm(status, &[("retry-after", "17")], "");
            assert!(
                matches!(error, Error::Busy { after: Some(after), .. } if after.as_secs() == 17),
                "{status}"
            );
        }
        assert!(matches!(arm(503, &[], "<html>"), Error::Busy { after: None, .. }));
    }

    #[test]
    fn a_page_a_redirect_and_a_missing_envelope_are_told_apart() {
        assert!(arm(403, &[], "<!DOCTYPE html>").to_string().contains("a proxy or firewall"));
        assert!(matches!(
            arm(302, &[("location", "https://portal.hotel")], ""),
            Error::Unreachable { .. }
        ));
        let bare = arm(409, &[], r#"{"Code":"Conflict","Message":"Being deleted."}"#);
        assert_eq!(bare.problem().code, "Conflict");
        assert_eq!(bare.problem().message, "Being deleted.");
        assert!(
            matches!(arm(404, &[], r#"{"error":{"code":"ResourceNotFound"}}"#), Error::Missing(problem) if problem.code == "ResourceNotFound")
        );
    }

    #[test]
    fn details_are_told_once() {
        let error = arm(
            409,
            &[],
            r#"{"error":{"code":"MissingSubscriptionRegistration","message":"Not registered.","details":[{"message":"Not registered."},{"message":"See there."}]}}"#,
        );
        assert_eq!(error.problem().message, "Not registered. See there.");
    }

    #[test]
    fn entra_asks_for_the_person() {
        let mfa = entra(
            400,
            r#"{"error":"invalid_grant","error_description":"AADSTS50076: Due to a configuration change you must use multi-factor authentication.\r\nTrace ID: t-1\r\nCorrelation ID: c-1\r\nTimestamp: 2026-01-01 00:00:00Z","error_codes":[50076],"suberror":"basic_action","trace_id":"t-1","correlation_id":"c-1","claims":"{\"access_token\":{\"polids\":{\"essential\":true,\"values\":[\"x\"]}}}"}"#,
        );
        assert_eq!(mfa.problem().code, "AADSTS50076");
        assert!(mfa.to_string().contains("Trace ID: t-1 Correlation ID: c-1 Timestamp"), "{mfa}");
        let Error::SignIn { claims: Some(claims), .. } = mfa else { panic!("{mfa:?}") };
        assert_eq!(claims, r#"{"access_token":{"polids":{"essential":true,"values":["x"]}}}"#);
        for error in ["invalid_grant", "interaction_required", "consent_required"] {
            let error = entra(
                400,
                &format!(
                    r#"{{"error":"{error}","error_description":"AADSTS700082: The refresh token has expired."}}"#
                ),
            );
            assert!(
                matches!(&error, Error::SignIn { claims: None, problem } if problem.code == "AADSTS700082"),
                "{error:?}"
            );
        }
    }

    #[test]
    fn entra_refuses_what_no_sign_in_mends() {
        let secret = entra(
            401,
            r#"{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret provided.","error_codes":[7000215]}"#,
        );
        assert!(matches!(&secret, Error::Refused(problem) if problem.code == "AADSTS7000215"));
        let blocked = entra(
            400,
            r#"{"error":"interaction_required","suberror":"message_only","error_description":"AADSTS53003: Access has been blocked by Conditional Access policies."}"#,
        );
        assert!(matches!(blocked, Error::Refused(_)));
        let bare = entra(400, r#"{"error":"invalid_resource"}"#);
        assert_eq!(bare.problem().code, "invalid_resource");
    }

    #[test]
    fn entra_is_busy() {
        assert!(matches!(entra(400, r#"{"error":"temporarily_unavailable"}"#), Error::Busy { .. }));
        assert!(matches!(entra(503, "<html>"), Error::Busy { .. }));
    }

    #[test]
    fn waiting_is_told_in_seconds_or_as_a_date() {
        let read = |pairs: &[(&str, &str)]| retry_after(&headers(pairs)).map(|wait| wait.as_secs());
        assert_eq!(read(&[("retry-after", " 10 ")]), Some(10));
        let (before, after) = ("Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:50:07 GMT");
        assert_eq!(read(&[("retry-after", after), ("date", before)]), Some(30));
        assert_eq!(read(&[("retry-after", before), ("date", after)]), Some(0));
        assert_eq!(read(&[("retry-after", after)]), None);
        assert_eq!(read(&[("retry-after", "-1")]), None);
        assert_eq!(read(&[("retry-after", "soon"), ("date", before)]), None);
        assert_eq!(read(&[("retry-after", "99999999999")]), Some(3600));
        assert_eq!(read(&[]), None);
    }

    #[test]
    fn a_path_is_told_without_names() {
        const GUID: &str = "9f1c7c1e-5d0b-4d3c-9a2e-7d1b8f6a9c01";
        for (path, told) in [
            (format!("/{GUID}/oauth2/v2.0/token"), "/{}/oauth2/v2.0/token"),
            ("/v1.0/users".into(), "/v1.0/users"),
            ("/v1.0/users/nina%40contoso.com".into(), "/v1.0/users/{}"),
            ("/v1.0/directoryObjects/getByIds".into(), "/v1.0/directoryObjects/getByIds"),
            ("/subscriptions".into(), "/subscriptions"),
            (
                format!("/arm/subscriptions/{GUID}/resourcegroups/providers"),
                "/arm/subscriptions/{}/resourcegroups/{}",
            ),
            (
                format!("/subscriptions/{GUID}/resourceGroups/rg/providers/Microsoft.DigitalTwins/digitalTwinsInstances/lab"),
                "/subscriptions/{}/resourceGroups/{}/providers/Microsoft.DigitalTwins/digitalTwinsInstances/{}",
            ),
            (
                format!("/subscriptions/{GUID}/providers/Microsoft.DigitalTwins/locations/westeurope/checkNameAvailability"),
                "/subscriptions/{}/providers/Microsoft.DigitalTwins/locations/{}/checkNameAvailability",
            ),
            (
                format!("/subscriptions/{GUID}/providers/Microsoft.Authorization/roleAssignments/{GUID}"),
                "/subscriptions/{}/providers/Microsoft.Authorization/roleAssignments/{}",
            ),
            (
                "/providers/Microsoft.Management/managementGroups/root/providers/Microsoft.Authorization/permissions".into(),
                "/providers/Microsoft.Management/managementGroups/{}/providers/Microsoft.Authorization/permissions",
            ),
        ] {
            assert_eq!(template(&path), told);
        }
    }

    #[test]
    fn this_machine_is_told_from_others() {
        for (url, ours) in [
            ("http://localhost:8081", true),
            ("http://127.0.0.1", true),
            ("http://[::1]:1", true),
            ("http://a.localhost", true),
            ("http://localhost.evil.example", false),
            ("http://10.0.0.1", false),
        ] {
            assert_eq!(is_loopback(&Url::parse(url).unwrap()), ours, "{url}");
        }
    }

    proptest! {
        #[test]
        fn no_answer_breaks_the_sorting(
            status in 100u16..999,
            body in "\\PC{0,60}|\\{\"error\":(\\{\"code\":[a-z0-9\"]{0,5},?\"details\":\\[[0-9,\\{\\}\"]{0,9}\\]\\}|\"[a-z_]{0,9}\",\"error_codes\":[\\[\\]0-9]{0,4}|null|\\[\\])\\}?",
            wait in "[ -~]{0,30}",
        ) {
            let status = StatusCode::from_u16(status).unwrap();
            for service in [Service::Entra, Service::Arm, Service::Graph, Service::Twins] {
                let error = sort(service, status, &headers(&[("retry-after", &wait), ("date", &wait)]), body.as_bytes());
                prop_assert!(!error.problem().code.is_empty());
                prop_assert!(!error.problem().message.is_empty());
            }
        }
    }

    fn arm(status: u16, pairs: &[(&str, &str)], body: &str) -> Error {
        sort(Service::Arm, StatusCode::from_u16(status).unwrap(), &headers(pairs), body.as_bytes())
    }

    fn entra(status: u16, body: &str) -> Error {
        sort(
            Service::Entra,
            StatusCode::from_u16(status).unwrap(),
            &HeaderMap::new(),
            body.as_bytes(),
        )
    }

    fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in pairs {
            map.insert(HeaderName::try_from(*name).unwrap(), HeaderValue::from_str(value).unwrap());
        }
        map
    }
}
