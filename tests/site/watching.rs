//! What operators see: numbers, lines of the log, traces. And what they do not.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::{Router, body::Bytes, extract::State, http::HeaderMap, routing::post};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::{Span, span::SpanKind, status::StatusCode as Code};
use prost::Message as _;
use reqwest::StatusCode;
use serde_json::{Value, json};
use simulator::world::demo;
use twindesk::telemetry::{Metrics, metrics::ALL};
use twindesk::work;

use super::{
    asking::{create, instance, request_access, status},
    people::{self, Browser},
    program::{Folder, PATIENCE, Running},
    world::{OLIVIA, on_each_database},
};

/// The numbers of one test: all that it does is done in its own thread.
struct Numbers(Metrics);

impl Numbers {
    /// The sum of all that have this name and these labels.
    fn of(&self, name: &str, labels: &[&str]) -> Option<f64> {
        let found: Vec<f64> = self
            .0
            .text()
            .lines()
            .filter(|line| {
                line.strip_prefix(name).is_some_and(|rest| rest.starts_with(['{', ' ']))
                    && labels.iter().all(|label| line.contains(label))
            })
            .map(|line| line.rsplit_once(' ').unwrap().1.parse().unwrap())
            .collect();
        (!found.is_empty()).then(|| found.iter().sum())
    }
}

