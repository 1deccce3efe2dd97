//! Plans being carried out: claiming one, and writing what came of it. Knows who holds a run, not
//! what a step means.

use crate::words::Text;
use std::time::Duration;

use sqlx::{Any, Executor};
use uuid::Uuid;

use super::{Error, Result, Store, Tx, history, json, pace, parse, requests::named, torn};
use crate::domain::{
    Time,
    history::Actor,
    patience::Spent,
    plan::Step,
    request::{Change, Request, Status},
    run::{Outcome, Progress, Run, State, StepState},
};

/// A run that one worker holds until its lease ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    pub lease: String,
    pub at: Time,
    pub request: Request,
}

impl Claimed {
    /// The step that is to be tried.
    pub fn present(&self) -> Option<&Progress> {
        self.request.steps.get(self.request.run.position)
    }
}

/// What the home page counts, each up to 100.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Home {
    /// Requests of theirs that have not come to an end.
    pub open: i64,
    /// Runs that wait for them to sign in.
    pub sign_ins: i64,
}

/// What has not come to an end, each number up to [`Backlog::MOST`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Backlog {
    pub open: Vec<Open>,
    /// Runs that are due and that no worker holds.
    pub due: i64,
    /// Since when the first of them has been.
    pub due_since: Option<Time>,
}

/// The open requests in one state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Open {
    pub state: State,
    pub requests: i64,
    /// When the oldest was made.
    pub oldest: Option<Time>,
}

impl Backlog {
    /// More than this are not counted.
    pub const MOST: i64 = 10_000;
}

#[derive(sqlx::FromRow)]
pub(super) struct RunRow {
    state: String,
    position: i64,
    attempt: i64,
    due_at: Option<i64>,
    problem: Option<String>,
    claims: Option<String>,
    spent_tries: i64,
    spent_waited: i64,
    stop_asked: i64,
}

impl RunRow {
    pub(super) fn run(self, request: &str) -> Result<Run> {
        Ok(Run {
            request: request.to_owned(),
            state: State::from_word(&self.state).ok_or_else(|| torn("a run"))?,
            position: usize::try_from(self.position).map_err(|_| torn("a run"))?,
            attempt: u32::try_from(self.attempt).map_err(|_| torn("a run"))?,
            due_at: self.due_at.map(Time),
            problem: self.problem.map(|problem| parse("a problem", &problem)).transpose()?,
            claims: self.claims,
            spent: Spent {
                tries: u32::try_from(self.spent_tries).map_err(|_| torn("a run"))?,
                waited: Duration::from_micros(
                    u64::try_from(self.spent_waited).map_err(|_| torn("a run"))?,
                ),
            },
            stop_asked: self.stop_asked != 0,
        })
    }
}

#[derive(sqlx::FromRow)]
pub(super) struct StepRow {
    step: String,
    in_name_of_id: Option<String>,
    in_name_of_name: Option<String>,
    step_state: String,
    operation: Option<String>,
    began_at: Option<i64>,
    sent_at: Option<i64>,
    sent_before: i64,
    ended_at: Option<i64>,
    proof: Option<String>,
    host_name: Option<String>,
}

impl TryFrom<StepRow> for Progress {
    type Error = Error;

    fn try_from(row: StepRow) -> Result<Progress> {
        Ok(Progress {
            step: parse::<Step>("a step", &row.step)?,
            in_name_of: named(row.in_name_of_id, row.in_name_of_name),
            state: StepState::from_word(&row.step_state).ok_or_else(|| torn("a step"))?,
            operation: row.operation,
            began_at: row.began_at.map(Time),
            sent_at: row.sent_at.map(Time),
            sent_before: row.sent_before != 0,
            ended_at: row.ended_at.map(Time),
            proof: row.proof.map(Text::of_column),
            host_name: row.host_name,
        })
    }
}

/// Of what a request's page shows that moves: it differs when the page does.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Pulse {
    version: i64,
    state: String,
    position: i64,
    attempt: i64,
    due_at: Option<i64>,
    stop_asked: i64,
    looking_id: Option<String>,
    looking_since: Option<i64>,
    told: Option<i64>,
}

