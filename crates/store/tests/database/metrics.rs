//! Sums of a period, against rows worked out by hand.

use chrono::{NaiveDate, Weekday};
use chrono_tz::Europe::Berlin;
use uuid::Uuid;
use wharf_domain::{ids::named, period::Period};
use wharf_store::{
    metrics::{self, By, Key, SalesSums},
    reports::{self, NewReport},
};

use crate::support::{Tenant, World, at, execution};

pub(crate) fn day(of_march: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, of_march).unwrap()
}

pub(crate) fn march(from: u32, to: u32) -> Period {
    Period {
        from: day(from),
        to: day(to),
    }
}

/// Two products, at the tenant's place and a second one; the days of each statement are below.
///
/// | day | product | place | asked | got | price |
/// | 2, Mon | widget (cost 4) | North | 10 | 10 | 10 |
/// | 3, Tue | widget | South | 6 | 3 | 10 |
/// | 9, Mon | bolt (cost 0.50) | North | 40 | 40 | 1 |
/// | 20, Fri | widget | North | 5 | 5 | 9 |
///
/// Stock: on the 2nd widget 20 North, 0 South; on the 3rd widget 20 North, 4 South, bolt 100 North.
/// Counts: on the 5th widget 20 -> 18 and bolt 100 -> 101; one that was taken back; at 23:30 UTC of
/// the 31st, which is April in Berlin.
pub(crate) async fn seed(world: &World, of: Tenant, name: &str) {
    let id = |what: &str| named(&format!("{name}:{what}"));
    let (company, widget, north) = (of.company, of.product, id("location"));
    let (bolt, south, entity) = (id("bolt"), id("south"), id("entity"));
    let (undone, supplier) = (id("undone"), id("supplier"));
    world
        .db
        .run_sql(&format!(
            "UPDATE products SET cost = 4, category = 'widgets' WHERE id = '{widget}';
             INSERT INTO products (id, company_id, sku, name, cost)
               VALUES ('{bolt}', '{company}', 'BLT-1', 'Bolt', 0.50);
             INSERT INTO locations (id, company_id, legal_entity_id, name)
               VALUES ('{south}', '{company}', '{entity}', 'South');
             INSERT INTO sales (company_id, product_id, location_id, sold_on, requested, quantity, unit_price)
               VALUES ('{company}', '{widget}', '{north}', '2026-03-02', 10, 10, 10),
                      ('{company}', '{widget}', '{south}', '2026-03-03', 6, 3, 10),
                      ('{company}', '{bolt}', '{north}', '2026-03-09', 40, 40, 1),
                      ('{company}', '{widget}', '{north}', '2026-03-20', 5, 5, 9);
             INSERT INTO stock_snapshots (company_id, product_id, location_id, taken_on, quantity)
               VALUES ('{company}', '{widget}', '{north}', '2026-03-02', 20),
                      ('{company}', '{widget}', '{south}', '2026-03-02', 0),
                      ('{company}', '{widget}', '{north}', '2026-03-03', 20),
                      ('{company}', '{widget}', '{south}', '2026-03-03', 4),
                      ('{company}', '{bolt}', '{south}', '2026-03-03', 0),
                      ('{company}', '{bolt}', '{north}', '2026-03-03', 100);
             INSERT INTO stock_movements (id, company_id, product_id, location_id, kind, quantity_before,
                 quantity_after, reverses, moved_at)
               VALUES (gen_random_uuid(), '{company}', '{widget}', '{north}', 'count', 20, 18, NULL, '2026-03-05T10:00Z'),
                      (gen_random_uuid(), '{company}', '{bolt}', '{north}', 'count', 100, 101, NULL, '2026-03-05T10:00Z'),
                      ('{undone}', '{company}', '{bolt}', '{north}', 'count', 101, 1, NULL, '2026-03-06T10:00Z'),
                      (gen_random_uuid(), '{company}', '{bolt}', '{north}', 'undo', 1, 101, '{undone}', '2026-03-06T10:05Z'),
                      (gen_random_uuid(), '{company}', '{bolt}', '{north}', 'receipt', 101, 900, NULL, '2026-03-07T10:00Z'),
                      (gen_random_uuid(), '{company}', '{bolt}', '{north}', 'count', 900, 0, NULL, '2026-03-31T22:30Z');
             INSERT INTO suppliers (id, company_id, name) VALUES ('{supplier}', '{company}', 'Acme');"
        ))
        .await;
    for (number, state, placed, expected) in [
        (1, "received", "2026-03-02", "2026-03-10"),
        (2, "confirmed", "2026-03-04", "2026-03-12"),
        (3, "confirmed", "2026-02-01", "2026-03-19"),
        (4, "cancelled", "2026-03-04", "2026-03-12"),
        (5, "draft", "2026-03-04", "2026-03-12"),
    ] {
        let order = id(&format!("order {number}"));
        let when = |wanted: &str| if state == wanted { "now()" } else { "NULL" };
        world
            .db
            .run_sql(&format!(
                "INSERT INTO purchase_orders (id, company_id, number, supplier_id, state, currency,
                     created_at, confirmed_at, expected_on, received_at, cancelled_at)
                   VALUES ('{order}', '{company}', {number}, '{supplier}', '{state}', 'EUR', now(),
                     '{placed}T12:00Z', '{expected}', {}, {});
                 INSERT INTO purchase_order_lines VALUES ('{company}', '{order}', 1, '{widget}', 10, 4),
                   ('{company}', '{order}', 2, '{bolt}', 100, 0.40)",
                when("received"),
                when("cancelled"),
            ))
            .await;
    }
}

