//! The broker or the database goes away and comes back. Each test has a server of its own, which it
//! really stops.

use std::collections::HashSet;

use twilio_sim::{Inbound, InboundReport, Kind};
use wharf_broker::Queue;
use wharf_e2e::stack::{ANSWER, Service, Stack, WORKERS};

use crate::{PEOPLE, stack};

const EDGE: Service = Service::Ingress(0);

fn status(report: &InboundReport) -> Option<u16> {
    report.deliveries[0].status
}

/// Every person has exactly so many replies, each a message of its own at Twilio.
async fn each_has(stack: &Stack, replies: usize) {
    for phone in PEOPLE {
        let lines = stack
            .sim()
            .transcript(Some(phone), 0, ANSWER)
            .await
            .unwrap();
        let sids: HashSet<_> = lines
            .iter()
            .filter(|line| line.kind == Kind::Outbound)
            .map(|line| line.message_sid.clone())
            .collect();
        assert_eq!(sids.len(), replies, "{phone}: {lines:#?}");
    }
    let total = i64::try_from(replies * PEOPLE.len()).unwrap();
    for rows in [
        "whatsapp_conversations",
        "agent_execution_queue WHERE status = 'completed'",
        "outbound_messages WHERE message_sid IS NOT NULL",
    ] {
        assert_eq!(stack.rows().count(rows).await, total, "{rows}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_broker_nothing_is_promised_and_what_was_promised_is_kept() {
    let mut stack = stack().own_broker().start().await;
    stack.ask(PEOPLE[0], "stock ABC123").await;

    // Accepted, and waiting in a queue when the broker stops.
    stack.stop(Service::Nlp).await;
    for phone in PEOPLE {
        let report = stack.say(phone, "stock WID-1001").await;
        assert_eq!(status(&report), Some(200));
    }
    let waiting = [Queue::Nlp(0), Queue::Nlp(1)].map(|queue| stack.queues().ready(queue));
    let waiting: u32 = futures_util::future::join_all(waiting)
        .await
        .into_iter()
        .sum();
    assert_eq!(waiting, 6, "they wait for nlp");

    stack.own_broker().stop().await;
    stack.unready(EDGE).await;
    for worker in [Service::AgentExecutor, Service::Responder] {
        stack.unready(worker).await;
    }
    let refused = stack.say(PEOPLE[0], "stock ABC124").await;
    let delivery = &refused.deliveries[0];
    assert_eq!(delivery.status, Some(503), "{delivery:?}");
    // The publish timeout of 1.5 s and what a busy machine adds.
    assert!(delivery.elapsed_ms < 4_000, "{} ms", delivery.elapsed_ms);
    let answer: serde_json::Value = serde_json::from_str(&delivery.body).unwrap();
    assert_eq!(answer["success"], serde_json::json!(false));
    let alive = stack.http().get(stack.ingress_url(0) + "/healthz").send();
    assert!(alive.await.unwrap().status().is_success());

    stack.own_broker().start().await;
    for service in [EDGE, Service::AgentExecutor, Service::Responder] {
        stack.ready(service).await;
    }
    stack.start(Service::Nlp).await;
    stack.replies_reach(7, ANSWER).await;

    // What was refused may come again, under the same sid, and is then a first one.
    let again = Inbound {
        message_sid: Some(refused.message_sid),
        ..Inbound::text(PEOPLE[0], "stock ABC124")
    };
    let report = stack.sim().send(&again).await.unwrap();
    assert_eq!(status(&report), Some(200));
    stack.reply_after(PEOPLE[0], report.seq).await;
    for phone in &PEOPLE[1..] {
        for text in ["stock ABC123", "stock ABC124"] {
            stack.ask(phone, text).await;
        }
    }
    stack.queues().drained(ANSWER).await;
    each_has(&stack, 3).await;
    stack.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_broker_crashes_in_the_middle_of_the_work() {
    let mut stack = stack().own_broker().unlimited().start().await;
    let mut accepted = 0;
    for _ in 0..4 {
        for phone in PEOPLE {
            let report = stack.say(phone, "stock ABC123").await;
            assert_eq!(status(&report), Some(200));
            accepted += 1;
        }
    }
    stack.own_broker().kill().await;
    stack.own_broker().start().await;
    for service in [EDGE].into_iter().chain(WORKERS) {
        stack.ready(service).await;
    }
    stack.replies_reach(accepted, ANSWER).await;
    stack.queues().drained(ANSWER).await;
    each_has(&stack, 4).await;
    stack.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_database_messages_wait() {
    let mut stack = stack().own_database().unlimited().start().await;
    // Some of these are half-way when the database goes.
    for _ in 0..3 {
        for phone in PEOPLE {
            assert_eq!(status(&stack.say(phone, "stock WID-1001").await), Some(200));
        }
    }
    stack.own_database().stop().await;
    for worker in WORKERS {
        stack.unready(worker).await;
    }
    let (ready, report) = stack.readiness(EDGE).await.unwrap();
    assert!(ready, "ingress needs no database: {report}");
    let before = stack.replies().await;
    for phone in PEOPLE {
        let report = stack.say(phone, "stock ABC123").await;
        assert_eq!(status(&report), Some(200));
        assert_eq!(report.deliveries[0].messages.len(), 1, "acknowledged");
    }
    assert_eq!(
        stack.replies().await,
        before,
        "nobody is answered without rows"
    );

    stack.own_database().start().await;
    for worker in WORKERS {
        stack.ready(worker).await;
    }
    stack.replies_reach(24, ANSWER).await;
    stack.queues().drained(ANSWER).await;
    each_has(&stack, 4).await;
    let doubles = stack
        .metric(Service::Responder, "wharf_possible_duplicates_total", &[])
        .await;
    assert_eq!(doubles, 0.0);
    stack.finish().await;
}
