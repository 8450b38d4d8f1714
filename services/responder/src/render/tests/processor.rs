//! The processor's texts are read by programs: they keep to docs/processor-format.md.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use super::*;

/// The table of the document: tag to keys, all in backticks.
fn documented() -> BTreeMap<String, BTreeSet<String>> {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../docs/processor-format.md"
    );
    let text = fs::read_to_string(path).unwrap();
    let rows = text.lines().filter_map(|line| {
        let (tag, keys) = line.strip_prefix("| `[")?.split_once("]` | ")?;
        let keys = keys.split('`').skip(1).step_by(2).map(str::to_owned);
        Some((tag.to_owned(), keys.collect()))
    });
    rows.collect()
}

#[test]
fn every_line_is_a_documented_key_and_its_value() {
    let documented = documented();
    let renderer = Renderer::new().unwrap();
    let reader = Reader {
        persona: Some(Persona::Processor),
        locale: "en".into(),
        time_zone: Tz::America__New_York,
    };
    for (what, content) in samples() {
        // Nobody without a number of ours has a persona.
        if matches!(
            content,
            ReplyContent::UnknownSender | ReplyContent::PairingRefused(_)
        ) {
            continue;
        }
        let text = renderer.render(&content, &reader).unwrap();
        let mut lines = text.lines();
        let tag = lines.next().unwrap();
        let tag = tag.strip_prefix('[').and_then(|tag| tag.strip_suffix(']'));
        let tag = tag.unwrap_or_else(|| panic!("{what}: no tag: {text}"));
        let keys_of = |tag: &str| {
            documented
                .get(tag)
                .unwrap_or_else(|| panic!("{tag} is not documented"))
        };
        let mut keys = keys_of(tag);
        let brings = matches!(tag, "SCHEDULED" | "SHARED");
        for line in lines {
            // The reply that it brings begins with a tag of its own.
            let another = line.strip_prefix('[').and_then(|tag| tag.strip_suffix(']'));
            if let Some(another) = another.filter(|_| brings) {
                keys = keys_of(another);
                continue;
            }
            let (key, value) = line.split_once(": ").unwrap_or_else(|| {
                panic!("{tag}: no key and value: {line:?}");
            });
            assert!(keys.contains(key), "{tag}: {key} is not documented");
            assert!(!value.is_empty(), "{tag}: {line:?}");
        }
    }
}
