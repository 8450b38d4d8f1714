//! Reads an answer with the question in mind: a word that says little by itself is a product, a
//! period or a kind of report when that was asked for.
//!
//! To ask for another entity: an arm in [`fill`].

use wharf_domain::{
    contracts::ProductName,
    entities::{Entities, EntityName},
};

use super::choices::{self, is_filler, one_of, words};
use crate::understand::{
    Context,
    catalogue::{ACCEPT, Candidate, Catalogue, CatalogueItem, ItemIndex, ItemKind, Resolution},
    dates::{self, DateContext, DateMatch},
    entities::{ABSURD_QUANTITY, numbers},
    lexemes::{self, Vocabulary},
    normalise::Normalised,
};

/// What an answer gives.
#[derive(Debug, Clone, PartialEq)]
pub enum Slot {
    /// The value, under the name that fits best.
    Filled {
        /// E.g. `sku` when a product was asked for.
        name: EntityName,
        /// As entities write it.
        value: String,
        /// Whether the message says nothing else; a request in it comes before an unsure value.
        sure: bool,
    },
    /// Several products; which?
    Several(Vec<ProductName>),
    /// No answer to the question.
    Nothing,
}

/// A product is asked about from this score on; words that share less with its name mean something
/// else.
const NEAR: f32 = 0.35;
/// How an answer begins whose writer does not know.
const NOT_KNOWN: &[&str] = &[
    "no idea",
    "no clue",
    "i have no idea",
    "i have no clue",
    "ive no idea",
    "i've no idea",
    "haven't a clue",
    "dont know",
    "don't know",
    "do not know",
    "dunno",
    "i dont know",
    "i don't know",
    "i do not know",
    "i dunno",
    "i dont remember",
    "i don't remember",
    "dont remember",
    "don't remember",
    "can't remember",
    "cant remember",
    "i can't remember",
    "i cant remember",
    "i forgot",
    "forgot",
    "i forget",
    "not sure",
    "i'm not sure",
    "im not sure",
    "i am not sure",
    "unsure",
    "idk",
    "no se",
    "no lo se",
    "yo no se",
    "ni idea",
    "no tengo idea",
    "no tengo ni idea",
    "no recuerdo",
    "no me acuerdo",
    "no estoy seguro",
    "no estoy segura",
    "se me olvido",
];
/// A quantity that no order or count reaches.
pub(super) const MOST: f64 = ABSURD_QUANTITY;

/// What `text` answers to the question for `asked`.
#[must_use]
pub fn fill(asked: EntityName, text: &str, context: &Context<'_>) -> Slot {
    let plain = Normalised::new(text);
    let plain = plain.text();
    let filled = |value: Option<String>| {
        value.map_or(Slot::Nothing, |value| Slot::Filled {
            name: asked,
            value,
            sure: true,
        })
    };
    match asked {
        EntityName::Product | EntityName::Sku => product(text, context.catalogue),
        EntityName::Location => location(text, plain, context.catalogue),
        EntityName::Supplier => supplier(text, plain, context.catalogue),
        EntityName::DateRange => filled(period(text, context)),
        EntityName::ReportType => filled(one_of(plain, choices::REPORTS)),
        EntityName::Agent => filled(one_of(plain, choices::AGENTS)),
        EntityName::Quantity => filled(number(plain)),
        EntityName::AlertId => filled(alert(plain)),
        EntityName::Operation => filled(one_of(plain, choices::OPERATIONS)),
        _ => Slot::Nothing,
    }
}

/// What `text` answers when it names a period besides: "sales last week" to "which report?". The
/// answer, and the period.
#[must_use]
pub fn fill_and_period(
    asked: EntityName,
    text: &str,
    context: &Context<'_>,
) -> Option<(Slot, String)> {
    let (found, dates) = longest_period(text, context)?;
    let rest = format!("{} {}", &text[..found.span.start], &text[found.span.end..]);
    match fill(asked, &rest, context) {
        Slot::Nothing => None,
        slot => Some((slot, dates::label(&found, &dates))),
    }
}

