//! The simulator's time: the machine's clock plus an offset that the admin address moves. It knows nothing of what is timed.

use jiff::{SignedDuration, Timestamp};

#[derive(Clone, Debug, Default)]
pub struct Clock {
    offset: SignedDuration,
}

impl Clock {
    /// It is the given time now, else the machine's.
    pub fn starting(at: Option<Timestamp>) -> Self {
        let mut clock = Self::default();
        if let Some(at) = at {
            clock.set(at);
        }
        clock
    }

    #[expect(clippy::disallowed_methods, reason = "this is the simulator's clock")]
    pub fn now(&self) -> Timestamp {
        Timestamp::now() + self.offset
    }

    /// It is this time now, and goes on from there.
    pub fn set(&mut self, at: Timestamp) {
        self.offset += at.duration_since(self.now());
    }

    pub fn offset_seconds(&self) -> i64 {
        self.offset.as_secs()
    }

    /// Moves time by so many seconds; negative values move it back.
    pub fn advance(&mut self, seconds: i64) {
        self.offset += SignedDuration::from_secs(seconds);
    }
}

/// How ARM writes instants, as recorded: `2025-06-06T12:36:02.1234567Z`.
pub fn precise(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%7fZ").to_string()
}
