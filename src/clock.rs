//! The one place that knows what time it is. Knows nothing else.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};
use std::time::Duration;

use crate::domain::Time;

/// The system's clock, or one that is set by hand and stands still in between.
#[derive(Clone, Debug, Default)]
pub struct Clock(Option<Arc<AtomicI64>>);

impl Clock {
    pub fn system() -> Clock {
        Clock(None)
    }

    pub fn set(at: Time) -> Clock {
        Clock(Some(Arc::new(AtomicI64::new(at.0))))
    }

    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    pub fn now(&self) -> Time {
        match &self.0 {
            Some(hand) => Time(hand.load(Ordering::SeqCst)),
            None => Time(jiff::Timestamp::now().as_microsecond()),
        }
    }

    /// A fresh id that sorts by the time at which it was made (UUIDv7).
    pub fn fresh_id(&self) -> uuid::Uuid {
        let micros = u64::try_from(self.now().0).unwrap_or(0);
        let nanos = u32::try_from(micros % 1_000_000).unwrap_or(0) * 1_000;
        let at = uuid::Timestamp::from_unix_time(micros / 1_000_000, nanos, 0, 0);
        uuid::Uuid::new_v7(at)
    }

    /// Puts a clock that is set by hand back, as people and time servers do with the system's.
    pub fn put_back(&self, by: Duration) {
        if let Some(hand) = &self.0 {
            hand.fetch_sub(i64::try_from(by.as_micros()).unwrap_or(i64::MAX), Ordering::SeqCst);
        }
    }

    /// Moves a clock that is set by hand; the system's moves by itself.
    pub fn advance(&self, by: Duration) {
        if let Some(hand) = &self.0 {
            hand.fetch_add(i64::try_from(by.as_micros()).unwrap_or(i64::MAX), Ordering::SeqCst);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stands_still_until_it_is_moved() {
        let clock = Clock::set(Time(1_000_000));
        assert_eq!(clock.now(), Time(1_000_000));
        clock.advance(Duration::from_secs(2));
        assert_eq!(clock.clone().now(), Time(3_000_000));
        clock.put_back(Duration::from_secs(1));
        assert_eq!(clock.now(), Time(2_000_000));
    }
}
