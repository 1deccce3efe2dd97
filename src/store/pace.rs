//! Whose turn it is: nobody's many runs keep another's waiting, and whom Azure has sent away asks
//! nothing until the time is over. Knows who holds a step, not what it means.

use std::time::Duration;

use super::{Claimed, Result, Store, Tx, json};
use crate::domain::{Time, problem::Problem};

/// How many runs of one person one claim looks at, as many workers may be after the same ones, and
/// of how many people's.
const OF_EACH: i64 = 16;
const OF_ALL: i64 = 64;

/// What lies further ahead than this was written before the clock was put back: no lease or wait is
/// so long (`domain::patience`, and Azure's own wish of an hour at most).
const BEYOND: Duration = Duration::from_secs(2 * 60 * 60);

#[derive(sqlx::FromRow)]
struct Due {
    request_id: String,
    in_name_of_id: Option<String>,
    in_name_of_name: Option<String>,
    paused_until: i64,
}

impl Store {
    /// The run whose turn it is, for this caller alone until the lease ends.
    pub async fn claim(&self, now: Time, lease_for: Duration) -> Result<Option<Claimed>> {
        self.claim_beside(now, lease_for, &[]).await
    }

    /// The same, leaving the runs of these people (by id) alone. Of all who have something due it is
    /// the turn of whoever was served longest ago; of theirs, what has been due for longest.
    pub async fn claim_beside(
        &self,
        now: Time,
        lease_for: Duration,
        others: &[&str],
    ) -> Result<Option<Claimed>> {
        // Nothing due means nothing written: the many polls that find nothing lock nothing.
        let due: Vec<Due> = sqlx::query_as(
            "SELECT request_id, in_name_of_id, in_name_of_name, paused_until FROM (
                 SELECT run.request_id, run.due_at, step.in_name_of_id, step.in_name_of_name,
                     COALESCE(pace.served_at, 0) AS served_at,
                     CASE WHEN run.state = 'running' THEN COALESCE(pace.paused_until, 0) ELSE 0 END
                         AS paused_until,
                     ROW_NUMBER() OVER (PARTITION BY step.in_name_of_id
                         ORDER BY run.due_at, run.request_id) AS place
                 FROM run
                 LEFT JOIN step ON step.request_id = run.request_id AND step.position = run.position
                 LEFT JOIN pace ON pace.person_id = step.in_name_of_id
                 WHERE run.due_at <= $1 AND run.lease_until <= $1
             ) AS due WHERE place <= $2
             ORDER BY served_at, due_at, request_id LIMIT $3",
        )
        .bind(now.0)
        .bind(OF_EACH)
        .bind(OF_ALL)
        .fetch_all(self.read())
        .await?;
        for run in due {
            if run.in_name_of_id.as_deref().is_some_and(|person| others.contains(&person)) {
                continue;
            }
            // A pause from before the clock was put back is none.
            if run.paused_until > now.0 && run.paused_until <= now.plus(BEYOND).0 {
                let name = run.in_name_of_name.as_deref().unwrap_or_default();
                self.postpone(&run.request_id, Time(run.paused_until), name, now).await?;
                continue;
            }
            let person = run.in_name_of_id.as_deref();
            if let Some(lease) = self.take(&run.request_id, person, now, lease_for).await? {
                let request = self.request(&run.request_id).await?;
                return Ok(Some(Claimed { lease, at: now, request }));
            }
        }
        Ok(None)
    }

    /// It waits with the run at which Azure sent this person away. That is no try.
    async fn postpone(&self, id: &str, until: Time, name: &str, now: Time) -> Result<()> {
        sqlx::query(
            "UPDATE run SET due_at = $2, problem = $3
             WHERE request_id = $1 AND state = 'running' AND due_at <= $4 AND lease_until <= $4",
        )
        .bind(id)
        .bind(until.0)
        .bind(json(&Problem::throttled(name))?)
        .bind(now.0)
        .execute(self.write())
        .await?;
        Ok(())
    }

    /// After the clock was put back: what was to end or to be looked at hours from now would keep
    /// everything waiting. Leases last a minute, waits an hour at most.
    pub(super) async fn bring_back(&self, now: Time) -> Result<()> {
        let beyond = now.plus(BEYOND).0;
        let ahead: Option<(i64,)> =
            sqlx::query_as("SELECT 1 FROM run WHERE due_at > $1 OR lease_until > $1 LIMIT 1")
                .bind(beyond)
                .fetch_optional(self.read())
                .await?;
        if ahead.is_none() {
            return Ok(());
        }
        tracing::warn!("runs were due further ahead than they can be: was the clock put back?");
        sqlx::query(
            "UPDATE run SET due_at = CASE WHEN due_at > $1 THEN $2 ELSE due_at END,
                 lease = CASE WHEN lease_until > $1 THEN NULL ELSE lease END,
                 lease_until = CASE WHEN lease_until > $1 THEN 0 ELSE lease_until END
             WHERE due_at > $1 OR lease_until > $1",
        )
        .bind(beyond)
        .bind(now.0)
        .execute(self.write())
        .await?;
        Ok(())
    }
}

/// It was this person's turn.
pub(super) async fn served(tx: &mut Tx, person_id: &str, at: Time) -> Result<()> {
    sqlx::query(
        "INSERT INTO pace (person_id, served_at, paused_until) VALUES ($1, $2, 0)
         ON CONFLICT (person_id) DO UPDATE SET served_at = excluded.served_at",
    )
    .bind(person_id)
    .bind(at.0)
    .execute(tx.on())
    .await?;
    Ok(())
}

/// Azure takes no calls in this person's name until then.
pub(super) async fn pause(tx: &mut Tx, person_id: &str, until: Time) -> Result<()> {
    sqlx::query(
        "INSERT INTO pace (person_id, served_at, paused_until) VALUES ($1, 0, $2)
         ON CONFLICT (person_id) DO UPDATE SET paused_until = excluded.paused_until",
    )
    .bind(person_id)
    .bind(until.0)
    .execute(tx.on())
    .await?;
    Ok(())
}
