//! The report that the tests write: a coffee importer's inventory at the end of October.
use std::str::FromStr as _;

use bigdecimal::BigDecimal;
use chrono::{DateTime, NaiveDate, Utc};
use wharf_documents::{
    Chart, ChartKind, Column, Currency, Figure, Kind, Report, Series, Table, Value,
};

fn number(text: &str) -> BigDecimal {
    BigDecimal::from_str(text).unwrap()
}

fn at(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().to_utc()
}

fn eur() -> Kind {
    Kind::Money("EUR".parse::<Currency>().unwrap())
}

/// Two charts, two tables, one of 48 rows; some figures are not known.
pub(crate) fn report() -> Report {
    Report {
        title: "Inventory report".to_owned(),
        file_stem: None,
        subtitle: Some("All locations".to_owned()),
        company: "Café Norte Importaciones S.L.".to_owned(),
        period: "1–31 October 2026".to_owned(),
        as_of: at("2026-10-31T22:45:00Z"),
        generated_at: at("2026-11-01T07:00:12Z"),
        zone: chrono_tz::Europe::Madrid,
        summary: vec![
            Figure::new("Stock value", eur(), number("2967678.16")).note("+3.1% on September"),
            Figure::new("Turnover", Kind::quantity("× a year", 1), number("8.42"))
                .note("8.1 in September"),
            Figure::new("Fill rate", Kind::Percent { places: 1 }, number("0.9645"))
                .note("target 97.0%"),
            Figure::new(
                "Stock-out rate",
                Kind::Percent { places: 1 },
                number("0.021"),
            )
            .note("3 of 48 products"),
            Figure::new("Days of cover", Kind::quantity("days", 0), number("43.4"))
                .note("median of 45 products"),
            Figure::new("Below reorder point", Kind::quantity("products", 0), 7)
                .note("4 already on order"),
            Figure::new(
                "Stock accuracy",
                Kind::Percent { places: 1 },
                Value::Unknown,
            )
            .note("no count since 2 July"),
            Figure::new(
                "Oldest open delivery",
                Kind::Date,
                NaiveDate::from_ymd_opt(2026, 10, 12),
            )
            .note("PO-2231, Sumatra Direct"),
        ],
        charts: vec![stock_value(), by_location()],
        tables: vec![products(48), suppliers()],
        notes: vec![
            "Stock value is quantity on hand times the last purchase price, without freight."
                .to_owned(),
            "Reorder point = average daily demand × lead time + safety stock for a service level \
             of 95%. Days of cover = quantity on hand ÷ average daily demand of the last 90 days. \
             Both are not known for products without sales in these 90 days."
                .to_owned(),
        ],
    }
}

fn stock_value() -> Chart {
    let labels = [
        "Nov", "Dec", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct",
    ];
    let value = [
        2_436_200., 2_252_900., 2_551_400., 2_640_100., 2_579_000., 2_759_600., 2_718_900.,
        2_843_300., 2_931_800., 3_067_200., 2_878_700., 2_967_678.,
    ];
    let target = [Some(2_750_000.); 12];
    Chart {
        title: "Stock value at the end of each month".to_owned(),
        unit: "EUR".to_owned(),
        kind: ChartKind::Line,
        labels: labels.map(str::to_owned).to_vec(),
        series: vec![
            Series {
                name: "Stock value".to_owned(),
                values: value.map(Some).to_vec(),
            },
            Series {
                name: "Target".to_owned(),
                values: target.to_vec(),
            },
        ],
    }
}

fn by_location() -> Chart {
    let series = |name: &str, values: [Option<f64>; 4]| Series {
        name: name.to_owned(),
        values: values.to_vec(),
    };
    Chart {
        title: "Received and sold in October".to_owned(),
        unit: "kg".to_owned(),
        kind: ChartKind::Bar,
        labels: ["Bilbao port", "Madrid central", "Sevilla", "Porto"]
            .map(str::to_owned)
            .to_vec(),
        series: vec![
            series(
                "Received",
                [Some(12_400.), Some(6_100.), Some(2_350.), None],
            ),
            series(
                "Sold",
                [Some(3_900.), Some(8_750.), Some(2_900.), Some(1_480.)],
            ),
        ],
    }
}