impl Store {
    pub async fn pulse(&self, request_id: &str) -> Result<Pulse> {
        let pulse: Option<Pulse> = sqlx::query_as(
            "SELECT request.version, run.state, run.position, run.attempt, run.due_at,
                 run.stop_asked, request.looking_id, request.looking_since,
                 (SELECT MAX(seq) FROM history WHERE history.request_id = request.id) AS told
             FROM request INNER JOIN run ON run.request_id = request.id WHERE request.id = $1",
        )
        .bind(request_id)
        .fetch_optional(self.read())
        .await?;
        pulse.ok_or(Error::Missing("request"))
    }

    /// Compare-and-set: the candidate may be another's or finished by now.
    pub(super) async fn take(
        &self,
        id: &str,
        person_id: Option<&str>,
        now: Time,
        lease_for: Duration,
    ) -> Result<Option<String>> {
        let lease = Uuid::new_v4().to_string();
        let mut tx = self.begin().await?;
        let taken = sqlx::query(
            "UPDATE run SET lease = $3, lease_until = $4, attempt = attempt + 1
             WHERE request_id = $1 AND due_at <= $2 AND lease_until <= $2",
        )
        .bind(id)
        .bind(now.0)
        .bind(&lease)
        .bind(now.plus(lease_for).0)
        .execute(tx.on())
        .await?;
        if taken.rows_affected() != 1 {
            return Ok(None);
        }
        if let Some(person_id) = person_id {
            pace::served(&mut tx, person_id, now).await?;
        }
        tx.commit().await?;
        Ok(Some(lease))
    }

    /// Writes what came of a try, if the lease still holds; else nothing, and false.
    pub async fn settle(&self, claimed: &Claimed, outcome: Outcome, now: Time) -> Result<bool> {
        let id = &claimed.request.id;
        let mut tx = self.begin().await?;
        let row: Option<RunRow> = sqlx::query_as(
            "UPDATE run SET lease = NULL, lease_until = 0
             WHERE request_id = $1 AND lease = $2 AND lease_until > $3
             RETURNING state, position, attempt, due_at, problem, claims, spent_tries,
                 spent_waited, stop_asked",
        )
        .bind(id)
        .bind(&claimed.lease)
        .bind(now.0)
        .fetch_optional(tx.on())
        .await?;
        let Some(row) = row else { return Ok(false) };
        let run = row.run(id)?;
        // Not those that were claimed: a decision may have put names on them meanwhile.
        let steps = steps(id, tx.on()).await?;
        let outcome = signed_in_since(&mut tx, claimed, &steps, run.position, outcome).await?;
        let position = run.position;
        let end = match run.settle(&steps, outcome, now) {
            Some(settled) => {
                write_step(&mut tx, id, position, &settled.step).await?;
                write_run(&mut tx, &settled.run, &settled.step).await?;
                if let (Some(until), Some(person)) = (settled.pause, &settled.step.in_name_of) {
                    pace::pause(&mut tx, &person.id, until).await?;
                }
                history::append(&mut tx, &claimed.request, &Actor::Portal, &settled.events, now)
                    .await?
            }
            // Behind the last step nothing is due.
            None => {
                sqlx::query("UPDATE run SET due_at = NULL WHERE request_id = $1")
                    .bind(id)
                    .execute(tx.on())
                    .await?;
                None
            }
        };
        self.commit(tx, end).await?;
        Ok(true)
    }

    /// Notes that the present step's call is about to be sent. False when the lease is lost, or a
    /// person wants nothing more to be sent: then nothing may be sent.
    pub async fn sending(&self, claimed: &Claimed, at: Time) -> Result<bool> {
        let noted = sqlx::query(
            "UPDATE step SET sent_at = $1
             WHERE request_id = $2 AND position = $3
                 AND EXISTS (SELECT 1 FROM run WHERE run.request_id = $2 AND lease = $4
                             AND lease_until > $1 AND stop_asked = 0)",
        )
        .bind(at.0)
        .bind(&claimed.request.id)
        .bind(i64::try_from(claimed.request.run.position).unwrap_or(i64::MAX))
        .bind(&claimed.lease)
        .execute(self.write())
        .await?;
        Ok(noted.rows_affected() == 1)
    }

