//! What stock of a product is planned with: demand, lead time, reorder point, target. The one place
//! for it, so that what a question answers, an alert says and a job counts agree. The arithmetic is
//! `wharf_domain::planning`.

use std::collections::{BTreeMap, HashMap};

use chrono::Days;
use uuid::Uuid;
use wharf_domain::planning::{self, Demand, LeadTime};
use wharf_store::{
    AsyncPgConnection, demand,
    products::{self, Product},
    purchase_orders,
    replenishment::{self, Delivered},
    stock,
    suppliers::{self, Offer},
};

use super::{AgentFailure, Limits, Request};

/// Days of orders that deliveries' delays are judged by.
const DELIVERIES_DAYS: u64 = 365;

/// What a plan is made from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Basis<'a> {
    /// The reorder point that the company set.
    pub(super) set_point: Option<i64>,
    /// The average that the company states.
    pub(super) stated: Option<f64>,
    /// Units asked for a day.
    pub(super) daily: &'a [i64],
    /// The product's own lead time.
    pub(super) lead_time_days: Option<i32>,
    /// Who sells the product.
    pub(super) offers: &'a [Offer],
    /// How long orders of the product took.
    pub(super) delivered: &'a [Delivered],
}

/// What stock of a product is planned with. What is `None` is not known.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Plan {
    /// What customers ask for.
    pub(super) demand: Option<Demand>,
    /// Days from order to delivery: as agreed with the usual supplier, else the product's own.
    pub(super) lead_time_days: Option<i32>,
    /// Units, rounded up.
    pub(super) safety_stock: Option<i64>,
    /// At or below it, order.
    pub(super) reorder_point: Option<i64>,
    /// Whether it was computed; else the company set it.
    pub(super) computed: bool,
    /// The level to order up to.
    pub(super) target: Option<i64>,
    minimum: Option<i64>,
    pack: Option<i64>,
}

impl Plan {
    /// The plan. A reorder point that the company set goes before a computed one.
    pub(super) fn of(basis: &Basis<'_>, limits: &Limits) -> Self {
        let usual = usual(basis.offers);
        let agreed = usual.and_then(|offer| offer.lead_time_days);
        let lead_time_days = agreed.or(basis.lead_time_days);
        let lead_time = lead_time_days.map(|days| {
            let took: Vec<i64> = basis
                .delivered
                .iter()
                .filter(|order| usual.is_some_and(|offer| offer.supplier_id == order.supplier_id))
                .map(|order| order.days)
                .collect();
            LeadTime::observed(days, &took)
        });
        let demand = Demand::of(basis.daily, basis.stated);
        let both = demand.as_ref().zip(lead_time);
        let level = limits.service_level;
        let safety_stock = both
            .and_then(|(demand, lead_time)| planning::safety_stock(demand, lead_time, level))
            .map(planning::up);
        let computed =
            both.and_then(|(demand, lead_time)| planning::reorder_point(demand, lead_time, level));
        let reorder_point = basis.set_point.or(computed);
        let target = reorder_point
            .zip(demand.as_ref())
            .and_then(|(point, demand)| planning::target_level(point, demand, limits.review_days));
        Self {
            demand,
            lead_time_days,
            safety_stock,
            reorder_point,
            computed: basis.set_point.is_none() && computed.is_some(),
            target,
            minimum: usual.and_then(|offer| offer.minimum_quantity),
            pack: usual.and_then(|offer| offer.pack_size),
        }
    }

    /// Full days that `quantity` lasts.
    pub(super) fn days_of_cover(&self, quantity: i64) -> Option<i64> {
        planning::days_of_cover(quantity, self.demand.as_ref()?)
    }

    /// Units asked for a day on average; `None` also when nobody asks.
    pub(super) fn daily_demand(&self) -> Option<f64> {
        let mean = self.demand.as_ref()?.mean_per_day;
        (mean > 0.0).then_some(mean)
    }

    /// Whether to order: at or below the reorder point.
    pub(super) fn is_low(&self, quantity: i64) -> Option<bool> {
        self.reorder_point.map(|point| quantity <= point)
    }

    /// What to order now, in the usual supplier's packs: up to the target, when stock and what is
    /// on order are at or below the reorder point.
    pub(super) fn suggested_order(&self, quantity: i64, on_order: i64) -> Option<i64> {
        let position = quantity.saturating_add(on_order);
        if !self.is_low(position)? {
            return None;
        }
        let missing = self.target?.saturating_sub(position);
        let order = planning::order_quantity(missing, self.minimum, self.pack);
        (order > 0).then_some(order)
    }
}

/// The supplier that the product is bought from: the preferred one, else the only one.
fn usual(offers: &[Offer]) -> Option<&Offer> {
    let only = match offers {
        [only] => Some(only),
        _ => None,
    };
    offers.iter().find(|offer| offer.preferred).or(only)
}

/// The plan of one product over all places.
pub(super) async fn of_product(
    conn: &mut AsyncPgConnection,
    request: &Request,
    product: &Product,
) -> Result<Plan, AgentFailure> {
    let set = (product.reorder_point, product.average_daily_demand);
    one(conn, request, product, None, set).await
}

/// The plan of one product at some places, which have the reorder point `set_point` together. The
/// average that the company states is of all places, so it does not count here.
pub(super) async fn of_places(
    conn: &mut AsyncPgConnection,
    request: &Request,
    product: &Product,
    places: &[Uuid],
    set_point: Option<i64>,
) -> Result<Plan, AgentFailure> {
    one(conn, request, product, Some(places), (set_point, None)).await
}

