//! What needs me, what is running, and where to begin. Knows only what is kept; asks Azure nothing.

use askama::Template;
use axum::extract::State;

use super::{
    Error,
    page::{Frame, View},
    session::Viewer,
};
use crate::{App, store::Row};

const NEWEST: i64 = 6;

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    frame: Frame,
    rows: Vec<Row>,
}

impl Home {
    fn first_name(&self) -> &str {
        self.frame.name().split_whitespace().next().unwrap_or_default()
    }
}

pub async fn show(State(app): State<App>, viewer: Viewer) -> Result<View<Home>, Error> {
    let rows = app.store.requests_of(&viewer.person.id, "all", None, NEWEST).await?;
    Ok(View(Home { frame: Frame::of(&app, &viewer, "home").await?, rows }))
}
