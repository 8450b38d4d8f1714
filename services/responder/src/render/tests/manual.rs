//! The answers that docs/commands.md, the users' guide, shows: those of the samples, as they are
//! worded.

use std::path::PathBuf;

use wharf_testkit::document;

use super::*;

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/commands.md")
}

/// The sample of that name in the words of a persona, as a block of the document.
fn worded(name: &str, persona: Option<Persona>) -> Option<String> {
    let (_, content) = samples().into_iter().find(|(what, _)| *what == name)?;
    let renderer = Renderer::new().unwrap();
    let text = renderer.render(&content, &reader(persona, "en")).unwrap();
    // As WhatsApp shows it: bold is no star. The samples have stars of their own, too.
    let text = text.replace(['*', '∗'], "");
    Some(format!("```text\n{text}\n```"))
}

#[test]
fn the_guide_shows_answers_as_they_are_worded() {
    let replies = document::hold(&path(), "reply ", |name| {
        worded(name.strip_prefix("reply ")?, None)
    });
    assert!(replies.unwrap().len() > 14);
    let personas = document::hold(&path(), "persona ", |name| {
        let persona = name.strip_prefix("persona ")?.parse().ok()?;
        worded("stock, enough", Some(persona))
    });
    let all: Vec<String> = Persona::ALL
        .iter()
        .map(|persona| format!("persona {persona}"))
        .collect();
    assert_eq!(personas.unwrap(), all);
}
