//! Every intent that changes something, each of its steps: killed in the middle nothing of it is
//! left, repeated it is done once, and the audit log says who did what.
//!
//! To add an intent: its arm in [`case`]. Reads have none.

use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use tokio::sync::Notify;
use wharf_domain::{
    contracts::{Envelope, ExecutionRequest, ReplyContent, Step},
    entities::EntityName::{self, Agent, AlertId, Location, Operation, Quantity, Sku, Supplier},
    intent::IntentType,
};
use wharf_store::{StoreError, demo, executions::ExecutionStatus};

use crate::support::{TestExecutor, id};

/// How an intent is tested.
struct Case {
    /// What the message names.
    entities: &'static [(EntityName, &'static str)],
    /// Whether it is asked about first, with these limits.
    asks: bool,
    /// What the audit log says of the question.
    question: Option<&'static str>,
}

/// The case of an intent; `None`: it changes nothing.
fn case(intent: IntentType) -> Option<Case> {
    use IntentType as I;
    let (entities, asks, question): (&[_], _, _) = match intent {
        I::ReorderStock => (
            // USD 1,500: more than may be ordered unasked.
            &[(Sku, "WID-1001"), (Quantity, "1000"), (Supplier, "testers")],
            true,
            Some("drafted"),
        ),
        I::UpdateStock => (
            // More than half of what is there.
            &[
                (Sku, "WID-1001"),
                (Operation, "remove"),
                (Quantity, "30"),
                (Location, "toronto"),
            ],
            true,
            None,
        ),
        I::AcknowledgeAlert => (&[(AlertId, "A1")], false, None),
        I::ResolveAlert => (&[(AlertId, "A2")], true, None),
        I::RunAgent => (&[(Agent, "supplier_evaluator")], true, None),
        I::StopAgent => (&[(Agent, "report_generator")], true, None),
        I::CheckInventory
        | I::ViewAlerts
        | I::GenerateReport
        | I::ViewMetrics
        | I::DailyDigest
        | I::CheckSupplier
        | I::SupplierPerformance
        | I::AgentStatus
        | I::Help
        | I::Unknown => return None,
    };
    Some(Case {
        entities,
        asks,
        question,
    })
}

/// Everything that an agent may change, as text.
const STATE: &str = "
    SELECT coalesce(string_agg(line, E'\\n' ORDER BY line), '') AS text FROM (
      SELECT concat_ws(' ', 'stock', product_id, location_id, quantity) AS line FROM stock_levels
      UNION ALL SELECT concat_ws(' ', 'movement', id, kind) FROM stock_movements
      UNION ALL SELECT concat_ws(' ', 'order', number, state, cancel_reason) FROM purchase_orders
      UNION ALL SELECT concat_ws(' ', 'alert', number, state, acknowledged_at, resolved_at) FROM alerts
      UNION ALL SELECT concat_ws(' ', 'agent', agent_type, state, stopped_at) FROM agents
        WHERE agent_type IN ('supplier_evaluator', 'report_generator')
      UNION ALL SELECT concat_ws(' ', 'effect', execution_id, undone_by) FROM effects
      UNION ALL SELECT concat_ws(' ', 'audit', id, execution_id, action) FROM audit_log
      UNION ALL SELECT concat_ws(' ', 'waits', conversation_key, state) FROM dialogues
    ) AS lines";

async fn state(executor: &TestExecutor) -> String {
    #[derive(diesel::QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::Text)]
        text: String,
    }
    let mut conn = executor.store.conn().await.unwrap();
    let row: Row = diesel::sql_query(STATE)
        .get_result(&mut conn)
        .await
        .unwrap();
    row.text
}

/// A supplier, two alerts, and an agent that is stopped; and limits that ask wherever they can.
async fn open() -> TestExecutor {
    let executor = TestExecutor::start_with(&[
        ("WHARF__LIMITS__CONFIRM_AGENTS", "0"),
        ("WHARF__LIMITS__CONFIRM_RESOLVE", "always"),
    ])
    .await;
    let company = demo::company_id();
    executor
        .db
        .run_sql(&format!(
            "INSERT INTO suppliers (id, company_id, name)
               VALUES (gen_random_uuid(), '{company}', 'Testers');
             INSERT INTO supplier_products
                 (company_id, supplier_id, product_id, unit_price, currency, lead_time_days)
               SELECT p.company_id, s.id, p.id, 1.5, 'USD', 3 FROM products p, suppliers s
               WHERE p.company_id = '{company}' AND p.sku = 'WID-1001' AND s.name = 'Testers';
             INSERT INTO alerts
                 (company_id, number, kind, severity, category, subject, facts, raised_at, seen_at)
               VALUES ('{company}', 1, 'low_stock', 'low', 'stock', 'X-1', '{{}}', now(), now()),
                      ('{company}', 2, 'low_stock', 'low', 'stock', 'X-2', '{{}}', now(), now());
             INSERT INTO agents (company_id, agent_type, state, stopped_at)
               VALUES ('{company}', 'supplier_evaluator', 'stopped', now()),
                      ('{company}', 'report_generator', 'active', NULL)
               ON CONFLICT (company_id, agent_type) DO UPDATE
                 SET state = excluded.state, stopped_at = excluded.stopped_at;"
        ))
        .await;
    executor
}