const NAMES: [&str; 12] = [
    "Arabica Huila Supremo, washed, 60 kg",
    "Robusta Đắk Lắk, natural, 60 kg",
    "Yirgacheffe Aricha G1, natural, 60 kg",
    "Santos NY 2/3 17/18, 59 kg",
    "Sumatra Mandheling TP, 60 kg",
    "Kenya AA Nyeri, 50 kg",
    "Antigua Finca Medina, washed, 69 kg jute bag with GrainPro liner, organic certificate pending",
    "Decaf Swiss Water Blend, 30 kg",
    "Кофе «Север», 1 kg",
    "Ελληνικός καφές, 200 g",
    "Filter papers Nº 4, box of 100",
    "Señorial espresso blend, 1 kg",
];
const LOCATIONS: [&str; 4] = ["Bilbao port", "Madrid central", "Sevilla", "Porto"];

/// So many made-up products; every ninth without sales, so without days of cover.
pub(crate) fn products(rows: u32) -> Table {
    let row = |index: u32| {
        let quantity = i64::from((index * 7_919 + 311) % 4_200) - i64::from(index % 16 == 3);
        let price: BigDecimal =
            BigDecimal::from(i64::from((index * 613 + 229) % 6_000) + 180) / 100;
        let cover = (index % 9 != 8).then(|| BigDecimal::from(i64::from((index * 37) % 120)));
        let ordered = NaiveDate::from_ymd_opt(2026, 6 + index % 5, 1 + (index * 11) % 28);
        vec![
            Value::from(format!("GC-{:04}", 1001 + index * 7)),
            Value::from(NAMES[index as usize % NAMES.len()]),
            Value::from(LOCATIONS[index as usize % LOCATIONS.len()]),
            Value::from(quantity),
            Value::from(cover),
            Value::from(price.clone()),
            Value::from(price * BigDecimal::from(quantity)),
            Value::from(if index % 13 == 5 { None } else { ordered }),
        ]
    };
    Table {
        title: "Stock by product".to_owned(),
        columns: vec![
            Column::new("SKU", Kind::Text),
            Column::new("Product", Kind::Text),
            Column::new("Location", Kind::Text),
            Column::new("On hand", Kind::quantity("units", 0)).sum(),
            Column::new("Cover", Kind::quantity("days", 0)),
            Column::new("Unit cost", eur()),
            Column::new("Value", eur()).sum(),
            Column::new("Last ordered", Kind::Date),
        ],
        rows: (0..rows).map(row).collect(),
    }
}

fn suppliers() -> Table {
    let row = |name: &str, orders: i64, on_time: Option<&str>, open: Option<&str>, last: &str| {
        vec![
            Value::from(name),
            Value::from(orders),
            Value::from(on_time.map(number)),
            Value::from(open.map(number)),
            Value::from(at(last)),
        ]
    };
    Table {
        title: "Suppliers".to_owned(),
        columns: vec![
            Column::new("Supplier", Kind::Text),
            Column::new("Orders", Kind::integer()).sum(),
            Column::new("On time", Kind::Percent { places: 1 }).total(number("0.871")),
            Column::new("Open orders", eur()).sum(),
            Column::new("Last delivery", Kind::DateTime),
        ],
        rows: vec![
            row(
                "Huila Coop",
                14,
                Some("0.9286"),
                Some("18400"),
                "2026-10-29T08:12:00Z",
            ),
            row(
                "Sumatra Direct",
                6,
                Some("0.6667"),
                Some("22150.5"),
                "2026-09-30T15:40:00Z",
            ),
            row(
                "Addis Exporters PLC",
                9,
                Some("0.8889"),
                Some("0"),
                "2026-10-21T10:05:00Z",
            ),
            row("Papelera del Duero", 2, None, None, "2026-10-02T07:30:00Z"),
        ],
    }
}
