//! The simulator by itself: reads the command line, serves until interrupted.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Parser;
use simulator::tls::Tls;
use simulator::{Options, Ports, start};
use url::Url;

/// Entra ID, Azure Resource Manager, Microsoft Graph and the Azure Digital Twins data plane on loopback.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Loopback address to listen on; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:8081")]
    listen: SocketAddr,
    /// Loopback address where Entra ID alone listens besides, at the root
    #[arg(long, value_name = "ADDRESS")]
    listen_entra: Option<SocketAddr>,
    /// The same for Azure Resource Manager
    #[arg(long, value_name = "ADDRESS")]
    listen_arm: Option<SocketAddr>,
    /// The same for Microsoft Graph
    #[arg(long, value_name = "ADDRESS")]
    listen_graph: Option<SocketAddr>,
    /// The same for the data plane: hosts follow as the first part of the path
    #[arg(long, value_name = "ADDRESS")]
    listen_twins: Option<SocketAddr>,
    /// Public base of every address in answers [default: http(s)://LISTEN]
    #[arg(long)]
    base_url: Option<Url>,
    /// Certificate chain (PEM) to serve https
    #[arg(long, requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// Key of the certificate (PEM)
    #[arg(long, requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Serve https with a certificate of an authority made at start, whose own certificate is written to this file
    #[arg(long, conflicts_with = "tls_cert")]
    tls_ca: Option<PathBuf>,
    /// Loopback address of a proxy (HTTPS_PROXY) by which Azure's own host names lead here
    #[arg(long)]
    proxy: Option<SocketAddr>,
    /// World to begin with, .toml or .json, instead of the demo's
    #[arg(long)]
    world: Option<PathBuf>,
    /// Print the demo's world as JSON, to begin a file of one's own with
    #[arg(long)]
    print_world: bool,
    /// File in which the world, the sign-ins, the settings and the moved clock are kept between runs
    #[arg(long)]
    state: Option<PathBuf>,
    /// Time at the start, such as 2026-01-01T00:00:00Z; goes before the time that was kept
    #[arg(long)]
    now: Option<jiff::Timestamp>,
    /// Base of Entra ID [default: BASE/entra, at its own port that port]
    #[arg(long)]
    entra_url: Option<Url>,
    /// Base of Azure Resource Manager [default: BASE/arm, at its own port that port]
    #[arg(long)]
    arm_url: Option<Url>,
    /// Base of Microsoft Graph [default: BASE/graph, at its own port that port]
    #[arg(long)]
    graph_url: Option<Url>,
    /// Base of the data plane, below which hosts follow [default: BASE/twins, at its own port that port]
    #[arg(long)]
    twins_url: Option<Url>,
    /// Registered redirect URI, instead of the defaults; may be repeated
    #[arg(long)]
    redirect_uri: Vec<String>,
    /// Client id of the registered application
    #[arg(long, default_value = simulator::world::demo::CLIENT_ID)]
    client_id: String,
    /// Its secret
    #[arg(long, default_value = simulator::world::demo::CLIENT_SECRET)]
    client_secret: String,
    /// A certificate of the application (PEM), to prove itself by; may be repeated
    #[arg(long, value_name = "FILE")]
    certificate: Vec<PathBuf>,
    /// A federated credential of the application: JSON with issuer, subject, audiences and keys; may be repeated
    #[arg(long, value_name = "FILE")]
    federated: Vec<PathBuf>,
    /// Front-channel logout URL of the application
    #[arg(long)]
    front_channel_logout: Option<String>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into()),
        )
        .init();
    let arguments = Arguments::parse();
    if arguments.print_world {
        let world = simulator::world::World::demo(simulator::clock::Clock::default().now());
        println!("{}", serde_json::to_string_pretty(&world)?);
        return Ok(());
    }
    let defaults = Options::default();
    let running = start(Options {
        listen: arguments.listen,
        base: arguments.base_url,
        entra: arguments.entra_url,
        arm: arguments.arm_url,
        graph: arguments.graph_url,
        twins: arguments.twins_url,
        ports: Ports {
            entra: arguments.listen_entra,
            arm: arguments.listen_arm,
            graph: arguments.listen_graph,
            twins: arguments.listen_twins,
        },
        tls: arguments
            .tls_cert
            .zip(arguments.tls_key)
            .map(|(certificate, key)| Tls::Files(certificate, key))
            .or(arguments.tls_ca.map(Tls::Authority)),
        proxy: arguments.proxy,
        client_id: arguments.client_id,
        client_secret: arguments.client_secret,
        redirect_uris: if arguments.redirect_uri.is_empty() {
            defaults.redirect_uris
        } else {
            arguments.redirect_uri
        },
        certificates: read_all(&arguments.certificate, |text| Ok(text.to_owned()))?,
        federated: read_all(&arguments.federated, |text| Ok(serde_json::from_str(text)?))?,
        front_channel_logout: arguments.front_channel_logout,
        world: arguments.world,
        state: arguments.state,
        now: arguments.now,
        settings: defaults.settings,
    })
    .await?;
    tracing::info!(address = %running.address, base = %running.base, "the simulated Azure is ready");
    let places = &running.places;
    tracing::info!(
        entra = places.entra,
        arm = places.arm,
        graph = places.graph,
        twins = places.twins,
        "its services"
    );
    if let Some(proxy) = running.proxy {
        tracing::info!(%proxy, "Azure's own host names lead here through this proxy");
    }
    tokio::signal::ctrl_c().await?;
    running.stop();
    Ok(())
}

fn read_all<T>(
    files: &[PathBuf],
    parse: impl Fn(&str) -> anyhow::Result<T>,
) -> anyhow::Result<Vec<T>> {
    let read = |file: &PathBuf| parse(&std::fs::read_to_string(file)?);
    let named =
        |file: &PathBuf| read(file).with_context(|| format!("cannot use {}", file.display()));
    files.iter().map(named).collect()
}
