//! Sign-ins that have come to their end, each once. Knows only hashes.

use super::{Result, Store};
use crate::domain::Time;

impl Store {
    /// Whether a sign-in has come to its end already.
    pub async fn has_signed_in(&self, mark: &str) -> Result<bool> {
        let (found,): (i64,) =
            sqlx::query_as("SELECT COUNT(*) FROM used_sign_in WHERE nonce_hash = $1")
                .bind(mark)
                .fetch_one(self.read())
                .await?;
        Ok(found > 0)
    }

    /// Says whether this is the first time. It may be forgotten when it would not be taken any more.
    pub async fn end_sign_in(&self, mark: &str, expires_at: Time) -> Result<bool> {
        let added = sqlx::query(
            "INSERT INTO used_sign_in (nonce_hash, expires_at) VALUES ($1, $2)
             ON CONFLICT DO NOTHING",
        )
        .bind(mark)
        .bind(expires_at.0)
        .execute(self.write())
        .await?;
        Ok(added.rows_affected() == 1)
    }

    pub async fn drop_old_sign_ins(&self, now: Time) -> Result<u64> {
        let dropped = sqlx::query("DELETE FROM used_sign_in WHERE expires_at <= $1")
            .bind(now.0)
            .execute(self.write())
            .await?;
        Ok(dropped.rows_affected())
    }
}
