//! reorder_stock through the service: repeated, and killed in the middle.

use diesel_async::SimpleAsyncConnection;
use wharf_domain::{
    contracts::{Envelope, ExecutionRequest, answers::ReorderState},
    entities::EntityName,
    ids::named,
    intent::IntentType,
};
use wharf_store::{StoreError, demo, executions::ExecutionStatus};

use super::shop::ordered;
use crate::support::TestExecutor;

const ORDERS: &str = "purchase_orders WHERE execution_id IS NOT NULL";

/// "order 10 blue widgets from testers", from a supplier of this test.
async fn order(executor: &TestExecutor) -> Envelope<ExecutionRequest> {
    let (company, supplier) = (demo::company_id(), named("testers"));
    executor
        .db
        .run_sql(&format!(
            "INSERT INTO suppliers (id, company_id, name)
               VALUES ('{supplier}', '{company}', 'Testers');
             INSERT INTO supplier_products
                 (company_id, supplier_id, product_id, unit_price, currency, lead_time_days)
               SELECT company_id, '{supplier}', id, 1.5, 'USD', 3 FROM products
               WHERE company_id = '{company}' AND sku = 'WID-1001';"
        ))
        .await;
    let said = [
        (EntityName::Sku, "WID-1001"),
        (EntityName::Quantity, "10"),
        (EntityName::Supplier, "testers"),
    ];
    executor.enqueue(1, IntentType::ReorderStock, &said).await
}

#[tokio::test]
async fn a_repeated_request_orders_once() {
    let executor = TestExecutor::start().await;
    let request = order(&executor).await;
    executor.send(&request).await;
    executor.replies(1).await;
    executor.send(&request).await;
    let replies = executor.replies(2).await;
    assert_eq!(replies[0], replies[1]);
    let placed = ordered(replies[0].body.content.clone());
    assert_eq!((placed.state, placed.quantity), (ReorderState::Placed, 10));
    assert_eq!(placed.total.to_string(), "USD 15.00");
    assert_eq!(executor.db.rows(ORDERS).await, 1);
    assert_eq!(executor.db.rows("effects").await, 1);
}

#[tokio::test]
async fn killed_in_the_middle_it_leaves_nothing_and_orders_once_after_that() {
    let mut executor = TestExecutor::start().await;
    let request = order(&executor).await;
    // The effect is the last that the agent writes: whoever holds the table stops it when the order
    // has been drafted and placed.
    let holder = executor.db.store().await;
    let (taken, release) = (tokio::sync::Notify::new(), tokio::sync::Notify::new());
    let hold = holder.transaction::<(), StoreError, _>(async |conn| {
        let lock = "LOCK TABLE effects IN ACCESS EXCLUSIVE MODE";
        conn.batch_execute(lock).await.unwrap();
        taken.notify_one();
        release.notified().await;
        Ok(())
    });
    let test = async {
        taken.notified().await;
        executor.send(&request).await;
        executor.wait_blocked().await;
        executor.kill();
        let row = executor.row(1).await;
        assert_eq!((row.status, row.attempts), (ExecutionStatus::Pending, 0));
        assert_eq!(executor.db.rows(ORDERS).await, 0);
        executor.restart();
        release.notify_one();
        executor.replies(1).await
    };
    let (held, replies) = tokio::join!(hold, test);
    held.unwrap();
    assert_eq!(
        ordered(replies[0].body.content.clone()).state,
        ReorderState::Placed
    );
    assert_eq!(executor.db.rows(ORDERS).await, 1);
    assert_eq!(executor.db.rows("effects").await, 1);
}
