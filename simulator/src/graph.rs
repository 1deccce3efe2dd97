//! Microsoft Graph v1.0: people, groups and service principals, read only. Knows queries and consents, nothing of Azure roles.
//!
//! Source: Microsoft Graph REST API v1.0 reference (user, group, servicePrincipal), "Advanced query capabilities on
//! directory objects", "Combine multiple requests in one HTTP call using JSON batching".

use axum::http::{HeaderName, HeaderValue};
use serde_json::{Value, json};

use crate::entra::{self, BadToken, Caller, Resource};
use crate::faults::Seen;
use crate::message::{Answer, Ask};
use crate::shapes::Shape;
use crate::state::State;
use crate::world::{Group, Person, ServicePrincipal};
use crate::{Params, Service, dispatch, random};

/// A call whose token is good.
pub struct Call<'a> {
    pub ask: &'a Ask,
    pub params: Params,
    pub caller: Caller,
}

impl Call<'_> {
    pub(crate) fn has(&self, any_of: &[&str]) -> bool {
        any_of
            .iter()
            .any(|wanted| self.caller.scopes.iter().any(|scope| scope.eq_ignore_ascii_case(wanted)))
    }

    /// The type that the end of the address narrows a list to.
    pub(crate) fn cast(&self) -> Option<&str> {
        self.ask.segments.last()?.strip_prefix("microsoft.graph.")
    }

    fn counts(&self) -> bool {
        self.ask.segments.last().is_some_and(|last| last == "$count")
    }

    pub(crate) fn denied(&self, state: &State) -> Answer {
        error(
            state.now(),
            403,
            "Authorization_RequestDenied",
            "Insufficient privileges to complete the operation.",
        )
    }

    fn is_eventual(&self) -> bool {
        self.ask
            .header("consistencylevel")
            .is_some_and(|level| level.eq_ignore_ascii_case("eventual"))
    }
}

const PEOPLE: [&str; 3] = ["User.ReadBasic.All", "User.Read.All", "Directory.Read.All"];
const PEOPLE_WHOLE: [&str; 2] = ["User.Read.All", "Directory.Read.All"];
pub(crate) const GROUPS: [&str; 3] =
    ["GroupMember.Read.All", "Group.Read.All", "Directory.Read.All"];
const APPLICATIONS: [&str; 2] = ["Application.Read.All", "Directory.Read.All"];

pub fn error(at: jiff::Timestamp, status: u16, code: &str, message: &str) -> Answer {
    let request = random::guid();
    let inner = json!({
        "date": at.strftime("%Y-%m-%dT%H:%M:%S").to_string(),
        "request-id": request,
        "client-request-id": request,
    });
    Answer::json(status, &json!({"error": {"code": code, "message": message, "innerError": inner}}))
}

pub fn serve(
    state: &mut State,
    ask: &Ask,
    params: Params,
    handle: fn(&mut State, &Call) -> Answer,
) -> Answer {
    let answer = match entra::caller(state, ask, Resource::Graph) {
        Ok(caller) => handle(state, &Call { ask, params, caller }),
        Err(bad) => unauthenticated(state, &bad),
    };
    dressed(answer, ask)
}

fn unauthenticated(state: &State, bad: &BadToken) -> Answer {
    let text = match bad {
        BadToken::Missing => "Access token is empty.",
        BadToken::Invalid => "CompactToken validation failed with reason code: 80049228.",
        BadToken::Audience(_) => "Access token validation failure. Invalid audience.",
        BadToken::Expired(_) => "Lifetime validation failed, the token is expired.",
        BadToken::Revoked(_) => {
            "Continuous access evaluation resulted in challenge with result: InteractionRequired and code: TokenIssuedBeforeRevocationTimestamp"
        }
    };
    let mut challenge = format!(
        "Bearer realm=\"\", authorization_uri=\"{}/common/oauth2/authorize\", client_id=\"00000003-0000-0000-c000-000000000000\"",
        state.places.entra
    );
    if let BadToken::Revoked(at) = bad {
        let claims = json!({"access_token": {"nbf": {"essential": true, "value": at.as_second().to_string()}}});
        let claims = crate::arm::envelope::encoded(&claims);
        challenge.push_str(&format!(", error=\"insufficient_claims\", claims=\"{claims}\""));
    }
    error(state.now(), 401, "InvalidAuthenticationToken", text).with("www-authenticate", challenge)
}

