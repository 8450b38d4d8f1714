//! Reads the words of a message: what each may be, alone, joined with its neighbour, or split.

use super::fold::{LONG_FILLERS, TokenKind, Tokens, stem};
use super::lexicon;
use super::spell::{self, EDIT, FAR, Scratch};
use super::vocabulary::Vocabulary;
use super::written::{Looks, Written};

/// Most words of a message that are compared with names.
pub(super) const MAX_QUERY: usize = 12;
/// Words joined or split: people write `hand bag` and `handbag` without thinking of an error.
const SPACE: u8 = 3;
/// A space one letter too early or too late.
const SPACE_MOVED: u8 = EDIT;
/// A word that is in other names, or an ordinary word, is hardly a misspelling of this name's.
pub(super) const KNOWN: u8 = 6;
/// Words looked up by spelling in one question; only made-up texts need more.
const MAX_LOOKUPS: usize = 64;

/// A word of the message.
#[derive(Debug)]
pub(super) struct QueryWord {
    pub(super) kind: TokenKind,
    pub(super) written: Written,
    /// The known word that this is exactly.
    pub(super) known: Option<u32>,
    pub(super) in_catalogue: bool,
    /// Costs nothing when it belongs to no name.
    pub(super) free: bool,
    /// A legal form: of little weight, unless the name has another.
    pub(super) legal: bool,
    /// Looks like a misspelt `of` or `and`.
    pub(super) like_filler: bool,
}

/// Words of the message taken as one, and what that may be.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Known words and their costs, by word.
    pub(super) words: Vec<(u32, u8)>,
    /// Two neighbouring words of a name written as one.
    pub(super) pairs: Vec<(u32, u32, u8)>,
}

/// A name as a message writes it, with all that its words may mean.
#[derive(Debug, Default)]
pub(super) struct Query {
    pub(super) words: Vec<QueryWord>,
    pub(super) readings: Vec<Reading>,
}

impl Query {
    /// Looks the words up in the vocabulary.
    pub(super) fn new(vocabulary: &Vocabulary, tokens: &Tokens, scratch: &mut Scratch) -> Query {
        let mut query = Query::default();
        let count = tokens.list.len().min(MAX_QUERY);
        let mut leading = true;
        for index in 0..count {
            let (kind, surface) = (tokens.list[index].kind, tokens.surface(index));
            let known = vocabulary.id(tokens.stem(index));
            let written = Written::new(surface.chars().collect());
            leading =
                leading && (kind == TokenKind::Number || lexicon::is_package(tokens.stem(index)));
            query.words.push(QueryWord {
                kind,
                known,
                in_catalogue: known.is_some_and(|word| vocabulary.in_catalogue(word)),
                legal: lexicon::is_legal_form(surface),
                free: lexicon::is_courtesy(surface) || (leading && kind == TokenKind::Word),
                like_filler: known.is_none() && like_filler(&written),
                written,
            });
        }
        scratch.allow(MAX_LOOKUPS);
        for index in 0..count {
            query.read_one(vocabulary, tokens, index, scratch);
        }
        for index in 1..count {
            query.read_joined(vocabulary, tokens, index - 1..index + 1, scratch);
            if index + 1 < count && tokens.list[index].glued && tokens.list[index + 1].glued {
                query.read_joined(vocabulary, tokens, index - 1..index + 2, scratch);
            }
        }
        query
    }

    fn read_one(
        &mut self,
        vocabulary: &Vocabulary,
        tokens: &Tokens,
        index: usize,
        scratch: &mut Scratch,
    ) {
        let word = &self.words[index];
        let mut reading = Reading {
            start: index,
            end: index + 1,
            ..Reading::default()
        };
        let earlier = self.words[..index]
            .iter()
            .position(|other| other.written.letters == word.written.letters);
        if let Some(earlier) = earlier {
            // Only made-up texts repeat a word often; it need not be looked up again.
            let same = |reading: &&Reading| reading.start == earlier && reading.end == earlier + 1;
            if let Some(same) = self.readings.iter().find(same) {
                reading.words.clone_from(&same.words);
                reading.pairs.clone_from(&same.pairs);
                self.push(reading);
            }
            return;
        }
        if let Some(known) = word.known {
            reading.words.push((known, 0));
        }
        if !word.in_catalogue && word.kind != TokenKind::Number {
            let extra = if word.known.is_some() { KNOWN } else { 0 };
            let first = reading.words.len();
            vocabulary
                .spelling
                .near(&word.written, scratch, &mut reading.words);
            for (_, cost) in &mut reading.words[first..] {
                *cost += extra;
            }
            if word.known.is_none() {
                let text = tokens.surface(index);
                split(vocabulary, text, SPACE, None, scratch, &mut reading);
            }
        }
        self.push(reading);
    }

