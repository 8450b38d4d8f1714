//! How well a voice is understood that training never heard: for each voice, a model of all other
//! messages, measured on that voice's. The table "voice left out" of docs/understanding.md.
//!
//! `cargo run --release -p wharf-nlp --example voices -- [FOLDER [VOICE …]]`; with `MISREAD=N` it
//! also lists so many messages of each voice that were misread.

#![expect(clippy::print_stdout, reason = "a table for people")]

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use wharf_domain::entities::EntityName;
use wharf_nlp::{
    training::{
        self, HELD_OUT,
        build::{Plan, build},
        corpus::Message,
    },
    understand::evaluate::Evaluation,
};

/// How the names of the files of near misses begin.
const NEAR_MISSES: &str = "near_misses";

/// A voice, and how the names of its files begin. Of the near misses one in five is left out.
const VOICES: &[(&str, &[&str])] = &[
    ("floor staff", &["floor_staff"]),
    ("managers and owners", &["managers"]),
    ("small shops", &["small_shops"]),
    ("non-native writers", &["non_native"]),
    ("night shift", &["night_shift"]),
    ("wards and kitchens", &["hospital", "restaurant"]),
    ("offices and yards", &["purchasing", "shops_and_yards"]),
    ("English of the world", &["world_english"]),
    ("near misses, 1 in 5", &[NEAR_MISSES]),
];

fn main() -> anyhow::Result<()> {
    let mut args = std::env::args().skip(1);
    let folder = args
        .next()
        .map_or_else(|| PathBuf::from("services/nlp/data"), PathBuf::from);
    let wanted: Vec<String> = args.collect();
    let misread = std::env::var("MISREAD").map_or(0, |n| n.parse().unwrap_or(0));
    let files = files(&folder)?;
    println!(
        "{:<22}{:>6}{:>9}{:>8}{:>9}{:>9}{:>10}{:>9}",
        "voice left out", "n", "intents", "F1", "product", "offered", "cal.", "unknown"
    );
    for (voice, starts) in VOICES {
        if !wanted.is_empty() && !wanted.iter().any(|name| voice.starts_with(name.as_str())) {
            continue;
        }
        let of_voice = |name: &str| starts.iter().any(|start| name.starts_with(start));
        let (mut train, mut test) = (Vec::new(), Vec::new());
        for (name, messages) in &files {
            let every = if !of_voice(name) {
                usize::MAX
            } else if name.starts_with(NEAR_MISSES) {
                5
            } else {
                1
            };
            for (at, message) in messages.iter().enumerate() {
                if (at + 1).is_multiple_of(every) {
                    test.push(message.clone());
                } else {
                    train.push(message.clone());
                }
            }
        }
        let model = build(&train, Plan::default());
        let evaluation = training::evaluated(&model, &test);
        print_row(voice, &evaluation);
        for one in evaluation.misread.iter().take(misread) {
            println!(
                "    {}\n        {} -> {} {:.2} {}",
                one.text,
                one.right,
                one.given,
                one.confidence,
                one.entities.join(" ")
            );
        }
    }
    Ok(())
}

/// The messages of every file of `folder` that is not held out, by the file's name.
fn files(folder: &Path) -> anyhow::Result<Vec<(String, Vec<Message>)>> {
    let mut files = Vec::new();
    for entry in
        std::fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))?
    {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.ends_with(".txt") && !name.starts_with(HELD_OUT) {
            files.push((name.into_owned(), training::read_file(&path)?));
        }
    }
    files.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(files)
}

fn print_row(voice: &str, evaluation: &Evaluation) {
    let product = evaluation
        .entities
        .get(&EntityName::Product)
        .map_or(1.0, |counts| counts.f1());
    println!(
        "{:<22}{:>6}{:>7.1} %{:>8.3}{:>9.3}{:>5}/{:<4}{:>7.1} %{:>5}/{}",
        voice,
        evaluation.messages,
        100.0 * evaluation.accuracy(),
        evaluation.entity_total().f1(),
        product,
        evaluation.changes_made,
        evaluation.changes_offered,
        100.0 * evaluation.calibration_error,
        evaluation.unknowns_taken,
        evaluation.unknowns
    );
}
