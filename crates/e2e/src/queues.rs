//! What lies in the queues of a stack.

use std::{collections::BTreeMap, time::Duration};

use wharf_broker::{Admin, Broker, Queue, QueueDepth, Stage};
use wharf_testkit::poll;

/// The broker of a stack.
#[derive(Debug, Clone)]
pub struct Queues {
    broker: Broker,
}

impl Queues {
    /// The queues of `broker`'s namespace.
    #[must_use]
    pub fn new(broker: Broker) -> Self {
        Self { broker }
    }

    /// The queues, retry and dead ones included, in which messages are ready. Those that a service
    /// works on are not seen until it gives them back.
    ///
    /// # Panics
    /// When the broker does not answer or a queue is missing.
    pub async fn filled(&self) -> Vec<QueueDepth> {
        let admin = self.admin().await;
        let depths = admin.depths().await;
        admin.close().await;
        let depths = depths.unwrap_or_else(|error| panic!("{error}"));
        depths
            .into_iter()
            .filter(|depth| depth.ready != Some(0))
            .collect()
    }

    /// Messages ready in one queue.
    ///
    /// # Panics
    /// When the broker does not answer.
    pub async fn ready(&self, queue: Queue) -> u32 {
        let admin = self.admin().await;
        let depth = admin.depth(queue).await;
        admin.close().await;
        match depth.map(|depth| depth.ready) {
            Ok(Some(ready)) => ready,
            other => panic!("no depth of {queue}: {other:?}"),
        }
    }

    /// Waits until no queue holds a message that is ready.
    ///
    /// # Panics
    /// When some still do at the deadline.
    pub async fn drained(&self, deadline: Duration) {
        self.drained_to(&[], deadline).await;
    }

    /// Waits until exactly these messages are ready and no others.
    ///
    /// # Panics
    /// When others are at the deadline.
    pub async fn drained_to(&self, left: &[(Queue, u32)], deadline: Duration) {
        let topology = self.broker.topology();
        let named = left
            .iter()
            .map(|(queue, count)| (topology.queue_name(*queue), Some(*count)));
        let wanted: BTreeMap<String, Option<u32>> = named.collect();
        let mut found = BTreeMap::new();
        let as_wanted = poll::until(Duration::MAX, "the queues", async || {
            let filled = self.filled().await.into_iter();
            found = filled.map(|depth| (depth.queue, depth.ready)).collect();
            found == wanted
        });
        let in_time = tokio::time::timeout(deadline, as_wanted).await.is_ok();
        assert!(
            in_time,
            "the queues hold {found:?}, not {wanted:?}{}",
            self.dead().await
        );
    }

    /// Why messages are in the dead queues, for the words of a failed test.
    async fn dead(&self) -> String {
        let admin = self.admin().await;
        let mut words = String::new();
        for stage in Stage::ALL {
            if let Ok(waiting) = admin.peek(Queue::Dead(stage), 3).await {
                for message in waiting.messages {
                    let reason = message.reason().unwrap_or("unknown");
                    words.push_str(&format!("\ndead at {}: {reason}", stage.name()));
                }
            }
        }
        admin.close().await;
        words
    }

    async fn admin(&self) -> Admin {
        match Admin::connect(&self.broker).await {
            Ok(admin) => admin,
            Err(error) => panic!("{error}"),
        }
    }
}
