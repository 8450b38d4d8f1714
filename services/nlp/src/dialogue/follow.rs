//! Follow-ups: a message that names one thing and means the request before with it. "same for last
//! week", "and bolts?", "what about ACME", "¿y tornillos?".
//!
//! Only what is plain is taken: the words after the opening must be a thing that the request
//! before has a use for, and nothing else. To add an opening: a line of [`OPENINGS`]; to let another
//! entity be replaced: a case of [`replaced`].

use wharf_domain::{
    contracts::ProductName,
    entities::{Entities, EntityName},
    intent::IntentType,
    mapping::{AgentMapping, mapping_of},
    metric,
};

use super::{
    choices::{self, is_filler, one_of, words},
    slot::{self, Slot},
};
use crate::understand::{
    Context,
    dates::{self, DateContext},
    entities::numbers,
    lexemes::{self, Vocabulary},
    normalise::Normalised,
};

/// The request that came before, with what it named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Previous {
    /// What was wanted.
    pub intent: IntentType,
    /// With what.
    pub entities: Entities,
}

/// A message that opens like a follow-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Follow<'t> {
    /// Whether it says that it is the same again, so that it is no request by itself.
    pub same: bool,
    /// What it names, in plain form.
    pub named: &'t str,
}

/// The request that a follow-up makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Followed {
    /// With these entities; `sure`: the thing is plainly one that there is.
    One {
        /// All of them, replaced and kept.
        entities: Entities,
        /// Whether the product is surely the one that is meant.
        sure: bool,
    },
    /// Several products are called that.
    Which {
        /// All but the product's code.
        entities: Entities,
        /// The words for it.
        asked: String,
        /// The products.
        candidates: Vec<ProductName>,
    },
}

/// How a follow-up begins, and whether it says "the same"; longer ones first.
const OPENINGS: &[(&str, bool)] = &[
    ("and what about", false),
    ("and how about", false),
    ("what about", false),
    ("how about", false),
    ("do the same", true),
    ("and the same", true),
    ("the same", true),
    ("and same", true),
    ("same", true),
    ("and", false),
    ("y que hay de", false),
    ("que hay de", false),
    ("y que tal", false),
    ("que tal", false),
    ("y lo mismo", true),
    ("lo mismo", true),
    ("igual", true),
    ("y", false),
];
/// What may stand after "the same".
const THING: &[&str] = &["thing", "again", "report", "one", "pero", "but"];
/// What stands before a name.
const BEFORE: &[&str] = &[
    "for", "of", "with", "on", "about", "from", "the", "those", "these", "para", "de", "del",
    "con", "el", "la", "los", "las", "sobre",
];
/// What stands before a place.
const AT: &[&str] = &["in", "at", "en"];
/// Longer than this it is more than a name.
const MOST_WORDS: usize = 9;

/// Whether a message opens like a follow-up, so that it is worth knowing what came before.
#[must_use]
pub fn opens(text: &str) -> bool {
    read(Normalised::new(text).text()).is_some()
}

/// The follow-up that a message opens like; `plain` is lower case without accents.
#[must_use]
pub fn read(plain: &str) -> Option<Follow<'_>> {
    let said = plain.trim_matches(|c: char| !c.is_alphanumeric());
    if said.split_whitespace().count() > MOST_WORDS {
        return None;
    }
    let (mut named, same) = OPENINGS.iter().find_map(|(opening, same)| {
        let rest = said.strip_prefix(opening)?;
        rest.starts_with([' ', ',']).then_some((rest, *same))
    })?;
    named = named.trim_start_matches([' ', ',']);
    if same {
        while let Some(rest) = without_first(named, THING) {
            named = rest;
        }
    }
    Some(Follow { same, named })
}

