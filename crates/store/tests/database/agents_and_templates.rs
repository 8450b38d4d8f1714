//! Agents and texts of a company.

use wharf_domain::{agent::AgentType, persona::Persona};
use wharf_store::{
    agents, companies, profiles,
    templates::{self, NewTemplate},
};

use crate::support::{World, address};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thirty_that_want_an_agent_at_once_get_the_same() {
    let world = World::new().await;
    let company = world.ours.company;
    let calls = (0..30).map(|_| {
        let store = world.store.clone();
        tokio::spawn(async move {
            let mut conn = store.conn().await.unwrap();
            agents::find_or_create(&mut conn, company, AgentType::InventoryMonitor)
                .await
                .unwrap()
                .id
        })
    });
    let mut ids: Vec<_> = futures_util::future::join_all(calls)
        .await
        .into_iter()
        .map(|id| id.unwrap())
        .collect();
    ids.dedup();
    assert_eq!(ids.len(), 1);
    assert_eq!(world.db.rows("agents").await, 1);
}

#[tokio::test]
async fn a_persona_can_be_changed_and_a_company_read() {
    let world = World::new().await;
    let (company, profile) = (world.ours.company, world.ours.profile);
    let mut conn = world.store.conn().await.unwrap();
    for persona in [Some(Persona::Spring), None] {
        assert!(
            profiles::set_persona(&mut conn, company, profile, persona)
                .await
                .unwrap()
        );
        let row = profiles::get(&mut conn, company, profile)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(row.persona, persona);
    }
    let row = companies::get(&mut conn, company).await.unwrap().unwrap();
    assert_eq!(
        (row.whatsapp_address, row.week_start),
        (address(world.ours.number), 1)
    );
}

#[tokio::test]
async fn a_companys_text_goes_before_the_one_for_all_and_the_latest_version_counts() {
    let world = World::new().await;
    let company = world.ours.company;
    world
        .db
        .run_sql(
            "INSERT INTO whatsapp_templates (template_name, template_body, state, version) VALUES
               ('help', 'for all', 'active', 2), ('help', 'old', 'retired', 1),
               ('error', 'for all', 'active', 1)",
        )
        .await;
    let text = |body| NewTemplate {
        name: "help",
        persona: None,
        locale: "en",
        body,
        template_sid: None,
    };
    let active = async |store: &wharf_store::OwnerStore, company| {
        let mut conn = store.conn().await.unwrap();
        templates::active(&mut conn, company)
            .await
            .unwrap()
            .into_iter()
            .map(|t| (t.template_name, t.persona, t.template_body.unwrap()))
            .collect::<Vec<_>>()
    };
    let all = "for all".to_owned();
    let error = ("error".to_owned(), None, all.clone());
    let for_all = [error.clone(), ("help".into(), None, all)];
    assert_eq!(active(&world.store, company).await, for_all);
    for (version, body) in [(1, "ours"), (2, "ours, better")] {
        let new = text(body);
        let saved = world
            .store
            .transaction(async |conn| templates::save(conn, company, &new).await)
            .await;
        assert_eq!(saved.unwrap(), version);
    }
    let spring = NewTemplate {
        persona: Some(Persona::Spring),
        ..text("for spring")
    };
    let mut conn = world.store.conn().await.unwrap();
    assert_eq!(
        templates::save(&mut conn, company, &spring).await.unwrap(),
        1
    );
    let mut now = active(&world.store, company).await;
    now.sort();
    assert_eq!(
        now,
        [
            error,
            ("help".into(), None, "ours, better".into()),
            ("help".into(), Some(Persona::Spring), "for spring".into())
        ]
    );
    assert_eq!(active(&world.store, world.theirs.company).await, for_all);
}
