//! inventory_monitor: how much there is, and what is counted, received and taken out.

use wharf_domain::{
    agent::AgentType,
    contracts::{
        AgentErrorKind, InventoryCheckResult, ReplyContent, Step,
        answers::{StockUpdated, Undone, WhyNotUndone},
    },
    entities::EntityName::{Location, Operation, Quantity, Sku},
    ids::named,
    intent::IntentType::{CheckInventory, UpdateStock},
};

use wharf_store::StoreError;

use crate::{
    desk::{Ask, Desk, SAM, ask, at, execution, profile},
    support::TestExecutor,
};

fn checked(content: ReplyContent) -> InventoryCheckResult {
    match content {
        ReplyContent::InventoryCheckResult(result) => result,
        other => panic!("{other:?}"),
    }
}

fn updated(content: ReplyContent) -> StockUpdated {
    match content {
        ReplyContent::StockUpdated(updated) => updated,
        other => panic!("{other:?}"),
    }
}

/// Two weeks that end yesterday, each 10 12 8 10 10 0 20 at Toronto; the supplier delivers in 9
/// days, in twelves, at least 100. The reorder point is worked out in the tests of planning: 118.
async fn sell(desk: &Desk) {
    let product = named("demo:product:WID-1001");
    let (company, place) = (desk.company.id, named("demo:location:Toronto"));
    let supplier = named("supplier");
    desk.db
        .run_sql(&format!(
            "UPDATE products SET reorder_point = NULL, average_daily_demand = NULL WHERE id = '{product}';
             DELETE FROM supplier_products WHERE product_id = '{product}';
             INSERT INTO suppliers (id, company_id, name) VALUES ('{supplier}', '{company}', 'By the dozen');
             INSERT INTO supplier_products (company_id, supplier_id, product_id, unit_price, currency, minimum_quantity, pack_size, lead_time_days, preferred)
               VALUES ('{company}', '{supplier}', '{product}', 2, 'USD', 100, 12, 9, true);
             INSERT INTO sales (company_id, product_id, location_id, sold_on, requested, quantity, unit_price)
               SELECT '{company}', '{product}', '{place}', DATE '2026-03-17' - day,
                 (ARRAY[20,0,10,10,8,12,10])[day % 7 + 1], 0, 5
               FROM generate_series(0, 13) AS day"
        ))
        .await;
}

#[tokio::test]
async fn a_reorder_point_is_computed_from_sales_and_lead_time() {
    let desk = Desk::open().await;
    sell(&desk).await;
    desk.db
        .run_sql("UPDATE stock_levels SET quantity = 17")
        .await;
    let question = ask("1", CheckInventory, &[(Sku, "WID-1001")]);
    let result = checked(desk.run(question).await);
    assert_eq!(result.quantity, 51);
    assert_eq!(result.reorder_point, Some(118));
    assert!(result.reorder_point_computed);
    assert_eq!(result.safety_stock, Some(28));
    assert_eq!(result.lead_time_days, Some(9));
    assert_eq!(result.daily_demand, Some(10.0));
    assert_eq!(result.coverage_days, Some(5));
    // Up to 118 + 28 days of 10 = 398: 347 are missing, 29 dozen are 348.
    assert_eq!((result.on_order, result.suggested_order), (0, Some(348)));
    assert_eq!(result.as_of, at(0));

    // 60 on order make 111, still not above 118: 287, in dozens 288.
    let product = named("demo:product:WID-1001");
    let order = named("order");
    desk.db
        .run_sql(&format!(
            "INSERT INTO purchase_orders (id, company_id, number, supplier_id, state, currency, created_at, confirmed_at, expected_on)
               SELECT '{order}', company_id, 1, supplier_id, 'confirmed', 'USD', '2026-03-16T03:00Z', '2026-03-16T03:00Z', '2026-03-25'
               FROM supplier_products WHERE product_id = '{product}';
             INSERT INTO purchase_order_lines (company_id, order_id, line, product_id, quantity, unit_price)
               VALUES ('{}', '{order}', 1, '{product}', 60, 2);
             UPDATE products SET last_reorder_on = '2026-01-02'",
            desk.company.id
        ))
        .await;
    let question = ask("2", CheckInventory, &[(Sku, "WID-1001")]);
    let result = checked(desk.run(question).await);
    assert_eq!((result.on_order, result.suggested_order), (60, Some(288)));
    // The evening before, in New York.
    assert_eq!(result.last_reorder, "2026-03-15".parse().ok());
}

