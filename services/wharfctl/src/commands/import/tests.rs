//! Imports into a real PostgreSQL.

use std::{fmt::Write as _, path::Path, time::Instant};

use chrono::NaiveDate;
use wharf_domain::clock::ManualClock;
use wharf_store::bulk::{
    catalogue::{self, ProductRow},
    history, purchasing,
};
use wharf_testkit::database::TestDatabase;

use super::*;

const OURS: &str = "+14155238886";
const THEIRS: &str = "+14155238887";

const LOCATIONS: &str = "name,legal_entity\nMain Warehouse,\nHamburg,Ours GmbH\n";
const PRODUCTS: &str = "\u{feff}SKU;Name;Unit;Aliases;Pack size;Price;Currency;Lead time (days);Colour\n\
    G-1;Glove;pair;mitt|hand shoe;10;4.50;USD;7;blue\n\
    B-2;Box;;;;;;;\n";
const SUPPLIERS: &str = "name,contact,email,phone,lead_time,terms\n\
    \"Acme, Inc.\",Ann,orders@acme.example,+15550200001,8,30 days net\nNordic,,,,,\n";
const OFFERS: &str = "supplier,sku,price,currency,moq,pack size,preferred\n\
    \"ACME, Inc.\",g-1,2.10,EUR,50,10,yes\nNordic,G-1,2.30,USD,,,no\n";
const STOCK: &str = "sku\tlocation\tquantity\treorder point\nG-1\tmain warehouse\t40\t15\n\
    G-1\tHamburg\t0\t\nB-2\tHamburg\t7\t\n";
const SALES: &str = "date,sku,location,qty,requested,price,reference\n\
    2026-11-02,G-1,Hamburg,3,5,4.50,INV-1\n2026-11-02,G-1,Hamburg,1,,4.50,\n\
    2026-11-02,G-1,Hamburg,1,,4.50,\n";

struct World {
    db: TestDatabase,
    folder: tempfile::TempDir,
    clock: ManualClock,
    company: CompanyId,
}

struct Done {
    code: ExitCode,
    out: String,
    err: String,
}

impl World {
    async fn new() -> Self {
        let db = TestDatabase::create().await;
        for (name, number) in [("Ours", OURS), ("Theirs", THEIRS)] {
            db.run_sql(&format!(
                "INSERT INTO companies (name, whatsapp_address, time_zone, currency)
                 VALUES ('{name}', '{number}', 'Europe/Berlin', 'USD')"
            ))
            .await;
        }
        let clock = ManualClock::at("2026-11-22T12:00:00Z".parse().unwrap());
        let store = db.store().await;
        let company = find(&mut store.conn().await.unwrap(), OURS).await.unwrap();
        Self {
            db,
            folder: tempfile::tempdir().unwrap(),
            clock,
            company: company.id,
        }
    }

    fn args(&self, company: &str, files: &[(&str, &str)]) -> Import {
        let path = |kind: &str| {
            let (_, text) = files.iter().find(|(name, _)| *name == kind)?;
            let path = self.folder.path().join(format!("{kind}.csv"));
            std::fs::write(&path, text).unwrap();
            Some(path)
        };
        Import {
            company: company.to_owned(),
            locations: path("locations"),
            products: path("products"),
            suppliers: path("suppliers"),
            supplier_products: path("offers"),
            stock: path("stock"),
            sales: path("sales"),
            dry_run: false,
            delimiter: None,
            decimal: Decimal::Point,
            dates: Dates::Ymd,
        }
    }

    async fn run(&self, args: &Import) -> Done {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let database = DatabaseConfig::new(self.db.url());
        let code = run(args, &database, &self.clock, &mut out, &mut err)
            .await
            .unwrap();
        let folder = format!("{}/", self.folder.path().display());
        let text = |bytes| String::from_utf8(bytes).unwrap().replace(&folder, "");
        Done {
            code,
            out: text(out),
            err: text(err),
        }
    }

    async fn import(&self, files: &[(&str, &str)]) -> Done {
        self.run(&self.args("ours", files)).await
    }

    /// Loads the files, which must be good, and says what came of each row but the heading.
    async fn loaded(&self, files: &[(&str, &str)]) -> Vec<(usize, usize, usize)> {
        let done = self.import(files).await;
        assert_eq!((done.code, done.err.as_str()), (ExitCode::SUCCESS, ""));
        tallies(&done.out)
    }

