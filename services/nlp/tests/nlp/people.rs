//! Who may write and be written to: pairing codes, strangers, STOP and START.

use chrono::TimeDelta;
use serde_json::json;
use wharf_broker::Queue;
use wharf_domain::{
    contracts::{
        Envelope, InboundMessage, ReplyContent, ReplyRequest,
        answers::{NearPlace, Nearby, WhyNotPaired, Wordless},
    },
    intent::IntentType,
    pairing::PairingCode,
    priority::Priority,
};
use wharf_pipeline::{Outcome, Publication};
use wharf_store::{
    StoreError, demo,
    pairing::{self, Invitation},
};

use crate::support::{NAVIGATOR, STRANGER, TestNlp, message, received_at, text};

const BSUID: &str = "US.13491208655302741918";

impl TestNlp {
    async fn invite(&self, role: &str) -> PairingCode {
        let mut numbers = 987_654_321_987..;
        let code = PairingCode::draw(|| numbers.next().unwrap());
        let invitation = Invitation {
            company: demo::company_id(),
            name: "Ana Ruiz",
            role,
            locations: &[],
            persona: None,
            locale: None,
            email: None,
            code,
            expires_at: received_at() + TimeDelta::days(7),
        };
        let made = self.store.transaction::<_, StoreError, _>(async |conn| {
            pairing::invite(conn, &invitation, received_at()).await
        });
        made.await.unwrap();
        code
    }

    /// What a message was answered with; `None`: nothing.
    async fn answer(&self, question: &Envelope<InboundMessage>) -> Option<ReplyContent> {
        self.send(question).await;
        self.outcome(question).await
    }

    async fn outcome(&self, question: &Envelope<InboundMessage>) -> Option<ReplyContent> {
        let row = self.wait_row(question).await;
        let decided = Outcome::stored(&row.outcome.unwrap()).unwrap();
        let reply = decided.publish.into_iter().next()?;
        match reply {
            Publication::Reply(reply) => Some(reply.body.content),
            other => panic!("{other:?}"),
        }
    }
}

fn later(mut message: Envelope<InboundMessage>, hours: i64) -> Envelope<InboundMessage> {
    message.body.received_at = received_at() + TimeDelta::hours(hours);
    message
}

const fn refused(why: WhyNotPaired) -> Option<ReplyContent> {
    Some(ReplyContent::PairingRefused(why))
}

#[tokio::test]
async fn a_bsuid_alone_is_paired_by_its_code_and_then_answered() {
    let nlp = TestNlp::start().await;
    let code = nlp.invite("floor_lead").await;
    let hello = text(1, BSUID, "hello");
    assert_eq!(nlp.answer(&hello).await, Some(ReplyContent::UnknownSender));
    let words = format!("Hi, I have {} here", code.to_string().to_lowercase());
    let paired = nlp.answer(&text(2, BSUID, &words)).await;
    let Some(ReplyContent::Paired(paired)) = paired else {
        panic!("{paired:?}");
    };
    assert_eq!(
        (paired.name.as_str(), paired.role.as_str()),
        ("Ana Ruiz", "floor_lead")
    );
    assert_eq!(paired.company, "Alder & Reed Supply");
    assert!(paired.may.contains(&IntentType::UpdateStock));
    assert!(!paired.may.contains(&IntentType::ReorderStock));
    let audited = "audit_log WHERE detail->>'event' = 'paired' AND profile_id IS NOT NULL AND execution_id IS NOT NULL";
    assert_eq!(nlp.db.rows(audited).await, 1);

    let asked = text(3, BSUID, "help");
    assert!(matches!(
        nlp.answer(&asked).await,
        Some(ReplyContent::Help(_))
    ));
    // The code again is a text like any for a person, and used for a stranger.
    let again = text(4, STRANGER, &code.to_string());
    assert_eq!(nlp.answer(&again).await, refused(WhyNotPaired::Used));
    // The message that paired comes again: the stored answer, not a second pairing.
    nlp.send(&text(2, BSUID, &words)).await;
    nlp.wait(Queue::Reply(Priority::Normal), 5).await;
    assert_eq!(nlp.db.rows(audited).await, 1);
}

