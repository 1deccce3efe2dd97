//! How an application proves itself at the token endpoint: a secret in the body or by Basic, or an assertion. Knows
//! registrations, no grants.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::applications::Application;
use super::token::Refusal;
use super::{Authority, keys};
use crate::message::{Ask, find};
use crate::state::State;

const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Secret in the body or by Basic, or a client assertion.
pub(super) fn authenticate(
    state: &State,
    authority: &Authority,
    ask: &Ask,
    form: &[(String, String)],
) -> Result<Application, Refusal> {
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
            (None, None) => Ok(application),
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
        return Ok(application);
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
        Some(_) => Ok(application),
    }
}

/// A federated credential. The signature is that of an issuer unknown here and is not checked.
fn check_assertion(
    state: &State,
    authority: &Authority,
    application: &Application,
    kind: &str,
    assertion: &str,
) -> Result<(), Refusal> {
    let bad = |text: &str| {
        Refusal::new("invalid_client", 50027, format!("JWT token is invalid or malformed. {text}"))
    };
    if kind != ASSERTION {
        return Err(Refusal::new(
            "invalid_request",
            900144,
            "The client_assertion_type is not valid.",
        ));
    }
    let claims = keys::claims_unverified(assertion).ok_or_else(|| bad("It cannot be read."))?;
    let subject = claims["sub"].as_str().unwrap_or_default();
    let federated = application.federated_subject.as_deref();
    let own = subject == application.client_id && claims["iss"] == subject;
    if !own && federated != Some(subject) {
        return Err(Refusal::new(
            "invalid_client",
            700213,
            format!(
                "No matching federated identity record found for presented assertion subject '{subject}'. Check your \
                 federated identity credential Subject, Audience and Issuer against the presented assertion."
            ),
        ));
    }
    let endpoint = format!("{}/{}/oauth2/v2.0/token", state.places.entra, authority.path());
    let audience = claims["aud"].as_str().unwrap_or_default();
    let accepted = if own {
        audience == endpoint
    } else {
        audience == "api://AzureADTokenExchange" || audience == endpoint
    };
    if !accepted {
        return Err(Refusal::new(
            "invalid_client",
            700212,
            format!(
                "No matching federated identity record found for presented assertion audience '{audience}'."
            ),
        ));
    }
    if claims["exp"].as_f64().is_none_or(|at| at <= state.now().as_second() as f64) {
        return Err(Refusal::new(
            "invalid_client",
            700024,
            "Client assertion is not within its valid time range.",
        ));
    }
    Ok(())
}
