//! From a stranger to a report, by a BSUID alone; and a picture that is kept.

use chrono::{TimeDelta, Utc};
use twilio_sim::{
    Inbound, InboundMedia,
    hosted::{FileFault, HostedFile},
};
use wharf_domain::{
    clock::{Clock as _, SystemClock},
    pairing::PairingCode,
};
use wharf_e2e::stack::{ANSWER, Stack};
use wharf_store::{
    DatabaseConfig, Store, StoreError, demo,
    pairing::{self, Invitation},
};
use wharf_testkit::poll;

use crate::{PEOPLE, stack};

const BSUID: &str = "US.13491208655302741918";

/// What `wharfctl invite` does.
async fn invite(stack: &Stack) -> PairingCode {
    let store = Store::connect(&DatabaseConfig::new(stack.rows().url().to_owned())).unwrap();
    let now: chrono::DateTime<Utc> = SystemClock.now();
    let mut numbers = 77_777_777_777..;
    let code = PairingCode::draw(|| numbers.next().unwrap());
    let invitation = Invitation {
        company: demo::company_id(),
        name: "Ana Ruiz",
        role: "planner",
        locations: &[],
        persona: None,
        locale: None,
        email: None,
        code,
        expires_at: now + TimeDelta::days(7),
    };
    let made = store.in_company::<_, StoreError, _>(demo::company_id(), async |conn| {
        pairing::invite(conn, &invitation, now).await
    });
    made.await.unwrap();
    store.close();
    code
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bsuid_alone_goes_from_the_first_message_to_the_report() {
    let stack = stack().history().unlimited().start().await;
    let code = invite(&stack).await;
    let hello = stack.ask(BSUID, "hello").await.reply.text;
    assert!(hello.contains("pairing code"), "{hello}");
    let wrong = stack.ask(BSUID, "A2B3-C4D5").await.reply.text;
    assert!(wrong.contains("don't know that pairing code"), "{wrong}");
    let words = format!("here it is: {}", code.to_string().to_lowercase());
    let welcome = stack.ask(BSUID, &words).await.reply.text;
    assert!(welcome.contains("Welcome, Ana Ruiz"), "{welcome}");
    assert!(welcome.contains("reorder 50 ABC123"), "{welcome}");
    let stock = stack.ask(BSUID, "stock ABC123").await.reply.text;
    assert!(stock.contains("(ABC123)"), "{stock}");
    let after = stack.say(BSUID, "sales report for last month").await.seq;
    let report = stack.reply_after(BSUID, after).await;
    assert!(report.text.contains("/media/"), "{}", report.text);
    assert_eq!(report.contact, BSUID);
    let sent = stack.say(BSUID, "STOP").await;
    assert!(sent.deliveries[0].messages.is_empty(), "no acknowledgement");
    let stopped = stack.reply_after(BSUID, sent.seq).await.text;
    assert!(stopped.contains("START"), "{stopped}");
    let used = stack
        .ask("+15557654321", &code.to_string())
        .await
        .reply
        .text;
    assert!(used.contains("used already"), "{used}");
    assert_eq!(stack.rows().count("opt_outs WHERE opted_out").await, 1);
    stack.queues().drained(ANSWER).await;
    stack.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_picture_is_answered_and_kept() {
    let stack = stack().start().await;
    let file = HostedFile {
        content_type: "image/jpeg".to_owned(),
        begins: b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01".to_vec(),
        size: 120_000,
        fault: FileFault::None,
    };
    let url = stack.sim().host(&file).await.unwrap();
    let picture = Inbound {
        media: vec![InboundMedia {
            url,
            content_type: file.content_type.clone(),
        }],
        ..Inbound::text(PEOPLE[5], "")
    };
    let sent = stack.sim().send(&picture).await.unwrap();
    let reply = stack.reply_after(PEOPLE[5], sent.seq).await.text;
    assert!(reply.contains("I got the picture"), "{reply}");
    poll::until(ANSWER, "a picture that is kept", async || {
        let kept = "inbound_media WHERE state = 'kept' AND size_bytes = 120000
                    AND content_type = 'image/jpeg' AND profile_id IS NOT NULL";
        stack.rows().count(kept).await == 1
    })
    .await;
    let asked = stack.sim().file_requests().await.unwrap();
    assert_eq!((asked.authorized, asked.refused), (1, 0));
    stack.finish().await;
}
