//! The queues and delays that exist, and their names.

use std::time::Duration;

use wharf_domain::priority::Priority;

/// A service that takes messages from queues.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stage {
    /// Understands messages.
    Nlp,
    /// Runs agents.
    AgentExecutor,
    /// Sends replies.
    Responder,
}

impl Stage {
    /// All stages, in the order of a message's way.
    pub const ALL: [Self; 3] = [Self::Nlp, Self::AgentExecutor, Self::Responder];

    /// The name in routing keys.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nlp => "nlp",
            Self::AgentExecutor => "agent-executor",
            Self::Responder => "responder",
        }
    }
}

/// A queue that something consumes. Retry queues are not: what waits there comes back by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Queue {
    /// One shard of the inbound messages; single active consumer, so that a conversation's messages
    /// are handled in order.
    Nlp(u16),
    /// Work for agent-executor.
    Execute(Priority),
    /// What external agents called back with, for agent-executor.
    Results,
    /// Replies for responder.
    Reply(Priority),
    /// Status callbacks for responder.
    Status,
    /// Messages that were delivered too often without being settled (the worker died on them). The
    /// stage's worker tells the user and moves them to [`Queue::Dead`].
    Poison(Stage),
    /// Messages that nobody will handle again by itself: exhausted or unreadable.
    Dead(Stage),
}

impl Queue {
    /// The routing key that leads here, and the last part of the name.
    #[must_use]
    pub fn key(self) -> String {
        match self {
            Self::Nlp(shard) => format!("nlp.s{shard}"),
            Self::Execute(priority) => format!("agent-executor.p{priority}"),
            Self::Results => "agent-executor.results".to_owned(),
            Self::Reply(priority) => format!("responder.p{priority}"),
            Self::Status => "responder.status".to_owned(),
            Self::Poison(stage) => format!("{}.poison", stage.name()),
            Self::Dead(stage) => format!("{}.dead", stage.name()),
        }
    }

    /// The queue of a routing key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        let (stage, rest) = key.split_once('.')?;
        let stage = Stage::ALL.into_iter().find(|s| s.name() == stage)?;
        let priority = || {
            let number: u8 = rest.strip_prefix('p')?.parse().ok()?;
            Priority::try_from(number).ok()
        };
        let queue = match (stage, rest) {
            (_, "poison") => Self::Poison(stage),
            (_, "dead") => Self::Dead(stage),
            (Stage::Responder, "status") => Self::Status,
            (Stage::AgentExecutor, "results") => Self::Results,
            (Stage::Nlp, _) => Self::Nlp(rest.strip_prefix('s')?.parse().ok()?),
            (Stage::AgentExecutor, _) => Self::Execute(priority()?),
            (Stage::Responder, _) => Self::Reply(priority()?),
        };
        // Refuses what numbers have more than one spelling for: "s01", "p+5".
        (queue.key() == key).then_some(queue)
    }

    /// Whose queue it is.
    #[must_use]
    pub const fn stage(self) -> Stage {
        match self {
            Self::Nlp(_) => Stage::Nlp,
            Self::Execute(_) | Self::Results => Stage::AgentExecutor,
            Self::Reply(_) | Self::Status => Stage::Responder,
            Self::Poison(stage) | Self::Dead(stage) => stage,
        }
    }

    /// Whether its messages go to one consumer at a time, in order.
    #[must_use]
    pub const fn is_ordered(self) -> bool {
        matches!(self, Self::Nlp(_))
    }
}

impl std::fmt::Display for Queue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.key())
    }
}

/// How long a message waits before it is tried again. One queue each: a queue expires only at its
/// head, so two delays in one would hold each other up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RetryDelay {
    /// 1 s.
    OneSecond,
    /// 10 s.
    TenSeconds,
    /// 60 s.
    OneMinute,
    /// 10 min.
    TenMinutes,
}

impl RetryDelay {
    /// All delays, the shortest first.
    pub const ALL: [Self; 4] = [
        Self::OneSecond,
        Self::TenSeconds,
        Self::OneMinute,
        Self::TenMinutes,
    ];

    /// The name in queues.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::OneSecond => "1s",
            Self::TenSeconds => "10s",
            Self::OneMinute => "60s",
            Self::TenMinutes => "10min",
        }
    }

    /// The wait.
    #[must_use]
    pub const fn duration(self) -> Duration {
        Duration::from_secs(match self {
            Self::OneSecond => 1,
            Self::TenSeconds => 10,
            Self::OneMinute => 60,
            Self::TenMinutes => 600,
        })
    }

    /// The delay before another try after `attempt` failures (from 1): 1 s, 10 s, 60 s, then 10 min.
    #[must_use]
    pub const fn after(attempt: u32) -> Self {
        match attempt {
            0 | 1 => Self::OneSecond,
            2 => Self::TenSeconds,
            3 => Self::OneMinute,
            _ => Self::TenMinutes,
        }
    }
}