    /// Takes the note of [`Store::sending`] back to what it was: Azure has said that it did nothing.
    pub async fn unsent(&self, claimed: &Claimed, now: Time) -> Result<()> {
        sqlx::query(
            "UPDATE step SET sent_at = $1
             WHERE request_id = $2 AND position = $3
                 AND EXISTS (SELECT 1 FROM run WHERE run.request_id = $2 AND lease = $4
                             AND lease_until > $5)",
        )
        .bind(claimed.present().and_then(|step| step.sent_at).map(|at| at.0))
        .bind(&claimed.request.id)
        .bind(number(claimed.request.run.position))
        .bind(&claimed.lease)
        .bind(now.0)
        .execute(self.write())
        .await?;
        Ok(())
    }

    /// Gives a run back as it was found, for another worker to take.
    pub async fn release(&self, claimed: &Claimed) -> Result<()> {
        sqlx::query(
            "UPDATE run SET lease = NULL, lease_until = 0, attempt = attempt - 1
             WHERE request_id = $1 AND lease = $2",
        )
        .bind(&claimed.request.id)
        .bind(&claimed.lease)
        .execute(self.write())
        .await?;
        Ok(())
    }

    /// For whoever watches, in one query. What was sent back waits for nobody's decision.
    pub async fn backlog(&self, now: Time) -> Result<Backlog> {
        let rows: Vec<(String, i64, Option<i64>)> = sqlx::query_as(
            "SELECT 'waiting', COUNT(*), MIN(asked_at) FROM (SELECT asked_at FROM run
                 WHERE ended = 0 AND state = 'waiting' AND NOT EXISTS (SELECT 1 FROM request
                     WHERE request.id = run.request_id AND request.decision = 'sent_back')
                 ORDER BY asked_at LIMIT $1) AS a
             UNION ALL SELECT 'running', COUNT(*), MIN(asked_at) FROM (SELECT asked_at FROM run
                 WHERE ended = 0 AND state = 'running' ORDER BY asked_at LIMIT $1) AS b
             UNION ALL SELECT 'needs_sign_in', COUNT(*), MIN(asked_at) FROM (SELECT asked_at FROM run
                 WHERE ended = 0 AND state = 'needs_sign_in' ORDER BY asked_at LIMIT $1) AS c
             UNION ALL SELECT 'stopped', COUNT(*), MIN(asked_at) FROM (SELECT asked_at FROM run
                 WHERE ended = 0 AND state = 'stopped' ORDER BY asked_at LIMIT $1) AS d
             UNION ALL SELECT 'due', COUNT(*), MIN(due_at) FROM (SELECT due_at FROM run
                 WHERE due_at <= $2 AND lease_until <= $2 ORDER BY due_at LIMIT $1) AS e",
        )
        .bind(Backlog::MOST)
        .bind(now.0)
        .fetch_all(self.read())
        .await?;
        let mut backlog = Backlog::default();
        for (word, count, since) in rows {
            match State::from_word(&word) {
                Some(state) => {
                    let oldest = since.map(Time);
                    backlog.open.push(Open { state, requests: count, oldest });
                }
                None => (backlog.due, backlog.due_since) = (count, since.map(Time)),
            }
        }
        Ok(backlog)
    }

    pub async fn home(&self, person_id: &str) -> Result<Home> {
        let (open, sign_ins): (i64, i64) = sqlx::query_as(
            "SELECT
                 (SELECT COUNT(*) FROM (SELECT request_id FROM run
                      WHERE requester_id = $1 AND ended = 0 LIMIT 100) AS open),
                 (SELECT COUNT(*) FROM (SELECT request_id FROM run
                      WHERE waits_for = $1 LIMIT 100) AS waiting)",
        )
        .bind(person_id)
        .fetch_one(self.read())
        .await?;
        Ok(Home { open, sign_ins })
    }
}

/// The steps of a run, in order.
async fn steps<'e>(request: &str, on: impl Executor<'e, Database = Any>) -> Result<Vec<Progress>> {
    let rows: Vec<StepRow> = sqlx::query_as(
        "SELECT step, in_name_of_id, in_name_of_name, state AS step_state, operation, began_at, sent_at,
             sent_before, ended_at, proof, host_name
         FROM step WHERE request_id = $1 ORDER BY position",
    )
    .bind(request)
    .fetch_all(on)
    .await?;
    rows.into_iter().map(Progress::try_from).collect()
}

