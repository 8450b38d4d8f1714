//! Every agent and intent, asked in one company for what only another has: nothing of it is told,
//! nothing of it changes.
//!
//! To add a secret: a value in [`rival`]'s rows that no other company has, and its place in
//! [`SECRETS`]. A new intent is asked by itself.

use wharf_agent_executor::agents::{self, AgentFailure, Made, Outside, Work};
use wharf_domain::{
    agent::AgentType,
    contracts::{Attachment, Step},
    entities::EntityName,
    ids::{CompanyId, ExecutionId, named},
    intent::IntentType,
    mapping::AGENT_MAPPINGS,
};
use wharf_store::{StoreError, demo};

use crate::{
    desk::{Ask, Desk, ask, at, execution},
    support::{TestExecutor, id},
};

/// What the other company has, in words that stand nowhere else.
const SECRETS: &[&str] = &[
    "RIV-9001",
    "Zyxrival gasket",
    "Vantablack Traders",
    "vantablack.example",
    "Hidden Depot",
    "Rivka Roe",
    "A77",
    "PO-7777",
    "987654",
    "rival.example",
];

/// Words that a message of our company may name them by.
const NAMED: &[(EntityName, &[&str])] = &[
    (
        EntityName::Product,
        &["Zyxrival gasket", "zyxrival", "RIV-9001"],
    ),
    (EntityName::Sku, &["RIV-9001"]),
    (EntityName::Location, &["Hidden Depot"]),
    (EntityName::Supplier, &["Vantablack Traders", "vantablack"]),
    (EntityName::AlertId, &["A77", "77"]),
    (EntityName::Agent, &["purchase_optimizer", "all"]),
];

fn company() -> CompanyId {
    CompanyId(named("rival"))
}

/// The other company: all that agents know of, once each.
fn rival() -> String {
    let of = |what: &str| named(&format!("rival:{what}"));
    let (company, profile, contact) = (company(), of("profile"), of("contact"));
    let (product, entity, place) = (of("product"), of("entity"), of("place"));
    let (supplier, order, delivery, agent) =
        (of("supplier"), of("order"), of("delivery"), of("agent"));
    let theirs = execution("of rival");
    format!(
        "INSERT INTO companies (id, name, whatsapp_address) VALUES ('{company}', 'Rival', '+14155239999');
         INSERT INTO profiles (id, company_id, display_name, role) VALUES ('{profile}', '{company}', 'Rivka Roe', 'admin');
         INSERT INTO contacts (id, company_id, profile_id) VALUES ('{contact}', '{company}', '{profile}');
         INSERT INTO legal_entities (id, company_id, name) VALUES ('{entity}', '{company}', 'Rival Inc.');
         INSERT INTO locations (id, company_id, legal_entity_id, name) VALUES ('{place}', '{company}', '{entity}', 'Hidden Depot');
         INSERT INTO products (id, company_id, sku, name, reorder_point, price, cost, category)
           VALUES ('{product}', '{company}', 'RIV-9001', 'Zyxrival gasket', 1987654, 987654, 987654, 'Zyxrival gasket');
         INSERT INTO stock_levels VALUES ('{company}', '{product}', '{place}', 987654, NULL, '2026-03-18T09:00Z');
         INSERT INTO suppliers (id, company_id, name, contact_name, email)
           VALUES ('{supplier}', '{company}', 'Vantablack Traders', 'Rivka Roe', 'sales@vantablack.example');
         INSERT INTO supplier_products (company_id, supplier_id, product_id, unit_price, currency, lead_time_days, preferred)
           VALUES ('{company}', '{supplier}', '{product}', 987654, 'USD', 3, true);
         INSERT INTO supplier_prices VALUES ('{company}', '{supplier}', '{product}', '2026-01-01', 1, 'USD'),
           ('{company}', '{supplier}', '{product}', '2026-03-01', 987654, 'USD');
         INSERT INTO purchase_orders (id, company_id, number, supplier_id, state, currency, created_at, confirmed_at, expected_on)
           VALUES ('{order}', '{company}', 7777, '{supplier}', 'confirmed', 'USD', '2026-03-01T09:00Z', '2026-03-01T09:00Z', '2026-03-08');
         INSERT INTO purchase_order_lines VALUES ('{company}', '{order}', 1, '{product}', 987654, 1);
         INSERT INTO deliveries VALUES ('{delivery}', '{company}', '{order}', '2026-03-17T09:00Z');
         INSERT INTO delivery_lines VALUES ('{company}', '{delivery}', '{product}', 98765, 9);
         INSERT INTO sales (company_id, product_id, location_id, sold_on, requested, quantity, unit_price)
           SELECT '{company}', '{product}', '{place}', day, 987654, 987654, 987654
           FROM generate_series('2026-02-01'::date, '2026-03-17', '1 day') AS day;
         INSERT INTO stock_snapshots SELECT '{company}', '{product}', '{place}', day, 987654
           FROM generate_series('2026-02-01'::date, '2026-03-17', '1 day') AS day;
         INSERT INTO agents (id, company_id, agent_type, state, last_error, kind, endpoint_url, signing_secret, stopped_by, stopped_at)
           VALUES ('{agent}', '{company}', 'purchase_optimizer', 'stopped', 'Rivka Roe broke it', 'http',
             'https://rival.example', 'secret', '{profile}', '2026-03-18T09:00Z');
         INSERT INTO alerts (company_id, number, kind, severity, category, subject, facts, product_id, raised_at, seen_at)
           VALUES ('{company}', 77, 'low_stock', 'critical', 'stock', 'RIV-9001',
             '{{\"sku\": \"RIV-9001\", \"product\": \"Zyxrival gasket\", \"quantity\": 987654}}', '{product}',
             '2026-03-18T09:00Z', '2026-03-18T09:00Z');
         INSERT INTO agent_execution_queue (id, company_id, contact_id, profile_id, conversation_key, intent_type, agent_type,
             context, status, completed_at)
           VALUES ('{theirs}', '{company}', '{contact}', '{profile}', 'AC1:+14155238886:+15550100002', 'update_stock',
             'inventory_monitor', '{{}}', 'completed', '2026-03-18T14:59Z');
         INSERT INTO stock_movements (company_id, product_id, location_id, kind, quantity_before, quantity_after,
             execution_id, profile_id, moved_at)
           VALUES ('{company}', '{product}', '{place}', 'count', 1, 987654, '{theirs}', '{profile}', '2026-03-18T14:59Z');
         INSERT INTO effects (execution_id, company_id, conversation_key, profile_id, agent_type, intent_type, change, done_at)
           VALUES ('{theirs}', '{company}', 'AC1:+14155238886:+15550100002', '{profile}', 'inventory_monitor', 'update_stock',
             '{{}}', '2026-03-18T14:59Z');"
    )
}