/// The request that `follow` makes out of `previous`; `None`: it names nothing that fits it, or
/// more than that.
#[must_use]
pub fn followed(
    follow: &Follow<'_>,
    previous: &Previous,
    context: &Context<'_>,
) -> Option<Followed> {
    let mapping = mapping_of(previous.intent)?;
    let mut entities = previous.entities.clone();
    let mut rest = follow.named.to_owned();
    let mut any = false;
    if accepts(mapping, EntityName::DateRange)
        && let Some((label, without)) = period(&rest, context)
    {
        entities.set(EntityName::DateRange, label);
        (rest, any) = (without, true);
    }
    if accepts(mapping, EntityName::Location)
        && let Some((place, without)) = place(&rest, context)
    {
        entities.set(EntityName::Location, place);
        (rest, any) = (without, true);
    }
    let mut counted = false;
    if accepts(mapping, EntityName::Quantity)
        && let Some((quantity, without)) = quantity(&rest)
    {
        entities.set(EntityName::Quantity, quantity);
        (rest, any, counted) = (without, true, true);
    }
    let name = name(&rest);
    if name.is_empty() {
        return any.then_some(Followed::One {
            entities,
            sure: true,
        });
    }
    match replaced(mapping, name, context)? {
        Replaced::Value(entity, value, sure) => {
            replace(&mut entities, mapping, entity, value);
            // How many were wanted of one thing says nothing of another, unless it is the same.
            let product = matches!(entity, EntityName::Sku | EntityName::Product);
            if product && !counted && !follow.same {
                entities.remove(EntityName::Quantity);
            }
            Some(Followed::One { entities, sure })
        }
        Replaced::Several(candidates) => {
            replace(&mut entities, mapping, EntityName::Product, name.to_owned());
            if !counted && !follow.same {
                entities.remove(EntityName::Quantity);
            }
            Some(Followed::Which {
                entities,
                asked: name.to_owned(),
                candidates,
            })
        }
    }
}

fn accepts(mapping: &AgentMapping, name: EntityName) -> bool {
    let mut required = mapping.required.iter().copied().flatten();
    required.any(|known| *known == name)
        || mapping.optional.contains(&name)
        // Lines of a list of alerts ask for one.
        || (mapping.intent == IntentType::ViewAlerts && name == EntityName::AlertId)
}

/// Sets `name`, without what stands for the same thing.
fn replace(entities: &mut Entities, mapping: &AgentMapping, name: EntityName, value: String) {
    for group in mapping
        .required
        .iter()
        .filter(|group| group.contains(&name))
    {
        for other in *group {
            entities.remove(*other);
        }
    }
    // One alert is not a list of them.
    if mapping.intent == IntentType::ViewAlerts {
        match name {
            EntityName::AlertId => *entities = Entities::default(),
            _ => {
                entities.remove(EntityName::AlertId);
            }
        }
    }
    entities.set(name, value);
}

enum Replaced {
    Value(EntityName, String, bool),
    Several(Vec<ProductName>),
}

/// What `name` is, when it is one thing that the request has a use for.
fn replaced(mapping: &AgentMapping, name: &str, context: &Context<'_>) -> Option<Replaced> {
    use EntityName as E;
    let mut found = Vec::new();
    for entity in [E::Supplier, E::Product, E::Location] {
        if !accepts(mapping, entity) {
            continue;
        }
        match slot::fill(entity, name, context) {
            Slot::Filled { name, value, sure } if name == entity || name == E::Sku => {
                let product = matches!(name, E::Product | E::Sku);
                // A place or a supplier that the catalogue does not know is a guess.
                if sure || product {
                    found.push(Replaced::Value(name, value, sure));
                }
            }
            Slot::Several(candidates) => found.push(Replaced::Several(candidates)),
            _ => {}
        }
    }
    if accepts(mapping, E::Supplier) && accepts(mapping, E::Product) {
        // Asked for a supplier, a product's name is read too: once is enough.
        found.dedup_by(|one, other| {
            matches!((one, other), (Replaced::Value(a, x, _), Replaced::Value(b, y, _)) if a == b && x == y)
        });
    }
    let words = [
        (E::Severity, choices::SEVERITIES),
        (E::Category, choices::CATEGORIES),
        (E::ReportType, choices::REPORTS),
        (E::Agent, choices::AGENTS),
    ];
    for (entity, table) in words {
        if accepts(mapping, entity)
            && let Some(value) = one_of(name, table)
        {
            found.push(Replaced::Value(entity, value, true));
        }
    }
    if accepts(mapping, E::AlertId)
        && let Slot::Filled { value, .. } = slot::fill(E::AlertId, name, context)
    {
        found.push(Replaced::Value(E::AlertId, value, true));
    }
    if accepts(mapping, E::Metric) && metric::meant(name).is_some() {
        found.push(Replaced::Value(E::Metric, name.to_owned(), true));
    }
    let sure = |replaced: &Replaced| matches!(replaced, Replaced::Value(_, _, true));
    // A name that is surely one thing is not also another that sounds like it.
    if found.iter().filter(|replaced| sure(replaced)).count() == 1 {
        return found.into_iter().find(sure);
    }
    match found.len() {
        1 => found.pop(),
        _ => None,
    }
}

