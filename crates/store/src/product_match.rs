//! Which product some words mean. Pure: the catalogue comes in as a list.
//!
//! In order: the code without its punctuation; the name; another name; products that contain all
//! the words. Words that merely look alike are never taken for a product: they come back as
//! suggestions, since a wrong product is worse than a question.

use std::collections::BTreeSet;

use crate::products::{Product, ProductMatch};

/// How alike a name must be to be suggested, 0 to 1.
const ALIKE: f64 = 0.3;
/// How many names are suggested.
const SUGGESTIONS: usize = 3;

pub(crate) fn find(catalogue: &[Product], words: &str) -> ProductMatch {
    let wanted = key(words);
    if wanted.is_empty() {
        return ProductMatch::None {
            nearest: Vec::new(),
        };
    }
    let code = wanted.replace(' ', "");
    let wanted_words: Vec<&str> = wanted.split(' ').collect();
    let by_code = |product: &&Product| bare(&product.sku) == code;
    let by_name = |product: &&Product| key(&product.name) == wanted;
    let by_alias = |product: &&Product| product.aliases.iter().any(|alias| key(alias) == wanted);
    let by_words = |product: &&Product| {
        names(product).any(|name| {
            let name = key(name);
            let parts: Vec<&str> = name.split(' ').collect();
            wanted_words.iter().all(|word| parts.contains(word))
        })
    };
    let tests: [&dyn Fn(&&Product) -> bool; 4] = [&by_code, &by_name, &by_alias, &by_words];
    for test in tests {
        let mut found: Vec<Product> = catalogue.iter().filter(test).cloned().collect();
        match found.len() {
            0 => {}
            1 => return ProductMatch::One(found.swap_remove(0)),
            _ => return ProductMatch::Several(found),
        }
    }
    ProductMatch::None {
        nearest: nearest(catalogue, &wanted),
    }
}

fn nearest(catalogue: &[Product], wanted: &str) -> Vec<String> {
    suggest(
        wanted,
        catalogue.iter().flat_map(|product| {
            names(product)
                .chain([product.sku.as_str()])
                .map(|name| (name, product.name.as_str()))
        }),
    )
}

/// What looks like `wanted` (a [`key`]), best first: of pairs of a name that people may mean and
/// the name to suggest for it.
pub(crate) fn suggest<'a>(
    wanted: &str,
    named: impl Iterator<Item = (&'a str, &'a str)>,
) -> Vec<String> {
    let wanted = trigrams(wanted);
    let mut scored: Vec<(f64, &str)> = named
        .map(|(name, suggestion)| (likeness(&wanted, &trigrams(&key(name))), suggestion))
        .filter(|(score, _)| *score >= ALIKE)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    let mut seen = BTreeSet::new();
    scored
        .into_iter()
        .filter(|(_, suggestion)| seen.insert(*suggestion))
        .take(SUGGESTIONS)
        .map(|(_, suggestion)| suggestion.to_owned())
        .collect()
}

fn names(product: &Product) -> impl Iterator<Item = &str> {
    [product.name.as_str()]
        .into_iter()
        .chain(product.aliases.iter().map(String::as_str))
}

/// A code's letters and digits.
fn bare(sku: &str) -> String {
    sku.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// Words in lower case and in the singular, with one space between them.
pub(crate) fn key(text: &str) -> String {
    let lower = text.to_lowercase();
    let words: Vec<String> = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(singular)
        .collect();
    words.join(" ")
}

/// English plurals, roughly; both sides go through it, so it only has to be consistent.
fn singular(word: &str) -> String {
    if word.chars().count() <= 3 || word.chars().any(|c| c.is_ascii_digit()) {
        return word.to_owned();
    }
    if let Some(stem) = word.strip_suffix("ies") {
        return format!("{stem}y");
    }
    for ending in ["sses", "xes", "ches", "shes"] {
        if word.ends_with(ending) {
            return word[..word.len() - 2].to_owned();
        }
    }
    match word.strip_suffix('s') {
        Some(stem) if !stem.ends_with('s') && !stem.ends_with('u') => stem.to_owned(),
        _ => word.to_owned(),
    }
}

fn trigrams(text: &str) -> BTreeSet<[char; 3]> {
    let padded: Vec<char> = "  ".chars().chain(text.chars()).chain([' ']).collect();
    padded.windows(3).map(|w| [w[0], w[1], w[2]]).collect()
}

/// Dice's coefficient.
#[expect(clippy::cast_precision_loss, reason = "a name has few trigrams")]
fn likeness(a: &BTreeSet<[char; 3]>, b: &BTreeSet<[char; 3]>) -> f64 {
    2.0 * a.intersection(b).count() as f64 / (a.len() + b.len()) as f64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use wharf_domain::ids::named;

    use super::*;

    fn product(sku: &str, name: &str) -> Product {
        Product {
            id: named(sku),
            sku: sku.to_owned(),
            name: name.to_owned(),
            unit: "unit".to_owned(),
            aliases: Vec::new(),
            lead_time_days: None,
            reorder_point: None,
            average_daily_demand: None,
            last_reorder_on: None,
        }
    }

    #[test]
    fn singular_and_plural_meet() {
        for (one, many) in [
            ("box", "Boxes"),
            ("battery", "batteries"),
            ("glove", "GLOVES"),
            ("brush", "brushes"),
            ("glass", "glasses"),
            ("switch", "switches"),
            ("bus", "bus"),
        ] {
            assert_eq!(key(one), key(many), "{one}");
        }
    }

    proptest! {
        #[test]
        fn any_words_are_borne_and_a_product_is_found_by_its_own_name(
            name in "\\PC{1,30}",
            words in "\\PC{0,40}",
        ) {
            let catalogue = [product("A-1", &name), product("B-2", "Something else")];
            find(&catalogue, &words);
            if !key(&name).is_empty() {
                let found = find(&catalogue, &name);
                prop_assert!(!matches!(found, ProductMatch::None { .. }), "{found:?}");
            }
            prop_assert_eq!(find(&catalogue, "a1"), ProductMatch::One(catalogue[0].clone()));
        }
    }
}
