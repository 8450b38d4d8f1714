//! Questions, their answers, and what takes something back.

use serde_json::{Value, json};

use super::{AT, Sample, UNTIL};

/// One of each, with the extremes that its texts tell apart.
pub(super) fn samples() -> Vec<Sample> {
    let pick = |template: &'static str, data: Value| ("choice", template, data);
    let confirm = |intent: &str, entities: Value, product: Value, change: Value| {
        json!({"intent": intent, "entities": entities, "product": product, "change": change,
               "expires_at": UNTIL})
    };
    let widget = || json!({"sku": "WID-1001", "name": "Blue widget"});
    vec![
        (
            "shall I order",
            "confirm",
            confirm(
                "reorder_stock",
                json!({"sku": "WID-1001", "quantity": "500"}),
                widget(),
                Value::Null,
            ),
        ),
        (
            "shall I set",
            "confirm",
            confirm(
                "update_stock",
                json!({"product": "blue widget", "quantity": "5", "operation": "set"}),
                widget(),
                json!([96, 5]),
            ),
        ),
        (
            "shall I stop",
            "confirm",
            confirm(
                "stop_agent",
                json!({"agent": "all"}),
                Value::Null,
                Value::Null,
            ),
        ),
        (
            "under way",
            "under_way",
            json!({"jobs": [
                {"intent": "generate_report", "about": "sales", "running": true, "since": AT},
                {"intent": "reorder_stock", "about": "WID_1001", "running": false, "since": AT},
                {"intent": "daily_digest", "about": null, "running": false, "since": AT},
            ], "as_of": AT}),
        ),
        (
            "nothing under way",
            "under_way",
            json!({"jobs": [], "as_of": AT}),
        ),
        ("last page", "list_end", json!({"last": true, "lines": 12})),
        (
            "first page",
            "list_end",
            json!({"last": false, "lines": 12}),
        ),
        (
            "personas",
            "persona_list",
            json!({"current": null, "because": null, "personas": ["streamliner", "navigator", "hub", "spring", "processor"]}),
        ),
        (
            "personas, one",
            "persona_list",
            json!({"current": "spring", "because": "takes_lessons", "personas": ["streamliner", "navigator", "hub", "spring", "processor"]}),
        ),
        (
            "persona, first",
            "persona_changed",
            json!({"persona": "navigator", "before": null}),
        ),
        (
            "persona, auto",
            "persona_changed",
            json!({"persona": null, "before": "hub"}),
        ),
        (
            "persona, the same",
            "persona_changed",
            json!({"persona": "hub", "before": "hub"}),
        ),
        ("hello", "courtesy", json!({"kind": "greeting"})),
        ("thanks", "courtesy", json!({"kind": "thanks"})),
        ("goodbye", "courtesy", json!({"kind": "farewell"})),
        (
            "yes to nothing",
            "courtesy",
            json!({"kind": "nothing_waits"}),
        ),
        ("left", "declined", json!({"intent": "reorder_stock"})),
        (
            "taken back",
            "undone",
            json!({"intent": "update_stock", "subject": "WID-1001", "change": [5, 96], "as_of": AT}),
        ),
        (
            "nothing to take back",
            "not_undone",
            json!({"reason": "nothing"}),
        ),
        (
            "taken back before",
            "not_undone",
            json!({"reason": "already"}),
        ),
        (
            "too late",
            "not_undone",
            json!({"reason": "too_late", "minutes": 10}),
        ),
        ("overtaken", "not_undone", json!({"reason": "overtaken"})),
        (
            "cancelled",
            "cancelled",
            json!({"intent": "generate_report"}),
        ),
        ("nothing to cancel", "cancelled", json!({"intent": null})),
        ("unclear", "dropped", json!({"intent": "reorder_stock"})),
        ("late yes", "expired", json!({"what": "confirmation"})),
        ("late word", "expired", json!({"what": "question"})),
        ("late number", "expired", json!({"what": "list"})),
        ("no such line", "no_such_line", json!({"lines": 5})),
        ("only one line", "no_such_line", json!({"lines": 1})),
        pick(
            "which_intent",
            json!({"options": ["check_inventory", "supplier_performance", "view_alerts"]}),
        ),
        pick(
            "which_location",
            json!({"product": widget(), "locations": ["Main Warehouse", "Toronto *east*"]}),
        ),
        (
            "two left",
            "one_at_a_time",
            json!({"later": ["update_stock", "stop_agent"]}),
        ),
        (
            "one left",
            "one_at_a_time",
            json!({"later": ["update_stock"]}),
        ),
    ]
}
