//! Every part that pages are made of, in every state, drawn by the very macros that pages use. In the demo
//! only. Knows no request and no instance.

use askama::Template;
use axum::extract::{Query, State};
use serde::Deserialize;

use super::{
    Error, assets,
    page::{Frame, View},
    session::Viewer,
    trail::Trail,
};
use crate::{
    App,
    domain::{Time, history::Event, request::Status, scope::Scope},
    words::filters,
};

/// What `data-theme` and `data-density` may say; an empty one leaves it to the browser.
const THEMES: [(&str, &str); 4] =
    [("", "As the browser"), ("light", "Light"), ("dark", "Dark"), ("contrast", "High contrast")];
const DENSITIES: [(&str, &str); 2] = [("", "Comfortable"), ("compact", "Compact")];

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Look {
    theme: String,
    density: String,
}

#[derive(Template)]
#[template(path = "design.html")]
pub struct Design {
    frame: Frame,
    theme: &'static str,
    density: &'static str,
}

impl Design {
    fn themes(&self) -> &'static [(&'static str, &'static str)] {
        &THEMES
    }

    fn densities(&self) -> &'static [(&'static str, &'static str)] {
        &DENSITIES
    }

    fn moment(&self) -> Time {
        Time(1_769_851_800_000_000)
    }

    fn style(&self) -> String {
        assets::design_url()
    }

    fn trail(&self) -> Trail {
        Trail::to(&Scope::instance("00000000", "rg-twins", "dt-plant"), "Production")
            .at(crate::text!("section-tags"))
    }
}

pub async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Query(look): Query<Look>,
) -> Result<View<Design>, Error> {
    if !app.site.demo {
        return Err(Error::Missing);
    }
    let frame = Frame::of(&app, &viewer, "design").await?;
    let theme = known(&THEMES, &look.theme);
    Ok(View(Design { frame, theme, density: known(&DENSITIES, &look.density) }))
}

/// Nothing that was typed gets into the page.
fn known(all: &[(&'static str, &str)], typed: &str) -> &'static str {
    all.iter().map(|(word, _)| *word).find(|word| *word == typed).unwrap_or_default()
}
