//! How to use the portal without a mouse. Knows no page but the places of the navigation.

use askama::Template;
use axum::extract::State;

use super::{
    Error,
    page::{Frame, View},
    session::Viewer,
};
use crate::{App, words::filters};

#[derive(Template)]
#[template(path = "help/keyboard.html")]
pub struct Keyboard {
    frame: Frame,
}

pub async fn keyboard(State(app): State<App>, viewer: Viewer) -> Result<View<Keyboard>, Error> {
    Ok(View(Keyboard { frame: Frame::of(&app, &viewer, "help").await? }))
}
