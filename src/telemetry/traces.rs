//! Traces for a collector, by OTLP over HTTP. Knows how the spans of pages, requests, steps and calls
//! hang together; knows not when they happen.
//!
//! A request is one trace, however long it waits and whichever replica carries it out: its trace id is
//! the request's own id. So nothing need be kept, and whoever knows the request finds the trace. The
//! page on which it was made and the request's first span are linked to each other.
//!
//! ```text
//!   page ─ POST /access                 the page's own trace
//!     ├─ call to Azure
//!     ╎ link, both ways
//!   request                             trace id = request id
//!     ├─ step: one try
//!     │    ├─ call to Azure
//!     ╎
//! ```

use std::cell::Cell;
use std::collections::HashMap;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use opentelemetry::propagation::TextMapPropagator as _;
use opentelemetry::trace::{
    Link, Span as _, SpanBuilder, SpanContext, SpanId, SpanKind, TraceContextExt as _, TraceFlags,
    TraceId, TraceState, Tracer, TracerProvider as _,
};
use opentelemetry::{Context, KeyValue};
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{
    IdGenerator, RandomIdGenerator, Sampler, SamplingResult, SdkTracer, SdkTracerProvider,
    ShouldSample,
};
use opentelemetry_sdk::{Resource, trace};
use tokio::runtime::Handle;
use tracing::Subscriber;
use tracing_subscriber::filter::{FilterExt as _, FilterFn, LevelFilter};
use tracing_subscriber::{Layer, registry::LookupSpan};
use uuid::Uuid;

use crate::{azure, config};

/// One batch on its way to the collector.
const LONGEST_EXPORT: Duration = Duration::from_secs(4);

pub struct Traces {
    provider: SdkTracerProvider,
}

impl Traces {
    /// Does not ask whether the collector is there; it may come and go.
    pub fn set_up(settings: &config::Traces, azure: &azure::Settings) -> anyhow::Result<Traces> {
        let client = azure::client_for(azure, &settings.endpoint, LONGEST_EXPORT)?;
        let client =
            OnOurRuntime { client, runtime: Handle::current(), failing: AtomicBool::new(false) };
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(client)
            .with_endpoint(settings.endpoint.as_str())
            .build()
            .context("the exporter of traces cannot be set up")?;
        let resource = Resource::builder();
        let resource = match std::env::var("OTEL_SERVICE_NAME") {
            Ok(name) if !name.is_empty() => resource,
            _ => resource.with_service_name("twindesk"),
        };
        let version = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
        let provider = SdkTracerProvider::builder()
            .with_resource(resource.with_attribute(version).build())
            .with_sampler(Share::of(settings.pages))
            .with_id_generator(Ids::default())
            .with_batch_exporter(exporter)
            .build();
        Ok(Traces { provider })
    }

    /// Our own spans, whatever the log's levels are; and no events, for those hold Azure's words.
    pub fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'a> LookupSpan<'a> + Send + Sync,
    {
        let ours = FilterFn::new(|what| what.is_span() && what.target().starts_with("twindesk"));
        tracing_opentelemetry::layer()
            .with_tracer(Ours(self.provider.tracer("twindesk")))
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_target(false)
            .with_level(false)
            .with_filter(LevelFilter::INFO.and(ours))
    }

    /// Sends what there is, and no more after that.
    pub async fn end(self, within: Duration) {
        let ended =
            tokio::task::spawn_blocking(move || self.provider.shutdown_with_timeout(within));
        if let Ok(Err(error)) = ended.await {
            tracing::warn!(%error, "the last traces may not have arrived");
        }
    }
}

/// The exporter has a thread of its own, where our client's runtime is not.
#[derive(Debug)]
struct OnOurRuntime<C> {
    client: C,
    runtime: Handle,
    failing: AtomicBool,
}

impl<C: HttpClient + Clone + 'static> HttpClient for OnOurRuntime<C> {
    // As `async_trait` writes it.
    fn send_bytes<'a, 'b>(
        &'a self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'b>>
    where
        'a: 'b,
        Self: 'b,
    {
        let client = self.client.clone();
        let sending = self.runtime.spawn(async move { client.send_bytes(request).await });
        Box::pin(async move {
            let answer = sending.await.map_err(HttpError::from).flatten();
            self.note(&answer);
            answer
        })
    }
}

impl<C> OnOurRuntime<C> {
    /// A collector that is away is told once, and once that it is back.
    fn note(&self, answer: &Result<Response<Bytes>, HttpError>) {
        let wrong = match answer {
            Ok(answer) if answer.status().is_success() => None,
            Ok(answer) => Some(format!("it answered {}", answer.status())),
            Err(error) => Some(azure::cause(error.as_ref())),
        };
        let outcome = if wrong.is_none() { "sent" } else { "failed" };
        ::metrics::counter!("twindesk_trace_exports_total", "outcome" => outcome).increment(1);
        match wrong {
            Some(why) if !self.failing.swap(true, Ordering::Relaxed) => {
                tracing::warn!(why, "the collector does not take traces; they are lost meanwhile");
            }
            None if self.failing.swap(false, Ordering::Relaxed) => {
                tracing::info!("the collector takes traces again");
            }
            _ => {}
        }
    }
}

/// How our spans look from outside: names, kinds, parents.
struct Ours(SdkTracer);

impl Tracer for Ours {
    type Span = trace::Span;

