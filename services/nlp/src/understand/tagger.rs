//! Finds names in a message: which words are the product, the supplier, the place, the figure, and
//! which number is the quantity. A linear sequence model over units (see [`super::units`]): each
//! unit gets a label so that the sum of the labels' scores and of their transitions is highest.
//! Which labels are possible depends on the intent.

use wharf_domain::entities::EntityName;
use wharf_domain::intent::IntentType;

use std::sync::LazyLock;

use super::hashing;
use super::lexicon::{Classes, class};
use super::table::Table;
pub use super::table::WIDTH;
use super::units::Unit;
use super::words::Shape;

/// The names that are found here; each has a label for its first unit and one for the others.
pub const TAGGED: [EntityName; 7] = [
    EntityName::Product,
    EntityName::Sku,
    EntityName::Quantity,
    EntityName::Location,
    EntityName::Supplier,
    EntityName::Metric,
    EntityName::AlertId,
];

/// Labels: 0 is "no name", then first and further for each of [`TAGGED`].
pub const LABELS: usize = 1 + 2 * TAGGED.len();

/// The names that a message of `intent` may carry and that are found here.
#[must_use]
pub const fn possible(intent: IntentType) -> &'static [EntityName] {
    use EntityName::{AlertId, Location, Metric, Product, Quantity, Sku, Supplier};
    match intent {
        IntentType::CheckInventory => &[Product, Sku, Location],
        IntentType::ReorderStock => &[Product, Sku, Quantity, Supplier],
        IntentType::UpdateStock => &[Product, Sku, Quantity, Location],
        IntentType::AcknowledgeAlert | IntentType::ResolveAlert => &[AlertId],
        IntentType::ViewMetrics => &[Metric],
        IntentType::CheckSupplier => &[Supplier, Product, Sku],
        IntentType::SupplierPerformance => &[Supplier],
        _ => &[],
    }
}

/// The label of the first unit of `name`.
#[must_use]
pub fn first_label(name: EntityName) -> Option<usize> {
    TAGGED
        .iter()
        .position(|tagged| *tagged == name)
        .map(|index| 1 + 2 * index)
}

/// Labels that may stand in a message of `intent`, 0 among them.
#[must_use]
pub fn labels_of(intent: IntentType) -> Vec<usize> {
    std::iter::once(0)
        .chain(
            possible(intent)
                .iter()
                .filter_map(|name| first_label(*name))
                .flat_map(|first| [first, first + 1]),
        )
        .collect()
}

/// Whether `label` may follow `before`: a further unit only follows its own kind.
#[must_use]
pub const fn follows(before: usize, label: usize) -> bool {
    label == 0 || label % 2 == 1 || before == label || before + 1 == label
}

/// A trained tagger.
#[derive(Debug, Clone)]
pub struct Tagger {
    table: Table,
    transitions: Vec<i8>,
}

impl Tagger {
    /// Brings trained weights, a row for each of `hashes`, into their small form: a table of
    /// `2^bits` places.
    #[must_use]
    pub fn from_weights(bits: u32, hashes: &[u64], weights: &[f32], transitions: &[f32]) -> Self {
        let largest = weights
            .iter()
            .chain(transitions)
            .fold(1e-6_f32, |most, w| most.max(w.abs()));
        let factor = 127.0 / largest;
        #[expect(clippy::cast_possible_truncation, reason = "at most 127 after scaling")]
        let small = |w: &f32| (w * factor).round() as i8;
        let rows = weights
            .chunks_exact(WIDTH)
            .map(|row| std::array::from_fn(|label| small(&row[label])));
        Self {
            table: Table::of(bits, hashes.iter().copied().zip(rows)),
            transitions: transitions.iter().map(small).collect(),
        }
    }

    /// The best labels of `units` in a message of `intent`.
    #[must_use]
    pub fn tag(&self, plain: &str, units: &[Unit], intent: IntentType) -> Vec<usize> {
        let labels = labels_of(intent);
        if labels.len() == 1 {
            return vec![0; units.len()];
        }
        let mut hashes = Vec::with_capacity(80);
        let scores: Vec<[i32; WIDTH]> = (0..units.len())
            .map(|at| {
                hashes.clear();
                features(plain, units, at, intent, &mut hashes);
                self.table.sums(&hashes).map(i32::from)
            })
            .collect();
        best_path(&scores, &labels, |before, label| {
            i32::from(self.transitions[before * WIDTH + label])
        })
    }

