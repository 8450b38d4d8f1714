//! Buttons and lists: what a person taps is what they could have typed.

use serde_json::json;
use twilio_sim::{Entry, Inbound, InboundTap, SimConfig};
use wharf_e2e::stack::{ANSWER, Stack, TOKEN};

use crate::{PEOPLE, stack};

/// An operations manager.
const HANA: &str = PEOPLE[2];

/// What `wharfctl templates content` does, after the template was made at Twilio.
async fn content(stack: &Stack, name: &str, types: serde_json::Value) {
    let credentials = (SimConfig::TEST_ACCOUNT, TOKEN);
    let sid = stack.sim().make_content(credentials, types).await.unwrap();
    stack
        .rows()
        .execute(&format!(
            "INSERT INTO whatsapp_templates (company_id, template_name, template_sid, state, approval)
             SELECT id, '{name}', '{sid}', 'active', 'approved' FROM companies"
        ))
        .await;
}

async fn tap(stack: &Stack, entry: &Entry, id: &str) -> Entry {
    let tapped = Inbound {
        tap: Some(InboundTap {
            id: id.to_owned(),
            message_sid: entry.message_sid.clone(),
        }),
        ..Inbound::text(HANA, "")
    };
    let report = stack.sim().send(&tapped).await.unwrap();
    assert_eq!(report.deliveries[0].status, Some(200));
    stack.reply_after(HANA, report.seq).await
}

/// Buttons in another language: the ids say what is meant.
async fn yes_or_no(stack: &Stack) {
    let actions = json!([
        {"title": "Jawohl", "id": "yes"}, {"title": "Lieber nicht", "id": "no"},
    ]);
    let types = json!({"twilio/quick-reply": {"body": "{{1}}", "actions": actions}});
    content(stack, "quick_reply", types).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tap_places_a_drafted_order_and_takes_a_line_of_a_list() {
    let stack = stack().unlimited().start().await;
    yes_or_no(&stack).await;
    let item = |number: usize| {
        let (title, more) = (2 * number, 2 * number + 1);
        json!({"item": format!("{{{{{title}}}}}"), "id": number.to_string(),
               "description": format!("{{{{{more}}}}}")})
    };
    let items: Vec<_> = (1..=2).map(item).collect();
    content(
        &stack,
        "list_picker_2",
        json!({"twilio/list-picker": {"body": "{{1}}", "button": "Choose", "items": items}}),
    )
    .await;

    let draft = stack.ask(HANA, "reorder 200 WID-1001").await.reply;
    assert_eq!(draft.taps.len(), 2, "{draft:?}");
    assert!(draft.text.contains("Reply YES"), "{}", draft.text);
    let placed = tap(&stack, &draft, "yes").await;
    assert!(placed.taps.is_empty(), "{placed:?}");
    let orders = "purchase_orders WHERE state = 'confirmed' AND execution_id IS NOT NULL";
    assert_eq!(stack.rows().count(orders).await, 1, "{placed:?}");
    // The buttons stay on the screen: a second tap places nothing.
    tap(&stack, &draft, "yes").await;
    assert_eq!(stack.rows().count(orders).await, 1);

    let other = stack.ask(HANA, "reorder 100 WID-1001").await.reply;
    assert_eq!(other.taps.len(), 2, "{other:?}");
    // Of two questions the one that is tapped is meant: this one is over.
    tap(&stack, &draft, "yes").await;
    assert_eq!(stack.rows().count(orders).await, 1);
    tap(&stack, &other, "no").await;
    assert_eq!(stack.rows().count(orders).await, 1);

    let which = stack.ask(HANA, "stock gloves").await.reply;
    assert_eq!(which.taps.len(), 2, "{which:?}");
    let second = which.taps[1].description.clone().unwrap();
    let sku = second.rsplit_once('(').unwrap().1.trim_end_matches(')');
    let answer = tap(&stack, &which, "2").await;
    assert!(answer.text.contains(sku), "{answer:?}");
    stack.queues().drained(ANSWER).await;
    stack.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tap_takes_the_persona_that_is_offered_and_nothing_that_is_asked_later() {
    let stack = stack().unlimited().set("WHARF__ADAPTIVE__OFFERS", "true");
    let stack = stack.start().await;
    yes_or_no(&stack).await;
    let hana = "WHERE display_name = 'Hana Suzuki'";
    stack
        .rows()
        .execute(&format!(
            "UPDATE profiles SET persona = NULL {hana};
             INSERT INTO persona_signals (company_id, profile_id, messages, short, long, details,
                                          lessons, off_hours, last_at)
             SELECT company_id, id, 19, 19, 0, 0, 0, 0, now() FROM profiles {hana}"
        ))
        .await;
    let persona = format!("profiles {hana} AND persona = 'streamliner'");

    let answer = stack.ask(HANA, "stock WID-1001").await.reply;
    assert!(answer.taps.is_empty(), "{answer:?}");
    let offer = stack.reply_after(HANA, answer.seq).await;
    assert_eq!(offer.taps.len(), 2, "{offer:?}");
    assert!(offer.text.contains("Reply YES to switch"), "{offer:?}");
    let switched = tap(&stack, &offer, "yes").await;
    assert!(switched.text.contains("Streamliner on"), "{switched:?}");
    assert_eq!(stack.rows().count(&persona).await, 1);
    let taken = "persona_offers WHERE accepted";
    assert_eq!(stack.rows().count(taken).await, 1);

    // The offer's buttons stay on the screen: they answer nothing that is asked by now.
    let draft = stack.ask(HANA, "reorder 200 WID-1001").await.reply;
    assert_eq!(draft.taps.len(), 2, "{draft:?}");
    tap(&stack, &offer, "yes").await;
    let orders = "purchase_orders WHERE state = 'confirmed' AND execution_id IS NOT NULL";
    assert_eq!(stack.rows().count(orders).await, 0);
    stack.queues().drained(ANSWER).await;
    stack.finish().await;
}
