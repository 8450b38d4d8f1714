//! Alerts: raised once, acknowledged and resolved by one of many, ended when true no more.

use serde_json::json;
use wharf_domain::ids::ProfileId;
use wharf_store::{
    AsyncPgConnection, StoreError,
    alerts::{self, Alert, AlertKind, AlertState, Filter, Finding, Scan, Severity},
};

use crate::support::{Tenant, World, at};

/// The tenant's product is low.
pub(crate) fn low(of: Tenant) -> Finding {
    Finding {
        kind: AlertKind::LowStock,
        severity: Severity::Medium,
        subject: "WID-1001".into(),
        facts: json!({ "quantity": 7 }).as_object().unwrap().clone(),
        product_id: Some(of.product),
        supplier_id: None,
        order_id: None,
    }
}

/// One scan at a minute; what was new, and what ended.
async fn scan(
    conn: &mut AsyncPgConnection,
    of: Tenant,
    minute: i64,
    found: &[Finding],
) -> (usize, usize) {
    let scan = Scan::begin(conn, of.company, at(minute)).await.unwrap();
    let mut new = 0;
    for finding in found {
        new += usize::from(scan.found(conn, finding).await.unwrap());
    }
    let kinds = [AlertKind::LowStock, AlertKind::OutOfStock];
    (new, scan.end(conn, &kinds).await.unwrap())
}

