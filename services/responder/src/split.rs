//! Long texts in parts that Twilio takes.
//!
//! Twilio refuses more than 1,600 characters and counts an emoji as several (error 21617), so
//! lengths here are UTF-16 units with room to spare.

use unicode_segmentation::UnicodeSegmentation;

/// The longest part, in UTF-16 units.
pub const PART_UNITS: usize = 1_500;

/// Cuts `text` at line ends, else at words, else between graphemes. Never empty parts.
#[must_use]
pub fn split(text: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut part = String::new();
    for line in text.split_inclusive('\n') {
        if units(&part) + units(line) > PART_UNITS {
            push(&mut parts, &mut part);
        }
        if units(line) <= PART_UNITS {
            part.push_str(line);
            continue;
        }
        for word in line.split_word_bounds() {
            if units(&part) + units(word) > PART_UNITS {
                push(&mut parts, &mut part);
            }
            if units(word) <= PART_UNITS {
                part.push_str(word);
                continue;
            }
            for grapheme in word.graphemes(true) {
                if units(&part) + units(grapheme) > PART_UNITS {
                    push(&mut parts, &mut part);
                }
                part.push_str(grapheme);
            }
        }
    }
    push(&mut parts, &mut part);
    parts
}

fn push(parts: &mut Vec<String>, part: &mut String) {
    let text = std::mem::take(part);
    let text = text.trim_matches(['\n', ' ']);
    if !text.is_empty() {
        parts.push(text.to_owned());
    }
}

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_short_text_is_one_part_and_a_long_list_is_cut_between_lines() {
        assert_eq!(split("✅ Stock OK"), ["✅ Stock OK"]);
        let list: String = (0..200)
            .map(|n| format!("• product number {n}\n"))
            .collect();
        let parts = split(&list);
        assert!(parts.len() > 1);
        assert!(
            parts
                .iter()
                .all(|part| part.starts_with("• ") && units(part) <= PART_UNITS)
        );
    }

    proptest! {
        // Long texts take a debug build long.
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn every_part_fits_and_no_character_but_blanks_at_cuts_is_lost(text in "(\\PC|\\n| ){0,4000}") {
            let parts = split(&text);
            prop_assert!(parts.iter().all(|part| !part.is_empty()));
            // One grapheme alone may be longer than a part only if it is absurd (hundreds of marks).
            prop_assert!(parts.iter().all(|part| units(part) <= PART_UNITS));
            let bare = |text: &str| text.chars().filter(|c| !matches!(c, ' ' | '\n')).collect::<String>();
            prop_assert_eq!(bare(&parts.concat()), bare(&text));
        }
    }
}
