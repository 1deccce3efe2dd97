//! A moment, as it is kept and compared. Knows no time zone and never asks what time it is.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Time(pub i64);

impl Time {
    pub fn plus(self, wait: Duration) -> Time {
        Time(self.0.saturating_add(micros(wait)))
    }

    pub fn minus(self, wait: Duration) -> Time {
        Time(self.0.saturating_sub(micros(wait)))
    }

    /// How long ago `earlier` was; nothing when it lies ahead.
    pub fn since(self, earlier: Time) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// `2026-11-22T08:15:00Z`, whole seconds: what a `<time datetime>` wants.
    pub fn iso(self) -> String {
        self.timestamp().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    }

    /// As Azure writes moments: RFC 3339.
    pub fn parse(text: &str) -> Option<Time> {
        text.parse::<jiff::Timestamp>().ok().map(|at| Time(at.as_microsecond()))
    }

    pub fn timestamp(self) -> jiff::Timestamp {
        // A moment outside jiff's range (years −9999 to 9999) is nobody's; show the epoch.
        jiff::Timestamp::from_microsecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }
}

impl crate::words::Say for Time {
    fn value(&self) -> crate::words::Value {
        self.timestamp().value()
    }
}

fn micros(wait: Duration) -> i64 {
    i64::try_from(wait.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_shown_to_the_second_in_utc() {
        assert_eq!(Time(1_700_000_000_000_000).iso(), "2023-11-14T22:13:20Z");
    }

    #[test]
    fn what_lies_ahead_was_no_time_ago() {
        assert_eq!(Time(5).since(Time(9)), Duration::ZERO);
        assert_eq!(Time(9_000_000).since(Time(0)), Duration::from_secs(9));
    }
}
