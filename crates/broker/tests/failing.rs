//! Messages that fail: retries, the crash guard, dead letters.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "what cannot go on in a test fails it"
)]

mod support;

use std::time::Instant;

use support::{DEADLINE, consumer, message, next, number, publisher};
use wharf_broker::{Outgoing, Queue, RetryDelay, Route, Stage};
use wharf_domain::priority::Priority;
use wharf_testkit::broker::TestBroker;

const WORK: Queue = Queue::Execute(Priority::Alerts);

#[tokio::test]
async fn a_message_that_kills_its_workers_becomes_poison_then_dead() {
    let test = TestBroker::create_with(|config| config.delivery_limit = 2).await;
    let publisher = publisher(test.broker());
    publisher
        .publish(&Route::Execute(Priority::Alerts), &message(1))
        .await
        .unwrap();
    for count in 0..3 {
        let (worker, mut deliveries) = consumer(test.broker(), WORK, 1);
        let delivery = next(&mut deliveries).await;
        assert_eq!(delivery.delivery_count, count);
        drop((worker, delivery)); // It dies without a word.
    }
    let poison = Queue::Poison(Stage::AgentExecutor);
    let (worker, mut deliveries) = consumer(test.broker(), poison, 1);
    let delivery = next(&mut deliveries).await;
    assert_eq!((number(&delivery), delivery.origin()), (1, Some(WORK)));
    let dead = Outgoing::dead(&delivery, "delivered too often");
    publisher
        .publish(&Route::Dead(Stage::AgentExecutor), &dead)
        .await
        .unwrap();
    assert!(delivery.ack().await);
    worker.close().await;

    let admin = test.admin().await;
    let waiting = admin
        .peek(Queue::Dead(Stage::AgentExecutor), 10)
        .await
        .unwrap();
    let [found] = &waiting.messages[..] else {
        panic!("{waiting:?}")
    };
    assert_eq!(found.origin(), Some(WORK));
    assert_eq!(found.reason(), Some("delivered too often"));
    assert_eq!(found.message_id, Some(message(1).message_id));
    // Looking takes nothing away.
    assert_eq!(test.ready(Queue::Dead(Stage::AgentExecutor)).await, 1);
    assert_eq!(
        admin
            .purge(Queue::Dead(Stage::AgentExecutor))
            .await
            .unwrap(),
        1
    );
}

#[tokio::test]
async fn retries_come_back_to_their_own_queue_in_the_order_of_their_delays() {
    let test = TestBroker::create().await;
    let publisher = publisher(test.broker());
    let status = Queue::Status;
    let (work, mut to_work) = consumer(test.broker(), WORK, 10);
    let (replies, mut to_status) = consumer(test.broker(), status, 10);
    let begun = Instant::now();
    let later = Route::Retry {
        delay: RetryDelay::TenSeconds,
        queue: WORK,
    };
    publisher.publish(&later, &message(10)).await.unwrap();
    for (number, queue) in [(1, WORK), (2, status), (3, WORK)] {
        let soon = Route::Retry {
            delay: RetryDelay::OneSecond,
            queue,
        };
        publisher.publish(&soon, &message(number)).await.unwrap();
    }
    for expected in [1, 3, 10] {
        let delivery = next(&mut to_work).await;
        assert_eq!((number(&delivery), delivery.queue), (expected, WORK));
        // The broker counts waiting as no failed delivery.
        assert_eq!(delivery.delivery_count, 0);
        let delay = if expected == 10 {
            RetryDelay::TenSeconds
        } else {
            RetryDelay::OneSecond
        };
        assert!(
            begun.elapsed() >= delay.duration(),
            "{expected} after {:?}",
            begun.elapsed()
        );
        assert!(delivery.ack().await);
    }
    assert!(begun.elapsed() < DEADLINE);
    let delivery = next(&mut to_status).await;
    assert_eq!((number(&delivery), delivery.queue), (2, status));
    assert!(delivery.ack().await);
    work.close().await;
    replies.close().await;
}
