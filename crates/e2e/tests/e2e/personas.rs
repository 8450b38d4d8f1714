//! A text is answered in each persona's words, with the figures of the rows.

use twilio_sim::Kind;
use wharf_e2e::stack::{ANSWER, Service, Stack};
use wharf_testkit::poll;

use crate::{PEOPLE, stack};

/// What the rows say of a product.
struct Facts {
    quantity: i64,
    reorder_point: i64,
    lead_time: i64,
    last_reorder: String,
    days: i64,
    /// Quantity and legal entity of each place, and whether it is above its reorder point.
    entities: Vec<(String, i64, bool)>,
    /// The places that hold any, the fullest first.
    places: String,
}

async fn facts(stack: &Stack, sku: &str) -> Facts {
    let products = stack
        .rows()
        .query(&format!(
            "SELECT p.*, s.lead_time_days AS agreed_lead_time FROM products p
             JOIN supplier_products sp ON sp.product_id = p.id AND sp.preferred
             JOIN suppliers s ON s.id = sp.supplier_id WHERE p.sku = '{sku}'"
        ))
        .await;
    let product = &products[0];
    let stock = stack
        .rows()
        .query(&format!(
            "SELECT l.name AS place, e.name AS entity, s.quantity, s.reorder_point
             FROM stock_levels s JOIN products p ON p.id = s.product_id
             JOIN locations l ON l.id = s.location_id
             JOIN legal_entities e ON e.id = l.legal_entity_id
             WHERE p.sku = '{sku}' ORDER BY s.quantity DESC"
        ))
        .await;
    let number = |value: &serde_json::Value| value.as_i64().unwrap();
    let quantity = stock.iter().map(|row| number(&row["quantity"])).sum();
    let mut entities: Vec<_> = stock
        .iter()
        .map(|row| {
            let (held, point) = (number(&row["quantity"]), number(&row["reorder_point"]));
            (
                row["entity"].as_str().unwrap().to_owned(),
                held,
                held > point,
            )
        })
        .collect();
    entities.sort();
    let places: Vec<_> = stock
        .iter()
        .map(|row| row["place"].as_str().unwrap())
        .collect();
    let demand = product["average_daily_demand"].as_f64().unwrap();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "figures of the demo are small"
    )]
    let days = (quantity as f64 / demand).floor() as i64;
    Facts {
        quantity,
        reorder_point: number(&product["reorder_point"]),
        lead_time: number(&product["agreed_lead_time"]),
        last_reorder: product["last_reorder_on"].as_str().unwrap().to_owned(),
        days,
        entities,
        places: places.join(", "),
    }
}

