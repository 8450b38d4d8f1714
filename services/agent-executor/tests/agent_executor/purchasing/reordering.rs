//! reorder_stock: who, how many, at once or after a yes.

use wharf_domain::{
    agent::AgentType,
    contracts::{
        ReplyContent, Step,
        answers::{QuantityReason, ReorderState},
    },
    dialogue::DialogueState,
    entities::EntityName,
    intent::IntentType,
};

use super::shop::{Shop, at, execution, ordered, run, supplier};

const WIDGET: (EntityName, &str) = (EntityName::Sku, "WID-1");

fn units(count: &str) -> (EntityName, &str) {
    (EntityName::Quantity, count)
}

fn from(supplier: &str) -> (EntityName, &str) {
    (EntityName::Supplier, supplier)
}

#[tokio::test]
async fn what_is_missing_to_the_target_is_drafted_and_asked_about() {
    let shop = Shop::open().await;
    let order = ordered(shop.reorder(1, &[WIDGET]).await);
    // Reorder point 100 and 28 days at 10: target 380. 80 are there: 300 are missing, in packs
    // of 16 that is 304, at 2.50.
    assert_eq!(order.quantity, 304);
    assert_eq!(
        order.quantity_reason,
        QuantityReason::UpToTarget { target: 380 }
    );
    assert_eq!(order.unit_price.to_string(), "EUR 2.50");
    assert_eq!(order.total.to_string(), "EUR 760.00");
    assert_eq!(
        (order.state, order.order.as_str()),
        (ReorderState::Draft, "PO-1001")
    );
    assert_eq!((order.in_stock, order.on_order), (80, 0));
    assert_eq!(order.reorder_point, Some(100));
    assert_eq!(order.expected_on, "2026-03-25".parse().ok());
    assert_eq!((order.undo_until, order.location), (None, None));
    assert_eq!(order.as_of, shop.now);
    // .4 x 2.40/2.50 + .2 + .25 x .5 + .15 = .859 against .4 + .2 x 8/13 + .25 x .5 = .648
    let acme = &order.supplier;
    assert_eq!(
        (acme.name.as_str(), acme.preferred),
        ("Acme Industrial", true)
    );
    assert_eq!(
        (acme.minimum_quantity, acme.pack_size),
        (Some(10), Some(16))
    );
    assert_eq!((acme.lead_time_days, acme.on_time_percent), (Some(7), None));
    let others: Vec<_> = order
        .others
        .iter()
        .map(|other| other.name.as_str())
        .collect();
    assert_eq!(others, ["Nordic Supply"]);
    assert_eq!(order.others[0].lead_time_days, Some(12));

    let Some(DialogueState::Confirming(pending)) = shop.waits_for().await else {
        panic!("it asks");
    };
    assert_eq!(pending.intent, IntentType::ReorderStock);
    assert_eq!(pending.agent, AgentType::PurchaseOptimizer);
    assert_eq!(
        (pending.asked, pending.has_draft),
        (Some(execution(1)), true)
    );
    assert_eq!(pending.entities.get(EntityName::Sku), Some("WID-1"));
    assert_eq!(
        (shop.orders("draft").await, shop.orders("confirmed").await),
        (1, 0)
    );
    assert_eq!(shop.db.rows("effects").await, 0);
}

#[tokio::test]
async fn a_yes_places_the_draft_and_a_second_yes_nothing_more() {
    let mut shop = Shop::open().await;
    shop.reorder(1, &[WIDGET]).await;
    shop.now = at("2026-03-19T15:00:00Z");
    let yes = Step::Confirmed {
        asked: Some(execution(1)),
    };
    let placed = ordered(shop.step(2, yes).await);
    assert_eq!(
        (placed.state, placed.order.as_str()),
        (ReorderState::Placed, "PO-1001")
    );
    assert_eq!(
        placed.quantity_reason,
        QuantityReason::UpToTarget { target: 380 }
    );
    assert_eq!(placed.expected_on, "2026-03-26".parse().ok());
    assert_eq!(placed.undo_until, Some(at("2026-03-19T15:10:00Z")));
    assert_eq!((placed.quantity, placed.on_order), (304, 0));

    let again = ordered(shop.step(3, yes).await);
    assert_eq!(
        (again.state, again.undo_until),
        (ReorderState::Placed, None)
    );
    assert_eq!((again.quantity, again.on_order), (304, 0));
    assert_eq!(
        (
            shop.orders("confirmed").await,
            shop.db.rows("purchase_orders").await
        ),
        (1, 1)
    );
    assert_eq!(shop.db.rows("effects").await, 1);
}

