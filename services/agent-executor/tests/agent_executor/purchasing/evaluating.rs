//! check_supplier, supplier_performance and the evaluation of all.

use wharf_domain::{
    agent::AgentType,
    contracts::{
        ReplyContent,
        answers::{SupplierInfo, SupplierPerformance, Trend},
    },
    entities::EntityName,
    ids::named,
    intent::IntentType,
};

use super::shop::{Shop, company, product, supplier};

/// An open order of widgets, placed on 1 March or a month before it was due if that is earlier.
pub(super) fn order(number: i64, supplier_name: &str, expected_on: &str, units: i64) -> String {
    let (company, id) = (company(), named(&format!("order:{number}")));
    format!(
        "INSERT INTO purchase_orders (id, company_id, number, supplier_id, state, currency,
             created_at, confirmed_at, expected_on)
           VALUES ('{id}', '{company}', {number}, '{}', 'confirmed', 'EUR', now(),
             least('2026-03-01T12:00:00Z', timestamptz '{expected_on}' - interval '30 days'),
             '{expected_on}');
         INSERT INTO purchase_order_lines
           VALUES ('{company}', '{id}', 1, '{}', {units}, 2.50);",
        supplier(supplier_name),
        product("WID-1"),
    )
}

fn facts(content: ReplyContent) -> SupplierInfo {
    match content {
        ReplyContent::SupplierInfo(facts) => facts,
        other => panic!("no facts: {other:?}"),
    }
}

async fn check(shop: &Shop, said: &[(EntityName, &str)]) -> ReplyContent {
    shop.ask(1, IntentType::CheckSupplier, said).await
}

#[tokio::test]
async fn a_supplier_with_what_it_sells_and_what_has_not_come() {
    let shop = Shop::open().await;
    // Today is 18 March; the order of 12 March is half there.
    for (number, day) in [(7, "2026-03-18"), (8, "2026-03-12"), (9, "2026-04-01")] {
        shop.db.run_sql(&order(number, "acme", day, 10)).await;
    }
    shop.deliver(8, "2026-03-11T08:00:00Z", 5, 0).await;
    let facts = facts(check(&shop, &[(EntityName::Supplier, "acme")]).await);
    assert_eq!((facts.product, facts.as_of), (None, shop.now));
    let [acme] = &facts.suppliers[..] else {
        panic!("one of that name");
    };
    assert_eq!((acme.name.as_str(), acme.active), ("Acme Industrial", true));
    assert_eq!(acme.contact_name.as_deref(), Some("Ann Lee"));
    assert_eq!(acme.email.as_deref(), Some("ann@acme.example"));
    assert_eq!(acme.phone.as_deref(), Some("+15550199001"));
    assert_eq!(acme.payment_terms.as_deref(), Some("30 days net"));
    assert_eq!(acme.lead_time_days, Some(9));
    let supplies: Vec<_> = acme
        .supplies
        .iter()
        .map(|line| {
            (
                line.sku.as_str(),
                line.unit_price.to_string(),
                line.lead_time_days,
            )
        })
        .collect();
    let expected = [
        ("BLT-2", "EUR 0.01".to_owned(), Some(9)),
        ("WID-1", "EUR 2.50".to_owned(), Some(7)),
    ];
    assert_eq!(supplies, expected);
    assert_eq!(acme.product_count, 2);
    let open: Vec<_> = acme
        .open_orders
        .iter()
        .map(|order| {
            (
                order.order.as_str(),
                order.days_late,
                order.total.to_string(),
            )
        })
        .collect();
    let total = "EUR 25.00".to_owned();
    let expected = [
        ("PO-8", 6, total.clone()),
        ("PO-7", 0, total.clone()),
        ("PO-9", 0, total),
    ];
    assert_eq!(open, expected);
    assert_eq!(acme.open_order_count, 3);
}

#[tokio::test]
async fn who_supplies_a_product_the_preferred_first() {
    let shop = Shop::open().await;
    let facts = facts(check(&shop, &[(EntityName::Product, "widgets")]).await);
    assert_eq!(facts.product.unwrap().sku, "WID-1");
    let rows: Vec<_> = facts
        .suppliers
        .iter()
        .map(|row| {
            (
                row.name.as_str(),
                row.preferred,
                row.supplies[0].lead_time_days,
            )
        })
        .collect();
    let expected = [
        ("Acme Industrial", true, Some(7)),
        ("Nordic Supply", false, Some(12)),
    ];
    assert_eq!(rows, expected);
    assert!(facts.suppliers.iter().all(|row| row.supplies.len() == 1));
    assert_eq!(facts.suppliers[0].product_count, 2);
}

