//! Waits between attempts to connect: growing, with jitter, without end.

use std::{
    hash::{BuildHasher, Hasher, RandomState},
    time::Duration,
};

use rand::{RngExt, SeedableRng, rngs::StdRng};

const FIRST: Duration = Duration::from_millis(200);
const LONGEST: Duration = Duration::from_secs(5);

/// The waits of one session loop.
#[derive(Debug)]
pub(crate) struct Backoff {
    next: Duration,
    jitter: StdRng,
}

impl Backoff {
    /// Jitter from `seed`, or from the system: processes that lost the same broker at the same
    /// moment should not come back at the same moment.
    pub(crate) fn new(seed: Option<u64>) -> Self {
        let seed = seed.unwrap_or_else(|| RandomState::new().build_hasher().finish());
        Self {
            next: FIRST,
            jitter: StdRng::seed_from_u64(seed),
        }
    }

    /// To be called when a connection proved good.
    pub(crate) fn reset(&mut self) {
        self.next = FIRST;
    }

    /// The next wait: between half of the step and all of it.
    pub(crate) fn wait(&mut self) -> Duration {
        let step = self.next;
        self.next = (step * 2).min(LONGEST);
        step.mul_f64(self.jitter.random_range(0.5..=1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grows_to_its_bound_and_never_beyond() {
        let mut backoff = Backoff::new(Some(7));
        let waits: Vec<_> = (0..50).map(|_| backoff.wait()).collect();
        assert!(waits[0] >= FIRST / 2 && waits[0] <= FIRST, "{waits:?}");
        assert!(
            waits
                .iter()
                .skip(10)
                .all(|w| *w >= LONGEST / 2 && *w <= LONGEST),
            "{waits:?}"
        );
        backoff.reset();
        assert!(backoff.wait() <= FIRST);
    }

    #[test]
    fn the_seed_decides_the_jitter() {
        let waits = |seed| {
            let mut backoff = Backoff::new(Some(seed));
            [backoff.wait(), backoff.wait(), backoff.wait()]
        };
        assert_eq!(waits(1), waits(1));
        assert_ne!(waits(1), waits(2));
    }
}
