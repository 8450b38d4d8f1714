//! One of each of the agents' answers, with the extremes that its texts tell apart. Written as they
//! travel, so that a text is tested against the wire format too.

mod dialogue;
mod gaps;
mod offers;
mod people;

use serde_json::{Value, json};
use wharf_domain::contracts::ReplyContent;

const AT: &str = "2026-03-18T13:14:00Z";
const UNTIL: &str = "2026-03-18T13:24:00Z";

/// The samples, each with what it is.
#[expect(clippy::unwrap_used, reason = "constants, which the tests read")]
pub(super) fn samples() -> Vec<(&'static str, ReplyContent)> {
    let all = stock()
        .into_iter()
        .chain(orders())
        .chain(alerts())
        .chain(reports())
        .chain(suppliers())
        .chain(control())
        .chain(gaps::samples())
        .chain(dialogue::samples())
        .chain(people::samples())
        .chain(offers::samples());
    all.map(|(what, template, data)| {
        let content = match data {
            Value::Null => json!({"template": template}),
            data => json!({"template": template, "data": data}),
        };
        (what, serde_json::from_value(content).unwrap())
    })
    .collect()
}

type Sample = (&'static str, &'static str, Value);

fn stock() -> Vec<Sample> {
    let updated = |after: i64, point: Value| {
        json!({"sku": "WID-1001", "name": "Blue *widget*", "unit": "unit", "location": "Toronto",
               "operation": if after > 41 { "add" } else { "remove" }, "before": 41, "after": after, "total": after + 184,
               "reorder_point": point, "undo_until": UNTIL, "as_of": AT})
    };
    let not_enough = |there: i64| {
        json!({"sku": "WID-1001", "name": "Blue *widget*", "unit": "unit", "location": "Toronto",
               "asked": 1_200, "there": there, "as_of": AT})
    };
    let mut counted = updated(5, json!(200));
    counted["operation"] = json!("set");
    vec![
        ("updated", "stock_updated", updated(1_541, json!(120))),
        ("counted", "stock_updated", counted),
        ("not enough", "not_enough_stock", not_enough(41)),
        ("not enough, 1", "not_enough_stock", not_enough(1)),
        ("not enough, 0", "not_enough_stock", not_enough(0)),
        ("updated, low", "stock_updated", updated(5, json!(200))),
        (
            "updated, no point",
            "stock_updated",
            updated(5, Value::Null),
        ),
    ]
}

fn supplier(name: &str, known: bool) -> Value {
    json!({"name": name, "unit_price": {"amount": "8.20", "currency": "USD"},
           "lead_time_days": known.then_some(8), "minimum_quantity": known.then_some(50),
           "pack_size": known.then_some(10), "on_time_percent": known.then_some(95),
           "preferred": known})
}

fn order(state: &str, reason: Value, known: bool) -> Value {
    json!({"state": state, "order": "PO-1042", "sku": "WID-1001", "name": "Blue widget",
           "unit": "unit", "quantity": 250, "quantity_reason": reason,
           "supplier": supplier("Riverside Widgets", known),
           "others": if known { json!([supplier("Pacific Trade", true)]) } else { json!([]) },
           "unit_price": {"amount": "8.20", "currency": "USD"},
           "total": {"amount": "2050.00", "currency": "USD"},
           "location": known.then_some("Main Warehouse"), "expected_on": known.then_some("2026-03-26"),
           "in_stock": 96, "on_order": 0, "reorder_point": known.then_some(120),
           "undo_until": (state == "placed").then_some(UNTIL), "as_of": AT})
}

