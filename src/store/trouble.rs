//! What keeps a database from being used, by what can be done about it. Knows the codes of both
//! databases, and nothing of what was to be read or written.

use sqlx::error::DatabaseError;

/// Each is another thing to put right for whoever runs the portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Nothing more can be written: there is no room.
    Full,
    /// It can be read and not written to: a file or file system, or a standby server.
    ReadOnly,
    /// Somebody else holds what is wanted, for longer than is waited.
    Locked,
    /// It does not answer.
    Unreachable,
    /// What is read makes no sense, or cannot be read at all.
    Damaged,
}

impl Trouble {
    pub fn word(self) -> &'static str {
        match self {
            Trouble::Full => "full",
            Trouble::ReadOnly => "read-only",
            Trouble::Locked => "locked",
            Trouble::Unreachable => "not reachable",
            Trouble::Damaged => "damaged",
        }
    }

    /// `None` where the database is well, and it is the query that is wrong.
    pub(super) fn of(error: &sqlx::Error) -> Option<Trouble> {
        match error {
            sqlx::Error::Database(error) => by_code(&**error),
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::BeginFailed => Some(Trouble::Unreachable),
            _ => None,
        }
    }
}

fn by_code(error: &dyn DatabaseError) -> Option<Trouble> {
    let code = error.code()?;
    // PostgreSQL's have five characters, SQLite's are numbers with a cause in their higher bits.
    match code.parse::<u32>() {
        Ok(number) if code.len() < 5 => of_sqlite(number),
        _ => of_postgres(&code),
    }
}

/// <https://www.sqlite.org/rescode.html>
fn of_sqlite(code: u32) -> Option<Trouble> {
    const IOERR_WRITES: [u32; 3] = [3, 4, 6];
    match (code & 0xff, code >> 8) {
        (13, _) => Some(Trouble::Full),
        // A quota, or a size that a file must not have, is told as a write that failed.
        (10, why) if IOERR_WRITES.contains(&why) => Some(Trouble::Full),
        (8, _) => Some(Trouble::ReadOnly),
        (5 | 6, _) => Some(Trouble::Locked),
        (10 | 11 | 26, _) => Some(Trouble::Damaged),
        (14 | 23, _) => Some(Trouble::Unreachable),
        _ => None,
    }
}

/// <https://www.postgresql.org/docs/current/errcodes-appendix.html>
fn of_postgres(code: &str) -> Option<Trouble> {
    match code {
        "53100" => Some(Trouble::Full),
        "25006" => Some(Trouble::ReadOnly),
        // Not to be had within lock_timeout, or an answer not within statement_timeout; a deadlock.
        "55P03" | "57014" | "40P01" => Some(Trouble::Locked),
        "XX001" | "XX002" => Some(Trouble::Damaged),
        // The connection, what it costs, who may have it, and an operator who ends it.
        _ if ["08", "53", "28", "57", "58"].iter().any(|class| code.starts_with(class)) => {
            Some(Trouble::Unreachable)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_is_what_can_be_done_about_it() {
        for (code, trouble) in [
            (13, Some(Trouble::Full)),
            (778, Some(Trouble::Full)),
            (8, Some(Trouble::ReadOnly)),
            (1032, Some(Trouble::ReadOnly)),
            (5, Some(Trouble::Locked)),
            (517, Some(Trouble::Locked)),
            (266, Some(Trouble::Damaged)),
            (11, Some(Trouble::Damaged)),
            (14, Some(Trouble::Unreachable)),
            (19, None),
            (2067, None),
        ] {
            assert_eq!(of_sqlite(code), trouble, "{code}");
        }
        for (code, trouble) in [
            ("53100", Some(Trouble::Full)),
            ("25006", Some(Trouble::ReadOnly)),
            ("55P03", Some(Trouble::Locked)),
            ("57014", Some(Trouble::Locked)),
            ("57P01", Some(Trouble::Unreachable)),
            ("08006", Some(Trouble::Unreachable)),
            ("53300", Some(Trouble::Unreachable)),
            ("28P01", Some(Trouble::Unreachable)),
            ("XX001", Some(Trouble::Damaged)),
            ("23505", None),
            ("42703", None),
        ] {
            assert_eq!(of_postgres(code), trouble, "{code}");
        }
    }

    #[test]
    fn what_does_not_answer_is_not_reachable() {
        let reset = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
        assert_eq!(Trouble::of(&sqlx::Error::Io(reset)), Some(Trouble::Unreachable));
        assert_eq!(Trouble::of(&sqlx::Error::PoolTimedOut), Some(Trouble::Unreachable));
        assert_eq!(Trouble::of(&sqlx::Error::RowNotFound), None);
    }
}
