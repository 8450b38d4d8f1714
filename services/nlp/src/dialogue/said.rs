//! What a message says to the one before it: yes, no, a number, another quantity. It means
//! something only when a question or a list is open; `turn` decides.

use wharf_domain::{contracts::answers::Courtesy, intent::IntentType};

use super::{
    commands::{self, Command},
    courtesy::{self, Talk},
};
use crate::understand::{
    Reply,
    entities::{numbers, replies},
    lexemes::{self, Vocabulary},
    normalise::Normalised,
    words::Shape,
};

/// A quantity that no order or count reaches.
const ABSURD: f64 = 100_000.0;

/// What a message says to the one before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// Yes, do it.
    Yes,
    /// No.
    No,
    /// Stop what was begun.
    Cancel,
    /// Take back what was done.
    Undo,
    /// The next page of the list.
    More,
    /// The page before.
    Back,
    /// A command to the conversation itself.
    Command(Command),
    /// These lines of the list, from 1, in the order given.
    Lines(Vec<usize>),
    /// Another quantity: "yes but 30", "make it 30".
    Quantity {
        /// The quantity, as entities write it.
        value: String,
        /// Whether a yes goes with it.
        yes: bool,
    },
    /// Alerts of the list by their lines, or the one that is meant: "ack", "ack 2 and 4".
    Alerts {
        /// Acknowledge or resolve.
        intent: IntentType,
        /// From 1; none: the one that is meant.
        lines: Vec<usize>,
    },
    /// A greeting, thanks, a goodbye, and nothing else.
    Courtesy(Courtesy),
    /// None of these.
    Other {
        /// Whether it begins with a yes: "yes order it".
        yes: bool,
    },
}

const YES_SIGNS: &[&str] = &["👍", "👌", "✅", "✔", "☑", "🆗"];
const NO_SIGNS: &[&str] = &["👎", "❌", "✖", "🚫", "⛔"];

/// Words of a feedback that answer a question too.
const NO_PHRASES: &[&str] = &[
    "wrong",
    "that's wrong",
    "thats wrong",
    "incorrect",
    "incorrecto",
];

/// Whole messages that turn the page, beside single words.
const MORE_PHRASES: &[&str] = &[
    "show more",
    "see more",
    "next page",
    "show the rest",
    "ver mas",
    "mostrar mas",
    "siguiente pagina",
    "pagina siguiente",
];
const BACK_PHRASES: &[&str] = &["previous page", "go back", "pagina anterior"];

/// Whole messages that leave what was begun, beside single words.
const CANCEL_PHRASES: &[&str] = &["never mind", "nvm", "dejalo", "dejalo asi"];

const YES: &[&str] = &[
    "yes", "y", "yep", "yeah", "yup", "ok", "okay", "sure", "si", "sip", "claro", "dale", "vale",
    "bueno", "confirm", "confirmo",
];
const NO: &[&str] = &["no", "nope", "not", "don't", "dont"];
/// Words that change a quantity, and those that may stand around one.
const CHANGE: &[&str] = &[
    "but", "make", "it", "that", "only", "just", "instead", "change", "to", "them", "with", "do",
    "rather", "order", "quantity", "qty", "please", "pls", "thanks", "of", "the", "a", "lets",
    "let's", "go", "for", "pero", "que", "sean", "sea", "mejor", "solo", "cambia", "cambialo",
    "ponle", "pon", "a", "con", "cantidad", "por", "favor", "gracias", "en", "vez", "units",
    "unit", "pcs", "pc", "pieces", "piece", "boxes", "box", "ea", "each", "unidades", "unidad",
    "piezas", "cajas",
];
const ACK: &[&str] = &[
    "ack",
    "acknowledge",
    "acknowledged",
    "acked",
    "reconocer",
    "reconoce",
];
const RESOLVE: &[&str] = &[
    "resolve", "resolved", "close", "resolver", "resuelve", "cerrar", "cierra",
];
const ALERT_FILLERS: &[&str] = &["alert", "alerts", "alerta", "alertas"];

impl Said {
    /// Whether it means something by a list alone.
    #[must_use]
    pub const fn is_of_a_list(&self) -> bool {
        matches!(
            self,
            Self::Lines(_) | Self::Alerts { .. } | Self::More | Self::Back
        )
    }
}

