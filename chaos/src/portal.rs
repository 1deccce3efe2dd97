//! The portal as a child of the harness: the program's own pages and worker, with a clock that can be
//! moved and a log that strikes. It is told by lines on its input what to do and answers each with a line.
//! Knows the program's entry, and nothing of stories.

use std::fmt;
use std::io::{BufRead as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rustix::process::{Signal, getpid, kill_process};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::filter::{EnvFilter, Targets};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;
use twindesk::clock::Clock;
use twindesk::config::Config;
use twindesk::domain::Time;
use twindesk::program::{self, Watched};
use twindesk::work;

use crate::points::{Moment, Point};

/// How finely the moved clock goes on by itself.
const GRAIN: Duration = Duration::from_millis(20);

/// Serves pages at once, and works when it is told to. `whole` is the program as an operator runs it,
/// with its own worker and its own end.
pub async fn run(port: u16, now: i64, whole: bool, kill_at: Option<Point>) -> anyhow::Result<()> {
    let began = Instant::now();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let strike = Arc::new(Strike::default());
    if let Some(point) = kill_at {
        strike.arm(point, false);
    }
    log(Arc::clone(&strike))?;
    let config = Config::from_env(&|name| std::env::var(name).ok())?;
    let clock = Clock::set(Time(now));
    tokio::spawn(go_on(clock.clone()));
    let door = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
    let app = program::build(config, clock.clone()).await?;
    let hear = {
        let (app, strike) = (app.clone(), Arc::clone(&strike));
        let runtime = tokio::runtime::Handle::current();
        let mut worker: Option<(watch::Sender<bool>, JoinHandle<()>)> = None;
        move || {
            for line in std::io::stdin().lock().lines().map_while(Result::ok) {
                let words: Vec<&str> = line.split(' ').collect();
                let answer = match words[..] {
                    ["clock", by] => {
                        clock.advance(Duration::from_micros(by.parse().unwrap_or(0)));
                        app.bell.notify_one();
                        "ok".to_owned()
                    }
                    ["bell"] => {
                        app.bell.notify_one();
                        "ok".to_owned()
                    }
                    ["strike", point, how] => match point.parse() {
                        Ok(point) => {
                            strike.arm(point, how == "hold");
                            "ok".to_owned()
                        }
                        Err(error) => format!("no {error}"),
                    },
                    ["forget"] => {
                        strike.disarm();
                        strike.let_go();
                        "ok".to_owned()
                    }
                    ["go"] => {
                        strike.let_go();
                        "ok".to_owned()
                    }
                    ["work"] => {
                        let (stop, told) = watch::channel(false);
                        worker = Some((stop, runtime.spawn(work::run(app.clone(), told))));
                        "ok".to_owned()
                    }
                    ["halt"] => {
                        if let Some((stop, _)) = &worker {
                            stop.send_replace(true);
                        }
                        "ok".to_owned()
                    }
                    ["rest"] => {
                        if let Some((stop, worker)) = worker.take() {
                            stop.send_replace(true);
                            // It ends when what is in flight has.
                            let _ = runtime.block_on(worker);
                        }
                        "ok".to_owned()
                    }
                    _ => format!("no such command: {line}"),
                };
                say(&answer);
            }
            // Whoever started this is gone.
            std::process::exit(0);
        }
    };
    std::thread::spawn(hear);
    if whole {
        say("ready");
        return program::serve(app, door.into(), Watched::default(), began).await;
    }
    let pages = program::start_pages(app, door)?;
    say("ready");
    std::future::pending::<()>().await;
    pages.stop().await;
    Ok(())
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    // The harness may be gone: then nobody is left to be told.
    let _ = writeln!(out, "{line}");
    let _ = out.flush();
}

/// The clock is moved by hand, and goes on as clocks do.
async fn go_on(clock: Clock) {
    let mut last = Instant::now();
    let mut grain = tokio::time::interval(GRAIN);
    loop {
        grain.tick().await;
        let now = Instant::now();
        clock.advance(now - last);
        last = now;
    }
}

fn log(strike: Arc<Strike>) -> anyhow::Result<()> {
    let seen = Targets::new()
        .with_target("sqlx::query", tracing::Level::DEBUG)
        .with_target("twindesk::azure::http", tracing::Level::DEBUG)
        .with_target("twindesk::store", tracing::Level::TRACE);
    let levels = std::env::var("RUST_LOG").unwrap_or_else(|_| "info,sqlx=warn".to_owned());
    let told = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        .with_writer(std::io::stderr)
        .with_filter(EnvFilter::builder().parse(levels)?);
    tracing_subscriber::registry().with(Struck(strike).with_filter(seen)).with(told).try_init()?;
    Ok(())
}

/// At which event of the log the process is killed, or stands still until it is let go.
#[derive(Default)]
struct Strike {
    state: Mutex<State>,
    freed: Condvar,
}

#[derive(Default)]
struct State {
    armed: Option<(Point, bool)>,
    seen: usize,
    held: bool,
}

impl Strike {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn arm(&self, point: Point, hold: bool) {
        *self.state() = State { armed: Some((point, hold)), ..State::default() };
    }

    fn disarm(&self) {
        self.state().armed = None;
    }

    fn let_go(&self) {
        self.state().held = false;
        self.freed.notify_all();
    }

    fn at(&self, moment: Moment) {
        let mut state = self.state();
        let Some((point, hold)) = state.armed.filter(|(point, _)| point.moment == moment) else {
            return;
        };
        state.seen += 1;
        if state.seen != point.nth {
            return;
        }
        state.armed = None;
        if !hold {
            // Nothing of this process happens after that.
            let _ = kill_process(getpid(), Signal::KILL);
            loop {
                std::thread::park();
            }
        }
        state.held = true;
        say("reached");
        while state.held {
            state = self.freed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

struct Struck(Arc<Strike>);

impl<S: Subscriber> Layer<S> for Struck {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut read = Read::default();
        event.record(&mut read);
        match event.metadata().target() {
            "sqlx::query" if !read.found_nothing_due() => self.0.at(Moment::Statement),
            "twindesk::azure::http" if read.message == "asked Microsoft" => {
                self.0.at(Moment::Answered);
            }
            "twindesk::store" if read.message == "committed" => self.0.at(Moment::Committed),
            _ => {}
        }
    }
}

#[derive(Default)]
struct Read {
    message: String,
    summary: String,
    rows: u64,
}

impl Read {
    /// How often the worker looks in vain is a matter of chance: that is not counted.
    fn found_nothing_due(&self) -> bool {
        self.rows == 0 && self.summary.starts_with("SELECT request_id, in_name_of_id,")
    }
}

impl Visit for Read {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        match field.name() {
            "message" => self.message = format!("{value:?}"),
            "summary" => self.summary = format!("{value:?}").trim_matches('"').to_owned(),
            _ => {}
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "summary" {
            value.clone_into(&mut self.summary);
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        if field.name() == "rows_returned" {
            self.rows = value;
        }
    }
}
