//! `/v2.0/adminconsent`: an administrator consents for everybody. Knows this one page.
//!
//! Source: "Admin consent on the Microsoft identity platform".

use url::Url;

use super::{Authority, Resource, pages, scopes};
use crate::Params;
use crate::message::{Answer, Ask, find};
use crate::state::State;

pub fn page(state: &mut State, ask: &Ask, params: &Params) -> Answer {
    let failed = |number, text: &str| Answer::html(400, pages::failed(number, text, state.now()));
    let authority = Authority::read(&state.world, &params["tenant"]);
    let Some(authority) = authority.filter(|found| *found != Authority::Common) else {
        return failed(90002, &format!("Tenant '{}' not found.", params["tenant"]));
    };
    let client = ask.query("client_id").unwrap_or_default();
    let application = match state.known_at(&authority, client) {
        Ok(application) => application,
        Err((number, text)) => return failed(number, &text),
    };
    let tenant = match &authority {
        Authority::Tenant(tenant) => tenant.id.clone(),
        _ => state.world.tenant_of(&application.tenant).id.clone(),
    };
    let wanted = ask.query("redirect_uri").unwrap_or_default();
    let Some(mut back) = Url::parse(wanted).ok().filter(|_| application.redirects_to(wanted))
    else {
        let text = format!(
            "The redirect URI '{wanted}' specified in the request does not match the redirect URIs configured for the \
             application '{client}'."
        );
        return failed(50011, &text);
    };
    let text = ask.query("scope").unwrap_or_default();
    let Ok(asked) = scopes(text) else {
        return failed(70011, &format!("The scope {text} is not valid."));
    };
    let names: Vec<String> = asked
        .wanted
        .iter()
        .flat_map(|(resource, names): &(Resource, Vec<String>)| {
            names.iter().filter(|name| *name != ".default").map(|name| resource.consent_name(name))
        })
        .collect();
    let form = if ask.method == "POST" { ask.form() } else { Vec::new() };
    let accepted = match find(&form, "consent") {
        None => {
            let action = format!(
                "{}/{}/v2.0/adminconsent?{}",
                state.places.entra, params["tenant"], ask.raw_query
            );
            return Answer::html(200, pages::admin_consent(&application.name, &names, &action));
        }
        Some(consent) => consent == "accept",
    };
    back.query_pairs_mut().append_pair("admin_consent", "True");
    if accepted {
        let consented = &mut state.settings.consented;
        consented
            .extend(names.into_iter().filter(|name| !consented.contains(name)).collect::<Vec<_>>());
        back.query_pairs_mut().append_pair("tenant", &tenant).append_pair("scope", text);
    } else {
        back.query_pairs_mut().append_pair("error", "consent_required").append_pair(
            "error_description",
            "AADSTS65004: The resource owner or authorization server denied the request.",
        );
    }
    if let Some(state) = ask.query("state") {
        back.query_pairs_mut().append_pair("state", state);
    }
    Answer::redirect(back.as_str())
}
