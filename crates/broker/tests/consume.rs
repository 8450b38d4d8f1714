//! Consuming from a real server: nothing is lost over cuts, deaths and shutdowns.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "what cannot go on in a test fails it"
)]

mod support;

use std::collections::BTreeSet;

use support::{DEADLINE, consumer, message, next, number, publisher};
use tokio::sync::mpsc::Receiver;
use wharf_broker::{Delivery, LinkState, Queue, Route};
use wharf_domain::priority::Priority;
use wharf_testkit::{broker::TestBroker, chaos_proxy::ChaosProxy, poll};

const REPLY: Route = Route::Reply(Priority::Normal);
const REPLIES: Queue = Queue::Reply(Priority::Normal);

async fn fill(test: &TestBroker, numbers: std::ops::Range<u128>) {
    let publisher = publisher(test.broker());
    for number in numbers {
        publisher.publish(&REPLY, &message(number)).await.unwrap();
    }
    publisher.close().await;
}

/// What still comes until the receiver ends.
async fn rest(deliveries: &mut Receiver<Delivery>) -> Vec<Delivery> {
    let rest = async {
        let mut rest = Vec::new();
        while let Some(delivery) = deliveries.recv().await {
            rest.push(delivery);
        }
        rest
    };
    tokio::time::timeout(DEADLINE, rest)
        .await
        .expect("the receiver did not end")
}

#[tokio::test]
async fn prefetch_bounds_what_is_unsettled() {
    let test = TestBroker::create().await;
    fill(&test, 0..5).await;
    let (consumer, mut deliveries) = consumer(test.broker(), REPLIES, 2);
    let first = next(&mut deliveries).await;
    let second = next(&mut deliveries).await;
    assert_eq!((number(&first), number(&second)), (0, 1));
    assert_eq!(test.ready(REPLIES).await, 3);
    assert!(deliveries.try_recv().is_err());
    assert!(first.ack().await);
    assert_eq!(number(&next(&mut deliveries).await), 2);
    consumer.close().await;
}

#[tokio::test]
async fn what_a_dead_consumer_held_comes_again() {
    let test = TestBroker::create().await;
    fill(&test, 0..3).await;
    let (first, mut deliveries) = consumer(test.broker(), REPLIES, 10);
    assert!(next(&mut deliveries).await.ack().await);
    let held = next(&mut deliveries).await;
    drop(first);
    let (second, mut deliveries) = consumer(test.broker(), REPLIES, 10);
    let mut again = BTreeSet::new();
    while again.len() < 2 {
        let delivery = next(&mut deliveries).await;
        assert!(
            delivery.redelivered && delivery.delivery_count == 1,
            "{delivery:?}"
        );
        again.insert(number(&delivery));
        assert!(delivery.ack().await);
    }
    assert_eq!(again, BTreeSet::from([1, 2]));
    assert!(!held.is_live());
    assert!(!held.ack().await);
    second.close().await;
}

#[tokio::test]
async fn a_cut_connection_loses_no_unsettled_message() {
    let test = TestBroker::create().await;
    let proxy = ChaosProxy::start(test.address()).await;
    fill(&test, 0..20).await;
    let (consumer, mut deliveries) = consumer(&test.through(&proxy), REPLIES, 5);
    let mut done = BTreeSet::new();
    let mut cuts = 0;
    while done.len() < 20 {
        let delivery = next(&mut deliveries).await;
        let number = number(&delivery);
        if cuts < 3 && done.len() >= cuts * 5 {
            let mut link = consumer.link();
            link.borrow_and_update();
            proxy.cut().await;
            cuts += 1;
            link.wait_for(|state| *state == LinkState::Disconnected)
                .await
                .unwrap();
            assert!(
                !delivery.ack().await,
                "an acknowledgement of a session that has ended"
            );
        } else if delivery.ack().await {
            done.insert(number);
        }
    }
    consumer.close().await;
    assert_eq!(consumer.reconnects(), 3);
    assert_eq!(test.ready(REPLIES).await, 0);
}

#[tokio::test]
async fn a_deleted_queue_is_declared_and_consumed_again() {
    let test = TestBroker::create().await;
    let (consumer, mut deliveries) = consumer(test.broker(), REPLIES, 1);
    poll::until(DEADLINE, "the consumer to connect", async || {
        consumer.is_ready()
    })
    .await;
    let admin = test.admin().await;
    admin.delete_namespace().await.unwrap();
    admin.close().await;
    poll::until(DEADLINE, "a new session", async || {
        consumer.reconnects() == 1
    })
    .await;
    fill(&test, 0..1).await;
    assert_eq!(number(&next(&mut deliveries).await), 0);
    consumer.close().await;
}

