//! Exact names in a text, in one pass (Aho-Corasick over canonical tokens, so that `500ml`,
//! plurals, hyphens and fillers make no difference).

use std::borrow::Cow;
use std::collections::BTreeMap;

use aho_corasick::{AhoCorasick, MatchKind};

use super::fold::{TokenKind, Tokens};
use super::lexicon;
use super::sku::compact;
use super::{Catalogue, Hit, ItemIndex, Via};

/// Marks the start and the end of a token: a hit begins and ends at both.
const START: char = '\u{2}';
const END: char = '\u{3}';
/// Tokens of a text that are looked at; a message of 1,600 characters has fewer.
const MAX_TOKENS: usize = 900;
/// Digits below which a code made of digits only is a number to the reader.
const SHORT_NUMBER: usize = 4;
/// Items of one name beside the first.
const MAX_AMBIGUOUS: usize = 4;

/// The items of one canonical name, and how each was named; codes before names before aliases.
type Owners = Vec<(ItemIndex, Via)>;

#[derive(Debug, Default)]
pub(super) struct Builder {
    patterns: BTreeMap<String, Owners>,
    /// Of names that end in a number and a unit: by what stands before these, the names without
    /// the unit.
    unitless: BTreeMap<String, Vec<(String, ItemIndex)>>,
}

#[derive(Debug)]
pub(super) struct ExactIndex {
    automaton: Option<AhoCorasick>,
    patterns: Vec<(String, Owners)>,
    /// Whether there are names that are found without their unit.
    unitless: bool,
}

impl Builder {
    pub(super) fn add(&mut self, tokens: &Tokens, item: ItemIndex, via: Via) {
        let key = key(tokens, tokens.list.len());
        if !key.is_empty() {
            self.own(key, item, via);
        }
    }

    /// The name without its unit, if it ends in one with a number before.
    pub(super) fn add_unitless(&mut self, tokens: &Tokens, item: ItemIndex) {
        let kinds: Vec<TokenKind> = tokens.list.iter().map(|token| token.kind).collect();
        if let [name @ .., TokenKind::Number, TokenKind::Short] = kinds.as_slice()
            && !name.is_empty()
        {
            let count = name.len();
            let bare = self.unitless.entry(key(tokens, count)).or_default();
            bare.push((key(tokens, count + 1), item));
        }
    }

    fn own(&mut self, key: String, item: ItemIndex, via: Via) {
        let owners = self.patterns.entry(key).or_default();
        if owners.iter().all(|(known, _)| *known != item) {
            owners.push((item, via));
        }
    }

    pub(super) fn finish(mut self) -> ExactIndex {
        let mut unitless = false;
        for names in std::mem::take(&mut self.unitless).into_values() {
            // Of an item that is the only one of its name a number says how many.
            if names.iter().all(|(_, item)| *item == names[0].1) {
                continue;
            }
            for (key, item) in names {
                let owners = self.patterns.get(&key);
                if owners.is_none_or(|owners| owners[0].1 == Via::Unitless) {
                    unitless = true;
                    self.own(key, item, Via::Unitless);
                }
            }
        }
        for owners in self.patterns.values_mut() {
            owners.sort_by_key(|(item, via)| (*via as u8, *item));
        }
        let patterns: Vec<(String, Owners)> = self.patterns.into_iter().collect();
        // Too many patterns for the automaton's 32-bit ids: a catalogue of millions. Then exact
        // names are found by `resolve` only.
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(patterns.iter().map(|(key, _)| key))
            .ok();
        ExactIndex {
            automaton,
            patterns,
            unitless,
        }
    }
}

impl ExactIndex {
    /// Items of exactly this name.
    pub(super) fn whole(&self, tokens: &Tokens) -> &[(ItemIndex, Via)] {
        let key = key(tokens, tokens.list.len());
        match self
            .patterns
            .binary_search_by(|(known, _)| known.as_str().cmp(&key))
        {
            Ok(at) => &self.patterns[at].1,
            Err(_) => &[],
        }
    }
}