fn sums(rows: i64, requested: i64, sold: i64, revenue: &str, cost: Option<&str>) -> SalesSums {
    SalesSums {
        rows,
        requested,
        sold,
        revenue: revenue.parse().unwrap(),
        cost: cost.map(|cost| cost.parse().unwrap()),
    }
}

#[tokio::test]
async fn sales_in_all_and_by_what_they_can_be_told_apart() {
    let world = World::new().await;
    let ours = world.ours;
    seed(&world, ours, "ours").await;
    let (north, south) = (named("ours:location"), named("ours:south"));
    let mut conn = world.store.conn().await.unwrap();
    let conn = &mut *conn;
    let company = ours.company;
    let record = metrics::sales_record(conn, company).await.unwrap();
    assert_eq!(record, Some(march(2, 20)));

    // 10x10 + 3x10 + 40x1 + 5x9; cost 18x4 + 40x0.50.
    let all = metrics::sales(conn, company, None, march(1, 31), By::All).await;
    let whole = sums(4, 61, 58, "215", Some("92"));
    assert_eq!(all.unwrap(), [(Key::All, whole)]);
    let none = metrics::sales(conn, company, None, march(4, 8), By::All).await;
    let nothing = sums(0, 0, 0, "0", Some("0"));
    assert_eq!(none.unwrap(), [(Key::All, nothing)]);
    let there = metrics::sales(conn, company, Some(&[south]), march(1, 31), By::All).await;
    let theirs = sums(1, 6, 3, "30", Some("12"));
    assert_eq!(there.unwrap(), [(Key::All, theirs.clone())]);

    let first = sums(1, 10, 10, "100", Some("40"));
    let by_day = metrics::sales(conn, company, None, march(1, 3), By::Day).await;
    assert_eq!(
        by_day.unwrap(),
        [
            (Key::Day(day(2)), first.clone()),
            (Key::Day(day(3)), theirs.clone())
        ]
    );
    let week = sums(2, 16, 13, "130", Some("52"));
    let by_week = metrics::sales(conn, company, None, march(1, 9), By::Week(Weekday::Mon)).await;
    let bolts = sums(1, 40, 40, "40", Some("20"));
    assert_eq!(
        by_week.unwrap(),
        [
            (Key::Day(day(2)), week.clone()),
            (Key::Day(day(9)), bolts.clone())
        ]
    );
    // From a Sunday on: the week of the 2nd begins on the 1st.
    let by_week = metrics::sales(conn, company, None, march(1, 3), By::Week(Weekday::Sun)).await;
    assert_eq!(by_week.unwrap(), [(Key::Day(day(1)), week)]);
    let by_month = metrics::sales(conn, company, None, march(3, 9), By::Month).await;
    let both = sums(2, 46, 43, "70", Some("32"));
    assert_eq!(by_month.unwrap(), [(Key::Day(day(1)), both)]);
    let by_category = metrics::sales(conn, company, None, march(3, 9), By::Category).await;
    let widgets = Key::Name(Some("widgets".into()));
    assert_eq!(
        by_category.unwrap(),
        [(widgets, theirs.clone()), (Key::Name(None), bolts.clone())]
    );
    let mut by_product = metrics::sales(conn, company, None, march(3, 9), By::Product)
        .await
        .unwrap();
    by_product.sort_by_key(|(_, sums)| sums.sold);
    let keys = |key: Uuid| Key::Id(key);
    assert_eq!(
        by_product,
        [
            (keys(ours.product), theirs.clone()),
            (keys(named("ours:bolt")), bolts.clone())
        ]
    );
    let mut by_place = metrics::sales(conn, company, None, march(3, 9), By::Place)
        .await
        .unwrap();
    by_place.sort_by_key(|(_, sums)| sums.sold);
    assert_eq!(by_place, [(keys(south), theirs), (keys(north), bolts)]);
}