    /// Its bytes in the model file: weights fit one byte.
    pub fn write(&self, out: &mut Vec<u8>) {
        self.table.write(LABELS, out);
        out.extend(
            self.transitions
                .iter()
                .map(|weight| weight.to_le_bytes()[0]),
        );
    }

    /// Reads what [`Self::write`] wrote.
    #[must_use]
    pub fn read(bytes: &mut &[u8]) -> Option<Self> {
        let table = Table::read(LABELS, bytes)?;
        let (transitions, rest) = bytes.split_at_checked(WIDTH * WIDTH)?;
        *bytes = rest;
        Some(Self {
            table,
            transitions: transitions
                .iter()
                .map(|byte| i8::from_le_bytes([*byte]))
                .collect(),
        })
    }
}

/// The path of labels with the highest sum (Viterbi). Ties go to the earlier label.
pub fn best_path<S>(
    scores: &[[S; WIDTH]],
    labels: &[usize],
    transition: impl Fn(usize, usize) -> S,
) -> Vec<usize>
where
    S: Copy + PartialOrd + std::ops::Add<Output = S> + Default,
{
    let mut back: Vec<[u8; WIDTH]> = Vec::with_capacity(scores.len());
    let mut best: [Option<S>; WIDTH] = [None; WIDTH];
    for (at, row) in scores.iter().enumerate() {
        let mut next: [Option<S>; WIDTH] = [None; WIDTH];
        let mut from = [0_u8; WIDTH];
        for &label in labels {
            let before = if at == 0 { &[0][..] } else { labels };
            for &previous in before {
                if !follows(previous, label) {
                    continue;
                }
                let so_far = if at == 0 {
                    Some(S::default())
                } else {
                    best[previous]
                };
                let Some(so_far) = so_far else { continue };
                let total = so_far + row[label] + transition(previous, label);
                if next[label].is_none_or(|found| total > found) {
                    next[label] = Some(total);
                    from[label] = u8::try_from(previous).unwrap_or(0);
                }
            }
        }
        best = next;
        back.push(from);
    }
    let mut label = labels
        .iter()
        .copied()
        .reduce(|top, label| if best[label] > best[top] { label } else { top })
        .unwrap_or(0);
    let mut path = vec![0; scores.len()];
    for at in (0..scores.len()).rev() {
        path[at] = label;
        label = usize::from(back[at][label]);
    }
    path
}

const UNKNOWN_KEY: u64 = 1;
const OUTSIDE: u64 = 5;

/// The feature hashes of the unit at `at`.
pub fn features(plain: &str, units: &[Unit], at: usize, intent: IntentType, hashes: &mut Vec<u64>) {
    let key = |offset: isize| {
        at.checked_add_signed(offset)
            .and_then(|index| units.get(index))
            .map_or(OUTSIDE, |unit| {
                if unit.known || unit.number.is_some() {
                    unit.key
                } else {
                    UNKNOWN_KEY + ((unit.shape as u64) << 8)
                }
            })
    };
    let classes = |offset: isize| {
        at.checked_add_signed(offset)
            .and_then(|index| units.get(index))
            .map_or(OUTSIDE, |unit| unit.classes << 3 | unit.shape as u64)
    };
    let unit = &units[at];
    let text = &plain[unit.span()];
    let intent = intent as u64 + 1;
    let keys = [key(-2), key(-1), key(0), key(1), key(2)];
    let mut push = |kind: u64, value: u64| {
        let hash = hashing::join(kind, value);
        hashes.push(hash);
        hashes.push(hashing::join(hash, intent));
    };
    for (offset, &key) in keys.iter().enumerate() {
        push(100 + offset as u64, key);
    }
    push(105, hashing::join(keys[1], keys[2]));
    push(106, hashing::join(keys[2], keys[3]));
    push(107, hashing::join(keys[0], keys[1]));
    push(108, hashing::join(keys[3], keys[4]));
    push(109, hashing::join(keys[1], keys[3]));
    push(110, hashing::join(hashing::join(keys[0], keys[1]), keys[2]));
    push(111, hashing::join(hashing::join(keys[2], keys[3]), keys[4]));
    push(112, classes(0));
    push(113, classes(-1));
    push(114, classes(1));
    push(115, hashing::join(classes(-1), classes(0)));
    push(116, hashing::join(classes(0), classes(1)));
    push(117, hashing::join(classes(-1), classes(1)));
    push(118, hashing::join(classes(-2), classes(-1)));
    push(119, unit.shape as u64);
    push(120, hashing::of(text));
    let bytes = text.as_bytes();
    push(
        121,
        bytes
            .iter()
            .take(3)
            .fold(7, |state, byte| hashing::step(state, *byte)),
    );
    push(
        122,
        bytes
            .iter()
            .rev()
            .take(3)
            .fold(8, |state, byte| hashing::step(state, *byte)),
    );
    push(
        123,
        hashing::join(pattern(bytes), bytes.len().min(8) as u64),
    );
    let capital = |offset: isize| {
        at.checked_add_signed(offset)
            .and_then(|index| units.get(index))
            .map_or(3, |unit| u64::from(unit.capital))
    };
    let known = u64::from(unit.known) | u64::from(unit.mended) << 6;
    push(128, capital(0) << 1 | known);
    push(129, capital(-1) << 4 | capital(0) << 2 | capital(1));
    push(124, at.min(3) as u64);
    push(125, (units.len() - at).min(3) as u64);
    ends(plain, units, at, &mut push);
    surroundings(units, at, &mut push);
    for back in 1..=4_usize {
        if let Some(index) = at.checked_sub(back) {
            push(126, units[index].key);
        }
    }
    for ahead in 1..=3_usize {
        if let Some(unit) = units.get(at + ahead) {
            push(127, unit.key);
        }
    }
}

