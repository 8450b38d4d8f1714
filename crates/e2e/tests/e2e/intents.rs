//! Each of the 15 intents from a text on WhatsApp to the reply, with the rows changed as they
//! should be. The person is one who may do everything, in the default wording.

use serde_json::Value;
use wharf_e2e::stack::Stack;

use crate::{PEOPLE, stack};

/// The operations manager.
const MANAGER: &str = PEOPLE[2];
/// Somebody who may only look.
const VIEWER: &str = PEOPLE[5];

/// Writes, says yes when that is asked, and gives the last reply.
async fn carry_out(stack: &Stack, text: &str) -> String {
    let reply = stack.ask(MANAGER, text).await.reply.text;
    if !reply.contains("Reply YES") {
        return reply;
    }
    stack.ask(MANAGER, "yes").await.reply.text
}

async fn one(stack: &Stack, sql: &str) -> Value {
    let mut rows = stack.rows().query(sql).await;
    assert_eq!(rows.len(), 1, "{sql}: {rows:?}");
    rows.remove(0)
}

fn has(reply: &str, words: &[&str]) {
    for word in words {
        assert!(reply.contains(word), "{word:?} is not in:\n{reply}");
    }
}

async fn start() -> Stack {
    let stack = stack().unlimited().history().start().await;
    stack
        .rows()
        .execute("UPDATE profiles SET persona = NULL WHERE display_name = 'Hana Suzuki'")
        .await;
    stack
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stock_is_looked_up_changed_and_ordered() {
    let stack = start().await;
    let toronto = "SELECT quantity FROM stock_levels s JOIN products p ON p.id = s.product_id
                   JOIN locations l ON l.id = s.location_id
                   WHERE p.sku = 'WID-1001' AND l.name = 'Toronto'";
    // check_inventory
    let reply = carry_out(&stack, "stock WID-1001").await;
    has(&reply, &["Blue widget", "225 units"]);

    // update_stock, and back
    let before = one(&stack, toronto).await["quantity"].as_i64().unwrap();
    let reply = carry_out(&stack, "add 5 WID-1001 in toronto").await;
    has(
        &reply,
        &["Toronto", "UNDO", &format!("→ {} units", before + 5)],
    );
    assert_eq!(one(&stack, toronto).await["quantity"], before + 5);
    let movement = "SELECT kind, quantity_before, quantity_after FROM stock_movements
                    WHERE execution_id IS NOT NULL ORDER BY moved_at DESC, id LIMIT 1";
    let row = one(&stack, movement).await;
    assert_eq!(
        (
            &row["kind"],
            &row["quantity_before"],
            &row["quantity_after"]
        ),
        (&"receipt".into(), &before.into(), &(before + 5).into())
    );
    let reply = carry_out(&stack, "undo").await;
    has(&reply, &["Taken back", "WID-1001"]);
    assert_eq!(one(&stack, toronto).await["quantity"], before);
    assert_eq!(one(&stack, movement).await["kind"], "undo");

    // reorder_stock: above the limit it is drafted, and a yes places it
    let reply = stack.ask(MANAGER, "reorder 200 WID-1001").await.reply.text;
    has(&reply, &["Reply YES"]);
    let orders = "SELECT o.state, l.quantity FROM purchase_orders o
                  JOIN purchase_order_lines l ON l.order_id = o.id
                  WHERE o.execution_id IS NOT NULL";
    let reply = carry_out(&stack, "yes").await;
    has(
        &reply,
        &[
            "is placed",
            "200 units",
            "Riverside Widgets",
            "USD 1,640.00",
        ],
    );
    let order = one(&stack, orders).await;
    assert_eq!(
        (&order["state"], &order["quantity"]),
        (&"confirmed".into(), &200.into())
    );
    // The same order again would be a second one: what was asked once is placed once.
    assert_eq!(stack.rows().count("effects").await, 2);
    stack.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn alerts_are_shown_seen_and_closed() {
    let stack = start().await;
    let live = "alerts WHERE state <> 'resolved'";
    // view_alerts: the first look scans.
    let reply = carry_out(&stack, "show alerts").await;
    let count = stack.rows().count(live).await;
    assert!(count > 5, "{count} alerts:\n{reply}");
    has(&reply, &[&format!("{count} active alerts"), "Critical:"]);

    let top = one(
        &stack,
        "SELECT number FROM alerts WHERE state = 'open' ORDER BY number LIMIT 1",
    )
    .await;
    let id = format!("A{}", top["number"]);
    let state = format!("SELECT state FROM alerts WHERE number = {}", top["number"]);
    // a line of the list just shown
    let reply = carry_out(&stack, "1").await;
    has(&reply, &["Alert A", "Raised:"]);
    // acknowledge_alert, twice
    let reply = carry_out(&stack, &format!("ack {id}")).await;
    has(&reply, &[&id, "acknowledged"]);
    assert_eq!(one(&stack, &state).await["state"], "acknowledged");
    let reply = carry_out(&stack, &format!("ack {id}")).await;
    has(&reply, &["already acknowledged", "by you"]);
    // resolve_alert
    let reply = carry_out(&stack, &format!("resolve {id}")).await;
    has(&reply, &[&id, "resolved"]);
    assert_eq!(one(&stack, &state).await["state"], "resolved");
    assert_eq!(stack.rows().count(live).await, count - 1);
    stack.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn figures_digests_and_reports_are_made() {
    let stack = start().await;
    // view_metrics
    let reply = carry_out(&stack, "what was our fill rate last month?").await;
    has(&reply, &["Fill rate", " %", "As of"]);
    // daily_digest
    let reply = carry_out(&stack, "daily digest").await;
    has(&reply, &["Digest", "Alerts:", "As of"]);
    // generate_report: a real file behind the link
    let reply = carry_out(&stack, "sales report for last week").await;
    has(&reply, &["report", "PDF", "View: http"]);
    let report = one(
        &stack,
        "SELECT report_type, format, size_bytes FROM reports",
    )
    .await;
    assert_eq!(
        (&report["report_type"], &report["format"]),
        (&"sales".into(), &"pdf".into())
    );
    let link = reply
        .split_whitespace()
        .find(|word| word.starts_with("http"))
        .unwrap();
    let file = stack.http().get(link).send().await.unwrap();
    assert_eq!(file.status(), 200, "{link}");
    assert_eq!(file.headers()["content-type"], "application/pdf");
    let bytes = file.bytes().await.unwrap();
    assert!(bytes.starts_with(b"%PDF"));
    assert_eq!(report["size_bytes"], bytes.len());
    let forged = link.replace(".pdf", "x.pdf");
    let refused = stack.http().get(forged).send().await.unwrap();
    assert_eq!(refused.status(), 404);
    stack.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn suppliers_are_known_and_judged() {
    let stack = start().await;
    // check_supplier
    let reply = carry_out(&stack, "who supplies WID-1001?").await;
    has(
        &reply,
        &["Riverside Widgets", "Marta Lindqvist", "USD 8.20"],
    );
    // supplier_performance
    let reply = carry_out(&stack, "how is Kestrel Electric performing?").await;
    has(&reply, &["Kestrel Electric", "On time:", "Quality:"]);
    stack.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn agents_are_started_stopped_and_reported_on() {
    let stack = start().await;
    let state = "SELECT state FROM agents WHERE agent_type = 'supplier_evaluator'";
    // stop_agent: a stopped agent refuses work
    let reply = carry_out(&stack, "stop the supplier evaluator").await;
    has(&reply, &["supplier evaluator"]);
    assert_eq!(one(&stack, state).await["state"], "stopped");
    let reply = carry_out(&stack, "who supplies WID-1001?").await;
    has(&reply, &["supplier evaluator is stopped", "Hana Suzuki"]);
    // agent_status
    let reply = carry_out(&stack, "agent status").await;
    has(&reply, &["Supplier evaluator", "stopped"]);
    // run_agent
    let reply = carry_out(&stack, "start the supplier evaluator").await;
    has(&reply, &["supplier evaluator"]);
    assert_eq!(one(&stack, state).await["state"], "active");
    let reply = carry_out(&stack, "who supplies WID-1001?").await;
    has(&reply, &["Riverside Widgets"]);
    assert!(stack.rows().count("agent_runs").await >= 4);
    // help
    let reply = carry_out(&stack, "help").await;
    has(&reply, &["stock", "alerts", "report"]);
    stack.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_may_not_is_told_so_and_nothing_happens() {
    let stack = start().await;
    let reply = stack.ask(VIEWER, "reorder 50 WID-1001").await.reply.text;
    has(
        &reply,
        &["🔒 You don't have permission to perform this action."],
    );
    let reply = stack.ask(VIEWER, "yes").await.reply.text;
    assert!(!reply.contains("placed"), "{reply}");
    let made = "purchase_orders WHERE execution_id IS NOT NULL";
    assert_eq!(stack.rows().count(made).await, 0);
    let denied = one(&stack, "SELECT action, intent_type FROM audit_log").await;
    assert_eq!(
        (&denied["action"], &denied["intent_type"]),
        (&"denied".into(), &"reorder_stock".into())
    );
    stack.finish().await;
}