#[tokio::test]
async fn a_cost_that_is_not_kept_leaves_the_sum_unknown() {
    let world = World::new().await;
    let ours = world.ours;
    seed(&world, ours, "ours").await;
    world
        .db
        .run_sql("UPDATE products SET cost = NULL WHERE sku = 'BLT-1'")
        .await;
    let mut conn = world.store.conn().await.unwrap();
    let conn = &mut *conn;
    let all = metrics::sales(conn, ours.company, None, march(1, 31), By::All).await;
    assert_eq!(all.unwrap()[0].1, sums(4, 61, 58, "215", None));
    let widgets = metrics::sales(conn, ours.company, None, march(1, 3), By::All).await;
    assert_eq!(widgets.unwrap()[0].1.cost, Some(52.into()));
    let days = metrics::stock_days(conn, ours.company, None, march(1, 31)).await;
    let values: Vec<_> = days.unwrap().into_iter().map(|day| day.value).collect();
    // Of the 3rd without the bolts.
    assert_eq!(values, [Some(80.into()), Some(96.into())]);
}

#[tokio::test]
async fn stock_by_day_empty_shelves_and_what_is_there() {
    let world = World::new().await;
    let ours = world.ours;
    seed(&world, ours, "ours").await;
    let south = named("ours:south");
    let mut conn = world.store.conn().await.unwrap();
    let conn = &mut *conn;
    let days = metrics::stock_days(conn, ours.company, None, march(1, 31)).await;
    let values: Vec<_> = days
        .unwrap()
        .into_iter()
        .map(|day| (day.day, day.value.unwrap()))
        .collect();
    // 20x4, then 24x4 + 100x0.50.
    assert_eq!(values, [(day(2), 80.into()), (day(3), 146.into())]);
    let days = metrics::stock_days(conn, ours.company, Some(&[south]), march(3, 3)).await;
    assert_eq!(days.unwrap()[0].value, Some(16.into()));

    // Bolts were never asked for in the south: that there are none is no stock-out.
    let looked = metrics::availability(conn, ours.company, None, march(1, 31)).await;
    let looked = looked.unwrap();
    assert_eq!((looked.days, looked.empty), (5, 1));
    let looked = metrics::availability(conn, ours.company, Some(&[south]), march(1, 31)).await;
    let looked = looked.unwrap();
    assert_eq!((looked.days, looked.empty), (2, 1));
    // Up to the 2nd nobody had asked for anything in the south.
    let looked = metrics::availability(conn, ours.company, None, march(2, 2)).await;
    assert_eq!(looked.unwrap().days, 1);

    let there = metrics::holdings(conn, ours.company, None, None)
        .await
        .unwrap();
    assert_eq!(there.len(), 1);
    assert_eq!(
        (there[0].quantity, there[0].cost.clone()),
        (7, Some(4.into()))
    );
    assert_eq!(there[0].location, "North Warehouse");
    let there = metrics::holdings(conn, ours.company, Some(&[south]), None).await;
    assert_eq!(there.unwrap(), []);
    let were = metrics::holdings(conn, ours.company, Some(&[south]), Some(day(3))).await;
    let were: Vec<_> = were
        .unwrap()
        .into_iter()
        .map(|row| (row.sku, row.quantity))
        .collect();
    assert_eq!(were, [("BLT-1".to_owned(), 0), ("WID-1001".to_owned(), 4)]);
    let were = metrics::holdings(conn, ours.company, None, Some(day(4))).await;
    assert_eq!(were.unwrap(), []);
}

