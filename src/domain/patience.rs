//! How long a run goes on by itself with what does not go: waits that grow, and a budget. All of it
//! stands here; `docs/faults.md` tells people. Knows no run and no clock.

use std::time::Duration;

use sha2::{Digest, Sha256};

/// A step that has not ended by then has failed, whatever Azure still says. Time in which nobody
/// looked does not count.
pub const LONGEST_STEP: Duration = Duration::from_secs(60 * 60);
/// "It can take up to 10 minutes" (Troubleshoot Azure RBAC), and some more to be fair.
pub const LONGEST_VERIFICATION: Duration = Duration::from_secs(15 * 60);
/// Tries of one step in a row that get nowhere.
pub const MOST_TRIES: u32 = 12;
/// The longest wait that is our own idea; Azure may ask for more.
pub const LONGEST_WAIT: Duration = Duration::from_secs(5 * 60);
/// What a run may spend over all its steps since a person last set it going. Then it stops for one.
pub const BUDGET: Spent = Spent { tries: 40, waited: Duration::from_secs(2 * 60 * 60) };

/// The longest wait between two looks at what Azure is working on, where Azure names none.
const LONGEST_LOOK: Duration = Duration::from_secs(60);

/// What a run has spent on tries that got nowhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    pub tries: u32,
    pub waited: Duration,
}

impl Spent {
    pub fn and(self, wait: Duration) -> Spent {
        Spent { tries: self.tries.saturating_add(1), waited: self.waited.saturating_add(wait) }
    }

    pub fn is_within_budget(self) -> bool {
        self.tries <= BUDGET.tries && self.waited <= BUDGET.waited
    }
}

/// How long to wait after this try. `asked` is Azure's own wish: never sooner, and a little later,
/// so that all whom Azure has sent away do not come back in one moment.
pub fn wait(asked: Option<Duration>, attempt: u32, chance: u32) -> Duration {
    let asked = asked.map(|asked| asked.saturating_add(part(asked / 10, chance)));
    asked.unwrap_or_default().max(back_off(attempt, chance))
}

/// When to look again at what Azure has been working on for so long: a tenth of that later.
pub fn look_again(age: Duration) -> Duration {
    (age / 10).min(LONGEST_LOOK)
}

/// 2, 4, 8 … seconds, at most five minutes; of that at least one half.
fn back_off(attempt: u32, chance: u32) -> Duration {
    let whole = Duration::from_secs(2u64.saturating_pow(attempt.min(20))).min(LONGEST_WAIT);
    whole / 2 + part(whole / 2, chance)
}

/// From nothing to all of it.
fn part(of: Duration, chance: u32) -> Duration {
    of.mul_f64(f64::from(chance) / f64::from(u32::MAX))
}

/// As good as drawn by lot, and the same for the same try.
pub fn chance(request: &str, position: usize, attempt: u32) -> u32 {
    let text = format!("{request} {position} {attempt}");
    let hash = Sha256::digest(text.as_bytes());
    u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn waits_keep_within_their_bounds(attempt: u32, chance: u32) {
            let wait = back_off(attempt, chance);
            prop_assert!(wait <= LONGEST_WAIT);
            prop_assert!(wait >= Duration::from_millis(500));
            if attempt > 0 {
                prop_assert!(wait >= Duration::from_secs(1));
            }
        }

        #[test]
        fn waits_grow_until_they_are_as_long_as_they_get(attempt in 0u32..8, one: u32, other: u32) {
            prop_assert!(back_off(attempt, one) <= back_off(attempt + 1, other));
        }

        #[test]
        fn azures_wish_is_kept_and_overstepped_by_a_tenth_at_most(
            asked in 0u64..=3600, attempt in 1u32..=MOST_TRIES, chance: u32,
        ) {
            let asked = Duration::from_secs(asked);
            let wait = wait(Some(asked), attempt, chance);
            prop_assert!(wait >= asked);
            prop_assert!(wait <= (asked + asked / 10).max(LONGEST_WAIT));
        }

        #[test]
        fn a_budget_comes_to_an_end(waits in prop::collection::vec(0u64..=3960, 0..100)) {
            let mut spent = Spent::default();
            for (nth, wait) in waits.iter().enumerate() {
                spent = spent.and(Duration::from_secs(*wait));
                let all: u64 = waits[..=nth].iter().sum();
                prop_assert_eq!(spent.is_within_budget(), nth < 40 && all <= 2 * 60 * 60);
            }
        }
    }

    #[test]
    fn two_runs_that_were_sent_away_together_come_back_one_by_one() {
        let waits = |request: &str| wait(Some(Duration::from_secs(60)), 1, chance(request, 0, 1));
        assert_ne!(waits("a"), waits("b"));
        assert_eq!(waits("a"), waits("a"));
    }

    #[test]
    fn what_never_ends_is_looked_at_less_and_less() {
        let (mut age, mut looks) = (Duration::ZERO, 0);
        while age < LONGEST_STEP {
            age += look_again(age).max(Duration::from_secs(1));
            looks += 1;
        }
        assert!((60..=120).contains(&looks), "{looks}");
    }

    #[test]
    fn one_step_alone_cannot_use_up_the_budget() {
        let mut spent = Spent::default();
        for attempt in 1..=MOST_TRIES {
            spent = spent.and(back_off(attempt, u32::MAX));
        }
        assert!(spent.is_within_budget());
    }
}