pub fn unknown(state: &mut State, ask: &Ask) -> Answer {
    let part = ask.segments.get(1).map_or("", String::as_str);
    dressed(
        error(
            state.now(),
            400,
            "BadRequest",
            &format!("Resource not found for the segment '{part}'."),
        ),
        ask,
    )
}

fn dressed(answer: Answer, ask: &Ask) -> Answer {
    let request = random::guid();
    let client = ask.header("client-request-id").unwrap_or(&request).to_owned();
    answer
        .with("request-id", request.clone())
        .with("client-request-id", client)
        .with("cache-control", "no-cache")
}

pub(crate) fn not_found(state: &State, id: &str) -> Answer {
    let text = format!(
        "Resource '{id}' does not exist or one of its queried reference-property objects are not present."
    );
    error(state.now(), 404, "Request_ResourceNotFound", &text)
}

pub fn me(state: &mut State, call: &Call) -> Answer {
    if !call.has(&["User.Read", "User.Read.All", "Directory.Read.All"]) {
        return call.denied(state);
    }
    match state.world.person(&call.caller.oid) {
        Some(person) => one(state, call, "users", person_shown(person, true), PERSON_DEFAULT),
        None => not_found(state, &call.caller.oid),
    }
}

pub fn users(state: &mut State, call: &Call) -> Answer {
    if !call.has(&PEOPLE) {
        return call.denied(state);
    }
    let whole = call.has(&PEOPLE_WHOLE);
    let world = &state.world;
    let own = world.people.iter().filter(|row| world.is_in(&row.tenant, &call.caller.tenant));
    let rows = own.map(|person| person_shown(person, whole)).collect();
    many(state, call, "users", rows, PERSON_DEFAULT)
}

pub fn user(state: &mut State, call: &Call) -> Answer {
    let id = call.params["id"].as_str();
    let own =
        id.eq_ignore_ascii_case(&call.caller.oid) || id.eq_ignore_ascii_case(&call.caller.upn);
    let may = call.has(&PEOPLE) || (own && call.has(&["User.Read"]));
    if !may {
        return call.denied(state);
    }
    let found = state.world.people.iter().find(|person| {
        (person.id.eq_ignore_ascii_case(id) || person.upn.eq_ignore_ascii_case(id))
            && state.world.is_in(&person.tenant, &call.caller.tenant)
    });
    match found {
        Some(person) => one(
            state,
            call,
            "users",
            person_shown(person, own || call.has(&PEOPLE_WHOLE)),
            PERSON_DEFAULT,
        ),
        None => not_found(state, id),
    }
}

pub fn groups(state: &mut State, call: &Call) -> Answer {
    if !call.has(&GROUPS) {
        return call.denied(state);
    }
    let world = &state.world;
    let own = world.groups.iter().filter(|row| world.is_in(&row.tenant, &call.caller.tenant));
    let rows = own.map(group_shown).collect();
    many(state, call, "groups", rows, &[])
}

/// A group of the caller's tenant.
pub(crate) fn group_of<'a>(state: &'a State, call: &Call, id: &str) -> Option<&'a Group> {
    state.world.groups.iter().find(|group| {
        group.id.eq_ignore_ascii_case(id) && state.world.is_in(&group.tenant, &call.caller.tenant)
    })
}

pub fn group(state: &mut State, call: &Call) -> Answer {
    if !call.has(&GROUPS) {
        return call.denied(state);
    }
    let id = call.params["id"].as_str();
    match group_of(state, call, id) {
        Some(group) => one(state, call, "groups", group_shown(group), &[]),
        None => not_found(state, id),
    }
}

pub fn service_principals(state: &mut State, call: &Call) -> Answer {
    if !call.has(&APPLICATIONS) {
        return call.denied(state);
    }
    let now = state.now();
    let visible = services(state, call).filter(|row| row.visible_at.is_none_or(|at| at <= now));
    let rows = visible.map(service_shown).collect();
    many(state, call, "servicePrincipals", rows, &[])
}

