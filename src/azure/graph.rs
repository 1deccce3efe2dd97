//! Microsoft Graph: people, groups and service principals, to choose from and to name.

use super::http::sort;
use super::problem::name;
use super::{AccessToken, Azure, Error, Problem, Result, Service, beneath};
use crate::text;
use futures_util::{StreamExt, TryStreamExt, stream};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashMap;
use url::Url;
use uuid::Uuid;

/// Graph takes no more requests than this in one batch ("Combine multiple requests").
const BATCH: usize = 20;
/// Batches under way at once.
const AT_ONCE: usize = 4;
/// As many as a person can look through.
const TOP: usize = 25;

const USER: &str = "id,displayName,mail,userPrincipalName,userType,department";
/// What User.ReadBasic.All alone allows.
const BASIC_USER: &str = "id,displayName,mail,userPrincipalName";
const GROUP: &str = "id,displayName,mail,securityEnabled";
const SERVICE_PRINCIPAL: &str = "id,displayName,appId,servicePrincipalType";

/// What may stand in a query as it is.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b',')
    .remove(b':')
    .remove(b'@');

/// What a role can be given to; as ARM's `principalType` calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    User,
    Group,
    ServicePrincipal,
}

impl Kind {
    pub const ALL: [Kind; 3] = [Kind::User, Kind::Group, Kind::ServicePrincipal];

    pub fn principal_type(self) -> &'static str {
        match self {
            Kind::User => "User",
            Kind::Group => "Group",
            Kind::ServicePrincipal => "ServicePrincipal",
        }
    }

    /// From ARM's `principalType`.
    pub fn of(principal_type: &str) -> Option<Kind> {
        Kind::ALL
            .into_iter()
            .find(|kind| kind.principal_type().eq_ignore_ascii_case(principal_type))
    }

    fn path(self) -> &'static str {
        match self {
            Kind::User => "/users",
            Kind::Group => "/groups",
            Kind::ServicePrincipal => "/servicePrincipals",
        }
    }

    fn select(self) -> &'static str {
        match self {
            Kind::User => USER,
            Kind::Group => GROUP,
            Kind::ServicePrincipal => SERVICE_PRINCIPAL,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The object id: what a role is given to.
    pub id: String,
    pub kind: Kind,
    pub name: String,
    pub mail: Option<String>,
    pub user_principal_name: Option<String>,
    pub guest: bool,
    pub department: Option<String>,
    /// Of a service principal. Not what a role is given to.
    pub app_id: Option<String>,
    /// Of a service principal: it is a managed identity.
    pub managed: bool,
}

/// What was found, and which kinds could not be searched, for want of rights or just now.
#[derive(Clone, Debug, Default)]
pub struct Search {
    pub found: Vec<Found>,
    pub refused: Vec<(Kind, Problem)>,
}

impl Azure {
    /// Looks for a name, an e-mail address or an object id. A kind that this person may not
    /// search is reported and does not spoil the others.
    pub async fn search(&self, token: &AccessToken, text: &str, kinds: &[Kind]) -> Result<Search> {
        let mut search = Search::default();
        if text.trim().is_empty() || kinds.is_empty() {
            return Ok(search);
        }
        let asked = questions(text, kinds, USER);
        let mut answers = self.batch(token, &asked).await?;
        // Some properties may be closed to this person although the people are not.
        let closed = |question: &Question, answer: &Result<Value>| {
            let problem = answer.as_ref().err().map(Error::problem);
            question.kind == Kind::User
                && problem.is_some_and(|problem| problem.status == Some(403))
        };
        if asked.iter().zip(&answers).any(|(question, answer)| closed(question, answer)) {
            let again = questions(text, &[Kind::User], BASIC_USER);
            let basic = self.batch(token, &again).await?;
            let users =
                asked.iter().zip(&mut answers).filter(|(question, _)| question.kind == Kind::User);
            for ((_, answer), basic) in users.zip(basic) {
                *answer = basic;
            }
        }
        let (mut answered, mut failed) = (Vec::new(), None);
        for (question, answer) in asked.iter().zip(answers) {
            match answer {
                Ok(body) => {
                    answered.push(question.kind);
                    search.add(rows(question.kind, body));
                }
                Err(Error::Missing(_)) => answered.push(question.kind),
                Err(error) => {
                    search.refused.push((question.kind, error.problem().clone()));
                    if !matches!(error, Error::Refused(_)) {
                        failed = Some(error);
                    }
                }
            }
        }
        if let (true, Some(error)) = (answered.is_empty(), failed) {
            return Err(error);
        }
        // A kind that could be searched in one way has been searched.
        search.refused.retain(|(kind, _)| !answered.contains(kind));
        search.refused.dedup_by_key(|(kind, _)| *kind);
        search.found.sort_by_cached_key(|found| (found.name.to_lowercase(), found.kind));
        Ok(search)
    }

