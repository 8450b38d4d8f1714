//! Conversations of several messages: what each leads to and which rows change.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use wharf_domain::{
    agent::AgentType,
    clock::{Clock, SystemClock},
    contracts::{
        AgentErrorKind, Envelope, ExecutionContext, InboundMessage, ReplyContent, ReplyRequest,
        ReplyTo, Step,
        answers::{AlertLine, AlertState, AlertSummary, Waited, WhyNotUndone},
    },
    dialogue::{Choice, DialogueState, PendingConfirmation, ShownList},
    entities::{Entities, EntityName},
    ids::{ContactId, ExecutionId, ProfileId, named},
    intent::IntentType,
    priority::Priority,
};
use wharf_pipeline::{Outcome, Publication};
use wharf_store::{
    audit::{self, AuditAction},
    demo, dialogues,
    effects::{self, NewEffect},
    executions::{self, Begin, Execution, ExecutionStatus, NewExecution},
    outbound::{self, NewOutbound},
};

use crate::support::{NAVIGATOR, TestNlp, message};

/// A person who may look and no more.
const VIEWER: &str = "+15550100006";

/// A chat with one person, whose messages are written now.
struct Chat {
    nlp: TestNlp,
    from: &'static str,
    number: u32,
}

impl Chat {
    async fn with(from: &'static str) -> Self {
        Self {
            nlp: TestNlp::start().await,
            from,
            number: 0,
        }
    }

    fn write(&mut self, fields: Value) -> Envelope<InboundMessage> {
        self.number += 1;
        let mut fields = fields;
        fields["received_at"] = json!(SystemClock.now());
        message(self.number, self.from, fields)
    }

    async fn send(&mut self, fields: Value) -> (ExecutionId, Vec<Publication>) {
        let message = self.write(fields);
        self.nlp.send(&message).await;
        (message.execution_id, self.decided(&message).await)
    }

    async fn say(&mut self, body: &str) -> (ExecutionId, Vec<Publication>) {
        self.send(json!({ "body": body })).await
    }

    /// The one answer to `body`.
    async fn answer(&mut self, body: &str) -> ReplyContent {
        let (id, decided) = self.say(body).await;
        let [Publication::Reply(reply)] = decided.as_slice() else {
            panic!("{body}: {decided:?}");
        };
        assert_eq!(reply.id, id.message("reply"));
        reply.body.content.clone()
    }

    /// The one execution that `body` leads to.
    async fn execution(&mut self, body: &str) -> (Execution, ExecutionContext) {
        let (id, decided) = self.say(body).await;
        assert!(
            matches!(decided.as_slice(), [Publication::Execute(work)] if work.execution_id == id),
            "{body}: {decided:?}"
        );
        self.queued(id).await
    }

    async fn queued(&self, id: ExecutionId) -> (Execution, ExecutionContext) {
        let mut conn = self.nlp.store.conn().await.unwrap();
        let row = executions::get(&mut conn, demo::company_id(), id).await;
        let row = row.unwrap().unwrap();
        let context = serde_json::from_value(row.context.clone().unwrap()).unwrap();
        (row, context)
    }

    async fn decided(&self, message: &Envelope<InboundMessage>) -> Vec<Publication> {
        let row = self.nlp.wait_row(message).await;
        Outcome::stored(&row.outcome.unwrap()).unwrap().publish
    }

    fn key(&self) -> String {
        message(1, self.from, json!({})).body.conversation_key()
    }

    async fn waits_for(&self) -> Option<DialogueState> {
        let mut conn = self.nlp.store.conn().await.unwrap();
        let now = SystemClock.now();
        let found = dialogues::get(&mut conn, demo::company_id(), &self.key(), now).await;
        found.unwrap().map(|found| found.state)
    }

    /// Lets the conversation wait for `state` since a minute.
    async fn wait_for(&self, state: &DialogueState) {
        let mut conn = self.nlp.store.conn().await.unwrap();
        let asked = SystemClock.now() - TimeDelta::minutes(1);
        let until = asked + TimeDelta::minutes(30);
        dialogues::ask(
            &mut conn,
            demo::company_id(),
            &self.key(),
            state,
            asked,
            until,
        )
        .await
        .unwrap();
    }

