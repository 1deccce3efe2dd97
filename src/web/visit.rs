//! One request of a browser as whoever watches sees it: its id, its address without names, who it was,
//! how it went. Knows no page.

use std::time::Instant;

use axum::{
    extract::{FromRequestParts, MatchedPath, Request, State},
    http::{HeaderValue, Method, request::Parts},
    middleware::Next,
    response::Response,
};
use tracing::{Instrument as _, field::Empty};
use uuid::Uuid;

use super::Error;
use crate::App;

/// The id that an error page shows, that every line of the log carries, and that goes with the answer.
#[derive(Clone)]
pub struct Visit {
    pub id: String,
}

impl<S: Sync> FromRequestParts<S> for Visit {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Visit, Error> {
        let visit = parts.extensions.get::<Visit>().cloned();
        visit.ok_or_else(|| Error::Internal(anyhow::anyhow!("a page was asked for by nobody")))
    }
}

/// Puts a page into a span of its own, and tells how long it took.
pub async fn watched(
    State(app): State<App>,
    route: Option<MatchedPath>,
    mut request: Request,
    next: Next,
) -> Response {
    let began = Instant::now();
    let id = Uuid::new_v4().to_string();
    let method = word(request.method());
    let route = route.as_ref().map_or("none", MatchedPath::as_str).to_owned();
    let traceparent = request
        .headers()
        .get("traceparent")
        .filter(|_| app.site.trusts_traceparent)
        .and_then(|value| value.to_str().ok());
    // Of the highest level, so that every line has it, whatever lines are wanted.
    let span = tracing::error_span!(
        "page",
        id,
        method,
        route,
        traceparent,
        request = Empty,
        person = Empty,
        status = Empty,
        otel.status_code = Empty,
    );
    if route.starts_with("/requests/{id}") {
        let named = request.uri().path().split('/').nth(2).and_then(|id| Uuid::try_parse(id).ok());
        span.record("request", named.map(tracing::field::display));
    }
    request.extensions_mut().insert(Visit { id: id.clone() });
    let mut answer = next.run(request).instrument(span.clone()).await;
    let status = answer.status();
    span.record("status", status.as_u16());
    if status.is_server_error() {
        span.record("otel.status_code", "ERROR");
    }
    let ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    span.in_scope(|| tracing::debug!(ms, "answered"));
    metrics::histogram!(
        "twindesk_page_seconds",
        "method" => method, "route" => route, "status" => status.as_str().to_owned(),
    )
    .record(began.elapsed());
    if let Ok(id) = HeaderValue::from_str(&id) {
        answer.headers_mut().insert("x-request-id", id);
    }
    answer
}

/// Anybody may invent a method.
fn word(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