async fn live(conn: &mut AsyncPgConnection, of: Tenant) -> Vec<Alert> {
    alerts::live(conn, of.company, Filter::default(), 9)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_live_alert_is_brought_up_to_date_not_doubled() {
    let world = World::new().await;
    let ours = world.ours;
    let mut conn = world.store.conn().await.unwrap();
    let conn = &mut *conn;
    let mut finding = low(ours);
    assert_eq!(scan(conn, ours, 0, &[finding.clone()]).await, (1, 0));
    finding.severity = Severity::High;
    finding.facts = json!({ "quantity": 3 }).as_object().unwrap().clone();
    assert_eq!(scan(conn, ours, 5, &[finding]).await, (0, 0));
    let alert = live(conn, ours).await.remove(0);
    assert_eq!((alert.number, alert.severity), (1, Severity::High));
    assert_eq!((alert.raised_at, alert.seen_at), (at(0), at(5)));
    assert_eq!(alert.facts, json!({ "quantity": 3 }));
    assert_eq!(
        alerts::scanned_at(conn, ours.company).await.unwrap(),
        Some(at(5))
    );
    // True no more.
    assert_eq!(scan(conn, ours, 9, &[]).await, (0, 1));
    let alert = alerts::get(conn, ours.company, 1).await.unwrap().unwrap();
    assert_eq!(
        (alert.state, alert.resolved_by),
        (AlertState::Resolved, None)
    );
    assert_eq!(alert.resolved_at, Some(at(9)));
    // True again: another one.
    assert_eq!(scan(conn, ours, 12, &[low(ours)]).await, (1, 0));
    assert_eq!(live(conn, ours).await[0].number, 2);
}

#[tokio::test]
async fn what_was_not_looked_for_is_left_alone() {
    let world = World::new().await;
    let ours = world.ours;
    let mut conn = world.store.conn().await.unwrap();
    let conn = &mut *conn;
    let failing = Finding {
        kind: AlertKind::AgentFailing,
        ..low(ours)
    };
    assert!(
        alerts::raise(conn, ours.company, &failing, at(0))
            .await
            .unwrap()
    );
    assert!(
        !alerts::raise(conn, ours.company, &failing, at(1))
            .await
            .unwrap()
    );
    assert_eq!(scan(conn, ours, 5, &[]).await, (0, 0));
    assert_eq!(live(conn, ours).await[0].kind, AlertKind::AgentFailing);
}

#[tokio::test]
async fn what_a_person_closed_comes_back_only_when_it_gets_worse_or_happens_again() {
    let world = World::new().await;
    let ours = world.ours;
    let mut conn = world.store.conn().await.unwrap();
    let conn = &mut *conn;
    let me = Some(ours.profile);
    scan(conn, ours, 0, &[low(ours)]).await;
    alerts::resolve(conn, ours.company, 1, me, at(1))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(scan(conn, ours, 5, &[low(ours)]).await, (0, 0));
    assert_eq!(scan(conn, ours, 10, &[low(ours)]).await, (0, 0));
    let worse = Finding {
        severity: Severity::High,
        ..low(ours)
    };
    assert_eq!(scan(conn, ours, 15, &[worse]).await, (1, 0));
    alerts::resolve(conn, ours.company, 2, me, at(16))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(scan(conn, ours, 20, &[]).await, (0, 0));
    assert_eq!(scan(conn, ours, 25, &[low(ours)]).await, (1, 0));
}

#[tokio::test]
async fn the_worst_and_oldest_come_first_and_are_counted() {
    let world = World::new().await;
    let ours = world.ours;
    let mut conn = world.store.conn().await.unwrap();
    let conn = &mut *conn;
    for (minute, kind, severity) in [
        (1, AlertKind::OverStock, Severity::Low),
        (2, AlertKind::LowStock, Severity::High),
        (3, AlertKind::OutOfStock, Severity::Critical),
        (4, AlertKind::LateDelivery, Severity::High),
    ] {
        let finding = Finding {
            kind,
            severity,
            ..low(ours)
        };
        alerts::raise(conn, ours.company, &finding, at(minute))
            .await
            .unwrap();
    }
    let numbers: Vec<_> = live(conn, ours)
        .await
        .iter()
        .map(|alert| alert.number)
        .collect();
    assert_eq!(numbers, [3, 2, 4, 1]);
    let high_stock = Filter {
        severity: Some(Severity::High),
        category: Some("stock"),
    };
    let some = alerts::live(conn, ours.company, high_stock, 9)
        .await
        .unwrap();
    assert_eq!(some.iter().map(Alert::name).collect::<Vec<_>>(), ["A2"]);
    let counts = alerts::counts(conn, ours.company, high_stock).await;
    assert_eq!(counts.unwrap(), [(Severity::High, 1)]);
    let mut counts = alerts::counts(conn, ours.company, Filter::default())
        .await
        .unwrap();
    counts.sort_unstable();
    assert_eq!(
        counts,
        [
            (Severity::Critical, 1),
            (Severity::High, 2),
            (Severity::Low, 1)
        ]
    );
}

/// Each on a connection of its own, at the same time.
#[tokio::test]
async fn of_two_at_once_one_acknowledges() {
    let world = World::new().await;
    let ours = world.ours;
    let mut conn = world.store.conn().await.unwrap();
    alerts::raise(&mut conn, ours.company, &low(ours), at(0))
        .await
        .unwrap();
    let people = [ours.profile; 8];
    let attempts = people.iter().map(|by: &ProfileId| async {
        let mut conn = world.store.conn().await.unwrap();
        alerts::acknowledge(&mut conn, ours.company, 1, Some(*by), at(1))
            .await
            .unwrap()
    });
    let won = futures_util::future::join_all(attempts).await;
    assert_eq!(won.iter().flatten().count(), 1);
}

#[tokio::test]
async fn two_scans_at_once_raise_one_alert_and_number_in_turn() {
    let world = World::new().await;
    let ours = world.ours;
    let subjects = ["A-1", "B-2", "C-3", "D-4"];
    let scans = subjects.map(async |own| {
        let scanned = world
            .store
            .transaction::<_, StoreError, _>(async |conn| {
                let scan = Scan::begin(conn, ours.company, at(0)).await?;
                for subject in ["WID-1001", own] {
                    let finding = Finding {
                        subject: subject.into(),
                        ..low(ours)
                    };
                    scan.found(conn, &finding).await?;
                }
                scan.end(conn, &[]).await
            })
            .await;
        scanned.unwrap();
    });
    futures_util::future::join_all(scans).await;
    let mut conn = world.store.conn().await.unwrap();
    let mut numbers: Vec<_> = live(&mut conn, ours)
        .await
        .iter()
        .map(|alert| alert.number)
        .collect();
    numbers.sort_unstable();
    assert_eq!(numbers, [1, 2, 3, 4, 5]);
}

#[tokio::test]
async fn a_step_is_taken_back_to_what_it_was() {
    let world = World::new().await;
    let ours = world.ours;
    let mut conn = world.store.conn().await.unwrap();
    let conn = &mut *conn;
    let (company, me) = (ours.company, Some(ours.profile));
    alerts::raise(conn, company, &low(ours), at(0))
        .await
        .unwrap();
    alerts::acknowledge(conn, company, 1, me, at(1))
        .await
        .unwrap()
        .unwrap();
    alerts::resolve(conn, company, 1, me, at(2))
        .await
        .unwrap()
        .unwrap();
    // Not the acknowledgement of that minute, and not while it is resolved.
    assert_eq!(
        alerts::unacknowledge(conn, company, 1, at(1))
            .await
            .unwrap(),
        None
    );
    assert_eq!(alerts::reopen(conn, company, 1, at(1)).await.unwrap(), None);
    let alert = alerts::reopen(conn, company, 1, at(2))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (alert.state, alert.resolved_at),
        (AlertState::Acknowledged, None)
    );
    let alert = alerts::unacknowledge(conn, company, 1, at(1))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (alert.state, alert.acknowledged_by),
        (AlertState::Open, None)
    );
    // A new one of its kind and subject stands in the way.
    alerts::resolve(conn, company, 1, me, at(3))
        .await
        .unwrap()
        .unwrap();
    alerts::raise(conn, company, &low(ours), at(4))
        .await
        .unwrap();
    assert_eq!(alerts::reopen(conn, company, 1, at(3)).await.unwrap(), None);
}
