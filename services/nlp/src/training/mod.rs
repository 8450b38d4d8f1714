//! Makes `model.bin` and `tagger.bin` out of the labelled messages of `services/nlp/data`.
//!
//! `corpus` reads the files, `augment` makes variants, `align` finds the labelled values in the
//! text, `index` chooses the features that are learnt, `logistic` and `perceptron` learn, `build` puts it together. Everything is seeded and
//! uses only operations that give the same result on every machine; a test builds both files again
//! and compares bytes. To teach new wording, add messages to a file and run `wharfctl train`.

pub mod align;
pub mod augment;
pub mod build;
pub mod corpus;
pub mod index;
pub mod logistic;
pub mod perceptron;
pub mod random;

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::understand::evaluate::{Evaluation, evaluate};
use super::understand::hashing;
use super::understand::model::{Measured, Model};
use super::understand::{Context, DialogueState, Thresholds};
use corpus::Message;

/// Files whose name begins so are never trained on.
pub const HELD_OUT: &str = "heldout";

/// One message in so many of each other file is held back from training too.
const HELD_BACK: u64 = 25;

/// The instant at which the labels read the messages: noon of 2026-03-18 (labelling guide).
const LABELLED_AT: chrono::DateTime<chrono::Utc> =
    match chrono::DateTime::from_timestamp(1_773_835_200, 0) {
        Some(instant) => instant,
        None => chrono::DateTime::UNIX_EPOCH,
    };

/// Whether `message` is held back from training; depends on its text alone.
#[must_use]
pub fn is_held_back(message: &Message) -> bool {
    hashing::join(hashing::of(&message.text), 77).is_multiple_of(HELD_BACK)
}

/// The messages of `folder` in two parts: to train on, and the project's own test part (the
/// held-out files and the share held back of each other file).
///
/// # Errors
/// When a file cannot be read or does not follow the format.
pub fn read_folder(folder: &Path) -> anyhow::Result<(Vec<Message>, Vec<Message>)> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .with_context(|| format!("reading {}", folder.display()))?
        .map(|entry| Ok(entry?.path()))
        .collect::<std::io::Result<_>>()?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "txt"));
    files.sort();
    let mut train = Vec::new();
    let mut test = Vec::new();
    for file in files {
        let held_out = file
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with(HELD_OUT));
        for message in read_file(&file)? {
            if held_out || is_held_back(&message) {
                test.push(message);
            } else {
                train.push(message);
            }
        }
    }
    Ok((train, test))
}

/// The messages of one file: JSON lines when it is called `.jsonl`, else the format of the data
/// files.
///
/// # Errors
/// When the file cannot be read or does not follow its format.
pub fn read_file(file: &Path) -> anyhow::Result<Vec<Message>> {
    let text =
        std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    let messages = if file
        .extension()
        .is_some_and(|extension| extension == "jsonl")
    {
        corpus::read_jsonl(&text)
    } else {
        corpus::read(&text)
    };
    messages.with_context(|| format!("in {}", file.display()))
}

/// How `model` does on `messages`, read on the day of the labels, without a catalogue.
#[must_use]
pub fn evaluated(model: &Model, messages: &[Message]) -> Evaluation {
    let context = Context {
        catalogue: None,
        dialogue: &DialogueState::default(),
        now: LABELLED_AT,
        time_zone: chrono_tz::UTC,
        week_start: chrono::Weekday::Mon,
        language: None,
        thresholds: &Thresholds::default(),
    };
    evaluate(model, messages, &context)
}

/// What is shipped beside the model about its accuracy on `messages`, to four decimals: a number
/// that reads back from its file as what was written.
#[must_use]
pub fn measure(model: &Model, messages: &[Message]) -> Measured {
    Measured {
        accuracy: (evaluated(model, messages).accuracy() * 1e4).round() / 1e4,
        messages: messages.len(),
    }
}

#[cfg(test)]
mod tests;
