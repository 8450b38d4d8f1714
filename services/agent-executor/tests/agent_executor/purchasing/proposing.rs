//! purchase_optimizer's own work.

use wharf_domain::agent::AgentType;

use super::shop::{Shop, supplier};

#[tokio::test]
async fn everything_low_is_drafted_once_and_nothing_bought() {
    let mut shop = Shop::open().await;
    let count = |name: &str, count: i64| (name.to_owned(), count);
    let report = shop.job(1, AgentType::PurchaseOptimizer).await;
    // Widget, bolt and glove are low; the lamp's reorder point is not known.
    let expected = [
        count("products_low", 3),
        count("on_order_or_drafted", 0),
        count("products_drafted", 2),
        count("drafts_made", 1),
        count("without_supplier", 1),
        count("without_quantity", 0),
    ];
    assert_eq!(report.counts, expected);
    let order = format!(
        "purchase_orders WHERE state = 'draft' AND supplier_id = '{}' AND currency = 'EUR'",
        supplier("acme")
    );
    assert_eq!(shop.db.rows(&order).await, 1);
    // Widgets up to 380; bolts up to 50 + 28 x 2, 5 are there.
    for (sku, quantity) in [("WID-1", 304), ("BLT-2", 101)] {
        let line = format!(
            "purchase_order_lines l JOIN products p ON p.id = l.product_id \
             WHERE p.sku = '{sku}' AND l.quantity = {quantity}"
        );
        assert_eq!(shop.db.rows(&line).await, 1, "{sku}");
    }
    assert_eq!(shop.db.rows("effects").await, 0);

    // The same run again, and the next one.
    for number in [1, 2] {
        let report = shop.job(number, AgentType::PurchaseOptimizer).await;
        let expected = [
            count("products_low", 3),
            count("on_order_or_drafted", 2),
            count("products_drafted", 0),
            count("drafts_made", 0),
            count("without_supplier", 1),
            count("without_quantity", 0),
        ];
        assert_eq!(report.counts, expected);
    }
    assert_eq!(shop.db.rows("purchase_orders").await, 1);
    assert_eq!(shop.db.rows("purchase_order_lines").await, 2);

    // On an open order it is covered as well; once that is cancelled, it is drafted anew.
    let sql = "UPDATE purchase_orders SET state = 'confirmed', confirmed_at = now()";
    shop.db.run_sql(sql).await;
    let report = shop.job(3, AgentType::PurchaseOptimizer).await;
    assert_eq!(report.counts[1], count("on_order_or_drafted", 2));
    let sql = "UPDATE purchase_orders SET state = 'cancelled', cancelled_at = now()";
    shop.db.run_sql(sql).await;
    shop.limits.review_days = 1;
    let report = shop.job(4, AgentType::PurchaseOptimizer).await;
    assert_eq!(report.counts[2], count("products_drafted", 2));
}

#[tokio::test]
async fn what_is_low_without_a_known_demand_is_counted_not_guessed() {
    let shop = Shop::open().await;
    shop.db
        .run_sql("UPDATE products SET average_daily_demand = NULL WHERE sku = 'BLT-2'")
        .await;
    let report = shop.job(1, AgentType::PurchaseOptimizer).await;
    assert_eq!(report.counts[2], ("products_drafted".to_owned(), 1));
    assert_eq!(report.counts[5], ("without_quantity".to_owned(), 1));
}

#[tokio::test]
async fn two_runs_at_once_draft_once() {
    let shop = Shop::open().await;
    tokio::join!(
        shop.job(1, AgentType::PurchaseOptimizer),
        shop.job(2, AgentType::PurchaseOptimizer)
    );
    assert_eq!(shop.db.rows("purchase_orders").await, 1);
}