#[tokio::test]
async fn a_set_reorder_point_goes_first_and_what_is_not_known_is_said() {
    let desk = Desk::open().await;
    let question = ask("1", CheckInventory, &[(Sku, "WID-1001")]);
    let result = checked(desk.run(question).await);
    assert_eq!((result.quantity, result.reorder_point), (225, Some(120)));
    assert!(!result.reorder_point_computed);
    // The stated average says how long it lasts, but not how much days differ.
    assert_eq!(
        (result.coverage_days, result.safety_stock),
        (Some(23), None)
    );
    assert_eq!(result.suggested_order, None);

    desk.db
        .run_sql("UPDATE products SET reorder_point = NULL, average_daily_demand = NULL")
        .await;
    let question = ask("2", CheckInventory, &[(Sku, "WID-1001")]);
    let result = checked(desk.run(question).await);
    assert_eq!((result.reorder_point, result.coverage_days), (None, None));
    assert_eq!(result.below_reorder_point(), None);
}

fn update<'a>(
    id: &'a str,
    operation: &'a str,
    quantity: &'a str,
    place: Option<&'a str>,
) -> Ask<'a> {
    let mut entities = vec![(Sku, "WID-1001"), (Quantity, quantity)];
    if !operation.is_empty() {
        entities.push((Operation, operation));
    }
    entities.extend(place.map(|place| (Location, place)));
    ask(id, UpdateStock, &entities)
}

#[tokio::test]
async fn receipts_issues_and_counts_are_movements() {
    let desk = Desk::open().await;
    for (id, operation, quantity, kind, before, after) in [
        ("1", "add", "5", "receipt", 41, 46),
        ("2", "remove", "6", "issue", 46, 40),
        ("3", "set", "44", "count", 40, 44),
    ] {
        let update = update(id, operation, quantity, Some("toronto"));
        let told = updated(desk.run(update.clone()).await);
        assert_eq!((told.before, told.after), (before, after));
        assert_eq!(
            (told.location.as_str(), told.operation.as_str()),
            ("Toronto", operation)
        );
        assert_eq!(told.total, 225 - 41 + after);
        assert_eq!((told.reorder_point, told.undo_until), (Some(120), at(10)));
        let row = format!(
            "stock_movements WHERE kind = '{kind}' AND quantity_before = {before}
             AND quantity_after = {after} AND execution_id = '{}' AND profile_id = '{}'
             AND reason = '{operation} {quantity}'",
            execution(id),
            profile(2)
        );
        desk.rows(&row, 1).await;
        // The same execution again.
        assert_eq!(updated(desk.run(update).await), told);
        desk.rows(&row, 1).await;
    }
    desk.rows("stock_movements", 3).await;
    desk.rows("effects", 3).await;
    desk.rows("audit_log WHERE action = 'done'", 3).await;
    desk.rows("stock_levels WHERE quantity = 44 AND product_id IN (SELECT id FROM products WHERE sku = 'WID-1001')", 1).await;
}

#[tokio::test]
async fn who_is_bound_to_a_place_is_told_nothing_of_the_others() {
    let desk = Desk::open().await;
    desk.db
        .run_sql(
            "INSERT INTO profile_locations (company_id, profile_id, location_id)
             SELECT l.company_id, p.id, l.id FROM locations l JOIN profiles p USING (company_id)
             WHERE l.name = 'Toronto' AND p.display_name = 'Sam Okafor'",
        )
        .await;
    let mut bound = update("1", "add", "5", None);
    bound.person = SAM;
    let told = updated(desk.run(bound.clone()).await);
    assert_eq!((told.location.as_str(), told.before), ("Toronto", 41));
    assert_eq!((told.total, told.reorder_point), (46, Some(30)));
    // The same execution again.
    assert_eq!(updated(desk.run(bound).await), told);
}

