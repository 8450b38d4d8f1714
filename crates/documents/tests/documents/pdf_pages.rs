//! What stands on the pages of PDF files.

use wharf_documents::{Column, Format, Kind, Table, Value, render};

use crate::read::pdf_pages;
use crate::sample;

fn is_shown(pages: &[String], text: &str) -> bool {
    pages.iter().any(|page| page.contains(text))
}

#[test]
fn the_texts_of_the_sample() {
    let mut report = sample::report();
    report.tables[0].rows.truncate(12);
    insta::assert_snapshot!(pdf_pages(&report).join("\n=== next page ===\n"));
}

#[test]
fn two_thousand_rows_repeat_their_headings_and_number_their_pages() {
    let mut report = sample::report();
    report.tables = vec![sample::products(2_000)];
    report.charts.clear();
    let pages = pdf_pages(&report);
    assert!((50..90).contains(&pages.len()), "{} pages", pages.len());
    for (index, page) in pages.iter().enumerate() {
        let number = format!("Page {} of {}", index + 1, pages.len());
        assert!(page.contains(&number), "page {index}: {page}");
        assert!(
            page.contains("Last ordered") || !page.contains("GC-"),
            "no headings: {page}"
        );
    }
    let rows: usize = pages.iter().map(|page| page.matches("GC-").count()).sum();
    assert_eq!(rows, 2_000);
}

#[test]
fn no_rows_are_said() {
    let mut report = sample::report();
    report.tables.truncate(1);
    report.tables[0].rows.clear();
    let pages = pdf_pages(&report);
    assert!(is_shown(&pages, "No rows."));
    assert!(!is_shown(&pages, "leaves out"));
}

#[test]
fn characters_that_the_typeface_lacks_are_boxes_and_said() {
    let mut report = sample::report();
    let note = "stands for a character that the typeface of this PDF lacks";
    assert!(!is_shown(&pdf_pages(&report), note));
    report.subtitle = Some("Tea 茶 👩‍🍳 ☕\u{fe0f}".to_owned());
    let pages = pdf_pages(&report);
    assert!(is_shown(&pages, "Tea □ □ □"), "{}", pages[0]);
    assert!(is_shown(&pages, "typeface of this PDF lacks"));
}

#[test]
fn many_columns_turn_the_page_and_numbers_are_never_cut() {
    let mut report = sample::report();
    let kind = Kind::decimal(2);
    report.tables = vec![Table {
        title: "Wide".to_owned(),
        columns: (0..24)
            .map(|index| Column::new(format!("C{index}"), kind.clone()))
            .collect(),
        rows: vec![
            (0..24)
                .map(|index| Value::from(1_000_000_000 + index))
                .collect(),
        ],
    }];
    let pages = pdf_pages(&report);
    for index in 0..24 {
        assert!(
            is_shown(&pages, &format!("1,000,000,0{index:02}.00")),
            "{index}"
        );
    }
}

#[test]
fn its_properties_name_title_and_time() {
    let bytes = render(&sample::report(), Format::Pdf).unwrap().bytes;
    let document = lopdf::Document::load_mem(&bytes).unwrap();
    let info = document
        .trailer
        .get(b"Info")
        .unwrap()
        .as_reference()
        .unwrap();
    let info = document.get_dictionary(info).unwrap();
    let text = |key: &[u8]| lopdf::decode_text_string(info.get(key).unwrap()).unwrap();
    assert_eq!(text(b"Title"), "Inventory report");
    assert!(text(b"CreationDate").starts_with("D:20261101070012"));
}
