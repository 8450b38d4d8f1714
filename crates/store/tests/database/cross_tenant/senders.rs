//! Pairing codes, unknown senders, opt-outs, and files that people sent.

use uuid::Uuid;
use wharf_store::{
    inbound_media::{self, InboundMediaState, Kept, NewInboundMedia},
    opt_outs::{self, OptSource},
    pairing::{self, Invitation},
    unknown_senders,
};

use super::walls::{rows_of, ways};
use crate::{
    people::code,
    support::{Tenant, World, at, execution},
};

#[tokio::test]
async fn codes_and_strangers() {
    let world = World::new().await;
    let ours = world.ours;
    let invitation = |of: Tenant| Invitation {
        company: of.company,
        name: "Ana",
        role: "planner",
        locations: &[],
        persona: None,
        locale: None,
        email: None,
        code: code(1),
        expires_at: at(60),
    };
    let mut owner = world.store.conn().await.unwrap();
    let (id, _) = pairing::invite(&mut owner, &invitation(ours), at(0))
        .await
        .unwrap();
    unknown_senders::wrote(&mut owner, ours.company, ours.contact, at(0))
        .await
        .unwrap();
    let before = rows_of(&world, ours.company).await;
    for mut way in ways(&world).await {
        let (conn, company) = (&mut way.conn, way.told.company);
        nothing! {
            pairing::list(conn, company, at(1));
            pairing::revoke(conn, company, id, at(1));
            unknown_senders::to_be_told(conn, company, ours.contact, at(1));
        }
        refused! {
            unknown_senders::wrote(conn, company, ours.contact, at(1));
            // The code is unknown there, and a wrong guess of our contact is not theirs to count.
            pairing::redeem(conn, company, ours.contact, &[code(1)], at(1));
        }
        own! { way.wall; pairing::invite(conn, &invitation(way.told), at(1)); }
    }
    assert_eq!(rows_of(&world, ours.company).await, before);
}

#[tokio::test]
async fn those_who_said_stop() {
    let world = World::new().await;
    let ours = world.ours;
    let (contact, word) = (ours.contact, OptSource::Word);
    let mut owner = world.store.conn().await.unwrap();
    assert!(
        opt_outs::set(&mut owner, ours.company, contact, true, word, at(0))
            .await
            .unwrap()
    );
    let before = rows_of(&world, ours.company).await;
    for mut way in ways(&world).await {
        let (conn, company) = (&mut way.conn, way.told.company);
        nothing! {
            opt_outs::set(conn, company, contact, false, word, at(1));
            opt_outs::may_be_written_to(conn, company, contact);
        }
        refused! {
            opt_outs::set(conn, company, contact, true, word, at(1));
            opt_outs::refused(conn, company, contact, None, at(1));
        }
        // Our STOP is not seen.
        let may = opt_outs::may_be_answered(conn, company, contact).await;
        assert!(may.unwrap(), "{:?}", way.wall);
    }
    assert_eq!(rows_of(&world, ours.company).await, before);
}

#[tokio::test]
async fn files_that_people_sent() {
    let world = World::new().await;
    let ours = world.ours;
    let file = |of: Tenant, number| NewInboundMedia {
        company_id: of.company,
        contact_id: ours.contact,
        profile_id: None,
        execution_id: execution("MM1"),
        number,
        message_sid: "MM1",
        url: "https://api.twilio.com/x",
        declared_type: "image/jpeg",
        received_at: at(0),
    };
    let kept = Kept {
        content_type: "image/jpeg",
        size_bytes: 1,
        object_key: "key",
        at: at(0),
        remove_at: at(1),
    };
    let mut owner = world.store.conn().await.unwrap();
    inbound_media::expect(&mut owner, &[file(ours, 0), file(ours, 1)])
        .await
        .unwrap();
    let found = inbound_media::of_message(&mut owner, ours.company, execution("MM1")).await;
    let ids: Vec<Uuid> = found.unwrap().iter().map(|file| file.id).collect();
    assert!(
        inbound_media::mark_kept(&mut owner, ours.company, ids[1], &kept)
            .await
            .unwrap()
    );
    let before = rows_of(&world, ours.company).await;
    for mut way in ways(&world).await {
        let (conn, company) = (&mut way.conn, way.told.company);
        let failed = InboundMediaState::Failed;
        refused! { inbound_media::expect(conn, &[file(way.told, 0)]); }
        nothing! {
            inbound_media::claim(conn, company, at(5), at(6), 9);
            inbound_media::mark_kept(conn, company, ids[0], &kept);
            inbound_media::mark_not_kept(conn, company, ids[0], failed, "x", at(9));
            inbound_media::due_for_removal(conn, company, at(5), 9);
            inbound_media::mark_removed(conn, company, ids[1]);
            inbound_media::of_message(conn, company, execution("MM1"));
        }
    }
    assert_eq!(rows_of(&world, ours.company).await, before);
}
