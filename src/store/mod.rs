//! What is kept: the only SQL. Knows the language of the domain and neither pages nor Azure.
//!
//! One SQL text serves SQLite and PostgreSQL through sqlx's `Any`, which carries TEXT and BIGINT
//! and little else. All that differs is how a database is opened, how a writing transaction
//! begins, and the triggers in `migrations/sqlite` and `migrations/postgres`.

mod backup;
mod delegations;
mod grants;
mod history;
mod like;
mod pace;
mod people;
mod queue;
mod requests;
mod runs;
mod search;
mod sign_ins;
mod standings;
mod trouble;

#[cfg(test)]
mod tests;

use std::{
    fmt, path,
    str::FromStr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use anyhow::{Context, anyhow, bail};
use serde::{Serialize, de::DeserializeOwned};
use sqlx::{
    Any, AnyConnection, AnyPool, ConnectOptions, Connection,
    any::{AnyConnectOptions, AnyPoolOptions},
    migrate::MigrateError,
};
use thiserror::Error;
use tokio::time::timeout;

use crate::domain::Time;

use self::history::End;
pub use self::{
    backup::Contents,
    history::{Entry, HistoryFilter, HistoryPage, Verified, View},
    people::Session,
    queue::{Level, QueueFilter, QueuePage, Waiting},
    requests::{MOST_COMMENTS, Row},
    runs::{Backlog, Claimed, Home, Open, Pulse},
    search::Found,
    trouble::Trouble,
};

static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();

#[derive(Debug, Error)]
pub enum Error {
    #[error("there is no such {0}")]
    Missing(&'static str),
    /// Somebody else was faster: what was decided upon is no longer so, and nothing was written.
    #[error("it has been changed meanwhile")]
    Stale,
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// It answers, and does not come to write.
    #[error("something else holds the database")]
    Held,
    /// The database was lost while it was told to keep what had been written, and does not say
    /// whether it has.
    #[error("it is not known whether it was written: {0}")]
    Unknown(sqlx::Error),
    /// A row that this version of the program cannot have written.
    #[error("the database holds something that cannot be read: {0}")]
    Corrupt(String),
}

impl Error {
    /// What keeps the database from being used, where it is that.
    pub fn trouble(&self) -> Option<Trouble> {
        match self {
            Error::Database(error) | Error::Unknown(error) => Trouble::of(error),
            Error::Held => Some(Trouble::Locked),
            Error::Missing(_) | Error::Stale | Error::Corrupt(_) => None,
        }
    }

    /// It was waited for long enough.
    pub fn silent() -> Error {
        Error::Database(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into()))
    }
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A place in a list that is ordered by time; the list goes on behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    pub at: Time,
    pub id: String,
}

impl Key {
    /// `None` where the text is no place in any list; PostgreSQL refuses some texts.
    pub fn parse(text: &str) -> Option<Key> {
        let (at, id) = text.split_once('.')?;
        if !id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
            return None;
        }
        Some(Key { at: Time(at.parse().ok()?), id: id.to_owned() })
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.at.0, self.id)
    }
}

#[derive(Clone, Debug)]
pub struct Store {
    /// On PostgreSQL the same pool as `write`.
    read: AnyPool,
    write: AnyPool,
    begin: &'static str,
    queries: Arc<AtomicU64>,
}

/// A transaction that writes. Dropped without [`Tx::commit`], it has written nothing.
struct Tx {
    inner: sqlx::Transaction<'static, Any>,
    queries: Arc<AtomicU64>,
}

impl Tx {
    /// The connection for one query.
    fn on(&mut self) -> &mut AnyConnection {
        self.queries.fetch_add(1, Ordering::Relaxed);
        &mut self.inner
    }

    async fn commit(self) -> Result<()> {
        timeout(LONGEST_WAIT, self.inner.commit()).await.map_err(|_| Error::silent())??;
        tracing::trace!("committed");
        Ok(())
    }
}

