//! Publishing against a real server, and through a proxy that breaks it.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "what cannot go on in a test fails it"
)]

mod support;

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use support::{DEADLINE, message, next, number, publisher};
use wharf_broker::{PublishError, Queue, Route, Subscription};
use wharf_domain::priority::Priority;
use wharf_testkit::{broker::TestBroker, chaos_proxy::ChaosProxy, poll};

const REPLY: Route = Route::Reply(Priority::Normal);

#[tokio::test]
async fn a_confirmed_message_lies_in_the_queue_of_its_route() {
    let test = TestBroker::create().await;
    let publisher = publisher(test.broker());
    let key = "AC1:+15550100001".to_owned();
    let shard = test.broker().topology().shard(&key);
    let routes = [
        (
            Route::Inbound {
                conversation_key: key,
            },
            Queue::Nlp(shard),
        ),
        (
            Route::Execute(Priority::Urgent),
            Queue::Execute(Priority::Urgent),
        ),
        (REPLY, Queue::Reply(Priority::Normal)),
        (Route::Status, Queue::Status),
        (
            Route::Dead(wharf_broker::Stage::Nlp),
            Queue::Dead(wharf_broker::Stage::Nlp),
        ),
    ];
    for (route, queue) in routes {
        publisher.publish(&route, &message(1)).await.unwrap();
        assert_eq!(test.ready(queue).await, 1, "{queue}");
    }
}

