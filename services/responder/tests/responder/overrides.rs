//! Rows of `whatsapp_templates` go over the shipped texts while the service runs.

use wharf_domain::contracts::ReplyContent;
use wharf_store::{
    StoreError, demo,
    templates::{self, NewTemplate},
};

use crate::support::{DEADLINE, READER, TestResponder, reply};

impl TestResponder {
    /// Saves a company's own text of the answer to an unknown command.
    async fn save(&self, body: &str) {
        let new = NewTemplate {
            name: "unknown_command",
            persona: None,
            locale: "en",
            body,
            template_sid: None,
        };
        self.store
            .transaction::<_, StoreError, _>(async |conn| {
                templates::save(conn, demo::company_id(), &new).await
            })
            .await
            .unwrap();
    }

    /// What the answer says now.
    async fn said(&self, number: u32) -> String {
        let before = self.sent(READER).await.last().map_or(0, |entry| entry.seq);
        let reply = reply(number, READER, ReplyContent::UnknownCommand);
        self.send(&reply).await;
        let sent = self.client().next_reply(READER, before, DEADLINE).await;
        sent.unwrap().text
    }
}

#[tokio::test]
async fn a_saved_text_is_used_at_once_and_a_broken_one_never_costs_a_reply() {
    let now = [("WHARF__TEMPLATES__RECHECK_MS", "0")];
    let responder = TestResponder::start_with(&now).await;
    let shipped = responder.said(1).await;
    assert!(shipped.starts_with("I didn't understand"), "{shipped}");
    responder.save("Our *own* words").await;
    assert_eq!(responder.said(2).await, "Our *own* words");
    responder.save("Better words").await;
    assert_eq!(responder.said(3).await, "Better words");
    for broken in ["{% if %}", "{{ nobody }}"] {
        responder.save(broken).await;
    }
    assert_eq!(responder.said(4).await, shipped);
    responder
        .db
        .run_sql("UPDATE whatsapp_templates SET state = 'retired'")
        .await;
    assert_eq!(responder.said(5).await, shipped);
    // What is for every company is for this one too.
    responder
        .db
        .run_sql(
            "INSERT INTO whatsapp_templates (template_name, template_body, state)
             VALUES ('unknown_command', 'Everybody''s words', 'active')",
        )
        .await;
    assert_eq!(responder.said(6).await, "Everybody's words");
    responder.assert_nothing_dead().await;
}