fn number(plain: &str) -> Option<String> {
    let lexemes = lexemes::lexemes(plain, &Vocabulary::default());
    let found = numbers::find(plain, &lexemes);
    let [number] = found.as_slice() else {
        return None;
    };
    let rest = lexemes.iter().enumerate();
    let only = rest
        .filter(|(at, _)| !(number.first..number.end).contains(at))
        .map(|(_, lexeme)| lexeme.token.text(plain))
        .all(|word| is_filler(word) || !word.chars().any(char::is_alphanumeric));
    let possible = only && !number.negative && number.value <= ABSURD_QUANTITY;
    number.whole().filter(|_| possible)
}

/// A number or a code like `a17`.
fn alert(plain: &str) -> Option<String> {
    let mut said = words(plain).filter(|word| !is_filler(word));
    let code = said.next()?;
    let coded = code.chars().any(|c| c.is_ascii_digit()) && code.len() <= 12;
    (coded && said.next().is_none()).then(|| code.to_uppercase())
}

/// The period that a message names; of several the longest.
fn longest_period(text: &str, context: &Context<'_>) -> Option<(DateMatch, DateContext)> {
    let today = context.now.with_timezone(&context.time_zone).date_naive();
    // People answer in a language that is not their profile's, too.
    let languages = [context.language.map(Into::into), None];
    languages.into_iter().find_map(|language| {
        let dates = DateContext::new(today, context.week_start, language);
        let found = dates::find(text, &dates)
            .into_iter()
            .filter(|found| found.range.start.is_none_or(|start| start <= today))
            .max_by_key(|found| found.span.len())?;
        Some((found, dates))
    })
}

/// The period that makes up most of the message.
fn period(text: &str, context: &Context<'_>) -> Option<String> {
    let (found, dates) = longest_period(text, context)?;
    let (before, after) = (&text[..found.span.start], &text[found.span.end..]);
    let mut rest = before.split_whitespace().chain(after.split_whitespace());
    let alone = rest.all(|word| {
        let word = word.to_lowercase();
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        word.is_empty() || is_filler(word)
    });
    alone.then(|| dates::label(&found, &dates))
}

fn product(text: &str, catalogue: Option<&Catalogue>) -> Slot {
    let Some(catalogue) = catalogue else {
        return Slot::Nothing;
    };
    let mut found = catalogue.resolve(Some(ItemKind::Product), text);
    if matches!(found, Resolution::None { .. }) {
        let plain = Normalised::new(text);
        let bare: Vec<&str> = words(plain.text())
            .filter(|word| !is_filler(word))
            .collect();
        found = catalogue.resolve(Some(ItemKind::Product), &bare.join(" "));
    }
    match found {
        Resolution::One { item, score, .. } => match item_of(catalogue, item) {
            Some(item) => {
                let (name, value) = match &item.sku {
                    Some(sku) => (EntityName::Sku, sku.to_uppercase()),
                    None => (EntityName::Product, item.name.to_lowercase()),
                };
                Slot::Filled {
                    name,
                    value,
                    sure: score >= ACCEPT,
                }
            }
            None => Slot::Nothing,
        },
        Resolution::Several(candidates) => {
            let names = product_names(catalogue, near(&candidates));
            if names.is_empty() {
                Slot::Nothing
            } else {
                Slot::Several(names)
            }
        }
        Resolution::None { .. } => Slot::Nothing,
    }
}

/// The candidates that are like what was said; the others share a letter or two with it.
pub fn near(candidates: &[Candidate]) -> impl Iterator<Item = ItemIndex> {
    let near = candidates.iter().filter(|one| one.score >= NEAR);
    near.map(|candidate| candidate.item)
}

/// Whether an answer says that the person does not know: "no idea what it is called".
#[must_use]
pub fn is_not_known(plain: &str) -> bool {
    let said: Vec<&str> = words(plain).collect();
    let said = said.join(" ");
    let begins = |phrase: &&str| {
        let rest = said.strip_prefix(*phrase);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    };
    NOT_KNOWN.iter().any(begins)
}

/// A place by any name; the agent knows whether there is one.
fn location(text: &str, plain: &str, catalogue: Option<&Catalogue>) -> Slot {
    known(text, ItemKind::Location, catalogue).map_or_else(
        || short_name(EntityName::Location, plain),
        |value| Slot::Filled {
            name: EntityName::Location,
            value,
            sure: true,
        },
    )
}

