//! Signing in with Entra ID and out again. Knows the way of the browser; hands the refresh token to
//! `delegation` and forgets it.
//!
//! What must be remembered meanwhile is sealed in the state, for the browser in which it began: so
//! strangers fill no table, and any replica can take it up. A sign-in that has come to its end is
//! written down, so that there is no second one.

use std::time::Duration;

use askama::Template;
use axum::{
    extract::{Query, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::CookieJar;
use percent_encoding::{CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use url::Url;

use super::{
    Error,
    headers::FORGET,
    page::{Frame, View},
    session::{
        Anybody, Viewer, browser_cookie_name, cookie, expired, fresh_secret, hash,
        sent_cookie_name, session_cookie_name,
    },
};
use crate::{
    App, Site,
    azure::{self, Ask, Begun, Resource},
    domain::{Time, person::Person},
    store::Session,
    text,
    words::{Text, filters},
};

/// How long somebody may take to sign in at Entra ID.
const PATIENCE: Duration = Duration::from_secs(15 * 60);

#[derive(Deserialize)]
pub struct Wish {
    #[serde(rename = "return")]
    back: Option<String>,
    /// Azure wants more than the sign-in that there was: `yes` where the person chose to, `sent`
    /// where a page sent them.
    again: Option<String>,
    /// What it wants, JSON text. Whoever makes this up only asks more of themselves.
    claims: Option<String>,
}

/// What is remembered, sealed, until the browser comes back.
#[derive(Serialize, Deserialize)]
struct Underway {
    nonce: String,
    verifier: String,
    back: String,
    expires_at: i64,
}

impl Underway {
    /// For the browser with this secret, and no other.
    fn seal(&self, app: &App, browser: &str) -> String {
        let text = serde_json::to_string(self).expect("texts and a number make JSON");
        app.delegation.seal(&owner(browser), &text)
    }

    fn open(app: &App, browser: &str, state: &str) -> Option<Underway> {
        let text = app.delegation.unseal(&owner(browser), state)?;
        let underway: Underway = serde_json::from_str(text.expose_secret()).ok()?;
        (underway.expires_at > app.clock.now().0).then_some(underway)
    }

    /// How a sign-in that has come to its end is known to the database.
    fn mark(&self) -> String {
        hash(&self.nonce)
    }
}

fn owner(browser: &str) -> String {
    format!("sign-in of {browser}")
}

/// The address at which somebody signs in and comes back to `back`.
pub fn address(back: &str) -> String {
    format!("/sign-in?return={}", utf8_percent_encode(back, NON_ALPHANUMERIC))
}

/// The same for somebody of whom Azure wants more, to be followed by their own choice.
pub fn address_again(back: &str, claims: Option<&str>) -> String {
    more_wanted(back, "yes", claims)
}

/// The same where they are sent without being asked. Not twice in a row from one page: what one
/// sign-in did not mend, another may not either, and they would go round for ever.
pub fn address_sent(back: &str, claims: Option<&str>) -> String {
    more_wanted(back, "sent", claims)
}

fn more_wanted(back: &str, again: &str, claims: Option<&str>) -> String {
    let mut address = format!("{}&again={again}", address(back));
    if let Some(claims) = claims {
        address.push_str("&claims=");
        address.extend(utf8_percent_encode(claims, NON_ALPHANUMERIC));
    }
    address
}

const LONGEST_CLAIMS: usize = 4_096;
/// A longer way back would make Entra ID's address too long; it leads home instead.
const LONGEST_BACK: usize = 1_024;
/// For how long a browser remembers from which page it was sent to sign in again.
const SENT_REMEMBERED: Duration = Duration::from_secs(60);

fn sound_claims(text: &str) -> bool {
    text.len() <= LONGEST_CLAIMS
        && serde_json::from_str::<serde_json::Value>(text).is_ok_and(|claims| claims.is_object())
}

pub async fn begin(
    State(app): State<App>,
    Anybody(viewer): Anybody,
    Query(wish): Query<Wish>,
    jar: CookieJar,
) -> Result<Response, Error> {
    let back = wish.back.filter(|back| back.len() <= LONGEST_BACK);
    let back = within_the_site(back.as_deref().unwrap_or("/"), &app.site);
    let wanted = match &viewer {
        Some(viewer) => app.store.claims_wanted(&viewer.person.id).await?,
        None => None,
    };
    let claims = wish.claims.filter(|claims| sound_claims(claims)).or(wanted);
    if viewer.is_some() && wish.again.is_none() && claims.is_none() {
        return Ok(Redirect::to(&back).into_response());
    }
    let mut jar = jar;
    if wish.again.as_deref() == Some("sent") {
        let (name, mark) = (sent_cookie_name(&app.site), hash(&back));
        if jar.get(&name).is_some_and(|sent| sent.value() == mark) {
            return Err(Error::StillWanted { claims, back });
        }
        let mut sent = cookie(name, mark, &app.site);
        sent.set_max_age(SENT_REMEMBERED.try_into().ok());
        jar = jar.add(sent);
    }
    let hint = viewer.as_ref().map(|viewer| viewer.person.upn.clone());
    let ask = Ask { claims: claims.as_deref(), login_hint: hint.as_deref(), ..Ask::default() };
    let name = browser_cookie_name(&app.site);
    // Two tabs that sign in at once share the browser's secret; each has its own state.
    let browser = match jar.get(&name) {
        Some(known) => known.value().to_owned(),
        None => fresh_secret(),
    };
    let expires_at = app.clock.now().plus(PATIENCE).0;
    let state = |Begun { nonce, verifier }: Begun| {
        let verifier = verifier.expose_secret().to_owned();
        Underway { nonce, verifier, back, expires_at }.seal(&app, &browser)
    };
    let url = app.azure.authorize(ask, state).await?;
    let jar = jar.add(cookie(name, browser, &app.site));
    Ok((jar, Redirect::to(url.as_str())).into_response())
}

#[derive(Deserialize)]
pub struct Callback {
    code: Option<String>,
    state: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
}

#[derive(Template)]
#[template(path = "sign_in/failed.html")]
pub struct Failed {
    frame: Frame,
    text: Text,
    /// Entra ID's own words, if it gave any.
    said: Option<Text>,
    again: String,
}

pub async fn callback(
    State(app): State<App>,
    jar: CookieJar,
    Query(callback): Query<Callback>,
) -> Result<Response, Error> {
    let now = app.clock.now();
    let failed = |text: Text, said: Option<Text>, back: &str| {
        let page =
            Failed { frame: Frame::for_stranger(app.site.demo), text, said, again: address(back) };
        (StatusCode::BAD_REQUEST, View(page)).into_response()
    };
    let mut underway = match (&callback.state, jar.get(&browser_cookie_name(&app.site))) {
        (Some(state), Some(browser)) => Underway::open(&app, browser.value(), state),
        _ => None,
    };
    if let Some(known) = &underway
        && app.store.has_signed_in(&known.mark()).await?
    {
        underway = None;
    }
    let Some(underway) = underway else {
        return Ok(failed(text!("sign-in-spent"), None, "/"));
    };
    let Some(code) = callback.code.filter(|_| callback.error.is_none()) else {
        let said = callback.error_description.or(callback.error);
        let said = said.map(|said| Text::verbatim(said.chars().take(600).collect::<String>()));
        return Ok(failed(text!("sign-in-refused"), said, &underway.back));
    };
    let mark = underway.mark();
    let verifier = SecretString::from(underway.verifier);
    let signed_in = match app.azure.redeem(&code, &verifier, &underway.nonce, now.timestamp()).await
    {
        Ok(signed_in) => signed_in,
        Err(error @ (azure::Error::Refused(_) | azure::Error::SignIn { .. })) => {
            metrics::counter!("twindesk_sign_ins_total", "outcome" => "refused").increment(1);
            tracing::warn!(%error, "a sign-in was refused");
            let said = Some(error.problem().words());
            return Ok(failed(text!("sign-in-not-accepted"), said, &underway.back));
        }
        Err(error) => return Err(error.into()),
    };
    // Only now, when Entra ID has vouched for somebody of the tenant: strangers write nothing.
    if !app.store.end_sign_in(&mark, Time(underway.expires_at)).await? {
        return Ok(failed(text!("sign-in-spent"), None, "/"));
    }
    let upn = signed_in.preferred_username.unwrap_or_default();
    let person = Person {
        id: signed_in.oid,
        name: signed_in.name.unwrap_or_else(|| upn.clone()),
        upn,
        auditor: signed_in.roles.iter().any(|role| role == "Auditor"),
    };
    tracing::Span::current().record("person", &person.id);
    metrics::counter!("twindesk_sign_ins_total", "outcome" => "done").increment(1);
    app.store.sign_in_person(&person, now).await?;
    app.delegation.keep(&person.id, &signed_in.refresh_token, now).await?;
    // What this sign-in has proved is in this token, and perhaps in none that is traded later.
    let (arm, lasts) = (&signed_in.arm_token, signed_in.arm_expires_in);
    app.delegation.remember(&person.id, Resource::Arm, arm, lasts, now);
    app.bell.notify_one();
    let mut same_person = false;
    if let Some(old) = jar.get(&session_cookie_name(&app.site)) {
        let old = hash(old.value());
        let before = app.store.session(&old, now, app.site.session_idle).await?;
        same_person = before.is_some_and(|(session, ..)| session.person_id == person.id);
        app.store.end_session(&old).await?;
    }
    let secret = fresh_secret();
    app.store
        .new_session(&Session {
            hash: hash(&secret),
            person_id: person.id,
            sid: signed_in.sid,
            login_hint: signed_in.login_hint,
            created_at: now,
            seen_at: now,
            ends_at: now.plus(app.site.session_limit),
        })
        .await?;
    let jar = jar.add(cookie(session_cookie_name(&app.site), secret, &app.site));
    let answer = (jar, Redirect::to(&within_the_site(&underway.back, &app.site)));
    // Whoever was here before leaves nothing to page back to.
    Ok(if same_person { answer.into_response() } else { (FORGET, answer).into_response() })
}

/// Ends the session here and at Entra ID. The delegation stays: what was approved in this person's
/// name goes on.
pub async fn end(
    State(app): State<App>,
    jar: CookieJar,
    viewer: Viewer,
) -> Result<Response, Error> {
    app.store.end_session(&viewer.session.hash).await?;
    let jar = jar.add(expired(session_cookie_name(&app.site), &app.site));
    let to = after_sign_out(&app, viewer.session.login_hint.as_deref()).await;
    Ok((FORGET, jar, Redirect::to(&to)).into_response())
}

async fn after_sign_out(app: &App, hint: Option<&str>) -> String {
    let ours = format!("{}/signed-out", app.site.origin);
    let Ok(url) = Url::parse(&ours) else { return "/signed-out".to_owned() };
    match app.azure.logout_url(&url, hint).await {
        Ok(url) => url.to_string(),
        Err(error) => {
            tracing::warn!(%error, "signed out here only, Entra ID cannot be reached");
            "/signed-out".to_owned()
        }
    }
}

#[derive(Deserialize)]
pub struct FrontChannel {
    sid: Option<String>,
}

/// Entra ID calls this from a hidden frame when the person signs out elsewhere, with `sid` alone.
pub async fn front_channel(
    State(app): State<App>,
    Query(call): Query<FrontChannel>,
    _headers: HeaderMap,
) -> Result<impl IntoResponse, Error> {
    if let Some(sid) = call.sid.filter(|sid| !sid.is_empty() && !sid.contains('\0')) {
        let ended = app.store.end_sessions_by_sid(&sid).await?;
        tracing::info!(ended, "Entra ID ended sessions");
    }
    Ok((FORGET, ""))
}

#[derive(Template)]
#[template(path = "sign_in/ended.html")]
pub struct Ended {
    frame: Frame,
}

pub async fn ended(State(app): State<App>) -> View<Ended> {
    View(Ended { frame: Frame::for_stranger(app.site.demo) })
}

/// A path of our own site, or the home page. What a browser might take for another site's address
/// is not ours.
fn within_the_site(path: &str, site: &Site) -> String {
    let plain = path.starts_with('/')
        && !path.starts_with("//")
        && !path.chars().any(|c| c == '\\' || c.is_control());
    let ours = Url::parse(&site.origin).ok();
    let there = ours.as_ref().and_then(|ours| ours.join(path).ok());
    match (plain, ours, there) {
        // As it was given: what a parser made of it might begin with two slashes.
        (true, Some(ours), Some(there)) if there.origin() == ours.origin() => {
            utf8_percent_encode(path, CONTROLS).to_string()
        }
        _ => "/".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site() -> Site {
        Site {
            origin: "https://twindesk.example".into(),
            authority: "https://login.microsoftonline.com".into(),
            secure: true,
            demo: false,
            drain: Duration::ZERO,
            page_timeout: Duration::ZERO,
            session_idle: Duration::ZERO,
            session_limit: Duration::ZERO,
            poll_floor: Duration::ZERO,
            trusts_traceparent: false,
            azure_portal: String::new(),
        }
    }

    #[test]
    fn the_way_back_leads_nowhere_else() {
        for path in ["/", "/requests/1?said=asked", "/history?person=a%40b"] {
            assert_eq!(within_the_site(path, &site()), path);
        }
        for path in [
            "",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "https://evil.example/",
            "javascript:alert(1)",
            "/\t/evil.example",
            "requests",
        ] {
            assert_eq!(within_the_site(path, &site()), "/", "{path:?}");
        }
    }
}
