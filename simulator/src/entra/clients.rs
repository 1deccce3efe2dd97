//! How an application proves itself at the token endpoint: a secret in the body or by Basic, or an assertion. Knows
//! registrations, no grants and no signatures.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::applications::Application;
use super::token::Refusal;
use super::{Authority, assertions};
use crate::message::{Ask, find};
use crate::state::State;

const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// What an application has shown.
#[derive(Clone, Copy)]
pub enum Proof {
    Nothing,
    Secret,
    Assertion,
}

impl Proof {
    /// `appidacr` of tokens. Source: "Access token claims reference".
    pub fn claim(self) -> &'static str {
        match self {
            Self::Nothing => "0",
            Self::Secret => "1",
            Self::Assertion => "2",
        }
    }
}

/// Secret in the body or by Basic, or a client assertion.
pub(super) fn authenticate(
    state: &State,
    authority: &Authority,
    ask: &Ask,
    form: &[(String, String)],
) -> Result<(Application, Proof), Refusal> {
    let basic = ask
        .header("authorization")
        .and_then(|value| value.strip_prefix("Basic "))
        .and_then(|text| {
            let text = String::from_utf8(STANDARD.decode(text.trim()).ok()?).ok()?;
            let (id, secret) = text.split_once(':')?;
            let plain = |text: &str| {
                percent_encoding::percent_decode_str(&text.replace('+', " "))
                    .decode_utf8_lossy()
                    .into_owned()
            };
            Some((plain(id), plain(secret)))
        });
    let client = find(form, "client_id")
        .map(str::to_owned)
        .or_else(|| basic.as_ref().map(|(id, _)| id.clone()));
    let client = client.unwrap_or_default();
    let application = state
        .known_at(authority, &client)
        .map_err(|(number, text)| Refusal::new("unauthorized_client", number, text))?;
    let secret =
        find(form, "client_secret").map(str::to_owned).or_else(|| basic.map(|(_, secret)| secret));
    let assertion = find(form, "client_assertion");
    let own = application.client_id == state.application.client_id;
    if application.is_public() {
        return match (&secret, assertion) {
            (None, None) => Ok((application, Proof::Nothing)),
            _ => Err(Refusal::new(
                "invalid_client",
                700025,
                "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.",
            )),
        };
    }
    if let Some(assertion) = assertion {
        let kind = find(form, "client_assertion_type").unwrap_or_default();
        check_assertion(state, authority, &application, kind, assertion)?;
        return Ok((application, Proof::Assertion));
    }
    match secret {
        None => Err(Refusal::new(
            "invalid_client",
            7000218,
            "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
        )),
        Some(secret) if application.client_secret.as_ref() != Some(&secret) => Err(Refusal::new(
            "invalid_client",
            7000215,
            format!(
                "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not \
                 the client secret ID, for a secret added to app '{client}'."
            ),
        )),
        Some(_) if own && state.settings.secret_expired => Err(Refusal::new(
            "invalid_client",
            7000222,
            format!(
                "The provided client secret keys for app '{client}' are expired. Visit the Azure portal to create new keys for \
                 your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security."
            ),
        )),
        Some(_) => Ok((application, Proof::Secret)),
    }
}

fn check_assertion(
    state: &State,
    authority: &Authority,
    application: &Application,
    kind: &str,
    assertion: &str,
) -> Result<(), Refusal> {
    if kind != ASSERTION {
        return Err(Refusal::new(
            "invalid_request",
            900144,
            "The client_assertion_type is not valid.",
        ));
    }
    let endpoint = format!("{}/{}/oauth2/v2.0/token", state.places.entra, authority.path());
    assertions::check(application, &endpoint, state.now(), assertion)
        .map_err(|(number, text)| Refusal::new("invalid_client", number, text))
}
