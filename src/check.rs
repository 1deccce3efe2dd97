//! What is wrong and how to mend it, one line for each thing looked at. Knows what to look at; each
//! part says itself what it finds. Prints no secret.

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use jiff::{SignedDuration, Timestamp};
use secrecy::ExposeSecret as _;
use twindesk::azure::{self, Azure, Service};
use twindesk::clock::Clock;
use twindesk::config::{Config, Problem, Problems};
use twindesk::{policy_file, program, telemetry};
use url::Url;

use crate::{USUAL_LOG, causes, variable};

pub async fn run() -> ExitCode {
    let mut report = Report { wrong: 0 };
    if let Err(error) = telemetry::log::settings(&variable, USUAL_LOG) {
        report.wrong("settings", causes(&error));
    }
    match Config::from_env(&variable) {
        Ok(config) => everything(config, &mut report).await,
        Err(Problems(problems)) => {
            for Problem { name, text } in problems {
                report.wrong("settings", format!("{name} {text}"));
            }
            // What can be looked at all the same.
            let path = variable("TWINDESK_POLICY").filter(|path| !path.trim().is_empty());
            policy(path.map(|path| PathBuf::from(path.trim())).as_deref(), &mut report);
            report.warn("the rest", "is looked at when the settings are right: docs/settings.md");
        }
    }
    match report.wrong {
        0 => {
            println!("\nNothing is wrong.");
            ExitCode::SUCCESS
        }
        1 => {
            println!("\nOne thing is wrong.");
            ExitCode::FAILURE
        }
        many => {
            println!("\n{many} things are wrong.");
            ExitCode::FAILURE
        }
    }
}

struct Report {
    wrong: usize,
}

impl Report {
    fn ok(&self, what: &str, text: impl Display) {
        println!("ok     {what:<16}  {text}");
    }

    fn warn(&self, what: &str, text: impl Display) {
        println!("warn   {what:<16}  {text}");
    }

    fn wrong(&mut self, what: &str, text: impl Display) {
        self.wrong += 1;
        println!("wrong  {what:<16}  {text}");
    }

    /// What to do about it.
    fn mend(&self, text: impl Display) {
        println!("       {:<16}  -> {text}", "");
    }
}

async fn everything(config: Config, report: &mut Report) {
    report.ok(
        "settings",
        format!(
            "the portal is {}, and listens at {}",
            config.base_url.origin().ascii_serialization(),
            config.listen
        ),
    );
    if let Some(tls) = &config.tls {
        match program::certificates(tls) {
            Ok(_) => report.ok("https", "the certificate and its key can be used"),
            Err(error) => report.wrong("https", causes(&error)),
        }
    }
    if let Some(address) = config.metrics {
        report.ok("metrics", format!("will be at http://{address}/metrics"));
    }
    if let Some(traces) = &config.traces {
        report.ok("traces", format!("will be sent to {}", traces.endpoint));
    }
    policy(config.policy.as_deref(), report);
    database(&config, report).await;
    microsoft(config.azure, report).await;
}

fn policy(path: Option<&Path>, report: &mut Report) {
    let Some(path) = path else {
        return report.ok(
            "policy file",
            "none: every subscription that a person can see, approval when needed",
        );
    };
    match policy_file::read(path) {
        Ok(read) => {
            let offered = read.policy.subscriptions.len();
            report.ok(
                "policy file",
                format!("{} can be used; subscriptions offered: {offered}", path.display()),
            );
            for warning in read.warnings {
                report.warn("policy file", warning);
            }
        }
        Err(wrong) => {
            for wrong in wrong {
                report.wrong("policy file", format!("{}: {wrong}", path.display()));
            }
        }
    }
}

async fn database(config: &Config, report: &mut Report) {
    let url = config.database_url.expose_secret();
    let store = match program::open(&config.database_url).await {
        Ok(store) => store,
        Err(error) => return report.wrong("database", causes(&error)),
    };
    match store.healthy(Clock::system().now()).await {
        Ok(()) => {
            report
                .ok("database", format!("{} is open, its schema up to date", without_secret(url)));
        }
        Err(error) => report.wrong(
            "database",
            format!("{} opens, but does not answer: {error}", without_secret(url)),
        ),
    }
    store.close().await;
}

/// A database's address as it may be shown.
pub fn without_secret(url: &str) -> String {
    match Url::parse(url) {
        Ok(url) if url.has_host() => {
            format!("{}://{}{}", url.scheme(), url.host_str().unwrap_or_default(), url.path())
        }
        _ => url.split('?').next().unwrap_or_default().to_owned(),
    }
}

