//! The simulator over real HTTP, as a client of Azure would use it. Time is set, never slept.
#![expect(clippy::unwrap_used, reason = "a test says what went wrong by failing")]

mod access;
mod arm;
mod catalogue;
mod data;
mod deployments;
mod documentation;
mod doors;
mod entra;
mod estate;
mod evaluation;
mod faults;
mod flows;
mod graph;
mod https;
mod keeping;
mod moves;
mod pim;
mod records;
mod refusals;
mod resources;
mod tenants;

use std::sync::atomic::{AtomicUsize, Ordering};

use reqwest::{Client, Method, Response, StatusCode};
use serde_json::{Value, json};
use simulator::settings::Settings;
use simulator::world::World;
use simulator::world::demo::{CLIENT_ID, CLIENT_SECRET, DEVELOPMENT, PRODUCTION, TENANT};
use simulator::{Options, Running, start};

pub const CALLBACK: &str = "http://localhost:8400/auth/callback";
pub const ARM: &str = "https://management.azure.com/user_impersonation";
pub const GRAPH: &str = "https://graph.microsoft.com/.default";
pub const TWINS: &str = "https://digitaltwins.azure.net/Read.Write";

pub struct Azure {
    pub running: Running,
    pub client: Client,
}

/// A status with a JSON body (`null` where there is none).
pub struct Got {
    pub status: StatusCode,
    pub headers: reqwest::header::HeaderMap,
    pub body: Value,
    pub text: String,
}

impl Got {
    pub fn code(&self) -> &str {
        self.body["error"]["code"].as_str().unwrap_or_default()
    }

    pub fn message(&self) -> &str {
        self.body["error"]["message"].as_str().unwrap_or_default()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    pub async fn from(response: Response) -> Self {
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await.unwrap();
        let got =
            Self { status, headers, body: serde_json::from_str(&text).unwrap_or_default(), text };
        assert_ne!(got.code(), "AnswerBreaksItsShape", "{}", got.message());
        got
    }
}

impl Azure {
    pub async fn start() -> Self {
        Self::with(Options::default()).await
    }

    #[expect(clippy::disallowed_methods, reason = "the tests' own client")]
    pub async fn with(mut options: Options) -> Self {
        options.settings.check_shapes = true;
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        Self { running: start(options).await.unwrap(), client }
    }

    /// The demo's world with changes.
    pub async fn in_world(settings: Settings, change: impl FnOnce(&mut World)) -> Self {
        static FILES: AtomicUsize = AtomicUsize::new(0);
        let mut world = World::demo("2025-01-01T00:00:00Z".parse().unwrap());
        change(&mut world);
        let n = FILES.fetch_add(1, Ordering::Relaxed);
        let name = format!("simulator-{}-changed-{n}.json", std::process::id());
        let file = std::env::temp_dir().join(name);
        std::fs::write(&file, json!(world).to_string()).unwrap();
        let options = Options { world: Some(file.clone()), settings, ..Options::default() };
        let azure = Self::with(options).await;
        std::fs::remove_file(file).unwrap();
        azure
    }

    pub fn at(&self, path: &str) -> String {
        format!("http://{}{path}", self.running.address)
    }

    pub async fn admin(&self, method: Method, path: &str, body: Value) -> Got {
        let request = self.client.request(method, self.at(&format!("/admin{path}"))).json(&body);
        Got::from(request.send().await.unwrap()).await
    }

    pub async fn set(&self, settings: Value) {
        let got = self.admin(Method::PATCH, "/settings", settings).await;
        assert_eq!(got.status, 200, "{}", got.text);
    }

    pub async fn later(&self, seconds: i64) {
        self.admin(Method::POST, "/clock", json!({"advance_seconds": seconds})).await;
    }

    pub async fn world(&self) -> Value {
        Got::from(self.client.get(self.at("/admin/world")).send().await.unwrap()).await.body
    }

    pub async fn calls(&self) -> Vec<Value> {
        let got = Got::from(self.client.get(self.at("/admin/calls")).send().await.unwrap()).await;
        got.body.as_array().unwrap().clone()
    }

    pub fn entra(&self, end: &str) -> String {
        self.at(&format!("/entra/{TENANT}/oauth2/v2.0/{end}"))
    }

    /// Parameters of authorize, with more of them.
    pub fn authorize(&self, more: &[(&str, &str)]) -> String {
        let mut url = url::Url::parse(&self.entra("authorize")).unwrap();
        let scope = format!("openid profile email offline_access {ARM}");
        let own = [
            ("client_id", CLIENT_ID),
            ("response_type", "code"),
            ("redirect_uri", CALLBACK),
            ("scope", &scope),
            ("state", "st"),
            ("nonce", "no"),
        ];
        let kept = own.iter().filter(|(name, _)| !more.iter().any(|(other, _)| other == name));
        url.query_pairs_mut().extend_pairs(kept).extend_pairs(more);
        url.to_string()
    }

    /// Posts the sign-in form as a person and returns the members of the redirect.
    pub async fn sign_in(&self, who: &str, more: &[(&str, &str)]) -> Vec<(String, String)> {
        let form = [("loginfmt", who), ("passwd", "Twindesk1!")];
        let response = self.client.post(self.authorize(more)).form(&form).send().await.unwrap();
        assert_eq!(response.status(), 302);
        redirected(&response)
    }

