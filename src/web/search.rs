//! What a text finds: requests, instances and people, of which only what whoever looks may see. One query
//! for all requests, and of Azure no more than the lists ask: what it said a moment ago is not asked again.

use std::collections::{BTreeMap, btree_map::Entry};

use askama::Template;
use axum::extract::{Query, State};
use serde::Deserialize;

use super::{
    Error,
    address::encoded,
    instances,
    page::{Frame, View},
    session::Viewer,
    sight::{Hidden, Sight, by, deadline},
    visible::may_see,
};
use crate::{
    App,
    domain::person::Named,
    standing::REMEMBERED,
    store::Row,
    text,
    words::{Text, filters},
};

/// Fewer letters find everything.
const SHORTEST: usize = 2;
/// A resource ID is the longest that anybody looks for.
const LONGEST: usize = 400;
/// More of one kind than that nobody reads through; more letters find less.
const MOST: usize = 20;
/// Of the requests, so many are read, and people are found in them.
const READ: i64 = 300;

#[derive(Deserialize)]
pub struct Question {
    #[serde(default)]
    q: String,
}

#[derive(Template)]
#[template(path = "search.html")]
pub struct Search {
    frame: Frame,
    q: String,
    problem: Text,
    requests: Vec<Row>,
    instances: Vec<instances::Row>,
    people: Vec<Somebody>,
    /// Of which kinds there is more than stands here.
    more: More,
    /// Why there are no instances, where Azure said.
    hidden: Option<Hidden>,
    auditor: bool,
}

#[derive(Default)]
struct More {
    requests: bool,
    instances: bool,
    people: bool,
}

/// Who asked or decided something that whoever looks may see.
struct Somebody {
    person: Named,
    asked: usize,
    decided: usize,
}

impl Somebody {
    fn history(&self) -> String {
        format!("/history?person={}", encoded(&self.person.id))
    }

    fn part(&self) -> Text {
        text!("search-part", asked = self.asked, decided = self.decided)
    }
}

impl Search {
    fn nothing(&self) -> bool {
        self.requests.is_empty() && self.instances.is_empty() && self.people.is_empty()
    }

    /// Whether anything has been looked for.
    fn looked(&self) -> bool {
        !self.q.is_empty() && self.problem.is_empty()
    }

    /// Why instances were not looked through; empty where they were.
    fn unsearched(&self) -> Text {
        let hidden = self.hidden.as_ref();
        hidden.map(|hidden| hidden.after(text!("search-hidden"))).unwrap_or_default()
    }

    fn in_instances(&self) -> String {
        format!("/instances?q={}", encoded(&self.q))
    }

    /// Its own field stands in the page, and the bar has none.
    fn blank(frame: Frame, q: String, problem: Text, auditor: bool) -> Search {
        Search {
            frame,
            q,
            problem,
            requests: Vec::new(),
            instances: Vec::new(),
            people: Vec::new(),
            more: More::default(),
            hidden: None,
            auditor,
        }
    }
}

pub async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Query(question): Query<Question>,
) -> Result<View<Search>, Error> {
    let me = &viewer.person;
    // PostgreSQL takes no NUL, and nothing that is looked for has one.
    let q = question.q.replace('\0', "").trim().to_owned();
    let letters = q.chars().count();
    let problem = match letters {
        0 => Text::none(),
        _ if letters < SHORTEST => text!("search-short"),
        _ if letters > LONGEST => text!("search-long"),
        _ => Text::none(),
    };
    let frame = Frame::of(&app, &viewer, "search").await?;
    let mut page = Search::blank(frame, q, problem, me.auditor);
    if !page.looked() {
        return Ok(View(page));
    }
    let now = app.clock.now();
    let deadline = deadline(&app);
    let named = me.named();
    let (sight, listing, _) = tokio::try_join!(
        Sight::open(&app, me, deadline),
        by(deadline, app.inventory.of(&me.id, false, now)),
        // What waits where one may decide is found even by whoever has not opened Approvals yet.
        by(deadline, app.standings.refresh_queue(&named, now)),
    )
    .map_err(|error| error.back_to(&format!("/search?q={}", encoded(&page.q))))?;
    match listing {
        Ok(all) => {
            let mut fitting = all.listed.iter().filter(|one| instances::is_called(one, &page.q));
            let rows = fitting.by_ref().take(MOST);
            page.instances = rows.filter_map(|one| instances::Row::of(one, &all, &sight)).collect();
            page.more.instances = fitting.next().is_some();
        }
        Err(hidden) => page.hidden = Some(hidden),
    }
    let found = app.store.search(&page.q, me, now.minus(REMEMBERED), READ).await?;
    let seen = |one: &crate::store::Found| {
        may_see(me, &one.row.requester.id, one.names_viewer, one.decides)
    };
    let rows: Vec<Row> = found.into_iter().filter(seen).map(|one| one.row).collect();
    page.people = people(&rows, &page.q);
    page.more.people = page.people.len() > MOST;
    page.people.truncate(MOST);
    page.more.requests = rows.len() > MOST;
    page.requests = rows.into_iter().take(MOST).collect();
    Ok(View(page))
}

/// Those in these requests whose name has the text in it, by name.
fn people(rows: &[Row], q: &str) -> Vec<Somebody> {
    let wanted = q.to_lowercase();
    let mut people: BTreeMap<(String, String), Somebody> = BTreeMap::new();
    let mut note = |person: &Named, asked: usize, decided: usize| {
        let called = person.name.to_lowercase();
        if !called.contains(&wanted) {
            return;
        }
        let somebody = match people.entry((called, person.id.clone())) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                new.insert(Somebody { person: person.clone(), asked: 0, decided: 0 })
            }
        };
        somebody.asked += asked;
        somebody.decided += decided;
    };
    for row in rows {
        note(&row.requester, 1, 0);
        if let Some(decider) = &row.decided_by {
            note(decider, 0, 1);
        }
    }
    people.into_values().collect()
}
