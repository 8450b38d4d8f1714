//! Cuts a raw text into date tokens: folds case, accents and width on the way and
//! keeps the byte offsets of the text as it was given.

use super::Language;
use super::fold::{Class, class};
use super::lexicon::Lexicon;
use super::tidy::{block, block_chains, join_weekend, settle};
use super::words::W;

/// The longest word worth looking up.
const LONGEST_WORD: usize = 20;

/// One token.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) meaning: W,
    /// The value of digits, or of an ordinal written with digits.
    pub(super) number: u32,
    /// How many digits it was written with.
    pub(super) digits: u8,
    /// Bytes of the text: from, to.
    pub(super) start: usize,
    pub(super) end: usize,
    /// Whether nothing stands between it and the token before.
    pub(super) glued: bool,
}

/// A run of letters or digits under construction.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Run {
    Nothing,
    Word,
    Number,
}

struct Cutter<'t> {
    lexicon: &'t Lexicon,
    language: Language,
    tokens: Vec<Token>,
    run: Run,
    start: usize,
    letters: [u8; LONGEST_WORD],
    length: usize,
    foreign: bool,
    value: u32,
    digits: u8,
    /// Where the last token ended, to see whether the next one touches it.
    touch: Option<usize>,
}

/// The tokens of a text, left to right.
pub(super) fn cut(text: &str, language: Language) -> Vec<Token> {
    let mut cutter = Cutter {
        lexicon: Lexicon::of(language),
        language,
        tokens: Vec::with_capacity(text.len() / 4 + 4),
        run: Run::Nothing,
        start: 0,
        letters: [0; LONGEST_WORD],
        length: 0,
        foreign: false,
        value: 0,
        digits: 0,
        touch: Some(0),
    };
    for (at, c) in text.char_indices() {
        cutter.take(at, c);
    }
    cutter.close(text.len());
    block_chains(&mut cutter.tokens);
    block(&mut cutter.tokens);
    if language == Language::Spanish {
        join_weekend(&mut cutter.tokens);
        settle(&mut cutter.tokens);
    }
    cutter.tokens
}

impl Cutter<'_> {
    fn take(&mut self, at: usize, c: char) {
        match class(c) {
            Class::Letter(letter) => {
                self.open(Run::Word, at);
                if let Some(place) = self.letters.get_mut(self.length) {
                    *place = letter;
                }
                self.length += 1;
            }
            Class::Foreign => {
                self.open(Run::Word, at);
                self.foreign = true;
            }
            Class::Digit(digit) => {
                self.open(Run::Number, at);
                self.value = self.value.saturating_mul(10).saturating_add(digit.into());
                self.digits = self.digits.saturating_add(1);
            }
            Class::OrdinalMark => {
                if self.run == Run::Number {
                    self.close(at);
                    self.make_ordinal(at + c.len_utf8());
                } else {
                    self.close(at);
                    self.push(W::Punct(b'?'), at, at + c.len_utf8());
                }
            }
            Class::Space => {
                self.close(at);
                self.touch = None;
            }
            Class::Silent => {}
            Class::Mark(mark) => {
                self.close(at);
                self.push(W::Punct(mark), at, at + c.len_utf8());
            }
        }
    }

    fn open(&mut self, run: Run, at: usize) {
        if self.run == run {
            return;
        }
        self.close(at);
        self.run = run;
        self.start = at;
        self.length = 0;
        self.foreign = false;
        self.value = 0;
        self.digits = 0;
    }

    fn close(&mut self, at: usize) {
        match std::mem::replace(&mut self.run, Run::Nothing) {
            Run::Nothing => {}
            Run::Number => {
                self.push(W::Num, self.start, at);
                let (number, digits) = (self.value, self.digits);
                if let Some(token) = self.tokens.last_mut() {
                    token.number = number;
                    token.digits = digits;
                }
            }
            Run::Word => self.close_word(at),
        }
    }

    fn close_word(&mut self, at: usize) {
        let word = self.letters.get(..self.length).filter(|_| !self.foreign);
        let glued = self.touch == Some(self.start);
        if let (Some(word), Some(before), true) = (word, self.tokens.last(), glued) {
            match before.meaning {
                W::Num if ordinal_ending(word, self.language) => {
                    self.make_ordinal(at);
                    return;
                }
                // "2day"
                W::Num if word == b"day" && (before.number, before.digits) == (2, 1) => {
                    self.make(W::Today, at);
                    return;
                }
                // "1990s", "'80s"
                W::Num if word == b"s" && before.number % 10 == 0 => {
                    let first = match before.digits {
                        4 => before.number,
                        2 => 1900 + before.number,
                        _ => 0,
                    };
                    if (1800..2200).contains(&first) {
                        self.make(u16::try_from(first).map_or(W::Blocked, W::Decade), at);
                        return;
                    }
                }
                // "yesterday's": the ending is part of the word before.
                W::Punct(b'\'') if word == b"s" && before.glued => {
                    self.tokens.pop();
                    self.touch = Some(at);
                    return;
                }
                _ => {}
            }
        }
        let meaning = word.and_then(|word| self.lexicon.look_up(word));
        // "lastweek", "thismonth"
        if meaning.is_none()
            && let Some(word) = word.filter(|word| word.len() == at - self.start)
            && let Some((lead, rest)) = word.split_at_checked(4)
            && matches!(lead, b"last" | b"this" | b"next")
            && let (Some(lead), Some(unit @ W::Unit(_))) =
                (self.lexicon.look_up(lead), self.lexicon.look_up(rest))
        {
            let middle = self.start + 4;
            self.push(lead, self.start, middle);
            self.push(unit, middle, at);
            return;
        }
        self.push(meaning.unwrap_or(W::Other), self.start, at);
    }

    /// Turns the number just pushed into an ordinal that ends at `at`.
    fn make_ordinal(&mut self, at: usize) {
        let number = self.tokens.last().map_or(0, |token| token.number);
        self.make(u16::try_from(number).map_or(W::Blocked, W::Ord), at);
    }

    /// Gives the token just pushed another meaning and another end.
    fn make(&mut self, meaning: W, end: usize) {
        if let Some(token) = self.tokens.last_mut() {
            token.meaning = meaning;
            token.end = end;
        }
        self.touch = Some(end);
    }

    fn push(&mut self, meaning: W, start: usize, end: usize) {
        self.tokens.push(Token {
            meaning,
            number: 0,
            digits: 0,
            start,
            end,
            glued: self.touch == Some(start),
        });
        self.touch = Some(end);
    }
}

fn ordinal_ending(word: &[u8], language: Language) -> bool {
    match language {
        Language::English => matches!(word, b"st" | b"nd" | b"rd" | b"th"),
        Language::Spanish => matches!(
            word,
            b"o" | b"a"
                | b"ro"
                | b"er"
                | b"ero"
                | b"era"
                | b"ra"
                | b"do"
                | b"da"
                | b"to"
                | b"ta"
                | b"mo"
                | b"ma"
                | b"vo"
                | b"va"
                | b"no"
                | b"na"
        ),
    }
}
