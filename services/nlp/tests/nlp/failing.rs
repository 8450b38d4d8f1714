//! Messages that cannot be handled, now or ever.

use serde_json::json;
use wharf_broker::{Queue, Stage};
use wharf_domain::{
    contracts::{AgentErrorKind, ReplyContent},
    priority::Priority,
};
use wharf_pipeline::Outcome;

use crate::support::{NAVIGATOR, TestNlp, message, text};

#[tokio::test]
async fn a_number_that_no_company_has_is_dead_with_the_reason_and_without_the_number() {
    let nlp = TestNlp::start().await;
    let lost = message(
        1,
        NAVIGATOR,
        json!({"to": "+19998887777", "body": "stock WID-1001"}),
    );
    nlp.send(&lost).await;
    let dead = nlp.dead(1).await.remove(0);
    assert_eq!(dead.reason, "no company has the number +1999•••7777");
    let kept: serde_json::Value = serde_json::from_slice(&dead.body).unwrap();
    assert_eq!(kept, serde_json::to_value(&lost).unwrap());
    assert_eq!(nlp.db.rows("whatsapp_conversations").await, 0);
    // Nobody can be told: there is no contact.
    assert_eq!(nlp.broker.ready(Queue::Reply(Priority::Normal)).await, 0);
}

#[tokio::test]
async fn what_cannot_be_read_is_dead_with_the_reason() {
    let nlp = TestNlp::start().await;
    let mut newer = serde_json::to_value(text(1, NAVIGATOR, "stock WID-1001")).unwrap();
    newer["version"] = 2.into();
    let mut other = serde_json::to_value(text(2, NAVIGATOR, "stock WID-1001")).unwrap();
    other["kind"] = "execution_request".into();
    let mut broken = serde_json::to_value(text(3, NAVIGATOR, "stock WID-1001")).unwrap();
    broken["body"]["from"] = "nobody".into();
    for message in [&newer, &other, &broken] {
        nlp.send_raw(message).await;
    }
    let dead = nlp.dead(3).await;
    let reasons: Vec<_> = dead.iter().map(|dead| dead.reason.as_str()).collect();
    assert_eq!(reasons[0], "cannot read version 2 of inbound_message");
    assert_eq!(
        reasons[1],
        r#"expected a message of kind inbound_message, got "execution_request""#
    );
    assert!(
        reasons[2].starts_with("malformed message: not a WhatsApp address"),
        "{}",
        reasons[2]
    );
    assert_eq!(
        serde_json::from_slice::<serde_json::Value>(&dead[0].body).unwrap(),
        newer
    );
    assert_eq!(nlp.db.rows("whatsapp_conversations").await, 0);
}

#[tokio::test]
async fn what_fails_for_good_is_told_to_its_sender_and_dead() {
    let nlp = TestNlp::start().await;
    nlp.db
        .run_sql("ALTER TABLE agents RENAME TO agents_away")
        .await;
    let question = text(1, NAVIGATOR, "stock WID-1001");
    nlp.send(&question).await;
    let expected = ReplyContent::AgentError {
        kind: AgentErrorKind::Default,
    };
    assert_eq!(nlp.reply_to(&question).await, expected);
    let dead = nlp.dead(1).await.remove(0);
    assert!(dead.reason.starts_with("database error"), "{}", dead.reason);
    assert!(!dead.reason.contains(NAVIGATOR));
    let row = nlp.row(&question).await.unwrap();
    let decided = Outcome::stored(&row.outcome.unwrap()).unwrap();
    assert_eq!(decided.publish.len(), 1);
    assert_eq!(nlp.db.rows("agent_execution_queue").await, 0);
    // A repeat of the webhook says the same again, even when handling would succeed by now.
    nlp.db
        .run_sql("ALTER TABLE agents_away RENAME TO agents")
        .await;
    nlp.send(&question).await;
    let replies = nlp
        .read::<wharf_domain::contracts::ReplyRequest>(Queue::Reply(Priority::Normal), 2)
        .await;
    assert_eq!(replies[0], replies[1]);
    assert_eq!(nlp.db.rows("agent_execution_queue").await, 0);
}

#[tokio::test]
async fn a_collision_is_tried_again_and_the_next_message_of_the_conversation_waits() {
    let nlp = TestNlp::start_with(&[("WHARF__DATABASE__LOCK_TIMEOUT_MS", "300")]).await;
    let (first, second) = (
        text(1, NAVIGATOR, "stock WID-1001"),
        text(2, NAVIGATOR, "help"),
    );
    let other = text(3, "+15550100003", "help");
    let held = nlp.hold("LOCK TABLE agents IN ACCESS EXCLUSIVE MODE").await;
    nlp.send(&first).await;
    nlp.send(&second).await;
    nlp.send(&other).await;
    nlp.wait_blocked(true).await;
    nlp.wait_blocked(false).await;
    // Another conversation goes on.
    nlp.wait_row(&other).await;
    assert!(nlp.row(&second).await.is_none());
    held.end().await;
    nlp.wait_settled("done", 3).await;
    let seq = [
        nlp.row(&first).await.unwrap().seq,
        nlp.row(&second).await.unwrap().seq,
    ];
    assert!(seq.is_sorted(), "{seq:?}");
    assert!(nlp.execution(&first).await.is_some());
    assert_eq!(nlp.broker.ready(Queue::Dead(Stage::Nlp)).await, 0);
}
