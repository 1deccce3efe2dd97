//! What the pages cost in a small and in a large database: `cargo bench`. The whole site over real
//! HTTP beside the simulated Azure, on SQLite and, where `TWINDESK_TEST_POSTGRES` names a server, on
//! PostgreSQL. Prints tables; fails when a page needs more queries or more calls to Azure in the
//! large database than in the small one, and when the program takes too long to start.
//! `docs/performance.md` tells how to read it.
#![expect(
    clippy::unwrap_used,
    reason = "as in a test: what cannot be is best shown where it was not"
)]

mod fill;

#[expect(dead_code, reason = "shared with the site tests, which use more of it")]
#[path = "../tests/site/people.rs"]
mod people;

use std::collections::HashMap;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use clap::Parser;
use scraper::{Html, Selector};
use simulator::world::demo;
use twindesk::{App, clock::Clock, config::Config, domain::Time, program, web};

use fill::{Amount, Places};
use people::Browser;

/// Measures the pages in a small and in a large database
#[derive(Parser)]
struct Arguments {
    /// 10,000 requests in the large database instead of 100,000
    #[arg(long)]
    small: bool,
    /// How often each page is opened in each database
    #[arg(long, default_value_t = 100)]
    times: usize,
    /// Only the database with this in its name
    #[arg(long, default_value = "")]
    database: String,
    /// Only pages with this in their name
    #[arg(long, default_value = "")]
    page: String,
    /// Leave the databases behind and say where they are
    #[arg(long)]
    keep: bool,
    /// What `cargo bench` says
    #[arg(long, hide = true)]
    bench: bool,
}

const SMALL: Amount = Amount { requests: 1_000, waiting: 400 };
const LARGE: Amount = Amount { requests: 100_000, waiting: 2_000 };
const QUICK: Amount = Amount { requests: 10_000, waiting: 1_000 };

/// For how long the portal takes Azure's word for what somebody may do, and a little more.
const FORGOTTEN: Duration = Duration::from_secs(61);
/// Pages for which Azure is asked anew are opened less often.
const FEW: usize = 10;
const STARTS: usize = 5;
/// From the start of the program to its first answer, on the large database.
const LONGEST_START: Duration = Duration::from_secs(1);

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut servers = vec![("SQLite", None)];
    if let Ok(server) = std::env::var("TWINDESK_TEST_POSTGRES") {
        servers.push(("PostgreSQL", Some(server)));
    }
    let mut failed = Vec::new();
    for (name, server) in servers
        .into_iter()
        .filter(|(name, _)| name.to_lowercase().contains(&arguments.database.to_lowercase()))
    {
        failed.extend(on_a_database(name, server.as_deref(), &arguments).await);
    }
    if failed.is_empty() {
        return ExitCode::SUCCESS;
    }
    println!("\nThis must not be:");
    for what in failed {
        println!("- {what}");
    }
    ExitCode::FAILURE
}

/// What must not be.
async fn on_a_database(name: &str, server: Option<&str>, arguments: &Arguments) -> Vec<String> {
    println!("\n## {name}\n");
    let small = World::filled(server, SMALL).await;
    let large = World::filled(server, if arguments.small { QUICK } else { LARGE }).await;
    println!(
        "\n| page | small: median, p95 ms | large: median, p95 ms | ratio | queries | Azure | HTML, sent KB |"
    );
    println!("|---|---|---|---|---|---|---|");
    let mut failed = Vec::new();
    for page in pages().into_iter().filter(|page| page.name.contains(&arguments.page)) {
        let cost = page.measure([&small, &large], arguments.times).await;
        println!("{}", cost.row(&page));
        if cost.differs() {
            failed.push(format!("{name}: the cost of {:?} has grown with the table", page.name));
        }
    }
    println!("\nThis process, with both portals and both Azures in it: {} MB.", resident("self"));
    let start = large.serve_anew().await;
    if start > LONGEST_START {
        failed.push(format!(
            "{name}: `twindesk serve` answers only {} ms after it was started",
            start.as_millis()
        ));
    }
    small.end(arguments.keep).await;
    large.end(arguments.keep).await;
    failed
}

// ---------------------------------------------------------------- pages

