//! Every setting, read once from the environment and refused at start if wrong. All that is wrong
//! is told at once, each with its name and what it should look like. `docs/settings.md` explains
//! them.

use crate::azure::{self, Cloud, Credential};
use crate::delegation::Vault;
use secrecy::SecretString;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;
use url::Url;
use uuid::Uuid;

pub struct Config {
    pub cloud: Cloud,
    pub azure: azure::Settings,
    pub vault: Vault,
    /// The public origin, which people type: cookies, the redirect URI and origin checks follow
    /// from it.
    pub base_url: Url,
    pub listen: SocketAddr,
    pub tls: Option<Tls>,
    /// May hold a password.
    pub database_url: SecretString,
    pub policy: Option<PathBuf>,
    /// A page answers within this, whatever Azure does.
    pub page_timeout: Duration,
    /// Told to stop, the portal still lets people in for this long, and says that it is not ready.
    pub drain: Duration,
    /// A running operation is not asked about more often than this.
    pub poll_floor: Duration,
    /// How long before its end an access token is no longer used.
    pub token_margin: Duration,
    /// A session that is not used for this long has ended.
    pub session_idle: Duration,
    /// A session ends after this, used or not.
    pub session_limit: Duration,
    /// Where a scraper finds the metrics.
    pub metrics: Option<SocketAddr>,
    pub traces: Option<Traces>,
    /// Whoever stands in front of the portal says to which trace a page belongs.
    pub trusts_traceparent: bool,
}

/// Where traces go by OTLP, and how many.
#[derive(Clone, Debug, PartialEq)]
pub struct Traces {
    /// As it is sent to: it ends with `/v1/traces` where the operator named a collector alone.
    pub endpoint: Url,
    /// The share of pages that are traced, from 0 to 1. Requests always are.
    pub pages: f64,
}

/// Certificate chain and key, both PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    pub cert: PathBuf,
    pub key: PathBuf,
}

/// What is under way needs the rest of ten seconds.
const LONGEST_DRAIN: Duration = Duration::from_secs(5);

/// All that is wrong with the settings.
#[derive(Debug, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