/// Those of the caller's tenant.
fn services<'a>(state: &'a State, call: &Call) -> impl Iterator<Item = &'a ServicePrincipal> {
    let missing = state.settings.twins_principal_missing.then(|| Resource::Twins.app_id());
    let tenant = call.caller.tenant.clone();
    let rows = state.world.service_principals.iter();
    rows.filter(move |row| {
        state.world.is_in(&row.tenant, &tenant) && Some(&row.app_id) != missing.as_ref()
    })
}

/// By object id, or by `appId='…'`.
pub(crate) fn service_by<'a>(
    state: &'a State,
    call: &Call,
    key: &str,
) -> Option<&'a ServicePrincipal> {
    let application = key
        .split_once('=')
        .filter(|(name, _)| name.eq_ignore_ascii_case("appId"))
        .map(|(_, value)| value.trim_matches('\''));
    services(state, call).find(|row| match application {
        Some(application) => row.app_id.eq_ignore_ascii_case(application),
        None => row.id.eq_ignore_ascii_case(key),
    })
}

/// Keys in parentheses as parts of their own: `users('ada')` is `users/ada`, `servicePrincipals(appId='…')` keeps its name.
pub(crate) fn keyed(segments: &[String]) -> Vec<String> {
    const SETS: [&str; 3] = ["users", "groups", "servicePrincipals"];
    let parts = segments.iter().flat_map(|segment| {
        let keyed = segment
            .strip_suffix(')')
            .and_then(|rest| rest.split_once('('))
            .filter(|(set, _)| SETS.iter().any(|known| known.eq_ignore_ascii_case(set)));
        match keyed {
            None => vec![segment.clone()],
            Some((set, key)) => {
                let quoted = key.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
                let key = quoted.map_or(key.to_owned(), |text| text.replace("''", "'"));
                vec![set.to_owned(), key]
            }
        }
    });
    parts.collect()
}

pub fn service_principal(state: &mut State, call: &Call) -> Answer {
    if !call.has(&APPLICATIONS) {
        return call.denied(state);
    }
    let id = call.params["id"].as_str();
    match service_by(state, call, id) {
        Some(row) => one(state, call, "servicePrincipals", service_shown(row), &[]),
        None => not_found(state, id),
    }
}

/// The members of a user that come without `$select`.
pub(crate) const PERSON_DEFAULT: &[&str] = &[
    "businessPhones",
    "displayName",
    "givenName",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
    "id",
];

/// `whole` is false where only basic profiles may be read: other members are null then.
pub(crate) fn person_shown(person: &Person, whole: bool) -> Value {
    let more = |value: Value| if whole { value } else { Value::Null };
    json!({
        "businessPhones": [],
        "displayName": person.name,
        "givenName": person.given_name,
        "jobTitle": more(json!(person.job_title)),
        "mail": if person.mail.is_empty() { Value::Null } else { json!(person.mail) },
        "mobilePhone": null,
        "officeLocation": null,
        "preferredLanguage": null,
        "surname": person.surname,
        "userPrincipalName": person.upn,
        "id": person.id,
        "userType": more(json!(person.user_type)),
        "department": more(json!(person.department)),
        "accountEnabled": more(json!(true)),
    })
}

pub(crate) fn group_shown(group: &Group) -> Value {
    json!({
        "id": group.id,
        "deletedDateTime": null,
        "description": group.description,
        "displayName": group.name,
        "groupTypes": if group.unified { json!(["Unified"]) } else { json!([]) },
        "isAssignableToRole": null,
        "mail": group.mail,
        "mailEnabled": group.mail.is_some(),
        "mailNickname": group.name.replace(' ', ""),
        "securityEnabled": group.security_enabled,
        "visibility": if group.unified { json!("Public") } else { Value::Null },
    })
}

pub(crate) fn service_shown(row: &ServicePrincipal) -> Value {
    let names = [Resource::Arm, Resource::Graph, Resource::Twins]
        .into_iter()
        .find(|resource| resource.app_id() == row.app_id)
        .map_or(&[][..], Resource::audiences);
    let names = names.iter().copied().filter(|name| *name != row.app_id);
    let names: Vec<&str> = std::iter::once(row.app_id.as_str()).chain(names).collect();
    json!({
        "id": row.id,
        "deletedDateTime": null,
        "accountEnabled": true,
        "appDisplayName": if row.kind == "Application" { json!(row.name) } else { Value::Null },
        "appId": row.app_id,
        "displayName": row.name,
        "servicePrincipalNames": names,
        "servicePrincipalType": row.kind,
    })
}

