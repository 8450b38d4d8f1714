//! What is not signed by Twilio is refused, and nothing of it is queued.

use reqwest::header;
use serde_json::{Value, json};
use twilio_sim::{Forge, Inbound, SimConfig};
use wharf_e2e::stack::{Service, Stack};
use wharf_twilio::signature::{AuthToken, HEADER, compute};

use crate::{PEOPLE, stack};

const EDGE: Service = Service::Ingress(0);

async fn refused(stack: &Stack) -> f64 {
    let labels = [("kind", "message"), ("outcome", "refused")];
    stack.metric(EDGE, "wharf_webhooks_total", &labels).await
}

async fn nothing_came_of_it(stack: &Stack) {
    for table in [
        "whatsapp_conversations",
        "agent_execution_queue",
        "outbound_messages",
    ] {
        assert_eq!(stack.rows().count(table).await, 0, "{table}");
    }
    let filled = stack.queues().filled().await;
    assert!(filled.is_empty(), "{filled:?}");
    assert_eq!(stack.replies().await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forged_edited_and_unsigned_webhooks_are_refused_and_counted() {
    let mut stack = stack().start().await;
    // Without workers whatever was queued would lie there.
    for worker in wharf_e2e::stack::WORKERS {
        stack.stop(worker).await;
    }
    let mut count = 0.0;
    for forge in [Forge::Wrong, Forge::Edited, Forge::Unsigned] {
        let message = Inbound {
            forge: Some(forge),
            ..Inbound::text(PEOPLE[0], "stock ABC123")
        };
        let report = stack.sim().send(&message).await.unwrap();
        let delivery = &report.deliveries[0];
        assert_eq!(delivery.status, Some(401), "{forge:?}");
        assert_eq!(delivery.content_type.as_deref(), Some("application/json"));
        let body: Value = serde_json::from_str(&delivery.body).unwrap();
        assert_eq!(
            body,
            json!({"success": false, "error": "Invalid signature"})
        );
        count += 1.0;
        assert_eq!(refused(&stack).await, count, "{forge:?}");
    }
    let reasons = stack
        .metric(EDGE, "wharf_signature_refusals_total", &[])
        .await;
    assert_eq!(reasons, count);
    nothing_came_of_it(&stack).await;
    stack.finish().await;
}

/// A webhook signed by hand, with a client that asks for JSON.
async fn post(stack: &Stack, token: &str, sid: &str) -> (u16, Value) {
    let url = stack.webhook_url(0);
    let pairs: Vec<(String, String)> = [
        ("MessageSid", sid),
        ("AccountSid", SimConfig::TEST_ACCOUNT),
        ("From", "whatsapp:+15550100001"),
        ("To", SimConfig::SANDBOX_NUMBER),
        ("Body", "stock ABC123"),
        ("NumMedia", "0"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec();
    let signature = compute(&AuthToken::new(token.to_owned()).unwrap(), &url, &pairs);
    let request = stack.http().post(url).form(&pairs);
    let response = request
        .header(HEADER, signature)
        .header(header::ACCEPT, "application/json")
        .send()
        .await
        .unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_is_replaced_without_a_gap_and_the_stale_one_is_refused() {
    const OLD: &str = "wharf-test-token";
    const NEW: &str = "the-next-test-token";
    let mut stack = stack().start().await;
    for worker in wharf_e2e::stack::WORKERS {
        stack.stop(worker).await;
    }
    let sid = |number: u32| format!("SM{number:032x}");

    // Replaced already: the old one is worth nothing.
    stack.stop(EDGE).await;
    stack.start_with(EDGE, &[("TWILIO_AUTH_TOKEN", NEW)]).await;
    let (status, body) = post(&stack, OLD, &sid(1)).await;
    assert_eq!((status, &body["error"]), (401, &json!("Invalid signature")));
    assert_eq!(refused(&stack).await, 1.0);
    nothing_came_of_it(&stack).await;

    // While it is being replaced: both are good.
    stack.stop(EDGE).await;
    let both = [
        ("TWILIO_AUTH_TOKEN", OLD),
        ("WHARF__TWILIO__NEXT_AUTH_TOKEN", NEW),
    ];
    stack.start_with(EDGE, &both).await;
    for (token, number) in [(OLD, 2), (NEW, 3)] {
        let (status, body) = post(&stack, token, &sid(number)).await;
        assert_eq!(status, 200, "{body}");
        assert_eq!(body["success"], json!(true));
        assert_eq!(body["message"], json!("Processing request"));
        assert!(body["executionId"].is_string(), "{body}");
    }
    let (status, _) = post(&stack, "neither", &sid(4)).await;
    assert_eq!(status, 401);

    for worker in wharf_e2e::stack::WORKERS {
        stack.start(worker).await;
    }
    stack.replies_reach(2, wharf_e2e::stack::ANSWER).await;
    stack.finish().await;
}