fn orders() -> Vec<Sample> {
    let enough = |on_order: i64, point: Value| {
        json!({"sku": "WID-1001", "name": "Blue widget", "unit": "unit", "in_stock": 1_296,
               "on_order": on_order, "reorder_point": point, "target": 346, "as_of": AT})
    };
    let nobody = |supplier: Value, sold_by: Value| json!({"sku": "WID-1001", "name": "Blue widget", "supplier": supplier, "sold_by": sold_by});
    vec![
        ("enough", "reorder_not_needed", enough(250, json!(120))),
        (
            "enough, no point",
            "reorder_not_needed",
            enough(0, Value::Null),
        ),
        (
            "nobody sells it",
            "no_supplier",
            nobody(Value::Null, json!([])),
        ),
        (
            "others sell it",
            "no_supplier",
            nobody(json!("ACME"), json!(["Riverside Widgets", "Pacific Trade"])),
        ),
        (
            "draft",
            "reorder_result",
            order("draft", json!({"up_to_target": {"target": 346}}), true),
        ),
        (
            "draft, partly known",
            "reorder_result",
            order("draft", json!("asked"), false),
        ),
        (
            "draft, more than was said",
            "reorder_result",
            order("draft", json!({"asked_rounded": {"asked": 243}}), true),
        ),
        (
            "placed",
            "reorder_result",
            order("placed", json!({"asked_rounded": {"asked": 243}}), true),
        ),
        (
            "dropped",
            "reorder_result",
            order("cancelled", json!("economic"), true),
        ),
    ]
}

fn alert(id: &str, kind: &str, severity: &str, subject: &str, facts: Value) -> Value {
    json!({"id": id, "kind": kind, "severity": severity, "category": "stock", "subject": subject,
           "facts": facts, "state": "open", "raised_at": "2026-03-18T06:00:00Z"})
}

fn low() -> Value {
    alert(
        "A17",
        "low_stock",
        "high",
        "Red widget (WID-1002)",
        json!({"quantity": 86, "reorder_point": 120}),
    )
}

fn alerts() -> Vec<Sample> {
    let list = json!([
        alert(
            "A12",
            "out_of_stock",
            "critical",
            "Euro pallet (PAL-EU)",
            json!({"daily_demand": 5})
        ),
        low(),
        alert(
            "A19",
            "late_delivery",
            "medium",
            "PO-1033 of Aqualine Flow",
            json!({"days_late": 4})
        ),
        alert(
            "A20",
            "supplier_trouble",
            "medium",
            "Aqualine Flow",
            json!({"on_time_percent": 66})
        ),
        alert(
            "A21",
            "price_jump",
            "low",
            "Shipping box medium (BOX-M)",
            json!({"rise_percent": 16})
        ),
        alert(
            "A22",
            "over_stock",
            "low",
            "Nylon rope (ROP-12)",
            json!({"days_of_cover": 390})
        ),
    ]);
    let summary = |count: usize, severity: Value, alerts: Value| {
        json!({"severity": severity, "category": null, "count": count, "critical": count.min(1),
               "high": count.min(1), "medium": count.saturating_sub(4).min(2),
               "low": count.saturating_sub(4), "alerts": alerts, "scanned_at": AT, "as_of": AT})
    };
    let changed = |changed: bool, by: Value, you: bool, state: &str| {
        let mut alert = low();
        alert["state"] = json!(state);
        json!({"alert": alert, "changed": changed, "by": by, "by_you": you, "at": AT,
               "remaining": 5, "undo_until": changed.then_some(UNTIL)})
    };
    let detail = |seen: bool| {
        json!({"alert": low(), "acknowledged": seen.then_some(("Nadia Petrov", AT)),
               "resolved": null, "as_of": AT})
    };
    let other = |id: &str, kind: &str, subject: &str, facts: Value| {
        let alert = alert(id, kind, "medium", subject, facts);
        json!({"alert": alert, "acknowledged": null, "resolved": [null, AT], "as_of": AT})
    };
    vec![
        ("alerts", "alert_summary", summary(8, Value::Null, list)),
        (
            "no alerts",
            "alert_summary",
            summary(0, json!("critical"), json!([])),
        ),
        ("alert", "alert_detail", detail(false)),
        ("alert, seen", "alert_detail", detail(true)),
        (
            "alert, resolved by a scan",
            "alert_detail",
            other(
                "A22",
                "over_stock",
                "ROP-12 Nylon rope",
                json!({"name": "Nylon rope", "unit": "m", "quantity": 1_820, "on_order": 0,
                       "days_of_cover": 390, "daily_demand": 4.666_666_7}),
            ),
        ),
        (
            "alert, price",
            "alert_detail",
            other(
                "A21",
                "price_jump",
                "BOX-M, Pacific Trade",
                json!({"price_before": "0.50", "price": "0.58", "rise_percent": 16,
                       "currency": "USD"}),
            ),
        ),
        (
            "alert, supplier",
            "alert_detail",
            other(
                "A20",
                "supplier_trouble",
                "Aqualine Flow",
                json!({"on_time": 8, "orders": 12, "on_time_percent": 66,
                       "expected_percent": 80}),
            ),
        ),
        (
            "acknowledged",
            "alert_acknowledged",
            changed(true, json!("Sam Okafor"), true, "acknowledged"),
        ),
        (
            "acknowledged before",
            "alert_acknowledged",
            changed(false, json!("Nadia Petrov"), false, "acknowledged"),
        ),
        (
            "resolved",
            "alert_resolved",
            changed(true, json!("Sam Okafor"), true, "resolved"),
        ),
        (
            "resolved by a scan",
            "alert_resolved",
            changed(false, Value::Null, false, "resolved"),
        ),
        (
            "no such alert",
            "alert_not_found",
            json!({"asked": "A99", "live": [low()]}),
        ),
        (
            "no alert at all",
            "alert_not_found",
            json!({"asked": "A99", "live": []}),
        ),
    ]
}

