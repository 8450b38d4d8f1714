//! Short replies to what the assistant said: yes, no, cancel, a number of a list. They mean
//! something only in a dialogue, so they are handed on beside the intent.

use std::sync::LazyLock;

use super::super::hashing::{self, HashedMap};
use super::super::lexemes::Lexeme;
use super::super::words::Shape;
use super::numbers;

/// A reply that refers to the message before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// Yes, do it.
    Yes,
    /// No.
    No,
    /// Stop what was begun.
    Cancel,
    /// Take back what was done.
    Undo,
    /// One step back.
    Back,
    /// The next page.
    More,
    /// These lines of the list, counted from 1, in the order given; at most ten.
    Lines(Vec<usize>),
}

static WORDS: LazyLock<HashedMap<Reply>> = LazyLock::new(|| {
    let lists = [
        (
            Reply::Yes,
            "yes y yep ok sure confirm confirmed correct right go do absolutely si sip claro dale confirmo confirmado correcto vale bueno",
        ),
        (Reply::No, "no n nope negative never"),
        (
            Reply::Cancel,
            "cancel abort nevermind forget cancela cancelar cancelalo olvidalo anula",
        ),
        (
            Reply::Undo,
            "undo revert rollback deshacer deshaz deshazlo revertir revierte reviertelo",
        ),
        (Reply::Back, "back previous atras volver anterior"),
        (Reply::More, "more next mas siguiente"),
    ];
    lists
        .into_iter()
        .flat_map(|(reply, words)| {
            words
                .split(' ')
                .map(move |word| (hashing::of(word), reply.clone()))
        })
        .collect()
});

static ORDINALS: LazyLock<HashedMap<usize>> = LazyLock::new(|| {
    let lists = [
        (1, "first 1st primero primera primer"),
        (2, "second 2nd segundo segunda"),
        (3, "third 3rd tercero tercera tercer"),
        (4, "fourth 4th cuarto cuarta"),
        (5, "fifth 5th quinto quinta"),
        (6, "sixth 6th sexto sexta"),
        (7, "seventh 7th septimo septima"),
        (8, "eighth 8th octavo octava"),
        (9, "ninth 9th noveno novena"),
    ];
    lists
        .into_iter()
        .flat_map(|(number, words)| {
            words
                .split(' ')
                .map(move |word| (hashing::of(word), number))
        })
        .collect()
});

/// Words that say nothing beside a reply.
static FILLERS: LazyLock<HashedMap<()>> = LazyLock::new(|| {
    "please the one number and it that this thanks ahead for y el la los las por favor gracias # , . ! & do"
        .split(' ')
        .map(|word| (hashing::of(word), ()))
        .collect()
});

/// Whole messages that ask to take back what was done, beside the words above.
const UNDO_PHRASES: &[&str] = &[
    "take that back",
    "take it back",
    "please take that back",
    "roll back",
    "roll that back",
    "undo last",
    "undo the last one",
    "undo the last change",
    "undo last change",
    "undo my last change",
    "revert the last change",
    "deshacer el ultimo cambio",
    "deshaz el ultimo cambio",
    "deshaz eso",
];

const LONGEST: usize = 12;
const MOST_LINES: usize = 10;

/// The reply that a message is, if it is nothing else.
#[must_use]
pub fn read(plain: &str, lexemes: &[Lexeme]) -> Option<Reply> {
    if lexemes.len() > LONGEST {
        return None;
    }
    let bare = plain.trim_matches(|c: char| !c.is_alphanumeric());
    if UNDO_PHRASES.contains(&bare) {
        return Some(Reply::Undo);
    }
    let mut said: Option<Reply> = None;
    let mut lines = Vec::new();
    for lexeme in lexemes {
        let line = match lexeme.token.shape {
            Shape::Number => numbers::digits(lexeme.token.text(plain)).and_then(as_line),
            _ => ORDINALS
                .get(&hashing::of(lexeme.token.text(plain)))
                .copied(),
        };
        if let Some(line) = line {
            lines.push(line);
        } else if let Some(reply) = WORDS.get(&lexeme.key) {
            said.get_or_insert_with(|| reply.clone());
        } else if !FILLERS.contains_key(&lexeme.key) {
            return None;
        }
    }
    if lines.is_empty() {
        return said;
    }
    (said.is_none() && lines.len() <= MOST_LINES).then_some(Reply::Lines(lines))
}

fn as_line(value: f64) -> Option<usize> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a whole number from 1 to 99"
    )]
    (value.fract() == 0.0 && (1.0..100.0).contains(&value)).then_some(value as usize)
}

#[cfg(test)]
mod tests {
    use super::super::super::lexemes::{Vocabulary, lexemes};
    use super::*;

    #[test]
    fn short_replies_and_nothing_else() {
        let vocabulary = Vocabulary::default();
        for (text, reply) in [
            ("yes please", Some(Reply::Yes)),
            ("yep", Some(Reply::Yes)),
            ("no", Some(Reply::No)),
            ("cancel that", Some(Reply::Cancel)),
            ("2", Some(Reply::Lines(vec![2]))),
            ("#2 and 4", Some(Reply::Lines(vec![2, 4]))),
            ("the second one please", Some(Reply::Lines(vec![2]))),
            ("next", Some(Reply::More)),
            ("undo", Some(Reply::Undo)),
            ("undo that please!", Some(Reply::Undo)),
            ("take that back.", Some(Reply::Undo)),
            ("undo the last change", Some(Reply::Undo)),
            ("deshaz eso", Some(Reply::Undo)),
            ("deshacer", Some(Reply::Undo)),
            ("undo the order", None),
            ("can you take that back to the shelf", None),
            ("yes order 40 mops", None),
            ("", None),
        ] {
            assert_eq!(read(text, &lexemes(text, &vocabulary)), reply, "{text}");
        }
    }
}
