//! A copy of a SQLite database that is whole by itself, and putting one back. Knows what a copy must
//! hold to be trusted, and not what is said of it. PostgreSQL has tools of its own for this.

use std::{
    ffi::OsString,
    fs::{self, OpenOptions},
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, anyhow, bail};
use sqlx::{
    AnyConnection, AnyPool, ConnectOptions, Connection,
    any::{AnyConnectOptions, AnyPoolOptions},
    sqlite::SqliteConnectOptions,
};
use uuid::Uuid;

use super::{MIGRATOR, Store, Trouble};
use crate::domain::Time;

/// What was found in a copy that is whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contents {
    /// The last step of its schema.
    pub schema: i64,
    pub requests: i64,
    /// Of these, what the portal goes on with by itself once the copy is put back.
    pub due: i64,
    /// Entries of history, each as it was written.
    pub entries: i64,
    pub people: i64,
    /// Whose sign-in is in it, sealed.
    pub sign_ins: i64,
}

/// Entries of history that are looked at with one query.
const AT_ONCE: i64 = 1_000;
const PATIENCE: Duration = Duration::from_secs(10);

impl Store {
    /// Copies the database of this address to a new file while others go on using it, and looks
    /// through the copy. The copy opens nobody's session.
    pub async fn back_up(url: &str, to: &Path) -> anyhow::Result<Contents> {
        sqlx::any::install_default_drivers();
        let from = super::sqlite_file(url)?;
        not_there(to)?;
        let partial = Partial::beside(to)?;
        let mut connection = open(&from, Use::Shared).await?;
        sqlx::query("VACUUM INTO $1")
            .bind(partial.text()?)
            .execute(&mut connection)
            .await
            .with_context(|| format!("{} cannot be copied", from.display()))?;
        connection.close().await?;
        without_sessions(&partial.0).await?;
        let contents = look_through(&partial.0).await.context("the copy is of no use")?;
        partial.become_file(to)?;
        Ok(contents)
    }

    /// Puts a copy in the place of the database of this address, which is set aside. Gives what is in
    /// it, and the file that it replaced.
    pub async fn restore(
        url: &str,
        from: &Path,
        now: Time,
    ) -> anyhow::Result<(Contents, Option<PathBuf>)> {
        sqlx::any::install_default_drivers();
        let to = super::sqlite_file(url)?;
        if fs::metadata(beside(from, "-wal")).is_ok_and(|wal| wal.len() > 0) {
            bail!(
                "{} is not whole by itself: the file with -wal behind its name belongs to it. Make \
                 a copy with `twindesk backup`",
                from.display()
            );
        }
        let contents = look_through(from).await?;
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder)
                .with_context(|| format!("cannot make the folder {}", folder.display()))?;
        }
        let partial = Partial::beside(&to)?;
        fs::copy(from, &partial.0)
            .with_context(|| format!("cannot copy {} to {}", from.display(), to.display()))?;
        let replaced = to.exists().then(|| beside(&to, &format!(".replaced-{}", stamp(now))));
        if let Some(aside) = &replaced {
            nobody_uses(&to).await?;
            partial.belong_as(&to);
            not_there(aside)?;
            rename(&to, aside).with_context(|| format!("cannot set {} aside", to.display()))?;
        }
        if let Err(error) = partial.become_file(&to) {
            if let Some(aside) = &replaced {
                rename(aside, &to)
                    .with_context(|| format!("{} is now {}", to.display(), aside.display()))?;
            }
            return Err(error);
        }
        Ok((contents, replaced))
    }
}

enum Use {
    /// Beside others.
    Shared,
    /// A file that nobody has open.
    Alone,
    /// The same, without a change or a file beside it.
    Unchanged,
}

fn options(file: &Path, using: &Use) -> anyhow::Result<AnyConnectOptions> {
    let options = SqliteConnectOptions::new().filename(file).create_if_missing(false);
    let options = match using {
        Use::Shared | Use::Alone => options,
        Use::Unchanged => options.read_only(true).immutable(true),
    };
    Ok(AnyConnectOptions::from_url(&options.to_url_lossy())?)
}

async fn open(file: &Path, using: Use) -> anyhow::Result<AnyConnection> {
    if !file.is_file() {
        bail!("there is no database {}", file.display());
    }
    let cannot_open = || format!("cannot open the database {}", file.display());
    let mut connection = options(file, &using)?.connect().await.with_context(cannot_open)?;
    sqlx::raw_sql("PRAGMA busy_timeout = 10000").execute(&mut connection).await?;
    Ok(connection)
}

/// Whoever was signed in when the copy was made may have signed out since.
async fn without_sessions(file: &Path) -> anyhow::Result<()> {
    let mut connection = open(file, Use::Alone).await?;
    sqlx::raw_sql(
        "PRAGMA journal_mode = DELETE; PRAGMA secure_delete = ON;
         DELETE FROM session; DELETE FROM standing;",
    )
    .execute(&mut connection)
    .await
    .context("sessions cannot be taken out of the copy")?;
    connection.close().await?;
    Ok(())
}

/// What is in a file that nobody has open, if it is a whole database of ours.
async fn look_through(file: &Path) -> anyhow::Result<Contents> {
    if !file.is_file() {
        bail!("there is no file {}", file.display());
    }
    let pool = AnyPoolOptions::new()
        .max_connections(1)
        .acquire_timeout(PATIENCE)
        .connect_with(options(file, &Use::Unchanged)?)
        .await
        .with_context(|| format!("{} cannot be opened as a database", file.display()))?;
    let found = contents(&pool).await;
    pool.close().await;
    found.with_context(|| format!("{} is not a whole database of Twindesk", file.display()))
}

