//! Pairing codes: whom a number belongs to.

use uuid::Uuid;
use wharf_domain::{ids::ContactId, pairing::PairingCode};
use wharf_store::{
    StoreError, contacts, locations,
    pairing::{self, GUESSES, Invitation, InvitationState, Redeemed},
    permissions,
};

use crate::support::{Tenant, World, address, at};

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

    pub(crate) async fn stranger(&self, tenant: &Tenant, from: &str) -> ContactId {
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
