//! What needs me, what is running, and where to begin. Knows only what is kept; asks Azure nothing.

use askama::Template;
use axum::extract::{Query, State};

use super::{
    Error,
    asking::proposal::MOST_OPEN,
    page::{Frame, Said, View},
    session::Viewer,
};
use crate::{App, domain::request::Status, store::Row, words::filters};

const NEWEST: i64 = 6;

#[derive(Template)]
#[template(path = "home.html")]
pub struct Home {
    frame: Frame,
    rows: Vec<Row>,
    /// Those that have not come to an end.
    open: Vec<Row>,
}

impl Home {
    /// Requests of mine that go no further without me or somebody who mends their cause.
    fn needs_me(&self) -> Vec<&Row> {
        let stuck = |row: &&Row| {
            matches!(row.status(), Status::NeedsSignIn | Status::Stopped | Status::SentBack)
        };
        self.open.iter().filter(stuck).collect()
    }

    fn first_name(&self) -> &str {
        self.frame.name().split_whitespace().next().unwrap_or_default()
    }
}

pub async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Query(said): Query<Said>,
) -> Result<View<Home>, Error> {
    let rows = app.store.requests_of(&viewer.person.id, None, None, NEWEST).await?;
    let open = app.store.requests_of(&viewer.person.id, Some(false), None, MOST_OPEN).await?;
    let frame = Frame::of(&app, &viewer, "home").await?.saying(said.what());
    Ok(View(Home { frame, rows, open }))
}
