//! A copy of the database, made while people ask, and put back when Azure has gone on since.

use std::collections::HashMap;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use super::{
    asking::{create, instance, request_access},
    people::Browser,
    portal::{Portal, on_each_database},
    program::{Folder, PATIENCE, but, nothing, said},
    world::Database,
};

/// What an operator types, while the simulated Azure goes on answering.
async fn typed(
    arguments: [&str; 2],
    settings: &HashMap<String, String>,
) -> (Option<i32>, String, String) {
    let (arguments, settings) = (arguments.map(str::to_owned), settings.clone());
    tokio::task::spawn_blocking(move || {
        said(&arguments.iter().map(String::as_str).collect::<Vec<_>>(), &settings)
    })
    .await
    .unwrap()
}

/// The settings that these commands need: the database and no other.
fn only(database: &str) -> HashMap<String, String> {
    but(&nothing(), &[("TWINDESK_DATABASE_URL", database)])
}

/// As docs/operations.md says for PostgreSQL.
async fn postgres(program: &'static str, arguments: &[&str]) {
    let mut command = Command::new(program);
    command.args(arguments);
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap();
    let output = output.unwrap_or_else(|error| panic!("{program} is needed: {error}"));
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
}

async fn back_up(portal: &Portal, copy: &str) {
    let database = &portal.database.url;
    if portal.database.server.is_some() {
        let file = format!("--file={copy}");
        return postgres("pg_dump", &["--format=custom", &file, database]).await;
    }
    let (code, out, error) = typed(["backup", copy], &only(database)).await;
    assert_eq!(code, Some(0), "{out}{error}");
    for words in ["It is whole: schema ", "each as it was written", "TWINDESK_KEYS"] {
        assert!(out.contains(words), "{words}: {out}");
    }
}

async fn restore(portal: &Portal, copy: &str) {
    let database = &portal.database.url;
    if portal.database.server.is_some() {
        let to = format!("--dbname={database}");
        let how = ["--clean", "--if-exists", "--exit-on-error", "--single-transaction"];
        return postgres("pg_restore", &[&how[..], &[&to, copy]].concat()).await;
    }
    let (code, out, error) = typed(["restore", copy], &only(database)).await;
    assert_eq!(code, Some(0), "{out}{error}");
    assert!(out.contains("What was there before is ") && out.contains("It is whole: "), "{out}");
    let aside = out.lines().find_map(|line| line.strip_prefix("What was there before is "));
    std::fs::remove_file(aside.unwrap().trim_end_matches('.')).unwrap();
}

async fn approve(person: &Browser, request: &str) {
    let page = person.open(request).await;
    person.press(&page, "Approve", &[]).await;
}