    /// The names behind object ids. Ids that are unknown, or that this person may not look up, are
    /// missing from the answer. Ids of unknown kind cost more. In batches: `getByIds` would take a
    /// thousand at once, and needs Directory.Read.All, which is more than anybody should consent to here.
    pub async fn by_ids(
        &self,
        token: &AccessToken,
        ids: &[(&str, Option<Kind>)],
    ) -> Result<Vec<Found>> {
        let mut search = Search::default();
        let mut left: Vec<(String, Option<Kind>)> = Vec::new();
        for (id, kind) in ids {
            if let Ok(id) = Uuid::try_parse(id) {
                left.push((id.to_string(), *kind));
            }
        }
        left.sort();
        left.dedup_by(|a, b| a.0 == b.0);
        for kind in Kind::ALL {
            let (now, later) =
                left.into_iter().partition(|(_, known)| known.is_none_or(|known| known == kind));
            left = later;
            let now: Vec<(String, Option<Kind>)> = now;
            let select = if kind == Kind::User { BASIC_USER } else { kind.select() };
            let batches: Vec<_> = now
                .chunks(BATCH)
                .map(|chunk| async move {
                    let asked: Vec<_> =
                        chunk.iter().map(|(id, _)| Question::by_id(kind, id, select)).collect();
                    Ok::<_, Error>((chunk, self.batch(token, &asked).await?))
                })
                .collect();
            let answered: Vec<_> = stream::iter(batches).buffered(AT_ONCE).try_collect().await?;
            for (chunk, answers) in answered {
                for ((id, known), answer) in chunk.iter().zip(answers) {
                    match answer {
                        Ok(body) => search.add(rows(kind, body)),
                        Err(Error::Missing(_) | Error::Refused(_)) if known.is_none() => {
                            left.push((id.clone(), None))
                        }
                        Err(Error::Missing(_) | Error::Refused(_)) => {}
                        Err(error) => return Err(error),
                    }
                }
            }
        }
        Ok(search.found)
    }

    pub(super) fn graph_url(&self, path: &str) -> Result<Url> {
        beneath(Service::Graph, &self.0.settings.graph, &format!("/v1.0{path}"))
    }

    /// Asks several things in one exchange; answers in the order of the questions. What concerns
    /// the token concerns all of them.
    async fn batch(&self, token: &AccessToken, asked: &[Question]) -> Result<Vec<Result<Value>>> {
        let requests: Vec<Value> =
            asked.iter().enumerate().map(|(at, question)| question.request(at)).collect();
        let request = self
            .0
            .http
            .request(Service::Graph, Method::POST, self.graph_url("/$batch")?)
            .bearer_auth(token.text())
            .json(&json!({ "requests": requests }));
        let reply = self.0.http.send(Service::Graph, request, self.0.settings.arm_body).await?;
        let batch: Batch = reply.read()?;
        let mut answers: HashMap<String, Part> =
            batch.responses.into_iter().map(|part| (part.id.clone(), part)).collect();
        let mut sorted = Vec::new();
        for at in 0..asked.len() {
            let answer = match answers.remove(&at.to_string()) {
                Some(part) => part.sorted(),
                None => Err(Error::unreachable(
                    Service::Graph,
                    "UnexpectedAnswer",
                    text!("azure-left-out"),
                )),
            };
            match answer {
                Err(error @ (Error::SignIn { .. } | Error::Expired(_))) => return Err(error),
                answer => sorted.push(answer),
            }
        }
        Ok(sorted)
    }
}

