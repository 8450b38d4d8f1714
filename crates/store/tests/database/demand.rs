//! Demand from sales.

use chrono::NaiveDate;
use uuid::Uuid;
use wharf_domain::{ids::CompanyId, period::Period, planning::Demand};
use wharf_store::demand;

use crate::support::World;

fn day(of_march: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, of_march).unwrap()
}

/// A sale at the tenant's first place by name, on a day of March.
pub(crate) async fn sell(
    world: &World,
    company: CompanyId,
    product: Uuid,
    on: u32,
    asked: i64,
    got: i64,
) {
    let sql = format!(
        "INSERT INTO sales (company_id, product_id, location_id, sold_on, requested, quantity, unit_price)
         SELECT '{company}', '{product}', id, '{}', {asked}, {got}, 2.50 FROM locations
         WHERE company_id = '{company}' ORDER BY name LIMIT 1",
        day(on)
    );
    world.db.run_sql(&sql).await;
}

#[tokio::test]
async fn days_without_a_sale_count_as_none_and_what_could_not_be_supplied_counts() {
    let world = World::new().await;
    let ours = world.ours;
    for (on, asked, got) in [(1, 5, 5), (10, 3, 3), (10, 4, 1), (12, 6, 0), (15, 9, 9)] {
        sell(&world, ours.company, ours.product, on, asked, got).await;
    }
    let mut conn = world.store.conn().await.unwrap();
    // Today, the 15th, is not over.
    let daily = demand::daily(&mut conn, ours.company, ours.product, None, day(15), 7).await;
    let expected = [0, 0, 7, 0, 6, 0, 0];
    assert_eq!(daily.unwrap(), expected);
    let all = demand::daily_of_all(&mut conn, ours.company, day(15), 7)
        .await
        .unwrap();
    assert_eq!(all[&ours.product], expected);
    // Before the first sale there was nothing to count.
    let all = demand::daily_of_all(&mut conn, ours.company, day(15), 56)
        .await
        .unwrap();
    assert_eq!(all[&ours.product].len(), 14);
    assert_eq!(all[&ours.product][0], 5);
    let daily = demand::daily(&mut conn, ours.company, ours.product, None, day(15), 56)
        .await
        .unwrap();
    assert_eq!(daily, all[&ours.product]);
    // Three days with sales are too few to plan with.
    assert_eq!(Demand::from_daily(&daily), None);
}

#[tokio::test]
async fn of_some_places_only_their_sales_count() {
    let world = World::new().await;
    let ours = world.ours;
    sell(&world, ours.company, ours.product, 10, 5, 5).await;
    let mut conn = world.store.conn().await.unwrap();
    let elsewhere = [Uuid::from_u128(1)];
    let daily = demand::daily(
        &mut conn,
        ours.company,
        ours.product,
        Some(&elsewhere),
        day(15),
        7,
    )
    .await;
    assert_eq!(daily.unwrap(), [] as [i64; 0]);
}

#[tokio::test]
async fn sums_of_a_period() {
    let world = World::new().await;
    let (ours, theirs) = (world.ours, world.theirs);
    for (on, asked, got) in [(1, 5, 5), (10, 3, 3), (12, 6, 1)] {
        sell(&world, ours.company, ours.product, on, asked, got).await;
    }
    sell(&world, theirs.company, theirs.product, 10, 100, 100).await;
    let mut conn = world.store.conn().await.unwrap();
    let period = Period {
        from: day(2),
        to: day(12),
    };
    let sums = demand::sums(&mut conn, ours.company, Some(ours.product), period)
        .await
        .unwrap();
    assert_eq!(sums.len(), 1);
    assert_eq!((sums[0].requested, sums[0].quantity), (9, 4));
    assert_eq!(sums[0].revenue.to_string(), "10.00");
    let all = demand::sums(&mut conn, ours.company, None, period).await;
    assert_eq!(all.unwrap(), sums);
}
