//! A year of the demo company: sales with seasons and noise, deliveries that come late or short,
//! stock-outs, counts. It ends with the stock of `products.csv`, because it is made backwards from
//! there, day by day, and so every figure fits the others. Seeded: the same day gives the same year.
//!
//! - [`walk`]: one product at one place.
//! - [`orders`]: when suppliers deliver, and what is still to come.
//! - [`write`](mod@write): the rows.

mod orders;
mod walk;
mod write;

use chrono::{DateTime, NaiveDate, Utc};
use diesel_async::AsyncPgConnection;
use rand::{SeedableRng, rngs::StdRng};
use uuid::Uuid;

use self::{
    orders::{Order, Visits},
    walk::{Day, Walk},
};
use super::{PLACES, TIME_ZONE, catalogue, company_id, location_id, product_id, purchasing};
use crate::Result;

/// Days of history, today not among them.
const DAYS: u64 = 365;
/// Any number; another one is another year.
const SEED: u64 = 0x5748_4152_4630_0001;

/// How much history was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HistoryLoaded {
    /// Rows of sales.
    pub sales: usize,
    /// Orders.
    pub orders: usize,
    /// Rows of stock at the end of a day.
    pub snapshots: usize,
}

/// One product at one place over the year, latest day first.
struct Course {
    product: Uuid,
    place: Uuid,
    price: bigdecimal::BigDecimal,
    days: Vec<Day>,
}

/// Writes the year that ends yesterday. When there is one already, nothing; with `reset` it is
/// replaced, and so is what agents have added since: orders, movements, alerts. Call it within a
/// transaction, after [`load`](super::load).
///
/// # Errors
/// When the database fails.
pub async fn load_history(
    conn: &mut AsyncPgConnection,
    now: DateTime<Utc>,
    reset: bool,
) -> Result<HistoryLoaded> {
    let company = company_id();
    if reset {
        write::clear(conn, company).await?;
    } else if write::exists(conn, company).await? {
        return Ok(HistoryLoaded::default());
    }
    let today = now.with_timezone(&TIME_ZONE).date_naive();
    let (courses, orders) = year(today)?;
    write::year(conn, company, today, &courses, &orders).await
}

/// The year before `today`.
fn year(today: NaiveDate) -> Result<(Vec<Course>, Vec<Order>)> {
    let mut random = StdRng::seed_from_u64(SEED);
    let suppliers = purchasing::read_suppliers()?;
    let terms = purchasing::read_terms()?;
    let mut visits = Visits::plan(&suppliers, PLACES.len(), today, &mut random);
    let mut courses = Vec::new();
    for line in catalogue::read()? {
        let Some(terms) = terms.iter().find(|terms| terms.sku == line.sku) else {
            continue;
        };
        let total: i64 = line.stock.iter().map(|(quantity, _)| quantity).sum();
        for (place, (quantity, point)) in line.stock.iter().enumerate() {
            let Some(demand) = line.demand_at(place, total) else {
                continue;
            };
            let walk = Walk {
                terms,
                place,
                demand,
                today,
            };
            courses.push(Course {
                product: product_id(&line.sku),
                place: location_id(PLACES[place].0),
                price: terms.price.clone(),
                days: walk.back(*quantity, DAYS, &mut visits, &mut random),
            });
            let low = point.is_some_and(|point| *quantity <= point);
            if low {
                visits.expect(terms, place, demand, today, &mut random);
            }
        }
    }
    Ok((courses, visits.into_orders()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 22).unwrap()
    }

    /// Stock at the end of each day is that of the day before, plus what came, less what was sold,
    /// as counted; and it is never negative.
    #[test]
    fn every_day_follows_from_the_one_before() {
        let (courses, _) = year(day()).unwrap();
        assert!(courses.len() > 130);
        for course in &courses {
            for pair in course.days.windows(2) {
                let (later, earlier) = (&pair[0], &pair[1]);
                let counted = later.counted_from.unwrap_or(later.closing);
                assert_eq!(
                    earlier.closing + later.received - later.sold,
                    counted,
                    "{later:?} after {earlier:?}"
                );
                assert!(earlier.closing >= 0 && later.sold <= later.requested);
            }
        }
    }

    #[test]
    fn it_has_what_figures_are_made_of() {
        let (courses, orders) = year(day()).unwrap();
        let days = || courses.iter().flat_map(|course| &course.days);
        let empty = days().filter(|day| day.closing == 0).count();
        let share = empty as f64 / days().count() as f64;
        assert!((0.005..0.1).contains(&share), "out of stock: {share}");
        let requested: i64 = days().map(|day| day.requested).sum();
        let sold: i64 = days().map(|day| day.sold).sum();
        let fill = sold as f64 / requested as f64;
        assert!((0.93..0.999).contains(&fill), "filled: {fill}");
        let delivered: Vec<_> = orders
            .iter()
            .filter(|order| order.delivered.is_some())
            .collect();
        assert!(delivered.len() > 300, "{} orders", delivered.len());
        let late = delivered
            .iter()
            .filter(|order| order.delivered > Some(order.expected))
            .count() as f64
            / delivered.len() as f64;
        assert!((0.05..0.3).contains(&late), "late: {late}");
        let open = orders.iter().filter(|order| order.delivered.is_none());
        assert!(open.clone().count() >= 5);
        assert!(
            open.clone().any(|order| order.expected < day()),
            "one is late"
        );
        assert!(
            open.clone().any(|order| order.expected >= day()),
            "one is to come"
        );
    }

    #[test]
    fn the_same_day_gives_the_same_year() {
        let figures = || {
            let (courses, orders) = year(day()).unwrap();
            let sold: i64 = courses
                .iter()
                .flat_map(|c| &c.days)
                .map(|day| day.sold)
                .sum();
            (sold, orders.len())
        };
        assert_eq!(figures(), figures());
    }
}
