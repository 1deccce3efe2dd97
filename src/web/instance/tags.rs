//! The tags of an instance, as Azure has them.

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
#[template(path = "instance/tags.html")]
pub struct Tags {
    frame: Frame,
    shell: Shell,
}

pub async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Place(scope): Place,
) -> Result<View<Tags>, Error> {
    let (frame, shell, _) = Shell::open(&app, &viewer, scope, "tags").await?;
    Ok(View(Tags { frame, shell }))
}
