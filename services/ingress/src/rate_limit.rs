//! How many messages a sender may send (spec section 9.2).
//!
//! Each replica counts for itself: the limit keeps one phone from flooding the queues, and for
//! that it need not be exact across replicas (docs/adr/0003-rate-limit-at-the-edge.md).

use std::{
    num::NonZeroUsize,
    sync::{Mutex, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};
use lru::LruCache;
use wharf_domain::{address::Address, clock::SharedClock};

/// What to do with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// Within the limit.
    Admitted,
    /// Beyond it, and the sender has not been told in this window.
    LimitedFirst,
    /// Beyond it, and the sender knows.
    Limited,
}

#[derive(Debug, Clone, Copy)]
struct Window {
    ends_at: DateTime<Utc>,
    count: u32,
    told: bool,
}

/// Counts messages by sender in fixed windows that begin with a sender's first message.
///
/// Memory is bounded: beyond `capacity` senders the one that was silent longest is forgotten and
/// starts with a full allowance when it comes back.
#[derive(Debug)]
pub struct RateLimiter {
    limit: u32,
    window: TimeDelta,
    clock: SharedClock,
    senders: Mutex<LruCache<Address, Window>>,
}

impl RateLimiter {
    /// Admits `limit` messages a `window` and sender, remembering up to `capacity` senders.
    #[must_use]
    pub fn new(limit: u32, window: TimeDelta, capacity: NonZeroUsize, clock: SharedClock) -> Self {
        Self {
            limit,
            window,
            clock,
            senders: Mutex::new(LruCache::new(capacity)),
        }
    }

    /// Counts one message of `sender`.
    pub fn admit(&self, sender: &Address) -> Admission {
        let now = self.clock.now();
        let mut senders = self.senders.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = Window {
            ends_at: now + self.window,
            count: 0,
            told: false,
        };
        let window = senders.get_or_insert_mut_ref(sender, || fresh);
        // A clock that was set back must not lock a sender out for longer than one window.
        if window.ends_at <= now || window.ends_at > now + self.window {
            *window = fresh;
        }
        if window.count < self.limit {
            window.count += 1;
            return Admission::Admitted;
        }
        if std::mem::replace(&mut window.told, true) {
            Admission::Limited
        } else {
            Admission::LimitedFirst
        }
    }

    /// Senders remembered now.
    #[must_use]
    pub fn senders(&self) -> usize {
        self.senders
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .len()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;
    use wharf_domain::clock::ManualClock;

    use super::*;

    fn sender(n: u32) -> Address {
        Address::parse(&format!("+1555{n:07}")).unwrap()
    }

    fn limiter(capacity: usize) -> (RateLimiter, ManualClock) {
        let clock = ManualClock::at("2026-03-18T09:00:00Z".parse().unwrap());
        let capacity = NonZeroUsize::new(capacity).unwrap();
        let shared = Arc::new(clock.clone());
        (
            RateLimiter::new(10, TimeDelta::minutes(1), capacity, shared),
            clock,
        )
    }

    #[test]
    fn the_eleventh_is_told_once_and_the_next_window_is_free_again() {
        let (limiter, clock) = limiter(100);
        for _ in 0..10 {
            assert_eq!(limiter.admit(&sender(1)), Admission::Admitted);
        }
        assert_eq!(limiter.admit(&sender(1)), Admission::LimitedFirst);
        assert_eq!(limiter.admit(&sender(1)), Admission::Limited);
        assert_eq!(
            limiter.admit(&sender(2)),
            Admission::Admitted,
            "each sender has its own window"
        );
        clock.advance(TimeDelta::seconds(60));
        assert_eq!(limiter.admit(&sender(1)), Admission::Admitted);
    }

    #[test]
    fn a_flood_of_senders_takes_bounded_memory() {
        let (limiter, _clock) = limiter(50);
        for n in 0..10_000 {
            limiter.admit(&sender(n));
        }
        assert_eq!(limiter.senders(), 50);
    }

    #[test]
    fn a_clock_set_back_locks_nobody_out() {
        let (limiter, clock) = limiter(10);
        for _ in 0..11 {
            limiter.admit(&sender(1));
        }
        clock.advance(TimeDelta::hours(-5));
        assert_eq!(limiter.admit(&sender(1)), Admission::Admitted);
    }

    proptest! {
        #[test]
        fn never_more_than_the_limit_in_any_window(steps in prop::collection::vec((0_i64..30, 0_u32..3), 1..200)) {
            let (limiter, clock) = limiter(10);
            let mut admitted: Vec<(u32, DateTime<Utc>)> = Vec::new();
            let mut starts: std::collections::HashMap<u32, DateTime<Utc>> = Default::default();
            for (seconds, who) in steps {
                clock.advance(TimeDelta::seconds(seconds));
                let now = limiter.clock.now();
                let start = starts.entry(who).or_insert(now);
                if now - *start >= TimeDelta::minutes(1) { *start = now; }
                if limiter.admit(&sender(who)) == Admission::Admitted {
                    admitted.push((who, now));
                }
                let in_window = admitted.iter().filter(|(w, at)| *w == who && *at >= *start).count();
                prop_assert!(in_window <= 10);
            }
        }
    }
}
