//! What people asked and decided. A decision is written whole or not at all, and never without
//! its sentence of history.

use super::{Error, Key, Result, Store, Tx, history, json, parse, runs, torn};
use crate::domain::{
    Time,
    asked::Asked,
    person::{Named, Person},
    plan::Step,
    request::{Change, Comment, Decision, Effect, Looking, Request, Status},
    revised::Earlier,
    run::State,
    scope::Scope,
};
use crate::words::Text;

/// Comments on one request: more than people read.
pub const MOST_COMMENTS: i64 = 100;

/// A request as a list shows it: everything but its content and its steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub id: String,
    /// [`Asked::kind`].
    pub kind: String,
    pub title: Text,
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

#[derive(sqlx::FromRow)]
pub(super) struct Listed {
    id: String,
    kind: String,
    pub(super) title: String,
    titled: String,
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
            title: titled(row.titled, row.title),
        })
    }
}

/// The columns of [`Listed`].
macro_rules! listed_columns {
    () => {
        "request.id, request.kind, request.title, request.titled, request.requester_id, \
         request.requester_name, request.subscription_name, request.instance, request.scope, \
         request.asked_at, request.decision, request.decided_by_id, request.decided_by_name, \
         request.decided_at, run.state, run.begun "
    };
}

/// These and the rest of the query, as one literal.
macro_rules! listed {
    ($rest:literal) => {
        concat!("SELECT ", listed_columns!(), $rest)
    };
}

pub(super) use {listed, listed_columns};