    /// A person of another tenant than the demo's. Our application is registered in the first tenant of the world.
    pub async fn person_at(&self, tenant: &str, who: &str, scope: &str) -> Person<'_> {
        let there = |url: String| url.replace(TENANT, tenant);
        let form = [("loginfmt", who), ("passwd", "Twindesk1!")];
        let url = there(self.authorize(&[("scope", scope)]));
        let response = self.client.post(url).form(&form).send().await.unwrap();
        let code = member(&redirected(&response), "code");
        let form = [
            ("client_id", CLIENT_ID),
            ("client_secret", CLIENT_SECRET),
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", CALLBACK),
        ];
        let url = there(self.entra("token"));
        let got = Got::from(self.client.post(url).form(&form).send().await.unwrap()).await;
        let token = got.body["access_token"].as_str().unwrap().to_owned();
        Person { azure: self, token }
    }

    pub async fn token(&self, fields: &[(&str, &str)]) -> Got {
        let own = [("client_id", CLIENT_ID), ("client_secret", CLIENT_SECRET)];
        let kept = own.iter().filter(|(name, _)| !fields.iter().any(|(other, _)| other == name));
        let form: Vec<(&str, &str)> = kept.chain(fields).copied().collect();
        Got::from(self.client.post(self.entra("token")).form(&form).send().await.unwrap()).await
    }

    pub async fn redeem(&self, code: &str) -> Got {
        self.token(&[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
        ])
        .await
    }

    /// The whole answer of a sign-in.
    pub async fn tokens_of(&self, who: &str, more: &[(&str, &str)]) -> Value {
        let found = self.sign_in(who, more).await;
        let got = self.redeem(&member(&found, "code")).await;
        assert_eq!(got.status, 200, "{}", got.text);
        got.body
    }

    pub async fn refresh(&self, token: &Value, scope: &str) -> Got {
        let token = token["refresh_token"].as_str().unwrap();
        self.token(&[("grant_type", "refresh_token"), ("refresh_token", token), ("scope", scope)])
            .await
    }

    /// A person with a token for one resource.
    pub async fn person(&self, who: &str, scope: &str) -> Person<'_> {
        let tokens = self.tokens_of(who, &[]).await;
        let got = self.refresh(&tokens, scope).await;
        assert_eq!(got.status, 200, "{}", got.text);
        Person { azure: self, token: got.body["access_token"].as_str().unwrap().to_owned() }
    }
}

pub struct Person<'a> {
    pub azure: &'a Azure,
    pub token: String,
}

impl Person<'_> {
    /// `path` without an origin is on this simulator; an api-version is added where there is none.
    pub async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Got {
        let mut url = if path.starts_with('/') { self.azure.at(path) } else { path.to_owned() };
        if path.starts_with("/arm") && !url.contains("api-version=") {
            let version = match url.to_lowercase() {
                url if url.contains("microsoft.authorization/locks") => "2020-05-01",
                url if url.contains("/policyassignments") => "2024-04-01",
                url if url.contains("/roleassignmentschedule")
                    || url.contains("/roleeligibility")
                    || url.contains("/rolemanagementpolic") =>
                {
                    "2020-10-01"
                }
                url if url.contains("microsoft.insights") => "2015-04-01",
                url if url.contains("microsoft.resourcegraph") => "2022-10-01",
                url if url.contains("microsoft.authorization") => "2022-04-01",
                url if url.contains("microsoft.managedidentity")
                    && !url.contains("digitaltwins") =>
                {
                    "2023-01-31"
                }
                url if url.contains("/privatedns") && !url.contains("privatednszonegroups") => {
                    "2020-06-01"
                }
                url if url.contains("microsoft.network") => "2024-01-01",
                url if url.contains("digitaltwinsinstances") || url.contains("/locations/") => {
                    "2023-01-31"
                }
                url if url.contains("/providers/") || url.contains("/resourcegroups") => {
                    "2021-04-01"
                }
                _ => "2022-12-01",
            };
            url.push_str(if url.contains('?') { "&" } else { "?" });
            url.push_str(&format!("api-version={version}"));
        }
        let mut request = self.azure.client.request(method, url).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        Got::from(request.send().await.unwrap()).await
    }

    pub async fn get(&self, path: &str) -> Got {
        self.send(Method::GET, path, None).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Got {
        self.send(Method::PUT, path, Some(body)).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Got {
        self.send(Method::POST, path, Some(body)).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Got {
        self.send(Method::PATCH, path, Some(body)).await
    }

    pub async fn delete(&self, path: &str) -> Got {
        self.send(Method::DELETE, path, None).await
    }
}

pub fn redirected(response: &Response) -> Vec<(String, String)> {
    let to = url::Url::parse(response.headers()["location"].to_str().unwrap()).unwrap();
    to.query_pairs().into_owned().collect()
}

pub fn member(pairs: &[(String, String)], name: &str) -> String {
    pairs
        .iter()
        .find(|(key, _)| key == name)
        .unwrap_or_else(|| panic!("{name} in {pairs:?}"))
        .1
        .clone()
}

pub fn claims(token: &Value) -> Value {
    simulator::entra::keys::claims_unverified(token.as_str().unwrap()).unwrap()
}

pub fn production(rest: &str) -> String {
    format!("/arm/subscriptions/{PRODUCTION}{rest}")
}

pub fn development(rest: &str) -> String {
    format!("/arm/subscriptions/{DEVELOPMENT}{rest}")
}

/// Long-running operations that end when the clock says so, after `polls` looks.
pub fn quick(polls: u32) -> Settings {
    Settings { lro_polls: polls, lro_seconds: 0, ..Settings::default() }
}
