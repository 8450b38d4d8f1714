//! Which supplier of a product is ordered from. Pure; docs/agents.md says the rule in words.
//!
//! To weigh something else: a part in [`score`] with its weight here and in docs/agents.md; the
//! weights add up to 1.

use std::cmp::Ordering;

use bigdecimal::{BigDecimal, ToPrimitive, Zero};
use wharf_store::suppliers::Offer;

const PRICE: f64 = 0.40;
const ON_TIME: f64 = 0.25;
const LEAD_TIME: f64 = 0.20;
const PREFERRED: f64 = 0.15;
/// What a figure that is not known counts: neither good nor bad.
const UNKNOWN: f64 = 0.5;

/// An offer as it stands for a choice.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Candidate {
    /// The offer.
    pub(super) offer: Offer,
    /// Share of its supplier's orders that came in time, 0 to 1.
    pub(super) on_time: Option<f64>,
    /// Whether minimum and pack size leave the order at twice what is needed or less.
    pub(super) fits: bool,
}

/// The candidates, best first. Prices in two currencies cannot be compared, since no exchange rates
/// are known: those in `ours` come first or, where nobody sells in it, those in the currency that
/// most sell in.
pub(super) fn rank(candidates: Vec<Candidate>, ours: &str) -> Vec<Candidate> {
    let Some(currency) = currency(&candidates, ours) else {
        return candidates;
    };
    let (mut same, mut other): (Vec<_>, Vec<_>) = candidates
        .into_iter()
        .partition(|candidate| candidate.offer.unit_price.currency == currency);
    let best = Best::of(&same);
    same.sort_by(|a, b| {
        b.fits
            .cmp(&a.fits)
            .then_with(|| score(b, &best).total_cmp(&score(a, &best)))
            .then_with(|| tie(&a.offer, &b.offer))
    });
    other.sort_by(|a, b| {
        let currencies = (&a.offer.unit_price.currency, &b.offer.unit_price.currency);
        currencies
            .0
            .cmp(currencies.1)
            .then_with(|| tie(&a.offer, &b.offer))
    });
    same.append(&mut other);
    same
}

fn currency(candidates: &[Candidate], ours: &str) -> Option<String> {
    let of = |candidate: &Candidate| candidate.offer.unit_price.currency.clone();
    let sellers = |currency: &str| candidates.iter().filter(|c| of(c) == currency).count();
    let known = candidates.iter().map(of);
    known.max_by(|a, b| {
        (a == ours)
            .cmp(&(b == ours))
            .then_with(|| sellers(a).cmp(&sellers(b)))
            .then_with(|| b.cmp(a))
    })
}

/// The best figures among the candidates of one currency.
struct Best {
    price: BigDecimal,
    lead_time: i32,
}

impl Best {
    fn of(candidates: &[Candidate]) -> Self {
        let offers = || candidates.iter().map(|candidate| &candidate.offer);
        Self {
            price: offers()
                .map(|offer| offer.unit_price.amount.clone())
                .min()
                .unwrap_or_default(),
            lead_time: offers()
                .filter_map(|offer| offer.lead_time_days)
                .min()
                .unwrap_or_default(),
        }
    }
}

/// 0 to 1, on nine decimals so that what floating point adds decides nothing.
fn score(candidate: &Candidate, best: &Best) -> f64 {
    let offer = &candidate.offer;
    let price = if offer.unit_price.amount.is_zero() {
        1.0
    } else {
        (&best.price / &offer.unit_price.amount)
            .to_f64()
            .unwrap_or(0.0)
    };
    let lead_time = offer.lead_time_days.map_or(UNKNOWN, |days| {
        (1.0 + f64::from(best.lead_time)) / (1.0 + f64::from(days))
    });
    let on_time = candidate.on_time.unwrap_or(UNKNOWN);
    let preferred = if offer.preferred { 1.0 } else { 0.0 };
    let sum = PRICE * price + LEAD_TIME * lead_time + ON_TIME * on_time + PREFERRED * preferred;
    (sum * 1e9).round() / 1e9
}

