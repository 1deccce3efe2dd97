//! The one place that knows what time it is. Knows nothing else.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicI64, Ordering},
};
use std::time::Duration;

use uuid::{ContextV7, Timestamp, Uuid};

use crate::domain::Time;

/// The system's clock, or one that is set by hand and stands still in between.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    hand: Option<Arc<AtomicI64>>,
    ids: Arc<Mutex<ContextV7>>,
}

impl Clock {
    pub fn system() -> Clock {
        Clock::default()
    }

    pub fn set(at: Time) -> Clock {
        Clock { hand: Some(Arc::new(AtomicI64::new(at.0))), ..Clock::default() }
    }

    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    pub fn now(&self) -> Time {
        match &self.hand {
            Some(hand) => Time(hand.load(Ordering::SeqCst)),
            None => Time(jiff::Timestamp::now().as_microsecond()),
        }
    }

    /// A fresh id that sorts by the time at which it was made (UUIDv7), and after every id that this
    /// clock has given before: what was asked for in one moment is served in the order of asking.
    pub fn fresh_id(&self) -> Uuid {
        let micros = u64::try_from(self.now().0).unwrap_or(0);
        let nanos = u32::try_from(micros % 1_000_000).unwrap_or(0) * 1_000;
        let ids = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
        Uuid::new_v7(Timestamp::from_unix(&*ids, micros / 1_000_000, nanos))
    }

    /// Puts a clock that is set by hand back, as people and time servers do with the system's.
    pub fn put_back(&self, by: Duration) {
        if let Some(hand) = &self.hand {
            hand.fetch_sub(i64::try_from(by.as_micros()).unwrap_or(i64::MAX), Ordering::SeqCst);
        }
    }

    /// Moves a clock that is set by hand; the system's moves by itself.
    pub fn advance(&self, by: Duration) {
        if let Some(hand) = &self.hand {
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

    #[test]
    fn ids_sort_in_the_order_in_which_they_were_given() {
        let clock = Clock::set(Time(1_000_000_000_000));
        let mut ids: Vec<_> = (0..1_000).map(|_| clock.fresh_id()).collect();
        clock.advance(Duration::from_millis(1));
        ids.push(clock.clone().fresh_id());
        clock.put_back(Duration::from_secs(1));
        ids.push(clock.fresh_id());
        assert!(ids.is_sorted_by(|one, next| one < next));
        let made = ids[0].get_timestamp().expect("v7 has its time").to_unix();
        assert_eq!(made.0, 1_000_000);
    }
}
