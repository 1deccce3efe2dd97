//! The queue as numbers, for whoever watches. Reads the database now and then, however often anybody
//! asks for the numbers; every replica tells the same.

use std::time::{Duration, Instant};

use metrics::{counter, gauge, histogram};

use crate::{App, domain::Time, store};

const LOOK: Duration = Duration::from_secs(5);

pub async fn watch(app: App) {
    loop {
        match tokio::time::timeout(LOOK, tell(&app)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "the queue could not be read"),
            Err(_) => tracing::warn!("the queue could not be read in time"),
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// One look.
pub async fn tell(app: &App) -> store::Result<()> {
    let (now, began) = (app.clock.now(), Instant::now());
    let backlog = app.store.backlog(now).await?;
    histogram!("twindesk_database_answer_seconds").record(began.elapsed());
    let age = |since: Option<Time>| since.map_or(0.0, |since| now.since(since).as_secs_f64());
    for open in &backlog.open {
        let state = open.state.word();
        gauge!("twindesk_queue_requests", "state" => state).set(open.requests as f64);
        gauge!("twindesk_queue_oldest_seconds", "state" => state).set(age(open.oldest));
    }
    gauge!("twindesk_due_runs").set(backlog.due as f64);
    gauge!("twindesk_due_lag_seconds").set(age(backlog.due_since));
    gauge!("twindesk_queue_read_timestamp_seconds").set(now.0 as f64 / 1e6);
    let (idle, used) = app.store.connections();
    gauge!("twindesk_database_connections", "state" => "idle").set(idle as f64);
    gauge!("twindesk_database_connections", "state" => "used").set(used as f64);
    counter!("twindesk_database_queries_total").absolute(app.store.queries());
    Ok(())
}
