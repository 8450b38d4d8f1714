//! What the tests of this folder share.

use std::time::Duration;

use tokio::sync::mpsc::Receiver;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use wharf_broker::{Broker, Consumer, Delivery, Outgoing, Publisher, Queue, Subscription};
use wharf_domain::ids::MessageId;

/// Long enough for a loaded machine; nothing waits it out when all is well.
pub(crate) const DEADLINE: Duration = Duration::from_secs(60);

/// A message whose body is its number.
pub(crate) fn message(number: u128) -> Outgoing {
    Outgoing::new(
        MessageId(Uuid::from_u128(number)),
        "test",
        number.to_string().into_bytes(),
    )
}

/// The number of a delivered message.
pub(crate) fn number(delivery: &Delivery) -> u128 {
    std::str::from_utf8(&delivery.body)
        .unwrap()
        .parse()
        .unwrap()
}

pub(crate) fn publisher(broker: &Broker) -> Publisher {
    Publisher::start(broker, &CancellationToken::new())
}

pub(crate) fn consumer(
    broker: &Broker,
    queue: Queue,
    prefetch: u16,
) -> (Consumer, Receiver<Delivery>) {
    let subscriptions = vec![Subscription::new(queue, prefetch)];
    Consumer::start(broker, subscriptions, &CancellationToken::new())
}

/// The next delivery.
pub(crate) async fn next(deliveries: &mut Receiver<Delivery>) -> Delivery {
    let next = tokio::time::timeout(DEADLINE, deliveries.recv()).await;
    next.expect("nothing came in time")
        .expect("the receiver ended")
}