#[tokio::test]
async fn a_copy_made_while_people_ask_is_put_back_and_nothing_is_done_twice() {
    on_each_database(async |portal| {
        let mut running = portal.start();
        let (olivia, carl) = (portal.person("olivia").await, portal.person("carl").await);
        let (nina, uma) = (portal.person("nina").await, portal.person("uma").await);
        let ended = create(&olivia, &instance("dt-ended")).await.url.path().to_owned();
        portal.becomes(&olivia, &ended, "Verified").await;
        let waiting = create(&carl, &instance("dt-waits")).await.url.path().to_owned();
        portal.becomes(&carl, &waiting, "Waiting for approval").await;
        // Azure has taken this one, and works on it when the copy is made.
        portal.azure.settings(serde_json::json!({ "lro_seconds": 300 })).await;
        let under_way = create(&olivia, &instance("dt-moves")).await.url.path().to_owned();
        let end = Instant::now() + PATIENCE;
        let noted = |row: &String| row.contains("dt-moves") && row.contains("operation=http");
        while !portal.database.rows().await.iter().any(noted) {
            assert!(Instant::now() < end);
        }
        portal.azure.settings(serde_json::json!({ "lro_seconds": 0 })).await;

        let copy = portal.folder.file("copy");
        let asking = async {
            for number in 0..4 {
                create(&olivia, &instance(&format!("dt-meanwhile-{number}"))).await;
            }
            request_access(&nina, "data_reader").await.url.path().to_owned()
        };
        let (access, ()) = tokio::join!(asking, back_up(portal, &copy));

        // What the copy does not know of.
        approve(&uma, &waiting).await;
        approve(&uma, &access).await;
        portal.becomes(&carl, &waiting, "Verified").await;
        portal.becomes(&nina, &access, "Verified").await;
        portal.azure.advance(Duration::from_secs(300)).await;
        portal.becomes(&olivia, &under_way, "Verified").await;
        let end = Instant::now() + PATIENCE;
        loop {
            let badges = olivia.open("/requests").await.all("tbody .badge");
            if badges.iter().all(|badge| badge == "Verified") {
                break assert_eq!(badges.len(), 6);
            }
            assert!(Instant::now() < end, "{badges:?}");
            // A process of its own works at it, by a clock that nobody sets.
            tokio::time::sleep(Duration::from_millis(50)).await;
        }

        if portal.database.server.is_none() {
            let (code, _, error) = typed(["restore", &copy], &only(&portal.database.url)).await;
            assert_eq!(code, Some(1), "{error}");
            assert!(
                error.contains("nothing was changed") && error.contains("is in use"),
                "{error}"
            );
            portal.becomes(&olivia, &under_way, "Verified").await;
        }
        running.hears("tried a step");
        tokio::task::spawn_blocking(|| running.stop()).await.unwrap();
        restore(portal, &copy).await;
        portal.azure.forget_calls().await;

        let running = portal.start();
        let (code, out, error) = said(&["verify-history"], &only(&portal.database.url));
        assert_eq!(code, Some(0), "{out}{error}");
        let (olivia, carl, uma) = (
            portal.person("olivia").await,
            portal.person("carl").await,
            portal.person("uma").await,
        );
        // Its own way to its end, without a call that changes anything.
        portal.becomes(&olivia, &under_way, "Verified").await;
        portal.becomes(&olivia, &ended, "Verified").await;
        portal.becomes(&carl, &waiting, "Waiting for approval").await;
        approve(&uma, &waiting).await;
        portal.becomes(&carl, &waiting, "Verified").await;
        assert_eq!(portal.azure.writes().await, [""; 0], "all was there already");
        let told = carl.open(&waiting).await;
        let found = told.all(".timeline li").into_iter().any(|entry| {
            entry.contains("Data Owner") && entry.contains("it was so already, nothing was written")
        });
        assert!(found, "{}", told.words());
        for name in ["dt-ended", "dt-waits", "dt-moves"] {
            assert_eq!(portal.azure.assignments_at(name).await.len(), 1, "{name}");
        }
        tokio::task::spawn_blocking(|| running.stop()).await.unwrap();
    })
    .await;
}