#[tokio::test]
async fn counts_orders_and_what_is_awaited() {
    let world = World::new().await;
    let ours = world.ours;
    seed(&world, ours, "ours").await;
    let mut conn = world.store.conn().await.unwrap();
    let conn = &mut *conn;
    let counted = metrics::counts(conn, ours.company, None, march(1, 31), Berlin).await;
    let counted = counted.unwrap();
    // 20 -> 18 and 100 -> 101; the one taken back and the one of April not.
    assert_eq!((counted.counts, counted.booked, counted.off), (2, 120, 3));
    let south = [named("ours:south")];
    let counted = metrics::counts(conn, ours.company, Some(&south), march(1, 31), Berlin).await;
    assert_eq!(counted.unwrap().counts, 0);

    // Two orders of 10x4 + 100x0.40.
    let spent = metrics::spent(conn, ours.company, march(1, 31), Berlin).await;
    let spent = spent.unwrap();
    assert_eq!(spent.len(), 1);
    assert_eq!((spent[0].orders, &spent[0].total), (2, &160.into()));
    assert_eq!(spent[0].currency, "EUR");

    let awaited = metrics::awaited(conn, ours.company, day(18), day(19)).await;
    assert_eq!(awaited.unwrap(), (1, 1));
}

#[tokio::test]
async fn an_execution_has_one_report_of_a_format() {
    let world = World::new().await;
    let (ours, theirs) = (world.ours, world.theirs);
    let mut conn = world.store.conn().await.unwrap();
    let conn = &mut *conn;
    let mut report = NewReport {
        execution_id: execution("SM1"),
        profile_id: Some(ours.profile),
        report_type: "sales".into(),
        format: "pdf".into(),
        period: march(1, 31),
        object_key: "a/b/c.pdf".into(),
        file_name: "c.pdf".into(),
        size_bytes: 10,
        created_at: at(0),
    };
    assert!(reports::record(conn, ours.company, &report).await.unwrap());
    report.size_bytes = 12;
    assert!(!reports::record(conn, ours.company, &report).await.unwrap());
    let rows = world.db.rows("reports WHERE size_bytes = 12").await;
    assert_eq!((rows, world.db.rows("reports").await), (1, 1));
    report.profile_id = None;
    let taken = reports::record(conn, theirs.company, &report).await;
    assert!(taken.is_err());
    for (company, minute, made) in [
        (ours.company, 0, 1),
        (ours.company, 1, 0),
        (theirs.company, 0, 0),
    ] {
        let found = reports::made_since(conn, company, at(minute)).await;
        assert_eq!(found.unwrap(), made);
    }
}