const SQLITE_READERS: u32 = 4;
const POSTGRES_CONNECTIONS: u32 = 16;
const POSTGRES_BEGIN: &str = "BEGIN";
/// A page that cannot be answered in time is better refused than kept waiting.
const LONGEST_WAIT: Duration = Duration::from_secs(10);
/// A connection that says nothing for this long when it is asked whether it lives is dead. A server
/// that is gone without a word, as in a failover, would else be waited for by the quarter hour.
const LIVES: Duration = Duration::from_secs(2);
/// When the answer to a COMMIT is lost, the database is asked for so long whether it has been done.
const FIND_OUT: Duration = Duration::from_secs(8);
const ASK_AGAIN: Duration = Duration::from_millis(200);
/// Who asks whether it is well is told in time.
const SOON: Duration = Duration::from_millis(1500);

impl Store {
    /// Opens `sqlite:FILE` (made when missing) or `postgres://…` and brings its schema up to date.
    /// A SQLite file belongs to one process; several replicas need PostgreSQL.
    pub async fn open(url: &str) -> anyhow::Result<Store> {
        sqlx::any::install_default_drivers();
        if url.starts_with("sqlite:") {
            Store::open_sqlite(url).await
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            Store::open_postgres(url).await
        } else {
            bail!("a database is named sqlite:FILE or postgres://USER:PASSWORD@HOST/NAME")
        }
    }

