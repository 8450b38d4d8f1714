//! Stock keeping units. Stricter than names: a wrong digit is another article, so one error is
//! accepted only when it points at a single unit, and a look-alike (O for 0) is no error.

use std::collections::HashMap;

use super::spell;
use super::tree::Tree;
use super::{ItemIndex, MAX_CANDIDATES, Resolution, candidates, lexicon};

/// Score of a code that differs by case, hyphens or look-alikes only.
const LOOK_ALIKE_SCORE: f32 = 0.97;
/// Score of a code with one typing error that fits a single unit.
const ONE_ERROR_SCORE: f32 = 0.86;
/// Score of a code with two typing errors far from all others.
const TWO_ERRORS_SCORE: f32 = 0.81;
/// Codes two errors away up to which codes are so few that one error away is hardly chance: about
/// twenty-five times as many codes are two errors away as are one. Measured: from about 20 on, codes
/// with two errors are taken for others one error away (1 % of them).
const SPARSE: usize = 5;
/// Part of a family's missing codes that may be one error from an existing one. Measured: at .05 one
/// wrong digit is forgiven in families of six digits, and 1.5 to 3 % of codes that do not exist are
/// taken for others.
const MAX_STRANGERS: f64 = 0.004;
/// The same when the error is in a letter, so that the code would be of another family.
const MAX_STRANGERS_BY_LETTER: f64 = 0.001;
/// Letters and digits a code needs before two errors are forgiven.
const LONG_CODE: usize = 7;
const MAX_CODE: usize = spell::MAX_WORD;

#[derive(Debug)]
struct Code {
    key: Vec<char>,
    /// The letters and digits themselves.
    plain: Vec<char>,
    item: ItemIndex,
}

/// The catalogue's codes.
#[derive(Debug, Default)]
pub(super) struct SkuIndex {
    exact: HashMap<Box<str>, Vec<ItemIndex>>,
    /// By key, once [`SkuIndex::finish`] was called.
    codes: Vec<Code>,
    tree: Tree,
    /// How many codes there are of each [`make`].
    families: HashMap<Box<[char]>, usize>,
}

impl SkuIndex {
    pub(super) fn add(&mut self, sku: &str, item: ItemIndex) {
        let compact = compact(sku);
        if compact.is_empty() || compact.len() > MAX_CODE {
            return;
        }
        let key = look_alike_key(&compact);
        self.codes.push(Code {
            key,
            plain: compact.chars().collect(),
            item,
        });
        self.exact.entry(compact.into()).or_default().push(item);
    }

    /// Makes the codes that were added findable by other than their exact letters.
    pub(super) fn finish(&mut self) {
        self.codes
            .sort_by(|a, b| a.key.cmp(&b.key).then(a.item.cmp(&b.item)));
        self.tree = Tree::of(self.codes.iter().map(|code| code.key.as_slice()));
        for code in &self.codes {
            *self.families.entry(make(&code.plain)).or_default() += 1;
        }
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
        let written: Vec<char> = compact.chars().collect();
        let mut near: Vec<(u8, ItemIndex, &[char])> = Vec::new();
        self.tree.near(&key, spell::limit(2), |place, cost| {
            let code = &self.codes[place as usize];
            near.push((cost.div_ceil(5), code.item, &code.plain));
        });
        let (edits, item, meant) = *near.iter().min_by_key(|(edits, item, _)| (*edits, *item))?;
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
        if near.len() > MAX_CANDIDATES {
            near.select_nth_unstable_by_key(MAX_CANDIDATES, |(edits, item, _)| (*edits, *item));
            near.truncate(MAX_CANDIDATES);
        }
        near.sort_unstable_by_key(|(edits, item, _)| (*edits, *item));
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
        let family = self.families.get(&make(written)).copied().unwrap_or(0);
        let digits = written.iter().filter(|c| c.is_ascii_digit()).count() as i32;
        // One digit for another of nine, or two neighbours exchanged.
        let beside = f64::from(digits * 10) / 10f64.powi(digits);
        let strangers = if make(written) == make(meant) {
            MAX_STRANGERS
        } else {
            MAX_STRANGERS_BY_LETTER
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

/// Whether the error left a code of the same make (letters and digits at the same places): such a
/// code may as well be one that the catalogue does not have.
fn same_shape(written: &[char], meant: &[char]) -> bool {
    let class = |c: &char| c.is_ascii_digit();
    written.len() == meant.len() && written.iter().map(class).eq(meant.iter().map(class))
}

/// Codes with the same letters at the same places, and any digits at the others, have one make.
fn make(plain: &[char]) -> Box<[char]> {
    let any = |c: &char| if c.is_ascii_digit() { '0' } else { *c };
    plain.iter().map(any).collect()
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
