//! Databases of every version that was released: brought up to date, they read as they were left, and
//! one of a newer version is left alone.

use std::borrow::Cow;

use sqlx::migrate::Migrator;
use sqlx::{AnyConnection, ConnectOptions as _, Connection as _, any::AnyConnectOptions};

use super::{
    asking::status,
    program::{but, nothing, said},
    world::{Database, World},
};

static STEPS: Migrator = sqlx::migrate!();

/// What a portal of each version wrote, by the step of the schema that came with it. A new step brings
/// its own, with a row of each kind that could not be written before.
const WRITTEN: [(i64, &str); 8] = [
    (1, include_str!("schemas/0001_start.sql")),
    (2, include_str!("schemas/0002_used_sign_ins.sql")),
    (3, include_str!("schemas/0003_role_assignments.sql")),
    (4, include_str!("schemas/0004_pace.sql")),
    (5, include_str!("schemas/0005_open_runs.sql")),
    (6, include_str!("schemas/0006_approvals.sql")),
    (7, include_str!("schemas/0007_sent_before.sql")),
    (8, include_str!("schemas/0008_words.sql")),
];

#[test]
fn every_step_of_the_schema_has_rows_of_its_time() {
    let steps: Vec<i64> = STEPS.iter().map(|step| step.version).collect();
    assert_eq!(steps, WRITTEN.map(|(step, _)| step), "tests/site/schemas holds one file for each");
}

/// A database that has lived through every version up to this one.
async fn of(database: &Database, last: i64) {
    sqlx::any::install_default_drivers();
    let url = match database.server {
        Some(_) => database.url.clone(),
        None => format!("{}?mode=rwc", database.url),
    };
    // The rows name people, and what the portal logs of itself is looked through beside this.
    let options: AnyConnectOptions = url.parse().unwrap();
    let mut connection = options.disable_statement_logging().connect().await.unwrap();
    for (step, written) in WRITTEN.into_iter().filter(|(step, _)| *step <= last) {
        let until = STEPS.iter().filter(|known| known.version <= step).cloned().collect();
        let steps = Migrator { migrations: Cow::Owned(until), ..Migrator::DEFAULT };
        steps.run(&mut connection).await.unwrap();
        let guard = match database.server {
            Some(_) => include_str!("../../migrations/postgres/append-only.sql"),
            None => include_str!("../../migrations/sqlite/append-only.sql"),
        };
        sqlx::raw_sql(guard).execute(&mut connection).await.unwrap();
        sqlx::raw_sql(written).execute(&mut connection).await.unwrap();
    }
    connection.close().await.unwrap();
}

/// Every table, column and index that there is.
async fn shape(database: &Database) -> Vec<String> {
    let all = match database.server {
        Some(_) => {
            "SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable
             FROM information_schema.columns WHERE table_schema = 'public'
             UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
             UNION ALL SELECT tgname || ' on ' || tgrelid::regclass::text FROM pg_trigger
                 WHERE NOT tgisinternal
             ORDER BY 1"
        }
        None => {
            "SELECT COALESCE(sql, name) FROM sqlite_master
             WHERE tbl_name NOT LIKE 'sqlite%' ORDER BY 1"
        }
    };
    let mut connection = AnyConnection::connect(&database.url).await.unwrap();
    let found: Vec<(String,)> = sqlx::query_as(all).fetch_all(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    found.into_iter().map(|(line,)| line).collect()
}

#[tokio::test]
async fn a_database_of_every_released_version_is_brought_up_to_date_and_read() {
    for (step, _) in WRITTEN {
        let fresh = Database::each().await;
        for (database, fresh) in Database::each().await.into_iter().zip(fresh) {
            of(&database, step).await;
            twindesk::store::Store::open(&fresh.url).await.unwrap().close().await;
            let world = World::on(database, &[]).await;
            assert_eq!(shape(&world.database).await, shape(&fresh).await, "from step {step}");
            fresh.drop().await;

            let (nina, uma, aldo) =
                (world.person("nina").await, world.person("uma").await, world.person("aldo").await);
            let checked = world.app.store.verify_history(1, 1_000).await.unwrap();
            assert_eq!((checked.broken_at, checked.next), (None, None));
            assert!(checked.checked > 8, "{checked:?}");
            let history = aldo.open("/history").await;
            for told in ["Nina Novak asked", "Uma Usher approved", "rejected", "verified access"] {
                assert!(history.says(told), "{told}: {}", history.words());
            }
            let own = nina.open("/requests").await;
            assert_eq!(own.all("tbody .badge"), ["Waiting for approval", "Verified"]);
            for request in ["dt-moves", "dt-old"] {
                assert!(history.says(request), "{request}");
            }

            // What waited then is decided now, and carried out as it was planned.
            let queue = uma.open("/approvals").await;
            let request = queue.html_attribute("tbody a[href^='/requests/']", "href");
            let page = uma.open(&request).await;
            uma.press(&page, "Approve", &[]).await;
            world.let_it_work().await;
            assert_eq!(status(&nina.open(&request).await), "Verified");
            // Whose sign-in cannot be opened with our keys is asked for a new one.
            let olivia = world.person("olivia").await;
            let moves = olivia.open("/requests").await;
            let moves = moves.html_attribute("tbody a[href^='/requests/']", "href");
            assert!(olivia.open(&moves).await.says("dt-moves"));
            world.end().await;
        }
    }
}

#[tokio::test]
async fn a_program_does_not_start_on_the_database_of_a_newer_one() {
    for database in Database::each().await {
        twindesk::store::Store::open(&database.url).await.unwrap().close().await;
        let mut connection = AnyConnection::connect(&database.url).await.unwrap();
        let later = "INSERT INTO _sqlx_migrations
                 (version, description, success, checksum, execution_time)
             SELECT 9999, 'later', success, checksum, 0 FROM _sqlx_migrations WHERE version = 1";
        sqlx::raw_sql(later).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        let before = database.rows().await;

        let settings = but(
            &nothing(),
            &[
                ("AZURE_TENANT_ID", simulator::world::demo::TENANT),
                ("AZURE_CLIENT_ID", simulator::world::demo::CLIENT_ID),
                ("AZURE_CLIENT_SECRET", simulator::world::demo::CLIENT_SECRET),
                ("TWINDESK_BASE_URL", "http://localhost:8080"),
                ("TWINDESK_LISTEN", "127.0.0.1:0"),
                ("TWINDESK_KEYS", &twindesk::delegation::new_key()),
                ("TWINDESK_DATABASE_URL", &database.url),
            ],
        );
        let (code, _, error) = said(&["serve"], &settings);
        assert_eq!(code, Some(2), "{error}");
        for words in ["newer version of Twindesk", "step 9999", "start that version, or restore"] {
            assert!(error.contains(words), "{words}: {error}");
        }
        assert_eq!(database.rows().await, before, "nothing was changed");
        database.drop().await;
    }
}
