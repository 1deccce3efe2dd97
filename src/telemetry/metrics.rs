//! Numbers for a scraper: what each is called and means, and how they are handed out. Knows not who
//! counts: that is told by the facade `metrics`, where it happens.

use std::time::Duration;

use anyhow::{Context as _, anyhow};
use axum::{Router, http::header, routing::get};
use metrics_exporter_prometheus::{
    Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder,
};

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
            "Open requests: waiting for a decision (not those sent back to be changed), running, needing a sign-in, stopped",
        ),
        metric(
            "twindesk_queue_oldest_seconds",
            Gauge,
            &["state"],
            "How long ago the oldest of them was made; 0 when there is none",
        ),
        metric("twindesk_due_runs", Gauge, &[], "Runs that are due and that no worker has taken"),
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
            "What people have done with requests here: approved, rejected, sent-back, asked-again, commented, withdrawn, retried, tested, taken-over, stopped, closed",
        ),
        metric(
            "twindesk_sign_ins_total",
            Counter,
            &["outcome"],
            "Ways back from Entra ID: done or refused",
        ),
        metric("twindesk_database_queries_total", Counter, &[], "Queries sent to the database"),
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

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::fs;
    use std::path::Path;

    use regex::Regex;

    use super::*;

    type Labels = BTreeSet<String>;

    fn known() -> BTreeMap<String, (String, Labels)> {
        ALL.iter()
            .map(|metric| {
                let kind = format!("{:?}", metric.kind).to_lowercase();
                let labels = metric.labels.iter().map(|&label| label.to_owned()).collect();
                (metric.name.to_owned(), (kind, labels))
            })
            .collect()
    }

    #[test]
    fn the_table_in_the_docs_is_the_one_here() {
        let text = fs::read_to_string("docs/monitoring.md").unwrap();
        let row = Regex::new(
            r"(?m)^\| `([a-z_]+)` \| (counter|gauge|histogram) \| ([^|]*) \| ([^|]+) \|$",
        )
        .unwrap();
        let label = Regex::new("`([a-z]+)`").unwrap();
        let mut documented = BTreeMap::new();
        for found in row.captures_iter(&text) {
            let labels: Labels =
                label.captures_iter(&found[3]).map(|found| found[1].to_owned()).collect();
            documented.insert(found[1].to_owned(), (found[2].to_owned(), labels));
            let here = ALL.iter().find(|metric| metric.name == &found[1]);
            assert_eq!(here.map(|metric| metric.help), Some(&found[4]), "{}", &found[1]);
        }
        assert_eq!(documented, known());
    }

    #[test]
    fn what_is_told_is_in_the_table_and_what_is_in_the_table_is_told() {
        let told = Regex::new(
            r#"(?s)\b(counter|gauge|histogram)!\(\s*"([a-z_]+)"(.*?)\)\s*\.(?:set|record|increment|absolute)\("#,
        )
        .unwrap();
        let label = Regex::new(r#""([a-z]+)"\s*=>"#).unwrap();
        let mut found: BTreeMap<String, (String, Labels)> = BTreeMap::new();
        let mut calls = 0;
        for text in sources(Path::new("src")) {
            for call in told.captures_iter(&text) {
                calls += 1;
                let labels: Labels =
                    label.captures_iter(&call[3]).map(|label| label[1].to_owned()).collect();
                let told = (call[1].to_owned(), labels);
                let before = found.insert(call[2].to_owned(), told.clone());
                assert!(
                    before.is_none_or(|before| before == told),
                    "{} is told in two ways",
                    &call[2]
                );
            }
        }
        assert!(calls > 20, "only {calls} places were found");
        assert_eq!(found, known());
    }

    #[test]
    fn the_dashboard_and_the_alerts_use_metrics_and_labels_that_exist() {
        let dashboard = fs::read_to_string("docs/monitoring/dashboard.json").unwrap();
        let alerts = fs::read_to_string("docs/monitoring/alerts.yaml").unwrap();
        let parsed: serde_json::Value = serde_json::from_str(&dashboard).unwrap();
        let mut questions: Vec<String> = Vec::new();
        for panel in parsed["panels"].as_array().unwrap() {
            for target in panel["targets"].as_array().into_iter().flatten() {
                questions.push(target["expr"].as_str().unwrap().to_owned());
            }
        }
        let in_panels = questions.len();
        questions.extend(
            alerts.lines().filter_map(|line| line.trim().strip_prefix("expr: ")).map(str::to_owned),
        );
        assert!(in_panels > 10 && questions.len() > in_panels + 8, "{questions:#?}");
        let name = Regex::new(r"\b(?:twindesk|process)_[a-z_]+\b").unwrap();
        let chosen = Regex::new(r"\b((?:twindesk|process)_[a-z_]+)\{([^}]*)\}").unwrap();
        let label = Regex::new(r#"([a-z]+)\s*(?:=~|!~|!=|=)"#).unwrap();
        let metric = |name: &str| {
            ALL.iter().find(|metric| {
                name == metric.name
                    || metric.kind == Kind::Histogram
                        && name
                            .strip_prefix(metric.name)
                            .is_some_and(|rest| ["_bucket", "_sum", "_count"].contains(&rest))
            })
        };
        let mut used = BTreeSet::new();
        for question in &questions {
            for found in name.find_iter(question) {
                let metric = metric(found.as_str());
                used.insert(
                    metric.unwrap_or_else(|| panic!("{} does not exist", found.as_str())).name,
                );
            }
            for found in chosen.captures_iter(question) {
                let metric = metric(&found[1]).unwrap();
                for label in label.captures_iter(&found[2]) {
                    let label = &label[1];
                    assert!(
                        metric.labels.contains(&label) || label == "le",
                        "{label} in {question}"
                    );
                }
            }
        }
        assert!(used.len() > 12, "{used:?}");
    }

    #[test]
    fn histograms_have_buckets_and_everything_says_what_it_is() {
        let (recorder, metrics) = Metrics::apart().unwrap();
        ::metrics::with_local_recorder(&recorder, || {
            ::metrics::histogram!("twindesk_step_seconds", "kind" => "verify").record(0.3);
        });
        let text = metrics.text();
        assert!(
            text.contains(r#"twindesk_step_seconds_bucket{kind="verify",le="0.25"} 0"#),
            "{text}"
        );
        assert!(
            text.contains(r#"twindesk_step_seconds_bucket{kind="verify",le="0.5"} 1"#),
            "{text}"
        );
        assert!(
            text.contains("# HELP twindesk_step_seconds How long one try of a step took"),
            "{text}"
        );
        assert!(text.contains("# TYPE twindesk_build_info gauge"), "{text}");
    }

    fn sources(folder: &Path) -> Vec<String> {
        let mut texts = Vec::new();
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                texts.extend(sources(&path));
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                texts.push(text.split("#[cfg(test)]").next().unwrap_or_default().to_owned());
            }
        }
        texts
    }
}
