//! Who is looking. A handler that wants a person takes a [`Viewer`]; anybody else gets the answer
//! that stands here. Knows cookies and sessions, no page.

use axum::{
    extract::{FromRequestParts, OriginalUri},
    http::{HeaderMap, Method, request::Parts},
};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

use super::{Error, reader};
use crate::{
    App, Site,
    domain::{person::Person, settings::Settings},
    store::{self, Session},
};

/// Somebody who has signed in. Anybody else is sent to do so.
pub struct Viewer {
    pub person: Person,
    pub session: Session,
    pub settings: Settings,
}

impl FromRequestParts<App> for Viewer {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Viewer, Error> {
        match look(&parts.headers, app).await? {
            Some(viewer) => Ok(viewer),
            None => Err(Error::SignIn { back: way_back(parts) }),
        }
    }
}

/// Somebody who has signed in, and whose page looks by itself: that does not keep a session open.
pub struct Onlooker(pub Viewer);

impl FromRequestParts<App> for Onlooker {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Onlooker, Error> {
        match known(&parts.headers, app).await? {
            Some(viewer) => Ok(Onlooker(viewer)),
            None => Err(Error::SignIn { back: way_back(parts) }),
        }
    }
}

impl Viewer {
    pub async fn is_still_signed_in(&self, app: &App) -> store::Result<bool> {
        let now = app.clock.now();
        let found = app.store.session(&self.session.hash, now, app.site.session_idle).await?;
        Ok(found.is_some())
    }
}

/// Whoever it is: for the few pages that strangers see too.
pub struct Anybody(pub Option<Viewer>);

impl FromRequestParts<App> for Anybody {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Anybody, Error> {
        Ok(Anybody(look(&parts.headers, app).await?))
    }
}

/// Whose session it is that the cookie in these headers names, if any. They are using it.
pub async fn look(headers: &HeaderMap, app: &App) -> Result<Option<Viewer>, Error> {
    let Some(viewer) = known(headers, app).await? else { return Ok(None) };
    let (session, now) = (&viewer.session, app.clock.now());
    if now.since(session.seen_at) >= std::time::Duration::from_secs(60) {
        // Whoever only reads is not kept from it by a database that cannot be written to.
        match app.store.touch_session(&session.hash, now).await {
            Err(error) if error.trouble().is_some() => {
                tracing::warn!(%error, "that a session is in use could not be noted");
            }
            touched => touched?,
        }
    }
    Ok(Some(viewer))
}

async fn known(headers: &HeaderMap, app: &App) -> Result<Option<Viewer>, Error> {
    let jar = CookieJar::from_headers(headers);
    let Some(cookie) = jar.get(&session_cookie_name(&app.site)) else { return Ok(None) };
    let now = app.clock.now();
    let found = app.store.session(&hash(cookie.value()), now, app.site.session_idle).await?;
    let Some((session, person, settings)) = found else { return Ok(None) };
    tracing::Span::current().record("person", &person.id);
    reader::is(&settings);
    Ok(Some(Viewer { person, session, settings }))
}

/// Where to return after signing in. What was to be changed is not repeated: its page is shown.
fn way_back(parts: &Parts) -> String {
    if parts.method != Method::GET {
        return "/".to_owned();
    }
    let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |original| &original.0);
    uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string)
}

/// A secret for a cookie: 256 random bits.
pub fn fresh_secret() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

/// How a cookie's secret is known to the database: reading the table opens no session.
pub fn hash(secret: &str) -> String {
    Sha256::digest(secret.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn session_cookie_name(site: &Site) -> String {
    name("twindesk_session", site)
}

/// Ties a sign-in to the browser in which it began.
pub fn browser_cookie_name(site: &Site) -> String {
    name("twindesk_browser", site)
}

/// Remembers for a moment from which page Azure had somebody sign in again.
pub fn sent_cookie_name(site: &Site) -> String {
    name("twindesk_sent", site)
}

/// The prefix makes browsers insist on `Secure`, the whole path and no other host.
fn name(plain: &str, site: &Site) -> String {
    if site.secure { format!("__Host-{plain}") } else { plain.to_owned() }
}

/// A cookie of ours. `Lax`, because it must come along on the way back from Entra ID.
pub fn cookie(name: String, value: String, site: &Site) -> Cookie<'static> {
    Cookie::build((name, value))
        .path("/")
        .http_only(true)
        .secure(site.secure)
        .same_site(SameSite::Lax)
        .build()
}

pub fn expired(name: String, site: &Site) -> Cookie<'static> {
    let mut cookie = cookie(name, String::new(), site);
    cookie.make_removal();
    cookie
}
