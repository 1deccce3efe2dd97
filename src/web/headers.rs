//! What every answer tells the browser about how far to trust it. Knows no page.

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::App;

/// The same for every page; what a page opens beyond it, it does not need.
const ALWAYS: [(HeaderName, &str); 7] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
    (HeaderName::from_static("origin-agent-cluster"), "?1"),
];

pub async fn safe(State(app): State<App>, request: Request, next: Next) -> Response {
    let mut answer = next.run(request).await;
    let headers = answer.headers_mut();
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Ok(policy) = HeaderValue::from_str(&content_security_policy(&app.site.authority)) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    if app.site.secure {
        let year = HeaderValue::from_static("max-age=31536000; includeSubDomains");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
    // A page about a person is never kept by anybody in between; files named by their content say
    // themselves for how long they are good.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    answer
}

/// A form that is being filled in, and what it leads to, may be kept by the person's own browser: only
/// so does its Back button show what was typed, and only so does it show again what a form was answered
/// with, which `no-store` forbids. (For the same reason no field to fill in says `autocomplete="off"`:
/// browsers do not bring such fields back.) Sent anew the page still is at every visit. Nothing of it comes to
/// light once the session has ended: what was kept belongs to the cookie it came for, and is forgotten
/// where somebody signs out or another signs in ([`FORGET`]). All other pages are kept by nobody.
pub fn kept_for_back(answer: impl IntoResponse) -> Response {
    let mut answer = answer.into_response();
    if answer.status().is_redirection() {
        return answer;
    }
    let headers = answer.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers.append(header::VARY, HeaderValue::from_static("Cookie"));
    answer
}

/// Has the browser drop what it keeps of this site: its cache, and pages that it holds ready for Back.
pub const FORGET: [(HeaderName, &str); 1] =
    [(HeaderName::from_static("clear-site-data"), "\"cache\"")];

fn content_security_policy(authority: &str) -> String {
    [
        "default-src 'none'",
        // One stylesheet, one module, one icon, all by content hash; nothing inline.
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self'",
        // The module asks for progress, for people, and whether a field is right.
        "connect-src 'self'",
        // Signing out is a form of ours that leads on to Entra ID.
        &format!("form-action 'self' {authority}"),
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
    .join("; ")
}
