//! What orders and prices tell.

use chrono::NaiveDate;
use wharf_domain::ids::named;
use wharf_store::replenishment;

use crate::support::{Tenant, World};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A supplier with an order that came in 8 days, one that is late with 6 of 10 units, a draft, and a
/// price that rose from 10 to 12.50.
pub(crate) async fn seed(world: &World, of: Tenant) {
    let (company, product) = (of.company, of.product);
    let id = |what: &str| named(&format!("{company}:{what}"));
    let (supplier, came, late, draft) = (id("supplier"), id("came"), id("late"), id("draft"));
    let (whole, part) = (id("whole"), id("part"));
    world
        .db
        .run_sql(&format!(
            "INSERT INTO suppliers (id, company_id, name) VALUES ('{supplier}', '{company}', 'Northwind');
             INSERT INTO supplier_products (company_id, supplier_id, product_id, unit_price, currency)
               VALUES ('{company}', '{supplier}', '{product}', 12.5, 'EUR');
             INSERT INTO supplier_prices (company_id, supplier_id, product_id, valid_from, unit_price, currency) VALUES
               ('{company}', '{supplier}', '{product}', '2025-06-01', 20, 'EUR'),
               ('{company}', '{supplier}', '{product}', '2025-12-01', 10, 'EUR'),
               ('{company}', '{supplier}', '{product}', '2026-03-01', 12.5, 'EUR'),
               ('{company}', '{supplier}', '{product}', '2027-03-01', 99, 'EUR');
             INSERT INTO purchase_orders (id, company_id, number, supplier_id, state, currency, created_at, confirmed_at, expected_on, received_at) VALUES
               ('{came}', '{company}', 1001, '{supplier}', 'received', 'EUR', '2026-01-05T09:00Z', '2026-01-05T09:00Z', '2026-01-12', '2026-01-13T09:00Z'),
               ('{late}', '{company}', 1002, '{supplier}', 'confirmed', 'EUR', '2026-03-01T23:30Z', '2026-03-01T23:30Z', '2026-03-10', NULL),
               ('{draft}', '{company}', 1003, '{supplier}', 'draft', 'EUR', '2026-03-12T09:00Z', NULL, '2026-03-10', NULL);
             INSERT INTO purchase_order_lines (company_id, order_id, line, product_id, quantity, unit_price) VALUES
               ('{company}', '{came}', 1, '{product}', 5, 10), ('{company}', '{late}', 1, '{product}', 10, 10),
               ('{company}', '{draft}', 1, '{product}', 10, 10);
             INSERT INTO deliveries (id, company_id, order_id, delivered_at) VALUES
               ('{whole}', '{company}', '{came}', '2026-01-13T09:00Z'), ('{part}', '{company}', '{late}', '2026-03-09T09:00Z');
             INSERT INTO delivery_lines (company_id, delivery_id, product_id, quantity) VALUES
               ('{company}', '{whole}', '{product}', 5), ('{company}', '{part}', '{product}', 4);"
        ))
        .await;
}

#[tokio::test]
async fn orders_tell_when_and_how_long() {
    let world = World::new().await;
    let ours = world.ours;
    seed(&world, ours).await;
    let mut conn = world.store.conn().await.unwrap();
    let conn = &mut *conn;
    // Half past eleven at night in UTC is the next day in Berlin.
    for (zone, expected) in [
        (chrono_tz::UTC, "2026-03-01"),
        (chrono_tz::Europe::Berlin, "2026-03-02"),
    ] {
        let last = replenishment::last_ordered(conn, ours.company, ours.product, zone).await;
        assert_eq!(last.unwrap(), Some(day(expected)));
    }
    let all = replenishment::delivered(conn, ours.company, None, day("2025-12-31"), chrono_tz::UTC)
        .await
        .unwrap();
    assert_eq!(all.iter().map(|order| order.days).collect::<Vec<_>>(), [8]);
    let one = Some(ours.product);
    let of_one =
        replenishment::delivered(conn, ours.company, one, day("2025-12-31"), chrono_tz::UTC);
    assert_eq!(of_one.await.unwrap(), all);
    let since = day("2026-01-06");
    let later = replenishment::delivered(conn, ours.company, None, since, chrono_tz::UTC).await;
    assert_eq!(later.unwrap(), []);
}

#[tokio::test]
async fn what_has_not_come_by_its_day_is_late() {
    let world = World::new().await;
    let ours = world.ours;
    seed(&world, ours).await;
    let mut conn = world.store.conn().await.unwrap();
    let on_the_day = replenishment::late(&mut conn, ours.company, day("2026-03-10")).await;
    assert_eq!(on_the_day.unwrap(), []);
    let late = replenishment::late(&mut conn, ours.company, day("2026-03-11")).await;
    let late = late.unwrap();
    assert_eq!(late.len(), 1);
    assert_eq!((late[0].number, late[0].units), (1002, 6));
    assert_eq!(late[0].supplier, "Northwind");
}

#[tokio::test]
async fn a_price_is_compared_with_the_one_before() {
    let world = World::new().await;
    let ours = world.ours;
    seed(&world, ours).await;
    let mut conn = world.store.conn().await.unwrap();
    let mut rises = async |since: &str, today: &str| {
        replenishment::dearer(&mut conn, ours.company, day(since), day(today))
            .await
            .unwrap()
    };
    let rise = rises("2026-02-16", "2026-03-18").await.remove(0);
    assert_eq!(
        (rise.before.to_string(), rise.now.to_string()),
        ("10".into(), "12.5".into())
    );
    assert_eq!(
        (rise.sku.as_str(), rise.since),
        ("WID-1001", day("2026-03-01"))
    );
    // It fell then; it is old news; the next one is not there yet.
    assert_eq!(rises("2025-11-16", "2025-12-18").await, []);
    assert_eq!(rises("2026-03-02", "2026-04-01").await, []);
}
