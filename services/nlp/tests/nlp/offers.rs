//! LEARN, SHARE and SCHEDULE from the message to the rows and replies.

use chrono::TimeDelta;
use serde_json::{Value, json};
use wharf_domain::{
    agent::AgentType,
    clock::{Clock, SystemClock},
    contracts::{
        Envelope, ExecutionContext, InboundMessage, ReplyContent, ReplyRequest, ReplyTo, Step,
        answers::{ScheduleChange, ScheduleRefused, ShareRefused, Way},
    },
    entities::{Entities, EntityName},
    ids::{ExecutionId, named},
    intent::IntentType,
    lessons::Lesson,
    priority::Priority,
};
use wharf_pipeline::{Outcome, Publication};
use wharf_store::{
    demo,
    executions::{self, Begin, NewExecution},
};

use crate::support::{NAVIGATOR, TestNlp, message};

/// A chat with one person, whose messages are written now.
struct Chat {
    nlp: TestNlp,
    number: u32,
}

impl Chat {
    async fn start(changes: &[(&str, &str)]) -> Self {
        Self {
            nlp: TestNlp::start_with(changes).await,
            number: 0,
        }
    }

    async fn say(&mut self, from: &str, body: &str) -> Vec<Publication> {
        self.number += 1;
        let fields = json!({"body": body, "received_at": SystemClock.now()});
        let message: Envelope<InboundMessage> = message(self.number, from, fields);
        self.nlp.send(&message).await;
        let row = self.nlp.wait_row(&message).await;
        let decided = Outcome::stored(&row.outcome.unwrap()).unwrap();
        decided.publish
    }

    /// All replies that the message leads to, the sender's last.
    async fn answers(&mut self, body: &str) -> Vec<ReplyRequest> {
        let decided = self.say(NAVIGATOR, body).await;
        let replies = decided.into_iter().map(|message| match message {
            Publication::Reply(reply) => reply.body,
            other => panic!("{body}: {other:?}"),
        });
        replies.collect()
    }

    async fn answer(&mut self, body: &str) -> ReplyContent {
        let mut replies = self.answers(body).await;
        assert_eq!(replies.len(), 1, "{body}: {replies:?}");
        replies.remove(0).content
    }

    /// An answer of an agent that the conversation was shown.
    async fn shown(&self, name: &str, intent: IntentType, answer: Value, entities: Entities) {
        let mut conn = self.nlp.store.conn().await.unwrap();
        let (company, now) = (demo::company_id(), SystemClock.now());
        let id = ExecutionId(named(name));
        let key = message(1, NAVIGATOR, json!({})).body.conversation_key();
        let contact = named(&format!("demo:contact:{NAVIGATOR}")).into();
        let context = ExecutionContext {
            source: "whatsapp".to_owned(),
            entities,
            persona: None,
            received_at: now,
            step: Step::Ask,
            schedule: None,
            offer: None,
        };
        let new = NewExecution {
            id,
            company_id: company,
            agent_id: None,
            contact_id: Some(contact),
            profile_id: Some(named(&format!("demo:profile:{NAVIGATOR}")).into()),
            conversation_key: key.clone(),
            intent,
            agent: AgentType::InventoryMonitor,
            priority: Priority::Normal,
            context: serde_json::to_value(context).unwrap(),
            created_at: now,
        };
        executions::enqueue(&mut conn, &new).await.unwrap();
        let lease = TimeDelta::minutes(1);
        let begun = executions::begin(&mut conn, company, id, "test", now, lease).await;
        let Begin::Started(row) = begun.unwrap() else {
            panic!("not begun");
        };
        let to = ReplyTo {
            company_id: company,
            contact_id: contact,
            conversation_key: key,
            priority: Priority::Normal,
            received_at: now,
        };
        let content = serde_json::from_value(answer).unwrap();
        let reply = ReplyRequest::to_execution(id, to, content, now);
        let outcome = Outcome::publish(vec![Publication::Reply(Box::new(reply))]);
        let result = serde_json::to_value(&outcome.publish[0]).unwrap();
        let outcome = outcome.to_row().unwrap();
        let done = executions::complete(&mut conn, &row, &result, &outcome, now).await;
        assert!(done.unwrap());
    }
}

fn stock() -> Value {
    json!({"template": "inventory_check_result", "data": {
        "sku": "WID-1001", "name": "Blue widget", "unit": "box", "quantity": 96,
        "location": "Main", "reorder_point": 121, "reorder_point_computed": true,
        "lead_time_days": 7, "last_reorder": null, "daily_demand": 14.2, "safety_stock": 21,
        "on_order": 0, "suggested_order": null, "coverage_days": 6, "last_updated": null,
        "entities": [], "locations": [], "as_of": "2026-11-20T15:00:00Z", "query_time_ms": 3,
    }})
}

fn widget() -> Entities {
    Entities::from_iter([(EntityName::Sku, "WID-1001".to_owned())])
}

