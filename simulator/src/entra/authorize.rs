//! `/oauth2/v2.0/authorize`: from a browser to a code. Knows the protocol's parameters, the people and their sessions.

use std::collections::HashSet;

use url::Url;

use super::applications::Application;
use super::{
    Code, Grant, Resource, Session, access, claims_request, hinted, pages, scopes, tenant_kind,
};
use crate::message::{Answer, Ask, find};
use crate::state::State;
use crate::world::{Person, demo};
use crate::{Params, random};

/// The cookie of a browser that has signed in. Its name must differ from those of programs on the same host.
pub const COOKIE: &str = "sim_estsauth";

/// Delegated permissions of Graph that only an administrator can consent to.
/// Source: "Microsoft Graph permissions reference".
const ADMIN_ONLY: [&str; 5] = [
    "Application.Read.All",
    "Directory.Read.All",
    "Group.Read.All",
    "GroupMember.Read.All",
    "User.Read.All",
];

pub fn show(state: &mut State, ask: &Ask, params: &Params) -> Answer {
    match Demand::read(state, ask, params) {
        Ok(demand) => demand.proceed(state, ask, Vec::new()),
        Err(answer) => answer,
    }
}

/// The forms of our own pages, and applications that POST their parameters.
pub fn submit(state: &mut State, ask: &Ask, params: &Params) -> Answer {
    match Demand::read(state, ask, params) {
        Ok(demand) => {
            let form = ask.form();
            demand.proceed(state, ask, form)
        }
        Err(answer) => answer,
    }
}

/// An authorize request that may be answered by redirect.
struct Demand {
    application: Application,
    redirect_uri: String,
    response_mode: String,
    state: Option<String>,
    scope: String,
    nonce: Option<String>,
    prompt: String,
    login_hint: Option<String>,
    challenge: Option<(String, String)>,
    client_info: bool,
    acrs: Vec<String>,
    capabilities: Vec<String>,
    /// Where our own pages post to: this address with all its parameters.
    action: String,
}

