//! Executions that end well.

use wharf_domain::{
    contracts::{InventoryCheckResult, ReplyContent},
    entities::EntityName,
    intent::IntentType,
    priority::Priority,
};
use wharf_pipeline::{Outcome, Publication};
use wharf_store::executions::ExecutionStatus;

use crate::support::TestExecutor;

fn stock(reply: &ReplyContent) -> &InventoryCheckResult {
    match reply {
        ReplyContent::InventoryCheckResult(result) => result,
        other => panic!("not a stock figure: {other:?}"),
    }
}

#[tokio::test]
async fn a_question_is_answered_from_the_rows_and_its_row_completed() {
    let executor = TestExecutor::start().await;
    let entities = [(EntityName::Sku, "WID-1001")];
    let request = executor
        .enqueue(1, IntentType::CheckInventory, &entities)
        .await;
    executor.send(&request).await;
    let reply = executor.replies(1).await.remove(0);
    assert_eq!(reply.execution_id, request.execution_id);
    assert_eq!(reply.body.priority, Priority::Inventory);
    assert_eq!(reply.body.received_at, request.created_at);
    assert_eq!(reply.body.conversation_key, request.body.conversation_key);

    // The demo's line: 96, 41 and 88 at its places, 9.5 a day.
    let result = stock(&reply.body.content);
    assert_eq!(result.sku, "WID-1001");
    assert_eq!(result.name, "Blue widget");
    assert_eq!(result.quantity, 225);
    assert_eq!(result.location, "Main Warehouse, Rotterdam, Toronto");
    assert_eq!(result.reorder_point, Some(120));
    assert_eq!(result.lead_time_days, Some(8));
    assert_eq!(result.last_reorder, "2026-11-02".parse().ok());
    assert_eq!(result.coverage_days, Some(23));
    let entities: Vec<_> = result
        .entities
        .iter()
        .map(|e| (e.name.as_str(), e.quantity, e.reorder_point))
        .collect();
    let expected = [
        ("Alder & Reed Canada Ltd.", 41, Some(30)),
        ("Alder & Reed Europe B.V.", 88, Some(40)),
        ("Alder & Reed Inc.", 96, Some(60)),
    ];
    assert_eq!(entities, expected);

    let row = executor.row(1).await;
    assert_eq!(row.status, ExecutionStatus::Completed);
    assert_eq!((row.attempts, row.error.as_deref()), (1, None));
    assert!(row.started_at.is_some() && row.completed_at >= row.started_at);
    assert_eq!(row.lease_until, None);
    let decided = Outcome::stored(&row.outcome.unwrap()).unwrap();
    assert_eq!(
        decided.publish,
        [Publication::Reply(Box::new(reply.clone()))]
    );
    assert!(
        row.result
            .unwrap()
            .to_string()
            .contains(r#""quantity":225"#)
    );
}

#[tokio::test]
async fn figures_are_of_the_moment_of_the_execution() {
    let executor = TestExecutor::start().await;
    executor
        .db
        .run_sql("UPDATE stock_levels SET quantity = 0")
        .await;
    let nothing = executor.ask(&[(EntityName::Product, "blue widget")]).await;
    assert_eq!(stock(&nothing).quantity, 0);
    assert_eq!(stock(&nothing).below_reorder_point(), Some(true));
    assert_eq!(stock(&nothing).coverage_days, Some(0));
}

#[tokio::test]
async fn of_one_place_only_its_own_figures_count() {
    let executor = TestExecutor::start().await;
    let entities = [
        (EntityName::Sku, "WID-1001"),
        (EntityName::Location, "toronto"),
    ];
    let reply = executor.ask(&entities).await;
    let result = stock(&reply);
    assert_eq!((result.quantity, result.reorder_point), (41, Some(30)));
    assert_eq!(result.location, "Toronto");
    assert_eq!(result.coverage_days, None);
}

#[tokio::test]
async fn a_repeated_request_is_answered_the_same_and_not_executed_again() {
    let executor = TestExecutor::start().await;
    let request = executor.question(1, "blue widget").await;
    executor.send(&request).await;
    executor.replies(1).await;
    // Later stock must not show: the answer was given.
    executor
        .db
        .run_sql("UPDATE stock_levels SET quantity = 0")
        .await;
    for _ in 0..19 {
        executor.send(&request).await;
    }
    let replies = executor.replies(20).await;
    assert!(replies.iter().all(|reply| *reply == replies[0]));
    assert_eq!(executor.row(1).await.attempts, 1);
    executor
        .wait_metric(r#"wharf_executions_total{agent="inventory_monitor",outcome="completed"} 1"#)
        .await;
}

#[tokio::test]
async fn twenty_copies_at_once_are_one_execution() {
    let executor = TestExecutor::start().await;
    let request = executor.question(1, "blue widget").await;
    for _ in 0..20 {
        executor.send(&request).await;
    }
    let replies = executor.replies(20).await;
    assert!(replies.iter().all(|reply| *reply == replies[0]));
    let row = executor.row(1).await;
    assert_eq!((row.status, row.attempts), (ExecutionStatus::Completed, 1));
}

#[tokio::test]
async fn what_is_not_there_is_said_with_what_is_near() {
    let executor = TestExecutor::start().await;
    match executor.ask(&[(EntityName::Product, "blu wigdet")]).await {
        ReplyContent::ProductNotFound { asked, nearest } => {
            assert_eq!(asked, "blu wigdet");
            assert_eq!(nearest.first().map(String::as_str), Some("Blue widget"));
            assert!(nearest.len() <= 3);
        }
        other => panic!("{other:?}"),
    }
    // A second question of the same conversation, about something that nothing is near to.
    executor
        .send(&executor.question(2, "submarine xyz").await)
        .await;
    let replies = executor.replies(2).await;
    let ReplyContent::ProductNotFound { asked, .. } = &replies[1].body.content else {
        panic!("{replies:?}");
    };
    assert_eq!(asked, "submarine xyz");
    assert_eq!(executor.row(2).await.status, ExecutionStatus::Completed);
}

#[tokio::test]
async fn of_several_products_it_asks_which() {
    let executor = TestExecutor::start().await;
    let reply = executor.ask(&[(EntityName::Product, "hex bolt")]).await;
    let ReplyContent::WhichProduct { asked, candidates } = reply else {
        panic!("{reply:?}")
    };
    assert_eq!(asked, "hex bolt");
    let mut skus: Vec<_> = candidates
        .iter()
        .map(|product| product.sku.as_str())
        .collect();
    skus.sort_unstable();
    assert_eq!(skus, ["BLT-M10-60", "BLT-M6-40", "BLT-M8-50"]);
}

#[tokio::test]
async fn an_unknown_place_is_answered_with_the_companys_places() {
    let executor = TestExecutor::start().await;
    let entities = [
        (EntityName::Sku, "WID-1001"),
        (EntityName::Location, "atlantis"),
    ];
    let reply = executor.ask(&entities).await;
    let ReplyContent::LocationNotFound {
        asked,
        mut locations,
    } = reply
    else {
        panic!("{reply:?}")
    };
    locations.sort_unstable();
    assert_eq!(asked, "atlantis");
    assert_eq!(locations, ["Main Warehouse", "Rotterdam", "Toronto"]);
}
