//! Pairing codes, unknown senders, opt-outs and files that people sent.

use uuid::Uuid;
use wharf_domain::{ids::ContactId, pairing::PairingCode};
use wharf_store::{
    StoreError, contacts,
    inbound_media::{self, InboundMediaState, Kept, NewInboundMedia},
    locations,
    opt_outs::{self, OptSource},
    pairing::{self, GUESSES, Invitation, InvitationState, Redeemed},
    permissions, unknown_senders,
};

use crate::support::{Tenant, World, address, at, execution};

pub(crate) fn code(number: u64) -> PairingCode {
    let mut numbers = (number * 1_000_003)..;
    PairingCode::draw(|| numbers.next().unwrap())
}

impl World {
    async fn invite(&self, tenant: &Tenant, code: PairingCode, places: &[Uuid]) -> Uuid {
        let invitation = Invitation {
            company: tenant.company,
            name: "Ana",
            role: "planner",
            locations: places,
            persona: None,
            locale: Some("es"),
            email: None,
            code,
            expires_at: at(60),
        };
        let made = self.store.transaction::<_, StoreError, _>(async |conn| {
            pairing::invite(conn, &invitation, at(0)).await
        });
        made.await.unwrap().0
    }

    async fn stranger(&self, tenant: &Tenant, from: &str) -> ContactId {
        let mut conn = self.store.conn().await.unwrap();
        let (to, from) = (address(tenant.number), address(from));
        let sender = contacts::resolve_sender(&mut conn, &to, &from, None, None, at(0)).await;
        sender.unwrap().unwrap().contact_id
    }

    async fn redeem(
        &self,
        tenant: &Tenant,
        contact: ContactId,
        codes: &[PairingCode],
        minute: i64,
    ) -> Redeemed {
        let redeemed = self.store.transaction::<_, StoreError, _>(async |conn| {
            pairing::redeem(conn, tenant.company, contact, codes, at(minute)).await
        });
        redeemed.await.unwrap()
    }
}

