//! What holds for every report: any text can be written, the same report gives the same bytes, and
//! one that does not hold together is refused.

use bigdecimal::BigDecimal;
use proptest::prelude::*;
use wharf_documents::{
    Chart, ChartKind, Column, DocumentError, Figure, Format, Kind, Report, Series, Table, Value,
    render,
};

use crate::read::{csv_records, pdf_pages, xlsx_sheets};
use crate::sample;

/// Words, formulas, emoji, right-to-left, marks, controls, noncharacters, very long.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => any::<String>(),
        2 => "\\PC{0,40}",
        2 => "[=+@-][A-Z]{2,9}\\([0-9]\\)",
        1 => Just("👩‍🍳🇪🇸 مرحبا שלום 茶 e\u{301}\u{302}\u{303} \u{202e}gpj.exe".to_owned()),
        1 => Just("\u{0}\u{1}\u{7f}\u{85}\u{fffe}\u{ffff}\u{feff}\r\n\t".to_owned()),
        1 => (300_usize..3_000).prop_map(|length| "long wörd ".repeat(length)),
        1 => (33_000_usize..34_000).prop_map(|length| "x".repeat(length)),
        1 => Just("&<>\"'[]{}%#_x0001_".to_owned()),
    ]
}

fn any_number() -> impl Strategy<Value = BigDecimal> {
    (any::<i64>(), -10_i64..30).prop_map(|(digits, scale)| BigDecimal::new(digits.into(), scale))
}

fn any_report() -> impl Strategy<Value = Report> {
    let texts = prop::collection::vec(any_text(), 8);
    let rows = prop::collection::vec((any_text(), prop::option::of(any_number())), 0..12);
    let points = prop::collection::vec((any_text(), prop::option::of(-1e14_f64..1e14)), 1..30);
    (texts, rows, points, any::<bool>()).prop_map(|(texts, rows, points, line)| {
        let mut report = sample::report();
        report.title = texts[0].clone();
        report.company = texts[1].clone();
        report.period = texts[2].clone();
        report.subtitle = Some(texts[3].clone());
        report.notes = vec![texts[4].clone()];
        let unit = Kind::quantity(texts[5].clone(), 2);
        report.summary =
            vec![Figure::new(texts[6].clone(), unit.clone(), 5).note(texts[7].clone())];
        report.charts = vec![Chart {
            title: texts[5].clone(),
            unit: texts[6].clone(),
            kind: if line {
                ChartKind::Line
            } else {
                ChartKind::Bar
            },
            labels: points.iter().map(|(label, _)| label.clone()).collect(),
            series: vec![Series {
                name: texts[7].clone(),
                values: points.iter().map(|(_, value)| *value).collect(),
            }],
        }];
        report.tables = vec![Table {
            title: texts[3].clone(),
            columns: vec![
                Column::new(texts[4].clone(), Kind::Text),
                Column::new(texts[5].clone(), unit).sum(),
            ],
            rows: rows
                .into_iter()
                .map(|(text, number)| vec![Value::from(text), Value::from(number)])
                .collect(),
        }];
        report
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 40, ..ProptestConfig::default() })]

    #[test]
    fn any_text_can_be_written_and_read(report in any_report()) {
        let rows = report.tables[0].rows.len();
        let records = csv_records(&report);
        prop_assert_eq!(records.len(), rows);
        for record in &records {
            prop_assert!(!record[0].starts_with(['=', '+', '-', '@', '\t', '\r']));
        }
        prop_assert_eq!(xlsx_sheets(&report).len(), 3);
        let pages = pdf_pages(&report);
        let last = format!("Page {0} of {0}", pages.len());
        prop_assert!(pages[pages.len() - 1].contains(&last));
    }

    #[test]
    fn the_same_report_gives_the_same_bytes(report in any_report()) {
        for format in Format::ALL {
            let first = render(&report, *format).unwrap();
            prop_assert_eq!(first.bytes, render(&report, *format).unwrap().bytes);
            let name = first.file_name.as_str();
            prop_assert!(name.bytes().all(|byte| {
                byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(&byte)
            }), "{}", name);
        }
    }
}

fn refusal(change: impl Fn(&mut Report)) -> DocumentError {
    let mut report = sample::report();
    change(&mut report);
    render(&report, Format::Csv).unwrap_err()
}

#[test]
fn a_report_that_does_not_hold_together_is_refused() {
    let short = refusal(|report| report.tables[0].rows[3].truncate(2));
    assert!(matches!(
        short,
        DocumentError::RowLength {
            row: 3,
            cells: 2,
            columns: 8,
            ..
        }
    ));
    let mismatch = refusal(|report| report.tables[0].rows[3][3] = Value::from("many"));
    assert!(
        matches!(mismatch, DocumentError::Mismatch { .. }),
        "{mismatch}"
    );
    let sum = refusal(|report| {
        let column = report.tables[0].columns[0].clone();
        report.tables[0].columns[0] = column.sum();
    });
    assert!(matches!(sum, DocumentError::Mismatch { .. }), "{sum}");
    let huge = refusal(|report| report.summary[0].value = BigDecimal::new(1.into(), -40).into());
    assert!(matches!(huge, DocumentError::Digits { .. }), "{huge}");
    let gap = refusal(|report| report.charts[0].labels.truncate(3));
    assert!(matches!(gap, DocumentError::Chart { .. }), "{gap}");
    let infinite = refusal(|report| report.charts[0].series[0].values[0] = Some(f64::NAN));
    assert!(
        matches!(infinite, DocumentError::Chart { .. }),
        "{infinite}"
    );
    let bare = refusal(|report| report.tables[1].columns.clear());
    assert!(matches!(bare, DocumentError::NoColumns { .. }), "{bare}");
}

#[test]
fn names_of_formats() {
    for format in Format::ALL {
        assert_eq!(format.to_string().parse::<Format>(), Ok(*format));
    }
    assert!("PDF".parse::<Format>().is_err());
}
