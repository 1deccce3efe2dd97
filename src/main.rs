//! The command line. Knows what was typed and how a program ends; `twindesk::program` does the rest.

mod backup;
mod check;
#[cfg(feature = "demo")]
mod demo;
mod verify_history;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow, bail};
use clap::{Parser, Subcommand};
use reqwest::Url;
use twindesk::clock::Clock;
use twindesk::config::Config;
use twindesk::program::{self, Door, Watched};
use twindesk::telemetry;

/// A self-service web portal for Azure Digital Twins
///
/// People ask for instances and for access to them, people with the right decide, and Azure
/// is called in the decider's own name. To look around without Azure: `twindesk demo`.
#[derive(Parser)]
#[command(version, verbatim_doc_comment)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// The portal, set up by the environment
    ///
    /// Must be set:
    ///   AZURE_TENANT_ID, AZURE_CLIENT_ID      the directory and the app registration
    ///   AZURE_CLIENT_SECRET                   or AZURE_FEDERATED_TOKEN_FILE
    ///   TWINDESK_BASE_URL                     the address that people type
    ///   TWINDESK_KEYS                         what `twindesk new-key` prints
    ///
    /// May be set:
    ///   TWINDESK_LISTEN                       address and port, 127.0.0.1:8080 by default
    ///   TWINDESK_TLS_CERT, TWINDESK_TLS_KEY   to serve https itself
    ///   TWINDESK_DATABASE_URL                 sqlite:twindesk.db by default, or postgres://…
    ///   TWINDESK_POLICY                       what is offered and who has to agree
    ///   TWINDESK_CLOUD                        public, usgov or china
    ///   RUST_LOG, TWINDESK_LOG                levels; text or json
    ///   TWINDESK_METRICS_ADDRESS              where a scraper finds /metrics; off by default
    ///   OTEL_EXPORTER_OTLP_ENDPOINT           where traces go, by OTLP over http; off by default
    ///
    /// docs/settings.md describes these and the rest, docs/connect.md how to come by them,
    /// docs/monitoring.md what is to be seen.
    ///
    /// Everything is checked before the port opens. Told by SIGTERM or Ctrl+C to stop, it lets
    /// pages and steps under way finish, gives back what does not, and is gone within ten
    /// seconds; meanwhile /health/ready answers 503. It ends with 2 if it cannot start.
    #[command(verbatim_doc_comment)]
    Serve,
    /// The portal and a simulated Azure beside it, with people to be; needs no settings
    ///
    /// Nothing leaves this machine. The portal is at http://localhost:8080; at
    /// http://localhost:8081 are Microsoft Entra ID, Azure Resource Manager, Microsoft Graph and
    /// the Azure Digital Twins data plane, all simulated. What was asked and made is there again
    /// when it is started again. Of the environment only RUST_LOG and TWINDESK_LOG are read.
    #[cfg(feature = "demo")]
    #[command(verbatim_doc_comment)]
    Demo(demo::Arguments),
    /// Says what is wrong with the settings and with what they name, and how to mend it
    ///
    /// Reads the settings of `twindesk serve` (docs/settings.md) and the policy file
    /// (docs/policy.md), opens the database, making it or bringing its schema up to date, and
    /// asks Microsoft Entra ID, Azure Resource Manager and Microsoft Graph whether they answer.
    /// Entra ID's clock is compared with this machine's. It may run beside the portal. No secret
    /// is printed.
    ///
    /// Each line says ok, wrong or warn. It ends with 1 if anything is wrong.
    #[command(verbatim_doc_comment)]
    Check,
    /// Says whether the history is as it was written
    ///
    /// Each entry carries a hash of itself and the entry before. This goes through all of them
    /// and tells how many there are, or the first that was changed or is gone. Of the settings
    /// it reads TWINDESK_DATABASE_URL alone, and it may run beside the portal.
    ///
    /// It ends with 1 if the history is broken or cannot be read.
    #[command(verbatim_doc_comment)]
    VerifyHistory,
    /// Copies the database to a file while the portal runs
    ///
    /// The file is new, for its owner alone, and has its name only when it is whole: the copy is
    /// looked through, its history too, and what is in it is told. It holds what lets the portal
    /// act in people's names, sealed: keep TWINDESK_KEYS, and not beside it. Sessions are not in
    /// it. Of the settings it reads TWINDESK_DATABASE_URL alone. The schema is left as it is, so
    /// that a new version can make a copy before it changes anything.
    ///
    /// For SQLite. On PostgreSQL it says how pg_dump does it.
    ///
    /// It ends with 1 if there is no copy.
    #[command(verbatim_doc_comment)]
    Backup {
        /// Where to, like /backup/twindesk-2026-11-22.db
        file: PathBuf,
    },
    /// Puts a copy that `twindesk backup` made in the place of the database
    ///
    /// With the portal stopped; it refuses while somebody has the database open. The copy is
    /// looked through first, and the database that it replaces is set aside, not deleted. Of the
    /// settings it reads TWINDESK_DATABASE_URL alone. What Azure has done since the copy was made
    /// is not in it: docs/operations.md tells what that means.
    ///
    /// It ends with 1 if nothing was changed.
    #[command(verbatim_doc_comment)]
    Restore {
        /// What `twindesk backup` has written
        file: PathBuf,
    },
    /// Prints a key for TWINDESK_KEYS
    ///
    /// The keys in TWINDESK_KEYS seal what lets the portal act in people's names; the first of
    /// them seals, all of them open. So a key is changed by putting a new one in front:
    /// docs/settings.md, "Changing keys".
    #[command(verbatim_doc_comment)]
    NewKey,
    /// Asks a portal whether it lives; ends with 0 or 1
    ///
    /// For the health check of a container. Without --url it asks the portal on this machine at
    /// the port of TWINDESK_LISTEN, by https if TWINDESK_TLS_CERT is set. That certificate is
    /// not checked, since it does not name this machine, and nothing secret is sent.
    #[command(verbatim_doc_comment)]
    Health {
        /// Ask here instead, like https://twindesk.example.com/health/ready
        #[arg(long)]
        url: Option<Url>,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    let began = Instant::now();
    let Arguments { command } = Arguments::parse();
    // One provider for all that speaks TLS. It fails only if somebody has installed one already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match command {
        Command::Serve => match prepare().await {
            Ok((app, door, watched)) => ended(program::serve(app, door, watched, began).await),
            Err(error) => cannot_start(&error, "docs/settings.md describes every setting"),
        },
        #[cfg(feature = "demo")]
        Command::Demo(arguments) => match demo::prepare(arguments).await {
            Ok(demo) => ended(demo.serve(began).await),
            Err(error) => cannot_start(&error, "`twindesk demo --help` describes the options"),
        },
        Command::Check => check::run().await,
        Command::VerifyHistory => verify_history::run().await.unwrap_or_else(|error| {
            eprintln!("{}", causes(&error));
            ExitCode::FAILURE
        }),
        Command::Backup { file } => ended(backup::back_up(&file).await),
        Command::Restore { file } => ended(backup::restore(&file).await),
        Command::NewKey => {
            println!("{}", twindesk::delegation::new_key());
            ExitCode::SUCCESS
        }
        Command::Health { url } => ended(health(url).await),
    }
}

