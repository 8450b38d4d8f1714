//! Brings a message into one plain form: NFKC, lower case, no accents, straight quotes, nothing
//! invisible, at most [`MAX_CHARS`] characters. Every byte of the result knows where it came from,
//! so that what is found here is quoted as the sender wrote it.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// WhatsApp's limit for one text; what lies beyond is not read.
pub const MAX_CHARS: usize = 1_600;

/// A message in plain form.
#[derive(Debug, Clone)]
pub struct Normalised {
    text: String,
    /// For each byte of `text` and one past its end, the byte of the original that it came from;
    /// `None` when the two run in step.
    origins: Option<Vec<u32>>,
}

impl Normalised {
    /// The plain form of `original`. Linear in its length, and stops at [`MAX_CHARS`].
    #[must_use]
    pub fn new(original: &str) -> Self {
        let capped = cap(original);
        if capped.is_ascii() {
            return Self {
                text: capped
                    .bytes()
                    .map(|byte| match byte {
                        b'`' => '\'',
                        b'\n' => '\n',
                        0..0x20 | 0x7f => ' ',
                        other => char::from(other.to_ascii_lowercase()),
                    })
                    .collect(),
                origins: None,
            };
        }
        let mut text = String::with_capacity(capped.len());
        let mut origins = Vec::with_capacity(capped.len() + 1);
        for (at, original_char) in capped.char_indices() {
            let before = text.len();
            fold_into(&mut text, original_char);
            let origin = u32::try_from(at).unwrap_or(u32::MAX);
            origins.resize(origins.len() + text.len() - before, origin);
        }
        origins.push(u32::try_from(capped.len()).unwrap_or(u32::MAX));
        Self {
            text,
            origins: Some(origins),
        }
    }

    /// The plain text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The bytes of the original that `span` of the plain text came from.
    #[must_use]
    pub fn origin(&self, span: Range<usize>) -> Range<usize> {
        match &self.origins {
            None => span,
            Some(origins) => {
                let at = |index: usize| {
                    origins
                        .get(index)
                        .or(origins.last())
                        .map_or(0, |&origin| origin as usize)
                };
                at(span.start)..at(span.end)
            }
        }
    }
}

fn cap(original: &str) -> &str {
    match original.char_indices().nth(MAX_CHARS) {
        Some((end, _)) => &original[..end],
        None => original,
    }
}

fn fold_into(text: &mut String, original: char) {
    if original.is_ascii() {
        match original {
            '`' => text.push('\''),
            '\n' => text.push('\n'),
            control if control.is_ascii_control() => text.push(' '),
            other => text.push(other.to_ascii_lowercase()),
        }
        return;
    }
    match original {
        '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}' | '\u{b4}' | '\u{2032}' | '\u{2bc}' => {
            text.push('\'');
        }
        '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{201f}' | '\u{ab}' | '\u{bb}' | '\u{2033}' => {
            text.push('"');
        }
        '\u{2010}'..='\u{2015}' | '\u{2212}' => text.push('-'),
        '\u{bf}' | '\u{a1}' => text.push(' '),
        '\u{2044}' => text.push('/'),
        invisible if is_invisible(invisible) => {}
        space if space.is_whitespace() => text.push(' '),
        other => {
            for part in std::iter::once(other).nfkd() {
                if !is_combining_mark(part) && !is_invisible(part) {
                    text.extend(part.to_lowercase());
                }
            }
        }
    }
}

/// Zero-width characters, direction marks, variation selectors and skin tones.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_case_accents_quotes_and_invisible_characters() {
        let plain = Normalised::new("¿Cuánta HARINA\u{200b} de “maíz”… it’s ½?");
        assert_eq!(
            plain.text(),
            " cuanta harina de \"maiz\"... it's 1\u{2044}2?"
        );
    }

    #[test]
    fn spans_lead_back_to_what_was_written() {
        let original = "pide Grüngärten\u{200d} ya";
        let plain = Normalised::new(original);
        let at = plain.text().find("grungarten").unwrap();
        let span = plain.origin(at..at + "grungarten".len());
        assert!(original[span].starts_with("Grüngärten"));
    }

    #[test]
    fn reads_no_more_than_the_cap() {
        assert_eq!(Normalised::new(&"é".repeat(5_000)).text().len(), MAX_CHARS);
    }
}
