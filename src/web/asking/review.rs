//! The review page: what is asked, what was checked, and the whole plan, before anything is asked for.

use askama::Template;
use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};

use super::{Words, proposal::Proposal};
use crate::{
    text,
    web::{
        helpers::Helpers,
        page::{Frame, View},
        sight::{Hidden, Look},
        wording::Wording,
    },
    words::{Text, filters},
};

/// What came of checking one thing with Azure before it is asked for.
pub struct Check {
    /// `held`, `missing` or `unknown`, as the page's parts call them.
    pub state: &'static str,
    pub text: Text,
}

impl Check {
    pub fn ok(text: Text) -> Check {
        Check { state: "held", text }
    }

    /// It cannot be asked for like this.
    pub fn problem(text: Text) -> Check {
        Check { state: "missing", text }
    }

    /// `what` goes on in the middle of a sentence: whether the name is free.
    pub fn not_checked(what: Text, hidden: &Hidden) -> Check {
        let text = text!("check-not-checked", what = what, why = &hidden.words);
        Check { state: "unknown", text }
    }

    /// It can be asked for, and is to be thought about first.
    pub fn warning(text: Text) -> Check {
        Check { state: "warn", text }
    }

    pub fn unknown(text: Text) -> Check {
        Check { state: "unknown", text }
    }

    /// What follows from an answer of Azure's, or that there was none.
    pub fn of<T>(look: &Look<T>, what: Text, sort: impl FnOnce(&T) -> Check) -> Check {
        match look {
            Ok(seen) => sort(seen),
            Err(hidden) => Check::not_checked(what, hidden),
        }
    }

    pub fn blocks(&self) -> bool {
        self.state == "missing"
    }

    pub fn icon(&self) -> &'static str {
        match self.state {
            "held" => "ok",
            state => state,
        }
    }
}

/// A proposal on its review page, with what was checked.
#[derive(Template)]
#[template(path = "asking/review.html")]
pub struct Review {
    pub frame: Frame,
    pub words: Words,
    pub takes_away: bool,
    /// The form's fields, which the page carries on.
    pub carried: Vec<(String, String)>,
    pub proposal: Proposal,
    pub checks: Vec<Check>,
    /// Who could approve what does not run at once; `None` where nobody has to.
    pub helpers: Option<Helpers>,
    pub status: StatusCode,
    /// Why the page is shown although asking was wanted.
    pub notice: Option<Text>,
}

impl Review {
    fn wording(&self) -> Wording {
        Wording::of(self.proposal.request().steps.iter().map(|progress| &progress.step))
    }

    pub fn is_blocked(&self) -> bool {
        self.checks.iter().any(Check::blocks)
    }

    /// `shown` is the digest of the plan that the person had before them.
    pub fn may_be_asked(&self, shown: &str) -> bool {
        !self.is_blocked() && shown == self.proposal.digest()
    }

    /// The page comes again, for somebody who has seen another plan or whom something new stands in
    /// the way of.
    pub fn show_again(&mut self, shown: &str) {
        let (status, notice) = if self.is_blocked() {
            (StatusCode::UNPROCESSABLE_ENTITY, text!("review-blocked"))
        } else if shown.is_empty() {
            (StatusCode::UNPROCESSABLE_ENTITY, text!("review-unread"))
        } else {
            (StatusCode::CONFLICT, text!("review-changed"))
        };
        (self.status, self.notice) = (status, Some(notice));
    }
}

impl IntoResponse for Review {
    fn into_response(self) -> Response {
        (self.status, View(self)).into_response()
    }
}