#[tokio::test]
async fn a_lesson_has_the_numbers_that_were_shown_and_progress_is_kept() {
    let mut chat = Chat::start(&[]).await;
    let ReplyContent::LessonList(list) = chat.answer("LEARN").await else {
        panic!("nothing was shown: the list");
    };
    assert_eq!((list.lessons.len(), list.read), (Lesson::ALL.len(), 0));
    // A number of the list.
    let ReplyContent::Lesson(told) = chat.answer("16").await else {
        panic!("a lesson");
    };
    assert_eq!((told.lesson, told.yours), (Lesson::OverStock, None));
    chat.shown("stock", IntentType::CheckInventory, stock(), widget())
        .await;
    let ReplyContent::Lesson(told) = chat.answer("learn").await else {
        panic!("a lesson");
    };
    assert_eq!(
        (told.lesson, told.read, told.times),
        (Lesson::ReorderPoint, 2, 1)
    );
    assert_eq!(told.next, Some(Lesson::SafetyStock));
    let yours = told.yours.unwrap();
    assert_eq!(yours.subject, "WID-1001");
    assert_eq!(yours.figures["reorder_point"], 121.0);
    // The next figure of the same answer.
    let ReplyContent::Lesson(told) = chat.answer("LEARN").await else {
        panic!("a lesson");
    };
    assert_eq!((told.lesson, told.read), (Lesson::SafetyStock, 3));
    let ReplyContent::Lesson(told) = chat.answer("learn reorder point").await else {
        panic!("a lesson");
    };
    assert_eq!((told.times, told.read), (2, 3));
    let ReplyContent::LessonList(list) = chat.answer("lessons").await else {
        panic!("the list");
    };
    assert_eq!(list.read, 3);
    assert_eq!(chat.nlp.db.rows("lessons_read").await, 3);
}

#[tokio::test]
async fn an_answer_goes_to_those_who_may_see_it_by_the_way_that_is_open() {
    let mut chat = Chat::start(&[]).await;
    let refused = chat.answer("share").await;
    assert_eq!(
        refused,
        ReplyContent::ShareRefused(ShareRefused::NothingShown)
    );
    chat.shown("stock", IntentType::CheckInventory, stock(), widget())
        .await;
    // Two have written; one sees one place only, one may not ask for stock, the others have mail.
    for from in ["+15550100001", "+15550100003"] {
        chat.say(from, "help").await;
    }
    let (noor, hana) = (
        named("demo:profile:+15550100006"),
        named("demo:profile:+15550100003"),
    );
    chat.nlp
        .db
        .run_sql(&format!(
            "INSERT INTO role_permissions (company_id, role, intent_type, allowed)
               VALUES ('{company}', 'viewer', 'check_inventory', false);
             INSERT INTO profile_locations (company_id, profile_id, location_id)
               SELECT company_id, '{hana}', id FROM locations WHERE company_id = '{company}' LIMIT 1;
             UPDATE profiles SET email = NULL WHERE id = '{priya}'",
            company = demo::company_id(),
            priya = named("demo:profile:+15550100005"),
        ))
        .await;
    let replies = chat.answers("SHARE with the team").await;
    let [to_sam, receipt] = replies.as_slice() else {
        panic!("{replies:?}");
    };
    assert_eq!(to_sam.contact_id.0, named("demo:contact:+15550100001"));
    let ReplyContent::Shared(shared) = &to_sam.content else {
        panic!("{:?}", to_sam.content);
    };
    assert_eq!(shared.by, "Nadia Petrov");
    assert_eq!(shared.content.template(), "inventory_check_result");
    let ReplyContent::ShareReceipt(receipt) = &receipt.content else {
        panic!("{receipt:?}");
    };
    let way = |id| {
        let found = receipt.people.iter().find(|one| one.profile_id.0 == id);
        found.unwrap().way
    };
    assert_eq!(receipt.people.len(), 5);
    assert_eq!(way(named("demo:profile:+15550100001")), Way::Whatsapp);
    assert_eq!(way(hana), Way::OtherPlaces);
    assert_eq!(way(noor), Way::NotAllowed);
    assert_eq!(way(named("demo:profile:+15550100005")), Way::Unreachable);
    assert_eq!(way(named("demo:profile:+15550100004")), Way::Mail);
    let audited = "audit_log WHERE action = 'done' AND detail ? 'share'";
    assert_eq!(chat.nlp.db.rows(audited).await, 1);
    // One by name.
    let replies = chat.answers("share it with Sam").await;
    assert_eq!(replies.len(), 2);
    assert!(replies[0].proactive, "responder asks again before it sends");
    // Who said STOP is not written to.
    chat.say("+15550100001", "STOP").await;
    chat.nlp
        .db
        .run_sql("UPDATE profiles SET email = NULL WHERE display_name = 'Sam Okafor'")
        .await;
    let replies = chat.answers("share it with Sam").await;
    let [receipt] = replies.as_slice() else {
        panic!("{replies:?}");
    };
    let ReplyContent::ShareReceipt(receipt) = &receipt.content else {
        panic!("{receipt:?}");
    };
    assert_eq!(receipt.people[0].way, Way::OptedOut);
    let ReplyContent::ShareRefused(ShareRefused::NobodyCalled { name, .. }) =
        chat.answer("share with Zoe").await
    else {
        panic!("nobody");
    };
    assert_eq!(name, "zoe");
}