#[tokio::test]
async fn of_two_people_who_say_yes_at_once_one_places_it() {
    let shop = Shop::open().await;
    shop.reorder(1, &[WIDGET]).await;
    let yes = Step::Confirmed {
        asked: Some(execution(1)),
    };
    let mut tries = Vec::new();
    for number in [2, 3, 4] {
        let intent = IntentType::ReorderStock;
        let request = shop.request(number, intent, yes, &[WIDGET]).await;
        let store = shop.store.clone();
        tries.push(tokio::spawn(async move { run(&store, &request).await }));
    }
    let mut placed = 0;
    for one in tries {
        let order = ordered(one.await.unwrap());
        assert_eq!(order.state, ReorderState::Placed);
        placed += i32::from(order.undo_until.is_some());
    }
    assert_eq!((placed, shop.orders("confirmed").await), (1, 1));
    assert_eq!(shop.db.rows("effects").await, 1);
}

#[tokio::test]
async fn a_no_drops_the_draft_and_a_later_yes_says_so() {
    let shop = Shop::open().await;
    shop.reorder(1, &[WIDGET]).await;
    let dropped = ordered(
        shop.step(
            2,
            Step::Declined {
                asked: execution(1),
            },
        )
        .await,
    );
    assert_eq!(
        (dropped.state, dropped.undo_until),
        (ReorderState::Cancelled, None)
    );
    assert_eq!(
        (
            shop.orders("cancelled").await,
            shop.db.rows("purchase_orders").await
        ),
        (1, 1)
    );
    let yes = Step::Confirmed {
        asked: Some(execution(1)),
    };
    assert_eq!(
        ordered(shop.step(3, yes).await).state,
        ReorderState::Cancelled
    );
    assert_eq!(shop.orders("confirmed").await, 0);
}

#[tokio::test]
async fn more_than_was_said_is_asked_about_once_however_little_it_costs() {
    let mut shop = Shop::open().await;
    let said = [WIDGET, units("20")];
    let order = ordered(shop.reorder(1, &said).await);
    // Two packs of 16.
    assert_eq!((order.state, order.quantity), (ReorderState::Draft, 32));
    assert_eq!(
        order.quantity_reason,
        QuantityReason::AskedRounded { asked: 20 }
    );
    assert_eq!(order.total.to_string(), "EUR 80.00");
    assert_eq!(shop.orders("confirmed").await, 0);
    let Some(DialogueState::Confirming(pending)) = shop.waits_for().await else {
        panic!("it asks");
    };
    assert_eq!(
        (pending.asked, pending.has_draft),
        (Some(execution(1)), true)
    );
    // The yes was to both quantities: it places the draft and asks nothing more.
    shop.now = at("2026-03-18T15:05:00Z");
    let yes = Step::Confirmed {
        asked: Some(execution(1)),
    };
    let intent = IntentType::ReorderStock;
    let request = shop.request(2, intent, yes, &said).await;
    let placed = ordered(run(&shop.store, &request).await);
    assert_eq!((placed.state, placed.quantity), (ReorderState::Placed, 32));
    assert_eq!(
        placed.quantity_reason,
        QuantityReason::AskedRounded { asked: 20 }
    );
    assert_eq!(shop.orders("confirmed").await, 1);
}

/// nlp's question names what the user said, not what the supplier makes of it.
#[tokio::test]
async fn a_yes_to_the_said_quantity_is_no_yes_to_more() {
    let shop = Shop::open().await;
    let intent = IntentType::ReorderStock;
    let yes = Step::Confirmed { asked: None };
    let request = shop.request(1, intent, yes, &[WIDGET, units("20")]).await;
    let order = ordered(run(&shop.store, &request).await);
    assert_eq!((order.state, order.quantity), (ReorderState::Draft, 32));
    let request = shop.request(2, intent, yes, &[WIDGET, units("32")]).await;
    let order = ordered(run(&shop.store, &request).await);
    assert_eq!((order.state, order.quantity), (ReorderState::Placed, 32));
}

#[tokio::test]
async fn a_small_order_is_placed_at_once_as_it_was_said() {
    let shop = Shop::open().await;
    let place = (EntityName::Location, "south");
    let order = ordered(shop.reorder(1, &[WIDGET, units("32"), place]).await);
    assert_eq!((order.state, order.quantity), (ReorderState::Placed, 32));
    assert_eq!(order.quantity_reason, QuantityReason::Asked);
    assert_eq!(order.total.to_string(), "EUR 80.00");
    assert_eq!(order.location.as_deref(), Some("The south"));
    assert_eq!(order.undo_until, Some(at("2026-03-18T15:10:00Z")));
    assert_eq!(shop.orders("confirmed").await, 1);
    assert_eq!(shop.waits_for().await, None);
    let exact = ordered(shop.reorder(2, &[WIDGET, units("48")]).await);
    assert_eq!(
        (exact.quantity, exact.quantity_reason),
        (48, QuantityReason::Asked)
    );
    assert_eq!((exact.order.as_str(), exact.on_order), ("PO-1002", 32));
}

