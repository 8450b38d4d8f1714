//! Suppliers, orders, prices and scores.

use wharf_domain::period::Period;
use wharf_store::{
    purchase_orders::{self, CancelReason},
    replenishment, supplier_scores,
    suppliers::{self, SupplierMatch},
};

use super::walls::{Wall, rows_of, ways};
use crate::{
    purchasing::{day, new_order, seed},
    support::{World, at, execution},
};

#[tokio::test]
async fn suppliers_and_orders() {
    let world = World::new().await;
    let ours = world.ours;
    let shop = seed(&world.db, ours, "ours").await;
    let mut owner = world.store.conn().await.unwrap();
    let [draft, confirmed] = ["SM1", "SM2"].map(|sid| new_order(ours, shop.acme, sid, 10));
    let draft = purchase_orders::draft(&mut owner, &draft).await.unwrap().id;
    let confirmed = purchase_orders::draft(&mut owner, &confirmed)
        .await
        .unwrap()
        .id;
    purchase_orders::confirm(&mut owner, ours.company, confirmed, None, at(1))
        .await
        .unwrap();
    let before = rows_of(&world, ours.company).await;
    let period = Period {
        from: day("2020-01-01"),
        to: day("2030-01-01"),
    };
    for mut way in ways(&world).await {
        let (conn, company) = (&mut way.conn, way.told.company);
        for words in ["acme", "acme ltd", "acm"] {
            let found = suppliers::find(conn, company, words).await.unwrap();
            assert_eq!(found, SupplierMatch::None { nearest: vec![] }, "{words}");
        }
        nothing! {
            suppliers::list(conn, company);
            suppliers::offers(conn, company, &[ours.product]);
            suppliers::supplied(conn, company, &[shop.acme], 9);
            purchase_orders::of_execution(conn, company, execution("SM1"));
            purchase_orders::open(conn, company, &[shop.acme], 9);
            purchase_orders::on_order(conn, company, &[ours.product]);
            purchase_orders::drafted(conn, company);
            purchase_orders::unanswered(conn, company, at(9), 9);
            supplier_scores::tally(conn, company, period, day("2027-03-01"), chrono_tz::UTC);
        }
        for order in [draft, confirmed] {
            nothing! {
                purchase_orders::get(conn, company, order);
                purchase_orders::lines(conn, company, order);
                purchase_orders::confirm(conn, company, order, None, at(1));
            }
            for reason in CancelReason::ALL {
                nothing! { purchase_orders::cancel(conn, company, order, *reason, at(1)); }
            }
        }
        // Neither the supplier nor the request of another company is taken.
        let mut foreign = new_order(ours, shop.acme, "SM3", 10);
        foreign.company_id = company;
        refused! { purchase_orders::draft(conn, &foreign); }
        // Holding takes the company's row, which is there for nobody else.
        own! { way.wall; purchase_orders::hold(conn, company); }
        assert_eq!(way.wall == Wall::Database, company == ours.company);
    }
    assert_eq!(rows_of(&world, ours.company).await, before);
}

#[tokio::test]
async fn orders_and_prices() {
    let world = World::new().await;
    let ours = world.ours;
    crate::replenishment::seed(&world, ours).await;
    let before = rows_of(&world, ours.company).await;
    let (from, today, zone) = (day("2025-01-01"), day("2026-12-31"), chrono_tz::UTC);
    for mut way in ways(&world).await {
        let (conn, company) = (&mut way.conn, way.told.company);
        nothing! {
            replenishment::last_ordered(conn, company, ours.product, zone);
            replenishment::delivered(conn, company, None, from, zone);
            replenishment::delivered(conn, company, Some(ours.product), from, zone);
            replenishment::late(conn, company, today);
            replenishment::dearer(conn, company, from, today);
        }
    }
    assert_eq!(rows_of(&world, ours.company).await, before);
}
