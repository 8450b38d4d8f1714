//! Who wrote, and where to answer.

use chrono_tz::Tz;
use wharf_domain::{address::Address, persona::Persona};
use wharf_store::contacts::{self, Sender};

use crate::support::{OURS, World, address, at};

const BSUID: &str = "DE.13491208655302741918";

impl World {
    async fn sender(&self, from: &str, external: Option<&str>, minute: i64) -> Option<Sender> {
        let external: Option<Address> = external.map(address);
        let mut conn = self.store.conn().await.unwrap();
        contacts::resolve_sender(
            &mut conn,
            &address(OURS),
            &address(from),
            external.as_ref(),
            Some("Pat"),
            at(minute),
        )
        .await
        .unwrap()
    }
}

#[tokio::test]
async fn a_known_number_brings_its_person_with_the_companys_defaults() {
    let world = World::new().await;
    let sender = world.sender("+15550100001", None, 5).await.unwrap();
    assert_eq!(sender.company_id, world.ours.company);
    assert_eq!(sender.contact_id, world.ours.contact);
    let profile = sender.profile.unwrap();
    assert_eq!(profile.persona, Some(Persona::Hub));
    assert_eq!(profile.role, "planner");
    assert_eq!(profile.time_zone, Tz::America__New_York, "the person's own");
    assert_eq!(profile.locale, "de", "the company's");
    assert_eq!(
        world
            .db
            .rows("contacts WHERE last_inbound_at IS NOT NULL")
            .await,
        1
    );
}

#[tokio::test]
async fn a_number_that_no_company_owns_has_no_sender() {
    let world = World::new().await;
    let mut conn = world.store.conn().await.unwrap();
    let nobody = contacts::resolve_sender(
        &mut conn,
        &address("+19999999999"),
        &address("+15550100001"),
        None,
        None,
        at(0),
    )
    .await
    .unwrap();
    assert_eq!(nobody, None);
    assert_eq!(world.db.rows("contacts").await, 2, "one each, as before");
}

#[tokio::test]
async fn a_stranger_becomes_a_contact_without_a_profile() {
    let world = World::new().await;
    let first = world.sender("+15550199999", None, 0).await.unwrap();
    assert_eq!(first.profile, None);
    let again = world.sender("+15550199999", None, 1).await.unwrap();
    assert_eq!(again, first);
    let only_bsuid = world.sender(BSUID, Some(BSUID), 1).await.unwrap();
    assert_ne!(only_bsuid.contact_id, first.contact_id);
    let kinds = "contact_addresses WHERE kind = 'bsuid'";
    assert_eq!(world.db.rows(kinds).await, 1);
}

#[tokio::test]
async fn a_bsuid_is_added_to_the_numbers_contact_and_then_decides() {
    let world = World::new().await;
    let with_both = world.sender("+15550100001", Some(BSUID), 0).await.unwrap();
    assert_eq!(with_both.contact_id, world.ours.contact);
    let without_number = world.sender(BSUID, Some(BSUID), 1).await.unwrap();
    assert_eq!(without_number, with_both);
    let new_number = world.sender("+15550177777", Some(BSUID), 2).await.unwrap();
    assert_eq!(new_number, with_both);
    let by_new_number = world.sender("+15550177777", None, 3).await.unwrap();
    assert_eq!(by_new_number, with_both);
}

