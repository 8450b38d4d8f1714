//! Replies, what became of them, mails, reports and texts.

use wharf_domain::{contracts::DeliveryStatus, period::Period};
use wharf_store::{
    Across, StoreError, dialogues, mail,
    outbound::{self, Applied, Claimed, StatusUpdate},
    reports::{self, NewReport},
    templates::{self, Approval, NewContent, NewTemplate},
};

use super::walls::{rows_of, ways};
use crate::{
    purchasing::day,
    support::{World, at, execution},
};

const KEY: &str = "AC1:+14155238886:+15550100001";

#[tokio::test]
async fn replies() {
    let world = World::new().await;
    let ours = world.ours;
    let mut owner = world.store.conn().await.unwrap();
    let parts = outbound::prepare(&mut owner, &ours.parts("SM1", &["a", "b"])).await;
    let (sending, sent) = (parts.as_ref().unwrap()[0].id, parts.as_ref().unwrap()[1].id);
    let queued = DeliveryStatus::Queued;
    for id in [sending, sent] {
        outbound::claim_sending(&mut owner, ours.company, id, at(0))
            .await
            .unwrap();
    }
    outbound::mark_sent(&mut owner, ours.company, sent, "SMq", queued, at(0))
        .await
        .unwrap();
    let tappable =
        format!("UPDATE outbound_messages SET content_sid = 'HX1' WHERE id = '{sending}'");
    world.db.run_sql(&tappable).await;
    let before = rows_of(&world, ours.company).await;
    for mut way in ways(&world).await {
        let (conn, company) = (&mut way.conn, way.told.company);
        let reply = execution("SM1").message("reply");
        refused! { outbound::prepare(conn, &way.told.parts("SM1", &["theirs"])); }
        nothing! {
            outbound::get(conn, company, sending);
            outbound::of_reply(conn, company, reply);
            outbound::is_known_sid(conn, company, "SMq");
            outbound::mark_sent(conn, company, sending, "SMx", queued, at(0));
            outbound::mark_failed(conn, company, sending, None, None, at(0));
            outbound::mark_pending(conn, company, sending, at(0));
            outbound::mark_unknown(conn, company, sending, at(0));
            outbound::as_text(conn, company, sending, at(0));
            dialogues::quoted(conn, company, KEY, "SMq");
        }
        let claimed = outbound::claim_sending(conn, company, sending, at(0)).await;
        assert_eq!(claimed.unwrap(), Claimed::Missing);
    }
    assert_eq!(rows_of(&world, ours.company).await, before);
}

/// What waits for the user's next message, and what has waited long enough.
#[tokio::test]
async fn held_texts() {
    let world = World::new().await;
    let ours = world.ours;
    let mut owner = world.store.conn().await.unwrap();
    let parts = outbound::prepare(&mut owner, &ours.parts("SM1", &["a"])).await;
    let id = parts.unwrap()[0].id;
    outbound::claim_sending(&mut owner, ours.company, id, at(0))
        .await
        .unwrap();
    let fresh = outbound::prepare(&mut owner, &ours.parts("SM2", &["b"])).await;
    let fresh = fresh.unwrap()[0].id;
    assert!(
        outbound::hold(&mut owner, ours.company, id, None, at(1))
            .await
            .unwrap()
    );
    world
        .db
        .run_sql(&format!(
            "UPDATE contacts SET last_inbound_at = '{}' WHERE company_id = '{}'",
            at(2),
            ours.company
        ))
        .await;
    let due = outbound::due(&mut owner, ours.company, ours.contact, at(3)).await;
    assert_eq!(due.unwrap().len(), 1);
    let before = rows_of(&world, ours.company).await;
    for mut way in ways(&world).await {
        let (conn, company) = (&mut way.conn, way.told.company);
        nothing! {
            outbound::hold(conn, company, fresh, None, at(1));
            outbound::due_contacts(conn, company, at(3));
            outbound::due(conn, company, ours.contact, at(3));
            outbound::release(conn, company, id, at(3));
            outbound::unnoticed(conn, company);
            outbound::last_notice(conn, company, ours.contact);
            outbound::mark_noticed(conn, company, ours.contact, at(3));
            templates::approved(conn, company);
        }
    }
    assert_eq!(rows_of(&world, ours.company).await, before);
}