#[tokio::test]
async fn a_stranger_is_told_once_a_day_and_guesses_no_code() {
    let nlp = TestNlp::start().await;
    let code = nlp.invite("viewer").await;
    let told = Some(ReplyContent::UnknownSender);
    assert_eq!(nlp.answer(&text(1, STRANGER, "stock WID-1001")).await, told);
    assert_eq!(nlp.answer(&text(2, STRANGER, "hello?")).await, None);
    assert_eq!(nlp.answer(&text(3, STRANGER, "start")).await, None);
    for number in 4..8 {
        let guess = text(number, STRANGER, &format!("A2B3-C4D{number}"));
        assert_eq!(nlp.answer(&guess).await, refused(WhyNotPaired::Unknown));
    }
    let last = nlp.answer(&text(8, STRANGER, "A2B3-C4D9")).await;
    assert_eq!(last, refused(WhyNotPaired::TooMany { minutes: 60 }));
    assert_eq!(
        nlp.answer(&text(9, STRANGER, &code.to_string())).await,
        None
    );
    assert_eq!(
        nlp.db
            .rows("unknown_senders WHERE messages = 9 AND guesses = 5")
            .await,
        1
    );
    // The next day.
    let next = later(text(10, STRANGER, "hello?"), 24);
    assert_eq!(nlp.answer(&next).await, told);
    let late = later(text(11, STRANGER, &code.to_string()), 24 * 7);
    assert_eq!(nlp.answer(&late).await, refused(WhyNotPaired::Expired));
    assert_eq!(nlp.db.rows("agent_execution_queue").await, 0);
}

#[tokio::test]
async fn stop_alone_opts_out_and_start_in_again() {
    let nlp = TestNlp::start().await;
    let out = "opt_outs WHERE opted_out";
    // Something waits for a yes: STOP is no answer to it, and ends it.
    nlp.send(&text(1, NAVIGATOR, "stop the report generator"))
        .await;
    nlp.wait_row(&text(1, NAVIGATOR, "")).await;
    assert_eq!(nlp.db.rows(out).await, 0, "more than the word");
    let asked = text(2, NAVIGATOR, "check inventory");
    assert!(matches!(
        nlp.answer(&asked).await,
        Some(ReplyContent::MissingEntity { .. })
    ));
    let stop = nlp.answer(&text(3, NAVIGATOR, "Stop.")).await;
    assert_eq!(stop, Some(ReplyContent::OptedOut));
    assert_eq!(nlp.db.rows(out).await, 1);
    assert_eq!(nlp.db.rows("dialogues").await, 0);
    // Who asks is still answered.
    assert!(matches!(
        nlp.answer(&text(4, NAVIGATOR, "help")).await,
        Some(ReplyContent::Help(_))
    ));
    let start = nlp.answer(&text(5, NAVIGATOR, "START")).await;
    assert_eq!(start, Some(ReplyContent::OptedIn));
    assert_eq!(nlp.db.rows(out).await, 0);
    // What Twilio recognised it has answered.
    let twilio = message(6, NAVIGATOR, json!({"body": "stop", "opt_out": "STOP"}));
    assert_eq!(nlp.answer(&twilio).await, None);
    assert_eq!(
        nlp.db
            .rows("opt_outs WHERE opted_out AND source = 'twilio'")
            .await,
        1
    );
    let help = message(7, NAVIGATOR, json!({"body": "help", "opt_out": "HELP"}));
    assert_eq!(nlp.answer(&help).await, None);
    let start = message(8, NAVIGATOR, json!({"body": "start", "opt_out": "START"}));
    assert_eq!(nlp.answer(&start).await, None);
    assert_eq!(nlp.db.rows(out).await, 0);
    assert_eq!(
        nlp.db
            .rows("audit_log WHERE detail->>'event' LIKE 'opted_%'")
            .await,
        4
    );
}

#[tokio::test]
async fn a_stranger_who_said_stop_gets_one_word_and_then_none() {
    let nlp = TestNlp::start().await;
    assert_eq!(
        nlp.answer(&text(1, STRANGER, "STOP")).await,
        Some(ReplyContent::OptedOut)
    );
    assert_eq!(nlp.answer(&text(2, STRANGER, "STOP")).await, None);
    assert_eq!(nlp.answer(&text(3, STRANGER, "hello")).await, None);
    assert_eq!(
        nlp.answer(&text(4, STRANGER, "start")).await,
        Some(ReplyContent::OptedIn)
    );
    assert_eq!(
        nlp.answer(&text(5, STRANGER, "hello")).await,
        Some(ReplyContent::UnknownSender)
    );
}

