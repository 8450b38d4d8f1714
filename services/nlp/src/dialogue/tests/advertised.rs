//! Every command that a text of ours shows is one: the texts of all personas and locales, and the
//! documents, are searched for what they advertise, and each find is said to a conversation.
//!
//! The convention: what can be written stands in double quotes, `"help"`; what can be replied is
//! one SHOUTED word, "Reply UNDO". A new shouted word needs a line in [`SHOUTED`]; a quotation that
//! is no command one in [`NO_COMMANDS`].

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use super::{
    super::{
        Act,
        commands::{Command, PersonaAsk},
        said::Said,
    },
    chat::Chat,
};
use crate::understand::Decision;

/// What a reply of one word means.
const SHOUTED: &[(&str, Said)] = &[
    ("YES", Said::Yes),
    ("NO", Said::No),
    ("UNDO", Said::Undo),
    ("CANCEL", Said::Cancel),
    ("CANCELAR", Said::Cancel),
    ("DESHACER", Said::Undo),
    ("NEXT", Said::More),
    ("SIGUIENTE", Said::More),
    ("STATUS", Said::Command(Command::Status)),
    ("HELP", Said::Command(Command::Help(None))),
    ("PERSONA", Said::Command(Command::Persona(PersonaAsk::List))),
];
/// Shouted words that are abbreviations.
const ABBREVIATIONS: &[&str] = &[
    "SKU", "ID", "OK", "KPI", "PDF", "CSV", "URL", "UTC", "ISO", "MOQ", "OTIF",
];
/// Quotations that are answers to a question, or no message at all.
const NO_COMMANDS: &[&str] = &[
    "today",
    "yesterday",
    "this week",
    "last week",
    "hoy",
    "ayer",
    "esta semana",
    "la semana pasada",
    "somebody is on it",
    "bolt",
    "tornillo",
];
/// What takes up an offer of our texts.
const OFFERS: &[&str] = &[
    "LEARN",
    "LEARN SAFETY STOCK",
    "LESSONS",
    "APRENDER",
    "LECCIONES",
    "SHARE",
    "SCHEDULE",
    "PROGRAMAR",
    "MY SCHEDULES",
    "MIS PROGRAMACIONES",
    "PAUSE 2",
    "PAUSA 2",
    "RESUME 2",
    "REANUDA 2",
    "CANCEL SCHEDULE 2",
];
/// Carriers' words, which no conversation hears of.
const OPT_OUTS: &[&str] = &["STOP", "START", "ALTO", "ALTA"];

/// Whether a shouted word is one of a command that stands in a table above.
fn is_known(word: &str) -> bool {
    SHOUTED.iter().any(|(known, _)| *known == word)
        || ABBREVIATIONS.contains(&word)
        || OPT_OUTS.contains(&word)
        || OFFERS
            .iter()
            .any(|offer| offer.split(' ').any(|one| one == word))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn files(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, ending, found);
        } else if path.to_str().unwrap().ends_with(ending) {
            found.push(path);
        }
    }
}

/// The text with an example in place of each value, and without what is not shown.
fn shown(template: &str) -> String {
    let mut text = String::new();
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        text.push_str(&rest[..at]);
        let (end, value) = match rest[at..].get(..2) {
            Some("{{") => ("}}", true),
            Some("{%") => ("%}", false),
            Some("{#") => ("#}", false),
            _ => {
                text.push('{');
                rest = &rest[at + 1..];
                continue;
            }
        };
        let to = rest[at..].find(end).unwrap();
        if value {
            text.push_str(example(&rest[at..at + to]));
        }
        rest = &rest[at + to + 2..];
    }
    text + rest
}

fn example(value: &str) -> &'static str {
    match value {
        value if value.contains("alert") => "A17",
        value if value.contains("before or") => "hub",
        value if value.contains("agent") => "report generator",
        value if value.contains("examples") => "stock ABC123",
        _ => "ABC123",
    }
}

fn shouted(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '-')
        .filter(|word| word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_uppercase()))
}

fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .flat_map(|line| line.split('"').skip(1).step_by(2))
        .filter(|words| words.starts_with(char::is_lowercase))
}

/// What is said to whom does not parse.
fn wrong(words: &str) -> Option<String> {
    let words = words
        .replace("[product]", "ABC123")
        .replace("[sku]", "ABC123");
    let said = Chat::new().say(&words);
    let reads = matches!(
        said.understanding.decision,
        Decision::Accept | Decision::Confirm
    );
    let means = !matches!(said.said, Said::Other { .. });
    let unknown = matches!(
        said.turn.parts[0].act,
        Act::Answer(wharf_domain::contracts::ReplyContent::UnknownCommand)
    ) && !means;
    (unknown || !(reads || means)).then(|| format!("{words:?}: {:?}", said.turn))
}

#[test]
fn texts_advertise_what_is_understood() {
    let folder = root().join("services/responder/templates");
    let mut paths = Vec::new();
    files(&folder, ".txt", &mut paths);
    assert!(paths.len() > 200, "the texts are where they were");
    let mut words: BTreeMap<String, String> = BTreeMap::new();
    let mut loud: BTreeMap<String, String> = BTreeMap::new();
    for path in &paths {
        let file = path.strip_prefix(&folder).unwrap().display().to_string();
        let text = shown(&fs::read_to_string(path).unwrap());
        for quotation in quoted(&text) {
            words.insert(quotation.to_owned(), file.clone());
        }
        // The processor's keys and values are no commands.
        if !file.starts_with("processor") {
            for word in shouted(&text) {
                loud.insert(word.to_owned(), file.clone());
            }
        }
    }
    let mut mistakes: Vec<String> = words
        .iter()
        .filter(|(words, _)| !NO_COMMANDS.contains(&words.as_str()))
        .filter_map(|(words, file)| Some(format!("{file}: {}", wrong(words)?)))
        .collect();
    mistakes.extend(loud.iter().filter_map(|(word, file)| {
        let known = is_known(word) || word.starts_with("ABC");
        (!known).then(|| format!("{file}: {word} is in no table"))
    }));
    assert_eq!(mistakes, Vec::<String>::new());
}

#[test]
fn shouted_words_mean_what_the_table_says() {
    for (word, meaning) in SHOUTED {
        assert_eq!(Chat::new().say(word).said, *meaning, "{word}");
        let quiet = word.to_lowercase();
        assert_eq!(Chat::new().say(&quiet).said, *meaning, "{quiet}");
    }
}

#[test]
fn offers_are_taken_up() {
    for offer in OFFERS {
        let said = Chat::new().say(offer);
        assert!(
            matches!(said.turn.parts[0].act, Act::Offer(_)),
            "{offer}: {:?}",
            said.turn
        );
    }
}

#[test]
fn documents_advertise_what_is_understood() {
    let mut paths = vec![root().join("README.md")];
    files(&root().join("docs"), ".md", &mut paths);
    let text: String = paths
        .iter()
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    let replies: BTreeSet<&str> = text
        .split("Reply ")
        .chain(text.split("reply "))
        .skip(1)
        .filter_map(|rest| shouted(rest.split_whitespace().next()?).next())
        .collect();
    for word in replies {
        assert!(is_known(word), "{word} is in no table");
    }
    // Commands of docs/dialogue.md stand in its last table, one a row.
    let dialogue = fs::read_to_string(root().join("docs/dialogue.md")).unwrap();
    let table = dialogue
        .split("## To the conversation itself")
        .nth(1)
        .unwrap();
    let rows = table.lines().filter_map(|line| line.strip_prefix("| `"));
    let mut commands = 0;
    for row in rows {
        for words in row.split(" | ").next().unwrap().split('`').step_by(2) {
            if words.trim().len() > 1 {
                commands += 1;
                assert_eq!(wrong(words), None);
            }
        }
    }
    assert!(commands >= 10, "{commands}");
}
