//! Suppliers, orders and scores, asked for with the other company's id.

use wharf_domain::period::Period;
use wharf_store::{
    StoreError, products,
    purchase_orders::{self, CancelReason},
    stock, supplier_scores,
    suppliers::{self, SupplierMatch},
};

use crate::{
    purchasing::{day, new_order, seed},
    support::{World, at, execution},
};

#[tokio::test]
async fn purchasing() {
    let world = World::new().await;
    let (ours, theirs) = (world.ours, world.theirs);
    let shop = seed(&world.db, ours, "ours").await;
    let mut conn = world.store.conn().await.unwrap();
    let conn = &mut *conn;
    let (company, product) = (theirs.company, ours.product);
    assert_eq!(products::get(conn, company, product).await.unwrap(), None);
    assert_eq!(suppliers::list(conn, company).await.unwrap(), []);
    for words in ["acme", "acme ltd", "acm"] {
        let found = suppliers::find(conn, company, words).await.unwrap();
        assert_eq!(found, SupplierMatch::None { nearest: vec![] }, "{words}");
    }
    assert_eq!(
        suppliers::offers(conn, company, &[product]).await.unwrap(),
        []
    );
    let totals = stock::totals(conn, company).await.unwrap();
    assert_eq!(
        totals.into_iter().collect::<Vec<_>>(),
        [(theirs.product, 7)]
    );
    let supplied = suppliers::supplied(conn, company, &[shop.acme], 9).await;
    assert_eq!(supplied.unwrap(), []);

    let order = purchase_orders::draft(conn, &new_order(ours, shop.acme, "SM1", 10)).await;
    let order = order.unwrap();
    // Neither the supplier nor the request of another company is taken.
    let mut foreign = new_order(ours, shop.acme, "SM2", 10);
    foreign.company_id = company;
    let refused = purchase_orders::draft(conn, &foreign).await;
    assert!(
        matches!(refused, Err(StoreError::Database(_))),
        "{refused:?}"
    );
    assert_eq!(
        purchase_orders::get(conn, company, order.id).await.unwrap(),
        None
    );
    let made = purchase_orders::of_execution(conn, company, execution("SM1")).await;
    assert_eq!(made.unwrap(), []);
    assert_eq!(
        purchase_orders::lines(conn, company, order.id)
            .await
            .unwrap(),
        []
    );
    assert!(
        purchase_orders::drafted(conn, company)
            .await
            .unwrap()
            .is_empty()
    );
    let confirmed = purchase_orders::confirm(conn, company, order.id, None, at(1)).await;
    assert!(!confirmed.unwrap());
    for reason in CancelReason::ALL {
        let cancelled = purchase_orders::cancel(conn, company, order.id, *reason, at(1)).await;
        assert!(!cancelled.unwrap());
    }
    let drafts = purchase_orders::unanswered(conn, company, at(9), 9).await;
    assert_eq!(drafts.unwrap(), []);
    assert!(
        purchase_orders::confirm(conn, ours.company, order.id, None, at(1))
            .await
            .unwrap()
    );
    assert_eq!(
        purchase_orders::open(conn, company, &[shop.acme], 9)
            .await
            .unwrap(),
        []
    );
    let on_order = purchase_orders::on_order(conn, company, &[product]).await;
    assert!(on_order.unwrap().is_empty());

    let period = Period {
        from: day("2020-01-01"),
        to: day("2030-01-01"),
    };
    let zone = chrono_tz::UTC;
    let tally = supplier_scores::tally(conn, company, period, day("2027-03-01"), zone).await;
    assert_eq!(tally.unwrap(), []);
}
