//! When suppliers delivered, late or short, and what they still owe.

use std::collections::BTreeMap;

use bigdecimal::BigDecimal;
use chrono::{Days, NaiveDate};
use rand::{Rng, RngExt};
use uuid::Uuid;

use super::{
    super::{
        location_id, product_id,
        purchasing::{Offer, Supplier, Terms, price_on, supplier_id},
    },
    DAYS, PLACES,
    walk::{Walk, whole},
};

/// An order of one supplier for one place.
#[derive(Debug)]
pub(super) struct Order {
    pub(super) supplier: Uuid,
    pub(super) place: Uuid,
    pub(super) ordered: NaiveDate,
    pub(super) expected: NaiveDate,
    /// The day that it came; `None`: it has not.
    pub(super) delivered: Option<NaiveDate>,
    pub(super) lines: Vec<Line>,
}

/// A line of an order, and what came of it.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) product: Uuid,
    pub(super) ordered: i64,
    pub(super) delivered: i64,
    pub(super) rejected: i64,
    pub(super) unit_price: BigDecimal,
}

/// One coming of a supplier to a place.
struct Visit {
    ordered: NaiveDate,
    expected: NaiveDate,
    /// Whether it brings less than was ordered.
    short: bool,
    lines: Vec<Line>,
}

/// Every supplier's visits, by supplier, place and day.
pub(super) struct Visits {
    visits: BTreeMap<(&'static str, usize, NaiveDate), Visit>,
    open: BTreeMap<(&'static str, usize), Order>,
    good: BTreeMap<&'static str, f64>,
    lead: BTreeMap<&'static str, i32>,
}

/// Share of visits at which a second supplier brings something that the first could have brought.
const SECOND_CHOICE: f64 = 0.25;
/// Days between two visits of a supplier at a place.
const BETWEEN: std::ops::RangeInclusive<u64> = 12..=19;

impl Visits {
    /// When each supplier came to each place during the year.
    pub(super) fn plan(
        suppliers: &[Supplier],
        places: usize,
        today: NaiveDate,
        random: &mut impl Rng,
    ) -> Self {
        let mut plan = Self {
            visits: BTreeMap::new(),
            open: BTreeMap::new(),
            good: suppliers.iter().map(|s| (s.name, s.good)).collect(),
            lead: suppliers
                .iter()
                .map(|s| (s.name, s.lead_time_days))
                .collect(),
        };
        for supplier in suppliers {
            for place in 0..places {
                let mut back = random.random_range(2..=*BETWEEN.end());
                while back <= DAYS {
                    let late = !random.random_bool(supplier.on_time);
                    let delay = if late { random.random_range(1..=9) } else { 0 };
                    let day = ago(today, back);
                    let expected = ago(day, delay);
                    let visit = Visit {
                        ordered: ago(
                            expected,
                            u64::try_from(supplier.lead_time_days).unwrap_or(0),
                        ),
                        expected,
                        short: !random.random_bool(supplier.full),
                        lines: Vec::new(),
                    };
                    plan.visits.insert((supplier.name, place, day), visit);
                    back += random.random_range(BETWEEN);
                }
            }
        }
        plan
    }

    /// The good units that came on `day`, after which there were `stock`; 0 when nobody came.
    pub(super) fn deliver(
        &mut self,
        walk: &Walk<'_>,
        day: NaiveDate,
        stock: i64,
        found_empty: bool,
        random: &mut impl Rng,
    ) -> i64 {
        for (choice, offer) in walk.terms.offers.iter().enumerate() {
            let Some(visit) = self.visits.get_mut(&(offer.supplier, walk.place, day)) else {
                continue;
            };
            if choice > 0 && !random.random_bool(SECOND_CHOICE) {
                continue;
            }
            let left = if found_empty {
                0
            } else {
                whole(walk.demand * random.random_range(1.0..6.0))
            };
            let pack = walk.terms.pack_size;
            let came = (stock - left) / pack * pack;
            if came < i64::max(pack, whole(walk.demand * 8.0)) {
                return 0;
            }
            // An empty shelf cannot keep what is less than a pack.
            let good = if found_empty { stock } else { came };
            let bad_share = 1.0 - self.good.get(offer.supplier).copied().unwrap_or(1.0);
            let rejected = (0..good.min(400))
                .filter(|_| random.random_bool(bad_share))
                .count();
            let rejected = i64::try_from(rejected).unwrap_or(0);
            let delivered = good + rejected;
            let missing = if visit.short && random.random_bool(0.6) {
                pack * random.random_range(1..=i64::max(1, good / pack / 4))
            } else {
                0
            };
            visit.lines.push(Line {
                product: product_id(walk.terms.sku),
                ordered: delivered + missing,
                delivered,
                rejected,
                unit_price: price_on(walk.terms.sku, offer, visit.ordered, walk.today),
            });
            return good;
        }
        0
    }

    /// Orders a product that is low at a place, mostly: what has not come yet. Of two suppliers the
    /// orders are late.
    pub(super) fn expect(
        &mut self,
        terms: &Terms,
        place: usize,
        demand: f64,
        today: NaiveDate,
        random: &mut impl Rng,
    ) {
        let Some(offer) = terms.offers.first().filter(|_| random.random_bool(0.45)) else {
            return;
        };
        let lead = self.lead.get(offer.supplier).copied().unwrap_or(7);
        let lead = u64::try_from(lead).unwrap_or(7);
        let late = matches!(offer.supplier, "Kestrel Electric" | "Aqualine Flow");
        let ago_days = if late { lead + 4 } else { lead / 2 };
        let ordered = ago(today, ago_days);
        let expected = ordered.checked_add_days(Days::new(lead)).unwrap_or(today);
        let order = self
            .open
            .entry((offer.supplier, place))
            .or_insert_with(|| Order {
                supplier: supplier_id(offer.supplier),
                place: location_id(PLACES[place].0),
                ordered,
                expected,
                delivered: None,
                lines: Vec::new(),
            });
        order.lines.push(Line {
            product: product_id(terms.sku),
            ordered: packs(terms, offer, demand * 28.0),
            delivered: 0,
            rejected: 0,
            unit_price: price_on(terms.sku, offer, ordered, today),
        });
    }

    /// Every order that has a line, the oldest first.
    pub(super) fn into_orders(self) -> Vec<Order> {
        let delivered = self
            .visits
            .into_iter()
            .map(|((name, place, day), visit)| Order {
                supplier: supplier_id(name),
                place: location_id(PLACES[place].0),
                ordered: visit.ordered,
                expected: visit.expected,
                delivered: Some(day),
                lines: visit.lines,
            });
        let mut orders: Vec<Order> = delivered
            .chain(self.open.into_values())
            .filter(|order| !order.lines.is_empty())
            .collect();
        orders.sort_by_key(|order| (order.ordered, order.supplier, order.place));
        orders
    }
}

/// `units` in whole packs, at least the offer's minimum and one pack.
fn packs(terms: &Terms, offer: &Offer, units: f64) -> i64 {
    let least = offer.minimum.unwrap_or(1).max(whole(units));
    let packs = (least + terms.pack_size - 1) / terms.pack_size;
    packs.max(1) * terms.pack_size
}

fn ago(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_sub_days(Days::new(days)).unwrap_or(day)
}
