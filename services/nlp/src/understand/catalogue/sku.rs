//! Stock keeping units. Stricter than names: a wrong digit is another article. What a misspelt code
//! means is weighed: how likely each near code is to be written so (`slips`), how likely all of them
//! are together, and how likely a code that the catalogue does not have would look like that
//! (`families`). A sure one is accepted, a probable one is offered, others become a question.

use std::collections::HashMap;

use super::families::Families;
use super::slips;
use super::spell;
use super::tree::Tree;
use super::{ItemIndex, Resolution, candidates, lexicon};

/// Score of a code that differs by case, hyphens or look-alikes only.
const LOOK_ALIKE_SCORE: f32 = 0.97;
/// Score of an accepted code with one typing error.
const ONE_ERROR_SCORE: f32 = 0.86;
/// Score of an accepted code with two typing errors.
const TWO_ERRORS_SCORE: f32 = 0.81;
/// Score of a code that is offered: probable, and one "yes" away.
const OFFERED_SCORE: f32 = 0.7;
/// Part of the likelihood of all near codes that the accepted one must have.
const SURE: f64 = 0.97;
/// The same for one that is offered as "did you mean".
const PROBABLE: f64 = 0.5;
/// How much likelier the accepted code must be than one that the catalogue does not have, when the
/// written code is like the catalogue's. Measured: at 15 up to 1.4 % of codes that do not exist are
/// taken for others, at 20 up to 0.4 %.
const STRANGER: f64 = 20.0;
/// How many messages have two errors in a code, for each that has one: hurried fingers slip again.
/// Rather too many, so that one error is not believed where two are as good.
const TWO_ERRORS: f64 = 4.0;
/// Letters and digits a code needs before two errors are forgiven.
const LONG_CODE: usize = 7;
/// Near codes whose likelihood is worked out, the nearest first.
const WEIGHED: usize = 48;
/// What one of the others has: that of two errors of the rarer kinds.
const UNWEIGHED: f64 = 2e-5;
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
    families: Families,
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
            self.families.add(&code.plain);
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
        let mut near: Vec<(u8, u32)> = Vec::new();
        self.tree.near(&key, spell::limit(2), |place, cost| {
            near.push((cost, place))
        });
        if near.is_empty() {
            return None;
        }
        let others = near.len().saturating_sub(WEIGHED);
        if others > 0 {
            near.select_nth_unstable(WEIGHED);
            near.truncate(WEIGHED);
        }
        let mut weighed: Vec<Weighed> = near
            .iter()
            .map(|(cost, place)| {
                let code = &self.codes[*place as usize];
                let edits = cost.div_ceil(5);
                let often = if edits > 1 { TWO_ERRORS } else { 1.0 };
                Weighed {
                    likelihood: often * slips::likelihood(&written, &code.plain),
                    edits,
                    code,
                }
            })
            .collect();
        weighed.sort_by(|a, b| {
            let by_item = || a.code.item.cmp(&b.code.item);
            b.likelihood.total_cmp(&a.likelihood).then_with(by_item)
        });
        Some(self.decide(&written, &weighed, others))
    }

    /// `weighed` with the likeliest first, and never empty.
    fn decide(&self, written: &[char], weighed: &[Weighed<'_>], others: usize) -> Resolution {
        let all: f64 =
            weighed.iter().map(|near| near.likelihood).sum::<f64>() + others as f64 * UNWEIGHED;
        let part = |near: &Weighed| {
            if all > 0.0 {
                near.likelihood / all
            } else {
                0.0
            }
        };
        let best = &weighed[0];
        let one = |score| Resolution::One {
            item: best.code.item,
            distance: best.edits,
            score,
            partial: false,
        };
        let score = match best.edits {
            0 => LOOK_ALIKE_SCORE,
            1 => ONE_ERROR_SCORE,
            _ if written.len() >= LONG_CODE => TWO_ERRORS_SCORE,
            _ => 0.0,
        };
        if score > 0.0 && part(best) >= SURE && (best.edits == 0 || self.is_known(written, best)) {
            return one(score);
        }
        if part(best) >= PROBABLE {
            return one(OFFERED_SCORE);
        }
        candidates(weighed.iter().map(|near| {
            (
                near.code.item,
                near.edits,
                OFFERED_SCORE * part(near) as f32,
            )
        }))
    }

    /// Whether the written code is rather a misspelling of `best` than a code that the catalogue
    /// does not have.
    fn is_known(&self, written: &[char], best: &Weighed<'_>) -> bool {
        !self.families.has_like(written)
            || best.likelihood >= STRANGER * self.families.density(written, &best.code.plain)
    }
}

/// A near code and how likely it is to be written so.
struct Weighed<'a> {
    likelihood: f64,
    edits: u8,
    code: &'a Code,
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
    compact.chars().map(slips::look_alike).collect()
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
