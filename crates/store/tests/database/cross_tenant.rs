//! Every query, asked with the other company's id: nothing is found, nothing is changed. A new
//! query gets a line here.

use chrono::TimeDelta;
use diesel_async::SimpleAsyncConnection;
use serde_json::json;
use wharf_domain::{
    agent::AgentType,
    contracts::DeliveryStatus,
    dialogue::{DialogueState, Form},
    entities::{Entities, EntityName},
    intent::IntentType,
    period::Period,
    persona::Persona,
};
use wharf_store::{
    StoreError,
    agent_runs::{self, Circuit, NewRun, Noted, RunState, Trigger},
    agents::{self, AgentState, Endpoint},
    alerts::{self, Filter},
    audit::{self, AuditAction},
    contacts, conversations, demand, dialogues,
    effects::{self, NewEffect},
    executions::{self, Begin, ExecutionStatus},
    locations, mail,
    metrics::{self, By},
    movements,
    outbound::{self, Claimed, OutboundStatus},
    permissions::{self, Permission},
    personas,
    products::{self, ProductMatch},
    profiles, replenishment, snapshots, stock,
    templates::{self, NewTemplate},
};

mod bulk;
mod purchasing;

use crate::support::{THEIRS, World, address, at, execution};

#[tokio::test]
async fn people() {
    let world = World::new().await;
    let (ours, theirs) = (world.ours, world.theirs);
    let mut conn = world.store.conn().await.unwrap();
    let conn = &mut *conn;
    assert_eq!(
        profiles::get(conn, theirs.company, ours.profile)
            .await
            .unwrap(),
        None
    );
    let changed =
        profiles::set_persona(conn, theirs.company, ours.profile, Some(Persona::Spring)).await;
    assert!(!changed.unwrap());
    let mut change = personas::Change {
        company: theirs.company,
        profile: ours.profile,
        before: None,
        persona: Some(Persona::Spring),
        why: personas::Why::Chosen,
        execution: execution("SM1"),
        at: at(0),
    };
    assert!(!personas::switch(conn, &change).await.unwrap());
    change.company = ours.company;
    assert!(personas::switch(conn, &change).await.unwrap());
    let (theirs_of_ours, ours_of_ours) = (
        personas::history(conn, theirs.company, ours.profile, 9).await,
        personas::history(conn, ours.company, ours.profile, 9).await,
    );
    assert_eq!(theirs_of_ours.unwrap(), []);
    assert_eq!(ours_of_ours.unwrap(), [change]);
    assert_eq!(
        contacts::reply_target(conn, theirs.company, ours.contact)
            .await
            .unwrap(),
        None
    );
    // The same number writes to both companies and is somebody else in each.
    let from = address("+15550100001");
    let sender = contacts::resolve_sender(conn, &address(THEIRS), &from, None, None, at(0)).await;
    let sender = sender.unwrap().unwrap();
    assert_eq!(
        (sender.company_id, sender.contact_id),
        (theirs.company, theirs.contact)
    );
    assert_eq!(sender.profile.unwrap().id, theirs.profile);
}