#[derive(sqlx::FromRow)]
struct Whole {
    id: String,
    version: i64,
    revision: i64,
    looking_id: Option<String>,
    looking_name: Option<String>,
    looking_since: Option<i64>,
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

/// A request is asked for with one step at least.
#[derive(sqlx::FromRow)]
struct WithStep {
    #[sqlx(flatten)]
    whole: Whole,
    #[sqlx(flatten)]
    step: runs::StepRow,
}

pub(super) fn named(id: Option<String>, name: Option<String>) -> Option<Named> {
    Some(Named { id: id?, name: name? })
}

pub(super) fn looking(
    id: Option<String>,
    name: Option<String>,
    since: Option<i64>,
) -> Option<Looking> {
    Some(Looking { by: named(id, name)?, since: Time(since?) })
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
                Effect::AskAgain => ask_again(&mut tx, change).await?,
            }
            runs::put_names(&mut tx, change).await?;
        }
        let events = std::slice::from_ref(&change.event);
        let end = history::append(&mut tx, &change.request, &change.by, events, change.at).await?;
        self.commit(tx, end).await
    }

    /// Writes what somebody said about a request: a sentence of its history. Whoever decides at the
    /// same moment decides all the same. False when there are [`MOST_COMMENTS`] already.
    pub async fn comment(&self, comment: &Comment) -> Result<bool> {
        let mut tx = self.begin().await?;
        // Holds the row, so that the comments are counted one after the other.
        sqlx::query(
            "UPDATE request SET changed_at = CASE WHEN changed_at < $2 THEN $2 ELSE changed_at END
             WHERE id = $1",
        )
        .bind(&comment.request.id)
        .bind(comment.at.0)
        .execute(tx.on())
        .await?;
        // Sent twice, it is written once: what stands in the history stays.
        let last: Option<(String, String)> = sqlx::query_as(
            "SELECT actor_id, what FROM history
             WHERE request_id = $1 AND kind = 'commented' ORDER BY seq DESC LIMIT 1",
        )
        .bind(&comment.request.id)
        .fetch_optional(tx.on())
        .await?;
        if last == Some((comment.by.id().to_owned(), json(&comment.event)?)) {
            return Ok(true);
        }
        let (there,): (i64,) = sqlx::query_as(
            "SELECT COUNT(*) FROM (SELECT seq FROM history
                 WHERE request_id = $1 AND kind = 'commented' LIMIT $2) AS comments",
        )
        .bind(&comment.request.id)
        .bind(MOST_COMMENTS)
        .fetch_one(tx.on())
        .await?;
        if there >= MOST_COMMENTS {
            return Ok(false);
        }
        let events = std::slice::from_ref(&comment.event);
        let end =
            history::append(&mut tx, &comment.request, &comment.by, events, comment.at).await?;
        self.commit(tx, end).await?;
        Ok(true)
    }

    /// This person says that they are looking at it, instead of whoever said so before. Nothing where
    /// it does not wait any more.
    pub async fn look_at(&self, request: &str, by: &Named, at: Time) -> Result<()> {
        sqlx::query(
            "UPDATE request SET looking_id = $2, looking_name = $3, looking_since = $4
             WHERE id = $1 AND decision = 'pending'",
        )
        .bind(request)
        .bind(&by.id)
        .bind(&by.name)
        .bind(at.0)
        .execute(self.write())
        .await?;
        Ok(())
    }

    /// They are not looking any more; who has come after them still is.
    pub async fn look_away(&self, request: &str, person_id: &str) -> Result<()> {
        sqlx::query(
            "UPDATE request SET looking_id = NULL, looking_name = NULL, looking_since = NULL
             WHERE id = $1 AND looking_id = $2",
        )
        .bind(request)
        .bind(person_id)
        .execute(self.write())
        .await?;
        Ok(())
    }

    pub async fn request(&self, id: &str) -> Result<Request> {
        // In one statement: between two, a decision would be read with the steps of before it.
        let rows: Vec<WithStep> = sqlx::query_as(
            "SELECT request.id, version, revision, looking_id, looking_name, looking_since, asked,
                 request.asked_at, requester, decision,
                 decided_by_id, decided_by_name, decided_at, reason,
                 run.state, run.position, run.attempt, run.due_at, run.problem, run.claims,
                 run.spent_tries, run.spent_waited, run.stop_asked,
                 step.step, step.in_name_of_id, step.in_name_of_name, step.state AS step_state,
                 step.operation, step.began_at, step.sent_at, step.sent_before, step.ended_at, step.proof,
                 step.host_name
             FROM request INNER JOIN run ON run.request_id = request.id
             INNER JOIN step ON step.request_id = request.id
             WHERE request.id = $1 ORDER BY step.position",
        )
        .bind(id)
        .fetch_all(self.read())
        .await?;
        let (mut whole, mut steps) = (None, Vec::with_capacity(rows.len()));
        for row in rows {
            steps.push(row.step.try_into()?);
            whole.get_or_insert(row.whole);
        }
        let row = whole.ok_or(Error::Missing("request"))?;
        let decision = decision(&row)?;
        Ok(Request {
            asked: parse::<Asked>("a request's content", &row.asked)?,
            requester: parse::<Person>("a requester", &row.requester)?,
            asked_at: Time(row.asked_at),
            decision,
            version: row.version,
            revision: u32::try_from(row.revision).map_err(|_| torn("a request"))?,
            looking: looking(row.looking_id, row.looking_name, row.looking_since),
            run: row.run.run(&row.id)?,
            id: row.id,
            steps,
        })
    }

    /// The request as this person saw it last, or where they saw none before or the newest, as it was
    /// before it was asked again for the last time; `None` for what was asked once.
    pub async fn earlier(&self, request: &Request, person_id: &str) -> Result<Option<Earlier>> {
        let Some(before) = request.revision.checked_sub(1).filter(|before| *before > 0) else {
            return Ok(None);
        };
        let seen = if before > 1 { self.seen(person_id, &request.id).await? } else { None };
        let revision = seen.unwrap_or(before).min(before);
        // One row for each step, and what was asked with the first.
        let rows: Vec<(String, String)> = sqlx::query_as(
            "SELECT earlier.asked, earlier_step.step
             FROM earlier INNER JOIN earlier_step
                 ON earlier_step.request_id = earlier.request_id
                     AND earlier_step.revision = earlier.revision
             WHERE earlier.request_id = $1 AND earlier.revision = $2
             ORDER BY earlier_step.position",
        )
        .bind(&request.id)
        .bind(i64::from(revision))
        .fetch_all(self.read())
        .await?;
        let Some((asked, _)) = rows.first() else { return Ok(None) };
        let asked = parse::<Asked>("a request's earlier content", asked)?;
        let steps = rows.iter().map(|(_, step)| parse::<Step>("an earlier step", step));
        Ok(Some(Earlier { revision, asked, steps: steps.collect::<Result<_>>()? }))
    }

    /// The revision that this person had before them when they opened the request last.
    async fn seen(&self, person_id: &str, request_id: &str) -> Result<Option<u32>> {
        let Some(at) = self.opened(person_id, request_id).await? else { return Ok(None) };
        let (again,): (i64,) = sqlx::query_as(
            "SELECT COUNT(*) FROM history
             WHERE request_id = $1 AND kind = 'asked_again' AND at <= $2",
        )
        .bind(request_id)
        .bind(at.0)
        .fetch_one(self.read())
        .await?;
        u32::try_from(again + 1).map(Some).map_err(|_| torn("a history"))
    }

    /// What this person asked for last of this kind, as far back as habits go.
    pub async fn latest_of(&self, person_id: &str, kind: &str) -> Result<Option<Asked>> {
        let row: Option<(String,)> = sqlx::query_as(
            "SELECT asked FROM (SELECT kind, asked, asked_at, id FROM request
                 WHERE requester_id = $1 ORDER BY asked_at DESC, id DESC LIMIT 50) AS newest
             WHERE kind = $2 ORDER BY asked_at DESC, id DESC LIMIT 1",
        )
        .bind(person_id)
        .bind(kind)
        .fetch_optional(self.read())
        .await?;
        row.map(|(asked,)| parse("a request's content", &asked)).transpose()
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
}