/// Where the request is carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// As a service does.
    Service,
    /// By the owner, whom no policy limits: the queries' own conditions.
    Owner,
    /// As a service, but with the other company in the request, as a mistake of ours could have it:
    /// the database's own wall.
    Mistaken,
}

struct Crossing {
    desk: Desk,
    rows: Vec<String>,
    answered: usize,
}

impl Crossing {
    async fn open() -> Self {
        let desk = Desk::open().await;
        desk.db.run_sql(&rival()).await;
        let rows = desk.db.company_rows(company().0).await;
        Self {
            desk,
            rows,
            answered: 0,
        }
    }

    /// What one request comes to, as text: everything in it that a reply or a file could tell.
    async fn carried_out(
        &self,
        way: Way,
        agent: AgentType,
        asked: &Ask<'_>,
    ) -> Result<String, String> {
        let mut request = self.desk.request(asked);
        if way == Way::Mistaken {
            request.company.id = company();
        }
        let work = async |conn: &mut wharf_store::AsyncPgConnection| {
            let done = async {
                let work = agents::run(agent, conn, &request).await?;
                let Work::Outside(Outside::Document(job)) = work else {
                    return Ok(format!("{work:?}"));
                };
                let file = Attachment {
                    key: "key".into(),
                    file_name: "name.pdf".into(),
                    content_type: "application/pdf".into(),
                    size: 1,
                };
                let made = Made::Document {
                    file,
                    carried: job.carried.clone(),
                };
                let said = agents::finish(agent, conn, &request, made).await?;
                Ok::<_, AgentFailure>(format!("{job:?} {said:?}"))
            };
            // An agent that refuses has answered; what it did is rolled back by its handler.
            match done.await {
                Ok(said) => Ok(said),
                Err(AgentFailure::Refused(reason)) => Ok(reason),
                Err(AgentFailure::Store(error)) => Err(error),
            }
        };
        let store = &self.desk.store;
        let done: Result<String, StoreError> = match way {
            Way::Owner => store.transaction(work).await,
            Way::Service | Way::Mistaken => store.in_company(demo::company_id(), work).await,
        };
        done.map_err(|error| format!("{error:?}"))
    }

    async fn try_it(&mut self, way: Way, agent: AgentType, asked: &Ask<'_>) {
        let told = self.carried_out(way, agent, asked).await;
        let said: Vec<String> = asked
            .entities
            .iter()
            .map(|(_, word)| word.to_lowercase())
            .collect();
        let text = match &told {
            Ok(text) => {
                self.answered += 1;
                text
            }
            // Only a mistake may end in the database's refusal.
            Err(text) => {
                assert_eq!(way, Way::Mistaken, "{asked:?}: {text}");
                text
            }
        };
        for secret in SECRETS {
            let named = said.iter().any(|word| {
                secret.to_lowercase().contains(word.as_str())
                    || word.contains(&secret.to_lowercase())
            });
            assert!(
                named || !text.contains(secret),
                "{way:?} {asked:?}: {secret} in {text}"
            );
        }
    }

