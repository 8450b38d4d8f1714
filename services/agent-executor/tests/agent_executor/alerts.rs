//! alert_generator: alerts are found once, listed, and changed by one of many.

use std::collections::HashSet;

use wharf_agent_executor::agents::ConfirmResolve;
use wharf_domain::{
    agent::AgentType,
    contracts::{
        ReplyContent, Step,
        answers::{AlertChanged, AlertState, AlertSummary, WhyNotUndone},
    },
    entities::EntityName::{AlertId, Category, Severity},
    ids::named,
    intent::IntentType::{AcknowledgeAlert, ResolveAlert, ViewAlerts},
};

use crate::desk::{Desk, NADIA, SAM, ask, at, execution};

/// Nothing is out of order but what a test puts so.
async fn tidy() -> Desk {
    let desk = Desk::open().await;
    desk.db
        .run_sql(
            "UPDATE products SET reorder_point = NULL, average_daily_demand = NULL;
             DELETE FROM supplier_prices; DELETE FROM purchase_orders;",
        )
        .await;
    desk
}

/// WID-1001 is out of stock and asked for, WID-1002 is low.
async fn short(desk: &Desk) {
    let (out, low) = (
        named("demo:product:WID-1001"),
        named("demo:product:WID-1002"),
    );
    desk.db
        .run_sql(&format!(
            "UPDATE products SET reorder_point = 120, average_daily_demand = 1 WHERE id IN ('{out}', '{low}');
             UPDATE stock_levels SET quantity = 0 WHERE product_id = '{out}';
             UPDATE stock_levels SET quantity = 40 WHERE product_id = '{low}'"
        ))
        .await;
}

