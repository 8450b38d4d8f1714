//! Long texts in parts that Twilio takes.
//!
//! Twilio refuses more than 1,600 characters and counts an emoji as several (error 21617), so
//! lengths here are UTF-16 units with room to spare. A text is cut at the end of a line, else of a
//! sentence, else of a word, else between graphemes. Markup that a cut goes through is closed at the
//! end of a part and opened again in the next. More than one part are numbered, in a last line.

use std::fmt::Write;

use unicode_segmentation::UnicodeSegmentation;

use crate::markup::{self, Span};

/// The longest part, in UTF-16 units, its number included.
pub const PART_UNITS: usize = 1_500;

/// The most parts of a text: the last one of a longer text ends in the way to the rest.
pub const MAX_PARTS: usize = 4;

/// What a number adds: a new line and `(4/4)`.
const NUMBER_UNITS: usize = 6;

/// A text in parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Split {
    /// All of it, in at most [`MAX_PARTS`] parts. None is empty.
    Whole(Vec<String>),
    /// It needs more: call [`shortened`].
    TooLong,
}

/// Cuts `text`.
#[must_use]
pub fn split(text: &str) -> Split {
    let text = text.trim();
    if units(text) <= PART_UNITS {
        let parts = Some(text).filter(|text| !text.is_empty());
        return Split::Whole(parts.map(str::to_owned).into_iter().collect());
    }
    let mut pieces = Pieces::of(text);
    let mut parts = Vec::new();
    while let Some(part) = pieces.next(PART_UNITS - NUMBER_UNITS) {
        if parts.len() == MAX_PARTS {
            return Split::TooLong;
        }
        parts.push(part);
    }
    Split::Whole(numbered(parts))
}

/// The beginning of a text that is too long, in [`MAX_PARTS`] parts; `end` ends the last one: it
/// says where the whole is. An `end` without room for any text beside it is a part by itself.
#[must_use]
pub fn shortened(text: &str, end: &str) -> Vec<String> {
    let mut pieces = Pieces::of(text.trim());
    let limit = PART_UNITS - NUMBER_UNITS;
    let mut parts: Vec<_> = std::iter::from_fn(|| pieces.next(limit))
        .take(MAX_PARTS - 1)
        .collect();
    let room = limit.saturating_sub(units(end) + 2);
    let last = pieces.next(room).filter(|_| room > 0);
    parts.push(last.map_or_else(|| end.to_owned(), |last| format!("{last}\n\n{end}")));
    numbered(parts)
}

fn numbered(mut parts: Vec<String>) -> Vec<String> {
    let count = parts.len();
    if count > 1 {
        for (part, number) in parts.iter_mut().zip(1..) {
            // Writing to a string does not fail.
            let _ = write!(part, "\n({number}/{count})");
        }
    }
    parts
}

/// What is left of a text.
struct Pieces<'a> {
    text: &'a str,
    spans: Vec<Span>,
    at: usize,
}

/// A way to cut, the nicest first; only for a part that it fills well enough.
type Borders = fn(&str) -> Vec<usize>;
const BORDERS: [Borders; 5] = [lines, sentences, blanks, words, graphemes];

impl<'a> Pieces<'a> {
    fn of(text: &'a str) -> Self {
        Self {
            text,
            spans: markup::read(text).spans,
            at: 0,
        }
    }

    /// The next part, of at most `limit` units; `None` when nothing is left.
    fn next(&mut self, limit: usize) -> Option<String> {
        let rest = self.text[self.at..].trim_start();
        self.at = self.text.len() - rest.len();
        if rest.is_empty() {
            return None;
        }
        let begin = self.at;
        let end = self.end(begin, limit);
        let opened = self.open_at(begin).map(|span| span.marker.as_str());
        let closed = self.open_at(end).map(|span| span.marker.as_str());
        let mut part: String = opened.collect();
        part.push_str(self.text[begin..end].trim_end());
        part.extend(closed.collect::<Vec<_>>().into_iter().rev());
        self.at = end;
        Some(part)
    }

    /// Where the part that begins at `begin` ends.
    fn end(&self, begin: usize, limit: usize) -> usize {
        let used: usize = self
            .open_at(begin)
            .map(|span| span.marker.as_str().len())
            .sum();
        let rest = &self.text[begin..];
        // As far as it can go, whatever the border.
        let mut length = used;
        let mut furthest = 0;
        for (at, c) in rest.char_indices() {
            length += c.len_utf16();
            if length > limit {
                break;
            }
            furthest = at + c.len_utf8();
        }
        if furthest == rest.len() {
            return self.text.len();
        }
        // Borders depend on what stands on both sides of them.
        let seen: String = rest[..furthest]
            .chars()
            .chain(rest[furthest..].chars().take(64))
            .collect();
        let fits = |end: usize| {
            let closing: usize = self
                .open_at(begin + end)
                .map(|span| span.marker.as_str().len())
                .sum();
            end > 0
                && end <= furthest
                && used + units(rest[..end].trim_end()) + closing <= limit
                && !self.tears(begin + end)
        };
        let half = furthest / 2;
        let found = BORDERS.iter().find_map(|borders| {
            let ends = borders(&seen).into_iter().rev();
            ends.take_while(|end| *end >= half).find(|end| fits(*end))
        });
        let any = || graphemes(&seen).into_iter().rev().find(|end| fits(*end));
        // A grapheme longer than a part: hundreds of marks on a letter.
        let first = rest.chars().next().map_or(1, char::len_utf8);
        begin + found.or_else(any).unwrap_or(furthest.max(first))
    }

    /// The spans that a cut at `at` goes through, the outermost first.
    fn open_at(&self, at: usize) -> impl Iterator<Item = &Span> {
        self.spans
            .iter()
            .filter(move |span| span.open < at && at <= span.close)
    }

    /// Whether a cut at `at` would leave a marker torn, or with nothing between it and its partner.
    fn tears(&self, at: usize) -> bool {
        let blank = |from: usize, to: usize| {
            self.text.get(from..to).is_none_or(|between| {
                between
                    .chars()
                    .all(|c| c.is_whitespace() || "*_~`".contains(c))
            })
        };
        let within = |from: usize, len: usize| from < at && at < from + len;
        let torn = self
            .spans
            .iter()
            .any(|span| within(span.close, span.marker.as_str().len()));
        torn || self
            .open_at(at)
            .any(|span| blank(span.open + span.marker.as_str().len(), at) || blank(at, span.close))
    }
}

fn lines(text: &str) -> Vec<usize> {
    text.match_indices('\n').map(|(at, _)| at + 1).collect()
}

fn sentences(text: &str) -> Vec<usize> {
    ends(text, text.split_sentence_bound_indices())
}

fn blanks(text: &str) -> Vec<usize> {
    let blank = text.char_indices().filter(|(_, c)| c.is_whitespace());
    blank.map(|(at, c)| at + c.len_utf8()).collect()
}

fn words(text: &str) -> Vec<usize> {
    ends(text, text.split_word_bound_indices())
}

fn graphemes(text: &str) -> Vec<usize> {
    ends(text, text.grapheme_indices(true))
}

/// Where pieces end; the last one's end is the text's, which is no border.
fn ends<'a>(text: &str, pieces: impl Iterator<Item = (usize, &'a str)>) -> Vec<usize> {
    let ends = pieces.map(|(at, piece)| at + piece.len());
    ends.filter(|end| *end < text.len()).collect()
}

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

#[cfg(test)]
mod tests;
