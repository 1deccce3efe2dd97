//! What operators see of the program: log, metrics and traces on their way out. Knows how each is
//! written and where it goes; knows not what is told, nor by whom.
//!
//! Everybody else uses the facades: `tracing` for lines and spans, `metrics` for numbers. Nothing of
//! a person goes out but their object id, and no text that people wrote.

pub mod log;
pub mod metrics;
pub mod traces;

use anyhow::anyhow;
use tracing_subscriber::{Layer as _, layer::SubscriberExt as _, util::SubscriberInitExt as _};

use crate::config::Config;

pub use self::{metrics::Metrics, traces::Traces};

/// What has been set up beside the log, for whoever serves it and ends it.
#[derive(Default)]
pub struct Telemetry {
    pub metrics: Option<Metrics>,
    pub traces: Option<Traces>,
}

/// The log as `RUST_LOG` and `TWINDESK_LOG` say (`usual` stands for the first of them), metrics and
/// traces where the settings name an address for them.
pub fn set_up(
    variable: &dyn Fn(&str) -> Option<String>,
    usual: &str,
    config: &Config,
) -> anyhow::Result<Telemetry> {
    let traces = match &config.traces {
        Some(settings) => Some(Traces::set_up(settings, &config.azure)?),
        None => None,
    };
    install(variable, usual, traces.as_ref())?;
    let metrics = match config.metrics {
        Some(_) => Some(Metrics::install()?),
        None => None,
    };
    Ok(Telemetry { metrics, traces })
}

/// The log alone.
pub fn set_up_log(
    variable: &dyn Fn(&str) -> Option<String>,
    usual: &str,
) -> anyhow::Result<Telemetry> {
    install(variable, usual, None)?;
    Ok(Telemetry::default())
}

fn install(
    variable: &dyn Fn(&str) -> Option<String>,
    usual: &str,
    traces: Option<&Traces>,
) -> anyhow::Result<()> {
    let (levels, form) = log::settings(variable, usual)?;
    tracing_subscriber::registry()
        .with(log::layer(form).with_filter(levels))
        .with(traces.map(Traces::layer))
        .try_init()
        .map_err(|error| anyhow!("the log cannot be set up: {error}"))
}
