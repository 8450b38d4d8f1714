//! Spelling: how far one word is from another, and which known words are near a misspelt one.
//!
//! The distance counts insertions, deletions, substitutions and transpositions of neighbours
//! (optimal string alignment), in quarters of an edit, so that a doubled letter costs a little
//! less and a letter from the other side of the keyboard a little more. Known words are found
//! through their deletions (Garbe's symmetric delete): exact for two edits, and the work does not
//! grow with the number of words.

use std::collections::HashMap;
use std::ops::Range;

use super::written::{Looks, Written};

/// One typing error, in the unit of all costs.
pub(super) const EDIT: u8 = 4;
/// More than any accepted cost.
pub(super) const FAR: u8 = u8::MAX;

const SUBSTITUTION: u8 = 5;
/// A letter doubled, or one of two left out; the cheapest error.
pub(super) const DOUBLING: u8 = 3;
/// Longest word compared; a longer one matches exactly or not at all.
pub(super) const MAX_WORD: usize = 32;
/// Letters of a word that its deletions are taken from.
const PREFIX: usize = 7;

/// The most that `edits` errors may cost.
pub(super) const fn limit(edits: u8) -> u8 {
    edits * SUBSTITUTION + 1
}

const ROWS: [&[u8]; 3] = [b"qwertyuiop", b"asdfghjkl", b"zxcvbnm"];
const VOWELS: &[u8] = b"aeiouy";

/// Whether two letters are easily exchanged: beside or under each other on the keyboard, or both
/// vowels.
const NEAR: [[bool; 26]; 26] = near_keys();

const fn near_keys() -> [[bool; 26]; 26] {
    let mut near = [[false; 26]; 26];
    let mut row = 0;
    while row < 3 {
        let mut column = 0;
        while column < ROWS[row].len() {
            let key = (ROWS[row][column] - b'a') as usize;
            let mut other_row = row.saturating_sub(1);
            while other_row < 3 && other_row <= row + 1 {
                let mut other = column.saturating_sub(1);
                while other < ROWS[other_row].len() && other <= column + 1 {
                    near[key][(ROWS[other_row][other] - b'a') as usize] = true;
                    other += 1;
                }
                other_row += 1;
            }
            column += 1;
        }
        row += 1;
    }
    let mut a = 0;
    while a < VOWELS.len() {
        let mut b = 0;
        while b < VOWELS.len() {
            near[(VOWELS[a] - b'a') as usize][(VOWELS[b] - b'a') as usize] = true;
            b += 1;
        }
        a += 1;
    }
    near
}

/// The cost of writing `a` for `b`, when they differ.
pub(super) fn substitution(a: char, b: char) -> u8 {
    let near = a.is_ascii_lowercase()
        && b.is_ascii_lowercase()
        && NEAR[(a as u8 - b'a') as usize][(b as u8 - b'a') as usize];
    if near { EDIT } else { SUBSTITUTION }
}

/// The cost of turning `written` into `meant`, or [`FAR`] when it is above `max`.
pub(super) fn distance(written: &[char], meant: &[char], max: u8) -> u8 {
    distance_in(written, meant, max, usize::from(max / DOUBLING))
}

