//! How somebody wants to read: language, time zone, colours, density. Knows no request.

use askama::Template;
use axum::{
    extract::{Form, Query, State},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{
    Error,
    page::{Frame, Said, View},
    session::Viewer,
};
use crate::{
    App,
    domain::settings::{Density, Settings, Theme, zone, zones},
    text,
    words::{Language, Text, filters},
};

#[derive(Template)]
#[template(path = "settings.html")]
pub struct Page {
    frame: Frame,
    zones: &'static [String],
    /// What is wrong with the form that came.
    wrong: Text,
}

impl Page {
    fn settings(&self) -> &Settings {
        &self.frame.settings
    }

    fn languages(&self) -> [Language; 2] {
        Language::ALL
    }
}

/// Each with what it is called.
pub fn themes() -> [(Theme, Text); 4] {
    Theme::ALL.map(|theme| {
        let word = if theme == Theme::Browser { "browser" } else { theme.word() };
        (theme, Text::of(format!("theme-{word}")))
    })
}

pub fn densities() -> [(Density, Text); 2] {
    Density::ALL.map(|density| {
        let word = if density == Density::Comfortable { "comfortable" } else { density.word() };
        (density, Text::of(format!("density-{word}")))
    })
}

pub async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Query(said): Query<Said>,
) -> Result<View<Page>, Error> {
    let frame = Frame::of(&app, &viewer, "settings").await?.saying(said.what());
    Ok(View(Page { frame, zones: zones(), wrong: Text::none() }))
}

/// Empty fields leave it to the browser.
#[derive(Deserialize)]
pub struct Chosen {
    #[serde(default)]
    language: String,
    #[serde(default)]
    zone: String,
    #[serde(default)]
    theme: String,
    #[serde(default)]
    density: String,
}

impl Chosen {
    /// Nothing for what the page does not offer: it was not chosen there.
    fn settings(&self) -> Option<Settings> {
        let language = match &*self.language {
            "" => None,
            code => Some(Language::parse(code)?),
        };
        let zone = match &*self.zone {
            "" => None,
            name => Some(zone(name).map(|_| name.to_owned())?),
        };
        let (theme, density) = (Theme::parse(&self.theme)?, Density::parse(&self.density)?);
        Some(Settings { language, zone, theme, density })
    }
}

pub async fn save(
    State(app): State<App>,
    viewer: Viewer,
    Form(chosen): Form<Chosen>,
) -> Result<Response, Error> {
    let Some(settings) = chosen.settings() else {
        let frame = Frame::of(&app, &viewer, "settings").await?;
        let page = Page { frame, zones: zones(), wrong: text!("settings-unknown") };
        return Ok((axum::http::StatusCode::UNPROCESSABLE_ENTITY, View(page)).into_response());
    };
    app.store.keep_settings(&viewer.person.id, &settings).await?;
    Ok(Redirect::to("/settings?said=settings").into_response())
}
