//! Mails: one an execution and address, claimed by one, sent once.

use wharf_store::mail::{self, Claimed, MailStatus, NewMail};

use crate::support::{Tenant, World, at, execution};

impl Tenant {
    pub(crate) fn mail(&self, sid: &str) -> NewMail {
        NewMail {
            company_id: self.company,
            execution_id: execution(sid),
            profile_id: self.profile,
            to: "pat@example.com".into(),
            subject: "Inventory report".into(),
            domain: "wharf.example".into(),
            created_at: at(0),
        }
    }
}

#[tokio::test]
async fn a_mail_is_planned_once_and_recognised_by_its_message_id() {
    let world = World::new().await;
    let mut conn = world.store.conn().await.unwrap();
    let first = mail::plan(&mut conn, &world.ours.mail("SM1"))
        .await
        .unwrap();
    let mut again = world.ours.mail("SM1");
    again.subject = "Another subject".into();
    assert_eq!(mail::plan(&mut conn, &again).await.unwrap(), first);
    assert_eq!(first.status, MailStatus::Pending);
    assert_eq!(first.message_id, format!("{}@wharf.example", first.id));
    let other = mail::plan(&mut conn, &world.ours.mail("SM2"))
        .await
        .unwrap();
    assert_ne!(other.id, first.id);
    let known = mail::of_execution(&mut conn, world.ours.company, execution("SM1")).await;
    assert_eq!(known.unwrap(), [first]);
}

#[tokio::test]
async fn a_mail_goes_out_once_however_often_it_is_claimed() {
    let world = World::new().await;
    let company = world.ours.company;
    let mut conn = world.store.conn().await.unwrap();
    let conn = &mut *conn;
    let id = mail::plan(conn, &world.ours.mail("SM1")).await.unwrap().id;
    let claim = async |conn: &mut _, lost, now| {
        mail::claim_sending(conn, company, id, at(lost), at(now))
            .await
            .unwrap()
    };
    assert!(matches!(claim(conn, 0, 1).await, Claimed::Send(mail) if mail.attempts == 1));
    // Another worker sees that somebody is at it, until that must have ended.
    assert!(matches!(claim(conn, 0, 2).await, Claimed::Doubtful(_)));
    assert!(matches!(claim(conn, 1, 3).await, Claimed::Send(mail) if mail.attempts == 2));
    // Not taken for now.
    assert!(
        mail::mark_pending(conn, company, id, "451 later", at(4))
            .await
            .unwrap()
    );
    assert!(
        !mail::mark_pending(conn, company, id, "451 later", at(4))
            .await
            .unwrap()
    );
    let row = mail::get(conn, company, id).await.unwrap().unwrap();
    assert_eq!(
        (row.status, row.error.as_deref()),
        (MailStatus::Pending, Some("451 later"))
    );
    assert!(matches!(claim(conn, 0, 5).await, Claimed::Send(mail) if mail.attempts == 3));
    assert!(mail::mark_sent(conn, company, id, at(6)).await.unwrap());
    // What is out stays out.
    assert!(!mail::mark_sent(conn, company, id, at(7)).await.unwrap());
    assert!(
        !mail::mark_failed(conn, company, id, "given up", at(7))
            .await
            .unwrap()
    );
    assert!(matches!(claim(conn, 100, 101).await, Claimed::Done(mail) if mail.error.is_none()));
}

#[tokio::test]
async fn a_mail_that_is_given_up_is_not_sent() {
    let world = World::new().await;
    let company = world.ours.company;
    let mut conn = world.store.conn().await.unwrap();
    let conn = &mut *conn;
    let id = mail::plan(conn, &world.ours.mail("SM1")).await.unwrap().id;
    assert!(
        mail::mark_failed(conn, company, id, "550 no such user", at(1))
            .await
            .unwrap()
    );
    let claimed = mail::claim_sending(conn, company, id, at(2), at(3))
        .await
        .unwrap();
    assert!(matches!(claimed, Claimed::Done(mail) if mail.status == MailStatus::Failed));
}
