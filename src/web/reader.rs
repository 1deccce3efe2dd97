//! For whom a page is written: the language, zone and moment of whoever asked for it. Knows no page.

use std::cell::RefCell;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, header},
    middleware::Next,
    response::Response,
};
use axum_extra::extract::cookie::CookieJar;

use crate::{
    App,
    domain::settings::{self, Settings},
    words::{Language, Reader},
};

/// In which the script keeps the browser's own zone. No secret, and nothing rests on it.
const ZONE_COOKIE: &str = "twindesk_zone";

tokio::task_local! {
    /// Whoever asked for the page that this task answers. Pages alone read it, when they become text.
    static READER: RefCell<Reader>;
}

/// Finds out from the browser for whom a page is; who has signed in may have said otherwise.
pub async fn reads(State(app): State<App>, request: Request, next: Next) -> Response {
    let reader = of_browser(&app, request.headers());
    READER.scope(RefCell::new(reader), next.run(request)).await
}

fn of_browser(app: &App, headers: &HeaderMap) -> Reader {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let language = text(header::ACCEPT_LANGUAGE).and_then(Language::accepted);
    let jar = CookieJar::from_headers(headers);
    let zone = jar.get(ZONE_COOKIE).and_then(|cookie| settings::zone(cookie.value()));
    Reader {
        language: language
            .filter(|language| *language != Language::Bracketed || app.site.demo)
            .unwrap_or_default(),
        zone: zone.unwrap_or(jiff::tz::TimeZone::UTC),
        now: Some(app.clock.now().timestamp()),
    }
}

/// It has turned out who they are, and how they want to read.
pub fn is(settings: &Settings) {
    let told = READER.try_with(|reader| {
        let mut reader = reader.borrow_mut();
        // Brackets are looked at, not lived in.
        if let Some(language) = settings.language.filter(|_| reader.language != Language::Bracketed)
        {
            reader.language = language;
        }
        if let Some(zone) = settings.zone.as_deref().and_then(settings::zone) {
            reader.zone = zone;
        }
    });
    debug_assert!(told.is_ok(), "a page is answered outside of `reads`");
}

/// Whoever reads what this task answers.
pub fn present() -> Reader {
    READER.try_with(|reader| reader.borrow().clone()).unwrap_or_default()
}
