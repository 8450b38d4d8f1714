//! What the simulator sends when a contact writes, and how it takes Wharf's answers.

use std::time::Duration;

use crate::wharf::{Answer, Wharf};
use twilio_sim::{Forge, Inbound, Kind};

const ANNA: &str = "+15550100001";

#[tokio::test]
async fn a_signed_message_arrives_and_its_twiml_becomes_a_message() {
    let wharf = Wharf::start().await;
    let sim = wharf.sim("/api/webhooks/whatsapp?x=It's").await;
    wharf.answer([Answer::twiml("✅ got & it")]);
    let report = sim
        .client()
        .say(ANNA, "stock WID-1001 + 5% é")
        .await
        .unwrap();
    let received = &wharf.received()[0];
    assert_eq!(received.verified, Ok(()));
    assert_eq!(received.path_and_query, "/api/webhooks/whatsapp?x=It's");
    assert_eq!(received.field("Body"), "stock WID-1001 + 5% é");
    assert_eq!(received.field("From"), "whatsapp:+15550100001");
    assert_eq!(received.field("MessageSid"), report.message_sid);
    assert!(!received.idempotency.is_empty());
    assert_eq!(report.deliveries[0].messages, ["✅ got & it"]);
    let lines = sim
        .client()
        .transcript(Some(ANNA), 0, Duration::ZERO)
        .await
        .unwrap();
    let kinds: Vec<_> = lines
        .iter()
        .map(|entry| (entry.kind, entry.text.as_str()))
        .collect();
    assert_eq!(
        kinds,
        [
            (Kind::Inbound, "stock WID-1001 + 5% é"),
            (Kind::TwimlReply, "✅ got & it")
        ]
    );
    let count = sim.client().outbound_count(Some(ANNA)).await.unwrap();
    assert_eq!((count.rest, count.twiml), (0, 1));
    sim.client().reset().await.unwrap();
    assert!(
        sim.client()
            .transcript(None, 0, Duration::ZERO)
            .await
            .unwrap()
            .is_empty()
    );
    sim.stop().await;
}

#[tokio::test]
async fn wrong_answers_are_flagged_on_the_message() {
    let wharf = Wharf::start().await;
    let sim = wharf.sim("/").await;
    let json = Answer {
        content_type: Some("application/json"),
        body: "{}".into(),
        ..Answer::status(200)
    };
    wharf.answer([json, Answer::status(503)]);
    let first = sim.client().say(ANNA, "one").await.unwrap();
    let second = sim.client().say(ANNA, "two").await.unwrap();
    assert_eq!(
        second.deliveries[0].attempts, 1,
        "a 5xx is not repeated unless asked for"
    );
    let lines = sim
        .client()
        .transcript(Some(ANNA), 0, Duration::ZERO)
        .await
        .unwrap();
    assert_eq!((lines[0].seq, lines[1].seq), (first.seq, second.seq));
    assert!(lines[0].has_flag(12300) && lines[1].has_flag(11200));
}

#[tokio::test]
async fn forged_messages_fail_the_check_they_should() {
    let wharf = Wharf::start().await;
    let sim = wharf.sim("/").await;
    for forge in [Forge::Unsigned, Forge::Wrong, Forge::Edited] {
        let message = Inbound {
            forge: Some(forge),
            ..Inbound::text(ANNA, "run all")
        };
        sim.client().send(&message).await.unwrap();
    }
    let verdicts: Vec<_> = wharf
        .received()
        .into_iter()
        .map(|r| r.verified.unwrap_err())
        .collect();
    assert_eq!(verdicts, ["missing_signature", "mismatch", "mismatch"]);
}

#[tokio::test]
async fn copies_go_out_at_once_to_every_url_with_one_sid() {
    let (one, two) = (Wharf::start().await, Wharf::start().await);
    let sim = one.sim("/").await;
    let message = Inbound {
        copies: 20,
        urls: vec![format!("{}/", one.url), format!("{}/", two.url)],
        message_sid: Some("SM000000000000000000000000000000aa".into()),
        ..Inbound::text(ANNA, "stock")
    };
    let report = sim.client().send(&message).await.unwrap();
    assert_eq!(report.deliveries.len(), 20);
    assert_eq!((one.received().len(), two.received().len()), (10, 10));
    let same = |r: &crate::wharf::Received| {
        r.verified == Ok(()) && r.field("MessageSid") == report.message_sid
    };
    assert!(one.received().iter().chain(&two.received()).all(same));
}

#[tokio::test]
async fn connection_overrides_decide_about_retries_and_keep_the_idempotency_token() {
    let wharf = Wharf::start().await;
    let sim = wharf.sim("/#rc=3&rp=all&rt=300").await;
    let hang = Answer {
        hang: true,
        ..Answer::status(200)
    };
    wharf.answer([Answer::status(500), hang, Answer::twiml("third time")]);
    let report = sim.client().say(ANNA, "stock").await.unwrap();
    assert_eq!(
        (report.deliveries[0].attempts, report.deliveries[0].status),
        (3, Some(200))
    );
    let received = wharf.received();
    assert_eq!(received.len(), 3);
    assert!(
        received
            .iter()
            .all(|r| r.idempotency == received[0].idempotency && r.verified == Ok(()))
    );
}

#[tokio::test]
async fn a_closed_port_is_tried_twice_and_flagged() {
    let wharf = Wharf::start().await;
    let sim = wharf.sim("/").await;
    let message = Inbound {
        urls: vec!["http://127.0.0.1:1/".into()],
        ..Inbound::text(ANNA, "stock")
    };
    let report = sim.client().send(&message).await.unwrap();
    let delivery = &report.deliveries[0];
    assert_eq!(
        (delivery.attempts, delivery.status, delivery.flags[0].code),
        (2, None, 11205)
    );
}

#[tokio::test]
async fn what_is_no_contact_is_refused() {
    let wharf = Wharf::start().await;
    let sim = wharf.sim("/").await;
    let error = sim
        .client()
        .say("15550100001", "x")
        .await
        .unwrap_err()
        .to_string();
    assert!(error.contains("400") && error.contains("BSUID"), "{error}");
    assert!(sim.client().say("whatsapp:DE.abc", "x").await.is_ok());
    assert_eq!(wharf.received()[0].field("From"), "whatsapp:DE.abc");
}
