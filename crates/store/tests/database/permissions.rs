//! The shipped roles, a company's own rules before them, and places.

use wharf_domain::{ids::named, intent::IntentType};
use wharf_store::permissions::{self, Permission};

use crate::support::World;

const ALL: Permission = Permission::Allowed { locations: None };

#[tokio::test]
async fn a_companys_rule_comes_before_the_shipped_role() {
    let world = World::new().await;
    let ours = world.ours;
    let mut conn = world.store.conn().await.unwrap();
    let conn = &mut *conn;
    let mut may = async |intent| {
        permissions::check(conn, ours.company, ours.profile, intent)
            .await
            .unwrap()
    };
    // The person is a planner.
    assert_eq!(may(IntentType::ReorderStock).await, ALL);
    assert_eq!(may(IntentType::StopAgent).await, Permission::Denied);
    world
        .db
        .run_sql(&format!(
            "INSERT INTO role_permissions (company_id, role, intent_type, allowed) VALUES
               ('{0}', 'planner', 'reorder_stock', false), ('{0}', 'planner', 'stop_agent', true),
               ('{0}', 'viewer', 'update_stock', false), ('{1}', 'planner', 'check_inventory', false)",
            ours.company, world.theirs.company
        ))
        .await;
    assert_eq!(may(IntentType::ReorderStock).await, Permission::Denied);
    assert_eq!(may(IntentType::StopAgent).await, ALL);
    assert_eq!(may(IntentType::UpdateStock).await, ALL);
    assert_eq!(may(IntentType::CheckInventory).await, ALL);
}

#[tokio::test]
async fn a_role_of_the_companys_own_may_what_a_viewer_may_and_what_its_rules_add() {
    let world = World::new().await;
    let ours = world.ours;
    let mut conn = world.store.conn().await.unwrap();
    let conn = &mut *conn;
    world
        .db
        .run_sql(&format!(
            "UPDATE profiles SET role = 'night shift' WHERE id = '{}';
             INSERT INTO role_permissions VALUES ('{}', 'night shift', 'update_stock', true)",
            ours.profile, ours.company
        ))
        .await;
    for (intent, allowed) in [
        (IntentType::CheckInventory, true),
        (IntentType::UpdateStock, true),
        (IntentType::ReorderStock, false),
    ] {
        let may = permissions::check(conn, ours.company, ours.profile, intent)
            .await
            .unwrap();
        assert_eq!(may.is_allowed(), allowed, "{intent}");
    }
}

#[tokio::test]
async fn a_person_may_be_bound_to_places() {
    let world = World::new().await;
    let ours = world.ours;
    let mut conn = world.store.conn().await.unwrap();
    let conn = &mut *conn;
    world
        .db
        .run_sql(&format!(
            "INSERT INTO profile_locations SELECT company_id, '{}', id FROM locations WHERE company_id = '{}'",
            ours.profile, ours.company
        ))
        .await;
    let intent = IntentType::CheckInventory;
    let may = permissions::check(conn, ours.company, ours.profile, intent)
        .await
        .unwrap();
    let (here, elsewhere) = (named("ours:location"), named("theirs:location"));
    assert_eq!(
        may,
        Permission::Allowed {
            locations: Some(vec![here])
        }
    );
    assert!(may.covers(here) && !may.covers(elsewhere));
    let elsewhere_of_ours = named("ours:elsewhere");
    world
        .db
        .run_sql(&format!(
            "INSERT INTO locations (id, company_id, legal_entity_id, name)
               SELECT '{elsewhere_of_ours}', company_id, legal_entity_id, 'Rotterdam' FROM locations
               WHERE id = '{here}'"
        ))
        .await;
    for (place, allowed) in [
        (None, true),
        (Some("rotterdam"), false),
        (Some("atlantis"), true),
    ] {
        let may = permissions::check_at(conn, ours.company, ours.profile, intent, place).await;
        assert_eq!(may.unwrap().is_allowed(), allowed, "{place:?}");
    }
    assert!(ALL.covers(elsewhere) && !Permission::Denied.covers(here));
}
