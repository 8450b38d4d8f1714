//! The words that the catalogue's names are made of, which names hold each, and how telling it is.

use std::collections::HashMap;

use super::fold::{TokenKind, Tokens};
use super::lexicon;
use super::spell::SpellIndex;
use super::written::Looks;

/// A word of the catalogue, or an ordinary word that is in no name.
#[derive(Debug)]
pub(super) struct Word {
    pub(super) kind: TokenKind,
    /// Rarity, the natural logarithm of names by names with the word.
    pub(super) weight: f32,
    /// Legal forms (`ltd`): neither missed when left out nor strange when added.
    pub(super) soft: bool,
    /// Letters of the spelling met first, for direct comparison.
    pub(super) letters: Vec<char>,
    pub(super) looks: Looks,
    /// Forms that hold the word, ascending.
    pub(super) postings: Vec<u32>,
}

/// All known words.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    ids: HashMap<Box<str>, u32>,
    pub(super) words: Vec<Word>,
    pub(super) spelling: SpellIndex,
}

impl Vocabulary {
    /// The id of a stem, when known.
    pub(super) fn id(&self, stem: &str) -> Option<u32> {
        self.ids.get(stem).copied()
    }

    /// Whether some name holds the word.
    pub(super) fn in_catalogue(&self, word: u32) -> bool {
        !self.words[word as usize].postings.is_empty()
    }

    /// The words of a form, added when new.
    pub(super) fn add_form(&mut self, form: u32, tokens: &Tokens) -> Vec<u32> {
        let mut ids = Vec::with_capacity(tokens.list.len());
        for index in 0..tokens.list.len() {
            let id = self.add(tokens, index);
            let postings = &mut self.words[id as usize].postings;
            if postings.last() != Some(&form) {
                postings.push(form);
            }
            ids.push(id);
        }
        ids
    }

    /// Weighs the words, adds the ordinary ones and builds the spelling index.
    pub(super) fn finish(&mut self, forms: usize) {
        for word in &mut self.words {
            word.weight = (1.0 + forms as f32 / word.postings.len() as f32).ln();
            word.soft = lexicon::is_legal_form(&word.letters.iter().collect::<String>());
        }
        for name in lexicon::ordinary() {
            let tokens = Tokens::of(name, 1);
            if !tokens.list.is_empty() {
                let id = self.add(&tokens, 0);
                let word = &mut self.words[id as usize];
                if word.postings.is_empty() {
                    word.weight = (1.0 + forms as f32).ln();
                }
            }
        }
        self.spelling.finish();
    }

    fn add(&mut self, tokens: &Tokens, index: usize) -> u32 {
        let (stem, surface) = (tokens.stem(index), tokens.surface(index));
        if let Some(id) = self.ids.get(stem) {
            return *id;
        }
        let id = self.words.len() as u32;
        let kind = tokens.list[index].kind;
        self.ids.insert(stem.into(), id);
        let letters: Vec<char> = surface.chars().collect();
        self.words.push(Word {
            kind,
            weight: 0.0,
            soft: false,
            looks: Looks::of(&letters),
            letters,
            postings: Vec::new(),
        });
        if kind == TokenKind::Word {
            self.spelling.add(surface, id);
            if stem != surface {
                self.spelling.add(stem, id);
            } else {
                self.spelling.add(&format!("{surface}s"), id);
            }
        }
        id
    }
}
