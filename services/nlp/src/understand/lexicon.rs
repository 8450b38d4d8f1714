//! What single words do: the classes of `lexicon.txt` and the meanings of `texting.txt`.
//! To add a word, add it there and train again (`wharfctl train`).

use std::sync::LazyLock;

use super::hashing::{self, HashedMap};

/// A set of word classes, one bit a class, in the order of `lexicon.txt`.
pub type Classes = u64;

/// The words of the two files, ready to look up.
#[derive(Debug)]
pub struct Lexicon {
    names: Vec<&'static str>,
    words: HashedMap<Classes>,
    stems: HashedMap<Classes>,
    longest_stem: usize,
    texting: HashedMap<&'static str>,
    spelled: Vec<&'static str>,
}

static LEXICON: LazyLock<Lexicon> =
    LazyLock::new(|| Lexicon::read(include_str!("lexicon.txt"), include_str!("texting.txt")));

/// The shipped lexicon.
#[must_use]
pub fn lexicon() -> &'static Lexicon {
    &LEXICON
}

/// The class called `name`; empty when there is none.
#[must_use]
pub fn class(name: &str) -> Classes {
    LEXICON
        .names
        .iter()
        .position(|known| *known == name)
        .map_or(0, |bit| 1 << bit)
}

impl Lexicon {
    fn read(classes: &'static str, texting: &'static str) -> Self {
        let mut lexicon = Self {
            names: Vec::new(),
            words: HashedMap::default(),
            stems: HashedMap::default(),
            longest_stem: 0,
            texting: HashedMap::default(),
            spelled: Vec::new(),
        };
        for line in lines(classes) {
            let Some((name, words)) = line.split_once(':') else {
                continue;
            };
            let bit = 1 << lexicon.names.len();
            lexicon.names.push(name);
            for word in words.split_whitespace() {
                if let Some(stem) = word.strip_suffix('*') {
                    lexicon.longest_stem = lexicon.longest_stem.max(stem.len());
                    *lexicon.stems.entry(hashing::of(stem)).or_default() |= bit;
                } else {
                    let known = lexicon.words.entry(hashing::of(word)).or_default();
                    if *known == 0 {
                        lexicon.spelled.push(word);
                    }
                    *known |= bit;
                }
            }
        }
        for line in lines(texting) {
            if let Some((written, meaning)) = line.split_once(' ') {
                lexicon.texting.insert(hashing::of(written), meaning);
            }
        }
        lexicon
    }

    /// How many classes there are; at most 64.
    #[must_use]
    pub fn class_count(&self) -> usize {
        self.names.len()
    }

    /// The words that stand in `lexicon.txt` in full.
    #[must_use]
    pub fn spelled(&self) -> &[&'static str] {
        &self.spelled
    }

    /// What a texting word stands for.
    #[must_use]
    pub fn meaning(&self, key: u64) -> Option<&'static str> {
        self.texting.get(&key).copied()
    }

    /// The classes of a word given with its hash.
    #[must_use]
    pub fn classes(&self, word: &str, key: u64) -> Classes {
        let mut classes = self.words.get(&key).copied().unwrap_or(0);
        let mut state = hashing::of("");
        for (index, byte) in word.bytes().enumerate().take(self.longest_stem) {
            state = hashing::step(state, byte);
            if index >= 2 {
                classes |= self.stems.get(&state).copied().unwrap_or(0);
            }
        }
        classes
    }
}

fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stems_and_texting_are_found() {
        let lexicon = lexicon();
        assert!(lexicon.class_count() <= 64);
        let of = |word: &str| lexicon.classes(word, hashing::of(word));
        assert_ne!(of("replenishing") & class("buy"), 0);
        assert_ne!(of("proveedores") & class("supplier"), 0);
        assert_eq!(of("giraffe"), 0);
        assert_eq!(lexicon.meaning(hashing::of("tmrw")), Some("tomorrow"));
    }
}
