//! What lies in the queues of a stack.

use std::time::Duration;

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
        let mut left = Vec::new();
        let empty = async {
            poll::until(Duration::MAX, "empty queues", async || {
                left = self.filled().await;
                left.is_empty()
            })
            .await;
        };
        let emptied = tokio::time::timeout(deadline, empty).await.is_ok();
        assert!(emptied, "messages are left: {left:#?}{}", self.dead().await);
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
