//! Everything that changes while the simulator runs, behind one lock, and the log of calls. Knows no service's rules.

use std::collections::HashMap;
use std::path::PathBuf;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use url::Url;

use crate::clock::Clock;
use crate::entra::applications::Application;
use crate::entra::device::Device;
use crate::entra::keys::KeyRing;
use crate::entra::{Code, Issued, Refresh, Session};
use crate::faults::Faults;
use crate::message::Ask;
use crate::settings::Settings;
use crate::store::Kept;
use crate::world::{Person, World};
use crate::{Options, Service, world_file};

/// The addresses that the simulator writes into its answers, none with a trailing slash.
#[derive(Clone, Debug)]
pub struct Places {
    pub base: Url,
    pub entra: String,
    pub arm: String,
    pub graph: String,
    pub twins: String,
}

pub struct State {
    /// Those for the call at hand.
    pub places: Places,
    /// Those of our own, by path.
    pub own_places: Places,
    /// Those of our own, by the services' own ports where they have some.
    pub port_places: Places,
    /// Our own; the others are in the world.
    pub application: Application,
    pub clock: Clock,
    pub world: World,
    pub settings: Settings,
    pub faults: Faults,
    pub calls: Vec<Call>,
    pub keys: Option<KeyRing>,
    pub codes: HashMap<String, Code>,
    pub refresh_tokens: HashMap<String, Refresh>,
    pub sessions: HashMap<String, Session>,
    /// By `uti`: since when access tokens whose session was revoked are no good.
    pub revoked_tokens: HashMap<String, Timestamp>,
    /// By `uti`: what every access token of a person was issued for.
    pub issued_tokens: HashMap<String, Issued>,
    /// Device codes.
    pub devices: HashMap<String, Device>,
    /// When each sign-in asked for each thing of late.
    pub asked: HashMap<String, Vec<Timestamp>>,
    /// Key of the signatures in operation addresses.
    pub address_key: String,
    pub counter: u64,
    /// Written after every change, if there is one.
    pub kept_in: Option<PathBuf>,
    /// What the next reads see instead of writes, oldest first.
    pub stale: Vec<Stale>,
    /// What is wrong with the answer that is being made.
    pub misshapen: Option<String>,
    /// How many calls principals may still make.
    pub buckets: HashMap<String, crate::arm::throttling::Bucket>,
    original_now: Option<Timestamp>,
    original_settings: Settings,
    original_world: Option<World>,
}

/// The world before a write that is not visible yet.
pub struct Stale {
    pub world: World,
    /// Whose reads do not see it.
    pub service: Service,
    /// Path of the write, in lower case; empty: all reads of the service.
    pub path: String,
    pub reads_left: u32,
}

impl Stale {
    /// A read of the same thing, or of what is above or below it in the path.
    pub fn concerns(&self, ask: &Ask) -> bool {
        let path = ask.path.to_ascii_lowercase();
        self.service == ask.service
            && (path.starts_with(&self.path) || self.path.starts_with(&path))
    }
}

/// One call as received, for `/admin/calls`.
#[derive(Clone, Debug, Serialize)]
pub struct Call {
    pub n: u64,
    pub at: Timestamp,
    pub service: Service,
    pub method: String,
    pub path: String,
    pub query: String,
    /// User principal name of the person in whose name the call is made.
    pub caller: Option<String>,
    pub body: Value,
    pub correlation_id: Option<String>,
    /// `null` while the answer is not made, and for ever if the connection was cut before.
    pub status: Option<u16>,
    /// What was wrong with the answer that was to be sent, while `check_shapes` is set.
    pub misshapen: Option<String>,
}

impl State {
    /// With the world of the start, or with what was kept.
    pub fn new(options: &Options, places: Places) -> anyhow::Result<Self> {
        let clock = Clock::starting(options.now);
        let now = clock.now();
        let original_world =
            options.world.as_ref().map(|file| world_file::read(file, now)).transpose()?;
        let mut state = Self {
            world: original_world.clone().unwrap_or_else(|| World::demo(now)),
            original_world,
            original_now: options.now,
            kept_in: options.state.clone(),
            stale: Vec::new(),
            misshapen: None,
            own_places: places.clone(),
            port_places: places.clone(),
            places,
            application: Application {
                client_id: options.client_id.clone(),
                client_secret: Some(options.client_secret.clone()),
                name: "Twindesk".into(),
                redirect_uris: options.redirect_uris.clone(),
                certificates: options.certificates.clone(),
                federated: options.federated.clone(),
                front_channel_logout: options.front_channel_logout.clone(),
                ..Application::default()
            },
            clock,
            settings: options.settings.clone(),
            original_settings: options.settings.clone(),
            faults: Faults::default(),
            calls: Vec::new(),
            keys: None,
            codes: HashMap::new(),
            refresh_tokens: HashMap::new(),
            sessions: HashMap::new(),
            revoked_tokens: HashMap::new(),
            issued_tokens: HashMap::new(),
            devices: HashMap::new(),
            asked: HashMap::new(),
            address_key: crate::random::secret(32),
            counter: 0,
            buckets: HashMap::new(),
        };
        if let Some(kept) = options.state.as_deref().map(Kept::read).transpose()?.flatten() {
            kept.restore(&mut state)?;
        }
        state.all_applications().try_for_each(Application::check)?;
        state.introduce();
        Ok(state)
    }

