//! Two companies with a person, a product and stock each, for the tests of the queries.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use uuid::Uuid;
use wharf_domain::{
    address::Address,
    agent::AgentType,
    entities::Entities,
    ids::{CompanyId, ContactId, ExecutionId, ProfileId, named},
    intent::IntentType,
    priority::Priority,
};
use wharf_store::{
    OwnerStore, conversations::NewConversation, executions::NewExecution, outbound::NewOutbound,
};
use wharf_testkit::database::TestDatabase;

pub(crate) const OURS: &str = "+14155238886";
pub(crate) const THEIRS: &str = "+14155238887";

pub(crate) struct World {
    pub(crate) db: TestDatabase,
    pub(crate) store: OwnerStore,
    pub(crate) ours: Tenant,
    pub(crate) theirs: Tenant,
}

#[derive(Clone, Copy)]
pub(crate) struct Tenant {
    pub(crate) company: CompanyId,
    pub(crate) profile: ProfileId,
    pub(crate) contact: ContactId,
    pub(crate) product: Uuid,
    pub(crate) number: &'static str,
}

impl World {
    pub(crate) async fn new() -> Self {
        let db = TestDatabase::create().await;
        let ours = tenant(&db, "ours", OURS).await;
        let theirs = tenant(&db, "theirs", THEIRS).await;
        let store = db.store().await;
        Self {
            db,
            store,
            ours,
            theirs,
        }
    }
}

async fn tenant(db: &TestDatabase, name: &str, number: &'static str) -> Tenant {
    let id = |what: &str| named(&format!("{name}:{what}"));
    let (company, profile, contact) = (id("company"), id("profile"), id("contact"));
    let (product, entity, location) = (id("product"), id("entity"), id("location"));
    db.run_sql(&format!(
        "INSERT INTO companies (id, name, whatsapp_address, time_zone, locale)
           VALUES ('{company}', '{name}', '{number}', 'Europe/Berlin', 'de');
         INSERT INTO profiles (id, company_id, display_name, persona, role, email, time_zone)
           VALUES ('{profile}', '{company}', 'Pat', 'hub', 'planner', 'pat@example.com', 'America/New_York');
         INSERT INTO contacts (id, company_id, profile_id) VALUES ('{contact}', '{company}', '{profile}');
         INSERT INTO contact_addresses (company_id, address, contact_id, kind)
           VALUES ('{company}', '+15550100001', '{contact}', 'phone');
         INSERT INTO legal_entities (id, company_id, name) VALUES ('{entity}', '{company}', 'Inc.');
         INSERT INTO locations (id, company_id, legal_entity_id, name)
           VALUES ('{location}', '{company}', '{entity}', 'North Warehouse');
         INSERT INTO products (id, company_id, sku, name, aliases)
           VALUES ('{product}', '{company}', 'WID-1001', 'Blue widget', '{{widget}}');
         INSERT INTO stock_levels (company_id, product_id, location_id, quantity, updated_at)
           VALUES ('{company}', '{product}', '{location}', 7, '2026-01-01T00:00:00Z');"
    ))
    .await;
    Tenant {
        company: company.into(),
        profile: profile.into(),
        contact: contact.into(),
        product,
        number,
    }
}

pub(crate) fn at(minute: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap() + TimeDelta::minutes(minute)
}

pub(crate) fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

pub(crate) fn execution(sid: &str) -> ExecutionId {
    ExecutionId::of_message("AC1", sid)
}

impl Tenant {
    pub(crate) fn message(&self, sid: &str) -> NewConversation {
        let mut entities = Entities::default();
        entities.set(wharf_domain::entities::EntityName::Sku, "WID-1001");
        NewConversation {
            company_id: self.company,
            contact_id: self.contact,
            profile_id: Some(self.profile),
            address: address("+15550100001"),
            account_sid: "AC1".into(),
            message_sid: sid.into(),
            execution_id: execution(sid),
            conversation_key: "AC1:+14155238886:+15550100001".into(),
            body: "stock WID-1001".into(),
            inbound: Some(json!({"media": []})),
            intent: Some(IntentType::CheckInventory),
            confidence: Some(0.976_54),
            entities,
            received_at: at(0),
        }
    }

    pub(crate) fn work(&self, sid: &str) -> NewExecution {
        NewExecution {
            id: execution(sid),
            company_id: self.company,
            agent_id: None,
            contact_id: Some(self.contact),
            profile_id: Some(self.profile),
            conversation_key: "AC1:+14155238886:+15550100001".into(),
            intent: IntentType::CheckInventory,
            agent: AgentType::InventoryMonitor,
            priority: Priority::Inventory,
            context: json!({"sku": "WID-1001"}),
            created_at: at(0),
        }
    }

    pub(crate) fn parts(&self, sid: &str, bodies: &[&str]) -> Vec<NewOutbound> {
        let reply = execution(sid).message("reply");
        (0_u16..)
            .zip(bodies)
            .map(|(part, body)| NewOutbound {
                id: ExecutionId::outbound(reply, part),
                company_id: self.company,
                contact_id: self.contact,
                execution_id: execution(sid),
                reply_id: reply,
                conversation_key: "AC1:+14155238886:+15550100001".into(),
                part: i16::try_from(part).unwrap(),
                parts: i16::try_from(bodies.len()).unwrap(),
                body: (*body).into(),
                media_url: None,
                template: None,
                content_sid: None,
                content_variables: None,
                proactive: false,
                created_at: at(0),
            })
            .collect()
    }
}
