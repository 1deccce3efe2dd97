//! `/oauth2/v2.0/authorize`: from a browser to a code. Knows the protocol's parameters, the people and their sessions.

use std::collections::HashSet;

use url::Url;

use super::access::{Factor, Refused};
use super::applications::Application;
use super::{
    Authority, Code, Grant, Resource, Session, access, claims_request, hinted, pages, scopes,
};
use crate::message::{Answer, Ask, find};
use crate::state::State;
use crate::world::{Person, World};
use crate::{Params, random};

/// The cookie of a browser that has signed in. Its name must differ from those of programs on the same host.
pub const COOKIE: &str = "sim_estsauth";

/// The sessions of a browser that are still open, the newest first.
pub fn open_sessions(state: &State, ask: &Ask) -> Vec<String> {
    let keys = ask.cookie(COOKIE).unwrap_or_default().split('.');
    keys.filter(|key| state.sessions.contains_key(*key)).map(str::to_owned).collect()
}

/// `Set-Cookie` for these sessions.
pub fn cookie(state: &State, sessions: &[String]) -> String {
    let secure = if state.places.entra.starts_with("https:") { "; Secure" } else { "" };
    let end = if sessions.is_empty() { "; Max-Age=0" } else { "" };
    format!("{COOKIE}={}; Path=/{end}; HttpOnly; SameSite=Lax{secure}", sessions.join("."))
}

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

/// An error that a fault asks for, sent where the request says.
pub fn refuse(state: &State, ask: &Ask, error: &str, number: u32, text: &str) -> Answer {
    let tenant = ask.segments.first().cloned().unwrap_or_default();
    match Demand::read(state, ask, &Params::from([("tenant", tenant)])) {
        Ok(demand) => demand.refused(state, error, number, text),
        Err(answer) => answer,
    }
}

/// An authorize request that may be answered by redirect.
struct Demand {
    authority: Authority,
    application: Application,
    redirect_uri: String,
    response_mode: String,
    state: Option<String>,
    scope: String,
    nonce: Option<String>,
    prompt: String,
    login_hint: Option<String>,
    /// A domain that somebody here has; others are passed over.
    domain_hint: Option<String>,
    sid: Option<String>,
    /// Seconds since the sign-in.
    max_age: Option<i64>,
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
        let Some(authority) = Authority::read(&state.world, &params["tenant"]) else {
            return Err(failed(90002, &format!("Tenant '{}' not found.", params["tenant"])));
        };
        if client.is_empty() {
            return Err(failed(
                900144,
                "The request body must contain the following parameter: 'client_id'.",
            ));
        }
        let application =
            state.known_at(&authority, &client).map_err(|(number, text)| failed(number, &text))?;
        if !matches!(authority, Authority::Tenant(_)) && !application.first_party {
            return Err(failed(
                50194,
                &format!(
                    "Application '{}' ({}) is not configured as a multi-tenant application. Usage of the /common endpoint is \
                     not supported for such apps.",
                    application.client_id, application.name
                ),
            ));
        }
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
        let domain_hint = given("domain_hint")
            .filter(|domain| authority.people(&state.world).any(|person| is_of(person, domain)));
        let mut demand = Self {
            application,
            redirect_uri,
            response_mode: given("response_mode").unwrap_or_else(|| "query".into()),
            state: given("state"),
            scope: given("scope").unwrap_or_default(),
            nonce: given("nonce"),
            prompt: given("prompt").unwrap_or_default(),
            login_hint: given("login_hint"),
            domain_hint,
            sid: given("sid"),
            max_age: given("max_age").and_then(|seconds| seconds.parse().ok()),
            client_info: given("client_info").as_deref() == Some("1"),
            challenge: None,
            acrs: Vec::new(),
            capabilities: Vec::new(),
            action: format!(
                "{}/{}/oauth2/v2.0/authorize?{action}",
                state.places.entra,
                authority.path()
            ),
            authority,
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
        let mut open = open_sessions(state, ask);
        let mut fresh = false;
        if let Some(attempt) = Attempt::read(&form) {
            let person = match attempt.person(&state.world, &self.authority) {
                Ok(person) => person.clone(),
                Err(Unfit::Problem(problem)) => return self.pick(state, Some(&problem)),
                Err(Unfit::Stranger(person)) => {
                    let text = self.authority.stranger(&state.world, &person, &self.application);
                    return Answer::html(403, pages::failed(50020, &text, state.now()));
                }
            };
            let account = state.world.account_of(&person).id.clone();
            let (same, others) = open.into_iter().partition::<Vec<_>, _>(|key| {
                let known = state.sessions.get(key).and_then(|row| state.world.person(&row.oid));
                known.is_some_and(|known| state.world.account_of(known).id == account)
            });
            for key in same {
                state.sessions.remove(&key);
            }
            let (key, at) = (random::secret(32), state.now());
            let clients = HashSet::new();
            let session =
                Session { oid: person.id, sid: random::guid(), mfa_at: None, at, clients };
            state.sessions.insert(key.clone(), session);
            open = [vec![key], others].concat();
            fresh = true;
        }
        if find(&form, "mfa") == Some("approve") {
            let now = state.now();
            if let Some(session) = open.first().and_then(|key| state.sessions.get_mut(key)) {
                session.mfa_at = Some(now);
                fresh = true;
                if let Some(person) = state.world.person_mut(&session.oid) {
                    person.mfa_registered = true;
                }
            }
        }
        let consent = find(&form, "consent");
        if consent == Some("cancel") {
            let text = "User declined to consent to access the app.";
            return self.refused(state, "access_denied", 65004, text);
        }
        let accepted = consent == Some("accept") && !open.is_empty();
        if accepted {
            let missing = self.missing(state);
            state.settings.consented.extend(missing);
        }
        let answer = self.answer(state, &open, fresh || accepted, accepted);
        if fresh { answer.with("set-cookie", cookie(state, &open)) } else { answer }
    }