/// Reads a message's words; `forwarded` words are somebody else's and say nothing.
#[must_use]
pub fn read(text: &str, forwarded: bool) -> Said {
    if forwarded {
        return Said::Other { yes: false };
    }
    let signs: String = text.chars().filter(|c| !is_variant(*c)).collect();
    let mut parts = signs.split_whitespace();
    if let (Some(sign), None) = (parts.next(), parts.next()) {
        if YES_SIGNS.iter().any(|known| is_repeated(sign, known)) {
            return Said::Yes;
        }
        if NO_SIGNS.iter().any(|known| is_repeated(sign, known)) {
            return Said::No;
        }
    }
    let plain = Normalised::new(text);
    let plain = plain.text();
    if NO_PHRASES.contains(&plain.trim_matches(|c: char| !c.is_alphanumeric())) {
        return Said::No;
    }
    match reply(plain) {
        Some(Reply::Yes) => return Said::Yes,
        Some(Reply::No) => return Said::No,
        Some(Reply::Cancel) => return Said::Cancel,
        Some(Reply::Undo) => return Said::Undo,
        Some(Reply::Lines(lines)) => return Said::Lines(lines),
        Some(Reply::More) => return Said::More,
        Some(Reply::Back) => return Said::Back,
        None => {}
    }
    if let Some(command) = commands::read(plain) {
        return Said::Command(command);
    }
    let bare = plain.trim_matches(|c: char| !c.is_alphanumeric());
    if CANCEL_PHRASES.contains(&bare) {
        return Said::Cancel;
    }
    if let Some(talk) = courtesy::read(plain) {
        return politely(talk);
    }
    if MORE_PHRASES.contains(&bare) {
        return Said::More;
    }
    if BACK_PHRASES.contains(&bare) {
        return Said::Back;
    }
    alerts(plain)
        .or_else(|| quantity(plain))
        .unwrap_or_else(|| Said::Other {
            yes: first_word(plain).is_some_and(|word| YES.contains(&word)),
        })
}

/// "Yes, thank you" is a yes.
const fn politely(talk: Talk) -> Said {
    match talk {
        Talk {
            kind: Courtesy::Thanks,
            yes: true,
            no: false,
        } => Said::Yes,
        Talk {
            kind: Courtesy::Thanks,
            yes: false,
            no: true,
        } => Said::No,
        Talk { kind, .. } => Said::Courtesy(kind),
    }
}

fn reply(plain: &str) -> Option<Reply> {
    replies::read(plain, &lexemes::lexemes(plain, &Vocabulary::default()))
}

/// Skin tones and the mark that makes a sign an emoji.
pub(super) fn is_variant(c: char) -> bool {
    ('\u{1F3FB}'..='\u{1F3FF}').contains(&c) || c == '\u{FE0F}'
}

fn is_repeated(text: &str, sign: &str) -> bool {
    !text.is_empty() && text.replace(sign, "").is_empty()
}

fn first_word(plain: &str) -> Option<&str> {
    plain
        .split(|c: char| !c.is_alphanumeric() && c != '\'')
        .find(|word| !word.is_empty())
}

/// "ack", "ack 2", "resolve the second one".
fn alerts(plain: &str) -> Option<Said> {
    let first = first_word(plain)?;
    let intent = match first {
        word if ACK.contains(&word) => IntentType::AcknowledgeAlert,
        word if RESOLVE.contains(&word) => IntentType::ResolveAlert,
        _ => return None,
    };
    let at = plain.find(first)? + first.len();
    let rest: Vec<&str> = plain[at..]
        .split_whitespace()
        .filter(|word| !ALERT_FILLERS.contains(word))
        .collect();
    let rest = rest.join(" ");
    let lines = match reply(&rest) {
        Some(Reply::Lines(lines)) => lines,
        None if rest.chars().all(|c| !c.is_alphanumeric()) => Vec::new(),
        None if matches!(
            rest.as_str(),
            "it" | "that" | "this" | "that one" | "this one" | "it please"
        ) =>
        {
            Vec::new()
        }
        _ => return None,
    };
    Some(Said::Alerts { intent, lines })
}