#[tokio::test]
async fn a_number_that_changed_hands_does_not_inherit_the_person() {
    let world = World::new().await;
    world.sender("+15550100001", Some(BSUID), 0).await.unwrap();
    let stranger = world
        .sender("+15550100001", Some("DE.999"), 1)
        .await
        .unwrap();
    assert_ne!(stranger.contact_id, world.ours.contact);
    assert_eq!(stranger.profile, None);
    let number_alone = world.sender("+15550100001", None, 2).await.unwrap();
    assert_eq!(number_alone.contact_id, stranger.contact_id);
    let old_one = world.sender(BSUID, Some(BSUID), 3).await.unwrap();
    assert_eq!(old_one.contact_id, world.ours.contact);
    assert!(old_one.profile.is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_first_messages_at_once_make_one_contact() {
    let world = World::new().await;
    // The same stranger, whose messages carry the number, the BSUID or both.
    let calls = (0..50).map(|call| {
        let store = world.store.clone();
        tokio::spawn(async move {
            let bsuid = address(BSUID);
            let (from, external) = match call % 2 {
                0 => (address("+15550188888"), Some(&bsuid)),
                _ => (bsuid.clone(), Some(&bsuid)),
            };
            store
                .transaction(async |conn| {
                    contacts::resolve_sender(conn, &address(OURS), &from, external, None, at(call))
                        .await
                })
                .await
                .unwrap()
                .unwrap()
                .contact_id
        })
    });
    let mut ids: Vec<_> = futures_util::future::join_all(calls)
        .await
        .into_iter()
        .map(|id| id.unwrap())
        .collect();
    ids.dedup();
    assert_eq!(ids.len(), 1);
    assert_eq!(world.db.rows("contacts").await, 3);
    assert_eq!(world.db.rows("contact_addresses").await, 4);
    let latest = "contacts WHERE last_inbound_at = to_timestamp(1800000000) + interval '49 min'";
    assert_eq!(
        world.db.rows(latest).await,
        1,
        "a late one does not move it back"
    );
}

#[tokio::test]
async fn the_reply_goes_to_where_the_last_message_came_from() {
    let world = World::new().await;
    let target = async || {
        let mut conn = world.store.conn().await.unwrap();
        contacts::reply_target(&mut conn, world.ours.company, world.ours.contact)
            .await
            .unwrap()
            .unwrap()
    };
    let before = target().await;
    assert_eq!(before.to, address("+15550100001"));
    assert_eq!(before.from, address(OURS));
    assert_eq!(before.profile_id, Some(world.ours.profile));
    assert_eq!(before.persona, Some(Persona::Hub));
    assert_eq!(
        (before.locale.as_str(), before.time_zone),
        ("de", Tz::America__New_York)
    );
    assert_eq!(before.email.as_deref(), Some("pat@example.com"));
    world.sender("+15550100001", Some(BSUID), 0).await;
    assert_eq!(
        target().await.to,
        address("+15550100001"),
        "the number, of both"
    );
    world.sender(BSUID, Some(BSUID), 1).await;
    assert_eq!(target().await.to, address(BSUID));
    world.sender("+15550100001", Some(BSUID), 2).await;
    assert_eq!(target().await.to, address("+15550100001"));

    let stranger = world.sender("+15550199999", None, 0).await.unwrap();
    let mut conn = world.store.conn().await.unwrap();
    let target = contacts::reply_target(&mut conn, world.ours.company, stranger.contact_id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((target.persona, target.profile_id), (None, None));
    assert_eq!(
        (target.locale.as_str(), target.time_zone),
        ("de", Tz::Europe__Berlin)
    );
}

#[tokio::test]
async fn who_has_no_locale_is_answered_in_the_language_they_write() {
    let world = World::new().await;
    let (company, contact) = (world.ours.company, world.ours.contact);
    let mut conn = world.store.conn().await.unwrap();
    let note = contacts::note_language;
    let locale = async || {
        let mut conn = world.store.conn().await.unwrap();
        let target = contacts::reply_target(&mut conn, company, contact).await;
        let locale = target.unwrap().unwrap().locale;
        // By mail too.
        let person = contacts::written_to(&mut conn, company, world.ours.profile).await;
        assert_eq!(person.unwrap().unwrap().locale, locale);
        locale
    };
    for (own, company_has, written, expected) in [
        ("NULL", "'en'", "es", "es"),
        ("NULL", "'en-US'", "es", "es-US"),
        ("NULL", "'es-MX'", "es", "es-MX"),
        ("NULL", "'es-MX'", "en", "en-MX"),
        ("'en-GB'", "'en'", "es", "en-GB"),
    ] {
        let set = format!(
            "UPDATE profiles SET locale = {own}; UPDATE companies SET locale = {company_has}"
        );
        world.db.run_sql(&set).await;
        note(&mut conn, company, contact, written).await.unwrap();
        assert_eq!(locale().await, expected, "{own}, {company_has}, {written}");
    }
    assert!(note(&mut conn, company, contact, "fi").await.is_err());
    // Of several numbers the one counts that wrote last.
    world
        .db
        .run_sql("UPDATE profiles SET locale = NULL; UPDATE contacts SET language = NULL")
        .await;
    let person = async || {
        let mut conn = world.store.conn().await.unwrap();
        let person = contacts::written_to(&mut conn, company, world.ours.profile).await;
        person.unwrap().unwrap().locale
    };
    assert_eq!(person().await, "en");
    let other = world.sender("+15550199999", None, 50).await.unwrap();
    world
        .db
        .run_sql(&format!(
            "UPDATE contacts SET profile_id = '{}' WHERE id = '{}';
             UPDATE contacts SET last_inbound_at = to_timestamp(1800000000) WHERE id = '{contact}'",
            world.ours.profile, other.contact_id
        ))
        .await;
    note(&mut conn, company, contact, "en").await.unwrap();
    note(&mut conn, company, other.contact_id, "es")
        .await
        .unwrap();
    assert_eq!(person().await, "es");
}
