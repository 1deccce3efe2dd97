//! The queue of what somebody can decide now, and what they have decided. Knows lists; what a
//! person may decide is asked of Azure once for each scope, never for each row.

use askama::Template;
use axum::extract::{Query, State};
use serde::Deserialize;

use super::{
    Error,
    page::{Frame, View},
    requests::{ROWS_AND_ONE, behind},
    session::Viewer,
};
use crate::{
    App,
    standing::REMEMBERED,
    store::{Key, Row},
};

#[derive(Deserialize)]
pub struct Paging {
    after: Option<String>,
    before: Option<String>,
}

#[derive(Template)]
#[template(path = "approvals/list.html")]
pub struct List {
    frame: Frame,
    rows: Vec<Row>,
    /// `pending` or `decided`
    tab: &'static str,
    first: bool,
    /// Address of what comes behind, empty when nothing does.
    next: String,
    /// Scopes that Azure could not be asked about.
    unknown: usize,
}

impl List {
    fn start(&self) -> &'static str {
        match (self.first, self.tab) {
            (true, _) => "",
            (false, "pending") => "/approvals",
            (false, _) => "/approvals/decided",
        }
    }
}

pub async fn queue(
    State(app): State<App>,
    viewer: Viewer,
    Query(paging): Query<Paging>,
) -> Result<View<List>, Error> {
    let now = app.clock.now();
    let unknown = app
        .standings
        .refresh_queue(&viewer.person.named(), now)
        .await
        .map_err(|error| Error::from(error).back_to("/approvals"))?;
    let after = paging.after.as_deref().and_then(Key::parse);
    let first = after.is_none();
    let fresh_after = now.minus(REMEMBERED);
    let mut rows =
        app.store.queue(&viewer.person.id, fresh_after, after.as_ref(), ROWS_AND_ONE).await?;
    let next = behind(&mut rows)
        .map(|last| format!("/approvals?after={}", last.asked_key()))
        .unwrap_or_default();
    let frame = Frame::of(&app, &viewer, "approvals").await?;
    Ok(View(List { frame, rows, tab: "pending", first, next, unknown }))
}

pub async fn decided(
    State(app): State<App>,
    viewer: Viewer,
    Query(paging): Query<Paging>,
) -> Result<View<List>, Error> {
    let before = paging.before.as_deref().and_then(Key::parse);
    let first = before.is_none();
    let mut rows = app.store.decided_by(&viewer.person.id, before.as_ref(), ROWS_AND_ONE).await?;
    let next = behind(&mut rows)
        .and_then(Row::decided_key)
        .map(|key| format!("/approvals/decided?before={key}"))
        .unwrap_or_default();
    let frame = Frame::of(&app, &viewer, "approvals").await?;
    Ok(View(List { frame, rows, tab: "decided", first, next, unknown: 0 }))
}
