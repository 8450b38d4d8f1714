//! What stands on the sheets of XLSX files.

use calamine::Data;
use wharf_documents::{Column, Currency, Kind, Table, Value};

use crate::read::xlsx_sheets;
use crate::sample;

fn shown(rows: &[Vec<Data>]) -> String {
    let line = |row: &Vec<Data>| {
        let cells: Vec<String> = row.iter().map(|cell| format!("{cell:?}")).collect();
        cells.join(" | ")
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_cells_of_the_sample() {
    let mut report = sample::report();
    report.tables[0].rows.truncate(12);
    let sheets = xlsx_sheets(&report);
    let sheets: Vec<String> = sheets
        .iter()
        .map(|(name, rows)| format!("=== {name}\n{}", shown(rows)))
        .collect();
    insta::assert_snapshot!(sheets.join("\n"));
}

#[test]
fn sheets_get_names_that_excel_takes() {
    let mut report = sample::report();
    let titles = [
        "Summary",
        "a/b:c",
        "'quoted'",
        "",
        "",
        "history",
        &"x".repeat(60),
        &"x".repeat(99),
    ];
    report.tables = titles
        .iter()
        .map(|title| Table {
            title: (*title).to_owned(),
            ..sample::products(1)
        })
        .collect();
    let names: Vec<String> = xlsx_sheets(&report)
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    let cut = format!("{}…", "x".repeat(30));
    let second = format!("{}… 2", "x".repeat(28));
    let expected = [
        "Summary",
        "Summary 2",
        "a b c",
        "quoted",
        "Table",
        "Table 2",
        "history 2",
        &cut,
        &second,
        "Chart data",
    ];
    assert_eq!(names, expected);
}

#[test]
fn a_text_is_never_a_formula() {
    let mut report = sample::report();
    let text = "=HYPERLINK(\"x\")";
    report.title = text.to_owned();
    report.company = text.to_owned();
    report.charts[0].title = text.to_owned();
    report.charts[0].series[0].name = text.to_owned();
    report.tables = vec![Table {
        title: text.to_owned(),
        columns: vec![Column::new(text, Kind::Text)],
        rows: vec![vec![Value::from(text)]],
    }];
    let sheets = xlsx_sheets(&report);
    let cells = sheets.iter().flat_map(|(_, rows)| rows.iter().flatten());
    let found = cells
        .filter(|cell| **cell == Data::String(text.to_owned()))
        .count();
    assert_eq!(
        found, 6,
        "title, company, heading, cell, chart's title, series' name"
    );
}

#[test]
fn totals_carry_their_result() {
    let report = sample::report();
    let sheets = xlsx_sheets(&report);
    let (_, rows) = sheets
        .iter()
        .find(|(name, _)| name == "Stock by product")
        .unwrap();
    let total = &rows[49];
    assert_eq!(total[0], Data::String("Total".to_owned()));
    let sum = |column: usize| -> f64 {
        rows[1..49]
            .iter()
            .map(|row| {
                if let Data::Float(value) = row[column] {
                    value
                } else {
                    0.0
                }
            })
            .sum()
    };
    let Data::Float(value) = total[6] else {
        panic!("{total:?}")
    };
    assert!((value - sum(6)).abs() < 0.001, "{value} is not {}", sum(6));
}

#[test]
fn dates_before_1900_are_texts() {
    let mut report = sample::report();
    let date = chrono::NaiveDate::from_ymd_opt(1850, 1, 2);
    report.tables = vec![Table {
        title: "Old".to_owned(),
        columns: vec![Column::new("Day", Kind::Date)],
        rows: vec![vec![Value::from(date)]],
    }];
    let sheets = xlsx_sheets(&report);
    assert_eq!(sheets[1].1[1][0], Data::String("1850-01-02".to_owned()));
}

#[test]
fn currencies_are_codes() {
    assert!("EUR".parse::<Currency>().is_ok());
    assert!("eur".parse::<Currency>().is_err());
    assert!("€".parse::<Currency>().is_err());
}
