//! The text of CSV files.

use crate::sample;
use wharf_documents::{Column, Format, Kind, Table, Value, render};

fn csv(report: &wharf_documents::Report) -> String {
    String::from_utf8(render(report, Format::Csv).unwrap().bytes).unwrap()
}

fn text_table(texts: &[&str]) -> Table {
    Table {
        title: "Texts".to_owned(),
        columns: vec![
            Column::new("Text", Kind::Text),
            Column::new("Number", Kind::integer()),
        ],
        rows: texts
            .iter()
            .map(|text| vec![Value::from(*text), Value::from(-5)])
            .collect(),
    }
}

#[test]
fn the_first_table_without_totals() {
    let mut report = sample::report();
    report.tables[0].rows.truncate(4);
    insta::assert_snapshot!(csv(&report));
}

#[test]
fn a_report_without_table_lists_its_figures() {
    let mut report = sample::report();
    report.tables.clear();
    insta::assert_snapshot!(csv(&report));
}

#[test]
fn a_table_without_rows_has_its_heading() {
    let mut report = sample::report();
    report.tables[0].rows.clear();
    assert_eq!(csv(&report).lines().count(), 1);
}

#[test]
fn begins_with_a_byte_order_mark_and_ends_lines_with_crlf() {
    let text = csv(&sample::report());
    assert!(text.starts_with('\u{feff}'));
    assert!(text.ends_with("\r\n"));
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
}

#[test]
fn a_text_that_would_be_a_formula_is_quoted_and_a_number_is_not() {
    let mut report = sample::report();
    report.tables = vec![text_table(&[
        "=cmd|' /C calc'!A0",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r\n =1",
        "＝1",
        "\u{202e}=1",
        "a=1",
    ])];
    let text = csv(&report);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let fields: Vec<String> = reader
        .records()
        .map(|record| record.unwrap()[0].to_owned())
        .collect();
    let expected = [
        "'=cmd|' /C calc'!A0",
        "'+1",
        "'-1",
        "'@SUM(A1)",
        "'=1",
        "'=1",
        "'＝1",
        "'=1",
        "a=1",
    ];
    assert_eq!(fields, expected);
    assert!(text.lines().skip(1).all(|line| line.ends_with(",-5")));
}

#[test]
fn quotes_commas_and_quotation_marks() {
    let mut report = sample::report();
    report.tables = vec![text_table(&["a,b", "1\" pipe"])];
    assert!(csv(&report).contains("\"a,b\",-5\r\n\"1\"\" pipe\",-5\r\n"));
}
