//! An instance's essentials: the values that people take with them.

use askama::Template;
use axum::extract::State;

use super::{Place, Shell};
use crate::{
    App,
    azure::Instance,
    web::{
        Error,
        page::{Frame, View},
        session::Viewer,
    },
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
    let name = shell.instance.as_ref().map_or("", |instance: &Instance| &instance.location);
    let regions = sight.regions(shell.scope.subscription_id()).await?.unwrap_or_default();
    let known = regions.iter().find(|region| region.name == name);
    let region = known.map_or(name, |region| &region.display).to_owned();
    Ok(View(Overview { frame, shell, region }))
}
