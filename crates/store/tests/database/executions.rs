//! Agents' work: begun by one worker at a time, finished once.

use crate::support::{World, at, execution};
use chrono::TimeDelta;
use serde_json::json;
use wharf_domain::intent::IntentType;
use wharf_store::executions::{self, Begin, ExecutionStatus};

const MINUTE: TimeDelta = TimeDelta::minutes(1);

#[tokio::test]
async fn work_is_enqueued_once_begun_once_and_finished_once() {
    let world = World::new().await;
    let company = world.ours.company;
    let id = execution("SM1");
    let mut conn = world.store.conn().await.unwrap();
    let work = world.ours.work("SM1");
    assert!(executions::enqueue(&mut conn, &work).await.unwrap());
    assert!(!executions::enqueue(&mut conn, &work).await.unwrap());

    let Begin::Started(mine) = executions::begin(&mut conn, company, id, "a", at(1), MINUTE)
        .await
        .unwrap()
    else {
        panic!("it is pending");
    };
    assert_eq!((mine.attempts, mine.started_at), (1, Some(at(1))));
    assert_eq!(
        executions::begin(&mut conn, company, id, "b", at(1), MINUTE)
            .await
            .unwrap(),
        Begin::LeasedElsewhere {
            until: at(2),
            awaited: false
        }
    );
    let (result, outcome) = (json!({"quantity": 7}), json!([{"kind": "reply_request"}]));
    assert!(
        executions::complete(&mut conn, &mine, &result, &outcome, at(2))
            .await
            .unwrap()
    );
    assert!(
        !executions::complete(&mut conn, &mine, &json!(0), &json!([]), at(3))
            .await
            .unwrap()
    );
    let Begin::AlreadyFinished(row) = executions::begin(&mut conn, company, id, "b", at(9), MINUTE)
        .await
        .unwrap()
    else {
        panic!("it has ended");
    };
    assert_eq!(row.status, ExecutionStatus::Completed);
    assert_eq!((row.result, row.outcome), (Some(result), Some(outcome)));
    assert_eq!(row.completed_at, Some(at(2)));
    assert_eq!(row.lease_until, None);
    let missing = executions::begin(&mut conn, company, execution("SM2"), "b", at(1), MINUTE).await;
    assert_eq!(missing.unwrap(), Begin::Missing);
}

