//! Several requests decided at once: what is about to be decided, and what came of it. Each goes the way
//! of one that is decided on its own page; nothing is known here of what that asks.

use askama::Template;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use axum_extra::extract::Form;
use futures_util::{StreamExt, stream};
use serde::Deserialize;
use tokio::time::Instant;

use super::{
    Error, approvals,
    page::{Frame, View},
    queue::QueueQuery,
    requests::{Answer, Approval, Considered, Seen, approve_one, considered, reject_one},
    session::Viewer,
    sight::deadline,
};
use crate::{
    App,
    domain::{
        Time,
        principal::is_guid,
        request::{Refusal, Status},
    },
    text,
    words::{Text, filters},
};

/// Requests that are looked at at the same time.
const AT_ONCE: usize = 4;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    Approve,
    Reject,
}

impl Act {
    fn parse(word: &str) -> Result<Act, Error> {
        match word {
            "approve" => Ok(Act::Approve),
            "reject" => Ok(Act::Reject),
            _ => Err(Error::BadForm(text!("several-which"))),
        }
    }

    fn word(self) -> &'static str {
        match self {
            Act::Approve => "approve",
            Act::Reject => "reject",
        }
    }

    /// How a request stands that was decided so.
    fn status(self) -> Status {
        match self {
            Act::Approve => Status::Approved,
            Act::Reject => Status::Rejected,
        }
    }
}

/// What was ticked in the list, or is decided: of each request the plan and the names as they were shown.
#[derive(Deserialize)]
pub struct Selection {
    #[serde(default)]
    act: String,
    #[serde(default)]
    request: Vec<String>,
    #[serde(default)]
    plan: Vec<String>,
    #[serde(default)]
    names: Vec<String>,
    #[serde(default)]
    reason: String,
    /// The filter of the list from which it comes, and its page.
    #[serde(default)]
    queue: String,
    #[serde(default)]
    after: String,
}

impl Selection {
    /// Each once, and no more than a list shows.
    fn ids(&self) -> Result<Vec<String>, Error> {
        let mut ids: Vec<String> = Vec::new();
        for id in &self.request {
            if !is_guid(id) {
                return Err(Error::BadForm(text!("several-no-request")));
            }
            if !ids.contains(id) {
                ids.push(id.clone());
            }
        }
        if ids.len() > usize::try_from(approvals::ROWS).unwrap_or(usize::MAX) {
            return Err(Error::BadForm(text!("several-too-many", count = approvals::ROWS)));
        }
        Ok(ids)
    }

    fn back(&self) -> QueueQuery {
        QueueQuery::parse(&self.queue)
    }
}

/// One that will not be decided here.
struct Refused {
    id: String,
    title: Text,
    why: Text,
}

#[derive(Template)]
#[template(path = "approvals/confirm.html")]
struct Confirm {
    frame: Frame,
    me: String,
    now: Time,
    act: Act,
    ready: Vec<Considered>,
    refused: Vec<Refused>,
    queue: String,
    back: String,
    reason: String,
    problem: Text,
}

impl Confirm {
    fn title(&self) -> Text {
        match self.act {
            Act::Approve => text!("several-approve", count = self.ready.len()),
            Act::Reject => text!("several-reject", count = self.ready.len()),
        }
    }

    fn is_rejection(&self) -> bool {
        self.act == Act::Reject
    }
}

/// Shows what was ticked, with its plans, before anything is decided.
pub async fn confirm(
    State(app): State<App>,
    viewer: Viewer,
    Form(selection): Form<Selection>,
) -> Result<Response, Error> {
    let act = Act::parse(&selection.act)?;
    let ids = selection.ids()?;
    if ids.is_empty() {
        let problem = Some(text!("approvals-none-selected"));
        return approvals::page(&app, &viewer, selection.back(), Some(&selection.after), problem)
            .await;
    }
    show(&app, &viewer, act, &ids, &selection, None).await
}