    async fn counts(&self) -> [i64; 8] {
        let mut counts = [0; 8];
        let tables = [
            "legal_entities",
            "locations",
            "products",
            "suppliers",
            "supplier_products",
            "stock_levels",
            "stock_movements",
            "sales",
        ];
        for (count, table) in counts.iter_mut().zip(tables) {
            *count = self.db.rows(table).await;
        }
        counts
    }

    async fn product(&self, sku: &str) -> ProductRow {
        let store = self.db.store().await;
        let mut conn = store.conn().await.unwrap();
        let all = catalogue::products(&mut conn, self.company).await.unwrap();
        all.into_iter().find(|row| row.sku == sku).unwrap()
    }
}

fn tallies(out: &str) -> Vec<(usize, usize, usize)> {
    let lines = out.lines().filter(|line| line.contains(".csv  "));
    let tally = |line: &str| {
        let mut numbers = line.split_whitespace().rev().map(|n| n.parse().unwrap());
        let (same, changed, new) = (numbers.next(), numbers.next(), numbers.next());
        (new.unwrap(), changed.unwrap(), same.unwrap())
    };
    lines.map(tally).collect()
}

const ALL: [(&str, &str); 6] = [
    ("locations", LOCATIONS),
    ("products", PRODUCTS),
    ("suppliers", SUPPLIERS),
    ("offers", OFFERS),
    ("stock", STOCK),
    ("sales", SALES),
];

