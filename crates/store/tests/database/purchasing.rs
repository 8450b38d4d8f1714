//! Suppliers and orders.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use uuid::Uuid;
use wharf_domain::{ids::named, money::Money};
use wharf_store::{
    StoreError,
    purchase_orders::{self, CancelReason, NewLine, NewOrder, OrderState},
    suppliers::{self, SupplierMatch},
};
use wharf_testkit::database::TestDatabase;

use crate::support::{Tenant, World, at, execution};

pub(crate) struct Shop {
    pub(crate) acme: Uuid,
    pub(crate) nordic: Uuid,
}

/// Two suppliers of the tenant's widget: Acme Ltd. (2.50, from 10 in packs of 4, 7 days, preferred)
/// and Nordic Supply (2.40, 12 days as agreed); and Old Supply, no longer bought from.
pub(crate) async fn seed(db: &TestDatabase, tenant: Tenant, name: &str) -> Shop {
    let id = |what: &str| named(&format!("{name}:supplier:{what}"));
    let (acme, nordic, old) = (id("acme"), id("nordic"), id("old"));
    let (company, product) = (tenant.company, tenant.product);
    db.run_sql(&format!(
        "INSERT INTO suppliers (id, company_id, name, contact_name, lead_time_days, active) VALUES
           ('{acme}', '{company}', 'Acme Ltd.', 'Ann', 9, true),
           ('{nordic}', '{company}', 'Nordic Supply', NULL, 12, true),
           ('{old}', '{company}', 'Old Supply', NULL, NULL, false);
         INSERT INTO supplier_products (company_id, supplier_id, product_id, unit_price, currency,
             minimum_quantity, pack_size, lead_time_days, preferred) VALUES
           ('{company}', '{acme}', '{product}', 2.50, 'EUR', 10, 4, 7, true),
           ('{company}', '{nordic}', '{product}', 2.40, 'EUR', NULL, NULL, NULL, false),
           ('{company}', '{old}', '{product}', 0.10, 'EUR', NULL, NULL, 1, false);"
    ))
    .await;
    Shop { acme, nordic }
}

pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(crate) fn new_order(tenant: Tenant, supplier: Uuid, sid: &str, quantity: i64) -> NewOrder {
    NewOrder {
        company_id: tenant.company,
        supplier_id: supplier,
        location_id: None,
        currency: "EUR".to_owned(),
        created_by: Some(tenant.profile),
        execution_id: execution(sid),
        created_at: at(0),
        expected_on: Some(day("2027-01-22")),
        lines: vec![NewLine {
            product_id: tenant.product,
            quantity,
            unit_price: "2.505".parse().unwrap(),
        }],
    }
}

#[tokio::test]
async fn who_sells_what_on_which_terms() {
    let world = World::new().await;
    let shop = seed(&world.db, world.ours, "ours").await;
    let mut conn = world.store.conn().await.unwrap();
    let company = world.ours.company;
    let offers = suppliers::offers(&mut conn, company, &[world.ours.product]).await;
    let offers = offers.unwrap();
    let terms: Vec<_> = offers
        .iter()
        .map(|offer| {
            let price = offer.unit_price.to_string();
            (
                offer.supplier.as_str(),
                price,
                offer.lead_time_days,
                offer.preferred,
            )
        })
        .collect();
    let expected = [
        ("Acme Ltd.", "EUR 2.50".to_owned(), Some(7), true),
        ("Nordic Supply", "EUR 2.40".to_owned(), Some(12), false),
    ];
    assert_eq!(terms, expected);
    assert_eq!(
        (offers[0].minimum_quantity, offers[0].pack_size),
        (Some(10), Some(4))
    );

    let SupplierMatch::One(acme) = suppliers::find(&mut conn, company, "ACME").await.unwrap()
    else {
        panic!("there is one");
    };
    assert_eq!(
        (acme.id, acme.contact_name.as_deref()),
        (shop.acme, Some("Ann"))
    );
    // Of two that "supply" names, the one that is still bought from.
    let supply = suppliers::find(&mut conn, company, "supply").await.unwrap();
    assert!(matches!(supply, SupplierMatch::One(one) if one.id == shop.nordic));

    let sold = suppliers::supplied(&mut conn, company, &[shop.acme, shop.nordic], 1).await;
    let sold = sold.unwrap();
    assert_eq!(sold.len(), 2);
    assert!(
        sold.iter()
            .all(|line| line.products == 1 && line.sku == "WID-1001")
    );
}

