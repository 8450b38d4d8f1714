//! Suppliers' figures, against rows worked out by hand.

use uuid::Uuid;
use wharf_domain::{ids::named, period::Period};
use wharf_store::supplier_scores::{self, Tally};

use crate::{
    purchasing::{day, seed},
    support::{Tenant, World},
};

/// An order of 10 units (a line of 10) and its deliveries: (day and hour in UTC, units, rejected).
struct Order {
    state: &'static str,
    ordered_on: &'static str,
    expected_on: Option<&'static str>,
    deliveries: &'static [(&'static str, i64, i64)],
}

async fn write(world: &World, tenant: Tenant, supplier: Uuid, orders: &[Order]) {
    let (company, product) = (tenant.company, tenant.product);
    for (number, order) in (1..).zip(orders) {
        let id = named(&format!("{supplier}:{number}"));
        let expected = order
            .expected_on
            .map_or("NULL".to_owned(), |day| format!("'{day}'"));
        let stamp = |state: &str| {
            if order.state == state {
                "now()"
            } else {
                "NULL"
            }
        };
        let mut sql = format!(
            "INSERT INTO purchase_orders (id, company_id, number, supplier_id, state, currency,
                 created_at, confirmed_at, expected_on, received_at, cancelled_at)
               VALUES ('{id}', '{company}', (SELECT count(*) + 1 FROM purchase_orders), '{supplier}',
                 '{}', 'EUR', now(), '{}T12:00:00Z', {expected}, {}, {});
             INSERT INTO purchase_order_lines VALUES ('{company}', '{id}', 1, '{product}', 10, 1);",
            order.state,
            order.ordered_on,
            stamp("received"),
            stamp("cancelled"),
        );
        for (place, (at, units, rejected)) in order.deliveries.iter().enumerate() {
            let delivery = named(&format!("{id}:{place}"));
            sql.push_str(&format!(
                "INSERT INTO deliveries VALUES ('{delivery}', '{company}', '{id}', '{at}');
                 INSERT INTO delivery_lines
                   VALUES ('{company}', '{delivery}', '{product}', {units}, {rejected});"
            ));
        }
        world.db.run_sql(&sql).await;
    }
}

async fn march(world: &World) -> Vec<Tally> {
    let period = Period {
        from: day("2026-03-01"),
        to: day("2026-03-31"),
    };
    let mut conn = world.store.conn().await.unwrap();
    let company = world.ours.company;
    let zone = chrono_tz::Europe::Berlin;
    supplier_scores::tally(&mut conn, company, period, day("2026-04-15"), zone)
        .await
        .unwrap()
}

#[tokio::test]
async fn orders_count_on_the_day_they_were_due_or_came_earlier() {
    let world = World::new().await;
    let shop = seed(&world.db, world.ours, "ours").await;
    let received = |ordered_on, expected_on, deliveries| Order {
        state: "received",
        ordered_on,
        expected_on: Some(expected_on),
        deliveries,
    };
    let orders = [
        // Whole and in time, 8 days, one unit bad.
        received(
            "2026-03-01",
            "2026-03-10",
            &[("2026-03-09T08:00:00Z", 10, 1)],
        ),
        // On the evening of its day in UTC, but the next day in Berlin: late, 11 days.
        received(
            "2026-03-01",
            "2026-03-11",
            &[("2026-03-11T23:30:00Z", 10, 0)],
        ),
        // In two parts, the second late: not in time, but full; 14 days.
        received(
            "2026-03-06",
            "2026-03-15",
            &[
                ("2026-03-14T08:00:00Z", 6, 0),
                ("2026-03-20T08:00:00Z", 4, 3),
            ],
        ),
        // Due in March, half of it never came.
        Order {
            state: "confirmed",
            ordered_on: "2026-03-10",
            expected_on: Some("2026-03-31"),
            deliveries: &[("2026-03-30T08:00:00Z", 5, 0)],
        },
        // Due in April and in time: another month's.
        received(
            "2026-03-10",
            "2026-04-02",
            &[("2026-04-02T08:00:00Z", 10, 10)],
        ),
        // Due in April but whole in March: March's. 10 days.
        received(
            "2026-03-10",
            "2026-04-05",
            &[("2026-03-20T08:00:00Z", 10, 0)],
        ),
        // Without a day: counts when it came, but is neither in time nor late. 2 days.
        Order {
            state: "received",
            ordered_on: "2026-03-10",
            expected_on: None,
            deliveries: &[("2026-03-12T08:00:00Z", 12, 0)],
        },
        // Never: not due yet, drafted, cancelled, received without a delivery on record.
        Order {
            state: "confirmed",
            ordered_on: "2026-03-10",
            expected_on: Some("2026-04-15"),
            deliveries: &[],
        },
        Order {
            state: "draft",
            ordered_on: "2026-03-10",
            expected_on: Some("2026-03-11"),
            deliveries: &[],
        },
        Order {
            state: "cancelled",
            ordered_on: "2026-03-10",
            expected_on: Some("2026-03-11"),
            deliveries: &[],
        },
        received("2026-03-01", "2026-03-10", &[]),
    ];
    write(&world, world.ours, shop.acme, &orders).await;
    let tallies = march(&world).await;
    let names: Vec<_> = tallies.iter().map(|tally| tally.name.as_str()).collect();
    assert_eq!(names, ["Acme Ltd.", "Nordic Supply"]);
    let acme = &tallies[0];
    assert_eq!((acme.orders, acme.due, acme.on_time), (6, 5, 2));
    assert_eq!(acme.punctual, 2);
    // Ordered 6 x 10; came 10, 10, 10, 5, 10 and 12, of which 2 were more than ordered; 1 + 3 bad.
    assert_eq!((acme.ordered, acme.filled), (60, 55));
    assert_eq!((acme.delivered, acme.rejected), (57, 4));
    assert_eq!(acme.on_time_share(), Some(0.4));
    assert_eq!(acme.quality_share(), Some(53.0 / 57.0));
    assert_eq!(acme.fill_share(), Some(55.0 / 60.0));
    // (8 + 11 + 14 + 10 + 2) / 5
    assert_eq!(acme.lead_time_days, Some(9.0));
}

#[tokio::test]
async fn an_order_closed_short_came_in_time_but_not_whole() {
    let world = World::new().await;
    let shop = seed(&world.db, world.ours, "ours").await;
    let order = |state, deliveries| Order {
        state,
        ordered_on: "2026-03-01",
        expected_on: Some("2026-03-10"),
        deliveries,
    };
    let orders = [
        order("received", &[("2026-03-09T08:00:00Z", 6, 0)]),
        order("received", &[("2026-03-12T08:00:00Z", 6, 0)]),
        order("confirmed", &[("2026-03-09T08:00:00Z", 6, 0)]),
    ];
    write(&world, world.ours, shop.acme, &orders).await;
    let acme = &march(&world).await[0];
    assert_eq!((acme.due, acme.on_time, acme.punctual), (3, 0, 1));
}

#[tokio::test]
async fn without_orders_nothing_is_known() {
    let world = World::new().await;
    seed(&world.db, world.ours, "ours").await;
    let tallies = march(&world).await;
    assert_eq!(tallies.len(), 2);
    for tally in tallies {
        assert_eq!((tally.orders, tally.lead_time_days), (0, None));
        assert_eq!(tally.on_time_share(), None);
        assert_eq!(tally.quality_share(), None);
        assert_eq!(tally.fill_share(), None);
    }
}
