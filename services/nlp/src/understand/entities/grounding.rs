//! What the company's catalogue makes of the names in a message. Exact names of the catalogue win
//! over the tagger's borders; a misspelt name becomes the catalogue's when it is sure enough;
//! several candidates, or none, are handed on so that the reply can ask. A misspelt code that is
//! only probable is put in as well, and said to be so ([`Certainty`]).

use std::ops::Range;

use wharf_domain::entities::EntityName;
use wharf_domain::intent::IntentType;

use super::super::catalogue::{
    Catalogue, CatalogueItem, ItemIndex, ItemKind, Resolution, Via, Work,
};
use super::super::tagger;
use super::{Found, Reading, values};

/// What one name of the message means in the catalogue.
#[derive(Debug, Clone, PartialEq)]
pub struct Grounding {
    /// Which entity.
    pub name: EntityName,
    /// What it means.
    pub resolution: Resolution,
}

/// How sure it is which product of the catalogue a message means.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// Named as the catalogue does, or nothing was to be found out.
    #[default]
    Sure,
    /// A misspelt code, of which one meaning is sure enough to answer a question.
    Corrected,
    /// A misspelt code, of which one meaning is probable: "did you mean …?"
    Probable,
    /// A code that the catalogue does not have, and has nothing near.
    Missing,
    /// A code that may be several: "which of these?"
    Several,
}

impl Certainty {
    /// What is in doubt, in words.
    #[must_use]
    pub const fn reason(self) -> Option<&'static str> {
        match self {
            Self::Sure => None,
            Self::Corrected => Some("misspelt code"),
            Self::Probable => Some("misspelt code, one is probable"),
            Self::Missing => Some("code not in the catalogue"),
            Self::Several => Some("misspelt code, several are possible"),
        }
    }

    fn of_code(resolution: &Resolution) -> Certainty {
        match resolution {
            Resolution::One { distance: 0, .. } => Certainty::Sure,
            Resolution::One { .. } if resolution.accepted().is_some() => Certainty::Corrected,
            Resolution::One { .. } => Certainty::Probable,
            Resolution::None { .. } => Certainty::Missing,
            Resolution::Several(_) => Certainty::Several,
        }
    }
}

/// The item to put in: an accepted one, and of a code also a probable one.
fn meant(resolution: &Resolution, via: Via) -> Option<ItemIndex> {
    match resolution {
        Resolution::One { item, .. } if via == Via::Sku => Some(*item),
        resolution => resolution.accepted(),
    }
}

const fn kind_of(name: EntityName) -> Option<ItemKind> {
    match name {
        EntityName::Product | EntityName::Sku => Some(ItemKind::Product),
        EntityName::Supplier => Some(ItemKind::Supplier),
        EntityName::Location => Some(ItemKind::Location),
        _ => None,
    }
}

