//! SIGTERM and SIGKILL in the middle of the work: nothing that was accepted is lost.

use std::time::{Duration, Instant};

use twilio_sim::faults::Fault;
use wharf_e2e::{
    process::Signal,
    stack::{ANSWER, Service, Stack, WORKERS},
};
use wharf_testkit::poll;

use crate::{PEOPLE, stack};

/// How long a backlog may take, restarts included.
const BACKLOG: Duration = Duration::from_secs(90);

/// Each person writes `each` messages, one after the other; all persons at once. Returns how many
/// were accepted, which is all.
async fn burst(stack: &Stack, each: usize) -> usize {
    let people = PEOPLE.map(|phone| async move {
        for _ in 0..each {
            let report = stack.say(phone, "stock WID-1001").await;
            assert_eq!(report.deliveries[0].status, Some(200));
        }
    });
    futures_util::future::join_all(people).await;
    each * PEOPLE.len()
}

/// Sends a burst, and the signal to a worker that has just begun to settle some of it.
async fn burst_and(stack: &Stack, signal: Signal, worker: Service) -> usize {
    let settled = async || {
        let labels = [("outcome", "done")];
        let name = "wharf_messages_settled_total";
        stack.metric(worker, name, &labels).await
    };
    let before = settled().await;
    let in_the_middle = async {
        poll::until(ANSWER, "a worker at work", async || {
            settled().await > before
        })
        .await;
        stack.signal(worker, signal).await;
    };
    tokio::join!(burst(stack, 8), in_the_middle).0
}

/// The messages of each conversation took effect in the order in which ingress took them. Only for
/// messages that were sent one after the other: between two at once there is no order.
async fn in_order(stack: &Stack) {
    let overtaken = "(SELECT received_at < lag(received_at)
        OVER (PARTITION BY conversation_key ORDER BY seq) AS late
        FROM whatsapp_conversations) AS ordered WHERE late";
    assert_eq!(stack.rows().count(overtaken).await, 0);
}

/// Every message has one row, one completed execution and one part at Twilio.
async fn all_done_once(stack: &Stack, accepted: usize) {
    let accepted = i64::try_from(accepted).unwrap();
    for rows in [
        "whatsapp_conversations",
        "agent_execution_queue",
        "agent_execution_queue WHERE status = 'completed'",
        "outbound_messages WHERE message_sid IS NOT NULL",
        "(SELECT DISTINCT message_sid FROM outbound_messages) AS sids",
        "whatsapp_conversations WHERE response_sent",
    ] {
        assert_eq!(stack.rows().count(rows).await, accepted, "{rows}");
    }
}

/// A few at a time, so that there is a middle of the work to stop in.
fn slow_workers() -> wharf_e2e::stack::StackBuilder {
    stack().unlimited().set("WHARF__WORKER__CONCURRENCY", "2")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sigterm_in_the_middle_of_the_work_loses_and_doubles_nothing() {
    let mut stack = slow_workers().start().await;
    let mut accepted = 0;
    for worker in WORKERS {
        accepted += burst_and(&stack, Signal::Terminate, worker).await;
        let status = stack.ended(worker).await;
        assert_eq!(status.code(), Some(0), "{worker:?}");
        // The others go on meanwhile.
        accepted += burst(&stack, 1).await;
        stack.start(worker).await;
    }
    stack.replies_reach(accepted, BACKLOG).await;
    stack.queues().drained(ANSWER).await;
    all_done_once(&stack, accepted).await;
    in_order(&stack).await;
    assert_eq!(stack.replies().await, accepted, "one reply each");
    stack.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sigterm_of_ingress_answers_what_it_has_taken() {
    let mut stack = stack().unlimited().start().await;
    let sent: Vec<_> = PEOPLE
        .iter()
        .flat_map(|phone| (0..8).map(|_| stack.say(phone, "stock ABC123")))
        .collect();
    let (reports, ()) = tokio::join!(
        futures_util::future::join_all(sent),
        stack.signal(Service::Ingress(0), Signal::Terminate),
    );
    let accepted = reports
        .iter()
        .filter(|report| report.deliveries[0].status == Some(200))
        .count();
    let status = stack.ended(Service::Ingress(0)).await;
    assert_eq!(status.code(), Some(0));
    for report in &reports {
        let status = report.deliveries[0].status;
        assert!(
            matches!(status, None | Some(200)),
            "taken or not: {status:?}"
        );
    }
    stack.replies_reach(accepted, BACKLOG).await;
    stack.queues().drained(ANSWER).await;
    all_done_once(&stack, accepted).await;
    stack.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_worker_costs_nothing_but_time() {
    let mut stack = slow_workers().start().await;
    let mut accepted = 0;
    for worker in WORKERS {
        accepted += burst_and(&stack, Signal::Kill, worker).await;
        stack.ended(worker).await;
        stack.start(worker).await;
    }
    stack.replies_reach(accepted, BACKLOG).await;
    stack.queues().drained(ANSWER).await;
    all_done_once(&stack, accepted).await;
    in_order(&stack).await;
    // Doubts of before the kill are none: nothing had gone wrong at Twilio.
    let doubles = stack
        .metric(Service::Responder, "wharf_possible_duplicates_total", &[])
        .await;
    let replies = stack.replies().await;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a count of a few"
    )]
    let most = accepted + doubles as usize;
    assert!(
        (accepted..=most).contains(&replies),
        "{replies} replies to {accepted} messages, {doubles} possible duplicates"
    );
    stack.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_signal_ends_at_once_and_the_message_comes_again() {
    let mut stack = stack()
        .set("WHARF__TWILIO__TIMEOUT_MS", "25000")
        .start()
        .await;
    // Twilio hangs: the responder cannot finish what it has.
    stack.sim().fault(Fault::Hang, 1).await.unwrap();
    stack.say(PEOPLE[0], "stock ABC123").await;
    poll::until(ANSWER, "a part on its way to Twilio", async || {
        let sending = "outbound_messages WHERE status = 'sending'";
        stack.rows().count(sending).await == 1
    })
    .await;
    stack.signal(Service::Responder, Signal::Terminate).await;
    stack.unready(Service::Responder).await;
    let began = Instant::now();
    stack.signal(Service::Responder, Signal::Terminate).await;
    let status = stack.ended(Service::Responder).await;
    assert_eq!(status.code(), Some(1), "not a clean end");
    assert!(
        began.elapsed() < Duration::from_secs(5),
        "{:?}",
        began.elapsed()
    );

    stack.start(Service::Responder).await;
    stack.replies_reach(1, ANSWER).await;
    stack.queues().drained(ANSWER).await;
    assert_eq!(stack.replies().await, 1);
    all_done_once(&stack, 1).await;
    stack.finish().await;
}
