//! The program as people start it: its words, how it ends, and what it keeps.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use reqwest::StatusCode;
use serde_json::{Value, json};
use simulator::tls::Tls;
use simulator::world::demo;

use super::{
    asking::{create, instance, request_access, status},
    people::{self, Browser},
    world::on_each_database,
};

/// For a machine that has much else to do.
pub const PATIENCE: Duration = Duration::from_secs(60);

pub fn twindesk(arguments: &[&str], settings: &HashMap<String, String>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_twindesk"));
    command.args(arguments).env_clear().envs(settings);
    command
}

/// What it said until it ended, on both ways.
pub fn said(
    arguments: &[&str],
    settings: &HashMap<String, String>,
) -> (Option<i32>, String, String) {
    let output = twindesk(arguments, settings).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// The same while the simulated Azure goes on answering.
pub async fn said_beside(
    arguments: &'static [&str],
    settings: &HashMap<String, String>,
) -> (Option<i32>, String) {
    let settings = settings.clone();
    let (code, out, error) =
        tokio::task::spawn_blocking(move || said(arguments, &settings)).await.unwrap();
    (code, format!("{out}{error}"))
}

/// The program while it runs. It is killed if the test ends before it.
pub struct Running {
    pub child: Child,
    lines: mpsc::Receiver<String>,
    pub heard: Vec<String>,
}

impl Running {
    pub fn start(arguments: &[&str], settings: &HashMap<String, String>) -> Running {
        Running::of(twindesk(arguments, settings))
    }

    pub fn of(mut command: Command) -> Running {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (say, lines) = mpsc::channel();
        let (out, error) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let hear = |from: Box<dyn std::io::Read + Send>| {
            let say = say.clone();
            std::thread::spawn(move || {
                BufReader::new(from)
                    .lines()
                    .map_while(Result::ok)
                    .all(|line| say.send(line).is_ok())
            })
        };
        hear(Box::new(out));
        hear(Box::new(error));
        Running { child, lines, heard: Vec::new() }
    }

    /// The first line with these words. (What is said in two ways may be heard in any order.)
    pub fn hears(&mut self, words: &str) -> String {
        if let Some(line) = self.heard.iter().find(|line| line.contains(words)) {
            return line.clone();
        }
        let end = Instant::now() + PATIENCE;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) => {
                    self.heard.push(line.clone());
                    if line.contains(words) {
                        return line;
                    }
                }
                Err(_) => panic!("{words:?} was not said: {:#?}", self.heard),
            }
        }
    }

    /// Where it listens, as it says when it is ready.
    pub fn address(&mut self) -> String {
        let ready = self.hears(" ready ");
        let (_, rest) = ready.split_once("address=").unwrap();
        rest.split_whitespace().next().unwrap().to_owned()
    }

    /// Tells it to stop as a service manager does.
    #[cfg(unix)]
    pub fn tell_to_stop(&self) {
        let kill = format!("kill -TERM {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }

    /// Tells it to stop, and waits.
    #[cfg(unix)]
    pub fn stop(self) -> (ExitStatus, Vec<String>) {
        self.tell_to_stop();
        self.ended()
    }

    /// Waits until it has stopped, for which it has ten seconds.
    #[cfg(unix)]
    pub fn ended(mut self) -> (ExitStatus, Vec<String>) {
        let began = Instant::now();
        let ended = self.child.wait().unwrap();
        assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
        let mut heard = std::mem::take(&mut self.heard);
        heard.extend(self.lines.iter());
        (ended, heard)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// A folder that is gone after the test.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new() -> Folder {
        let folder = std::env::temp_dir().join(format!("twindesk-{}", uuid::Uuid::new_v4()));
        std::fs::create_dir_all(&folder).unwrap();
        Folder(folder)
    }

    pub fn file(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

pub fn nothing() -> HashMap<String, String> {
    HashMap::new()
}

/// These settings but for some.
pub fn but(settings: &HashMap<String, String>, other: &[(&str, &str)]) -> HashMap<String, String> {
    let mut settings = settings.clone();
    settings.extend(other.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())));
    settings
}

#[test]
fn help_names_every_command_and_each_has_its_own() {
    let (code, text, _) = said(&["--help"], &nothing());
    assert_eq!(code, Some(0));
    for command in
        ["serve", "demo", "check", "verify-history", "backup", "restore", "new-key", "health"]
    {
        assert!(text.contains(&format!("\n  {command} ")), "{command}: {text}");
        let (code, own, _) = said(&[command, "--help"], &nothing());
        assert_eq!(code, Some(0), "{command}");
        assert!(own.contains(&format!("Usage: twindesk {command}")), "{own}");
        assert!(own.lines().next().unwrap().len() > 20, "it says what it does: {own}");
    }
    let (code, _, error) = said(&["serv"], &nothing());
    assert_eq!(code, Some(2));
    assert!(error.contains("serve"), "it says what was perhaps meant: {error}");
}

#[test]
fn a_new_key_is_printed_alone_and_is_good() {
    let (code, key, error) = said(&["new-key"], &nothing());
    assert_eq!((code, &*error), (Some(0), ""));
    assert_eq!(key.lines().count(), 1);
    assert!(twindesk::delegation::Vault::new(&key.trim().to_owned().into()).is_ok());
    assert_ne!(said(&["new-key"], &nothing()).1, key);
}

#[tokio::test]
async fn check_finds_nothing_wrong_where_nothing_is() {
    on_each_database(async |world| {
        let watched = [
            ("TWINDESK_METRICS_ADDRESS", "127.0.0.1:9464"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9"),
        ];
        let (code, text) = said_beside(&["check"], &but(world.settings(), &watched)).await;
        assert_eq!(code, Some(0), "{text}");
        for line in [
            "ok     settings ",
            "ok     metrics           will be at http://127.0.0.1:9464/metrics",
            "ok     traces            will be sent to http://127.0.0.1:9/v1/traces",
            "ok     policy file ",
            "ok     database ",
            "ok     Entra ID ",
            "ok     clock             agrees with Entra ID's",
            "ok     Resource Manager ",
            "ok     Microsoft Graph ",
            "\nNothing is wrong.",
        ] {
            assert!(text.contains(line), "{line}: {text}");
        }
        for secret in ["AZURE_CLIENT_SECRET", "TWINDESK_KEYS"] {
            assert!(!text.contains(world.setting(secret)), "{secret}");
        }
    })
    .await;
}

#[tokio::test]
async fn check_names_each_thing_that_is_wrong_and_how_to_mend_it() {
    on_each_database(async |world| {
        let folder = Folder::new();
        let policy = folder.file("policy.toml");
        std::fs::write(&policy, "approval = \"never\"\n").unwrap();
        let no_address = "http://127.0.0.1:9";
        for (setting, value, words) in [
            ("AZURE_TENANT_ID", "", "AZURE_TENANT_ID is missing: it is the directory (tenant) id"),
            ("AZURE_TENANT_ID", demo::CLIENT_ID, "is AZURE_TENANT_ID the directory (tenant) id"),
            ("TWINDESK_KEYS", "short", "`twindesk new-key` makes them"),
            (
                "TWINDESK_BASE_URL",
                "http://twindesk.example",
                "TWINDESK_BASE_URL must begin with https",
            ),
            ("TWINDESK_POLICY", &policy, "line 1: approval must be "),
            ("TWINDESK_CA_FILE", &policy, "TWINDESK_CA_FILE must name a PEM file of trusted roots"),
            (
                "TWINDESK_DATABASE_URL",
                "sqlite:/dev/null/x.db",
                "TWINDESK_DATABASE_URL names a database that cannot be opened",
            ),
            (
                "AZURE_AUTHORITY_HOST",
                no_address,
                "the right place (AZURE_AUTHORITY_HOST)? HTTPS_PROXY sets a proxy",
            ),
            (
                "TWINDESK_ARM_URL",
                no_address,
                "the right place (TWINDESK_ARM_URL)? HTTPS_PROXY sets a proxy",
            ),
            (
                "TWINDESK_GRAPH_URL",
                no_address,
                "the right place (TWINDESK_GRAPH_URL)? HTTPS_PROXY sets a proxy",
            ),
        ] {
            let (code, text) =
                said_beside(&["check"], &but(world.settings(), &[(setting, value)])).await;
            assert_eq!(code, Some(1), "{setting}={value}: {text}");
            assert!(
                text.contains("\nwrong  ") || text.starts_with("wrong  "),
                "{setting}={value}: {text}"
            );
            assert!(text.contains(words), "{words}: {text}");
            assert!(text.ends_with("One thing is wrong.\n"), "{setting}={value}: {text}");
        }
        let two = but(world.settings(), &[("AZURE_CLIENT_ID", ""), ("TWINDESK_LISTEN", "here")]);
        let (code, text) = said_beside(&["check"], &two).await;
        assert_eq!(code, Some(1));
        assert!(text.ends_with("2 things are wrong.\n"), "{text}");
    })
    .await;
}

#[tokio::test]
async fn check_compares_this_machines_clock_with_entras() {
    on_each_database(async |world| {
        let set = async |seconds: i64| {
            world.azure.tell("/clock", json!({ "advance_seconds": seconds })).await;
        };
        set(120).await;
        let (code, text) = said_beside(&["check"], world.settings()).await;
        assert_eq!(code, Some(0), "{text}");
        assert!(text.contains("warn   clock ") && text.contains(" s behind Entra ID's"), "{text}");
        set(-120 - 400).await;
        let (code, text) = said_beside(&["check"], world.settings()).await;
        assert_eq!(code, Some(1), "{text}");
        assert!(
            text.contains("wrong  clock ") && text.contains(" s ahead of Entra ID's"),
            "{text}"
        );
        assert!(text.contains("-> set this machine's clock"), "{text}");
    })
    .await;
}

#[tokio::test]
async fn the_history_is_verified_and_what_was_done_to_it_is_found() {
    on_each_database(async |world| {
        let verified = async || {
            let database = "TWINDESK_DATABASE_URL".to_owned();
            let only =
                HashMap::from([(database, world.setting("TWINDESK_DATABASE_URL").to_owned())]);
            said_beside(&["verify-history"], &only).await
        };
        let (code, text) = verified().await;
        assert_eq!(code, Some(0), "{text}");
        assert!(text.starts_with("The history in ") && text.ends_with(" is empty.\n"), "{text}");

        let nina = world.person("nina").await;
        for role in ["data_owner", "data_reader"] {
            request_access(&nina, role).await;
        }
        let olivia = world.person("olivia").await;
        create(&olivia, &instance("dt-told")).await;
        world.let_it_work().await;
        let (code, text) = verified().await;
        assert_eq!(code, Some(0), "{text}");
        assert!(
            text.starts_with("All ") && text.ends_with(" are as they were written.\n"),
            "{text}"
        );

        world
            .meddle(if world.is_postgres() {
                "DROP TRIGGER history_append_only ON history"
            } else {
                "DROP TRIGGER history_no_update"
            })
            .await;
        world.meddle("UPDATE history SET actor_name = 'Somebody' WHERE seq = 2").await;
        let (code, text) = verified().await;
        assert_eq!(code, Some(1), "{text}");
        assert!(text.contains(" is broken at entry 2: "), "{text}");
        assert!(text.contains("The 1 before it"), "{text}");
    })
    .await;
}

#[test]
fn a_history_that_cannot_be_read_is_not_called_whole() {
    let nowhere = but(&nothing(), &[("TWINDESK_DATABASE_URL", "sqlite:/dev/null/x.db")]);
    let (code, out, error) = said(&["verify-history"], &nowhere);
    assert_eq!((code, &*out), (Some(1), ""));
    assert!(
        error.starts_with("TWINDESK_DATABASE_URL names a database that cannot be opened"),
        "{error}"
    );
}

#[test]
fn serve_says_what_is_missing_and_does_not_start() {
    let (code, _, error) = said(&["serve"], &nothing());
    assert_eq!(code, Some(2));
    for setting in [
        "AZURE_TENANT_ID",
        "AZURE_CLIENT_ID",
        "AZURE_CLIENT_SECRET",
        "TWINDESK_BASE_URL",
        "TWINDESK_KEYS",
    ] {
        assert!(error.contains(&format!("{setting} is missing: ")), "{setting}: {error}");
    }
    assert!(error.contains("docs/settings.md"), "{error}");
}

/// The demo in a folder, at free ports; where the portal and the simulated Azure are.
fn start_demo(folder: &Path, more: &[&str]) -> (Running, String, String) {
    let data = folder.to_str().unwrap();
    let free = "127.0.0.1:0";
    let usual = ["demo", "--listen", free, "--simulator", free, "--data", data];
    let mut demo = Running::start(&[&usual, more].concat(), &nothing());
    let place = |line: String| {
        line.split_whitespace().find(|word| word.starts_with("http://")).unwrap().to_owned()
    };
    let portal = place(demo.hears("Twindesk is at"));
    let azure = place(demo.hears("Simulated Azure"));
    demo.hears("Stop with Ctrl+C");
    let ready = demo.hears("ready");
    assert!(ready.contains(&portal) && ready.contains("ms="), "{ready}");
    (demo, portal, azure)
}

async fn instances(azure: &str) -> Vec<String> {
    let world = people::client().get(format!("{azure}/admin/world")).send().await.unwrap();
    let world: Value = world.json().await.unwrap();
    let instances = world["instances"].as_array().unwrap();
    instances.iter().map(|instance| instance["name"].as_str().unwrap().to_owned()).collect()
}

#[cfg(unix)]
#[tokio::test]
async fn the_demo_starts_ends_politely_and_goes_on_where_it_was() {
    let folder = Folder::new();
    let (mut demo, portal, azure) = start_demo(&folder.0, &[]);
    assert!(!demo.heard.iter().any(|line| line.contains("is gone")), "{:?}", demo.heard);
    let quick =
        json!({ "lro_seconds": 0, "registration_seconds": 0, "role_propagation_seconds": 0 });
    let settings = people::client().patch(format!("{azure}/admin/settings")).json(&quick);
    assert_eq!(settings.send().await.unwrap().status(), StatusCode::OK);
    let olivia = Browser::new(&portal);
    olivia.sign_in_as("olivia").await;
    let request = create(&olivia, &instance("dt-stays")).await.url.path().to_owned();
    let end = Instant::now() + PATIENCE;
    while status(&olivia.open(&request).await) != "Verified" {
        assert!(Instant::now() < end, "{}", olivia.open(&request).await.words());
    }
    demo.hears("outcome=");
    let (ended, heard) = demo.stop();
    assert!(ended.success(), "{ended}: {heard:#?}");
    assert!(heard.iter().any(|line| line.contains("stopped")), "{heard:#?}");

    let (demo, portal, azure) = start_demo(&folder.0, &[]);
    assert!(!demo.heard.iter().any(|line| line.contains("is gone")), "{:?}", demo.heard);
    assert!(instances(&azure).await.contains(&"dt-stays".to_owned()));
    let olivia = Browser::new(&portal);
    olivia.sign_in_as("olivia").await;
    let page = olivia.open(&request).await;
    assert_eq!(status(&page), "Verified");
    demo.stop();

    // An earlier version of the demo kept no Azure.
    std::fs::remove_file(folder.0.join("azure.json")).unwrap();
    let (mut demo, _, azure) = start_demo(&folder.0, &[]);
    assert!(demo.heard.iter().any(|line| line.contains("is gone")), "{:?}", demo.heard);
    assert!(!instances(&azure).await.contains(&"dt-stays".to_owned()));
    demo.child.kill().unwrap();
    drop(demo);

    let (demo, portal, _) = start_demo(&folder.0, &["--fresh"]);
    assert!(!demo.heard.iter().any(|line| line.contains("is gone")), "{:?}", demo.heard);
    let olivia = Browser::new(&portal);
    olivia.sign_in_as("olivia").await;
    assert_eq!(olivia.open(&request).await.status, StatusCode::NOT_FOUND);
}

#[test]
fn the_demo_is_for_this_machine_alone() {
    for option in ["--listen", "--simulator"] {
        let (code, _, error) = said(&["demo", option, "0.0.0.0:8089"], &nothing());
        assert_eq!(code, Some(2));
        assert!(error.contains("use 127.0.0.1:8089"), "{error}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn the_portal_serves_https_by_itself_and_trusts_the_authority_it_is_told() {
    let folder = Folder::new();
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate =
        rcgen::CertificateParams::new(["localhost".to_owned()]).unwrap().self_signed(&key).unwrap();
    let certificate = pem("CERTIFICATE", certificate.der());
    let (cert_file, key_file, roots) =
        (folder.file("tls.crt"), folder.file("tls.key"), folder.file("azure.pem"));
    std::fs::write(&cert_file, &certificate).unwrap();
    std::fs::write(&key_file, pem("PRIVATE KEY", &key.serialize_der())).unwrap();

    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let portal = format!("https://localhost:{port}");
    let azure = simulator::start(simulator::Options {
        tls: Some(Tls::Authority(roots.clone().into())),
        redirect_uris: vec![format!("{portal}/auth/callback")],
        ..simulator::Options::default()
    })
    .await
    .unwrap();
    let places = &azure.places;
    let settings = but(
        &nothing(),
        &[
            ("AZURE_TENANT_ID", demo::TENANT),
            ("AZURE_CLIENT_ID", demo::CLIENT_ID),
            ("AZURE_CLIENT_SECRET", demo::CLIENT_SECRET),
            ("AZURE_AUTHORITY_HOST", &places.entra),
            ("TWINDESK_ARM_URL", &places.arm),
            ("TWINDESK_GRAPH_URL", &places.graph),
            ("TWINDESK_TWINS_URL", &format!("{}/{{host}}", places.twins)),
            ("TWINDESK_BASE_URL", &portal),
            ("TWINDESK_KEYS", &twindesk::delegation::new_key()),
            ("TWINDESK_DATABASE_URL", &format!("sqlite:{}", folder.file("twindesk.db"))),
            ("TWINDESK_LISTEN", &format!("127.0.0.1:{port}")),
            ("TWINDESK_TLS_CERT", &cert_file),
            ("TWINDESK_TLS_KEY", &key_file),
            ("TWINDESK_CA_FILE", &roots),
        ],
    );
    assert!(places.entra.starts_with("https://"));
    let (code, text) = said_beside(&["check"], &settings).await;
    assert_eq!(code, Some(0), "{text}");
    let (code, text) = said_beside(&["check"], &but(&settings, &[("TWINDESK_CA_FILE", "")])).await;
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("TWINDESK_CA_FILE trusted roots of your own"), "{text}");

    let mut serving = Running::start(&["serve"], &settings);
    serving.hears("ready");
    let trusted = [certificate, std::fs::read_to_string(&roots).unwrap()];
    let nina = Browser::trusting(&portal, &trusted);
    let page = nina.sign_in_as("nina").await;
    assert!(page.one(".who").contains("Nina Novak"), "{}", page.words());
    assert_eq!(page.url.scheme(), "https");
    let names: Vec<String> = nina.cookies.lock().unwrap().keys().cloned().collect();
    assert!(names.contains(&"__Host-twindesk_session".to_owned()), "{names:?}");
    let page = nina.open("/approvals").await;
    assert!(!page.says("Not everything could be checked"), "{}", page.words());

    let (code, text) = said_beside(&["health"], &settings).await;
    assert_eq!((code, &*text), (Some(0), ""));
    let (ended, heard) = serving.stop();
    assert!(ended.success(), "{ended}: {heard:#?}");
    let (code, text) = said_beside(&["health"], &settings).await;
    assert_eq!(code, Some(1));
    assert!(text.contains("does not answer"), "{text}");
}

fn pem(kind: &str, der: &[u8]) -> String {
    use base64::Engine as _;
    let text = base64::prelude::BASE64_STANDARD.encode(der);
    let lines: Vec<&str> =
        text.as_bytes().chunks(64).map(|line| str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {kind}-----\n{}\n-----END {kind}-----\n", lines.join("\n"))
}
