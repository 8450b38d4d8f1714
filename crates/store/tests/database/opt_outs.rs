//! Who may be written to: unknown senders and who said STOP.

use wharf_store::{
    opt_outs::{self, OptSource},
    unknown_senders,
};

use crate::support::{World, at};

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
