//! The portal with a simulated Azure beside it. Knows the sample world's people and the files that it
//! makes; talks to the simulator as to Azure, over HTTP and by settings.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{ErrorKind, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context as _, bail};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use simulator::world::{World, demo};
use twindesk::clock::Clock;
use twindesk::config::Config;
use twindesk::program::{self, Door, Watched};
use twindesk::telemetry::{self, Telemetry};
use twindesk::{App, Site, delegation};

use crate::variable;

#[derive(clap::Args)]
pub struct Arguments {
    /// Where the portal listens, on this machine
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Where the simulated Azure listens, on this machine
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8081")]
    simulator: SocketAddr,
    /// The folder in which the database, the simulated Azure, the sealing key and the policy file are kept
    #[arg(long, value_name = "DIR", default_value = "data")]
    data: PathBuf,
    /// Begin anew: delete what an earlier demo kept in that folder, and nothing else
    #[arg(long)]
    fresh: bool,
}

/// Set up and listening, but not serving yet.
pub struct Demo {
    app: App,
    door: Door,
    azure: simulator::Running,
    banner: String,
    telemetry: Telemetry,
}

const USUAL_LOG: &str = "info,sqlx=warn,simulator=warn";
const DATABASE: &str = "twindesk.db";
const KEY: &str = "key";
const POLICY: &str = "policy.toml";
/// What the simulated Azure keeps.
const AZURE: &str = "azure.json";
/// The database has files beside it while it is open, and the simulated Azure writes to one.
const MADE: [&str; 7] =
    [DATABASE, "twindesk.db-wal", "twindesk.db-shm", KEY, POLICY, AZURE, "azure.new"];

pub async fn prepare(arguments: Arguments) -> anyhow::Result<Demo> {
    let telemetry = telemetry::set_up_log(&variable, USUAL_LOG)?;
    let Arguments { listen, simulator, data, fresh } = arguments;
    for (name, address) in [("--listen", listen), ("--simulator", simulator)] {
        if !address.ip().is_loopback() {
            bail!(
                "{name} is {address}: the demo lets anybody be anybody, so it is for this machine \
                 only; use 127.0.0.1:{}",
                address.port()
            );
        }
    }
    // The ports first: a demo that runs already keeps its files.
    let door = Door::open("--listen", listen, None)?;
    let origin = local(door.address()?);
    drop(Door::open("--simulator", simulator, None)?);

    if fresh {
        delete_made(&data)?;
    }
    let forgotten = data.join(DATABASE).exists() && !data.join(AZURE).exists();
    std::fs::create_dir_all(&data)
        .with_context(|| format!("--data: cannot make the folder {}", data.display()))?;
    let azure = simulate(simulator, &origin, &data).await?;
    let settings = settings(&data, &origin, azure.base.as_str().trim_end_matches('/'))?;
    let config = Config::from_env(&|name| settings.get(name).cloned())?;
    let mut app = program::build(config, Clock::system()).await?;
    app.site = Arc::new(Site { demo: true, ..(*app.site).clone() });
    let banner = banner(&origin, &azure, &data, forgotten);
    Ok(Demo { app, door, azure, banner, telemetry })
}

impl Demo {
    pub async fn serve(self, began: Instant) -> anyhow::Result<()> {
        println!("{}", self.banner);
        let watched = Watched { telemetry: self.telemetry, metrics: None };
        let ended = program::serve(self.app, self.door, watched, began).await;
        self.azure.stop();
        ended
    }
}

/// By name, so that cookies, redirects and what people type agree.
fn local(address: SocketAddr) -> String {
    format!("http://localhost:{}", address.port())
}

async fn simulate(
    listen: SocketAddr,
    portal: &str,
    data: &Path,
) -> anyhow::Result<simulator::Running> {
    // A port that the system chooses is known only when it is open; the simulator names it then.
    let base = match listen.port() {
        0 => None,
        _ => Some(local(listen).parse()?),
    };
    let started = simulator::start(simulator::Options {
        listen,
        base,
        redirect_uris: vec![
            format!("{portal}{}", Config::REDIRECT_PATH),
            format!("{portal}/signed-out"),
        ],
        front_channel_logout: Some(format!("{portal}/auth/front-channel-logout")),
        state: Some(data.join(AZURE)),
        // Azure asks for ten seconds between two looks, which is long for somebody who watches.
        settings: simulator::settings::Settings {
            retry_after: 2,
            ..simulator::settings::Settings::default()
        },
        ..simulator::Options::default()
    })
    .await;
    started.with_context(|| format!("the simulated Azure cannot be started at {listen}"))
}