impl Search {
    /// Each only once, however many questions found it.
    fn add(&mut self, rows: Vec<Found>) {
        for row in rows {
            if !self.found.iter().any(|found| found.id == row.id) {
                self.found.push(row);
            }
        }
    }
}

struct Question {
    kind: Kind,
    url: String,
    /// Searching needs it, and getting one by id does not ("Advanced query
    /// capabilities").
    eventual: bool,
}

impl Question {
    fn by_id(kind: Kind, id: &str, select: &str) -> Question {
        Question { kind, url: format!("{}/{id}?$select={select}", kind.path()), eventual: false }
    }

    fn filtered(kind: Kind, filter: &str, select: &str) -> Question {
        let url =
            format!("{}?$filter={}&$select={select}&$top={TOP}", kind.path(), encoded(filter));
        Question { kind, url, eventual: false }
    }

    fn searched(kind: Kind, words: &str, select: &str) -> Question {
        let (fields, more): (&[&str], &str) = match kind {
            Kind::User => (&["displayName", "mail", "userPrincipalName"], "&$orderby=displayName"),
            Kind::Group => (&["displayName", "mail"], "&$filter=securityEnabled%20eq%20true"),
            Kind::ServicePrincipal => (&["displayName"], ""),
        };
        let terms: Vec<String> =
            fields.iter().map(|field| format!("\"{field}:{words}\"")).collect();
        let search = encoded(&terms.join(" OR "));
        let url = format!(
            "{}?$search={search}{more}&$count=true&$select={select}&$top={TOP}",
            kind.path()
        );
        Question { kind, url, eventual: true }
    }

    fn request(&self, id: usize) -> Value {
        let mut request = json!({ "id": id.to_string(), "method": "GET", "url": self.url });
        if self.eventual {
            request["headers"] = json!({ "ConsistencyLevel": "eventual" });
        }
        request
    }
}

/// What to ask so as to find a text: an id is looked up, an address is matched from its
/// beginning, and anything else is searched for by its words.
fn questions(text: &str, kinds: &[Kind], user: &str) -> Vec<Question> {
    let text = text.trim();
    let mut asked = Vec::new();
    for kind in Kind::ALL.into_iter().filter(|kind| kinds.contains(kind)) {
        let select = if kind == Kind::User { user } else { kind.select() };
        if let Ok(id) = Uuid::try_parse(text) {
            asked.push(Question::by_id(kind, &id.to_string(), select));
            if kind == Kind::ServicePrincipal {
                asked.push(Question::filtered(kind, &format!("appId eq '{id}'"), select));
            }
            continue;
        }
        if kind == Kind::User && text.contains('@') {
            let quoted = quoted(text);
            let filter =
                format!("startswith(mail,{quoted}) or startswith(userPrincipalName,{quoted})");
            asked.push(Question::filtered(kind, &filter, select));
        }
        let words = words(text);
        if !words.is_empty() {
            asked.push(Question::searched(kind, &words, select));
        }
    }
    asked
}