#[tokio::test]
async fn the_message_comes_out_as_it_went_in() {
    let test = TestBroker::create().await;
    let publisher = publisher(test.broker());
    let mut sent = message(7);
    sent.created_at = chrono::DateTime::from_timestamp(1_700_000_000, 0);
    publisher.publish(&REPLY, &sent).await.unwrap();
    let (_consumer, mut deliveries) =
        support::consumer(test.broker(), Queue::Reply(Priority::Normal), 1);
    let came = next(&mut deliveries).await;
    assert_eq!(wharf_broker::Outgoing::copy_of(&came), sent);
    assert_eq!(
        (came.redelivered, came.delivery_count, came.origin()),
        (false, 0, None)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_unroutable_message_is_an_error_and_blames_no_other() {
    let test = TestBroker::create_with(|config| {
        config.publish_timeout_ms = 30_000;
        config.publish_channels = 500;
    })
    .await;
    let publisher = publisher(test.broker());
    publisher.publish(&REPLY, &message(0)).await.unwrap();
    delete_queue(&test, Queue::Execute(Priority::Normal)).await;
    // Both kinds at once: with more than one under way on a channel, the client mixes them up.
    let under_way: Vec<_> = (1..=3_000)
        .map(|n| {
            let publisher = publisher.clone();
            tokio::spawn(async move {
                let lost = n % 3 == 0;
                let route = if lost {
                    Route::Execute(Priority::Normal)
                } else {
                    REPLY
                };
                (lost, publisher.publish(&route, &message(n)).await)
            })
        })
        .collect();
    for outcome in join_all(under_way).await {
        let (lost, outcome) = outcome.unwrap();
        let unroutable = matches!(&outcome, Err(PublishError::Unroutable { .. }));
        assert_eq!((lost, !lost), (unroutable, outcome.is_ok()), "{outcome:?}");
    }
}

#[tokio::test]
async fn many_publishes_are_under_way_at_once() {
    let test = TestBroker::create().await;
    let publisher = publisher(test.broker());
    publisher.publish(&REPLY, &message(0)).await.unwrap();
    let begun = Instant::now();
    let messages: Vec<_> = (1..=2_000).map(message).collect();
    let outcomes = join_all(messages.iter().map(|m| publisher.publish(&REPLY, m))).await;
    assert!(outcomes.iter().all(Result::is_ok));
    println!("2,000 confirmed in {:?}", begun.elapsed());
    assert_eq!(publisher.in_flight(), 0);
    assert_eq!(test.ready(Queue::Reply(Priority::Normal)).await, 2_001);
}

#[tokio::test]
async fn without_a_broker_the_answer_comes_in_bounded_time() {
    let test = TestBroker::create_with(|config| config.publish_timeout_ms = 500).await;
    let proxy = ChaosProxy::start(test.address()).await;
    proxy.refuse();
    let publisher = publisher(&test.through(&proxy));
    let begun = Instant::now();
    let outcome = publisher.publish(&REPLY, &message(1)).await;
    assert_eq!(outcome, Err(PublishError::Disconnected));
    assert!(
        begun.elapsed() >= Duration::from_millis(500),
        "it did not wait for a connection"
    );
    assert!(
        begun.elapsed() < Duration::from_secs(3),
        "{:?}",
        begun.elapsed()
    );
    assert!(!publisher.is_ready());
    proxy.accept();
    poll::until(DEADLINE, "the publisher to connect", async || {
        publisher.is_ready()
    })
    .await;
    publisher.publish(&REPLY, &message(1)).await.unwrap();
}

#[tokio::test]
async fn a_stalled_connection_times_out_and_is_replaced() {
    let test = TestBroker::create_with(|config| {
        config.publish_timeout_ms = 700;
        config.heartbeat_s = 1;
    })
    .await;
    let proxy = ChaosProxy::start(test.address()).await;
    let publisher = publisher(&test.through(&proxy));
    publisher.publish(&REPLY, &message(1)).await.unwrap();
    proxy.stall();
    assert_eq!(
        publisher.publish(&REPLY, &message(2)).await,
        Err(PublishError::Timeout)
    );
    poll::until(DEADLINE, "the silence to be noticed", async || {
        !publisher.is_ready()
    })
    .await;
    proxy.resume();
    poll::until(DEADLINE, "the publisher to connect", async || {
        publisher.is_ready()
    })
    .await;
    publisher.publish(&REPLY, &message(3)).await.unwrap();
    assert!(publisher.reconnects() >= 1);
}

#[tokio::test]
async fn every_message_confirmed_over_cut_connections_is_there() {
    let test = TestBroker::create().await;
    let proxy = ChaosProxy::start(test.address()).await;
    let publisher = publisher(&test.through(&proxy));
    let queue = Queue::Reply(Priority::Normal);
    let (_consumer, mut deliveries) = wharf_broker::Consumer::start(
        test.broker(),
        vec![Subscription::new(queue, 50)],
        &tokio_util::sync::CancellationToken::new(),
    );
    let publishing = async {
        for round in 0..4_u128 {
            let round_of = join_all((0..100).map(|n| {
                let (publisher, message) = (publisher.clone(), message(round * 100 + n));
                async move {
                    // As a worker does: until the broker has it.
                    while publisher.publish(&REPLY, &message).await.is_err() {}
                }
            }));
            let cut = async {
                if round < 3 {
                    proxy.cut().await
                }
            };
            tokio::join!(round_of, cut);
        }
    };
    let taking = async {
        let mut seen = std::collections::BTreeSet::new();
        while seen.len() < 400 {
            let delivery = next(&mut deliveries).await;
            seen.insert(number(&delivery));
            delivery.ack().await;
        }
    };
    tokio::time::timeout(DEADLINE, async { tokio::join!(publishing, taking) })
        .await
        .unwrap();
    assert!(publisher.reconnects() >= 1);
}

#[tokio::test]
async fn a_missing_exchange_is_declared_again() {
    let test = TestBroker::create().await;
    let publisher = publisher(test.broker());
    publisher.publish(&REPLY, &message(1)).await.unwrap();
    let (connection, channel) = raw(&test).await;
    let exchange = test.broker().topology().work_exchange();
    channel
        .exchange_delete(
            exchange.into(),
            lapin::options::ExchangeDeleteOptions::default(),
        )
        .await
        .unwrap();
    assert_eq!(
        publisher.publish(&REPLY, &message(2)).await,
        Err(PublishError::Disconnected)
    );
    publisher.publish(&REPLY, &message(3)).await.unwrap();
    connection.close(200, "".into()).await.unwrap();
}

#[tokio::test]
async fn after_close_nothing_is_published() {
    let test = TestBroker::create().await;
    let publisher = publisher(test.broker());
    publisher.publish(&REPLY, &message(1)).await.unwrap();
    publisher.close().await;
    assert_eq!(
        publisher.publish(&REPLY, &message(2)).await,
        Err(PublishError::Disconnected)
    );
}

async fn raw(test: &TestBroker) -> (lapin::Connection, lapin::Channel) {
    use secrecy::ExposeSecret;
    let url = test.config().url.expose_secret().to_owned();
    let connection = lapin::Connection::connect(&url, lapin::ConnectionProperties::default())
        .await
        .unwrap();
    let channel = connection.create_channel().await.unwrap();
    (connection, channel)
}

async fn delete_queue(test: &TestBroker, queue: Queue) {
    let (connection, channel) = raw(test).await;
    let name = test.broker().topology().queue_name(queue);
    channel
        .queue_delete(name.into(), lapin::options::QueueDeleteOptions::default())
        .await
        .unwrap();
    connection.close(200, "".into()).await.unwrap();
}
