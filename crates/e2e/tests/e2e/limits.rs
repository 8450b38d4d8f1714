//! The limit of ten messages a minute and sender (spec section 9.2).

use twilio_sim::Kind;
use wharf_e2e::stack::{ANSWER, Service};

use crate::{PEOPLE, stack};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_eleventh_message_is_answered_politely_once_and_not_queued() {
    let stack = stack().start().await;
    let mut answers = Vec::new();
    for _ in 0..13 {
        let report = stack.say(PEOPLE[0], "stock ABC123").await;
        let delivery = &report.deliveries[0];
        assert_eq!(delivery.status, Some(200));
        assert!(delivery.flags.is_empty(), "{:?}", delivery.flags);
        answers.push(delivery.messages.clone());
    }
    for (number, answer) in answers.iter().enumerate() {
        match number {
            0..10 => assert_eq!(
                answer.as_slice(),
                ["✅ Message received. Processing your request..."]
            ),
            10 => {
                assert_eq!(answer.len(), 1);
                assert!(answer[0].contains("Please wait a minute"), "{answer:?}");
            }
            _ => assert!(answer.is_empty(), "message {number}: {answer:?}"),
        }
    }
    // Another sender is not concerned.
    stack.ask(PEOPLE[1], "stock ABC123").await;

    stack.replies_reach(11, ANSWER).await;
    stack.queues().drained(ANSWER).await;
    let limited = stack
        .metric(Service::Ingress(0), "wharf_rate_limited_total", &[])
        .await;
    assert_eq!(limited, 3.0);
    assert_eq!(stack.rows().count("whatsapp_conversations").await, 11);
    assert_eq!(stack.replies().await, 11);
    let lines = stack
        .sim()
        .transcript(Some(PEOPLE[0]), 0, ANSWER)
        .await
        .unwrap();
    let told = lines.iter().filter(|line| line.kind == Kind::TwimlReply);
    assert_eq!(told.count(), 11, "ten acknowledgements and one polite word");
    stack.finish().await;
}
