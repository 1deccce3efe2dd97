//! What waits for whoever decides: the list with its filters, and what each of them has looked at. Knows
//! what Azure told of rights, as it was kept, and not what may be decided.

use super::{
    Error, Key, Result, Store, like, parse,
    requests::{Listed, Row, listed_columns, looking, place},
    torn,
};
use crate::{
    domain::{Time, asked::Asked, request::Looking, scope::Scope},
    text,
    words::Text,
};

/// A filter looks through so many of what waits at a time.
const FARTHEST: i64 = 2_000;

/// What somebody wants to see of their queue; an empty text filters nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QueueFilter {
    /// [`crate::domain::asked::Content::kind`]
    pub kind: String,
    /// [`Scope::key`] of a subscription.
    pub subscription: String,
    /// Part of the requester's name or of their user principal name.
    pub requester: String,
    /// Only what this person has not opened since it was asked or changed.
    pub unread: bool,
    pub newest_first: bool,
}

impl QueueFilter {
    fn leaves_out(&self) -> bool {
        let texts = [&self.kind, &self.subscription, &self.requester];
        self.unread || texts.iter().any(|text| !text.is_empty())
    }

    fn like(&self) -> String {
        if self.requester.is_empty() { String::new() } else { like::part(&self.requester) }
    }
}

/// A request of somebody's queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    pub row: Row,
    pub asked: Asked,
    /// When it was last asked, changed or commented on.
    pub changed_at: Time,
    /// When this person last opened it.
    pub opened_at: Option<Time>,
    /// Who has said last that they are looking at it.
    pub looking: Option<Looking>,
}

impl Waiting {
    /// Opened as it is now.
    pub fn is_read(&self) -> bool {
        self.opened_at.is_some_and(|at| at >= self.changed_at)
    }

    /// Whether its page need not be opened first.
    pub fn may_be_decided_here(&self) -> bool {
        self.is_read() || !self.asked.is_read_first()
    }

    /// Who is looking at it now.
    pub fn looked_at_by(&self, now: &Time) -> Option<&Looking> {
        self.looking.as_ref().filter(|looking| looking.holds(*now))
    }

    /// What is new to this person about it; empty when nothing is.
    pub fn news(&self) -> Text {
        match self.opened_at {
            None => text!("queue-new"),
            Some(_) if !self.is_read() => text!("queue-changed"),
            Some(_) => Text::none(),
        }
    }
}

/// A page of the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueuePage {
    pub rows: Vec<Waiting>,
    /// Where it goes on, if it may. A page can hold fewer rows than asked for, or none, and still go on:
    /// a filter looks only so far at a time.
    pub next: Option<Key>,
}

/// How wide the scopes are that [`Store::unasked`] gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    Subscriptions,
    Groups,
    Instances,
}

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
            "SELECT id, asked_at FROM (SELECT request.id, request.asked_at FROM standing
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