    async fn open_sqlite(url: &str) -> anyhow::Result<Store> {
        let file = sqlite_file(url)?;
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)
                .with_context(|| format!("cannot make the folder {}", folder.display()))?;
        }
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&file);
        let options = AnyConnectOptions::from_url(&options.create_if_missing(true).to_url_lossy())?;
        let cannot_open = || format!("cannot open the database {}", file.display());

        let mut connection = options.connect().await.with_context(cannot_open)?;
        sqlx::raw_sql("PRAGMA journal_mode = WAL; PRAGMA busy_timeout = 10000;")
            .execute(&mut connection)
            .await
            .with_context(cannot_open)?;
        migrate(&mut connection).await?;
        sqlx::raw_sql(include_str!("../../migrations/sqlite/append-only.sql"))
            .execute(&mut connection)
            .await?;
        connection.close().await?;

        // A pool of the driver asks each connection whether it lives; a file always does.
        let pool = || {
            AnyPoolOptions::new()
                .test_before_acquire(false)
                .idle_timeout(None)
                .max_lifetime(None)
                .acquire_timeout(LONGEST_WAIT)
        };
        // What somebody else holds is waited for twice, and told, before a page has taken too long.
        let write = pool()
            .max_connections(1)
            .after_release(|connection, _| Box::pin(is_clear(connection)))
            .after_connect(|connection, _| {
                Box::pin(async move {
                    sqlx::raw_sql(
                        "PRAGMA busy_timeout = 4000; PRAGMA foreign_keys = ON;
                         PRAGMA synchronous = FULL;",
                    )
                    .execute(connection)
                    .await
                    .map(drop)
                })
            })
            .connect_with(options.clone())
            .await?;
        let read = pool()
            .max_connections(SQLITE_READERS)
            .after_connect(|connection, _| {
                Box::pin(async move {
                    sqlx::raw_sql("PRAGMA busy_timeout = 10000; PRAGMA query_only = ON;")
                        .execute(connection)
                        .await
                        .map(drop)
                })
            })
            .connect_with(options)
            .await?;
        Ok(Store::over(read, write))
    }

    /// Over pools on one SQLite file.
    fn over(read: AnyPool, write: AnyPool) -> Store {
        // A deferred transaction that turns to writing half-way is refused at once.
        Store { read, write, begin: "BEGIN IMMEDIATE", queries: Arc::default() }
    }

    async fn open_postgres(url: &str) -> anyhow::Result<Store> {
        // The address holds a password: it is in no message.
        let options = AnyConnectOptions::from_str(url)
            .map_err(|_| anyhow!("the database's address should look like postgres://…"))?;
        let mut connection = options.connect().await.context("cannot reach PostgreSQL")?;
        // sqlx lets one replica migrate at a time (advisory lock); the triggers take their own.
        migrate(&mut connection).await?;
        sqlx::raw_sql(include_str!("../../migrations/postgres/append-only.sql"))
            .execute(&mut connection)
            .await?;
        connection.close().await?;

        let pool = AnyPoolOptions::new()
            .max_connections(POSTGRES_CONNECTIONS)
            .acquire_timeout(LONGEST_WAIT)
            .test_before_acquire(false)
            .before_acquire(|connection, _| Box::pin(lives(connection)))
            .after_release(|connection, _| Box::pin(lives(connection)))
            .after_connect(|connection, _| {
                Box::pin(async move {
                    // No transaction waits for anything but the database. Who stands still inside
                    // one is frozen, and must not hold up the other replicas for long.
                    sqlx::raw_sql(
                        "SET lock_timeout = '4s'; SET statement_timeout = '15s';
                         SET idle_in_transaction_session_timeout = '10s';",
                    )
                    .execute(connection)
                    .await
                    .map(drop)
                })
            })
            .connect_with(options)
            .await?;
        Ok(Store {
            read: pool.clone(),
            write: pool,
            begin: POSTGRES_BEGIN,
            queries: Arc::default(),
        })
    }

    /// Whether the database takes a decision: there is the end of the history to be had, and room.
    pub async fn healthy(&self, now: Time) -> Result<()> {
        let _: (i64,) = sqlx::query_as("SELECT seq FROM history_head WHERE id = 1")
            .fetch_one(self.read())
            .await?;
        timeout(SOON, self.write_something(now)).await.map_err(|_| Error::Held)?
    }

    async fn write_something(&self, now: Time) -> Result<()> {
        let mut tx = self.begin().await?;
        sqlx::query("UPDATE history_head SET seq = seq WHERE id = 1").execute(tx.on()).await?;
        // SQLite does not write down again what stands there already. This memory may hold anything
        // about nobody, and forgets it.
        sqlx::query(
            "INSERT INTO standing (person_id, scope_key, decides, checked_at)
             VALUES ('', '', 0, $1)
             ON CONFLICT (person_id, scope_key) DO UPDATE SET checked_at = excluded.checked_at",
        )
        .bind(now.0)
        .execute(tx.on())
        .await?;
        tx.commit().await
    }

    /// Clears away what has had its day: sessions, used sign-ins, what Azure said of rights.
    pub async fn tidy(&self, now: Time, idle: Duration) -> Result<()> {
        self.bring_back(now).await?;
        self.end_expired_sessions(now, idle).await?;
        self.drop_old_sign_ins(now).await?;
        let day = Duration::from_secs(24 * 60 * 60);
        self.drop_old_standing(now.minus(day)).await?;
        self.drop_opened(now.minus(day * 90)).await?;
        Ok(())
    }

    /// How many queries have been sent since the store was opened.
    pub fn queries(&self) -> u64 {
        self.queries.load(Ordering::Relaxed)
    }

    /// Connections that nobody uses just now, and those that somebody does.
    pub fn connections(&self) -> (usize, usize) {
        // On PostgreSQL both are one pool.
        let pools = if self.begin == POSTGRES_BEGIN {
            &[&self.read][..]
        } else {
            &[&self.read, &self.write]
        };
        pools.iter().fold((0, 0), |(idle, used), pool| {
            let (all, free) = (pool.size() as usize, pool.num_idle());
            (idle + free, used + all.saturating_sub(free))
        })
    }

    /// Waits for what is under way and lets go of the database.
    pub async fn close(&self) {
        self.read.close().await;
        self.write.close().await;
    }

    /// Where to send one query that only reads.
    fn read(&self) -> &AnyPool {
        self.queries.fetch_add(1, Ordering::Relaxed);
        &self.read
    }

    /// Where to send one query that writes by itself.
    fn write(&self) -> &AnyPool {
        self.queries.fetch_add(1, Ordering::Relaxed);
        &self.write
    }

    /// Commits what ends with this entry of the history. Where the answer is lost, looks whether it
    /// has been done: nobody is told of a failure that was none.
    async fn commit(&self, tx: Tx, end: Option<End>) -> Result<()> {
        match (tx.commit().await, end) {
            (Err(Error::Database(error)), Some(end)) if Trouble::of(&error).is_some() => {
                match timeout(FIND_OUT, self.find_out(&end)).await {
                    Ok(true) => Ok(()),
                    Ok(false) => Err(error.into()),
                    Err(_) => Err(Error::Unknown(error)),
                }
            }
            (told, _) => told,
        }
    }

    /// Asks until there is an answer.
    async fn find_out(&self, end: &End) -> bool {
        loop {
            match self.has_ended(end).await {
                Ok(ended) => return ended,
                Err(_) => tokio::time::sleep(ASK_AGAIN).await,
            }
        }
    }

    /// Takes the place at the end of the history, as every decision does: one whose COMMIT is still
    /// on its way is waited for.
    async fn has_ended(&self, end: &End) -> Result<bool> {
        let mut tx = self.begin().await?;
        sqlx::query("UPDATE history_head SET seq = seq WHERE id = 1").execute(tx.on()).await?;
        let found: Option<(String,)> = sqlx::query_as("SELECT hash FROM history WHERE seq = $1")
            .bind(end.seq)
            .fetch_optional(tx.on())
            .await?;
        Ok(found.is_some_and(|(hash,)| hash == end.hash))
    }

    /// In a task of its own, because whoever wants it may be cut off: a visitor leaves, a page takes
    /// too long. From a BEGIN that is let go of half-way, sqlx gives the connection back with the
    /// transaction open and does not know of it: what others write there is never committed, and
    /// what they lock stays locked. A transaction that nobody takes is rolled back.
    async fn begin(&self) -> Result<Tx> {
        let (pool, begin) = (self.write.clone(), self.begin);
        let begun = tokio::spawn(async move { pool.begin_with(begin).await });
        // Nor is the task cut off, then, when a server does not answer: who waits for it is.
        let begun = timeout(LONGEST_WAIT + LIVES, begun).await.map_err(|_| Error::silent())?;
        let inner = begun.map_err(|_| sqlx::Error::WorkerCrashed)??;
        Ok(Tx { inner, queries: self.queries.clone() })
    }
}