    /// Two words, or a word torn by a digit, read as one; also as two with the space moved.
    fn read_joined(
        &mut self,
        vocabulary: &Vocabulary,
        tokens: &Tokens,
        range: std::ops::Range<usize>,
        scratch: &mut Scratch,
    ) {
        let parts = &self.words[range.clone()];
        let glued = tokens.list[range.start + 1..range.end]
            .iter()
            .all(|token| token.glued);
        let torn = parts.iter().any(|part| part.kind == TokenKind::Number);
        let in_words = parts.iter().filter(|part| part.kind != TokenKind::Number);
        if torn
            && (!glued
                || in_words
                    .map(|part| part.written.letters.len())
                    .sum::<usize>()
                    < 4)
        {
            return;
        }
        let text: String = range.clone().map(|index| tokens.surface(index)).collect();
        let letters: Vec<char> = text.chars().collect();
        if letters.len() > spell::MAX_WORD || letters.len() < 4 {
            return;
        }
        let mut reading = Reading {
            start: range.start,
            end: range.end,
            ..Reading::default()
        };
        let space = if glued { 0 } else { SPACE };
        if let Some(known) = vocabulary
            .id(&stem(&text))
            .filter(|w| vocabulary.in_catalogue(*w))
        {
            reading.words.push((known, space));
        } else if parts.iter().any(|part| !part.in_catalogue)
            && (glued || parts.iter().all(|part| part.kind == TokenKind::Word))
        {
            let written = Written::new(letters);
            vocabulary
                .spelling
                .near(&written, scratch, &mut reading.words);
            for (_, cost) in &mut reading.words {
                *cost += space;
            }
            if parts.len() == 2 && !glued {
                let boundary = parts[0].written.letters.len();
                split(
                    vocabulary,
                    &text,
                    SPACE_MOVED,
                    Some(boundary),
                    scratch,
                    &mut reading,
                );
            }
        }
        self.push(reading);
    }

    fn push(&mut self, mut reading: Reading) {
        if !reading.words.is_empty() || !reading.pairs.is_empty() {
            reading.words.sort_unstable();
            self.readings.push(reading);
        }
    }
}

fn like_filler(written: &Written) -> bool {
    (1..=5).contains(&written.letters.len())
        && LONG_FILLERS.iter().any(|filler| {
            let meant: Vec<char> = filler.chars().collect();
            written.cost(&meant, Looks::of(&meant), spell::limit(1)) != FAR
        })
}

/// Reads `text` as two words of the catalogue, one of them perhaps misspelt, or as one word with a
/// filler stuck to it. With a boundary, only next to it.
fn split(
    vocabulary: &Vocabulary,
    text: &str,
    cost: u8,
    boundary: Option<usize>,
    scratch: &mut Scratch,
    reading: &mut Reading,
) {
    let count = text.chars().count();
    if !(4..=spell::MAX_WORD).contains(&count) {
        return;
    }
    let id = |half: &str| {
        vocabulary
            .id(&stem(half))
            .filter(|word| vocabulary.in_catalogue(*word))
    };
    let mut near = Vec::new();
    for (letter, (at, _)) in text.char_indices().enumerate().skip(1) {
        if boundary.is_some_and(|boundary| letter.abs_diff(boundary) != 1) {
            continue;
        }
        let (left, right) = text.split_at(at);
        match (id(left), id(right)) {
            (Some(a), Some(b)) => reading.pairs.push((a, b, cost)),
            (Some(a), None) if count - letter >= 4 && letter >= 2 => {
                near.clear();
                let right = Written::new(right.chars().collect());
                vocabulary.spelling.near(&right, scratch, &mut near);
                reading
                    .pairs
                    .extend(near.iter().map(|(b, more)| (a, *b, cost + more)));
            }
            (None, Some(b)) if letter >= 4 && count - letter >= 2 => {
                near.clear();
                let left = Written::new(left.chars().collect());
                vocabulary.spelling.near(&left, scratch, &mut near);
                reading
                    .pairs
                    .extend(near.iter().map(|(a, more)| (*a, b, cost + more)));
            }
            _ => {}
        }
        if let (Some(a), true) = (id(left), LONG_FILLERS.contains(&right)) {
            reading.words.push((a, cost));
        }
        if let (true, Some(b)) = (LONG_FILLERS.contains(&left), id(right)) {
            reading.words.push((b, cost));
        }
    }
}
