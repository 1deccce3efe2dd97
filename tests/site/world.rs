//! A world for one test: a fresh database, a simulated Azure, and the portal between them.

use std::collections::HashMap;
use std::time::Duration;

use twindesk::{App, clock::Clock, config::Config, domain::Time, program, web, work};

use super::{azure::Azure, people::Browser};

pub use simulator::world::demo::{CARL, DEVELOPMENT, NINA, OLIVIA, PRODUCTION};

pub struct World {
    pub app: App,
    pub azure: Azure,
    pub origin: String,
    pub database: Database,
    settings: HashMap<String, String>,
}

/// Runs the story on SQLite, and on PostgreSQL where `TWINDESK_TEST_POSTGRES` names a server.
pub async fn on_each_database(story: impl AsyncFn(&World)) {
    for database in Database::each().await {
        let world = World::on(database, &[]).await;
        story(&world).await;
        world.end().await;
    }
}

/// The same with settings of its own.
pub async fn with_settings(settings: &[(&str, &str)], story: impl AsyncFn(&World)) {
    for database in Database::each().await {
        let world = World::on(database, settings).await;
        story(&world).await;
        world.end().await;
    }
}

/// The same with a policy file of this content.
pub async fn under_policy(policy: &str, story: impl AsyncFn(&World)) {
    let file = std::env::temp_dir().join(format!("twindesk-{}.toml", uuid::Uuid::new_v4()));
    std::fs::write(&file, policy).unwrap();
    let path = file.to_str().unwrap().to_owned();
    with_settings(&[("TWINDESK_POLICY", &path)], story).await;
    std::fs::remove_file(&file).unwrap();
}

impl World {
    pub async fn on(database: Database, more: &[(&str, &str)]) -> World {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let origin = format!("http://localhost:{}", address.port());
        let azure = Azure::start(&origin).await;
        let mut settings = settings(&azure, &origin, &database.url);
        settings.extend(more.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())));
        let app = build(&settings, Clock::set(now())).await;
        let site = web::site(app.clone());
        tokio::spawn(async move { axum::serve(listener, site).await });
        World { app, azure, origin, database, settings }
    }

    /// Another replica on the same database, with its own memory.
    pub async fn replica(&self) -> App {
        build(&self.settings, self.app.clock.clone()).await
    }

    /// The same with settings of its own.
    pub async fn replica_with(&self, more: &[(&str, &str)]) -> App {
        let mut settings = self.settings.clone();
        settings.extend(more.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())));
        build(&settings, self.app.clock.clone()).await
    }

    /// A browser in which this person of the simulated tenant has signed in.
    pub async fn person(&self, name: &str) -> Browser {
        let browser = self.browser();
        browser.sign_in_as(name).await;
        browser
    }

    /// A browser in which nobody has signed in.
    pub fn browser(&self) -> Browser {
        Browser::new(&self.origin)
    }

    /// Carries out what is due, and moves the clock to what will be, until nothing is left to do.
    pub async fn let_it_work(&self) {
        for _ in 0..400 {
            if work::tick(&self.app).await.unwrap() {
                continue;
            }
            let Some(due) = self.next_due().await else { return };
            self.wait(due.since(self.app.clock.now()).max(Duration::from_millis(1))).await;
        }
        panic!("the work does not come to an end");
    }

    /// When a worker will next find something to claim; a past moment means now.
    pub async fn next_due(&self) -> Option<Time> {
        self.database.next_due().await.map(Time)
    }

    /// Lets time pass, here and in Azure.
    pub async fn wait(&self, wait: Duration) {
        self.app.clock.advance(wait);
        self.azure.advance(wait).await;
    }

    pub fn setting(&self, name: &str) -> &str {
        &self.settings[name]
    }

    pub fn settings(&self) -> &HashMap<String, String> {
        &self.settings
    }

    /// Does to the database what the portal never would.
    pub async fn meddle(&self, statements: &'static str) {
        use sqlx::Connection;
        let mut connection = sqlx::AnyConnection::connect(&self.database.url).await.unwrap();
        sqlx::raw_sql(statements).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }

    /// Holds what every decision writes, as another program may, until it is dropped.
    pub async fn hold(&self) -> sqlx::AnyConnection {
        use sqlx::Connection;
        let mut holder = sqlx::AnyConnection::connect(&self.database.url).await.unwrap();
        let hold = match self.is_postgres() {
            true => "BEGIN; UPDATE history_head SET seq = seq",
            false => "BEGIN IMMEDIATE",
        };
        sqlx::raw_sql(hold).execute(&mut holder).await.unwrap();
        holder
    }

    /// Whether a connection to PostgreSQL that is made from now on may write: to a standby none may.
    pub async fn takes_writes(&self, does: bool) {
        let Some(server) = &self.database.server else { return };
        let url = url::Url::parse(&self.database.url).unwrap();
        let name = url.path().trim_start_matches('/');
        let read_only = if does { "off" } else { "on" };
        let set = format!("ALTER DATABASE {name} SET default_transaction_read_only = {read_only}");
        tell(server, &set).await;
    }

    pub fn is_postgres(&self) -> bool {
        self.database.is_postgres()
    }

    /// Every row of every table, as text.
    pub async fn rows(&self) -> Vec<String> {
        self.database.rows().await
    }

    pub async fn end(self) {
        self.azure.has_kept_its_shapes().await;
        self.app.store.close().await;
        self.database.drop().await;
    }
}

