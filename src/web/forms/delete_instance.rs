//! Delete instance: what goes with it, its name typed again, and why.

use askama::Template;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use super::about::About;
use crate::{
    App,
    azure::Instance,
    domain::{
        asked::{Asked, Content, DeleteInstance, Losses, Problems, Subscription, Warning},
        person::Person,
        plan::{Round, Surroundings},
        scope::Scope,
    },
    text,
    web::{
        Error,
        asking::{
            Reading, Scene, Wish, Words,
            draft::{Draft, Shared},
            status_of_form,
        },
        instance::usage::{Hold, Outlets, assigned, lock_check},
        page::{Frame, View},
        session::Viewer,
        sight::{Hidden, Sight},
    },
    words::filters,
};

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Own {
    #[serde(skip_serializing_if = "String::is_empty")]
    instance: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    confirm: String,
}

pub struct Deletion;

impl Wish for Deletion {
    type Typed = Own;

    const WORDS: Words = Words {
        form: "/deletion/new",
        ask: "/deletion",
        here: "instances",
        title: "form-deletion",
        review: "form-review-delete",
        act: "form-act-delete",
        parts: &[],
    };
    const TAKES_AWAY: bool = true;

    fn again(asked: &Asked, _: &Person) -> Option<Draft<Own>> {
        let Asked::DeleteInstance(asked) = asked else { return None };
        let own = Own { instance: asked.instance.to_string(), confirm: String::new() };
        Some(Draft { own, shared: Shared::because(&asked.justification) })
    }

    async fn form(scene: Scene<Own>, app: &App, viewer: &Viewer) -> Result<Response, Error> {
        let about = About::of(&scene.sight, &scene.draft.own.instance).await?;
        let hidden = scene.fault(about.hidden()).cloned();
        let warnings = match about.found() {
            Some((scope, instance)) => DeleteInstance {
                subscription: Subscription::unnamed(scope.subscription_id()),
                instance: scope.clone(),
                created_at: instance.created_at.clone().unwrap_or_default(),
                losses: losses(&scene.sight, scope, instance).await?,
                justification: String::new(),
            }
            .warnings(),
            None => Vec::new(),
        };
        let page = Form {
            frame: Frame::of(app, viewer, Deletion::WORDS.here).await?,
            words: Deletion::WORDS,
            draft: scene.draft,
            problems: scene.problems,
            about,
            warnings,
            hidden,
        };
        let status = status_of_form(page.hidden.as_ref(), &page.problems);
        Ok((status, View(page)).into_response())
    }

    async fn read(
        scene: &Scene<Own>,
        _: &App,
        _: &Viewer,
        _: Round,
    ) -> Result<Result<Reading, Problems>, Error> {
        let own = &scene.draft.own;
        let about = About::of(&scene.sight, &own.instance).await?;
        let created_at = about.found().and_then(|(_, instance)| instance.created_at.clone());
        let text = about.text(scene, &own.instance);
        let parsed = DeleteInstance::parse(text, &own.confirm, created_at);
        let mut delete = match scene.agree(parsed, Problems::default()) {
            Ok(delete) => delete,
            Err(problems) => return Ok(Err(problems)),
        };
        if let Some((scope, instance)) = about.found() {
            delete.losses = losses(&scene.sight, scope, instance).await?;
        }
        let lock = lock_check(&scene.sight, &delete.instance, Hold::Delete).await?;
        let checks = about.check().into_iter().chain([lock]).collect();
        let asked = Asked::DeleteInstance(delete);
        Ok(Ok(Reading { asked, seen: Surroundings::default(), checks }))
    }
}

async fn losses(sight: &Sight, scope: &Scope, instance: &Instance) -> Result<Losses, Error> {
    let (outlets, roles) = tokio::try_join!(Outlets::of(sight, scope), assigned(sight, scope))?;
    let mut unseen = outlets.unseen();
    if let Err(hidden) = &roles {
        unseen.push(text!("deletion-roles-unseen", why = &hidden.words));
    }
    let short = |id: &String| Scope::parse(id).map_or(id.clone(), |scope| scope.short().to_owned());
    Ok(Losses {
        outlets: outlets.uses(|_| true),
        private_endpoints: instance.private_endpoints.iter().map(short).collect(),
        roles: roles.unwrap_or_default(),
        identity: instance.identity.as_ref().and_then(|identity| identity.principal_id.clone()),
        unseen,
    })
}

#[derive(Template)]
#[template(path = "forms/delete_instance.html")]
struct Form {
    frame: Frame,
    words: Words,
    draft: Draft<Own>,
    problems: Problems,
    about: About,
    warnings: Vec<Warning>,
    /// Where Azure is at fault.
    hidden: Option<Hidden>,
}

impl Form {
    /// Where on the page a field is put right.
    fn place(&self, field: &'static str) -> &'static str {
        field
    }

    fn back(&self) -> String {
        self.about.page("")
    }
}
