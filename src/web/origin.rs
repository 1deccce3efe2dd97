//! Only our own pages may change anything. Knows where we are, not who asks.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, header::ORIGIN},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::Error;
use crate::App;

/// Refuses a request that could change something and does not come from a page of ours. The
/// browser says where it comes from: in `Sec-Fetch-Site`, or, an older one, in `Origin`.
pub async fn own_pages_only(State(app): State<App>, request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if reads || is_ours(request.headers(), &app.site.origin) {
        next.run(request).await
    } else {
        Error::Elsewhere.into_response()
    }
}

fn is_ours(headers: &HeaderMap, origin: &str) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"));
    match (text("sec-fetch-site"), text(ORIGIN.as_str())) {
        (Some(site), _) => site == "same-origin",
        (None, Some(from)) => from == origin,
        (None, None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_browser_says_decides() {
        for (site, from, ours) in [
            (Some("same-origin"), None, true),
            (Some("cross-site"), Some("https://twindesk.example"), false),
            (Some("same-site"), None, false),
            (Some("none"), None, false),
            (None, Some("https://twindesk.example"), true),
            (None, Some("https://twindesk.example.evil"), false),
            (None, Some("null"), false),
            (None, None, false),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(site) = site {
                headers.insert("sec-fetch-site", site.parse().expect("a value"));
            }
            if let Some(from) = from {
                headers.insert(ORIGIN, from.parse().expect("a value"));
            }
            assert_eq!(is_ours(&headers, "https://twindesk.example"), ours, "{site:?} {from:?}");
        }
    }
}
