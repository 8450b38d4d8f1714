//! Order within a conversation, and what an outage of the database or a stop does to it.

use wharf_broker::{Queue, Stage};
use wharf_domain::contracts::{Envelope, InboundMessage};

use crate::support::{NAVIGATOR, TestNlp, text};

/// Numbers of rows in the order in which messages were recorded.
async fn recorded(nlp: &TestNlp, messages: &[Envelope<InboundMessage>]) -> Vec<i64> {
    let mut seq = Vec::new();
    for message in messages {
        seq.push(nlp.row(message).await.unwrap().seq);
    }
    seq
}

fn mixed(number: u32) -> String {
    let bodies = ["stock WID-1001", "help", "check inventory", "stock ABC123"];
    bodies[number as usize % bodies.len()].to_owned()
}

#[tokio::test]
async fn one_conversation_is_recorded_in_the_order_published_beside_others() {
    let nlp = TestNlp::start().await;
    let ours: Vec<_> = (0..30).map(|n| text(n, NAVIGATOR, &mixed(n))).collect();
    let others: Vec<_> = (0..60)
        .map(|n| text(1_000 + n, &format!("+1555020{:04}", n % 6), "hello"))
        .collect();
    for (number, message) in ours.iter().enumerate() {
        for other in &others[2 * number..2 * number + 2] {
            nlp.send(other).await;
        }
        nlp.send(message).await;
    }
    nlp.wait_settled("done", 90).await;
    let seq = recorded(&nlp, &ours).await;
    assert!(seq.is_sorted(), "{seq:?}");
    for sender in 0..6 {
        let of_sender: Vec<_> = others.iter().skip(sender).step_by(6).cloned().collect();
        let seq = recorded(&nlp, &of_sender).await;
        assert!(seq.is_sorted(), "sender {sender}: {seq:?}");
    }
}

#[tokio::test]
async fn while_the_database_is_away_messages_wait_and_each_is_handled_once_after() {
    let nlp = TestNlp::start_with(&[("WHARF__DATABASE__CONNECT_TIMEOUT_MS", "500")]).await;
    let messages: Vec<_> = (0..12).map(|n| text(n, NAVIGATOR, &mixed(n))).collect();
    nlp.send(&messages[0]).await;
    nlp.wait_settled("done", 1).await;
    nlp.db.interrupt().await;
    for message in &messages[1..] {
        nlp.send(message).await;
    }
    nlp.wait_metric(r#"wharf_stalls_total{stage="nlp"} 1"#)
        .await;
    // Standing still, it has given everything back.
    let shard = nlp
        .broker
        .broker()
        .topology()
        .shard(&messages[0].body.conversation_key());
    nlp.wait(Queue::Nlp(shard), 11).await;
    nlp.db.resume().await;
    nlp.wait_settled("done", 12).await;
    assert_eq!(nlp.db.rows("whatsapp_conversations").await, 12);
    let seq = recorded(&nlp, &messages).await;
    assert!(seq.is_sorted(), "{seq:?}");
    assert_eq!(nlp.broker.ready(Queue::Dead(Stage::Nlp)).await, 0);
}

#[tokio::test]
async fn a_stop_in_the_middle_loses_nothing_and_a_second_process_goes_on_in_order() {
    let mut nlp = TestNlp::start().await;
    let messages: Vec<_> = (0..40).map(|n| text(n, NAVIGATOR, &mixed(n))).collect();
    for message in &messages {
        nlp.send(message).await;
    }
    nlp.wait_row(&messages[3]).await;
    nlp.stop().await;
    let done = nlp.db.rows("whatsapp_conversations").await;
    let shard = nlp
        .broker
        .broker()
        .topology()
        .shard(&messages[0].body.conversation_key());
    let left = u32::try_from(40 - done).unwrap();
    eprintln!(
        "done {done} left {left} ready {}",
        nlp.broker.ready(Queue::Nlp(shard)).await
    );
    nlp.wait(Queue::Nlp(shard), left).await;
    nlp.restart();
    nlp.wait_row(&messages[39]).await;
    let seq = recorded(&nlp, &messages).await;
    assert!(seq.is_sorted(), "{seq:?}");
    assert_eq!(nlp.db.rows("whatsapp_conversations").await, 40);
}
