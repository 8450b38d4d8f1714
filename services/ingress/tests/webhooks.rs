//! The webhooks over real HTTP, against a real broker: what is answered and what is queued.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[expect(dead_code, reason = "shared with media.rs, which uses the rest of it")]
mod support;

use support::{ACCOUNT, TestIngress, form, message_form};
use wharf_broker::{Queue, Stage};

#[tokio::test]
async fn a_signed_message_is_queued_and_acknowledged_as_twiml() {
    let ingress = TestIngress::start(&[]).await;
    let answer = ingress.post(&message_form("SM", 1, "stock WID-1001")).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.content_type, "text/xml; charset=utf-8");
    insta::assert_snapshot!(answer.body, @r#"<?xml version="1.0" encoding="UTF-8"?><Response><Message>✅ Message received. Processing your request...</Message></Response>"#);
    ingress.wait_queued(1).await;
}

#[tokio::test]
async fn the_acknowledgement_is_in_the_operators_words() {
    let text = "✅ Recibido. Compras & almacén: <un momento>…";
    let ingress = TestIngress::start(&[("WHARF__ACKNOWLEDGEMENT__TEXT", text)]).await;
    let answer = ingress.post(&message_form("SM", 1, "stock WID-1001")).await;
    insta::assert_snapshot!(answer.body, @r#"<?xml version="1.0" encoding="UTF-8"?><Response><Message>✅ Recibido. Compras &amp; almacén: &lt;un momento&gt;…</Message></Response>"#);
}

#[tokio::test]
async fn who_asks_for_json_gets_the_specs_response() {
    let ingress = TestIngress::start(&[]).await;
    let answer = ingress
        .post_with(
            &message_form("SM", 1, "hi"),
            &[("Accept", "application/json")],
        )
        .await;
    assert_eq!(answer.status, 200);
    let json: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(json["success"], true);
    assert_eq!(json["message"], "Processing request");
    let sid = format!("SM{:032x}", 1);
    let id = wharf_domain::ids::ExecutionId::of_message(ACCOUNT, &sid);
    assert_eq!(json["executionId"], id.to_string());
}

#[tokio::test]
async fn what_is_not_twilios_gets_401_and_is_not_queued() {
    let ingress = TestIngress::start(&[]).await;
    let pairs = message_form("SM", 1, "order 1000 ABC123");
    let good = ingress.sign(&pairs);
    let mut edited = pairs.clone();
    edited
        .iter_mut()
        .find(|(name, _)| name == "Body")
        .unwrap()
        .1 = "order 9000 ABC123".to_owned();
    for (pairs, signature) in [
        (&pairs, None),
        (&pairs, Some("")),
        (&pairs, Some("nonsense")),
        (&edited, Some(good.as_str())),
    ] {
        let answer = ingress.send(pairs, signature, &[]).await;
        assert_eq!(answer.status, 401);
        assert_eq!(
            answer.body,
            r#"{"success":false,"error":"Invalid signature"}"#
        );
    }
    ingress.assert_nothing_queued().await;
    let metrics = ingress.metrics().await;
    assert!(
        metrics.contains(r#"wharf_webhooks_total{kind="message",outcome="refused"} 4"#),
        "{metrics}"
    );
    assert!(
        metrics.contains(r#"wharf_signature_refusals_total{reason="mismatch"} 1"#),
        "{metrics}"
    );
}

#[tokio::test]
async fn a_malformed_message_gets_400_with_the_reason() {
    let ingress = TestIngress::start(&[]).await;
    let answer = ingress
        .post(&form(&[("AccountSid", ACCOUNT), ("Body", "hi")]))
        .await;
    assert_eq!(answer.status, 400);
    assert!(
        answer.body.contains("MessageSid is missing"),
        "{}",
        answer.body
    );
    ingress.assert_nothing_queued().await;
}

#[tokio::test]
async fn sixteen_hundred_emoji_pass_and_a_megabyte_does_not() {
    let ingress = TestIngress::start(&[]).await;
    let emoji = ingress
        .post(&message_form("SM", 1, &"🎉".repeat(1_600)))
        .await;
    assert_eq!(emoji.status, 200);
    let huge = ingress
        .post(&message_form("SM", 2, &"x".repeat(1 << 20)))
        .await;
    assert_eq!(huge.status, 413);
    ingress.wait_queued(1).await;
}

#[tokio::test]
async fn a_repeat_is_neither_queued_nor_acknowledged_again() {
    let ingress = TestIngress::start(&[]).await;
    for _ in 0..15 {
        assert_eq!(
            ingress
                .post(&message_form("SM", 1, "stock ABC123"))
                .await
                .status,
            200
        );
    }
    let repeat = ingress.post(&message_form("SM", 1, "stock ABC123")).await;
    assert!(
        repeat.body.ends_with("<Response></Response>"),
        "{}",
        repeat.body
    );
    ingress.wait_queued(1).await;
}

#[tokio::test]
async fn beyond_ten_a_minute_the_sender_is_told_once_with_status_200() {
    let ingress = TestIngress::start(&[]).await;
    let mut answers = Vec::new();
    for number in 0..13 {
        answers.push(
            ingress
                .post(&message_form("SM", number, "stock ABC123"))
                .await,
        );
    }
    assert!(answers.iter().all(|answer| answer.status == 200));
    assert!(answers[9].body.contains("Message received"));
    assert!(answers[10].body.contains("faster than I can take them"));
    assert!(answers[11].body.ends_with("<Response></Response>"));
    ingress.wait_queued(10).await;
    assert!(
        ingress
            .metrics()
            .await
            .contains("wharf_rate_limited_total 3")
    );
}

#[tokio::test]
async fn after_an_opt_out_we_stay_silent() {
    let ingress = TestIngress::start(&[]).await;
    let mut pairs = message_form("SM", 1, "STOP");
    pairs.push(("OptOutType".to_owned(), "STOP".to_owned()));
    let answer = ingress.post(&pairs).await;
    assert!(
        answer.body.ends_with("<Response></Response>"),
        "{}",
        answer.body
    );
    ingress.wait_queued(1).await;
}

#[tokio::test]
async fn a_status_callback_is_queued_and_answered_with_nothing() {
    let ingress = TestIngress::start(&[]).await;
    let sid = format!("SM{:032x}", 7);
    let pairs = form(&[
        ("AccountSid", ACCOUNT),
        ("MessageSid", &sid),
        ("MessageStatus", "delivered"),
    ]);
    let target = "/api/webhooks/whatsapp/status?outbound=00000000-0000-0000-0000-000000000007";
    let answer = ingress.post_to(target, &pairs).await;
    assert_eq!(answer.status, 200);
    assert!(answer.body.ends_with("<Response></Response>"));
    ingress.wait_depth(Queue::Status, 1).await;
    // The query is signed: another one is a forgery.
    let signature = ingress.sign_for(target, &pairs);
    let other = target.replace("07", "08");
    assert_eq!(
        ingress
            .send_to(&other, &pairs, Some(&signature), &[])
            .await
            .status,
        401
    );
}

#[tokio::test]
async fn without_a_broker_twilio_hears_503_and_readiness_says_no() {
    let ingress = TestIngress::start(&[("WHARF__BROKER__PUBLISH_TIMEOUT_MS", "300")]).await;
    ingress.cut_broker().await;
    let answer = ingress.post(&message_form("SM", 1, "stock ABC123")).await;
    assert_eq!(answer.status, 503);
    assert_eq!(ingress.get("/healthz").await, 200);
    assert_eq!(ingress.get("/readyz").await, 503);
    ingress.mend_broker().await;
    let again = ingress.post(&message_form("SM", 1, "stock ABC123")).await;
    assert_eq!(again.status, 200);
    assert!(
        again.body.contains("Message received"),
        "the retry of a failed message is a first one"
    );
    ingress.wait_queued(1).await;
    assert_eq!(ingress.depth(Queue::Dead(Stage::Nlp)).await, 0);
}
