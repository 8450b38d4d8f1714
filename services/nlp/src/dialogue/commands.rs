//! Commands to the conversation itself: a whole message, word for word, and no request to an
//! agent. STATUS, help for one thing, the persona.
//!
//! To add one: a variant of [`Command`], its words here, what it does in `carry_out::commands`, and
//! its row in the table of `tests/advertised.rs`.

use wharf_domain::{
    dialogue::ShownLines, guide, ids::ExecutionId, intent::IntentType, persona::Persona,
};

/// A command to the conversation itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// What is under way?
    Status,
    /// What can be asked; about one thing, or all.
    Help(Option<IntentType>),
    /// How answers are worded.
    Persona(PersonaAsk),
}

/// What is asked of the persona.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PersonaAsk {
    /// Which are there?
    List,
    /// This one from now on.
    To(Persona),
    /// Whichever fits.
    Auto,
}

impl PersonaAsk {
    /// The words that ask for it: what a line of the list of personas stands for.
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Self::List => "persona".to_owned(),
            Self::To(persona) => format!("persona {persona}"),
            Self::Auto => "persona auto".to_owned(),
        }
    }
}

/// The list of personas, as it is remembered; its last line is "whichever fits".
#[must_use]
pub fn personas(shown_by: ExecutionId) -> ShownLines {
    let named = Persona::ALL.iter().copied().map(PersonaAsk::To);
    ShownLines {
        lines: named
            .chain([PersonaAsk::Auto])
            .map(PersonaAsk::words)
            .collect(),
        shown_by,
        form: None,
    }
}

const STATUS: &[&str] = &[
    "status",
    "my status",
    "job status",
    "progress",
    "any progress",
    "what is running",
    "what's running",
    "whats running",
    "how is it going",
    "how's it going",
    "hows it going",
    "como va",
    "como va eso",
    "como va todo",
    "en que va",
    "estado",
    "progreso",
];
const HELP: &[&str] = &["help", "menu", "commands", "ayuda", "comandos"];
/// What stands before the thing to be explained.
const ABOUT: &[&str] = &[
    "help me with",
    "help with",
    "help on",
    "help",
    "explain",
    "how do i",
    "how can i",
    "how do you",
    "how to",
    "ayuda para",
    "ayuda con",
    "ayuda",
    "explica",
    "como se puede",
    "como puedo",
    "como hago para",
    "como hago",
    "como",
];
const LIST: &[&str] = &[
    "persona",
    "personas",
    "my persona",
    "list personas",
    "show personas",
    "which personas",
    "switch persona",
    "change persona",
    "ver personas",
    "mi persona",
    "cambiar persona",
];
/// What stands before a persona's name.
const SWITCH: &[&str] = &[
    "switch persona to",
    "change persona to",
    "set persona to",
    "use persona",
    "persona",
    "cambiar persona a",
    "cambia persona a",
    "usar persona",
];
/// The same, when the name leaves no doubt.
const SWITCH_TO: &[&str] = &[
    "switch to",
    "change to",
    "use",
    "cambiar a",
    "cambia a",
    "usar",
    "usa",
];
const AUTO: &[&str] = &[
    "auto",
    "automatic",
    "adaptive",
    "default",
    "automatica",
    "automatico",
];
const COURTESY: &[&str] = &["please", "pls", "thanks", "favor", "por", "gracias"];
const ARTICLES: &[&str] = &[
    "a", "an", "the", "my", "some", "el", "la", "los", "las", "un", "una", "mis",
];

/// The command that a message is; `plain` is lower case without accents.
#[must_use]
pub fn read(plain: &str) -> Option<Command> {
    let words: Vec<&str> = plain
        .split(|c: char| {
            c.is_whitespace() || matches!(c, '?' | '!' | '.' | ',' | ':' | '"' | '¿' | '¡')
        })
        .filter(|word| !word.is_empty() && !COURTESY.contains(word))
        .collect();
    // Nothing longer is one of them.
    if words.is_empty() || words.len() > 8 {
        return None;
    }
    let said = words.join(" ");
    let said = said.as_str();
    if STATUS.contains(&said) {
        return Some(Command::Status);
    }
    if HELP.contains(&said) {
        return Some(Command::Help(None));
    }
    persona(said)
        .map(Command::Persona)
        .or_else(|| topic(said).map(|intent| Command::Help(Some(intent))))
}

/// What stands after one of `before`.
fn after<'t>(said: &'t str, before: &[&str]) -> Option<&'t str> {
    before
        .iter()
        .find_map(|words| said.strip_prefix(words)?.strip_prefix(' '))
}

fn persona(said: &str) -> Option<PersonaAsk> {
    if LIST.contains(&said) {
        return Some(PersonaAsk::List);
    }
    let named = |name: &str| name.parse::<Persona>().ok().map(PersonaAsk::To);
    if let Some(name) = after(said, SWITCH) {
        return match AUTO.contains(&name) {
            true => Some(PersonaAsk::Auto),
            false => named(name),
        };
    }
    let name = after(said, SWITCH_TO)?;
    let name = name.strip_prefix("the ").unwrap_or(name);
    let name = name.strip_suffix(" persona").unwrap_or(name);
    named(name)
}

fn topic(said: &str) -> Option<IntentType> {
    let about = after(said, ABOUT)?;
    guide::topic(about).or_else(|| {
        let bare: Vec<&str> = about
            .split(' ')
            .filter(|word| !ARTICLES.contains(word))
            .collect();
        guide::topic(&bare.join(" "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_messages_are_commands() {
        use Command::{Help, Persona as P, Status};
        use IntentType as I;
        for (text, command) in [
            ("status", Status),
            ("status?", Status),
            ("¿como va?", Status),
            ("what's running?", Status),
            ("help", Help(None)),
            ("ayuda por favor", Help(None)),
            ("help reorder", Help(Some(I::ReorderStock))),
            ("help alerts", Help(Some(I::ViewAlerts))),
            ("how do i reorder?", Help(Some(I::ReorderStock))),
            ("how do i reorder stock", Help(Some(I::ReorderStock))),
            ("how can i ack an alert", Help(Some(I::AcknowledgeAlert))),
            ("ayuda con los informes", Help(Some(I::GenerateReport))),
            ("¿como puedo pedir?", Help(Some(I::ReorderStock))),
            ("persona", P(PersonaAsk::List)),
            ("persona navigator", P(PersonaAsk::To(Persona::Navigator))),
            ("switch to navigator", P(PersonaAsk::To(Persona::Navigator))),
            ("switch to the hub persona", P(PersonaAsk::To(Persona::Hub))),
            ("cambiar a spring", P(PersonaAsk::To(Persona::Spring))),
            ("persona auto", P(PersonaAsk::Auto)),
        ] {
            assert_eq!(read(text), Some(command), "{text}");
        }
        for persona in Persona::ALL {
            let ask = PersonaAsk::To(*persona);
            assert_eq!(read(&ask.words()), Some(P(ask)));
        }
        assert_eq!(read(&PersonaAsk::Auto.words()), Some(P(PersonaAsk::Auto)));
    }

    #[test]
    fn what_says_more_is_none() {
        for text in [
            "agent status",
            "status of the report generator",
            "status of order 12",
            "stock status",
            "help me",
            "how do i look today",
            "how do i reorder 50 ABC123",
            "como esta el stock",
            "persona pirate",
            "switch to auto",
            "use hub 5",
            "",
            "reorder",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
