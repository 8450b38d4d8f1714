//! Decides what the words of a name mean: one item, a question, or nothing.

use super::align::{self, Fit};
use super::fold::{Tokens, fold};
use super::query::{MAX_QUERY, Query};
use super::spell::{EDIT, Scratch};
use super::{Catalogue, ItemIndex, ItemKind, Resolution, Via, candidates};

/// Quarters of an edit by which the next best must be worse.
const MARGIN: u8 = 3;
/// Names compared word by word with the message's.
const SHORTLIST: usize = 24;
/// Postings read for one name; keeps the work bounded when every word is common.
const MAX_POSTINGS: usize = 24_000;
/// Part of a name's weight below which a part of it says too little.
const DISTINCTIVE: f32 = 0.3;
/// Ranks this much worse than the best are no longer worth a question.
const QUESTION_SPAN: u16 = 10;

/// A name of the shortlist, compared.
#[derive(Clone, Copy, Debug)]
struct Compared {
    item: ItemIndex,
    fit: Fit,
    weight: f32,
}

impl Compared {
    fn clean(&self) -> bool {
        self.fit.extra == 0
    }

    fn full(&self) -> bool {
        self.clean() && self.fit.missing == 0
    }

    fn edits(&self) -> u8 {
        self.fit.cost.div_ceil(EDIT + 1)
    }

    fn score(&self) -> f32 {
        let part = if self.weight > 0.0 {
            self.fit.covered / self.weight
        } else {
            0.0
        };
        let errors = 0.04 * f32::from(self.fit.cost + self.fit.slack / 2) / f32::from(EDIT);
        let score = if self.full() {
            0.95 - errors
        } else {
            0.5 + 0.25 * part - errors - 0.1 * f32::from(self.fit.extra)
        };
        score.clamp(0.05, 0.95)
    }
}

/// The most that a name of this many letters may cost, in quarters of an edit.
fn budget(letters: u8) -> u8 {
    match letters {
        0..=3 => 0,
        4..=5 => 5,
        6..=15 => 11,
        _ => 16,
    }
}

/// Working memory of the questions about one text to one catalogue: what was looked up for one need
/// not be looked up again for the next.
#[derive(Debug, Default)]
pub struct Work {
    pub(super) spelling: Scratch,
    /// For each name what it shares with the message; zeros between two questions.
    scores: Vec<f32>,
}

impl Catalogue {
    /// What words that a message uses as a name mean; `kind` leaves the other kinds out.
    ///
    /// Folds the words itself. Numbers and words of one or two letters must be the name's; other
    /// words may be misspelt, in another order, joined or split.
    pub fn resolve(&self, kind: Option<ItemKind>, words: &str) -> Resolution {
        self.resolve_as(kind, words).0
    }

    /// [`Catalogue::resolve`], and whether the words were read as a code.
    pub fn resolve_as(&self, kind: Option<ItemKind>, words: &str) -> (Resolution, Via) {
        self.resolve_with(kind, words, &mut Work::default())
    }

    /// [`Catalogue::resolve_as`], with the memory of earlier questions about the same text.
    pub fn resolve_with(
        &self,
        kind: Option<ItemKind>,
        words: &str,
        work: &mut Work,
    ) -> (Resolution, Via) {
        let folded = fold(words);
        let tokens = Tokens::of(&folded, MAX_QUERY);
        let of_kind = |item: &ItemIndex| kind.is_none_or(|k| self.items[*item as usize].kind == k);
        let whole: Vec<(ItemIndex, Via)> = self
            .exact
            .whole(&tokens)
            .iter()
            .filter(|(item, _)| of_kind(item))
            .copied()
            .collect();
        match whole.as_slice() {
            [] => {}
            [(item, via)] => return (Resolution::sure(*item), *via),
            several => return (self.same_name(several, &folded), several[0].1),
        }
        let codes = kind.is_none_or(|kind| kind == ItemKind::Product);
        let code = if codes {
            self.skus.resolve(&folded)
        } else {
            None
        };
        match code {
            Some(code) if code.best_distance() <= 1 => return (code, Via::Sku),
            _ => {}
        }
        match (self.resolve_name(kind, &tokens, work), code) {
            (Resolution::None { .. }, Some(code)) => (code, Via::Sku),
            // One probable code is more than a question about names.
            (Resolution::Several(_), Some(code @ Resolution::One { .. })) => (code, Via::Sku),
            (named, _) => (named, Via::Name),
        }
    }

    /// Names that differ by plural or punctuation only: as written, if one is.
    fn same_name(&self, items: &[(ItemIndex, Via)], folded: &str) -> Resolution {
        let same = |(item, _): &&(ItemIndex, Via)| {
            let entry = &self.items[*item as usize];
            fold(&entry.name) == folded || entry.aliases.iter().any(|alias| fold(alias) == folded)
        };
        match items.iter().filter(same).collect::<Vec<_>>().as_slice() {
            [(item, _)] => Resolution::sure(*item),
            _ => candidates(items.iter().map(|(item, _)| (*item, 0, 0.9))),
        }
    }

