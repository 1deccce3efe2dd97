//! Numbers for a scraper: what each is called and means, and how they are handed out. Knows not who
//! counts: that is told by the facade `metrics`, where it happens.

use std::time::Duration;

use anyhow::{Context as _, anyhow};
use axum::{Router, http::header, routing::get};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder};

/// Histograms grow until this is done.
const UPKEEP: Duration = Duration::from_secs(5);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Counter,
    Gauge,
    Histogram,
}

/// One metric: its name, its labels, what it says. None of the labels can have many values.
#[derive(Clone, Copy, Debug)]
pub struct Metric {
    pub name: &'static str,
    pub kind: Kind,
    pub labels: &'static [&'static str],
    pub help: &'static str,
}

const fn metric(
    name: &'static str,
    kind: Kind,
    labels: &'static [&'static str],
    help: &'static str,
) -> Metric {
    Metric { name, kind, labels, help }
}

/// All there are. `docs/monitoring.md` has the same table, which a test compares.
pub const ALL: [Metric; 22] = {
    use Kind::{Counter, Gauge, Histogram};
    [
        metric("twindesk_build_info", Gauge, &["version"], "Always 1; the version that runs"),
        metric(
            "process_start_time_seconds",
            Gauge,
            &[],
            "When the process was started, in seconds since 1970",
        ),
        metric(
            "twindesk_page_seconds",
            Histogram,
            &["method", "route", "status"],
            "How long a page took to be made, by the address it stands under",
        ),
        metric(
            "twindesk_queue_requests",
            Gauge,
            &["state"],
            "Open requests: waiting for a decision, running, needing a sign-in, stopped",
        ),
        metric(
            "twindesk_queue_oldest_seconds",
            Gauge,
            &["state"],
            "How long ago the oldest of them was made; 0 when there is none",
        ),
        metric(
            "twindesk_due_runs",
            Gauge,
            &[],
            "Runs that are due and that no worker has taken",
        ),
        metric(
            "twindesk_due_lag_seconds",
            Gauge,
            &[],
            "For how long the first of them has been due; 0 when there is none",
        ),
        metric(
            "twindesk_queue_read_timestamp_seconds",
            Gauge,
            &[],
            "When the queue was last read from the database, in seconds since 1970",
        ),
        metric(
            "twindesk_step_outcomes_total",
            Counter,
            &["kind", "outcome"],
            "Tries of steps, by what they came to",
        ),
        metric("twindesk_step_seconds", Histogram, &["kind"], "How long one try of a step took"),
        metric(
            "twindesk_lease_losses_total",
            Counter,
            &[],
            "Tries that could not be settled because another worker had taken the run over",
        ),
        metric(
            "twindesk_unsettled_total",
            Counter,
            &[],
            "Tries that could not be settled because the database did not answer",
        ),
        metric(
            "twindesk_azure_seconds",
            Histogram,
            &["service", "method", "status"],
            "How long a call to Microsoft took; status is 2xx to 5xx, or none",
        ),
        metric(
            "twindesk_azure_throttled_total",
            Counter,
            &["service"],
            "Calls that Microsoft answered with 429",
        ),
        metric(
            "twindesk_token_trades_total",
            Counter,
            &["resource", "outcome"],
            "Access tokens asked for in people's names, by what came of it",
        ),
        metric(
            "twindesk_requests_made_total",
            Counter,
            &["kind"],
            "Requests that people have made here",
        ),
        metric(
            "twindesk_decisions_total",
            Counter,
            &["act"],
            "What people have done with requests here: approved, rejected, withdrawn, retried, closed, verified",
        ),
        metric(
            "twindesk_sign_ins_total",
            Counter,
            &["outcome"],
            "Ways back from Entra ID: done or refused",
        ),
        metric(
            "twindesk_database_queries_total",
            Counter,
            &[],
            "Queries sent to the database",
        ),
        metric(
            "twindesk_database_connections",
            Gauge,
            &["state"],
            "Connections of the pools, idle or used",
        ),
        metric(
            "twindesk_database_answer_seconds",
            Histogram,
            &[],
            "How long the database took to tell of the queue, which is read every few seconds",
        ),
        metric(
            "twindesk_trace_exports_total",
            Counter,
            &["outcome"],
            "Batches of spans for the collector: sent or failed",
        ),
    ]
};

/// In seconds; a page gives up after fifteen of them, a try of a step after fifty.
const BUCKETS: [f64; 12] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0];

/// The numbers as they stand, for whoever asks.
#[derive(Clone)]
pub struct Metrics(PrometheusHandle);

impl Metrics {
    /// For this process.
    pub fn install() -> anyhow::Result<Metrics> {
        let (recorder, metrics) = Metrics::apart()?;
        ::metrics::set_global_recorder(recorder)
            .map_err(|_| anyhow!("the metrics are set up already"))?;
        Ok(metrics)
    }

    /// For whoever makes the recorder theirs, as a test does for its thread.
    pub fn apart() -> anyhow::Result<(PrometheusRecorder, Metrics)> {
        let mut builder = PrometheusBuilder::new();
        for metric in ALL.iter().filter(|metric| metric.kind == Kind::Histogram) {
            let name = Matcher::Full(metric.name.to_owned());
            builder = builder.set_buckets_for_metric(name, &BUCKETS).context("the buckets")?;
        }
        let recorder = builder.build_recorder();
        ::metrics::with_local_recorder(&recorder, || {
            for Metric { name, kind, help, .. } in ALL {
                match kind {
                    Kind::Counter => ::metrics::describe_counter!(name, help),
                    Kind::Gauge => ::metrics::describe_gauge!(name, help),
                    Kind::Histogram => ::metrics::describe_histogram!(name, help),
                }
            }
            ::metrics::gauge!("twindesk_build_info", "version" => env!("CARGO_PKG_VERSION"))
                .set(1.0);
        });
        let handle = recorder.handle();
        Ok((recorder, Metrics(handle)))
    }

    /// In Prometheus' text format.
    pub fn text(&self) -> String {
        self.0.render()
    }

    pub async fn keep_up(self) {
        loop {
            tokio::time::sleep(UPKEEP).await;
            self.0.run_upkeep();
        }
    }

    /// `/metrics` and nothing else.
    pub fn site(self) -> Router {
        let form = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
        Router::new().route("/metrics", get(async move || (form, self.text())))
    }
}
