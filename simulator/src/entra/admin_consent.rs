//! `/v2.0/adminconsent`: an administrator consents for everybody. Knows this one page.
//!
//! Source: "Admin consent on the Microsoft identity platform".

use url::Url;

use super::{Resource, pages, scopes, tenant_kind};
use crate::Params;
use crate::message::{Answer, Ask, find};
use crate::state::State;
use crate::world::demo;

pub fn page(state: &mut State, ask: &Ask, params: &Params) -> Answer {
    let failed = |number, text: &str| Answer::html(400, pages::failed(number, text, state.now()));
    if !matches!(tenant_kind(&params["tenant"]), Some(demo::TENANT | "organizations")) {
        return failed(90002, &format!("Tenant '{}' not found.", params["tenant"]));
    }
    let client = ask.query("client_id").unwrap_or_default();
    let Some(application) = state.registered(client) else {
        let text = format!(
            "Application with identifier '{client}' was not found in the directory '{}'.",
            demo::TENANT_NAME
        );
        return failed(700016, &text);
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
        back.query_pairs_mut().append_pair("tenant", demo::TENANT).append_pair("scope", text);
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
