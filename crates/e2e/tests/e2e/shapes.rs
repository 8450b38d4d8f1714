//! Messages that are no plain text end in a reply or in nothing, never in a dead queue.

use twilio_sim::{
    Inbound, InboundButton, InboundList, InboundLocation, InboundMedia, InboundQuoted,
};
use wharf_e2e::stack::{ANSWER, Stack};

use crate::{PEOPLE, stack};

async fn send(stack: &Stack, message: Inbound) -> u64 {
    let report = stack.sim().send(&message).await.unwrap();
    assert_eq!(report.deliveries[0].status, Some(200), "{message:?}");
    report.seq
}

fn shapes(from: &str) -> Vec<Inbound> {
    let empty = || Inbound::text(from, "");
    vec![
        Inbound {
            location: Some(InboundLocation {
                latitude: 52.5,
                longitude: -13.4,
                address: Some("Dock 4".to_owned()),
                label: None,
            }),
            ..empty()
        },
        Inbound {
            media: vec![InboundMedia {
                url: "http://127.0.0.1:9/a.jpg".to_owned(),
                content_type: "image/jpeg".to_owned(),
            }],
            ..empty()
        },
        Inbound {
            button: Some(InboundButton {
                text: "Yes".to_owned(),
                payload: Some("confirm".to_owned()),
            }),
            ..Inbound::text(from, "Yes")
        },
        Inbound {
            list: Some(InboundList {
                id: "row-7".to_owned(),
                title: Some("stock ABC123".to_owned()),
                description: None,
            }),
            ..Inbound::text(from, "stock ABC123")
        },
        Inbound {
            quoted: Some(InboundQuoted {
                message_sid: "SM00000000000000000000000000000009".to_owned(),
                sender: None,
            }),
            ..Inbound::text(from, "stock ABC123")
        },
        Inbound::text(from, &"😀".repeat(1_600)),
        Inbound {
            extra: vec![("SomethingNew".to_owned(), "x".to_owned())],
            forwarded: true,
            ..Inbound::text(from, "'; DROP TABLE products; -- \u{202e}\u{0}")
        },
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn places_files_taps_and_choices_never_end_dead() {
    let stack = stack().unlimited().start().await;
    let messages = shapes(PEOPLE[0]);
    let count = i64::try_from(messages.len()).unwrap();
    for message in messages {
        let after = send(&stack, message).await;
        stack.reply_after(PEOPLE[0], after).await;
    }
    stack.queues().drained(ANSWER).await;
    assert_eq!(stack.rows().count("whatsapp_conversations").await, count);
    assert!(stack.rows().count("products").await >= 40);
    // Only the two that ask for stock in words lead to an agent; a smiley orders nothing.
    let asked = stack
        .rows()
        .query("SELECT intent_type FROM agent_execution_queue")
        .await;
    let asked: Vec<_> = asked
        .iter()
        .map(|row| row["intent_type"].as_str().unwrap())
        .collect();
    assert_eq!(asked, ["check_inventory"; 2]);

    // Twilio itself answers STOP: a word from us would break the opt-out.
    let before = stack.replies().await;
    let stop = Inbound {
        opt_out_type: Some("STOP".to_owned()),
        ..Inbound::text(PEOPLE[1], "STOP")
    };
    let report = stack.sim().send(&stop).await.unwrap();
    assert!(report.deliveries[0].messages.is_empty());
    // Somebody else's question in the same shards, answered after it.
    stack.ask(PEOPLE[2], "stock ABC123").await;
    stack.queues().drained(ANSWER).await;
    assert_eq!(stack.replies().await, before + 1);
    assert_eq!(
        stack.rows().count("whatsapp_conversations").await,
        count + 2
    );
    stack.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn strangers_are_answered_by_number_and_by_bsuid_alone() {
    let stack = stack().start().await;
    for stranger in ["US.13491208655302741918", "+15557654321"] {
        let exchange = stack.ask(stranger, "stock ABC123").await;
        let text = &exchange.reply.text;
        assert!(text.contains("I don't know this number yet"), "{text}");
    }
    // Not a word about the company's stock went out.
    assert_eq!(stack.rows().count("agent_execution_queue").await, 0);

    // A known number beside its BSUID is the person, and later the BSUID alone is too.
    let both = Inbound {
        external_user_id: Some("US.900".to_owned()),
        ..Inbound::text(PEOPLE[0], "stock ABC123")
    };
    let after = send(&stack, both).await;
    let reply = stack.reply_after(PEOPLE[0], after).await;
    assert!(reply.text.contains("📦 ABC123"), "{}", reply.text);
    let reply = stack.ask("US.900", "stock ABC123").await.reply;
    assert!(reply.text.contains("📦 ABC123"), "{}", reply.text);
    stack.finish().await;
}
