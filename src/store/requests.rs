//! What people asked and decided. A decision is written whole or not at all, and never without
//! its sentence of history.

use super::{Error, Key, Result, Store, Tx, history, json, parse, runs, torn};
use crate::domain::{
    Time,
    asked::Asked,
    person::{Named, Person},
    request::{Change, Decision, Effect, Request, Status},
    run::State,
    scope::Scope,
};

/// A request as a list shows it: everything but its content and its steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub id: String,
    /// [`Asked::kind`].
    pub kind: String,
    pub title: String,
    pub requester: Named,
    pub subscription: String,
    /// The instance that it is about.
    pub instance: Scope,
    /// [`Asked::decided_at`].
    pub scope: Scope,
    pub asked_at: Time,
    /// [`Decision::word`].
    pub decision: String,
    pub decided_by: Option<Named>,
    pub decided_at: Option<Time>,
    pub run: State,
    /// Whether any step has been tried.
    pub begun: bool,
}

impl Row {
    pub fn status(&self) -> Status {
        Status::of(&self.decision, self.run, self.begun)
    }

    /// Where it is, as a person calls it: `rg-plant · Production`.
    pub fn place(&self) -> String {
        match self.instance.group_name() {
            Some(group) => format!("{group} · {}", self.subscription),
            None => self.subscription.clone(),
        }
    }

    /// Its place in lists that are ordered by when something was asked.
    pub fn asked_key(&self) -> Key {
        Key { at: self.asked_at, id: self.id.clone() }
    }

    /// Its place in [`Store::decided_by`].
    pub fn decided_key(&self) -> Option<Key> {
        Some(Key { at: self.decided_at?, id: self.id.clone() })
    }
}

/// How wide the scopes are that [`Store::unasked`] gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    Subscriptions,
    Groups,
    Instances,
}

#[derive(sqlx::FromRow)]
pub(super) struct Listed {
    id: String,
    kind: String,
    title: String,
    requester_id: String,
    requester_name: String,
    subscription_name: String,
    instance: String,
    scope: String,
    asked_at: i64,
    decision: String,
    decided_by_id: Option<String>,
    decided_by_name: Option<String>,
    decided_at: Option<i64>,
    state: String,
    begun: i64,
}

impl TryFrom<Listed> for Row {
    type Error = Error;

    fn try_from(row: Listed) -> Result<Row> {
        let torn = || torn("a request");
        Ok(Row {
            requester: Named { id: row.requester_id, name: row.requester_name },
            subscription: row.subscription_name,
            instance: Scope::parse(&row.instance).ok_or_else(torn)?,
            scope: Scope::parse(&row.scope).ok_or_else(torn)?,
            asked_at: Time(row.asked_at),
            decided_by: named(row.decided_by_id, row.decided_by_name),
            decided_at: row.decided_at.map(Time),
            run: State::from_word(&row.state).ok_or_else(torn)?,
            begun: row.begun != 0,
            decision: row.decision,
            id: row.id,
            kind: row.kind,
            title: row.title,
        })
    }
}

/// The columns of [`Listed`] and the rest of the query, as one literal.
macro_rules! listed {
    ($rest:literal) => {
        concat!(
            "SELECT request.id, request.kind, request.title, request.requester_id, \
             request.requester_name, request.subscription_name, request.instance, request.scope, \
             request.asked_at, request.decision, request.decided_by_id, request.decided_by_name, \
             request.decided_at, run.state, run.begun ",
            $rest
        )
    };
}
pub(super) use listed;

/// What waits where the person `$1` decides, as far as was told since `$2`: by the subscription, the
/// group or the very scope. Each way in reads an index of what waits and ends by itself, so that
/// nobody reads what others decide; what is found by several of them is there once.
macro_rules! decided {
    ($rest:literal) => {
        concat!(
            decided!("subscription_key", $rest),
            " UNION ",
            decided!("group_key", $rest),
            " UNION ",
            decided!("scope_key", $rest)
        )
    };
    ($key:literal, $rest:literal) => {
        concat!(
            "SELECT id FROM (SELECT request.id FROM standing
                 INNER JOIN request ON request.",
            $key,
            " = standing.scope_key
                 WHERE standing.person_id = $1 AND standing.decides = 1
                     AND standing.checked_at >= $2 AND request.decision = 'pending' ",
            $rest,
            ") AS by_",
            $key
        )
    };
}

pub(super) use decided;

