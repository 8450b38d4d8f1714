//! Buttons and lists to tap in place of texts, and what happens when they cannot be.

use serde_json::{Value, json};
use twilio_sim::{Entry, SimConfig, Tap, faults::Fault};
use wharf_domain::{
    contracts::{
        ProductName, ReplyContent,
        answers::{Confirm, PersonaOffer},
    },
    entities::Entities,
    intent::IntentType,
    persona::{Persona, adaptive::Because},
};
use wharf_store::{StoreError, demo, outbound::OutboundStatus, templates};
use wharf_testkit::poll;

use crate::support::{
    DEADLINE, READER, TOKEN, TestResponder, at, callback, contact_of, part, reply,
};

fn confirm() -> ReplyContent {
    ReplyContent::Confirm(Confirm {
        intent: IntentType::RunAgent,
        entities: Entities::default(),
        product: None,
        change: None,
        expires_at: at(600),
    })
}

fn which() -> ReplyContent {
    let product = |sku: &str, name: &str| ProductName {
        sku: sku.to_owned(),
        name: name.to_owned(),
    };
    ReplyContent::WhichProduct {
        asked: "widget".to_owned(),
        candidates: vec![product("WID-1001", "Blue widget"), product("W-2", "Red")],
    }
}

fn offer() -> ReplyContent {
    ReplyContent::PersonaOffer(PersonaOffer {
        persona: Persona::Spring,
        because: Because::TakesLessons,
        expires_at: at(600),
    })
}

/// Quick reply with the ids that nlp knows.
fn quick_reply() -> Value {
    json!({"twilio/quick-reply": {"body": "{{1}}", "actions": [
        {"title": "Yes", "id": "yes"}, {"title": "No", "id": "no"},
    ]}})
}

/// A list of two lines.
fn list_picker() -> Value {
    json!({"twilio/list-picker": {"body": "{{1}}", "button": "Choose", "items": [
        {"item": "{{2}}", "id": "1", "description": "{{3}}"},
        {"item": "{{4}}", "id": "2", "description": "{{5}}"},
    ]}})
}

impl TestResponder {
    /// Makes a Content template at Twilio and puts it to use for the company.
    async fn content(&self, name: &str, types: Value) -> String {
        let credentials = (SimConfig::TEST_ACCOUNT, TOKEN);
        let sid = self.client().make_content(credentials, types).await;
        let sid = sid.unwrap();
        self.use_content(name, &sid, None).await;
        sid
    }

    async fn use_content(&self, name: &str, sid: &str, variables: Option<&Value>) {
        let new = templates::NewContent {
            name,
            persona: None,
            locale: "en",
            template_sid: sid,
            variables,
            approval: templates::Approval::Approved,
        };
        self.store
            .transaction::<_, StoreError, _>(async |conn| {
                templates::save_content(conn, demo::company_id(), &new).await
            })
            .await
            .unwrap();
    }

    /// The one message that went out for a reply.
    async fn asked(&self, number: u32, content: ReplyContent) -> Entry {
        let before = self.sent(READER).await.last().map_or(0, |entry| entry.seq);
        self.send(&reply(number, READER, content)).await;
        let sent = self.client().next_reply(READER, before, DEADLINE).await;
        sent.unwrap()
    }
}

fn titles(entry: &Entry) -> Vec<&str> {
    entry.taps.iter().map(|tap| tap.title.as_str()).collect()
}

const RECHECK: (&str, &str) = ("WHARF__TEMPLATES__RECHECK_MS", "0");

