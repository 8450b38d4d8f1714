//! Agents: stopped, failing, plugged in; and what they did.

use chrono::TimeDelta;
use wharf_domain::{agent::AgentType, intent::IntentType};
use wharf_store::{
    AsyncPgConnection,
    agent_runs::{self, Circuit, NewRun, Noted, RunState, Trigger},
    agents::{self, Agent, AgentKind, AgentState, Endpoint},
    alerts::{self, AlertState, Filter},
    audit::{self, AuditAction},
};

use crate::support::{World, at, execution};

const CIRCUIT: Circuit = Circuit {
    failures: 3,
    closed: TimeDelta::minutes(5),
};

fn run(agent: &Agent, minute: i64, error: Option<&'static str>) -> NewRun<'static> {
    NewRun {
        agent: agent.id,
        execution: None,
        trigger: Trigger::User,
        intent: IntentType::ViewAlerts,
        state: match error {
            Some(_) => RunState::Failed,
            None => RunState::Completed,
        },
        started_at: at(minute),
        ended_at: at(minute),
        error,
    }
}

async fn one(conn: &mut AsyncPgConnection, world: &World) -> Agent {
    agents::find_or_create(conn, world.ours.company, AgentType::AlertGenerator)
        .await
        .unwrap()
}

#[tokio::test]
async fn an_agent_remembers_who_stopped_it_until_it_is_started() {
    let world = World::new().await;
    let (company, profile) = (world.ours.company, world.ours.profile);
    let mut conn = world.store.conn().await.unwrap();
    let conn = &mut *conn;
    let agent = one(conn, &world).await;
    assert_eq!(
        (agent.state, agent.kind),
        (AgentState::Active, AgentKind::Builtin)
    );
    let mut set = async |state, by| {
        agents::set_state(conn, company, agent.id, state, by, at(1))
            .await
            .unwrap();
        one(conn, &world).await
    };
    let stopped = set(AgentState::Stopped, Some(profile)).await;
    assert_eq!(stopped.state, AgentState::Stopped);
    assert_eq!(
        (stopped.stopped_by, stopped.stopped_at),
        (Some(profile), Some(at(1)))
    );
    assert_eq!(set(AgentState::Active, None).await, agent);
}

#[tokio::test]
async fn three_failures_in_a_row_close_the_circuit_and_a_success_opens_it() {
    let world = World::new().await;
    let company = world.ours.company;
    let mut conn = world.store.conn().await.unwrap();
    let conn = &mut *conn;
    let agent = one(conn, &world).await;
    let mut ran = async |minute, error| {
        agent_runs::record(conn, company, &run(&agent, minute, error), CIRCUIT)
            .await
            .unwrap();
        let agent = one(conn, &world).await;
        (agent.failures, agent.closed_until, agent.last_error)
    };
    let why = || Some("no data".to_owned());
    assert_eq!(ran(1, Some("no data")).await, (1, None, why()));
    assert_eq!(ran(2, None).await, (0, None, None));
    assert_eq!(ran(3, Some("no data")).await, (1, None, why()));
    assert_eq!(ran(4, Some("no data")).await, (2, None, why()));
    assert_eq!(ran(5, Some("no data")).await, (3, Some(at(10)), why()));
    // The probe goes to one of those that ask at the same time.
    let mut probe = async |now, until| {
        agents::take_probe(conn, company, agent.id, at(now), at(until))
            .await
            .unwrap()
    };
    assert!(!probe(9, 14).await);
    assert!(probe(10, 15).await);
    assert!(!probe(10, 15).await);
    assert!(probe(15, 20).await, "the first probe was lost");
    let mut ran = async |minute, error| {
        agent_runs::record(conn, company, &run(&agent, minute, error), CIRCUIT)
            .await
            .unwrap();
        let agent = one(conn, &world).await;
        (agent.failures, agent.closed_until)
    };
    assert_eq!(ran(16, Some("again")).await, (4, Some(at(21))));
    assert_eq!(ran(17, None).await, (0, None));
}

#[tokio::test]
async fn a_run_of_an_execution_is_noted_once_and_runs_are_counted() {
    let world = World::new().await;
    let company = world.ours.company;
    let mut conn = world.store.conn().await.unwrap();
    let conn = &mut *conn;
    let agent = one(conn, &world).await;
    let mut of_execution = run(&agent, 5, Some("no data"));
    of_execution.execution = Some(execution("SM1"));
    for expected in [Noted::Counted, Noted::Before] {
        let noted = agent_runs::record(conn, company, &of_execution, CIRCUIT).await;
        assert_eq!(noted.unwrap(), expected);
    }
    assert_eq!(one(conn, &world).await.failures, 1);
    let mut by_itself = run(&agent, 7, None);
    by_itself.trigger = Trigger::Schedule;
    agent_runs::record(conn, company, &by_itself, CIRCUIT)
        .await
        .unwrap();
    let counts = agent_runs::counts(conn, company, at(1)).await.unwrap();
    assert_eq!(counts.len(), 1);
    assert_eq!((counts[0].runs, counts[0].failures), (2, 1));
    assert_eq!(agent_runs::counts(conn, company, at(8)).await.unwrap(), []);
    let mut since = async |minute| {
        agent_runs::ran_by_itself(conn, company, agent.id, at(minute))
            .await
            .unwrap()
    };
    assert!(since(6).await);
    assert!(!since(7).await);
}

#[tokio::test]
async fn an_agent_is_plugged_in_and_unplugged_and_shows_no_secret() {
    let world = World::new().await;
    let company = world.ours.company;
    let mut conn = world.store.conn().await.unwrap();
    let conn = &mut *conn;
    let endpoint = Endpoint {
        url: "https://agents.example/alerts".to_owned(),
        secret: "s3cret".into(),
    };
    assert!(!format!("{endpoint:?}").contains("s3cret"));
    let kind = AgentType::AlertGenerator;
    let agent = agents::plug(conn, company, kind, Some(&endpoint), at(0))
        .await
        .unwrap();
    assert_eq!(agent.kind, AgentKind::Http);
    let found = agents::endpoint(conn, company, agent.id).await.unwrap();
    assert_eq!(found.unwrap().url, endpoint.url);
    let agent = agents::plug(conn, company, kind, None, at(1))
        .await
        .unwrap();
    assert_eq!(agent.kind, AgentKind::Builtin);
    let found = agents::endpoint(conn, company, agent.id).await.unwrap();
    assert!(found.is_none());
}

#[tokio::test]
async fn that_an_agent_fails_is_an_alert_once_and_over_when_it_recovers() {
    let world = World::new().await;
    let company = world.ours.company;
    let mut conn = world.store.conn().await.unwrap();
    let conn = &mut *conn;
    let agent = one(conn, &world).await;
    let mut minute = 0;
    let mut ran = async |conn: &mut AsyncPgConnection, error| {
        minute += 1;
        agent_runs::record(conn, company, &run(&agent, minute, error), CIRCUIT)
            .await
            .unwrap()
    };
    for expected in [
        Noted::Counted,
        Noted::Counted,
        Noted::Failing(at(8)),
        Noted::Failing(at(9)),
    ] {
        assert_eq!(ran(conn, Some("no data")).await, expected);
    }
    let live = alerts::live(conn, company, Filter::default(), 9);
    let [alert] = <[_; 1]>::try_from(live.await.unwrap()).unwrap();
    assert_eq!(alert.subject, agent.agent_type.as_str());
    assert_eq!((alert.raised_at, alert.seen_at), (at(3), at(4)));
    assert_eq!(alert.facts["failures"], 4);
    // Somebody who resolves it knows: the next failure raises none.
    alerts::resolve(conn, company, alert.number, None, at(4))
        .await
        .unwrap();
    ran(conn, Some("no data")).await;
    assert_eq!(world.db.rows("alerts").await, 1);
    assert_eq!(ran(conn, None).await, Noted::Recovered);
    assert_eq!(ran(conn, None).await, Noted::Counted);

    // It begins anew; starting the agent by hand ends it too.
    for _ in 0..3 {
        ran(conn, Some("no data")).await;
    }
    assert_eq!(world.db.rows("alerts WHERE state = 'open'").await, 1);
    let (active, me) = (AgentState::Active, Some(world.ours.profile));
    agents::set_state(conn, company, agent.id, active, me, at(20))
        .await
        .unwrap();
    let alert = alerts::get(conn, company, 2).await.unwrap().unwrap();
    assert_eq!(
        (alert.state, alert.resolved_by, alert.resolved_at),
        (AlertState::Resolved, None, Some(at(20)))
    );
    let lines = audit::since(conn, company, at(0), 99).await.unwrap();
    let (failing, recovered) = (AuditAction::AgentFailing, AuditAction::AgentRecovered);
    let told: Vec<_> = lines
        .iter()
        .map(|line| (line.action, line.at, line.profile))
        .collect();
    assert_eq!(
        told,
        [
            (failing, at(3), None),
            (recovered, at(6), None),
            (failing, at(10), None),
            (recovered, at(20), me),
        ]
    );
    assert_eq!(lines[0].detail["error"], "no data");
}
