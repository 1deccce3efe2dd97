//! Sign-ins that have been begun and not come back yet. Knows only hashes and sealed text.

use super::{Result, Store};
use crate::domain::Time;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignIn {
    pub state_hash: String,
    /// Ties the attempt to the browser that began it.
    pub browser_hash: String,
    /// Nonce, verifier and where to go afterwards, sealed by the caller.
    pub sealed: String,
    pub expires_at: Time,
}

impl Store {
    pub async fn begin_sign_in(&self, sign_in: &SignIn) -> Result<()> {
        sqlx::query(
            "INSERT INTO sign_in (state_hash, browser_hash, sealed, expires_at)
             VALUES ($1, $2, $3, $4)",
        )
        .bind(&sign_in.state_hash)
        .bind(&sign_in.browser_hash)
        .bind(&sign_in.sealed)
        .bind(sign_in.expires_at.0)
        .execute(self.write())
        .await?;
        Ok(())
    }

    /// The attempt that this answer belongs to, once: a replay finds nothing.
    pub async fn take_sign_in(
        &self,
        state_hash: &str,
        browser_hash: &str,
        now: Time,
    ) -> Result<Option<SignIn>> {
        let row: Option<(String, i64)> = sqlx::query_as(
            "DELETE FROM sign_in WHERE state_hash = $1 AND browser_hash = $2 AND expires_at > $3
             RETURNING sealed, expires_at",
        )
        .bind(state_hash)
        .bind(browser_hash)
        .bind(now.0)
        .fetch_optional(self.write())
        .await?;
        Ok(row.map(|(sealed, expires_at)| SignIn {
            state_hash: state_hash.to_owned(),
            browser_hash: browser_hash.to_owned(),
            sealed,
            expires_at: Time(expires_at),
        }))
    }

    pub async fn drop_old_sign_ins(&self, now: Time) -> Result<u64> {
        let dropped = sqlx::query("DELETE FROM sign_in WHERE expires_at <= $1")
            .bind(now.0)
            .execute(self.write())
            .await?;
        Ok(dropped.rows_affected())
    }
}
