//! Grounding of the names that messages use in a company's catalogue: products, their codes,
//! suppliers and locations. Pure and deterministic; the catalogue is built once and shared.
//!
//! Three questions are answered. [`Catalogue::find_all`] finds exact names in a text;
//! [`Catalogue::resolve`] says what the words of a name mean, misspelt or partial as they may be;
//! [`Catalogue::find_fuzzy`] looks for misspelt names where nobody marked them.
//!
//! Parts: `fold` cuts text into comparable tokens, `vocabulary` knows the names' words, `spell`
//! finds a misspelt word, `query` reads a message's words, `align` compares them with one name,
//! `resolve` decides, `sku` does the same for codes (`tree` finds them, `slips` and `families` weigh
//! them), `exact` and `fuzzy` look through whole texts,
//! `lexicon` holds the words known beforehand. New ordinary words and package names go into
//! `lexicon`, fillers into `fold`; the numbers that decide acceptance stand at the top of `resolve` and `sku`.

mod align;
mod exact;
mod families;
mod fold;
mod fuzzy;
mod lexicon;
mod query;
mod resolve;
mod sku;
mod slips;
mod spell;
#[cfg(test)]
mod tests;
mod tree;
mod vocabulary;
mod written;

use std::ops::Range;

use self::fold::Tokens;
pub use self::fold::fold;
pub use self::resolve::Work;
use self::vocabulary::Vocabulary;

/// Position of an item in [`Catalogue::items`].
pub type ItemIndex = u32;

/// The score from which a [`Resolution::One`] may be taken without asking. Exact names, codes and
/// full names with few typing errors score above it, partial names below.
pub const ACCEPT: f32 = 0.8;

/// Longest name taken from the catalogue, in tokens; the rest of a longer one is not compared.
const MAX_NAME: usize = 16;
/// Most candidates of a question.
const MAX_CANDIDATES: usize = 5;

/// What kind of thing a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ItemKind {
    /// Something in stock.
    Product,
    /// A company that is bought from.
    Supplier,
    /// A place where stock lies.
    Location,
}

/// One entry of a company's catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatalogueItem {
    /// What it is.
    pub kind: ItemKind,
    /// Its code, when it has one.
    pub sku: Option<String>,
    /// Its name, as replies print it.
    pub name: String,
    /// Other names that people use.
    pub aliases: Vec<String>,
}

/// By what an exact hit was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// The code.
    Sku,
    /// The name.
    Name,
    /// One of the aliases.
    Alias,
    /// The name without its last unit, when the number before tells it from another of that name:
    /// `bracket 160`, where there are `bracket 120 mm` and `bracket 160 mm`.
    Unitless,
}

/// An exact name, code or alias in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Bytes of the folded text.
    pub span: Range<usize>,
    /// The item, the first of the catalogue when several share the name.
    pub item: ItemIndex,
    /// By what it was found.
    pub via: Via,
    /// Other items of exactly this name, at most four.
    pub ambiguous_with: Vec<ItemIndex>,
}

/// One possible meaning.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate {
    /// The item.
    pub item: ItemIndex,
    /// Typing errors assumed.
    pub distance: u8,
    /// How well it fits, 0 to 1.
    pub score: f32,
}

/// What the words of a name mean.
#[derive(Clone, Debug, PartialEq)]
pub enum Resolution {
    /// One item. The score is 1 for the exact name or code; for a misspelt full name .95 less .04
    /// for each typing error; for a code .97 with look-alikes, .86 with one typing error, .81 with
    /// two, .7 when it is probable but must be asked; for a part of a name that only one item has .5 plus a quarter of the part of the
    /// name's weight that was written, so at most .75.
    One {
        /// The item.
        item: ItemIndex,
        /// Typing errors assumed.
        distance: u8,
        /// How sure, 0 to 1; see [`ACCEPT`].
        score: f32,
        /// Whether only a part of the name was written.
        partial: bool,
    },
    /// Up to five items, best first: a numbered question. A single one is a "did you mean".
    Several(Vec<Candidate>),
    /// No item.
    None {
        /// Up to three items that share most, for "not found, nearest: …".
        nearest: Vec<ItemIndex>,
    },
}

