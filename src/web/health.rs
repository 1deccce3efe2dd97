//! What a load balancer asks. Knows whether we and our database are there; what Azure is doing is
//! told beside it, since the portal is of use without.

use std::{sync::Arc, time::Duration};

use axum::{
    Extension, Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::json;
use tokio::sync::Mutex;

use crate::{App, azure::Service, domain::Time};

/// The process answers.
pub async fn live() -> &'static str {
    "live\n"
}

/// What was found of Azure's services a moment ago. Anybody may ask us, so Azure is asked by one at a
/// time and not each time.
#[derive(Default)]
pub struct Reached(Mutex<Option<(Time, [String; 3])>>);

const REMEMBERED: Duration = Duration::from_secs(5);

impl Reached {
    async fn now(&self, app: &App) -> [String; 3] {
        let mut known = self.0.lock().await;
        let now = app.clock.now();
        if let Some((at, found)) = &*known
            && now.since(*at) < REMEMBERED
        {
            return found.clone();
        }
        let reach = async |service| match app.azure.reachable(service).await {
            Ok(()) => "reachable".to_owned(),
            Err(error) => format!("not reachable: {}", error.problem().code),
        };
        let found: [String; 3] =
            tokio::join!(reach(Service::Entra), reach(Service::Arm), reach(Service::Graph)).into();
        *known = Some((now, found.clone()));
        found
    }
}

/// Whether people can be served: 503 without the database. `entra`, `arm` and `graph` say whether
/// each could be reached; none of them makes the portal unready, as it recovers by itself.
pub async fn ready(
    State(app): State<App>,
    Extension(reached): Extension<Arc<Reached>>,
) -> Response {
    let (database, [entra, arm, graph]) = tokio::join!(app.store.healthy(), reached.now(&app));
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
