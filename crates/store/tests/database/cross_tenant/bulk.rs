//! Many rows at once: none of them another company's.

use wharf_domain::ids::named;
use wharf_store::{
    StoreError,
    bulk::{
        self, catalogue,
        history::{self, Counted, Level, SaleRow},
        purchasing::{self, OfferRow},
    },
};

use crate::support::{World, at};

#[tokio::test]
async fn what_a_company_has_is_its_own() {
    let world = World::new().await;
    let (ours, theirs) = (world.ours.company, world.theirs.company);
    let mut conn = world.store.conn().await.unwrap();
    let conn = &mut *conn;
    bulk::one_at_a_time(conn, theirs).await.unwrap();
    for company in [ours, theirs] {
        assert_eq!(catalogue::products(conn, company).await.unwrap().len(), 1);
        assert_eq!(catalogue::locations(conn, company).await.unwrap().len(), 1);
        assert_eq!(catalogue::entities(conn, company).await.unwrap().len(), 1);
    }
    let products = [world.ours.product];
    let levels = history::lock_levels(conn, theirs, &products).await.unwrap();
    assert_eq!(levels, []);

    // Rows of ours, written as theirs.
    let mut product = catalogue::products(conn, ours).await.unwrap().remove(0);
    product.name = "stolen".to_owned();
    let refused = catalogue::write_products(conn, theirs, &[product]).await;
    assert!(
        matches!(refused, Err(StoreError::Conflict(_))),
        "{refused:?}"
    );
    let mut place = catalogue::locations(conn, ours).await.unwrap().remove(0);
    place.legal_entity_id = catalogue::entities(conn, theirs).await.unwrap()[0].id;
    let refused = catalogue::write_locations(conn, theirs, &[place.clone()]).await;
    assert!(
        matches!(refused, Err(StoreError::Conflict(_))),
        "{refused:?}"
    );
    let entity = catalogue::entities(conn, ours).await.unwrap().remove(0);
    assert!(
        catalogue::add_entities(conn, theirs, &[entity])
            .await
            .is_err()
    );

    let level = Level {
        product_id: world.ours.product,
        location_id: place.id,
        quantity: 9_999,
        reorder_point: None,
    };
    let before = history::lock_levels(conn, ours, &products).await.unwrap();
    let counted = Counted {
        before: before.first().map(|level| level.quantity),
        level,
    };
    let refused = history::write_levels(conn, theirs, &[counted], "import", at(0)).await;
    assert!(refused.is_err(), "{refused:?}");
    let after = history::lock_levels(conn, ours, &products).await.unwrap();
    assert_eq!(after, before);
}

#[tokio::test]
async fn what_a_company_buys_and_sells_is_its_own() {
    let world = World::new().await;
    let (ours, theirs) = (world.ours.company, world.theirs.company);
    let supplier = named("acme");
    world
        .db
        .run_sql(&format!(
            "INSERT INTO suppliers (id, company_id, name) VALUES ('{supplier}', '{ours}', 'Acme')"
        ))
        .await;
    let mut conn = world.store.conn().await.unwrap();
    let conn = &mut *conn;
    let offer = OfferRow {
        supplier_id: supplier,
        product_id: world.ours.product,
        supplier_sku: None,
        unit_price: 2.into(),
        currency: "EUR".to_owned(),
        minimum_quantity: None,
        pack_size: None,
        lead_time_days: None,
        preferred: false,
    };
    let day = at(0).date_naive();
    let mut offers = [offer];
    purchasing::write_offers(conn, ours, &offers, at(0))
        .await
        .unwrap();
    purchasing::write_prices(conn, ours, &offers, day)
        .await
        .unwrap();
    let place = catalogue::locations(conn, ours).await.unwrap().remove(0);
    let mut sales = [SaleRow {
        reference: "INV-1".to_owned(),
        product_id: world.ours.product,
        location_id: place.id,
        sold_on: day,
        requested: 2,
        quantity: 2,
        unit_price: 3.into(),
    }];
    history::write_sales(conn, ours, &sales).await.unwrap();

    assert_eq!(purchasing::suppliers(conn, theirs).await.unwrap(), []);
    assert_eq!(purchasing::offers(conn, theirs).await.unwrap(), []);
    assert_eq!(history::sales(conn, theirs, &["INV-1"]).await.unwrap(), []);

    let mine = purchasing::suppliers(conn, ours).await.unwrap();
    let refused = purchasing::write_suppliers(conn, theirs, &mine).await;
    assert!(
        matches!(refused, Err(StoreError::Conflict(_))),
        "{refused:?}"
    );
    offers[0].unit_price = 1.into();
    let refused = purchasing::write_offers(conn, theirs, &offers, at(1)).await;
    assert!(refused.is_err(), "{refused:?}");
    let refused = purchasing::write_prices(conn, theirs, &offers, day).await;
    assert!(refused.is_err(), "{refused:?}");
    sales[0].quantity = 1;
    assert!(history::write_sales(conn, theirs, &sales).await.is_err());

    let kept = purchasing::offers(conn, ours).await.unwrap();
    assert_eq!(kept[0].unit_price.to_string(), "2");
    let kept = history::sales(conn, ours, &["INV-1"]).await.unwrap();
    assert_eq!(kept[0].quantity, 2);
}
