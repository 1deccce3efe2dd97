//! https with the simulator's own authority, and Azure's own host names through its proxy.

use std::io::BufRead as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::{Certificate, Client, Proxy};
use serde_json::{Value, json};
use simulator::tls::Tls;
use simulator::world::demo::{CLIENT_ID, CLIENT_SECRET, PRODUCTION, TENANT};
use simulator::{Options, Running, start};

use crate::{ARM, CALLBACK, Got, member, redirected};

struct Named {
    running: Running,
    client: Client,
}

impl Named {
    #[expect(clippy::disallowed_methods, reason = "the tests' own client")]
    async fn start(name: &str) -> Self {
        let file =
            std::env::temp_dir().join(format!("simulator-{}-{name}.pem", std::process::id()));
        let running = start(Options {
            tls: Some(Tls::Authority(file.clone())),
            proxy: Some("127.0.0.1:0".parse().unwrap()),
            ..Options::default()
        })
        .await
        .unwrap();
        let pem = std::fs::read(&file).unwrap();
        std::fs::remove_file(&file).unwrap();
        assert_eq!(
            String::from_utf8_lossy(&pem).matches("-----BEGIN").count(),
            1,
            "no key is written"
        );
        let proxy = format!("http://{}", running.proxy.unwrap());
        let client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .tls_certs_only([Certificate::from_pem(&pem).unwrap()])
            .proxy(
                Proxy::https(proxy)
                    .unwrap()
                    .no_proxy(reqwest::NoProxy::from_string("127.0.0.1,localhost")),
            )
            .build()
            .unwrap();
        Self { running, client }
    }

    async fn get(&self, url: &str) -> Got {
        Got::from(self.client.get(url).send().await.unwrap()).await
    }

    async fn token(&self, scope: &str) -> String {
        let at = format!("https://login.microsoftonline.com/{TENANT}/oauth2/v2.0");
        let mut url = url::Url::parse(&format!("{at}/authorize")).unwrap();
        url.query_pairs_mut().extend_pairs([
            ("client_id", CLIENT_ID),
            ("response_type", "code"),
            ("redirect_uri", CALLBACK),
            ("scope", scope),
        ]);
        let form = [("loginfmt", "olivia@contoso.com"), ("passwd", "Twindesk1!")];
        let response = self.client.post(url).form(&form).send().await.unwrap();
        let code = member(&redirected(&response), "code");
        let form = [
            ("client_id", CLIENT_ID),
            ("client_secret", CLIENT_SECRET),
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", CALLBACK),
        ];
        let response = self.client.post(format!("{at}/token")).form(&form).send().await.unwrap();
        Got::from(response).await.body["access_token"].as_str().unwrap().to_owned()
    }

    async fn admin(&self, path: &str, body: Value) {
        let url = format!("{}admin{path}", self.running.base);
        let response = self.client.post(url).json(&body).send().await.unwrap();
        assert!(response.status().is_success());
    }
}

#[tokio::test]
async fn one_port_serves_azure_by_its_own_names_over_https() {
    let azure = Named::start("names").await;
    let discovery =
        "https://login.microsoftonline.com/contoso.com/v2.0/.well-known/openid-configuration";
    let document = azure.get(discovery).await.body;
    assert_eq!(document["issuer"], format!("https://login.microsoftonline.com/{TENANT}/v2.0"));
    assert_eq!(document["userinfo_endpoint"], "https://graph.microsoft.com/oidc/userinfo");

    let list = |token: String| {
        let url = format!(
            "https://management.azure.com/subscriptions/{PRODUCTION}/resourcegroups?api-version=2021-04-01&$top=1"
        );
        azure.client.get(url).bearer_auth(token).send()
    };
    let groups = Got::from(list(azure.token(ARM).await).await.unwrap()).await;
    assert_eq!(groups.status, 200, "{}", groups.text);
    let next = groups.body["nextLink"].as_str().unwrap_or("https://management.azure.com/");
    assert!(next.starts_with("https://management.azure.com/"), "{next}");

    let me = azure.client.get("https://graph.microsoft.com/v1.0/me");
    let me = me.bearer_auth(azure.token("User.Read").await).send().await.unwrap();
    assert_eq!(Got::from(me).await.body["mail"], "olivia@contoso.com");

    let models =
        "https://factory-floor.api.weu.digitaltwins.azure.net/models?api-version=2023-10-31";
    assert_eq!(azure.get(models).await.status, 401);
    let scope = "https://digitaltwins.azure.net/Read.Write";
    let refused =
        azure.client.get(models).bearer_auth(azure.token(scope).await).send().await.unwrap();
    assert_eq!(refused.status(), 403, "no data role");
    let factory = format!("/subscriptions/{PRODUCTION}/resourceGroups/rg-factory");
    let grant = json!({"principal": "olivia@contoso.com", "role": "Azure Digital Twins Data Owner", "scope": factory});
    azure.admin("/role-assignments", grant).await;
    let let_in =
        azure.client.get(models).bearer_auth(azure.token(scope).await).send().await.unwrap();
    assert_eq!(let_in.status(), 200);
}