/// A message that is one number but for words that change a quantity.
fn quantity(plain: &str) -> Option<Said> {
    let lexemes = lexemes::lexemes(plain, &Vocabulary::default());
    let found = numbers::find(plain, &lexemes);
    let [number] = found.as_slice() else {
        return None;
    };
    if number.negative || number.value > ABSURD {
        return None;
    }
    let value = number.whole()?;
    let (mut yes, mut no) = (false, false);
    for (at, lexeme) in lexemes.iter().enumerate() {
        if (number.first..number.end).contains(&at) {
            continue;
        }
        let word = lexeme.token.text(plain);
        match word {
            _ if YES.contains(&word) => yes = true,
            _ if NO.contains(&word) => no = true,
            _ if CHANGE.contains(&word) => {}
            "," | "." | "!" | ":" | ";" => {}
            _ if lexeme.token.shape == Shape::Mark && matches!(word, "-" | "'") => {}
            _ => return None,
        }
    }
    Some(Said::Quantity {
        value,
        yes: yes && !no,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn quantity(value: &str, yes: bool) -> Said {
        Said::Quantity {
            value: value.to_owned(),
            yes,
        }
    }

    #[test]
    fn yes_and_no_in_many_ways() {
        for text in [
            "yes",
            "Yes please!",
            "OK",
            "go ahead",
            "👍",
            "👍🏽",
            "👍👍",
            "✅",
            "✔️",
            "sí",
            "dale",
            "do it",
            "yes, thank you",
            "ok thank you very much!",
            "perfect, yes",
        ] {
            assert_eq!(read(text, false), Said::Yes, "{text}");
        }
        for text in [
            "no",
            "No thanks",
            "no thank you",
            "nope",
            "👎🏿",
            "❌",
            "wrong",
            "That's wrong!",
        ] {
            assert_eq!(read(text, false), Said::No, "{text}");
        }
        for text in ["cancel", "cancel that", "olvidalo", "never mind", "déjalo"] {
            assert_eq!(read(text, false), Said::Cancel, "{text}");
        }
        for text in ["undo", "UNDO", "take that back"] {
            assert_eq!(read(text, false), Said::Undo, "{text}");
        }
    }

    #[test]
    fn politeness_is_no_answer() {
        for (text, kind) in [
            ("thanks!", Courtesy::Thanks),
            ("good morning", Courtesy::Greeting),
            ("hi, yes", Courtesy::Greeting),
            ("bye", Courtesy::Farewell),
            ("great", Courtesy::Thanks),
            ("got it", Courtesy::NothingWaits),
        ] {
            assert_eq!(read(text, false), Said::Courtesy(kind), "{text}");
        }
        let other = Said::Other { yes: false };
        assert_eq!(read("hi, stock of bolts?", false), other);
        assert_eq!(read("thanks", true), other, "forwarded");
    }

    #[test]
    fn what_was_forwarded_says_nothing() {
        for text in ["yes", "👍", "2", "undo"] {
            assert_eq!(read(text, true), Said::Other { yes: false }, "{text}");
        }
    }

    #[test]
    fn another_quantity() {
        for (text, expected) in [
            ("yes but 30", quantity("30", true)),
            ("Yes, make it 30 please", quantity("30", true)),
            ("ok 30 units", quantity("30", true)),
            ("make it 30", quantity("30", false)),
            ("only twenty", quantity("20", false)),
            ("30 instead", quantity("30", false)),
            ("no, make it 30", quantity("30", false)),
            ("250", quantity("250", false)),
            ("sí pero 30", quantity("30", true)),
            ("mejor 2,500", quantity("2500", false)),
            ("#2 and 4", Said::Lines(vec![2, 4])),
            ("30", Said::Lines(vec![30])),
            ("make it -3", Said::Other { yes: false }),
            ("yes but 2.5", Said::Other { yes: true }),
            ("make it 30 or 40", Said::Other { yes: false }),
            ("make it 900000", Said::Other { yes: false }),
            ("30 mops", Said::Other { yes: false }),
            ("next", Said::More),
            ("more please", Said::More),
            ("siguiente", Said::More),
            ("next page", Said::More),
            ("back", Said::Back),
            ("anterior", Said::Back),
            ("status", Said::Command(Command::Status)),
            ("yes order the blue ones", Said::Other { yes: true }),
        ] {
            assert_eq!(read(text, false), expected, "{text}");
        }
    }

    #[test]
    fn alerts_by_their_lines() {
        let alerts = |intent, lines: &[usize]| Said::Alerts {
            intent,
            lines: lines.to_vec(),
        };
        use IntentType::{AcknowledgeAlert, ResolveAlert};
        for (text, expected) in [
            ("ack", alerts(AcknowledgeAlert, &[])),
            ("Ack it", alerts(AcknowledgeAlert, &[])),
            ("ack 2", alerts(AcknowledgeAlert, &[2])),
            ("ack #2 and 4", alerts(AcknowledgeAlert, &[2, 4])),
            ("acknowledge alert 3", alerts(AcknowledgeAlert, &[3])),
            ("resolve the second one", alerts(ResolveAlert, &[2])),
            ("resolve", alerts(ResolveAlert, &[])),
            ("ack A17", Said::Other { yes: false }),
            ("close the ticket", Said::Other { yes: false }),
        ] {
            assert_eq!(read(text, false), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn reads_anything(text in ".{0,200}", forwarded: bool) {
            let _ = read(&text, forwarded);
        }

        /// What says yes to a question says so in its first word or as a sign, and names no number.
        #[test]
        fn nothing_else_is_a_yes(text in "[a-z0-9 ,.]{0,40}") {
            if read(&text, false) == Said::Yes {
                prop_assert!(!text.chars().any(|c| c.is_ascii_digit()), "{text}");
            }
        }
    }
}
