//! The typing indicator while an agent works, and nothing when it fails.

use std::time::Duration;

use twilio_sim::{Entry, Inbound, Kind, SimConfig};
use wharf_domain::ids::ExecutionId;
use wharf_store::demo;
use wharf_testkit::poll;

use crate::support::{DEADLINE, READER, TestResponder, contact_of, reply, stock};

const SHOWN: &str = r#"wharf_typing_indicators_total{outcome="shown"}"#;
const FAILED: &str = r#"wharf_typing_indicators_total{outcome="failed"}"#;

impl TestResponder {
    async fn typing(&self) -> Vec<Entry> {
        let client = self.client();
        let lines = client.transcript(Some(READER), 0, Duration::ZERO).await;
        let mut lines = lines.unwrap();
        lines.retain(|entry| entry.kind == Kind::Typing);
        lines
    }

    /// A message as nlp leaves it, with work for an agent.
    async fn under_way(&self, sid: &str) {
        let (company, contact) = (demo::company_id(), contact_of(READER));
        let id = ExecutionId::of_message(SimConfig::TEST_ACCOUNT, sid);
        self.db
            .run_sql(&format!(
                "INSERT INTO whatsapp_conversations (company_id, contact_id, phone_number, account_sid,
                   message_sid, execution_id, conversation_key, received_at)
                 VALUES ('{company}', '{contact}', '{READER}', '{account}', '{sid}', '{id}', 'talk', now());
                 INSERT INTO agent_execution_queue (id, company_id, contact_id, conversation_key, intent_type,
                   agent_type, priority, status)
                 VALUES ('{id}', '{company}', '{contact}', 'talk', 'check_inventory', 'inventory_monitor', 5,
                   'pending')",
                account = SimConfig::TEST_ACCOUNT,
            ))
            .await;
    }
}

/// A message that Twilio has, though nobody takes it.
async fn written(responder: &TestResponder) -> String {
    let mut message = Inbound::text(READER, "stock WID-1001");
    message.urls = vec![format!("{}/healthz", responder.sim.url())];
    responder.client().send(&message).await.unwrap().message_sid
}

#[tokio::test]
async fn it_is_shown_once_for_what_an_agent_works_on() {
    let responder = TestResponder::start_with(&[
        ("WHARF__TYPING__ENABLED", "true"),
        ("WHARF__TYPING__POLL_MS", "100"),
    ])
    .await;
    let sid = written(&responder).await;
    responder.under_way(&sid).await;
    poll::until(DEADLINE, "typing", async || {
        !responder.typing().await.is_empty()
    })
    .await;
    assert_eq!(responder.typing().await[0].message_sid, Some(sid));
    // A message that Twilio does not know is a failure: counted, and replies go on.
    responder.under_way(&format!("SM{:032x}", 9)).await;
    responder.wait_metric(FAILED, 1).await;
    responder.send(&reply(1, READER, stock(96))).await;
    responder.wait_settled("reply_request", "done", 1).await;
    assert_eq!(responder.sent(READER).await.len(), 1);
    assert_eq!(responder.metric(SHOWN).await, 1);
    assert_eq!(responder.metric(FAILED).await, 1);
    assert_eq!(responder.typing().await.len(), 1);
}

#[tokio::test]
async fn it_is_off_unless_somebody_wants_it() {
    let responder = TestResponder::start().await;
    let sid = written(&responder).await;
    responder.under_way(&sid).await;
    // Time for many looks, if there were any.
    responder.send(&reply(1, READER, stock(96))).await;
    responder.wait_settled("reply_request", "done", 1).await;
    assert_eq!(responder.typing().await, []);
    assert_eq!(responder.metric(SHOWN).await, 0);
}