#[tokio::test]
async fn everything_is_loaded_once() {
    let world = World::new().await;
    let first = world.import(&ALL).await;
    assert_eq!((first.code, first.err.as_str()), (ExitCode::SUCCESS, ""));
    // The titles stand over the numbers, behind the width of the files' names.
    let told = first.out.split_once('\n').unwrap().1.trim_start();
    insta::assert_snapshot!(told, @r#"
    new    changed  as before
    locations.csv          2          0          0
    products.csv           2          0          0
    suppliers.csv          2          0          0
    offers.csv             2          0          0
    stock.csv              3          0          0
    sales.csv              3          0          0
    products.csv: columns that are not used: "Colour"
    loaded
    "#);
    let counts = world.counts().await;
    assert_eq!(counts, [2, 2, 2, 2, 2, 3, 3, 3]);
    let glove = world.product("G-1").await;
    assert_eq!((glove.unit.as_str(), glove.pack_size), ("pair", Some(10)));
    assert_eq!(glove.aliases, ["mitt", "hand shoe"]);
    assert_eq!(glove.price, Some("4.5".parse().unwrap()));
    assert_eq!(glove.lead_time_days, Some(7));
    assert_eq!(world.product("B-2").await.unit, "unit");

    let again = world.loaded(&ALL).await;
    let rows = [2, 2, 2, 2, 3, 3];
    assert_eq!(again, rows.map(|same| (0, 0, same)));
    assert_eq!(world.counts().await, counts);
}

#[tokio::test]
async fn a_bad_row_in_the_last_file_loads_nothing() {
    let world = World::new().await;
    let sales =
        format!("{SALES}2026-11-23,G-1,Bremen,x,,4.50,\n\n2026-11-01,Z-9,Hamburg,2,1,1,INV-1\n");
    let mut files = ALL;
    files[5].1 = &sales;
    let done = world.import(&files).await;
    assert_eq!((done.code, done.out.as_str()), (ExitCode::from(65), ""));
    insta::assert_snapshot!(done.err, @r#"
    sales.csv:5: quantity: "x" is no number as 12 is: digits, nothing between thousands
    sales.csv:5: location: "Bremen" is no location of the company, nor of the locations given
    sales.csv:5: date: 2026-11-23 is not between 1970-01-01 and today, 2026-11-22
    sales.csv:7: requested: 1 is less than the quantity, 2 or more is expected
    sales.csv:7: sku: "Z-9" is no product of the company, nor of the products given
    5 problems: nothing was loaded
    "#);
    assert_eq!(world.counts().await, [0; 8]);
}

#[tokio::test]
async fn problems_of_all_files_are_told_the_first_hundred_in_full() {
    let world = World::new().await;
    let mut stock = "sku,location,quantity\n".to_owned();
    for row in 0..120 {
        let _ = writeln!(stock, "S{row},nowhere,-1");
    }
    let products = "sku,name,price,currency\nA,a,\"1,50\",\nA,b,1,EUR\n";
    let done = world
        .import(&[("products", products), ("stock", &stock)])
        .await;
    let lines: Vec<&str> = done.err.lines().collect();
    assert_eq!(lines.len(), 102);
    assert!(
        lines[0].starts_with("products.csv:2: price: \"1,50\" is no number"),
        "{}",
        lines[0]
    );
    let currency = "products.csv:3: currency: EUR is not the company's currency, USD is expected";
    assert!(lines.contains(&currency), "{}", done.err);
    assert!(lines.contains(&"products.csv:3: sku: the same is in row 2 already"));
    assert_eq!(
        &lines[100..],
        ["and 263 more", "363 problems: nothing was loaded"]
    );
    assert_eq!(world.counts().await, [0; 8]);
}

#[tokio::test]
async fn a_try_loads_nothing() {
    let world = World::new().await;
    let mut args = world.args(OURS, &ALL);
    args.dry_run = true;
    let done = world.run(&args).await;
    assert_eq!(done.code, ExitCode::SUCCESS);
    assert!(
        done.out.ends_with("tried only: nothing was loaded\n"),
        "{}",
        done.out
    );
    assert_eq!(tallies(&done.out)[0], (2, 0, 0));
    assert_eq!(world.counts().await, [0; 8]);
}

#[tokio::test]
async fn a_missing_column_keeps_and_an_empty_cell_clears() {
    let world = World::new().await;
    world.loaded(&ALL).await;
    let files = [(
        "products",
        "name,sku,lead_time_days\nGlove XL,g-1,\nBox,B-2,\n",
    )];
    assert_eq!(world.loaded(&files).await, [(0, 1, 1)]);
    let glove = world.product("g-1").await;
    assert_eq!(
        (glove.name.as_str(), glove.lead_time_days),
        ("Glove XL", None)
    );
    assert_eq!((glove.pack_size, glove.aliases.len()), (Some(10), 2));
}

#[tokio::test]
async fn stock_is_a_count_with_a_movement_for_the_difference() {
    let world = World::new().await;
    world.loaded(&ALL).await;
    let stock = "sku,location,quantity\nG-1,Main Warehouse,31\nG-1,Hamburg,0\n";
    assert_eq!(world.loaded(&[("stock", stock)]).await, [(0, 1, 1)]);
    let glove = world.product("G-1").await.id;
    let store = world.db.store().await;
    let mut conn = store.conn().await.unwrap();
    let moved = wharf_store::movements::of_product(&mut conn, world.company, glove, 9).await;
    let moved: Vec<_> = moved
        .unwrap()
        .into_iter()
        .map(|m| (m.quantity_before, m.quantity_after))
        .collect();
    assert_eq!(moved.len(), 3);
    assert!(moved.contains(&(40, 31)), "{moved:?}");
    let levels = wharf_store::stock::stock_of(&mut conn, world.company, glove, None)
        .await
        .unwrap();
    let levels: Vec<_> = levels
        .iter()
        .map(|l| (l.location.as_str(), l.quantity, l.reorder_point))
        .collect();
    assert_eq!(
        levels,
        [("Hamburg", 0, None), ("Main Warehouse", 31, Some(15))]
    );
}

#[tokio::test]
async fn prices_have_a_history_and_one_supplier_is_preferred() {
    let world = World::new().await;
    world.loaded(&ALL).await;
    world.clock.advance(chrono::TimeDelta::days(3));
    let offers = "supplier,sku,unit_price,preferred\nNordic,G-1,2.05,yes\n";
    // Nordic's offer, and Acme's, which is preferred no longer.
    assert_eq!(world.loaded(&[("offers", offers)]).await, [(0, 2, 0)]);
    assert_eq!(world.loaded(&[("offers", offers)]).await, [(0, 0, 1)]);
    assert_eq!(world.db.rows("supplier_prices").await, 3);
    let store = world.db.store().await;
    let mut conn = store.conn().await.unwrap();
    let all = purchasing::offers(&mut conn, world.company).await.unwrap();
    let mut all: Vec<_> = all
        .iter()
        .map(|o| (o.unit_price.to_string(), o.currency.as_str(), o.preferred))
        .collect();
    all.sort();
    let expected = [("2.05", "USD", true), ("2.10", "EUR", false)];
    assert_eq!(
        all,
        expected.map(|(price, code, liked)| (price.to_owned(), code, liked))
    );
}

#[tokio::test]
async fn the_same_sale_is_loaded_once() {
    let world = World::new().await;
    world.loaded(&ALL).await;
    let longer = SALES.replace(",3,5,4.50,INV-1", ",4,5,4.50,INV-1")
        + "2026-11-03,G-1,Hamburg,1,,4.50,\n2026-11-02,G-1,Hamburg,1,,4.5,\n";
    // A corrected row, two old ones without a reference, a new day, and a third of the same day.
    assert_eq!(world.loaded(&[("sales", &longer)]).await, [(2, 1, 2)]);
    assert_eq!(world.loaded(&[("sales", &longer)]).await, [(0, 0, 5)]);
    assert_eq!(world.db.rows("sales").await, 5);
}

#[tokio::test]
async fn another_companys_rows_are_no_ones_here() {
    let world = World::new().await;
    world.loaded(&ALL).await;
    let before = world.product("G-1").await;
    // Their import knows nothing of our places and products, and adds its own of the same names.
    let stock = world.run(&world.args("theirs", &[("stock", STOCK)])).await;
    assert_eq!(stock.code, ExitCode::from(65), "{}", stock.out);
    let done = world.run(&world.args(THEIRS, &ALL)).await;
    assert_eq!(tallies(&done.out)[1], (2, 0, 0), "{}{}", done.out, done.err);
    assert_eq!(world.counts().await, [4, 4, 4, 4, 4, 6, 6, 6]);
    assert_eq!(world.product("G-1").await, before);
}

#[tokio::test]
async fn ten_thousand_rows_go_in_few_statements() {
    let world = World::new().await;
    world.loaded(&[("locations", LOCATIONS)]).await;
    let mut products = "sku,name,price\n".to_owned();
    let mut stock = "sku,location,quantity\n".to_owned();
    let mut sales = "date,sku,location,quantity,unit_price\n".to_owned();
    for n in 0..10_000 {
        let day = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap() + chrono::Days::new(n % 300);
        let _ = writeln!(products, "P-{n},Product {n},{n}.50");
        let _ = writeln!(stock, "P-{n},Hamburg,{n}");
        let _ = writeln!(sales, "{day},P-{n},Hamburg,3,{n}.50");
    }
    let files = [
        ("products", products.as_str()),
        ("stock", &stock),
        ("sales", &sales),
    ];
    let begun = Instant::now();
    assert_eq!(world.loaded(&files).await, [(10_000, 0, 0); 3]);
    let took = begun.elapsed();
    assert!(took.as_secs() < 60, "{took:?}");
    assert_eq!(world.loaded(&files).await, [(0, 0, 10_000); 3]);
    assert_eq!(&world.counts().await[5..], [10_000; 3]);
}

#[tokio::test]
async fn a_company_is_found_by_name_number_or_id() {
    let world = World::new().await;
    let store = world.db.store().await;
    let mut conn = store.conn().await.unwrap();
    for words in ["OURS", OURS, &world.company.to_string()] {
        assert_eq!(find(&mut conn, words).await.unwrap().id, world.company);
    }
    let error = find(&mut conn, "nobody").await.unwrap_err();
    assert_eq!(error.to_string(), "there is no company nobody");
}

#[tokio::test]
async fn a_file_that_is_not_there_is_named() {
    let world = World::new().await;
    let mut args = world.args(OURS, &[]);
    args.stock = Some(Path::new("no/such.csv").to_path_buf());
    let database = DatabaseConfig::new(world.db.url());
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let error = run(&args, &database, &world.clock, &mut out, &mut err)
        .await
        .unwrap_err();
    assert!(
        format!("{error:#}").starts_with("no/such.csv: "),
        "{error:#}"
    );
}

#[tokio::test]
async fn sales_of_another_reference_are_not_touched() {
    let world = World::new().await;
    world.loaded(&ALL).await;
    let store = world.db.store().await;
    let mut conn = store.conn().await.unwrap();
    let found = history::sales(&mut conn, world.company, &["INV-1", "INV-2"])
        .await
        .unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].quantity, found[0].requested), (3, 5));
}
