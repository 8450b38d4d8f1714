//! What must hold for every text that is cut.

use proptest::prelude::*;

use super::*;

fn whole(text: &str) -> Vec<String> {
    match split(text) {
        Split::Whole(parts) => parts,
        Split::TooLong => panic!("too long"),
    }
}

/// A part without its number, which must be the one that is due.
fn unnumbered(parts: &[String]) -> Vec<&str> {
    let count = parts.len();
    let bare = parts.iter().zip(1..).map(|(part, number)| match count {
        1 => part.as_str(),
        _ => part
            .strip_suffix(&format!("\n({number}/{count})"))
            .unwrap_or_else(|| panic!("no number {number}: {part:?}")),
    });
    bare.collect()
}

#[test]
fn a_short_text_is_one_part_and_a_long_list_is_cut_between_lines() {
    assert_eq!(whole("✅ Stock OK"), ["✅ Stock OK"]);
    assert_eq!(whole(" \n"), Vec::<String>::new());
    let list: String = (0..200)
        .map(|n| format!("• product number {n}\n"))
        .collect();
    let parts = whole(&list);
    assert!(parts.len() > 1);
    assert!(
        parts
            .iter()
            .all(|part| part.starts_with("• ") && units(part) <= PART_UNITS)
    );
    assert!(parts[0].ends_with(&format!("\n(1/{})", parts.len())));
}

#[test]
fn without_lines_it_is_cut_after_sentences_then_words_then_anywhere() {
    let sentences = "There are 96 left. ".repeat(120);
    for part in unnumbered(&whole(&sentences)) {
        assert!(
            part.starts_with("There") && part.ends_with("left."),
            "{part}"
        );
    }
    let words = "widget ".repeat(400);
    for part in unnumbered(&whole(&words)) {
        assert!(
            part.starts_with("widget") && part.ends_with("widget"),
            "{part}"
        );
    }
    // A family is one grapheme of 11 units.
    let family = "👨‍👩‍👧‍👦";
    for part in unnumbered(&whole(&family.repeat(300))) {
        assert_eq!(part.replace(family, ""), "");
    }
}

#[test]
fn markup_is_closed_at_a_cut_and_opened_again() {
    let bold = format!("*{}*", "widget ".repeat(300).trim());
    for part in unnumbered(&whole(&bold)) {
        assert!(
            part.starts_with("*widget") && part.ends_with("widget*"),
            "{part}"
        );
    }
    let code = format!("```{}```", "a *line* of code\n".repeat(150).trim());
    for part in unnumbered(&whole(&code)) {
        assert!(
            part.starts_with("```a *line*") && part.ends_with("of code```"),
            "{part}"
        );
    }
    let both = format!("_*{}* and so_", "widget ".repeat(300).trim());
    for part in unnumbered(&whole(&both)) {
        assert!(part.starts_with("_*widget"), "{part}");
        assert!(
            part.ends_with("widget*_") || part.ends_with("* and so_"),
            "{part}"
        );
    }
}

#[test]
fn a_text_of_more_than_four_parts_ends_in_the_way_to_the_rest() {
    let long = "There are 96 left. ".repeat(500);
    assert_eq!(split(&long), Split::TooLong);
    let end = "The whole text: https://wharf.example/media/x";
    let parts = shortened(&long, end);
    assert_eq!(parts.len(), MAX_PARTS);
    assert!(
        parts[3].ends_with(&format!("left.\n\n{end}\n(4/4)")),
        "{}",
        parts[3]
    );
    assert!(parts.iter().all(|part| units(part) <= PART_UNITS));
}

/// Words, emoji, blanks and balanced markup.
fn marked_up() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        "[a-zé]{1,12}",
        "[a-z]{2,5}_[0-9]{2}",
        Just("👨‍👩‍👧‍👦".to_owned()),
        "[0-9]{1,4}[.!?]",
        "x{1,1800}",
    ];
    let words = prop::collection::vec(word, 1..60).prop_map(|words| words.join(" "));
    let span = (words, 0..6).prop_map(|(words, kind)| match kind {
        0 => format!("*{words}*"),
        1 => format!("_{words}_"),
        2 => format!("*_{words}_*"),
        3 => format!("```{words}\n{words}```"),
        _ => words,
    });
    prop::collection::vec(
        (span, prop_oneof![Just(" "), Just("\n"), Just("\n\n")]),
        1..30,
    )
    .prop_map(|spans| {
        spans
            .into_iter()
            .map(|(span, after)| span + after)
            .collect()
    })
}

/// What a text says without blanks and markers, in which parts may differ from the whole.
fn bare(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && !"*_~`".contains(*c))
        .collect()
}

proptest! {
    // Long texts take a debug build long.
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn every_part_fits_is_balanced_and_nothing_is_lost_or_doubled(text in marked_up()) {
        prop_assert!(markup::is_balanced(text.trim()));
        let parts = match split(&text) {
            Split::Whole(parts) => {
                prop_assert_eq!(bare(&unnumbered(&parts).concat()), bare(&text));
                parts
            }
            Split::TooLong => {
                let parts = shortened(&text, "END");
                let told = bare(&unnumbered(&parts).concat());
                let told = told.strip_suffix("END").unwrap();
                prop_assert!(bare(&text).starts_with(told));
                prop_assert!(units(told) > PART_UNITS);
                parts
            }
        };
        prop_assert!(parts.len() <= MAX_PARTS);
        for part in &parts {
            prop_assert!(units(part) <= PART_UNITS, "{}", units(part));
            prop_assert!(markup::is_balanced(part), "{part}");
        }
    }

    #[test]
    fn any_text_fits(text in "(\\PC|\\n| |\\*|_|```){0,4000}") {
        let parts = match split(&text) {
            Split::Whole(parts) => {
                prop_assert_eq!(bare(&unnumbered(&parts).concat()), bare(&text));
                parts
            }
            Split::TooLong => shortened(&text, "END"),
        };
        prop_assert!(parts.iter().all(|part| !part.is_empty() && units(part) <= PART_UNITS));
    }
}
