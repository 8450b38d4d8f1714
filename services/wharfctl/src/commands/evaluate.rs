//! `wharfctl evaluate`: measures understanding on labelled messages; the table of
//! docs/understanding.md is what it prints.

use std::{io::Write, path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use clap::Args;
use wharf_domain::clock::Clock;
use wharf_nlp::{
    training,
    understand::{
        evaluate::{Targets, evaluate},
        model::Model,
    },
};

use super::parse::{Loaded, ReadingArgs};

/// The arguments of `wharfctl evaluate`.
///
/// Files are JSON lines {"text", "intent", "entities"}, or the format of services/nlp/data when
/// they are called `.txt`. Of a folder the project's own test part is taken: its held-out files and
/// the share of each other file that training leaves alone.
#[derive(Debug, Clone, Args)]
pub struct Evaluate {
    /// Labelled messages.
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// What must be reached, as JSON; exit code 1 when a target is missed.
    #[arg(long, visible_alias = "thresholds", value_name = "FILE")]
    pub targets: Option<PathBuf>,
    /// Also list so many of the messages that were misread.
    #[arg(long, default_value_t = 0)]
    pub misread: usize,
    /// What the messages are read against; `--now` is 2026-03-18, the day of the labels, when
    /// absent.
    #[command(flatten)]
    pub reading: ReadingArgs,
}

/// The day on which the labels read the messages (labelling guide).
const LABELLED_ON: &str = "2026-03-18";

/// Runs the command.
///
/// # Errors
/// When a file cannot be read or does not follow its format.
pub fn run(args: &Evaluate, clock: &dyn Clock, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let targets: Targets = match &args.targets {
        Some(file) => {
            let text = std::fs::read_to_string(file)
                .with_context(|| format!("reading {}", file.display()))?;
            serde_json::from_str(&text).with_context(|| format!("in {}", file.display()))?
        }
        None => Targets::default(),
    };
    let mut messages = Vec::new();
    for file in &args.files {
        messages.extend(if file.is_dir() {
            training::read_folder(file)?.1
        } else {
            training::read_file(file)?
        });
    }
    let mut reading = args.reading.clone();
    reading.now.get_or_insert_with(|| LABELLED_ON.to_owned());
    let loaded = Loaded::new(&reading, clock)?;
    let evaluation = evaluate(Model::shipped(), &messages, &loaded.context());
    write!(out, "{evaluation}")?;
    for misread in evaluation.misread.iter().take(args.misread) {
        writeln!(
            out,
            "\n{}\n    {} -> {} {:.2} {}",
            misread.text,
            misread.right,
            misread.given,
            misread.confidence,
            misread.entities.join(" ")
        )?;
    }
    let missed = evaluation.missed(&targets);
    for missed in &missed {
        writeln!(out, "missed: {missed}")?;
    }
    Ok(if missed.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