/// The catalogue's name for `text`, in lower case.
fn known(text: &str, kind: ItemKind, catalogue: Option<&Catalogue>) -> Option<String> {
    let catalogue = catalogue?;
    let item = catalogue.resolve(Some(kind), text).accepted()?;
    Some(item_of(catalogue, item)?.name.to_lowercase())
}

/// A few words that may be a name.
fn short_name(name: EntityName, plain: &str) -> Slot {
    let said: Vec<&str> = words(plain).filter(|word| !is_filler(word)).collect();
    if said.is_empty() || said.len() > 5 {
        return Slot::Nothing;
    }
    Slot::Filled {
        name,
        value: said.join(" "),
        sure: false,
    }
}

/// A supplier by any name, or the product that is supplied.
fn supplier(text: &str, plain: &str, catalogue: Option<&Catalogue>) -> Slot {
    if let Some(value) = known(text, ItemKind::Supplier, catalogue) {
        return Slot::Filled {
            name: EntityName::Supplier,
            value,
            sure: true,
        };
    }
    if let found @ Slot::Filled { sure: true, .. } = product(text, catalogue) {
        return found;
    }
    if let Some(value) = catalogue.and_then(|catalogue| by_own_words(plain, catalogue)) {
        return Slot::Filled {
            name: EntityName::Supplier,
            value,
            sure: true,
        };
    }
    short_name(EntityName::Supplier, plain)
}

/// The only supplier whose name has all these words, when they stand in nothing else's name:
/// "riverside" for Riverside Widgets.
fn by_own_words(plain: &str, catalogue: &Catalogue) -> Option<String> {
    let said: Vec<&str> = words(plain).filter(|word| !is_filler(word)).collect();
    if said.is_empty() {
        return None;
    }
    let mut having = catalogue.items().iter().filter(|item| {
        let name = Normalised::new(&item.name);
        let name: Vec<&str> = words(name.text()).collect();
        said.iter().all(|word| name.contains(word))
    });
    let only = having.next().filter(|_| having.next().is_none())?;
    (only.kind == ItemKind::Supplier).then(|| only.name.to_lowercase())
}

fn item_of(catalogue: &Catalogue, index: ItemIndex) -> Option<&CatalogueItem> {
    catalogue.items().get(usize::try_from(index).ok()?)
}

/// Codes and names of items, for a question which of them is meant.
#[must_use]
pub fn product_names(
    catalogue: &Catalogue,
    items: impl Iterator<Item = ItemIndex>,
) -> Vec<ProductName> {
    items
        .filter_map(|index| item_of(catalogue, index))
        .filter_map(|item| {
            Some(ProductName {
                sku: item.sku.clone()?,
                name: item.name.clone(),
            })
        })
        .collect()
}

/// The catalogue's product that `entities` name, when it is plain which.
#[must_use]
pub fn named_product(entities: &Entities, catalogue: Option<&Catalogue>) -> Option<ProductName> {
    let asked = entities
        .get(EntityName::Sku)
        .or_else(|| entities.get(EntityName::Product))?;
    let catalogue = catalogue?;
    let item = catalogue
        .resolve(Some(ItemKind::Product), asked)
        .accepted()?;
    product_names(catalogue, std::iter::once(item)).pop()
}

#[cfg(test)]
mod tests {
    use chrono::Weekday;
    use proptest::prelude::*;

    use super::*;
    use crate::understand::{DialogueState, Language, Thresholds};

    fn catalogue() -> Catalogue {
        let product = |sku: &str, name: &str| CatalogueItem {
            kind: ItemKind::Product,
            sku: Some(sku.to_owned()),
            name: name.to_owned(),
            aliases: Vec::new(),
        };
        Catalogue::build([
            product("ABC123", "Pallet wrap"),
            product("BLT-10", "Hex bolt M10"),
            product("BLT-12", "Hex bolt M12"),
        ])
    }

