//! The log: one line an event, on standard error, with the fields of the page, the step and the call
//! in which it happened. Knows levels and forms.

use std::io::{self, IsTerminal as _};

use anyhow::{anyhow, bail};
use tracing::Subscriber;
use tracing_subscriber::{EnvFilter, Layer, fmt, registry::LookupSpan};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Text,
    Json,
}

pub fn settings(
    variable: &dyn Fn(&str) -> Option<String>,
    usual: &str,
) -> anyhow::Result<(EnvFilter, Form)> {
    let get = |name| variable(name).filter(|text| !text.trim().is_empty());
    let levels = get("RUST_LOG").unwrap_or_else(|| usual.to_owned());
    let levels = EnvFilter::builder().parse(&levels).map_err(|error| {
        anyhow!("RUST_LOG must be levels, like info,twindesk::azure=debug; not {levels:?}: {error}")
    })?;
    let form = match get("TWINDESK_LOG").as_deref().map(str::trim) {
        None | Some("text") => Form::Text,
        Some("json") => Form::Json,
        Some(other) => bail!("TWINDESK_LOG must be text or json; not {other:?}"),
    };
    Ok((levels, form))
}

pub(super) fn layer<S>(form: Form) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let lines = fmt::layer().with_ansi(io::stderr().is_terminal()).with_writer(io::stderr);
    match form {
        Form::Text => lines.compact().boxed(),
        // `spans` holds them all, the innermost last.
        Form::Json => lines.json().flatten_event(true).with_current_span(false).boxed(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_is_set_up_by_two_variables() {
        let told = |name: &'static str, value: &'static str| {
            settings(&|asked| (asked == name).then(|| value.to_owned()), "info")
                .map(|(levels, form)| (levels.to_string(), form == Form::Json))
                .map_err(|error| error.to_string())
        };
        assert_eq!(told("", ""), Ok(("info".to_owned(), false)));
        assert_eq!(told("RUST_LOG", ""), Ok(("info".to_owned(), false)), "set to nothing");
        assert_eq!(told("RUST_LOG", "warn"), Ok(("warn".to_owned(), false)));
        assert_eq!(told("TWINDESK_LOG", "json"), Ok(("info".to_owned(), true)));
        assert_eq!(
            told("TWINDESK_LOG", "xml"),
            Err("TWINDESK_LOG must be text or json; not \"xml\"".to_owned())
        );
        assert!(told("RUST_LOG", "twindesk=loud").unwrap_err().starts_with("RUST_LOG must be "));
    }
}
