//! Agents, their runs and their alerts.

use chrono::TimeDelta;
use wharf_domain::{agent::AgentType, intent::IntentType};
use wharf_store::{
    agent_runs::{self, Circuit, NewRun, Noted, RunState, Trigger},
    agents::{self, AgentState, Endpoint},
    alerts::{self, Filter, Scan},
};

use super::walls::{Wall, rows_of, ways};
use crate::support::{World, at};

#[tokio::test]
async fn agents_and_their_runs() {
    let world = World::new().await;
    let ours = world.ours;
    let circuit = Circuit {
        failures: 1,
        closed: TimeDelta::minutes(1),
    };
    let endpoint = Endpoint {
        url: "https://agents.example".to_owned(),
        secret: "s3cret".into(),
    };
    let kind = AgentType::InventoryMonitor;
    let mut owner = world.store.conn().await.unwrap();
    let agent = agents::plug(&mut owner, ours.company, kind, Some(&endpoint), at(0))
        .await
        .unwrap();
    let run = NewRun {
        agent: agent.id,
        execution: None,
        trigger: Trigger::Schedule,
        intent: IntentType::RunAgent,
        state: RunState::Completed,
        started_at: at(0),
        ended_at: at(0),
        error: None,
    };
    agent_runs::record(&mut owner, ours.company, &run, circuit)
        .await
        .unwrap();
    let before = rows_of(&world, ours.company).await;
    for mut way in ways(&world).await {
        let (conn, company) = (&mut way.conn, way.told.company);
        let (stopped, by) = (AgentState::Stopped, Some(way.told.profile));
        nothing! {
            agents::list(conn, company);
            agents::set_state(conn, company, agent.id, stopped, by, at(0));
            agents::take_probe(conn, company, agent.id, at(9), at(10));
            agent_runs::counts(conn, company, at(-9));
            agent_runs::ran_by_itself(conn, company, agent.id, at(-9));
        }
        let noted = agent_runs::record(conn, company, &run, circuit).await;
        assert_eq!(noted.unwrap(), Noted::Before);
        let found = agents::endpoint(conn, company, agent.id).await;
        assert!(found.unwrap().is_none());
        own! { way.wall;
            agents::find_or_create(conn, company, kind);
            agents::plug(conn, company, kind, None, at(0));
        }
    }
    assert_eq!(rows_of(&world, ours.company).await, before);
}

#[tokio::test]
async fn alerts_of_others() {
    let world = World::new().await;
    let ours = world.ours;
    let low = crate::alerts::low(ours);
    let mut owner = world.store.conn().await.unwrap();
    alerts::raise(&mut owner, ours.company, &low, at(0))
        .await
        .unwrap();
    let scan = Scan::begin(&mut owner, ours.company, at(1)).await.unwrap();
    scan.end(&mut owner, &[]).await.unwrap();
    // Of each state in turn: open, acknowledged, resolved.
    for step in 0..3 {
        let me = Some(ours.profile);
        match step {
            1 => drop(
                alerts::acknowledge(&mut owner, ours.company, 1, me, at(2))
                    .await
                    .unwrap(),
            ),
            2 => drop(
                alerts::resolve(&mut owner, ours.company, 1, me, at(3))
                    .await
                    .unwrap(),
            ),
            _ => {}
        }
        let before = rows_of(&world, ours.company).await;
        for mut way in ways(&world).await {
            let (conn, company) = (&mut way.conn, way.told.company);
            let by = Some(way.told.profile);
            nothing! {
                alerts::live(conn, company, Filter::default(), 9);
                alerts::page(conn, company, Filter::default(), 0, 9);
                alerts::counts(conn, company, Filter::default());
                alerts::get(conn, company, 1);
                alerts::acknowledge(conn, company, 1, by, at(1));
                alerts::resolve(conn, company, 1, by, at(1));
                alerts::names(conn, company, &[ours.profile]);
                alerts::seen(conn, company, &low, at(1));
                alerts::end(conn, company, low.kind, &low.subject, at(1));
            }
            // These take the company's row of alert_scans first, which the database refuses.
            for none in [
                alerts::unacknowledge(conn, company, 1, at(2)).await,
                alerts::reopen(conn, company, 1, at(3)).await,
            ] {
                let refused = way.wall == Wall::Database && none.is_err();
                assert!(refused || matches!(none, Ok(None)), "{none:?}");
            }
            if way.wall == Wall::Database {
                nothing! { alerts::scanned_at(conn, company); }
            }
            // Of our product.
            refused! { alerts::raise(conn, company, &low, at(1)); }
            match (way.wall, Scan::begin(conn, company, at(5)).await) {
                (Wall::Query, Ok(scan)) => {
                    refused! { scan.found(conn, &low); }
                    nothing! { scan.end(conn, &[low.kind]); }
                }
                (Wall::Database, Err(_)) => {}
                (wall, _) => panic!("{wall:?}"),
            }
        }
        assert_eq!(rows_of(&world, ours.company).await, before, "{step}");
    }
}