#[tokio::test]
async fn the_same_port_serves_by_path_with_its_own_addresses() {
    let azure = Named::start("paths").await;
    let base = azure.running.base.clone();
    let path = format!("{base}entra/{TENANT}/v2.0/.well-known/openid-configuration");
    let document = azure.get(&path).await.body;
    assert_eq!(document["issuer"], format!("{base}entra/{TENANT}/v2.0"));
    assert!(base.scheme() == "https");
}

#[tokio::test]
async fn the_proxy_leads_nowhere_else() {
    let azure = Named::start("proxy").await;
    let refused = azure.client.get("https://example.org/").send().await;
    assert!(refused.is_err(), "the proxy refuses names that are not Azure's");
    let admin = azure.get("https://management.azure.com/admin/world").await;
    assert!(admin.status.is_client_error(), "by Azure's names there is no admin address");
    assert_eq!(admin.body["people"], Value::Null);
}

#[tokio::test]
async fn an_unknown_authority_is_refused_by_the_client() {
    let first = Named::start("first").await;
    let second = Named::start("second").await;
    let elsewhere = second.running.base.join("/entra/").unwrap();
    assert!(
        first.client.get(elsewhere).send().await.is_err(),
        "every start makes another authority"
    );
}

/// The program itself, until it is dropped.
struct Program(std::process::Child);

impl Program {
    fn start(arguments: &[&str]) -> Self {
        let child = std::process::Command::new(env!("CARGO_BIN_EXE_simulator"))
            .args(["--listen", "127.0.0.1:0"])
            .args(arguments)
            .env("RUST_LOG", "info")
            .env("NO_COLOR", "1")
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        Self(child)
    }

    /// What it says of itself until every one of these names has a value.
    fn told(&mut self, names: &[&str]) -> Vec<String> {
        let mut lines = std::io::BufReader::new(self.0.stdout.take().unwrap()).lines();
        let mut text = String::new();
        loop {
            let values: Vec<String> = names
                .iter()
                .filter_map(|name| {
                    let rest = text.split(&format!(" {name}=")).nth(1)?;
                    Some(rest.split_whitespace().next()?.trim_matches('"').to_owned())
                })
                .collect();
            if values.len() == names.len() {
                return values;
            }
            text.push_str(&lines.next().expect("it says where it listens").unwrap());
            text.push('\n');
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the tests' own client")]
async fn the_program_serves_a_certificate_that_it_is_given_at_all_its_ports() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let file = |end: &str| {
        std::env::temp_dir().join(format!("simulator-{}-given-{end}", std::process::id()))
    };
    let made = rcgen::KeyPair::generate().unwrap();
    let certificate = rcgen::CertificateParams::new(vec!["localhost".to_owned()])
        .unwrap()
        .self_signed(&made)
        .unwrap();
    let pem = |kind: &str, der: &[u8]| {
        format!("-----BEGIN {kind}-----\n{}\n-----END {kind}-----\n", STANDARD.encode(der))
    };
    std::fs::write(file("cert"), pem("CERTIFICATE", certificate.der())).unwrap();
    std::fs::write(file("key"), pem("PRIVATE KEY", &made.serialize_der())).unwrap();
    let (cert, key) = (file("cert").display().to_string(), file("key").display().to_string());
    let own = ["--tls-cert", &cert, "--tls-key", &key, "--listen-arm", "127.0.0.1:0"];
    let mut program = Program::start(&own);
    let told = program.told(&["base", "arm"]);
    std::fs::remove_file(file("cert")).unwrap();
    std::fs::remove_file(file("key")).unwrap();
    let client = Client::builder()
        .tls_certs_only([Certificate::from_der(certificate.der()).unwrap()])
        .no_proxy()
        .build()
        .unwrap();
    let named = |base: &str| base.trim_end_matches('/').replace("127.0.0.1", "localhost");
    assert!(told.iter().all(|base| base.starts_with("https://127.0.0.1:")), "{told:?}");
    let discovery =
        format!("{}/entra/{TENANT}/v2.0/.well-known/openid-configuration", named(&told[0]));
    assert_eq!(client.get(discovery).send().await.unwrap().status(), 200);
    let arm = format!("{}/subscriptions?api-version=2022-12-01", named(&told[1]));
    assert_eq!(client.get(arm).send().await.unwrap().status(), 401);

    let alone = Program::start(&["--tls-cert", &cert]).0.wait().unwrap();
    assert!(!alone.success(), "a certificate needs its key");
}

#[tokio::test]
async fn a_body_is_cut_short_over_tls_as_well() {
    let azure = Named::start("cut").await;
    let token = azure.token(ARM).await;
    azure.admin("/faults", json!({"path": "/subscriptions", "truncate": 20})).await;
    let url = "https://management.azure.com/subscriptions?api-version=2022-12-01";
    let mut cut = azure.client.get(url).bearer_auth(&token).send().await.unwrap();
    assert_eq!(cut.status(), 200);
    assert!(cut.content_length().unwrap() > 20);
    let start = cut.chunk().await.unwrap().unwrap();
    assert_eq!(start.len(), 20);
    assert!(cut.chunk().await.is_err());
}
