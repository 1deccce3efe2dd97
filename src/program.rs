//! Settings in, site and worker up, a polite stop. Knows everything else and decides nothing.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow, bail};
use axum_server::Handle;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::{Notify, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;

use crate::{
    App, Site,
    azure::Azure,
    clock::Clock,
    config::{Config, Tls},
    delegation::Delegation,
    domain::policy::Policy,
    inventory::Inventory,
    policy_file,
    standing::Standings,
    store::Store,
    telemetry::{Metrics, Telemetry},
    web, work,
};

/// What is under way when the program is told to stop may take this long.
const GRACE: Duration = Duration::from_secs(9);
/// And after that it is cut off, so that ten seconds are not exceeded.
const LAST_MOMENT: Duration = Duration::from_millis(500);
/// The collector may take so long for the last traces, if there is so much left.
const LAST_TRACES: Duration = Duration::from_secs(2);
/// A database that does not answer at start.
const LONGEST_OPENING: Duration = Duration::from_secs(30);
/// From a connection to the end of its first request's head.
const FIRST_REQUEST: Duration = Duration::from_secs(15);
/// A connection without a request. Longer than proxies keep theirs, so that they close first.
const IDLE: Duration = Duration::from_secs(90);
/// A request's line and headers; a larger one is refused with 431.
const LARGEST_HEAD: usize = 64 * 1024;
/// Certificates are renewed by somebody else, who only writes the files.
const CERTIFICATES_READ: Duration = Duration::from_secs(60);

/// Everything but the port. Nothing is asked of Azure, so it may be down.
pub async fn build(config: Config, clock: Clock) -> anyhow::Result<App> {
    let policy = policy(config.policy.as_deref())?;
    let site = Site {
        origin: config.base_url.origin().ascii_serialization(),
        authority: config.azure.authority.origin().ascii_serialization(),
        secure: config.base_url.scheme() == "https",
        demo: false,
        page_timeout: config.page_timeout,
        drain: config.drain,
        session_idle: config.session_idle,
        session_limit: config.session_limit,
        poll_floor: config.poll_floor,
        trusts_traceparent: config.trusts_traceparent,
        azure_portal: config.cloud.portal().to_owned(),
    };
    let azure = Azure::new(config.azure)?;
    let store = open(&config.database_url).await?;
    let delegation =
        Delegation::new(store.clone(), azure.clone(), config.vault, config.token_margin);
    let standings = Standings::new(store.clone(), azure.clone(), delegation.clone());
    let inventory = Inventory::new(azure.clone(), delegation.clone());
    Ok(App {
        store,
        azure,
        delegation,
        standings,
        inventory,
        policy: Arc::new(policy),
        clock,
        bell: Arc::new(Notify::new()),
        stopping: Arc::new(watch::Sender::new(false)),
        site: Arc::new(site),
    })
}

fn policy(path: Option<&Path>) -> anyhow::Result<Policy> {
    let Some(path) = path else { return Ok(Policy::default()) };
    match policy_file::read(path) {
        Ok(read) => {
            for warning in read.warnings {
                tracing::warn!(file = %path.display(), "the policy file, {warning}");
            }
            Ok(read.policy)
        }
        Err(wrong) => {
            let lines: Vec<String> = wrong.iter().map(|wrong| format!("  {wrong}")).collect();
            bail!(
                "TWINDESK_POLICY names {}, which cannot be used:\n{}",
                path.display(),
                lines.join("\n")
            )
        }
    }
}

/// Opens the database, making it or bringing its schema up to date where that is needed.
pub async fn open(url: &SecretString) -> anyhow::Result<Store> {
    timeout(LONGEST_OPENING, Store::open(url.expose_secret()))
        .await
        .map_err(|_| anyhow!("it did not answer within {} s", LONGEST_OPENING.as_secs()))
        .flatten()
        .context("TWINDESK_DATABASE_URL names a database that cannot be opened")
}

/// Where people come in: a port that is open already, and what https needs.
pub struct Door {
    listener: TcpListener,
    tls: Option<(RustlsConfig, Tls)>,
}

impl Door {
    /// `name` is what the operator calls the address, for when it cannot be had.
    pub fn open(name: &str, address: SocketAddr, tls: Option<Tls>) -> anyhow::Result<Door> {
        let tls = match tls {
            Some(tls) => Some((RustlsConfig::from_config(Arc::new(certificates(&tls)?)), tls)),
            None => None,
        };
        let listener =
            TcpListener::bind(address).map_err(|error| cannot_listen(name, address, &error))?;
        Ok(Door { listener, tls })
    }

    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

impl From<TcpListener> for Door {
    fn from(listener: TcpListener) -> Door {
        Door { listener, tls: None }
    }
}

fn cannot_listen(name: &str, address: SocketAddr, error: &io::Error) -> anyhow::Error {
    match error.kind() {
        ErrorKind::AddrInUse => anyhow!(
            "{name} is {address}, where another program listens already: stop that one, or choose \
             another port"
        ),
        ErrorKind::PermissionDenied => anyhow!(
            "{name} is {address}, which this user may not open: ports below {} are mostly for the \
             system's own; choose another",
            1024
        ),
        ErrorKind::AddrNotAvailable => anyhow!(
            "{name} is {address}, but this machine has no address {}: 0.0.0.0 stands for all that \
             it has",
            address.ip()
        ),
        _ => anyhow!("{name} is {address}, which cannot be opened: {error}"),
    }
}

/// Reads certificate chain and key, and finds out whether they belong together.
pub fn certificates(tls: &Tls) -> anyhow::Result<ServerConfig> {
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(&tls.cert)
        .and_then(Iterator::collect)
        .map_err(|error| anyhow!("TWINDESK_TLS_CERT must name a PEM file of certificates; {} cannot be used: {error}", tls.cert.display()))?;
    if chain.is_empty() {
        bail!(
            "TWINDESK_TLS_CERT must name a PEM file of certificates; {} holds none",
            tls.cert.display()
        );
    }
    let key = PrivateKeyDer::from_pem_file(&tls.key).map_err(|error| {
        anyhow!(
            "TWINDESK_TLS_KEY must name a PEM file with a private key that is not encrypted; {} \
             cannot be used: {error}",
            tls.key.display()
        )
    })?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|error| match error {
            rustls::Error::InconsistentKeys(_) => {
                anyhow!(
                    "TWINDESK_TLS_KEY is not the key of the first certificate in TWINDESK_TLS_CERT"
                )
            }
            error => anyhow!("TWINDESK_TLS_CERT and TWINDESK_TLS_KEY cannot be used: {error}"),
        })?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// A site that is up. It stops when this is dropped, but only [`Running::stop`] is polite.
pub struct Running {
    pub address: SocketAddr,
    handle: Handle<SocketAddr>,
    stopping: Arc<watch::Sender<bool>>,
    told_at: Option<Instant>,
    pages: JoinHandle<io::Result<()>>,
    worker: Option<JoinHandle<()>>,
    renewal: Option<JoinHandle<()>>,
}

/// Pages and worker.
pub fn start(app: App, door: impl Into<Door>) -> io::Result<Running> {
    let mut running = start_pages(app.clone(), door)?;
    let stop = app.stopping.subscribe();
    running.worker = Some(tokio::spawn(work::run(app, stop)));
    Ok(running)
}

/// The pages alone: what is due is left to others.
pub fn start_pages(app: App, door: impl Into<Door>) -> io::Result<Running> {
    let Door { listener, tls } = door.into();
    let address = listener.local_addr()?;
    let (handle, stopping) = (Handle::new(), app.stopping.clone());
    let mut server = axum_server::from_tcp(listener)?
        .http1_only()
        .first_request_timeout(FIRST_REQUEST)
        .accept_error_handler(|peer: Option<&SocketAddr>, error| match peer {
            None => tracing::warn!(%error, "a connection could not be taken"),
            Some(peer) => tracing::debug!(%peer, %error, "a connection ended before it began"),
        })
        .handle(handle.clone());
    server.http_builder().http1().header_read_timeout(IDLE).max_buf_size(LARGEST_HEAD);

    let site = web::site(app);
    let (pages, renewal) = match tls {
        None => (tokio::spawn(server.serve(site.into_make_service())), None),
        Some((config, files)) => {
            let server = server.acceptor(RustlsAcceptor::new(config.clone()));
            let renewal = tokio::spawn(renew(config, files));
            (tokio::spawn(server.serve(site.into_make_service())), Some(renewal))
        }
    };
    Ok(Running { address, handle, stopping, told_at: None, pages, worker: None, renewal })
}

impl Running {
    /// Begins no new work and says that it is not ready, but lets people in: whoever sends them here
    /// needs a moment to see it.
    pub fn retire(&mut self) {
        self.told_at.get_or_insert_with(Instant::now);
        self.stopping.send_replace(true);
    }

    /// Lets nobody in any more, and what is under way finish: pages are answered, steps settled or
    /// given back. Ten seconds at most since it was told.
    pub async fn stop(mut self) {
        self.retire();
        let left = GRACE.saturating_sub(self.told_at.map_or(Duration::ZERO, |at| at.elapsed()));
        self.handle.graceful_shutdown(Some(left));
        let finished = async {
            let _ = (&mut self.pages).await;
            if let Some(worker) = &mut self.worker {
                let _ = worker.await;
            }
        };
        if timeout(left + LAST_MOMENT, finished).await.is_err() {
            tracing::warn!(
                "stopped with something under way; a step is done again when its lease has run out"
            );
        }
    }

    /// Ends only when something has that should not.
    async fn broken(&mut self) -> anyhow::Error {
        let worker = async {
            match &mut self.worker {
                Some(worker) => worker.await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            ended = &mut self.pages => match ended {
                Ok(Ok(())) => anyhow!("the pages ended by themselves"),
                Ok(Err(error)) => anyhow!(error).context("the pages ended"),
                Err(error) => anyhow!(error).context("the pages ended"),
            },
            ended = worker => match ended {
                Ok(()) => anyhow!("the worker ended by itself"),
                Err(error) => anyhow!(error).context("the worker ended"),
            },
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stopping.send_replace(true);
        self.handle.shutdown();
        for task in [&self.worker, &self.renewal].into_iter().flatten() {
            task.abort();
        }
    }
}

/// What operators watch it by, and where they find it.
#[derive(Default)]
pub struct Watched {
    pub telemetry: Telemetry,
    /// Where the metrics are; for whoever is inside, so without TLS.
    pub metrics: Option<Door>,
}

/// Hands out the metrics, and looks after those that nobody else does.
fn start_metrics(app: &App, metrics: Metrics, door: Door) -> io::Result<JoinSet<()>> {
    door.listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(door.listener)?;
    tracing::info!(address = %listener.local_addr()?, "metrics are at /metrics");
    ::metrics::gauge!("process_start_time_seconds").set(app.clock.now().0 as f64 / 1e6);
    let mut tasks = JoinSet::new();
    tasks.spawn(metrics.clone().keep_up());
    tasks.spawn(work::watch(app.clone()));
    tasks.spawn(async move {
        if let Err(error) = axum::serve(listener, metrics.site()).await {
            tracing::error!(%error, "the metrics are gone");
        }
    });
    Ok(tasks)
}

/// Serves until the system says to stop. `began` is when the program was started.
pub async fn serve(app: App, door: Door, watched: Watched, began: Instant) -> anyhow::Result<()> {
    let mut signals = Signals::new()?;
    let (store, site) = (app.store.clone(), app.site.clone());
    let Watched { telemetry: Telemetry { metrics, traces }, metrics: place } = watched;
    let _metrics = match (metrics, place) {
        (Some(metrics), Some(place)) => Some(start_metrics(&app, metrics, place)?),
        _ => None,
    };
    let mut running = start(app, door)?;
    tracing::info!(
        address = %running.address,
        origin = site.origin,
        ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
        "ready"
    );
    let (ended, drain) = tokio::select! {
        signal = signals.next() => {
            tracing::info!(signal, "stopping");
            // Who presses Ctrl+C sends nobody here.
            let drain = if signal == TERMINATE { site.drain } else { Duration::ZERO };
            (Ok(()), drain)
        }
        error = running.broken() => (Err(error), Duration::ZERO),
    };
    let told_at = Instant::now();
    let stopped = async {
        running.retire();
        tokio::time::sleep(drain).await;
        running.stop().await;
        let left = (GRACE + LAST_MOMENT).saturating_sub(told_at.elapsed());
        let last_traces = async {
            if let Some(traces) = traces {
                traces.end(left.clamp(LAST_MOMENT, LAST_TRACES)).await;
            }
        };
        let _ = tokio::join!(timeout(LAST_MOMENT, store.close()), last_traces);
    };
    tokio::select! {
        () = stopped => tracing::info!("stopped"),
        signal = signals.next() => tracing::warn!(signal, "told twice: stopping at once"),
    }
    ended
}

/// How service managers and orchestrators tell a program to stop.
const TERMINATE: &str = "SIGTERM";

/// Takes up certificates that were renewed. What cannot be used is told, and the old ones stay.
async fn renew(config: RustlsConfig, files: Tls) {
    let read = || (std::fs::read(&files.cert).ok(), std::fs::read(&files.key).ok());
    let mut known = read();
    loop {
        tokio::time::sleep(CERTIFICATES_READ).await;
        let found = read();
        if found == known {
            continue;
        }
        known = found;
        match certificates(&files) {
            Ok(renewed) => {
                config.reload_from_config(Arc::new(renewed));
                tracing::info!("the certificates have been renewed");
            }
            Err(error) => {
                tracing::error!(
                    error = format!("{error:#}"),
                    "the new certificates cannot be used; the old ones are kept"
                );
            }
        }
    }
}

#[cfg(unix)]
struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> io::Result<Signals> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Signals {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => TERMINATE,
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> io::Result<Signals> {
        Ok(Signals)
    }

    async fn next(&mut self) -> &'static str {
        match tokio::signal::ctrl_c().await {
            Ok(()) => "Ctrl+C",
            Err(_) => std::future::pending().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    #[tokio::test]
    async fn a_page_under_way_is_answered_and_nobody_else_is_let_in() {
        // Entra ID takes the connection and says nothing, so the page waits for the hop's limit.
        let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let folder = Folder::new();
        let entra = format!("http://{}", silent.local_addr().unwrap());
        let settings = [("AZURE_AUTHORITY_HOST", &*entra), ("TWINDESK_HOP_TIMEOUT", "700ms")];
        let running = start(folder.app(&settings).await.unwrap(), any_port()).unwrap();
        let address = running.address;
        let mut visitor = tokio::net::TcpStream::connect(address).await.unwrap();
        visitor.write_all(b"GET /health/ready HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        let _held = silent.accept().await.unwrap();

        let began = Instant::now();
        running.stop().await;
        assert!(began.elapsed() > Duration::from_millis(300), "it waited for the page");
        assert!(began.elapsed() < Duration::from_secs(3), "and not longer");

        let mut answer = String::new();
        visitor.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(answer.contains("\"entra\":\"not reachable: Timeout\""), "{answer}");
        assert!(tokio::net::TcpStream::connect(address).await.is_err());
    }

    #[tokio::test]
    async fn a_visitor_who_says_nothing_does_not_hold_it_up() {
        let folder = Folder::new();
        let running = start_pages(folder.app(&[]).await.unwrap(), any_port()).unwrap();
        let _silent = tokio::net::TcpStream::connect(running.address).await.unwrap();
        let mut kept = tokio::net::TcpStream::connect(running.address).await.unwrap();
        kept.write_all(b"GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        let mut answer = [0; 12];
        kept.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"HTTP/1.1 200");
        let began = Instant::now();
        running.stop().await;
        assert!(began.elapsed() < Duration::from_secs(2));
    }

    #[tokio::test]
    async fn a_policy_that_is_wrong_is_told_by_line() {
        let folder = Folder::new();
        let file = folder.0.join("policy.toml");
        std::fs::write(&file, "approval = \"never\"\nself = 1\n").unwrap();
        let built = folder.app(&[("TWINDESK_POLICY", file.to_str().unwrap())]).await;
        let told = built.err().unwrap().to_string();
        assert!(told.starts_with("TWINDESK_POLICY names "), "{told}");
        assert!(told.contains("\n  line 1: approval must be "), "{told}");
        assert!(told.contains("\n  line 2: self is not a key here "), "{told}");
    }

    #[test]
    fn a_port_that_is_taken_is_told_with_its_setting() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = taken.local_addr().unwrap();
        let told = Door::open("TWINDESK_LISTEN", address, None).err().unwrap().to_string();
        assert!(
            told.starts_with(&format!("TWINDESK_LISTEN is {address}, where another")),
            "{told}"
        );
    }

    fn any_port() -> TcpListener {
        TcpListener::bind("127.0.0.1:0").unwrap()
    }

    /// A folder of its own, gone when the test is.
    struct Folder(std::path::PathBuf);

    impl Folder {
        fn new() -> Folder {
            let folder = std::env::temp_dir().join(format!("twindesk-{}", uuid::Uuid::new_v4()));
            std::fs::create_dir_all(&folder).unwrap();
            Folder(folder)
        }

        async fn app(&self, more: &[(&str, &str)]) -> anyhow::Result<App> {
            let database = format!("sqlite:{}", self.0.join("twindesk.db").display());
            let usual = [
                ("AZURE_TENANT_ID", "9f1c7c1e-5d0b-4d3c-9a2e-7d1b8f6a9c01"),
                ("AZURE_CLIENT_ID", "2f1c7c1e-5d0b-4d3c-9a2e-7d1b8f6a9c01"),
                ("AZURE_CLIENT_SECRET", "secret"),
                ("AZURE_AUTHORITY_HOST", "http://127.0.0.1:9"),
                ("TWINDESK_ARM_URL", "http://127.0.0.1:9"),
                ("TWINDESK_GRAPH_URL", "http://127.0.0.1:9"),
                ("TWINDESK_BASE_URL", "http://localhost:8080"),
                ("TWINDESK_KEYS", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
                ("TWINDESK_DATABASE_URL", &database),
            ];
            let config = Config::from_env(&|name| {
                let found = more.iter().chain(&usual).find(|(known, _)| *known == name);
                found.map(|(_, value)| (*value).to_owned())
            })?;
            build(config, Clock::system()).await
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            std::fs::remove_dir_all(&self.0).ok();
        }
    }
}
