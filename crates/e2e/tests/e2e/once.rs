//! A webhook that comes many times is one message.

use twilio_sim::Inbound;
use wharf_e2e::stack::ANSWER;

use crate::{PEOPLE, stack};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_copies_at_once_over_two_ingresses_are_one_message() {
    let stack = stack().ingresses(2).start().await;
    let message = Inbound {
        copies: 100,
        ..Inbound::text(PEOPLE[0], "stock WID-1001")
    };
    let report = stack.sim().send(&message).await.unwrap();
    assert_eq!(report.deliveries.len(), 100);
    for delivery in &report.deliveries {
        assert_eq!(delivery.status, Some(200), "{delivery:?}");
    }
    let acknowledged = report.deliveries.iter().map(|d| d.messages.len());
    // Each process says it once: what one has said the other cannot know.
    assert!((1..=2).contains(&acknowledged.sum::<usize>()));
    stack.replies_reach(1, ANSWER).await;
    // Every copy is settled before the rows are counted.
    stack.queues().drained(ANSWER).await;

    // A late copy, as Twilio's fallback URL would bring it.
    let late = Inbound {
        copies: 2,
        message_sid: Some(report.message_sid.clone()),
        ..message
    };
    let again = stack.sim().send(&late).await.unwrap();
    assert!(again.deliveries.iter().all(|d| d.status == Some(200)));
    assert!(again.deliveries.iter().all(|d| d.messages.is_empty()));
    stack.queues().drained(ANSWER).await;

    // The next message of the conversation comes after all copies: it is answered when they are done.
    stack.ask(PEOPLE[0], "stock ABC123").await;
    let of_first = |table: &str| {
        let sid = &report.message_sid;
        format!(
            "{table} JOIN whatsapp_conversations c ON c.execution_id = x.id
             WHERE c.message_sid = '{sid}'"
        )
    };
    assert_eq!(stack.rows().count("whatsapp_conversations").await, 2);
    let executions = of_first("agent_execution_queue x");
    assert_eq!(stack.rows().count(&executions).await, 1);
    let attempts = "agent_execution_queue WHERE attempts <> 1 OR status <> 'completed'";
    assert_eq!(stack.rows().count(attempts).await, 0, "each ran once");
    assert_eq!(stack.rows().count("outbound_messages").await, 2);
    assert_eq!(stack.replies().await, 2);
    stack.finish().await;
}