/// The lines that the answer of each person must hold.
fn expected(person: usize, sku: &str, name: &str, facts: &Facts) -> Vec<String> {
    let above = facts.quantity > facts.reorder_point;
    let units = format!("{} units", facts.quantity);
    match person {
        0 => vec![
            format!("📦 {sku}: {units}"),
            format!("📍 Location: {}", facts.places),
            if above {
                "✅ Stock OK"
            } else {
                "⚠️ Below reorder point!"
            }
            .to_owned(),
        ],
        1 => vec![
            format!("📊 *Inventory Analysis - {sku}*"),
            format!("Current Stock: {units}"),
            format!("Reorder Point: {}", facts.reorder_point),
            format!("Lead Time: {} days", facts.lead_time),
            "*Recommendations:*".to_owned(),
            format!("{} days", facts.days),
        ],
        2 => {
            let mut lines = vec![
                "🏢 *Multi-Entity Inventory Status*".to_owned(),
                format!("Product: {sku}"),
                format!("Total Network: {units}"),
                format!("Network Coverage: {} days", facts.days),
            ];
            lines.extend(facts.entities.iter().map(|(entity, held, above)| {
                format!(
                    "{entity}: {held} units {}",
                    if *above { "✅" } else { "⚠️" }
                )
            }));
            lines
        }
        3 => vec![
            "📚 *Learning Moment: Inventory Check*".to_owned(),
            format!("You checked: {sku}"),
            format!("Result: {units} available"),
            format!("Your reorder point ({}) is calculated", facts.reorder_point),
            "Reply LEARN".to_owned(),
        ],
        4 => vec![
            "[INVENTORY_QUERY_RESULT]".to_owned(),
            format!("SKU: {sku}"),
            format!("Quantity: {}\n", facts.quantity),
            format!("Reorder_Status: {}", if above { "OK" } else { "REQUIRED" }),
            "Query_Time: ".to_owned(),
        ],
        _ => vec![
            format!("📦 *{name}* ({sku})"),
            format!("Stock: {units}"),
            format!("reorder point of {}", facts.reorder_point),
        ],
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stock_is_told_in_each_personas_words_with_the_rows_figures() {
    let stack = stack().start().await;
    let questions = [
        ("stock ABC123", "ABC123", "Adjustable bracket 120 mm"),
        ("stock WID-1001", "WID-1001", "Blue widget"),
        (
            "how many blue widgets do we have",
            "WID-1001",
            "Blue widget",
        ),
    ];
    for (text, sku, name) in questions {
        let facts = facts(&stack, sku).await;
        assert!(!facts.last_reorder.is_empty());
        for (person, phone) in PEOPLE.iter().enumerate() {
            let reply = stack.ask(phone, text).await.reply.text;
            for line in expected(person, sku, name, &facts) {
                assert!(
                    reply.contains(&line),
                    "{phone} asked {text:?}, the answer lacks {line:?}:\n{reply}"
                );
            }
        }
    }

    // Nothing is canned: another row, another answer.
    stack
        .rows()
        .execute(
            "UPDATE stock_levels SET quantity = 1003 WHERE product_id =
             (SELECT id FROM products WHERE sku = 'WID-1001')",
        )
        .await;
    let reply = stack.ask(PEOPLE[0], "stock WID-1001").await.reply.text;
    assert!(reply.contains("📦 WID-1001: 3009 units"), "{reply}");
    stack.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_understood_or_not_complete_is_said_in_each_personas_words() {
    let stack = stack().start().await;
    let cases = [
        (
            "qwxz blorp frumious",
            [
                "❓ Unknown command",
                "📊 *Request not recognised*",
                "🏢 *Request not recognised*",
                "🤔 I'm not sure what you meant!",
                "[UNKNOWN_COMMAND]",
                "I didn't understand that command. Try:",
            ],
        ),
        (
            "check inventory",
            [
                "❓ Which product? SKU or name",
                "📊 *One detail missing*\n\nWhich product would you like to check?",
                "🏢 *One detail missing*\n\nWhich product would you like to check?",
                "🤔 Almost there!\n\nWhich product would you like to check?",
                "[MISSING_ENTITY]\nEntity: product",
                "Which product would you like to check? Please provide the SKU or product name.",
            ],
        ),
    ];
    for (text, answers) in cases {
        for (phone, words) in PEOPLE.iter().zip(answers) {
            let reply = stack.ask(phone, text).await.reply.text;
            assert!(reply.contains(words), "{phone} wrote {text:?}:\n{reply}");
        }
    }
    assert_eq!(
        stack.rows().count("agent_execution_queue").await,
        0,
        "no agent is asked"
    );
    stack.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_acknowledgement_is_twiml_and_callbacks_bring_the_reply_to_delivered() {
    let stack = stack().start().await;
    let exchange = stack.ask(PEOPLE[0], "stock ABC123").await;
    let delivery = &exchange.report.deliveries[0];
    assert_eq!(delivery.status, Some(200));
    assert!(delivery.flags.is_empty(), "{:?}", delivery.flags);
    let lines = stack
        .sim()
        .transcript(Some(PEOPLE[0]), 0, ANSWER)
        .await
        .unwrap();
    let kinds: Vec<Kind> = lines.iter().map(|line| line.kind).collect();
    assert_eq!(kinds[0], Kind::Inbound);
    let acknowledgement = lines.iter().find(|line| line.kind == Kind::TwimlReply);
    assert_eq!(
        acknowledgement.unwrap().text,
        "✅ Message received. Processing your request..."
    );

    let sid = exchange.reply.message_sid.unwrap();
    poll::until(ANSWER, "a reply that is delivered", async || {
        let delivered =
            format!("outbound_messages WHERE message_sid = '{sid}' AND status = 'delivered'");
        stack.rows().count(&delivered).await == 1
    })
    .await;
    // Twilio reports in order, but nobody promises that callbacks are worked on in order.
    poll::until(ANSWER, "all three callbacks", async || {
        let counted = stack
            .metric(Service::Responder, "wharf_status_callbacks_total", &[])
            .await;
        counted >= 3.0
    })
    .await;
    let statuses = stack
        .rows()
        .query("SELECT status FROM message_status_events ORDER BY status")
        .await;
    let statuses: Vec<_> = statuses
        .iter()
        .map(|row| row["status"].as_str().unwrap())
        .collect();
    assert_eq!(statuses, ["delivered", "queued", "sent"]);
    let final_status = "outbound_messages WHERE status = 'delivered'";
    assert_eq!(stack.rows().count(final_status).await, 1, "and stays there");
    poll::until(ANSWER, "a message that is marked as answered", async || {
        let answered = "whatsapp_conversations WHERE response_sent";
        stack.rows().count(answered).await == 1
    })
    .await;
    stack.finish().await;
}
