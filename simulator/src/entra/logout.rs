//! `/oauth2/v2.0/logout`: sessions of a browser end. Knows the registered addresses; tokens live on, as in Entra.
//!
//! Source: "OpenID Connect on the Microsoft identity platform", section "Send a sign-out request".

use url::Url;

use super::authorize::{cookie, open_sessions};
use super::{Session, hinted, pages};
use crate::Params;
use crate::message::{Answer, Ask, find};
use crate::state::State;

pub fn sign_out(state: &mut State, ask: &Ask, _: &Params) -> Answer {
    let form = if ask.method == "POST" { ask.form() } else { Vec::new() };
    let given = |name: &str| ask.query(name).or_else(|| find(&form, name));
    let mut open = open_sessions(state, ask);
    let hinted = given("logout_hint")
        .and_then(|hint| hinted(&state.world, hint))
        .map(|person| state.world.account_of(person).id.clone());
    let is_hinted = |key: &&String| {
        let person = state.sessions.get(*key).and_then(|row| state.world.person(&row.oid));
        person.is_some_and(|person| Some(&state.world.account_of(person).id) == hinted.as_ref())
    };
    let mut closing: Vec<String> = open.iter().filter(is_hinted).cloned().collect();
    if closing.is_empty() {
        // Without a hint of somebody here everybody who is signed in in this browser signs out.
        closing.clone_from(&open);
    }
    open.retain(|key| !closing.contains(key));
    let ended: Vec<Session> = closing.iter().filter_map(|key| state.sessions.remove(key)).collect();
    let wanted = given("post_logout_redirect_uri");
    // Whose address it is has asked for the sign-out and need not be told of it.
    let asker = wanted.and_then(|uri| {
        state.all_applications().find(|row| row.redirect_uris.iter().any(|known| known == uri))
    });
    let asker = asker.map(|row| row.client_id.clone());
    let back = wanted.filter(|_| asker.is_some()).and_then(|uri| Url::parse(uri).ok());
    let frames: Vec<String> = ended
        .iter()
        .flat_map(|session| {
            let told = state.all_applications().filter(|row| {
                session.clients.contains(&row.client_id) && asker.as_ref() != Some(&row.client_id)
            });
            told.filter_map(|row| {
                let mut address = Url::parse(row.front_channel_logout.as_deref()?).ok()?;
                address.query_pairs_mut().append_pair("sid", &session.sid);
                Some(address.to_string())
            })
        })
        .collect();
    let answer = match back {
        Some(mut uri) => {
            if let Some(state) = given("state") {
                uri.query_pairs_mut().append_pair("state", state);
            }
            if frames.is_empty() {
                Answer::redirect(uri.as_str())
            } else {
                Answer::html(200, pages::signed_out(&frames, Some(uri.as_str())))
            }
        }
        None => Answer::html(200, pages::signed_out(&frames, None)),
    };
    answer.with("set-cookie", cookie(state, &open))
}