impl Catalogue {
    /// Exact names, codes and aliases in a folded text, leftmost and longest, at word boundaries.
    ///
    /// Plurals, hyphens, fillers and spaces between numbers and units make no difference; a code
    /// must not continue into a longer one (`WID-1001` is not in `WID-1001-A`).
    pub fn find_all(&self, folded: &str) -> Vec<Hit> {
        let Some(automaton) = &self.exact.automaton else {
            return Vec::new();
        };
        let tokens = Tokens::of(folded, MAX_TOKENS);
        let mut text = String::with_capacity(folded.len() * 2);
        let mut ends = Vec::with_capacity(tokens.list.len());
        canonical(&tokens, 0..tokens.list.len(), &mut text, |end| {
            ends.push(end)
        });
        let mut hits = Vec::new();
        for found in automaton.find_iter(&text) {
            let first = ends.partition_point(|end| *end <= found.start());
            let last = ends.partition_point(|end| *end < found.end());
            let (Some(from), Some(to)) = (tokens.list.get(first), tokens.list.get(last)) else {
                continue;
            };
            let owners = &self.exact.patterns[found.pattern().as_usize()].1;
            let Some((item, via)) = owners.first().copied() else {
                continue;
            };
            let next = tokens.list.get(last + 1);
            let torn = from.glued || next.is_some_and(|next| next.glued);
            // "bracket 160 boxes": how many, not how long.
            let counted = via == Via::Unitless
                && next.is_some_and(|next| {
                    let word = tokens.surface(last + 1);
                    let ends = lexicon::is_request(word) || lexicon::is_courtesy(word);
                    !ends && folded[to.span.end..next.span.start].trim().is_empty()
                });
            let span = from.span.start..to.span.end;
            if torn || counted || (via == Via::Sku && !stands_alone(folded, &span)) {
                continue;
            }
            let others = owners[1..].iter().map(|(other, _)| *other);
            hits.push(Hit {
                span,
                item,
                via,
                ambiguous_with: others.take(MAX_AMBIGUOUS).collect(),
            });
        }
        hits
    }

    /// The text with spaces for the numbers that belong to names written without their unit, so
    /// that nobody takes them for quantities.
    pub fn without_measures<'a>(&self, folded: &'a str) -> Cow<'a, str> {
        if !self.exact.unitless || !folded.bytes().any(|byte| byte.is_ascii_digit()) {
            return Cow::Borrowed(folded);
        }
        let mut text = Cow::Borrowed(folded);
        for hit in self.find_all(folded) {
            if hit.via == Via::Unitless {
                let name = folded[hit.span.clone()].trim_end_matches(|c: char| !c.is_alphabetic());
                let number = hit.span.start + name.len()..hit.span.end;
                let spaces = " ".repeat(number.len());
                text.to_mut().replace_range(number, &spaces);
            }
        }
        text
    }
}

/// Whether a code is not a part of a longer one, and more than a plain number.
fn stands_alone(text: &str, span: &std::ops::Range<usize>) -> bool {
    let joins = |c: char| matches!(c, '-' | '_' | '/' | '.');
    let mut before = text[..span.start].chars().rev();
    let mut after = text[span.end..].chars();
    let part_before =
        before.next().is_some_and(joins) && before.next().is_some_and(char::is_alphanumeric);
    let part_after =
        after.next().is_some_and(joins) && after.next().is_some_and(char::is_alphanumeric);
    let code = compact(&text[span.clone()]);
    let number = code.bytes().all(|b| b.is_ascii_digit()) && code.len() < SHORT_NUMBER;
    !part_before && !part_after && !number
}

/// The first `count` tokens as [`canonical`] writes them.
fn key(tokens: &Tokens, count: usize) -> String {
    let mut key = String::new();
    canonical(tokens, 0..count, &mut key, |_| {});
    key
}

/// Writes tokens so that equal names are equal strings; tells the end of each.
fn canonical(
    tokens: &Tokens,
    range: std::ops::Range<usize>,
    out: &mut String,
    mut each: impl FnMut(usize),
) {
    for index in range {
        out.push(START);
        match tokens.list[index].kind {
            TokenKind::Word => out.push_str(tokens.stem(index)),
            TokenKind::Short | TokenKind::Number => out.push_str(tokens.surface(index)),
        }
        out.push(END);
        each(out.len());
    }
}