/// The reorder point of each of these sets of places, computed from its sales.
pub(super) async fn computed_points(
    conn: &mut AsyncPgConnection,
    request: &Request,
    product: &Product,
    sets: &[Vec<Uuid>],
) -> Result<Vec<Option<i64>>, AgentFailure> {
    if sets.is_empty() {
        return Ok(Vec::new());
    }
    let supply = supply(conn, request, product).await?;
    let mut points = Vec::with_capacity(sets.len());
    for places in sets {
        let daily = daily(conn, request, product, Some(places)).await?;
        let plan = supply.plan(request, product, &daily, (None, None));
        points.push(plan.reorder_point);
    }
    Ok(points)
}

async fn one(
    conn: &mut AsyncPgConnection,
    request: &Request,
    product: &Product,
    places: Option<&[Uuid]>,
    set: (Option<i64>, Option<f64>),
) -> Result<Plan, AgentFailure> {
    let daily = daily(conn, request, product, places).await?;
    let supply = supply(conn, request, product).await?;
    Ok(supply.plan(request, product, &daily, set))
}

/// Where a product comes from; the same for all places.
struct Supply {
    offers: Vec<Offer>,
    delivered: Vec<Delivered>,
}

impl Supply {
    fn plan(
        &self,
        request: &Request,
        product: &Product,
        daily: &[i64],
        (set_point, stated): (Option<i64>, Option<f64>),
    ) -> Plan {
        let basis = Basis {
            set_point,
            stated,
            daily,
            lead_time_days: product.lead_time_days,
            offers: &self.offers,
            delivered: &self.delivered,
        };
        Plan::of(&basis, &request.limits)
    }
}

async fn supply(
    conn: &mut AsyncPgConnection,
    request: &Request,
    product: &Product,
) -> Result<Supply, AgentFailure> {
    let company = request.company_id();
    let offers = suppliers::offers(conn, company, &[product.id]).await?;
    let zone = request.company.time_zone;
    let since = since(request);
    let delivered = replenishment::delivered(conn, company, Some(product.id), since, zone).await?;
    Ok(Supply { offers, delivered })
}

/// Units asked for a day.
async fn daily(
    conn: &mut AsyncPgConnection,
    request: &Request,
    product: &Product,
    places: Option<&[Uuid]>,
) -> Result<Vec<i64>, AgentFailure> {
    let (company, today) = (request.company_id(), request.company_today());
    let days = request.limits.demand_days;
    Ok(demand::daily(conn, company, product.id, places, today, days).await?)
}

fn since(request: &Request) -> chrono::NaiveDate {
    let today = request.company_today();
    today
        .checked_sub_days(Days::new(DELIVERIES_DAYS))
        .unwrap_or(today)
}

/// The figures of all of the company's products.
#[derive(Debug)]
pub(super) struct Overview {
    /// The products, by code.
    pub(super) products: Vec<Product>,
    limits: Limits,
    in_stock: HashMap<Uuid, i64>,
    on_order: BTreeMap<Uuid, i64>,
    daily: HashMap<Uuid, Vec<i64>>,
    offers: HashMap<Uuid, Vec<Offer>>,
    delivered: HashMap<Uuid, Vec<Delivered>>,
}

impl Overview {
    /// In a handful of queries, however many products there are.
    pub(super) async fn of(
        conn: &mut AsyncPgConnection,
        request: &Request,
    ) -> Result<Self, AgentFailure> {
        let (company, today) = (request.company_id(), request.company_today());
        let products = products::catalogue(conn, company).await?;
        let ids: Vec<Uuid> = products.iter().map(|product| product.id).collect();
        let mut offers: HashMap<Uuid, Vec<Offer>> = HashMap::new();
        for offer in suppliers::offers(conn, company, &ids).await? {
            offers.entry(offer.product_id).or_default().push(offer);
        }
        let mut delivered: HashMap<Uuid, Vec<Delivered>> = HashMap::new();
        let zone = request.company.time_zone;
        let since = since(request);
        for order in replenishment::delivered(conn, company, None, since, zone).await? {
            delivered.entry(order.product_id).or_default().push(order);
        }
        let days = request.limits.demand_days;
        Ok(Self {
            limits: request.limits,
            in_stock: stock::totals(conn, company).await?,
            on_order: purchase_orders::on_order(conn, company, &ids).await?,
            daily: demand::daily_of_all(conn, company, today, days).await?,
            products,
            offers,
            delivered,
        })
    }

    /// Units over all places; `None`: nothing is recorded.
    pub(super) fn in_stock(&self, product: Uuid) -> Option<i64> {
        self.in_stock.get(&product).copied()
    }

    /// Units on order that have not come.
    pub(super) fn on_order(&self, product: Uuid) -> i64 {
        self.on_order.get(&product).copied().unwrap_or(0)
    }

    /// Who sells a product.
    pub(super) fn offers(&self, product: Uuid) -> &[Offer] {
        self.offers.get(&product).map_or(&[], Vec::as_slice)
    }

    /// The plan of a product.
    pub(super) fn plan(&self, product: &Product) -> Plan {
        let basis = Basis {
            set_point: product.reorder_point,
            stated: product.average_daily_demand,
            daily: self.daily.get(&product.id).map_or(&[], Vec::as_slice),
            lead_time_days: product.lead_time_days,
            offers: self.offers(product.id),
            delivered: self.delivered.get(&product.id).map_or(&[], Vec::as_slice),
        };
        Plan::of(&basis, &self.limits)
    }
}
