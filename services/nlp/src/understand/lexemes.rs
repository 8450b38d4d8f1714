//! Tokens with what is known about each: the word it stands for, its classes, whether training
//! saw it often enough to mean something by itself.

use super::hashing::{self, HashedMap};
use super::lexicon::{Classes, lexicon};
use super::spelling::Speller;
use super::words::{self, Shape, Token};

/// One token, understood as a word.
#[derive(Debug, Clone, Copy)]
pub struct Lexeme {
    /// Where it stands.
    pub token: Token,
    /// The hash of the word it stands for, after texting words and typing errors.
    pub key: u64,
    /// What that word does.
    pub classes: Classes,
    /// Whether the word is one of the vocabulary; names of goods and firms mostly are not.
    pub known: bool,
    /// Whether a typing error was mended.
    pub mended: bool,
}

/// The words that training saw in several messages outside of names, with the speller over them.
#[derive(Debug, Default)]
pub struct Vocabulary {
    known: HashedMap<()>,
    speller: Speller,
}

impl Vocabulary {
    /// A vocabulary of `words`, the lexicon's words added.
    #[must_use]
    pub fn new<'a>(words: impl Iterator<Item = &'a str> + Clone) -> Self {
        let spelled = lexicon().spelled();
        let mut known: HashedMap<()> = words.clone().map(|word| (hashing::of(word), ())).collect();
        known.extend(spelled.iter().map(|word| (hashing::of(word), ())));
        Self {
            known,
            speller: Speller::new(spelled.iter().copied().chain(words)),
        }
    }

    /// Whether the word with this hash belongs to it.
    #[must_use]
    pub fn knows(&self, key: u64) -> bool {
        self.known.contains_key(&key)
    }
}

/// The lexemes of `plain`, in order; a final `'s` is left out.
#[must_use]
pub fn lexemes(plain: &str, vocabulary: &Vocabulary) -> Vec<Lexeme> {
    let mut found = Vec::new();
    for token in words::tokens(plain) {
        let text = token.text(plain);
        if text == "'s" || dictated_mark(plain, text, token, &mut found) {
            continue;
        }
        found.push(lexeme(token, text, vocabulary));
    }
    found
}

/// Dictated "full stop" and "comma" are marks: drops the words.
fn dictated_mark(plain: &str, text: &str, token: Token, found: &mut Vec<Lexeme>) -> bool {
    let last = found
        .last()
        .map(|before| before.token)
        .filter(|before| before.end + 1 == token.start);
    if text == "comma" && last.is_some() {
        return true;
    }
    if text == "stop" && last.is_some_and(|before| before.text(plain) == "full") {
        found.pop();
        return true;
    }
    false
}

fn lexeme(token: Token, text: &str, vocabulary: &Vocabulary) -> Lexeme {
    let lexicon = lexicon();
    let mut key = hashing::of(text);
    let mut word = text;
    let meaning = lexicon.meaning(key);
    if let Some(meaning) = meaning {
        word = meaning;
        key = hashing::of(meaning);
    }
    if token.shape != Shape::Word && meaning.is_none() {
        return Lexeme {
            token,
            key,
            classes: lexicon.classes(word, key),
            known: matches!(token.shape, Shape::Mark | Shape::Symbol),
            mended: false,
        };
    }
    let mut classes = lexicon.classes(word, key);
    let mut known = classes != 0 || vocabulary.knows(key);
    let mut mended = false;
    if !known && let Some(meant) = vocabulary.speller.correct(word) {
        key = hashing::of(meant);
        classes = lexicon.classes(meant, key);
        known = true;
        mended = true;
    }
    Lexeme {
        token,
        key,
        classes,
        known,
        mended,
    }
}