    fn resolve_name(&self, kind: Option<ItemKind>, tokens: &Tokens, work: &mut Work) -> Resolution {
        let query = Query::new(&self.vocabulary, tokens, &mut work.spelling);
        let compared = self.compare(kind, &query, &mut work.scores);
        let Some(best) = compared.first() else {
            return none();
        };
        let shares = best.fit.covered >= 0.5 * best.weight;
        if best.clean() {
            let rival = compared[1..].iter().any(|other| rivals(best, other));
            let distinctive = best.full() || best.fit.covered >= DISTINCTIVE * best.weight;
            if !rival
                && distinctive
                && !best.fit.doubtful
                && best.fit.cost <= budget(best.fit.letters)
            {
                return Resolution::One {
                    item: best.item,
                    distance: best.edits(),
                    score: best.score(),
                    partial: !best.full(),
                };
            }
        } else if !shares {
            let nearest = compared.iter().take(3).map(|c| c.item).collect();
            return Resolution::None { nearest };
        }
        let worst = best.fit.rank() + QUESTION_SPAN;
        let asked = compared.iter().filter(|c| c.fit.rank() <= worst);
        candidates(asked.map(|c| (c.item, c.edits(), c.score().min(0.75))))
    }

    /// The most similar names, best first, each item once.
    fn compare(
        &self,
        kind: Option<ItemKind>,
        query: &Query,
        scores: &mut Vec<f32>,
    ) -> Vec<Compared> {
        let mut steps = align::ALL_STEPS;
        let mut compared: Vec<Compared> = self
            .shortlist(kind, query, scores)
            .into_iter()
            .map(|form| {
                let form = &self.forms[form as usize];
                let fit = align::fit(query, form, &self.vocabulary.words, &mut steps);
                Compared {
                    item: form.item,
                    fit,
                    weight: form.weight,
                }
            })
            .collect();
        compared.sort_unstable_by(|a, b| {
            let key = |c: &Compared| (c.fit.rank(), c.item);
            key(a)
                .cmp(&key(b))
                .then(b.fit.covered.total_cmp(&a.fit.covered))
        });
        let mut seen = Vec::with_capacity(compared.len());
        compared.retain(|c| {
            let new = !seen.contains(&c.item);
            seen.push(c.item);
            new
        });
        compared
    }

    /// Names that share most of their words' weight with the message.
    fn shortlist(&self, kind: Option<ItemKind>, query: &Query, scores: &mut Vec<f32>) -> Vec<u32> {
        let mut words: Vec<(u8, u32)> = Vec::new();
        for reading in &query.readings {
            words.extend(reading.words.iter().map(|(word, cost)| (*cost, *word)));
            for (a, b, cost) in &reading.pairs {
                words.extend([(*cost, *a), (*cost, *b)]);
            }
        }
        let known = &self.vocabulary.words;
        let length = |word: u32| known[word as usize].postings.len();
        words.sort_unstable_by_key(|(cost, word)| (*word, *cost));
        words.dedup_by_key(|(_, word)| *word);
        words.sort_unstable_by_key(|(cost, word)| (*cost, length(*word), *word));
        scores.resize(self.forms.len(), 0.0);
        let mut touched: Vec<u32> = Vec::new();
        let mut read = 0;
        for (cost, word) in words {
            read += length(word);
            if read > MAX_POSTINGS {
                break;
            }
            let word = &known[word as usize];
            let gain = word.weight * (1.0 - f32::from(cost.min(14)) / 18.0);
            for form in &word.postings {
                let score = &mut scores[*form as usize];
                if *score == 0.0 {
                    touched.push(*form);
                }
                *score += gain;
            }
        }
        let sought = query_weight(query, known);
        let mut rated = Vec::with_capacity(touched.len());
        for id in touched {
            let (form, score) = (&self.forms[id as usize], &mut scores[id as usize]);
            if kind.is_none_or(|kind| kind == form.kind) {
                // Dice's coefficient.
                rated.push((*score / (form.weight + sought), id));
            }
            *score = 0.0;
        }
        if rated.len() > SHORTLIST {
            rated.select_nth_unstable_by(SHORTLIST, |a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            rated.truncate(SHORTLIST);
        }
        rated.into_iter().map(|(_, form)| form).collect()
    }
}

/// Whether `other` is too near to take `best` without asking.
fn rivals(best: &Compared, other: &Compared) -> bool {
    if !other.clean() {
        return false;
    }
    if best.full() && !other.full() {
        return other.fit.cost + MARGIN <= best.fit.cost;
    }
    let distance = |compared: &Compared| compared.fit.cost + compared.fit.slack;
    distance(other) < distance(best) + MARGIN
}

fn query_weight(query: &Query, known: &[super::vocabulary::Word]) -> f32 {
    query
        .words
        .iter()
        .map(|word| word.known.map_or(5.0, |id| known[id as usize].weight))
        .sum()
}

fn none() -> Resolution {
    Resolution::None {
        nearest: Vec::new(),
    }
}
