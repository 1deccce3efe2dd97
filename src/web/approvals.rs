//! The queue of what somebody can decide now, and what they have decided. Knows lists; what a
//! person may decide is asked of Azure once for each scope, never for each row.

use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use super::{
    Error,
    page::{Frame, View},
    queue::QueueQuery,
    requests::{ROWS_AND_ONE, behind},
    session::Viewer,
};
use crate::{
    App,
    domain::{Time, asked, scope::Scope},
    standing::REMEMBERED,
    store::{Key, Row, Waiting},
    text,
    words::{Text, filters},
};

/// Rows of a page of the queue, which is also how many are decided at once.
pub const ROWS: i64 = 25;

#[derive(Deserialize)]
pub struct Paging {
    after: Option<String>,
    before: Option<String>,
}

#[derive(Template)]
#[template(path = "approvals/list.html")]
pub struct Queue {
    frame: Frame,
    rows: Vec<Waiting>,
    now: Time,
    query: QueueQuery,
    kinds: &'static [(&'static str, &'static str)],
    /// Id and name of each in which something waits.
    subscriptions: Vec<(String, String)>,
    first: bool,
    /// Where this page of it begins; empty at the start.
    after: String,
    /// Address of what comes behind, empty when nothing does.
    next: String,
    /// Scopes that Azure could not be asked about.
    unknown: usize,
    /// Why nothing of what was selected can be gone on with.
    problem: Option<Text>,
}

impl Queue {
    fn start(&self) -> String {
        if self.first { String::new() } else { self.query.address(None) }
    }

    fn caption(&self) -> Text {
        match self.query.is_newest_first() {
            true => text!("approvals-caption-newest"),
            false => text!("approvals-caption-oldest"),
        }
    }

    /// What the selection says of where it was made.
    fn carried(&self) -> [(&'static str, String); 2] {
        [("queue", self.query.written()), ("after", self.after.clone())]
    }

    fn any_can_be_selected(&self) -> bool {
        self.rows.iter().any(Waiting::may_be_decided_here)
    }
}

pub async fn queue(
    State(app): State<App>,
    viewer: Viewer,
    Query(query): Query<QueueQuery>,
    Query(paging): Query<Paging>,
) -> Result<Response, Error> {
    page(&app, &viewer, query, paging.after.as_deref(), None).await
}

/// `problem` is what is wrong with what was selected in it.
pub async fn page(
    app: &App,
    viewer: &Viewer,
    query: QueueQuery,
    after: Option<&str>,
    problem: Option<Text>,
) -> Result<Response, Error> {
    let (me, now) = (&viewer.person, app.clock.now());
    let unknown = app
        .standings
        .refresh_queue(&me.named(), now)
        .await
        .map_err(|error| Error::from(error).back_to("/approvals"))?;
    let after = after.and_then(Key::parse);
    let fresh_after = now.minus(REMEMBERED);
    let found = app.store.queue(&me.id, fresh_after, &query.filter(), after.as_ref(), ROWS).await?;
    let subscriptions = app.store.queue_subscriptions(&me.id, fresh_after).await?;
    let subscription = |(key, name): (String, String)| {
        Some((Scope::parse(&key)?.subscription_id().to_owned(), name))
    };
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = Queue {
        frame: Frame::of(app, viewer, "approvals").await?,
        next: found.next.map(|key| query.address(Some(&key))).unwrap_or_default(),
        rows: found.rows,
        now,
        kinds: &asked::KINDS,
        subscriptions: subscriptions.into_iter().filter_map(subscription).collect(),
        first: after.is_none(),
        after: after.map(|key| key.to_string()).unwrap_or_default(),
        query,
        unknown,
        problem,
    };
    Ok((status, View(page)).into_response())
}

#[derive(Template)]
#[template(path = "approvals/decided.html")]
pub struct Decided {
    frame: Frame,
    rows: Vec<Row>,
    first: bool,
    /// Address of what comes behind, empty when nothing does.
    next: String,
}

impl Decided {
    fn start(&self) -> &'static str {
        if self.first { "" } else { "/approvals/decided" }
    }
}

pub async fn decided(
    State(app): State<App>,
    viewer: Viewer,
    Query(paging): Query<Paging>,
) -> Result<View<Decided>, Error> {
    let before = paging.before.as_deref().and_then(Key::parse);
    let first = before.is_none();
    let mut rows = app.store.decided_by(&viewer.person.id, before.as_ref(), ROWS_AND_ONE).await?;
    let next = behind(&mut rows)
        .and_then(Row::decided_key)
        .map(|key| format!("/approvals/decided?before={key}"))
        .unwrap_or_default();
    let frame = Frame::of(&app, &viewer, "approvals").await?;
    Ok(View(Decided { frame, rows, first, next }))
}
