//! Drafted orders that nobody answered: cancelled once, and never one that somebody said yes to.

use diesel_async::SimpleAsyncConnection;
use tokio::sync::Notify;
use wharf_domain::{
    contracts::{ReplyContent, Step, answers::ReorderState},
    entities::EntityName,
    intent::IntentType,
};
use wharf_store::{StoreError, demo};
use wharf_testkit::poll;

use crate::support::{DEADLINE, TestExecutor, id};

const SAID: [(EntityName, &str); 3] = [
    (EntityName::Sku, "WID-1001"),
    (EntityName::Quantity, "1000"),
    (EntityName::Supplier, "testers"),
];
const SWEPT: &str = r#"wharf_swept_total{what="draft"} 1"#;

/// A service that sweeps every second, and a draft of USD 1,500 that message 1 asked about.
async fn drafted() -> TestExecutor {
    let executor = TestExecutor::start_with(&[("WHARF__SWEEP__INTERVAL_S", "1")]).await;
    let company = demo::company_id();
    executor
        .db
        .run_sql(&format!(
            "INSERT INTO suppliers (id, company_id, name)
               VALUES (gen_random_uuid(), '{company}', 'Testers');
             INSERT INTO supplier_products
                 (company_id, supplier_id, product_id, unit_price, currency, lead_time_days)
               SELECT p.company_id, s.id, p.id, 1.5, 'USD', 3 FROM products p, suppliers s
               WHERE p.company_id = '{company}' AND p.sku = 'WID-1001' AND s.name = 'Testers'"
        ))
        .await;
    let request = executor.enqueue(1, IntentType::ReorderStock, &SAID).await;
    executor.send(&request).await;
    executor.replies(1).await;
    assert_eq!(orders(&executor, "draft").await, 1);
    executor
}

async fn orders(executor: &TestExecutor, state: &str) -> i64 {
    let of_ours = format!("purchase_orders WHERE execution_id IS NOT NULL AND state = '{state}'");
    executor.db.rows(&of_ours).await
}

/// What happened happened half an hour earlier. `EXPIRED` also ends the question.
const EARLIER: &str = "UPDATE purchase_orders SET created_at = created_at - interval '31 minutes'
    WHERE execution_id IS NOT NULL;";
const EXPIRED: &str = "UPDATE dialogues SET expires_at = now();";

/// Waits until the sweeper has looked at every draft: `another` one, which is over for sure, comes
/// after those drawn up before it.
async fn swept_once_more(executor: &TestExecutor, another: &str) {
    executor.db.run_sql(another).await;
    executor.wait_metric(SWEPT).await;
}

/// What makes a draft of message 9, a second younger than the other, that no question is about.
async fn another(executor: &TestExecutor) -> String {
    let request = executor.enqueue(9, IntentType::ReorderStock, &SAID).await;
    let complete = format!(
        "UPDATE agent_execution_queue SET status = 'completed', completed_at = now()
           WHERE id = '{}';",
        request.execution_id
    );
    format!(
        "{complete} INSERT INTO purchase_orders
           (company_id, number, supplier_id, state, currency, execution_id, created_at)
           SELECT company_id, number + 1, supplier_id, 'draft', currency, '{}',
             created_at + interval '1 second'
           FROM purchase_orders WHERE execution_id IS NOT NULL",
        request.execution_id
    )
}

#[tokio::test]
async fn a_draft_is_cancelled_when_its_question_is_over() {
    let executor = drafted().await;
    executor.db.run_sql(&format!("{EARLIER} {EXPIRED}")).await;
    executor.wait_metric(SWEPT).await;
    let cancelled = "purchase_orders WHERE state = 'cancelled' AND cancel_reason = 'expired'
                     AND cancelled_at IS NOT NULL";
    assert_eq!(executor.db.rows(cancelled).await, 1);
    let line = format!(
        "audit_log WHERE action = 'cancelled' AND intent_type = 'reorder_stock'
         AND execution_id = '{}' AND detail->>'reason' = 'expired'",
        id(1)
    );
    assert_eq!(executor.db.rows(&line).await, 1);

    // A yes that comes all the same places nothing, and says how it stands.
    let asked = Some(id(1));
    let yes = executor
        .enqueue_step(
            2,
            IntentType::ReorderStock,
            &SAID,
            Step::Confirmed { asked },
        )
        .await;
    executor.send(&yes).await;
    let content = executor.replies(2).await.remove(1).body.content;
    let ReplyContent::ReorderResult(result) = content else {
        panic!("{content:?}")
    };
    assert_eq!(result.state, ReorderState::Cancelled);
    assert_eq!(orders(&executor, "confirmed").await, 0);
    assert_eq!(executor.db.rows(&line).await, 1, "once");
}

