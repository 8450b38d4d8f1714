//! Replies that go out: in whose words, to whom, in how many parts, how often.

use wharf_domain::{
    contracts::{AgentErrorKind, ReplyContent},
    entities::EntityName,
    ids::{ContactId, named},
};
use wharf_store::{demo, outbound::OutboundStatus};

use crate::support::{DEADLINE, READER, TestResponder, long_content, part, reply, reply_to, stock};

#[tokio::test]
async fn each_person_is_answered_in_their_own_words() {
    let responder = TestResponder::start().await;
    let mut texts = String::new();
    for (number, person) in (1..).zip(demo::PEOPLE) {
        responder
            .send(&reply(number, person.phone, stock(96)))
            .await;
        let sent = responder
            .client()
            .next_reply(person.phone, 0, DEADLINE)
            .await
            .unwrap();
        let persona = person.persona.map_or("default", |persona| persona.as_str());
        texts.push_str(&format!("== {persona}\n{}\n", sent.text));
    }
    insta::assert_snapshot!(texts);
}

#[tokio::test]
async fn a_reply_is_one_message_with_our_id_in_its_callback() {
    let responder = TestResponder::start().await;
    let content = ReplyContent::MissingEntity {
        entity: EntityName::Product,
    };
    let reply = reply(1, READER, content);
    responder.send(&reply).await;
    responder.wait_settled("reply_request", "done", 1).await;
    let sent = responder.sent(READER).await;
    assert_eq!(sent.len(), 1);
    let row = responder.row(&reply).await;
    assert_eq!(row.id, part(&reply, 0));
    assert_eq!(row.message_sid, sent[0].message_sid);
    assert_eq!(row.body, sent[0].text);
    assert_eq!(
        (row.status, row.attempts, row.parts),
        (OutboundStatus::Queued, 1, 1)
    );
    // queued, sent, delivered: what was in the address stays, our id comes after it.
    for target in responder.callbacks.wait(3).await {
        assert_eq!(
            target,
            format!("/status?from=test&outbound={}", part(&reply, 0))
        );
    }
    responder
        .wait_metric(r#"wharf_sends_total{outcome="sent"}"#, 1)
        .await;
}

#[tokio::test]
async fn the_message_that_is_answered_is_marked_as_answered() {
    let responder = TestResponder::start().await;
    let reply = reply(1, READER, ReplyContent::UnknownCommand);
    let (company, contact) = (demo::company_id(), reply.body.contact_id);
    responder
        .db
        .run_sql(&format!(
            "INSERT INTO whatsapp_conversations (company_id, contact_id, phone_number, account_sid,
                 message_sid, execution_id, conversation_key, received_at)
             VALUES ('{company}', '{contact}', '{READER}', 'AC1', 'SM1', '{}', 'key', now())",
            reply.execution_id
        ))
        .await;
    responder.send(&reply).await;
    responder.wait_settled("reply_request", "done", 1).await;
    assert_eq!(
        responder
            .db
            .rows("whatsapp_conversations WHERE response_sent")
            .await,
        1
    );
}

#[tokio::test]
async fn a_request_that_comes_twenty_times_is_one_message() {
    let responder = TestResponder::start().await;
    let reply = reply(1, READER, stock(96));
    for _ in 0..20 {
        responder.send(&reply).await;
    }
    responder.wait_settled("reply_request", "done", 20).await;
    assert_eq!(responder.sent(READER).await.len(), 1);
    assert_eq!(responder.db.rows("outbound_messages").await, 1);
    assert_eq!(responder.metric("wharf_possible_duplicates_total").await, 0);
}

#[tokio::test]
async fn a_repeat_is_not_worded_again() {
    let responder = TestResponder::start().await;
    let first = reply(1, READER, stock(96));
    responder.send(&first).await;
    responder.wait_settled("reply_request", "done", 1).await;
    // The same id with other facts cannot be; if it is, what the user has stays true.
    responder.send(&reply(1, READER, stock(5))).await;
    responder.wait_settled("reply_request", "done", 2).await;
    let sent = responder.sent(READER).await;
    assert_eq!(sent.len(), 1);
    assert!(sent[0].text.contains("96"));
}

#[tokio::test]
async fn a_long_text_goes_out_in_parts_and_in_order() {
    let responder = TestResponder::start().await;
    let reply = reply(1, READER, long_content());
    for _ in 0..3 {
        responder.send(&reply).await;
    }
    responder.wait_settled("reply_request", "done", 3).await;
    let (rows, sent) = (responder.rows(&reply).await, responder.sent(READER).await);
    assert_eq!(rows.len(), 2);
    assert_eq!(sent.len(), 2);
    for (number, (row, entry)) in (0..).zip(rows.iter().zip(&sent)) {
        assert_eq!((row.part, row.parts), (number, 2));
        assert_eq!(row.id, part(&reply, u16::try_from(number).unwrap()));
        assert_eq!(row.body, entry.text);
        assert_eq!(row.message_sid, entry.message_sid);
        assert!(entry.text.encode_utf16().count() <= 1_600);
    }
    assert!(sent[0].text.starts_with("Several products match"));
    assert!(sent[0].text.ends_with("\n(1/2)"));
    assert!(
        sent[1]
            .text
            .ends_with("the SKU of the one you mean.\n(2/2)")
    );
}

#[tokio::test]
async fn the_replies_of_a_conversation_keep_their_order() {
    let responder = TestResponder::start().await;
    for number in 1..=12 {
        responder
            .send(&reply(number, READER, stock(i64::from(number) + 1_000)))
            .await;
    }
    responder.wait_settled("reply_request", "done", 12).await;
    let sent = responder.sent(READER).await;
    let numbers: Vec<_> = (1..=12)
        .map(|number| format!("{} unit", number + 1_000))
        .collect();
    assert_eq!(sent.len(), 12);
    for (entry, number) in sent.iter().zip(&numbers) {
        assert!(entry.text.contains(number), "{number}: {}", entry.text);
    }
}

#[tokio::test]
async fn a_stranger_gets_the_default_words() {
    let responder = TestResponder::start().await;
    let (company, stranger) = (demo::company_id(), ContactId(named("stranger")));
    responder
        .db
        .run_sql(&format!(
            "INSERT INTO contacts (id, company_id, last_inbound_at)
             VALUES ('{stranger}', '{company}', now());
             INSERT INTO contact_addresses (company_id, address, contact_id, kind)
             VALUES ('{company}', '+15550199999', '{stranger}', 'phone')"
        ))
        .await;
    responder
        .client()
        .set_window("+15550199999", Some(0))
        .await
        .unwrap();
    responder
        .send(&reply_to(1, stranger, ReplyContent::UnknownSender))
        .await;
    let sent = responder
        .client()
        .next_reply("+15550199999", 0, DEADLINE)
        .await
        .unwrap();
    assert!(
        sent.text.starts_with("I don't know this number yet"),
        "{}",
        sent.text
    );
}

#[tokio::test]
async fn a_contact_that_is_gone_cannot_be_told_and_the_request_is_dead() {
    let responder = TestResponder::start().await;
    let nobody = ContactId(named("nobody"));
    let content = ReplyContent::AgentError {
        kind: AgentErrorKind::Default,
    };
    responder.send(&reply_to(1, nobody, content)).await;
    assert_eq!(
        responder.dead(1).await,
        ["the contact of the reply is gone"]
    );
    assert_eq!(
        responder.client().outbound_count(None).await.unwrap().rest,
        0
    );
}
