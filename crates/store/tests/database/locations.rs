//! Places on the map.

use wharf_store::locations;

use crate::support::World;

#[tokio::test]
async fn places_are_where_they_are() {
    let world = World::new().await;
    let (ours, theirs) = (world.ours, world.theirs);
    let mut conn = world.store.conn().await.unwrap();
    let place = locations::list(&mut conn, ours.company)
        .await
        .unwrap()
        .remove(0);
    let all = locations::places(&mut conn, ours.company, None)
        .await
        .unwrap();
    assert_eq!((all.len(), all[0].latitude), (1, None));
    let set = format!(
        "UPDATE locations SET latitude = 51.9, longitude = 4.5 WHERE id = '{}'",
        place.id
    );
    world.db.run_sql(&set).await;
    let some = locations::places(&mut conn, ours.company, Some(&[place.id]))
        .await
        .unwrap();
    assert_eq!(
        (some[0].latitude, some[0].longitude),
        (Some(51.9), Some(4.5))
    );
    assert!(
        locations::places(&mut conn, ours.company, Some(&[]))
            .await
            .unwrap()
            .is_empty()
    );
    assert!(
        locations::places(&mut conn, theirs.company, Some(&[place.id]))
            .await
            .unwrap()
            .is_empty()
    );
}
