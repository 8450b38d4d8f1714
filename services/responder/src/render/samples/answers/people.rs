//! Who somebody is, whether they want to be written to, and what is no text.

use serde_json::{Value, json};

use super::Sample;

/// One of each, with the extremes that its texts tell apart.
pub(super) fn samples() -> Vec<Sample> {
    let paired = |role: &str, may: Value| json!({"name": "Ana *Ruiz*", "company": "Alder & Reed Supply", "role": role, "may": may});
    let all = json!([
        "check_inventory",
        "reorder_stock",
        "update_stock",
        "view_alerts",
        "acknowledge_alert",
        "resolve_alert",
        "generate_report",
        "view_metrics",
        "daily_digest",
        "check_supplier",
        "supplier_performance",
        "run_agent",
        "stop_agent",
        "agent_status",
    ]);
    let mut samples = vec![
        ("paired", "paired", paired("operations_manager", all)),
        (
            "paired, looks only",
            "paired",
            paired("viewer", json!(["check_inventory", "view_alerts"])),
        ),
        ("paired, may nothing", "paired", paired("guest", json!([]))),
        ("opted out", "opted_out", Value::Null),
        ("opted in", "opted_in", Value::Null),
        (
            "too many codes",
            "pairing_refused",
            json!({"reason": "too_many", "minutes": 41}),
        ),
        (
            "nearest",
            "nearest_location",
            json!({"nearest": {"name": "Toronto *east*", "km": 3.2}, "known": 3, "places": 3}),
        ),
        (
            "nearest, next door",
            "nearest_location",
            json!({"nearest": {"name": "Rotterdam", "km": 0.43}, "known": 1, "places": 3}),
        ),
        (
            "nearest, far away",
            "nearest_location",
            json!({"nearest": {"name": "Rotterdam", "km": 5_862.4}, "known": 2, "places": 2}),
        ),
        (
            "no position known",
            "nearest_location",
            json!({"nearest": null, "known": 0, "places": 3}),
        ),
        (
            "no position known, one place",
            "nearest_location",
            json!({"nearest": null, "known": 0, "places": 1}),
        ),
        (
            "no place",
            "nearest_location",
            json!({"nearest": null, "known": 0, "places": 0}),
        ),
    ];
    for reason in ["unknown", "expired", "used", "revoked"] {
        samples.push(("code", "pairing_refused", json!({"reason": reason})));
    }
    for kind in [
        "picture",
        "sticker",
        "voice",
        "video",
        "contact_card",
        "document",
    ] {
        samples.push(("no text", "not_read", json!({"kind": kind})));
    }
    samples
}
