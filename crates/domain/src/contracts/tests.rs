//! Snapshots of the wire formats: a change here is a change that running services will meet.

use chrono::{DateTime, Utc};
use serde_json::json;

use super::*;
use crate::{
    agent::AgentType,
    entities::EntityName,
    ids::{CompanyId, ContactId, ExecutionId, named},
    intent::IntentType,
    priority::Priority,
};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn envelope<T: Contract + Clone + PartialEq + std::fmt::Debug>(body: T) -> String {
    let id = ExecutionId::of_message("AC1", "SM1");
    let envelope = Envelope::new(id.message("test"), id, at("2026-03-18T09:00:00Z"), body);
    let bytes = envelope.encode().unwrap();
    assert_eq!(Envelope::<T>::decode(&bytes).unwrap(), envelope);
    serde_json::to_string_pretty(&envelope).unwrap()
}

#[test]
fn inbound_message() {
    let body: InboundMessage = serde_json::from_value(json!({
        "account_sid": "AC1", "message_sid": "SM1", "from": "+15550100001", "to": "+14155238886",
        "body": "stock WID-1001", "media": [{"url": "https://example.com/m", "content_type": "image/png"}],
        "button": {"text": "Yes", "payload": "confirm"}, "list": {"id": "row-2"},
        "location": {"latitude": 45.76, "longitude": 4.83, "label": "Lyon"},
        "quoted": {"message_sid": "SM0", "sender": "+14155238886"}, "opt_out": "STOP",
        "external_user_id": "US.abc123", "referral": {"source_id": "ad-1"},
        "extra": [["NewField", "value"]], "received_at": "2026-03-18T09:00:00Z",
    }))
    .unwrap();
    assert_eq!(body.conversation_key(), "AC1:+14155238886:US.abc123");
    assert!(
        !format!("{body:?}").contains("WID-1001"),
        "bodies are not printed"
    );
    insta::assert_snapshot!(envelope(body));
}

#[test]
fn status_callback() {
    insta::assert_snapshot!(envelope(StatusCallback {
        account_sid: "AC1".into(),
        message_sid: "SM9".into(),
        status: "delivered".into(),
        outbound_id: Some(named("part").into()),
        error_code: None,
        error_message: None,
        extra: vec![("ChannelPrefix".into(), "whatsapp".into())],
        received_at: at("2026-03-18T09:00:05Z"),
    }));
}

#[test]
fn execution_request() {
    insta::assert_snapshot!(envelope(ExecutionRequest {
        execution_id: ExecutionId::of_message("AC1", "SM1"),
        company_id: CompanyId(named("company")),
        agent: AgentType::InventoryMonitor,
        intent: IntentType::CheckInventory,
        priority: Priority::Inventory,
        conversation_key: "AC1:+14155238886:+15550100001".into(),
    }));
}

#[test]
fn reply_request() {
    let id = ExecutionId::of_message("AC1", "SM1");
    let to = ReplyTo {
        company_id: CompanyId(named("company")),
        contact_id: ContactId(named("contact")),
        conversation_key: "AC1:+14155238886:+15550100001".into(),
        priority: Priority::Inventory,
        received_at: at("2026-03-18T09:00:00Z"),
    };
    let content = ReplyContent::MissingEntity {
        entity: EntityName::Product,
    };
    let reply = ReplyRequest::to_execution(id, to, content, at("2026-03-18T09:00:01Z"));
    insta::assert_snapshot!(envelope(reply.body));
}

#[test]
fn agent_result() {
    insta::assert_snapshot!(envelope(AgentResult {
        execution_id: ExecutionId::of_message("AC1", "SM1"),
        company_id: CompanyId(named("company")),
        answer: AgentAnswer::Text("Counted: 40.".into()),
    }));
}

#[test]
fn unreadable_messages_say_why() {
    let decode = |value: serde_json::Value| {
        Envelope::<ExecutionRequest>::decode(value.to_string().as_bytes())
            .unwrap_err()
            .to_string()
    };
    let mut other = json!({
        "kind": "status_callback", "version": 1, "id": named("a"), "execution_id": named("b"),
        "created_at": "2026-03-18T09:00:00Z", "body": {},
    });
    assert!(decode(other.clone()).contains("expected a message of kind execution_request"));
    other["kind"] = json!("execution_request");
    other["version"] = json!(99);
    assert!(decode(other.clone()).contains("cannot read version 99"));
    other["version"] = json!(1);
    assert_eq!(decode(other), "malformed message");
    assert!(Envelope::<ExecutionRequest>::decode(b"\xff").is_err());
}