#[derive(Clone, Copy, Debug, PartialEq)]
enum Who {
    /// Asks.
    Nina,
    /// Decides in one of forty subscriptions.
    Uma,
    /// Decides in one resource group.
    Greg,
    /// Reads the whole history.
    Aldo,
}

struct Page {
    name: &'static str,
    who: Who,
    path: fn(&Places) -> String,
    /// The page that the pager of `path` leads to.
    next: bool,
    /// Azure has to be asked what the person may do.
    anew: bool,
}

fn pages() -> Vec<Page> {
    use Who::{Aldo, Greg, Nina, Uma};
    let page =
        |name, who, path: fn(&Places) -> String| Page { name, who, path, next: false, anew: false };
    let next = |page: Page| Page { next: true, ..page };
    let anew = |page: Page| Page { anew: true, ..page };
    vec![
        page("home", Nina, |_| "/".into()),
        page("home, by somebody who decides", Uma, |_| "/".into()),
        page("home, by somebody who decides little", Greg, |_| "/".into()),
        page("my requests", Nina, |_| "/requests".into()),
        page("my requests, the last but one page", Nina, |at| {
            format!("/requests?before={}", at.requests_bottom)
        }),
        page("my requests, ended", Nina, |_| "/requests?show=ended".into()),
        page("request, carried out, by who asked", Nina, |at| format!("/requests/{}", at.finished)),
        page("request, waiting, by who decides: access", Uma, |at| {
            format!("/requests/{}", at.waiting_grant)
        }),
        page("request, waiting, by who decides: instance", Uma, |at| {
            format!("/requests/{}", at.waiting_instance)
        }),
        page("approvals", Uma, |_| "/approvals".into()),
        next(page("approvals, next page", Uma, |_| "/approvals".into())),
        page("approvals, by somebody who decides nothing", Nina, |_| "/approvals".into()),
        page("approvals, by somebody who decides little", Greg, |_| "/approvals".into()),
        page("approvals, decided", Uma, |_| "/approvals/decided".into()),
        page("history, auditor: all", Aldo, |_| "/history".into()),
        page("history, auditor: all, last page", Aldo, |_| "/history?before=60".into()),
        page("history, auditor: kind", Aldo, |_| "/history?kind=step_done".into()),
        page("history, auditor: kind, long ago only", Aldo, |_| {
            "/history?kind=sign_in_needed".into()
        }),
        page("history, auditor: person", Aldo, |_| "/history?person=nina@contoso.com".into()),
        page("history, auditor: person, last page", Aldo, |at| {
            format!("/history?person=nina@contoso.com&before={}", at.history_bottom)
        }),
        page("history, auditor: person, long ago only", Aldo, |at| {
            format!("/history?person={}", at.seldom)
        }),
        page("history, auditor: request", Aldo, |at| format!("/history?request={}", at.finished)),
        page("history, auditor: subscription", Aldo, |_| {
            format!("/history?scope={}", demo::PRODUCTION)
        }),
        page("history, auditor: resource group", Aldo, |at| format!("/history?scope={}", at.group)),
        page("history, auditor: instance", Aldo, |at| format!("/history?scope={}", at.instance)),
        page("history, auditor: one day", Aldo, |at| format!("/history?from={0}&to={0}", at.day)),
        page("history, auditor: one day, kind", Aldo, |at| {
            format!("/history?from={0}&to={0}&kind=step_done", at.day)
        }),
        page("history, auditor: one day, person", Aldo, |at| {
            format!("/history?from={0}&to={0}&person=nina@contoso.com", at.day)
        }),
        page("history, auditor: subscription, kind, long ago only", Aldo, |_| {
            format!("/history?scope={}&kind=sign_in_needed", demo::PRODUCTION)
        }),
        page("history, auditor: person where they never were", Aldo, |at| {
            format!("/history?person=uma@contoso.com&scope={}", at.elsewhere)
        }),
        page("history, auditor: instance, kind that never was", Aldo, |at| {
            format!("/history?scope={}&kind=nothing", at.instance)
        }),
        page("history, approver: own subscription", Uma, |_| {
            format!("/history?scope={}", demo::PRODUCTION)
        }),
        page("history, approver: own subscription, kind", Uma, |_| {
            format!("/history?scope={}&kind=approved", demo::PRODUCTION)
        }),
        page("history, approver: own subscription, one day", Uma, |at| {
            format!("/history?scope={}&from={1}&to={1}", demo::PRODUCTION, at.day)
        }),
        page("history, own", Nina, |_| "/history".into()),
        page("history, own, last page", Nina, |at| {
            format!("/history?before={}", at.history_bottom)
        }),
        page("history, own: kind", Nina, |_| "/history?kind=done".into()),
        page("history, own: person", Nina, |_| "/history?person=uma@contoso.com".into()),
        page("search, by who asks: own name", Nina, |_| "/search?q=novak".into()),
        page("search, by who decides", Uma, |_| "/search?q=dt-".into()),
        page("search, auditor: nothing found", Aldo, |_| "/search?q=nonsense".into()),
        anew(page("approvals, rights asked anew", Uma, |_| "/approvals".into())),
        anew(page("approvals, rights asked anew, decides little", Greg, |_| "/approvals".into())),
        anew(page("approvals, rights asked anew, decides nothing", Nina, |_| "/approvals".into())),
    ]
}