#[tokio::test]
async fn a_code_makes_the_sender_the_person_once() {
    let world = World::new().await;
    let ours = world.ours;
    let id = world.invite(&ours, code(1), &[]).await;
    let other = world.invite(&ours, code(2), &[]).await;
    // A BSUID alone is a sender like any.
    let ana = world.stranger(&ours, "DE.13491208655302741918").await;
    let bob = world.stranger(&ours, "+15550199998").await;
    let theirs = world.stranger(&world.theirs, "+15550199998").await;
    // The other company's code is no code.
    assert_eq!(
        world.redeem(&world.theirs, theirs, &[code(1)], 1).await,
        Redeemed::Unknown
    );
    let redeemed = world.redeem(&ours, ana, &[code(9), code(1)], 1).await;
    assert!(matches!(redeemed, Redeemed::Paired(_)), "{redeemed:?}");
    let mut conn = world.store.conn().await.unwrap();
    let target = contacts::reply_target(&mut conn, ours.company, ana)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(target.to, address("DE.13491208655302741918"));
    assert_eq!(target.locale, "es");
    assert!(target.profile_id.is_some());
    assert_eq!(
        world.redeem(&ours, bob, &[code(1)], 2).await,
        Redeemed::Used
    );
    assert_eq!(
        world.redeem(&ours, bob, &[code(2)], 60).await,
        Redeemed::Expired
    );
    assert!(
        !pairing::revoke(&mut conn, world.theirs.company, other, at(3))
            .await
            .unwrap()
    );
    assert!(
        pairing::revoke(&mut conn, ours.company, other, at(3))
            .await
            .unwrap()
    );
    assert!(
        !pairing::revoke(&mut conn, ours.company, other, at(3))
            .await
            .unwrap()
    );
    assert!(
        !pairing::revoke(&mut conn, ours.company, id, at(3))
            .await
            .unwrap(),
        "it is used"
    );
    assert_eq!(
        world.redeem(&ours, bob, &[code(2)], 3).await,
        Redeemed::Revoked
    );
    let list = pairing::list(&mut conn, ours.company, at(3)).await.unwrap();
    let mut states: Vec<_> = list
        .iter()
        .map(|invited| (invited.id == id, invited.state))
        .collect();
    states.sort_by_key(|(first, _)| *first);
    assert_eq!(
        states,
        [
            (false, InvitationState::Revoked),
            (true, InvitationState::Used)
        ]
    );
    assert!(
        pairing::list(&mut conn, world.theirs.company, at(3))
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn guesses_are_counted_for_an_hour() {
    let world = World::new().await;
    let ours = world.ours;
    world.invite(&ours, code(1), &[]).await;
    let guesser = world.stranger(&ours, "+15550199998").await;
    for guess in 1..GUESSES {
        let wrong = [code(100 + u64::try_from(guess).unwrap())];
        assert_eq!(
            world.redeem(&ours, guesser, &wrong, 1).await,
            Redeemed::Unknown
        );
    }
    let limited = |first| Redeemed::Limited {
        first,
        until: at(61),
    };
    assert_eq!(
        world.redeem(&ours, guesser, &[code(99)], 2).await,
        limited(true)
    );
    // Not even the right one, until the hour is over.
    assert_eq!(
        world.redeem(&ours, guesser, &[code(1)], 3).await,
        limited(false)
    );
    assert_eq!(
        world.redeem(&ours, guesser, &[code(98)], 61).await,
        Redeemed::Unknown
    );
    // Three in one message are three guesses.
    let several = [code(50), code(51), code(52)];
    assert_eq!(
        world.redeem(&ours, guesser, &several, 62).await,
        Redeemed::Unknown
    );
    assert!(matches!(
        world.redeem(&ours, guesser, &several, 63).await,
        Redeemed::Limited { first: true, .. }
    ));
    // Somebody else may.
    let ana = world.stranger(&ours, "+15550199997").await;
    assert!(matches!(
        world.redeem(&ours, ana, &[code(1)], 3).await,
        Redeemed::Paired(_)
    ));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_who_write_one_code_at_once_one_is_paired() {
    let world = World::new().await;
    let ours = world.ours;
    world.invite(&ours, code(1), &[]).await;
    let mut senders = Vec::new();
    for number in 0..12 {
        senders.push(world.stranger(&ours, &format!("+1555019{number:04}")).await);
    }
    let tries = senders.into_iter().map(|contact| {
        let store = world.store.clone();
        tokio::spawn(async move {
            let redeemed = store.transaction::<_, StoreError, _>(async |conn| {
                pairing::redeem(conn, ours.company, contact, &[code(1)], at(1)).await
            });
            redeemed.await.unwrap()
        })
    });
    let all: Vec<_> = futures_util::future::join_all(tries)
        .await
        .into_iter()
        .map(|done| done.unwrap())
        .collect();
    let paired = all
        .iter()
        .filter(|done| matches!(done, Redeemed::Paired(_)))
        .count();
    let used = all.iter().filter(|done| **done == Redeemed::Used).count();
    assert_eq!((paired, used), (1, 11), "{all:?}");
    assert_eq!(
        world.db.rows("contacts WHERE profile_id IS NOT NULL").await,
        3
    );
}

#[tokio::test]
async fn the_code_itself_is_nowhere_and_foreign_places_are_refused() {
    let world = World::new().await;
    let (ours, theirs) = (world.ours, world.theirs);
    world.invite(&ours, code(1), &[]).await;
    let plain = format!(
        "pairing_codes WHERE code_hash::text ILIKE '%{}%'",
        code(1).to_string().replace('-', "")
    );
    assert_eq!(world.db.rows(&plain).await, 0);
    assert_eq!(
        world
            .db
            .rows("pairing_codes WHERE length(code_hash) = 32")
            .await,
        1
    );
    let mut conn = world.store.conn().await.unwrap();
    let place = locations::list(&mut conn, theirs.company)
        .await
        .unwrap()
        .remove(0)
        .id;
    let invitation = Invitation {
        company: ours.company,
        name: "Eve",
        role: "planner",
        locations: &[place],
        persona: None,
        locale: None,
        email: None,
        code: code(3),
        expires_at: at(60),
    };
    let refused = world.store.transaction::<_, StoreError, _>(async |conn| {
        pairing::invite(conn, &invitation, at(0)).await
    });
    assert!(refused.await.is_err());
    assert!(
        !permissions::is_own_role(&mut conn, ours.company, "planner")
            .await
            .unwrap()
    );
}

#[tokio::test]
async fn an_unknown_sender_is_told_once_a_day() {
    let world = World::new().await;
    let ours = world.ours;
    let contact = world.stranger(&ours, "+15550199998").await;
    let mut conn = world.store.conn().await.unwrap();
    let day = 24 * 60;
    for (minute, told) in [
        (0, true),
        (1, false),
        (day - 1, false),
        (day, true),
        (day + 1, false),
    ] {
        unknown_senders::wrote(&mut conn, ours.company, contact, at(minute))
            .await
            .unwrap();
        let to_be_told = unknown_senders::to_be_told(&mut conn, ours.company, contact, at(minute));
        assert_eq!(to_be_told.await.unwrap(), told, "{minute}");
    }
    assert_eq!(world.db.rows("unknown_senders WHERE messages = 5").await, 1);
    let foreign =
        unknown_senders::to_be_told(&mut conn, world.theirs.company, contact, at(9 * day));
    assert!(!foreign.await.unwrap());
}

#[tokio::test]
async fn who_said_stop_is_not_written_to_first_until_start() {
    let world = World::new().await;
    let (ours, theirs) = (world.ours, world.theirs);
    let stranger = world.stranger(&ours, "+15550199998").await;
    let mut conn = world.store.conn().await.unwrap();
    let conn = &mut *conn;
    let may = async |conn: &mut _, contact| {
        opt_outs::may_be_written_to(conn, ours.company, contact)
            .await
            .unwrap()
    };
    assert!(may(conn, ours.contact).await);
    assert!(!may(conn, stranger).await, "nobody we know");
    assert!(
        !opt_outs::may_be_written_to(conn, theirs.company, ours.contact)
            .await
            .unwrap()
    );
    for (out, changed) in [
        (false, false),
        (true, true),
        (true, false),
        (false, true),
        (true, true),
    ] {
        let set = opt_outs::set(
            conn,
            ours.company,
            ours.contact,
            out,
            OptSource::Word,
            at(1),
        );
        assert_eq!(set.await.unwrap(), changed);
        assert_eq!(may(conn, ours.contact).await, !out);
        let answered = opt_outs::may_be_answered(conn, ours.company, ours.contact).await;
        assert_eq!(answered.unwrap(), !out);
    }
    assert!(
        opt_outs::may_be_answered(conn, theirs.company, ours.contact)
            .await
            .unwrap()
    );
    let foreign = opt_outs::set(
        conn,
        theirs.company,
        ours.contact,
        true,
        OptSource::Word,
        at(1),
    );
    assert!(foreign.await.is_err());
}

#[tokio::test]
async fn files_are_claimed_once_kept_and_removed_in_time() {
    let world = World::new().await;
    let (ours, theirs) = (world.ours, world.theirs);
    let new = |number| NewInboundMedia {
        company_id: ours.company,
        contact_id: ours.contact,
        profile_id: Some(ours.profile),
        execution_id: execution("MM1"),
        number,
        message_sid: "MM1",
        url: "https://api.twilio.com/x",
        declared_type: "image/jpeg",
        received_at: at(0),
    };
    let mut conn = world.store.conn().await.unwrap();
    let conn = &mut *conn;
    for _ in 0..2 {
        inbound_media::expect(conn, &[new(0), new(1), new(2)])
            .await
            .unwrap();
    }
    assert_eq!(
        inbound_media::companies_with_work(conn, at(1))
            .await
            .unwrap(),
        [ours.company]
    );
    let claim = async |conn: &mut _, minute| {
        inbound_media::claim(conn, ours.company, at(minute), at(minute + 5), 10)
            .await
            .unwrap()
    };
    assert!(
        inbound_media::claim(conn, theirs.company, at(1), at(2), 10)
            .await
            .unwrap()
            .is_empty()
    );
    let mut claimed = claim(conn, 1).await;
    claimed.sort_by_key(|file| file.number);
    assert_eq!(claimed.len(), 3);
    assert!(claim(conn, 2).await.is_empty(), "nobody else gets them");
    assert!(
        inbound_media::companies_with_work(conn, at(2))
            .await
            .unwrap()
            .is_empty()
    );
    let kept = Kept {
        content_type: "image/jpeg",
        size_bytes: 7,
        object_key: "a/b/c.jpg",
        at: at(2),
        remove_at: at(100),
    };
    let id = claimed[0].id;
    assert!(
        !inbound_media::mark_kept(conn, theirs.company, id, &kept)
            .await
            .unwrap()
    );
    assert!(
        inbound_media::mark_kept(conn, ours.company, id, &kept)
            .await
            .unwrap()
    );
    assert!(
        !inbound_media::mark_kept(conn, ours.company, id, &kept)
            .await
            .unwrap()
    );
    let waiting = InboundMediaState::Waiting;
    let refused = InboundMediaState::Refused;
    for (file, state) in [(&claimed[1], waiting), (&claimed[2], refused)] {
        let theirs =
            inbound_media::mark_not_kept(conn, theirs.company, file.id, state, "slow", at(9));
        assert!(!theirs.await.unwrap());
        let ours = inbound_media::mark_not_kept(conn, ours.company, file.id, state, "slow", at(9));
        assert!(ours.await.unwrap());
    }
    let again = claim(conn, 9).await;
    assert_eq!((again.len(), again[0].attempts), (1, 2));
    let files = inbound_media::of_message(conn, ours.company, execution("MM1"))
        .await
        .unwrap();
    let states: Vec<_> = files.iter().map(|file| file.state).collect();
    assert_eq!(states, [InboundMediaState::Kept, waiting, refused]);
    assert_eq!(files[0].object_key.as_deref(), Some("a/b/c.jpg"));
    assert!(
        inbound_media::of_message(conn, theirs.company, execution("MM1"))
            .await
            .unwrap()
            .is_empty()
    );
    assert!(
        inbound_media::due_for_removal(conn, ours.company, at(99), 9)
            .await
            .unwrap()
            .is_empty()
    );
    assert!(
        inbound_media::due_for_removal(conn, theirs.company, at(100), 9)
            .await
            .unwrap()
            .is_empty()
    );
    let due = inbound_media::due_for_removal(conn, ours.company, at(100), 9)
        .await
        .unwrap();
    assert_eq!(due.len(), 1);
    assert_eq!(
        inbound_media::companies_with_work(conn, at(100))
            .await
            .unwrap(),
        [ours.company]
    );
    assert!(
        !inbound_media::mark_removed(conn, theirs.company, id)
            .await
            .unwrap()
    );
    assert!(
        inbound_media::mark_removed(conn, ours.company, id)
            .await
            .unwrap()
    );
    assert!(
        inbound_media::due_for_removal(conn, ours.company, at(200), 9)
            .await
            .unwrap()
            .is_empty()
    );
}

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

#[tokio::test]
async fn a_refusal_is_an_opt_out_unless_a_start_is_later_than_what_was_refused() {
    let world = World::new().await;
    let ours = world.ours;
    let mut conn = world.store.conn().await.unwrap();
    let conn = &mut *conn;
    let refused = async |conn: &mut _, sent| {
        opt_outs::refused(conn, ours.company, ours.contact, sent, at(9))
            .await
            .unwrap()
    };
    assert!(refused(conn, Some(at(1))).await);
    assert!(!refused(conn, Some(at(1))).await, "it was known");
    let word = OptSource::Word;
    opt_outs::set(conn, ours.company, ours.contact, false, word, at(5))
        .await
        .unwrap();
    assert!(!refused(conn, Some(at(4))).await, "sent before the START");
    assert!(refused(conn, Some(at(6))).await);
}