async fn view(
    desk: &Desk,
    id: &str,
    entities: &[(wharf_domain::entities::EntityName, &'static str)],
) -> AlertSummary {
    match desk.run(ask(id, ViewAlerts, entities)).await {
        ReplyContent::AlertSummary(summary) => summary,
        other => panic!("{other:?}"),
    }
}

fn changed(content: ReplyContent) -> AlertChanged {
    match content {
        ReplyContent::AlertAcknowledged(changed) | ReplyContent::AlertResolved(changed) => changed,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_first_look_scans_and_later_ones_do_not() {
    let desk = tidy().await;
    short(&desk).await;
    let summary = view(&desk, "1", &[]).await;
    assert_eq!((summary.count, summary.critical, summary.medium), (2, 1, 1));
    assert_eq!((summary.high, summary.low), (0, 0));
    assert_eq!(summary.scanned_at, Some(at(0)));
    let lines: Vec<_> = summary
        .alerts
        .iter()
        .map(|line| (line.id.as_str(), line.kind.as_str(), line.subject.as_str()))
        .collect();
    assert_eq!(
        lines,
        [
            ("A1", "out_of_stock", "WID-1001 Blue widget"),
            ("A2", "low_stock", "WID-1002 Red widget")
        ]
    );
    assert_eq!(summary.alerts[1].facts["quantity"], 120);
    desk.db
        .run_sql("UPDATE stock_levels SET quantity = 5000")
        .await;
    assert_eq!(view(&desk, "2", &[]).await.count, 2);
    let report = desk.job(AgentType::AlertGenerator, 5).await;
    let counts: Vec<_> = report.counts.iter().map(|(_, count)| *count).collect();
    assert_eq!(report.counts[0].0, "alerts_raised");
    // Both are over now, and both last longer than anybody needs.
    assert_eq!(counts, [2, 2, 2]);
    desk.rows("alerts WHERE state = 'resolved' AND resolved_by IS NULL", 2)
        .await;
}

#[tokio::test]
async fn scanning_again_changes_nothing_but_the_time() {
    let desk = tidy().await;
    short(&desk).await;
    desk.job(AgentType::AlertGenerator, 0).await;
    for minute in [0, 5] {
        let report = desk.job(AgentType::AlertGenerator, minute).await;
        assert_eq!((report.counts[0].1, report.counts[1].1), (0, 0));
    }
    desk.rows("alerts", 2).await;
    assert_eq!(view(&desk, "1", &[]).await.scanned_at, Some(at(5)));
}

#[tokio::test]
async fn filters_and_details() {
    let desk = tidy().await;
    short(&desk).await;
    let critical = view(&desk, "1", &[(Severity, "critical")]).await;
    assert_eq!((critical.count, critical.alerts.len()), (1, 1));
    assert_eq!(critical.severity.as_deref(), Some("critical"));
    assert_eq!(view(&desk, "2", &[(Category, "supplier")]).await.count, 0);
    assert_eq!(view(&desk, "3", &[(Category, "stock")]).await.count, 2);
    for (id, asked) in [("4", "A2"), ("5", "2"), ("6", "#2")] {
        let content = desk.run(ask(id, ViewAlerts, &[(AlertId, asked)])).await;
        let ReplyContent::AlertDetail(detail) = content else {
            panic!("{content:?}");
        };
        assert_eq!(
            (detail.alert.id.as_str(), detail.acknowledged),
            ("A2", None)
        );
    }
    for (id, asked) in [("7", "A3"), ("8", "0"), ("9", "XYZ")] {
        let content = desk.run(ask(id, ViewAlerts, &[(AlertId, asked)])).await;
        let ReplyContent::AlertNotFound(missing) = content else {
            panic!("{content:?}");
        };
        assert_eq!((missing.asked.as_str(), missing.live.len()), (asked, 2));
    }
}

#[tokio::test]
async fn one_acknowledges_and_the_other_is_told_who() {
    let desk = tidy().await;
    short(&desk).await;
    view(&desk, "1", &[]).await;
    let mut sam = ask("2", AcknowledgeAlert, &[(AlertId, "A1")]);
    sam.person = SAM;
    let mut nadia = ask("3", AcknowledgeAlert, &[(AlertId, "a1")]);
    (nadia.person, nadia.minute) = (NADIA, 5);
    let first = changed(desk.run(sam.clone()).await);
    assert!(first.changed && first.by_you);
    assert_eq!(first.by.as_deref(), Some("Sam Okafor"));
    assert_eq!(
        (first.alert.state, first.remaining),
        (AlertState::Acknowledged, 2)
    );
    assert_eq!(first.undo_until, Some(at(10)));
    let second = changed(desk.run(nadia).await);
    assert!(!second.changed && !second.by_you);
    assert_eq!(
        (second.by.as_deref(), second.at),
        (Some("Sam Okafor"), at(0))
    );
    assert_eq!(second.undo_until, None);
    // The same execution again is answered as it was.
    assert_eq!(changed(desk.run(sam).await), first);
    desk.rows("effects", 1).await;
    desk.rows("audit_log", 1).await;
    let detail = desk.run(ask("4", ViewAlerts, &[(AlertId, "A1")])).await;
    let ReplyContent::AlertDetail(detail) = detail else {
        panic!("{detail:?}");
    };
    assert_eq!(detail.acknowledged, Some(("Sam Okafor".to_owned(), at(0))));
}

#[tokio::test]
async fn of_two_people_at_once_one_resolves() {
    let desk = tidy().await;
    short(&desk).await;
    view(&desk, "1", &[]).await;
    let (mut one, other) = (
        ask("2", ResolveAlert, &[(AlertId, "A1")]),
        ask("3", ResolveAlert, &[(AlertId, "A1")]),
    );
    one.person = SAM;
    let (one, other) = tokio::join!(desk.run(one), desk.run(other));
    let (one, other) = (changed(one), changed(other));
    assert_ne!(one.changed, other.changed);
    assert_eq!((one.remaining, other.remaining), (1, 1));
    assert_eq!((one.by, one.at), (other.by, other.at));
    desk.rows("effects", 1).await;
}

#[tokio::test]
async fn undo_sets_an_alert_back() {
    let desk = tidy().await;
    short(&desk).await;
    view(&desk, "1", &[]).await;
    let alert = [(AlertId, "A1")];
    desk.run(ask("2", AcknowledgeAlert, &alert)).await;
    desk.run(ask("3", ResolveAlert, &alert)).await;
    // The acknowledgement is overtaken by the resolution.
    let early = desk.undo("4", AcknowledgeAlert, "2", 1).await;
    assert_eq!(early, ReplyContent::NotUndone(WhyNotUndone::Overtaken));
    let undone = desk.undo("5", ResolveAlert, "3", 1).await;
    let ReplyContent::Undone(undone) = undone else {
        panic!("{undone:?}");
    };
    assert_eq!(
        (undone.intent, undone.subject.as_str()),
        (ResolveAlert, "A1")
    );
    desk.rows(
        "alerts WHERE number = 1 AND state = 'acknowledged' AND resolved_at IS NULL",
        1,
    )
    .await;
    let again = desk.undo("6", ResolveAlert, "3", 2).await;
    assert_eq!(again, ReplyContent::NotUndone(WhyNotUndone::Already));
    desk.undo("7", AcknowledgeAlert, "2", 2).await;
    desk.rows("alerts WHERE state = 'open'", 2).await;
    desk.rows("audit_log WHERE action = 'undone'", 2).await;
    desk.run(ask("8", ResolveAlert, &alert)).await;
    let late = desk.undo("9", ResolveAlert, "8", 11).await;
    assert!(matches!(
        late,
        ReplyContent::NotUndone(WhyNotUndone::TooLate { .. })
    ));
}

#[tokio::test]
async fn an_alert_that_is_not_there_is_not_changed() {
    let desk = tidy().await;
    short(&desk).await;
    view(&desk, "1", &[]).await;
    for (id, intent) in [("2", AcknowledgeAlert), ("3", ResolveAlert)] {
        let content = desk.run(ask(id, intent, &[(AlertId, "A99")])).await;
        let ReplyContent::AlertNotFound(missing) = content else {
            panic!("{content:?}");
        };
        assert_eq!(missing.live.len(), 2);
    }
    desk.rows("effects", 0).await;
}

#[tokio::test]
async fn late_orders_trouble_and_prices_are_found() {
    let desk = tidy().await;
    let (company, product) = (desk.company.id, named("demo:product:WID-1001"));
    let supplier = named("late");
    let order = |number: u32, expected: &str| {
        let id = named(&format!("order {number}"));
        format!(
            "INSERT INTO purchase_orders (id, company_id, number, supplier_id, state, currency, created_at, confirmed_at, expected_on)
               VALUES ('{id}', '{company}', {number}, '{supplier}', 'confirmed', 'USD', '2026-02-01Z', '2026-02-01Z', '{expected}');
             INSERT INTO purchase_order_lines (company_id, order_id, line, product_id, quantity, unit_price)
               VALUES ('{company}', '{id}', 1, '{product}', 10, 2);"
        )
    };
    desk.db
        .run_sql(&format!(
            "INSERT INTO suppliers (id, company_id, name) VALUES ('{supplier}', '{company}', 'Always late');
             INSERT INTO supplier_prices (company_id, supplier_id, product_id, valid_from, unit_price, currency) VALUES
               ('{company}', '{supplier}', '{product}', '2026-01-01', 2, 'USD'),
               ('{company}', '{supplier}', '{product}', '2026-03-01', 2.5, 'USD');
             {}{}{}",
            order(1, "2026-03-01"),
            order(2, "2026-03-10"),
            order(3, "2026-03-17")
        ))
        .await;
    let summary = view(&desk, "1", &[]).await;
    let mut found: Vec<_> = summary
        .alerts
        .iter()
        .map(|line| format!("{} {} {}", line.severity, line.kind, line.subject))
        .collect();
    found.sort_unstable();
    assert_eq!(
        found,
        [
            "high price_jump WID-1001, Always late",
            "high supplier_trouble Always late",
            "low late_delivery PO-3",
            "medium late_delivery PO-1",
            "medium late_delivery PO-2",
        ]
    );
    desk.db
        .run_sql("UPDATE purchase_orders SET state = 'cancelled', cancelled_at = now()")
        .await;
    let report = desk.job(AgentType::AlertGenerator, 5).await;
    assert_eq!(report.counts[1].1, 4);
}

#[tokio::test]
async fn severe_alerts_are_resolved_after_a_yes_when_the_company_wants_that() {
    let mut desk = tidy().await;
    desk.limits.confirm_resolve = ConfirmResolve::Critical;
    short(&desk).await;
    view(&desk, "1", &[]).await;
    // A1 is critical, A2 is not.
    let question = desk.run(ask("2", ResolveAlert, &[(AlertId, "A1")])).await;
    assert!(matches!(question, ReplyContent::Confirm(_)), "{question:?}");
    desk.rows("alerts WHERE state = 'resolved'", 0).await;
    desk.rows("dialogues", 1).await;
    changed(desk.run(ask("3", ResolveAlert, &[(AlertId, "A2")])).await);
    let mut yes = ask("4", ResolveAlert, &[(AlertId, "A1")]);
    yes.step = Step::Confirmed {
        asked: Some(execution("2")),
    };
    assert!(changed(desk.run(yes).await).changed);
    desk.rows("alerts WHERE state = 'resolved'", 2).await;
    // What is resolved already is told, not asked about.
    let again = changed(desk.run(ask("5", ResolveAlert, &[(AlertId, "A1")])).await);
    assert!(!again.changed);
}

#[tokio::test]
async fn a_page_goes_on_where_the_one_before_ended() {
    let desk = tidy().await;
    desk.db
        .run_sql("UPDATE products SET reorder_point = 1000000")
        .await;
    let first = view(&desk, "1", &[]).await;
    assert_eq!((first.after, first.alerts.len()), (0, 9));
    assert!(first.count > 9, "{}", first.count);
    let mut next = ask("2", ViewAlerts, &[]);
    next.step = Step::Page { after: 9 };
    let ReplyContent::AlertSummary(second) = desk.run(next).await else {
        panic!("a page");
    };
    assert_eq!((second.after, second.count), (9, first.count));
    assert!(!second.alerts.is_empty());
    let lines = first.alerts.iter().chain(&second.alerts);
    let ids: HashSet<&str> = lines.map(|line| line.id.as_str()).collect();
    assert_eq!(ids.len(), 9 + second.alerts.len(), "no alert twice");
}