/// [`distance`] of words that at most `band` errors within `max` can lie between.
pub(super) fn distance_in(written: &[char], meant: &[char], max: u8, band: usize) -> u8 {
    let (n, m) = (written.len(), meant.len());
    if n.abs_diff(m) > band || n > MAX_WORD || m > MAX_WORD {
        return if written == meant { 0 } else { FAR };
    }
    let mut rows = [[FAR; MAX_WORD + 1]; 3];
    let [before, above, row] = &mut rows;
    let (mut before, mut above, mut row) = (before, above, row);
    for (j, cost) in (0..).zip(&mut above[..=m.min(band)]) {
        *cost = j * EDIT;
    }
    let mut least_above = 0u8;
    for i in 1..=n {
        let c = written[i - 1];
        let doubled = i > 1 && written[i - 2] == c;
        let (low, high) = (i.saturating_sub(band).max(1), (i + band).min(m));
        row[low - 1] = if low == 1 {
            (i as u8).saturating_mul(EDIT)
        } else {
            FAR
        };
        let mut least = row[low - 1];
        for j in low..=high {
            let d = meant[j - 1];
            let mut cost = above[j - 1].saturating_add(if c == d { 0 } else { substitution(c, d) });
            // A letter too many, a letter too few.
            cost = cost.min(above[j].saturating_add(if doubled { DOUBLING } else { EDIT }));
            let undoubled = j > 1 && meant[j - 2] == d;
            cost = cost.min(row[j - 1].saturating_add(if undoubled { DOUBLING } else { EDIT }));
            if i > 1 && j > 1 && c != d && c == meant[j - 2] && written[i - 2] == d {
                cost = cost.min(before[j - 2].saturating_add(EDIT));
            }
            row[j] = cost;
            least = least.min(cost);
        }
        if high < m {
            row[high + 1] = FAR;
        }
        // A transposition reaches back two rows, so one row above the limit is not the end.
        if least > max && least_above.saturating_add(EDIT) > max {
            return FAR;
        }
        least_above = least;
        (before, above, row) = (above, row, before);
    }
    if above[m] > max { FAR } else { above[m] }
}

/// Spellings of known words, found by their deletions.
#[derive(Debug, Default)]
pub(super) struct SpellIndex {
    letters: Vec<char>,
    spellings: Vec<Spelling>,
    /// Hash of a deletion and its spelling, sorted.
    deletions: Vec<(u32, u32)>,
    /// First deletion of each value of the hash's upper bits.
    buckets: Vec<u32>,
}

#[derive(Debug, Clone, Copy)]
struct Spelling {
    /// First letter in [`SpellIndex::letters`].
    start: u32,
    length: u8,
    looks: Looks,
    /// The word spelt so.
    word: u32,
}

impl Spelling {
    /// The most that a misspelling of it may cost.
    fn max(&self) -> u8 {
        limit(allowed(usize::from(self.length)))
    }
}

const BUCKET_BITS: u32 = 16;

/// Working memory of [`SpellIndex::near`] for one text: what a word of it is near is looked up once.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    /// Words that may still be looked up.
    left: usize,
    hashes: Vec<u32>,
    found: Vec<u32>,
    /// The words that were looked up, and where in `answers` what was found stands.
    asked: HashMap<Box<[char]>, Range<usize>>,
    answers: Vec<(u32, u8)>,
}

impl Scratch {
    /// From now on at most `lookups` words; later ones are near nothing.
    pub(super) fn allow(&mut self, lookups: usize) {
        self.left = lookups;
    }
}

impl SpellIndex {
    /// Adds a spelling of `word`; [`SpellIndex::finish`] makes it findable.
    pub(super) fn add(&mut self, spelling: &str, word: u32) {
        let start = self.letters.len();
        self.letters.extend(spelling.chars());
        let length = self.letters.len() - start;
        if !(3..=MAX_WORD).contains(&length) {
            self.letters.truncate(start);
            return;
        }
        self.spellings.push(Spelling {
            start: start as u32,
            length: length as u8,
            looks: Looks::of(&self.letters[start..]),
            word,
        });
    }

    /// Builds the index of deletions.
    pub(super) fn finish(&mut self) {
        let mut hashes = Vec::new();
        for (id, spelling) in self.spellings.iter().enumerate() {
            deletions(self.letters(spelling), &mut hashes);
            self.deletions
                .extend(hashes.iter().map(|hash| (*hash, id as u32)));
        }
        self.deletions.sort_unstable();
        self.deletions.dedup();
        self.deletions.shrink_to_fit();
        self.buckets = (0..=1u32 << BUCKET_BITS)
            .map(|bucket| {
                let first = u64::from(bucket) << (32 - BUCKET_BITS);
                self.deletions
                    .partition_point(|(hash, _)| u64::from(*hash) < first) as u32
            })
            .collect();
    }