#[tokio::test]
async fn a_worker_whose_lease_ran_out_cannot_finish_what_another_began() {
    let world = World::new().await;
    let company = world.ours.company;
    let id = execution("SM1");
    let mut conn = world.store.conn().await.unwrap();
    executions::enqueue(&mut conn, &world.ours.work("SM1"))
        .await
        .unwrap();
    let begin = async |conn: &mut _, now| match executions::begin(
        conn,
        company,
        id,
        "same name",
        now,
        MINUTE,
    )
    .await
    .unwrap()
    {
        Begin::Started(row) => row,
        other => panic!("{other:?}"),
    };
    let first = begin(&mut conn, at(0)).await;
    let second = begin(&mut conn, at(1)).await;
    assert_eq!(second.attempts, 2);
    assert_eq!(second.started_at, Some(at(0)));
    let none = json!([]);
    assert!(
        !executions::complete(&mut conn, &first, &none, &none, at(1))
            .await
            .unwrap()
    );
    assert!(
        !executions::fail(&mut conn, &first, "late", &none, at(1))
            .await
            .unwrap()
    );
    assert!(!executions::release(&mut conn, &first, None).await.unwrap());
    assert!(
        executions::release(&mut conn, &second, Some("agent away"))
            .await
            .unwrap()
    );
    let third = begin(&mut conn, at(1)).await;
    assert_eq!(third.error.as_deref(), Some("agent away"));
    assert!(
        executions::fail(&mut conn, &third, "gave up", &none, at(2))
            .await
            .unwrap()
    );
    let row = executions::get(&mut conn, company, id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((row.status, row.attempts), (ExecutionStatus::Failed, 3));
    assert_eq!(row.error.as_deref(), Some("gave up"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_thirty_that_begin_at_once_one_starts() {
    let world = World::new().await;
    let company = world.ours.company;
    let mut conn = world.store.conn().await.unwrap();
    executions::enqueue(&mut conn, &world.ours.work("SM1"))
        .await
        .unwrap();
    let calls = (0..30).map(|worker| {
        let store = world.store.clone();
        tokio::spawn(async move {
            let mut conn = store.conn().await.unwrap();
            let owner = format!("worker {worker}");
            executions::begin(&mut conn, company, execution("SM1"), &owner, at(0), MINUTE)
                .await
                .unwrap()
        })
    });
    let begun = futures_util::future::join_all(calls).await;
    let started = begun
        .into_iter()
        .filter(|begun| matches!(begun, Ok(Begin::Started(_))))
        .count();
    assert_eq!(started, 1);
}

#[tokio::test]
async fn what_no_worker_holds_is_abandoned_and_what_one_holds_is_not() {
    let world = World::new().await;
    let company = world.ours.company;
    let mut conn = world.store.conn().await.unwrap();
    for sid in ["SM1", "SM2"] {
        executions::enqueue(&mut conn, &world.ours.work(sid))
            .await
            .unwrap();
    }
    executions::begin(&mut conn, company, execution("SM2"), "a", at(0), MINUTE)
        .await
        .unwrap();
    let outcome = json!(["sorry"]);
    let mut abandon = async |sid| {
        executions::abandon(&mut conn, company, execution(sid), "dead", &outcome, at(0))
            .await
            .unwrap()
    };
    assert!(abandon("SM1").await);
    assert!(!abandon("SM1").await, "it has ended");
    assert!(!abandon("SM2").await, "a worker has it");
    assert!(!abandon("SM3").await, "it does not exist");
}

#[tokio::test]
async fn the_sweeper_sees_old_work_that_nobody_has() {
    let world = World::new().await;
    let mut conn = world.store.conn().await.unwrap();
    for sid in ["idle", "held", "lost", "done", "young"] {
        let mut work = world.ours.work(sid);
        work.created_at = at(if sid == "young" { 10 } else { 0 });
        executions::enqueue(&mut conn, &work).await.unwrap();
    }
    let company = world.ours.company;
    for (sid, lease) in [("held", 60), ("lost", 5), ("done", 60)] {
        let lease = TimeDelta::minutes(lease);
        let begun = executions::begin(&mut conn, company, execution(sid), "a", at(0), lease)
            .await
            .unwrap();
        if let (Begin::Started(row), "done") = (begun, sid) {
            executions::complete(&mut conn, &row, &json!(1), &json!([]), at(1))
                .await
                .unwrap();
        }
    }
    let found = executions::unfinished(&mut conn, at(10), at(10), 100)
        .await
        .unwrap();
    let mut ids: Vec<_> = found.into_iter().map(|row| row.id).collect();
    let mut wanted = vec![execution("idle"), execution("lost")];
    ids.sort();
    wanted.sort();
    assert_eq!(ids, wanted);
}

#[tokio::test]
async fn a_lease_is_renewed_by_its_worker_and_left_to_whoever_calls_back() {
    let world = World::new().await;
    let company = world.ours.company;
    let id = execution("SM1");
    let mut conn = world.store.conn().await.unwrap();
    let conn = &mut *conn;
    executions::enqueue(conn, &world.ours.work("SM1"))
        .await
        .unwrap();
    let Begin::Started(mut mine) = executions::begin(conn, company, id, "a", at(0), MINUTE)
        .await
        .unwrap()
    else {
        panic!("it is pending");
    };
    executions::set_deadlines(conn, &mut mine, at(2), at(10))
        .await
        .unwrap();
    executions::set_deadlines(conn, &mut mine, at(20), at(30))
        .await
        .unwrap();
    assert_eq!(mine.hard_deadline_at, Some(at(10)));
    assert!(executions::renew(conn, &mine, at(5)).await.unwrap());
    assert!(executions::await_answer(conn, &mine, at(10)).await.unwrap());
    let begun = executions::begin(conn, company, id, "b", at(6), MINUTE)
        .await
        .unwrap();
    let until = at(10);
    let awaited = true;
    assert_eq!(begun, Begin::LeasedElsewhere { until, awaited });

    // Told once.
    let due = async |conn: &mut _, now| executions::due_to_be_told(conn, now, 9).await.unwrap();
    assert_eq!(due(conn, at(1)).await, []);
    assert_eq!(due(conn, at(2)).await.len(), 1);
    executions::told(conn, company, id).await.unwrap();
    assert_eq!(due(conn, at(2)).await, []);

    // Past the hard deadline the sweeper takes it, and whoever had it cannot finish it.
    let overdue = async |conn: &mut _, now| executions::overdue(conn, "sweeper", now, 9).await;
    assert_eq!(overdue(conn, at(9)).await.unwrap(), []);
    assert_eq!(overdue(conn, at(10)).await.unwrap().len(), 1);
    let seized = executions::seize(conn, company, id, "sweeper", at(10), at(11))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(overdue(conn, at(10)).await.unwrap(), []);
    assert_eq!(overdue(conn, at(11)).await.unwrap().len(), 1);
    assert!(!executions::renew(conn, &mine, at(12)).await.unwrap());
    let none = json!([]);
    assert!(
        executions::fail(conn, &seized, "too late", &none, at(11))
            .await
            .unwrap()
    );
}

#[tokio::test]
async fn cancelling_takes_the_latest_of_the_conversation_from_its_worker() {
    let world = World::new().await;
    let company = world.ours.company;
    let mut conn = world.store.conn().await.unwrap();
    let conn = &mut *conn;
    for (minute, sid) in [(0, "SM1"), (1, "SM2"), (2, "SM3")] {
        let mut work = world.ours.work(sid);
        work.created_at = at(minute);
        executions::enqueue(conn, &work).await.unwrap();
    }
    let mut begin = async |sid| {
        let begun = executions::begin(conn, company, execution(sid), "a", at(3), MINUTE).await;
        match begun.unwrap() {
            Begin::Started(row) => row,
            other => panic!("{other:?}"),
        }
    };
    let third = begin("SM3").await;
    let second = begin("SM2").await;
    let none = json!([]);
    executions::complete(conn, &third, &none, &none, at(3))
        .await
        .unwrap();
    let key = world.ours.work("SM1").conversation_key;
    let mut cancel = async || {
        let cancelled = executions::cancel_of_conversation(conn, company, &key, at(4)).await;
        cancelled.unwrap().map(|row| (row.id, row.status))
    };
    let cancelled = ExecutionStatus::Cancelled;
    assert_eq!(cancel().await, Some((execution("SM2"), cancelled)));
    assert_eq!(cancel().await, Some((execution("SM1"), cancelled)));
    assert_eq!(cancel().await, None);
    assert!(
        !executions::complete(conn, &second, &none, &none, at(5))
            .await
            .unwrap()
    );
}

#[tokio::test]
async fn of_the_changes_of_a_conversation_the_earliest_goes_first() {
    let world = World::new().await;
    let company = world.ours.company;
    let mut conn = world.store.conn().await.unwrap();
    let conn = &mut *conn;
    let intents = [
        IntentType::CheckInventory,
        IntentType::UpdateStock,
        IntentType::ReorderStock,
    ];
    for (minute, intent) in (0..).zip(intents) {
        let mut work = world.ours.work(intent.as_str());
        (work.created_at, work.intent) = (at(minute), intent);
        executions::enqueue(conn, &work).await.unwrap();
    }
    let id = |intent: IntentType| execution(intent.as_str());
    let mut turns = async || {
        let mut found = Vec::new();
        for intent in intents {
            let row = executions::get(conn, company, id(intent)).await.unwrap();
            found.push(executions::in_turn(conn, &row.unwrap()).await.unwrap());
        }
        found
    };
    assert_eq!(turns().await, [false, true, false], "reads are not asked");
    let waiting = executions::waiting(conn, company).await.unwrap();
    assert_eq!(waiting.iter().map(|(_, count)| count).sum::<i64>(), 3);
    let first = id(IntentType::UpdateStock);
    executions::abandon(conn, company, first, "x", &json!([]), at(5))
        .await
        .unwrap();
    let mut turns = async || {
        let row = executions::get(conn, company, id(IntentType::ReorderStock)).await;
        executions::in_turn(conn, &row.unwrap().unwrap())
            .await
            .unwrap()
    };
    assert!(turns().await);
}
