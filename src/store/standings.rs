//! What Azure said a moment ago that people may do. A memory, never the truth: it is asked again
//! before anything is decided.

use std::collections::BTreeMap;

use super::{Result, Store, json, parse};
use crate::domain::{
    Time,
    permission::{ASSIGN_ROLES, Permissions},
    scope::Scope,
};

/// How many scopes one query asks about; `$3` to `$18` in the text.
const AT_ONCE: usize = 16;

impl Store {
    /// `None` for a scope that Azure does not show to this person.
    pub async fn keep_standing(
        &self,
        person_id: &str,
        standing: &[(Scope, Option<Permissions>)],
        at: Time,
    ) -> Result<()> {
        // In one order, so that two who keep the same scopes never wait for each other.
        let mut sorted: Vec<_> =
            standing.iter().map(|(scope, permissions)| (scope.key(), permissions)).collect();
        sorted.sort_by(|(one, _), (other, _)| one.cmp(other));
        let mut tx = self.begin().await?;
        for (key, permissions) in sorted {
            let decides = permissions.as_ref().is_some_and(|held| held.allow(ASSIGN_ROLES));
            sqlx::query(
                "INSERT INTO standing (person_id, scope_key, decides, permissions, checked_at)
                 VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT (person_id, scope_key) DO UPDATE SET decides = excluded.decides,
                     permissions = excluded.permissions, checked_at = excluded.checked_at",
            )
            .bind(person_id)
            .bind(key)
            .bind(i64::from(decides))
            .bind(permissions.as_ref().map(json).transpose()?)
            .bind(at.0)
            .execute(tx.on())
            .await?;
        }
        tx.commit().await
    }

    /// What is known of these scopes and not older than `fresh_after`, by [`Scope::key`].
    pub async fn standing(
        &self,
        person_id: &str,
        scopes: &[Scope],
        fresh_after: Time,
    ) -> Result<BTreeMap<String, Permissions>> {
        let keys: Vec<String> = scopes.iter().map(Scope::key).collect();
        let mut known = BTreeMap::new();
        for keys in keys.chunks(AT_ONCE) {
            let mut query = sqlx::query_as(
                "SELECT scope_key, permissions FROM standing
                 WHERE person_id = $1 AND checked_at >= $2 AND permissions IS NOT NULL
                     AND scope_key IN ($3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,
                         $16, $17, $18)",
            )
            .bind(person_id)
            .bind(fresh_after.0);
            for position in 0..AT_ONCE {
                query = query.bind(keys.get(position).map_or("", String::as_str));
            }
            let rows: Vec<(String, String)> = query.fetch_all(self.read()).await?;
            for (key, permissions) in rows {
                let permissions = parse("permissions", &permissions)?;
                known.insert(key, permissions);
            }
        }
        Ok(known)
    }

    /// The scopes at which this person decides, as far as Azure told of it since `fresh_after`.
    pub async fn decided_scopes(&self, person_id: &str, fresh_after: Time) -> Result<Vec<String>> {
        let keys: Vec<(String,)> = sqlx::query_as(
            "SELECT scope_key FROM standing
             WHERE person_id = $1 AND decides = 1 AND checked_at >= $2
             ORDER BY scope_key LIMIT 100",
        )
        .bind(person_id)
        .bind(fresh_after.0)
        .fetch_all(self.read())
        .await?;
        Ok(keys.into_iter().map(|(key,)| key).collect())
    }

    pub async fn drop_old_standing(&self, before: Time) -> Result<u64> {
        let dropped = sqlx::query("DELETE FROM standing WHERE checked_at < $1")
            .bind(before.0)
            .execute(self.write())
            .await?;
        Ok(dropped.rows_affected())
    }
}