/// A database with something in it, and nobody who uses it.
async fn at_rest(portal: &Portal) {
    let running = portal.start();
    let nina = portal.person("nina").await;
    request_access(&nina, "data_owner").await;
    request_access(&nina, "data_reader").await;
    tokio::task::spawn_blocking(|| running.stop()).await.unwrap();
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_copy_is_for_its_owner_alone_opens_no_session_and_writes_over_nothing() {
    let portal = Portal::on(Database::sqlite()).await;
    at_rest(&portal).await;
    let own = only(&portal.database.url);
    let copy = portal.folder.file("copy.db");
    let (code, out, error) = typed(["backup", &copy], &own).await;
    assert_eq!(code, Some(0), "{error}");
    assert!(out.contains("requests: 2 (under way: 0)") && out.contains("sign-ins: 1"), "{out}");
    assert_eq!(names(&portal.folder.0), ["copy.db"], "nothing lies beside it");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(&copy).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let copied = Database { url: format!("sqlite:{copy}"), server: None };
    let (rows, original) = (copied.rows().await, portal.database.rows().await);
    let of = |table: &str| original.iter().filter(|row| row.starts_with(table)).count();
    assert!(of("session: ") > 0 && of("standing: ") > 0);
    let kept = |row: &&String| !row.starts_with("session: ") && !row.starts_with("standing: ");
    assert_eq!(rows, original.iter().filter(kept).cloned().collect::<Vec<_>>());

    let before = std::fs::read(&copy).unwrap();
    let (code, out, error) = typed(["backup", &copy], &own).await;
    assert_eq!((code, &*out), (Some(1), ""));
    assert!(
        error.contains("nothing was copied: ") && error.contains("not written over"),
        "{error}"
    );
    assert!(std::fs::read(&copy).unwrap() == before);

    let nowhere = portal.folder.file("none/copy.db");
    let (code, _, error) = typed(["backup", &nowhere], &own).await;
    assert_eq!(code, Some(1));
    assert!(error.contains("cannot write beside"), "{error}");
    let missing = only(&format!("sqlite:{}", portal.folder.file("none.db")));
    let (code, _, error) = typed(["backup", &portal.folder.file("other.db")], &missing).await;
    assert_eq!(code, Some(1));
    assert!(error.contains("there is no database "), "{error}");
    assert_eq!(names(&portal.folder.0), ["copy.db"]);
}

#[tokio::test]
async fn what_is_no_whole_copy_is_neither_kept_nor_put_back() {
    let portal = Portal::on(Database::sqlite()).await;
    at_rest(&portal).await;
    let own = only(&portal.database.url);
    let file = portal.database.url.trim_start_matches("sqlite:");
    let copy = portal.folder.file("copy.db");
    let (code, _, error) = typed(["backup", &copy], &own).await;
    assert_eq!(code, Some(0), "{error}");
    let whole = std::fs::read(&copy).unwrap();
    let before = std::fs::read(file).unwrap();

    let refused = async |words: &str| {
        let (code, out, error) = typed(["restore", &copy], &own).await;
        assert_eq!((code, &*out), (Some(1), ""), "{words}");
        assert!(error.contains("nothing was changed: ") && error.contains(words), "{error}");
        assert!(std::fs::read(file).unwrap() == before, "{words}");
    };
    std::fs::write(&copy, "a letter").unwrap();
    refused("copy.db").await;
    std::fs::write(&copy, &whole[..whole.len() / 2]).unwrap();
    refused("is not a whole database of Twindesk").await;
    std::fs::write(&copy, &whole).unwrap();
    let at = format!("sqlite:{copy}");
    meddle(&at, "INSERT INTO _sqlx_migrations SELECT 9999, 'later', installed_on, success, checksum, 0 FROM _sqlx_migrations WHERE version = 1").await;
    refused("newer version").await;
    std::fs::write(&copy, &whole).unwrap();
    meddle(
        &at,
        "DROP TRIGGER history_no_update; UPDATE history SET actor_name = 'Somebody' WHERE seq = 2",
    )
    .await;
    refused("its history is broken at entry 2").await;
    std::fs::remove_file(&copy).unwrap();
    refused("there is no file ").await;

    meddle(
        &portal.database.url,
        "DROP TRIGGER history_no_update; UPDATE history SET actor_name = 'Somebody' WHERE seq = 2",
    )
    .await;
    let (code, _, error) = typed(["backup", &copy], &own).await;
    assert_eq!(code, Some(1));
    assert!(error.contains("its history is broken at entry 2"), "{error}");
    assert_eq!(names(&portal.folder.0), [""; 0], "nobody takes it for a copy");

    // Where there is nothing yet, there is nothing to set aside.
    std::fs::write(&copy, &whole).unwrap();
    let elsewhere = only(&format!("sqlite:{}", portal.folder.file("new/twindesk.db")));
    let (code, out, error) = typed(["restore", &copy], &elsewhere).await;
    assert_eq!(code, Some(0), "{error}");
    assert!(!out.contains("What was there before"), "{out}");
    let (code, out, _) = said(&["verify-history"], &elsewhere);
    assert_eq!(code, Some(0), "{out}");
}

async fn meddle(database: &str, statements: &'static str) {
    use sqlx::Connection;
    let mut connection = sqlx::AnyConnection::connect(database).await.unwrap();
    sqlx::raw_sql(statements).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

#[test]
fn postgresql_makes_its_own_copies_and_the_command_is_told() {
    let folder = Folder::new();
    let copy = folder.file("copy");
    let own = only("postgres://twindesk:s3cret@db:5433/twindesk");
    for (command, tool, nothing_done) in [
        ("backup", "pg_dump --format=custom --file=", "nothing was copied"),
        ("restore", "pg_restore --clean --if-exists", "nothing was changed"),
    ] {
        let (code, out, error) = said(&[command, &copy], &own);
        assert_eq!((code, &*out), (Some(1), ""), "{error}");
        assert!(error.contains(tool) && error.contains(nothing_done), "{error}");
        assert!(error.contains("postgres://db/twindesk") && !error.contains("s3cret"), "{error}");
    }
}
