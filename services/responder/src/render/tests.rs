//! Snapshots of every text, and what holds for all of them.

mod enclosed;
mod manual;
mod matrix;
mod processor;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

use wharf_domain::intent::IntentType;

use super::{
    samples::{help, samples},
    *,
};
use crate::{
    markup,
    split::{self, Split},
};

/// Templates that have no Spanish text yet: their readers get the English one.
const UNTRANSLATED: &[&str] = &[];

fn readers() -> Vec<Reader> {
    let personas = Persona::ALL.iter().copied().map(Some).chain([None]);
    personas.map(|persona| reader(persona, "en")).collect()
}

fn reader(persona: Option<Persona>, locale: &str) -> Reader {
    Reader {
        persona,
        locale: locale.into(),
        time_zone: Tz::America__New_York,
    }
}

#[test]
fn every_text_of_every_persona() {
    let renderer = Renderer::new().unwrap();
    for reader in readers() {
        let persona = reader.persona.map_or(DEFAULT, Persona::as_str);
        let mut all = String::new();
        for (what, content) in samples() {
            let text = renderer.render(&content, &reader).unwrap();
            writeln!(all, "--- {what}\n{text}\n").unwrap();
        }
        insta::assert_snapshot!(persona, all);
    }
}

#[test]
fn texts_are_balanced_fit_one_message_and_say_nothing_undefined() {
    let renderer = Renderer::new().unwrap();
    let spanish = Persona::ALL.iter().copied().map(Some).chain([None]);
    let spanish = spanish.map(|persona| reader(persona, "es-MX"));
    for reader in readers().into_iter().chain(spanish) {
        for (what, content) in samples() {
            let text = renderer.render(&content, &reader).unwrap();
            assert!(text.encode_utf16().count() < 1_024, "{what}");
            assert!(markup::is_balanced(&text), "{what}: {text}");
            assert!(!text.contains("**"), "{what}: {text}");
            // Three of it are surely more than one part.
            let Split::Whole(parts) = split::split(&[text.as_str(); 3].join("\n\n")) else {
                panic!("{what}: {text}");
            };
            assert!(
                parts.iter().all(|part| markup::is_balanced(part)),
                "{what}: {parts:?}"
            );
            for word in ["undefined", "none", "None", "null"] {
                assert!(!text.contains(word), "{what}: {text}");
            }
            assert_eq!(text, text.trim(), "{what}");
            assert!(!text.contains(" \n"), "a space ends a line: {what}: {text}");
            assert!(!text.contains("\n\n\n"), "a gap: {what}: {text}");
        }
    }
}

#[test]
fn help_is_in_the_readers_language() {
    let renderer = Renderer::new().unwrap();
    let reader = Reader {
        persona: None,
        locale: "es-MX".into(),
        time_zone: Tz::UTC,
    };
    let all = renderer.render(&help(None), &reader).unwrap();
    let one = renderer.render(&help(Some(IntentType::ReorderStock)), &reader);
    insta::assert_snapshot!(format!("{all}\n---\n{}", one.unwrap()));
}

#[test]
fn an_unknown_locale_falls_back_to_english() {
    let renderer = Renderer::new().unwrap();
    let reader = Reader {
        persona: None,
        locale: "fi-FI".into(),
        time_zone: Tz::UTC,
    };
    assert!(
        renderer
            .render(&help(None), &reader)
            .unwrap()
            .contains("stock ABC123")
    );
}

#[test]
fn every_text_in_spanish() {
    let renderer = Renderer::new().unwrap();
    for (name, locale) in [("spanish", "es"), ("spanish_mexico", "es-MX")] {
        let mut all = String::new();
        for (what, content) in samples() {
            // One is enough to see the figures of another country.
            if locale == "es-MX" && content.template() != "metrics_summary" {
                continue;
            }
            let text = renderer.render(&content, &reader(None, locale)).unwrap();
            writeln!(all, "--- {what}\n{text}\n").unwrap();
        }
        insta::assert_snapshot!(name, all);
    }
}

/// The embedded texts of a folder, by template.
fn texts(folder: &str, locale: &str) -> BTreeMap<String, BTreeSet<String>> {
    let renderer = Renderer::new().unwrap();
    let environment = renderer.environment(locale);
    let ending = format!(".{locale}.txt");
    environment
        .templates()
        .filter_map(|(name, text)| {
            let name = name.strip_prefix(folder)?.strip_suffix(&ending)?;
            let used = text.undeclared_variables(false);
            Some((name.to_owned(), used.into_iter().collect()))
        })
        .collect()
}

#[test]
fn every_default_text_is_there_in_spanish_and_says_the_same() {
    let (english, spanish) = (texts("default/", "en"), texts("default/", "es"));
    for (template, used) in &english {
        if UNTRANSLATED.contains(&template.as_str()) {
            continue;
        }
        let there = spanish.get(template);
        assert_eq!(
            there,
            Some(used),
            "{template}: other values, or no Spanish text"
        );
    }
    for template in spanish.keys() {
        assert!(
            english.contains_key(template),
            "{template} is in Spanish alone"
        );
    }
}

#[test]
fn a_spanish_text_is_chosen_by_locale_then_language_then_english() {
    let renderer = Renderer::new().unwrap();
    let help = |locale: &str| {
        let reader = reader(None, locale);
        renderer
            .render(&super::samples::help(None), &reader)
            .unwrap()
    };
    assert!(help("es-MX").starts_with("*Lo que puedes pedirme*"));
    assert_eq!(help("es_AR"), help("es"));
    assert!(help("pt-BR").starts_with("*What you can ask me*"));
}
