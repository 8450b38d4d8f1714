//! Messages that are answered, or left alone, without an agent.

use serde_json::json;
use wharf_broker::{Queue, Stage};
use wharf_domain::{
    contracts::{ReplyContent, answers::Courtesy},
    entities::EntityName,
    intent::IntentType,
    priority::Priority,
};
use wharf_pipeline::Outcome;

use crate::support::{NAVIGATOR, STRANGER, TestNlp, message, text};

#[tokio::test]
async fn a_stranger_is_told_so_and_not_read() {
    let nlp = TestNlp::start().await;
    let question = text(1, STRANGER, "stock WID-1001");
    nlp.send(&question).await;
    assert_eq!(nlp.reply_to(&question).await, ReplyContent::UnknownSender);
    let row = nlp.row(&question).await.unwrap();
    assert_eq!((row.intent_type, row.intent_confidence), (None, None));
    assert_eq!(row.phone_number.as_str(), STRANGER);
    assert_eq!(nlp.db.rows("agent_execution_queue").await, 0);
    // The stranger is remembered: a second message is the same contact's.
    let second = text(2, STRANGER, "hello?");
    nlp.send(&second).await;
    assert_eq!(nlp.wait_row(&second).await.contact_id, row.contact_id);
}

#[tokio::test]
async fn a_question_without_a_product_is_asked_for_it() {
    let nlp = TestNlp::start().await;
    let question = text(1, NAVIGATOR, "check inventory");
    nlp.send(&question).await;
    let expected = ReplyContent::MissingEntity {
        entity: EntityName::Product,
    };
    assert_eq!(nlp.reply_to(&question).await, expected);
    let row = nlp.row(&question).await.unwrap();
    assert_eq!(row.intent_type, Some(IntentType::CheckInventory));
    assert_eq!(nlp.db.rows("agent_execution_queue").await, 0);
}

#[tokio::test]
async fn help_and_nonsense_are_answered_at_once() {
    let nlp = TestNlp::start().await;
    let question = text(1, NAVIGATOR, "help");
    nlp.send(&question).await;
    let answer = nlp.reply_to(&question).await;
    assert!(matches!(answer, ReplyContent::Help(_)), "{answer:?}");
    assert_eq!(nlp.db.rows("agent_execution_queue").await, 0);

    let nlp = TestNlp::start().await;
    let question = text(1, NAVIGATOR, "qwrtz plmf");
    nlp.send(&question).await;
    assert_eq!(nlp.reply_to(&question).await, ReplyContent::UnknownCommand);
    assert_eq!(nlp.db.rows("agent_execution_queue").await, 0);
}

#[tokio::test]
async fn the_language_of_plain_words_is_kept_for_who_has_set_none() {
    let nlp = TestNlp::start().await;
    let none = "UPDATE profiles SET locale = NULL";
    nlp.db.run_sql(none).await;
    for (number, said, language) in [
        (1, "¿qué puedes hacer por mí?", "es"),
        (2, "help", "es"),
        (3, "what can you do for me?", "en"),
    ] {
        nlp.send(&text(number, NAVIGATOR, said)).await;
        nlp.wait_settled("done", number).await;
        let kept = format!("contacts WHERE language = '{language}'");
        assert_eq!(nlp.db.rows(&kept).await, 1, "{said}");
    }
    // Who has set one keeps it.
    nlp.db
        .run_sql("UPDATE profiles SET locale = 'en'; UPDATE contacts SET language = NULL")
        .await;
    let again = "¿qué puedes hacer por mí?";
    nlp.send(&text(4, NAVIGATOR, again)).await;
    nlp.wait_settled("done", 4).await;
    assert_eq!(nlp.db.rows("contacts WHERE language IS NOT NULL").await, 0);
}

#[tokio::test]
async fn after_an_opt_out_and_to_a_reaction_nothing_is_said() {
    let nlp = TestNlp::start().await;
    let silent = [
        message(1, NAVIGATOR, json!({"body": "STOP", "opt_out": "STOP"})),
        message(2, STRANGER, json!({"body": "STOP", "opt_out": "STOP"})),
        message(
            3,
            NAVIGATOR,
            json!({"body": "👍", "message_type": "reaction"}),
        ),
    ];
    for message in &silent {
        nlp.send(message).await;
    }
    nlp.wait_settled("done", 3).await;
    for message in &silent {
        let row = nlp.row(message).await.unwrap();
        let decided = Outcome::stored(&row.outcome.unwrap()).unwrap();
        assert_eq!(decided.publish, []);
    }
    for queue in nlp.broker.broker().topology().queues() {
        assert_eq!(nlp.broker.ready(queue).await, 0, "{queue}");
    }
}

#[tokio::test]
async fn what_carries_no_text_is_handled_like_any_message() {
    let nlp = TestNlp::start().await;
    let to_nothing = ReplyContent::Courtesy {
        kind: Courtesy::NothingWaits,
    };
    let wordless = [
        (json!({"body": ""}), ReplyContent::UnknownCommand),
        (
            json!({"body": " \n\u{3000} "}),
            ReplyContent::UnknownCommand,
        ),
        (json!({"button": {"text": "Yes"}}), to_nothing),
    ];
    let wordless: Vec<_> = (3..)
        .zip(wordless)
        .map(|(number, (body, answer))| (message(number, NAVIGATOR, body), answer))
        .collect();
    for (message, _) in &wordless {
        nlp.send(message).await;
    }
    nlp.wait_settled("done", 3).await;
    let replies: Vec<_> = nlp
        .read::<wharf_domain::contracts::ReplyRequest>(Queue::Reply(Priority::Normal), 3)
        .await;
    for ((message, answer), reply) in wordless.iter().zip(&replies) {
        assert_eq!(reply.id, message.execution_id.message("reply"));
        assert_eq!(&reply.body.content, answer);
        assert_eq!(nlp.row(message).await.unwrap().intent_type, None);
    }
    assert_eq!(nlp.broker.ready(Queue::Dead(Stage::Nlp)).await, 0);
}

#[tokio::test]
async fn any_text_at_all_is_recorded_and_answered() {
    let nlp = TestNlp::start().await;
    let texts = [
        "🎉".repeat(1_600),
        "stock ".repeat(270),
        "'; DROP TABLE whatsapp_conversations; --".to_owned(),
        "\u{202e}stock\u{0301}\u{200d} \u{1F468}\u{200D}\u{1F469}".to_owned(),
        "{{ 7 * 7 }} *_~```".to_owned(),
    ];
    for (number, body) in (1..).zip(&texts) {
        nlp.send(&text(number, NAVIGATOR, body)).await;
    }
    nlp.wait_settled("done", 5).await;
    for (number, body) in (1..).zip(&texts) {
        let row = nlp.row(&text(number, NAVIGATOR, body)).await.unwrap();
        assert_eq!(row.message_body.as_ref(), Some(body));
        assert!(row.outcome.is_some());
    }
    assert_eq!(nlp.broker.ready(Queue::Dead(Stage::Nlp)).await, 0);
}
