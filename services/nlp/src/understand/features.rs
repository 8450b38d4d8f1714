//! What the classifier sees of a message: single words, pairs and triples of neighbours, pairs
//! with a gap, word classes and their combinations, and pieces of words. Names and numbers are
//! masked: a run of words outside the vocabulary counts as one placeholder.

use super::hashing;
use super::lexemes::Lexeme;
use super::lexicon::{Classes, class};
use super::words::Shape;

use std::sync::LazyLock;

/// Kinds of features; each kind has one weight factor.
pub const GROUPS: usize = 5;

/// The feature hashes of one message, by kind.
#[derive(Debug, Default, Clone)]
pub struct Features {
    /// All hashes, kind after kind.
    pub hashes: Vec<u64>,
    /// For each kind, where its hashes end.
    pub ends: [usize; GROUPS],
}

/// Classes that say what a message is about, as opposed to how it is put.
static CONTENT: LazyLock<Classes> = LazyLock::new(|| {
    [
        "buy",
        "need",
        "get",
        "low",
        "stock",
        "much",
        "left",
        "where",
        "receive",
        "remove",
        "add",
        "set",
        "alert",
        "problem",
        "severity",
        "ack",
        "resolve",
        "report",
        "make",
        "metric",
        "perf",
        "supplier",
        "contact",
        "digest",
        "agent",
        "monitor",
        "generator",
        "evaluator",
        "optimizer",
        "start",
        "stop",
        "status",
        "help",
        "not",
        "ask",
        "all",
        "finance",
        "sales",
        "if",
        "told",
        "offtopic",
        "unit",
        "place",
        "date",
    ]
    .iter()
    .fold(0, |classes, name| classes | class(name))
});

const UNKNOWN_WORD: u64 = 1;
const NUMBER: u64 = 2;
const CODE: u64 = 3;
const EDGE: u64 = 4;

/// The features of `lexemes`, tokens of `plain`.
#[must_use]
pub fn extract(plain: &str, lexemes: &[Lexeme]) -> Features {
    let mut features = Features {
        hashes: Vec::with_capacity(lexemes.len() * 24 + 16),
        ends: [0; GROUPS],
    };
    let symbols = symbols(plain, lexemes);
    words(&symbols, &mut features);
    gaps(&symbols, &mut features);
    classes(lexemes, &mut features);
    pieces(plain, lexemes, &mut features);
    shape(plain, lexemes, &mut features);
    features
}

fn symbols(plain: &str, lexemes: &[Lexeme]) -> Vec<u64> {
    let mut symbols = Vec::with_capacity(lexemes.len() + 2);
    symbols.push(EDGE);
    for lexeme in lexemes {
        let symbol = match lexeme.token.shape {
            Shape::Word | Shape::Symbol if lexeme.known => lexeme.key,
            Shape::Word => UNKNOWN_WORD,
            Shape::Number => NUMBER,
            Shape::Code if lexeme.known => lexeme.key,
            Shape::Code => CODE,
            Shape::Mark | Shape::Symbol => match plain.as_bytes()[lexeme.token.start as usize] {
                b'#' | b'%' | b'+' => lexeme.key,
                _ => continue,
            },
        };
        if symbol != UNKNOWN_WORD || symbols.last() != Some(&UNKNOWN_WORD) {
            symbols.push(symbol);
        }
    }
    symbols.push(EDGE);
    symbols
}

fn words(symbols: &[u64], features: &mut Features) {
    for (at, &symbol) in symbols.iter().enumerate() {
        features.hashes.push(hashing::join(11, symbol));
        if let Some(&next) = symbols.get(at + 1) {
            let pair = hashing::join(symbol, next);
            features.hashes.push(hashing::join(12, pair));
            if let Some(&third) = symbols.get(at + 2) {
                features
                    .hashes
                    .push(hashing::join(13, hashing::join(pair, third)));
            }
        }
    }
    features.ends[0] = features.hashes.len();
}

fn gaps(symbols: &[u64], features: &mut Features) {
    for (at, &symbol) in symbols.iter().enumerate() {
        for &later in symbols.iter().skip(at + 2).take(2) {
            features
                .hashes
                .push(hashing::join(21, hashing::join(symbol, later)));
        }
    }
    features.ends[1] = features.hashes.len();
}

fn classes(lexemes: &[Lexeme], features: &mut Features) {
    let mut present: Classes = 0;
    let mut before = EDGE;
    for lexeme in lexemes {
        present |= lexeme.classes;
        let content = lexeme.classes & *CONTENT;
        if content != 0 {
            features
                .hashes
                .push(hashing::join(31, hashing::join(before, content)));
            before = content;
        }
    }
    features
        .hashes
        .push(hashing::join(31, hashing::join(before, EDGE)));
    let mut rest = present;
    while rest != 0 {
        let bit = u64::from(rest.trailing_zeros());
        rest &= rest - 1;
        features.hashes.push(hashing::join(32, bit));
        let mut others = rest & *CONTENT;
        if (1 << bit) & *CONTENT == 0 {
            continue;
        }
        while others != 0 {
            let other = u64::from(others.trailing_zeros());
            others &= others - 1;
            features.hashes.push(hashing::join(33, bit << 8 | other));
        }
    }
    if present & *CONTENT == 0 {
        features.hashes.push(hashing::join(34, 0));
    }
    features.ends[2] = features.hashes.len();
}

const SHORTEST_PIECE: usize = 3;
const LONGEST_PIECE: usize = 5;

fn pieces(plain: &str, lexemes: &[Lexeme], features: &mut Features) {
    for lexeme in lexemes {
        if lexeme.token.shape != Shape::Word {
            continue;
        }
        let word = lexeme.token.text(plain).as_bytes();
        let padded = word.len() + 2;
        let at = |index: usize| match index {
            0 => b'<',
            index if index == padded - 1 => b'>',
            index => word[index - 1],
        };
        for start in 0..padded {
            let mut state = 41;
            for offset in 0..LONGEST_PIECE.min(padded - start) {
                state = hashing::step(state, at(start + offset));
                if offset + 1 >= SHORTEST_PIECE {
                    features.hashes.push(hashing::join(41, state));
                }
            }
        }
    }
    features.ends[3] = features.hashes.len();
}

fn shape(plain: &str, lexemes: &[Lexeme], features: &mut Features) {
    let mut push = |kind: u64, value: u64| features.hashes.push(hashing::join(kind, value));
    push(51, 0);
    let count = lexemes.len();
    push(52, u64::from(usize::BITS - count.leading_zeros()));
    push(53, u64::from(plain.trim_end().ends_with('?')));
    let words = lexemes.iter().filter(|l| l.token.shape == Shape::Word);
    let unknown = words.clone().filter(|l| !l.known).count();
    let total = words.count().max(1);
    push(54, (unknown * 4 / total) as u64);
    let has = |shape: Shape| lexemes.iter().any(|l| l.token.shape == shape);
    push(
        55,
        u64::from(has(Shape::Number)) * 2 + u64::from(has(Shape::Code)),
    );
    push(56, u64::from(plain.contains('?')));
    if let Some(first) = lexemes.iter().find(|l| l.token.shape != Shape::Mark) {
        push(57, first.classes);
    }
    features.ends[4] = features.hashes.len();
}