#[tokio::test]
async fn what_is_no_text_is_answered_as_what_it_is() {
    let nlp = TestNlp::start().await;
    let file = |kind: &str| json!([{"url": "https://api.twilio.com/1", "content_type": kind}]);
    let kinds = [
        ("image", "image/jpeg", Wordless::Picture),
        ("sticker", "image/webp", Wordless::Sticker),
        ("audio", "audio/ogg", Wordless::Voice),
        ("video", "video/mp4", Wordless::Video),
        ("contacts", "text/vcard", Wordless::ContactCard),
        ("document", "application/pdf", Wordless::Document),
    ];
    for (number, (word, content_type, kind)) in (1..).zip(kinds) {
        let fields = json!({"message_type": word, "media": file(content_type)});
        let answer = nlp.answer(&message(number, NAVIGATOR, fields)).await;
        assert_eq!(answer, Some(ReplyContent::NotRead { kind }), "{word}");
    }
    // A caption is read.
    let fields = json!({"body": "help", "message_type": "image", "media": file("image/png")});
    assert!(matches!(
        nlp.answer(&message(7, NAVIGATOR, fields)).await,
        Some(ReplyContent::Help(_))
    ));
    // A stranger's file is not fetched.
    let fields = json!({"message_type": "image", "media": file("image/png")});
    assert_eq!(
        nlp.answer(&message(8, STRANGER, fields)).await,
        Some(ReplyContent::UnknownSender)
    );
    assert_eq!(
        nlp.db
            .rows("inbound_media WHERE state = 'waiting' AND profile_id IS NOT NULL")
            .await,
        7
    );
    assert_eq!(nlp.db.rows("inbound_media").await, 7);
}

#[tokio::test]
async fn a_place_leads_to_the_nearest_of_the_company() {
    let nlp = TestNlp::start().await;
    let here = json!({"location": {"latitude": 51.95, "longitude": 4.48}});
    let answer = nlp.answer(&message(1, NAVIGATOR, here.clone())).await;
    let Some(ReplyContent::NearestLocation(Nearby {
        nearest: Some(place),
        known: 3,
        places: 3,
    })) = answer
    else {
        panic!("{answer:?}");
    };
    let NearPlace { name, km } = place;
    assert_eq!(name, "Rotterdam");
    assert!((2.0..4.0).contains(&km), "{km}");
    // A person who is bound to another place is not told of it; and what is not known is said.
    nlp.db
        .run_sql(
            "UPDATE locations SET latitude = NULL, longitude = NULL WHERE name = 'Toronto';
             INSERT INTO profile_locations (company_id, profile_id, location_id)
               SELECT p.company_id, p.id, l.id FROM profiles p JOIN locations l ON l.name = 'Toronto'
               WHERE p.display_name = 'Nadia Petrov'",
        )
        .await;
    let answer = nlp.answer(&message(2, NAVIGATOR, here)).await;
    let nobody = Nearby {
        nearest: None,
        known: 0,
        places: 1,
    };
    assert_eq!(answer, Some(ReplyContent::NearestLocation(nobody)));
}

#[tokio::test]
async fn a_reaction_to_a_message_that_nobody_knows_does_no_harm() {
    let nlp = TestNlp::start().await;
    let quoted = json!({"message_sid": "SM00000000000000000000000000000009"});
    for (number, body) in (1..).zip(["👍", "👎", "❤️", "", "🦄🦄"]) {
        for (offset, quoted) in [(0, json!(null)), (10, quoted.clone())] {
            for (more, from) in [(0, NAVIGATOR), (100, STRANGER)] {
                let fields = json!({"body": body, "message_type": "reaction", "quoted": quoted});
                let reaction = message(number + offset + more, from, fields);
                assert_eq!(nlp.answer(&reaction).await, None, "{body}");
            }
        }
    }
    nlp.wait_settled("done", 20).await;
    let replies = nlp
        .read::<ReplyRequest>(Queue::Reply(Priority::Normal), 0)
        .await;
    assert!(replies.is_empty());
}
