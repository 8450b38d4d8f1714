//! What is declared: exchanges, queues with their arguments, bindings.
//!
//! The set of arguments is the one that RabbitMQ 3.10.8 takes for quorum queues; tests/topology.rs
//! declares it on a real server.

use std::collections::BTreeMap;

use serde::Serialize;
use wharf_domain::priority::Priority;

use super::{Queue, RetryDelay, Stage, Topology};

/// The kind of an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ExchangeKind {
    /// By exact routing key.
    Direct,
    /// To all bound queues, keeping the routing key.
    Fanout,
}

/// A durable exchange.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Exchange {
    /// Name.
    pub name: String,
    /// Kind.
    pub kind: ExchangeKind,
}

/// The value of a queue's argument.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Argument {
    /// A text.
    Text(String),
    /// A number.
    Number(i64),
    /// Yes or no.
    Flag(bool),
}

/// A durable queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeclaredQueue {
    /// Name.
    pub name: String,
    /// Optional arguments, by name.
    pub arguments: BTreeMap<&'static str, Argument>,
}

/// How messages come from an exchange to a queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Binding {
    /// From.
    pub exchange: String,
    /// With this key; empty where the exchange ignores it.
    pub routing_key: String,
    /// To.
    pub queue: String,
}

impl Topology {
    /// All queues that are consumed, of all stages.
    #[must_use]
    pub fn queues(&self) -> Vec<Queue> {
        let work = Stage::ALL
            .into_iter()
            .flat_map(|stage| self.work_queues(stage));
        let ends = Stage::ALL
            .into_iter()
            .flat_map(|stage| [Queue::Poison(stage), Queue::Dead(stage)]);
        work.chain(ends).collect()
    }

    /// The queues that a stage works on, the most urgent first; without its poison queue.
    #[must_use]
    pub fn work_queues(&self, stage: Stage) -> Vec<Queue> {
        match stage {
            Stage::Nlp => (0..self.nlp_shards).map(Queue::Nlp).collect(),
            Stage::AgentExecutor => {
                let work = Priority::ALL.into_iter().map(Queue::Execute);
                work.chain([Queue::Results]).collect()
            }
            Stage::Responder => {
                let replies = Priority::ALL.into_iter().map(Queue::Reply);
                replies.chain([Queue::Status]).collect()
            }
        }
    }

    /// All exchanges.
    #[must_use]
    pub fn exchanges(&self) -> Vec<Exchange> {
        let work = Exchange {
            name: self.work_exchange(),
            kind: ExchangeKind::Direct,
        };
        let retries = RetryDelay::ALL.into_iter().map(|delay| Exchange {
            name: self.retry_name(delay),
            kind: ExchangeKind::Fanout,
        });
        [work].into_iter().chain(retries).collect()
    }

    /// All queues with their arguments, the retry queues last.
    #[must_use]
    pub fn declared_queues(&self) -> Vec<DeclaredQueue> {
        let consumed = self.queues().into_iter().map(|queue| DeclaredQueue {
            name: self.queue_name(queue),
            arguments: self.arguments(queue),
        });
        let waiting = RetryDelay::ALL.into_iter().map(|delay| DeclaredQueue {
            name: self.retry_name(delay),
            arguments: self.retry_arguments(delay),
        });
        consumed.chain(waiting).collect()
    }

    /// All bindings.
    #[must_use]
    pub fn bindings(&self) -> Vec<Binding> {
        let consumed = self.queues().into_iter().map(|queue| Binding {
            exchange: self.work_exchange(),
            routing_key: queue.key(),
            queue: self.queue_name(queue),
        });
        let waiting = RetryDelay::ALL.into_iter().map(|delay| Binding {
            exchange: self.retry_name(delay),
            routing_key: String::new(),
            queue: self.retry_name(delay),
        });
        consumed.chain(waiting).collect()
    }

    fn arguments(&self, queue: Queue) -> BTreeMap<&'static str, Argument> {
        let mut arguments = quorum();
        let next = match queue {
            Queue::Dead(_) => return arguments,
            Queue::Poison(stage) => Queue::Dead(stage),
            _ => Queue::Poison(queue.stage()),
        };
        arguments.insert(
            "x-delivery-limit",
            Argument::Number(self.delivery_limit.into()),
        );
        arguments.insert("x-dead-letter-routing-key", Argument::Text(next.key()));
        self.dead_letter_safely(&mut arguments);
        if queue.is_ordered() {
            arguments.insert("x-single-active-consumer", Argument::Flag(true));
        }
        arguments
    }

    fn retry_arguments(&self, delay: RetryDelay) -> BTreeMap<&'static str, Argument> {
        let mut arguments = quorum();
        let milliseconds = i64::try_from(delay.duration().as_millis()).unwrap_or(i64::MAX);
        arguments.insert("x-message-ttl", Argument::Number(milliseconds));
        // No routing key of its own: the message keeps the one of its queue.
        self.dead_letter_safely(&mut arguments);
        arguments
    }

    /// Dead-lettering that does not lose the message when the broker dies in between. It needs
    /// `reject-publish`, which itself has no effect without a maximum length.
    fn dead_letter_safely(&self, arguments: &mut BTreeMap<&'static str, Argument>) {
        let mut text = |name, value: &str| arguments.insert(name, Argument::Text(value.to_owned()));
        text("x-dead-letter-exchange", &self.work_exchange());
        text("x-dead-letter-strategy", "at-least-once");
        text("x-overflow", "reject-publish");
    }
}

fn quorum() -> BTreeMap<&'static str, Argument> {
    BTreeMap::from([("x-queue-type", Argument::Text("quorum".to_owned()))])
}