/// A text inside the double quotes of `$search`: nothing in it ends them or names another property.
/// Graph looks for words, so that a space for what stands between them changes nothing.
fn words(text: &str) -> String {
    let between = |c: char| "\"\\:()".contains(c) || c.is_control();
    let plain: String = text.chars().take(100).map(|c| if between(c) { ' ' } else { c }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text as a literal of `$filter`.
fn quoted(text: &str) -> String {
    let plain: String = text.chars().filter(|c| !c.is_control()).take(200).collect();
    format!("'{}'", plain.replace('\'', "''"))
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, QUERY).to_string()
}

/// One object, or a list of them.
fn rows(kind: Kind, body: Value) -> Vec<Found> {
    let list = match body {
        Value::Object(mut object) => match object.remove("value") {
            Some(Value::Array(list)) => list,
            _ => vec![Value::Object(object)],
        },
        _ => Vec::new(),
    };
    list.into_iter()
        .filter_map(|row| serde_json::from_value::<Row>(row).ok())
        // A group that is not for security cannot be given a role.
        .filter(|row| kind != Kind::Group || row.security_enabled != Some(false))
        .map(|row| row.into_found(kind))
        .collect()
}

#[derive(Deserialize)]
struct Batch {
    responses: Vec<Part>,
}

#[derive(Deserialize)]
struct Part {
    id: String,
    status: u16,
    #[serde(default)]
    headers: HashMap<String, Value>,
    #[serde(default)]
    body: Value,
}

impl Part {
    fn sorted(self) -> Result<Value> {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_GATEWAY);
        if status.is_success() {
            return Ok(self.body);
        }
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            if let (Ok(name), Ok(value)) =
                (HeaderName::try_from(name), HeaderValue::try_from(value))
            {
                headers.append(name, value);
            }
        }
        Err(sort(Service::Graph, status, &headers, self.body.to_string().as_bytes()))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    id: String,
    display_name: Option<String>,
    mail: Option<String>,
    user_principal_name: Option<String>,
    user_type: Option<String>,
    department: Option<String>,
    app_id: Option<String>,
    security_enabled: Option<bool>,
    service_principal_type: Option<String>,
}

