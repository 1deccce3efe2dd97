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
use tokio::{sync::Mutex, time::timeout};

use crate::{App, azure::Service, clock::Clock, domain::Time, store::Trouble};

/// The process answers.
pub async fn live() -> &'static str {
    "live\n"
}

/// Who asks us gives up after a few seconds: what is not known by then is not known.
const PATIENCE: Duration = Duration::from_secs(2);
/// What does not answer in this time is not waited for, so that it can be asked anew.
const LONGEST_LOOK: Duration = Duration::from_secs(10);
/// Azure is asked by its own kindness; the database is ours.
const AZURE_REMEMBERED: Duration = Duration::from_secs(5);
const DATABASE_REMEMBERED: Duration = Duration::from_secs(1);

/// What was found a moment ago. Anybody may ask us, so it is looked for by one at a time and not each
/// time; and it goes on being looked for when who asked has gone.
struct Lately<T>(Arc<Mutex<Option<(Time, T)>>>);

impl<T> Default for Lately<T> {
    fn default() -> Lately<T> {
        Lately(Arc::default())
    }
}

impl<T: Clone + Send + 'static> Lately<T> {
    /// `None` where it is not known in time.
    async fn find(
        &self,
        clock: &Clock,
        remembered: Duration,
        look: impl Future<Output = T> + Send + 'static,
    ) -> Option<T> {
        let known = self.0.clone();
        let clock = clock.clone();
        timeout(PATIENCE, async move {
            let mut known = known.lock_owned().await;
            let now = clock.now();
            // A clock that was set back has not looked lately.
            if let Some((at, found)) = &*known
                && now >= *at
                && now.since(*at) < remembered
            {
                return Some(found.clone());
            }
            let looking = tokio::spawn(async move {
                let found = timeout(LONGEST_LOOK, look).await.ok()?;
                *known = Some((clock.now(), found.clone()));
                Some(found)
            });
            looking.await.ok()?
        })
        .await
        .ok()?
    }
}

/// What was found of what we depend on.
#[derive(Default)]
pub struct Found {
    azure: Lately<[String; 3]>,
    database: Lately<Result<(), Trouble>>,
}

async fn reached(app: App) -> [String; 3] {
    let reach = async |service| match app.azure.reachable(service).await {
        Ok(()) => "reachable".to_owned(),
        Err(error) => format!("not reachable: {}", error.problem().code),
    };
    tokio::join!(reach(Service::Entra), reach(Service::Arm), reach(Service::Graph)).into()
}

async fn database(app: App) -> Result<(), Trouble> {
    app.store.healthy(app.clock.now()).await.map_err(|error| {
        tracing::error!(%error, "the database cannot be used");
        error.trouble().unwrap_or(Trouble::Unreachable)
    })
}

/// Whether people are to be sent here: not without a database that takes a decision, and not once
/// we have been told to stop. `entra`, `arm` and `graph` say whether each could be reached; none of
/// them makes the portal unready, as it recovers by itself.
pub async fn ready(State(app): State<App>, Extension(found): Extension<Arc<Found>>) -> Response {
    if *app.stopping.borrow() {
        let body = json!({ "ready": false, "stopping": true });
        return (StatusCode::SERVICE_UNAVAILABLE, Json(body)).into_response();
    }
    let (database, azure) = tokio::join!(
        found.database.find(&app.clock, DATABASE_REMEMBERED, database(app.clone())),
        found.azure.find(&app.clock, AZURE_REMEMBERED, reached(app.clone())),
    );
    let database = database.unwrap_or(Err(Trouble::Unreachable));
    let [entra, arm, graph] =
        azure.unwrap_or_else(|| std::array::from_fn(|_| "not known yet".to_owned()));
    let status = if database.is_ok() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let body = json!({
        "ready": database.is_ok(),
        "database": match database {
            Ok(()) => "reachable",
            Err(trouble) => trouble.word(),
        },
        "entra": entra,
        "arm": arm,
        "graph": graph,
    });
    (status, Json(body)).into_response()
}
