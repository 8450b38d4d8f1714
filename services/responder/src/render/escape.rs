//! Keeps users' data from changing the formatting of a reply.
//!
//! WhatsApp reads `*`, `_`, `~` and a backtick as markup where they stand at the edge of a word,
//! and has no escape character. A marker of data at such a place becomes a look-alike; inside a
//! word (`HX_22`) it is no markup and stays, so that codes can be copied.

use minijinja::{Error, ErrorKind, Output, State, Value, value::ValueKind};

/// Writes a value into a text: markers of strings are made harmless, and a value that is not there
/// is an error instead of the word "none" in somebody's chat.
pub(super) fn formatter(
    out: &mut Output<'_>,
    state: &State<'_, '_>,
    value: &Value,
) -> Result<(), Error> {
    match value.kind() {
        ValueKind::String if !value.is_safe() => {
            let text = harmless(value.as_str().unwrap_or_default());
            out.write_str(&text).map_err(Error::from)
        }
        ValueKind::None | ValueKind::Undefined => Err(Error::new(
            ErrorKind::UndefinedError,
            "a value that is not known was printed",
        )),
        _ => minijinja::escape_formatter(out, state, &Value::from_safe_string(value.to_string())),
    }
}

fn harmless(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before: Option<char> = None;
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let inside = before.is_some_and(char::is_alphanumeric)
            && rest.peek().copied().is_some_and(char::is_alphanumeric);
        out.push(match c {
            '*' if !inside => '∗',
            '_' if !inside => '＿',
            '~' if !inside => '∼',
            '`' => 'ˋ',
            other => other,
        });
        before = Some(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn markers_at_the_edges_of_words_become_harmless_and_codes_stay() {
        assert_eq!(harmless("*bold* _it_ ~no~ `x`"), "∗bold∗ ＿it＿ ∼no∼ ˋxˋ");
        assert_eq!(harmless("HX_22 4*6"), "HX_22 4*6");
    }

    proptest! {
        #[test]
        fn no_marker_is_left_where_whatsapp_reads_one(text in "[a1 *_~`.]{0,30}") {
            let safe: Vec<char> = harmless(&text).chars().collect();
            for (at, c) in safe.iter().enumerate() {
                if matches!(c, '*' | '_' | '~' | '`') {
                    let word = |i: Option<usize>| i.and_then(|i| safe.get(i)).is_some_and(|c| c.is_alphanumeric());
                    prop_assert!(word(at.checked_sub(1)) && word(Some(at + 1)));
                }
            }
        }
    }
}