fn figure(name: &str, unit: Value, value: Value, before: Value) -> Value {
    json!({"name": name, "unit": unit, "value": value, "before": before,
           "higher_is_better": true,
           "formula": if name == "revenue" { "units sold × price" } else { "sold ÷ asked for" }})
}

fn reports() -> Vec<Sample> {
    let period = json!({"from": "2026-03-01", "to": "2026-03-18"});
    let before = json!({"from": "2026-02-11", "to": "2026-02-28"});
    let money = json!({"money": "USD"});
    let figures = json!([
        figure("revenue", money, json!("148230.5"), json!("139020")),
        figure("fill_rate", json!("percent"), json!("96.42"), json!("97.1")),
        figure("turnover", json!("times"), Value::Null, Value::Null),
        figure("otif", json!("percent"), json!("88"), Value::Null),
    ]);
    let digest = |known: bool| {
        let amount = |amount: &str| known.then(|| json!({"amount": amount, "currency": "USD"}));
        json!({"period": {"from": "2026-03-17", "to": "2026-03-17"}, "revenue": amount("8421.90"),
               "revenue_before": amount("7990"), "units_sold": known.then_some(1_204),
               "top": if known { json!([{"sku": "BOX-M", "name": "Shipping box medium",
                                         "unit": "unit", "quantity": 96}]) } else { json!([]) },
               "low": 9, "out": 1, "alerts": 8, "critical": 1, "worst": [low()],
               "late_orders": 2, "expected_tomorrow": 1, "as_of": AT})
    };
    let metrics = |not_known: Value| {
        json!({"period": period, "before": before, "metrics": figures, "not_known": not_known,
               "as_of": AT})
    };
    vec![
        (
            "report",
            "report_ready",
            json!({"report_type": "inventory", "period": period, "format": "pdf",
                   "figures": figures, "as_of": AT,
                   "attachment": {"key": "k", "file_name": "inventory.pdf",
                                  "content_type": "application/pdf", "size": 48_213}}),
        ),
        ("metrics", "metrics_summary", metrics(Value::Null)),
        (
            "metrics, not known",
            "metrics_summary",
            metrics(json!("happiness")),
        ),
        ("digest", "daily_digest", digest(true)),
        ("digest, partly known", "daily_digest", digest(false)),
    ]
}

