//! Reads the labelled messages of `services/nlp/data`: `# intent` opens a section, a line is
//! `text<TAB>name=value|name=value`.

use anyhow::{Context, bail};
use wharf_domain::entities::{Entities, EntityName};
use wharf_domain::intent::IntentType;

/// One labelled message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// As the sender wrote it.
    pub text: String,
    /// What the sender wants.
    pub intent: IntentType,
    /// What the text states.
    pub entities: Entities,
}

/// The messages of one data file.
///
/// # Errors
/// Names the line that does not follow the format.
pub fn read(file: &str) -> anyhow::Result<Vec<Message>> {
    let mut messages = Vec::new();
    let mut intent = None;
    for (number, line) in file.lines().enumerate() {
        let line = line.trim_end_matches(['\r', ' ']);
        if line.trim().is_empty() {
            continue;
        }
        if let Some(name) = line.strip_prefix("# ") {
            intent = Some(
                name.trim()
                    .parse()
                    .with_context(|| format!("line {}", number + 1))?,
            );
            continue;
        }
        let Some(intent) = intent else {
            bail!("line {}: no `# intent` above it", number + 1);
        };
        let (text, labels) = line.split_once('\t').unwrap_or((line, ""));
        let entities = labels_of(labels).with_context(|| format!("line {}: {line}", number + 1))?;
        messages.push(Message {
            text: text.trim().to_owned(),
            intent,
            entities,
        });
    }
    Ok(messages)
}

fn labels_of(labels: &str) -> anyhow::Result<Entities> {
    labels
        .split('|')
        .filter(|pair| !pair.trim().is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').context("a label has no `=`")?;
            let name: EntityName = name.trim().parse()?;
            Ok((name, value.trim().to_owned()))
        })
        .collect()
}

/// The messages of a file of JSON lines `{"text", "intent", "entities"}`.
///
/// # Errors
/// Names the line that is no such object.
pub fn read_jsonl(file: &str) -> anyhow::Result<Vec<Message>> {
    #[derive(serde::Deserialize)]
    struct Line {
        text: String,
        intent: IntentType,
        #[serde(default)]
        entities: Entities,
    }
    file.lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(number, line)| {
            let line: Line =
                serde_json::from_str(line).with_context(|| format!("line {}", number + 1))?;
            Ok(Message {
                text: line.text,
                intent: line.intent,
                entities: line.entities,
            })
        })
        .collect()
}
