//! Compares the words of a message with one name: which word stands for which, at what cost.

use super::Form;
use super::fold::TokenKind;
use super::query::{KNOWN, MAX_QUERY, Query, Reading};
use super::spell::{self, EDIT, FAR};
use super::vocabulary::Word;

/// Words in another order than the name's.
const INVERTED: u8 = 2;
/// Letters of other words that outweigh an ordinary word.
const ANCHOR: usize = 9;
/// A wrong letter in a unit or size is less likely than in a word.
const SHORT: u8 = 1;
/// A legal form left out or added.
const LEGAL_FORM: u8 = 3;
/// Steps of the search for the cheapest pairing with one name.
const MAX_STEPS: u32 = 200;
/// Steps for all names of one question; only made-up texts need more.
pub(super) const ALL_STEPS: u32 = 600;

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
    let mut fit = search.best.unwrap_or(Fit {
        extra: MAX_QUERY as u8,
        ..Fit::default()
    });
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
            fit.letters += self.query.words[index].written.letters.len().min(32) as u8;
            self.go(index + 1, taken, fit);
            return;
        }
        let query = self.query;
        let starting = query
            .readings
            .iter()
            .filter(|reading| reading.start == index);
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
            fit.doubtful |= reading.end == reading.start + 1 && self.doubtful(reading.start);
            self.pair(
                reading.start..reading.end,
                place,
                taken | 1 << place,
                *cost,
                fit,
            );
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

    /// Whether a word is known, so that it may well be meant; an ordinary word that is in no name
    /// is believed less than the words around it.
    fn doubtful(&self, index: usize) -> bool {
        let word = &self.query.words[index];
        let around = self
            .query
            .words
            .iter()
            .map(|word| word.written.letters.len())
            .sum::<usize>();
        word.known.is_some() && (word.in_catalogue || around - word.written.letters.len() < ANCHOR)
    }

    /// Compares letters where the spelling index is silent: short or badly misspelt words whose
    /// neighbours found the name.
    fn compare(&mut self, index: usize, taken: u32, so_far: Fit) {
        let word = &self.query.words[index];
        let strict = word.kind != TokenKind::Word
            && (word.known.is_some() || word.written.letters.len() < 2);
        if strict || word.kind == TokenKind::Number {
            return;
        }
        let extra = if word.known.is_some() { KNOWN } else { 0 };
        for place in 0..self.form.words.len() {
            let meant = &self.known[self.form.words[place] as usize];
            if taken & (1 << place) != 0 || meant.kind == TokenKind::Number {
                continue;
            }
            let edits = match word.written.letters.len().min(meant.letters.len()) {
                0..=1 => continue,
                2..=3 => 1,
                4..=7 => 2,
                _ => 3,
            };
            let max = spell::limit(edits);
            if !word.written.may_be_near(meant.looks, max) {
                continue;
            }
            if self.steps == 0 {
                return;
            }
            self.steps -= 1;
            let cost = word.written.cost(&meant.letters, meant.looks, max);
            if cost != FAR {
                let short = if meant.kind == TokenKind::Short {
                    SHORT
                } else {
                    0
                };
                let mut fit = so_far;
                fit.doubtful |= self.doubtful(index);
                self.pair(
                    index..index + 1,
                    place,
                    taken | 1 << place,
                    cost + extra + short,
                    fit,
                );
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
            fit.letters = fit
                .letters
                .saturating_add(word.written.letters.len().min(32) as u8);
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