#[tokio::test]
async fn the_same_execution_again_is_the_same_order() {
    let shop = Shop::open().await;
    let first = ordered(shop.reorder(1, &[WIDGET, units("32")]).await);
    let again = ordered(shop.reorder(1, &[WIDGET, units("32")]).await);
    assert_eq!((first.order, first.state), (again.order, again.state));
    assert_eq!(shop.db.rows("purchase_orders").await, 1);
    assert_eq!(shop.db.rows("effects").await, 1);
}

#[tokio::test]
async fn a_minimum_far_above_what_is_wanted_sends_to_another_supplier() {
    let shop = Shop::open().await;
    // Acme's least would be 16, more than twice 5.
    let order = ordered(shop.reorder(1, &[WIDGET, units("5")]).await);
    assert_eq!(
        (order.supplier.name.as_str(), order.quantity),
        ("Nordic Supply", 5)
    );
    assert_eq!(order.state, ReorderState::Placed);
    // Named all the same, it is asked about, however little it costs.
    let order = ordered(shop.reorder(2, &[WIDGET, units("5"), from("acme")]).await);
    assert_eq!(
        (order.supplier.name.as_str(), order.quantity),
        ("Acme Industrial", 16)
    );
    assert_eq!(
        (order.state, order.total.to_string().as_str()),
        (ReorderState::Draft, "EUR 40.00")
    );
}

#[tokio::test]
async fn more_than_sells_in_long_is_asked_about_however_cheap() {
    let shop = Shop::open().await;
    let bolt = (EntityName::Sku, "BLT-2");
    // 2 a day: 355 and the 5 there last 180 days, one more pair lasts 181.
    let order = ordered(shop.reorder(1, &[bolt, units("355")]).await);
    assert_eq!(order.state, ReorderState::Placed);
    shop.db
        .run_sql("UPDATE purchase_orders SET state = 'cancelled', cancelled_at = now()")
        .await;
    let order = ordered(shop.reorder(2, &[bolt, units("357")]).await);
    assert_eq!(
        (order.state, order.total.to_string().as_str()),
        (ReorderState::Draft, "EUR 3.57")
    );
    let order = ordered(shop.reorder(3, &[bolt, units("9223372036854775807")]).await);
    assert_eq!(
        (order.state, order.quantity),
        (ReorderState::Draft, i64::MAX)
    );
}

#[tokio::test]
async fn another_currency_is_always_asked_about() {
    let shop = Shop::open().await;
    let lamp = (EntityName::Product, "lamp");
    let order = ordered(shop.reorder(1, &[lamp, units("2")]).await);
    assert_eq!(
        (order.state, order.total.to_string().as_str()),
        (ReorderState::Draft, "USD 6.00")
    );
}

#[tokio::test]
async fn enough_is_said_with_the_figures() {
    let shop = Shop::open().await;
    shop.reorder(1, &[WIDGET]).await;
    let yes = Step::Confirmed {
        asked: Some(execution(1)),
    };
    shop.step(2, yes).await;
    let ReplyContent::ReorderNotNeeded(enough) = shop.reorder(3, &[WIDGET]).await else {
        panic!("384 of 380 are there or on order");
    };
    assert_eq!(
        (enough.in_stock, enough.on_order, enough.target),
        (80, 304, 380)
    );
    assert_eq!((enough.reorder_point, enough.as_of), (Some(100), shop.now));
    assert_eq!(shop.db.rows("purchase_orders").await, 1);
    // Who says how many gets them.
    let more = ordered(shop.reorder(4, &[WIDGET, units("16")]).await);
    assert_eq!((more.quantity, more.on_order), (16, 304));
}

#[tokio::test]
async fn of_two_who_reorder_at_once_the_second_hears_of_the_first() {
    let mut shop = Shop::open().await;
    shop.limits.confirm_order_total = 1_000;
    let mut tries = Vec::new();
    for number in [1, 2] {
        let intent = IntentType::ReorderStock;
        let request = shop.request(number, intent, Step::Ask, &[WIDGET]).await;
        let store = shop.store.clone();
        tries.push(tokio::spawn(async move { run(&store, &request).await }));
    }
    let mut enough = 0;
    for one in tries {
        match one.await.unwrap() {
            ReplyContent::ReorderNotNeeded(_) => enough += 1,
            other => assert_eq!(ordered(other).state, ReorderState::Placed),
        }
    }
    assert_eq!((enough, shop.orders("confirmed").await), (1, 1));
}