#[tokio::test]
async fn an_order_from_draft_to_cancelled() {
    let world = World::new().await;
    let shop = seed(&world.db, world.ours, "ours").await;
    let mut conn = world.store.conn().await.unwrap();
    let conn = &mut *conn;
    let (company, product) = (world.ours.company, world.ours.product);
    let new = new_order(world.ours, shop.acme, "SM1", 12);
    let order = purchase_orders::draft(conn, &new).await.unwrap();
    assert_eq!(
        (order.name().as_str(), order.state),
        ("PO-1001", OrderState::Draft)
    );
    assert_eq!(purchase_orders::draft(conn, &new).await.unwrap(), order);
    assert_eq!(world.db.rows("purchase_orders").await, 1);
    assert_eq!(world.db.rows("purchase_order_lines").await, 1);
    // A draft is not on order.
    assert!(
        purchase_orders::on_order(conn, company, &[product])
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        purchase_orders::open(conn, company, &[shop.acme], 5)
            .await
            .unwrap(),
        []
    );
    let drafted = purchase_orders::drafted(conn, company).await.unwrap();
    assert_eq!(drafted, BTreeSet::from([product]));

    let expected = Some(day("2027-01-25"));
    assert!(
        purchase_orders::confirm(conn, company, order.id, expected, at(1))
            .await
            .unwrap()
    );
    assert!(
        !purchase_orders::confirm(conn, company, order.id, None, at(2))
            .await
            .unwrap()
    );
    let open = purchase_orders::open(conn, company, &[shop.acme], 5)
        .await
        .unwrap();
    assert_eq!(
        (open[0].order.as_str(), open[0].expected_on),
        ("PO-1001", expected)
    );
    // 12 x 2.505
    assert_eq!(open[0].total, Money::new("30.06".parse().unwrap(), "EUR"));
    let on_order = purchase_orders::on_order(conn, company, &[product])
        .await
        .unwrap();
    assert_eq!(on_order.get(&product), Some(&12));

    world
        .db
        .run_sql(&format!(
            "INSERT INTO deliveries (id, company_id, order_id, delivered_at)
               VALUES ('{d}', '{company}', '{}', now());
             INSERT INTO delivery_lines VALUES ('{company}', '{d}', '{product}', 5, 2)",
            order.id,
            d = named("delivery"),
        ))
        .await;
    let on_order = purchase_orders::on_order(conn, company, &[product])
        .await
        .unwrap();
    assert_eq!(on_order.get(&product), Some(&7));
    let undone = CancelReason::Undone;
    let cancelled = purchase_orders::cancel(conn, company, order.id, undone, at(3)).await;
    assert!(!cancelled.unwrap(), "some of it has come");
    world.db.run_sql("DELETE FROM deliveries").await;
    for of_a_draft in [CancelReason::Declined, CancelReason::Expired] {
        let cancelled = purchase_orders::cancel(conn, company, order.id, of_a_draft, at(3)).await;
        assert!(!cancelled.unwrap(), "it is no draft");
    }
    let cancelled = purchase_orders::cancel(conn, company, order.id, undone, at(3)).await;
    assert!(cancelled.unwrap());
    let reason = "purchase_orders WHERE cancel_reason = 'undone'";
    assert_eq!(world.db.rows(reason).await, 1);
    let row = purchase_orders::get(conn, company, order.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(row.state, OrderState::Cancelled);
    assert_eq!(
        purchase_orders::lines(conn, company, order.id)
            .await
            .unwrap()[0]
            .quantity,
        12
    );
}

#[tokio::test]
async fn of_many_orders_at_once_each_has_its_own_number() {
    let world = World::new().await;
    let shop = seed(&world.db, world.ours, "ours").await;
    let other = seed(&world.db, world.theirs, "theirs").await;
    let drafts = (0..4).map(|number| {
        let (store, sid) = (world.store.clone(), format!("SM{number}"));
        let new = new_order(world.ours, shop.acme, &sid, 1);
        tokio::spawn(async move {
            store
                .transaction::<_, StoreError, _>(async |conn| {
                    purchase_orders::draft(conn, &new).await
                })
                .await
                .unwrap()
                .number
        })
    });
    let drafts: Vec<_> = drafts.collect();
    let mut numbers = BTreeSet::new();
    for draft in drafts {
        numbers.insert(draft.await.unwrap());
    }
    assert_eq!(numbers, (1001..=1004).collect());
    // Another company counts for itself.
    let mut conn = world.store.conn().await.unwrap();
    let theirs = new_order(world.theirs, other.acme, "SM9", 1);
    let theirs = purchase_orders::draft(&mut conn, &theirs).await.unwrap();
    assert_eq!(theirs.number, 1001);
}

#[tokio::test]
async fn of_two_who_confirm_at_once_one_does() {
    let world = World::new().await;
    let shop = seed(&world.db, world.ours, "ours").await;
    let company = world.ours.company;
    let mut conn = world.store.conn().await.unwrap();
    let new = new_order(world.ours, shop.acme, "SM1", 1);
    let id = purchase_orders::draft(&mut conn, &new).await.unwrap().id;
    let tries: Vec<_> = (0..4)
        .map(|minute| {
            let store = world.store.clone();
            tokio::spawn(async move {
                let mut conn = store.conn().await.unwrap();
                purchase_orders::confirm(&mut conn, company, id, None, at(minute))
                    .await
                    .unwrap()
            })
        })
        .collect();
    let mut done = 0;
    for one in tries {
        done += i32::from(one.await.unwrap());
    }
    assert_eq!(done, 1);
}

#[tokio::test]
async fn an_order_without_lines_is_refused() {
    let world = World::new().await;
    let shop = seed(&world.db, world.ours, "ours").await;
    let mut conn = world.store.conn().await.unwrap();
    let mut new = new_order(world.ours, shop.acme, "SM1", 1);
    new.lines.clear();
    let refused = purchase_orders::draft(&mut conn, &new).await;
    assert!(
        matches!(refused, Err(StoreError::Invalid(_))),
        "{refused:?}"
    );
}
