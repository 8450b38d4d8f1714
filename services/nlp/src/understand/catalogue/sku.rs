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
/// Part of a family's missing codes that may be one error from an existing one.
const MAX_STRANGERS: f64 = 0.004;
/// Letters and digits a code needs before two errors are forgiven.
const LONG_CODE: usize = 7;
const MAX_CODE: usize = spell::MAX_WORD;

#[derive(Debug)]
struct Code {
    key: Vec<char>,
    /// The letters and digits themselves.
    plain: Vec<char>,
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
            plain: compact.chars().collect(),
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
        let written: Vec<char> = compact.chars().collect();
        let mut near: Vec<(u8, ItemIndex, &[char])> = Vec::new();
        for code in &self.codes {
            if (code.mask ^ mask).count_ones() <= 4 {
                let cost = spell::distance(&key, &code.key, spell::limit(2));
                if cost != FAR {
                    near.push((cost.div_ceil(5), code.item, &code.plain));
                }
            }
        }
        near.sort_unstable_by_key(|(edits, item, _)| (*edits, *item));
        let (edits, item, meant) = *near.first()?;
        let rivals = near.iter().filter(|(other, _, _)| *other <= edits).count() - 1;
        let crowded = near.len() - 1 - rivals > SPARSE;
        let score = match edits {
            0 => LOOK_ALIKE_SCORE,
            1 if !crowded && !self.may_be_another(&written, meant) => ONE_ERROR_SCORE,
            2 if !crowded && key.len() >= LONG_CODE && !same_shape(&written, meant) => {
                TWO_ERRORS_SCORE
            }
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

    /// Whether the written code is as good as the meant one: of a family that the catalogue has,
    /// and the family so full that a code which does not exist would often be beside one that does.
    fn may_be_another(&self, written: &[char], meant: &[char]) -> bool {
        if !same_shape(written, meant) {
            return false;
        }
        let family = self
            .codes
            .iter()
            .filter(|code| same_letters(&code.plain, written))
            .count();
        let digits = written.iter().filter(|c| c.is_ascii_digit()).count() as i32;
        // One digit for another of nine, or two neighbours exchanged.
        let beside = f64::from(digits * 10) / 10f64.powi(digits);
        let strangers = if same_letters(written, meant) {
            MAX_STRANGERS
        } else {
            0.0
        };
        family as f64 * beside > strangers
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

/// Whether two codes have the same letters at the same places.
fn same_letters(a: &[char], b: &[char]) -> bool {
    let alike = |(a, b): (&char, &char)| a == b || (a.is_ascii_digit() && b.is_ascii_digit());
    a.len() == b.len() && a.iter().zip(b).all(alike)
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
