//! A company with a few products and suppliers, and the agents run on it as the handler runs them:
//! one transaction an execution, at a moment that the test says.
//!
//! - WID-1, a widget: 60 in the north and 20 in the south, reorder point 100, 10 a day, 7 days to
//!   come. Acme sells it at EUR 2.50, from 10 in packs of 16, in 7 days, preferred; Nordic at
//!   EUR 2.40 in any number, in 12 days.
//! - BLT-2, a bolt: 5, reorder point 50, 2 a day. Acme sells it at EUR 0.01.
//! - GLV-3, a glove: 1, reorder point 4, 1 a day. Nobody sells it.
//! - LMP-4, a lamp: 9, nothing else known. Nordic sells it at USD 3.

use chrono::{DateTime, Utc};
use uuid::Uuid;
use wharf_agent_executor::agents::{
    self, AgentFailure, ConfirmResolve, Limits, Person, Request, Work,
};
use wharf_domain::{
    agent::AgentType,
    contracts::{
        ReplyContent, Step,
        answers::{JobReport, ReorderResult},
    },
    dialogue::DialogueState,
    entities::{Entities, EntityName},
    ids::{CompanyId, ExecutionId, ProfileId, named},
    intent::IntentType,
    mapping::mapping_of,
    priority::Priority,
};
use wharf_store::{
    OwnerStore, StoreError, companies, dialogues,
    executions::{self, NewExecution},
};
use wharf_testkit::database::TestDatabase;

pub(super) const KEY: &str = "AC1:+14155238886:+15550100001";

pub(super) struct Shop {
    pub(super) db: TestDatabase,
    pub(super) store: OwnerStore,
    pub(super) now: DateTime<Utc>,
    pub(super) limits: Limits,
}

pub(super) fn company() -> CompanyId {
    CompanyId(named("shop"))
}

pub(super) fn execution(number: u32) -> ExecutionId {
    ExecutionId::of_message("AC1", &format!("SM{number}"))
}

pub(super) fn supplier(name: &str) -> Uuid {
    named(&format!("shop:supplier:{name}"))
}

pub(super) fn product(sku: &str) -> Uuid {
    named(&format!("shop:product:{sku}"))
}

fn profile() -> ProfileId {
    ProfileId(named("shop:profile"))
}

impl Shop {
    pub(super) async fn open() -> Self {
        let db = TestDatabase::create().await;
        db.run_sql(&seed()).await;
        let store = db.store().await;
        Self {
            db,
            store,
            now: at("2026-03-18T15:00:00Z"),
            limits: Limits {
                confirm_order_total: 500,
                confirm_stock_units: 500,
                confirm_stock_percent: 50,
                undo_minutes: 10,
                question_minutes: 30,
                confirm_agents: 1,
                confirm_resolve: ConfirmResolve::Critical,
                demand_days: 56,
                service_level: 0.95,
                review_days: 28,
                order_cost: 0.0,
                holding_rate: 0.0,
                over_stock_days: 180,
                price_jump_percent: 10,
                supplier_on_time_percent: 80,
            },
        }
    }

    pub(super) async fn request(
        &self,
        number: u32,
        intent: IntentType,
        step: Step,
        said: &[(EntityName, &str)],
    ) -> Request {
        let mut conn = self.store.conn().await.unwrap();
        let mapping = mapping_of(intent).unwrap();
        // An effect belongs to the row of its execution.
        let row = NewExecution {
            id: execution(number),
            company_id: company(),
            agent_id: None,
            contact_id: None,
            profile_id: None,
            conversation_key: KEY.to_owned(),
            intent,
            agent: mapping.agent,
            priority: Priority::Inventory,
            context: serde_json::json!({}),
            created_at: self.now,
        };
        executions::enqueue(&mut conn, &row).await.unwrap();
        let company = companies::get(&mut conn, company()).await.unwrap().unwrap();
        let said = said
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()));
        Request {
            execution_id: execution(number),
            company,
            person: Some(Person {
                id: profile(),
                time_zone: chrono_tz::Europe::Berlin,
                places: None,
            }),
            contact_id: None,
            conversation_key: KEY.to_owned(),
            intent,
            step,
            entities: Entities::from_iter(said),
            now: self.now,
            limits: self.limits,
        }
    }

    pub(super) async fn ask(
        &self,
        number: u32,
        intent: IntentType,
        said: &[(EntityName, &str)],
    ) -> ReplyContent {
        let request = self.request(number, intent, Step::Ask, said).await;
        run(&self.store, &request).await
    }

    /// "Reorder" with these words.
    pub(super) async fn reorder(&self, number: u32, said: &[(EntityName, &str)]) -> ReplyContent {
        self.ask(number, IntentType::ReorderStock, said).await
    }

    /// A step after execution 1, which was about the widget.
    pub(super) async fn step(&self, number: u32, step: Step) -> ReplyContent {
        let said = [(EntityName::Sku, "WID-1")];
        let intent = IntentType::ReorderStock;
        let request = self.request(number, intent, step, &said).await;
        run(&self.store, &request).await
    }

    pub(super) async fn job(&self, number: u32, agent: AgentType) -> JobReport {
        let request = self
            .request(number, IntentType::RunAgent, Step::Ask, &[])
            .await;
        let done = self
            .store
            .in_company::<_, StoreError, _>(request.company.id, async |conn| {
                Ok(agents::job(agent, conn, &request).await.map_err(say))
            });
        done.await.unwrap().unwrap()
    }

    /// What the conversation waits for.
    pub(super) async fn waits_for(&self) -> Option<DialogueState> {
        let mut conn = self.store.conn().await.unwrap();
        let found = dialogues::get(&mut conn, company(), KEY, self.now).await;
        found.unwrap().map(|found| found.state)
    }

    /// How many orders are in that state.
    pub(super) async fn orders(&self, state: &str) -> i64 {
        let rows = format!("purchase_orders WHERE state = '{state}'");
        self.db.rows(&rows).await
    }

    /// A delivery of `units` of the widget, `rejected` of them bad, for the order of that number.
    pub(super) async fn deliver(&self, number: i64, at: &str, units: i64, rejected: i64) {
        let (company, widget) = (company(), product("WID-1"));
        let id = named(&format!("delivery:{number}:{at}"));
        self.db
            .run_sql(&format!(
                "INSERT INTO deliveries SELECT '{id}', '{company}', id, '{at}'
                   FROM purchase_orders WHERE number = {number};
                 INSERT INTO delivery_lines
                   VALUES ('{company}', '{id}', '{widget}', {units}, {rejected});"
            ))
            .await;
    }
}

