//! Folding and cutting of texts and names into tokens that compare equal when people would call
//! them equal: case, accents, punctuation, `500ml` and `500 ml`, plural and singular, filler words.
//!
//! A new filler word goes into [`FILLERS`]; it is then ignored in names and in messages alike.

use std::borrow::Cow;
use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Words that never tell one name from another, English and Spanish.
const FILLERS: [&str; 18] = [
    "the", "of", "and", "an", "a", "de", "del", "la", "el", "los", "las", "le", "y", "with", "for",
    "con", "para", "n",
];

/// Fillers long enough to be recognised with a typing error or stuck to their neighbour.
pub(super) const LONG_FILLERS: [&str; 6] = ["of", "and", "the", "with", "for", "del"];

/// Lower case, compatibility forms and accents removed; other characters are kept.
///
/// The bytes move, so spans in the result are spans of the result, not of `text`.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut out = String::with_capacity(text.len());
    for c in text
        .nfkd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
    {
        match c {
            'ß' => out.push_str("ss"),
            'æ' => out.push_str("ae"),
            'œ' => out.push_str("oe"),
            'ø' => out.push('o'),
            'đ' | 'ð' => out.push('d'),
            'ł' => out.push('l'),
            'ı' => out.push('i'),
            '\u{2010}'..='\u{2015}' | '\u{2212}' => out.push('-'),
            '\u{2018}' | '\u{2019}' => out.push('\''),
            c if is_combining_mark(c) => {}
            c => out.push(c),
        }
    }
    out
}

/// What a token is, which says how strictly it is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// Three letters or more: typing errors are forgiven.
    Word,
    /// One or two letters (sizes such as `l`, `xl`, units such as `ml`): exact.
    Short,
    /// Digits, perhaps with a decimal point: exact.
    Number,
}

/// A piece of a text: a run of letters or a number.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    /// As written, in [`Tokens::buffer`].
    surface: Range<usize>,
    /// Without the plural ending, in [`Tokens::buffer`].
    stem: Range<usize>,
    /// Where it stands in the text.
    pub(super) span: Range<usize>,
    /// Whether a letter or digit touches it from the left, as `ml` in `500ml`.
    pub(super) glued: bool,
}

/// The tokens of a text, fillers left out.
#[derive(Clone, Debug, Default)]
pub(super) struct Tokens {
    buffer: String,
    pub(super) list: Vec<Token>,
}

impl Tokens {
    /// Cuts a folded text; stops after `limit` tokens.
    pub(super) fn of(text: &str, limit: usize) -> Tokens {
        let mut tokens = Tokens {
            buffer: String::with_capacity(text.len() + 16),
            list: Vec::new(),
        };
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() && tokens.list.len() < limit {
            let Some(c) = text[at..].chars().next() else {
                break;
            };
            if c.is_alphanumeric() {
                let end = run_end(text, at);
                tokens.push_run(text, at..end, limit);
                at = end;
            } else {
                at += c.len_utf8();
            }
        }
        // "vitamin a": a last word is a name's own, whatever it is; a name of fillers keeps them.
        tokens.drop_fillers();
        tokens
    }

    /// The token as written.
    pub(super) fn surface(&self, index: usize) -> &str {
        &self.buffer[self.list[index].surface.clone()]
    }

    /// The token without its plural ending.
    pub(super) fn stem(&self, index: usize) -> &str {
        &self.buffer[self.list[index].stem.clone()]
    }

    fn drop_fillers(&mut self) {
        let last = self.list.len().saturating_sub(1);
        let buffer = &self.buffer;
        let mut index = 0;
        let mut kept = self.list.clone();
        kept.retain(|token| {
            let here = index;
            index += 1;
            let word = &buffer[token.surface.clone()];
            let single_last = here == last && word.len() == 1;
            let next_glued = self.list.get(here + 1).is_some_and(|next| next.glued);
            token.kind == TokenKind::Number
                || token.glued
                || next_glued
                || single_last
                || !FILLERS.contains(&word)
        });
        if !kept.is_empty() {
            self.list = kept;
        }
    }

    /// One run of letters, digits and apostrophes: split where letters and digits meet.
    fn push_run(&mut self, text: &str, run: Range<usize>, limit: usize) {
        let mut start = run.start;
        let look_alike = zeros_and_ones(&text[run.clone()]);
        while start < run.end && self.list.len() < limit {
            let digits = text.as_bytes()[start].is_ascii_digit() || look_alike == LookAlike::Digits;
            let mut end = start;
            for (offset, c) in text[start..run.end].char_indices() {
                let digit = match look_alike {
                    LookAlike::Digits => true,
                    LookAlike::Letters => false,
                    LookAlike::None => c.is_ascii_digit() || (digits && matches!(c, '.' | ',')),
                };
                if digit != digits && c != '\'' {
                    break;
                }
                end = start + offset + c.len_utf8();
            }
            self.push_token(&text[start..end], start..end, digits, start > run.start);
            start = end;
        }
    }

