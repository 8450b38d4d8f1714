//! The line of a list that a message calls by its name instead of its number: "main warehouse",
//! "the main one", "GLV-L". Names are compared as everywhere, by a catalogue of the list's lines
//! alone.

use wharf_domain::{dialogue::ShownList, entities::EntityName, intent::IntentType};

use super::choices::{is_filler, words};
use crate::understand::catalogue::{ACCEPT, Catalogue, CatalogueItem, ItemKind, Resolution, fold};

/// What a message names of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    /// This line.
    Line {
        /// Its number, as it was shown.
        number: usize,
        /// Whether it is named plainly, not misspelt beyond doubt.
        sure: bool,
    },
    /// Words of several lines.
    Several,
}

/// What may tell the lines of a list from each other.
const TOLD_APART_BY: &[(EntityName, ItemKind)] = &[
    (EntityName::Location, ItemKind::Location),
    (EntityName::Sku, ItemKind::Product),
    (EntityName::Supplier, ItemKind::Supplier),
];
/// Words that say nothing beside a name, beside those of every answer.
const BESIDE: &[&str] = &[
    "at",
    "in",
    "on",
    "from",
    "place",
    "en",
    "al",
    "lugar",
    "that",
    "this",
    "ese",
    "esa",
    "este",
    "esta",
    "take",
    "use",
    "item",
    "product",
    "producto",
    "supplier",
    "proveedor",
    "location",
];
/// A name of more words is none.
const MOST_WORDS: usize = 8;

/// The values that tell the lines apart, in their order, and what they are.
fn told_apart(list: &ShownList) -> Option<(Vec<&str>, ItemKind)> {
    TOLD_APART_BY.iter().find_map(|(entity, kind)| {
        let values = list
            .choices
            .iter()
            .map(|choice| choice.entities.get(*entity));
        let values: Vec<&str> = values.collect::<Option<_>>()?;
        let mut each = values.clone();
        each.sort_unstable();
        each.dedup();
        (!values.is_empty() && each.len() == values.len()).then_some((values, *kind))
    })
}

/// The request that a list asks for a product or a place of; `None`: it asks nothing.
pub(super) fn asked_for(list: &ShownList) -> Option<IntentType> {
    let (_, ItemKind::Product | ItemKind::Location) = told_apart(list)? else {
        return None;
    };
    let intent = list.choices.first()?.intent;
    let same = list.choices.iter().all(|choice| choice.intent == intent);
    same.then_some(intent)
}

fn number(list: &ShownList, index: usize) -> usize {
    list.first + index + 1
}

/// The line whose code the message is, and nothing else.
pub(super) fn code(list: &ShownList, plain: &str) -> Option<Named> {
    let (values, ItemKind::Product) = told_apart(list)? else {
        return None;
    };
    let letters = |text: &str| -> String {
        let plain = text.chars().filter(|c| c.is_alphanumeric());
        plain.flat_map(char::to_lowercase).collect()
    };
    let said: Vec<&str> = without_fillers(plain);
    let said = letters(&said.concat());
    let index = values.iter().position(|code| letters(code) == said)?;
    Some(Named::Line {
        number: number(list, index),
        sure: true,
    })
}

/// The line whose name the message says, whole, in part or misspelt.
pub(super) fn line(list: &ShownList, plain: &str, catalogue: Option<&Catalogue>) -> Option<Named> {
    let (values, kind) = told_apart(list)?;
    let said = without_fillers(plain);
    if said.is_empty() || said.len() > MOST_WORDS {
        return None;
    }
    let items: Vec<CatalogueItem> = values
        .iter()
        .map(|value| item(value, kind, catalogue))
        .collect();
    let has_all = |item: &CatalogueItem| {
        let names = std::iter::once(&item.name).chain(&item.aliases);
        names.into_iter().any(|name| {
            let folded = fold(name);
            let known: Vec<&str> = words(&folded).collect();
            said.iter().all(|word| known.contains(word))
        })
    };
    let mut with_all = (0..).zip(&items).filter(|(_, item)| has_all(item));
    match (with_all.next(), with_all.next()) {
        (Some((index, _)), None) => {
            let number = number(list, index);
            return Some(Named::Line { number, sure: true });
        }
        // One of them may be called exactly that.
        (Some(_), Some(_)) => {
            let words = said.join(" ");
            let index = items.iter().position(|item| fold(&item.name) == words);
            return Some(index.map_or(Named::Several, |index| Named::Line {
                number: number(list, index),
                sure: true,
            }));
        }
        (None, _) => {}
    }
    match Catalogue::build(items).resolve(Some(kind), &said.join(" ")) {
        Resolution::One { item, score, .. } => Some(Named::Line {
            number: number(list, usize::try_from(item).ok()?),
            sure: score >= ACCEPT,
        }),
        Resolution::Several(_) | Resolution::None { .. } => None,
    }
}

