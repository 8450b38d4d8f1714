//! Finds where in a message its labelled values stand.

use std::ops::Range;

use wharf_domain::entities::EntityName;

use super::corpus::Message;

/// The values of `message` that stand in its text word for word, as byte ranges of the text.
/// Values that were normalised beyond recognition (dates, operations) have none.
#[must_use]
pub fn spans(message: &Message) -> Vec<(EntityName, Range<usize>)> {
    let (lower, origins) = lower_with_origins(&message.text);
    let mut found: Vec<(EntityName, Range<usize>)> = Vec::new();
    let mut entities: Vec<_> = message.entities.iter().collect();
    entities.sort_by_key(|(_, value)| std::cmp::Reverse(value.len()));
    for (name, value) in entities {
        let value = value.to_lowercase();
        let taken = |span: &Range<usize>| {
            found
                .iter()
                .any(|(_, other)| span.start < other.end && other.start < span.end)
        };
        let span = occurrences(&lower, &value)
            .map(|at| origins[at.start]..origins[at.end])
            .find(|span| !taken(span));
        if let Some(span) = span {
            found.push((name, span));
        }
    }
    found
}

/// Whole-word occurrences of `value` in `text`.
fn occurrences(text: &str, value: &str) -> impl Iterator<Item = Range<usize>> {
    let edge = |c: Option<char>| !c.is_some_and(char::is_alphanumeric);
    text.match_indices(value)
        .map(|(start, part)| start..start + part.len())
        .filter(move |span| {
            !span.is_empty()
                && edge(text[..span.start].chars().next_back())
                && edge(text[span.end..].chars().next())
        })
}

fn lower_with_origins(text: &str) -> (String, Vec<usize>) {
    let mut lower = String::with_capacity(text.len());
    let mut origins = Vec::with_capacity(text.len() + 1);
    for (at, c) in text.char_indices() {
        for part in c.to_lowercase() {
            lower.push(part);
            origins.resize(lower.len(), at);
        }
    }
    origins.push(text.len());
    (lower, origins)
}
