//! Compares the words of a message with one name: which word stands for which, at what cost.

use super::Form;
use super::fold::{LONG_FILLERS, TokenKind, Tokens, stem};
use super::lexicon;
use super::spell::{self, EDIT, FAR, Scratch};
use super::vocabulary::{Vocabulary, Word};

/// Most words of a message that are compared with names.
pub(super) const MAX_QUERY: usize = 12;
/// Words joined or split: people write `hand bag` and `handbag` without thinking of an error.
const SPACE: u8 = 3;
/// A space one letter too early or too late.
const SPACE_MOVED: u8 = EDIT;
/// Words in another order than the name's.
const INVERTED: u8 = 2;
/// A word that is in other names, or an ordinary word, is hardly a misspelling of this name's.
const KNOWN: u8 = 6;
/// A wrong letter in a unit or size is less likely than in a word.
const SHORT: u8 = 1;
/// A legal form left out or added.
const LEGAL_FORM: u8 = 3;
/// Steps of the search for the cheapest pairing with one name.
const MAX_STEPS: u32 = 200;
/// Steps for all names of one question; only made-up texts need more.
pub(super) const ALL_STEPS: u32 = 3_000;

/// A word of the message.
#[derive(Debug)]
pub(super) struct QueryWord {
    pub(super) kind: TokenKind,
    pub(super) letters: Vec<char>,
    /// The known word that this is exactly.
    pub(super) known: Option<u32>,
    in_catalogue: bool,
    /// Costs nothing when it belongs to no name.
    free: bool,
    /// A legal form: of little weight, unless the name has another.
    legal: bool,
    /// Looks like a misspelt `of` or `and`.
    like_filler: bool,
}