impl Demand {
    fn read(state: &State, ask: &Ask, params: &Params) -> Result<Self, Answer> {
        let failed =
            |number, text: &str| Answer::html(400, pages::failed(number, text, state.now()));
        let form = if ask.method == "POST" { ask.form() } else { Vec::new() };
        let given = |name: &str| ask.query(name).or_else(|| find(&form, name)).map(str::to_owned);
        let client = given("client_id").unwrap_or_default();
        let known = state.registered(&client);
        let application = known.as_ref().unwrap_or(&state.application);
        match tenant_kind(&params["tenant"]) {
            None => {
                return Err(failed(90002, &format!("Tenant '{}' not found.", params["tenant"])));
            }
            Some(kind) if kind != demo::TENANT && !application.first_party => {
                return Err(failed(
                    50194,
                    &format!(
                        "Application '{}' ({}) is not configured as a multi-tenant application. Usage of the /common \
                         endpoint is not supported for such apps.",
                        application.client_id, application.name
                    ),
                ));
            }
            Some(_) => {}
        }
        if client.is_empty() {
            return Err(failed(
                900144,
                "The request body must contain the following parameter: 'client_id'.",
            ));
        }
        let Some(application) = known else {
            return Err(failed(
                700016,
                &format!(
                    "Application with identifier '{client}' was not found in the directory '{}'.",
                    demo::TENANT_NAME
                ),
            ));
        };
        let redirect_uri = given("redirect_uri").unwrap_or_default();
        if !application.redirects_to(&redirect_uri) {
            return Err(failed(
                50011,
                &format!(
                    "The redirect URI '{redirect_uri}' specified in the request does not match the redirect URIs configured \
                     for the application '{client}'. Make sure the redirect URI sent in the request matches one added to \
                     your application in the Azure portal."
                ),
            ));
        }
        let parameters = ask.query.iter().chain(&form);
        let own = ["person", "loginfmt", "passwd", "mfa", "consent"];
        let action = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(parameters.filter(|(name, _)| !own.contains(&name.as_str())))
            .finish();
        let mut demand = Self {
            application,
            redirect_uri,
            response_mode: given("response_mode").unwrap_or_else(|| "query".into()),
            state: given("state"),
            scope: given("scope").unwrap_or_default(),
            nonce: given("nonce"),
            prompt: given("prompt").unwrap_or_default(),
            login_hint: given("login_hint"),
            client_info: given("client_info").as_deref() == Some("1"),
            challenge: None,
            acrs: Vec::new(),
            capabilities: Vec::new(),
            action: format!(
                "{}/{}/oauth2/v2.0/authorize?{action}",
                state.places.entra,
                demo::TENANT
            ),
        };
        let refuse =
            |error: &str, number: u32, text: &str| demand.refused(state, error, number, text);
        if !["query", "fragment", "form_post"].contains(&demand.response_mode.as_str()) {
            return Err(failed(900145, "The value of 'response_mode' is not supported."));
        }
        if given("response_type").as_deref() != Some("code") {
            return Err(refuse(
                "unsupported_response_type",
                700054,
                "response_type is not enabled for the application.",
            ));
        }
        if !["", "login", "none", "consent", "select_account", "create"]
            .contains(&demand.prompt.as_str())
        {
            let text = format!("Unsupported 'prompt' value '{}'.", demand.prompt);
            return Err(refuse("invalid_request", 90023, &text));
        }
        match scopes(&demand.scope) {
            Ok(wanted) if wanted == super::Scopes::default() => {
                return Err(refuse(
                    "invalid_request",
                    900144,
                    "The request body must contain the following parameter: 'scope'.",
                ));
            }
            Ok(_) => {}
            Err(name) => {
                return Err(refuse(
                    "invalid_scope",
                    70011,
                    &format!(
                        "The provided request must include a 'scope' input parameter. The scope '{name}' is not valid."
                    ),
                ));
            }
        }
        let method = given("code_challenge_method").unwrap_or_else(|| "plain".into());
        if let Some(challenge) = given("code_challenge") {
            if !["plain", "S256"].contains(&method.as_str()) {
                return Err(refuse(
                    "invalid_request",
                    501491,
                    "The code_challenge_method is invalid.",
                ));
            }
            if !(43..=128).contains(&challenge.len()) {
                return Err(refuse(
                    "invalid_request",
                    501491,
                    "The size of the code_challenge parameter is invalid.",
                ));
            }
            demand.challenge = Some((method, challenge));
        }
        if let Some(text) = given("claims") {
            let Some((acrs, capabilities)) = claims_request(&text) else {
                return Err(demand.refused(
                    state,
                    "invalid_request",
                    900971,
                    "The 'claims' parameter is not valid JSON.",
                ));
            };
            (demand.acrs, demand.capabilities) = (acrs, capabilities);
        }
        Ok(demand)
    }

    fn proceed(&self, state: &mut State, ask: &Ask, form: Vec<(String, String)>) -> Answer {
        let mut cookie = ask
            .cookie(COOKIE)
            .map(str::to_owned)
            .filter(|value| state.sessions.contains_key(value));
        let mut fresh = false;
        if let Some(attempt) = Attempt::read(&form) {
            match attempt.person(state) {
                Ok(person) => {
                    let (oid, at) = (person.id.clone(), state.now());
                    let value = random::secret(32);
                    if let Some(old) = cookie.replace(value.clone()) {
                        state.sessions.remove(&old);
                    }
                    state.sessions.insert(
                        value,
                        Session {
                            oid,
                            sid: random::guid(),
                            mfa: false,
                            at,
                            clients: HashSet::new(),
                        },
                    );
                    fresh = true;
                }
                Err(problem) => return self.pick(state, Some(&problem)),
            }
        }
        if find(&form, "mfa") == Some("approve")
            && let Some(session) = cookie.as_ref().and_then(|value| state.sessions.get_mut(value))
        {
            session.mfa = true;
            fresh = true;
        }
        let consent = find(&form, "consent");
        if consent == Some("cancel") {
            let text = "User declined to consent to access the app.";
            return self.refused(state, "access_denied", 65004, text);
        }
        let accepted = consent == Some("accept") && cookie.is_some();
        if accepted {
            let missing = self.missing(state);
            state.settings.consented.extend(missing);
        }
        let answer = self.answer(state, cookie.as_deref(), fresh, accepted);
        match cookie {
            Some(value) if fresh => {
                let secure = if state.places.entra.starts_with("https:") { "; Secure" } else { "" };
                answer.with(
                    "set-cookie",
                    format!("{COOKIE}={value}; Path=/; HttpOnly; SameSite=Lax{secure}"),
                )
            }
            _ => answer,
        }
    }

