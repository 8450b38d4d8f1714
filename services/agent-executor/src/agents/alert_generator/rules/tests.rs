//! The table of the rules, line by line.

use wharf_domain::ids::named;

use super::*;
use crate::agents::plan::Basis;

fn limits() -> Limits {
    Limits {
        confirm_order_total: 500,
        confirm_stock_units: 500,
        confirm_stock_percent: 50,
        undo_minutes: 10,
        question_minutes: 30,
        confirm_agents: 1,
        confirm_resolve: crate::agents::ConfirmResolve::Critical,
        demand_days: 56,
        service_level: 0.95,
        review_days: 28,
        order_cost: 0.0,
        holding_rate: 0.0,
        over_stock_days: 180,
        price_jump_percent: 10,
        supplier_on_time_percent: 80,
    }
}

fn product() -> Product {
    Product {
        id: named("product"),
        sku: "WID-1001".into(),
        name: "Blue widget".into(),
        unit: "unit".into(),
        aliases: vec![],
        lead_time_days: Some(7),
        reorder_point: None,
        average_daily_demand: None,
        last_reorder_on: None,
    }
}

fn plan(set_point: Option<i64>, stated: Option<f64>) -> Plan {
    let basis = Basis {
        set_point,
        stated,
        daily: &[],
        lead_time_days: Some(7),
        offers: &[],
        delivered: &[],
    };
    Plan::of(&basis, &limits())
}

/// Ten a day, ordered from 100 on, which takes 7 days.
fn found(quantity: i64, on_order: i64) -> Option<(AlertKind, Severity)> {
    let plan = plan(Some(100), Some(10.0));
    let finding = stock(&product(), quantity, on_order, &plan, &limits())?;
    assert_eq!(finding.subject, "WID-1001");
    Some((finding.kind, finding.severity))
}

#[test]
fn stock_is_judged_by_reorder_point_cover_and_lead_time() {
    use AlertKind::{LowStock, OutOfStock, OverStock};
    use Severity::{Critical, High, Low, Medium};
    for (quantity, on_order, expected) in [
        (0, 0, Some((OutOfStock, Critical))),
        (0, 500, Some((OutOfStock, Critical))),
        (69, 0, Some((LowStock, High))),
        (70, 0, Some((LowStock, Medium))),
        (100, 0, Some((LowStock, Medium))),
        (69, 31, Some((LowStock, High))),
        (69, 32, Some((LowStock, Low))),
        (101, 0, None),
        (1_809, 0, None),
        (1_810, 0, Some((OverStock, Low))),
        (3_600, 0, Some((OverStock, Medium))),
    ] {
        assert_eq!(found(quantity, on_order), expected, "{quantity} {on_order}");
    }
}

#[test]
fn what_is_not_known_raises_nothing() {
    let unknown = plan(None, None);
    for quantity in [0, 5, 1_000_000] {
        assert_eq!(stock(&product(), quantity, 0, &unknown, &limits()), None);
    }
    // A reorder point alone says that it is to be there.
    let kept = plan(Some(5), None);
    let finding = stock(&product(), 0, 0, &kept, &limits()).unwrap();
    assert_eq!(finding.severity, Severity::High);
    assert!(!finding.facts.contains_key("days_of_cover"));
    // 0 says that it is not kept.
    assert_eq!(
        stock(&product(), 0, 0, &plan(Some(0), None), &limits()),
        None
    );
}

#[test]
fn a_late_order_is_as_bad_as_what_it_is_missed_for() {
    let line = |product: &str| Late {
        order_id: named("order"),
        number: 1002,
        supplier_id: named("supplier"),
        supplier: "Northwind".into(),
        expected_on: "2026-03-10".parse().unwrap(),
        product_id: named(product),
        units: 6,
    };
    let order = [line("a"), line("b")];
    let severity = |today: &str, short: Option<AlertKind>| {
        let finding = late(&order, today.parse().unwrap(), |product| {
            short.filter(|_| product == named("b"))
        })
        .unwrap();
        assert_eq!(finding.subject, "PO-1002");
        assert_eq!(finding.facts["units"], 12);
        finding.severity
    };
    assert_eq!(severity("2026-03-11", None), Severity::Low);
    assert_eq!(severity("2026-03-17", None), Severity::Medium);
    assert_eq!(
        severity("2026-03-11", Some(AlertKind::LowStock)),
        Severity::High
    );
    assert_eq!(
        severity("2026-03-11", Some(AlertKind::OutOfStock)),
        Severity::Critical
    );
    assert_eq!(
        severity("2026-03-11", Some(AlertKind::OverStock)),
        Severity::Low
    );
}

#[test]
fn a_supplier_is_judged_by_enough_orders() {
    let judged = |due, on_time| {
        let tally = Tally {
            supplier_id: named("supplier"),
            name: "Northwind".into(),
            orders: due,
            due,
            on_time,
            punctual: on_time,
            ordered: 0,
            filled: 0,
            delivered: 0,
            rejected: 0,
            lead_time_days: None,
        };
        supplier(&tally, &limits())
    };
    let share = |due, on_time| judged(due, on_time).unwrap().facts["on_time_percent"].clone();
    assert_eq!((share(9, 5), share(8, 5)), (json!(55.6), json!(62.5)));
    assert_eq!((share(10, 7), share(3, 0)), (json!(70), json!(0)));
    let judged = |due, on_time| judged(due, on_time).map(|finding| finding.severity);
    assert_eq!(judged(2, 0), None);
    assert_eq!(judged(5, 4), None);
    assert_eq!(judged(10, 7), Some(Severity::Medium));
    assert_eq!(judged(5, 2), Some(Severity::Medium));
    assert_eq!(judged(3, 1), Some(Severity::High));
}

#[test]
fn a_price_jumps_from_the_limit_on() {
    let judged = |before: &str, now: &str| {
        let rise = Dearer {
            supplier_id: named("supplier"),
            supplier: "Northwind".into(),
            product_id: named("product"),
            sku: "WID-1001".into(),
            name: "Blue widget".into(),
            currency: "EUR".into(),
            before: before.parse().unwrap(),
            now: now.parse().unwrap(),
            since: "2026-03-01".parse().unwrap(),
        };
        price(&rise, &limits())
    };
    assert_eq!(judged("10", "10.99"), None);
    let medium = judged("10", "11").unwrap();
    assert_eq!(medium.severity, Severity::Medium);
    assert_eq!(medium.subject, "WID-1001, Northwind");
    assert_eq!(
        (&medium.facts["rise_percent"], &medium.facts["price"]),
        (&json!(10), &json!("11"))
    );
    assert_eq!(judged("10", "12").unwrap().severity, Severity::High);
}