/// What an operator would set, for the simulated Azure.
fn settings(
    data: &Path,
    portal: &str,
    azure: &str,
) -> anyhow::Result<HashMap<&'static str, String>> {
    let policy = data.join(POLICY);
    if !policy.exists() {
        std::fs::write(&policy, policy_text())
            .with_context(|| format!("cannot write {}", policy.display()))?;
    }
    let path = |path: PathBuf| path.into_os_string().into_string().ok();
    let (Some(database), Some(policy)) = (path(data.join(DATABASE)), path(policy)) else {
        bail!("--data: {} is not a name in UTF-8", data.display());
    };
    /// What has a meaning of its own in a database's address.
    const MEANT: &AsciiSet = &CONTROLS.add(b'%').add(b'?').add(b'#');
    Ok(HashMap::from([
        ("AZURE_TENANT_ID", demo::TENANT.to_owned()),
        ("AZURE_CLIENT_ID", demo::CLIENT_ID.to_owned()),
        ("AZURE_CLIENT_SECRET", demo::CLIENT_SECRET.to_owned()),
        ("AZURE_AUTHORITY_HOST", format!("{azure}/entra")),
        ("TWINDESK_ARM_URL", format!("{azure}/arm")),
        ("TWINDESK_GRAPH_URL", format!("{azure}/graph")),
        ("TWINDESK_TWINS_URL", format!("{azure}/twins/{{host}}")),
        ("TWINDESK_BASE_URL", portal.to_owned()),
        ("TWINDESK_KEYS", key(&data.join(KEY))?),
        ("TWINDESK_DATABASE_URL", format!("sqlite:{}", utf8_percent_encode(&database, MEANT))),
        ("TWINDESK_POLICY", policy),
        ("TWINDESK_POLL_FLOOR", "2s".to_owned()),
        // Nobody sends people here who would have to see that it stops.
        ("TWINDESK_DRAIN", "1ms".to_owned()),
    ]))
}

/// The sealing key of this folder, made the first time.
fn key(path: &Path) -> anyhow::Result<String> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(mut file) => {
            let key = delegation::new_key();
            writeln!(file, "{key}").with_context(|| format!("cannot write {}", path.display()))?;
            Ok(key)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => std::fs::read_to_string(path)
            .with_context(|| format!("cannot read the sealing key {}", path.display())),
        Err(error) => {
            Err(error).with_context(|| format!("cannot make the sealing key {}", path.display()))
        }
    }
}

fn delete_made(data: &Path) -> anyhow::Result<()> {
    for name in MADE {
        let path = data.join(name);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(error)
                    .with_context(|| format!("--fresh: cannot delete {}", path.display()));
            }
            _ => {}
        }
    }
    Ok(())
}

fn policy_text() -> String {
    format!(
        r#"# The policy of the demo. Change it and start again; --fresh brings this one back.
# docs/policy.md describes every key.

approval = "when-needed"          # or "always"
self_approval = false

# Offered to people who see no subscription in Azure themselves.
[[subscription]]
id = "{}"
name = "Contoso Production"
resource_groups = ["rg-twins", "rg-factory"]
regions = ["westeurope", "northeurope", "eastus"]
create_resource_group = true
"#,
        demo::PRODUCTION
    )
}

/// `forgotten` says that there are requests, but not the Azure for which they were made.
fn banner(portal: &str, azure: &simulator::Running, data: &Path, forgotten: bool) -> String {
    let mut text = String::new();
    let mut line = |line: String| {
        // A String takes whatever is written to it.
        let _ = writeln!(text, "{}", format!("  {line}").trim_end());
    };
    line(String::new());
    line(format!("Twindesk is at   {portal}"));
    let base = azure.base.as_str().trim_end_matches('/');
    line(format!("Simulated Azure  {base}   (nothing leaves this machine)"));
    line(String::new());
    line("Sign in as".to_owned());
    for person in World::demo(jiff::Timestamp::UNIX_EPOCH).people {
        line(format!("  {:<20} {:<14} {}", person.mail, person.name, person.about));
    }
    line(format!(
        "with the password {}, or with a button of the sign-in page, which needs none.",
        demo::PASSWORD
    ));
    line(String::new());
    line(format!(
        "Requests and the simulated Azure are kept in {}; `--fresh` begins anew.",
        data.display()
    ));
    if forgotten {
        line(
            "The requests there were made for a simulated Azure that is gone: `--fresh` is best."
                .to_owned(),
        );
    }
    line("Stop with Ctrl+C.".to_owned());
    line(String::new());
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_of_the_demo_is_without_fault() {
        let folder = folder("policy");
        std::fs::write(folder.join(POLICY), policy_text()).unwrap();
        let read = twindesk::policy_file::read(&folder.join(POLICY)).unwrap();
        assert_eq!(read.warnings, []);
        assert!(
            read.policy.offered(demo::PRODUCTION).is_some_and(|offer| offer.create_resource_group)
        );
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn the_settings_are_without_fault_and_the_key_stays() {
        let folder = folder("a folder % with ? odd # name");
        let read = || settings(&folder, "http://localhost:8080", "http://localhost:8081").unwrap();
        let first = read();
        assert!(Config::from_env(&|name| first.get(name).cloned()).is_ok());
        assert_eq!(first["TWINDESK_KEYS"].trim(), read()["TWINDESK_KEYS"].trim());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(folder.join(KEY)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn beginning_anew_deletes_what_the_demo_made_and_nothing_else() {
        let folder = folder("fresh");
        for name in MADE.iter().chain(&["notes.txt", "twindesk.db.backup"]) {
            std::fs::write(folder.join(name), "").unwrap();
        }
        delete_made(&folder).unwrap();
        delete_made(&folder).unwrap();
        let mut left: Vec<_> =
            std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, ["notes.txt", "twindesk.db.backup"]);
        std::fs::remove_dir_all(folder).unwrap();
    }

    fn folder(name: &str) -> PathBuf {
        let name = format!("twindesk-demo-{}-{name}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        folder
    }
}
