//! Answers with gaps: what the data do not carry, wholly or partly.

use serde_json::{Value, json};

use super::{AT, Sample, UNTIL, alert, figure};

/// One of each.
pub(super) fn samples() -> Vec<Sample> {
    alerts()
        .into_iter()
        .chain(reports())
        .chain(suppliers())
        .chain(agents())
        .collect()
}

/// An alert of an older version, whose figures were not kept.
fn bare() -> Value {
    alert(
        "A17",
        "low_stock",
        "high",
        "Red widget (WID-1002)",
        json!({}),
    )
}

fn alerts() -> Vec<Sample> {
    vec![
        (
            "alerts, partly known",
            "alert_summary",
            json!({"severity": null, "category": null, "count": 1, "critical": 0, "high": 1,
                   "medium": 0, "low": 0, "alerts": [bare()], "scanned_at": AT, "as_of": AT}),
        ),
        (
            "alert, partly known",
            "alert_detail",
            json!({"alert": bare(), "acknowledged": null, "resolved": null, "as_of": AT}),
        ),
        (
            "acknowledged, partly known",
            "alert_acknowledged",
            json!({"alert": bare(), "changed": true, "by": "Sam Okafor", "by_you": true, "at": AT,
                   "remaining": 0, "undo_until": UNTIL}),
        ),
    ]
}

fn reports() -> Vec<Sample> {
    let period = json!({"from": "2026-03-01", "to": "2026-03-18"});
    let before = json!({"from": "2026-02-11", "to": "2026-02-28"});
    let figures = json!([
        figure("fill_rate", json!("percent"), Value::Null, Value::Null),
        figure("turnover", json!("times"), Value::Null, Value::Null),
    ]);
    vec![
        (
            "report, nothing known",
            "report_ready",
            json!({"report_type": "sales", "period": period, "format": "csv", "figures": figures,
                   "as_of": AT,
                   "attachment": {"key": "k", "file_name": "sales.csv", "content_type": "text/csv",
                                  "size": 212}}),
        ),
        (
            "metrics, nothing known",
            "metrics_summary",
            json!({"period": period, "before": before, "metrics": figures, "not_known": null,
                   "as_of": AT}),
        ),
        (
            "digest, a quiet day",
            "daily_digest",
            json!({"period": {"from": "2026-03-17", "to": "2026-03-17"},
                   "revenue": {"amount": "0", "currency": "USD"},
                   "revenue_before": {"amount": "0", "currency": "USD"}, "units_sold": 0, "top": [],
                   "low": 0, "out": 0, "alerts": 0, "critical": 0, "worst": [], "late_orders": 0,
                   "expected_tomorrow": 0, "as_of": AT}),
        ),
    ]
}

fn suppliers() -> Vec<Sample> {
    let performance = |on_time: Option<f64>, orders: u32| {
        json!({"period": {"from": "2025-12-19", "to": "2026-03-18"},
               "before": {"from": "2025-09-20", "to": "2025-12-18"},
               "suppliers": [{"rank": null, "name": "New Source", "orders": orders,
                   "on_time_percent": on_time, "quality_percent": null, "fill_percent": null,
                   "lead_time_days": on_time.map(|_| 8.3), "score": null, "trend": "unknown"}],
               "compared": 1, "ranked": 0, "as_of": AT})
    };
    vec![
        (
            "performance, not known",
            "supplier_performance",
            performance(None, 0),
        ),
        (
            "performance, partly known",
            "supplier_performance",
            performance(Some(75.0), 4),
        ),
    ]
}

fn agents() -> Vec<Sample> {
    vec![
        (
            "started, its answer follows",
            "agent_started",
            json!({"agents": ["freight_planner"], "running": true, "changed": true, "jobs": [],
                   "asked": ["freight_planner"], "undo_until": UNTIL, "as_of": AT}),
        ),
        (
            "status, partly known",
            "agent_status",
            json!({"agents": [{"agent": "freight_planner", "running": false, "stopped_by": null,
                   "stopped_at": null, "closed_until": null, "last_run_at": null,
                   "last_run_failed": false, "runs_today": 0, "failures_today": 0, "waiting": 2}],
                   "as_of": AT}),
        ),
    ]
}