fn suppliers() -> Vec<Sample> {
    let row = |known: bool| {
        json!({"name": "Aqualine Flow", "active": true,
               "contact_name": known.then_some("Joanna Wolski"),
               "email": known.then_some("orders@aqualine.example"), "phone": null,
               "lead_time_days": known.then_some(16), "payment_terms": known.then_some("60 days net"),
               "preferred": known,
               "supplies": if known { json!([{"sku": "VLV-8801", "name": "Ball valve 1 inch",
                   "unit_price": {"amount": "11.90", "currency": "USD"},
                   "minimum_quantity": 8, "lead_time_days": 16}]) } else { json!([]) },
               "product_count": if known { 4 } else { 0 },
               "open_orders": if known { json!([{"order": "PO-1033", "expected_on": "2026-03-14",
                   "days_late": 4, "total": {"amount": "952", "currency": "USD"}}]) } else { json!([]) },
               "open_order_count": i32::from(known)})
    };
    let score = |rank: Value, known: bool, trend: &str| {
        json!({"rank": rank, "name": if known { "Riverside Widgets" } else { "New Source" },
               "orders": if known { 21 } else { 0 }, "on_time_percent": known.then_some(95.2),
               "quality_percent": known.then_some(99.5), "fill_percent": known.then_some(97.0),
               "lead_time_days": known.then_some(8.3), "score": known.then_some(96.9),
               "trend": trend})
    };
    let performance = |suppliers: Value| {
        json!({"period": {"from": "2025-12-19", "to": "2026-03-18"},
               "before": {"from": "2025-09-20", "to": "2025-12-18"},
               "suppliers": suppliers, "compared": 10, "ranked": 10, "as_of": AT})
    };
    vec![
        (
            "supplier",
            "supplier_info",
            json!({"product": null, "suppliers": [row(true)], "as_of": AT}),
        ),
        (
            "suppliers of a product",
            "supplier_info",
            json!({"product": {"sku": "VLV-8801", "name": "Ball valve 1 inch"},
                   "suppliers": [row(true), row(false)], "as_of": AT}),
        ),
        (
            "no such supplier",
            "supplier_not_found",
            json!({"asked": "aqualin", "nearest": ["Aqualine Flow"]}),
        ),
        (
            "no supplier like it",
            "supplier_not_found",
            json!({"asked": "qwe", "nearest": []}),
        ),
        (
            "performance",
            "supplier_performance",
            performance(json!([
                score(json!(1), true, "up"),
                score(Value::Null, false, "unknown")
            ])),
        ),
        (
            "performance, nothing",
            "supplier_performance",
            performance(json!([])),
        ),
    ]
}

fn control() -> Vec<Sample> {
    let switched = |running: bool, changed: bool| {
        json!({"agents": ["alert_generator"], "running": running, "changed": changed,
               "jobs": if running { json!([{"agent": "alert_generator",
                   "counts": [["raised", 3], ["resolved", 1]]}]) } else { json!([]) },
               "undo_until": changed.then_some(UNTIL), "as_of": AT})
    };
    let line = |running: bool, closed: bool, run: bool| {
        json!({"agent": "report_generator", "running": running,
               "stopped_by": (!running).then_some("Hana Suzuki"),
               "stopped_at": (!running).then_some(AT), "closed_until": closed.then_some(UNTIL),
               "last_run_at": run.then_some(AT), "last_run_failed": closed,
               "runs_today": i32::from(run), "failures_today": i32::from(closed), "waiting": 0})
    };
    let why = |why: Value| json!({"agent": "report_generator", "why": why});
    vec![
        ("started", "agent_started", switched(true, true)),
        ("started before", "agent_started", switched(true, false)),
        ("stopped", "agent_stopped", switched(false, true)),
        ("stopped before", "agent_stopped", switched(false, false)),
        (
            "status",
            "agent_status",
            json!({"agents": [line(true, false, true), line(false, false, false),
                              line(true, true, true)], "as_of": AT}),
        ),
        (
            "no agents",
            "agent_status",
            json!({"agents": [], "as_of": AT}),
        ),
        (
            "stopped agent",
            "agent_unavailable",
            why(json!({"reason": "stopped", "by": "Hana Suzuki", "at": AT})),
        ),
        (
            "failing agent",
            "agent_unavailable",
            why(json!({"reason": "failing", "until": UNTIL})),
        ),
        (
            "an agent of the company's own",
            "agent_says",
            json!({"agent": "freight_planner", "text": "The *blue* truck leaves at 14:00."}),
        ),
    ]
}
