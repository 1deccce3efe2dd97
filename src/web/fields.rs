//! Single fields, judged while somebody types by the very rules that judge them when the form is sent.
//! Asks Azure nothing and knows no form.

use axum::{
    Json,
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};

use super::{Error, asking::members, reader, session::Viewer};
use crate::{
    App,
    domain::asked::{
        wrong_with_endpoint_name, wrong_with_group, wrong_with_name, wrong_with_resource_id,
        wrong_with_subnet,
    },
};

#[derive(Deserialize)]
pub struct Typed {
    value: String,
}

#[derive(Serialize)]
struct Answer {
    /// In the reader's language; empty where nothing is wrong.
    problem: String,
}

pub async fn check(
    State(app): State<App>,
    _: Viewer,
    Path(rule): Path<String>,
    Query(typed): Query<Typed>,
) -> Result<Response, Error> {
    let value = typed.value.trim();
    let wrong = match &*rule {
        "resource-name" => wrong_with_name(value, &app.policy),
        "resource-group" => wrong_with_group(value, false),
        "new-resource-group" => wrong_with_group(value, true),
        "resource-id" => wrong_with_resource_id(value),
        "endpoint-name" => wrong_with_endpoint_name(value),
        "subnet" => wrong_with_subnet(value),
        "object-id" => members::wrong_with_object_id(value),
        _ => return Err(Error::Missing),
    };
    let problem = wrong.map(|text| text.said_to(&reader::present())).unwrap_or_default();
    Ok(Json(Answer { problem }).into_response())
}
