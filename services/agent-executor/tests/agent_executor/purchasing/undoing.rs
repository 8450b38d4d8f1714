//! UNDO of a placed order.

use wharf_domain::{
    contracts::{
        ReplyContent, Step,
        answers::{ReorderState, Undone, WhyNotUndone},
    },
    entities::EntityName,
    intent::IntentType,
};

use super::shop::{Shop, at, execution, ordered, run};

/// A shop whose execution 1 has placed an order of 32 widgets.
async fn bought() -> Shop {
    let shop = Shop::open().await;
    let said = [(EntityName::Sku, "WID-1"), (EntityName::Quantity, "32")];
    let order = ordered(shop.reorder(1, &said).await);
    assert_eq!(order.state, ReorderState::Placed);
    shop
}

fn undo() -> Step {
    Step::Undo { of: execution(1) }
}

#[tokio::test]
async fn within_its_minutes_the_order_is_cancelled_and_stays_on_record() {
    let mut shop = bought().await;
    shop.now = at("2026-03-18T15:10:00Z");
    let undone = shop.step(2, undo()).await;
    let expected = Undone {
        intent: IntentType::ReorderStock,
        subject: "PO-1001".to_owned(),
        change: None,
        as_of: shop.now,
    };
    assert_eq!(undone, ReplyContent::Undone(expected));
    assert_eq!(
        (
            shop.orders("cancelled").await,
            shop.db.rows("purchase_orders").await
        ),
        (1, 1)
    );
    let note = format!("effects WHERE undone_by = '{}'", execution(2));
    assert_eq!(shop.db.rows(&note).await, 1);
    let again = shop.step(3, undo()).await;
    assert_eq!(again, ReplyContent::NotUndone(WhyNotUndone::Already));
}

#[tokio::test]
async fn after_its_minutes_it_stays() {
    let mut shop = bought().await;
    shop.now = at("2026-03-18T15:10:01Z");
    let late = WhyNotUndone::TooLate { minutes: 10 };
    assert_eq!(shop.step(2, undo()).await, ReplyContent::NotUndone(late));
    assert_eq!(shop.orders("confirmed").await, 1);
}

#[tokio::test]
async fn an_order_of_which_some_has_come_stays() {
    let shop = bought().await;
    shop.deliver(1001, "2026-03-18T15:01:00Z", 1, 0).await;
    let overtaken = ReplyContent::NotUndone(WhyNotUndone::Overtaken);
    assert_eq!(shop.step(2, undo()).await, overtaken);
    assert_eq!(shop.orders("confirmed").await, 1);
    assert_eq!(shop.db.rows("effects WHERE undone_by IS NULL").await, 1);
}

#[tokio::test]
async fn a_draft_is_nothing_to_undo() {
    let shop = Shop::open().await;
    shop.reorder(1, &[(EntityName::Sku, "WID-1")]).await;
    let nothing = ReplyContent::NotUndone(WhyNotUndone::Nothing);
    assert_eq!(shop.step(2, undo()).await, nothing);
    assert_eq!(shop.orders("draft").await, 1);
}

#[tokio::test]
async fn of_two_at_once_one_takes_it_back() {
    let shop = bought().await;
    let mut tries = Vec::new();
    for number in [2, 3, 4] {
        let intent = IntentType::ReorderStock;
        let request = shop.request(number, intent, undo(), &[]).await;
        let store = shop.store.clone();
        tries.push(tokio::spawn(async move { run(&store, &request).await }));
    }
    let mut undone = 0;
    for one in tries {
        match one.await.unwrap() {
            ReplyContent::Undone(_) => undone += 1,
            other => assert_eq!(other, ReplyContent::NotUndone(WhyNotUndone::Already)),
        }
    }
    assert_eq!((undone, shop.orders("cancelled").await), (1, 1));
}
