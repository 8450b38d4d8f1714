//! Recurring requests, lessons read, the team: their rows, and that no company sees another's.

use chrono::{NaiveTime, TimeDelta, Weekday};
use chrono_tz::Tz;
use wharf_domain::{
    entities::{Entities, EntityName},
    intent::IntentType,
    lessons::Lesson,
    recurrence::{Cadence, MonthDay, Recurrence, Weekdays},
};
use wharf_store::{
    executions, lessons,
    schedules::{self, NewSchedule, PausedBy, ScheduleState},
    team,
};

use crate::support::{Tenant, World, at, execution};

pub(crate) const KEY: &str = "AC1:+14155238886:+15550100001";

pub(crate) fn new(tenant: Tenant, cadence: Cadence) -> NewSchedule {
    NewSchedule {
        company_id: tenant.company,
        profile_id: tenant.profile,
        contact_id: tenant.contact,
        conversation_key: KEY.to_owned(),
        intent: IntentType::ViewAlerts,
        entities: Entities::from_iter([(EntityName::Severity, "critical".to_owned())]),
        recurrence: Recurrence {
            cadence,
            at: NaiveTime::from_hms_opt(7, 30, 0).unwrap(),
        },
        time_zone: Tz::America__New_York,
        next_run_at: at(10),
        created_at: at(0),
    }
}

#[tokio::test]
async fn schedules_keep_what_they_were_made_with_and_are_taken_once() {
    let world = World::new().await;
    let (ours, theirs) = (world.ours, world.theirs.company);
    let mut conn = world.store.conn().await.unwrap();
    let conn = &mut *conn;
    let days = Weekdays::of([Weekday::Mon, Weekday::Thu]).unwrap();
    let day = MonthDay::LAST;
    let all = [
        Cadence::Daily,
        Cadence::Weekly { days },
        Cadence::Monthly { day },
    ];
    for (cadence, number) in all.into_iter().zip(1..) {
        let made = schedules::create(conn, &new(ours, cadence)).await.unwrap();
        assert_eq!((made.number, &made.what), (number, &new(ours, cadence)));
    }
    let company = ours.company;
    let mine = schedules::of_person(conn, company, ours.profile)
        .await
        .unwrap();
    assert_eq!(mine.len(), 3);
    let id = mine[0].id;
    assert_eq!(
        schedules::due(conn, company, at(9), 9).await.unwrap(),
        Vec::new()
    );
    assert_eq!(
        schedules::due(conn, company, at(10), 9)
            .await
            .unwrap()
            .len(),
        3
    );
    // The other company's.
    assert_eq!(
        schedules::of_person(conn, theirs, ours.profile)
            .await
            .unwrap(),
        Vec::new()
    );
    assert_eq!(
        schedules::due(conn, theirs, at(10), 9).await.unwrap(),
        Vec::new()
    );
    assert_eq!(
        schedules::take_due(conn, theirs, id, at(10)).await.unwrap(),
        None
    );
    assert!(
        !schedules::ran(conn, theirs, id, at(10), at(20))
            .await
            .unwrap()
    );
    let by = PausedBy::Person;
    assert!(!schedules::pause(conn, theirs, id, by).await.unwrap());
    assert!(!schedules::resume(conn, theirs, id, at(30)).await.unwrap());
    assert!(!schedules::cancel(conn, theirs, id).await.unwrap());
    assert_eq!(
        schedules::made_since(conn, theirs, KEY, at(0))
            .await
            .unwrap(),
        None
    );
    // Ours.
    let taken = schedules::take_due(conn, company, id, at(10))
        .await
        .unwrap();
    assert_eq!(taken.unwrap().number, 1);
    assert!(
        schedules::ran(conn, company, id, at(10), at(20))
            .await
            .unwrap()
    );
    assert_eq!(
        schedules::take_due(conn, company, id, at(10))
            .await
            .unwrap(),
        None
    );
    assert!(schedules::pause(conn, company, id, by).await.unwrap());
    assert_eq!(
        schedules::take_due(conn, company, id, at(99))
            .await
            .unwrap(),
        None
    );
    assert!(schedules::resume(conn, company, id, at(30)).await.unwrap());
    let mine = schedules::of_person(conn, company, ours.profile)
        .await
        .unwrap();
    assert_eq!(mine[0].state, ScheduleState::Active);
    assert_eq!(
        (
            mine[0].what.next_run_at,
            mine[0].last_run_at,
            mine[0].paused_by
        ),
        (at(30), Some(at(10)), None)
    );
    assert!(schedules::cancel(conn, company, id).await.unwrap());
    assert!(!schedules::resume(conn, company, id, at(30)).await.unwrap());
    // Its number is not given again.
    let made = schedules::create(conn, &new(ours, Cadence::Daily)).await;
    assert_eq!(made.unwrap().number, 4);
}