    /// `fresh`: the person has just done something on our page, so `prompt` is fulfilled.
    fn answer(
        &self,
        state: &mut State,
        cookie: Option<&str>,
        fresh: bool,
        accepted: bool,
    ) -> Answer {
        let fresh = fresh || accepted;
        let silent = self.prompt == "none";
        let hint = self
            .login_hint
            .as_deref()
            .and_then(|hint| hinted(state, hint))
            .map(|person| person.id.clone());
        let session = cookie
            .and_then(|value| state.sessions.get(value))
            .filter(|session| fresh || hint.as_ref().is_none_or(|hint| *hint == session.oid))
            .cloned();
        let must_ask = matches!(self.prompt.as_str(), "login" | "select_account") && !fresh;
        let Some(session) = session.filter(|_| !must_ask) else {
            if silent {
                let text = "Session information is not sufficient for single-sign-on.";
                return self.refused(state, "login_required", 50058, text);
            }
            return self.pick(state, None);
        };
        let Some(person) = state.world.person(&session.oid).cloned() else {
            return self.pick(state, None);
        };
        let resources: Vec<Resource> = scopes(&self.scope)
            .unwrap_or_default()
            .wanted
            .iter()
            .map(|(resource, _)| *resource)
            .collect();
        let demanded = access::demanded(state, &person, &resources);
        if demanded.block {
            let text = "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.";
            return if silent {
                self.refused(state, "interaction_required", 53003, text)
            } else {
                Answer::html(403, pages::failed(53003, text, state.now()))
            };
        }
        let own = self.application.client_id == state.application.client_id;
        if own && state.settings.assignment_required && person.app_roles.is_empty() {
            let text = format!(
                "Your administrator has configured the application {} ('{}') to block users unless they are specifically \
                 granted ('assigned') access to the application. The signed in user '{}' is blocked because they are not a \
                 direct member of a group with access, nor had access directly assigned by an administrator.",
                self.application.name, self.application.client_id, person.upn
            );
            return if silent {
                self.refused(state, "interaction_required", 50105, &text)
            } else {
                Answer::html(403, pages::failed(50105, &text, state.now()))
            };
        }
        let contexts = !self.acrs.is_empty() || !demanded.acrs.is_empty();
        if !session.mfa && (demanded.mfa || contexts) {
            if silent {
                let text = "Due to a configuration change made by your administrator, or because you moved to a new location, \
                            you must use multi-factor authentication to access the resource.";
                return self.refused(state, "interaction_required", 50076, text);
            }
            return Answer::html(200, pages::approve(&person, &self.action));
        }
        let missing = self.missing(state);
        if !accepted
            && (!missing.is_empty() || self.prompt == "consent" && !self.application.first_party)
        {
            if silent {
                let text = format!(
                    "The user or administrator has not consented to use the application with ID '{}' named '{}'. Send an \
                     interactive authorization request for this user and resource.",
                    self.application.client_id, self.application.name
                );
                return self.refused(state, "consent_required", 65001, &text);
            }
            if missing.iter().any(|name| ADMIN_ONLY.contains(&name.as_str())) {
                let text = format!(
                    "{} needs permission to access resources in your organization that only an admin can grant. Please ask an \
                     admin to grant permission to this app before you can use it.",
                    self.application.name
                );
                return Answer::html(200, pages::failed(90094, &text, state.now()));
            }
            let asked = if missing.is_empty() { self.asked() } else { missing };
            return Answer::html(
                200,
                pages::consent(&person, &self.application.name, &asked, &self.action),
            );
        }
        let acrs = demanded.acrs;
        self.granted(state, &session, acrs)
    }

    /// The permissions asked for by name, as `settings.consented` names them.
    fn asked(&self) -> Vec<String> {
        scopes(&self.scope)
            .unwrap_or_default()
            .wanted
            .into_iter()
            .flat_map(|(resource, names)| {
                names
                    .into_iter()
                    .filter(|name| name != ".default")
                    .map(move |name| resource.consent_name(&name))
            })
            .collect()
    }

