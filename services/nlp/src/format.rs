//! In which format a report is wanted: read from the words of a message that asks for one, and put
//! beside what it names. It is no label of the messages that understanding learns from, so
//! `understand` knows nothing of it.

use wharf_domain::{
    entities::{Entities, EntityName},
    intent::IntentType,
};

use crate::understand::{Understanding, normalise::Normalised, words};

/// Words for a format, and the format as agents call it.
const WORDS: &[(&str, &str)] = &[
    ("pdf", "pdf"),
    ("pdfs", "pdf"),
    ("csv", "csv"),
    ("csvs", "csv"),
    ("xlsx", "xlsx"),
    ("xls", "xlsx"),
    ("excel", "xlsx"),
    ("spreadsheet", "xlsx"),
    ("workbook", "xlsx"),
    ("planilla", "xlsx"),
];
/// Words after which a format is one that is not wanted: "excel, not pdf".
const NOT: &[&str] = &["not", "no", "without", "sin"];
/// Words that refuse with the one behind them: "instead of pdf", "rather than pdf", "en vez de pdf".
const RATHER: &[&str] = &["instead", "rather", "lugar", "vez"];

/// The format that the words name last, of those that they do not refuse.
#[must_use]
pub fn named(text: &str) -> Option<&'static str> {
    let plain = Normalised::new(text);
    let plain = plain.text();
    let tokens = words::tokens(plain);
    let words: Vec<&str> = tokens.into_iter().map(|token| token.text(plain)).collect();
    let refused = |at: usize| {
        let before = |back: usize| at.checked_sub(back).and_then(|at| words.get(at)).copied();
        match before(1) {
            Some("of" | "than" | "de") => before(2).is_some_and(|word| RATHER.contains(&word)),
            Some(word) => NOT.contains(&word),
            None => false,
        }
    };
    let mut named = words.iter().enumerate().filter_map(|(at, word)| {
        // A file is named by its ending too: ".xlsx".
        let bare = word.trim_start_matches('.');
        let (_, format) = WORDS.iter().find(|(name, _)| *name == bare)?;
        Some(*format).filter(|_| !refused(at))
    });
    named.next_back()
}

/// Puts the format that `text` names beside what a request for a report names.
pub fn note(intent: IntentType, entities: &mut Entities, text: &str) {
    if intent != IntentType::GenerateReport {
        return;
    }
    if let Some(format) = named(text) {
        entities.set(EntityName::Format, format);
    }
}

/// [`note`] for a message, and each of its requests by its own words.
pub fn note_all(understanding: &mut Understanding, text: &str) {
    note(understanding.intent, &mut understanding.entities, text);
    for request in &mut understanding.requests {
        let own = text.get(request.text.clone()).unwrap_or(text);
        note(request.intent, &mut request.entities, own);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_format_is_named_by_its_words() {
        for (text, format) in [
            ("stock report as excel", Some("xlsx")),
            ("Inventory report XLSX", Some("xlsx")),
            ("sales report .csv", Some("csv")),
            ("supplier report, PDF please!", Some("pdf")),
            ("informe de ventas en Excel", Some("xlsx")),
            ("send me the sales report as a spreadsheet", Some("xlsx")),
            ("sales report, excel not pdf", Some("xlsx")),
            ("sales report in csv instead of excel", Some("csv")),
            ("informe en pdf en vez de excel", Some("pdf")),
            ("informe de pdf", Some("pdf")),
            ("no pdf", None),
            ("sales report", None),
            ("excellent report", None),
        ] {
            assert_eq!(named(text), format, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_may_be_asked(text in "\\PC{0,60}") {
            let _ = named(&text);
        }
    }
}