/// Of two with the same score: the lower price, the shorter lead time (one that is known before one
/// that is not), the name.
fn tie(a: &Offer, b: &Offer) -> Ordering {
    let days = |offer: &Offer| offer.lead_time_days.unwrap_or(i32::MAX);
    a.unit_price
        .amount
        .cmp(&b.unit_price.amount)
        .then_with(|| days(a).cmp(&days(b)))
        .then_with(|| a.supplier.cmp(&b.supplier))
        .then_with(|| a.supplier_id.cmp(&b.supplier_id))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use wharf_domain::{ids::named, money::Money};

    use super::*;

    fn candidate(name: &str, price: &str, days: Option<i32>, on_time: Option<f64>) -> Candidate {
        let (amount, currency) = price.split_once(' ').unwrap();
        Candidate {
            offer: Offer {
                product_id: named("product"),
                supplier_id: named(name),
                supplier: name.to_owned(),
                unit_price: Money::new(amount.parse().unwrap(), currency),
                minimum_quantity: None,
                pack_size: None,
                lead_time_days: days,
                preferred: false,
            },
            on_time,
            fits: true,
        }
    }

    fn order(candidates: Vec<Candidate>) -> Vec<String> {
        let ranked = rank(candidates, "EUR");
        ranked.into_iter().map(|one| one.offer.supplier).collect()
    }

    #[test]
    fn the_weights_add_up() {
        assert!((PRICE + ON_TIME + LEAD_TIME + PREFERRED - 1.0).abs() < 1e-9);
    }

    #[test]
    fn scores_worked_out_by_hand() {
        let cheap = candidate("cheap", "2.00 EUR", Some(9), Some(0.5));
        let quick = candidate("quick", "2.50 EUR", Some(4), Some(1.0));
        let best = Best::of(&[cheap.clone(), quick.clone()]);
        // .4 x 1 + .2 x 5/10 + .25 x .5
        assert_eq!(score(&cheap, &best), 0.625);
        // .4 x 2/2.5 + .2 x 1 + .25 x 1
        assert_eq!(score(&quick, &best), 0.77);
        assert_eq!(
            order(vec![cheap.clone(), quick.clone()]),
            ["quick", "cheap"]
        );
        // The company's preference is worth .15: .775 against .77.
        let mut liked = cheap;
        liked.offer.preferred = true;
        assert_eq!(order(vec![liked, quick]), ["cheap", "quick"]);
        // Nothing is known: .4 x 1 + (.2 + .25) x .5
        let new = candidate("new", "2.00 EUR", None, None);
        assert_eq!(score(&new, &best), 0.625);
    }

    #[test]
    fn a_minimum_far_above_the_need_comes_last_at_any_price() {
        let mut bulk = candidate("bulk", "0.01 EUR", Some(1), Some(1.0));
        bulk.fits = false;
        let dear = candidate("dear", "9.00 EUR", Some(90), Some(0.0));
        assert_eq!(order(vec![bulk, dear]), ["dear", "bulk"]);
    }

    #[test]
    fn currencies_are_never_compared() {
        let yen = |name| candidate(name, "1 JPY", Some(1), Some(1.0));
        let all = vec![yen("y1"), yen("y2"), candidate("e", "99 EUR", None, None)];
        assert_eq!(order(all.clone()), ["e", "y1", "y2"]);
        // Nobody sells in ours: the one that most sell in, then by the alphabet.
        assert_eq!(rank(all, "USD")[0].offer.supplier, "y1");
    }

    proptest! {
        #[test]
        fn the_order_of_the_rows_decides_nothing(
            figures in proptest::collection::vec((1_u32..4, 0_i32..3, any::<bool>()), 1..6),
            seed in any::<u64>(),
        ) {
            let all: Vec<_> = figures
                .iter()
                .enumerate()
                .map(|(place, (price, days, preferred))| {
                    let mut one = candidate(&format!("s{place}"), &format!("{price} EUR"), Some(*days), None);
                    one.offer.preferred = *preferred;
                    one
                })
                .collect();
            let mut shuffled = all.clone();
            let turn = usize::try_from(seed % all.len() as u64).unwrap();
            shuffled.rotate_left(turn);
            prop_assert_eq!(order(all), order(shuffled));
        }
    }
}
