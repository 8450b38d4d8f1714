//! How long to wait before trying again.

use std::time::Duration;

use rand::{RngExt, SeedableRng, rngs::StdRng};

/// Exponential backoff with full jitter and no limit on the number of tries: a service that gives
/// up on its broker is a service that must be restarted by hand.
#[derive(Debug)]
pub struct Backoff {
    base: Duration,
    cap: Duration,
    failures: u32,
    random: StdRng,
}

impl Backoff {
    /// Waits of up to `base`, then twice that and so on, never more than `cap`. Two processes
    /// should have different seeds, so that they do not come back in step.
    #[must_use]
    pub fn new(base: Duration, cap: Duration, seed: u64) -> Self {
        Self {
            base,
            cap,
            failures: 0,
            random: StdRng::seed_from_u64(seed),
        }
    }

    /// A seed that differs between processes of one machine and between machines of a fleet.
    #[must_use]
    pub fn process_seed(name: &str) -> u64 {
        use std::hash::{BuildHasher, RandomState};
        RandomState::new().hash_one((name, std::process::id()))
    }

    /// The next wait: at least half of the current bound, so that a first failure is not retried
    /// in the same microsecond.
    pub fn next_delay(&mut self) -> Duration {
        let bound = self
            .base
            .saturating_mul(1 << self.failures.min(20))
            .min(self.cap);
        self.failures = self.failures.saturating_add(1);
        bound.mul_f64(self.random.random_range(0.5..=1.0))
    }

    /// Starts over after a success.
    pub fn reset(&mut self) {
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn stays_between_half_the_bound_and_the_cap(seed: u64, steps in 1_u32..80) {
            let (base, cap) = (Duration::from_millis(100), Duration::from_secs(10));
            let mut backoff = Backoff::new(base, cap, seed);
            for step in 0..steps {
                let bound = base.saturating_mul(1 << step.min(20)).min(cap);
                let delay = backoff.next_delay();
                prop_assert!(delay <= bound && delay >= bound.mul_f64(0.499), "{step}: {delay:?}");
            }
            backoff.reset();
            prop_assert!(backoff.next_delay() <= base);
        }
    }
}