    fn work(&self, name: &str, intent: IntentType, agent: AgentType) -> NewExecution {
        NewExecution {
            id: named(name).into(),
            company_id: demo::company_id(),
            agent_id: None,
            contact_id: Some(self.contact()),
            profile_id: Some(self.profile()),
            conversation_key: self.key(),
            intent,
            agent,
            priority: Priority::Normal,
            context: json!({
                "source": "whatsapp", "entities": {}, "received_at": SystemClock.now(),
            }),
            created_at: SystemClock.now(),
        }
    }

    fn contact(&self) -> ContactId {
        named(&format!("demo:contact:{}", self.from)).into()
    }

    fn profile(&self) -> ProfileId {
        named(&format!("demo:profile:{}", self.from)).into()
    }

    /// A change made at `done_at`.
    async fn effect(&self, name: &str, done_at: DateTime<Utc>) {
        let mut conn = self.nlp.store.conn().await.unwrap();
        let work = self.work(name, IntentType::UpdateStock, AgentType::InventoryMonitor);
        executions::enqueue(&mut conn, &work).await.unwrap();
        let effect = NewEffect {
            execution_id: work.id,
            company_id: work.company_id,
            conversation_key: work.conversation_key,
            profile_id: work.profile_id,
            agent: work.agent,
            intent: work.intent,
            change: json!({"delta": 5}),
            done_at,
            undo_until: done_at + TimeDelta::minutes(10),
        };
        effects::record(&mut conn, &effect).await.unwrap();
    }

    /// Has the reply to `execution` gone out as `sid`.
    async fn sent(&self, execution: ExecutionId, sid: &str) {
        let mut conn = self.nlp.store.conn().await.unwrap();
        let (company, now) = (demo::company_id(), SystemClock.now());
        let reply = execution.message("reply");
        let part = NewOutbound {
            id: ExecutionId::outbound(reply, 0),
            company_id: company,
            contact_id: self.contact(),
            execution_id: execution,
            reply_id: reply,
            conversation_key: self.key(),
            part: 0,
            parts: 1,
            body: "said".to_owned(),
            media_url: None,
            template: None,
            content_sid: None,
            content_variables: None,
            created_at: now,
        };
        let id = part.id;
        outbound::prepare(&mut conn, &[part]).await.unwrap();
        outbound::claim_sending(&mut conn, company, id, now)
            .await
            .unwrap();
        let queued = wharf_domain::contracts::DeliveryStatus::Queued;
        outbound::mark_sent(&mut conn, company, id, sid, queued, now)
            .await
            .unwrap();
    }

    async fn audit(&self) -> Vec<audit::Entry> {
        let mut conn = self.nlp.store.conn().await.unwrap();
        let since = SystemClock.now() - TimeDelta::hours(1);
        audit::since(&mut conn, demo::company_id(), since, 10)
            .await
            .unwrap()
    }

    async fn executions(&self) -> i64 {
        self.nlp.db.rows("agent_execution_queue").await
    }
}

fn permission() -> ReplyContent {
    ReplyContent::AgentError {
        kind: AgentErrorKind::Permission,
    }
}

fn entities(pairs: &[(EntityName, &str)]) -> Entities {
    pairs
        .iter()
        .map(|(name, value)| (*name, (*value).to_owned()))
        .collect()
}

fn drafted(asked: ExecutionId) -> DialogueState {
    DialogueState::Confirming(PendingConfirmation {
        intent: IntentType::ReorderStock,
        agent: AgentType::PurchaseOptimizer,
        entities: entities(&[(EntityName::Sku, "WID-1001"), (EntityName::Quantity, "400")]),
        asked: Some(asked),
        has_draft: true,
        asked_again: 0,
    })
}

fn alert_list(ids: &[&str]) -> ShownList {
    ShownList {
        choices: ids
            .iter()
            .map(|id| Choice {
                intent: IntentType::ViewAlerts,
                entities: entities(&[(EntityName::AlertId, id)]),
                confirm: false,
            })
            .collect(),
        shown_by: named("list").into(),
        current: None,
        form: None,
    }
}