    /// Appends the words within the errors that their length allows, each once with its least
    /// cost, nearest first.
    pub(super) fn near(&self, written: &Written, scratch: &mut Scratch, out: &mut Vec<(u32, u8)>) {
        if self.buckets.is_empty() || !(2..=MAX_WORD + 1).contains(&written.letters.len()) {
            return;
        }
        let Some(left) = scratch.left.checked_sub(1) else {
            return;
        };
        scratch.left = left;
        let known = scratch.asked.get(written.letters.as_slice()).cloned();
        let answer = known.unwrap_or_else(|| self.look_up(written, scratch));
        out.extend_from_slice(&scratch.answers[answer]);
    }

    /// Adds to the answers what [`SpellIndex::near`] finds.
    fn look_up(&self, written: &Written, scratch: &mut Scratch) -> Range<usize> {
        deletions(&written.letters, &mut scratch.hashes);
        scratch.found.clear();
        for hash in &scratch.hashes {
            let bucket = (hash >> (32 - BUCKET_BITS)) as usize;
            let range = self.buckets[bucket] as usize..self.buckets[bucket + 1] as usize;
            let entries = &self.deletions[range];
            let same = entries.iter().skip_while(|entry| entry.0 < *hash);
            let same = same.take_while(|entry| entry.0 == *hash);
            let may_be_near = |id: &u32| {
                let spelling = &self.spellings[*id as usize];
                written.may_be_near(spelling.looks, spelling.max())
            };
            scratch
                .found
                .extend(same.map(|entry| entry.1).filter(may_be_near));
        }
        scratch.found.sort_unstable();
        scratch.found.dedup();
        let out = &mut scratch.answers;
        let first = out.len();
        for id in &scratch.found {
            let spelling = &self.spellings[*id as usize];
            let cost = written.cost(self.letters(spelling), spelling.looks, spelling.max());
            if cost != FAR {
                out.push((spelling.word, cost));
            }
        }
        out[first..].sort_unstable();
        let mut seen = None;
        let mut kept = first;
        for at in first..out.len() {
            if seen != Some(out[at].0) {
                seen = Some(out[at].0);
                out[kept] = out[at];
                kept += 1;
            }
        }
        out.truncate(kept);
        out[first..].sort_unstable_by_key(|(word, cost)| (*cost, *word));
        let answer = first..kept;
        let letters = written.letters.as_slice().into();
        scratch.asked.insert(letters, answer.clone());
        answer
    }

    fn letters(&self, spelling: &Spelling) -> &[char] {
        &self.letters[spelling.start as usize..][..usize::from(spelling.length)]
    }
}

/// Errors that a word of this many letters may hold.
pub(super) const fn allowed(letters: usize) -> u8 {
    if letters <= 3 { 1 } else { 2 }
}

/// Hashes of a word's prefix with up to two letters left out; equal ones more than once.
fn deletions(letters: &[char], out: &mut Vec<u32>) {
    out.clear();
    let prefix = &letters[..letters.len().min(PREFIX)];
    let n = prefix.len();
    out.push(hash(prefix, n, n));
    for first in 0..n {
        out.push(hash(prefix, first, n));
        if n > 3 {
            for second in first + 1..n {
                out.push(hash(prefix, first, second));
            }
        }
    }
}

/// FNV-1a of the letters but two.
fn hash(letters: &[char], skip: usize, skip_too: usize) -> u32 {
    let mut hash: u32 = 0x811c_9dc5;
    for (at, c) in letters.iter().enumerate() {
        if at != skip && at != skip_too {
            hash = (hash ^ *c as u32).wrapping_mul(0x0100_0193);
        }
    }
    // The upper bits choose the bucket: mix the lower ones into them.
    hash ^ hash.wrapping_mul(0x9e37_79b1).rotate_left(15)
}