/// In one order: the page, and the place up to which its filters have looked.
macro_rules! ordered {
    ($from:literal, $found:literal, $listed:literal) => {
        Ordered {
            page: concat!(
                "SELECT ",
                listed_columns!(),
                ", request.asked, request.changed_at, opened.opened_at, request.looking_id,
                     request.looking_name, request.looking_since
                 FROM (SELECT id FROM (",
                decided!($from),
                ") AS every ",
                $found,
                " LIMIT $5) AS found
                 INNER JOIN request ON request.id = found.id
                 INNER JOIN run ON run.request_id = found.id
                 LEFT JOIN opened ON opened.request_id = found.id AND opened.person_id = $1
                 WHERE ($7 = '' OR request.kind = $7)
                     AND ($8 = '' OR request.subscription_key = $8)
                     AND ($9 = '' OR lower(request.requester_name) LIKE $9 ESCAPE '\\'
                         OR EXISTS (SELECT 1 FROM person WHERE person.id = request.requester_id
                                    AND person.upn_key LIKE $9 ESCAPE '\\'))
                     AND ($10 = 0 OR opened.opened_at IS NULL
                         OR opened.opened_at < request.asked_at
                         OR opened.opened_at < request.changed_at) ",
                $listed,
                " LIMIT $6"
            ),
            reach: concat!(
                "SELECT asked_at, id FROM (",
                decided!($from),
                ") AS every ",
                $found,
                " LIMIT 1 OFFSET $6"
            ),
        }
    };
}

struct Ordered {
    page: &'static str,
    reach: &'static str,
}

const OLDEST_FIRST: Ordered = ordered!(
    "AND (request.asked_at, request.id) > ($3, $4)
     ORDER BY request.asked_at, request.id LIMIT $5",
    "ORDER BY asked_at, id",
    "ORDER BY request.asked_at, request.id"
);
const NEWEST_FIRST: Ordered = ordered!(
    "AND (request.asked_at, request.id) < ($3, $4)
     ORDER BY request.asked_at DESC, request.id DESC LIMIT $5",
    "ORDER BY asked_at DESC, id DESC",
    "ORDER BY request.asked_at DESC, request.id DESC"
);

#[derive(sqlx::FromRow)]
struct WaitingRow {
    #[sqlx(flatten)]
    listed: Listed,
    asked: String,
    changed_at: i64,
    opened_at: Option<i64>,
    looking_id: Option<String>,
    looking_name: Option<String>,
    looking_since: Option<i64>,
}

impl TryFrom<WaitingRow> for Waiting {
    type Error = Error;

    fn try_from(found: WaitingRow) -> Result<Waiting> {
        let row = Row::try_from(found.listed)?;
        Ok(Waiting {
            asked: parse("a request's content", &found.asked)?,
            changed_at: row.asked_at.max(Time(found.changed_at)),
            opened_at: found.opened_at.map(Time),
            looking: looking(found.looking_id, found.looking_name, found.looking_since),
            row,
        })
    }
}

impl Store {
    /// What waits for a decision that this person may take, as far as Azure told of their rights since
    /// `fresh_after`, and as the filter lets through.
    pub async fn queue(
        &self,
        person_id: &str,
        fresh_after: Time,
        filter: &QueueFilter,
        after: Option<&Key>,
        limit: i64,
    ) -> Result<QueuePage> {
        let (ordered, start) = match filter.newest_first {
            false => (&OLDEST_FIRST, Time(i64::MIN)),
            true => (&NEWEST_FIRST, Time(i64::MAX)),
        };
        let (at, id) = place(after, start);
        let one_more = limit.saturating_add(1);
        let farthest = if filter.leaves_out() { FARTHEST.max(one_more) } else { one_more };
        let found: Vec<WaitingRow> = sqlx::query_as(ordered.page)
            .bind(person_id)
            .bind(fresh_after.0)
            .bind(at)
            .bind(id)
            .bind(farthest)
            .bind(one_more)
            .bind(&filter.kind)
            .bind(&filter.subscription)
            .bind(filter.like())
            .bind(i64::from(filter.unread))
            .fetch_all(self.read())
            .await?;
        let mut rows = found.into_iter().map(Waiting::try_from).collect::<Result<Vec<_>>>()?;
        let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
        let next = if rows.len() > wanted {
            rows.truncate(wanted);
            rows.last().map(|last| last.row.asked_key())
        } else if filter.leaves_out() {
            let reach: Option<(i64, String)> = sqlx::query_as(ordered.reach)
                .bind(person_id)
                .bind(fresh_after.0)
                .bind(at)
                .bind(id)
                .bind(farthest)
                .bind(farthest - 1)
                .fetch_optional(self.read())
                .await?;
            reach.map(|(at, id)| Key { at: Time(at), id })
        } else {
            None
        };
        Ok(QueuePage { rows, next })
    }

    /// Subscriptions in which something waits, and in which this person decides somewhere: key and name.
    pub async fn queue_subscriptions(
        &self,
        person_id: &str,
        fresh_after: Time,
    ) -> Result<Vec<(String, String)>> {
        // From one to the next through the index, as in `unasked`.
        Ok(sqlx::query_as(
            "WITH RECURSIVE found (scope_key) AS (
                 SELECT MIN(subscription_key) FROM request WHERE decision = 'pending'
                 UNION ALL
                 SELECT (SELECT MIN(request.subscription_key) FROM request
                         WHERE decision = 'pending'
                             AND request.subscription_key > found.scope_key)
                 FROM found WHERE found.scope_key IS NOT NULL)
             SELECT scope_key, (SELECT request.subscription_name FROM request
                                WHERE decision = 'pending'
                                    AND request.subscription_key = found.scope_key
                                ORDER BY asked_at, id LIMIT 1) AS name
             FROM found
             WHERE scope_key IS NOT NULL
                 AND EXISTS (SELECT 1 FROM standing
                             WHERE standing.person_id = $1 AND standing.decides = 1
                                 AND standing.checked_at >= $2
                                 AND (standing.scope_key = found.scope_key
                                     OR substr(standing.scope_key, 1, length(found.scope_key) + 1)
                                         = found.scope_key || '/'))
             ORDER BY name, scope_key LIMIT 100",
        )
        .bind(person_id)
        .bind(fresh_after.0)
        .fetch_all(self.read())
        .await?)
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

    /// When this person last opened the request.
    pub async fn opened(&self, person_id: &str, request_id: &str) -> Result<Option<Time>> {
        let at: Option<(i64,)> =
            sqlx::query_as("SELECT opened_at FROM opened WHERE person_id = $1 AND request_id = $2")
                .bind(person_id)
                .bind(request_id)
                .fetch_optional(self.read())
                .await?;
        Ok(at.map(|(at,)| Time(at)))
    }

    /// Whether this person has opened the request as it is now.
    pub async fn has_read(&self, person_id: &str, request_id: &str) -> Result<bool> {
        let (read,): (i64,) = sqlx::query_as(
            "SELECT COUNT(*) FROM opened INNER JOIN request ON request.id = opened.request_id
             WHERE opened.person_id = $1 AND opened.request_id = $2
                 AND opened.opened_at >= request.asked_at
                 AND opened.opened_at >= request.changed_at",
        )
        .bind(person_id)
        .bind(request_id)
        .fetch_one(self.read())
        .await?;
        Ok(read > 0)
    }

    /// Remembers that this person has it before them.
    pub async fn note_opened(&self, person_id: &str, request_id: &str, at: Time) -> Result<()> {
        sqlx::query(
            "INSERT INTO opened (person_id, request_id, opened_at) VALUES ($1, $2, $3)
             ON CONFLICT (person_id, request_id) DO UPDATE SET opened_at = excluded.opened_at
             WHERE opened.opened_at < excluded.opened_at",
        )
        .bind(person_id)
        .bind(request_id)
        .bind(at.0)
        .execute(self.write())
        .await?;
        Ok(())
    }

    /// Who has opened what is only worth knowing while it waits.
    pub async fn drop_opened(&self, before: Time) -> Result<u64> {
        let dropped = sqlx::query("DELETE FROM opened WHERE opened_at < $1")
            .bind(before.0)
            .execute(self.write())
            .await?;
        Ok(dropped.rows_affected())
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