#[tokio::test]
async fn messages_and_work() {
    let world = World::new().await;
    let (ours, theirs) = (world.ours, world.theirs);
    let mut conn = world.store.conn().await.unwrap();
    let conn = &mut *conn;
    let id = execution("SM1");
    conversations::record(conn, &ours.message("SM1"))
        .await
        .unwrap();
    let taken = conversations::record(conn, &theirs.message("SM1")).await;
    assert!(matches!(taken, Err(StoreError::Conflict(_))), "{taken:?}");
    assert_eq!(
        conversations::by_execution(conn, theirs.company, id)
            .await
            .unwrap(),
        None
    );
    assert!(
        !conversations::set_outcome(conn, theirs.company, id, &json!([]))
            .await
            .unwrap()
    );
    assert!(
        !conversations::mark_response_sent(conn, theirs.company, id)
            .await
            .unwrap()
    );

    executions::enqueue(conn, &ours.work("SM1")).await.unwrap();
    let taken = executions::enqueue(conn, &theirs.work("SM1")).await;
    assert!(matches!(taken, Err(StoreError::Conflict(_))), "{taken:?}");
    assert_eq!(
        executions::get(conn, theirs.company, id).await.unwrap(),
        None
    );
    let minute = TimeDelta::minutes(1);
    let begun = executions::begin(conn, theirs.company, id, "a", at(0), minute).await;
    assert_eq!(begun.unwrap(), Begin::Missing);
    let abandoned = executions::abandon(conn, theirs.company, id, "x", &json!([]), at(0)).await;
    assert!(!abandoned.unwrap());
    let key = ours.work("SM1").conversation_key;
    let cancelled = executions::cancel_of_conversation(conn, theirs.company, &key, at(0)).await;
    assert_eq!(cancelled.unwrap(), None);
    let Begin::Started(mut mine) = executions::begin(conn, ours.company, id, "a", at(0), minute)
        .await
        .unwrap()
    else {
        panic!("it is pending");
    };
    mine.company_id = theirs.company;
    let none = json!([]);
    assert!(
        !executions::complete(conn, &mine, &none, &none, at(0))
            .await
            .unwrap()
    );
    assert!(
        !executions::fail(conn, &mine, "x", &none, at(0))
            .await
            .unwrap()
    );
    assert!(!executions::release(conn, &mine, None).await.unwrap());
    assert!(!executions::renew(conn, &mine, at(9)).await.unwrap());
    assert!(!executions::await_answer(conn, &mine, at(9)).await.unwrap());
    let key = ours.work("SM1").conversation_key;
    let cancelled = executions::cancel_of_conversation(conn, theirs.company, &key, at(0)).await;
    assert_eq!(cancelled.unwrap(), None);
    assert_eq!(executions::waiting(conn, theirs.company).await.unwrap(), []);
    let nobody = Some(ours.profile);
    let under_way = executions::under_way(conn, theirs.company, "no key", nobody, 9).await;
    assert_eq!(under_way.unwrap(), []);
    let under_way = executions::under_way(conn, ours.company, &key, None, 9).await;
    assert!(
        under_way
            .unwrap()
            .iter()
            .all(|row| row.company_id == ours.company)
    );
    let latest = executions::latest_of_conversation(conn, theirs.company, &key, at(0)).await;
    assert!(
        latest
            .unwrap()
            .iter()
            .all(|row| row.company_id == theirs.company)
    );
    executions::told(conn, theirs.company, id).await.unwrap();
    let seized = executions::seize(conn, theirs.company, id, "s", at(99), at(100)).await;
    assert_eq!(seized.unwrap(), None);
    let row = executions::get(conn, ours.company, id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(row.status, ExecutionStatus::Processing);
}

#[tokio::test]
async fn replies() {
    let world = World::new().await;
    let (ours, theirs) = (world.ours, world.theirs);
    let mut conn = world.store.conn().await.unwrap();
    let conn = &mut *conn;
    let part = &outbound::prepare(conn, &ours.parts("SM1", &["ours"]))
        .await
        .unwrap()[0];
    let taken = outbound::prepare(conn, &theirs.parts("SM1", &["theirs"])).await;
    assert!(matches!(taken, Err(StoreError::Conflict(_))), "{taken:?}");
    let (company, id) = (theirs.company, part.id);
    assert_eq!(outbound::get(conn, company, id).await.unwrap(), None);
    let reply = execution("SM1").message("reply");
    assert_eq!(outbound::of_reply(conn, company, reply).await.unwrap(), []);
    assert_eq!(
        outbound::claim_sending(conn, company, id, at(0))
            .await
            .unwrap(),
        Claimed::Missing
    );
    outbound::claim_sending(conn, ours.company, id, at(0))
        .await
        .unwrap();
    let queued = DeliveryStatus::Queued;
    assert!(
        !outbound::mark_sent(conn, company, id, "SMx", queued, at(0))
            .await
            .unwrap()
    );
    assert!(
        !outbound::mark_failed(conn, company, id, None, None, at(0))
            .await
            .unwrap()
    );
    assert!(
        !outbound::mark_pending(conn, company, id, at(0))
            .await
            .unwrap()
    );
    assert!(
        !outbound::mark_unknown(conn, company, id, at(0))
            .await
            .unwrap()
    );
    let row = outbound::get(conn, ours.company, id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (row.status, row.message_sid),
        (OutboundStatus::Sending, None)
    );
}

#[tokio::test]
async fn agents_texts_and_goods() {
    let world = World::new().await;
    let (ours, theirs) = (world.ours, world.theirs);
    let mut conn = world.store.conn().await.unwrap();
    let conn = &mut *conn;
    let agent = agents::find_or_create(conn, ours.company, AgentType::InventoryMonitor)
        .await
        .unwrap();
    assert_eq!(agents::list(conn, theirs.company).await.unwrap(), []);
    let run = NewRun {
        agent: agent.id,
        execution: None,
        trigger: Trigger::Schedule,
        intent: IntentType::RunAgent,
        state: RunState::Completed,
        started_at: at(0),
        ended_at: at(0),
        error: None,
    };
    let circuit = Circuit {
        failures: 1,
        closed: TimeDelta::minutes(1),
    };
    let noted = agent_runs::record(conn, theirs.company, &run, circuit).await;
    assert_eq!(noted.unwrap(), Noted::Before);
    let noted = agent_runs::record(conn, ours.company, &run, circuit).await;
    assert_eq!(noted.unwrap(), Noted::Counted);
    let counted = agent_runs::counts(conn, theirs.company, at(-9)).await;
    assert_eq!(counted.unwrap(), []);
    assert!(
        !agent_runs::ran_by_itself(conn, theirs.company, agent.id, at(-9))
            .await
            .unwrap()
    );
    let (state, profile) = (AgentState::Stopped, Some(ours.profile));
    assert!(
        !agents::set_state(conn, theirs.company, agent.id, state, profile, at(0))
            .await
            .unwrap()
    );
    let endpoint = Endpoint {
        url: "https://agents.example".to_owned(),
        secret: "s3cret".into(),
    };
    agents::plug(conn, ours.company, agent.agent_type, Some(&endpoint), at(0))
        .await
        .unwrap();
    let found = agents::endpoint(conn, theirs.company, agent.id).await;
    assert!(found.unwrap().is_none());
    assert!(
        !agents::take_probe(conn, theirs.company, agent.id, at(9), at(10))
            .await
            .unwrap()
    );
    let name = profiles::name(conn, theirs.company, ours.profile).await;
    assert_eq!(name.unwrap(), None);

    let text = NewTemplate {
        name: "help",
        persona: None,
        locale: "en",
        body: "ours",
        template_sid: None,
    };
    templates::save(conn, ours.company, &text).await.unwrap();
    assert_eq!(templates::active(conn, theirs.company).await.unwrap(), []);

    world
        .db
        .run_sql(&format!(
            "INSERT INTO products (company_id, sku, name) VALUES ('{}', 'OURS-1', 'Secret thing');
             UPDATE locations SET name = 'Our place' WHERE company_id = '{}'",
            ours.company, ours.company
        ))
        .await;
    for words in ["OURS-1", "secret thing", "secret thin"] {
        let found = products::find_product(conn, theirs.company, words)
            .await
            .unwrap();
        assert_eq!(found, ProductMatch::None { nearest: vec![] }, "{words}");
    }
    let catalogue = products::catalogue(conn, theirs.company).await.unwrap();
    assert_eq!(
        catalogue.iter().map(|p| p.id).collect::<Vec<_>>(),
        [theirs.product]
    );
    assert_eq!(
        stock::stock_of(conn, theirs.company, ours.product, None)
            .await
            .unwrap(),
        []
    );
    assert_eq!(
        locations::find(conn, theirs.company, "our place")
            .await
            .unwrap(),
        None
    );
    assert_eq!(
        locations::list(conn, theirs.company).await.unwrap().len(),
        1
    );
}

#[tokio::test]
async fn sales_and_stock() {
    let world = World::new().await;
    let (ours, theirs) = (world.ours, world.theirs);
    crate::demand::sell(&world, ours.company, ours.product, 10, 5, 5).await;
    let mut conn = world.store.conn().await.unwrap();
    let conn = &mut *conn;
    let today = "2026-03-15".parse().unwrap();
    let period = Period::last(30, today);
    let daily = demand::daily(conn, theirs.company, ours.product, None, today, 7).await;
    assert_eq!(daily.unwrap(), [] as [i64; 0]);
    let all = demand::daily_of_all(conn, theirs.company, today, 7).await;
    assert!(all.unwrap().is_empty());
    let sums = demand::sums(conn, theirs.company, Some(ours.product), period).await;
    assert_eq!(sums.unwrap(), []);
    assert!(
        !stock::totals(conn, theirs.company)
            .await
            .unwrap()
            .contains_key(&ours.product)
    );

    let place = locations::list(conn, ours.company).await.unwrap()[0].id;
    let held = movements::lock(conn, theirs.company, ours.product, place).await;
    assert_eq!(held.unwrap(), None);
    let mut new = crate::movements::movement(ours, place, Some(7), 9);
    new.company_id = theirs.company;
    assert!(movements::record(conn, &new).await.is_err());
    new.before = None;
    assert!(movements::record(conn, &new).await.is_err());
    assert_eq!(
        stock::totals(conn, ours.company).await.unwrap()[&ours.product],
        7
    );
    new.company_id = ours.company;
    new.before = Some(7);
    movements::record(conn, &new).await.unwrap();
    let id = execution("SM1");
    assert_eq!(
        movements::of_execution(conn, theirs.company, id)
            .await
            .unwrap(),
        None
    );
    let history = movements::of_product(conn, theirs.company, ours.product, 9).await;
    assert_eq!(history.unwrap(), []);
    snapshots::take(conn, theirs.company, today).await.unwrap();
    let snapshots = format!("stock_snapshots WHERE product_id = '{}'", ours.product);
    assert_eq!(world.db.rows(&snapshots).await, 0);
}

#[tokio::test]
async fn orders_and_prices() {
    let world = World::new().await;
    let (ours, theirs) = (world.ours, world.theirs);
    crate::replenishment::seed(&world, ours).await;
    let mut conn = world.store.conn().await.unwrap();
    let conn = &mut *conn;
    let (company, zone) = (theirs.company, chrono_tz::UTC);
    let (from, today) = ("2025-01-01".parse().unwrap(), "2026-12-31".parse().unwrap());
    let last = replenishment::last_ordered(conn, company, ours.product, zone).await;
    assert_eq!(last.unwrap(), None);
    for product in [None, Some(ours.product)] {
        let delivered = replenishment::delivered(conn, company, product, from, zone).await;
        assert_eq!(delivered.unwrap(), []);
    }
    assert_eq!(replenishment::late(conn, company, today).await.unwrap(), []);
    let dearer = replenishment::dearer(conn, company, from, today).await;
    assert_eq!(dearer.unwrap(), []);
}

#[tokio::test]
async fn alerts_of_others() {
    let world = World::new().await;
    let (ours, theirs) = (world.ours, world.theirs);
    let mut conn = world.store.conn().await.unwrap();
    let conn = &mut *conn;
    let low = crate::alerts::low(ours);
    alerts::raise(conn, ours.company, &low, at(0))
        .await
        .unwrap();
    let (company, me) = (theirs.company, Some(theirs.profile));
    let page = alerts::page(conn, company, Filter::default(), 0, 9).await;
    assert_eq!(page.unwrap(), []);
    let live = alerts::live(conn, company, Filter::default(), 9).await;
    assert_eq!(live.unwrap(), []);
    let counts = alerts::counts(conn, company, Filter::default()).await;
    assert_eq!(counts.unwrap(), []);
    assert_eq!(alerts::get(conn, company, 1).await.unwrap(), None);
    let acknowledged = alerts::acknowledge(conn, company, 1, me, at(1)).await;
    assert_eq!(acknowledged.unwrap(), None);
    assert_eq!(
        alerts::resolve(conn, company, 1, me, at(1)).await.unwrap(),
        None
    );
    assert_eq!(
        alerts::names(conn, company, &[ours.profile]).await.unwrap(),
        []
    );
    let scan = alerts::Scan::begin(conn, company, at(5)).await.unwrap();
    assert_eq!(scan.end(conn, &[low.kind]).await.unwrap(), 0);
    assert_eq!(alerts::scanned_at(conn, ours.company).await.unwrap(), None);
    let mine = alerts::get(conn, ours.company, 1).await.unwrap().unwrap();
    assert_eq!(mine.state, alerts::AlertState::Open);
    alerts::acknowledge(conn, ours.company, 1, Some(ours.profile), at(2))
        .await
        .unwrap();
    assert_eq!(
        alerts::unacknowledge(conn, company, 1, at(2))
            .await
            .unwrap(),
        None
    );
    alerts::resolve(conn, ours.company, 1, Some(ours.profile), at(3))
        .await
        .unwrap();
    assert_eq!(alerts::reopen(conn, company, 1, at(3)).await.unwrap(), None);
}

#[tokio::test]
async fn figures_of_a_period() {
    let world = World::new().await;
    let (ours, theirs) = (world.ours, world.theirs);
    crate::metrics::seed(&world, ours, "ours").await;
    let mut conn = world.store.conn().await.unwrap();
    let conn = &mut *conn;
    let (company, zone) = (theirs.company, chrono_tz::UTC);
    let march = crate::metrics::march(1, 31);
    let record = metrics::sales_record(conn, company).await;
    assert_eq!(record.unwrap(), None);
    let sums = metrics::sales(conn, company, None, march, By::All).await;
    assert_eq!(sums.unwrap()[0].1.rows, 0);
    let sums = metrics::sales(conn, company, None, march, By::Product).await;
    assert_eq!(sums.unwrap(), []);
    let days = metrics::stock_days(conn, company, None, march).await;
    assert_eq!(days.unwrap(), []);
    let looked = metrics::availability(conn, company, None, march).await;
    assert_eq!(looked.unwrap().days, 0);
    let there = metrics::holdings(conn, company, None, None).await.unwrap();
    assert!(there.iter().all(|row| row.product_id == theirs.product));
    let counted = metrics::counts(conn, company, None, march, zone).await;
    assert_eq!(counted.unwrap().counts, 0);
    let spent = metrics::spent(conn, company, march, zone).await;
    assert_eq!(spent.unwrap(), []);
    let awaited = metrics::awaited(conn, company, march.to, march.to).await;
    assert_eq!(awaited.unwrap(), (0, 0));
}

#[tokio::test]
async fn dialogues_changes_and_rights() {
    let world = World::new().await;
    let (ours, theirs) = (world.ours, world.theirs);
    let mut conn = world.store.conn().await.unwrap();
    let conn = &mut *conn;
    let key = "AC1:+14155238886:+15550100001";
    let state = DialogueState::Asking(Form {
        intent: IntentType::CheckInventory,
        entities: Entities::default(),
        missing: EntityName::Product,
        tries: 0,
        confirm: false,
    });
    dialogues::ask(conn, ours.company, key, &state, at(0), at(30))
        .await
        .unwrap();
    let found = dialogues::get(conn, theirs.company, key, at(1)).await;
    assert_eq!(found.unwrap(), None);
    assert!(!dialogues::clear(conn, theirs.company, key).await.unwrap());
    let found = dialogues::get(conn, ours.company, key, at(1)).await;
    assert_eq!(found.unwrap().unwrap().state, state);

    let id = execution("SM1");
    let part = outbound::prepare(conn, &ours.parts("SM1", &["ours"])).await;
    let part = part.unwrap().remove(0).id;
    outbound::claim_sending(conn, ours.company, part, at(0))
        .await
        .unwrap();
    outbound::mark_sent(
        conn,
        ours.company,
        part,
        "SMq",
        DeliveryStatus::Queued,
        at(0),
    )
    .await
    .unwrap();
    let quoted = dialogues::quoted(conn, theirs.company, key, "SMq").await;
    assert_eq!(quoted.unwrap(), None);
    let quoted = dialogues::quoted(conn, ours.company, key, "SMq").await;
    assert_eq!(quoted.unwrap().unwrap().execution_id, execution("SM1"));

    executions::enqueue(conn, &ours.work("SM1")).await.unwrap();
    let mut yes = ours.work("SMyes");
    yes.context = json!({ "step": { "kind": "confirmed", "asked": execution("SM1") } });
    executions::enqueue(conn, &yes).await.unwrap();
    for (company, answered) in [(theirs.company, false), (ours.company, true)] {
        let found = executions::answer_under_way(conn, company, execution("SM1")).await;
        assert_eq!(found.unwrap(), answered);
    }
    let effect = NewEffect {
        execution_id: id,
        company_id: ours.company,
        conversation_key: key.to_owned(),
        profile_id: Some(ours.profile),
        agent: AgentType::InventoryMonitor,
        intent: IntentType::UpdateStock,
        change: json!({}),
        done_at: at(0),
        undo_until: at(10),
    };
    effects::record(conn, &effect).await.unwrap();
    let stolen = NewEffect {
        company_id: theirs.company,
        profile_id: None,
        ..effect
    };
    let taken = effects::record(conn, &stolen).await;
    assert!(matches!(taken, Err(StoreError::Conflict(_))), "{taken:?}");
    let found = effects::get(conn, theirs.company, id).await.unwrap();
    assert_eq!(found, None);
    let found = effects::latest_of(conn, theirs.company, key).await.unwrap();
    assert_eq!(found, None);
    let by = execution("SM2");
    let undone = effects::mark_undone(conn, theirs.company, id, by, at(1)).await;
    assert!(!undone.unwrap());

    let intent = IntentType::CheckInventory;
    let right = permissions::check(conn, theirs.company, ours.profile, intent).await;
    assert_eq!(right.unwrap(), Permission::Denied);
    let entry = audit::Entry {
        company: ours.company,
        at: at(0),
        profile: Some(ours.profile),
        execution: Some(id),
        intent,
        action: AuditAction::Denied,
        detail: json!({}),
    };
    audit::record(conn, &entry).await.unwrap();
    let lines = audit::since(conn, theirs.company, at(0), 10).await.unwrap();
    assert_eq!(lines, []);
}

/// The database itself refuses rows that mix two companies, should a query be wrong.
#[tokio::test]
async fn no_row_can_refer_to_another_companys() {
    let world = World::new().await;
    let (a, b) = (world.ours.company, world.theirs);
    let (profile, contact, product) = (b.profile, b.contact, b.product);
    let mut conn = world.store.conn().await.unwrap();
    for sql in [
        format!("INSERT INTO contacts (company_id, profile_id) VALUES ('{a}', '{profile}')"),
        format!(
            "INSERT INTO contact_addresses (company_id, address, contact_id, kind) VALUES ('{a}', '+12345678', '{contact}', 'phone')"
        ),
        format!(
            "INSERT INTO whatsapp_conversations (company_id, contact_id, phone_number, execution_id, account_sid, conversation_key, received_at) VALUES ('{a}', '{contact}', '+1', gen_random_uuid(), 'AC1', 'k', now())"
        ),
        format!(
            "INSERT INTO agent_execution_queue (company_id, contact_id, conversation_key, intent_type, agent_type) VALUES ('{a}', '{contact}', 'k', 'help', 'x')"
        ),
        format!(
            "INSERT INTO agent_execution_queue (company_id, agent_id, conversation_key, intent_type, agent_type) VALUES ('{a}', (SELECT id FROM b_agent), 'k', 'help', 'x')"
        ),
        format!(
            "INSERT INTO outbound_messages (id, company_id, contact_id, execution_id, reply_id, conversation_key, part, parts, body, created_at, updated_at) VALUES (gen_random_uuid(), '{a}', '{contact}', gen_random_uuid(), gen_random_uuid(), 'k', 0, 1, 'x', now(), now())"
        ),
        format!(
            "INSERT INTO locations (company_id, legal_entity_id, name) SELECT '{a}', id, 'x' FROM legal_entities WHERE company_id = '{}'",
            b.company
        ),
        format!(
            "INSERT INTO profile_locations (company_id, profile_id, location_id) SELECT '{a}', '{profile}', id FROM locations WHERE company_id = '{a}'"
        ),
        format!(
            "INSERT INTO audit_log (company_id, at, profile_id, intent_type, action, detail) VALUES ('{a}', now(), '{profile}', 'help', 'done', '{{}}')"
        ),
        format!(
            "INSERT INTO stock_levels (company_id, product_id, location_id, quantity, updated_at) SELECT '{a}', '{product}', id, 1, now() FROM locations WHERE company_id = '{a}'"
        ),
    ] {
        conn.batch_execute(&format!(
            "CREATE TEMP TABLE IF NOT EXISTS b_agent (id uuid);
             INSERT INTO agents (company_id, agent_type) VALUES ('{}', 'x') ON CONFLICT DO NOTHING;
             INSERT INTO b_agent SELECT id FROM agents LIMIT 1 ON CONFLICT DO NOTHING;
             DELETE FROM b_agent WHERE ctid <> (SELECT min(ctid) FROM b_agent)",
            b.company
        ))
        .await
        .unwrap();
        let refused = conn.batch_execute(&sql).await.unwrap_err();
        let foreign = matches!(
            &refused,
            diesel::result::Error::DatabaseError(
                diesel::result::DatabaseErrorKind::ForeignKeyViolation,
                _
            )
        );
        assert!(foreign, "{sql}: {refused:?}");
    }
}

#[tokio::test]
async fn mails() {
    let world = World::new().await;
    let (ours, theirs) = (world.ours, world.theirs);
    let mut conn = world.store.conn().await.unwrap();
    let conn = &mut *conn;
    let id = mail::plan(conn, &ours.mail("SM1")).await.unwrap().id;
    let taken = mail::plan(conn, &theirs.mail("SM1")).await;
    assert!(matches!(taken, Err(StoreError::Conflict(_))), "{taken:?}");
    let mut strange = ours.mail("SM2");
    strange.profile_id = theirs.profile;
    assert!(mail::plan(conn, &strange).await.is_err());
    let company = theirs.company;
    assert_eq!(mail::get(conn, company, id).await.unwrap(), None);
    let found = mail::of_execution(conn, company, execution("SM1")).await;
    assert_eq!(found.unwrap(), []);
    assert_eq!(
        mail::claim_sending(conn, company, id, at(0), at(0))
            .await
            .unwrap(),
        mail::Claimed::Missing
    );
    mail::claim_sending(conn, ours.company, id, at(0), at(0))
        .await
        .unwrap();
    assert!(!mail::mark_sent(conn, company, id, at(0)).await.unwrap());
    assert!(
        !mail::mark_pending(conn, company, id, "x", at(0))
            .await
            .unwrap()
    );
    assert!(
        !mail::mark_failed(conn, company, id, "x", at(0))
            .await
            .unwrap()
    );
    let row = mail::get(conn, ours.company, id).await.unwrap().unwrap();
    assert_eq!(row.status, mail::MailStatus::Sending);
}