async fn contents(pool: &AnyPool) -> anyhow::Result<Contents> {
    let found: Vec<(String,)> = sqlx::query_as("PRAGMA integrity_check").fetch_all(pool).await?;
    if found.iter().any(|(line,)| line != "ok") {
        let lines: Vec<&str> = found.iter().take(3).map(|(line,)| &**line).collect();
        bail!("it is damaged: {}", lines.join("; "));
    }
    let (schema,): (i64,) = sqlx::query_as("SELECT MAX(version) FROM _sqlx_migrations")
        .fetch_one(pool)
        .await
        .context("it has no schema of Twindesk")?;
    if !MIGRATOR.iter().any(|step| step.version == schema) {
        return Err(super::newer(schema));
    }
    let store = Store::over(pool.clone(), pool.clone());
    let (mut entries, mut next) = (0, Some(1));
    while let Some(from) = next {
        let looked = store.verify_history(from, AT_ONCE).await?;
        entries += looked.checked;
        if let Some(broken) = looked.broken_at {
            bail!("its history is broken at entry {broken}");
        }
        next = looked.next;
    }
    let (requests, due, people, sign_ins): (i64, i64, i64, i64) = sqlx::query_as(
        "SELECT (SELECT COUNT(*) FROM request),
                (SELECT COUNT(*) FROM run WHERE due_at IS NOT NULL),
                (SELECT COUNT(*) FROM person),
                (SELECT COUNT(*) FROM delegation)",
    )
    .fetch_one(pool)
    .await?;
    Ok(Contents { schema, requests, due, entries, people, sign_ins })
}

/// A portal that runs has the file open, and would go on writing to what was set aside.
async fn nobody_uses(file: &Path) -> anyhow::Result<()> {
    let options = options(file, &Use::Alone)?;
    let alone = async {
        let mut connection = options.connect().await?;
        sqlx::raw_sql(
            "PRAGMA busy_timeout = 0; PRAGMA locking_mode = EXCLUSIVE;
             BEGIN EXCLUSIVE; COMMIT;",
        )
        .execute(&mut connection)
        .await?;
        connection.close().await
    };
    match alone.await {
        Err(error) if Trouble::of(&error) == Some(Trouble::Locked) => Err(anyhow!(
            "{} is in use: stop the portal first, and what else has it open",
            file.display()
        )),
        // A file that is damaged, or none of ours, is what one wants to replace.
        _ => Ok(()),
    }
}

/// A file on its way to its name: nobody takes it for whole before it is. Gone if it never gets there.
struct Partial(PathBuf);

impl Partial {
    fn beside(file: &Path) -> anyhow::Result<Partial> {
        let name = file.file_name().ok_or_else(|| anyhow!("{} names no file", file.display()))?;
        let mut hidden = OsString::from(".");
        hidden.push(name);
        hidden.push(format!(".{}.partial", Uuid::new_v4()));
        let path = std::path::absolute(file)?.with_file_name(hidden);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&path).with_context(|| format!("cannot write beside {}", file.display()))?;
        Ok(Partial(path))
    }

    fn text(&self) -> anyhow::Result<&str> {
        self.0.to_str().ok_or_else(|| anyhow!("{} is not a name in UTF-8", self.0.display()))
    }

    /// The user who owns this file, who may be another than whoever puts it back.
    fn belong_as(&self, file: &Path) {
        #[cfg(unix)]
        if let Ok(owner) = fs::metadata(file) {
            use std::os::unix::fs::MetadataExt as _;
            // Only a privileged user may give files away; to any other the file belongs already.
            std::os::unix::fs::chown(&self.0, Some(owner.uid()), Some(owner.gid())).ok();
        }
        #[cfg(not(unix))]
        let _ = file;
    }

    /// On the disk, and only then under its name.
    fn become_file(self, file: &Path) -> anyhow::Result<()> {
        let written = || -> io::Result<()> {
            OpenOptions::new().write(true).open(&self.0)?.sync_all()?;
            fs::rename(&self.0, file)?;
            // The name is on the disk when its folder is.
            #[cfg(unix)]
            if let Some(folder) = self.0.parent() {
                fs::File::open(folder)?.sync_all()?;
            }
            Ok(())
        };
        not_there(file)?;
        written().with_context(|| format!("cannot write {}", file.display()))
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        for ending in ["", "-wal", "-shm", "-journal"] {
            fs::remove_file(beside(&self.0, ending)).ok();
        }
    }
}

fn not_there(file: &Path) -> anyhow::Result<()> {
    match fs::symlink_metadata(file) {
        Ok(_) => bail!("{} is there already, and is not written over", file.display()),
        Err(_) => Ok(()),
    }
}

/// With what lies beside a database: it belongs to it, and would spoil what takes its place.
fn rename(from: &Path, to: &Path) -> io::Result<()> {
    for ending in ["-wal", "-shm", ""] {
        match fs::rename(beside(from, ending), beside(to, ending)) {
            Err(error) if ending.is_empty() || error.kind() != io::ErrorKind::NotFound => {
                return Err(error);
            }
            _ => {}
        }
    }
    Ok(())
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(file);
    name.push(ending);
    PathBuf::from(name)
}

/// A moment as part of a file's name.
fn stamp(at: Time) -> String {
    at.iso().replace(['-', ':'], "")
}