#[derive(Debug, PartialEq, Eq)]
pub struct Problem {
    pub name: &'static str,
    pub text: String,
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, Problem { name, text }) in self.0.iter().enumerate() {
            let end = if at == 0 { "" } else { "\n" };
            write!(f, "{end}{name} {text}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

impl Config {
    /// Where people come back to from Entra ID, below the base address.
    pub const REDIRECT_PATH: &str = "/auth/callback";

    /// The database alone, for what needs nothing else.
    pub fn database(variable: &dyn Fn(&str) -> Option<String>) -> Result<SecretString, Problems> {
        let mut read = Reader { variable, problems: Vec::new() };
        let url = read.database_url();
        if read.problems.is_empty() { Ok(url) } else { Err(Problems(read.problems)) }
    }

    /// `variable` looks one up, as [`std::env::var`] does.
    pub fn from_env(variable: &dyn Fn(&str) -> Option<String>) -> Result<Config, Problems> {
        let mut read = Reader { variable, problems: Vec::new() };

        let tenant = read.guid("AZURE_TENANT_ID", "the directory (tenant) id");
        let client_id =
            read.guid("AZURE_CLIENT_ID", "the application (client) id of the app registration");
        let credential = read.credential();
        let cloud = read.cloud();
        let base_url = read.base_url();
        let vault = read.vault();

        let mut redirect_uri = base_url.clone().unwrap_or_else(nowhere);
        redirect_uri.set_path(Config::REDIRECT_PATH);
        let credential = credential.unwrap_or_else(|| Credential::Secret(String::new().into()));
        let mut azure = azure::Settings::of(
            cloud,
            tenant.unwrap_or_default(),
            client_id.unwrap_or_default(),
            credential,
            redirect_uri,
        );
        read.address("AZURE_AUTHORITY_HOST", &mut azure.authority);
        read.address("TWINDESK_ARM_URL", &mut azure.arm);
        read.address("TWINDESK_GRAPH_URL", &mut azure.graph);
        read.twins(cloud, &mut azure.twins);
        azure.ca_file =
            read.pem("TWINDESK_CA_FILE", "a PEM file of trusted roots", "CERTIFICATE-----");
        read.duration("TWINDESK_HOP_TIMEOUT", &mut azure.hop_timeout);
        read.duration("TWINDESK_KEY_REFETCH", &mut azure.key_refetch);
        read.size("TWINDESK_TOKEN_BODY_LIMIT", &mut azure.token_body);
        read.size("TWINDESK_ARM_BODY_LIMIT", &mut azure.arm_body);

        let listen = read.listen();
        let tls = read.tls();
        let database_url = read.database_url();
        let policy = read.file("TWINDESK_POLICY", "the policy file (TOML)");

        let seconds = Duration::from_secs;
        let (mut page_timeout, mut poll_floor, mut token_margin) =
            (seconds(15), seconds(5), seconds(300));
        let (mut session_idle, mut session_limit) = (seconds(8 * 3600), seconds(24 * 3600));
        read.duration("TWINDESK_PAGE_TIMEOUT", &mut page_timeout);
        let mut drain = seconds(3);
        read.duration("TWINDESK_DRAIN", &mut drain);
        if drain > LONGEST_DRAIN {
            read.wrong(
                "TWINDESK_DRAIN",
                "must be 5s at most: all is over ten seconds after SIGTERM",
            );
        }
        read.duration("TWINDESK_POLL_FLOOR", &mut poll_floor);
        read.duration("TWINDESK_TOKEN_MARGIN", &mut token_margin);
        read.duration("TWINDESK_SESSION_IDLE", &mut session_idle);
        read.duration("TWINDESK_SESSION_LIMIT", &mut session_limit);
        if azure.hop_timeout >= page_timeout {
            read.wrong(
                "TWINDESK_HOP_TIMEOUT",
                "must be shorter than TWINDESK_PAGE_TIMEOUT, or a page gives up before Azure does",
            );
        }
        if session_idle > session_limit {
            read.wrong("TWINDESK_SESSION_IDLE", "must not be longer than TWINDESK_SESSION_LIMIT");
        }

        let metrics = read.socket("TWINDESK_METRICS_ADDRESS", "127.0.0.1:9464");
        let traces = read.traces();
        let trusts_traceparent = read.flag("TWINDESK_TRUST_TRACEPARENT");

        match (base_url, vault) {
            (Some(base_url), Some(vault)) if read.problems.is_empty() => Ok(Config {
                cloud,
                azure,
                vault,
                base_url,
                listen,
                tls,
                database_url,
                policy,
                page_timeout,
                drain,
                poll_floor,
                token_margin,
                session_idle,
                session_limit,
                metrics,
                traces,
                trusts_traceparent,
            }),
            _ => Err(Problems(read.problems)),
        }
    }
}

struct Reader<'a> {
    variable: &'a dyn Fn(&str) -> Option<String>,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    /// Set to nothing is the same as not set: compose files and charts cannot leave a variable out.
    fn get(&self, name: &str) -> Option<String> {
        (self.variable)(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    fn wrong(&mut self, name: &'static str, text: impl Into<String>) {
        self.problems.push(Problem { name, text: text.into() });
    }

    fn guid(&mut self, name: &'static str, what: &str) -> Option<String> {
        const EXAMPLE: &str = "a GUID like 2f1c7c1e-5d0b-4d3c-9a2e-7d1b8f6a9c01";
        let Some(text) = self.get(name) else {
            self.wrong(name, format!("is missing: it is {what}, {EXAMPLE}"));
            return None;
        };
        match Uuid::try_parse(&text) {
            Ok(id) => Some(id.hyphenated().to_string()),
            Err(_) => {
                self.wrong(name, format!("must be {what}, {EXAMPLE}; not {text:?}"));
                None
            }
        }
    }

    fn credential(&mut self) -> Option<Credential> {
        let secret = self.get("AZURE_CLIENT_SECRET");
        let file = self
            .file("AZURE_FEDERATED_TOKEN_FILE", "the file with the federated credential's token");
        match (secret, file) {
            (Some(secret), None) => Some(Credential::Secret(secret.into())),
            (None, Some(file)) => Some(Credential::TokenFile(file)),
            (Some(_), Some(_)) => {
                self.wrong(
                    "AZURE_CLIENT_SECRET",
                    "and AZURE_FEDERATED_TOKEN_FILE are both set: leave one out",
                );
                None
            }
            (None, None) => {
                if self.get("AZURE_FEDERATED_TOKEN_FILE").is_none() {
                    self.wrong("AZURE_CLIENT_SECRET", "is missing: it is the value (not the id) of a client secret; or set AZURE_FEDERATED_TOKEN_FILE");
                }
                None
            }
        }
    }

    fn cloud(&mut self) -> Cloud {
        let Some(name) = self.get("TWINDESK_CLOUD") else { return Cloud::Public };
        Cloud::named(&name).unwrap_or_else(|| {
            self.wrong("TWINDESK_CLOUD", format!("must be public, usgov or china; not {name:?}"));
            Cloud::Public
        })
    }

    fn base_url(&mut self) -> Option<Url> {
        const NAME: &str = "TWINDESK_BASE_URL";
        const EXAMPLE: &str = "like https://twindesk.example.com";
        let Some(text) = self.get(NAME) else {
            self.wrong(NAME, format!("is missing: it is the address that people type, {EXAMPLE}"));
            return None;
        };
        let url = self.url(NAME, &text, EXAMPLE)?;
        if url.path() != "/" {
            self.wrong(NAME, format!("must be an origin without a path, {EXAMPLE}; not {text:?}"));
            return None;
        }
        Some(url)
    }

    fn vault(&mut self) -> Option<Vault> {
        const NAME: &str = "TWINDESK_KEYS";
        let Some(text) = self.get(NAME) else {
            self.wrong(
                NAME,
                "is missing: it is the key that seals tokens; `twindesk new-key` makes one",
            );
            return None;
        };
        match Vault::new(&text.into()) {
            Ok(vault) => Some(vault),
            Err(problem) => {
                self.wrong(NAME, format!("must be keys as `twindesk new-key` makes them, separated by commas, the newest first; {problem}"));
                None
            }
        }
    }

    fn address(&mut self, name: &'static str, setting: &mut Url) {
        if let Some(text) = self.get(name)
            && let Some(url) =
                self.url(name, &text, &format!("like {}", setting.as_str().trim_end_matches('/')))
        {
            *setting = url;
        }
    }

    fn twins(&mut self, cloud: Cloud, setting: &mut String) {
        const NAME: &str = "TWINDESK_TWINS_URL";
        const EXAMPLE: &str =
            "like https://{host}, where {host} stands for an instance's host name";
        let Some(text) = self.get(NAME) else {
            if !cloud.has_twins() {
                self.wrong(NAME, format!("must be set, because Azure Digital Twins is not known to be offered in this cloud; {EXAMPLE}"));
            }
            return;
        };
        if text.matches("{host}").count() != 1 {
            self.wrong(NAME, format!("must be an address {EXAMPLE}; not {text:?}"));
        } else if self.url(NAME, &text.replace("{host}", "a.example"), EXAMPLE).is_some() {
            *setting = text;
        }
    }

    /// An address of https, or of http on this machine, and nothing but scheme, host, port and
    /// path.
    fn url(&mut self, name: &'static str, text: &str, example: &str) -> Option<Url> {
        let url = match Url::parse(text) {
            Ok(url) if matches!(url.scheme(), "https" | "http") => url,
            _ => {
                self.wrong(name, format!("must be an address {example}; not {text:?}"));
                return None;
            }
        };
        if !url.username().is_empty() || url.password().is_some() {
            self.wrong(
                name,
                format!("must be an address {example}, without a user or password in it"),
            );
        } else if url.query().is_some() || url.fragment().is_some() {
            self.wrong(
                name,
                format!("must be an address {example}, without ? and #; not {text:?}"),
            );
        } else if url.scheme() == "http" && !azure::is_loopback(&url) {
            self.wrong(
                name,
                format!("must begin with https: plain http is for this machine only; not {text:?}"),
            );
        } else {
            return Some(url);
        }
        None
    }

    fn listen(&mut self) -> SocketAddr {
        let usual = SocketAddr::from(([127, 0, 0, 1], 8080));
        self.socket("TWINDESK_LISTEN", "0.0.0.0:8080").unwrap_or(usual)
    }

    fn socket(&mut self, name: &'static str, example: &str) -> Option<SocketAddr> {
        let text = self.get(name)?;
        let address = text.parse().ok();
        if address.is_none() {
            let text = format!("must be an address and a port, like {example}; not {text:?}");
            self.wrong(name, text);
        }
        address
    }

    fn flag(&mut self, name: &'static str) -> bool {
        match self.get(name).as_deref() {
            None | Some("false") => false,
            Some("true") => true,
            Some(other) => {
                self.wrong(name, format!("must be true or false; not {other:?}"));
                false
            }
        }
    }

    /// By the names that every program with OpenTelemetry reads.
    fn traces(&mut self) -> Option<Traces> {
        const COLLECTOR: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
        const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
        const PROTOCOL: [&str; 2] =
            ["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"];
        const HEADERS: [&str; 2] =
            ["OTEL_EXPORTER_OTLP_TRACES_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS"];
        let pages = self.share("TWINDESK_TRACE_PAGES");
        let (name, text) = match (self.get(ENDPOINT), self.get(COLLECTOR)) {
            (Some(text), _) => (ENDPOINT, text),
            (None, Some(text)) => (COLLECTOR, format!("{}/v1/traces", text.trim_end_matches('/'))),
            (None, None) => return None,
        };
        if self.get("OTEL_SDK_DISABLED").is_some_and(|text| text.eq_ignore_ascii_case("true"))
            || self.get("OTEL_TRACES_EXPORTER").is_some_and(|text| text == "none")
        {
            return None;
        }
        for protocol in PROTOCOL {
            if let Some(other) = self.get(protocol).filter(|text| text != "http/protobuf") {
                let text =
                    format!("must be http/protobuf, the only one spoken here; not {other:?}");
                self.wrong(protocol, text);
            }
        }
        let endpoint = match Url::parse(&text) {
            Ok(url) if matches!(url.scheme(), "https" | "http") && url.has_host() => url,
            _ => {
                self.wrong(name, "must be an address like http://otel-collector:4318");
                return None;
            }
        };
        if !endpoint.username().is_empty() || endpoint.password().is_some() {
            self.wrong(
                name,
                "must be without a user or password in it: OTEL_EXPORTER_OTLP_HEADERS is for those",
            );
        }
        if endpoint.scheme() == "http"
            && !azure::is_loopback(&endpoint)
            && HEADERS.iter().any(|name| self.get(name).is_some())
        {
            let text = "must begin with https while OTEL_EXPORTER_OTLP_HEADERS is set: headers hold \
                        secrets";
            self.wrong(name, text);
        }
        Some(Traces { endpoint, pages })
    }

    fn share(&mut self, name: &'static str) -> f64 {
        let Some(text) = self.get(name) else { return 1.0 };
        match text.parse() {
            Ok(share) if (0.0..=1.0).contains(&share) => share,
            _ => {
                self.wrong(name, format!("must be a share from 0 to 1, like 0.1; not {text:?}"));
                1.0
            }
        }
    }

    fn tls(&mut self) -> Option<Tls> {
        let cert = self.pem(
            "TWINDESK_TLS_CERT",
            "a PEM file of the certificate chain",
            "CERTIFICATE-----",
        );
        let key = self.pem("TWINDESK_TLS_KEY", "a PEM file of the private key", "PRIVATE KEY-----");
        let is_set = |name| self.get(name).is_some();
        match (is_set("TWINDESK_TLS_CERT"), is_set("TWINDESK_TLS_KEY")) {
            (true, false) => self.wrong(
                "TWINDESK_TLS_KEY",
                "is missing: TWINDESK_TLS_CERT is set, and https needs both",
            ),
            (false, true) => self.wrong(
                "TWINDESK_TLS_CERT",
                "is missing: TWINDESK_TLS_KEY is set, and https needs both",
            ),
            _ => {}
        }
        Some(Tls { cert: cert?, key: key? })
    }

    fn database_url(&mut self) -> SecretString {
        let text = self.get("TWINDESK_DATABASE_URL").unwrap_or_else(|| "sqlite:twindesk.db".into());
        // What is wrong is not repeated: it may hold a password.
        if !["sqlite:", "postgres:", "postgresql:"].iter().any(|scheme| text.starts_with(scheme)) {
            self.wrong(
                "TWINDESK_DATABASE_URL",
                "must be like sqlite:/data/twindesk.db or postgres://user:password@host/twindesk",
            );
        }
        text.into()
    }

    fn file(&mut self, name: &'static str, what: &str) -> Option<PathBuf> {
        let path = PathBuf::from(self.get(name)?);
        match std::fs::File::open(&path) {
            Ok(_) => Some(path),
            Err(error) => {
                self.wrong(
                    name,
                    format!("must name {what}; {} cannot be read: {error}", path.display()),
                );
                None
            }
        }
    }

    /// A file that can be read and holds at least one block whose first line ends so.
    fn pem(&mut self, name: &'static str, what: &str, end: &str) -> Option<PathBuf> {
        let path = self.file(name, what)?;
        let text = std::fs::read(&path).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        if text
            .lines()
            .any(|line| line.starts_with("-----BEGIN ") && line.trim_end().ends_with(end))
        {
            return Some(path);
        }
        self.wrong(name, format!("must name {what}; {} holds nothing of the kind", path.display()));
        None
    }

    fn duration(&mut self, name: &'static str, setting: &mut Duration) {
        let Some(text) = self.get(name) else { return };
        match duration(&text) {
            Some(duration) => *setting = duration,
            None => self.wrong(
                name,
                format!("must be a length of time like 500ms, 15s, 5m or 8h; not {text:?}"),
            ),
        }
    }

    fn size(&mut self, name: &'static str, setting: &mut usize) {
        let Some(text) = self.get(name) else { return };
        match size(&text) {
            Some(size) => *setting = size,
            None => self.wrong(name, format!("must be a size like 512KB or 16MB; not {text:?}")),
        }
    }
}

fn nowhere() -> Url {
    Url::parse("http://localhost").expect("this is an address")
}

/// A whole number above nought with its unit.
fn number(text: &str) -> Option<(u64, &str)> {
    let (digits, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit())?);
    let number = digits.parse().ok().filter(|number| (1..=1_000_000_000).contains(number))?;
    Some((number, unit.trim()))
}

fn duration(text: &str) -> Option<Duration> {
    let (number, unit) = number(text)?;
    match unit {
        "ms" => Some(Duration::from_millis(number)),
        "s" => Some(Duration::from_secs(number)),
        "m" => Some(Duration::from_secs(60 * number)),
        "h" => Some(Duration::from_secs(3600 * number)),
        _ => None,
    }
}

fn size(text: &str) -> Option<usize> {
    let (number, unit) = number(text)?;
    let bytes = match unit {
        "KB" => number << 10,
        "MB" => number << 20,
        _ => return None,
    };
    usize::try_from(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret as _;

    #[test]
    fn the_usual_settings() {
        let config = with(&[]).unwrap_or_else(|problems| panic!("{problems}"));
        assert_eq!(config.azure.authority.as_str(), "https://login.microsoftonline.com/");
        assert_eq!(
            config.azure.redirect_uri.as_str(),
            "https://twindesk.example.com/auth/callback"
        );
        assert_eq!(config.azure.twins, "https://{host}");
        assert_eq!(config.database_url.expose_secret(), "sqlite:twindesk.db");
        assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
        assert_eq!((config.azure.token_body, config.azure.arm_body), (1 << 20, 16 << 20));
        assert_eq!((config.page_timeout.as_secs(), config.azure.hop_timeout.as_secs()), (15, 10));
        assert_eq!(
            (config.session_idle.as_secs(), config.session_limit.as_secs()),
            (8 * 3600, 24 * 3600)
        );
        assert!(config.tls.is_none() && config.policy.is_none());
    }

    #[test]
    fn another_cloud_has_other_addresses_and_audiences() {
        let Ok(config) = with(&[("TWINDESK_CLOUD", "usgov")]) else { panic!() };
        assert_eq!(config.azure.arm.as_str(), "https://management.usgovcloudapi.net/");
        assert_eq!(config.azure.scopes.graph, "https://graph.microsoft.us/User.ReadBasic.All");
        let china = [("TWINDESK_CLOUD", "china"), ("TWINDESK_TWINS_URL", "https://{host}")];
        assert!(with(&china).is_ok(), "somebody who names an address knows better");
    }

    #[test]
    fn the_simulators_addresses() {
        let Ok(config) = with(&[
            ("AZURE_AUTHORITY_HOST", "http://localhost:8081/entra"),
            ("TWINDESK_ARM_URL", "http://127.0.0.1:8081/arm"),
            ("TWINDESK_GRAPH_URL", "http://[::1]:8081/graph"),
            ("TWINDESK_TWINS_URL", "http://localhost:8081/twins/{host}"),
            ("TWINDESK_BASE_URL", "http://localhost:8080"),
            ("TWINDESK_HOP_TIMEOUT", "500ms"),
        ]) else {
            panic!()
        };
        assert_eq!(config.azure.arm.as_str(), "http://127.0.0.1:8081/arm");
        assert_eq!(config.azure.hop_timeout, Duration::from_millis(500));
        assert_eq!(config.azure.scopes.arm, "https://management.azure.com/user_impersonation");
    }

    #[test]
    fn everything_that_is_missing_is_told_at_once() {
        let problems = Config::from_env(&|_| None).err().unwrap();
        assert_eq!(
            problems.to_string(),
            "AZURE_TENANT_ID is missing: it is the directory (tenant) id, a GUID like 2f1c7c1e-5d0b-4d3c-9a2e-7d1b8f6a9c01\n\
             AZURE_CLIENT_ID is missing: it is the application (client) id of the app registration, a GUID like 2f1c7c1e-5d0b-4d3c-9a2e-7d1b8f6a9c01\n\
             AZURE_CLIENT_SECRET is missing: it is the value (not the id) of a client secret; or set AZURE_FEDERATED_TOKEN_FILE\n\
             TWINDESK_BASE_URL is missing: it is the address that people type, like https://twindesk.example.com\n\
             TWINDESK_KEYS is missing: it is the key that seals tokens; `twindesk new-key` makes one"
        );
    }

    #[test]
    fn each_wrong_setting_is_told_by_name() {
        for (name, value, told) in [
            (
                "AZURE_TENANT_ID",
                "contoso.com",
                "must be the directory (tenant) id, a GUID like 2f1c7c1e-5d0b-4d3c-9a2e-7d1b8f6a9c01; not \"contoso.com\"",
            ),
            (
                "AZURE_CLIENT_ID",
                "x",
                "must be the application (client) id of the app registration, a GUID like 2f1c7c1e-5d0b-4d3c-9a2e-7d1b8f6a9c01; not \"x\"",
            ),
            ("TWINDESK_CLOUD", "moon", "must be public, usgov or china; not \"moon\""),
            (
                "AZURE_AUTHORITY_HOST",
                "login",
                "must be an address like https://login.microsoftonline.com; not \"login\"",
            ),
            (
                "AZURE_AUTHORITY_HOST",
                "http://login.example",
                "must begin with https: plain http is for this machine only; not \"http://login.example\"",
            ),
            (
                "TWINDESK_ARM_URL",
                "ftp://x",
                "must be an address like https://management.azure.com; not \"ftp://x\"",
            ),
            (
                "TWINDESK_ARM_URL",
                "https://x/?y",
                "must be an address like https://management.azure.com, without ? and #; not \"https://x/?y\"",
            ),
            (
                "TWINDESK_GRAPH_URL",
                "https://me:secret@x",
                "must be an address like https://graph.microsoft.com, without a user or password in it",
            ),
            (
                "TWINDESK_TWINS_URL",
                "https://x",
                "must be an address like https://{host}, where {host} stands for an instance's host name; not \"https://x\"",
            ),
            (
                "TWINDESK_TWINS_URL",
                "http://{host}",
                "must begin with https: plain http is for this machine only; not \"http://a.example\"",
            ),
            (
                "TWINDESK_BASE_URL",
                "https://x.example/portal",
                "must be an origin without a path, like https://twindesk.example.com; not \"https://x.example/portal\"",
            ),
            (
                "TWINDESK_BASE_URL",
                "twindesk.example.com",
                "must be an address like https://twindesk.example.com; not \"twindesk.example.com\"",
            ),
            (
                "TWINDESK_LISTEN",
                "8080",
                "must be an address and a port, like 0.0.0.0:8080; not \"8080\"",
            ),
            (
                "TWINDESK_DATABASE_URL",
                "mysql://me:secret@x",
                "must be like sqlite:/data/twindesk.db or postgres://user:password@host/twindesk",
            ),
            (
                "TWINDESK_KEYS",
                "secret",
                "must be keys as `twindesk new-key` makes them, separated by commas, the newest first; key 1 is not 32 bytes in base64url",
            ),
            (
                "TWINDESK_CA_FILE",
                "/nowhere",
                "must name a PEM file of trusted roots; /nowhere cannot be read: No such file or directory (os error 2)",
            ),
            (
                "TWINDESK_POLICY",
                "/nowhere",
                "must name the policy file (TOML); /nowhere cannot be read: No such file or directory (os error 2)",
            ),
            (
                "TWINDESK_HOP_TIMEOUT",
                "20s",
                "must be shorter than TWINDESK_PAGE_TIMEOUT, or a page gives up before Azure does",
            ),
            ("TWINDESK_SESSION_IDLE", "25h", "must not be longer than TWINDESK_SESSION_LIMIT"),
            ("TWINDESK_ARM_BODY_LIMIT", "16", "must be a size like 512KB or 16MB; not \"16\""),
            ("TWINDESK_TOKEN_BODY_LIMIT", "0MB", "must be a size like 512KB or 16MB; not \"0MB\""),
        ] {
            assert_eq!(problem(&[(name, value)]), format!("{name} {told}"));
        }
        for name in [
            "TWINDESK_PAGE_TIMEOUT",
            "TWINDESK_HOP_TIMEOUT",
            "TWINDESK_POLL_FLOOR",
            "TWINDESK_KEY_REFETCH",
            "TWINDESK_TOKEN_MARGIN",
            "TWINDESK_SESSION_IDLE",
            "TWINDESK_SESSION_LIMIT",
        ] {
            for value in ["10", "s", "0s", "-5s", "1d", "99999999999999999999s"] {
                let told = "must be a length of time like 500ms, 15s, 5m or 8h";
                assert_eq!(problem(&[(name, value)]), format!("{name} {told}; not {value:?}"));
            }
        }
    }

    #[test]
    fn china_has_no_twins_that_we_know_of() {
        assert_eq!(
            problem(&[("TWINDESK_CLOUD", "china")]),
            "TWINDESK_TWINS_URL must be set, because Azure Digital Twins is not known to be offered in this cloud; like https://{host}, where {host} stands for an instance's host name"
        );
    }

    #[test]
    fn traces_go_where_the_usual_names_say_and_nowhere_without_them() {
        const COLLECTOR: (&str, &str) = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://otel:4318/");
        let traces = |changes: &[(&str, &str)]| {
            let config = with(changes).unwrap_or_else(|problems| panic!("{problems}"));
            config.traces.map(|traces| (traces.endpoint.to_string(), traces.pages))
        };
        assert_eq!(traces(&[]), None);
        let usual = Some(("http://otel:4318/v1/traces".to_owned(), 1.0));
        assert_eq!(traces(&[COLLECTOR]), usual);
        let whole = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://otel.example/in");
        let some = ("TWINDESK_TRACE_PAGES", "0.25");
        let there = Some(("https://otel.example/in".to_owned(), 0.25));
        assert_eq!(traces(&[COLLECTOR, whole, some]), there);
        assert_eq!(traces(&[COLLECTOR, ("OTEL_SDK_DISABLED", "true")]), None);
        assert_eq!(traces(&[COLLECTOR, ("OTEL_TRACES_EXPORTER", "none")]), None);
        let spoken = ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf");
        assert_eq!(traces(&[COLLECTOR, spoken]), usual);

        let headers = ("OTEL_EXPORTER_OTLP_HEADERS", "x-api-key=sEcReT");
        assert!(traces(&[whole, headers]).is_some());
        let here = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4318");
        assert!(traces(&[here, headers]).is_some());
        for (changes, told) in [
            (
                [COLLECTOR, headers],
                "OTEL_EXPORTER_OTLP_ENDPOINT must begin with https while OTEL_EXPORTER_OTLP_HEADERS is set: headers hold secrets",
            ),
            (
                [COLLECTOR, ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")],
                "OTEL_EXPORTER_OTLP_PROTOCOL must be http/protobuf, the only one spoken here; not \"grpc\"",
            ),
            (
                [COLLECTOR, ("TWINDESK_TRACE_PAGES", "10%")],
                "TWINDESK_TRACE_PAGES must be a share from 0 to 1, like 0.1; not \"10%\"",
            ),
            (
                [COLLECTOR, ("TWINDESK_TRUST_TRACEPARENT", "yes")],
                "TWINDESK_TRUST_TRACEPARENT must be true or false; not \"yes\"",
            ),
            (
                [COLLECTOR, ("TWINDESK_METRICS_ADDRESS", "9464")],
                "TWINDESK_METRICS_ADDRESS must be an address and a port, like 127.0.0.1:9464; not \"9464\"",
            ),
        ] {
            assert_eq!(problem(&changes), told);
        }
        assert_eq!(
            problem(&[("OTEL_EXPORTER_OTLP_ENDPOINT", "otel:4318")]),
            "OTEL_EXPORTER_OTLP_ENDPOINT must be an address like http://otel-collector:4318"
        );
        let told = problem(&[("OTEL_EXPORTER_OTLP_ENDPOINT", "https://me:sEcReT@otel:4318")]);
        assert!(told.contains("without a user or password") && !told.contains("sEcReT"), "{told}");
    }

    #[test]
    fn pairs_are_whole_and_choices_are_made() {
        let pem = std::env::temp_dir().join(format!("twindesk-{}.pem", Uuid::new_v4()));
        std::fs::write(&pem, "-----BEGIN CERTIFICATE-----\n-----BEGIN EC PRIVATE KEY-----\r\n")
            .unwrap();
        let file = pem.to_str().unwrap();
        let (cert, key) = (("TWINDESK_TLS_CERT", file), ("TWINDESK_TLS_KEY", file));
        assert_eq!(
            problem(&[cert]),
            "TWINDESK_TLS_KEY is missing: TWINDESK_TLS_CERT is set, and https needs both"
        );
        assert_eq!(
            problem(&[key]),
            "TWINDESK_TLS_CERT is missing: TWINDESK_TLS_KEY is set, and https needs both"
        );
        assert_eq!(
            problem(&[key, ("TWINDESK_TLS_CERT", "/nowhere")]),
            "TWINDESK_TLS_CERT must name a PEM file of the certificate chain; /nowhere cannot be read: No such file or directory (os error 2)"
        );
        let other = env!("CARGO_MANIFEST_PATH");
        assert_eq!(
            problem(&[cert, ("TWINDESK_TLS_KEY", other)]),
            format!(
                "TWINDESK_TLS_KEY must name a PEM file of the private key; {other} holds nothing of the kind"
            )
        );
        assert_eq!(
            problem(&[("TWINDESK_CA_FILE", other)]),
            format!(
                "TWINDESK_CA_FILE must name a PEM file of trusted roots; {other} holds nothing of the kind"
            )
        );
        assert!(with(&[cert, key]).is_ok_and(|config| config.tls.is_some()));
        assert_eq!(
            problem(&[("AZURE_FEDERATED_TOKEN_FILE", file)]),
            "AZURE_CLIENT_SECRET and AZURE_FEDERATED_TOKEN_FILE are both set: leave one out"
        );
        assert_eq!(
            problem(&[("AZURE_CLIENT_SECRET", ""), ("AZURE_FEDERATED_TOKEN_FILE", "/nowhere")]),
            "AZURE_FEDERATED_TOKEN_FILE must name the file with the federated credential's token; /nowhere cannot be read: No such file or directory (os error 2)"
        );
        let federated = with(&[("AZURE_CLIENT_SECRET", ""), ("AZURE_FEDERATED_TOKEN_FILE", file)]);
        assert!(
            federated
                .is_ok_and(|config| matches!(config.azure.credential, Credential::TokenFile(_)))
        );
        std::fs::remove_file(&pem).unwrap();
    }

    #[test]
    fn no_secret_is_repeated() {
        let told =
            Config::from_env(&|name| Some(format!("sEcReT://{name}"))).err().unwrap().to_string();
        for line in told.lines() {
            let secret = ["AZURE_CLIENT_SECRET ", "TWINDESK_KEYS ", "TWINDESK_DATABASE_URL "];
            if secret.iter().any(|name| line.starts_with(name)) {
                assert!(!line.contains("sEcReT"), "{line}");
            }
        }
    }

    fn with(changes: &[(&str, &str)]) -> Result<Config, Problems> {
        let usual = [
            ("AZURE_TENANT_ID", "9f1c7c1e-5d0b-4d3c-9a2e-7d1b8f6a9c01"),
            ("AZURE_CLIENT_ID", "2F1C7C1E-5D0B-4D3C-9A2E-7D1B8F6A9C01"),
            ("AZURE_CLIENT_SECRET", "secret"),
            ("TWINDESK_BASE_URL", "https://twindesk.example.com"),
            ("TWINDESK_KEYS", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
        ];
        Config::from_env(&|name| {
            let found = changes.iter().chain(&usual).find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    fn problem(changes: &[(&str, &str)]) -> String {
        with(changes)
            .err()
            .map_or_else(|| panic!("{changes:?} was taken"), |problems| problems.to_string())
    }
}