/// Words of the message taken as one, and what that may be.
#[derive(Debug, Default)]
pub(super) struct Reading {
    start: usize,
    end: usize,
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
    pub(super) fn new(vocabulary: &Vocabulary, tokens: &Tokens) -> Query {
        let mut query = Query::default();
        let count = tokens.list.len().min(MAX_QUERY);
        let mut leading = true;
        for index in 0..count {
            let (kind, surface) = (tokens.list[index].kind, tokens.surface(index));
            let known = vocabulary.id(tokens.stem(index));
            let letters: Vec<char> = surface.chars().collect();
            leading = leading
                && (kind == TokenKind::Number || lexicon::is_package(tokens.stem(index)));
            query.words.push(QueryWord {
                kind,
                known,
                in_catalogue: known.is_some_and(|word| vocabulary.in_catalogue(word)),
                legal: lexicon::is_legal_form(surface),
                free: lexicon::is_courtesy(surface)
                    || (leading && kind == TokenKind::Word),
                like_filler: known.is_none() && like_filler(&letters),
                letters,
            });
        }
        let mut scratch = Scratch::default();
        for index in 0..count {
            query.read_one(vocabulary, tokens, index, &mut scratch);
        }
        for index in 1..count {
            query.read_joined(vocabulary, tokens, index - 1..index + 1, &mut scratch);
            if index + 1 < count && tokens.list[index].glued && tokens.list[index + 1].glued {
                query.read_joined(vocabulary, tokens, index - 1..index + 2, &mut scratch);
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
        let mut reading = Reading { start: index, end: index + 1, ..Reading::default() };
        if let Some(known) = word.known {
            reading.words.push((known, 0));
        }
        if !word.in_catalogue && word.kind != TokenKind::Number {
            let extra = if word.known.is_some() { KNOWN } else { 0 };
            let first = reading.words.len();
            vocabulary.spelling.near(&word.letters, scratch, &mut reading.words);
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
        let glued = tokens.list[range.start + 1..range.end].iter().all(|token| token.glued);
        if !glued && parts.iter().any(|part| part.kind == TokenKind::Number) {
            return;
        }
        let text: String = range.clone().map(|index| tokens.surface(index)).collect();
        let letters: Vec<char> = text.chars().collect();
        if letters.len() > spell::MAX_WORD || letters.len() < 4 {
            return;
        }
        let mut reading = Reading { start: range.start, end: range.end, ..Reading::default() };
        let space = if glued { 0 } else { SPACE };
        if let Some(known) = vocabulary.id(&stem(&text)).filter(|w| vocabulary.in_catalogue(*w)) {
            reading.words.push((known, space));
        } else if parts.iter().any(|part| !part.in_catalogue)
            && (glued || !parts.iter().any(|part| part.in_catalogue && part.kind == TokenKind::Short))
        {
            vocabulary.spelling.near(&letters, scratch, &mut reading.words);
            for (_, cost) in &mut reading.words {
                *cost += space;
            }
            if parts.len() == 2 && !glued {
                let boundary = parts[0].letters.len();
                split(vocabulary, &text, SPACE_MOVED, Some(boundary), scratch, &mut reading);
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

fn like_filler(letters: &[char]) -> bool {
    (1..=5).contains(&letters.len())
        && LONG_FILLERS.iter().any(|filler| {
            let meant: Vec<char> = filler.chars().collect();
            spell::distance(letters, &meant, spell::limit(1)) != FAR
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
    let id = |half: &str| vocabulary.id(&stem(half)).filter(|word| vocabulary.in_catalogue(*word));
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
                let letters: Vec<char> = right.chars().collect();
                vocabulary.spelling.near(&letters, scratch, &mut near);
                reading.pairs.extend(near.iter().map(|(b, more)| (a, *b, cost + more)));
            }
            (None, Some(b)) if letter >= 4 && count - letter >= 2 => {
                near.clear();
                let letters: Vec<char> = left.chars().collect();
                vocabulary.spelling.near(&letters, scratch, &mut near);
                reading.pairs.extend(near.iter().map(|(a, more)| (*a, b, cost + more)));
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

/// How a message's words fit a name.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Fit {
    /// Typing errors and the like, in quarters of an edit.
    pub(super) cost: u8,
    /// Differences that are no errors, as a legal form left out; they only order the names.
    pub(super) slack: u8,
    /// Words of the message that the name does not have.
    pub(super) extra: u8,
    /// Numbers and sizes among them.
    pub(super) foreign_numbers: u8,
    /// Words of the name that the message does not have.
    pub(super) missing: u8,
    /// Weight of the name's words that the message has.
    pub(super) covered: f32,
    /// Whether a known word is taken for a misspelling of another.
    pub(super) doubtful: bool,
    /// Letters of the message that stand for words of the name.
    pub(super) letters: u8,
}

/// What one foreign word, one foreign number and one missing word weigh against one edit's four.
const EXTRA: u8 = 9;
const FOREIGN_NUMBER: u8 = 13;
const MISSING: u8 = 5;

impl Fit {
    /// Less is better.
    pub(super) fn rank(&self) -> u16 {
        u16::from(self.cost)
            + u16::from(self.slack)
            + u16::from(self.extra) * u16::from(EXTRA)
            + u16::from(self.foreign_numbers) * u16::from(FOREIGN_NUMBER - EXTRA)
            + u16::from(self.missing) * u16::from(MISSING)
    }
}

/// The cheapest pairing of the message's words with the name's.
///
/// Takes its steps out of `steps`; when they are spent, what was found so far stands, as doubtful.
pub(super) fn fit(query: &Query, form: &Form, known: &[Word], steps: &mut u32) -> Fit {
    let mut search = Search {
        query,
        form,
        known,
        pairs: [NONE; MAX_QUERY],
        best: None,
        best_rank: u16::MAX,
        steps: MAX_STEPS.min(*steps),
    };
    let granted = search.steps;
    let mut taken = 0u32;
    for (index, word) in query.words.iter().enumerate() {
        let place = word.known.and_then(|id| {
            (0..form.words.len()).find(|at| form.words[*at] == id && taken & (1 << at) == 0)
        });
        if let Some(place) = place {
            taken |= 1 << place;
            search.pairs[index] = place as u8;
        }
    }
    search.go(0, taken, Fit::default());
    *steps -= granted - search.steps;
    let mut fit = search.best.unwrap_or(Fit { extra: MAX_QUERY as u8, ..Fit::default() });
    fit.doubtful |= search.steps == 0;
    fit
}

const NONE: u8 = u8::MAX;

struct Search<'a> {
    query: &'a Query,
    form: &'a Form,
    known: &'a [Word],
    /// Place in the name of each word of the message.
    pairs: [u8; MAX_QUERY],
    best: Option<Fit>,
    best_rank: u16,
    steps: u32,
}

impl Search<'_> {
    fn go(&mut self, index: usize, taken: u32, so_far: Fit) {
        if self.steps == 0 || so_far.rank() >= self.best_rank {
            return;
        }
        self.steps -= 1;
        if index >= self.query.words.len() {
            self.finish(taken, so_far);
            return;
        }
        if self.pairs[index] != NONE {
            let mut fit = so_far;
            fit.letters += self.query.words[index].letters.len().min(32) as u8;
            self.go(index + 1, taken, fit);
            return;
        }
        let query = self.query;
        let starting = query.readings.iter().filter(|reading| reading.start == index);
        for reading in starting {
            if (index..reading.end).any(|at| self.pairs[at] != NONE) {
                continue;
            }
            for place in 0..self.form.words.len() {
                if taken & (1 << place) == 0 {
                    self.take(reading, place, taken, so_far);
                }
            }
        }
        self.compare(index, taken, so_far);
        self.go(index + 1, taken, self.leave(index, so_far));
    }

    /// Pairs a reading with the name's word at `place`, or that and the next.
    fn take(&mut self, reading: &Reading, place: usize, taken: u32, so_far: Fit) {
        let word = self.form.words[place];
        let first = reading.words.partition_point(|(known, _)| *known < word);
        if let Some((_, cost)) = reading.words.get(first).filter(|(known, _)| *known == word) {
            let mut fit = so_far;
            let alone = reading.end == reading.start + 1;
            fit.doubtful |= alone && self.query.words[reading.start].known.is_some();
            self.pair(reading.start..reading.end, place, taken | 1 << place, *cost, fit);
        }
        let next = place + 1;
        if next < self.form.words.len() && taken & (1 << next) == 0 {
            let both = (word, self.form.words[next]);
            let costs = reading.pairs.iter().filter(|(a, b, _)| (*a, *b) == both);
            if let Some(cost) = costs.map(|(_, _, cost)| *cost).min() {
                let taken = taken | 1 << place | 1 << next;
                self.pair(reading.start..reading.end, place, taken, cost, so_far);
            }
        }
    }

    /// Compares letters where the spelling index is silent: short or badly misspelt words whose
    /// neighbours found the name.
    fn compare(&mut self, index: usize, taken: u32, so_far: Fit) {
        let word = &self.query.words[index];
        let strict = word.kind != TokenKind::Word && (word.known.is_some() || word.letters.len() < 2);
        if strict || word.kind == TokenKind::Number {
            return;
        }
        let extra = if word.known.is_some() { KNOWN } else { 0 };
        for place in 0..self.form.words.len() {
            let meant = &self.known[self.form.words[place] as usize];
            if taken & (1 << place) != 0 || meant.kind == TokenKind::Number {
                continue;
            }
            let edits = match word.letters.len().min(meant.letters.len()) {
                0..=1 => continue,
                2..=3 => 1,
                4..=7 => 2,
                _ => 3,
            };
            if self.steps == 0 {
                return;
            }
            self.steps -= 1;
            let cost = spell::distance(&word.letters, &meant.letters, spell::limit(edits));
            if cost != FAR {
                let short = if meant.kind == TokenKind::Short { SHORT } else { 0 };
                let mut fit = so_far;
                fit.doubtful |= word.known.is_some();
                self.pair(index..index + 1, place, taken | 1 << place, cost + extra + short, fit);
            }
        }
    }

    fn pair(
        &mut self,
        words: std::ops::Range<usize>,
        place: usize,
        taken: u32,
        cost: u8,
        so_far: Fit,
    ) {
        let mut fit = so_far;
        fit.cost = fit.cost.saturating_add(cost);
        for word in &self.query.words[words.clone()] {
            fit.letters = fit.letters.saturating_add(word.letters.len().min(32) as u8);
        }
        self.pairs[words.clone()].fill(place as u8);
        self.go(words.end, taken, fit);
        self.pairs[words].fill(NONE);
    }

    /// The word belongs to no word of the name.
    fn leave(&self, index: usize, so_far: Fit) -> Fit {
        let word = &self.query.words[index];
        let mut fit = so_far;
        if word.free || word.legal {
        } else if word.like_filler {
            fit.cost = fit.cost.saturating_add(EDIT);
        } else {
            fit.extra += 1;
            fit.foreign_numbers += u8::from(word.kind != TokenKind::Word);
        }
        fit
    }

    fn finish(&mut self, taken: u32, mut fit: Fit) {
        let mut last = 0;
        let mut inverted = false;
        for place in self.pairs.iter().filter(|place| **place != NONE) {
            inverted |= *place < last;
            last = *place;
        }
        if inverted {
            fit.slack += INVERTED;
        }
        let legal = |at: &usize| self.query.words[*at].legal && self.pairs[*at] == NONE;
        let mut legal_forms = (0..self.query.words.len()).filter(legal).count();
        for (place, id) in self.form.words.iter().enumerate() {
            let word = &self.known[*id as usize];
            if taken & (1 << place) != 0 {
                fit.covered += word.weight;
            } else if !word.soft {
                fit.missing += 1;
            } else if legal_forms > 0 {
                legal_forms -= 1;
                fit.extra += 1;
            } else {
                fit.slack += LEGAL_FORM;
            }
        }
        fit.slack += LEGAL_FORM * legal_forms.min(2) as u8;
        if fit.rank() < self.best_rank {
            self.best_rank = fit.rank();
            self.best = Some(fit);
        }
    }
}