/// What the catalogue knows of a line's value.
fn item(value: &str, kind: ItemKind, catalogue: Option<&Catalogue>) -> CatalogueItem {
    let same = |item: &&CatalogueItem| {
        let known = match kind {
            ItemKind::Product => item.sku.as_deref().unwrap_or_default(),
            _ => &item.name,
        };
        item.kind == kind && known.eq_ignore_ascii_case(value)
    };
    let known = catalogue.and_then(|catalogue| catalogue.items().iter().find(same));
    known.cloned().unwrap_or_else(|| CatalogueItem {
        kind,
        sku: (kind == ItemKind::Product).then(|| value.to_owned()),
        name: value.to_owned(),
        aliases: Vec::new(),
    })
}

fn without_fillers(plain: &str) -> Vec<&str> {
    let said = words(plain);
    said.filter(|word| !is_filler(word) && !BESIDE.contains(word))
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use wharf_domain::{dialogue::Choice, entities::Entities, ids::named};

    use super::*;

    fn list(entity: EntityName, values: &[&str]) -> ShownList {
        let choice = |value: &&str| Choice {
            intent: IntentType::UpdateStock,
            entities: Entities::from_iter([
                (EntityName::Quantity, "12".to_owned()),
                (entity, (*value).to_owned()),
            ]),
            confirm: false,
        };
        ShownList::new(values.iter().map(choice).collect(), named("list").into())
    }

    fn sure(number: usize) -> Option<Named> {
        Some(Named::Line { number, sure: true })
    }

    #[test]
    fn a_place_is_named_whole_in_part_or_misspelt() {
        let places = list(
            EntityName::Location,
            &[
                "main warehouse",
                "rotterdam",
                "toronto east",
                "toronto west",
            ],
        );
        for (text, named) in [
            ("main warehouse", sure(1)),
            ("the main one", sure(1)),
            ("at the main warehouse please", sure(1)),
            ("main warehose", sure(1)),
            ("roterdam", sure(2)),
            ("in rotterdam", sure(2)),
            ("toronto west", sure(4)),
            ("the west one", sure(4)),
            ("toronto", Some(Named::Several)),
            ("berlin", None),
            ("the one", None),
            ("", None),
            (
                "the main one of those that we talked about with our boss",
                None,
            ),
        ] {
            assert_eq!(line(&places, text, None), named, "{text}");
        }
    }

    #[test]
    fn a_name_that_others_begin_with_is_itself() {
        let places = list(EntityName::Location, &["toronto", "toronto east"]);
        assert_eq!(line(&places, "toronto", None), sure(1));
        assert_eq!(line(&places, "east", None), sure(2));
    }

    #[test]
    fn a_product_is_named_as_the_catalogue_calls_it_or_by_its_code() {
        let product = |sku: &str, name: &str| CatalogueItem {
            kind: ItemKind::Product,
            sku: Some(sku.to_owned()),
            name: name.to_owned(),
            aliases: Vec::new(),
        };
        let catalogue = Catalogue::build([
            product("GLV-L", "Nitrile gloves large"),
            product("GLV-M", "Nitrile gloves medium"),
            product("HAT-1", "Large hat"),
        ]);
        let gloves = list(EntityName::Sku, &["GLV-L", "GLV-M"]);
        let said = |text| line(&gloves, text, Some(&catalogue));
        assert_eq!(said("the large ones"), None);
        assert_eq!(said("the large one"), sure(1));
        assert_eq!(said("medium"), sure(2));
        assert_eq!(said("nitrile"), Some(Named::Several));
        for text in ["glv-m", "glv m", "the glvm one"] {
            assert_eq!(code(&gloves, text), sure(2), "{text}");
        }
        assert_eq!(code(&gloves, "glv"), None);
        assert_eq!(code(&gloves, "hat-1"), None);
    }

    #[test]
    fn what_has_no_names_is_called_by_numbers_alone() {
        let alerts = list(EntityName::AlertId, &["a11", "a12"]);
        assert_eq!(line(&alerts, "a11", None), None);
        let same = list(EntityName::Location, &["toronto", "toronto"]);
        assert_eq!(line(&same, "toronto", None), None);
    }

    proptest! {
        #[test]
        fn reads_anything(text in ".{0,80}") {
            let places = list(EntityName::Location, &["main warehouse", "rotterdam"]);
            if let Some(Named::Line { number, .. }) = line(&places, &text, None) {
                prop_assert!((1..=2).contains(&number));
            }
        }
    }
}