#[tokio::test]
async fn the_numbers_move_with_what_happens() {
    on_each_database(async |world| {
        let (recorder, metrics) = Metrics::apart().unwrap();
        let _here = metrics::set_default_local_recorder(&recorder);
        let numbers = Numbers(metrics);
        let waiting = [r#"state="waiting""#];
        work::tell(&world.app).await.unwrap();
        assert_eq!(numbers.of("twindesk_queue_requests", &waiting), Some(0.0));
        assert_eq!(numbers.of("twindesk_queue_oldest_seconds", &waiting), Some(0.0));

        let nina = world.person("nina").await;
        let request = request_access(&nina, "data_owner").await.url.path().to_owned();
        world.wait(Duration::from_secs(3600)).await;
        work::tell(&world.app).await.unwrap();
        assert_eq!(numbers.of("twindesk_queue_requests", &waiting), Some(1.0));
        assert_eq!(numbers.of("twindesk_queue_oldest_seconds", &waiting), Some(3600.0));
        assert_eq!(numbers.of("twindesk_due_runs", &[]), Some(0.0));
        let made = [r#"kind="grant_access""#];
        assert_eq!(numbers.of("twindesk_requests_made_total", &made), Some(1.0));

        let olivia = world.person("olivia").await;
        olivia.press(&olivia.open(&request).await, "Approve", &[]).await;
        let approved = [r#"act="approved""#];
        assert_eq!(numbers.of("twindesk_decisions_total", &approved), Some(1.0));
        world.wait(Duration::from_secs(90)).await;
        work::tell(&world.app).await.unwrap();
        assert_eq!(numbers.of("twindesk_queue_requests", &waiting), Some(0.0));
        let running = [r#"state="running""#];
        assert_eq!(numbers.of("twindesk_queue_requests", &running), Some(1.0));
        assert_eq!(numbers.of("twindesk_due_runs", &[]), Some(1.0));
        assert_eq!(numbers.of("twindesk_due_lag_seconds", &[]), Some(90.0));

        // Azure throttles, then the worker is too slow for its lease, then all goes well.
        let busy = json!({ "service": "arm", "status": 429, "retry_after": 7, "times": 1 });
        world.azure.fail(busy).await;
        assert!(work::tick(&world.app).await.unwrap());
        let arm = [r#"service="arm""#];
        assert_eq!(numbers.of("twindesk_azure_throttled_total", &arm), Some(1.0));
        let retried = [r#"kind="assign_role""#, r#"outcome="retry""#];
        assert_eq!(numbers.of("twindesk_step_outcomes_total", &retried), Some(1.0));
        world.wait(Duration::from_secs(60)).await;
        assert_eq!(numbers.of("twindesk_lease_losses_total", &[]), None);
        let slow = async { world.app.clock.advance(Duration::from_secs(120)) };
        let (tried, ()) = tokio::join!(work::tick(&world.app), slow);
        assert!(tried.unwrap());
        assert_eq!(numbers.of("twindesk_lease_losses_total", &[]), Some(1.0));
        world.let_it_work().await;
        assert_eq!(status(&nina.open(&request).await), "Verified");
        let done = [r#"kind="assign_role""#, r#"outcome="done""#];
        assert_eq!(numbers.of("twindesk_step_outcomes_total", &done), Some(1.0));
        let verified = [r#"kind="verify""#, r#"outcome="done""#];
        assert_eq!(numbers.of("twindesk_step_outcomes_total", &verified), Some(1.0));
        let sent = [r#"service="arm""#, r#"method="PUT""#, r#"status="2xx""#];
        assert_eq!(numbers.of("twindesk_azure_seconds_count", &sent), Some(1.0));
        let asked = [r#"service="twins""#, r#"status="2xx""#];
        assert!(numbers.of("twindesk_azure_seconds_count", &asked).unwrap() >= 1.0);
        let traded = [r#"resource="twins""#, r#"outcome="traded""#];
        assert!(numbers.of("twindesk_token_trades_total", &traded).unwrap() >= 1.0);

        // Whatever people make up, there are as many series as addresses.
        let page = [r#"route="/requests/{id}""#, r#"method="GET""#, r#"status="200""#];
        assert!(numbers.of("twindesk_page_seconds_count", &page).unwrap() >= 2.0);
        for path in ["/nowhere", "/no/where", "/requests/none"] {
            assert_eq!(nina.fetch(path).await.status, StatusCode::NOT_FOUND);
        }
        let none = [r#"route="none""#, r#"status="404""#];
        assert_eq!(numbers.of("twindesk_page_seconds_count", &none), Some(2.0));
        nina.exchange(nina.raw("BREW", "/requests")).await;
        let other = [r#"method="other""#];
        assert_eq!(numbers.of("twindesk_page_seconds_count", &other), Some(1.0));
        let text = numbers.0.text();
        assert!(!text.contains("nowhere") && !text.contains("BREW"), "{text}");
        for person in ["nina", "olivia", OLIVIA] {
            assert!(!text.to_lowercase().contains(person), "{person} in {text}");
        }
        let queries = numbers.of("twindesk_database_queries_total", &[]).unwrap();
        assert!(queries > 10.0, "{queries}");
    })
    .await;
}

#[tokio::test]
async fn an_answer_names_the_id_under_which_the_log_knows_it() {
    on_each_database(async |world| {
        let nina = world.person("nina").await;
        let page = nina.fetch("/nowhere").await;
        assert_eq!(page.one("main p.meta code"), page.header("x-request-id"));
        let other = nina.open("/requests").await;
        assert!(uuid::Uuid::try_parse(other.header("x-request-id")).is_ok());
        assert_ne!(page.header("x-request-id"), other.header("x-request-id"));
    })
    .await;
}

/// `twindesk serve` beside a simulated Azure of its own.
struct Serving {
    process: Running,
    portal: String,
    _azure: simulator::Running,
    _folder: Folder,
}

impl Serving {
    async fn start(more: &[(&str, &str)]) -> Serving {
        let folder = Folder::new();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let portal = format!("http://localhost:{port}");
        let azure = simulator::start(simulator::Options {
            redirect_uris: vec![format!("{portal}/auth/callback")],
            ..simulator::Options::default()
        })
        .await
        .unwrap();
        let base = azure.base.as_str().trim_end_matches('/').to_owned();
        let quick = json!({ "lro_seconds": 0, "registration_seconds": 0, "role_propagation_seconds": 0, "retry_after": 0 });
        let set = people::client().patch(format!("{base}/admin/settings")).json(&quick);
        assert_eq!(set.send().await.unwrap().status(), StatusCode::OK);
        let mut settings: HashMap<String, String> = [
            ("AZURE_TENANT_ID", demo::TENANT),
            ("AZURE_CLIENT_ID", demo::CLIENT_ID),
            ("AZURE_CLIENT_SECRET", demo::CLIENT_SECRET),
            ("AZURE_AUTHORITY_HOST", &format!("{base}/entra")),
            ("TWINDESK_ARM_URL", &format!("{base}/arm")),
            ("TWINDESK_GRAPH_URL", &format!("{base}/graph")),
            ("TWINDESK_TWINS_URL", &format!("{base}/twins/{{host}}")),
            ("TWINDESK_BASE_URL", &portal),
            ("TWINDESK_KEYS", &twindesk::delegation::new_key()),
            ("TWINDESK_DATABASE_URL", &format!("sqlite:{}", folder.file("twindesk.db"))),
            ("TWINDESK_LISTEN", &format!("127.0.0.1:{port}")),
            ("TWINDESK_POLL_FLOOR", "10ms"),
            ("TWINDESK_LOG", "json"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        settings.extend(more.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())));
        let mut process = Running::start(&["serve"], &settings);
        process.hears("\"ready\"");
        Serving { process, portal, _azure: azure, _folder: folder }
    }
}

/// A collector: all the spans that it was sent, and every byte.
#[derive(Clone, Default)]
struct Collector {
    spans: Arc<Mutex<Vec<Span>>>,
    bytes: Arc<Mutex<Vec<u8>>>,
    headers: Arc<Mutex<HeaderMap>>,
}

impl Collector {
    async fn start() -> (Collector, SocketAddr) {
        let collector = Collector::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let site =
            Router::new().route("/v1/traces", post(Collector::take)).with_state(collector.clone());
        tokio::spawn(async move { axum::serve(listener, site).await });
        (collector, address)
    }

    async fn take(State(collector): State<Collector>, headers: HeaderMap, body: Bytes) {
        let export = ExportTraceServiceRequest::decode(body.clone()).unwrap();
        let scopes = export.resource_spans.into_iter().flat_map(|resource| resource.scope_spans);
        collector.spans.lock().unwrap().extend(scopes.flat_map(|scope| scope.spans));
        collector.bytes.lock().unwrap().extend_from_slice(&body);
        *collector.headers.lock().unwrap() = headers;
    }
}

fn said(span: &Span, name: &str) -> String {
    use opentelemetry_proto::tonic::common::v1::any_value::Value;
    let found = span.attributes.iter().find(|known| known.key == name);
    match found.and_then(|known| known.value.as_ref()?.value.as_ref()) {
        Some(Value::StringValue(text)) => text.clone(),
        Some(Value::IntValue(number)) => number.to_string(),
        other => panic!("{name} is {other:?} in {span:?}"),
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_can_be_followed_through_log_numbers_and_traces() {
    let (collector, address) = Collector::start().await;
    let mut serving = Serving::start(&[
        ("RUST_LOG", "info,sqlx=warn,twindesk=debug"),
        ("TWINDESK_METRICS_ADDRESS", "127.0.0.1:0"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &format!("http://{address}")),
        ("OTEL_EXPORTER_OTLP_HEADERS", "x-team=twins"),
        ("TWINDESK_TRUST_TRACEPARENT", "true"),
    ])
    .await;
    let told: Value = serde_json::from_str(&serving.process.hears("metrics are at")).unwrap();
    let metrics = format!("http://{}", told["address"].as_str().unwrap());

    let olivia = Browser::new(&serving.portal);
    olivia.sign_in_as("olivia").await;
    let request = create(&olivia, &instance("dt-seen")).await.url.path().to_owned();
    let end = Instant::now() + PATIENCE;
    while status(&olivia.open(&request).await) != "Verified" {
        assert!(Instant::now() < end, "{}", olivia.open(&request).await.words());
    }
    let id = request.trim_start_matches("/requests/").to_owned();
    let proxys = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    olivia.exchange(olivia.raw("GET", "/history").header("traceparent", proxys)).await;
    olivia.fetch("/health/live").await;

    // The numbers, at an address that has nothing else.
    let scraped = people::client().get(format!("{metrics}/metrics")).send().await.unwrap();
    assert!(scraped.headers()["content-type"].to_str().unwrap().starts_with("text/plain"));
    let text = scraped.text().await.unwrap();
    let elsewhere = people::client().get(&metrics).send().await.unwrap();
    assert_eq!(elsewhere.status(), StatusCode::NOT_FOUND);
    assert_eq!(olivia.fetch("/metrics").await.status, StatusCode::NOT_FOUND);
    for metric in ALL {
        assert!(
            text.contains(&format!("# TYPE {} ", metric.name)) || is_rare(metric.name),
            "{}: {text}",
            metric.name
        );
    }

    let mut secrets = vec![demo::CLIENT_SECRET.to_owned(), "Twindesk1!".to_owned()];
    let cookies = olivia.cookies.lock().unwrap().clone();
    let ours = cookies.into_iter().filter(|(name, _)| name.starts_with("twindesk"));
    secrets.extend(ours.map(|(_, value)| value));
    let (ended, heard) = serving.process.stop();
    assert!(ended.success(), "{heard:#?}");

    // The log.
    let lines: Vec<Value> = heard.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    let span = |line: &Value, name: &str| -> Option<Value> {
        let spans = line["spans"].as_array()?;
        spans.iter().find(|span| span["name"] == name).cloned()
    };
    let of = |message: &str| {
        let found: Vec<&Value> = lines.iter().filter(|line| line["message"] == message).collect();
        assert!(!found.is_empty(), "nobody said {message:?}: {heard:#?}");
        found
    };
    let made = of("a request was made")[0];
    let page = span(made, "page").unwrap();
    assert_eq!((&page["route"], &page["method"]), (&json!("/instances"), &json!("POST")));
    assert_eq!(page["person"], OLIVIA);
    assert!(uuid::Uuid::try_parse(page["id"].as_str().unwrap()).is_ok());
    assert_eq!(span(made, "request").unwrap()["request"], id.as_str());
    let mut kinds = Vec::new();
    for line in of("tried a step") {
        let step = span(line, "step").unwrap();
        assert_eq!((&step["request"], &step["person"]), (&json!(id), &json!(OLIVIA)), "{line}");
        assert!(step["position"].is_u64() && step["attempt"].is_u64(), "{line}");
        assert!(uuid::Uuid::try_parse(step["correlation"].as_str().unwrap()).is_ok(), "{line}");
        kinds.push((step["kind"].as_str().unwrap().to_owned(), step["outcome"].clone()));
    }
    for kind in ["create_instance", "assign_role", "verify"] {
        assert!(kinds.contains(&(kind.to_owned(), json!("done"))), "{kind}: {kinds:?}");
    }
    let sent = of("asked Microsoft").into_iter().find(|line| {
        span(line, "azure").is_some_and(|call| {
            call["method"] == "PUT"
                && call["path"].as_str().unwrap().ends_with("/digitalTwinsInstances/{}")
        })
    });
    let sent = sent.expect("the instance was sent");
    let (call, step) = (span(sent, "azure").unwrap(), span(sent, "step").unwrap());
    assert_eq!((&call["service"], &call["status"]), (&json!("arm"), &json!(201)));
    assert_eq!(
        (&call["correlation"], &step["kind"]),
        (&step["correlation"], &json!("create_instance"))
    );
    assert!(sent["ms"].is_u64() && sent["theirs"].is_string(), "{sent}");
    for line in lines.iter().filter(|line| line["message"] == "asked Microsoft") {
        assert!(
            span(line, "page").is_some() || span(line, "step").is_some(),
            "whose is it? {line}"
        );
    }

    // The traces.
    let spans = collector.spans.lock().unwrap().clone();
    assert_eq!(collector.headers.lock().unwrap()["x-team"], "twins");
    let trace = uuid::Uuid::try_parse(&id).unwrap().as_bytes().to_vec();
    let (ours, others): (Vec<Span>, Vec<Span>) =
        spans.into_iter().partition(|span| span.trace_id == trace);
    let root = ours.iter().find(|span| span.name == "request").unwrap();
    assert!(root.parent_span_id.is_empty());
    let steps: Vec<&Span> = ours.iter().filter(|span| span.name.starts_with("step ")).collect();
    assert!(steps.iter().all(|step| step.parent_span_id == root.span_id), "{steps:#?}");
    let create = steps.iter().find(|step| {
        step.name == "step create_instance"
            && ours
                .iter()
                .any(|call| call.parent_span_id == step.span_id && call.name.contains(" PUT "))
    });
    let create = create.expect("the step that sent it");
    assert_eq!(said(create, "request"), id);
    let calls: Vec<&Span> =
        ours.iter().filter(|call| call.parent_span_id == create.span_id).collect();
    let put = calls.iter().find(|call| call.name.contains(" PUT ")).unwrap();
    assert_eq!(
        put.name,
        "arm PUT /arm/subscriptions/{}/resourceGroups/{}/providers/Microsoft.DigitalTwins/digitalTwinsInstances/{}"
    );
    assert_eq!((put.kind(), said(put, "status")), (SpanKind::Client, "201".to_owned()));
    let page = others.iter().find(|span| span.name == "POST /instances").unwrap();
    assert_eq!((page.kind(), said(page, "person")), (SpanKind::Server, OLIVIA.to_owned()));
    assert!(page.links.iter().any(|link| link.span_id == root.span_id), "{page:#?}");
    assert!(root.links.iter().any(|link| link.span_id == page.span_id), "{root:#?}");
    let missing = others.iter().find(|span| span.name == "GET none").unwrap();
    assert_eq!(
        missing.status.as_ref().map(|status| status.code()).unwrap_or_default(),
        Code::Unset
    );
    let history = others.iter().find(|span| span.name == "GET /history").unwrap();
    assert_eq!(hex(&history.trace_id), "0af7651916cd43dd8448eb211c80319c");
    assert_eq!(hex(&history.parent_span_id), "b7ad6b7169203331");
    assert!(!others.iter().any(|span| span.name.contains("/health/")));

    // And nowhere a secret or a name.
    let bytes = collector.bytes.lock().unwrap().clone();
    let traces = String::from_utf8_lossy(&bytes);
    let token = regex::Regex::new(r"eyJ[A-Za-z0-9_-]{8,}\.eyJ").unwrap();
    let log = heard.join("\n");
    for (place, all) in [("traces", &*traces), ("log", &*log), ("metrics", &*text)] {
        assert!(!token.is_match(all), "a token in the {place}");
        for secret in &secrets {
            assert!(!all.contains(secret.as_str()), "{secret} in the {place}");
        }
        for word in ["Olivia", "olivia@", "olivia%40", "Ortiz"] {
            assert!(!all.contains(word), "{word} in the {place}: {all}");
        }
    }
}

/// Only told when something goes wrong, or has not happened in this story.
fn is_rare(name: &str) -> bool {
    [
        "twindesk_lease_losses_total",
        "twindesk_unsettled_total",
        "twindesk_azure_throttled_total",
        "twindesk_decisions_total",
        "twindesk_trace_exports_total",
    ]
    .contains(&name)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collector_that_is_away_or_silent_holds_nothing_up() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent_at = format!("http://{}", silent.local_addr().unwrap());
    for collector in ["http://127.0.0.1:9", &silent_at] {
        let mut serving = Serving::start(&[
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector),
            ("OTEL_BSP_SCHEDULE_DELAY", "50"),
        ])
        .await;
        let nina = Browser::new(&serving.portal);
        nina.sign_in_as("nina").await;
        assert_eq!(nina.open("/requests").await.status, StatusCode::OK);
        serving.process.hears("the collector does not take traces");
        // It looks that this takes less than ten seconds.
        let (ended, heard) = serving.process.stop();
        assert!(ended.success(), "{heard:#?}");
        let told = heard.iter().filter(|line| line.contains("does not take traces")).count();
        assert_eq!(told, 1, "it is told once: {heard:#?}");
    }
}