#[tokio::test]
async fn a_drain_hands_out_what_was_fetched_and_settles_it() {
    let test = TestBroker::create().await;
    fill(&test, 0..6).await;
    let (consumer, mut deliveries) = consumer(test.broker(), REPLIES, 4);
    let first = next(&mut deliveries).await;
    consumer.stop_taking().await;
    let mut held = vec![first];
    held.extend(rest(&mut deliveries).await);
    assert_eq!(held.iter().map(number).collect::<Vec<_>>(), [0, 1, 2, 3]);
    let last = held.pop().unwrap();
    for delivery in held {
        assert!(delivery.ack().await);
    }
    assert!(last.release().await);
    consumer.close().await;
    assert_eq!(test.ready(REPLIES).await, 3);
}

#[tokio::test]
async fn stopping_without_a_connection_ends_too() {
    let test = TestBroker::create().await;
    let proxy = ChaosProxy::start(test.address()).await;
    proxy.refuse();
    let (consumer, mut deliveries) = consumer(&test.through(&proxy), REPLIES, 4);
    consumer.stop_taking().await;
    assert!(rest(&mut deliveries).await.is_empty());
    consumer.close().await;
}

#[tokio::test]
async fn a_lost_connection_ends_a_drain() {
    let test = TestBroker::create().await;
    let proxy = ChaosProxy::start(test.address()).await;
    fill(&test, 0..2).await;
    let (consumer, mut deliveries) = consumer(&test.through(&proxy), REPLIES, 1);
    let held = next(&mut deliveries).await;
    proxy.cut().await;
    consumer.stop_taking().await;
    rest(&mut deliveries).await;
    assert!(!held.ack().await);
    tokio::time::timeout(DEADLINE, consumer.close())
        .await
        .unwrap();
    poll::until(DEADLINE, "both to be back", async || {
        test.ready(REPLIES).await == 2
    })
    .await;
}

#[tokio::test]
async fn an_ordered_queue_passes_on_only_when_its_consumer_has_settled() {
    let test = TestBroker::create_with(|config| config.nlp_shards = 1).await;
    let queue = Queue::Nlp(0);
    let publisher = publisher(test.broker());
    for number in 0..6 {
        let route = Route::Inbound {
            conversation_key: "AC1:+15550100001".to_owned(),
        };
        publisher.publish(&route, &message(number)).await.unwrap();
    }
    let (first, mut to_first) = consumer(test.broker(), queue, 1);
    let held = next(&mut to_first).await;
    assert_eq!(number(&held), 0);
    let (second, mut to_second) = consumer(test.broker(), queue, 1);
    poll::until(DEADLINE, "the second to connect", async || {
        second.is_ready()
    })
    .await;
    first.stop_taking().await;
    assert!(rest(&mut to_first).await.is_empty());
    // A round trip to the server, in which it could have served the second.
    test.ready(queue).await;
    assert!(
        to_second.try_recv().is_err(),
        "the next message overtook one that is being handled"
    );
    assert!(held.ack().await);
    first.close().await;
    for expected in 1..6 {
        let delivery = next(&mut to_second).await;
        assert_eq!(number(&delivery), expected);
        assert!(delivery.ack().await);
    }
    second.close().await;
}

#[tokio::test]
async fn an_ordered_queue_passes_on_when_its_consumer_dies() {
    let test = TestBroker::create_with(|config| config.nlp_shards = 1).await;
    let proxy = ChaosProxy::start(test.address()).await;
    let publisher = publisher(test.broker());
    let route = Route::Inbound {
        conversation_key: "AC1:+15550100001".to_owned(),
    };
    for number in 0..4 {
        publisher.publish(&route, &message(number)).await.unwrap();
    }
    let (_first, mut to_first) = consumer(&test.through(&proxy), Queue::Nlp(0), 2);
    let _held = next(&mut to_first).await;
    let (second, mut to_second) = consumer(test.broker(), Queue::Nlp(0), 2);
    poll::until(DEADLINE, "the second to connect", async || {
        second.is_ready()
    })
    .await;
    proxy.refuse();
    proxy.cut().await;
    for expected in 0..4 {
        let delivery = next(&mut to_second).await;
        assert_eq!(number(&delivery), expected);
        assert!(delivery.ack().await);
    }
    second.close().await;
}
