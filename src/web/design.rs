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
    domain::{
        Time,
        history::Event,
        permission::{ASSIGN_ROLES, REGISTER, WRITE_INSTANCE},
        request::Status,
        scope::Scope,
        settings::{Density, Theme},
    },
    text,
    words::{Text, filters},
};

// Names, which are the same in every language.
const CARL: &str = "Carl";
const NINA: &str = "Nina";
const TEAM: &str = "team-twins";
const GROUP: &str = "rg-twins";
const SUBSCRIPTION: &str = "Production";
const REGION: &str = "westeurope";
const OTHER_REGION: &str = "northeurope";
const METHOD: &str = "PUT";
const PATH: &str = "/subscriptions/…";

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
    /// A sentence of each kind.
    fn notices(&self) -> [(&'static str, Text); 4] {
        [
            ("ok", text!("notice-approved")),
            ("info", text!("notice-retried")),
            ("warn", text!("live-sign-in-you")),
            ("error", text!("approvers-not-asked")),
        ]
    }

    /// A step in each state.
    fn steps(&self) -> [(&'static str, Text); 6] {
        [
            ("done", text!("design-create")),
            ("already_so", text!("design-register")),
            ("running", text!("design-assign")),
            ("failed", text!("design-endpoint")),
            ("given_up", text!("design-verify")),
            ("waiting", text!("design-tags")),
        ]
    }

    /// What a step needs, in each way in which it can be met or not.
    fn needs(&self) -> [(&'static str, &'static str, &'static str, Text); 3] {
        let lacks = text!("request-need-lacks", name = CARL);
        [
            ("missing", ASSIGN_ROLES, GROUP, lacks),
            ("unknown", WRITE_INSTANCE, GROUP, text!("request-need-unknown")),
            ("already_so", REGISTER, SUBSCRIPTION, Text::none()),
        ]
    }

    fn moment(&self) -> Time {
        Time(1_769_851_800_000_000)
    }

    fn style(&self) -> String {
        assets::design_url()
    }

    fn trail(&self) -> Trail {
        Trail::to(&Scope::instance("00000000", GROUP, "dt-plant"), SUBSCRIPTION)
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
    // Nothing that was typed gets into the page.
    let theme = Theme::parse(&look.theme).unwrap_or_default().word();
    let density = Density::parse(&look.density).unwrap_or_default().word();
    Ok(View(Design { frame, theme, density }))
}