#[derive(sqlx::FromRow)]
struct Whole {
    id: String,
    version: i64,
    asked: String,
    asked_at: i64,
    requester: String,
    decision: String,
    decided_by_id: Option<String>,
    decided_by_name: Option<String>,
    decided_at: Option<i64>,
    reason: Option<String>,
    #[sqlx(flatten)]
    run: runs::RunRow,
}

pub(super) fn named(id: Option<String>, name: Option<String>) -> Option<Named> {
    Some(Named { id: id?, name: name? })
}

fn rows(listed: Vec<Listed>) -> Result<Vec<Row>> {
    listed.into_iter().map(Row::try_from).collect()
}

impl Store {
    /// Writes a decision: the request, the names on its steps, what follows for the run, and the
    /// sentence that tells it. [`Error::Stale`] when somebody else was faster.
    pub async fn apply(&self, change: &Change) -> Result<()> {
        let mut tx = self.begin().await?;
        // Rows are locked in one order everywhere: request, run, step, history.
        if change.new {
            insert(&mut tx, change).await?;
        } else {
            update(&mut tx, change).await?;
            match change.effect {
                Effect::None => runs::leave(&mut tx, change).await?,
                Effect::Release => runs::release(&mut tx, change).await?,
                Effect::Close => runs::close(&mut tx, change).await?,
                Effect::Retry => runs::retry(&mut tx, change).await?,
                Effect::TakeOver => runs::take_over(&mut tx, change).await?,
                Effect::Halt => runs::halt(&mut tx, change).await?,
            }
            runs::put_names(&mut tx, change).await?;
        }
        let events = std::slice::from_ref(&change.event);
        let end = history::append(&mut tx, &change.request, &change.by, events, change.at).await?;
        self.commit(tx, end).await
    }

    pub async fn request(&self, id: &str) -> Result<Request> {
        let row: Option<Whole> = sqlx::query_as(
            "SELECT request.id, version, asked, request.asked_at, requester, decision,
                 decided_by_id, decided_by_name, decided_at, reason,
                 run.state, run.position, run.attempt, run.due_at, run.problem, run.claims,
                 run.spent_tries, run.spent_waited, run.stop_asked
             FROM request INNER JOIN run ON run.request_id = request.id
             WHERE request.id = $1",
        )
        .bind(id)
        .fetch_optional(self.read())
        .await?;
        let row = row.ok_or(Error::Missing("request"))?;
        let steps = runs::steps(id, self.read()).await?;
        let decision = decision(&row)?;
        Ok(Request {
            asked: parse::<Asked>("a request's content", &row.asked)?,
            requester: parse::<Person>("a requester", &row.requester)?,
            asked_at: Time(row.asked_at),
            decision,
            version: row.version,
            run: row.run.run(&row.id)?,
            id: row.id,
            steps,
        })
    }

    /// What this person asked for, the newest first. `ended` picks those that have come to an end
    /// or those that have not.
    pub async fn requests_of(
        &self,
        person_id: &str,
        ended: Option<bool>,
        before: Option<&Key>,
        limit: i64,
    ) -> Result<Vec<Row>> {
        let (at, id) = place(before, Time(i64::MAX));
        let sql = match ended {
            None => listed!(
                "FROM request INNER JOIN run ON run.request_id = request.id
                 WHERE request.requester_id = $1 AND (request.asked_at, request.id) < ($2, $3)
                 ORDER BY request.asked_at DESC, request.id DESC LIMIT $4"
            ),
            Some(_) => listed!(
                "FROM run INNER JOIN request ON request.id = run.request_id
                 WHERE run.requester_id = $1 AND (run.asked_at, run.request_id) < ($2, $3)
                     AND run.ended = $5
                 ORDER BY run.asked_at DESC, run.request_id DESC LIMIT $4"
            ),
        };
        let listed: Vec<Listed> = sqlx::query_as(sql)
            .bind(person_id)
            .bind(at)
            .bind(id)
            .bind(limit)
            .bind(ended.map(i64::from))
            .fetch_all(self.read())
            .await?;
        rows(listed)
    }

