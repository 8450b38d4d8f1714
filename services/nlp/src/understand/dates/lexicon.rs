//! From a folded spelling to its meaning: one hash table a language, and a
//! one-slip search among long date words for the spellings it does not hold.

use std::sync::LazyLock;

use super::Language;
use super::holidays;
use super::words::{Row, W};
use super::{words_en, words_es};

/// Slots of a table; a power of two, several times the number of spellings.
const SLOTS: usize = 2048;

/// The shortest spelling in which one slip is forgiven: in shorter words a slip
/// makes another word too often ("monday" from "money" is two, "may" from "man" one).
const SHORTEST_SLIP: usize = 6;

/// The spellings of one language.
pub(super) struct Lexicon {
    slots: Vec<Option<(&'static str, W)>>,
    fuzzy: Vec<(&'static str, u32, W)>,
    not_slips: Vec<&'static str>,
}

static ENGLISH: LazyLock<Lexicon> = LazyLock::new(|| {
    Lexicon::new(
        words_en::ROWS,
        words_en::FUZZY,
        words_en::NOT_SLIPS,
        holidays::ENGLISH_FIRST_WORDS,
    )
});

static SPANISH: LazyLock<Lexicon> = LazyLock::new(|| {
    Lexicon::new(
        words_es::ROWS,
        words_es::FUZZY,
        words_es::NOT_SLIPS,
        holidays::SPANISH_FIRST_WORDS,
    )
});

impl Lexicon {
    /// The table of a language, built at its first use.
    pub(super) fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &ENGLISH,
            Language::Spanish => &SPANISH,
        }
    }

    fn new(
        rows: &'static [Row],
        fuzzy: &'static str,
        not_slips: &'static str,
        holidays: &'static str,
    ) -> Self {
        let mut lexicon = Self {
            slots: vec![None; SLOTS],
            fuzzy: Vec::new(),
            not_slips: not_slips.split_ascii_whitespace().collect(),
        };
        for (meaning, spellings) in rows {
            for spelling in spellings.split_ascii_whitespace() {
                lexicon.insert(spelling, *meaning);
            }
        }
        for word in holidays.split_ascii_whitespace() {
            lexicon.insert(word, W::Holiday);
        }
        for word in fuzzy.split_ascii_whitespace() {
            if let Some(meaning) = lexicon.exact(word.as_bytes()) {
                lexicon
                    .fuzzy
                    .push((word, letters(word.as_bytes()), meaning));
            }
        }
        lexicon
    }

    /// Keeps the first meaning of a spelling that is given twice.
    fn insert(&mut self, spelling: &'static str, meaning: W) {
        let mut at = slot(spelling.as_bytes());
        for _ in 0..SLOTS {
            match self.slots[at] {
                Some((held, _)) if held == spelling => return,
                Some(_) => at = (at + 1) % SLOTS,
                None => {
                    self.slots[at] = Some((spelling, meaning));
                    return;
                }
            }
        }
    }

    fn exact(&self, word: &[u8]) -> Option<W> {
        let mut at = slot(word);
        while let Some((held, meaning)) = self.slots[at] {
            if held.as_bytes() == word {
                return Some(meaning);
            }
            at = (at + 1) % SLOTS;
        }
        None
    }

    /// The meaning of a folded word, if it is a date word or one slip from one.
    pub(super) fn look_up(&self, word: &[u8]) -> Option<W> {
        if let Some(meaning) = self.exact(word) {
            return Some(meaning);
        }
        if word.len() < SHORTEST_SLIP {
            return None;
        }
        let mask = letters(word);
        self.fuzzy
            .iter()
            .find(|(target, target_mask, _)| {
                target.len().abs_diff(word.len()) <= 1
                    && (target_mask ^ mask).count_ones() <= 2
                    && one_slip(word, target.as_bytes())
            })
            .filter(|_| !self.not_slips.iter().any(|w| w.as_bytes() == word))
            .map(|(_, _, meaning)| *meaning)
    }
}

/// FNV-1a, cut to the table.
fn slot(word: &[u8]) -> usize {
    let hash = word.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    (hash ^ (hash >> 32)) as usize % SLOTS
}

/// The set of letters of a word, to rule out most of the candidates at once.
fn letters(word: &[u8]) -> u32 {
    word.iter()
        .filter(|byte| byte.is_ascii_lowercase())
        .fold(0, |mask, byte| mask | 1 << (byte - b'a'))
}

/// Whether one wrong, missing, extra or swapped letter makes `a` from `b`.
fn one_slip(a: &[u8], b: &[u8]) -> bool {
    let head = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[head..], &b[head..]);
    match (a, b) {
        ([_, rest_a @ ..], [_, rest_b @ ..]) if a.len() == b.len() => {
            rest_a == rest_b
                || matches!((a, b), ([p, q, x @ ..], [r, s, y @ ..]) if p == s && q == r && x == y)
        }
        ([_, rest @ ..], _) if a.len() == b.len() + 1 => rest == b,
        (_, [_, rest @ ..]) if b.len() == a.len() + 1 => rest == a,
        _ => a == b,
    }
}
