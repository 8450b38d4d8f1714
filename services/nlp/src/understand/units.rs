//! The units that the tagger labels: lexemes, with each number made one.

use std::ops::Range;

use super::entities::numbers::Number;
use super::lexemes::Lexeme;
use super::lexicon::Classes;
use super::normalise::Normalised;
use super::words::Shape;

/// One unit.
#[derive(Debug, Clone, Copy)]
pub struct Unit {
    /// First byte in the plain text.
    pub start: usize,
    /// One past its last byte.
    pub end: usize,
    /// The word's hash; numbers share one.
    pub key: u64,
    /// The word's classes.
    pub classes: Classes,
    /// What it is made of.
    pub shape: Shape,
    /// Whether it is one of the vocabulary.
    pub known: bool,
    /// Whether a typing error was mended in it.
    pub mended: bool,
    /// Whether it is written with a capital, 0 no, 1 at the start of a sentence, 2 within one.
    pub capital: u8,
    /// Which number it is, if it is one.
    pub number: Option<usize>,
}

impl Unit {
    /// Its bytes in the plain text.
    #[must_use]
    pub const fn span(&self) -> Range<usize> {
        self.start..self.end
    }
}

const NUMBER_KEY: u64 = 2;

/// The units of a message.
#[must_use]
pub fn units(
    original: &str,
    plain: &Normalised,
    lexemes: &[Lexeme],
    numbers: &[Number],
) -> Vec<Unit> {
    let mut units: Vec<Unit> = Vec::with_capacity(lexemes.len());
    let mut opens = true;
    let mut numbers = numbers.iter().enumerate().peekable();
    let mut at = 0;
    while let Some(lexeme) = lexemes.get(at) {
        let mut unit = Unit {
            start: lexeme.token.start as usize,
            end: lexeme.token.end as usize,
            key: lexeme.key,
            classes: lexeme.classes,
            shape: lexeme.token.shape,
            known: lexeme.known,
            mended: lexeme.mended,
            capital: 0,
            number: None,
        };
        let written = &original[plain.origin(unit.span())];
        if written.starts_with(char::is_uppercase) {
            unit.capital = if opens { 1 } else { 2 };
        }
        opens = matches!(written, "." | "!" | "?" | ":" | "\"");
        if let Some((index, number)) = numbers.next_if(|(_, number)| number.first == at) {
            unit.end = lexemes[number.end - 1].token.end as usize;
            // A bare "a", "one" or "un" is as often an article as a number.
            if number.digits || number.value > 1.0 {
                unit.key = NUMBER_KEY;
                unit.shape = Shape::Number;
            }
            unit.number = Some(index);
            at = number.end;
        } else {
            at += 1;
        }
        units.push(unit);
    }
    units
}
