//! Companies, people, contacts, rights and what was changed by whom.

use serde_json::json;
use wharf_domain::{intent::IntentType, persona::Persona};
use wharf_store::{
    Across, StoreError,
    audit::{self, AuditAction},
    companies, contacts,
    permissions::{self, Permission},
    personas, profiles,
};

use super::walls::{Wall, rows_of, ways};
use crate::support::{THEIRS, World, address, at, execution};

#[tokio::test]
async fn people_and_rights() {
    let world = World::new().await;
    let ours = world.ours;
    let entry = |company| audit::Entry {
        company,
        at: at(0),
        profile: Some(ours.profile),
        execution: Some(execution("SM1")),
        intent: IntentType::CheckInventory,
        action: AuditAction::Denied,
        detail: json!({}),
    };
    let mut owner = world.store.conn().await.unwrap();
    audit::record(&mut owner, &entry(ours.company))
        .await
        .unwrap();
    let change = |company| personas::Change {
        company,
        profile: ours.profile,
        before: None,
        persona: Some(Persona::Spring),
        why: personas::Why::Chosen,
        execution: execution("SM1"),
        at: at(0),
        because: None,
    };
    assert!(
        personas::switch(&mut owner, &change(ours.company))
            .await
            .unwrap()
    );
    let rule = format!(
        "INSERT INTO role_permissions (company_id, role, intent_type, allowed)
         VALUES ('{}', 'buyer', 'check_inventory', true)",
        ours.company
    );
    world.db.run_sql(&rule).await;
    let before = rows_of(&world, ours.company).await;
    for mut way in ways(&world).await {
        let (conn, company) = (&mut way.conn, way.told.company);
        nothing! {
            personas::switch(conn, &change(company));
            personas::history(conn, company, ours.profile, 9);
            personas::changes(conn, company);
            permissions::is_own_role(conn, company, "buyer");
            profiles::get(conn, company, ours.profile);
            profiles::name(conn, company, ours.profile);
            profiles::set_persona(conn, company, ours.profile, Some(Persona::Spring));
            contacts::reply_target(conn, company, ours.contact);
            contacts::written_to(conn, company, ours.profile);
            audit::since(conn, company, at(0), 10);
        }
        let people = personas::of_company(conn, company).await.unwrap();
        assert_eq!(people.is_empty(), way.wall == Wall::Database);
        assert!(people.iter().all(|one| one.profile != ours.profile));
        contacts::note_language(conn, company, ours.contact, "es")
            .await
            .unwrap();
        if way.wall == Wall::Database {
            nothing! { companies::get(conn, company); }
        }
        let right = permissions::check(conn, company, ours.profile, IntentType::CheckInventory);
        assert_eq!(right.await.unwrap(), Permission::Denied);
        let (intent, place) = (IntentType::CheckInventory, Some("North Warehouse"));
        let right = permissions::check_at(conn, company, ours.profile, intent, place);
        assert_eq!(right.await.unwrap(), Permission::Denied);
        // A profile of another company, or a company that is not the transaction's.
        refused! {
            audit::record(conn, &entry(company));
            audit::record_person(conn, company, Some(ours.profile), None, "x", at(0));
        }
    }
    assert_eq!(rows_of(&world, ours.company).await, before);
}

/// The same number writes to both companies and is somebody else in each.
#[tokio::test]
async fn a_number_that_writes_to_both() {
    let world = World::new().await;
    let before = rows_of(&world, world.ours.company).await;
    let (to, from) = (address(THEIRS), address("+15550100001"));
    let sender = world
        .store
        .across::<_, StoreError, _>(Across::Receiver, async |conn| {
            let sender = contacts::resolve_sender(conn, &to, &from, None, None, at(0)).await?;
            // From here on it is their company's transaction.
            let ours = profiles::get(conn, world.ours.company, world.ours.profile).await?;
            assert_eq!(ours, None);
            Ok(sender)
        })
        .await
        .unwrap()
        .unwrap();
    let theirs = world.theirs;
    assert_eq!(
        (sender.company_id, sender.contact_id),
        (theirs.company, theirs.contact)
    );
    assert_eq!(sender.profile.unwrap().id, theirs.profile);
    assert_eq!(rows_of(&world, world.ours.company).await, before);
}
