//! Twilio takes a message and its answer is lost: the user still gets it once.

use twilio_sim::faults::{CallbackPlan, Fault};
use wharf_e2e::stack::{ANSWER, Service, Stack};
use wharf_testkit::poll;

use crate::{PEOPLE, stack};

async fn sends(stack: &Stack, outcome: &str) -> f64 {
    let labels = [("outcome", outcome)];
    stack
        .metric(Service::Responder, "wharf_sends_total", &labels)
        .await
}

/// Asks while the answers of Twilio's next sends are lost; each person's reply must come once.
async fn asked_with(fault: Fault) {
    // No word from callbacks in time: only Twilio's list can tell.
    let silent = CallbackPlan {
        delay_ms: 1_500,
        ..CallbackPlan::default()
    };
    let stack = stack()
        .set("WHARF__TWILIO__TIMEOUT_MS", "1000")
        .callbacks(silent)
        .start()
        .await;
    stack.sim().fault(fault, 2).await.unwrap();
    for phone in &PEOPLE[..2] {
        stack.ask(phone, "stock WID-1001").await;
    }
    poll::until(ANSWER, "replies that are known to be sent", async || {
        let known = "outbound_messages WHERE message_sid IS NOT NULL";
        stack.rows().count(known).await == 2
    })
    .await;
    stack.queues().drained(ANSWER).await;
    assert_eq!(stack.replies().await, 2, "each user got one");
    assert_eq!(sends(&stack, "reconciled").await, 2.0);
    assert_eq!(sends(&stack, "sent").await, 0.0);
    let doubles = stack
        .metric(Service::Responder, "wharf_possible_duplicates_total", &[])
        .await;
    assert_eq!(doubles, 0.0);
    poll::until(ANSWER, "their callbacks", async || {
        let delivered = "outbound_messages WHERE status = 'delivered'";
        stack.rows().count(delivered).await == 2
    })
    .await;
    stack.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dropped_connection_is_reconciled() {
    asked_with(Fault::DropAfterAccepting).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_error_after_accepting_is_reconciled() {
    asked_with(Fault::ErrorAfterAccepting).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn silence_after_accepting_is_reconciled() {
    asked_with(Fault::HangAfterAccepting).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_twilio_did_not_take_is_sent_again() {
    let stack = stack().start().await;
    let busy = Fault::RateLimited {
        retry_after: Some(1),
    };
    stack.sim().fault(busy, 1).await.unwrap();
    stack.ask(PEOPLE[0], "stock WID-1001").await;
    stack
        .sim()
        .fault(Fault::ErrorBeforeAccepting, 1)
        .await
        .unwrap();
    stack.ask(PEOPLE[1], "stock WID-1001").await;
    stack.queues().drained(ANSWER).await;
    assert_eq!(stack.replies().await, 2);
    // The second one's fate could not be known: that it was sent again is counted.
    let doubles = stack
        .metric(Service::Responder, "wharf_possible_duplicates_total", &[])
        .await;
    assert_eq!(doubles, 1.0);
    stack.finish().await;
}