    /// An application that is registered has a service principal in the tenant, and so have Microsoft's resources.
    fn introduce(&mut self) {
        let all: Vec<Application> = self.all_applications().cloned().collect();
        all.iter().for_each(|row| self.world.introduce(row));
        self.world.introduce_resources();
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn starts_at_a_set_time(&self) -> bool {
        self.original_now.is_some()
    }

    pub fn original_settings(&self) -> &Settings {
        &self.original_settings
    }

    /// Where tokens for a call of ARM are to be had: Entra's address for the tenant of the subscription in the path.
    pub fn authority(&self, path: &str) -> String {
        format!("{}/{}", self.places.entra, self.world.tenant_of_path(path).id)
    }

    pub fn keys(&self) -> &KeyRing {
        self.keys.as_ref().expect("the keys are there before any service is asked")
    }

    /// Back to how it starts without a kept state: the world of the file or of the demo, the settings and the time of the
    /// start; no faults, no calls, no sessions and no tokens. The keys stay.
    pub fn reset(&mut self) {
        self.clock = Clock::starting(self.original_now);
        self.world = self.original_world.clone().unwrap_or_else(|| World::demo(self.clock.now()));
        self.stale.clear();
        self.settings = self.original_settings.clone();
        self.faults = Faults::default();
        self.calls.clear();
        self.codes.clear();
        self.refresh_tokens.clear();
        self.sessions.clear();
        self.revoked_tokens.clear();
        self.issued_tokens.clear();
        self.devices.clear();
        self.asked.clear();
        self.introduce();
        self.counter = 0;
        self.buckets.clear();
    }

    /// The person in whose name a call is made, found without judging whether the token is good.
    pub fn caller(&self, ask: &Ask) -> Option<&Person> {
        if ask.service == Service::Entra {
            let form = ask.form();
            let field = |name| crate::message::find(&form, name);
            let from_code =
                field("code").and_then(|code| self.codes.get(code)).map(|code| &code.grant.oid);
            let from_refresh = || {
                field("refresh_token")
                    .and_then(|token| self.refresh_tokens.get(token))
                    .map(|t| &t.grant.oid)
            };
            return self.world.person(from_code.or_else(from_refresh)?);
        }
        let claims = crate::entra::keys::claims_unverified(ask.bearer()?)?;
        self.world.person(claims["oid"].as_str()?)
    }

    /// All names by which the caller of a call is known: of a person, or of an application in its own name.
    pub fn callers(&self, ask: &Ask) -> Vec<String> {
        if let Some(person) = self.caller(ask) {
            return vec![person.upn.clone(), person.id.clone()];
        }
        let client = match ask.service {
            Service::Entra => {
                let form = ask.form();
                crate::message::find(&form, "client_id").map(str::to_owned)
            }
            _ => ask
                .bearer()
                .and_then(crate::entra::keys::claims_unverified)
                .and_then(|claims| claims["appid"].as_str().map(str::to_owned)),
        };
        let Some(client) = client else { return Vec::new() };
        let principals = &self.world.service_principals;
        let own = principals.iter().filter(|row| row.app_id.eq_ignore_ascii_case(&client));
        own.map(|row| row.id.clone()).chain([client.clone()]).collect()
    }

    /// Writes a call down and returns its number. The oldest are forgotten when there are very many.
    pub fn note(&mut self, ask: &Ask) -> u64 {
        if self.calls.len() >= 20_000 {
            self.calls.drain(..10_000);
        }
        self.counter += 1;
        let caller = self.caller(ask).map(|person| person.upn.clone());
        self.calls.push(Call {
            n: self.counter,
            at: self.now(),
            service: ask.service,
            method: ask.method.clone(),
            path: ask.path.clone(),
            query: masked_pairs(&ask.query),
            caller,
            body: masked_body(ask),
            correlation_id: ask
                .header("x-ms-correlation-request-id")
                .or_else(|| ask.header("client-request-id"))
                .map(str::to_owned),
            status: None,
            misshapen: None,
        });
        self.counter
    }
}

const SECRET: [&str; 9] = [
    "device_code",
    "client_secret",
    "client_assertion",
    "passwd",
    "code",
    "code_verifier",
    "refresh_token",
    "assertion",
    "access_token",
];

fn masked_pairs(pairs: &[(String, String)]) -> String {
    let mut text = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in pairs {
        text.append_pair(name, if SECRET.contains(&name.as_str()) { "***" } else { value });
    }
    text.finish()
}

fn masked_body(ask: &Ask) -> Value {
    if ask.body.is_empty() {
        return Value::Null;
    }
    if ask
        .header("content-type")
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"))
    {
        let members = ask.form().into_iter().map(|(name, value)| {
            let value = if SECRET.contains(&name.as_str()) { "***".to_owned() } else { value };
            (name, Value::String(value))
        });
        return Value::Object(members.collect());
    }
    ask.json().unwrap_or_else(|| Value::String(String::from_utf8_lossy(&ask.body).into_owned()))
}
