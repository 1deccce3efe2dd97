//! A world for stories: a simulated Azure, an empty database, people, and the clock that all of them
//! share. Knows how they are put together, not what happens in them.

use std::collections::{BTreeMap, HashMap};
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use clap::ValueEnum;
use reqwest::Method;
use serde_json::{Value, json};
use simulator::world::demo;
use sqlx::any::AnyPoolOptions;
use sqlx::{AnyPool, AssertSqlSafe, Connection as _};
use twindesk::azure::{Call, Resource};
use twindesk::clock::Clock;
use twindesk::config::Config;
use twindesk::domain::Time;
use twindesk::{App, program};
use uuid::Uuid;

use crate::child::{Portal, Start};
use crate::people::{self, Browser};
use crate::proxy::Proxy;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Database {
    Sqlite,
    Postgres,
}

impl Database {
    pub fn word(self) -> &'static str {
        match self {
            Database::Sqlite => "sqlite",
            Database::Postgres => "postgres",
        }
    }
}

/// What the portal offers to people who see no subscription.
const POLICY: &str = r#"
[[subscription]]
id = "a1b2c3d4-0000-4000-8000-000000000001"
name = "Contoso Production"
resource_groups = ["rg-twins", "rg-factory"]
regions = ["westeurope", "northeurope"]
create_resource_group = true
"#;

/// The correlation ID of what the harness itself writes to Azure.
pub const OTHER_MEANS: &str = "other-means";

/// The machine's clock plus what stories have moved it by.
#[derive(Clone, Debug, Default)]
pub struct Moved(Arc<AtomicI64>);

impl Moved {
    #[expect(clippy::disallowed_methods, reason = "the moved clock begins at the real time")]
    pub fn now(&self) -> Time {
        Time(jiff::Timestamp::now().as_microsecond() + self.by())
    }

    /// Microseconds that stories have moved it by so far.
    pub fn by(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }

    fn advance(&self, by: i64) {
        self.0.fetch_add(by, Ordering::SeqCst);
    }
}

pub struct World {
    pub proxy: Proxy,
    pub clock: Moved,
    /// The harness's own way into the database and to Azure; it serves nobody and works nothing.
    pub app: App,
    pub settings: HashMap<String, String>,
    pub origin: String,
    pub port: u16,
    pub log: PathBuf,
    pub database_url: String,
    /// What was there before anybody asked for anything.
    pub at_first: Value,
    admin: String,
    http: reqwest::Client,
    folder: PathBuf,
    server: Option<String>,
    browsers: BTreeMap<&'static str, Browser>,
    looking: AnyPool,
    _simulator: simulator::Running,
}

/// A run that is not at its end, as the database has it.
#[derive(Debug, sqlx::FromRow)]
pub struct Due {
    pub due_at: i64,
    pub lease: Option<String>,
    pub lease_until: i64,
}

