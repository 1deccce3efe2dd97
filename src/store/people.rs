//! People who have signed in, and their sessions. Knows no cookie, only the hash of one.

use std::time::Duration;

use super::{Result, Store};
use crate::{
    domain::{
        Time,
        person::Person,
        settings::{Density, Settings, Theme},
    },
    words::Language,
};

/// Somebody's being signed in, in one browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// SHA-256 of the cookie's token, hexadecimal.
    pub hash: String,
    pub person_id: String,
    /// Entra's session id, for its front-channel sign-out.
    pub sid: Option<String>,
    /// Entra's `login_hint`, for signing out there without being asked as whom.
    pub login_hint: Option<String>,
    pub created_at: Time,
    pub seen_at: Time,
    pub ends_at: Time,
}

#[derive(sqlx::FromRow)]
struct PersonRow {
    id: String,
    name: String,
    upn: String,
    auditor: i64,
}

impl From<PersonRow> for Person {
    fn from(row: PersonRow) -> Person {
        Person { id: row.id, name: row.name, upn: row.upn, auditor: row.auditor != 0 }
    }
}

#[derive(sqlx::FromRow)]
struct SessionRow {
    #[sqlx(flatten)]
    person: PersonRow,
    sid: Option<String>,
    login_hint: Option<String>,
    created_at: i64,
    seen_at: i64,
    ends_at: i64,
    language: String,
    zone: String,
    theme: String,
    density: String,
}

/// As far as the clocks of two replicas may be apart.
const SKEW: Duration = Duration::from_secs(5 * 60);

impl Store {
    /// Keeps who this is, as their latest sign-in told it.
    pub async fn sign_in_person(&self, person: &Person, at: Time) -> Result<()> {
        sqlx::query(
            "INSERT INTO person (id, name, upn, auditor, signed_in_at, upn_key)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (id) DO UPDATE SET name = excluded.name, upn = excluded.upn,
                 upn_key = excluded.upn_key,
                 auditor = excluded.auditor, signed_in_at = excluded.signed_in_at",
        )
        .bind(&person.id)
        .bind(&person.name)
        .bind(&person.upn)
        .bind(i64::from(person.auditor))
        .bind(at.0)
        .bind(person.upn.to_lowercase())
        .execute(self.write())
        .await?;
        Ok(())
    }

    /// `None` for somebody who has never signed in here.
    pub async fn person(&self, id: &str) -> Result<Option<Person>> {
        let row: Option<PersonRow> =
            sqlx::query_as("SELECT id, name, upn, auditor FROM person WHERE id = $1")
                .bind(id)
                .fetch_optional(self.read())
                .await?;
        Ok(row.map(Person::from))
    }

    /// The id of the person with this object id or user principal name, in whatever case.
    pub async fn person_called(&self, called: &str) -> Result<Option<String>> {
        let row: Option<(String,)> = sqlx::query_as(
            "SELECT id FROM person WHERE id = $1 OR upn_key = $1 ORDER BY id LIMIT 1",
        )
        .bind(called.to_lowercase())
        .fetch_optional(self.read())
        .await?;
        Ok(row.map(|(id,)| id))
    }

    pub async fn new_session(&self, session: &Session) -> Result<()> {
        sqlx::query(
            "INSERT INTO session (hash, person_id, sid, login_hint, created_at, seen_at, ends_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(&session.hash)
        .bind(&session.person_id)
        .bind(&session.sid)
        .bind(&session.login_hint)
        .bind(session.created_at.0)
        .bind(session.seen_at.0)
        .bind(session.ends_at.0)
        .execute(self.write())
        .await?;
        Ok(())
    }

    /// The session and whose it is; none that has ended or was not seen for `idle`, nor one that
    /// began later than now: the clock was put back, and it would last for longer than it may.
    pub async fn session(
        &self,
        hash: &str,
        now: Time,
        idle: Duration,
    ) -> Result<Option<(Session, Person, Settings)>> {
        let row: Option<SessionRow> = sqlx::query_as(
            "SELECT person.id, name, upn, auditor, sid, login_hint, created_at, seen_at, ends_at,
                 language, zone, theme, density
             FROM session INNER JOIN person ON person.id = session.person_id
             WHERE hash = $1 AND ends_at > $2 AND seen_at > $3 AND created_at <= $4",
        )
        .bind(hash)
        .bind(now.0)
        .bind(now.minus(idle).0)
        .bind(now.plus(SKEW).0)
        .fetch_optional(self.read())
        .await?;
        Ok(row.map(|row| {
            let person = Person::from(row.person);
            let session = Session {
                hash: hash.to_owned(),
                person_id: person.id.clone(),
                sid: row.sid,
                login_hint: row.login_hint,
                created_at: Time(row.created_at),
                seen_at: Time(row.seen_at),
                ends_at: Time(row.ends_at),
            };
            let settings = Settings {
                language: Language::parse(&row.language),
                zone: Some(row.zone).filter(|zone| !zone.is_empty()),
                theme: Theme::parse(&row.theme).unwrap_or_default(),
                density: Density::parse(&row.density).unwrap_or_default(),
            };
            (session, person, settings)
        }))
    }

    pub async fn keep_settings(&self, person_id: &str, settings: &Settings) -> Result<()> {
        sqlx::query(
            "UPDATE person SET language = $2, zone = $3, theme = $4, density = $5 WHERE id = $1",
        )
        .bind(person_id)
        .bind(settings.language.map_or("", Language::code))
        .bind(settings.zone.as_deref().unwrap_or_default())
        .bind(settings.theme.word())
        .bind(settings.density.word())
        .execute(self.write())
        .await?;
        Ok(())
    }

    pub async fn touch_session(&self, hash: &str, at: Time) -> Result<()> {
        sqlx::query("UPDATE session SET seen_at = $2 WHERE hash = $1 AND seen_at < $2")
            .bind(hash)
            .bind(at.0)
            .execute(self.write())
            .await?;
        Ok(())
    }

    pub async fn end_session(&self, hash: &str) -> Result<()> {
        sqlx::query("DELETE FROM session WHERE hash = $1").bind(hash).execute(self.write()).await?;
        Ok(())
    }

    /// Ends all that Entra knows by this session id; how many there were.
    pub async fn end_sessions_by_sid(&self, sid: &str) -> Result<u64> {
        let ended = sqlx::query("DELETE FROM session WHERE sid = $1")
            .bind(sid)
            .execute(self.write())
            .await?;
        Ok(ended.rows_affected())
    }

    pub async fn end_expired_sessions(&self, now: Time, idle: Duration) -> Result<u64> {
        let ended = sqlx::query("DELETE FROM session WHERE ends_at <= $1 OR seen_at <= $2")
            .bind(now.0)
            .bind(now.minus(idle).0)
            .execute(self.write())
            .await?;
        Ok(ended.rows_affected())
    }
}
