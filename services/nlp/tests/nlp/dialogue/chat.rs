//! A chat with one person of the demo company, and the rows behind it.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use wharf_domain::{
    agent::AgentType,
    clock::{Clock, SystemClock},
    contracts::{AgentErrorKind, Envelope, ExecutionContext, InboundMessage, ReplyContent},
    dialogue::{Choice, DialogueState, PendingConfirmation, ShownList},
    entities::{Entities, EntityName},
    ids::{ContactId, ExecutionId, ProfileId, named},
    intent::IntentType,
    priority::Priority,
};
use wharf_pipeline::{Outcome, Publication};
use wharf_store::{
    audit, demo, dialogues,
    effects::{self, NewEffect},
    executions::{self, Execution, NewExecution},
    outbound::{self, NewOutbound},
};

use crate::support::{TestNlp, message};

/// A person who may look and no more.
pub(super) const VIEWER: &str = "+15550100006";

/// A chat with one person, whose messages are written now.
pub(super) struct Chat {
    pub(super) nlp: TestNlp,
    pub(super) from: &'static str,
    pub(super) number: u32,
}

impl Chat {
    pub(super) async fn with(from: &'static str) -> Self {
        Self {
            nlp: TestNlp::start().await,
            from,
            number: 0,
        }
    }

    pub(super) fn write(&mut self, fields: Value) -> Envelope<InboundMessage> {
        self.number += 1;
        let mut fields = fields;
        fields["received_at"] = json!(SystemClock.now());
        message(self.number, self.from, fields)
    }

    pub(super) async fn send(&mut self, fields: Value) -> (ExecutionId, Vec<Publication>) {
        let message = self.write(fields);
        self.nlp.send(&message).await;
        (message.execution_id, self.decided(&message).await)
    }

    pub(super) async fn say(&mut self, body: &str) -> (ExecutionId, Vec<Publication>) {
        self.send(json!({ "body": body })).await
    }

    /// The one answer to `body`.
    pub(super) async fn answer(&mut self, body: &str) -> ReplyContent {
        let (id, decided) = self.say(body).await;
        let [Publication::Reply(reply)] = decided.as_slice() else {
            panic!("{body}: {decided:?}");
        };
        assert_eq!(reply.id, id.message("reply"));
        reply.body.content.clone()
    }

    /// The one execution that `body` leads to.
    pub(super) async fn execution(&mut self, body: &str) -> (Execution, ExecutionContext) {
        let (id, decided) = self.say(body).await;
        assert!(
            matches!(decided.as_slice(), [Publication::Execute(work)] if work.execution_id == id),
            "{body}: {decided:?}"
        );
        self.queued(id).await
    }

    pub(super) async fn queued(&self, id: ExecutionId) -> (Execution, ExecutionContext) {
        let mut conn = self.nlp.store.conn().await.unwrap();
        let row = executions::get(&mut conn, demo::company_id(), id).await;
        let row = row.unwrap().unwrap();
        let context = serde_json::from_value(row.context.clone().unwrap()).unwrap();
        (row, context)
    }

    pub(super) async fn decided(&self, message: &Envelope<InboundMessage>) -> Vec<Publication> {
        let row = self.nlp.wait_row(message).await;
        Outcome::stored(&row.outcome.unwrap()).unwrap().publish
    }

    pub(super) fn key(&self) -> String {
        message(1, self.from, json!({})).body.conversation_key()
    }

    pub(super) async fn waits_for(&self) -> Option<DialogueState> {
        let mut conn = self.nlp.store.conn().await.unwrap();
        let now = SystemClock.now();
        let found = dialogues::get(&mut conn, demo::company_id(), &self.key(), now).await;
        found.unwrap().map(|found| found.state)
    }

    /// Lets the conversation wait for `state` since a minute.
    pub(super) async fn wait_for(&self, state: &DialogueState) {
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

    pub(super) fn work(&self, name: &str, intent: IntentType, agent: AgentType) -> NewExecution {
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

    pub(super) fn contact(&self) -> ContactId {
        named(&format!("demo:contact:{}", self.from)).into()
    }

    pub(super) fn profile(&self) -> ProfileId {
        named(&format!("demo:profile:{}", self.from)).into()
    }

    /// A change made at `done_at`.
    pub(super) async fn effect(&self, name: &str, done_at: DateTime<Utc>) {
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
    pub(super) async fn sent(&self, execution: ExecutionId, sid: &str) {
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
            proactive: false,
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

    pub(super) async fn audit(&self) -> Vec<audit::Entry> {
        let mut conn = self.nlp.store.conn().await.unwrap();
        let since = SystemClock.now() - TimeDelta::hours(1);
        audit::since(&mut conn, demo::company_id(), since, 10)
            .await
            .unwrap()
    }

    pub(super) async fn executions(&self) -> i64 {
        self.nlp.db.rows("agent_execution_queue").await
    }
}

pub(super) fn permission() -> ReplyContent {
    ReplyContent::AgentError {
        kind: AgentErrorKind::Permission,
    }
}

pub(super) fn entities(pairs: &[(EntityName, &str)]) -> Entities {
    pairs
        .iter()
        .map(|(name, value)| (*name, (*value).to_owned()))
        .collect()
}

pub(super) fn drafted(asked: ExecutionId) -> DialogueState {
    DialogueState::Confirming(PendingConfirmation {
        intent: IntentType::ReorderStock,
        agent: AgentType::PurchaseOptimizer,
        entities: entities(&[(EntityName::Sku, "WID-1001"), (EntityName::Quantity, "400")]),
        asked: Some(asked),
        has_draft: true,
        asked_again: 0,
    })
}

pub(super) fn alert_list(ids: &[&str]) -> ShownList {
    let choice = |id: &&str| Choice {
        intent: IntentType::ViewAlerts,
        entities: entities(&[(EntityName::AlertId, id)]),
        confirm: false,
    };
    ShownList::new(ids.iter().map(choice).collect(), named("list").into())
}