#[tokio::test]
async fn a_yes_that_comes_twenty_times_is_one_execution() {
    let mut chat = Chat::with(NAVIGATOR).await;
    let ReplyContent::Confirm(asked) = chat.answer("reorder WID-1001").await else {
        panic!("it is asked about");
    };
    assert_eq!(asked.intent, IntentType::ReorderStock);
    assert_eq!(asked.product.unwrap().sku, "WID-1001");
    assert_eq!(chat.executions().await, 0);

    let yes = chat.write(json!({"body": "yes"}));
    for _ in 0..20 {
        chat.nlp.send(&yes).await;
    }
    chat.nlp.wait_settled("done", 21).await;
    assert_eq!(chat.executions().await, 1);
    let (row, context) = chat.queued(yes.execution_id).await;
    assert_eq!(row.intent_type, IntentType::ReorderStock);
    assert_eq!(row.status, ExecutionStatus::Pending);
    assert_eq!(context.step, Step::Confirmed { asked: None });
    assert_eq!(context.entities.get(EntityName::Sku), Some("WID-1001"));
    assert_eq!(chat.waits_for().await, None);
    // Another yes answers nothing.
    assert_eq!(chat.answer("yes").await, ReplyContent::UnknownCommand);
    assert_eq!(chat.executions().await, 1);
}

#[tokio::test]
async fn a_no_and_a_late_yes_change_nothing() {
    let mut chat = Chat::with(NAVIGATOR).await;
    chat.answer("reorder WID-1001").await;
    let intent = IntentType::ReorderStock;
    assert_eq!(chat.answer("no").await, ReplyContent::Declined { intent });
    chat.answer("reorder WID-1001").await;
    chat.nlp
        .db
        .run_sql("UPDATE dialogues SET expires_at = now() - interval '1 minute'")
        .await;
    let what = Waited::Confirmation;
    assert_eq!(chat.answer("👍").await, ReplyContent::Expired { what });
    assert_eq!(chat.waits_for().await, None);
    assert_eq!(chat.executions().await, 0);
}

#[tokio::test]
async fn an_agents_question_is_answered_with_its_execution() {
    let mut chat = Chat::with(NAVIGATOR).await;
    let asked = named("draft").into();
    chat.wait_for(&drafted(asked)).await;
    let (row, context) = chat.execution("yes").await;
    assert_eq!(row.agent_type, AgentType::PurchaseOptimizer);
    assert_eq!(context.step, Step::Confirmed { asked: Some(asked) });
    assert_eq!(context.entities.get(EntityName::Quantity), Some("400"));

    chat.wait_for(&drafted(asked)).await;
    let (id, decided) = chat.say("yes but 30").await;
    assert_eq!(decided.len(), 2, "{decided:?}");
    assert_eq!(chat.queued(id).await.1.step, Step::Declined { asked });
    let (_, context) = chat.queued(id.request(1)).await;
    assert_eq!(context.step, Step::Ask);
    assert_eq!(context.entities.get(EntityName::Quantity), Some("30"));

    chat.wait_for(&drafted(asked)).await;
    let (row, context) = chat.execution("no").await;
    assert_eq!(row.intent_type, IntentType::ReorderStock);
    assert_eq!(context.step, Step::Declined { asked });
    assert_eq!(chat.waits_for().await, None);
}

#[tokio::test]
async fn another_companys_question_is_not_answered() {
    let mut chat = Chat::with(NAVIGATOR).await;
    let other = named("other company");
    chat.nlp
        .db
        .run_sql(&format!(
            "INSERT INTO companies (id, name, whatsapp_address) VALUES ('{other}', 'Other', '+14155550000')"
        ))
        .await;
    let mut conn = chat.nlp.store.conn().await.unwrap();
    let (key, now) = (chat.key(), SystemClock.now());
    let state = drafted(named("draft").into());
    let until = now + TimeDelta::minutes(30);
    dialogues::ask(&mut conn, other.into(), &key, &state, now, until)
        .await
        .unwrap();
    drop(conn);
    assert_eq!(chat.answer("yes").await, ReplyContent::UnknownCommand);
    assert_eq!(chat.executions().await, 0);
    assert_eq!(chat.nlp.db.rows("dialogues").await, 1);
}

#[tokio::test]
async fn who_may_not_is_refused_before_anything_is_queued_or_asked() {
    let mut chat = Chat::with(VIEWER).await;
    for body in ["reorder WID-1001", "reorder", "ack A17"] {
        assert_eq!(chat.answer(body).await, permission(), "{body}");
    }
    assert_eq!(chat.executions().await, 0);
    assert_eq!(chat.waits_for().await, None);
    let log = chat.audit().await;
    assert_eq!(log.len(), 3);
    assert_eq!(log[0].action, AuditAction::Denied);
    assert_eq!(log[0].intent, IntentType::ReorderStock);
    assert_eq!(log[0].profile, Some(chat.profile()));
    let expected = json!({"checked": "before queueing", "entities": {"sku": "WID-1001"}});
    assert_eq!(log[0].detail, expected);
    // A question asked while the role still allowed it.
    chat.wait_for(&drafted(named("draft").into())).await;
    assert_eq!(chat.answer("yes").await, permission());
    assert_eq!(chat.executions().await, 0);
    // What reads is allowed, and so is what the company allows.
    chat.execution("stock WID-1001").await;
    chat.nlp
        .db
        .run_sql(&format!(
            "INSERT INTO role_permissions VALUES ('{}', 'viewer', 'acknowledge_alert', true)",
            demo::company_id()
        ))
        .await;
    chat.execution("ack A17").await;
}

