//! Connection overrides: timeouts and retries in the fragment of a webhook's URL (Twilio,
//! "Webhooks connection overrides").

use std::time::Duration;

/// What a URL's fragment asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Overrides {
    /// `ct`: connecting, 100 to 10 000 ms.
    pub(super) connect: Duration,
    /// `rt`: the answer of one attempt, 100 to 15 000 ms.
    pub(super) read: Duration,
    /// `tt`: all attempts together, 100 to 15 000 ms.
    pub(super) total: Duration,
    /// `rc`: retries, 0 to 5.
    pub(super) retries: u32,
    /// `rp`: after what.
    pub(super) policy: Policy,
}

/// After what an attempt is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Policy {
    pub(super) connect: bool,
    pub(super) read: bool,
    pub(super) client_errors: bool,
    pub(super) server_errors: bool,
}

/// How one attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    NotConnected,
    NoAnswer,
    Status(u16),
}

impl Default for Overrides {
    /// One retry, and only when no connection comes about.
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            read: Duration::from_secs(15),
            total: Duration::from_secs(15),
            retries: 1,
            policy: Policy {
                connect: true,
                read: false,
                client_errors: false,
                server_errors: false,
            },
        }
    }
}

impl Overrides {
    /// Reads a URL's fragment. What is out of range or unknown is left at its default.
    pub(super) fn of(url: &str) -> Self {
        let mut overrides = Self::default();
        let fragment = url.split_once('#').map_or("", |(_, fragment)| fragment);
        for (name, value) in fragment.split('&').filter_map(|pair| pair.split_once('=')) {
            let millis = |max: u64| {
                let ms = value.parse().ok().filter(|ms| (100..=max).contains(ms));
                ms.map(Duration::from_millis)
            };
            match name {
                "ct" => overrides.connect = millis(10_000).unwrap_or(overrides.connect),
                "rt" => overrides.read = millis(15_000).unwrap_or(overrides.read),
                "tt" => overrides.total = millis(15_000).unwrap_or(overrides.total),
                "rc" => {
                    let count = value.parse().ok().filter(|count| *count <= 5);
                    overrides.retries = count.unwrap_or(overrides.retries);
                }
                "rp" => overrides.policy = Policy::of(value),
                _ => {}
            }
        }
        overrides
    }
}

impl Policy {
    fn of(value: &str) -> Self {
        let has = |name: &str| value.split(',').any(|part| part == name || part == "all");
        Self {
            connect: has("ct"),
            read: has("rt"),
            client_errors: has("4xx"),
            server_errors: has("5xx"),
        }
    }

    /// Whether an attempt that ended so is repeated.
    pub(super) const fn repeats(self, ended: Ended) -> bool {
        match ended {
            Ended::NotConnected => self.connect,
            Ended::NoAnswer => self.read,
            Ended::Status(400..=499) => self.client_errors,
            Ended::Status(500..=599) => self.server_errors,
            Ended::Status(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_fragment_one_retry_after_a_failed_connection() {
        let plain = Overrides::of("https://a.example/x?rc=5");
        assert_eq!(plain, Overrides::default());
        assert!(plain.policy.repeats(Ended::NotConnected));
        assert!(!plain.policy.repeats(Ended::NoAnswer));
        assert!(!plain.policy.repeats(Ended::Status(500)));
    }

    #[test]
    fn the_fragment_sets_times_counts_and_policy() {
        let set = Overrides::of("https://a.example/x#rc=3&rp=all&rt=4000&ct=200&tt=9000&e=ashburn");
        assert_eq!(set.retries, 3);
        assert_eq!(
            (set.read, set.connect, set.total),
            (
                Duration::from_secs(4),
                Duration::from_millis(200),
                Duration::from_secs(9)
            )
        );
        for ended in [
            Ended::NotConnected,
            Ended::NoAnswer,
            Ended::Status(404),
            Ended::Status(503),
        ] {
            assert!(set.policy.repeats(ended));
        }
        assert!(!set.policy.repeats(Ended::Status(200)));
        let some = Overrides::of("https://a.example/x#rp=4xx,rt").policy;
        assert!(some.repeats(Ended::Status(400)) && some.repeats(Ended::NoAnswer));
        assert!(!some.repeats(Ended::NotConnected) && !some.repeats(Ended::Status(500)));
    }

    #[test]
    fn values_out_of_range_are_left_alone() {
        assert_eq!(
            Overrides::of("https://a.example/#rc=9&rt=99999&ct=1&tt=x"),
            Overrides::default()
        );
    }
}
