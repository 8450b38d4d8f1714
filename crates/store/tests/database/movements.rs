//! What changes stock, and the history of it.

use chrono::NaiveDate;
use uuid::Uuid;
use wharf_store::{
    StoreError, locations,
    movements::{self, MovementKind, NewMovement},
    snapshots, stock,
};

use crate::support::{Tenant, World, at, execution};

/// A count of the tenant's product by its person.
pub(crate) fn movement(of: Tenant, place: Uuid, before: Option<i64>, after: i64) -> NewMovement {
    NewMovement {
        company_id: of.company,
        product_id: of.product,
        location_id: place,
        kind: MovementKind::Count,
        before,
        after,
        reason: Some("set".into()),
        execution_id: Some(execution("SM1")),
        profile_id: Some(of.profile),
        reverses: None,
        moved_at: at(3),
    }
}

#[tokio::test]
async fn a_movement_is_history_and_the_new_figure() {
    let world = World::new().await;
    let ours = world.ours;
    let mut conn = world.store.conn().await.unwrap();
    let conn = &mut *conn;
    let place = locations::list(conn, ours.company).await.unwrap()[0].id;
    let held = movements::lock(conn, ours.company, ours.product, place).await;
    assert_eq!(held.unwrap(), Some(7));
    let made = movements::record(conn, &movement(ours, place, Some(7), 40))
        .await
        .unwrap();
    assert_eq!((made.quantity_before, made.quantity_after), (7, 40));
    let rows = stock::stock_of(conn, ours.company, ours.product, None).await;
    let row = &rows.unwrap()[0];
    assert_eq!((row.quantity, row.updated_at), (40, at(3)));
    let found = movements::of_execution(conn, ours.company, execution("SM1")).await;
    assert_eq!(found.unwrap(), Some(made.clone()));
    let history = movements::of_product(conn, ours.company, ours.product, 9).await;
    assert_eq!(history.unwrap(), [made]);
}

#[tokio::test]
async fn stock_that_changed_meanwhile_is_not_written_over() {
    let world = World::new().await;
    let ours = world.ours;
    let mut conn = world.store.conn().await.unwrap();
    let conn = &mut *conn;
    let place = locations::list(conn, ours.company).await.unwrap()[0].id;
    for before in [Some(6), None] {
        let stale = movements::record(conn, &movement(ours, place, before, 40)).await;
        assert!(matches!(stale, Err(StoreError::Contended(_))), "{stale:?}");
    }
    assert_eq!(world.db.rows("stock_movements").await, 0);
}

#[tokio::test]
async fn one_execution_moves_a_product_at_a_place_once_and_is_taken_back_once() {
    let world = World::new().await;
    let ours = world.ours;
    let mut conn = world.store.conn().await.unwrap();
    let conn = &mut *conn;
    let place = locations::list(conn, ours.company).await.unwrap()[0].id;
    let made = movements::record(conn, &movement(ours, place, Some(7), 40))
        .await
        .unwrap();
    let again = movements::record(conn, &movement(ours, place, Some(40), 41)).await;
    assert!(again.is_err());
    let mut back = movement(ours, place, Some(41), 8);
    back.kind = MovementKind::Undo;
    back.reverses = Some(made.id);
    // Outside a transaction the refused one above has changed the figure; that is what they are for.
    back.execution_id = Some(execution("SM2"));
    movements::record(conn, &back).await.unwrap();
    back.execution_id = Some(execution("SM3"));
    back.before = Some(8);
    assert!(movements::record(conn, &back).await.is_err());
}

#[tokio::test]
async fn a_place_that_had_none_gets_its_first() {
    let world = World::new().await;
    let ours = world.ours;
    let place = Uuid::from_u128(7);
    world
        .db
        .run_sql(&format!(
            "INSERT INTO locations (id, company_id, legal_entity_id, name)
             SELECT '{place}', company_id, id, 'South' FROM legal_entities WHERE company_id = '{}'",
            ours.company
        ))
        .await;
    let mut conn = world.store.conn().await.unwrap();
    let conn = &mut *conn;
    let held = movements::lock(conn, ours.company, ours.product, place).await;
    assert_eq!(held.unwrap(), None);
    movements::record(conn, &movement(ours, place, None, 5))
        .await
        .unwrap();
    assert_eq!(
        stock::totals(conn, ours.company).await.unwrap()[&ours.product],
        12
    );
}

#[tokio::test]
async fn a_days_snapshot_is_the_latest_one() {
    let world = World::new().await;
    let ours = world.ours;
    let day: NaiveDate = "2026-03-18".parse().unwrap();
    let mut conn = world.store.conn().await.unwrap();
    assert_eq!(
        snapshots::take(&mut conn, ours.company, day).await.unwrap(),
        1
    );
    world
        .db
        .run_sql("UPDATE stock_levels SET quantity = 3")
        .await;
    assert_eq!(
        snapshots::take(&mut conn, ours.company, day).await.unwrap(),
        1
    );
    let next = day.succ_opt().unwrap();
    snapshots::take(&mut conn, ours.company, next)
        .await
        .unwrap();
    assert_eq!(world.db.rows("stock_snapshots").await, 2);
    let latest = "stock_snapshots WHERE taken_on = '2026-03-18' AND quantity = 3";
    assert_eq!(world.db.rows(latest).await, 1);
}