#[tokio::test]
async fn the_answer_alone_completes_a_request_and_a_side_question_does_not_disturb() {
    let mut chat = Chat::with(NAVIGATOR).await;
    let entity = EntityName::ReportType;
    let missing = ReplyContent::MissingEntity { entity };
    assert_eq!(chat.answer("generate report").await, missing);
    let (side, _) = chat.execution("stock WID-1001").await;
    assert_eq!(side.intent_type, IntentType::CheckInventory);
    let entity = EntityName::DateRange;
    let missing = ReplyContent::MissingEntity { entity };
    assert_eq!(chat.answer("sales").await, missing);
    let (row, context) = chat.execution("last week").await;
    assert_eq!(row.intent_type, IntentType::GenerateReport);
    let expected = entities(&[
        (EntityName::ReportType, "sales"),
        (EntityName::DateRange, "last_week"),
    ]);
    assert_eq!(context.entities, expected);
    assert_eq!(context.step, Step::Ask);
    assert_eq!(chat.waits_for().await, None);

    chat.answer("check inventory").await;
    let (_, context) = chat.execution("WID-1001").await;
    assert_eq!(context.entities.get(EntityName::Sku), Some("WID-1001"));

    chat.answer("check inventory").await;
    let intent = Some(IntentType::CheckInventory);
    assert_eq!(
        chat.answer("cancel").await,
        ReplyContent::Cancelled { intent }
    );
    assert_eq!(chat.waits_for().await, None);
}

#[tokio::test]
async fn undo_takes_the_latest_change_back_while_it_can() {
    let mut chat = Chat::with(NAVIGATOR).await;
    let refused = ReplyContent::NotUndone;
    assert_eq!(chat.answer("undo").await, refused(WhyNotUndone::Nothing));
    let now = SystemClock.now();
    chat.effect("old", now - TimeDelta::minutes(11)).await;
    let late = WhyNotUndone::TooLate { minutes: 10 };
    assert_eq!(chat.answer("undo").await, refused(late));
    chat.effect("new", now - TimeDelta::minutes(1)).await;
    let (row, context) = chat.execution("take that back").await;
    let of = named("new").into();
    assert_eq!(context.step, Step::Undo { of });
    assert_eq!(row.intent_type, IntentType::UpdateStock);
    assert_eq!(row.agent_type, AgentType::InventoryMonitor);
    let mut conn = chat.nlp.store.conn().await.unwrap();
    effects::mark_undone(&mut conn, demo::company_id(), of, row.id, now)
        .await
        .unwrap();
    drop(conn);
    assert_eq!(chat.answer("undo").await, refused(WhyNotUndone::Already));
}

#[tokio::test]
async fn cancel_stops_the_latest_request_under_way() {
    let mut chat = Chat::with(NAVIGATOR).await;
    let nothing = ReplyContent::Cancelled { intent: None };
    assert_eq!(chat.answer("cancel").await, nothing);
    chat.execution("stock WID-1001").await;
    let (latest, _) = chat.execution("show alerts").await;
    let intent = Some(IntentType::ViewAlerts);
    assert_eq!(
        chat.answer("cancel").await,
        ReplyContent::Cancelled { intent }
    );
    let (row, _) = chat.queued(latest.id).await;
    assert_eq!(row.status, ExecutionStatus::Cancelled);
    let log = chat.audit().await;
    assert_eq!(log.len(), 1);
    assert_eq!(log[0].action, AuditAction::Cancelled);
}