/// Somebody who signed in while their step was being tried with what they had delegated before
/// is not asked to sign in again: the step is tried again at once.
async fn signed_in_since(
    tx: &mut Tx,
    claimed: &Claimed,
    steps: &[Progress],
    position: usize,
    outcome: Outcome,
) -> Result<Outcome> {
    let named = steps.get(position).and_then(|step| step.in_name_of.as_ref());
    let (Outcome::NeedsSignIn { .. }, Some(person)) = (&outcome, named) else {
        return Ok(outcome);
    };
    // An UPDATE and no SELECT: whoever keeps a delegation just now waits, and then finds this run
    // among those to wake.
    let since = sqlx::query(
        "UPDATE delegation SET changed_at = changed_at WHERE person_id = $1 AND kept_at > $2
         RETURNING person_id",
    )
    .bind(&person.id)
    .bind(claimed.at.0)
    .fetch_optional(tx.on())
    .await?;
    Ok(match since {
        Some(_) => Outcome::Underway { operation: None, wait: Duration::ZERO },
        None => outcome,
    })
}

async fn write_step(tx: &mut Tx, request: &str, position: usize, step: &Progress) -> Result<()> {
    sqlx::query(
        "UPDATE step SET state = $3, operation = $4, began_at = $5, ended_at = $6, proof = $7,
             host_name = $8
         WHERE request_id = $1 AND position = $2",
    )
    .bind(request)
    .bind(number(position))
    .bind(step.state.word())
    .bind(&step.operation)
    .bind(step.began_at.map(|at| at.0))
    .bind(step.ended_at.map(|at| at.0))
    .bind(step.proof.as_ref().map(Text::to_column))
    .bind(&step.host_name)
    .execute(tx.on())
    .await?;
    Ok(())
}

/// `step` is the one that was tried.
async fn write_run(tx: &mut Tx, run: &Run, step: &Progress) -> Result<()> {
    let (decision,): (String,) = sqlx::query_as("SELECT decision FROM request WHERE id = $1")
        .bind(&run.request)
        .fetch_one(tx.on())
        .await?;
    let waits_for = match run.state {
        State::NeedsSignIn => step.in_name_of.as_ref().map(|person| &*person.id),
        _ => None,
    };
    sqlx::query(
        "UPDATE run SET state = $2, position = $3, attempt = $4, due_at = $5, problem = $6,
             claims = $7, begun = 1, ended = $8, waits_for = $9, spent_tries = $10,
             spent_waited = $11
         WHERE request_id = $1",
    )
    .bind(&run.request)
    .bind(run.state.word())
    .bind(number(run.position))
    .bind(i64::from(run.attempt))
    .bind(run.due_at.map(|at| at.0))
    .bind(run.problem.as_ref().map(json).transpose()?)
    .bind(&run.claims)
    .bind(ended(Status::of(&decision, run.state, true)))
    .bind(waits_for)
    .bind(i64::from(run.spent.tries))
    .bind(i64::try_from(run.spent.waited.as_micros()).unwrap_or(i64::MAX))
    .execute(tx.on())
    .await?;
    Ok(())
}

/// Whether a request with this status has come to an end, as a column holds it.
fn ended(status: Status) -> i64 {
    match status {
        Status::Waiting
        | Status::SentBack
        | Status::Approved
        | Status::Running
        | Status::NeedsSignIn
        | Status::Stopped => 0,
        Status::Done | Status::Verified | Status::Rejected | Status::Withdrawn | Status::Closed => {
            1
        }
    }
}

fn number(position: usize) -> i64 {
    i64::try_from(position).unwrap_or(i64::MAX)
}

/// A new run with all its steps.
pub(super) async fn insert(tx: &mut Tx, request: &Request) -> Result<()> {
    let run = &request.run;
    sqlx::query(
        "INSERT INTO run (request_id, requester_id, asked_at, state, position, attempt, begun,
             ended, due_at, problem, claims, lease_until)
         VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8, $9, $10, 0)",
    )
    .bind(&request.id)
    .bind(&request.requester.id)
    .bind(request.asked_at.0)
    .bind(run.state.word())
    .bind(number(run.position))
    .bind(i64::from(run.attempt))
    .bind(ended(request.status()))
    .bind(run.due_at.map(|at| at.0))
    .bind(run.problem.as_ref().map(json).transpose()?)
    .bind(&run.claims)
    .execute(tx.on())
    .await?;
    insert_steps(tx, request).await
}

