//! `/oauth2/v2.0/logout`: the browser's session ends. Knows the registered addresses; tokens live on, as in Entra.
//!
//! Source: "OpenID Connect on the Microsoft identity platform", section "Send a sign-out request".

use url::Url;

use super::authorize::COOKIE;
use super::pages;
use crate::Params;
use crate::message::{Answer, Ask, find};
use crate::state::State;

pub fn sign_out(state: &mut State, ask: &Ask, _: &Params) -> Answer {
    let form = if ask.method == "POST" { ask.form() } else { Vec::new() };
    let given = |name: &str| ask.query(name).or_else(|| find(&form, name));
    let ended = ask.cookie(COOKIE).and_then(|value| state.sessions.remove(value));
    let back = given("post_logout_redirect_uri")
        .filter(|uri| state.application.redirect_uris.iter().any(|known| known == uri))
        .and_then(|uri| Url::parse(uri).ok());
    let answer = match back {
        Some(mut uri) => {
            if let Some(state) = given("state") {
                uri.query_pairs_mut().append_pair("state", state);
            }
            Answer::redirect(uri.as_str())
        }
        None => {
            let frame = state.application.front_channel_logout.as_ref().zip(ended).and_then(
                |(address, session)| {
                    let mut address = Url::parse(address).ok()?;
                    address.query_pairs_mut().append_pair("sid", &session.sid);
                    Some(address.to_string())
                },
            );
            Answer::html(200, pages::signed_out(frame.as_deref()))
        }
    };
    answer.with("set-cookie", format!("{COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"))
}
