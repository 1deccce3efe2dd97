//! What all pages share: the frame around them, notices, and how a template becomes an answer.
//! Knows no particular page.

use askama::Template;
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;

use super::{Error, assets, reader, session::Viewer};
use crate::{
    App,
    domain::{person::Person, settings::Settings},
    store,
    words::Text,
};

/// For how long what Azure told of somebody's rights is good enough for the number at "Approvals".
/// The queue itself asks anew.
const BADGE_REMEMBERS: std::time::Duration = std::time::Duration::from_secs(600);
const MOST_COUNTED: i64 = 99;

/// How many requests this person can decide, as far as is known without asking Azure.
pub async fn waiting(app: &App, person_id: &str) -> store::Result<i64> {
    let fresh_after = app.clock.now().minus(BADGE_REMEMBERS);
    app.store.queue_length(person_id, fresh_after, MOST_COUNTED + 1).await
}

pub fn counted(waiting: i64) -> String {
    if waiting > MOST_COUNTED { format!("{MOST_COUNTED}+") } else { waiting.to_string() }
}

/// A place of the main navigation.
pub struct Place {
    /// By which a page says that it belongs to it.
    pub word: &'static str,
    pub address: &'static str,
    /// Leads there when it is pressed after g.
    pub key: &'static str,
}

impl Place {
    pub fn label(&self) -> Text {
        Text::of(format!("place-{}", self.word))
    }
}

const fn place(word: &'static str, address: &'static str, key: &'static str) -> Place {
    Place { word, address, key }
}

/// In the order in which they are shown.
pub static PLACES: [Place; 8] = [
    place("home", "/", "h"),
    place("create", "/instances/new", "c"),
    place("access", "/access/new", "d"),
    place("requests", "/requests", "r"),
    place("approvals", "/approvals", "a"),
    place("instances", "/instances", "i"),
    place("subscriptions", "/subscriptions", "s"),
    place("history", "/history", "t"),
];

/// Everything around a page's own content.
pub struct Frame {
    pub viewer: Option<Person>,
    /// How they want to read.
    pub settings: Settings,
    /// The word of the navigation item that this page belongs to.
    pub here: &'static str,
    /// Requests that this person can decide, as far as is known without asking Azure.
    pub waiting: i64,
    pub notice: Option<Notice>,
    pub demo: bool,
}

/// What has just happened, as an address says it.
#[derive(Deserialize)]
pub struct Said {
    said: Option<String>,
}

impl Said {
    pub fn what(&self) -> Option<&str> {
        self.said.as_deref()
    }
}

impl Frame {
    pub async fn of(app: &App, viewer: &Viewer, here: &'static str) -> Result<Frame, Error> {
        let waiting = waiting(app, &viewer.person.id).await?;
        Ok(Frame {
            viewer: Some(viewer.person.clone()),
            settings: viewer.settings.clone(),
            here,
            waiting,
            notice: None,
            demo: app.site.demo,
        })
    }

    /// For somebody who has not signed in, or of whom nothing is known.
    pub fn for_stranger(demo: bool) -> Frame {
        Frame {
            viewer: None,
            settings: Settings::default(),
            here: "",
            waiting: 0,
            notice: None,
            demo,
        }
    }

    pub fn saying(mut self, said: Option<&str>) -> Frame {
        self.notice = said.and_then(Notice::of);
        self
    }

    pub fn theme(&self) -> &'static str {
        self.settings.theme.word()
    }

    pub fn density(&self) -> &'static str {
        self.settings.density.word()
    }

    pub fn signed_in(&self) -> bool {
        self.viewer.is_some()
    }

    pub fn name(&self) -> &str {
        self.viewer.as_ref().map_or("", |person| &person.name)
    }

    pub fn upn(&self) -> &str {
        self.viewer.as_ref().map_or("", |person| &person.upn)
    }

    pub fn places(&self) -> &'static [Place] {
        &PLACES
    }

    pub fn waiting_text(&self) -> String {
        counted(self.waiting)
    }

    pub fn style_url(&self) -> String {
        assets::style_url()
    }

    pub fn script_url(&self) -> String {
        assets::script_url()
    }

    pub fn icon_url(&self) -> String {
        assets::icon_url()
    }
}

/// What has just happened, told at the top of the next page. It travels as a word in the address,
/// so nobody can put their own text there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notice {
    /// `ok`, `info`, `warn` or `error`
    pub kind: &'static str,
    word: &'static str,
}

/// What can have happened, by the word in the address.
const NOTICES: [Notice; 15] = [
    Notice { kind: "ok", word: "asked" },
    Notice { kind: "ok", word: "approved" },
    Notice { kind: "ok", word: "rejected" },
    Notice { kind: "ok", word: "sent-back" },
    Notice { kind: "ok", word: "commented" },
    Notice { kind: "ok", word: "looking" },
    Notice { kind: "ok", word: "looked" },
    Notice { kind: "ok", word: "withdrawn" },
    Notice { kind: "info", word: "retried" },
    Notice { kind: "info", word: "tested" },
    Notice { kind: "ok", word: "closed" },
    Notice { kind: "ok", word: "taken-over" },
    Notice { kind: "ok", word: "stopped" },
    Notice { kind: "ok", word: "signed-in" },
    Notice { kind: "ok", word: "settings" },
];

impl Notice {
    pub fn text(&self) -> Text {
        Text::of(format!("notice-{}", self.word))
    }

    /// The same in a few words, which the page's title begins with.
    pub fn headline(&self) -> Text {
        Text::of(format!("notice-{}-short", self.word))
    }

    fn of(word: &str) -> Option<Notice> {
        NOTICES.into_iter().find(|notice| notice.word == word)
    }
}

/// A page, rendered.
pub struct View<T>(pub T);

impl<T: Template> IntoResponse for View<T> {
    fn into_response(self) -> Response {
        match self.0.render_with_values(&reader::present()) {
            Ok(html) => Html(html).into_response(),
            Err(error) => Error::Internal(error.into()).into_response(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Reads the sources: each word that an act leaves in the address has its sentence.
    #[test]
    fn whatever_was_done_is_told() {
        let requests = include_str!("requests.rs");
        let calls = ["decide(&app, &viewer, change, \"", "back_from(&id, \"", "back(&id, \""];
        let acts = calls.iter().flat_map(|call| requests.split(call).skip(1));
        let sources = [include_str!("asking/proposal.rs"), include_str!("sight.rs")].into_iter();
        let others = sources.flat_map(|text| text.split("said=").skip(1));
        let words: BTreeSet<&str> =
            acts.chain(others).filter_map(|rest| rest.split(['"', ')', '&']).next()).collect();
        assert!(words.len() >= 13, "the acts were not found: {words:?}");
        for word in words {
            let told = Notice::of(word).unwrap_or_else(|| panic!("nothing is said after {word}"));
            assert!(["ok", "info"].contains(&told.kind), "{word}");
            assert!(!told.headline().to_string().ends_with('.'), "{word}");
            assert!(told.text().to_string().ends_with('.'), "{word}");
        }
        assert_eq!(Notice::of("<b>"), None);
    }

    #[test]
    fn each_place_has_a_key_of_its_own() {
        let keys: BTreeSet<&str> = PLACES.iter().map(|place| place.key).collect();
        let words: BTreeSet<&str> = PLACES.iter().map(|place| place.word).collect();
        assert_eq!((keys.len(), words.len()), (PLACES.len(), PLACES.len()));
        assert!(!keys.contains("g"), "it begins all of them");
    }
}