async fn show(
    app: &App,
    viewer: &Viewer,
    act: Act,
    ids: &[String],
    selection: &Selection,
    problem: Option<Text>,
) -> Result<Response, Error> {
    let looks: Vec<(String, Result<Considered, Error>)> = stream::iter(ids.to_vec())
        .map(async |id| {
            let look = considered(app, viewer, &id).await;
            (id, look)
        })
        .buffered(AT_ONCE)
        .collect()
        .await;
    let (mut ready, mut refused) = (Vec::new(), Vec::new());
    for (id, look) in looks {
        match look {
            Ok(considered) => match considered.barred(act == Act::Approve) {
                None => ready.push(considered),
                Some(why) => refused.push(Refused { id, title: considered.title(), why }),
            },
            Err(Error::Missing) => refused.push(gone(id)),
            Err(error) => return Err(error.back_to("/approvals")),
        }
    }
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = Confirm {
        frame: Frame::of(app, viewer, "approvals").await?,
        me: viewer.person.id.clone(),
        now: app.clock.now(),
        act,
        ready,
        refused,
        queue: selection.queue.clone(),
        back: selection.back().address(None),
        reason: selection.reason.clone(),
        problem: problem.unwrap_or_default(),
    };
    Ok((status, View(page)).into_response())
}

fn gone(id: String) -> Refused {
    let title = text!("several-request", id = &id);
    Refused { id, title, why: text!("several-gone") }
}

/// What came of one.
struct Outcome {
    id: String,
    title: Text,
    /// The status that it has by this decision, where it was taken.
    done: Option<Status>,
    /// Why it was not.
    why: Text,
}

impl Outcome {
    fn not(refused: Refused) -> Outcome {
        let Refused { id, title, why } = refused;
        Outcome { id, title, done: None, why }
    }
}

#[derive(Template)]
#[template(path = "approvals/outcome.html")]
struct Outcomes {
    frame: Frame,
    outcomes: Vec<Outcome>,
    back: String,
}

impl Outcomes {
    fn title(&self) -> Text {
        let done = self.outcomes.iter().filter(|outcome| outcome.done.is_some()).count();
        text!("several-decided", done = done, not = self.outcomes.len() - done)
    }
}

/// Decides each by itself. Sent twice, it is decided once.
pub async fn decide(
    State(app): State<App>,
    viewer: Viewer,
    Form(selection): Form<Selection>,
) -> Result<Response, Error> {
    let act = Act::parse(&selection.act)?;
    let ids = selection.ids()?;
    if selection.plan.len() != ids.len() || selection.names.len() != ids.len() {
        return Err(Error::BadForm(text!("several-no-plans")));
    }
    if act == Act::Reject
        && let Err(why) = Refusal::of_reason(&selection.reason)
    {
        return show(&app, &viewer, act, &ids, &selection, Some(why.text())).await;
    }
    let deadline = deadline(&app);
    let shown = selection.plan.iter().cloned().zip(selection.names.iter().cloned());
    let each: Vec<(String, (String, String))> = ids.into_iter().zip(shown).collect();
    let outcomes = stream::iter(each)
        .map(async |(id, shown)| {
            // What is begun is finished; the page must be there to say so.
            if Instant::now() >= deadline {
                let why = text!("several-not-begun");
                return Outcome { why, ..Outcome::not(gone(id)) };
            }
            decide_one(&app, &viewer, act, id, shown, &selection.reason).await
        })
        .buffered(AT_ONCE)
        .collect()
        .await;
    let page = Outcomes {
        frame: Frame::of(&app, &viewer, "approvals").await?,
        outcomes,
        back: selection.back().address(None),
    };
    Ok(View(page).into_response())
}

async fn decide_one(
    app: &App,
    viewer: &Viewer,
    act: Act,
    id: String,
    (plan, names): (String, String),
    reason: &str,
) -> Outcome {
    let decided = match act {
        Act::Approve => {
            approve_one(app, viewer, &id, &Approval { plan, names }, Seen::InAList).await
        }
        Act::Reject => {
            let answer = Answer { plan, reason: reason.to_owned() };
            let rejected = reject_one(app, viewer, &id, &answer, Seen::InAList).await;
            rejected.and_then(|answered| answered.map_err(Error::from))
        }
    };
    // What it is called is told to those alone of whom it was found that they may see it.
    let title = match &decided {
        Err(error) if !matches!(error, Error::Refused(_)) => gone(id.clone()).title,
        _ => match app.store.request(&id).await {
            Ok(request) => request.asked.title(),
            Err(_) => gone(id.clone()).title,
        },
    };
    let (done, why) = match decided {
        Ok(()) => (Some(act.status()), Text::none()),
        Err(error) => (None, error.in_a_row()),
    };
    Outcome { id, title, done, why }
}
