//! `/oauth2/v2.0/devicecode` and the page where a person types the code: signing in on another device. Knows this one flow.
//!
//! Source: "Microsoft identity platform and the OAuth 2.0 device authorization grant flow".

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, json};

use super::authorize::{Attempt, Unfit};
use super::{Authority, Grant, access, error_body, pages, scopes};
use crate::message::{Answer, Ask, find};
use crate::shapes::Shape;
use crate::state::State;
use crate::world::Person;
use crate::{Params, random};

const LIFE_SECONDS: i64 = 900;

/// A sign-in that waits for a person at another device.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Device {
    /// Where the sign-in was begun.
    pub authority: Authority,
    pub client: String,
    pub user_code: String,
    pub scope: String,
    pub issued_at: Timestamp,
    pub answer: Option<Approval>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub enum Approval {
    Granted(Box<Grant>),
    Declined,
}

impl Device {
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.issued_at + SignedDuration::from_secs(LIFE_SECONDS) <= now
    }
}

/// `POST /{tenant}/oauth2/v2.0/devicecode`.
pub fn begin(state: &mut State, ask: &Ask, params: &Params) -> Answer {
    let form = ask.form();
    let refuse = |state: &State, error: &str, number: u32, text: &str| {
        error_body(state.now(), 400, error, number, text, Map::new())
    };
    let Some(authority) = Authority::read(&state.world, &params["tenant"]) else {
        let text = format!("Tenant '{}' not found.", params["tenant"]);
        return refuse(state, "invalid_request", 90002, &text);
    };
    let application = match state.known_at(&authority, find(&form, "client_id").unwrap_or_default())
    {
        Ok(application) => application,
        Err((number, text)) => return refuse(state, "unauthorized_client", number, &text),
    };
    let scope = find(&form, "scope").unwrap_or_default();
    if scope.is_empty() {
        let text = "The request body must contain the following parameter: 'scope'.";
        return refuse(state, "invalid_request", 900144, text);
    }
    if scopes(scope).is_err() {
        let text = format!(
            "The provided value for the input parameter 'scope' is not valid. The scope {scope} is not valid."
        );
        return refuse(state, "invalid_scope", 70011, &text);
    }
    let user_code = user_code();
    let device_code = random::secret(96);
    let uri = format!("{}/common/oauth2/deviceauth", state.places.entra);
    let device = Device {
        authority,
        client: application.client_id,
        user_code: user_code.clone(),
        scope: scope.to_owned(),
        issued_at: state.now(),
        answer: None,
    };
    state.devices.insert(device_code.clone(), device);
    Answer::json(
        200,
        &json!({
            "user_code": user_code,
            "device_code": device_code,
            "verification_uri": uri,
            "expires_in": LIFE_SECONDS,
            "interval": state.settings.device_interval,
            "message": format!(
                "To sign in, use a web browser to open the page {uri} and enter the code {user_code} to authenticate."
            ),
        }),
    )
    .with("cache-control", "no-store, no-cache")
}

/// Nine letters and digits that are not mistaken for one another.
fn user_code() -> String {
    const LETTERS: &[u8] = b"BCDFGHJKLMNPQRSTVWXYZ23456789";
    (0..9).map(|_| char::from(LETTERS[usize::from(rand::random::<u8>()) % LETTERS.len()])).collect()
}

/// `GET` and `POST /{tenant}/oauth2/deviceauth`: code and account in one form.
pub fn page(state: &mut State, ask: &Ask, params: &Params) -> Answer {
    let form = if ask.method == "POST" { ask.form() } else { Vec::new() };
    let given = |name: &str| find(&form, name).or_else(|| ask.query(name)).map(str::to_owned);
    let typed = given("otc").unwrap_or_default().trim().to_uppercase();
    let show = |state: &State, authority: &Authority, problem: Option<&str>| {
        let people: Vec<&Person> = authority.people(&state.world).collect();
        Answer::html(200, pages::device(&people, &typed, problem))
    };
    let now = state.now();
    let waiting = |device: &Device| {
        device.user_code == typed && device.answer.is_none() && !device.is_over(now)
    };
    let Some((key, device)) = state
        .devices
        .iter()
        .find(|(_, device)| waiting(device))
        .map(|(key, device)| (key.clone(), device.clone()))
    else {
        let problem = (ask.method == "POST")
            .then_some("That code didn't work. Check the code and try again.");
        let everybody = Authority::read(&state.world, &params["tenant"]);
        return show(state, &everybody.unwrap_or(Authority::Common), problem);
    };
    if given("decline").is_some() {
        settle(state, &key, Approval::Declined);
        return Answer::html(200, pages::device_done(false));
    }
    let pairs: Vec<(String, String)> = ask.query.iter().chain(&form).cloned().collect();
    let Some(attempt) = Attempt::read(&pairs) else { return show(state, &device.authority, None) };
    let person = match attempt.person(&state.world, &device.authority) {
        Ok(person) => person.clone(),
        Err(Unfit::Problem(problem)) => return show(state, &device.authority, Some(&problem)),
        Err(Unfit::Stranger(person)) => {
            let application = state.registered(&device.client).unwrap_or_default();
            let text = device.authority.stranger(&state.world, &person, &application);
            return Answer::html(403, pages::failed(50020, &text, now));
        }
    };
    let wanted = scopes(&device.scope).unwrap_or_default();
    let resources: Vec<_> = wanted.wanted.iter().map(|(resource, _)| *resource).collect();
    let demanded = access::demanded(state, &person, &resources);
    if let Some(refused) = demanded.refused {
        return Answer::html(403, pages::failed(refused.number, &refused.text, now));
    }
    let mfa = given("mfa").as_deref() == Some("approve");
    if !mfa && (demanded.mfa || !demanded.acrs.is_empty()) {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(pairs.iter().filter(|(name, _)| name != "passwd"))
            .append_pair("person", &person.id)
            .finish();
        let action = format!("{}/common/oauth2/deviceauth?{query}", state.places.entra);
        return Answer::html(200, pages::approve(&person, &action));
    }
    let grant = Grant {
        client: device.client,
        oid: person.id,
        sid: random::guid(),
        mfa_at: mfa.then_some(now),
        acrs: demanded.acrs,
        capabilities: Vec::new(),
        offline: wanted.offline,
        authenticated_at: now,
    };
    settle(state, &key, Approval::Granted(Box::new(grant)));
    Answer::html(200, pages::device_done(true))
}

fn settle(state: &mut State, key: &str, answer: Approval) {
    if let Some(device) = state.devices.get_mut(key) {
        device.answer = Some(answer);
    }
}

/// "OAuth 2.0 device authorization grant flow", device authorization response.
pub const SHAPE: Shape = Shape::described(
    "{user_code!:s device_code!:s verification_uri!:s expires_in!:n interval!:n message!:s}",
);