/// The members asked for by `$select`, or those that come by themselves (`&[]`: all).
pub(crate) fn selected(call: &Call, row: &Value, default: &[&str]) -> Value {
    let names: Vec<&str> = match call.ask.query("$select") {
        Some(select) if !select.is_empty() => select.split(',').map(str::trim).collect(),
        _ if default.is_empty() => return row.clone(),
        _ => default.to_vec(),
    };
    let members = row.as_object().into_iter().flatten();
    let kept = members.filter(|(name, _)| {
        // What kind of object it is comes whatever is asked for.
        name.starts_with("@odata.") || names.iter().any(|wanted| wanted.eq_ignore_ascii_case(name))
    });
    Value::Object(kept.map(|(name, value)| (name.clone(), value.clone())).collect())
}

fn context(state: &State, call: &Call, set: &str) -> String {
    let select = call.ask.query("$select").map(|select| format!("({select})")).unwrap_or_default();
    format!("{}/v1.0/$metadata#{set}{select}", state.places.graph)
}

fn one(state: &State, call: &Call, set: &str, row: Value, default: &[&str]) -> Answer {
    let mut body = json!({"@odata.context": format!("{}/$entity", context(state, call, set))});
    if let (Value::Object(body), Value::Object(row)) = (&mut body, selected(call, &row, default)) {
        body.extend(row);
    }
    Answer::json(200, &body)
}

pub(crate) fn many(
    state: &State,
    call: &Call,
    set: &str,
    mut rows: Vec<Value>,
    default: &[&str],
) -> Answer {
    let refused = |code: &str, text: &str| error(state.now(), 400, code, text);
    let given = |name: &str| call.ask.query(name).filter(|value| !value.is_empty());
    let eventual = call.is_eventual();
    if let Some(search) = given("$search") {
        if !eventual {
            return refused(
                "Request_UnsupportedQuery",
                "Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'",
            );
        }
        match Test::search(search) {
            Some(test) => rows.retain(|row| test.holds(row)),
            None => {
                return refused(
                    "Request_BadRequest",
                    &format!("Syntax error: character is not valid in '{search}'."),
                );
            }
        }
    }
    let counted = given("$count").is_some_and(|value| value.eq_ignore_ascii_case("true"));
    let advanced = given("$filter").is_some_and(|filter| {
        let filter = filter.to_ascii_lowercase();
        given("$orderby").is_some()
            || [" ne ", "endswith(", "not ", "not("].iter().any(|word| filter.contains(word))
    });
    if !eventual && (counted || advanced) {
        return refused(
            "Request_UnsupportedQuery",
            "The specified query needs the header 'ConsistencyLevel: eventual' and $count=true.",
        );
    }
    if let Some(filter) = given("$filter") {
        match Test::filter(filter) {
            Some(test) => rows.retain(|row| test.holds(row)),
            None => {
                return refused(
                    "Request_BadRequest",
                    &format!("Invalid filter clause: '{filter}'."),
                );
            }
        }
    }
    if call.counts() {
        if !eventual {
            return refused("Request_BadRequest", "$count is not currently supported.");
        }
        return Answer::empty(200)
            .with("content-type", "text/plain")
            .filled(rows.len().to_string());
    }
    if let Some(order) = given("$orderby") {
        let member = order.split_whitespace().next().unwrap_or_default();
        let key = |row: &Value| row[member].as_str().unwrap_or_default().to_lowercase();
        rows.sort_by_key(key);
        if order.to_ascii_lowercase().ends_with(" desc") {
            rows.reverse();
        }
    }
    let top = match given("$top").map(str::parse::<usize>) {
        None => state.settings.graph_page_size.max(1),
        Some(Ok(top @ 1..=999)) => top,
        Some(_) => {
            return refused(
                "Request_BadRequest",
                "Invalid page size specified: it must be between 1 and 999 inclusive.",
            );
        }
    };
    let from = given("$skiptoken").and_then(|token| token.parse::<usize>().ok()).unwrap_or(0);
    let mut body = json!({"@odata.context": context(state, call, set)});
    if counted && from == 0 {
        body["@odata.count"] = json!(rows.len());
    }
    if rows.len() > from + top {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(call.ask.query.iter().filter(|(name, _)| name != "$skiptoken"))
            .append_pair("$skiptoken", &(from + top).to_string())
            .finish();
        body["@odata.nextLink"] = json!(format!("{}{}?{query}", state.places.graph, call.ask.path));
    }
    let value: Vec<Value> =
        rows.iter().skip(from).take(top).map(|row| selected(call, row, default)).collect();
    body["value"] = json!(value);
    Answer::json(200, &body)
}

