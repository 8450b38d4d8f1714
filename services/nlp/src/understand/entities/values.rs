//! Brings what was written into the labelling guide's form.

/// Words that open a name without belonging to it.
const ARTICLES: &[&str] = &[
    "the", "a", "an", "of", "some", "any", "more", "our", "my", "those", "these", "that", "this",
    "el", "la", "los", "las", "un", "una", "unos", "unas", "de", "del", "mas", "más", "extra",
];

/// A name: lower case, one space between words, without articles before it.
pub(super) fn phrase(written: &str) -> String {
    let lower = written.to_lowercase();
    let words: Vec<&str> = lower
        .split_whitespace()
        .skip_while(|word| ARTICLES.contains(word))
        .collect();
    words
        .join(" ")
        .trim_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '%' | '\'' | ')' | '('))
        .to_owned()
}

/// A code: upper case, without `#` and space.
pub(super) fn code(written: &str) -> String {
    written
        .trim_start_matches('#')
        .split_whitespace()
        .collect::<Vec<_>>()
        .join("-")
        .to_uppercase()
}