#[tokio::test]
async fn a_draft_whose_question_is_open_or_being_answered_stays() {
    let executor = drafted().await;
    let other = another(&executor).await;
    // Asked again lately: the question is open though the draft is old.
    let sql = format!("{EARLIER} {other}");
    swept_once_more(&executor, &sql).await;
    assert_eq!(orders(&executor, "draft").await, 1);

    // Answered, and over since; the answer waits in the queue.
    let asked = Some(id(1));
    let yes = executor
        .enqueue_step(
            2,
            IntentType::ReorderStock,
            &SAID,
            Step::Confirmed { asked },
        )
        .await;
    let again = format!(
        "{EXPIRED} UPDATE purchase_orders SET state = 'draft', cancelled_at = NULL,
           cancel_reason = NULL WHERE state = 'cancelled' AND execution_id = '{}'",
        id(9)
    );
    executor.db.run_sql(&again).await;
    executor
        .wait_metric(r#"wharf_swept_total{what="draft"} 2"#)
        .await;
    assert_eq!(orders(&executor, "draft").await, 1);
    executor.send(&yes).await;
    executor.replies(2).await;
    assert_eq!(orders(&executor, "confirmed").await, 1);
}

/// A yes and the sweeper at the same moment. The yes is nlp's transaction: it has the conversation's
/// row, on which the sweeper waits.
#[tokio::test]
async fn a_yes_at_the_last_moment_is_a_yes() {
    let executor = drafted().await;
    let asked = Some(id(1));
    let yes = executor
        .enqueue_step(
            2,
            IntentType::ReorderStock,
            &SAID,
            Step::Confirmed { asked },
        )
        .await;
    // Not seen before the transaction below has ended.
    let hidden = format!(
        "UPDATE agent_execution_queue SET status = 'cancelled', completed_at = now()
           WHERE id = '{}'",
        id(2)
    );
    executor.db.run_sql(&hidden).await;
    let holder = executor.db.store().await;
    let (taken, release) = (Notify::new(), Notify::new());
    let answer = format!(
        "DELETE FROM dialogues;
         UPDATE agent_execution_queue SET status = 'pending', completed_at = NULL
           WHERE id = '{}'",
        id(2)
    );
    let hold = holder.transaction::<(), StoreError, _>(async |conn| {
        conn.batch_execute(&answer).await?;
        taken.notify_one();
        release.notified().await;
        Ok(())
    });
    let test = async {
        taken.notified().await;
        executor.db.run_sql(EARLIER).await;
        executor.wait_blocked().await;
        release.notify_one();
    };
    let (held, ()) = tokio::join!(hold, test);
    held.unwrap();
    executor.send(&yes).await;
    executor.replies(2).await;
    poll::until(DEADLINE, "the order is placed", async || {
        orders(&executor, "confirmed").await == 1
    })
    .await;
    assert_eq!(orders(&executor, "cancelled").await, 0);
}

/// The sweeper has found the draft, and it is placed before the sweeper gets at its row.
#[tokio::test]
async fn what_is_placed_meanwhile_stays_placed() {
    let executor = drafted().await;
    let holder = executor.db.store().await;
    let (taken, release) = (Notify::new(), Notify::new());
    let hold = holder.transaction::<(), StoreError, _>(async |conn| {
        let place = "UPDATE purchase_orders SET state = 'confirmed', confirmed_at = now()
                     WHERE execution_id IS NOT NULL";
        conn.batch_execute(place).await?;
        taken.notify_one();
        release.notified().await;
        Ok(())
    });
    let test = async {
        taken.notified().await;
        executor.db.run_sql(EXPIRED).await;
        executor.wait_blocked().await;
        release.notify_one();
    };
    executor.db.run_sql(EARLIER).await;
    let (held, ()) = tokio::join!(hold, test);
    held.unwrap();
    let other = another(&executor).await;
    swept_once_more(&executor, &other).await;
    assert_eq!(orders(&executor, "confirmed").await, 1);
    assert_eq!(orders(&executor, "cancelled").await, 1);
}