/// Corrects `found` by the catalogue and says what each name means there.
pub(super) fn ground(
    catalogue: &Catalogue,
    reading: &Reading<'_>,
    intent: IntentType,
    found: &mut Found,
) -> Vec<Grounding> {
    let possible = tagger::possible(intent);
    if !possible.iter().any(|name| kind_of(*name).is_some()) {
        return Vec::new();
    }
    let mut groundings: Vec<Grounding> = Vec::new();
    let mut work = Work::default();
    let plain = reading.plain.text();
    for hit in catalogue.find_all(plain) {
        let Some(item) = item(catalogue, hit.item) else {
            continue;
        };
        let name = match (item.kind, hit.via) {
            (ItemKind::Product, Via::Sku) => EntityName::Sku,
            (ItemKind::Product, _) => EntityName::Product,
            (ItemKind::Supplier, _) => EntityName::Supplier,
            (ItemKind::Location, _) => EntityName::Location,
        };
        if !possible.contains(&name) || groundings.iter().any(|known| known.name == name) {
            continue;
        }
        let span = reading.plain.origin(hit.span.clone());
        clear(found, &span);
        found.spans.retain(|(known, _)| *known != name);
        let resolution = if hit.ambiguous_with.is_empty() {
            set(found, name, item);
            Resolution::One {
                item: hit.item,
                distance: 0,
                score: 1.0,
                partial: false,
            }
        } else {
            found.entities.set(name, value(name, item));
            catalogue
                .resolve_with(Some(item.kind), &plain[hit.span.clone()], &mut work)
                .0
        };
        found.spans.push((name, span));
        groundings.push(Grounding { name, resolution });
    }
    for (name, span) in found.spans.clone() {
        let Some(kind) = kind_of(name) else { continue };
        if groundings
            .iter()
            .any(|known| kind_of(known.name) == Some(kind))
        {
            continue;
        }
        let (resolution, via) =
            catalogue.resolve_with(Some(kind), &reading.original[span.clone()], &mut work);
        // What the tagger took for a name and the catalogue for a code is a code.
        let coded = via == Via::Sku && possible.contains(&EntityName::Sku);
        let named = name;
        let name = if coded { EntityName::Sku } else { name };
        if name != named {
            found.entities.remove(named);
            found.spans.retain(|(known, _)| *known != named);
            found
                .entities
                .set(name, values::code(&reading.original[span.clone()]));
            found.spans.push((name, span));
        }
        if let Some(item) = meant(&resolution, via).and_then(|index| item(catalogue, index)) {
            set(found, name, item);
        }
        if name == EntityName::Sku {
            found.certainty = Certainty::of_code(&resolution);
        }
        groundings.push(Grounding { name, resolution });
    }
    // A question out of several candidates stands, and beside a code nothing is looked for that
    // the tagger did not see; only what is missing, or a name not known at all, is looked for in
    // the whole message.
    let coded = found.entities.has(EntityName::Sku);
    let unresolved = |kind: ItemKind| match groundings
        .iter()
        .find(|known| kind_of(known.name) == Some(kind))
    {
        Some(known) => {
            known.name != EntityName::Sku && matches!(known.resolution, Resolution::None { .. })
        }
        None => !coded,
    };
    if possible
        .iter()
        .filter(|name| !matches!(name, EntityName::Location))
        .filter_map(|name| kind_of(*name))
        .any(unresolved)
    {
        fuzzy(
            catalogue,
            reading,
            possible,
            found,
            &mut groundings,
            &mut work,
        );
    }
    groundings
}

/// Looks for misspelt names where the tagger found none that the catalogue knows.
fn fuzzy(
    catalogue: &Catalogue,
    reading: &Reading<'_>,
    possible: &[EntityName],
    found: &mut Found,
    groundings: &mut Vec<Grounding>,
    work: &mut Work,
) {
    for hit in catalogue.find_fuzzy_with(reading.plain.text(), work) {
        let Some(item) = meant(&hit.resolution, hit.via).and_then(|index| item(catalogue, index))
        else {
            continue;
        };
        let name = match item.kind {
            ItemKind::Product if hit.via == Via::Sku && possible.contains(&EntityName::Sku) => {
                EntityName::Sku
            }
            ItemKind::Product => EntityName::Product,
            ItemKind::Supplier => EntityName::Supplier,
            ItemKind::Location => EntityName::Location,
        };
        let known = groundings
            .iter()
            .position(|known| kind_of(known.name) == Some(item.kind));
        let settled = known.is_some_and(|at| groundings[at].resolution.accepted().is_some());
        if settled || !possible.contains(&name) {
            continue;
        }
        if let Some(at) = known {
            groundings.remove(at);
        }
        let span = reading.plain.origin(hit.span.clone());
        clear(found, &span);
        found.spans.retain(|(known, _)| *known != name);
        set(found, name, item);
        found.spans.push((name, span));
        if hit.via == Via::Sku {
            found.certainty = Certainty::of_code(&hit.resolution);
        }
        groundings.push(Grounding {
            name,
            resolution: hit.resolution,
        });
    }
}

fn item(catalogue: &Catalogue, index: ItemIndex) -> Option<&CatalogueItem> {
    catalogue.items().get(index as usize)
}

fn value(name: EntityName, item: &CatalogueItem) -> String {
    match (name, &item.sku) {
        (EntityName::Sku, Some(sku)) => sku.to_uppercase(),
        _ => item.name.to_lowercase(),
    }
}

fn set(found: &mut Found, name: EntityName, item: &CatalogueItem) {
    found.entities.set(name, value(name, item));
}

/// Takes out what the tagger found inside `span`.
fn clear(found: &mut Found, span: &Range<usize>) {
    let inside: Vec<EntityName> = found
        .spans
        .iter()
        .filter(|(_, other)| other.start < span.end && span.start < other.end)
        .map(|(name, _)| *name)
        .collect();
    for name in inside {
        found.entities.remove(name);
        found.spans.retain(|(known, _)| *known != name);
    }
}