#[tokio::test]
async fn an_entity_without_reorder_points_has_one_computed_from_its_sales() {
    let desk = Desk::open().await;
    sell(&desk).await;
    desk.db
        .run_sql(
            "UPDATE stock_levels SET reorder_point = NULL WHERE location_id IN
               (SELECT id FROM locations WHERE name <> 'Rotterdam')",
        )
        .await;
    let question = ask("1", CheckInventory, &[(Sku, "WID-1001")]);
    let points: Vec<_> = checked(desk.run(question).await)
        .entities
        .into_iter()
        .map(|entity| (entity.name, entity.reorder_point))
        .collect();
    // All is sold at Toronto; of the main warehouse no sale is on record.
    let expected = [
        ("Alder & Reed Canada Ltd.", Some(118)),
        ("Alder & Reed Europe B.V.", Some(40)),
        ("Alder & Reed Inc.", None),
    ];
    let expected = expected.map(|(name, point)| (name.to_owned(), point));
    assert_eq!(points, expected);
}

#[tokio::test]
async fn it_asks_where_when_nobody_says() {
    let desk = Desk::open().await;
    let content = desk.run(update("1", "add", "5", None)).await;
    let ReplyContent::WhichLocation { product, locations } = content else {
        panic!("{content:?}");
    };
    assert_eq!(product.sku, "WID-1001");
    assert_eq!(locations, ["Main Warehouse", "Rotterdam", "Toronto"]);
    // Where it is, when it is at one place only.
    desk.db
        .run_sql(&format!(
            "UPDATE stock_levels SET quantity = 0 WHERE location_id <> '{}'",
            named("demo:location:Rotterdam")
        ))
        .await;
    let told = updated(desk.run(update("2", "add", "5", None)).await);
    assert_eq!((told.location.as_str(), told.before), ("Rotterdam", 88));
}

#[tokio::test]
async fn there_is_never_less_than_nothing() {
    let desk = Desk::open().await;
    let content = desk.run(update("1", "remove", "42", Some("toronto"))).await;
    let ReplyContent::NotEnoughStock(answer) = content else {
        panic!("{content:?}");
    };
    assert_eq!((answer.asked, answer.there), (42, 41));
    desk.rows("stock_movements", 0).await;
    desk.rows("effects", 0).await;
}

#[tokio::test]
async fn a_large_change_is_asked_about_and_done_after_a_yes() {
    let desk = Desk::open().await;
    // 21 of 41 are more than half; so is a number without a word what to do with it.
    for (id, operation, quantity, change) in [
        ("1", "remove", "21", (41, 20)),
        ("2", "add", "501", (41, 542)),
        ("3", "", "40", (41, 40)),
    ] {
        let content = desk
            .run(update(id, operation, quantity, Some("toronto")))
            .await;
        let ReplyContent::Confirm(question) = content else {
            panic!("{content:?}");
        };
        assert_eq!(question.change, Some(change));
        assert_eq!(question.expires_at, at(30));
        desk.rows("stock_movements", 0).await;
        desk.rows("dialogues", 1).await;
    }
    let mut yes = update("4", "remove", "21", Some("toronto"));
    yes.step = Step::Confirmed {
        asked: Some(execution("1")),
    };
    assert_eq!(updated(desk.run(yes).await).after, 20);
    let mut no = update("5", "remove", "21", Some("toronto"));
    no.step = Step::Declined {
        asked: execution("1"),
    };
    assert_eq!(
        desk.run(no).await,
        ReplyContent::Declined {
            intent: UpdateStock
        }
    );
    desk.rows("stock_movements", 1).await;
}

