//! Products, places, stock, sales and the figures of them.

use wharf_domain::period::Period;
use wharf_store::{
    demand, locations,
    metrics::{self, By},
    movements,
    products::{self, ProductMatch},
    snapshots, stock,
};

use super::walls::{Wall, rows_of, ways};
use crate::support::{World, execution};

#[tokio::test]
async fn products_and_places() {
    let world = World::new().await;
    let ours = world.ours;
    world
        .db
        .run_sql(&format!(
            "INSERT INTO products (company_id, sku, name) VALUES ('{}', 'OURS-1', 'Secret thing');
             UPDATE locations SET name = 'Our place' WHERE company_id = '{}'",
            ours.company, ours.company
        ))
        .await;
    let before = rows_of(&world, ours.company).await;
    for mut way in ways(&world).await {
        let (conn, company) = (&mut way.conn, way.told.company);
        for words in ["OURS-1", "secret thing", "secret thin"] {
            let found = products::find_product(conn, company, words).await.unwrap();
            assert_eq!(found, ProductMatch::None { nearest: vec![] }, "{words}");
        }
        nothing! {
            products::get(conn, company, ours.product);
            stock::stock_of(conn, company, ours.product, None);
            locations::find(conn, company, "our place");
        }
        let names = products::catalogue(conn, company).await.unwrap();
        assert!(
            names
                .iter()
                .all(|product| product.id == world.theirs.product)
        );
        assert_eq!(names.is_empty(), way.wall == Wall::Database);
        let places = locations::list(conn, company).await.unwrap();
        assert!(places.iter().all(|place| place.name == "North Warehouse"));
        assert_eq!(places.is_empty(), way.wall == Wall::Database);
    }
    assert_eq!(rows_of(&world, ours.company).await, before);
}

#[tokio::test]
async fn stock_and_sales() {
    let world = World::new().await;
    let ours = world.ours;
    crate::demand::sell(&world, ours.company, ours.product, 10, 5, 5).await;
    let mut owner = world.store.conn().await.unwrap();
    let place = locations::list(&mut owner, ours.company).await.unwrap()[0].id;
    let made = crate::movements::movement(ours, place, Some(7), 9);
    movements::record(&mut owner, &made).await.unwrap();
    let before = rows_of(&world, ours.company).await;
    let today = "2026-03-15".parse().unwrap();
    let period = Period::last(30, today);
    for mut way in ways(&world).await {
        let (conn, company) = (&mut way.conn, way.told.company);
        nothing! {
            locations::places(conn, company, Some(&[place]));
            demand::daily(conn, company, ours.product, None, today, 7);
            demand::daily_of_all(conn, company, today, 7);
            demand::sums(conn, company, Some(ours.product), period);
            movements::lock(conn, company, ours.product, place);
            movements::of_execution(conn, company, execution("SM1"));
            movements::of_product(conn, company, ours.product, 9);
        }
        let totals = stock::totals(conn, company).await.unwrap();
        assert!(!totals.contains_key(&ours.product));
        for earlier in [Some(9), None] {
            let mut new = crate::movements::movement(ours, place, earlier, 11);
            new.company_id = company;
            new.execution_id = None;
            refused! { movements::record(conn, &new); }
        }
        // What is not seen is not photographed either.
        let taken = snapshots::take(conn, company, today).await.unwrap();
        assert_eq!(taken, usize::from(way.wall == Wall::Query));
    }
    assert_eq!(rows_of(&world, ours.company).await, before);
}

#[tokio::test]
async fn figures_of_a_period() {
    let world = World::new().await;
    let ours = world.ours;
    crate::metrics::seed(&world, ours, "ours").await;
    let before = rows_of(&world, ours.company).await;
    let (zone, march) = (chrono_tz::UTC, crate::metrics::march(1, 31));
    for mut way in ways(&world).await {
        let (conn, company) = (&mut way.conn, way.told.company);
        nothing! {
            metrics::sales_record(conn, company);
            metrics::sales(conn, company, None, march, By::Product);
            metrics::stock_days(conn, company, None, march);
            metrics::availability(conn, company, None, march);
            metrics::spent(conn, company, march, zone);
            metrics::awaited(conn, company, march.to, march.to);
        }
        let sums = metrics::sales(conn, company, None, march, By::All).await;
        assert_eq!(sums.unwrap()[0].1.rows, 0);
        let counted = metrics::counts(conn, company, None, march, zone).await;
        assert_eq!(counted.unwrap().counts, 0);
        let there = metrics::holdings(conn, company, None, None).await.unwrap();
        assert!(
            there
                .iter()
                .all(|row| row.product_id == world.theirs.product)
        );
    }
    assert_eq!(rows_of(&world, ours.company).await, before);
}
