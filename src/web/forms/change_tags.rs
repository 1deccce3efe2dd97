//! Change tags: all of an instance's tags as they are to be.

use askama::Template;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use super::{
    about::About,
    tags::{self, TagRow},
};
use crate::{
    App,
    domain::{
        asked::{Asked, ChangeTags, Problems, Tags, is_own_tag},
        person::Person,
        plan::{Round, Surroundings},
    },
    web::{
        Error,
        asking::{
            Reading, Scene, Wish, Words,
            draft::{Draft, Shared},
            status_of_form,
        },
        instance::usage::{Hold, lock_check},
        page::{Frame, View},
        session::Viewer,
        sight::Hidden,
    },
    words::filters,
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

/// Names and values as somebody would have typed them: what the portal sets, nobody types.
fn typed(tags: &Tags) -> (Vec<String>, Vec<String>) {
    let tags = tags.iter().filter(|(name, _)| !is_own_tag(name));
    tags.map(|(name, value)| (name.clone(), value.clone())).unzip()
}

pub struct Tagging;

impl Wish for Tagging {
    type Typed = Own;

    const WORDS: Words = Words {
        form: "/tags/new",
        ask: "/tags",
        here: "instances",
        title: "form-tags",
        review: "form-review-save",
        act: "form-act-save",
        parts: &[],
    };

    fn again(asked: &Asked, _: &Person) -> Option<Draft<Own>> {
        let Asked::ChangeTags(asked) = asked else { return None };
        let (tag_name, tag_value) = typed(&asked.after);
        let own = Own { instance: asked.instance.to_string(), tag_name, tag_value };
        Some(Draft { own, shared: Shared::because(&asked.justification) })
    }

    async fn form(mut scene: Scene<Own>, app: &App, viewer: &Viewer) -> Result<Response, Error> {
        let about = About::of(&scene.sight, &scene.draft.own.instance).await?;
        let hidden = scene.fault(about.hidden()).cloned();
        // At first sight the tags that it has stand there.
        if let (false, Some((_, found))) = (scene.draft.shared.is_sent(), about.found()) {
            (scene.draft.own.tag_name, scene.draft.own.tag_value) = typed(&found.tags);
        }
        let page = Form {
            frame: Frame::of(app, viewer, Tagging::WORDS.here).await?,
            words: Tagging::WORDS,
            tags: tags::rows(scene.draft.own.tags(), &app.policy, &mut scene.problems),
            draft: scene.draft,
            problems: scene.problems,
            about,
            hidden,
        };
        let status = status_of_form(page.hidden.as_ref(), &page.problems);
        Ok((status, View(page)).into_response())
    }

    async fn read(
        scene: &Scene<Own>,
        app: &App,
        _: &Viewer,
        _: Round,
    ) -> Result<Result<Reading, Problems>, Error> {
        let own = &scene.draft.own;
        let about = About::of(&scene.sight, &own.instance).await?;
        let before = about.found().map(|(_, found)| found.tags.clone());
        let tags: Vec<(&str, &str)> = own.tags().collect();
        let text = about.text(scene, &own.instance);
        let parsed = ChangeTags::parse(text, &tags, before, &app.policy);
        let change = match scene.agree(parsed, Problems::default()) {
            Ok(change) => change,
            Err(problems) => return Ok(Err(problems)),
        };
        let checks = vec![lock_check(&scene.sight, &change.instance, Hold::Change).await?];
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
    about: About,
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
        self.about.page("tags")
    }
}
