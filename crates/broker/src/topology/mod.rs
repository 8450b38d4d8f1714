//! The one place for exchanges, queues, their arguments and their names.
//!
//! ```text
//! {ns}.work (direct)  -- nlp.sN, agent-executor.pN and .results, responder.pN and .status --> the queue {ns}.<key>
//!        ^                                  | delivered too often without being settled
//!        | TTL over, same key               v
//! {ns}.retry.<delay> (fanout + queue)    {ns}.<stage>.poison --(worker publishes)--> {ns}.<stage>.dead
//! ```
//!
//! A queue's name is the namespace, a dot and its routing key, so a message that waited in a retry
//! queue goes back to the queue it came from. All queues are quorum queues.
//!
//! **Changing arguments.** A broker refuses to declare a queue again with other arguments (406), so
//! what is in use keeps its arguments for ever. A change takes a new name: raise [`VERSION`], let
//! the old queues run empty under services of the old version, then delete them.
//!
//! To add a queue: a variant of [`Queue`], its key, its arguments in `declare.rs`; then accept the
//! snapshot in `tests.rs` after reading it.

mod declare;
mod queue;
#[cfg(test)]
mod tests;

pub use declare::{Argument, Binding, DeclaredQueue, Exchange, ExchangeKind};
pub use queue::{Queue, RetryDelay, Stage};
use wharf_domain::priority::Priority;

/// Part of every name from 2 on: `{ns}.v2.…`. Raised when arguments change; see the module's text.
pub const VERSION: u16 = 1;

/// Where a message goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// To the nlp queue of a conversation.
    Inbound {
        /// Same conversation, same key: `AccountSid:sender`, for example.
        conversation_key: String,
    },
    /// To agent-executor.
    Execute(Priority),
    /// To agent-executor, what an external agent called back with.
    AgentResult,
    /// To responder, a reply.
    Reply(Priority),
    /// To responder, a status callback.
    Status,
    /// Out of the flow, for a person to look at.
    Dead(Stage),
    /// To wait, then back to a queue.
    Retry {
        /// How long.
        delay: RetryDelay,
        /// Where it goes afterwards.
        queue: Queue,
    },
}

/// A route as AMQP has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// Exchange.
    pub exchange: String,
    /// Routing key.
    pub routing_key: String,
}

/// All names and declarations of one namespace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topology {
    namespace: String,
    prefix: String,
    nlp_shards: u16,
    delivery_limit: u32,
}

impl Topology {
    /// The topology of `namespace` with `nlp_shards` nlp queues (at least one). Comes checked out of
    /// [`crate::BrokerConfig::validate`].
    pub(crate) fn new(namespace: &str, nlp_shards: u16, delivery_limit: u32) -> Self {
        let prefix = if VERSION == 1 {
            namespace.to_owned()
        } else {
            format!("{namespace}.v{VERSION}")
        };
        Self {
            namespace: namespace.to_owned(),
            prefix,
            nlp_shards: nlp_shards.max(1),
            delivery_limit,
        }
    }

    /// The namespace.
    #[must_use]
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// Number of nlp queues.
    #[must_use]
    pub fn nlp_shards(&self) -> u16 {
        self.nlp_shards
    }

    /// The full name of a queue.
    #[must_use]
    pub fn queue_name(&self, queue: Queue) -> String {
        format!("{}.{}", self.prefix, queue.key())
    }

    /// The queue with this full name, if it is one of ours.
    #[must_use]
    pub fn queue_named(&self, name: &str) -> Option<Queue> {
        let key = name.strip_prefix(&self.prefix)?.strip_prefix('.')?;
        Queue::from_key(key)
    }

    /// The full name of a retry queue, and of the exchange that feeds it.
    #[must_use]
    pub fn retry_name(&self, delay: RetryDelay) -> String {
        format!("{}.retry.{}", self.prefix, delay.name())
    }

    /// The exchange that leads to every queue but the retry ones.
    #[must_use]
    pub fn work_exchange(&self) -> String {
        format!("{}.work", self.prefix)
    }

    /// The queue that a route ends in: for a retry, the one after the wait.
    #[must_use]
    pub fn destination(&self, route: &Route) -> Queue {
        match route {
            Route::Inbound { conversation_key } => Queue::Nlp(self.shard(conversation_key)),
            Route::Execute(priority) => Queue::Execute(*priority),
            Route::AgentResult => Queue::Results,
            Route::Reply(priority) => Queue::Reply(*priority),
            Route::Status => Queue::Status,
            Route::Dead(stage) => Queue::Dead(*stage),
            Route::Retry { queue, .. } => *queue,
        }
    }

    /// Exchange and routing key of a route.
    #[must_use]
    pub fn address(&self, route: &Route) -> Address {
        Address {
            exchange: match route {
                Route::Retry { delay, .. } => self.retry_name(*delay),
                _ => self.work_exchange(),
            },
            routing_key: self.destination(route).key(),
        }
    }

    /// The shard of a conversation: the same in every process and every version of the code.
    #[must_use]
    pub fn shard(&self, conversation_key: &str) -> u16 {
        let hash = fnv1a(conversation_key.as_bytes());
        // Both halves, because the last bytes of a key barely reach the upper bits.
        let folded = (hash >> 32) ^ (hash & 0xffff_ffff);
        u16::try_from(folded % u64::from(self.nlp_shards)).unwrap_or(0)
    }
}

/// FNV-1a, 64 bits (<http://www.isthe.com/chongo/tech/comp/fnv/>). Not the standard library's
/// hasher, whose results may change from release to release.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