    fn build_with_context(&self, mut builder: SpanBuilder, parent: &Context) -> trace::Span {
        let attributes = builder.attributes.clone().unwrap_or_default();
        let said = |name: &str| -> String {
            let found = attributes.iter().find(|known| known.key.as_str() == name);
            found.map(|found| found.value.as_str().into_owned()).unwrap_or_default()
        };
        match &*builder.name {
            "page" => {
                builder.span_kind = Some(SpanKind::Server);
                builder.name = format!("{} {}", said("method"), said("route")).into();
                let theirs = HashMap::from([("traceparent".to_owned(), said("traceparent"))]);
                let parent = TraceContextPropagator::new().extract_with_context(parent, &theirs);
                self.0.build_with_context(builder, &parent)
            }
            "azure" => {
                builder.span_kind = Some(SpanKind::Client);
                builder.name =
                    format!("{} {} {}", said("service"), said("method"), said("path")).into();
                self.0.build_with_context(builder, parent)
            }
            "request" => match ids(&said("request")) {
                Some(ids) => {
                    let page = parent.span().span_context().clone();
                    if page.is_valid() {
                        builder.links = Some(vec![Link::with_context(page)]);
                    }
                    let span =
                        Ids::used(ids, || self.0.build_with_context(builder, &Context::new()));
                    parent.span().add_link(span.span_context().clone(), Vec::new());
                    span
                }
                None => self.0.build_with_context(builder, parent),
            },
            "step" => {
                let request = ids(&said("request")).map(|(trace, span)| {
                    let flags = TraceFlags::SAMPLED;
                    SpanContext::new(trace, span, flags, true, TraceState::default())
                });
                builder.name = format!("step {}", said("kind")).into();
                match request {
                    Some(request) => {
                        let parent = Context::new().with_remote_span_context(request);
                        self.0.build_with_context(builder, &parent)
                    }
                    None => self.0.build_with_context(builder, parent),
                }
            }
            _ => self.0.build_with_context(builder, parent),
        }
    }
}

/// The trace of a request, and its first span: both halves of what is random in the id.
fn ids(request: &str) -> Option<(TraceId, SpanId)> {
    let id = Uuid::try_parse(request).ok()?;
    let span = SpanId::from(id.as_u64_pair().1);
    (span != SpanId::INVALID).then(|| (TraceId::from(id.as_u128()), span))
}

/// Random ids, but for what is given while a request's first span is made.
#[derive(Debug, Default)]
struct Ids(RandomIdGenerator);

thread_local! {
    static GIVEN: Cell<Option<(TraceId, SpanId)>> = const { Cell::new(None) };
}

impl Ids {
    fn used<T>(ids: (TraceId, SpanId), make: impl FnOnce() -> T) -> T {
        GIVEN.set(Some(ids));
        let made = make();
        GIVEN.set(None);
        made
    }
}

impl IdGenerator for Ids {
    fn new_trace_id(&self) -> TraceId {
        GIVEN.get().map_or_else(|| self.0.new_trace_id(), |(trace, _)| trace)
    }

    fn new_span_id(&self) -> SpanId {
        GIVEN.get().map_or_else(|| self.0.new_span_id(), |(_, span)| span)
    }
}

/// Every request, a share of the pages, and nothing of what machines ask for every few seconds. What
/// has a parent goes with it.
#[derive(Clone, Debug)]
struct Share {
    pages: Sampler,
}

impl Share {
    fn of(pages: f64) -> Share {
        let ratio = Box::new(Sampler::TraceIdRatioBased(pages));
        Share { pages: Sampler::ParentBased(ratio) }
    }
}

impl ShouldSample for Share {
    fn should_sample(
        &self,
        parent: Option<&Context>,
        trace: TraceId,
        name: &str,
        kind: &SpanKind,
        attributes: &[KeyValue],
        links: &[Link],
    ) -> SamplingResult {
        let is_machines = attributes.iter().any(|known| {
            known.key.as_str() == "route"
                && ["/health/", "/static/"]
                    .iter()
                    .any(|start| known.value.as_str().starts_with(start))
        });
        let chosen = match (name, is_machines) {
            ("request", _) => &Sampler::AlwaysOn,
            (_, true) => &Sampler::AlwaysOff,
            _ => &self.pages,
        };
        chosen.should_sample(parent, trace, name, kind, attributes, links)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use opentelemetry_sdk::trace::SamplingDecision;

    #[test]
    fn a_request_and_its_trace_have_one_id() {
        let (trace, span) = ids("01936f2e-7b1c-7a3d-8f00-0123456789ab").unwrap();
        assert_eq!(trace.to_string(), "01936f2e7b1c7a3d8f000123456789ab");
        assert_eq!(span.to_string(), "8f000123456789ab");
        assert_eq!(ids("no id"), None);
    }

    #[test]
    fn every_request_is_traced_and_a_share_of_the_pages() {
        let traced = |pages, name, route: &'static str, trace| {
            let attributes = [KeyValue::new("route", route)];
            let kind = SpanKind::Server;
            let said = Share::of(pages).should_sample(None, trace, name, &kind, &attributes, &[]);
            said.decision == SamplingDecision::RecordAndSample
        };
        let (request, _) = ids("01936f2e-7b1c-7a3d-8f00-0123456789ab").unwrap();
        assert!(traced(0.0, "request", "", request));
        let low = TraceId::from(1);
        assert!(traced(0.1, "GET /requests", "/requests", low));
        assert!(!traced(0.1, "GET /requests", "/requests", TraceId::from(u128::MAX)));
        assert!(!traced(1.0, "GET /health/live", "/health/live", low));
        assert!(!traced(1.0, "GET /static/{file}", "/static/{file}", low));
    }
}