#[tokio::test]
async fn lessons_are_counted_a_person() {
    let world = World::new().await;
    let (ours, theirs) = (world.ours, world.theirs);
    let mut conn = world.store.conn().await.unwrap();
    let conn = &mut *conn;
    for times in [1, 2] {
        let noted = lessons::note(conn, ours.company, ours.profile, Lesson::Otif, at(times)).await;
        assert_eq!(i64::from(noted.unwrap()), times);
    }
    let read = lessons::read(conn, ours.company, ours.profile)
        .await
        .unwrap();
    assert_eq!(read.into_iter().collect::<Vec<_>>(), [(Lesson::Otif, 2)]);
    for (company, profile) in [
        (theirs.company, ours.profile),
        (theirs.company, theirs.profile),
    ] {
        assert!(
            lessons::read(conn, company, profile)
                .await
                .unwrap()
                .is_empty()
        );
    }
    let wrong = lessons::note(conn, theirs.company, ours.profile, Lesson::Trend, at(3)).await;
    assert!(wrong.is_err());
}

#[tokio::test]
async fn the_team_with_its_chats() {
    let world = World::new().await;
    let (ours, theirs) = (world.ours, world.theirs);
    let mut conn = world.store.conn().await.unwrap();
    let conn = &mut *conn;
    wharf_store::conversations::record(conn, &ours.message("SM1"))
        .await
        .unwrap();
    let members = team::members(conn, ours.company).await.unwrap();
    let [one] = members.as_slice() else {
        panic!("{members:?}");
    };
    assert_eq!(one.profile_id, ours.profile);
    let chat = one.chat.as_ref().unwrap();
    assert_eq!(chat.contact_id, ours.contact);
    assert_eq!(chat.conversation_key.as_deref(), Some(KEY));
    let members = team::members(conn, theirs.company).await.unwrap();
    assert_eq!(members[0].profile_id, theirs.profile);
    assert_eq!(members[0].chat.as_ref().unwrap().conversation_key, None);
}

#[tokio::test]
async fn the_answer_shown_last_is_the_companys_own() {
    let world = World::new().await;
    let ours = world.ours;
    let mut conn = world.store.conn().await.unwrap();
    let conn = &mut *conn;
    for (sid, minute) in [("SM1", 1), ("SM2", 2)] {
        executions::enqueue(conn, &ours.work(sid)).await.unwrap();
        let lease = TimeDelta::minutes(1);
        let begun =
            executions::begin(conn, ours.company, execution(sid), "test", at(0), lease).await;
        let executions::Begin::Started(row) = begun.unwrap() else {
            panic!("not begun");
        };
        let (result, outcome) = (serde_json::json!({}), serde_json::json!({}));
        executions::complete(conn, &row, &result, &outcome, at(minute))
            .await
            .unwrap();
    }
    let shown = executions::latest_answered(conn, ours.company, KEY).await;
    assert_eq!(shown.unwrap().unwrap().id, execution("SM2"));
    let theirs = world.theirs.company;
    let shown = executions::latest_answered(conn, theirs, KEY).await;
    assert_eq!(shown.unwrap(), None);
}
