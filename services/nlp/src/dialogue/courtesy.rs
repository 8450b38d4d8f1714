//! Words between requests: a greeting, thanks, a goodbye. Only a message that is nothing else
//! counts: "hi, stock of bolts?" is a request.
//!
//! To add words: a line of [`PHRASES`].

use wharf_domain::contracts::answers::Courtesy;

use super::choices::words;

/// What a message says beside any request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Talk {
    /// What its politeness comes to.
    pub kind: Courtesy,
    /// Whether a yes stands beside it: "ok, thank you".
    pub yes: bool,
    /// Whether a no stands beside it: "no, thank you".
    pub no: bool,
}

/// Phrases in plain form, each its words divided by one space; longer ones before those that they
/// begin with.
const PHRASES: &[(Courtesy, &[&str])] = &[
    (
        Courtesy::Thanks,
        &[
            "thanks for your help",
            "thanks for the help",
            "thanks for that",
            "thank you for your help",
            "thank you for the help",
            "thank you for that",
            "thank you",
            "thank u",
            "thanks",
            "thx",
            "thnx",
            "tks",
            "ty",
            "tysm",
            "cheers",
            "much appreciated",
            "appreciated",
            "i appreciate it",
            "appreciate it",
            "great job",
            "good job",
            "nice job",
            "well done",
            "nice one",
            "great",
            "perfect",
            "awesome",
            "excellent",
            "wonderful",
            "brilliant",
            "fantastic",
            "lovely",
            "nice",
            "cool",
            "gracias por tu ayuda",
            "gracias por la ayuda",
            "gracias por todo",
            "muchas gracias",
            "muchisimas gracias",
            "mil gracias",
            "gracias",
            "buen trabajo",
            "perfecto",
            "genial",
            "excelente",
            "estupendo",
        ],
    ),
    (
        Courtesy::Farewell,
        &[
            "goodbye",
            "good bye",
            "good night",
            "bye bye",
            "bye",
            "see you later",
            "see you tomorrow",
            "see you",
            "see ya",
            "talk to you later",
            "have a nice day",
            "have a good day",
            "have a great day",
            "have a good one",
            "have a nice weekend",
            "have a good weekend",
            "adios",
            "hasta luego",
            "hasta manana",
            "hasta pronto",
            "nos vemos",
            "chao",
            "chau",
            "que tengas buen dia",
        ],
    ),
    (
        Courtesy::Greeting,
        &[
            "good morning",
            "good afternoon",
            "good evening",
            "good day",
            "morning",
            "afternoon",
            "evening",
            "hello",
            "helo",
            "hi",
            "hiya",
            "hey",
            "howdy",
            "greetings",
            "how are you doing",
            "how are you today",
            "how are you",
            "how do you do",
            "nice to meet you",
            "hola",
            "buenos dias",
            "buen dia",
            "buenas tardes",
            "buenas noches",
            "buenas",
            "saludos",
            "que tal",
            "como estas",
            "como esta usted",
        ],
    ),
    (
        Courtesy::NothingWaits,
        &[
            "got it",
            "i see",
            "noted",
            "understood",
            "alright",
            "all right",
            "all good",
            "fine",
            "sounds good",
            "no problem",
            "no worries",
            "entendido",
            "de acuerdo",
            "esta bien",
            "muy bien",
            "listo",
        ],
    ),
];
const YES: &[&str] = &[
    "yes", "yep", "yeah", "yup", "ok", "okay", "okey", "k", "kk", "sure", "si", "sip", "claro",
    "vale", "dale", "bueno",
];
const NO: &[&str] = &["no", "nope", "nah"];
/// Words that say nothing beside one of the phrases.
const BESIDE: &[&str] = &[
    "there",
    "wharf",
    "team",
    "all",
    "everyone",
    "everybody",
    "again",
    "so",
    "very",
    "much",
    "a",
    "lot",
    "guys",
    "friend",
    "friends",
    "mate",
    "buddy",
    "bot",
    "sir",
    "and",
    "then",
    "for",
    "now",
    "to",
    "you",
    "oh",
    "ah",
    "muy",
    "mucho",
    "amigo",
    "amigos",
    "equipo",
    "todos",
    "a",
    "de",
    "nuevo",
    "y",
    "pues",
];
/// Whole messages of one sign, repeated or not.
const SIGNS: &[(Courtesy, &[char])] = &[
    (
        Courtesy::Thanks,
        &[
            '🙏', '❤', '😊', '🙂', '😀', '😃', '😄', '🎉', '👏', '💯', '🤝',
        ],
    ),
    (Courtesy::Greeting, &['👋']),
];
/// A longer message says more than this.
const MOST_WORDS: usize = 12;

