//! What a load balancer asks. Knows whether we and our database are there; what Azure is doing is
//! told beside it, since the portal is of use without.

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::json;

use crate::{App, azure::Service};

/// The process answers.
pub async fn live() -> &'static str {
    "live\n"
}

/// Whether people can be served: 503 without the database. `entra`, `arm` and `graph` say whether
/// each could be reached; none of them makes the portal unready, as it recovers by itself.
pub async fn ready(State(app): State<App>) -> Response {
    let reach = async |service| match app.azure.reachable(service).await {
        Ok(()) => "reachable".to_owned(),
        Err(error) => format!("not reachable: {}", error.problem().code),
    };
    let (database, entra, arm, graph) = tokio::join!(
        app.store.healthy(),
        reach(Service::Entra),
        reach(Service::Arm),
        reach(Service::Graph),
    );
    let status = if database.is_ok() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    if let Err(error) = &database {
        tracing::error!(%error, "the database does not answer");
    }
    let body = json!({
        "ready": database.is_ok(),
        "database": if database.is_ok() { "reachable" } else { "not reachable" },
        "entra": entra,
        "arm": arm,
        "graph": graph,
    });
    (status, Json(body)).into_response()
}