/// As the handler does it. Panics when the agent fails.
pub(super) async fn run(store: &OwnerStore, request: &Request) -> ReplyContent {
    let agent = mapping_of(request.intent).unwrap().agent;
    let work = store.in_company::<_, StoreError, _>(request.company.id, async |conn| {
        Ok(agents::run(agent, conn, request).await.map_err(say))
    });
    match work.await.unwrap().unwrap() {
        Work::Done(content) => *content,
        other => panic!("{other:?}"),
    }
}

fn say(failure: AgentFailure) -> String {
    failure.to_string()
}

pub(super) fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub(super) fn ordered(content: ReplyContent) -> ReorderResult {
    match content {
        ReplyContent::ReorderResult(result) => *result,
        other => panic!("not an order: {other:?}"),
    }
}

fn seed() -> String {
    let (company, profile) = (company(), profile());
    let mut sql = format!(
        "INSERT INTO companies (id, name, whatsapp_address, time_zone, week_start, locale, currency)
           VALUES ('{company}', 'Shop', '+14155238886', 'Europe/Berlin', 1, 'en', 'EUR');
         INSERT INTO profiles (id, company_id, display_name, role)
           VALUES ('{profile}', '{company}', 'Pat', 'planner');
         INSERT INTO legal_entities (id, company_id, name)
           VALUES ('{}', '{company}', 'Shop GmbH');",
        named("shop:entity")
    );
    for place in ["north", "south"] {
        sql.push_str(&format!(
            "INSERT INTO locations VALUES ('{}', '{company}', '{}', 'The {place}');",
            named(&format!("shop:location:{place}")),
            named("shop:entity"),
        ));
    }
    for (sku, name, point, daily, days) in [
        ("WID-1", "Widget", "100", "10", "7"),
        ("BLT-2", "Bolt", "50", "2", "NULL"),
        ("GLV-3", "Glove", "4", "1", "3"),
        ("LMP-4", "Lamp", "NULL", "NULL", "NULL"),
    ] {
        sql.push_str(&format!(
            "INSERT INTO products (id, company_id, sku, name, reorder_point, average_daily_demand,
                 lead_time_days)
               VALUES ('{}', '{company}', '{sku}', '{name}', {point}, {daily}, {days});",
            product(sku)
        ));
    }
    for (sku, place, units) in [
        ("WID-1", "north", 60),
        ("WID-1", "south", 20),
        ("BLT-2", "north", 5),
        ("GLV-3", "north", 1),
        ("LMP-4", "north", 9),
    ] {
        sql.push_str(&format!(
            "INSERT INTO stock_levels (company_id, product_id, location_id, quantity, updated_at)
               VALUES ('{company}', '{}', '{}', {units}, '2026-03-18T09:00:00Z');",
            product(sku),
            named(&format!("shop:location:{place}")),
        ));
    }
    let (acme, nordic) = (supplier("acme"), supplier("nordic"));
    let (widget, bolt, lamp) = (product("WID-1"), product("BLT-2"), product("LMP-4"));
    sql.push_str(&format!(
        "INSERT INTO suppliers (id, company_id, name, contact_name, email, phone, lead_time_days,
             payment_terms) VALUES
           ('{acme}', '{company}', 'Acme Industrial', 'Ann Lee', 'ann@acme.example', '+15550199001',
             9, '30 days net'),
           ('{nordic}', '{company}', 'Nordic Supply', NULL, NULL, NULL, 12, NULL);
         INSERT INTO supplier_products (company_id, supplier_id, product_id, unit_price, currency,
             minimum_quantity, pack_size, lead_time_days, preferred) VALUES
           ('{company}', '{acme}', '{widget}', 2.50, 'EUR', 10, 16, 7, true),
           ('{company}', '{nordic}', '{widget}', 2.40, 'EUR', NULL, NULL, NULL, false),
           ('{company}', '{acme}', '{bolt}', 0.01, 'EUR', NULL, NULL, NULL, false),
           ('{company}', '{nordic}', '{lamp}', 3, 'USD', NULL, NULL, NULL, false);"
    ));
    sql
}
