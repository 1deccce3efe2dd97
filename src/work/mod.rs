//! What happens by itself: approved plans carried out step by step, whatever dies meanwhile.
//! Knows no page. It takes no input but what is due in the database.

mod steps;

use std::{collections::HashMap, time::Duration};

use tokio::{
    sync::watch,
    task::{self, JoinSet},
};

use crate::{
    App,
    domain::{Time, problem::Problem, run::Outcome},
    store::{self, Claimed},
};

/// A claim that nobody settles or renews for this long is free for another worker. One try of a
/// step may take `LONGEST_TRY` and no longer, so a live worker never loses its own.
const LEASE: Duration = Duration::from_secs(60);
const LONGEST_TRY: Duration = Duration::from_secs(50);
/// Plans under way at once in one process, and of those in one person's name: whatever Azure does
/// to one person, there is room for another.
const AT_ONCE: usize = 8;
const OF_EACH: usize = 4;
/// How often the database is asked when nobody rings: other replicas have no bell here.
const LOOK: Duration = Duration::from_secs(1);
/// Expired sessions and the like are cleared away this often.
const TIDY: Duration = Duration::from_secs(600);

/// One try of one due step, if there is any. Says whether there was.
pub async fn tick(app: &App) -> store::Result<bool> {
    let Some(claimed) = app.store.claim(app.clock.now(), LEASE).await? else { return Ok(false) };
    carry_out(app, claimed).await?;
    Ok(true)
}

async fn carry_out(app: &App, claimed: Claimed) -> store::Result<()> {
    let outcome = match tokio::time::timeout(LONGEST_TRY, steps::perform(app, &claimed)).await {
        Ok(outcome) => outcome?,
        Err(_) => Outcome::Retry {
            problem: Problem::ours("Timeout", "Azure did not answer in time."),
            wait: None,
        },
    };
    let request = &claimed.request.id;
    tracing::info!(%request, position = claimed.request.run.position, outcome = word(&outcome), "tried a step");
    if !app.store.settle(&claimed, outcome, app.clock.now()).await? {
        tracing::warn!(%request, "the lease was lost; another worker does this step again");
    }
    Ok(())
}

/// Works until told to stop; then finishes what is in flight.
pub async fn run(app: App, mut stop: watch::Receiver<bool>) {
    let mut flying: JoinSet<()> = JoinSet::new();
    let mut names: HashMap<task::Id, String> = HashMap::new();
    let mut tidied: Option<Time> = None;
    while !*stop.borrow() {
        while let Some(landed) = flying.try_join_next_with_id() {
            names.remove(&landed.map_or_else(|error| error.id(), |(id, ())| id));
        }
        let room = flying.len() < AT_ONCE;
        let claimed = match room {
            true => app.store.claim_beside(app.clock.now(), LEASE, &busy(&names)).await,
            false => Ok(None),
        };
        match claimed {
            Ok(Some(claimed)) => {
                let app = app.clone();
                let name = claimed.request.present_name().map(|person| person.id.clone());
                let flight = flying.spawn(async move {
                    if let Err(error) = carry_out(&app, claimed).await {
                        // The lease runs out and the step is tried again.
                        tracing::error!(%error, "a step could not be settled");
                    }
                    app.bell.notify_one();
                });
                names.insert(flight.id(), name.unwrap_or_default());
                continue;
            }
            Ok(None) => {}
            Err(error) => tracing::error!(%error, "the database could not be asked for work"),
        }
        let now = app.clock.now();
        // Also when the clock was put back.
        if tidied.is_none_or(|last| now < last || now.since(last) >= TIDY) {
            tidied = Some(now);
            if let Err(error) = app.store.tidy(now, app.site.session_idle).await {
                tracing::warn!(%error, "what has expired could not be cleared away");
            }
        }
        tokio::select! {
            () = app.bell.notified() => {}
            () = tokio::time::sleep(LOOK) => {}
            _ = stop.changed() => {}
        }
    }
    flying.join_all().await;
}

/// Who has as many runs under way here as one person may.
fn busy(names: &HashMap<task::Id, String>) -> Vec<&str> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for name in names.values() {
        *counts.entry(name).or_default() += 1;
    }
    counts.into_iter().filter(|(_, count)| *count >= OF_EACH).map(|(name, _)| name).collect()
}

fn word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Done { .. } => "done",
        Outcome::Underway { .. } => "underway",
        Outcome::Retry { .. } => "retry",
        Outcome::NeedsSignIn { .. } => "needs sign-in",
        Outcome::Failed { .. } => "failed",
    }
}