    /// The session to go on with, its person by the row of this authority. `fresh`: the newest has just been used on our
    /// page. The error is the answer where there is none, or more than one.
    fn session(&self, state: &State, open: &[String], fresh: bool) -> Result<Session, Answer> {
        let silent = self.prompt == "none";
        let world = &state.world;
        let mut known: Vec<Session> =
            open.iter().filter_map(|key| state.sessions.get(key)).cloned().collect();
        known.truncate(if fresh { 1 } else { usize::MAX });
        let accounts = known.len();
        let mut stranger = None;
        known.retain_mut(|session| {
            let Some(person) = world.person(&session.oid) else { return false };
            let row = self.authority.row_of(world, person);
            match row {
                Some(row) => session.oid.clone_from(&row.id),
                None => stranger = Some(person),
            }
            row.is_some()
        });
        let foreign = known.is_empty() && accounts > 0;
        let hint = self.login_hint.as_deref().and_then(|hint| hinted(world, hint));
        let hint = hint.and_then(|person| self.authority.row_of(world, person));
        if !fresh {
            let now = state.now();
            let fits = |person: &Person, session: &Session| {
                hint.is_none_or(|hint| hint.id == person.id)
                    && self.sid.as_ref().is_none_or(|sid| *sid == session.sid)
                    && self.domain_hint.as_ref().is_none_or(|domain| is_of(person, domain))
            };
            known.retain(|row| world.person(&row.oid).is_some_and(|person| fits(person, row)));
            let is_old = |row: &Session| {
                let age = now.duration_since(row.at).as_secs();
                self.max_age.is_some_and(|most| age >= most)
            };
            let must_ask = matches!(self.prompt.as_str(), "login" | "select_account");
            known.retain(|row| !must_ask && !is_old(row));
        }
        let refused = match (known.len(), stranger.filter(|_| foreign)) {
            (1, _) => return Ok(known.remove(0)),
            (0, None) => {
                let text = "Session information is not sufficient for single-sign-on.";
                ("login_required", 50058, text.to_owned())
            }
            (0, Some(person)) => {
                let text = self.authority.stranger(world, person, &self.application);
                ("interaction_required", 16000, text)
            }
            _ => {
                let text = "Either multiple user identities are available for the current request or selected account is not \
                            supported for the scenario.";
                ("interaction_required", 16000, text.to_owned())
            }
        };
        let (error, number, text) = refused;
        Err(if silent { self.refused(state, error, number, &text) } else { self.pick(state, None) })
    }