#[tokio::test]
async fn the_economic_quantity_when_it_is_more() {
    let mut shop = Shop::open().await;
    shop.limits.order_cost = 50.0;
    shop.limits.holding_rate = 0.2;
    let order = ordered(shop.reorder(1, &[WIDGET]).await);
    // The root of 2 x 3650 x 50 / (.2 x 2.50) is 854.4; 54 packs of 16.
    assert_eq!(
        (order.quantity, order.quantity_reason),
        (864, QuantityReason::Economic)
    );
    shop.limits.holding_rate = 1.0;
    // The root of 2 x 3650 x 50 / 2.50 is 382.1: 24 packs, and still more than 300.
    let order = ordered(shop.reorder(2, &[WIDGET]).await);
    assert_eq!(
        (order.quantity, order.quantity_reason),
        (384, QuantityReason::Economic)
    );
    shop.limits.order_cost = 10.0;
    // 170.9: less than is missing.
    let order = ordered(shop.reorder(3, &[WIDGET]).await);
    assert_eq!(
        order.quantity_reason,
        QuantityReason::UpToTarget { target: 380 }
    );
}

#[tokio::test]
async fn how_many_is_asked_when_nothing_says_it() {
    let shop = Shop::open().await;
    let missing = ReplyContent::MissingEntity {
        entity: EntityName::Quantity,
    };
    for (number, said) in [
        (1, vec![(EntityName::Product, "lamp")]),
        (2, vec![WIDGET, units("0")]),
        (3, vec![WIDGET, units("99999999999999999999")]),
    ] {
        assert_eq!(shop.reorder(number, &said).await, missing, "{said:?}");
        let Some(DialogueState::Asking(form)) = shop.waits_for().await else {
            panic!("it asks");
        };
        assert_eq!(form.missing, EntityName::Quantity);
    }
    assert_eq!(shop.db.rows("purchase_orders").await, 0);
}

#[tokio::test]
async fn without_a_supplier_it_says_so_and_names_those_who_sell_it() {
    let shop = Shop::open().await;
    let glove = (EntityName::Product, "gloves");
    let ReplyContent::NoSupplier(nobody) = shop.reorder(1, &[glove, units("5")]).await else {
        panic!("nobody sells it");
    };
    assert_eq!((nobody.sku.as_str(), nobody.supplier), ("GLV-3", None));
    assert_eq!(nobody.sold_by, Vec::<String>::new());
    let bolt = (EntityName::Sku, "BLT-2");
    let ReplyContent::NoSupplier(other) = shop.reorder(2, &[bolt, from("nordic")]).await else {
        panic!("Nordic does not");
    };
    assert_eq!(other.supplier.as_deref(), Some("Nordic Supply"));
    assert_eq!(other.sold_by, ["Acme Industrial"]);
    let ReplyContent::SupplierNotFound(unknown) =
        shop.reorder(3, &[bolt, from("acme industriel")]).await
    else {
        panic!("there is no such supplier");
    };
    assert_eq!(
        unknown.nearest.first().map(String::as_str),
        Some("Acme Industrial")
    );
    // One that the company buys from no more.
    shop.db
        .run_sql(&format!(
            "UPDATE suppliers SET active = false WHERE id = '{}'",
            supplier("acme")
        ))
        .await;
    let ReplyContent::NoSupplier(gone) = shop.reorder(4, &[bolt, from("acme")]).await else {
        panic!("not any more");
    };
    assert_eq!(gone.sold_by, Vec::<String>::new());
    assert_eq!(shop.db.rows("purchase_orders").await, 0);
}

#[tokio::test]
async fn a_supplier_that_is_late_loses_to_one_that_is_not() {
    let shop = Shop::open().await;
    // Acme: two orders due, none in time. Nordic: two, both. So Acme has .4 x .96 + .2 + 0 + .15 =
    // .734 and Nordic .4 + .123 + .25 = .773.
    for (number, supplier_name, day) in [
        (1, "acme", "2026-03-09"),
        (2, "acme", "2026-03-09"),
        (3, "nordic", "2026-03-02"),
        (4, "nordic", "2026-03-02"),
    ] {
        shop.db
            .run_sql(&super::evaluating::order(
                number,
                supplier_name,
                "2026-03-05",
                10,
            ))
            .await;
        shop.deliver(number, &format!("{day}T08:00:00Z"), 10, 0)
            .await;
    }
    let order = ordered(shop.reorder(1, &[WIDGET, units("32")]).await);
    assert_eq!(order.supplier.name, "Nordic Supply");
    assert_eq!(order.supplier.on_time_percent, Some(100));
    assert_eq!(order.others[0].on_time_percent, Some(0));
}