/// Sends a request whose worker is killed before it has noted what it did, and again, twice.
async fn killed_and_repeated(
    executor: &mut TestExecutor,
    request: &Envelope<ExecutionRequest>,
    replies: &mut u32,
) -> ReplyContent {
    let before = state(executor).await;
    let holder = executor.db.store().await;
    let (taken, release) = (Notify::new(), Notify::new());
    let hold = holder.transaction::<(), StoreError, _>(async |conn| {
        // Questions and what was done are the last that agents write.
        let lock = "LOCK TABLE audit_log, dialogues IN SHARE MODE";
        conn.batch_execute(lock).await?;
        taken.notify_one();
        release.notified().await;
        Ok(())
    });
    let test = async {
        taken.notified().await;
        executor.send(request).await;
        executor.wait_blocked().await;
        executor.kill();
        assert_eq!(state(executor).await, before);
        executor.restart();
        release.notify_one();
    };
    let (held, ()) = tokio::join!(hold, test);
    held.unwrap();
    *replies += 1;
    let all = executor.replies(*replies).await;
    let of_it = |reply: &&Envelope<_>| reply.execution_id == request.execution_id;
    let first = all.iter().find(of_it).unwrap().clone();
    let after = state(executor).await;
    assert_ne!(after, before, "{:?}", request.body.intent);
    for _ in 0..2 {
        executor.send(request).await;
        *replies += 1;
        let all = executor.replies(*replies).await;
        assert!(all.iter().filter(of_it).all(|reply| *reply == first));
    }
    assert_eq!(state(executor).await, after, "{:?}", request.body.intent);
    first.body.content
}

#[tokio::test]
async fn every_change_is_done_once_however_its_worker_dies_and_is_on_record() {
    let mut executor = open().await;
    let (mut number, mut replies) = (0, 0);
    for intent in IntentType::ALL {
        let case = case(*intent);
        assert_eq!(case.is_some(), intent.mutates(), "{intent}");
        let Some(case) = case else { continue };
        let untouched = state_of_rows(&executor).await;
        let mut steps = vec![(Step::Ask, Some("done"))];
        if case.asks {
            let asked = Some(id(number + 1));
            steps = vec![
                (Step::Ask, case.question),
                (Step::Confirmed { asked }, Some("done")),
            ];
        }
        let done = number + u32::try_from(steps.len()).unwrap();
        steps.push((Step::Undo { of: id(done) }, Some("undone")));
        for (step, action) in steps {
            number += 1;
            let entities = match step {
                Step::Undo { .. } => &[],
                _ => case.entities,
            };
            let request = executor.enqueue_step(number, *intent, entities, step).await;
            let content = killed_and_repeated(&mut executor, &request, &mut replies).await;
            let row = executor.row(number).await;
            assert_eq!(row.status, ExecutionStatus::Completed, "{intent} {step:?}");
            if let Step::Undo { .. } = step {
                assert!(matches!(content, ReplyContent::Undone(_)), "{content:?}");
            }
            let lines = format!("audit_log WHERE execution_id = '{}'", id(number));
            let expected = i64::from(action.is_some());
            assert_eq!(
                executor.db.rows(&lines).await,
                expected,
                "{intent} {step:?}"
            );
            if let Some(action) = action {
                let line = format!("{lines} AND action = '{action}' AND intent_type = '{intent}'");
                assert_eq!(executor.db.rows(&line).await, 1, "{intent} {step:?}");
            }
        }
        assert_eq!(state_of_rows(&executor).await, untouched, "{intent}");
    }
}

/// What there is, without what is on record of how it came to be so.
async fn state_of_rows(executor: &TestExecutor) -> Vec<String> {
    let all = state(executor).await;
    let kept = |line: &&str| {
        ["stock", "alert", "agent"]
            .iter()
            .any(|kind| line.starts_with(kind))
    };
    all.lines().filter(kept).map(str::to_owned).collect()
}

#[tokio::test]
async fn who_may_not_is_refused_again_at_execution_and_on_record() {
    let executor = TestExecutor::start().await;
    let company = demo::company_id();
    let mut number = 0;
    for intent in IntentType::ALL.iter().filter(|intent| intent.mutates()) {
        number += 1;
        let entities = case(*intent).unwrap().entities;
        let request = executor.enqueue(number, *intent, entities).await;
        // nlp let the person ask; then the role was changed.
        executor
            .db
            .run_sql(&format!(
                "UPDATE agent_execution_queue SET profile_id = p.id FROM profiles p
                   WHERE p.company_id = '{company}' AND p.display_name = 'Nadia Petrov';
                 UPDATE profiles SET role = 'viewer' WHERE display_name = 'Nadia Petrov'"
            ))
            .await;
        executor.send(&request).await;
    }
    let replies = executor.replies(number).await;
    let permission = ReplyContent::AgentError {
        kind: wharf_domain::contracts::AgentErrorKind::Permission,
    };
    assert!(replies.iter().all(|reply| reply.body.content == permission));
    let denied = "audit_log WHERE action = 'denied' AND profile_id IS NOT NULL
                  AND detail->>'checked' = 'at execution'";
    assert_eq!(executor.db.rows(denied).await, i64::from(number));
    assert_eq!(executor.db.rows("audit_log").await, i64::from(number));
    assert_eq!(executor.db.rows("effects").await, 0);
}