impl Row {
    fn into_found(self, kind: Kind) -> Found {
        let marked = self.user_principal_name.as_ref().is_some_and(|name| name.contains("#EXT#"));
        let plain = |text: Option<String>| text.as_deref().and_then(name);
        let upn = plain(self.user_principal_name);
        Found {
            name: plain(self.display_name)
                .or_else(|| upn.clone())
                .unwrap_or_else(|| self.id.clone()),
            kind,
            guest: marked || self.user_type.is_some_and(|kind| kind.eq_ignore_ascii_case("Guest")),
            mail: plain(self.mail),
            user_principal_name: upn,
            department: plain(self.department),
            app_id: self.app_id,
            managed: self
                .service_principal_type
                .is_some_and(|kind| kind.eq_ignore_ascii_case("ManagedIdentity")),
            id: self.id,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use percent_encoding::percent_decode_str;
    use proptest::prelude::*;

    const ID: &str = "87d349ed-44d7-43e1-9a83-5f2406dee5bd";

    #[test]
    fn words_are_searched_in_every_kind() {
        let asked = questions(" ada love ", &Kind::ALL, USER);
        let urls: Vec<String> = asked.iter().map(|q| plain(&q.url)).collect();
        assert_eq!(
            urls,
            [
                "/users?$search=\"displayName:ada love\" OR \"mail:ada love\" OR \"userPrincipalName:ada love\"&$orderby=displayName&$count=true&$select=id,displayName,mail,userPrincipalName,userType,department&$top=25",
                "/groups?$search=\"displayName:ada love\" OR \"mail:ada love\"&$filter=securityEnabled eq true&$count=true&$select=id,displayName,mail,securityEnabled&$top=25",
                "/servicePrincipals?$search=\"displayName:ada love\"&$count=true&$select=id,displayName,appId,servicePrincipalType&$top=25",
            ]
        );
        assert!(
            asked
                .iter()
                .all(|question| question.request(0)["headers"]["ConsistencyLevel"] == "eventual")
        );
    }

    #[test]
    fn an_id_is_looked_up_also_as_an_application() {
        let asked = questions(&ID.to_uppercase(), &[Kind::User, Kind::ServicePrincipal], USER);
        let urls: Vec<String> = asked.iter().map(|q| plain(&q.url)).collect();
        assert_eq!(urls[0], format!("/users/{ID}?$select={USER}"));
        assert_eq!(urls[1], format!("/servicePrincipals/{ID}?$select={SERVICE_PRINCIPAL}"));
        assert!(urls[2].contains(&format!("$filter=appId eq '{ID}'")));
    }

    #[test]
    fn an_address_is_matched_from_its_beginning() {
        let asked = questions("o'neil+x@contoso.com", &[Kind::User], USER);
        let filter = "startswith(mail,'o''neil+x@contoso.com') or startswith(userPrincipalName,'o''neil+x@contoso.com')";
        assert!(plain(&asked[0].url).contains(filter));
        assert!(!asked[0].url.contains('+'), "a plus would be read as a space");
        assert_eq!(asked.len(), 2);
    }

    #[test]
    fn guests_and_groups_that_get_no_role_are_recognised() {
        let body = json!({"value": [
            {"id": "1", "displayName": "Guest", "userPrincipalName": "a_b.example#EXT#@t.onmicrosoft.com", "mail": null},
            {"id": "2", "displayName": "Guest", "userType": "Guest"},
            {"id": "3", "@odata.type": "#microsoft.graph.user"},
        ]});
        let found = rows(Kind::User, body);
        assert_eq!(found.iter().map(|found| found.guest).collect::<Vec<_>>(), [true, true, false]);
        assert_eq!(found[2].name, "3");
        let groups = json!({"value": [{"id": "1", "securityEnabled": false}, {"id": "2", "securityEnabled": true}, {"id": "3"}]});
        assert_eq!(rows(Kind::Group, groups).len(), 2);
        assert_eq!(rows(Kind::User, json!({"id": "1"})).len(), 1);
        assert!(rows(Kind::User, json!({"value": []})).is_empty());
        assert!(rows(Kind::User, Value::Null).is_empty());
    }

    #[test]
    fn a_managed_identity_is_told_from_an_application() {
        let body = json!({"value": [
            {"id": "1", "servicePrincipalType": "ManagedIdentity"},
            {"id": "2", "servicePrincipalType": "Application"},
            {"id": "3"},
        ]});
        let found = rows(Kind::ServicePrincipal, body);
        let managed: Vec<bool> = found.iter().map(|found| found.managed).collect();
        assert_eq!(managed, [true, false, false]);
    }

    #[test]
    fn a_part_of_a_batch_is_sorted_like_an_answer() {
        let part: Part = serde_json::from_value(json!({"id": "1", "status": 429, "headers": {"Retry-After": 7}, "body": {"error": {"code": "TooManyRequests", "message": "Later."}}})).unwrap();
        assert!(
            matches!(part.sorted(), Err(Error::Busy { after: Some(after), .. }) if after.as_secs() == 7)
        );
        let part: Part = serde_json::from_value(json!({"id": "1", "status": 403})).unwrap();
        assert!(matches!(part.sorted(), Err(Error::Refused(_))));
    }

    proptest! {
        #[test]
        fn no_text_leaves_its_quotes(text in "[\\PC\\t\\n\"'\\\\&#?%+:@()]{0,60}") {
            for question in questions(&text, &Kind::ALL, USER) {
                let url = Url::parse(&format!("https://graph.example/v1.0{}", question.url)).unwrap();
                prop_assert_eq!(url.fragment(), None);
                for (name, value) in url.query_pairs() {
                    prop_assert!(["$search", "$filter", "$orderby", "$count", "$select", "$top"].contains(&name.as_ref()));
                    if name == "$search" {
                        let expected = match question.kind { Kind::User => 6, Kind::Group => 4, Kind::ServicePrincipal => 2 };
                        prop_assert_eq!(value.matches('"').count(), expected);
                        prop_assert_eq!(value.matches(':').count() * 2, expected);
                        prop_assert!(!value.contains('\\'));
                    }
                    if name == "$filter" {
                        // Outside of its literals a filter is one of ours.
                        let outside: String = value.split('\'').step_by(2).collect();
                        prop_assert!(["securityEnabled eq true", "startswith(mail,) or startswith(userPrincipalName,)", "appId eq "].contains(&outside.as_str()), "{}", outside);
                    }
                }
            }
        }
    }

    fn plain(url: &str) -> String {
        percent_decode_str(url).decode_utf8().unwrap().into_owned()
    }
}
