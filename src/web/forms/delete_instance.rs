//! Delete instance: what goes with it, its name typed again, and why.

use askama::Template;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    App,
    azure::Instance,
    domain::{
        asked::{
            Asked, Content, DeleteInstance, DeletionText, Losses, Problems, Subscription, Warning,
        },
        plan::Surroundings,
        scope::Scope,
    },
    web::{
        Error,
        asking::{Reading, Scene, Wish, Words, draft::Draft, review::Check, status_of_form},
        instance::{address, usage},
        page::{Frame, View},
        session::Viewer,
        sight::{Hidden, Offer, Sight},
    },
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
        title: "Delete instance",
        review: "Review + delete",
        act: "Delete",
        parts: &[],
    };
    const TAKES_AWAY: bool = true;

    async fn form(scene: Scene<Own>, app: &App, viewer: &Viewer) -> Result<Response, Error> {
        let scope = usage::named(&scene.draft.own.instance);
        let seen = usage::seen(&scene.sight, scope.as_ref()).await?;
        let hidden = scene.fault(seen.as_ref().err()).cloned();
        let warnings = match (&scope, &seen) {
            (Some(scope), Ok(Some(instance))) => DeleteInstance {
                subscription: Subscription::unnamed(scope.subscription_id()),
                instance: scope.clone(),
                created_at: instance.created_at.clone().unwrap_or_default(),
                losses: losses(&scene.sight, scope, instance).await?,
                justification: String::new(),
            }
            .warnings(),
            _ => Vec::new(),
        };
        let page = Form {
            frame: Frame::of(app, viewer, Deletion::WORDS.here).await?,
            words: Deletion::WORDS,
            unseen: scope.is_some() && hidden.is_none() && warnings.is_empty(),
            draft: scene.draft,
            problems: scene.problems,
            scope,
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
        _: Uuid,
    ) -> Result<Result<Reading, Problems>, Error> {
        let own = &scene.draft.own;
        let scope = usage::named(&own.instance);
        let seen = usage::seen(&scene.sight, scope.as_ref()).await?;
        let found = seen.as_ref().ok().and_then(Option::as_ref);
        let offer = scope.as_ref().and_then(|scope| scene.sight.offer(scope.subscription_id()));
        let parsed = DeleteInstance::parse(
            DeletionText {
                subscription: offer.map(Offer::subscription),
                instance: &own.instance,
                confirm: &own.confirm,
                justification: &scene.draft.shared.justification,
            },
            found.and_then(|instance| instance.created_at.clone()),
        );
        let mut delete = match scene.agree(parsed, Problems::default()) {
            Ok(delete) => delete,
            Err(problems) => return Ok(Err(problems)),
        };
        let mut checks = Vec::new();
        if let Some(instance) = found {
            delete.losses = losses(&scene.sight, &delete.instance, instance).await?;
            checks.push(Check::ok(format!(
                "The instance {} exists; its status is {}.",
                instance.name, instance.provisioning_state
            )));
        }
        checks.push(usage::lock_check(&scene.sight, &delete.instance, true).await?);
        let asked = Asked::DeleteInstance(delete);
        Ok(Ok(Reading { asked, seen: Surroundings::default(), checks }))
    }
}

async fn losses(sight: &Sight, scope: &Scope, instance: &Instance) -> Result<Losses, Error> {
    let (outlets, roles) =
        tokio::try_join!(usage::Outlets::of(sight, scope), usage::assigned(sight, scope))?;
    let mut unseen = outlets.unseen();
    if let Err(hidden) = &roles {
        unseen.push(format!("Role assignments on it are not to be seen. {}", hidden.words));
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
    /// The instance that is named, where one is.
    scope: Option<Scope>,
    /// Azure does not show it to this person.
    unseen: bool,
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
        self.scope.as_ref().map_or("/".to_owned(), |scope| address(scope, ""))
    }

    fn confirm_help(&self) -> String {
        let name = self.scope.as_ref().map_or("", Scope::short);
        format!("Type {name}, the name of the instance, to confirm.")
    }
}