/// A callback finds its company by itself, and goes on in that one only.
#[tokio::test]
async fn status_callbacks() {
    let world = World::new().await;
    let (ours, theirs) = (world.ours, world.theirs);
    let mut owner = world.store.conn().await.unwrap();
    let mine = outbound::prepare(&mut owner, &ours.parts("SM1", &["a"]))
        .await
        .unwrap()[0]
        .id;
    outbound::prepare(&mut owner, &theirs.parts("SM2", &["b"]))
        .await
        .unwrap();
    let before = rows_of(&world, theirs.company).await;
    let update = StatusUpdate {
        message_sid: "SMq".into(),
        outbound_id: Some(mine),
        status: DeliveryStatus::Delivered,
        error_code: None,
        error_message: None,
        refusal: None,
        at: at(1),
    };
    let theirs_part = theirs.parts("SM2", &["b"])[0].id;
    let applied = world
        .store
        .across::<_, StoreError, _>(Across::DeliveryStatus, async |conn| {
            let applied = outbound::apply_status(conn, &update).await?;
            assert_eq!(
                outbound::get(conn, theirs.company, theirs_part).await?,
                None
            );
            Ok(applied)
        })
        .await;
    assert_eq!(applied.unwrap(), Applied::Advanced);
    assert_eq!(rows_of(&world, theirs.company).await, before);
}

#[tokio::test]
async fn mails() {
    let world = World::new().await;
    let ours = world.ours;
    let mut owner = world.store.conn().await.unwrap();
    let id = mail::plan(&mut owner, &ours.mail("SM1")).await.unwrap().id;
    mail::claim_sending(&mut owner, ours.company, id, at(0), at(0))
        .await
        .unwrap();
    let before = rows_of(&world, ours.company).await;
    for mut way in ways(&world).await {
        let (conn, company) = (&mut way.conn, way.told.company);
        let mut strange = way.told.mail("SM2");
        strange.profile_id = ours.profile;
        refused! {
            mail::plan(conn, &way.told.mail("SM1"));
            mail::plan(conn, &strange);
        }
        nothing! {
            mail::get(conn, company, id);
            mail::of_execution(conn, company, execution("SM1"));
            mail::mark_sent(conn, company, id, at(0));
            mail::mark_pending(conn, company, id, "x", at(0));
            mail::mark_failed(conn, company, id, "x", at(0));
        }
        let claimed = mail::claim_sending(conn, company, id, at(0), at(0)).await;
        assert_eq!(claimed.unwrap(), mail::Claimed::Missing);
    }
    assert_eq!(rows_of(&world, ours.company).await, before);
}

#[tokio::test]
async fn reports_and_texts() {
    let world = World::new().await;
    let ours = world.ours;
    let report = NewReport {
        execution_id: execution("SM1"),
        profile_id: None,
        report_type: "sales".into(),
        format: "pdf".into(),
        period: Period {
            from: day("2026-01-01"),
            to: day("2026-01-31"),
        },
        object_key: "key".into(),
        file_name: "sales.pdf".into(),
        size_bytes: 1,
        created_at: at(0),
    };
    let text = |body| NewTemplate {
        name: "help",
        persona: None,
        locale: "en",
        body,
        template_sid: None,
    };
    let content = NewContent {
        name: "help",
        persona: None,
        locale: "en",
        template_sid: "HX1",
        variables: None,
        approval: Approval::Approved,
    };
    let mut owner = world.store.conn().await.unwrap();
    reports::record(&mut owner, ours.company, &report)
        .await
        .unwrap();
    templates::save(&mut owner, ours.company, &text("ours"))
        .await
        .unwrap();
    let before = rows_of(&world, ours.company).await;
    for mut way in ways(&world).await {
        let (conn, company) = (&mut way.conn, way.told.company);
        refused! { reports::record(conn, company, &report); }
        nothing! {
            reports::made_since(conn, company, at(-9));
            templates::active(conn, company);
            templates::drop_version(conn, company, "help", None, "en");
        }
        own! { way.wall;
            templates::save(conn, company, &text("theirs"));
            templates::save_content(conn, company, &content);
        }
    }
    assert_eq!(rows_of(&world, ours.company).await, before);
}
