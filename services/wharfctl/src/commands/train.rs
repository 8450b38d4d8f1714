//! `wharfctl train`: makes the model of the nlp service out of the labelled messages. The same
//! messages give the same bytes; a test of services/nlp compares them with the committed files.
//! Beside them it writes how well the model does on the project's own test part.

use std::{io::Write, path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use clap::Args;
use wharf_nlp::training::{
    build::{Plan, build},
    measure, read_folder,
};

/// The arguments of `wharfctl train`.
#[derive(Debug, Clone, Args)]
pub struct Train {
    /// The folder of labelled messages.
    #[arg(long, default_value = "services/nlp/data")]
    pub data: PathBuf,
    /// Where model.bin, tagger.bin and measured.json are written.
    #[arg(long, default_value = "services/nlp/src/understand")]
    pub into: PathBuf,
}

/// Runs the command.
///
/// # Errors
/// When a file cannot be read or written, or does not follow its format.
pub fn run(args: &Train, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let (messages, held_back) = read_folder(&args.data)?;
    let model = build(&messages, Plan::default());
    let measured = measure(&model, &held_back);
    let mut json = serde_json::to_vec_pretty(&measured)?;
    json.push(b'\n');
    let (model, tagger) = model.write();
    for (name, bytes) in [
        ("model.bin", model),
        ("tagger.bin", tagger),
        ("measured.json", json),
    ] {
        let file = args.into.join(name);
        std::fs::write(&file, &bytes).with_context(|| format!("writing {}", file.display()))?;
        writeln!(out, "{} {} bytes", file.display(), bytes.len())?;
    }
    writeln!(
        out,
        "{} messages, {} held back for evaluation",
        messages.len(),
        held_back.len()
    )?;
    Ok(ExitCode::SUCCESS)
}