/// A condition on a row.
#[derive(Debug, PartialEq)]
enum Test {
    Any(Vec<Test>),
    All(Vec<Test>),
    Not(Box<Test>),
    Is(Term),
}

#[derive(Debug, PartialEq)]
enum Term {
    /// Words of the member start so (`$search`).
    Word(String, String),
    Starts(String, String),
    Ends(String, String),
    Equals(String, Value),
    In(String, Vec<String>),
}

impl Test {
    /// `"displayName:wa" OR "mail:wa" AND "…"`.
    fn search(text: &str) -> Option<Self> {
        let term = |part: &str| {
            let inner = part.trim().strip_prefix('"')?.strip_suffix('"')?;
            let (member, word) = inner.split_once(':')?;
            let word = word.replace("\\\"", "\"").replace("\\\\", "\\").to_lowercase();
            Some(Self::Is(Term::Word(member.to_owned(), word)))
        };
        let all =
            |part: &str| part.split(" AND ").map(term).collect::<Option<Vec<_>>>().map(Self::All);
        text.split(" OR ").map(all).collect::<Option<Vec<_>>>().map(Self::Any)
    }

    /// `and`, `or`, `not`, parentheses, `eq`, `ne`, `in`, `startswith`, `endswith`.
    fn filter(text: &str) -> Option<Self> {
        let tokens = tokens(text)?;
        let mut reader = Reader { tokens: &tokens };
        let test = reader.any()?;
        reader.tokens.is_empty().then_some(test)
    }

    fn holds(&self, row: &Value) -> bool {
        match self {
            Self::Any(tests) => tests.iter().any(|test| test.holds(row)),
            Self::All(tests) => tests.iter().all(|test| test.holds(row)),
            Self::Not(test) => !test.holds(row),
            Self::Is(term) => term.holds(row),
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Sign(char),
}

/// Words, texts in single quotes (a doubled quote is one), parentheses and commas.
fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut found = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            ' ' => {}
            '(' | ')' | ',' => found.push(Token::Sign(c)),
            '\'' => {
                let mut inner = String::new();
                loop {
                    match rest.next()? {
                        '\'' if rest.peek() == Some(&'\'') => {
                            rest.next();
                            inner.push('\'');
                        }
                        '\'' => break,
                        c => inner.push(c),
                    }
                }
                found.push(Token::Text(inner));
            }
            c => {
                let mut word = String::from(c);
                while let Some(c) = rest.next_if(|c| !" (),'".contains(*c)) {
                    word.push(c);
                }
                found.push(Token::Word(word));
            }
        }
    }
    Some(found)
}

struct Reader<'a> {
    tokens: &'a [Token],
}

