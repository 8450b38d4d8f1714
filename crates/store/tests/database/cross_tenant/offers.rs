//! Requests that come again, lessons that were read, the team, personas that are offered.

use wharf_domain::{lessons::Lesson, recurrence::Cadence};
use wharf_store::{
    lessons, persona_offers,
    schedules::{self, PausedBy},
    team,
};

use super::walls::{Wall, rows_of, ways};
use crate::{
    offers::{KEY, new},
    persona_offers as offered,
    support::{World, at, execution},
};

#[tokio::test]
async fn requests_that_come_again() {
    let world = World::new().await;
    let ours = world.ours;
    let mut owner = world.store.conn().await.unwrap();
    let made = schedules::create(&mut owner, &new(ours, Cadence::Daily)).await;
    let id = made.unwrap().id;
    let before = rows_of(&world, ours.company).await;
    for mut way in ways(&world).await {
        let (conn, company) = (&mut way.conn, way.told.company);
        let mut strange = new(ours, Cadence::Daily);
        strange.company_id = company;
        refused! { schedules::create(conn, &strange); }
        nothing! {
            schedules::of_person(conn, company, ours.profile);
            schedules::due(conn, company, at(99), 9);
            schedules::take_due(conn, company, id, at(99));
            schedules::ran(conn, company, id, at(10), at(20));
            schedules::pause(conn, company, id, PausedBy::Person);
            schedules::resume(conn, company, id, at(30));
            schedules::cancel(conn, company, id);
            schedules::made_since(conn, company, KEY, at(0));
        }
    }
    assert_eq!(rows_of(&world, ours.company).await, before);
}

#[tokio::test]
async fn lessons_and_the_team() {
    let world = World::new().await;
    let ours = world.ours;
    let lesson = Lesson::SafetyStock;
    let mut owner = world.store.conn().await.unwrap();
    lessons::note(&mut owner, ours.company, ours.profile, lesson, at(0))
        .await
        .unwrap();
    let before = rows_of(&world, ours.company).await;
    for mut way in ways(&world).await {
        let (conn, company) = (&mut way.conn, way.told.company);
        nothing! { lessons::read(conn, company, ours.profile); }
        refused! { lessons::note(conn, company, ours.profile, lesson, at(1)); }
        let team = team::members(conn, company).await.unwrap();
        assert_eq!(team.is_empty(), way.wall == Wall::Database);
        assert!(team.iter().all(|member| member.profile_id != ours.profile));
    }
    assert_eq!(rows_of(&world, ours.company).await, before);
}

#[tokio::test]
async fn personas_that_are_offered() {
    let world = World::new().await;
    let ours = world.ours;
    let mut owner = world.store.conn().await.unwrap();
    let signals = offered::some_signals();
    persona_offers::keep_signals(&mut owner, ours.company, ours.profile, &signals, at(0))
        .await
        .unwrap();
    let made = persona_offers::make(&mut owner, &offered::new(ours, "SM1", 0)).await;
    assert!(made.unwrap());
    let before = rows_of(&world, ours.company).await;
    for mut way in ways(&world).await {
        let (conn, company) = (&mut way.conn, way.told.company);
        let mut strange = offered::new(ours, "SM2", 9_999);
        strange.company = company;
        nothing! {
            persona_offers::signals(conn, company, ours.profile);
            persona_offers::history(conn, company, ours.profile, at(0));
            persona_offers::of_company(conn, company);
            persona_offers::make(conn, &strange);
            persona_offers::answer(conn, company, ours.profile, execution("SM1"), true, at(1));
        }
        refused! { persona_offers::keep_signals(conn, company, ours.profile, &signals, at(1)); }
    }
    assert_eq!(rows_of(&world, ours.company).await, before);
}
