//! Agents asked directly, on the demo company in a database of their own: the moment is a parameter
//! and no queue is between. What the queues add is tested in the other files.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use wharf_agent_executor::{
    Config,
    agents::{self, AgentFailure, Limits, Person, Request, Work},
};
use wharf_domain::{
    agent::AgentType,
    contracts::{ReplyContent, Step, answers::JobReport},
    entities::EntityName,
    ids::{ExecutionId, ProfileId, named},
    intent::IntentType,
    mapping::mapping_of,
    priority::Priority,
};
use wharf_pipeline::HandleError;
use wharf_runtime::{config, service::ServiceConfig};
use wharf_store::{
    OwnerStore, StoreError,
    companies::{self, Company},
    demo,
    executions::{self, NewExecution},
    permissions::{self, Permission},
};
use wharf_testkit::database::TestDatabase;

/// Who asks, by the last digit of the number: see `demo::PEOPLE`.
pub(crate) const SAM: u32 = 1;
pub(crate) const NADIA: u32 = 2;
const CONVERSATION: &str = "AC1:+14155238886:+15550100002";

pub(crate) struct Desk {
    pub(crate) db: TestDatabase,
    pub(crate) store: OwnerStore,
    pub(crate) company: Company,
    pub(crate) limits: Limits,
}

/// One request.
#[derive(Debug, Clone)]
pub(crate) struct Ask<'a> {
    pub(crate) id: &'a str,
    pub(crate) person: u32,
    pub(crate) intent: IntentType,
    pub(crate) step: Step,
    pub(crate) entities: Vec<(EntityName, &'a str)>,
    /// Minutes after the tests' first one.
    pub(crate) minute: i64,
}

pub(crate) fn ask<'a>(
    id: &'a str,
    intent: IntentType,
    entities: &[(EntityName, &'a str)],
) -> Ask<'a> {
    Ask {
        id,
        person: NADIA,
        intent,
        step: Step::Ask,
        entities: entities.to_vec(),
        minute: 0,
    }
}

pub(crate) fn execution(id: &str) -> ExecutionId {
    ExecutionId::of_message("AC1", id)
}

pub(crate) fn profile(person: u32) -> ProfileId {
    named(&format!("demo:profile:+1555010000{person}")).into()
}

pub(crate) fn at(minute: i64) -> DateTime<Utc> {
    let start: DateTime<Utc> = "2026-03-18T15:00:00Z".parse().unwrap();
    start + TimeDelta::minutes(minute)
}

impl Desk {
    pub(crate) async fn open() -> Self {
        let db = TestDatabase::create().await;
        let store = db.store().await;
        store
            .transaction::<_, StoreError, _>(async |conn| demo::load(conn, at(0), false).await)
            .await
            .unwrap();
        let mut conn = store.conn().await.unwrap();
        let company = companies::get(&mut conn, demo::company_id()).await.unwrap();
        drop(conn);
        let environment = [
            ("AMQP_URL".to_owned(), "amqp://localhost".to_owned()),
            ("DATABASE_URL".to_owned(), db.url()),
        ];
        let config: Config = config::load(Config::DEFAULTS, environment).unwrap();
        Self {
            db,
            store,
            company: company.unwrap(),
            limits: config.limits,
        }
    }

    pub(crate) fn request(&self, ask: &Ask<'_>) -> Request {
        let entities = ask.entities.iter();
        Request {
            execution_id: execution(ask.id),
            company: self.company.clone(),
            person: Some(Person {
                id: profile(ask.person),
                time_zone: self.company.time_zone,
                places: None,
            }),
            contact_id: None,
            conversation_key: CONVERSATION.to_owned(),
            intent: ask.intent,
            step: ask.step,
            entities: entities
                .map(|(name, value)| (*name, (*value).to_owned()))
                .collect(),
            now: at(ask.minute),
            limits: self.limits,
        }
    }

    /// The row of an execution, written once.
    pub(crate) async fn enqueue(&self, ask: &Ask<'_>) {
        let request = self.request(ask);
        let new = NewExecution {
            id: request.execution_id,
            company_id: self.company.id,
            agent_id: None,
            contact_id: None,
            profile_id: request.person.as_ref().map(|person| person.id),
            conversation_key: request.conversation_key.clone(),
            intent: ask.intent,
            agent: mapping_of(ask.intent).unwrap().agent,
            priority: Priority::Inventory,
            context: json!({}),
            created_at: request.now,
        };
        let mut conn = self.store.conn().await.unwrap();
        executions::enqueue(&mut conn, &new).await.unwrap();
    }

    /// One execution in a transaction, as the handler has it. Its row is written once.
    pub(crate) async fn run(&self, ask: Ask<'_>) -> ReplyContent {
        let mut request = self.request(&ask);
        let kind = mapping_of(ask.intent).unwrap().agent;
        self.enqueue(&ask).await;
        let company = self.company.id;
        let mut conn = self.store.conn().await.unwrap();
        let may = permissions::check(&mut conn, company, profile(ask.person), ask.intent).await;
        drop(conn);
        if let (Permission::Allowed { locations }, Some(person)) =
            (may.unwrap(), &mut request.person)
        {
            person.places = locations;
        }
        let work = self
            .store
            .in_company::<_, HandleError, _>(self.company.id, async |conn| {
                agents::run(kind, conn, &request).await.map_err(failed)
            })
            .await
            .unwrap();
        match work {
            Work::Done(content) => *content,
            other => panic!("{other:?}"),
        }
    }

    /// Takes `of` back, some minutes after the tests' first one.
    pub(crate) async fn undo(
        &self,
        id: &str,
        intent: IntentType,
        of: &str,
        minute: i64,
    ) -> ReplyContent {
        let mut ask = ask(id, intent, &[]);
        ask.step = Step::Undo { of: execution(of) };
        ask.minute = minute;
        self.run(ask).await
    }

    pub(crate) async fn job(&self, kind: AgentType, minute: i64) -> JobReport {
        let mut ask = ask("job", IntentType::RunAgent, &[]);
        ask.minute = minute;
        let mut request = self.request(&ask);
        request.person = None;
        self.store
            .in_company::<_, HandleError, _>(self.company.id, async |conn| {
                agents::job(kind, conn, &request).await.map_err(failed)
            })
            .await
            .unwrap()
    }

    /// As many rows as `expected` of a table, or of `table WHERE …`.
    pub(crate) async fn rows(&self, table: &str, expected: i64) {
        assert_eq!(self.db.rows(table).await, expected, "{table}");
    }
}

pub(crate) fn failed(failure: AgentFailure) -> HandleError {
    HandleError::Fail(anyhow::anyhow!("{failure:?}"))
}
