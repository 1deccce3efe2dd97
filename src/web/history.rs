//! The history: who did what, in whose name, when. Knows who may read which part of it.

use askama::Template;
use axum::extract::{Query, State};
use jiff::{ToSpan as _, tz::TimeZone};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use super::{
    Error,
    page::{Frame, View},
    reader,
    session::Viewer,
};
use crate::{
    App,
    domain::{Time, history::Event, principal::is_guid, scope::Scope},
    store::{Entry, HistoryFilter, View as Seen},
    text,
    words::{Text, filters},
};

const ROWS: i64 = 50;
/// For how long an answer of Azure is good enough to suggest a scope by.
const SUGGESTED: std::time::Duration = std::time::Duration::from_secs(600);

/// What was typed into the filter, as typed.
#[derive(Deserialize, Default, Clone)]
pub struct Draft {
    #[serde(default)]
    person: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    scope: String,
    #[serde(default)]
    request: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    before: Option<i64>,
}

#[derive(Template)]
#[template(path = "history/list.html")]
pub struct List {
    frame: Frame,
    entries: Vec<Entry>,
    draft: Draft,
    kinds: &'static [&'static str],
    /// Scopes whose history this person may read, as far as is known without asking Azure.
    scopes: Vec<String>,
    problem: Option<Wrong>,
    /// Address of the older ones, empty when there are none.
    older: String,
    auditor: bool,
    /// A scope was named of which this person may not read everything.
    only_own: bool,
}

/// What is wrong with a field of the filter.
struct Wrong {
    field: &'static str,
    text: Text,
}

impl List {
    fn wrong(&self, field: &str) -> Text {
        let problem = self.problem.as_ref().filter(|problem| problem.field == field);
        problem.map(|problem| problem.text.clone()).unwrap_or_default()
    }

    fn start(&self) -> String {
        if self.draft.before.is_none() {
            return String::new();
        }
        let address = address(&self.draft, 0);
        address.trim_end_matches("before=0").trim_end_matches(['&', '?']).to_owned()
    }

    fn filtered(&self) -> bool {
        let draft = &self.draft;
        [&draft.person, &draft.kind, &draft.scope, &draft.request, &draft.from, &draft.to]
            .iter()
            .any(|text| !text.trim().is_empty())
    }
}

pub async fn list(
    State(app): State<App>,
    viewer: Viewer,
    Query(draft): Query<Draft>,
) -> Result<View<List>, Error> {
    let me = &viewer.person;
    let fresh_after = app.clock.now().minus(SUGGESTED);
    let scopes = app.store.decided_scopes(&me.id, fresh_after).await?;
    let filter = parse(&app, &viewer, &draft).await?;
    let only_own = filter.as_ref().is_ok_and(|it| matches!(it.view, Seen::MineIn(..)));
    let (page, problem) = match filter {
        Ok(filter) => (Some(app.store.history(&filter, draft.before, ROWS).await?), None),
        Err(problem) => (None, Some(problem)),
    };
    let older = page
        .as_ref()
        .and_then(|page| page.older)
        .map(|seq| address(&draft, seq))
        .unwrap_or_default();
    let entries = page.map(|page| page.entries).unwrap_or_default();
    let frame = Frame::of(&app, &viewer, "history").await?;
    let kinds = &Event::KINDS;
    let auditor = me.auditor;
    Ok(View(List { frame, entries, draft, kinds, scopes, problem, older, auditor, only_own }))
}

/// The filter, or what is wrong with it.
async fn parse(
    app: &App,
    viewer: &Viewer,
    draft: &Draft,
) -> Result<Result<HistoryFilter, Wrong>, Error> {
    let me = &viewer.person;
    let wrong = |field, text| Ok(Err(Wrong { field, text }));
    // PostgreSQL takes no NUL, and nothing that is looked for has one.
    let given =
        |text: &str| Some(text.replace('\0', "").trim().to_owned()).filter(|text| !text.is_empty());
    let mut filter = HistoryFilter {
        view: if me.auditor { Seen::All } else { Seen::Mine(me.id.clone()) },
        person: None,
        kind: given(&draft.kind),
        request: given(&draft.request),
        from: None,
        to: None,
    };
    if let Some(person) = given(&draft.person) {
        match app.store.person_called(&person).await? {
            Some(id) => filter.person = Some(id),
            None => return wrong("person", text!("history-nobody", person = person)),
        }
    }
    // From the beginning of the one day to the end of the other, where the reader is.
    let zone = reader::present().zone;
    let days = [("from", &draft.from, 0, &mut filter.from), ("to", &draft.to, 1, &mut filter.to)];
    for (field, text, later, bound) in days {
        if let Some(text) = given(text) {
            match day(&text, later, &zone) {
                Some(at) => *bound = Some(at),
                None => return wrong(field, text!("history-no-date", text = text)),
            }
        }
    }
    if let Some(text) = given(&draft.scope) {
        let scope =
            if is_guid(&text) { Some(Scope::subscription(&text)) } else { Scope::parse(&text) };
        let Some(scope) = scope else {
            return wrong("scope", text!("history-no-scope"));
        };
        filter.view = match me.auditor || may_read(app, viewer, &scope).await? {
            true => Seen::Scope(scope),
            false => Seen::MineIn(me.id.clone(), scope),
        };
    }
    Ok(Ok(filter))
}

async fn may_read(app: &App, viewer: &Viewer, scope: &Scope) -> Result<bool, Error> {
    let standing = app
        .standings
        .at_one(&viewer.person.named(), scope, app.clock.now())
        .await
        .map_err(|error| Error::from(error).back_to("/history"))?;
    Ok(standing.decides(scope) == Some(true))
}

/// When a day begins there, or one as much later. Some days have 23 hours.
fn day(text: &str, later: i64, zone: &TimeZone) -> Option<Time> {
    let date: jiff::civil::Date = text.parse().ok()?;
    let start = date.checked_add(later.days()).ok()?.to_zoned(zone.clone()).ok()?;
    Some(Time(start.timestamp().as_microsecond()))
}

fn address(draft: &Draft, before: i64) -> String {
    let mut address = "/history?".to_owned();
    for (name, value) in [
        ("person", &draft.person),
        ("kind", &draft.kind),
        ("scope", &draft.scope),
        ("request", &draft.request),
        ("from", &draft.from),
        ("to", &draft.to),
    ] {
        if !value.trim().is_empty() {
            address.push_str(&format!(
                "{name}={}&",
                utf8_percent_encode(value.trim(), NON_ALPHANUMERIC)
            ));
        }
    }
    address.push_str(&format!("before={before}"));
    address
}