impl Reader<'_> {
    fn next(&mut self) -> Option<Token> {
        let (first, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        Some(first.clone())
    }

    fn takes(&mut self, wanted: &Token) -> bool {
        let same = match (self.tokens.first(), wanted) {
            (Some(Token::Word(found)), Token::Word(wanted)) => found.eq_ignore_ascii_case(wanted),
            (found, wanted) => found == Some(wanted),
        };
        if same {
            self.tokens = &self.tokens[1..];
        }
        same
    }

    fn takes_word(&mut self, word: &str) -> bool {
        self.takes(&Token::Word(word.to_owned()))
    }

    fn any(&mut self) -> Option<Test> {
        let mut tests = vec![self.all()?];
        while self.takes_word("or") {
            tests.push(self.all()?);
        }
        Some(Test::Any(tests))
    }

    fn all(&mut self) -> Option<Test> {
        let mut tests = vec![self.one()?];
        while self.takes_word("and") {
            tests.push(self.one()?);
        }
        Some(Test::All(tests))
    }

    fn one(&mut self) -> Option<Test> {
        if self.takes_word("not") {
            return Some(Test::Not(Box::new(self.one()?)));
        }
        if self.takes(&Token::Sign('(')) {
            let inner = self.any()?;
            return self.takes(&Token::Sign(')')).then_some(inner);
        }
        let Token::Word(name) = self.next()? else { return None };
        if self.takes(&Token::Sign('(')) {
            let Token::Word(member) = self.next()? else { return None };
            let comma = self.takes(&Token::Sign(','));
            let Token::Text(value) = self.next()? else { return None };
            let value = value.to_lowercase();
            let closed = comma && self.takes(&Token::Sign(')'));
            let term = match name.to_ascii_lowercase().as_str() {
                "startswith" => Term::Starts(member, value),
                "endswith" => Term::Ends(member, value),
                _ => return None,
            };
            return closed.then_some(Test::Is(term));
        }
        if self.takes_word("in") {
            return self.list().map(|values| Test::Is(Term::In(name, values)));
        }
        let equal = self.takes_word("eq");
        if !equal && !self.takes_word("ne") {
            return None;
        }
        let value = match self.next()? {
            Token::Text(text) => json!(text),
            Token::Word(word) => serde_json::from_str(&word).ok()?,
            Token::Sign(_) => return None,
        };
        let test = Test::Is(Term::Equals(name, value));
        Some(if equal { test } else { Test::Not(Box::new(test)) })
    }

    fn list(&mut self) -> Option<Vec<String>> {
        let mut values = Vec::new();
        if !self.takes(&Token::Sign('(')) {
            return None;
        }
        loop {
            let Token::Text(value) = self.next()? else { return None };
            values.push(value.to_lowercase());
            if self.takes(&Token::Sign(')')) {
                return Some(values);
            }
            if !self.takes(&Token::Sign(',')) {
                return None;
            }
        }
    }
}

impl Term {
    fn holds(&self, row: &Value) -> bool {
        let lower = |member: &str| text_of(row, member).map(str::to_lowercase);
        match self {
            Self::Word(member, word) => lower(member).is_some_and(|text| has_word(&text, word)),
            Self::Starts(member, start) => {
                lower(member).is_some_and(|text| text.starts_with(start))
            }
            Self::Ends(member, end) => lower(member).is_some_and(|text| text.ends_with(end)),
            Self::Equals(member, value) => match value.as_str() {
                Some(value) => lower(member).is_some_and(|text| text == value.to_lowercase()),
                None => member_of(row, member) == Some(value),
            },
            Self::In(member, values) => lower(member).is_some_and(|text| values.contains(&text)),
        }
    }
}

fn member_of<'a>(row: &'a Value, member: &str) -> Option<&'a Value> {
    row.as_object()?
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(member))
        .map(|(_, value)| value)
}

fn text_of<'a>(row: &'a Value, member: &str) -> Option<&'a str> {
    member_of(row, member)?.as_str()
}

/// Whether the words of `wanted` all start words of `text` (both lower case).
fn has_word(text: &str, wanted: &str) -> bool {
    let words: Vec<&str> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let mut wanted =
        wanted.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).peekable();
    wanted.peek().is_some() && wanted.all(|start| words.iter().any(|word| word.starts_with(start)))
}

/// At most 20 requests; each is handled as if it had come alone, faults included.
pub fn batch(state: &mut State, call: &Call) -> Answer {
    let body = call.ask.json().unwrap_or_default();
    let bad = |text: &str| error(state.now(), 400, "BadRequest", text);
    let Some(requests) = body["requests"].as_array() else {
        return bad("Invalid batch payload format.");
    };
    if requests.is_empty() || requests.len() > 20 {
        return bad("Number of batch request steps exceeds the maximum value of 20.");
    }
    let responses: Vec<Value> = requests
        .iter()
        .map(|request| {
            let answer = part(state, call, request);
            let headers: serde_json::Map<String, Value> = answer
                .headers
                .iter()
                .map(|(name, value)| ((*name).to_owned(), json!(value)))
                .collect();
            let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
            json!({"id": request["id"], "status": answer.status, "headers": headers, "body": body})
        })
        .collect();
    Answer::json(200, &json!({ "responses": responses }))
}

