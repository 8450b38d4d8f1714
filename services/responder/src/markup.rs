//! WhatsApp's markup: where a text is bold, italic, struck out or code.
//!
//! `*`, `_` and `~` are markup at the edges of words and within one line; three backticks span
//! lines, and nothing within them is markup. What has no partner is a character like any.

/// What begins and ends a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marker {
    /// `*bold*`.
    Bold,
    /// `_italic_`.
    Italic,
    /// `~struck out~`.
    Struck,
    /// Three backticks.
    Code,
}

impl Marker {
    /// As it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bold => "*",
            Self::Italic => "_",
            Self::Struck => "~",
            Self::Code => "```",
        }
    }

    const fn of(c: char) -> Option<Self> {
        match c {
            '*' => Some(Self::Bold),
            '_' => Some(Self::Italic),
            '~' => Some(Self::Struck),
            _ => None,
        }
    }
}

/// A piece of a text with its markers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Which.
    pub marker: Marker,
    /// The byte at which the first marker begins.
    pub open: usize,
    /// The byte at which the second marker begins.
    pub close: usize,
}

/// What markers of a text mean.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Markup {
    /// The spans, by their beginning.
    pub spans: Vec<Span>,
    /// The bytes of markers at the edge of a word without a partner.
    pub lonely: Vec<usize>,
}

/// Reads the markup of `text`.
#[must_use]
pub fn read(text: &str) -> Markup {
    let mut markup = Markup::default();
    let mut open: Vec<(Marker, usize)> = Vec::new();
    let mut code: Option<usize> = None;
    let mut before: Option<char> = None;
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let mut next = at + c.len_utf8();
        if text[at..].starts_with("```") {
            next = at + 3;
            match code.take() {
                Some(begin) => markup.spans.push(Span {
                    marker: Marker::Code,
                    open: begin,
                    close: at,
                }),
                None => code = Some(at),
            }
        } else if c == '\n' {
            markup.lonely.extend(open.drain(..).map(|(_, at)| at));
        } else if let (Some(marker), None) = (Marker::of(c), code) {
            let after = text[next..].chars().next();
            let known = open.iter().rposition(|(other, _)| *other == marker);
            if let (Some(place), true) = (known, closes(before, c, after)) {
                let (_, begin) = open.remove(place);
                markup.spans.push(Span {
                    marker,
                    open: begin,
                    close: at,
                });
            } else if known.is_none() && opens(before, c, after) {
                open.push((marker, at));
            } else if !(is_word(before) && is_word(after) || is_blank(before) && is_blank(after)) {
                markup.lonely.push(at);
            }
        }
        before = Some(c);
        at = next;
    }
    markup.lonely.extend(open.into_iter().map(|(_, at)| at));
    markup.lonely.extend(code);
    markup.lonely.sort_unstable();
    markup.spans.sort_unstable_by_key(|span| span.open);
    markup
}

/// Whether every marker of `text` has its partner.
#[must_use]
pub fn is_balanced(text: &str) -> bool {
    read(text).lonely.is_empty()
}

fn is_word(c: Option<char>) -> bool {
    c.is_some_and(char::is_alphanumeric)
}

fn is_blank(c: Option<char>) -> bool {
    c.is_none_or(char::is_whitespace)
}

fn opens(before: Option<char>, marker: char, after: Option<char>) -> bool {
    !is_word(before) && !is_blank(after) && after != Some(marker)
}

fn closes(before: Option<char>, marker: char, after: Option<char>) -> bool {
    !is_word(after) && !is_blank(before) && before != Some(marker)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(text: &str) -> Vec<&str> {
        let read = read(text);
        assert!(read.lonely.is_empty(), "{text}: {read:?}");
        read.spans
            .iter()
            .map(|span| &text[span.open..span.close + span.marker.as_str().len()])
            .collect()
    }

    #[test]
    fn spans_are_found_at_the_edges_of_words() {
        assert_eq!(spans("a *b c* d"), ["*b c*"]);
        assert_eq!(spans("*_x_* (~y~)"), ["*_x_*", "_x_", "~y~"]);
        assert_eq!(spans("HX_22, 4*6 and 4 * 6"), Vec::<&str>::new());
        assert_eq!(spans("```a *b\nc``` *d*"), ["```a *b\nc```", "*d*"]);
    }

    #[test]
    fn what_has_no_partner_in_its_line_is_lonely() {
        for text in ["*a", "a*", "*a\nb*", "```a", "**a**", "* a*"] {
            assert!(!is_balanced(text), "{text}");
        }
    }
}