    async fn unchanged(&self, what: &str) {
        let now = self.desk.db.company_rows(company().0).await;
        assert_eq!(now, self.rows, "{what}");
    }
}

/// Every way to fill in what an intent takes: each thing of the other company by itself, and all.
fn entities(intent: IntentType) -> Vec<Vec<(EntityName, &'static str)>> {
    let mapping = AGENT_MAPPINGS
        .iter()
        .find(|row| row.intent == intent)
        .unwrap();
    let taken: Vec<EntityName> = mapping
        .required
        .iter()
        .flat_map(|group| group.iter())
        .chain(mapping.optional)
        .copied()
        .collect();
    let fixed: Vec<(EntityName, &str)> = taken
        .iter()
        .filter_map(|name| match name {
            EntityName::Quantity => Some((*name, "5")),
            EntityName::ReportType => Some((*name, "inventory")),
            EntityName::DateRange => Some((*name, "2026-02-01..2026-03-17")),
            _ => None,
        })
        .collect();
    let mut all = vec![fixed.clone()];
    let named = NAMED.iter().filter(|(name, _)| taken.contains(name));
    for (name, words) in named.clone() {
        for word in *words {
            let mut one = fixed.clone();
            one.push((*name, *word));
            all.push(one);
        }
    }
    let mut every = fixed;
    every.extend(named.map(|(name, words)| (*name, words[0])));
    all.push(every);
    if taken.contains(&EntityName::ReportType) {
        for report in ["sales", "supplier", "financial"] {
            all.push(vec![
                (EntityName::ReportType, report),
                (EntityName::DateRange, "2026-02-01..2026-03-17"),
            ]);
        }
    }
    all
}

#[tokio::test]
async fn no_agent_tells_or_changes_what_is_another_companys() {
    let mut crossing = Crossing::open().await;
    let theirs: ExecutionId = execution("of rival");
    let mut number = 0;
    for mapping in AGENT_MAPPINGS {
        let intent = mapping.intent;
        let steps = match intent.mutates() {
            true => vec![
                Step::Ask,
                Step::Confirmed { asked: None },
                Step::Confirmed {
                    asked: Some(theirs),
                },
                Step::Declined { asked: theirs },
                Step::Undo { of: theirs },
            ],
            false => vec![Step::Ask],
        };
        for said in entities(intent) {
            for step in &steps {
                for way in [Way::Service, Way::Owner, Way::Mistaken] {
                    number += 1;
                    let name = format!("SM{number}");
                    let mut asked = ask(&name, intent, &said);
                    asked.step = *step;
                    // Its row, as nlp writes it: an effect belongs to one.
                    crossing.desk.enqueue(&asked).await;
                    crossing.try_it(way, mapping.agent, &asked).await;
                }
            }
        }
        crossing.unchanged(intent.as_str()).await;
    }
    assert!(
        crossing.answered * 3 >= number * 2,
        "{} of {number}",
        crossing.answered
    );
}

#[tokio::test]
async fn no_agents_own_work_reaches_into_another_company() {
    let crossing = Crossing::open().await;
    for agent in AgentType::ALL {
        let report = crossing.desk.job(*agent, 0).await;
        let text = format!("{report:?}");
        assert!(
            SECRETS.iter().all(|secret| !text.contains(secret)),
            "{text}"
        );
        crossing.unchanged(agent.as_str()).await;
    }
    // Nor do the alerts that it raised name anything of it.
    let rows = crossing
        .desk
        .db
        .company_rows(demo::company_id().0)
        .await
        .join("\n");
    assert!(
        SECRETS.iter().all(|secret| !rows.contains(secret)),
        "{at:?}",
        at = at(0)
    );
}

/// A request that names our company and the other's execution: there is no such execution.
#[tokio::test]
async fn an_execution_of_another_company_is_not_run() {
    let running = TestExecutor::start().await;
    running.db.run_sql(&rival()).await;
    running
        .db
        .run_sql(&format!(
            "INSERT INTO agent_execution_queue (id, company_id, conversation_key, intent_type, agent_type, context)
             VALUES ('{}', '{}', 'k', 'check_inventory', 'inventory_monitor', '{{}}')",
            id(1),
            company()
        ))
        .await;
    let before = running.db.company_rows(company().0).await;
    running.send(&running.request_of_question(1)).await;
    let dead = running.dead(1).await.remove(0);
    assert!(dead.contains("no such execution"), "{dead}");
    assert_eq!(running.db.company_rows(company().0).await, before);
}
