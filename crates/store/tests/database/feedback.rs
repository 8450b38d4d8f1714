//! Feedback: on the message that was meant, of one's own company, and counted.

use chrono::{DateTime, TimeDelta, Utc};
use wharf_store::{
    conversations,
    feedback::{self, Feedback, Labels},
};

use crate::support::World;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

#[tokio::test]
async fn feedback_is_about_the_last_understood_message_and_the_last_word_counts() {
    let world = World::new().await;
    let mut conn = world.store.conn().await.unwrap();
    let mut message = world.ours.message("SM1");
    message.received_at = at("2026-03-18T09:00:00Z");
    conversations::record(&mut conn, &message).await.unwrap();
    let said = Feedback {
        company_id: world.ours.company,
        conversation_key: &message.conversation_key,
        about: None,
        right: false,
        at: at("2026-03-18T09:05:00Z"),
    };
    assert!(feedback::give(&mut conn, &said).await.unwrap());
    let since = at("2026-03-18T00:00:00Z");
    let labels = feedback::labels(&mut conn, since).await.unwrap();
    assert_eq!((labels.right, labels.wrong), (0, 1));
    let changed = Feedback {
        right: true,
        ..said.clone()
    };
    assert!(feedback::give(&mut conn, &changed).await.unwrap());
    let labels = feedback::labels(&mut conn, since).await.unwrap();
    assert_eq!((labels.right, labels.wrong), (1, 0));
    // An hour later nobody knows what a bare thumb is about.
    let late = Feedback {
        at: said.at + TimeDelta::hours(2),
        ..said.clone()
    };
    assert!(!feedback::give(&mut conn, &late).await.unwrap());
    let theirs = Feedback {
        company_id: world.theirs.company,
        ..said
    };
    assert!(!feedback::give(&mut conn, &theirs).await.unwrap());
}

#[tokio::test]
async fn without_feedback_there_are_no_labels() {
    let world = World::new().await;
    let mut conn = world.store.conn().await.unwrap();
    let labels = feedback::labels(&mut conn, at("2026-03-18T00:00:00Z"))
        .await
        .unwrap();
    assert_eq!(labels, Labels::default());
}