/// What an operator sets for a portal at this origin.
pub fn settings(azure: &Azure, origin: &str, database: &str) -> HashMap<String, String> {
    [
        ("AZURE_TENANT_ID", simulator::world::demo::TENANT.to_owned()),
        ("AZURE_CLIENT_ID", simulator::world::demo::CLIENT_ID.to_owned()),
        ("AZURE_CLIENT_SECRET", simulator::world::demo::CLIENT_SECRET.to_owned()),
        ("AZURE_AUTHORITY_HOST", format!("{}/entra", azure.base)),
        ("TWINDESK_ARM_URL", format!("{}/arm", azure.base)),
        ("TWINDESK_GRAPH_URL", format!("{}/graph", azure.base)),
        ("TWINDESK_TWINS_URL", format!("{}/twins/{{host}}", azure.base)),
        ("TWINDESK_BASE_URL", origin.to_owned()),
        ("TWINDESK_DATABASE_URL", database.to_owned()),
        ("TWINDESK_KEYS", twindesk::delegation::new_key()),
        ("TWINDESK_POLL_FLOOR", "1s".to_owned()),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}

async fn build(settings: &HashMap<String, String>, clock: Clock) -> App {
    let config = Config::from_env(&|name| settings.get(name).cloned()).unwrap();
    program::build(config, clock).await.unwrap()
}

#[expect(clippy::disallowed_methods, reason = "the simulator's clock begins at the real time")]
fn now() -> Time {
    Time(jiff::Timestamp::now().as_microsecond())
}

/// An empty database of its own, gone when the test has gone well.
pub struct Database {
    pub url: String,
    pub server: Option<String>,
}

impl Database {
    pub async fn each() -> Vec<Database> {
        let mut each = vec![Database::sqlite()];
        if let Ok(server) = std::env::var("TWINDESK_TEST_POSTGRES") {
            each.push(Database::postgres(server).await);
        }
        each
    }

    pub fn sqlite() -> Database {
        let file = std::env::temp_dir().join(format!("twindesk-{}.db", uuid::Uuid::new_v4()));
        Database { url: format!("sqlite:{}", file.display()), server: None }
    }

    pub fn is_postgres(&self) -> bool {
        self.server.is_some()
    }

    async fn postgres(server: String) -> Database {
        let name = format!("twindesk_{}", uuid::Uuid::new_v4().simple());
        tell(&server, &format!("CREATE DATABASE {name}")).await;
        let mut url = url::Url::parse(&server).unwrap();
        url.set_path(&name);
        Database { url: url.into(), server: Some(server) }
    }

    async fn next_due(&self) -> Option<i64> {
        use sqlx::Connection;
        let mut connection = sqlx::AnyConnection::connect(&self.url).await.unwrap();
        let due: (Option<i64>,) = sqlx::query_as(
            "SELECT MIN(CASE WHEN lease_until > due_at THEN lease_until ELSE due_at END)
             FROM run WHERE due_at IS NOT NULL",
        )
        .fetch_one(&mut connection)
        .await
        .unwrap();
        connection.close().await.unwrap();
        due.0
    }

    pub async fn rows(&self) -> Vec<String> {
        use sqlx::{AssertSqlSafe, Connection};
        let mut connection = sqlx::AnyConnection::connect(&self.url).await.unwrap();
        let (tables, columns) = match self.server {
            Some(_) => (
                "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public' AND table_name NOT LIKE '\\_%'",
                "SELECT column_name::text FROM information_schema.columns WHERE table_name = $1 ORDER BY ordinal_position",
            ),
            None => (
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\'",
                "SELECT name FROM pragma_table_info($1) ORDER BY cid",
            ),
        };
        let tables: Vec<(String,)> =
            sqlx::query_as(tables).fetch_all(&mut connection).await.unwrap();
        let mut rows = Vec::new();
        for (table,) in tables {
            let columns: Vec<(String,)> =
                sqlx::query_as(columns).bind(&table).fetch_all(&mut connection).await.unwrap();
            let columns: Vec<String> = columns
                .iter()
                .map(|(name,)| format!("'{name}=' || COALESCE(CAST({name} AS TEXT), '')"))
                .collect();
            let text = format!("SELECT {} FROM {table}", columns.join(" || ' ' || "));
            let found: Vec<(String,)> =
                sqlx::query_as(AssertSqlSafe(text)).fetch_all(&mut connection).await.unwrap();
            rows.extend(found.into_iter().map(|(row,)| format!("{table}: {row}")));
        }
        rows.sort();
        rows
    }

    pub async fn drop(self) {
        match self.server {
            Some(server) => {
                let url = url::Url::parse(&self.url).unwrap();
                let name = url.path().trim_start_matches('/');
                tell(&server, &format!("DROP DATABASE {name} WITH (FORCE)")).await;
            }
            None => {
                let file = self.url.trim_start_matches("sqlite:");
                for ending in ["", "-wal", "-shm"] {
                    std::fs::remove_file(format!("{file}{ending}")).ok();
                }
            }
        }
    }
}

async fn tell(server: &str, statement: &str) {
    use sqlx::Connection;
    let mut connection = sqlx::postgres::PgConnection::connect(server).await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
}