/// What a page costs in one database.
struct Cost {
    times: Vec<Duration>,
    queries: u64,
    calls: usize,
    html: usize,
    sent: usize,
}

struct Costs([Cost; 2]);

impl Page {
    /// Opens the page in both databases in turn, so that whatever else the machine does is shared.
    async fn measure(&self, worlds: [&World; 2], times: usize) -> Costs {
        let mut costs = Vec::new();
        let mut paths = Vec::new();
        for world in worlds {
            let path = world.path(self).await;
            costs.push(world.count(self, &path).await);
            paths.push(path);
        }
        for _ in 0..if self.anew { times.min(FEW) } else { times } {
            for ((world, path), cost) in worlds.iter().zip(&paths).zip(&mut costs) {
                world.prepare(self).await;
                cost.times.push(world.time(self.who, path).await);
            }
        }
        let mut costs = costs.into_iter();
        Costs([costs.next().unwrap(), costs.next().unwrap()])
    }
}

impl Cost {
    /// In milliseconds: the time that this share of all took at most.
    fn quantile(&self, share: f64) -> f64 {
        let mut times = self.times.clone();
        times.sort();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a place in a short list"
        )]
        let place = (times.len() as f64 * share).ceil() as usize;
        times[place.clamp(1, times.len()) - 1].as_secs_f64() * 1e3
    }
}

impl Costs {
    fn differs(&self) -> bool {
        let Costs([small, large]) = self;
        (small.queries, small.calls) != (large.queries, large.calls)
    }

    fn row(&self, page: &Page) -> String {
        let Costs([small, large]) = self;
        let both = |small: String, large: String| {
            if small == large { small } else { format!("**{small} → {large}**") }
        };
        format!(
            "| {} | {:.2}, {:.2} | {:.2}, {:.2} | {:.2} | {} | {} | {}, {} |",
            page.name,
            small.quantile(0.5),
            small.quantile(0.95),
            large.quantile(0.5),
            large.quantile(0.95),
            large.quantile(0.5) / small.quantile(0.5),
            both(small.queries.to_string(), large.queries.to_string()),
            both(small.calls.to_string(), large.calls.to_string()),
            both((small.html / 1000).to_string(), (large.html / 1000).to_string()),
            both((small.sent / 1000).to_string(), (large.sent / 1000).to_string()),
        )
    }
}

// ---------------------------------------------------------------- worlds

/// A portal on a database of its own, with an Azure of its own, and people who have signed in.
struct World {
    app: App,
    azure: simulator::Running,
    origin: String,
    url: String,
    server: Option<String>,
    settings: HashMap<String, String>,
    places: Places,
    people: Vec<(Who, Browser)>,
    http: reqwest::Client,
}