    fn push_token(&mut self, piece: &str, span: Range<usize>, digits: bool, glued: bool) {
        let from = self.buffer.len();
        if digits {
            push_number(&mut self.buffer, piece);
        } else {
            self.buffer.extend(piece.chars().filter_map(|c| match c {
                '\'' => None,
                '0' => Some('o'),
                '1' => Some('l'),
                c => Some(c),
            }));
        }
        let surface = from..self.buffer.len();
        if surface.is_empty() {
            return;
        }
        let word = &self.buffer[surface.clone()];
        let kind = match (digits, word.len()) {
            (true, _) => TokenKind::Number,
            (false, 0..=2) => TokenKind::Short,
            _ => TokenKind::Word,
        };
        let stem = match kind {
            TokenKind::Word => self.push_stem(surface.clone()),
            _ => surface.clone(),
        };
        self.list.push(Token {
            kind,
            surface,
            stem,
            span,
            glued,
        });
    }

    /// Notes the singular; a wrong guess costs one edit later.
    fn push_stem(&mut self, surface: Range<usize>) -> Range<usize> {
        let word = &self.buffer[surface.clone()];
        match stem(word) {
            Cow::Borrowed(stem) => surface.start..surface.start + stem.len(),
            Cow::Owned(stem) => {
                let from = self.buffer.len();
                self.buffer.push_str(&stem);
                from..self.buffer.len()
            }
        }
    }
}

/// A word without its plural ending.
pub(super) fn stem(word: &str) -> Cow<'_, str> {
    if word.len() > 4
        && let Some(root) = word.strip_suffix("ies")
    {
        return Cow::Owned(format!("{root}y"));
    }
    Cow::Borrowed(&word[..word.len() - plural_ending(word)])
}

/// How many bytes of a plural ending `word` has.
fn plural_ending(word: &str) -> usize {
    let hissing = ["ses", "xes", "zes", "ches", "shes"];
    if word.len() > 4 && hissing.iter().any(|end| word.ends_with(end)) {
        // "cases", "hoses", "axes": the e is the word's own as often as not; both become "cas".
        return 2;
    }
    if word.len() > 4
        && ["se", "xe", "ze", "che", "she"]
            .iter()
            .any(|end| word.ends_with(end))
    {
        return 1;
    }
    let plural = word.len() > 3
        && word.ends_with('s')
        && !["ss", "us", "is"].iter().any(|end| word.ends_with(end));
    usize::from(plural)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum LookAlike {
    None,
    Digits,
    Letters,
}

/// `5oo` is a number and `b0lts` a word: letters and digits that only look alike.
fn zeros_and_ones(run: &str) -> LookAlike {
    let bytes = run.as_bytes();
    let digits = bytes.iter().filter(|b| b.is_ascii_digit()).count();
    if digits == 0 || digits == bytes.len() || !run.is_ascii() {
        return LookAlike::None;
    }
    if bytes[0].is_ascii_digit() && bytes.iter().all(|b| b.is_ascii_digit() || *b == b'o') {
        return LookAlike::Digits;
    }
    let letters = bytes.iter().filter(|b| b.is_ascii_alphabetic()).count();
    let inside = bytes
        .iter()
        .position(u8::is_ascii_digit)
        .is_some_and(|at| matches!(bytes[at], b'0' | b'1') && at > 0 && at + 1 < bytes.len());
    if digits == 1 && letters >= 3 && inside {
        LookAlike::Letters
    } else {
        LookAlike::None
    }
}

/// End of the run of letters, digits, inner apostrophes and decimal points that starts at `start`.
fn run_end(text: &str, start: usize) -> usize {
    let mut previous = ' ';
    let mut chars = text[start..].char_indices().peekable();
    while let Some((offset, c)) = chars.next() {
        let next = chars.peek().map_or(' ', |(_, next)| *next);
        let inner = match c {
            '\'' => previous.is_alphabetic() && next.is_alphabetic(),
            '.' | ',' => previous.is_ascii_digit() && next.is_ascii_digit(),
            c => c.is_alphanumeric(),
        };
        if !inner {
            return start + offset;
        }
        previous = c;
    }
    text.len()
}

/// `1,000` is 1000, `1,5` is 1.5; `o` stands for 0.
fn push_number(buffer: &mut String, piece: &str) {
    let bytes = piece.as_bytes();
    for (at, b) in bytes.iter().enumerate() {
        match b {
            b'o' => buffer.push('0'),
            b',' if bytes.len() - at == 4 => {}
            b',' | b'.' => buffer.push('.'),
            b => buffer.push(char::from(*b)),
        }
    }
}