#[tokio::test]
async fn numbers_take_lines_and_a_swipe_says_which_list() {
    let mut chat = Chat::with(NAVIGATOR).await;
    chat.wait_for(&DialogueState::Choosing(alert_list(&["A11", "A12"])))
        .await;
    let (row, context) = chat.execution("the second one").await;
    assert_eq!(row.intent_type, IntentType::ViewAlerts);
    assert_eq!(context.entities.get(EntityName::AlertId), Some("A12"));
    let (row, context) = chat.execution("ack").await;
    assert_eq!(row.intent_type, IntentType::AcknowledgeAlert);
    assert_eq!(context.entities.get(EntityName::AlertId), Some("A12"));

    // An older list, as an execution answered it.
    let older = chat.work("older", IntentType::ViewAlerts, AgentType::AlertGenerator);
    let line = |id: &str| AlertLine {
        id: id.to_owned(),
        kind: "low_stock".to_owned(),
        severity: "high".to_owned(),
        category: "stock".to_owned(),
        subject: "WID-1001".to_owned(),
        facts: serde_json::Map::new(),
        state: AlertState::Open,
        raised_at: SystemClock.now(),
    };
    let content = ReplyContent::AlertSummary(AlertSummary {
        severity: None,
        category: None,
        count: 2,
        critical: 0,
        high: 2,
        medium: 0,
        low: 0,
        alerts: vec![line("A1"), line("A2")],
        scanned_at: None,
        as_of: SystemClock.now(),
    });
    let to = ReplyTo {
        company_id: demo::company_id(),
        contact_id: chat.contact(),
        conversation_key: chat.key(),
        priority: Priority::Normal,
        received_at: SystemClock.now(),
    };
    let reply = ReplyRequest::to_execution(older.id, to, content, SystemClock.now());
    let outcome = Outcome::publish(vec![Publication::Reply(Box::new(reply))]);
    let mut conn = chat.nlp.store.conn().await.unwrap();
    executions::enqueue(&mut conn, &older).await.unwrap();
    let (company, now, lease) = (demo::company_id(), SystemClock.now(), TimeDelta::minutes(1));
    let begun = executions::begin(&mut conn, company, older.id, "test", now, lease).await;
    let Begin::Started(row) = begun.unwrap() else {
        panic!("it is pending");
    };
    let row_of = outcome.to_row().unwrap();
    executions::complete(&mut conn, &row, &json!({}), &row_of, now)
        .await
        .unwrap();
    drop(conn);
    chat.sent(older.id, "SMolder").await;
    let swipe = json!({"body": "2", "quoted": {"message_sid": "SMolder"}});
    let (id, _) = chat.send(swipe).await;
    let (_, context) = chat.queued(id).await;
    assert_eq!(context.entities.get(EntityName::AlertId), Some("A2"));

    chat.nlp
        .db
        .run_sql("UPDATE dialogues SET expires_at = now() - interval '1 minute'")
        .await;
    let what = Waited::List;
    assert_eq!(chat.answer("1").await, ReplyContent::Expired { what });
}

#[tokio::test]
async fn an_emoji_counts_on_the_question_itself() {
    let mut chat = Chat::with(NAVIGATOR).await;
    let (other, _) = chat.say("help").await;
    chat.sent(other, "SMhelp").await;
    let (question, _) = chat.say("reorder WID-1001").await;
    chat.sent(question, "SMquestion").await;
    let thumb =
        |on: &str| json!({"body": "👍", "message_type": "reaction", "quoted": {"message_sid": on}});
    let (_, decided) = chat.send(thumb("SMhelp")).await;
    assert_eq!(decided, []);
    assert_eq!(chat.executions().await, 0);
    let (id, _) = chat.send(thumb("SMquestion")).await;
    let (_, context) = chat.queued(id).await;
    assert_eq!(context.step, Step::Confirmed { asked: None });
}

#[tokio::test]
async fn a_button_says_yes_too() {
    let mut chat = Chat::with(NAVIGATOR).await;
    chat.answer("reorder WID-1001").await;
    let tap = json!({"button": {"text": "Yes", "payload": "yes"}});
    let (id, _) = chat.send(tap).await;
    chat.queued(id).await;
}

#[tokio::test]
async fn two_requests_are_two_executions_with_ids_of_their_own() {
    let mut chat = Chat::with(NAVIGATOR).await;
    let (id, decided) = chat.say("stock WID-1001 and show alerts").await;
    assert_eq!(decided.len(), 2, "{decided:?}");
    let (first, _) = chat.queued(id).await;
    let (second, _) = chat.queued(id.request(1)).await;
    assert_eq!(first.intent_type, IntentType::CheckInventory);
    assert_eq!(second.intent_type, IntentType::ViewAlerts);
}