/// For a pool: whether a connection can be used for the next transaction. Where a COMMIT fails, for
/// want of room for example, SQLite ends the transaction by itself; sqlx then fails to roll it back,
/// and takes it for open ever after.
async fn is_clear(connection: &mut AnyConnection) -> sqlx::Result<bool> {
    // Behind the ROLLBACK that has been sent.
    connection.ping().await?;
    Ok(!connection.is_in_transaction())
}

/// For a pool: whether a connection answers, in time.
async fn lives(connection: &mut AnyConnection) -> sqlx::Result<bool> {
    match timeout(LIVES, connection.ping()).await {
        Ok(answer) => answer.map(|()| true),
        Err(_) => Err(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())),
    }
}

/// `sqlite:FILE`, as an absolute path.
fn sqlite_file(url: &str) -> anyhow::Result<path::PathBuf> {
    let Some(rest) = url.strip_prefix("sqlite:") else { bail!("this is not sqlite:FILE") };
    let file = rest.trim_start_matches("//").split('?').next().unwrap_or_default();
    let file = percent_encoding::percent_decode_str(file).decode_utf8()?;
    if file.is_empty() || file.contains(":memory:") {
        bail!("name a file for the database, for example sqlite:data/twindesk.db");
    }
    Ok(path::absolute(&*file)?)
}

fn newer(version: i64) -> anyhow::Error {
    anyhow!(
        "the database has been used by a newer version of Twindesk (its schema has step {version}, \
         which this version does not know); start that version, or restore a backup"
    )
}

async fn migrate(connection: &mut AnyConnection) -> anyhow::Result<()> {
    // `Migrator::run` is this with an argument that makes the whole future not `Send`.
    match MIGRATOR.run_direct(None, connection, false).await {
        Ok(()) => Ok(()),
        Err(MigrateError::VersionMissing(version)) => Err(newer(version)),
        Err(error) => Err(error).context("cannot bring the database's schema up to date"),
    }
}

fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::Corrupt(error.to_string()))
}

fn parse<T: DeserializeOwned>(what: &str, text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| Error::Corrupt(format!("{what}: {error}")))
}

/// How a column's missing companion is told.
fn torn(what: &str) -> Error {
    Error::Corrupt(format!("{what} is incomplete"))
}