#[tokio::test]
async fn to_many_it_goes_after_a_yes() {
    let changes = [("WHARF__DIALOGUE__SHARE_CONFIRM_OVER", "1")];
    let mut chat = Chat::start(&changes).await;
    chat.shown("stock", IntentType::CheckInventory, stock(), widget())
        .await;
    chat.say("+15550100001", "help").await;
    let ReplyContent::ShareConfirm(asked) = chat.answer("share").await else {
        panic!("it asks");
    };
    assert!(asked.people.contains(&"Sam Okafor".to_owned()));
    let no = chat.answer("no").await;
    assert_eq!(no, ReplyContent::ShareRefused(ShareRefused::Declined));
    chat.answer("share").await;
    let replies = chat.answers("yes").await;
    assert!(matches!(replies[0].content, ReplyContent::Shared(_)));
    assert!(matches!(
        replies.last().unwrap().content,
        ReplyContent::ShareReceipt(_)
    ));
}

#[tokio::test]
async fn what_was_shown_is_scheduled_changed_and_undone() {
    let mut chat = Chat::start(&[]).await;
    let refused = chat.answer("schedule this weekly").await;
    assert_eq!(
        refused,
        ReplyContent::ScheduleRefused(ScheduleRefused::NothingShown)
    );
    chat.shown("stock", IntentType::CheckInventory, stock(), widget())
        .await;
    let ReplyContent::ScheduleWhen(when) = chat.answer("SCHEDULE").await else {
        panic!("it asks when");
    };
    assert_eq!(when.options.len(), 3);
    let saved = |content: ReplyContent| match content {
        ReplyContent::ScheduleSaved(saved) => saved,
        other => panic!("{other:?}"),
    };
    let made = saved(chat.answer("2").await);
    assert_eq!(made.change, ScheduleChange::Made);
    assert_eq!(
        (made.schedule.number, made.schedule.intent),
        (1, IntentType::CheckInventory)
    );
    assert!(made.schedule.next.unwrap() > SystemClock.now());
    let known = saved(chat.answer("schedule this weekly").await);
    assert_eq!(
        (known.change, known.schedule.number),
        (ScheduleChange::Known, 1)
    );
    let made = saved(
        chat.answer("schedule the sales report every monday at 8:30")
            .await,
    );
    assert_eq!(
        (made.change, made.schedule.number),
        (ScheduleChange::Made, 2)
    );
    assert_eq!(
        made.schedule.entities.get(EntityName::DateRange),
        Some("last_7_days")
    );
    assert_eq!(
        saved(chat.answer("pause 1").await).change,
        ScheduleChange::Paused
    );
    let ReplyContent::ScheduleList(list) = chat.answer("my schedules").await else {
        panic!("the list");
    };
    let next: Vec<_> = list
        .schedules
        .iter()
        .map(|one| one.next.is_some())
        .collect();
    assert_eq!(next, [false, true]);
    // A number shows that one, with what can be done to it.
    let shown = saved(chat.answer("2").await);
    assert_eq!(
        (shown.change, shown.schedule.number),
        (ScheduleChange::Shown, 2)
    );
    assert!(shown.schedule.next.is_some());
    let paused = saved(chat.answer("pause it").await);
    assert_eq!(
        (paused.change, paused.schedule.number),
        (ScheduleChange::Paused, 2)
    );
    saved(chat.answer("resume 2").await);
    chat.answer("my schedules").await;
    assert_eq!(
        chat.answer("9").await,
        ReplyContent::ScheduleRefused(ScheduleRefused::NoSuch { number: Some(9) })
    );
    let shown = saved(chat.answer("#1").await);
    assert!(shown.change == ScheduleChange::Shown && shown.schedule.next.is_none());
    let resumed = saved(chat.answer("resume 1").await);
    assert!(resumed.change == ScheduleChange::Resumed && resumed.schedule.next.is_some());
    // UNDO takes the latest back, then the one before.
    let undone = saved(chat.answer("undo").await);
    assert_eq!(
        (undone.change, undone.schedule.number),
        (ScheduleChange::Cancelled, 2)
    );
    assert_eq!(
        saved(chat.answer("cancel schedule 1").await)
            .schedule
            .number,
        1
    );
    let gone = chat.answer("pause 1").await;
    let number = Some(1);
    assert_eq!(
        gone,
        ReplyContent::ScheduleRefused(ScheduleRefused::NoSuch { number })
    );
    let changes = chat.answer("schedule order 40 WID-1001 every monday").await;
    let intent = IntentType::ReorderStock;
    assert_eq!(
        changes,
        ReplyContent::ScheduleRefused(ScheduleRefused::Changes { intent })
    );
    assert_eq!(
        chat.nlp
            .db
            .rows("schedules WHERE state = 'cancelled'")
            .await,
        2
    );
    assert_eq!(chat.nlp.db.rows("schedules").await, 2);
}
