//! What must not be found: secrets in the database, secrets and people's words in the log.

use std::io;
use std::sync::{Mutex, OnceLock, PoisonError};

use regex::Regex;
use reqwest::StatusCode;
use serde_json::json;
use tracing_subscriber::{EnvFilter, fmt::MakeWriter, util::SubscriberInitExt as _};

use super::{
    asking::{create, instance, request_access, status},
    people::Browser,
    world::{NINA, OLIVIA, World, on_each_database},
};

/// Everything that anything in this process logs, at every level, from when it is first asked for.
struct Log;

static LOGGED: Mutex<Vec<u8>> = Mutex::new(Vec::new());

impl io::Write for Log {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        LOGGED.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(text);
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Log;

    fn make_writer(&'a self) -> Log {
        Log
    }
}

impl Log {
    fn begin() {
        static BEGUN: OnceLock<()> = OnceLock::new();
        BEGUN.get_or_init(|| {
            // But for what reads pages for the tests.
            let levels = EnvFilter::new("trace,html5ever=off,selectors=off");
            let subscriber = tracing_subscriber::fmt().with_env_filter(levels);
            subscriber.with_ansi(false).with_writer(Log).finish().init();
        });
    }

    fn read() -> String {
        String::from_utf8_lossy(&LOGGED.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }
}

/// A secret and what it is.
type Secrets = Vec<(&'static str, String)>;

/// Signs in step by step, and keeps everything that nobody else should ever see.
async fn sign_in(world: &World, name: &str, id: &str, secrets: &mut Secrets) -> Browser {
    let browser = world.browser();
    let begun = browser.fetch("/sign-in").await;
    let state = url::Url::parse(&begun.location()).unwrap();
    let state = state.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    let owner = format!("sign-in of {}", browser.cookies.lock().unwrap()["twindesk_browser"]);
    let kept = world.app.delegation.unseal(&owner, &state).unwrap();
    let kept: serde_json::Value =
        serde_json::from_str(secrecy::ExposeSecret::expose_secret(&kept)).unwrap();
    secrets.push(("verifier", kept["verifier"].as_str().unwrap().to_owned()));
    secrets.push(("nonce", kept["nonce"].as_str().unwrap().to_owned()));
    let entra = browser.fetch(&begun.location()).await;
    let action =
        entra.url.join(&entra.html_attribute("form:has([name=loginfmt])", "action")).unwrap();
    let fields = [("loginfmt", format!("{name}@contoso.com")), ("passwd", "Twindesk1!".to_owned())];
    let sent = browser.exchange(browser.raw("POST", action.as_str()).form(&fields)).await;
    let back = url::Url::parse(&sent.location()).unwrap();
    for (name, value) in back.query_pairs() {
        match &*name {
            "code" => secrets.push(("code", value.into_owned())),
            "state" => secrets.push(("state", value.into_owned())),
            _ => {}
        }
    }
    assert_eq!(browser.fetch(back.as_str()).await.status, StatusCode::SEE_OTHER);
    for (name, value) in browser.cookies.lock().unwrap().iter() {
        if name.starts_with("twindesk") {
            secrets.push(("cookie", value.clone()));
        }
    }
    secrets.push(("refresh token", refresh_token(world, id).await));
    browser
}

async fn refresh_token(world: &World, id: &str) -> String {
    let sealed = world.app.store.delegation(id).await.unwrap().unwrap();
    let open = world.app.delegation.unseal(id, &sealed).unwrap();
    secrecy::ExposeSecret::expose_secret(&open).to_owned()
}

/// A story in which everything happens that handles a secret.
async fn story(world: &World) -> Secrets {
    let mut secrets = vec![
        ("client secret", world.setting("AZURE_CLIENT_SECRET").to_owned()),
        ("sealing key", world.setting("TWINDESK_KEYS").to_owned()),
        ("password", "Twindesk1!".to_owned()),
    ];
    let nina = sign_in(world, "nina", NINA, &mut secrets).await;
    let olivia = sign_in(world, "olivia", OLIVIA, &mut secrets).await;
    nina.open("/people?q=olivia@contoso.com").await;
    olivia.open("/people?q=novak").await;
    let request = request_access(&nina, "data_owner").await.url.path().to_owned();
    let page = olivia.open(&request).await;
    olivia.press(&page, "Approve", &[]).await;
    create(&olivia, &instance("dt-secret")).await;
    // Refusals, faults, a fresh sign-in, signing keys that are new, a token that is taken back.
    world.azure.fail(json!({ "service": "arm", "status": 401, "times": 1 })).await;
    world
        .azure
        .fail(json!({ "service": "entra", "path": "/token", "status": 503, "times": 1 }))
        .await;
    world.azure.fail(json!({ "service": "arm", "drop": "after", "times": 1 })).await;
    let claims = json!({ "access_token": { "acrs": { "essential": true, "values": ["p1"] } } });
    world
        .azure
        .fail(json!({ "service": "arm", "method": "PUT", "claims": claims, "times": 1 }))
        .await;
    world.let_it_work().await;
    olivia.open("/history?person=nina@contoso.com").await;
    olivia.open("/instances/new").await;
    world.azure.mend().await;
    let entra = olivia.open("/sign-in?again=yes").await;
    if entra.text.contains("Approve sign-in") {
        olivia.press(&entra, "Approve sign-in", &[]).await;
    }
    world.azure.tell("/keys/rotate", json!({})).await;
    sign_in(world, "nina", NINA, &mut secrets).await;
    world.let_it_work().await;
    secrets.push(("refresh token", refresh_token(world, OLIVIA).await));
    nina.fetch("/auth/callback?code=x&state=x").await;
    nina.post("/access", &[("justification", "I model the floor."), ("plan", "x")]).await;
    nina.fetch("/nowhere").await;
    for (name, value) in olivia.cookies.lock().unwrap().iter() {
        if name.starts_with("twindesk") {
            secrets.push(("cookie", value.clone()));
        }
    }
    assert_eq!(status(&nina.open(&request).await), "Verified");
    secrets
}

fn token() -> Regex {
    Regex::new(r"eyJ[A-Za-z0-9_-]{8,}\.eyJ").unwrap()
}

#[tokio::test]
async fn the_database_holds_no_secret() {
    on_each_database(async |world| {
        let secrets = story(world).await;
        world.browser().fetch("/sign-in").await;
        let rows = world.rows().await;
        assert!(rows.len() > 20 && rows.iter().any(|row| row.starts_with("session:")), "{rows:#?}");
        for row in &rows {
            assert!(!token().is_match(row), "a token in {row}");
            for (what, secret) in secrets.iter().filter(|(what, _)| *what != "nonce") {
                assert!(!row.contains(secret.as_str()), "{what} in {row}");
            }
        }
        // Nor in what the file of SQLite remembers of rows that are gone.
        if let Some(file) = world.setting("TWINDESK_DATABASE_URL").strip_prefix("sqlite:") {
            for ending in ["", "-wal"] {
                let bytes = std::fs::read(format!("{file}{ending}")).unwrap();
                let text = String::from_utf8_lossy(&bytes);
                assert!(!token().is_match(&text), "a token in the file{ending}");
                for (what, secret) in &secrets {
                    assert!(!text.contains(secret.as_str()), "{what} in the file{ending}");
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn the_log_holds_no_secret_and_no_words_of_people_however_much_is_logged() {
    Log::begin();
    on_each_database(async |world| {
        let mut secrets = story(world).await;
        secrets.push(("justification", "A twin of the press line.".to_owned()));
        secrets.push(("justification", "I model the floor.".to_owned()));
        for name in ["nina", "olivia"] {
            secrets.push(("e-mail address", format!("{name}@contoso.com")));
            secrets.push(("e-mail address", format!("{name}%40contoso.com")));
        }
        let log = Log::read();
        for ours in ["asked Microsoft", "tried a step", "TRACE", "sqlx::query", "hyper"] {
            assert!(log.contains(ours), "nothing is logged of {ours}");
        }
        for line in log.lines() {
            assert!(!token().is_match(line), "a token in {line}");
            for (what, secret) in &secrets {
                assert!(!line.contains(secret.as_str()), "{what} in {line}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn the_id_of_a_page_that_failed_is_in_the_log() {
    Log::begin();
    on_each_database(async |world| {
        let nina = world.person("nina").await;
        let missing = nina.fetch("/nowhere").await.one("main p.meta code");
        world.app.store.close().await;
        let failed = nina.fetch("/requests").await.one("main p.meta code");
        let log = Log::read();
        let line = |id: &str| {
            log.lines()
                .find(|line| line.contains(id) && line.contains(" a page "))
                .unwrap_or_else(|| panic!("{id} is not in the log"))
        };
        assert!(line(&missing).contains("path=\"/nowhere\""), "{}", line(&missing));
        assert!(
            line(&failed).contains("ERROR") && line(&failed).contains("cause="),
            "{}",
            line(&failed)
        );
    })
    .await;
}