impl World {
    async fn filled(server: Option<&str>, amount: Amount) -> World {
        let url = new_database(server).await;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://localhost:{}", listener.local_addr().unwrap().port());
        let options = simulator::Options {
            redirect_uris: vec![format!("{origin}/auth/callback")],
            ..simulator::Options::default()
        };
        let azure = simulator::start(options).await.unwrap();
        let base = azure.base.as_str().trim_end_matches('/');
        let settings: HashMap<String, String> = [
            ("AZURE_TENANT_ID", demo::TENANT.to_owned()),
            ("AZURE_CLIENT_ID", demo::CLIENT_ID.to_owned()),
            ("AZURE_CLIENT_SECRET", demo::CLIENT_SECRET.to_owned()),
            ("AZURE_AUTHORITY_HOST", format!("{base}/entra")),
            ("TWINDESK_ARM_URL", format!("{base}/arm")),
            ("TWINDESK_GRAPH_URL", format!("{base}/graph")),
            ("TWINDESK_TWINS_URL", format!("{base}/twins/{{host}}")),
            ("TWINDESK_BASE_URL", origin.clone()),
            ("TWINDESK_DATABASE_URL", url.clone()),
            ("TWINDESK_KEYS", twindesk::delegation::new_key()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        let config = Config::from_env(&|name| settings.get(name).cloned()).unwrap();
        let now = now();
        let began = Instant::now();
        twindesk::store::Store::open(&url).await.unwrap().close().await;
        let places = fill::fill(&url, amount, now).await.unwrap();
        println!(
            "{} requests ({} waiting, {} subscriptions), {} history entries: {} MB, filled in {} s.",
            places.requests,
            amount.waiting,
            fill::SUBSCRIPTIONS,
            places.entries,
            fill::size(&url).await.unwrap() / 1_000_000,
            began.elapsed().as_secs(),
        );
        let app = program::build(config, Clock::set(now)).await.unwrap();
        for from in [1, places.entries / 2, places.entries - 999] {
            let verified = app.store.verify_history(from, 1_000).await.unwrap();
            assert_eq!((verified.checked, verified.broken_at), (1_000, None), "from {from}");
        }
        let site = web::site(app.clone());
        tokio::spawn(async move { axum::serve(listener, site).await });
        let mut people = Vec::new();
        for (who, name) in
            [(Who::Nina, "nina"), (Who::Uma, "uma"), (Who::Greg, "greg"), (Who::Aldo, "aldo")]
        {
            let browser = Browser::new(&origin);
            browser.sign_in_as(name).await;
            people.push((who, browser));
        }
        let server = server.map(str::to_owned);
        let http = people::client();
        World { app, azure, origin, url, server, settings, places, people, http }
    }

    fn browser(&self, who: Who) -> &Browser {
        &self.people.iter().find(|(known, _)| *known == who).unwrap().1
    }

    /// The address of the page here.
    async fn path(&self, page: &Page) -> String {
        let path = (page.path)(&self.places);
        if !page.next {
            return path;
        }
        let first = self.browser(page.who).fetch(&path).await;
        first.html_attribute("a[rel=next]", "href")
    }

    /// What is counted, once everything is warm: the same each time.
    async fn count(&self, page: &Page, path: &str) -> Cost {
        for _ in 0..2 {
            self.prepare(page).await;
            self.browser(page.who).fetch(path).await;
        }
        self.prepare(page).await;
        let called = self.calls().await;
        let before = self.app.store.queries();
        let plain = self.browser(page.who).fetch(path).await;
        let queries = self.app.store.queries() - before;
        let calls = self.calls().await - called;
        assert_eq!(plain.status, 200, "{path}: {}", plain.text);
        let wrong = Selector::parse(".filters + .notice").unwrap();
        let wrong = Html::parse_document(&plain.text).select(&wrong).next().is_some();
        assert!(!wrong, "{path}: {}", plain.words());
        self.prepare(page).await;
        let sent = self.get(page.who, path).await;
        Cost { times: Vec::new(), queries, calls, html: plain.text.len(), sent }
    }

    /// How many calls Azure has received.
    async fn calls(&self) -> usize {
        let calls = self.azure.base.join("/admin/calls").unwrap();
        let calls = self.http.get(calls).send().await.unwrap().text().await.unwrap();
        let calls: Vec<serde_json::Value> = serde_json::from_str(&calls).unwrap();
        calls.last().map_or(0, |call| usize::try_from(call["n"].as_u64().unwrap()).unwrap())
    }

    /// Lets what Azure said be forgotten, where the page is to ask it anew.
    async fn prepare(&self, page: &Page) {
        if page.anew {
            self.app.clock.advance(FORGOTTEN);
            // The session notes once a minute that it was seen.
            self.browser(page.who).fetch("/requests").await;
        }
    }

    async fn time(&self, who: Who, path: &str) -> Duration {
        let began = Instant::now();
        self.get(who, path).await;
        began.elapsed()
    }

    /// Opens a page as a browser does, on a connection that stays open; the bytes of its body.
    async fn get(&self, who: Who, path: &str) -> usize {
        get(&self.http, &self.origin, &self.browser(who).cookie(), path).await
    }

    /// The program itself on this database: how much memory it takes, and how fast it starts, which
    /// is also returned.
    async fn serve_anew(&self) -> Duration {
        self.app.store.close().await;
        let mut starts = Vec::new();
        let mut memory = (0, 0);
        for _ in 0..STARTS {
            let serving = Serving::start(&self.settings).await;
            starts.push(serving.took);
            memory.0 = resident(&serving.child.id().to_string());
            for page in pages().iter().filter(|page| !page.next && !page.anew).cycle().take(200) {
                let (path, cookie) = ((page.path)(&self.places), self.browser(page.who).cookie());
                get(&self.http, &serving.origin, &cookie, &path).await;
            }
            memory.1 = resident(&serving.child.id().to_string());
        }
        starts.sort();
        println!(
            "`twindesk serve` on the large database: answers {:.0} ms after it was started (median of {STARTS}); \
             {} MB resident then, {} MB after 200 pages.",
            starts[STARTS / 2].as_secs_f64() * 1e3,
            memory.0,
            memory.1,
        );
        starts[STARTS / 2]
    }

    async fn end(self, keep: bool) {
        self.app.store.close().await;
        if keep {
            println!("Left behind: {}", self.url);
            return;
        }
        match self.server {
            Some(server) => {
                let url = url::Url::parse(&self.url).unwrap();
                let name = url.path().trim_start_matches('/').to_owned();
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

impl Browser {
    fn cookie(&self) -> String {
        let jar = self.cookies.lock().unwrap();
        jar.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }
}

async fn get(http: &reqwest::Client, origin: &str, cookie: &str, path: &str) -> usize {
    let answer = http
        .get(format!("{origin}{path}"))
        .header("cookie", cookie)
        .header("accept-encoding", "gzip, deflate, br, zstd")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    answer.bytes().await.unwrap().len()
}

async fn new_database(server: Option<&str>) -> String {
    let name = format!("twindesk_{}", uuid::Uuid::new_v4().simple());
    let Some(server) = server else {
        return format!("sqlite:{}", std::env::temp_dir().join(format!("{name}.db")).display());
    };
    tell(server, &format!("CREATE DATABASE {name}")).await;
    let mut url = url::Url::parse(server).unwrap();
    url.set_path(&name);
    url.into()
}

async fn tell(server: &str, statement: &str) {
    use sqlx::Connection;
    let mut connection = sqlx::postgres::PgConnection::connect(server).await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
}

#[expect(clippy::disallowed_methods, reason = "the simulator's clock begins at the real time")]
fn now() -> Time {
    Time(jiff::Timestamp::now().as_microsecond())
}

/// `twindesk serve` as a program of its own; ends with this value.
struct Serving {
    child: std::process::Child,
    origin: String,
    took: Duration,
}

impl Serving {
    async fn start(settings: &HashMap<String, String>) -> Serving {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let began = Instant::now();
        let child = Command::new(env!("CARGO_BIN_EXE_twindesk"))
            .arg("serve")
            .env_clear()
            .envs(settings)
            .env("TWINDESK_LISTEN", format!("127.0.0.1:{port}"))
            .env("RUST_LOG", "error")
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let origin = format!("http://127.0.0.1:{port}");
        let http = people::client();
        loop {
            assert!(began.elapsed() < Duration::from_secs(30), "it does not start");
            match http.get(format!("{origin}/health/live")).send().await {
                Ok(answer) if answer.status() == 200 => break,
                _ => tokio::time::sleep(Duration::from_millis(1)).await,
            }
        }
        Serving { child, origin, took: began.elapsed() }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Resident memory of a process in MB; nought where there is no /proc.
fn resident(process: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    let kilobytes = line.split_whitespace().next().and_then(|number| number.parse().ok());
    kilobytes.unwrap_or(0_u64) / 1000
}
