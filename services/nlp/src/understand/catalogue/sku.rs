//! Stock keeping units. Stricter than names: a wrong digit is another article, so one error is
//! accepted only when it points at a single unit, and a look-alike (O for 0) is no error.

use std::collections::HashMap;

use super::spell::{self, FAR};
use super::{ItemIndex, Resolution, candidates, lexicon};

/// Score of a code that differs by case, hyphens or look-alikes only.
const LOOK_ALIKE_SCORE: f32 = 0.97;
/// Score of a code with one typing error that fits a single unit.
const ONE_ERROR_SCORE: f32 = 0.86;
/// Score of a code with two typing errors far from all others.
const TWO_ERRORS_SCORE: f32 = 0.81;
/// Codes two errors away up to which codes are so few that one error away is hardly chance: about
/// twenty-five times as many codes are two errors away as are one.
const SPARSE: usize = 2;
/// Letters and digits a code needs before two errors are forgiven.
const LONG_CODE: usize = 7;
const MAX_CODE: usize = spell::MAX_WORD;

#[derive(Debug)]
struct Code {
    key: Vec<char>,
    /// Which letters and digits occur: two edits change at most four.
    mask: u64,
    item: ItemIndex,
}

/// The catalogue's codes.
#[derive(Debug, Default)]
pub(super) struct SkuIndex {
    exact: HashMap<Box<str>, Vec<ItemIndex>>,
    codes: Vec<Code>,
}

impl SkuIndex {
    pub(super) fn add(&mut self, sku: &str, item: ItemIndex) {
        let compact = compact(sku);
        if compact.is_empty() || compact.len() > MAX_CODE {
            return;
        }
        let key = look_alike_key(&compact);
        self.codes.push(Code {
            mask: mask(&key),
            key,
            item,
        });
        self.exact.entry(compact.into()).or_default().push(item);
    }

    /// Items whose code has exactly these letters and digits; `compact` in lower case.
    pub(super) fn exact(&self, compact: &str) -> &[ItemIndex] {
        self.exact.get(compact).map_or(&[], Vec::as_slice)
    }

    /// What a text that may be a code means; `None` when it is no code or near none.
    pub(super) fn resolve(&self, folded: &str) -> Option<Resolution> {
        // "sku wid-1001", "item 40071": the first word says only that a code follows.
        let folded = match folded.trim_start().split_once(' ') {
            Some((first, rest)) if lexicon::is_courtesy(first) => rest,
            _ => folded,
        };
        if self.codes.is_empty() || !looks_like_code(folded) {
            return None;
        }
        let compact = compact(folded);
        match self.exact(&compact) {
            [] => {}
            [item] => return Some(Resolution::sure(*item)),
            several => return Some(candidates(several.iter().map(|item| (*item, 0, 0.9)))),
        }
        let key = look_alike_key(&compact);
        let mask = mask(&key);
        let mut near: Vec<(u8, ItemIndex, &[char])> = Vec::new();
        for code in &self.codes {
            if (code.mask ^ mask).count_ones() <= 4 {
                let cost = spell::distance(&key, &code.key, spell::limit(2));
                if cost != FAR {
                    near.push((cost.div_ceil(5), code.item, &code.key));
                }
            }
        }
        near.sort_unstable_by_key(|(edits, item, _)| (*edits, *item));
        let (edits, item, meant) = *near.first()?;
        let rivals = near.iter().filter(|(other, _, _)| *other <= edits).count() - 1;
        let crowded = near.len() - 1 - rivals > SPARSE;
        let score = match edits {
            0 => LOOK_ALIKE_SCORE,
            1 if same_digits(&key, meant) => ONE_ERROR_SCORE,
            1 if near.len() == 1 || !crowded && !substituted(&key, meant) => ONE_ERROR_SCORE,
            2 if !crowded && key.len() >= LONG_CODE && !same_shape(&key, meant) => TWO_ERRORS_SCORE,
            _ => 0.0,
        };
        if rivals == 0 && score > 0.0 {
            return Some(Resolution::One {
                item,
                distance: edits,
                score,
                partial: false,
            });
        }
        let score = |edits: u8| 0.75 - 0.15 * f32::from(edits);
        Some(candidates(
            near.iter()
                .map(|(edits, item, _)| (*item, *edits, score(*edits))),
        ))
    }
}

/// Letters and digits only.
pub(super) fn compact(folded: &str) -> String {
    folded
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// Codes that differ by characters that look alike have one key.
fn look_alike_key(compact: &str) -> Vec<char> {
    compact
        .chars()
        .map(|c| match c {
            'o' => '0',
            'i' | 'l' => '1',
            c => c,
        })
        .collect()
}

fn mask(key: &[char]) -> u64 {
    key.iter().fold(0, |mask, c| mask | 1 << (*c as u32 % 64))
}

/// Whether the error left a code of the same make (letters and digits at the same places): such a
/// code may as well be one that the catalogue does not have.
fn same_shape(written: &[char], meant: &[char]) -> bool {
    let class = |c: &char| c.is_ascii_digit();
    written.len() == meant.len() && written.iter().map(class).eq(meant.iter().map(class))
}

/// Whether a digit gave way to another: the likeliest way from one good code to another.
fn substituted(written: &[char], meant: &[char]) -> bool {
    let differ = |(a, b): &(&char, &char)| a != b;
    same_shape(written, meant) && written.iter().zip(meant).filter(differ).count() == 1
}

/// Whether only letters differ.
fn same_digits(written: &[char], meant: &[char]) -> bool {
    let digits = |c: &&char| c.is_ascii_digit();
    written
        .iter()
        .filter(digits)
        .eq(meant.iter().filter(digits))
}

/// Letters and digits of few pieces, with more digits than a size or a count has.
pub(super) fn looks_like_code(folded: &str) -> bool {
    let (mut digits, mut letters, mut pieces, mut in_piece) = (0, 0, 0, false);
    for c in folded.chars() {
        if c.is_ascii_digit() || c.is_alphabetic() {
            if c.is_ascii_digit() {
                digits += 1
            } else {
                letters += 1
            }
            if !in_piece {
                pieces += 1;
            }
            in_piece = true;
        } else {
            in_piece = !c.is_whitespace() && in_piece;
        }
    }
    let code = (letters > 0 && digits >= 1) || digits >= 4;
    code && digits + letters >= 4 && letters <= 8 && pieces <= 4 && digits + letters <= MAX_CODE
}
