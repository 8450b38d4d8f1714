//! Misspelt names in a text where nobody marked them: short runs of words that are, or nearly
//! are, words of names.

use super::fold::{TokenKind, Tokens};
use super::query::MAX_QUERY;
use super::resolve::Work;
use super::spell::Scratch;
use super::written::Written;
use super::{Catalogue, FuzzyHit, Resolution, lexicon, sku};

/// Tokens of a text that are looked at.
const MAX_TOKENS: usize = 64;
/// Runs resolved in one text, the most telling first.
const MAX_RUNS: usize = 3;

/// Letters, digits and signs of a code at most.
const MAX_PIECE: usize = 40;

/// Neighbouring tokens that may be a name.
struct Run {
    first: usize,
    last: usize,
    /// Byte behind it: that of the last token, or of the code that it is in.
    end: usize,
    weight: f32,
}

impl Catalogue {
    /// Looks for names in a whole folded text, in the order of the text.
    ///
    /// A whole name, exact or misspelt, comes as [`Resolution::One`]; a part of a name only as a
    /// question, because here nobody said that the words are a name. The work is bounded: the
    /// first 64 words and the three most telling runs among them.
    pub fn find_fuzzy(&self, folded: &str) -> Vec<FuzzyHit> {
        self.find_fuzzy_with(folded, &mut Work::default())
    }

    /// [`Catalogue::find_fuzzy`], with the memory of earlier questions about the same text.
    pub fn find_fuzzy_with(&self, folded: &str, work: &mut Work) -> Vec<FuzzyHit> {
        let tokens = Tokens::of(folded, MAX_TOKENS);
        let mut runs = self.runs(folded, &tokens, &mut work.spelling);
        runs.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(a.first.cmp(&b.first)));
        // A text that is cut is no hurried message: one run of it is enough.
        let whole = tokens.list.len() < MAX_TOKENS;
        runs.truncate(if whole { MAX_RUNS } else { 1 });
        runs.sort_by_key(|run| run.first);
        runs.iter()
            .filter_map(|run| self.resolve_run(folded, &tokens, run, work))
            .collect()
    }

    fn resolve_run(
        &self,
        folded: &str,
        tokens: &Tokens,
        run: &Run,
        work: &mut Work,
    ) -> Option<FuzzyHit> {
        let mut read = |first: usize| {
            let span = tokens.list[first].span.start..run.end;
            let (resolution, via) = self.resolve_with(None, &folded[span.clone()], work);
            let resolution = match resolution {
                Resolution::None { .. } => return None,
                Resolution::One {
                    item,
                    distance,
                    score,
                    partial: true,
                } => super::candidates([(item, distance, score)]),
                resolution => resolution,
            };
            Some(FuzzyHit {
                span,
                resolution,
                via,
            })
        };
        let whole = read(run.first);
        let second = tokens
            .list
            .get(run.first + 1)
            .filter(|_| run.first < run.last);
        let quantity = tokens.list[run.first].kind == TokenKind::Number
            && second.is_some_and(|second| !second.glued);
        let accepted = |hit: &FuzzyHit| hit.resolution.accepted().is_some();
        if quantity && !whole.as_ref().is_some_and(accepted) {
            // "50 nitril gloves": the number is how many.
            return read(run.first + 1).or(whole);
        }
        whole
    }

    /// Runs of tokens that may belong to names; a number joins a run but does not make one.
    fn runs(&self, folded: &str, tokens: &Tokens, scratch: &mut Scratch) -> Vec<Run> {
        let mut runs: Vec<Run> = Vec::new();
        scratch.allow(MAX_TOKENS);
        let mut found = Vec::new();
        let mut open: Option<Run> = None;
        let mut code_end = 0;
        for index in 0..tokens.list.len() {
            let span = &tokens.list[index].span;
            let weight = if span.start < code_end {
                Some(0.0)
            } else {
                code_end = code_at(folded, span.start).unwrap_or(code_end);
                self.weight_in_names(tokens, index, code_end, scratch, &mut found)
            };
            let end = span.end.max(code_end);
            match (&mut open, weight) {
                (Some(run), Some(weight)) if index - run.first < MAX_QUERY => {
                    run.last = index;
                    run.end = end;
                    run.weight += weight;
                }
                (run, Some(weight)) => {
                    runs.extend(run.take());
                    *run = Some(Run {
                        first: index,
                        last: index,
                        end,
                        weight,
                    });
                }
                (run, None) => runs.extend(run.take()),
            }
        }
        runs.extend(open);
        runs.retain(|run| run.weight > 0.5);
        runs
    }

    /// How telling a token is as a part of a name, `None` when it is in none.
    fn weight_in_names(
        &self,
        tokens: &Tokens,
        index: usize,
        code_end: usize,
        scratch: &mut Scratch,
        found: &mut Vec<(u32, u8)>,
    ) -> Option<f32> {
        let token = &tokens.list[index];
        let surface = tokens.surface(index);
        if code_end > token.span.end {
            return Some(1.0);
        }
        let known = self.vocabulary.id(tokens.stem(index));
        let in_names = known.filter(|word| self.vocabulary.in_catalogue(*word));
        if lexicon::is_request(surface) || lexicon::is_courtesy(surface) {
            return None;
        }
        if let Some(word) = in_names {
            let telling = token.kind == TokenKind::Word;
            return Some(if telling {
                self.vocabulary.words[word as usize].weight
            } else {
                0.0
            });
        }
        if token.kind != TokenKind::Word {
            let code = code_end == token.span.end;
            return if code {
                Some(1.0)
            } else {
                token.glued.then_some(0.0)
            };
        }
        if known.is_some() {
            return None;
        }
        found.clear();
        let written = Written::new(surface.chars().collect());
        self.vocabulary.spelling.near(&written, scratch, found);
        let near = found
            .iter()
            .find(|(word, _)| self.vocabulary.in_catalogue(*word));
        near.map(|(word, cost)| {
            self.vocabulary.words[*word as usize].weight * (1.0 - f32::from(*cost) / 16.0)
        })
    }
}

/// The end of what may be a code from `start` on, without the marks behind it.
fn code_at(text: &str, start: usize) -> Option<usize> {
    let piece = piece_at(text, start).trim_end_matches(|c: char| !c.is_alphanumeric());
    sku::looks_like_code(piece).then_some(start + piece.len())
}

/// What stands between spaces from `start` on; nothing when it is too long for a code.
fn piece_at(text: &str, start: usize) -> &str {
    let end = text[start..]
        .char_indices()
        .take(MAX_PIECE)
        .find(|(_, c)| c.is_whitespace());
    match end {
        Some((length, _)) => &text[start..start + length],
        None if text.len() - start <= MAX_PIECE => &text[start..],
        None => "",
    }
}
