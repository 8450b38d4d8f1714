//! Products, places and stock.

use wharf_store::{
    locations,
    products::{self, ProductMatch},
    stock,
};

use crate::support::World;

async fn found(world: &World, words: &str) -> Vec<String> {
    let mut conn = world.store.conn().await.unwrap();
    match products::find_product(&mut conn, world.ours.company, words)
        .await
        .unwrap()
    {
        ProductMatch::One(product) => vec![product.sku],
        ProductMatch::Several(products) => products.into_iter().map(|p| p.sku).collect(),
        ProductMatch::None { nearest } => {
            nearest.into_iter().map(|name| format!("~{name}")).collect()
        }
    }
}

#[tokio::test]
async fn a_product_is_found_by_code_name_alias_and_words() {
    let world = World::new().await;
    let company = world.ours.company;
    world
        .db
        .run_sql(&format!(
            "INSERT INTO products (company_id, sku, name, aliases) VALUES
               ('{company}', 'BLT-M8-50', 'Hex bolt M8 x 50', '{{m8 bolt}}'),
               ('{company}', 'BLT-M10-60', 'Hex bolt M10 x 60', '{{m10 bolt}}'),
               ('{company}', 'BOX-S', 'Shipping box small', '{{small carton}}'),
               ('{company}', 'BAT-AA', 'Battery AA', '{{}}'),
               ('{company}', 'CAF', 'Crème brûlée 10%', '{{}}')"
        ))
        .await;
    for (words, skus) in [
        ("WID-1001", &["WID-1001"][..]),
        (" wid-1001 ", &["WID-1001"]),
        ("wid 1001", &["WID-1001"]),
        ("wid1001", &["WID-1001"]),
        ("blue widgets", &["WID-1001"]),
        ("Widgets", &["WID-1001"]),
        ("m8 bolts", &["BLT-M8-50"]),
        ("bolts", &["BLT-M10-60", "BLT-M8-50"]),
        ("small boxes", &["BOX-S"]),
        ("aa batteries", &["BAT-AA"]),
        ("crème brûlée", &["CAF"]),
        ("blu widgt", &["~Blue widget"]),
        ("WID-1002", &["~Blue widget"]),
        ("zzz", &[]),
        ("", &[]),
        ("%", &[]),
        ("' OR 1=1 --", &[]),
    ] {
        assert_eq!(found(&world, words).await, skus, "{words:?}");
    }
}

#[tokio::test]
async fn a_code_is_unique_whatever_its_case() {
    let world = World::new().await;
    let company = world.ours.company;
    let mut conn = world.store.conn().await.unwrap();
    let sql = format!(
        "INSERT INTO products (company_id, sku, name) VALUES ('{company}', 'wid-1001', 'x')"
    );
    let refused = diesel_async::SimpleAsyncConnection::batch_execute(&mut *conn, &sql).await;
    assert!(refused.is_err());
}

#[tokio::test]
async fn stock_is_told_by_place() {
    let world = World::new().await;
    let (company, product) = (world.ours.company, world.ours.product);
    world
        .db.run_sql(&format!(
            "WITH entity AS (INSERT INTO legal_entities (company_id, name)
               VALUES ('{company}', 'B.V.') RETURNING id),
             place AS (INSERT INTO locations (company_id, legal_entity_id, name)
               SELECT '{company}', id, 'Rotterdam' FROM entity RETURNING id)
             INSERT INTO stock_levels (company_id, product_id, location_id, quantity, reorder_point, updated_at)
               SELECT '{company}', '{product}', id, 12, 5, now() FROM place"
        ))
        .await;
    let mut conn = world.store.conn().await.unwrap();
    let mut told = async |words: Option<&str>| {
        let places = match words {
            None => None,
            Some(words) => {
                let place = locations::find(&mut conn, company, words).await.unwrap();
                Some(place.map(|place| place.id).into_iter().collect::<Vec<_>>())
            }
        };
        let rows = stock::stock_of(&mut conn, company, product, places.as_deref())
            .await
            .unwrap();
        rows.into_iter()
            .map(|row| {
                (
                    row.location,
                    row.legal_entity,
                    row.quantity,
                    row.reorder_point,
                )
            })
            .collect::<Vec<_>>()
    };
    let north = ("North Warehouse".to_owned(), "Inc.".to_owned(), 7, None);
    let rotterdam = ("Rotterdam".to_owned(), "B.V.".to_owned(), 12, Some(5));
    assert_eq!(told(None).await, [north.clone(), rotterdam.clone()]);
    assert_eq!(told(Some("rotterdam")).await, [rotterdam]);
    assert_eq!(told(Some("north")).await, std::slice::from_ref(&north));
    assert_eq!(told(Some("NORTH warehouse")).await, [north]);
    assert_eq!(told(Some("south")).await, []);
    let place = locations::find(&mut conn, company, "").await.unwrap();
    assert_eq!(place, None);
    let totals = stock::totals(&mut conn, company).await.unwrap();
    assert_eq!(totals, [(product, 19)].into());
}
