//! What happens by itself: approved plans carried out step by step, whatever dies meanwhile.
//! Knows no page. It takes no input but what is due in the database.

mod steps;
mod watching;

pub use watching::{tell, watch};

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use metrics::{counter, histogram};
use tokio::{
    sync::watch,
    task::{self, JoinSet},
};

use crate::{
    App,
    domain::{Time, problem::Problem, run::Outcome},
    store::{self, Claimed},
    text,
};

/// A claim that nobody settles or renews for this long is free for another worker. One try of a
/// step may take `LONGEST_TRY` and no longer, so a live worker never loses its own.
const LEASE: Duration = Duration::from_secs(60);
const LONGEST_TRY: Duration = Duration::from_secs(50);
/// A step under way when the program is told to stop may take this long; then it is given back,
/// early enough to do so within the ten seconds that the whole program has.
const FINISHING: Duration = Duration::from_secs(8);
/// A database that is gone without a word is not waited for longer, but asked anew.
const LONGEST_SILENCE: Duration = Duration::from_secs(30);
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
    carry_out(app, claimed, std::future::pending()).await?;
    Ok(true)
}

/// `cut` says that there is no more time. What was sent by then may have arrived: it was noted before,
/// and whoever takes the run next looks first.
#[tracing::instrument(name = "step", level = "error", skip_all, fields(
    request = %claimed.request.id,
    position = claimed.request.run.position,
    attempt = claimed.request.run.attempt,
    kind = kind(&claimed),
    correlation = claimed.present().map(|step| tracing::field::display(step.step.correlation)),
    person = claimed.present().and_then(|step| step.in_name_of.as_ref()).map(|named| &*named.id),
    outcome,
    otel.status_code,
))]
async fn carry_out(
    app: &App,
    claimed: Claimed,
    cut: impl Future<Output = ()>,
) -> store::Result<()> {
    let began = Instant::now();
    let tried = tokio::select! {
        biased;
        tried = tokio::time::timeout(LONGEST_TRY, steps::perform(app, &claimed)) => tried,
        () = cut => {
            in_time(app.store.release(&claimed)).await?;
            tracing::info!("gave a step back, to be gone on with elsewhere");
            return Ok(());
        }
    };
    let outcome = match tried {
        Ok(outcome) => outcome?,
        Err(_) => Outcome::Retry {
            problem: Problem::ours("Timeout", text!("problem-timeout")),
            wait: None,
        },
    };
    told(&claimed, &outcome, began);
    if !in_time(app.store.settle(&claimed, outcome, app.clock.now())).await? {
        counter!("twindesk_lease_losses_total").increment(1);
        tracing::warn!("the lease was lost; another worker does this step again");
    }
    Ok(())
}

/// Works until told to stop; then finishes what is in flight, or gives it back.
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
            true => {
                let busy = busy(&names);
                in_time(app.store.claim_beside(app.clock.now(), LEASE, &busy)).await
            }
            false => Ok(None),
        };
        match claimed {
            Ok(Some(claimed)) => {
                let (app, request) = (app.clone(), claimed.request.id.clone());
                let cut = no_more_time(stop.clone());
                let name = claimed.request.present_name().map(|person| person.id.clone());
                let flight = flying.spawn(async move {
                    if let Err(error) = carry_out(&app, claimed, cut).await {
                        // The lease runs out and the step is tried again.
                        counter!("twindesk_unsettled_total").increment(1);
                        tracing::error!(request, %error, "a step could not be settled");
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
            if let Err(error) = in_time(app.store.tidy(now, app.site.session_idle)).await {
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

/// Says what a try came to, to whoever watches.
fn told(claimed: &Claimed, outcome: &Outcome, began: Instant) {
    let (kind, word) = (kind(claimed), word(outcome));
    counter!("twindesk_step_outcomes_total", "kind" => kind, "outcome" => word).increment(1);
    histogram!("twindesk_step_seconds", "kind" => kind).record(began.elapsed());
    let span = tracing::Span::current();
    span.record("outcome", word);
    match outcome {
        Outcome::Failed { problem } | Outcome::Retry { problem, .. } => {
            if matches!(outcome, Outcome::Failed { .. }) {
                span.record("otel.status_code", "ERROR");
            }
            let (status, code, theirs) = (problem.status, &problem.code, &problem.correlation);
            tracing::info!(status, code, theirs, "tried a step");
        }
        _ => tracing::info!("tried a step"),
    }
}

fn kind(claimed: &Claimed) -> &'static str {
    claimed.present().map_or("none", |step| step.step.action.kind())
}

async fn in_time<T>(asked: impl Future<Output = store::Result<T>>) -> store::Result<T> {
    tokio::time::timeout(LONGEST_SILENCE, asked)
        .await
        .unwrap_or_else(|_| Err(store::Error::silent()))
}

async fn no_more_time(mut stop: watch::Receiver<bool>) {
    // A sender that is gone can no longer say anything else.
    let _ = stop.wait_for(|told| *told).await;
    tokio::time::sleep(FINISHING).await;
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
        Outcome::NeedsSignIn { .. } => "needs_sign_in",
        Outcome::Failed { .. } => "failed",
    }
}
