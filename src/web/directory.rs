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
    session::Viewer,
    sight::deadline,
};
use crate::{App, azure::Found};

#[derive(Deserialize)]
pub struct Question {
    #[serde(default)]
    q: String,
}

#[derive(Default, Serialize)]
struct Answer {
    results: Vec<Row>,
    /// What the directory does not tell, in a sentence each.
    problems: Vec<String>,
}

#[derive(Serialize)]
struct Row {
    id: String,
    /// Azure's `principalType`.
    kind: &'static str,
    name: String,
    mail: Option<String>,
    detail: Option<String>,
}

impl From<Found> for Row {
    fn from(found: Found) -> Row {
        let guest = found.guest.then(|| "Guest".to_owned());
        let guest = guest.or(found.managed.then(|| "Managed identity".to_owned()));
        Row {
            kind: found.kind.principal_type(),
            name: found.name,
            mail: found.mail.or(found.user_principal_name),
            detail: guest.or(found.department).or(found.app_id),
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
            let problems = members::unsearched(&search.refused);
            let results = search.found.into_iter().take(MOST_FOUND).map(Row::from).collect();
            (StatusCode::OK, Answer { results, problems })
        }
        Ok(Err(hidden)) if hidden.fault.is_some() => {
            (StatusCode::BAD_GATEWAY, said(hidden.words.said_to(&super::reader::present())))
        }
        Ok(Err(hidden)) => (StatusCode::OK, said(hidden.words.said_to(&super::reader::present()))),
        // The module cannot send anybody through a sign-in; the form will.
        Err(Error::SignInAgain { .. }) => {
            (StatusCode::BAD_GATEWAY, said("Azure wants you to sign in again.".to_owned()))
        }
        Err(error) => return Err(error),
    };
    Ok((status, Json(answer)).into_response())
}

fn said(problem: String) -> Answer {
    Answer { problems: vec![problem], ..Answer::default() }
}