#[tokio::test]
async fn undo_is_a_movement_the_other_way() {
    let desk = Desk::open().await;
    desk.run(update("1", "add", "5", Some("toronto"))).await;
    desk.run(update("2", "remove", "10", Some("toronto"))).await;
    let undone = desk.undo("3", UpdateStock, "1", 10).await;
    let expected = Undone {
        intent: UpdateStock,
        subject: "WID-1001".into(),
        change: Some((36, 31)),
        as_of: at(10),
    };
    assert_eq!(undone, ReplyContent::Undone(expected));
    desk.rows("stock_movements", 3).await;
    desk.rows(
        "stock_movements WHERE kind = 'undo' AND reverses IS NOT NULL",
        1,
    )
    .await;
    desk.rows("audit_log WHERE action = 'undone'", 1).await;

    let again = desk.undo("4", UpdateStock, "1", 10).await;
    assert_eq!(again, ReplyContent::NotUndone(WhyNotUndone::Already));
    let late = desk.undo("5", UpdateStock, "2", 11).await;
    let minutes = desk.limits.undo_minutes;
    assert_eq!(
        late,
        ReplyContent::NotUndone(WhyNotUndone::TooLate { minutes })
    );
    let nothing = desk.undo("6", UpdateStock, "3", 10).await;
    assert_eq!(nothing, ReplyContent::NotUndone(WhyNotUndone::Nothing));
    desk.rows("stock_movements", 3).await;
}

#[tokio::test]
async fn what_is_gone_cannot_be_taken_back() {
    let desk = Desk::open().await;
    desk.run(update("1", "add", "5", Some("toronto"))).await;
    desk.db
        .run_sql("UPDATE stock_levels SET quantity = 4")
        .await;
    let undone = desk.undo("2", UpdateStock, "1", 1).await;
    assert_eq!(undone, ReplyContent::NotUndone(WhyNotUndone::Overtaken));
    desk.rows("effects WHERE undone_by IS NOT NULL", 0).await;
    desk.rows("stock_movements", 1).await;
}

#[tokio::test]
async fn two_undos_at_once_take_back_once() {
    let desk = Desk::open().await;
    desk.run(update("1", "add", "5", Some("toronto"))).await;
    let (one, other) = tokio::join!(
        desk.undo("2", UpdateStock, "1", 1),
        desk.undo("3", UpdateStock, "1", 1)
    );
    let already = ReplyContent::NotUndone(WhyNotUndone::Already);
    assert_eq!(
        [&one, &other]
            .iter()
            .filter(|told| ***told == already)
            .count(),
        1
    );
    desk.rows("stock_movements", 2).await;
}

#[tokio::test]
async fn changes_at_once_all_count() {
    let desk = Desk::open().await;
    let ids: Vec<String> = (0..4).map(|number| number.to_string()).collect();
    let all = ids
        .iter()
        .map(|id| desk.run(update(id, "add", "1", Some("toronto"))));
    futures_util::future::join_all(all).await;
    let told = updated(desk.run(update("last", "add", "1", Some("toronto"))).await);
    assert_eq!((told.before, told.after), (45, 46));
}

#[tokio::test]
async fn a_person_sees_and_changes_the_own_places_only() {
    let desk = Desk::open().await;
    desk.db
        .run_sql(&format!(
            "INSERT INTO profile_locations (company_id, profile_id, location_id) VALUES ('{}', '{}', '{}')",
            desk.company.id,
            profile(SAM),
            named("demo:location:Toronto")
        ))
        .await;
    let by_sam = |mut ask: Ask<'static>| {
        ask.person = SAM;
        ask
    };
    let question = by_sam(ask("1", CheckInventory, &[(Sku, "WID-1001")]));
    let result = checked(desk.run(question).await);
    assert_eq!((result.quantity, result.location.as_str()), (41, "Toronto"));
    assert_eq!(
        (result.reorder_point, result.locations.len()),
        (Some(30), 1)
    );
    // The only place: nobody needs to say where.
    let told = updated(desk.run(by_sam(update("2", "add", "5", None))).await);
    assert_eq!(told.location, "Toronto");
    for ask in [
        ask(
            "3",
            CheckInventory,
            &[(Sku, "WID-1001"), (Location, "rotterdam")],
        ),
        update("4", "add", "5", Some("rotterdam")),
    ] {
        let refused = ReplyContent::AgentError {
            kind: AgentErrorKind::Permission,
        };
        assert_eq!(desk.run(by_sam(ask)).await, refused);
    }
    desk.rows("audit_log WHERE action = 'denied'", 2).await;
    desk.rows("stock_movements", 1).await;
    let nowhere = by_sam(update("5", "add", "5", Some("atlantis")));
    let ReplyContent::LocationNotFound { locations, .. } = desk.run(nowhere).await else {
        panic!("there is no Atlantis");
    };
    assert_eq!(locations, ["Toronto"]);
}

