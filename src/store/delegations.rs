//! What people have delegated to the portal, as sealed text. Cannot open it.

use super::{Result, Store};
use crate::domain::Time;

impl Store {
    pub async fn delegation(&self, person_id: &str) -> Result<Option<String>> {
        let row: Option<(String,)> =
            sqlx::query_as("SELECT sealed FROM delegation WHERE person_id = $1")
                .bind(person_id)
                .fetch_optional(self.read())
                .await?;
        Ok(row.map(|(sealed,)| sealed))
    }

    /// Keeps what a sign-in brought, and wakes every run that waited for it.
    pub async fn keep_delegation(&self, person_id: &str, sealed: &str, at: Time) -> Result<()> {
        let mut tx = self.begin().await?;
        sqlx::query(
            "INSERT INTO delegation (person_id, sealed, kept_at, changed_at)
             VALUES ($1, $2, $3, $3)
             ON CONFLICT (person_id) DO UPDATE SET sealed = excluded.sealed,
                 kept_at = excluded.kept_at, changed_at = excluded.changed_at",
        )
        .bind(person_id)
        .bind(sealed)
        .bind(at.0)
        .execute(tx.on())
        .await?;
        sqlx::query(
            "UPDATE run SET state = 'running', due_at = $2, attempt = 0, claims = NULL,
                 waits_for = NULL, problem = NULL, spent_tries = 0, spent_waited = 0
             WHERE waits_for = $1 AND state = 'needs_sign_in'",
        )
        .bind(person_id)
        .bind(at.0)
        .execute(tx.on())
        .await?;
        tx.commit().await
    }

    /// Puts what Entra ID renewed in the place of `old`; false when it is no longer that.
    pub async fn replace_delegation(
        &self,
        person_id: &str,
        old: &str,
        new: &str,
        at: Time,
    ) -> Result<bool> {
        let replaced = sqlx::query(
            "UPDATE delegation SET sealed = $3, changed_at = $4
             WHERE person_id = $1 AND sealed = $2",
        )
        .bind(person_id)
        .bind(old)
        .bind(new)
        .bind(at.0)
        .execute(self.write())
        .await?;
        Ok(replaced.rows_affected() == 1)
    }

    pub async fn drop_delegation(&self, person_id: &str) -> Result<()> {
        sqlx::query("DELETE FROM delegation WHERE person_id = $1")
            .bind(person_id)
            .execute(self.write())
            .await?;
        Ok(())
    }

    /// The claims that Azure demands of this person's next sign-in, for the oldest run that waits
    /// for one and has any.
    pub async fn claims_wanted(&self, person_id: &str) -> Result<Option<String>> {
        let row: Option<(String,)> = sqlx::query_as(
            "SELECT claims FROM run WHERE waits_for = $1 AND claims IS NOT NULL
             ORDER BY request_id LIMIT 1",
        )
        .bind(person_id)
        .fetch_optional(self.read())
        .await?;
        Ok(row.map(|(claims,)| claims))
    }
}
