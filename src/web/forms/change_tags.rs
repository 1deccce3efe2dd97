//! Change tags: all of an instance's tags as they are to be.

use askama::Template;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::tags::{self, TagRow};
use crate::{
    App,
    domain::{
        asked::{Asked, ChangeTags, Problems, TagsText, is_own_tag},
        plan::Surroundings,
        scope::Scope,
    },
    web::{
        Error,
        asking::{Reading, Scene, Wish, Words, draft::Draft, status_of_form},
        instance::{address, usage},
        page::{Frame, View},
        session::Viewer,
        sight::{Hidden, Offer},
    },
};

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Own {
    #[serde(skip_serializing_if = "String::is_empty")]
    instance: String,
    tag_name: Vec<String>,
    tag_value: Vec<String>,
}

impl Own {
    fn tags(&self) -> impl Iterator<Item = (&str, &str)> {
        self.tag_name.iter().map(String::as_str).zip(self.tag_value.iter().map(String::as_str))
    }
}

pub struct Tagging;

impl Wish for Tagging {
    type Typed = Own;

    const WORDS: Words = Words {
        form: "/tags/new",
        ask: "/tags",
        here: "instances",
        title: "Change tags",
        review: "Review + save",
        act: "Save",
        parts: &[],
    };

    async fn form(mut scene: Scene<Own>, app: &App, viewer: &Viewer) -> Result<Response, Error> {
        let scope = usage::named(&scene.draft.own.instance);
        let seen = usage::seen(&scene.sight, scope.as_ref()).await?;
        let hidden = scene.fault(seen.as_ref().err()).cloned();
        // At first sight the tags that it has stand there.
        if let (false, Ok(Some(found))) = (scene.draft.shared.is_sent(), &seen) {
            let tags = found.tags.iter().filter(|(name, _)| !is_own_tag(name));
            (scene.draft.own.tag_name, scene.draft.own.tag_value) =
                tags.map(|(name, value)| (name.clone(), value.clone())).unzip();
        }
        let page = Form {
            frame: Frame::of(app, viewer, Tagging::WORDS.here).await?,
            words: Tagging::WORDS,
            unseen: scope.is_some() && matches!(seen, Ok(None)),
            tags: tags::rows(scene.draft.own.tags(), &app.policy),
            draft: scene.draft,
            problems: scene.problems,
            scope,
            hidden,
        };
        let status = status_of_form(page.hidden.as_ref(), &page.problems);
        Ok((status, View(page)).into_response())
    }

    async fn read(
        scene: &Scene<Own>,
        app: &App,
        _: &Viewer,
        _: Uuid,
    ) -> Result<Result<Reading, Problems>, Error> {
        let own = &scene.draft.own;
        let scope = usage::named(&own.instance);
        let seen = usage::seen(&scene.sight, scope.as_ref()).await?;
        let before = seen.as_ref().ok().and_then(Option::as_ref).map(|found| found.tags.clone());
        let offer = scope.as_ref().and_then(|scope| scene.sight.offer(scope.subscription_id()));
        let parsed = ChangeTags::parse(
            TagsText {
                subscription: offer.map(Offer::subscription),
                instance: &own.instance,
                tags: own.tags().collect(),
                justification: &scene.draft.shared.justification,
            },
            before,
            &app.policy,
        );
        let change = match scene.agree(parsed, Problems::default()) {
            Ok(change) => change,
            Err(problems) => return Ok(Err(problems)),
        };
        let checks = vec![usage::lock_check(&scene.sight, &change.instance, false).await?];
        let asked = Asked::ChangeTags(change);
        Ok(Ok(Reading { asked, seen: Surroundings::default(), checks }))
    }
}

#[derive(Template)]
#[template(path = "forms/change_tags.html")]
struct Form {
    frame: Frame,
    words: Words,
    draft: Draft<Own>,
    problems: Problems,
    tags: Vec<TagRow>,
    /// The instance that is named, where one is.
    scope: Option<Scope>,
    /// Azure does not show it to this person.
    unseen: bool,
    /// Where Azure is at fault.
    hidden: Option<Hidden>,
}

impl Form {
    /// Where on the page a field is put right.
    fn place(&self, field: &'static str) -> &'static str {
        match field {
            "tags" => "tag-1",
            other => other,
        }
    }

    fn back(&self) -> String {
        self.scope.as_ref().map_or("/instances".to_owned(), |scope| address(scope, "tags"))
    }
}