/// Another plan instead, of which nothing has begun yet; only when that is so of the old one too.
pub(super) async fn begin_anew(tx: &mut Tx, change: &Change) -> Result<()> {
    let request = &change.request;
    let run = &request.run;
    let anew = sqlx::query(
        "UPDATE run SET state = $2, position = $3, attempt = $4, ended = $5, due_at = $6,
             spent_tries = 0, spent_waited = 0
         WHERE request_id = $1 AND state = 'waiting' AND begun = 0 AND lease_until <= $7",
    )
    .bind(&request.id)
    .bind(run.state.word())
    .bind(number(run.position))
    .bind(i64::from(run.attempt))
    .bind(ended(request.status()))
    .bind(run.due_at.map(|at| at.0))
    .bind(change.at.0)
    .execute(tx.on())
    .await?;
    if anew.rows_affected() != 1 {
        return Err(Error::Stale);
    }
    sqlx::query("DELETE FROM step WHERE request_id = $1")
        .bind(&request.id)
        .execute(tx.on())
        .await?;
    insert_steps(tx, request).await
}

async fn insert_steps(tx: &mut Tx, request: &Request) -> Result<()> {
    for (position, step) in request.steps.iter().enumerate() {
        sqlx::query(
            "INSERT INTO step (request_id, position, step, in_name_of_id, in_name_of_name, state)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(&request.id)
        .bind(number(position))
        .bind(json(&step.step)?)
        .bind(step.in_name_of.as_ref().map(|person| &*person.id))
        .bind(step.in_name_of.as_ref().map(|person| &*person.name))
        .bind(step.state.word())
        .execute(tx.on())
        .await?;
    }
    Ok(())
}

/// The run goes on as it is; where it waits for names that a rejection keeps from it, that is the
/// end.
pub(super) async fn leave(tx: &mut Tx, change: &Change) -> Result<()> {
    sqlx::query(
        "UPDATE run SET ended = CASE WHEN state = 'waiting' THEN $2 ELSE ended END
         WHERE request_id = $1",
    )
    .bind(&change.request.id)
    .bind(ended(Status::of(change.request.decision.word(), State::Waiting, true)))
    .execute(tx.on())
    .await?;
    Ok(())
}

/// Whatever the run is doing: where it waits for names it goes on, and where it does not, the
/// worker that holds it finds the names when it settles.
pub(super) async fn release(tx: &mut Tx, change: &Change) -> Result<()> {
    sqlx::query(
        "UPDATE run SET attempt = CASE WHEN state = 'waiting' THEN 0 ELSE attempt END,
             spent_tries = 0, spent_waited = 0,
             due_at = CASE WHEN state = 'waiting' THEN $2 ELSE due_at END,
             state = CASE WHEN state = 'waiting' THEN 'running' ELSE state END
         WHERE request_id = $1",
    )
    .bind(&change.request.id)
    .bind(change.at.0)
    .execute(tx.on())
    .await?;
    Ok(())
}

pub(super) async fn close(tx: &mut Tx, change: &Change) -> Result<()> {
    let run = &change.request.run;
    let closed = sqlx::query(
        "UPDATE run SET state = 'closed', ended = 1, due_at = NULL, claims = NULL,
             waits_for = NULL
         WHERE request_id = $1 AND state = $2 AND position = $3 AND lease_until <= $4",
    )
    .bind(&change.request.id)
    .bind(run.state.word())
    .bind(number(run.position))
    .bind(change.at.0)
    .execute(tx.on())
    .await?;
    if closed.rows_affected() == 1 { Ok(()) } else { Err(Error::Stale) }
}

/// The step that failed, or the verification that was given up, begins anew.
pub(super) async fn retry(tx: &mut Tx, change: &Change) -> Result<()> {
    let run = &change.request.run;
    let (state, position) = match run.state {
        State::Done => (State::Done, change.request.steps.len().saturating_sub(1)),
        _ => (State::Running, run.position),
    };
    let taken_up = sqlx::query(
        "UPDATE run SET state = $5, position = $6, due_at = $4, attempt = 0, problem = NULL,
             claims = NULL, spent_tries = 0, spent_waited = 0
         WHERE request_id = $1 AND state = $2 AND position = $3 AND lease_until <= $4
             AND due_at IS NULL",
    )
    .bind(&change.request.id)
    .bind(run.state.word())
    .bind(number(run.position))
    .bind(change.at.0)
    .bind(state.word())
    .bind(number(position))
    .execute(tx.on())
    .await?;
    if taken_up.rows_affected() != 1 {
        return Err(Error::Stale);
    }
    sqlx::query(
        "UPDATE step SET state = 'waiting', operation = NULL, began_at = NULL,
             sent_before = CASE WHEN sent_at IS NULL THEN sent_before ELSE 1 END,
             sent_at = NULL, ended_at = NULL, proof = NULL
         WHERE request_id = $1 AND position = $2",
    )
    .bind(&change.request.id)
    .bind(number(position))
    .execute(tx.on())
    .await?;
    sqlx::query(
        "UPDATE run SET begun = CASE WHEN EXISTS (SELECT 1 FROM step
             WHERE step.request_id = $1 AND began_at IS NOT NULL) THEN 1 ELSE 0 END
         WHERE request_id = $1",
    )
    .bind(&change.request.id)
    .execute(tx.on())
    .await?;
    Ok(())
}