    /// What waits for a decision that this person may take, the oldest first, as far as Azure
    /// told of their rights since `fresh_after`.
    pub async fn queue(
        &self,
        person_id: &str,
        fresh_after: Time,
        after: Option<&Key>,
        limit: i64,
    ) -> Result<Vec<Row>> {
        let (at, id) = place(after, Time(i64::MIN));
        let listed: Vec<Listed> = sqlx::query_as(concat!(
            listed!("FROM ("),
            decided!(
                "AND (request.asked_at, request.id) > ($3, $4)
                 ORDER BY request.asked_at, request.id LIMIT $5"
            ),
            ") AS found
             INNER JOIN request ON request.id = found.id
             INNER JOIN run ON run.request_id = found.id
             ORDER BY request.asked_at, request.id LIMIT $5"
        ))
        .bind(person_id)
        .bind(fresh_after.0)
        .bind(at)
        .bind(id)
        .bind(limit)
        .fetch_all(self.read())
        .await?;
        rows(listed)
    }

    /// How long [`Store::queue`] is; `most` stands for that many or more.
    pub async fn queue_length(&self, person_id: &str, fresh_after: Time, most: i64) -> Result<i64> {
        let (length,): (i64,) = sqlx::query_as(concat!(
            "SELECT COUNT(*) FROM (SELECT id FROM (",
            decided!("LIMIT $3"),
            ") AS every LIMIT $3) AS queue"
        ))
        .bind(person_id)
        .bind(fresh_after.0)
        .bind(most)
        .fetch_one(self.read())
        .await?;
        Ok(length)
    }

    /// What this person approved and rejected, the latest first.
    pub async fn decided_by(
        &self,
        person_id: &str,
        before: Option<&Key>,
        limit: i64,
    ) -> Result<Vec<Row>> {
        let (at, id) = place(before, Time(i64::MAX));
        let listed: Vec<Listed> = sqlx::query_as(listed!(
            "FROM request INNER JOIN run ON run.request_id = request.id
             WHERE request.decided_by_id = $1 AND (request.decided_at, request.id) < ($2, $3)
             ORDER BY request.decided_at DESC, request.id DESC LIMIT $4"
        ))
        .bind(person_id)
        .bind(at)
        .bind(id)
        .bind(limit)
        .fetch_all(self.read())
        .await?;
        rows(listed)
    }

    /// Scopes of this kind in which something waits for a decision, and of which nothing is known
    /// since `fresh_after` for this person: each once. Groups and instances only within what
    /// Azure lets this person see and where they do not decide all of it anyway.
    pub async fn unasked(
        &self,
        person_id: &str,
        level: Level,
        fresh_after: Time,
        limit: i64,
    ) -> Result<Vec<Scope>> {
        let sql = match level {
            // Jumps from one to the next through the index instead of reading every request.
            Level::Subscriptions => {
                "WITH RECURSIVE found (scope_key) AS (
                     SELECT MIN(subscription_key) FROM request WHERE decision = 'pending'
                     UNION ALL
                     SELECT (SELECT MIN(request.subscription_key) FROM request
                             WHERE decision = 'pending'
                                 AND request.subscription_key > found.scope_key)
                     FROM found WHERE found.scope_key IS NOT NULL)
                 SELECT scope_key FROM found
                 WHERE scope_key IS NOT NULL
                     AND NOT EXISTS (SELECT 1 FROM standing AS known
                                     WHERE known.person_id = $1 AND known.checked_at >= $2
                                         AND known.scope_key = found.scope_key)
                 ORDER BY scope_key LIMIT $3"
            }
            Level::Groups => {
                "SELECT DISTINCT request.group_key
                 FROM standing AS seen
                 INNER JOIN request ON request.subscription_key = seen.scope_key
                 WHERE seen.person_id = $1 AND seen.checked_at >= $2 AND seen.decides = 0
                     AND seen.permissions IS NOT NULL
                     AND request.decision = 'pending' AND request.group_key IS NOT NULL
                     AND NOT EXISTS (SELECT 1 FROM standing AS known
                                     WHERE known.person_id = $1 AND known.checked_at >= $2
                                         AND known.scope_key = request.group_key)
                 ORDER BY request.group_key LIMIT $3"
            }
            Level::Instances => {
                "SELECT DISTINCT request.scope_key
                 FROM standing AS seen
                 INNER JOIN request ON request.group_key = seen.scope_key
                 WHERE seen.person_id = $1 AND seen.checked_at >= $2 AND seen.decides = 0
                     AND seen.permissions IS NOT NULL
                     AND request.decision = 'pending'
                     AND NOT EXISTS (SELECT 1 FROM standing AS known
                                     WHERE known.person_id = $1 AND known.checked_at >= $2
                                         AND known.scope_key = request.scope_key)
                 ORDER BY request.scope_key LIMIT $3"
            }
        };
        let keys: Vec<(String,)> = sqlx::query_as(sql)
            .bind(person_id)
            .bind(fresh_after.0)
            .bind(limit)
            .fetch_all(self.read())
            .await?;
        keys.iter()
            .map(|(key,)| Scope::parse(key).ok_or_else(|| torn("a pending request's scope")))
            .collect()
    }
}