fn part(state: &mut State, call: &Call, request: &Value) -> Answer {
    let url = request["url"].as_str().unwrap_or_default();
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    let path = format!("/v1.0/{}", path.trim_start_matches('/'));
    let mut headers = call.ask.headers.clone();
    headers.remove("consistencylevel");
    for (name, value) in request["headers"].as_object().into_iter().flatten() {
        let value = value.as_str().unwrap_or_default();
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value)) {
            headers.insert(name, value);
        }
    }
    let ask = Ask {
        service: Service::Graph,
        method: request["method"].as_str().unwrap_or("GET").to_uppercase(),
        segments: crate::segments(&path),
        path,
        query: url::form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
        raw_query: query.to_owned(),
        headers,
        body: Default::default(),
        peer: call.ask.peer,
        door: call.ask.door,
    };
    if ask.path.ends_with("/$batch") {
        return error(state.now(), 400, "BadRequest", "A batch cannot hold a batch.");
    }
    let callers = [call.caller.upn.as_str(), call.caller.oid.as_str()];
    let seen =
        Seen { service: Service::Graph, method: &ask.method, path: &ask.path, callers: &callers };
    match state.faults.pick(&seen).filter(crate::faults::Fault::answers) {
        Some(fault) => fault.answer(
            Service::Graph,
            state.now(),
            &state.authority(""),
            state.settings.recent_challenges,
        ),
        None => dispatch(state, &ask),
    }
}

pub const USER_SHAPE: Shape = Shape::described(
    "{@odata.context:s @odata.type:s businessPhones?:[s] displayName?:s givenName?:s jobTitle?:s mail?:s mobilePhone?:s officeLocation?:s preferredLanguage?:s surname?:s userPrincipalName?:s id:s userType?:s department?:s accountEnabled?:b}",
);

pub const GROUP_SHAPE: Shape = Shape::described(
    "{@odata.context:s @odata.type:s id:s deletedDateTime?:s description?:s displayName?:s groupTypes?:[s] isAssignableToRole?:b mail?:s mailEnabled?:b mailNickname?:s securityEnabled?:b visibility?:s}",
);

pub const SERVICE_SHAPE: Shape = Shape::described(
    "{@odata.context:s @odata.type:s id:s deletedDateTime?:s accountEnabled?:b appDisplayName?:s appId?:s displayName?:s servicePrincipalNames?:[s] servicePrincipalType?:s}",
);

/// A number as text.
pub const COUNT_SHAPE: Shape = Shape::described("n");

pub const BATCH_SHAPE: Shape =
    Shape::described("{responses!:[{id!:s status!:n headers:{*:s} body:*}]}");

pub const ERROR_SHAPE: Shape = Shape::described(
    "{error!:{code!:s message!:s innerError:{date!:s request-id!:s client-request-id!:s}}}",
);

#[cfg(test)]
mod tests {
    use super::*;

    fn nina() -> Value {
        json!({"displayName": "Nina O'Novak", "mail": "nina@contoso.com", "securityEnabled": true, "id": "AB"})
    }

    #[test]
    fn a_search_finds_the_starts_of_words() {
        let finds = |text: &str| Test::search(text).is_some_and(|test| test.holds(&nina()));
        assert!(finds("\"displayName:nov\""));
        assert!(finds("\"displayName:xx\" OR \"mail:nina\""));
        assert!(!finds("\"displayName:ovak\""));
        assert!(!finds("\"displayName:nina\" AND \"mail:olivia\""));
        assert_eq!(Test::search("displayName:nov"), None, "the quotes are needed");
    }

    #[test]
    fn a_filter_may_hold_quotes_and_alternatives() {
        let finds = |text: &str| Test::filter(text).is_some_and(|test| test.holds(&nina()));
        assert!(finds("startswith(displayName,'nina o''n') or startswith(mail,'zz')"));
        assert!(finds("securityEnabled eq true and id eq 'ab'"));
        assert!(finds("id in ('x','ab')"));
        assert!(!finds("securityEnabled eq false"));
        assert!(finds(
            "securityEnabled eq true and (startswith(mail,'zz') or startswith(displayName,'nina'))"
        ));
        assert!(!finds(
            "securityEnabled eq false and (startswith(mail,'zz') or startswith(mail,'nina'))"
        ));
        assert!(finds("not (id ne 'ab') and not startswith(mail,'x')"));
        assert_eq!(Test::filter("(id eq 'ab'"), None);
        assert_eq!(Test::filter("displayName like 'x'"), None);
    }
}
