//! The demo company: complete, and the same when it is loaded again.

use diesel::{QueryableByName, sql_query, sql_types::Text};
use diesel_async::RunQueryDsl;
use wharf_domain::{address::Address, persona::Persona};
use wharf_store::{OwnerStore, contacts, demo, products};
use wharf_testkit::database::TestDatabase;

use crate::support::{address, at};

async fn load(store: &OwnerStore, minute: i64, reset: bool) -> demo::Loaded {
    store
        .transaction(async |conn| demo::load(conn, at(minute), reset).await)
        .await
        .unwrap()
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// Every row of every table of the demo, but for the moments of insertion.
async fn rows(store: &OwnerStore) -> Vec<String> {
    let mut conn = store.conn().await.unwrap();
    let mut all = Vec::new();
    for table in [
        "companies",
        "profiles",
        "contacts",
        "contact_addresses",
        "legal_entities",
        "locations",
        "products",
        "stock_levels",
    ] {
        let sql =
            format!("SELECT (to_jsonb(t) - 'created_at')::text AS line FROM {table} t ORDER BY 1");
        let lines: Vec<Line> = sql_query(sql).load(&mut conn).await.unwrap();
        all.extend(lines.into_iter().map(|row| format!("{table} {}", row.line)));
    }
    all
}

#[tokio::test]
async fn loading_it_twice_changes_nothing_and_reset_brings_the_stock_back() {
    let db = TestDatabase::create().await;
    let store = db.store().await;
    let first = load(&store, 0, false).await;
    assert_eq!((first.people, first.stock_rows), (6, first.products * 3));
    let before = rows(&store).await;
    let second = load(&store, 5, false).await;
    assert_eq!(second.stock_rows, 0);
    assert_eq!(rows(&store).await, before);

    db.run_sql(
        "UPDATE stock_levels SET quantity = 1; UPDATE products SET last_reorder_on = '2000-01-01'",
    )
    .await;
    load(&store, 6, false).await;
    assert_eq!(
        db.rows("stock_levels WHERE quantity <> 1").await,
        0,
        "an agent's work stays"
    );
    load(&store, 0, true).await;
    assert_eq!(rows(&store).await, before);
}

#[tokio::test]
async fn its_year_is_written_once_and_fits_its_stock() {
    let db = TestDatabase::create().await;
    let store = db.store().await;
    load(&store, 0, false).await;
    let history = async |reset| {
        store
            .transaction(async |conn| demo::load_history(conn, at(0), reset).await)
            .await
            .unwrap()
    };
    let written = history(false).await;
    assert!(
        written.sales > 20_000 && written.orders > 300,
        "{written:?}"
    );
    assert_eq!(history(false).await, demo::HistoryLoaded::default());
    assert_eq!(history(true).await, written, "the same year again");
    let differing = "stock_snapshots p JOIN stock_levels l USING (product_id, location_id) \
                     WHERE p.taken_on = (SELECT max(taken_on) FROM stock_snapshots) \
                     AND p.quantity <> l.quantity";
    assert_eq!(
        db.rows(differing).await,
        0,
        "yesterday's close is today's stock"
    );
    let unpriced = "purchase_order_lines WHERE unit_price <= 0";
    assert_eq!(db.rows(unpriced).await, 0);
    assert!(db.rows("purchase_orders WHERE state = 'confirmed'").await >= 5);
}

#[tokio::test]
async fn it_has_what_the_texts_need_to_show() {
    let db = TestDatabase::create().await;
    let store = db.store().await;
    let company = load(&store, 0, false).await.company_id;
    let mut conn = store.conn().await.unwrap();
    let catalogue = products::catalogue(&mut conn, company).await.unwrap();
    assert!(catalogue.len() >= 40);
    for sku in ["ABC123", "WID-1001"] {
        assert!(catalogue.iter().any(|product| product.sku == sku), "{sku}");
    }
    assert_eq!(db.rows("locations").await, 3);
    assert_eq!(
        db.rows("stock_levels").await,
        3 * i64::try_from(catalogue.len()).unwrap()
    );
    let unknown = "products WHERE reorder_point IS NULL";
    assert!(db.rows(unknown).await >= 3);
    assert!(db.rows("products WHERE lead_time_days IS NULL").await >= 1);
    let below = "products p WHERE p.reorder_point >= \
                 (SELECT sum(quantity) FROM stock_levels s WHERE s.product_id = p.id)";
    assert!(
        (5..30).contains(&db.rows(below).await),
        "{}",
        db.rows(below).await
    );

    for person in demo::PEOPLE {
        let sender = contacts::resolve_sender(
            &mut conn,
            &address(demo::WHATSAPP_ADDRESS),
            &Address::parse(person.phone).unwrap(),
            None,
            None,
            at(0),
        )
        .await
        .unwrap()
        .unwrap();
        assert_eq!(sender.profile.unwrap().persona, person.persona);
    }
    let mut personas: Vec<Persona> = demo::PEOPLE
        .iter()
        .filter_map(|person| person.persona)
        .collect();
    personas.sort();
    personas.dedup();
    assert_eq!(personas, Persona::ALL);
}

#[tokio::test]
async fn somebody_who_wrote_before_keeps_the_contact() {
    let db = TestDatabase::create().await;
    let store = db.store().await;
    load(&store, 0, false).await;
    db.run_sql("DELETE FROM contact_addresses WHERE address = '+15550100006'; DELETE FROM contacts WHERE display_name = 'Noor Haddad'")
        .await;
    let resolve = async || {
        let mut conn = store.conn().await.unwrap();
        let (ours, from) = (address(demo::WHATSAPP_ADDRESS), address("+15550100006"));
        contacts::resolve_sender(&mut conn, &ours, &from, None, None, at(0))
            .await
            .unwrap()
            .unwrap()
    };
    let stranger = resolve().await;
    assert_eq!(stranger.profile, None);
    load(&store, 1, false).await;
    let known = resolve().await;
    assert_eq!(known.contact_id, stranger.contact_id);
    assert!(known.profile.is_some());
}