#[tokio::test]
async fn a_question_has_buttons_and_a_list_has_lines_once_they_are_configured() {
    let responder = TestResponder::start_with(&[RECHECK]).await;
    let plain = responder.asked(1, confirm()).await;
    assert!(plain.taps.is_empty() && plain.text.contains("YES"));

    responder.content("quick_reply", quick_reply()).await;
    let asked = responder.asked(2, confirm()).await;
    assert_eq!(titles(&asked), ["Yes", "No"]);
    // What can be typed stands there too.
    assert!(asked.text.contains("Reply YES"), "{}", asked.text);
    let row = responder.row(&reply(2, READER, confirm())).await;
    assert_eq!(row.body, plain.text);
    assert_eq!(responder.asked(3, which()).await.taps, []);

    responder.content("list_picker_2", list_picker()).await;
    let asked = responder.asked(4, which()).await;
    assert_eq!(titles(&asked), ["1. WID-1001", "2. Red (W-2)"]);
    assert_eq!(
        asked.taps[0],
        Tap {
            id: "1".to_owned(),
            title: "1. WID-1001".to_owned(),
            description: Some("Blue widget (WID-1001)".to_owned()),
            line: true,
        }
    );
    assert!(asked.text.contains("1. Blue widget (WID-1001) · 2. Red"));
    responder
        .wait_metric(r#"wharf_tappable_replies_total{outcome="sent"}"#, 2)
        .await;
    responder.assert_nothing_dead().await;
}

#[tokio::test]
async fn an_offered_persona_has_the_buttons_of_a_question() {
    let responder = TestResponder::start_with(&[RECHECK]).await;
    let plain = responder.asked(1, offer()).await;
    assert!(plain.taps.is_empty() && plain.text.contains("Reply YES to switch or NO"));
    responder.content("quick_reply", quick_reply()).await;
    let asked = responder.asked(2, offer()).await;
    assert_eq!(titles(&asked), ["Yes", "No"]);
    assert!(
        asked.text.contains("Reply YES to switch or NO"),
        "{asked:?}"
    );
    responder.assert_nothing_dead().await;
}

#[tokio::test]
async fn what_the_processor_reads_and_what_does_not_fit_stays_text() {
    let responder = TestResponder::start_with(&[RECHECK]).await;
    responder.content("quick_reply", quick_reply()).await;
    responder.content("list_picker_2", list_picker()).await;
    let long = ReplyContent::WhichProduct {
        asked: "widget".to_owned(),
        candidates: (1..=2)
            .map(|number| ProductName {
                sku: format!("A-CODE-THAT-IS-LONGER-THAN-A-LINE-{number}"),
                name: "A name that is longer than a line".to_owned(),
            })
            .collect(),
    };
    assert_eq!(responder.asked(1, long).await.taps, []);
    responder
        .wait_metric(r#"wharf_tappable_replies_total{outcome="unfit"}"#, 1)
        .await;
    let contact = contact_of(READER);
    responder
        .db
        .run_sql(&format!(
            "UPDATE profiles SET persona = 'processor' WHERE id =
             (SELECT profile_id FROM contacts WHERE id = '{contact}')"
        ))
        .await;
    let asked = responder.asked(2, confirm()).await;
    assert!(asked.taps.is_empty() && asked.text.starts_with("[CONFIRM]"));
}

#[tokio::test]
async fn what_twilio_refuses_at_once_goes_out_as_text() {
    let responder = TestResponder::start_with(&[RECHECK]).await;
    // Its variables do not fit the template: error 21656.
    let sid = responder.content("quick_reply", quick_reply()).await;
    let wrong = json!({"2": "{{ body }}"});
    responder
        .use_content("quick_reply", &sid, Some(&wrong))
        .await;
    let asked = responder.asked(1, confirm()).await;
    assert!(asked.taps.is_empty() && asked.text.contains('\n'));
    responder
        .wait_metric(r#"wharf_tappable_replies_total{outcome="refused"}"#, 1)
        .await;
    responder.wait_settled("reply_request", "done", 1).await;
    let row = responder.row(&reply(1, READER, confirm())).await;
    assert_eq!((row.content_sid, row.attempts), (None, 2));
    responder.assert_nothing_dead().await;
    // What is wrong with the recipient is wrong with a text too.
    responder.use_content("quick_reply", &sid, None).await;
    let blocked = Fault::Refused {
        status: 400,
        code: 21610,
    };
    responder.client().fault(blocked, 1).await.unwrap();
    responder.send(&reply(2, READER, confirm())).await;
    responder.dead(1).await;
    assert_eq!(responder.sent(READER).await.len(), 1);
}

#[tokio::test]
async fn what_twilio_refuses_later_goes_out_as_text_once() {
    let responder = TestResponder::start_with(&[RECHECK]).await;
    responder.content("quick_reply", quick_reply()).await;
    let asked = responder.asked(1, confirm()).await;
    assert_eq!(asked.taps.len(), 2);
    let request = reply(1, READER, confirm());
    responder.wait_settled("reply_request", "done", 1).await;
    let sid = asked.message_sid.unwrap();
    let mut refused = callback(&sid, "undelivered", Some(part(&request, 0)));
    refused.body.error_code = Some(63013);
    for _ in 0..2 {
        responder.report(&refused).await;
    }
    let text = responder
        .client()
        .next_reply(READER, asked.seq, DEADLINE)
        .await
        .unwrap();
    assert!(text.taps.is_empty() && text.text.contains("YES"));
    poll::until(DEADLINE, "sent again", async || {
        responder.row(&request).await.status == OutboundStatus::Queued
    })
    .await;
    responder.wait_settled("status_callback", "done", 2).await;
    assert_eq!(responder.sent(READER).await.len(), 2);
    assert_eq!(responder.metric("wharf_possible_duplicates_total").await, 0);
}

#[tokio::test]
async fn a_question_in_doubt_is_found_at_twilio_and_not_asked_twice() {
    let responder = TestResponder::start_with(&[RECHECK]).await;
    responder.content("quick_reply", quick_reply()).await;
    let lost = Fault::ErrorAfterAccepting;
    responder.client().fault(lost, 1).await.unwrap();
    let asked = responder.asked(1, confirm()).await;
    assert_eq!(asked.taps.len(), 2);
    responder.wait_settled("reply_request", "done", 1).await;
    let row = responder.row(&reply(1, READER, confirm())).await;
    assert_eq!(row.message_sid, asked.message_sid);
    assert_eq!(responder.sent(READER).await.len(), 1);
    assert_eq!(responder.metric("wharf_possible_duplicates_total").await, 0);
}

#[tokio::test]
async fn outside_the_window_a_question_waits_as_text() {
    let responder = TestResponder::start_with(&[RECHECK]).await;
    responder.content("quick_reply", quick_reply()).await;
    // Our clock says yes, Twilio's says no.
    let outside = Fault::Refused {
        status: 400,
        code: 63016,
    };
    responder.client().fault(outside, 1).await.unwrap();
    let request = reply(1, READER, confirm());
    responder.send(&request).await;
    responder.wait_settled("reply_request", "done", 1).await;
    let row = responder.row(&request).await;
    assert_eq!((row.status, row.content_sid), (OutboundStatus::Held, None));
    responder
        .db
        .run_sql("UPDATE contacts SET last_inbound_at = now()")
        .await;
    let sent = responder.client().next_reply(READER, 0, DEADLINE).await;
    assert!(sent.unwrap().taps.is_empty());
}