/// It goes on under other names, as far as it had come: what Azure has taken is looked for and not
/// sent again. A step that failed begins anew.
pub(super) async fn take_over(tx: &mut Tx, change: &Change) -> Result<()> {
    let run = &change.request.run;
    if run.state == State::Stopped {
        retry(tx, change).await?;
    } else {
        let taken_up = sqlx::query(
            "UPDATE run SET state = 'running', due_at = $4, attempt = 0, problem = NULL,
                 claims = NULL, waits_for = NULL, spent_tries = 0, spent_waited = 0
             WHERE request_id = $1 AND state = $2 AND position = $3 AND due_at IS NULL",
        )
        .bind(&change.request.id)
        .bind(run.state.word())
        .bind(number(run.position))
        .bind(change.at.0)
        .execute(tx.on())
        .await?;
        if taken_up.rows_affected() != 1 {
            return Err(Error::Stale);
        }
    }
    for (position, _) in &change.names {
        sqlx::query(
            "UPDATE step SET in_name_of_id = NULL, in_name_of_name = NULL
             WHERE request_id = $1 AND position = $2 AND state = 'waiting'",
        )
        .bind(&change.request.id)
        .bind(number(*position))
        .execute(tx.on())
        .await?;
    }
    Ok(())
}

/// Where the present step's call has not been sent and no worker is at it, that is the end; else the
/// worker ends it when the step in flight has ended.
pub(super) async fn halt(tx: &mut Tx, change: &Change) -> Result<()> {
    let stopped =
        sqlx::query("UPDATE run SET stop_asked = 1 WHERE request_id = $1 AND state = 'running'")
            .bind(&change.request.id)
            .execute(tx.on())
            .await?;
    if stopped.rows_affected() != 1 {
        return Err(Error::Stale);
    }
    sqlx::query(
        "UPDATE run SET state = 'closed', ended = 1, due_at = NULL, problem = NULL
         WHERE request_id = $1 AND lease_until <= $2 AND NOT EXISTS (
             SELECT 1 FROM step WHERE step.request_id = run.request_id
                 AND step.position = run.position AND step.sent_at IS NOT NULL)",
    )
    .bind(&change.request.id)
    .bind(change.at.0)
    .execute(tx.on())
    .await?;
    // Otherwise it is looked at now, and not when the next try would have been.
    sqlx::query(
        "UPDATE run SET due_at = $2
         WHERE request_id = $1 AND state = 'running' AND problem IS NOT NULL AND due_at > $2",
    )
    .bind(&change.request.id)
    .bind(change.at.0)
    .execute(tx.on())
    .await?;
    Ok(())
}

/// Only where nobody else has put one, and nothing has been tried.
pub(super) async fn put_names(tx: &mut Tx, change: &Change) -> Result<()> {
    for (position, person) in &change.names {
        let put = sqlx::query(
            "UPDATE step SET in_name_of_id = $3, in_name_of_name = $4
             WHERE request_id = $1 AND position = $2 AND in_name_of_id IS NULL
                 AND state = 'waiting'",
        )
        .bind(&change.request.id)
        .bind(number(*position))
        .bind(&person.id)
        .bind(&person.name)
        .execute(tx.on())
        .await?;
        if put.rows_affected() != 1 {
            return Err(Error::Stale);
        }
    }
    Ok(())
}
