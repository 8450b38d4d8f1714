//! The conversations of `crates/e2e/conversations`, a test for each folder. One stack plays all of
//! a folder; between two of them every row is put back.
//!
//! `WHARF_WRITE_CONVERSATIONS=1` writes the replies that came into the files: look at them.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use wharf_e2e::script::{Script, play::play};

use crate::stack;

/// Writes instead of comparing, when set.
const WRITE: &str = "WHARF_WRITE_CONVERSATIONS";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("conversations")
}

fn scripts(theme: &str) -> Vec<(PathBuf, Script)> {
    let entries = std::fs::read_dir(folder().join(theme)).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|end| end == "txt"))
        .collect();
    paths.sort();
    let read = |path: PathBuf| {
        let script = Script::parse(&std::fs::read_to_string(&path).unwrap());
        let script = script.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        (path, script)
    };
    paths.into_iter().map(read).collect()
}

async fn play_all(theme: &str) {
    // One of the conversations is about being offered another persona.
    let stack = stack().unlimited().set("WHARF__ADAPTIVE__OFFERS", "true");
    let stack = stack.history().start().await;
    stack.rows().save().await;
    let mut failures = Vec::new();
    for (path, script) in scripts(theme) {
        stack.rows().restore().await;
        let played = play(&stack, &script).await;
        if std::env::var_os(WRITE).is_some() {
            std::fs::write(&path, played.as_it_went.to_string()).unwrap();
        }
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let told = played.failures.into_iter();
        failures.extend(told.map(|failure| format!("{theme}/{name}, {failure}")));
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
    stack.finish().await;
}

macro_rules! themes {
    ($($theme:ident),+ $(,)?) => {
        const THEMES: &[&str] = &[$(stringify!($theme)),+];
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $theme() {
                play_all(stringify!($theme)).await;
            }
        )+
    };
}

themes!(
    stock, orders, alerts, reports, suppliers, agents, talk, people
);

#[test]
fn every_folder_is_played() {
    let folders = std::fs::read_dir(folder()).unwrap();
    let folders = folders
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_dir());
    let found: BTreeSet<String> = folders
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    let played: BTreeSet<String> = THEMES.iter().map(|theme| (*theme).to_owned()).collect();
    assert_eq!(
        found, played,
        "a folder without its line in themes!, or the other way"
    );
    let count: usize = THEMES.iter().map(|theme| scripts(theme).len()).sum();
    assert!(count >= 40, "{count} conversations");
}