/// How the words at and beside `at` end: what tells things from doings.
fn ends(plain: &str, units: &[Unit], at: usize, push: &mut impl FnMut(u64, u64)) {
    let ending = |offset: isize, length: usize| {
        at.checked_add_signed(offset)
            .and_then(|index| units.get(index))
            .map_or(OUTSIDE, |unit| {
                let bytes = plain[unit.span()].as_bytes();
                let start = bytes.len().saturating_sub(length);
                bytes[start..]
                    .iter()
                    .fold(8, |state, byte| hashing::step(state, *byte))
            })
    };
    push(130, ending(0, 2));
    push(131, ending(-1, 2));
    push(132, ending(1, 2));
    push(133, hashing::join(ending(0, 2), ending(1, 2)));
    push(134, ending(0, 4));
}

/// Words that say what is done with the things named.
static DOINGS: LazyLock<Classes> = LazyLock::new(|| {
    [
        "buy", "need", "get", "low", "much", "left", "where", "receive", "remove", "add", "set",
        "perf", "supplier", "contact", "metric",
    ]
    .iter()
    .fold(0, |classes, name| classes | class(name))
});

/// Where the unit at `at` stands among the words for doings, the numbers and the words that are
/// not in the vocabulary.
fn surroundings(units: &[Unit], at: usize, push: &mut impl FnMut(u64, u64)) {
    let doing = |unit: &&Unit| unit.classes & *DOINGS != 0;
    let number = |unit: &&Unit| unit.shape == Shape::Number;
    let strange = |unit: &&Unit| unit.shape == Shape::Word && !unit.known;
    let (before, after) = (&units[..at], &units[at + 1..]);
    let unit = &units[at];
    let own = u64::from(unit.known) | (unit.shape as u64) << 1;
    let left = before
        .iter()
        .rev()
        .find(doing)
        .map_or(0, |unit| unit.classes & *DOINGS);
    let right = after
        .iter()
        .find(doing)
        .map_or(0, |unit| unit.classes & *DOINGS);
    push(135, hashing::join(left, own));
    push(136, hashing::join(right, own));
    let distance = |place: Option<usize>| place.map_or(0, |away| away.min(3) as u64 + 1);
    let numbers = distance(before.iter().rev().position(|unit| number(&unit))) << 3
        | distance(after.iter().position(|unit| number(&unit)));
    push(137, hashing::join(numbers, own));
    let others = distance(before.iter().rev().position(|unit| strange(&unit))) << 3
        | distance(after.iter().position(|unit| strange(&unit)));
    push(138, hashing::join(others, own));
    push(139, hashing::join(numbers << 6 | others, own));
}

/// What a token looks like: runs of digits, letters and marks.
fn pattern(token: &[u8]) -> u64 {
    let mut state = 9;
    let mut last = 0;
    for byte in token {
        let mark = match byte {
            b'0'..=b'9' => b'd',
            b'a'..=b'z' | 0x80.. => b'a',
            _ => b'-',
        };
        if mark != last {
            state = hashing::step(state, mark);
            last = mark;
        }
    }
    state
}
