//! People, groups and service principals, found while somebody types, for the module. The forms find
//! them without it, too. Knows no form.

use axum::{
    Json,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};

use super::{
    Error,
    asking::members::{self, MOST_FOUND, SHORTEST},
    reader,
    session::Viewer,
    sight::deadline,
};
use crate::{
    App,
    azure::Found,
    text,
    words::{Reader, Text},
};

#[derive(Deserialize)]
pub struct Question {
    #[serde(default)]
    q: String,
}

/// In the reader's language.
#[derive(Default, Serialize)]
struct Answer {
    results: Vec<Row>,
    /// How many those are, to be read out; empty where the directory does not tell.
    found: String,
    /// What the directory does not tell, in a sentence each.
    problems: Vec<String>,
}

#[derive(Serialize)]
struct Row {
    id: String,
    /// Azure's `principalType`.
    kind: &'static str,
    name: String,
    /// As the forms say it: `User · Guest · ada@contoso.com · Research`.
    what: String,
}

impl Row {
    fn of(found: Found, reader: &Reader) -> Row {
        Row {
            kind: found.kind.principal_type(),
            what: members::detail(&found).said_to(reader),
            name: found.name,
            id: found.id,
        }
    }
}

pub async fn people(
    State(app): State<App>,
    viewer: Viewer,
    Query(question): Query<Question>,
) -> Result<Response, Error> {
    let text = question.q.trim();
    if text.chars().count() < SHORTEST {
        return Ok(Json(Answer::default()).into_response());
    }
    let (status, answer) = match members::search(&app, &viewer.person, text, deadline(&app)).await {
        Ok(Ok(search)) => {
            let reader = reader::present();
            let found = search.found.into_iter().take(MOST_FOUND);
            let results: Vec<Row> = found.map(|found| Row::of(found, &reader)).collect();
            let problems = members::unsearched(&search.refused);
            let answer = Answer {
                found: text!("people-found", count = results.len()).said_to(&reader),
                problems: problems.iter().map(|problem| problem.said_to(&reader)).collect(),
                results,
            };
            (StatusCode::OK, answer)
        }
        Ok(Err(hidden)) if hidden.fault.is_some() => (StatusCode::BAD_GATEWAY, said(hidden.words)),
        Ok(Err(hidden)) => (StatusCode::OK, said(hidden.words)),
        // The module cannot send anybody through a sign-in; the form will.
        Err(Error::SignInAgain { .. }) => (StatusCode::BAD_GATEWAY, said(text!("people-sign-in"))),
        Err(error) => return Err(error),
    };
    Ok((status, Json(answer)).into_response())
}

fn said(problem: Text) -> Answer {
    let problem = problem.said_to(&reader::present());
    Answer { problems: vec![problem], ..Answer::default() }
}