/// Where a list begins: behind `key`, or at its very start.
fn place(key: Option<&Key>, start: Time) -> (i64, &str) {
    key.map_or((start.0, ""), |key| (key.at.0, &key.id))
}

/// A decision's columns beside its word: by whom (id and name), when, why.
type Columns<'a> = (Option<&'a str>, Option<&'a str>, Option<i64>, Option<&'a str>);

fn columns(decision: &Decision) -> Columns<'_> {
    match decision {
        Decision::NotNeeded | Decision::Pending => (None, None, None, None),
        Decision::Approved { by, at } => (Some(&by.id), Some(&by.name), Some(at.0), None),
        Decision::Rejected { by, at, reason } => {
            (Some(&by.id), Some(&by.name), Some(at.0), Some(reason))
        }
        Decision::Withdrawn { at } => (None, None, Some(at.0), None),
    }
}

fn decision(row: &Whole) -> Result<Decision> {
    let by = || {
        named(row.decided_by_id.clone(), row.decided_by_name.clone())
            .ok_or_else(|| torn("a decision"))
    };
    let at = || row.decided_at.map(Time).ok_or_else(|| torn("a decision"));
    let reason = || row.reason.clone().ok_or_else(|| torn("a rejection"));
    Ok(match &*row.decision {
        "not_needed" => Decision::NotNeeded,
        "pending" => Decision::Pending,
        "approved" => Decision::Approved { by: by()?, at: at()? },
        "rejected" => Decision::Rejected { by: by()?, at: at()?, reason: reason()? },
        "withdrawn" => Decision::Withdrawn { at: at()? },
        word => return Err(Error::Corrupt(format!("a request is decided as {word:?}"))),
    })
}

async fn insert(tx: &mut Tx, change: &Change) -> Result<()> {
    let request = &change.request;
    let scope = request.asked.decided_at();
    let (by_id, by_name, decided_at, reason) = columns(&request.decision);
    sqlx::query(
        "INSERT INTO request (id, version, kind, title, asked, asked_at, requester, requester_id,
             requester_name, subscription_name, instance, scope, subscription_key, group_key,
             scope_key, decision, decided_by_id, decided_by_name, decided_at, reason)
         VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
             $18, $19)",
    )
    .bind(&request.id)
    .bind(request.asked.kind())
    .bind(request.asked.title())
    .bind(json(&request.asked)?)
    .bind(request.asked_at.0)
    .bind(json(&request.requester)?)
    .bind(&request.requester.id)
    .bind(&request.requester.name)
    .bind(&request.asked.subscription().name)
    .bind(request.asked.scope().to_string())
    .bind(scope.to_string())
    .bind(Scope::subscription(scope.subscription_id()).key())
    .bind(scope.group_name().map(|group| Scope::group(scope.subscription_id(), group).key()))
    .bind(scope.key())
    .bind(request.decision.word())
    .bind(by_id)
    .bind(by_name)
    .bind(decided_at)
    .bind(reason)
    .execute(tx.on())
    .await
    .map_err(stale_if_known)?;
    runs::insert(tx, request).await
}

/// The same request sent twice is one request.
fn stale_if_known(error: sqlx::Error) -> Error {
    match error.as_database_error() {
        Some(refused) if refused.is_unique_violation() => Error::Stale,
        _ => Error::Database(error),
    }
}

async fn update(tx: &mut Tx, change: &Change) -> Result<()> {
    let request = &change.request;
    let (by_id, by_name, decided_at, reason) = columns(&request.decision);
    let updated = sqlx::query(
        "UPDATE request SET version = version + 1, decision = $3, decided_by_id = $4,
             decided_by_name = $5, decided_at = $6, reason = $7
         WHERE id = $1 AND version = $2",
    )
    .bind(&request.id)
    .bind(request.version)
    .bind(request.decision.word())
    .bind(by_id)
    .bind(by_name)
    .bind(decided_at)
    .bind(reason)
    .execute(tx.on())
    .await?;
    if updated.rows_affected() == 1 { Ok(()) } else { Err(Error::Stale) }
}
