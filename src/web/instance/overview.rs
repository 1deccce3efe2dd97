//! An instance's essentials: the values that people take with them.

use askama::Template;
use axum::extract::State;

use super::{Place, Shell};
use crate::{
    App,
    web::{
        Error,
        page::{Frame, View},
        session::Viewer,
    },
    words::filters,
};

#[derive(Template)]
#[template(path = "instance/overview.html")]
pub struct Overview {
    frame: Frame,
    shell: Shell,
    /// As Azure names it for people.
    region: String,
}

pub async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Place(scope): Place,
) -> Result<View<Overview>, Error> {
    let (frame, shell, sight) = Shell::open(&app, &viewer, scope, "").await?;
    let region = shell.region(&sight).await?;
    Ok(View(Overview { frame, shell, region }))
}