    fn filled(asked: EntityName, text: &str) -> Option<(EntityName, String)> {
        let catalogue = catalogue();
        let context = Context {
            catalogue: Some(&catalogue),
            dialogue: &DialogueState::default(),
            now: "2026-03-18T09:00:00Z".parse().unwrap(),
            time_zone: chrono_tz::UTC,
            week_start: Weekday::Mon,
            language: Some(Language::English),
            thresholds: &Thresholds::default(),
        };
        match fill(asked, text, &context) {
            Slot::Filled { name, value, .. } => Some((name, value)),
            Slot::Several(names) => Some((EntityName::Product, format!("one of {}", names.len()))),
            Slot::Nothing => None,
        }
    }

    #[test]
    fn a_word_that_only_one_supplier_has_names_it() {
        let item = |kind, sku: Option<&str>, name: &str| CatalogueItem {
            kind,
            sku: sku.map(str::to_owned),
            name: name.to_owned(),
            aliases: Vec::new(),
        };
        let catalogue = Catalogue::build([
            item(ItemKind::Product, Some("WID-1001"), "Blue widget"),
            item(ItemKind::Supplier, None, "Riverside Widgets"),
            item(ItemKind::Supplier, None, "Pacific Blue Trade"),
            item(ItemKind::Supplier, None, "Eastern Trade"),
        ]);
        let named = |text| by_own_words(text, &catalogue);
        assert_eq!(named("riverside").as_deref(), Some("riverside widgets"));
        assert_eq!(
            named("pacific trade").as_deref(),
            Some("pacific blue trade")
        );
        for text in ["blue", "trade", "northside", "riverside tools", "", "the"] {
            assert_eq!(named(text), None, "{text}");
        }
    }

    #[test]
    fn the_answer_alone_is_enough() {
        use EntityName as E;
        for (asked, text, name, value) in [
            (E::Product, "ABC123", E::Sku, "ABC123"),
            (E::Product, "abc-123 please", E::Sku, "ABC123"),
            (E::Product, "pallet wrap", E::Sku, "ABC123"),
            (E::Product, "the palet wrap", E::Sku, "ABC123"),
            (E::Product, "hex bolt", E::Product, "one of 2"),
            (E::DateRange, "last week", E::DateRange, "last_week"),
            (E::DateRange, "la semana pasada", E::DateRange, "last_week"),
            (
                E::DateRange,
                "for yesterday please",
                E::DateRange,
                "yesterday",
            ),
            (
                E::DateRange,
                "March",
                E::DateRange,
                "2026-03-01..2026-03-31",
            ),
            (E::ReportType, "sales", E::ReportType, "sales"),
            (
                E::ReportType,
                "the inventory one",
                E::ReportType,
                "inventory",
            ),
            (E::ReportType, "ventas", E::ReportType, "sales"),
            (E::Agent, "report generator", E::Agent, "report_generator"),
            (E::Agent, "all", E::Agent, "all"),
            (E::Quantity, "2", E::Quantity, "2"),
            (E::Quantity, "two dozen please", E::Quantity, "24"),
            (E::AlertId, "a17", E::AlertId, "A17"),
            (E::AlertId, "#17", E::AlertId, "17"),
            (E::Supplier, "Acme Corp", E::Supplier, "acme corp"),
            (E::Supplier, "ABC123", E::Sku, "ABC123"),
        ] {
            let expected = Some((name, value.to_owned()));
            assert_eq!(filled(asked, text), expected, "{asked}: {text}");
        }
    }

    #[test]
    fn another_word_is_no_answer() {
        use EntityName as E;
        for (asked, text) in [
            (E::Product, "qwrtz"),
            (E::Product, "👍"),
            (E::Product, ""),
            (E::DateRange, "sales"),
            (E::ReportType, "last week"),
            (E::ReportType, "sales or inventory"),
            (E::ReportType, "show my alerts"),
            (E::Quantity, "-4"),
            (E::Quantity, "2.5"),
            (E::Quantity, "2 or 3"),
            (E::Quantity, "9000000"),
            (E::AlertId, "the first of May"),
            (E::Agent, "the boss"),
            (E::Supplier, ""),
        ] {
            assert_eq!(filled(asked, text), None, "{asked}: {text}");
        }
    }

    proptest! {
        #[test]
        fn reads_anything(text in ".{0,120}", asked in 0..EntityName::ALL.len()) {
            let _ = filled(EntityName::ALL[asked], &text);
        }
    }
}