    /// Those that nobody has consented to.
    fn missing(&self, state: &State) -> Vec<String> {
        if self.application.first_party {
            return Vec::new();
        }
        let have = &state.settings.consented;
        let is_missing = |name: &String| {
            !name.starts_with("api://")
                && !have.iter().any(|other| other.eq_ignore_ascii_case(name))
        };
        self.asked().into_iter().filter(is_missing).collect()
    }

    fn pick(&self, state: &State, problem: Option<&str>) -> Answer {
        let hint = self.login_hint.as_deref().and_then(|hint| hinted(state, hint));
        let page =
            pages::pick(&state.world.people, &self.action, &self.application.name, hint, problem);
        Answer::html(200, page)
    }

    fn granted(&self, state: &mut State, session: &Session, by_policy: Vec<String>) -> Answer {
        let code = format!("1.{}", random::secret(96));
        let mut acrs = self.acrs.clone();
        acrs.extend(by_policy.into_iter().filter(|acr| !self.acrs.contains(acr)));
        for known in state.sessions.values_mut().filter(|known| known.sid == session.sid) {
            known.clients.insert(self.application.client_id.clone());
        }
        let grant = Grant {
            client: self.application.client_id.clone(),
            oid: session.oid.clone(),
            sid: session.sid.clone(),
            mfa: session.mfa,
            acrs,
            capabilities: self.capabilities.clone(),
            offline: scopes(&self.scope).is_ok_and(|scopes| scopes.offline),
            authenticated_at: session.at,
        };
        let issued = Code {
            grant,
            redirect_uri: self.redirect_uri.clone(),
            scope: self.scope.clone(),
            nonce: self.nonce.clone(),
            challenge: self.challenge.clone(),
            issued_at: state.now(),
            redeemed: false,
        };
        state.codes.insert(code.clone(), issued);
        let mut fields = vec![("code", code)];
        if self.client_info {
            fields.push(("client_info", super::client_info(&session.oid)));
        }
        self.deliver(fields, vec![("session_state", session.sid.clone())])
    }

    fn refused(&self, state: &State, error: &str, number: u32, text: &str) -> Answer {
        let description = format!(
            "AADSTS{number}: {text} Trace ID: {} Correlation ID: {} Timestamp: {}",
            random::guid(),
            random::guid(),
            state.now().strftime("%Y-%m-%d %H:%M:%SZ")
        );
        let fields = vec![
            ("error", error.to_owned()),
            ("error_description", description),
            ("error_uri", format!("https://login.microsoftonline.com/error?code={number}")),
        ];
        self.deliver(fields, Vec::new())
    }

    fn deliver(
        &self,
        mut fields: Vec<(&'static str, String)>,
        last: Vec<(&'static str, String)>,
    ) -> Answer {
        fields.extend(self.state.clone().map(|state| ("state", state)));
        fields.extend(last);
        if self.response_mode == "form_post" {
            return Answer::html(200, pages::form_post(&self.redirect_uri, &fields));
        }
        let Ok(mut to) = Url::parse(&self.redirect_uri) else { return Answer::empty(400) };
        if self.response_mode == "fragment" {
            let text =
                url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&fields).finish();
            to.set_fragment(Some(&text));
        } else {
            to.query_pairs_mut().extend_pairs(&fields);
        }
        Answer::redirect(to.as_str())
    }
}

/// A person who proves who they are, by a button or a password.
pub enum Attempt<'a> {
    Button(&'a str),
    Password(&'a str, &'a str),
}

impl<'a> Attempt<'a> {
    pub fn read(form: &'a [(String, String)]) -> Option<Self> {
        if let Some(oid) = find(form, "person") {
            return Some(Self::Button(oid));
        }
        let name = find(form, "loginfmt")?;
        Some(Self::Password(name, find(form, "passwd").unwrap_or_default()))
    }

    pub fn person<'s>(&self, state: &'s State) -> Result<&'s Person, String> {
        match self {
            Self::Button(oid) => state
                .world
                .person(oid)
                .ok_or_else(|| "This account does not exist any more.".to_owned()),
            Self::Password(name, password) => match state.world.person(name.trim()) {
                None => {
                    Err("This username may be incorrect. Make sure you typed it correctly.".into())
                }
                Some(person) if person.password != *password => {
                    Err("Your account or password is incorrect. (AADSTS50126)".into())
                }
                Some(person) => Ok(person),
            },
        }
    }
}
