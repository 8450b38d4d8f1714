//! Cuts the plain text into tokens. One token is a word, a number, a code of letters and digits,
//! a mark or an emoji; hyphenated words are two tokens, hyphenated codes are one.

use std::ops::Range;

/// What a token is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Shape {
    /// Letters, perhaps with an apostrophe inside.
    Word,
    /// Digits, perhaps with separators: `2,500`, `6.15`.
    Number,
    /// Letters and digits, perhaps with hyphens, slashes or underscores: `wid-1001`, `40l`.
    Code,
    /// One mark.
    Mark,
    /// One emoji or other symbol.
    Symbol,
}

/// One token of the plain text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// First byte in the plain text.
    pub start: u32,
    /// One past its last byte.
    pub end: u32,
    /// What it is made of.
    pub shape: Shape,
}

impl Token {
    /// Its bytes in the plain text.
    #[must_use]
    pub const fn span(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Its text.
    #[must_use]
    pub fn text(self, plain: &str) -> &str {
        &plain[self.span()]
    }
}

/// More tokens than any message of 1,600 characters that means something; the rest is not read.
pub const MAX_TOKENS: usize = 400;

/// All tokens of `plain`, in order, at most [`MAX_TOKENS`]. Linear.
#[must_use]
pub fn tokens(plain: &str) -> Vec<Token> {
    let bytes = plain.as_bytes();
    let mut found = Vec::with_capacity(plain.len() / 4 + 4);
    let mut at = 0;
    while at < bytes.len() && found.len() < MAX_TOKENS {
        let start = at;
        let Some(first) = plain[at..].chars().next() else {
            break;
        };
        if first.is_whitespace() {
            at += first.len_utf8();
        } else if first.is_alphanumeric() {
            at = run(plain, start, &mut found);
        } else {
            at += first.len_utf8();
            let shape = if first.is_ascii() {
                Shape::Mark
            } else {
                Shape::Symbol
            };
            found.push(token(start, at, shape));
        }
    }
    found
}

fn token(start: usize, end: usize, shape: Shape) -> Token {
    Token {
        start: u32::try_from(start).unwrap_or(u32::MAX),
        end: u32::try_from(end).unwrap_or(u32::MAX),
        shape,
    }
}

/// Reads the run of letters, digits and connectors that starts at `start`; returns its end.
fn run(plain: &str, start: usize, found: &mut Vec<Token>) -> usize {
    let bytes = plain.as_bytes();
    let mut end = start;
    let mut letters = false;
    let mut digits = false;
    loop {
        let rest = &plain[end..];
        let Some(c) = rest.chars().next() else { break };
        if c.is_alphanumeric() {
            if c.is_numeric() {
                digits = true;
            } else {
                letters = true;
            }
            end += c.len_utf8();
            continue;
        }
        let before = bytes[end - 1];
        let after = bytes.get(end + 1).copied().unwrap_or(b' ');
        let alnum = |byte: u8| byte.is_ascii_alphanumeric() || byte >= 0x80;
        let joins = match c {
            '.' | ',' => before.is_ascii_digit() && after.is_ascii_digit() && !letters,
            '-' | '_' | '/' => alnum(after) && joins_code(bytes, start, end),
            '\'' => !digits && alnum(after) && !possessive(bytes, end),
            _ => false,
        };
        if !joins {
            break;
        }
        end += 1;
    }
    let shape = match (letters, digits) {
        (true, false) => Shape::Word,
        (false, true) if !plain[start..end].contains(['-', '_', '/']) => Shape::Number,
        _ => Shape::Code,
    };
    found.push(token(start, end, shape));
    if bytes.get(end) == Some(&b'\'') && possessive(bytes, end) {
        found.push(token(end, end + 2, Shape::Word));
        end += 2;
    }
    end
}

/// Whether the connector at `at` holds a code together: one side of it has a digit
/// (`wid-1001`, `kl-09-a`, `12-4471-b`), and it is not a word of many letters with a unit
/// (`b-12` yes, `order-12` yes, `on-time` no).
fn joins_code(bytes: &[u8], start: usize, at: usize) -> bool {
    let part = |byte: &u8| byte.is_ascii_alphanumeric();
    let left = &bytes[start..at];
    let right_end = bytes[at + 1..]
        .iter()
        .position(|byte| !part(byte))
        .map_or(bytes.len(), |offset| at + 1 + offset);
    let right = &bytes[at + 1..right_end];
    let digit = |slice: &[u8]| slice.iter().any(u8::is_ascii_digit);
    if digit(left) || digit(right) {
        return bytes[at] != b'/' || (digit(left) && digit(right));
    }
    // `px-ab-12`: letters first, the digits in the part after next.
    matches!(bytes.get(right_end), Some(b'-' | b'_'))
        && left.len() <= 4
        && right.len() <= 4
        && bytes.get(right_end + 1).is_some_and(u8::is_ascii_digit)
}

/// Whether the apostrophe at `at` opens a final `'s`.
fn possessive(bytes: &[u8], at: usize) -> bool {
    bytes.get(at + 1) == Some(&b's')
        && !bytes
            .get(at + 2)
            .is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte >= 0x80)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(plain: &str) -> Vec<&str> {
        tokens(plain)
            .iter()
            .map(|token| token.text(plain))
            .collect()
    }

    #[test]
    fn codes_stay_whole_and_words_do_not() {
        assert_eq!(
            cut("stock-out of wid-1001, kl-09-a & hx_22 (inventory_monitor) px-ab-12"),
            [
                "stock",
                "-",
                "out",
                "of",
                "wid-1001",
                ",",
                "kl-09-a",
                "&",
                "hx_22",
                "(",
                "inventory",
                "_",
                "monitor",
                ")",
                "px-ab-12"
            ]
        );
    }

    #[test]
    fn numbers_keep_their_separators_and_sentences_do_not() {
        assert_eq!(
            cut("2,500 kg at 6.15. don't what's #a17 2k"),
            [
                "2,500", "kg", "at", "6.15", ".", "don't", "what", "'s", "#", "a17", "2k"
            ]
        );
    }
}