/// An environment variable, if it is set to a text.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

const USUAL_LOG: &str = "info,sqlx=warn";

async fn prepare() -> anyhow::Result<(twindesk::App, Door, Watched)> {
    let config = Config::from_env(&variable)?;
    let telemetry = telemetry::set_up(&variable, USUAL_LOG, &config)?;
    let (listen, tls, metrics) = (config.listen, config.tls.clone(), config.metrics);
    let app = program::build(config, Clock::system()).await?;
    let door = Door::open("TWINDESK_LISTEN", listen, tls)?;
    let metrics = metrics.map(|place| Door::open("TWINDESK_METRICS_ADDRESS", place, None));
    Ok((app, door, Watched { telemetry, metrics: metrics.transpose()? }))
}

fn cannot_start(error: &anyhow::Error, help: &str) -> ExitCode {
    eprintln!("{}\n\nTwindesk cannot start like this; {help}.", causes(error));
    ExitCode::from(2)
}

fn ended(result: anyhow::Result<()>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}", causes(&error));
            ExitCode::FAILURE
        }
    }
}

/// What went wrong and why. A cause is left out where what it caused repeats it, as many do.
fn causes(error: &anyhow::Error) -> String {
    let mut text = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !text.ends_with(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}

#[expect(clippy::disallowed_methods, reason = "it asks the portal itself, not Microsoft")]
async fn health(url: Option<Url>) -> anyhow::Result<()> {
    let client = reqwest::Client::builder()
        .timeout(Duration::from_secs(4))
        .redirect(reqwest::redirect::Policy::none());
    let (client, url) = match url {
        Some(url) => (client, url),
        None => (client.no_proxy().tls_danger_accept_invalid_certs(true), own_address()?),
    };
    let answer = client.build()?.get(url.clone()).send().await;
    let status = answer
        .map_err(|error| anyhow!(error.without_url()))
        .with_context(|| format!("{url} does not answer"))?
        .status();
    if !status.is_success() {
        bail!("{url} answers {status}");
    }
    Ok(())
}

/// Where the portal of this environment is found from this machine.
fn own_address() -> anyhow::Result<Url> {
    let set =
        |name| variable(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let listen = set("TWINDESK_LISTEN").unwrap_or_else(|| "127.0.0.1:8080".to_owned());
    let mut address: SocketAddr = listen.parse().map_err(|_| {
        anyhow!("TWINDESK_LISTEN must be an address and a port, like 0.0.0.0:8080; not {listen:?}")
    })?;
    if address.ip().is_unspecified() {
        address.set_ip(match address {
            SocketAddr::V4(_) => std::net::Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
        });
    }
    let scheme = if set("TWINDESK_TLS_CERT").is_some() { "https" } else { "http" };
    Ok(Url::parse(&format!("{scheme}://{address}/health/live"))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        <Arguments as clap::CommandFactory>::command().debug_assert();
    }

    #[test]
    fn a_cause_is_told_once() {
        let error =
            anyhow!("no such file").context("cannot open it: no such file").context("no key");
        assert_eq!(causes(&error), "no key: cannot open it: no such file");
    }
}