async fn microsoft(settings: azure::Settings, report: &mut Report) {
    let (tenant, entra, arm, graph) = (
        settings.tenant.clone(),
        settings.authority.clone(),
        settings.arm.clone(),
        settings.graph.clone(),
    );
    let azure = match Azure::new(settings) {
        Ok(azure) => azure,
        Err(error) => {
            return report.wrong("trusted roots", format!("TWINDESK_CA_FILE: {}", causes(&error)));
        }
    };
    let (said_entra, said_arm, said_graph) = tokio::join!(
        azure.reachable(Service::Entra),
        azure.reachable(Service::Arm),
        azure.reachable(Service::Graph),
    );
    match said_entra {
        Ok(()) => {
            report.ok(
                ENTRA,
                format!("{entra} knows the tenant {tenant}, and names the issuer that is expected"),
            );
            clock(&azure, report).await;
        }
        Err(error) => {
            report.wrong(ENTRA, said(&error));
            report.mend(mend_entra(&error, &entra));
        }
    }
    let rest = [
        ("Resource Manager", "TWINDESK_ARM_URL", arm, said_arm),
        ("Microsoft Graph", "TWINDESK_GRAPH_URL", graph, said_graph),
    ];
    for (name, setting, url, answer) in rest {
        match answer {
            Ok(()) => report.ok(name, format!("{url} answers")),
            Err(error) => {
                report.wrong(name, said(&error));
                report.mend(mend(&error, &url, setting));
            }
        }
    }
}

/// Clocks of one second's difference are none, and an answer may be on its way for a while.
const CLOCK_WARNED: SignedDuration = SignedDuration::from_secs(60);
/// What Microsoft's own libraries allow between two clocks when they look at a token's times.
const CLOCK_REFUSED: SignedDuration = SignedDuration::from_mins(5);

/// Tokens and sessions hold from and until a time of day, which both sides must agree on.
async fn clock(azure: &Azure, report: &mut Report) {
    const WHAT: &str = "clock";
    let now = || Clock::system().now().timestamp();
    let before = now();
    let there = azure.time_at_entra().await;
    let ahead = match there {
        Ok(Some(there)) => ahead(there, before, now()),
        Ok(None) => return report.warn(WHAT, "Entra ID's answer does not say what time it is"),
        Err(error) => return report.warn(WHAT, said(&error)),
    };
    let text = match ahead.as_secs() {
        0 => "agrees with Entra ID's".to_owned(),
        seconds => format!(
            "is {} s {} Entra ID's",
            seconds.unsigned_abs(),
            if seconds > 0 { "ahead of" } else { "behind" }
        ),
    };
    let apart = ahead.abs();
    if apart <= CLOCK_WARNED {
        return report.ok(WHAT, text);
    }
    if apart <= CLOCK_REFUSED {
        report.warn(WHAT, text);
    } else {
        report.wrong(WHAT, format!("{text}: tokens are taken too early or too late"));
    }
    report.mend("set this machine's clock, best by NTP (timedatectl set-ntp true)");
}

/// How far our clock is ahead of `there`, which was said, without its fraction of a second, at some
/// moment between `before` and `after` of ours.
fn ahead(there: Timestamp, before: Timestamp, after: Timestamp) -> SignedDuration {
    let at_least = before.duration_since(there) - SignedDuration::from_secs(1);
    let at_most = after.duration_since(there);
    if at_least.is_positive() {
        at_least
    } else if at_most.is_negative() {
        at_most
    } else {
        SignedDuration::ZERO
    }
}

const ENTRA: &str = "Entra ID";

fn said(error: &azure::Error) -> String {
    let problem = error.problem();
    match problem.status {
        Some(status) => format!("{} ({}, HTTP {status})", problem.message, problem.code),
        None => format!("{} ({})", problem.message, problem.code),
    }
}

fn mend_entra(error: &azure::Error, url: &Url) -> String {
    match error {
        azure::Error::Refused(problem) | azure::Error::Missing(problem)
            if problem.code != "InsecureEndpoint" =>
        {
            "is AZURE_TENANT_ID the directory (tenant) id, and AZURE_AUTHORITY_HOST of its cloud?"
                .to_owned()
        }
        error => mend(error, url, "AZURE_AUTHORITY_HOST"),
    }
}

fn mend(error: &azure::Error, url: &Url, setting: &str) -> String {
    match error {
        azure::Error::Busy { .. } => {
            "it is there, but not well; the portal starts all the same".to_owned()
        }
        _ => format!(
            "is {url} the right place ({setting})? HTTPS_PROXY sets a proxy, TWINDESK_CA_FILE \
             trusted roots of your own; the portal starts all the same, and recovers by itself"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_clocks_differ_by_what_the_way_does_not_explain() {
        let at = |milliseconds| Timestamp::from_millisecond(milliseconds).unwrap();
        let ahead = |there, before, after| ahead(at(there), at(before), at(after)).as_millis();
        assert_eq!(ahead(10_000, 10_000, 10_000), 0);
        assert_eq!(ahead(10_000, 10_999, 11_200), 0, "they said 10 at 10.999");
        assert_eq!(ahead(10_000, 8_000, 12_000), 0, "it was on its way for long");
        assert_eq!(ahead(10_000, 311_500, 311_600), 300_500);
        assert_eq!(ahead(100_000, 10_000, 10_500), -89_500);
    }

    #[test]
    fn a_database_is_shown_without_its_password() {
        let shown = without_secret("postgres://twindesk:s3cret@db:5433/twindesk?sslkey=s3cret");
        assert_eq!(shown, "postgres://db/twindesk");
        assert_eq!(without_secret("postgres:///twindesk?password=s3cret"), "postgres:///twindesk");
        assert_eq!(without_secret("sqlite:/data/twindesk.db?mode=rwc"), "sqlite:/data/twindesk.db");
    }
}