#[tokio::test]
async fn the_monitor_notes_the_day_and_counts_what_is_low() {
    let desk = Desk::open().await;
    let report = desk.job(AgentType::InventoryMonitor, 0).await;
    assert_eq!(report.agent, "inventory_monitor");
    let snapshots = desk.db.rows("stock_snapshots").await;
    assert_eq!(snapshots, desk.db.rows("stock_levels").await);
    let names: Vec<_> = report
        .counts
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(
        names,
        [
            "products_checked",
            "at_or_below_reorder_point",
            "reorder_point_not_known"
        ]
    );
    assert_eq!(report.counts[0].1, desk.db.rows("products").await);
    // At once again: nothing more.
    assert_eq!(desk.job(AgentType::InventoryMonitor, 0).await, report);
    desk.rows("stock_snapshots", snapshots).await;
    desk.db
        .run_sql("UPDATE stock_levels SET quantity = 0")
        .await;
    let empty = desk.job(AgentType::InventoryMonitor, 1).await;
    assert!(empty.counts[1].1 > report.counts[1].1);
    desk.rows("stock_snapshots WHERE quantity = 0", snapshots)
        .await;
}

/// Whoever holds the audit log stops the agent after the movement and before its end.
#[tokio::test]
async fn killed_in_the_middle_nothing_is_left_and_repeats_change_stock_once() {
    use diesel_async::SimpleAsyncConnection;
    let mut executor = TestExecutor::start().await;
    let entities = [
        (Sku, "WID-1001"),
        (Operation, "add"),
        (Quantity, "5"),
        (Location, "toronto"),
    ];
    let request = executor.enqueue(1, UpdateStock, &entities).await;
    let holder = executor.db.store().await;
    let (taken, release) = (tokio::sync::Notify::new(), tokio::sync::Notify::new());
    let hold = holder.transaction::<(), StoreError, _>(async |conn| {
        let lock = "LOCK TABLE audit_log IN ACCESS EXCLUSIVE MODE";
        conn.batch_execute(lock).await?;
        taken.notify_one();
        release.notified().await;
        Ok(())
    });
    let test = async {
        taken.notified().await;
        executor.send(&request).await;
        executor.wait_blocked().await;
        executor.kill();
        assert_eq!(executor.db.rows("stock_movements").await, 0);
        let untouched = format!(
            "stock_levels WHERE product_id = '{}' AND quantity = 41",
            named("demo:product:WID-1001")
        );
        assert_eq!(executor.db.rows(&untouched).await, 1);
        executor.restart();
        release.notify_one();
        let first = executor.replies(1).await.remove(0);
        executor.send(&request).await;
        assert!(
            executor
                .replies(2)
                .await
                .iter()
                .all(|reply| *reply == first)
        );
        first
    };
    let (held, reply) = tokio::join!(hold, test);
    held.unwrap();
    let told = updated(reply.body.content);
    assert_eq!((told.before, told.after), (41, 46));
    for table in ["stock_movements", "effects", "audit_log"] {
        assert_eq!(executor.db.rows(table).await, 1, "{table}");
    }
}
