//! Makes variants of the training messages: other names in the same place, typing errors, marks
//! left out, a greeting before or a "please" after. Seeded.

use wharf_domain::entities::EntityName;
use wharf_domain::intent::IntentType;

use super::super::understand::entities::numbers;
use super::align;
use super::corpus::Message;
use super::random::Random;

/// Values of the whole training set that can stand for one another.
#[derive(Debug, Default)]
pub struct Names {
    values: Vec<(EntityName, Vec<String>)>,
}

const SWAPPED: [EntityName; 7] = [
    EntityName::Product,
    EntityName::Supplier,
    EntityName::Location,
    EntityName::Sku,
    EntityName::Quantity,
    EntityName::AlertId,
    EntityName::Metric,
];

impl Names {
    /// The values that `messages` name, as written.
    #[must_use]
    pub fn of(messages: &[Message]) -> Self {
        let mut values: Vec<_> = SWAPPED.iter().map(|name| (*name, Vec::new())).collect();
        for message in messages {
            for (name, span) in align::spans(message) {
                if let Some((_, list)) = values.iter_mut().find(|(known, _)| *known == name) {
                    list.push(message.text[span].to_owned());
                }
            }
        }
        Self { values }
    }

    /// Those and the names of `names.txt`.
    #[must_use]
    pub fn with_shipped(mut self) -> Self {
        let mut section = None;
        for line in include_str!("names.txt").lines().map(str::trim) {
            if let Some(name) = line.strip_prefix("# ") {
                section = name.parse().ok();
                continue;
            }
            let list = self
                .values
                .iter_mut()
                .find(|(name, _)| Some(*name) == section);
            if let Some((_, list)) = list {
                list.extend(
                    line.split(", ")
                        .filter(|name| !name.is_empty())
                        .map(str::to_owned),
                );
            }
        }
        self
    }

    fn pick(&self, name: EntityName, random: &mut Random) -> Option<&String> {
        let (_, list) = self.values.iter().find(|(known, _)| *known == name)?;
        random.pick(list)
    }
}

const BEFORE: &[&str] = &[
    "hi ",
    "hello, ",
    "hey ",
    "hi there, ",
    "good morning, ",
    "morning ",
    "please ",
    "pls ",
    "ok ",
    "bot ",
    "quick one, ",
    "so ",
    "and ",
    "hola ",
    "buenos dias, ",
    "sorry, ",
];
const AFTER: &[&str] = &[
    " please",
    " pls",
    " thanks",
    " thx",
    " asap",
    " ta",
    " cheers",
    " 🙏",
    " thank you",
    " now",
    " por favor",
    " gracias",
    " mate",
    "!!",
    "...",
    "?",
    ".",
];

/// A variant of `message`; `typos` in 100 get a typing error.
#[must_use]
pub fn variant(message: &Message, names: &Names, typos: usize, random: &mut Random) -> Message {
    let mut changed = message.clone();
    if random.percent(70) {
        swap_names(&mut changed, names, random);
    }
    if random.percent(typos) {
        let spans = align::spans(&changed);
        changed.text = mistype(
            &changed.text,
            |at| spans.iter().any(|(_, span)| span.contains(&at)),
            random,
        );
    }
    if random.percent(30) {
        changed.text = changed.text.to_lowercase();
    }
    if random.percent(12) && changed.intent != IntentType::Unknown {
        changed.text = format!("{}{}", random.pick(BEFORE).unwrap_or(&""), changed.text);
    }
    if random.percent(12) {
        let end = changed.text.trim_end_matches(['.', '!', '?']).len();
        changed.text.truncate(end);
        if changed.intent != IntentType::Unknown && random.percent(70) {
            changed.text.push_str(random.pick(AFTER).unwrap_or(&""));
        }
    }
    changed
}

fn swap_names(message: &mut Message, names: &Names, random: &mut Random) {
    let mut spans = align::spans(message);
    spans.sort_by_key(|(_, span)| std::cmp::Reverse(span.start));
    for (name, span) in spans {
        let Some(other) = names.pick(name, random) else {
            continue;
        };
        let proper = matches!(name, EntityName::Supplier | EntityName::Location);
        let written = if proper && random.percent(50) {
            capitalised(other)
        } else {
            other.clone()
        };
        let value = match name {
            EntityName::Sku | EntityName::AlertId => other.to_uppercase(),
            EntityName::Quantity => match numbers::value(other) {
                Some(value) => value,
                None => continue,
            },
            _ => other.to_lowercase(),
        };
        message.text.replace_range(span, &written);
        message.entities.set(name, value);
    }
}

fn capitalised(name: &str) -> String {
    name.split(' ')
        .map(|word| {
            let mut letters = word.chars();
            letters
                .next()
                .map(|first| first.to_uppercase().chain(letters).collect())
                .unwrap_or_default()
        })
        .collect::<Vec<String>>()
        .join(" ")
}

/// Puts one or two typing errors into words of four letters or more that `keep` does not protect:
/// neighbours swapped, a letter left out, doubled or mistaken for one beside it.
pub fn mistype(text: &str, keep: impl Fn(usize) -> bool, random: &mut Random) -> String {
    let mut out = text.to_owned();
    for _ in 0..1 + random.below(2) {
        let words: Vec<(usize, usize)> = word_spans(&out);
        let long: Vec<_> = words
            .iter()
            .filter(|(start, end)| end - start >= 4 && (out.len() != text.len() || !keep(*start)))
            .collect();
        let Some(&&(start, end)) = random.pick(&long) else {
            break;
        };
        out = mistype_word(&out, start, end, random);
        if out.len() != text.len() {
            break;
        }
    }
    out
}

fn word_spans(text: &str) -> Vec<(usize, usize)> {
    let mut spans = Vec::new();
    let mut start = None;
    for (at, byte) in text.bytes().chain(std::iter::once(b' ')).enumerate() {
        match (byte.is_ascii_alphabetic(), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                spans.push((from, at));
                start = None;
            }
            _ => {}
        }
    }
    spans
}

fn mistype_word(text: &str, start: usize, end: usize, random: &mut Random) -> String {
    let mut word = text.as_bytes()[start..end].to_vec();
    let at = 1 + random.below(word.len() - 2);
    match random.below(5) {
        0 | 1 => word.swap(at, at + 1),
        2 => {
            word.remove(at);
        }
        3 => word.insert(at, word[at]),
        _ => word[at] = neighbour(word[at], random),
    }
    let word = String::from_utf8(word).unwrap_or_default();
    format!("{}{word}{}", &text[..start], &text[end..])
}

/// A key beside `letter` on the keyboard.
fn neighbour(letter: u8, random: &mut Random) -> u8 {
    const ROWS: [&[u8]; 3] = [b"qwertyuiop", b"asdfghjkl", b"zxcvbnm"];
    let letter = letter.to_ascii_lowercase();
    for row in ROWS {
        if let Some(at) = row.iter().position(|key| *key == letter) {
            let left = at == row.len() - 1 || (at > 0 && random.percent(50));
            return row[if left { at - 1 } else { at + 1 }];
        }
    }
    letter
}
