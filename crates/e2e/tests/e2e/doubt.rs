//! Twilio takes a message and its answer is lost: the user still gets it once.

use twilio_sim::faults::{CallbackPlan, Fault};
use wharf_broker::{Queue, Stage};
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_reach_the_user_is_kept_and_known() {
    let stack = stack().start().await;
    // Refused at once: not sent again, and a person can look at it.
    let refused = Fault::Refused {
        status: 400,
        code: 21211,
    };
    stack.sim().fault(refused, 1).await.unwrap();
    stack.say(PEOPLE[0], "stock ABC123").await;
    let dead = [(Queue::Dead(Stage::Responder), 1)];
    stack.queues().drained_to(&dead, ANSWER).await;
    let failed = "outbound_messages WHERE status = 'failed' AND error_code = 21211";
    assert_eq!(stack.rows().count(failed).await, 1);

    // Taken and then not delivered: the callback tells.
    let late = Fault::Undelivered { code: 30008 };
    stack.sim().fault(late, 1).await.unwrap();
    stack.ask(PEOPLE[1], "stock ABC123").await;
    poll::until(ANSWER, "the callback", async || {
        let told = "outbound_messages WHERE status = 'undelivered' AND error_code = 30008";
        stack.rows().count(told).await == 1
    })
    .await;
    assert_eq!(stack.replies().await, 1);
    stack.finish_leaving(&dead).await;
}
