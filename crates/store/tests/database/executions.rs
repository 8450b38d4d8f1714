//! Agents' work: begun by one worker at a time, finished once.

use crate::support::{World, at, execution};
use chrono::TimeDelta;
use serde_json::json;
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
        Begin::LeasedElsewhere { until: at(2) }
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