#[tokio::test]
async fn what_is_not_there_is_said() {
    let shop = Shop::open().await;
    let ReplyContent::NoSupplier(nobody) = check(&shop, &[(EntityName::Sku, "GLV-3")]).await else {
        panic!("nobody sells it");
    };
    assert_eq!((nobody.name.as_str(), nobody.supplier), ("Glove", None));
    let unknown = check(&shop, &[(EntityName::Supplier, "nordik suply")]).await;
    let ReplyContent::SupplierNotFound(unknown) = unknown else {
        panic!("there is no such supplier");
    };
    assert_eq!(unknown.nearest, ["Nordic Supply"]);
    let product = check(&shop, &[(EntityName::Product, "submarine")]).await;
    assert!(matches!(product, ReplyContent::ProductNotFound { .. }));
    // A supplier that is named, with a product that it does not sell.
    let said = [(EntityName::Supplier, "nordic"), (EntityName::Sku, "BLT-2")];
    let facts = facts(check(&shop, &said).await);
    assert_eq!(
        (facts.suppliers.len(), facts.suppliers[0].supplies.len()),
        (1, 0)
    );
}

async fn compare(shop: &Shop, said: &[(EntityName, &str)]) -> SupplierPerformance {
    match shop.ask(1, IntentType::SupplierPerformance, said).await {
        ReplyContent::SupplierPerformance(figures) => figures,
        other => panic!("no figures: {other:?}"),
    }
}

/// February: Acme whole and in time. March so far: Acme one in time, one late with 4 of 20 bad;
/// Nordic one in time.
async fn season(shop: &Shop) {
    for (number, name, due, came, bad) in [
        (1, "acme", "2026-02-10", "2026-02-10", 0),
        (2, "acme", "2026-03-05", "2026-03-04", 0),
        (3, "acme", "2026-03-06", "2026-03-09", 4),
        (4, "nordic", "2026-03-06", "2026-03-06", 0),
    ] {
        shop.db.run_sql(&order(number, name, due, 20)).await;
        shop.deliver(number, &format!("{came}T08:00:00Z"), 20, bad)
            .await;
    }
}

#[tokio::test]
async fn a_ranking_with_the_period_before() {
    let shop = Shop::open().await;
    season(&shop).await;
    shop.db
        .run_sql(&format!(
            "INSERT INTO suppliers (company_id, name) VALUES ('{}', 'Newcomer')",
            company()
        ))
        .await;
    let march = [(EntityName::DateRange, "2026-03-01..2026-03-28")];
    let figures = compare(&shop, &march).await;
    assert_eq!(figures.period.to.to_string(), "2026-03-28");
    assert_eq!(figures.before.from.to_string(), "2026-02-01");
    assert_eq!((figures.ranked, figures.as_of), (2, shop.now));
    let [nordic, acme, newcomer] = &figures.suppliers[..] else {
        panic!("three suppliers");
    };
    assert_eq!(
        (nordic.name.as_str(), nordic.rank),
        ("Nordic Supply", Some(1))
    );
    assert_eq!((nordic.score, nordic.trend), (Some(100.0), Trend::Unknown));
    assert_eq!((acme.rank, acme.orders), (Some(2), 2));
    assert_eq!(acme.on_time_percent, Some(50.0));
    assert_eq!(acme.quality_percent, Some(90.0));
    assert_eq!(acme.fill_percent, Some(100.0));
    // Placed 30 days before 5 and 6 March, on 3 and 4 February: 29 and 33 days.
    assert_eq!(acme.lead_time_days, Some(31.0));
    // .5 x 50 + .3 x 90 + .2 x 100, after 100 in February.
    assert_eq!((acme.score, acme.trend), (Some(72.0), Trend::Down));
    assert_eq!(
        (newcomer.rank, newcomer.score, newcomer.orders),
        (None, None, 0)
    );
    assert_eq!(newcomer.on_time_percent, None);
}

#[tokio::test]
async fn one_supplier_keeps_its_place_and_the_default_is_ninety_days() {
    let shop = Shop::open().await;
    season(&shop).await;
    let figures = compare(&shop, &[(EntityName::Supplier, "acme")]).await;
    assert_eq!(figures.period.from.to_string(), "2025-12-19");
    assert_eq!((figures.period.days(), figures.ranked), (90, 2));
    let [acme] = &figures.suppliers[..] else {
        panic!("one of that name");
    };
    assert_eq!(
        (acme.rank, acme.orders, acme.trend),
        (Some(2), 3, Trend::Unknown)
    );
    let unknown = [(EntityName::Supplier, "zzz")];
    let unknown = shop.ask(2, IntentType::SupplierPerformance, &unknown).await;
    assert!(matches!(unknown, ReplyContent::SupplierNotFound(_)));
}

#[tokio::test]
async fn the_evaluation_of_all_counts_those_that_are_often_late() {
    let shop = Shop::open().await;
    season(&shop).await;
    let report = shop.job(1, AgentType::SupplierEvaluator).await;
    let counts: Vec<_> = report
        .counts
        .iter()
        .map(|(name, count)| (name.as_str(), *count))
        .collect();
    // Acme: two of three.
    let expected = [
        ("suppliers_evaluated", 2),
        ("suppliers_ranked", 2),
        ("suppliers_often_late", 1),
    ];
    assert_eq!(counts, expected);
}