/// Where a list begins: behind `key`, or at its very start.
pub(super) fn place(key: Option<&Key>, start: Time) -> (i64, &str) {
    key.map_or((start.0, ""), |key| (key.at.0, &key.id))
}

/// A decision's columns beside its word: by whom (id and name), when, why.
type Columns<'a> = (Option<&'a str>, Option<&'a str>, Option<i64>, Option<&'a str>);

fn columns(decision: &Decision) -> Columns<'_> {
    match decision {
        Decision::NotNeeded | Decision::Pending => (None, None, None, None),
        Decision::Approved { by, at } => (Some(&by.id), Some(&by.name), Some(at.0), None),
        Decision::Rejected { by, at, reason } | Decision::SentBack { by, at, reason } => {
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
        "sent_back" => Decision::SentBack { by: by()?, at: at()?, reason: reason()? },
        word => return Err(Error::Corrupt(format!("a request is decided as {word:?}"))),
    })
}

/// The title of a request as it was kept: `title` where it is older than its messages.
pub(super) fn titled(titled: String, title: String) -> Text {
    if titled.is_empty() { Text::verbatim(title) } else { Text::of_column(titled) }
}

async fn insert(tx: &mut Tx, change: &Change) -> Result<()> {
    let request = &change.request;
    let scope = request.asked.decided_at();
    let (by_id, by_name, decided_at, reason) = columns(&request.decision);
    sqlx::query(
        "INSERT INTO request (id, version, kind, title, asked, asked_at, requester, requester_id,
             requester_name, subscription_name, instance, scope, subscription_key, group_key,
             scope_key, decision, decided_by_id, decided_by_name, decided_at, reason, titled)
         VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
             $18, $19, $20)",
    )
    .bind(&request.id)
    .bind(request.asked.kind())
    .bind(request.asked.title().to_string())
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
    .bind(request.asked.title().to_column())
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
             decided_by_name = $5, decided_at = $6, reason = $7, looking_id = NULL,
             looking_name = NULL, looking_since = NULL
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

/// Behind [`update`]: what is asked and its plan are replaced, and kept as they were.
async fn ask_again(tx: &mut Tx, change: &Change) -> Result<()> {
    let request = &change.request;
    let scope = request.asked.decided_at();
    sqlx::query(
        "INSERT INTO earlier (request_id, revision, asked)
         SELECT id, revision, asked FROM request WHERE id = $1",
    )
    .bind(&request.id)
    .execute(tx.on())
    .await?;
    sqlx::query(
        "INSERT INTO earlier_step (request_id, revision, position, step)
         SELECT step.request_id, request.revision, step.position, step.step
         FROM step INNER JOIN request ON request.id = step.request_id WHERE request.id = $1",
    )
    .bind(&request.id)
    .execute(tx.on())
    .await?;
    sqlx::query(
        "UPDATE request SET revision = $2, title = $3, asked = $4, subscription_name = $5,
             instance = $6, scope = $7, subscription_key = $8, group_key = $9, scope_key = $10,
             changed_at = $11, titled = $12
         WHERE id = $1",
    )
    .bind(&request.id)
    .bind(i64::from(request.revision))
    .bind(request.asked.title().to_string())
    .bind(json(&request.asked)?)
    .bind(&request.asked.subscription().name)
    .bind(request.asked.scope().to_string())
    .bind(scope.to_string())
    .bind(Scope::subscription(scope.subscription_id()).key())
    .bind(scope.group_name().map(|group| Scope::group(scope.subscription_id(), group).key()))
    .bind(scope.key())
    .bind(change.at.0)
    .bind(request.asked.title().to_column())
    .execute(tx.on())
    .await?;
    runs::begin_anew(tx, change).await
}
