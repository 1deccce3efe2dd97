//! Access tokens as a resource takes them: who calls, or why not. Knows claims, signatures and revocation, no protocol.

use jiff::Timestamp;
use serde_json::Value;

use super::{Resource, keys};
use crate::message::Ask;
use crate::state::State;

/// Why a resource refuses a bearer token.
#[derive(Debug, PartialEq)]
pub enum BadToken {
    Missing,
    Invalid,
    /// The audience that it has.
    Audience(String),
    /// When it ended.
    Expired(Timestamp),
    /// Revoked, and the client can handle a claims challenge.
    Revoked(Timestamp),
}

/// Who calls, as the access token says.
#[derive(Clone, Debug)]
pub struct Caller {
    pub oid: String,
    /// Whose token it is.
    pub tenant: String,
    /// An application's client id where it calls in its own name.
    pub upn: String,
    /// An application's permissions where it calls in its own name.
    pub scopes: Vec<String>,
    pub acrs: Vec<String>,
    /// An application in its own name: nobody who could use a second factor.
    pub app_only: bool,
}

/// Checks signature, audience, times and revocation of a bearer token.
pub fn caller(state: &State, ask: &Ask, resource: Resource) -> Result<Caller, BadToken> {
    let token = ask.bearer().ok_or(BadToken::Missing)?;
    let claims = state
        .keys()
        .verify(token)
        .or_else(|| keys::verify_with(&state.settings.trusted_keys, token))
        .ok_or(BadToken::Invalid)?;
    let audience = claims["aud"].as_str().unwrap_or_default();
    if !resource.audiences().contains(&audience) {
        return Err(BadToken::Audience(audience.to_owned()));
    }
    let expiry = claims["exp"]
        .as_i64()
        .and_then(|at| Timestamp::from_second(at).ok())
        .ok_or(BadToken::Invalid)?;
    if expiry <= state.now() {
        return Err(BadToken::Expired(expiry));
    }
    let words = |name: &str| {
        claims[name]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let revoked = claims["uti"].as_str().and_then(|uti| state.revoked_tokens.get(uti));
    if let Some(at) =
        revoked.filter(|_| words("xms_cc").iter().any(|name| name.eq_ignore_ascii_case("cp1")))
    {
        return Err(BadToken::Revoked(*at));
    }
    let text = |name: &str| claims[name].as_str().unwrap_or_default().to_owned();
    let app_only = claims["idtyp"] == "app";
    Ok(Caller {
        oid: text("oid"),
        tenant: text("tid"),
        upn: text(if app_only { "appid" } else { "upn" }),
        scopes: if app_only {
            words("roles")
        } else {
            text("scp").split(' ').map(str::to_owned).collect()
        },
        acrs: words("acrs"),
        app_only,
    })
}