fn without_first<'t>(text: &'t str, words: &[&str]) -> Option<&'t str> {
    let first = text.split([' ', ',']).next()?;
    words
        .contains(&first)
        .then(|| text[first.len()..].trim_start_matches([' ', ',']))
}

/// The name without what stands before it, and without what stood before something else: "the
/// revenue of" when the day behind it is read.
fn name(rest: &str) -> &str {
    let mut name = rest.trim_matches(|c: char| c.is_whitespace() || matches!(c, ',' | '?' | '.'));
    while let Some(rest) = without_first(name, BEFORE) {
        name = rest;
    }
    while let Some((before, last)) = name.rsplit_once(' ')
        && BEFORE.contains(&last)
    {
        name = before.trim_end();
    }
    match words(name).all(|word| BEFORE.contains(&word) || is_filler(word)) {
        true => "",
        false => name,
    }
}

/// The period in `rest`, and what stands beside it.
fn period(rest: &str, context: &Context<'_>) -> Option<(String, String)> {
    let today = context.now.with_timezone(&context.time_zone).date_naive();
    let in_language = |language| {
        let dates = DateContext::new(today, context.week_start, language);
        let found = dates::find(rest, &dates)
            .into_iter()
            .filter(|found| found.range.start.is_none_or(|start| start <= today))
            .max_by_key(|found| found.span.len())?;
        Some((dates::label(&found, &dates), found.span))
    };
    // People write in another language than their profile's, too.
    let (label, span) =
        in_language(context.language.map(Into::into)).or_else(|| in_language(None))?;
    let without = format!("{} {}", &rest[..span.start], &rest[span.end..]);
    Some((label, without))
}

/// The place that the catalogue knows after "in", and what stands before.
fn place(rest: &str, context: &Context<'_>) -> Option<(String, String)> {
    let mut at = 0;
    for word in rest.split_inclusive(' ') {
        let end = at + word.len();
        if AT.contains(&word.trim())
            && let Slot::Filled {
                value, sure: true, ..
            } = slot::fill(EntityName::Location, name(&rest[end..]), context)
        {
            return Some((value, rest[..at].to_owned()));
        }
        at = end;
    }
    None
}

/// The number that `rest` begins with, and what stands after: "20 of the bolts".
fn quantity(rest: &str) -> Option<(String, String)> {
    let rest = name(rest);
    let lexemes = lexemes::lexemes(rest, &Vocabulary::default());
    let found = numbers::find(rest, &lexemes);
    let [number] = found.as_slice() else {
        return None;
    };
    if number.first != 0 || number.negative || number.value > slot::MOST {
        return None;
    }
    let value = number.whole()?;
    let end = lexemes.get(number.end.checked_sub(1)?)?.token.span().end;
    let mut after = rest[end..].trim_start();
    while let Some(rest) = without_first(after, UNITS) {
        after = rest;
    }
    Some((value, after.to_owned()))
}

const UNITS: &[&str] = &[
    "units", "unit", "pcs", "pieces", "boxes", "box", "more", "unidades", "piezas", "cajas", "mas",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn openings() {
        let follow = |same, named| Some(Follow { same, named });
        for (text, expected) in [
            ("same for last week", follow(true, "for last week")),
            ("the same thing for march", follow(true, "for march")),
            ("and bolts?", follow(false, "bolts")),
            ("what about acme", follow(false, "acme")),
            ("and in oakland?", follow(false, "in oakland")),
            ("¿y tornillos?", follow(false, "tornillos")),
            (
                "lo mismo de la semana pasada",
                follow(true, "de la semana pasada"),
            ),
            ("same in euros", follow(true, "in euros")),
            ("android phones", None),
            ("yes", None),
            ("and", None),
            ("and then i told him that we would not order any more", None),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }
}
