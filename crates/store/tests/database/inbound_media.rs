//! Files that people sent.

use wharf_store::inbound_media::{self, InboundMediaState, Kept, NewInboundMedia};

use crate::support::{World, at, execution};

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