impl World {
    pub async fn new(database: Database) -> anyhow::Result<World> {
        let folder = std::env::temp_dir().join(format!("twindesk-chaos-{}", Uuid::new_v4()));
        std::fs::create_dir_all(&folder)?;
        let (url, server) = match database {
            Database::Sqlite => (format!("sqlite:{}", folder.join("twindesk.db").display()), None),
            Database::Postgres => {
                let server = std::env::var("TWINDESK_TEST_POSTGRES").context(
                    "stories on PostgreSQL need TWINDESK_TEST_POSTGRES, a server on which \
                     databases may be made; scripts/test starts one",
                )?;
                let name = format!("twindesk_chaos_{}", Uuid::new_v4().simple());
                execute(&server, &format!("CREATE DATABASE {name}")).await?;
                let mut url = url::Url::parse(&server)?;
                url.set_path(&name);
                (url.to_string(), Some(server))
            }
        };
        let port = free_port()?;
        let origin = format!("http://localhost:{port}");
        let (proxy, address) = Proxy::start().await?;
        let place = |name: &str| url::Url::parse(&format!("http://{address}/{name}"));
        let simulator = simulator::start(simulator::Options {
            entra: Some(place("entra")?),
            arm: Some(place("arm")?),
            graph: Some(place("graph")?),
            twins: Some(place("twins")?),
            redirect_uris: ["/auth/callback", "/signed-out"]
                .map(|path| format!("{origin}{path}"))
                .to_vec(),
            ..simulator::Options::default()
        })
        .await?;
        let base = simulator.base.as_str().trim_end_matches('/').to_owned();
        proxy.lead_to(&base);
        let policy = folder.join("policy.toml");
        std::fs::write(&policy, POLICY)?;
        let settings: HashMap<String, String> = [
            ("AZURE_TENANT_ID", demo::TENANT.to_owned()),
            ("AZURE_CLIENT_ID", demo::CLIENT_ID.to_owned()),
            ("AZURE_CLIENT_SECRET", demo::CLIENT_SECRET.to_owned()),
            ("AZURE_AUTHORITY_HOST", format!("http://{address}/entra")),
            ("TWINDESK_ARM_URL", format!("http://{address}/arm")),
            ("TWINDESK_GRAPH_URL", format!("http://{address}/graph")),
            ("TWINDESK_TWINS_URL", format!("http://{address}/twins/{{host}}")),
            ("TWINDESK_BASE_URL", origin.clone()),
            ("TWINDESK_DATABASE_URL", url.clone()),
            ("TWINDESK_KEYS", twindesk::delegation::new_key()),
            ("TWINDESK_POLL_FLOOR", "1s".to_owned()),
            ("TWINDESK_SESSION_IDLE", "9000h".to_owned()),
            ("TWINDESK_SESSION_LIMIT", "9000h".to_owned()),
            ("TWINDESK_POLICY", policy.display().to_string()),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
        let config = Config::from_env(&|name| settings.get(name).cloned())?;
        let clock = Moved::default();
        let app = program::build(config, Clock::set(clock.now())).await?;
        let looking = AnyPoolOptions::new().max_connections(1).connect(&url).await?;
        let mut world = World {
            proxy,
            clock,
            app,
            settings,
            origin,
            port,
            log: folder.join("portal.log"),
            database_url: url,
            at_first: Value::Null,
            admin: format!("{base}/admin"),
            http: people::client(),
            folder,
            server,
            browsers: BTreeMap::new(),
            looking,
            _simulator: simulator,
        };
        // People here ask faster than people do, and in days that pass within a minute.
        world
            .tell(
                Method::PATCH,
                "/settings",
                json!({
                    "check_shapes": true, "lro_seconds": 5, "registration_seconds": 5,
                    "role_propagation_seconds": 5, "quota": 100_000, "loop_limit": 1_000_000,
                    "bucket_reads": 1e9, "bucket_writes": 1e9, "bucket_deletes": 1e9,
                    "bucket_queries": 1e9,
                }),
            )
            .await?;
        world.at_first = world.azure().await?;
        Ok(world)
    }

    /// Settings for a portal that comes to the database by another way.
    pub fn settings_by(&self, database_url: &str) -> HashMap<String, String> {
        let mut settings = self.settings.clone();
        settings.insert("TWINDESK_DATABASE_URL".to_owned(), database_url.to_owned());
        settings
    }

    pub fn start<'a>(&'a self, settings: &'a HashMap<String, String>, port: u16) -> Start<'a> {
        Start { settings, port, clock: &self.clock, whole: false, kill_at: None, log: &self.log }
    }

    /// The one portal of a world without replicas.
    pub async fn portal(&self) -> anyhow::Result<Portal> {
        Portal::start(&self.start(&self.settings, self.port)).await
    }

    pub async fn tell(&self, method: Method, path: &str, body: Value) -> anyhow::Result<Value> {
        let request = self.http.request(method, format!("{}{path}", self.admin));
        let request = if body.is_null() { request } else { request.json(&body) };
        let answer = request.send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        ensure!(status.is_success(), "the simulator answers {path} with {status}: {text}");
        Ok(serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    /// Everything that there is in Azure.
    pub async fn azure(&self) -> anyhow::Result<Value> {
        self.tell(Method::GET, "/world", Value::Null).await
    }

    /// Every call since they were last forgotten.
    pub async fn calls(&self) -> anyhow::Result<Vec<Value>> {
        let calls = self.tell(Method::GET, "/calls", Value::Null).await?;
        Ok(calls.as_array().cloned().unwrap_or_default())
    }

    pub async fn forget_calls(&self) -> anyhow::Result<()> {
        self.tell(Method::DELETE, "/calls", Value::Null).await.map(drop)
    }

    /// Lets time pass for Azure and for whoever reads the moved clock; portals are told by their own.
    pub async fn advance(&self, by: Duration) -> anyhow::Result<()> {
        let seconds = i64::try_from(by.as_micros().div_ceil(1_000_000))?;
        self.tell(Method::POST, "/clock", json!({ "advance_seconds": seconds })).await?;
        self.clock.advance(seconds * 1_000_000);
        Ok(())
    }

    /// Somebody writes to Azure by other means than the portal.
    pub async fn by_other_means(
        &self,
        who: &str,
        method: &str,
        path_and_query: &str,
    ) -> anyhow::Result<()> {
        let token = self.app.delegation.act_as(who, Resource::Arm, self.clock.now()).await?;
        let call = Call { method, path_and_query, body: None };
        self.app.azure.send(&token, call, OTHER_MEANS).await?;
        Ok(())
    }

    /// Somebody's browser, in which they have signed in.
    pub async fn person(&mut self, name: &'static str) -> &Browser {
        if !self.browsers.contains_key(name) {
            let browser = Browser::new(&self.origin);
            browser.sign_in_as(name).await;
            self.browsers.insert(name, browser);
        }
        &self.browsers[name]
    }

    /// The browser of somebody who has signed in.
    pub fn known(&self, name: &str) -> Option<&Browser> {
        self.browsers.get(name)
    }

    /// Every run that is not at its end.
    pub async fn due(&self) -> anyhow::Result<Vec<Due>> {
        let due =
            sqlx::query_as("SELECT due_at, lease, lease_until FROM run WHERE due_at IS NOT NULL")
                .fetch_all(&self.looking)
                .await?;
        Ok(due)
    }

    /// Another database on the same server, with nothing in it.
    pub async fn another_database(&self) -> anyhow::Result<String> {
        let server = self.server.as_deref().context("SQLite has no server")?;
        let name = format!("twindesk_chaos_{}", Uuid::new_v4().simple());
        execute(server, &format!("CREATE DATABASE {name}")).await?;
        let mut url = url::Url::parse(server)?;
        url.set_path(&name);
        Ok(url.into())
    }

    pub async fn drop_database(&self, url: &str) -> anyhow::Result<()> {
        let server = self.server.as_deref().context("SQLite has no server")?;
        let url = url::Url::parse(url)?;
        let name = url.path().trim_start_matches('/');
        execute(server, &format!("DROP DATABASE {name} WITH (FORCE)")).await
    }

    /// What the portals have said, for a story that went wrong.
    pub fn said(&self) -> String {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(40)..].join("\n")
    }

    pub async fn end(self) -> anyhow::Result<()> {
        self.app.store.close().await;
        self.looking.close().await;
        if let Some(server) = &self.server {
            let url = url::Url::parse(&self.database_url)?;
            let name = url.path().trim_start_matches('/');
            execute(server, &format!("DROP DATABASE {name} WITH (FORCE)")).await?;
        }
        std::fs::remove_dir_all(&self.folder)?;
        Ok(())
    }
}

/// One that nobody listens at.
pub fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

async fn execute(server: &str, statement: &str) -> anyhow::Result<()> {
    let mut connection = sqlx::postgres::PgConnection::connect(server).await?;
    sqlx::raw_sql(AssertSqlSafe(statement.to_owned())).execute(&mut connection).await?;
    connection.close().await?;
    Ok(())
}