    fn answer(&self, state: &mut State, open: &[String], fresh: bool, accepted: bool) -> Answer {
        let silent = self.prompt == "none";
        let session = match self.session(state, open, fresh) {
            Ok(session) => session,
            Err(answer) => return answer,
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
        let own = self.application.client_id == state.application.client_id;
        let not_assigned = own && state.settings.assignment_required && person.app_roles.is_empty();
        let not_assigned = not_assigned.then(|| Refused {
            number: 50105,
            text: format!(
                "Your administrator has configured the application {} ('{}') to block users unless they are specifically \
                 granted ('assigned') access to the application. The signed in user '{}' is blocked because they are not a \
                 direct member of a group with access, nor had access directly assigned by an administrator.",
                self.application.name, self.application.client_id, person.upn
            ),
            with_claims: false,
        });
        if let Some(Refused { number, text, .. }) = demanded.refused.or(not_assigned) {
            return if silent {
                self.refused(state, "interaction_required", number, &text)
            } else {
                Answer::html(403, pages::failed(number, &text, state.now()))
            };
        }
        let by_policy = demanded.mfa || !demanded.acrs.is_empty();
        if by_policy || !self.acrs.is_empty() {
            let lacking = Factor::lacking(state, &person, session.mfa_at);
            if let Some(factor) = lacking {
                if !silent {
                    return Answer::html(200, pages::approve(&person, &self.action));
                }
                let resource = resources.first().copied().unwrap_or(Resource::Graph).app_id();
                let (number, text) = match factor {
                    Factor::Missing if !by_policy => {
                        (50074, "Strong Authentication is required.".to_owned())
                    }
                    Factor::Missing => (50076, factor.text(&resource)),
                    Factor::NotRegistered => (50072, factor.text(&resource)),
                    Factor::Expired => (50078, factor.text(&resource)),
                };
                return self.refused(state, "interaction_required", number, &text);
            }
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
        let world = &state.world;
        let hint = self.login_hint.as_deref().and_then(|hint| hinted(world, hint));
        let hint = hint.and_then(|person| self.authority.row_of(world, person));
        let domain = self.domain_hint.as_ref();
        let people: Vec<&Person> = self
            .authority
            .people(world)
            .filter(|person| domain.is_none_or(|domain| is_of(person, domain)))
            .collect();
        let page = pages::pick(&people, &self.action, &self.application.name, hint, problem);
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
            mfa_at: session.mfa_at,
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
            fields.push(("client_info", super::client_info(&state.world, &session.oid)));
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

    /// The person's row where the sign-in was begun.
    pub fn person<'s>(&self, world: &'s World, authority: &Authority) -> Result<&'s Person, Unfit> {
        let (name, password) = match self {
            Self::Button(oid) => (*oid, None),
            Self::Password(name, password) => (name.trim(), Some(*password)),
        };
        let here = authority.people(world).find(|row| row.is(name));
        let Some(person) = here.or_else(|| world.person(name)) else {
            let text = match password {
                None => "This account does not exist any more.",
                Some(_) => "This username may be incorrect. Make sure you typed it correctly.",
            };
            return Err(Unfit::Problem(text.to_owned()));
        };
        // The home tenant knows the password.
        if password.is_some_and(|given| world.account_of(person).password != given) {
            let text = "Your account or password is incorrect. (AADSTS50126)";
            return Err(Unfit::Problem(text.to_owned()));
        }
        authority.row_of(world, person).ok_or_else(|| Unfit::Stranger(Box::new(person.clone())))
    }
}

/// Why somebody does not get in.
pub enum Unfit {
    Problem(String),
    /// A person of another tenant who is no guest here.
    Stranger(Box<Person>),
}

/// Whether a person signs in with a name of this domain.
fn is_of(person: &Person, domain: &str) -> bool {
    person.username().rsplit_once('@').is_some_and(|(_, own)| own.eq_ignore_ascii_case(domain))
}