impl Resolution {
    fn sure(item: ItemIndex) -> Resolution {
        Resolution::One {
            item,
            distance: 0,
            score: 1.0,
            partial: false,
        }
    }

    /// Typing errors of the best reading, [`u8::MAX`] when there is none.
    fn best_distance(&self) -> u8 {
        match self {
            Resolution::One { distance, .. } => *distance,
            Resolution::Several(list) => list.first().map_or(u8::MAX, |best| best.distance),
            Resolution::None { .. } => u8::MAX,
        }
    }

    /// The item, when there is one that may be taken without asking.
    pub fn accepted(&self) -> Option<ItemIndex> {
        match self {
            Resolution::One { item, score, .. } if *score >= ACCEPT => Some(*item),
            _ => None,
        }
    }
}

/// A misspelt name in a text.
#[derive(Clone, Debug, PartialEq)]
pub struct FuzzyHit {
    /// Bytes of the folded text.
    pub span: Range<usize>,
    /// What it means; never [`Resolution::None`].
    pub resolution: Resolution,
    /// By what it was found.
    pub via: Via,
}

/// A name or alias of an item, as tokens.
#[derive(Debug)]
struct Form {
    item: ItemIndex,
    kind: ItemKind,
    words: Vec<u32>,
    /// Sum of the words' weights.
    weight: f32,
}

/// A company's names, ready to be looked up.
#[derive(Debug)]
pub struct Catalogue {
    items: Vec<CatalogueItem>,
    forms: Vec<Form>,
    vocabulary: Vocabulary,
    skus: sku::SkuIndex,
    exact: exact::ExactIndex,
}

impl Catalogue {
    /// Indexes the items; they keep their order.
    pub fn build(items: impl IntoIterator<Item = CatalogueItem>) -> Catalogue {
        let items: Vec<CatalogueItem> = items.into_iter().collect();
        let mut vocabulary = Vocabulary::default();
        let mut forms = Vec::with_capacity(items.len());
        let mut skus = sku::SkuIndex::default();
        let mut exact = exact::Builder::default();
        for (item, entry) in (0..).zip(&items) {
            if let Some(sku) = &entry.sku {
                skus.add(&fold(sku), item);
                exact.add(&Tokens::of(&fold(sku), MAX_NAME), item, Via::Sku);
            }
            let names = std::iter::once((&entry.name, Via::Name));
            for (name, via) in names.chain(entry.aliases.iter().map(|a| (a, Via::Alias))) {
                let tokens = Tokens::of(&fold(name), MAX_NAME);
                if tokens.list.is_empty() {
                    continue;
                }
                exact.add(&tokens, item, via);
                exact.add_unitless(&tokens, item);
                let words = vocabulary.add_form(forms.len() as u32, &tokens);
                forms.push(Form {
                    item,
                    kind: entry.kind,
                    words,
                    weight: 0.0,
                });
            }
        }
        vocabulary.finish(forms.len());
        skus.finish();
        for form in &mut forms {
            form.weight = form
                .words
                .iter()
                .map(|w| vocabulary.words[*w as usize].weight)
                .sum();
        }
        Catalogue {
            items,
            forms,
            vocabulary,
            skus,
            exact: exact.finish(),
        }
    }

    /// The items, in the order they were given.
    pub fn items(&self) -> &[CatalogueItem] {
        &self.items
    }
}

/// A question out of item, distance and score; each item once, best first as given.
fn candidates(found: impl IntoIterator<Item = (ItemIndex, u8, f32)>) -> Resolution {
    let mut list: Vec<Candidate> = Vec::with_capacity(MAX_CANDIDATES);
    for (item, distance, score) in found {
        if list.len() == MAX_CANDIDATES {
            break;
        }
        if list.iter().all(|known| known.item != item) {
            list.push(Candidate {
                item,
                distance,
                score,
            });
        }
    }
    Resolution::Several(list)
}