/// What a message of courtesies alone says; `plain` is lower case without accents. One that is only
/// a yes or a no is none.
#[must_use]
pub fn read(plain: &str) -> Option<Talk> {
    let said: Vec<&str> = words(plain).collect();
    if said.is_empty() {
        return sign(plain);
    }
    if said.len() > MOST_WORDS {
        return None;
    }
    let (mut kinds, mut yes, mut no) = (Vec::new(), false, false);
    let mut rest = said.as_slice();
    while let [first, after @ ..] = rest {
        if let Some((kind, length)) = phrase(rest) {
            kinds.push(kind);
            rest = &rest[length..];
            continue;
        }
        match *first {
            word if YES.contains(&word) => yes = true,
            word if NO.contains(&word) => no = true,
            word if BESIDE.contains(&word) => {}
            _ => return None,
        }
        rest = after;
    }
    // "Hi, thanks" is answered as thanks; what the table names first comes first.
    let order = PHRASES.iter().map(|(kind, _)| *kind);
    let kind = order.into_iter().find(|kind| kinds.contains(kind))?;
    Some(Talk { kind, yes, no })
}

/// The phrase that the words begin with, and how many of them it is.
fn phrase(said: &[&str]) -> Option<(Courtesy, usize)> {
    let all = PHRASES
        .iter()
        .flat_map(|(kind, phrases)| phrases.iter().map(move |phrase| (*kind, *phrase)));
    let lengths = all.filter_map(|(kind, phrase)| {
        let length = phrase.split(' ').count();
        let begins = said.len() >= length && phrase.split(' ').eq(said[..length].iter().copied());
        begins.then_some((kind, length))
    });
    lengths.max_by_key(|(_, length)| *length)
}

fn sign(plain: &str) -> Option<Talk> {
    let mut signs = plain
        .chars()
        .filter(|c| !c.is_whitespace() && !super::said::is_variant(*c));
    let first = signs.next()?;
    let known = SIGNS.iter().find(|(_, known)| known.contains(&first));
    known
        .filter(|(_, known)| signs.all(|sign| known.contains(&sign)))
        .map(|(kind, _)| Talk {
            kind: *kind,
            yes: false,
            no: false,
        })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::understand::normalise::Normalised;

    fn said(text: &str) -> Option<Talk> {
        read(Normalised::new(text).text())
    }

    #[test]
    fn messages_of_courtesies_alone() {
        for (text, kind) in [
            ("hello", Courtesy::Greeting),
            ("Hi there!", Courtesy::Greeting),
            ("Good morning, team", Courtesy::Greeting),
            ("hey how are you?", Courtesy::Greeting),
            ("hola, ¿qué tal?", Courtesy::Greeting),
            ("Buenos días", Courtesy::Greeting),
            ("👋", Courtesy::Greeting),
            ("thanks", Courtesy::Thanks),
            ("Thank you!", Courtesy::Thanks),
            ("thank you so much 🙏", Courtesy::Thanks),
            ("great, thanks a lot", Courtesy::Thanks),
            ("gracias", Courtesy::Thanks),
            ("¡Muchas gracias!", Courtesy::Thanks),
            ("🙏🏽", Courtesy::Thanks),
            ("❤️", Courtesy::Thanks),
            ("hi and thanks", Courtesy::Thanks),
            ("bye", Courtesy::Farewell),
            ("see you tomorrow!", Courtesy::Farewell),
            ("good night", Courtesy::Farewell),
            ("hasta luego", Courtesy::Farewell),
            ("got it", Courtesy::NothingWaits),
            ("entendido", Courtesy::NothingWaits),
        ] {
            assert_eq!(said(text).map(|talk| talk.kind), Some(kind), "{text}");
        }
        let both = |yes, no| {
            let kind = Courtesy::Thanks;
            Some(Talk { kind, yes, no })
        };
        assert_eq!(said("ok, thank you"), both(true, false));
        assert_eq!(said("no, thank you"), both(false, true));
        assert_eq!(said("thanks"), both(false, false));
    }

    #[test]
    fn what_says_more_is_no_courtesy() {
        for text in [
            "hi, stock of bolts?",
            "hello show alerts",
            "good morning report",
            "thanks, now order 40 mops",
            "gracias, y tornillos?",
            "great gloves",
            "perfect order rate",
            "the same thing again please",
            "all",
            "yes",
            "no",
            "ok",
            "you",
            "👍",
            "👎",
            "thanks 2",
            "",
            "hello hello hello hello hello hello hello hello hello hello hello hello hello",
        ] {
            assert_eq!(said(text), None, "{text}");
        }
    }

    #[test]
    fn phrases_are_in_plain_form() {
        for (_, phrases) in PHRASES {
            for phrase in *phrases {
                assert_eq!(Normalised::new(phrase).text(), *phrase);
            }
        }
    }

    proptest! {
        #[test]
        fn reads_anything(text in ".{0,120}") {
            let _ = said(&text);
        }

        /// A message with a figure in it asks for something.
        #[test]
        fn no_figure_is_a_courtesy(text in "(hi|thanks|ok|great)? ?[0-9]{1,4} ?(thanks|there)?") {
            prop_assert_eq!(said(&text), None);
        }
    }
}
