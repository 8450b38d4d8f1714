//! How much of a product is wanted, from whoever sells it.

use bigdecimal::ToPrimitive;
use uuid::Uuid;
use wharf_domain::{
    contracts::answers::QuantityReason,
    planning::{self, Demand, LeadTime},
};
use wharf_store::{
    AsyncPgConnection, demand, products::Product, purchase_orders, stock, suppliers::Offer,
};

use crate::agents::{AgentFailure, Limits, Request};

/// What an order of a product is decided by.
#[derive(Debug, Clone)]
pub(super) struct Needs {
    /// Units in stock, over all places.
    pub(super) in_stock: i64,
    /// Units on open orders that have not come.
    pub(super) on_order: i64,
    /// What customers ask for.
    pub(super) demand: Option<Demand>,
    /// The reorder point that the company set.
    pub(super) set_point: Option<i64>,
    /// The product's own lead time.
    pub(super) lead_time_days: Option<i32>,
}

/// How much to order from one supplier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Size {
    /// So much.
    Units {
        /// As the supplier sells it.
        quantity: i64,
        /// Before minimum and pack size.
        wanted: i64,
        /// Why.
        reason: QuantityReason,
    },
    /// Stock and orders reach the target level.
    Enough {
        /// The target level.
        target: i64,
    },
    /// The data do not say how much is wanted.
    Unknown,
}

impl Needs {
    /// Of one product.
    pub(super) async fn of(
        conn: &mut AsyncPgConnection,
        request: &Request,
        product: &Product,
    ) -> Result<Self, AgentFailure> {
        let company = request.company_id();
        let rows = stock::stock_of(conn, company, product.id, None).await?;
        let on_order = purchase_orders::on_order(conn, company, &[product.id]).await?;
        let today = request.company_today();
        let days = request.limits.demand_days;
        let daily = demand::daily(conn, company, product.id, None, today, days).await?;
        let in_stock = rows.iter().map(|row| row.quantity).sum();
        Ok(Self::new(
            product,
            in_stock,
            on_order.get(&product.id).copied().unwrap_or(0),
            &daily,
        ))
    }

    /// From figures that are at hand.
    pub(super) fn new(product: &Product, in_stock: i64, on_order: i64, daily: &[i64]) -> Self {
        Self {
            in_stock,
            on_order,
            demand: Demand::of(daily, product.average_daily_demand),
            set_point: product.reorder_point,
            lead_time_days: product.lead_time_days,
        }
    }

    /// The reorder point: as the company set it, else computed with the product's lead time, else
    /// with `supplier_days`.
    pub(super) fn reorder_point(&self, limits: &Limits, supplier_days: Option<i32>) -> Option<i64> {
        self.set_point.or_else(|| {
            let days = self.lead_time_days.or(supplier_days)?;
            let demand = self.demand.as_ref()?;
            planning::reorder_point(demand, LeadTime::agreed(days), limits.service_level)
        })
    }

    /// How much to order from the supplier of `offer`: `asked` where the user said so, else what is
    /// missing to the target level or, when that is more, the economic order quantity.
    pub(super) fn size(
        &self,
        limits: &Limits,
        ours: &str,
        offer: &Offer,
        asked: Option<i64>,
    ) -> Size {
        let sold =
            |wanted| planning::order_quantity(wanted, offer.minimum_quantity, offer.pack_size);
        if let Some(asked) = asked {
            let quantity = sold(asked);
            let reason = if quantity == asked {
                QuantityReason::Asked
            } else {
                QuantityReason::AskedRounded { asked }
            };
            return Size::Units {
                quantity,
                wanted: asked,
                reason,
            };
        }
        let target = self
            .reorder_point(limits, offer.lead_time_days)
            .zip(self.demand.as_ref())
            .and_then(|(point, demand)| planning::target_level(point, demand, limits.review_days));
        let Some(target) = target else {
            return Size::Unknown;
        };
        let missing = target
            .saturating_sub(self.in_stock)
            .saturating_sub(self.on_order);
        if missing <= 0 {
            return Size::Enough { target };
        }
        match self
            .economic(limits, ours, offer)
            .filter(|units| *units > missing)
        {
            Some(units) => Size::Units {
                quantity: sold(units),
                wanted: units,
                reason: QuantityReason::Economic,
            },
            None => Size::Units {
                quantity: sold(missing),
                wanted: missing,
                reason: QuantityReason::UpToTarget { target },
            },
        }
    }

    /// The economic order quantity. The cost of an order is in the company's currency, so it is not
    /// known for prices in another.
    fn economic(&self, limits: &Limits, ours: &str, offer: &Offer) -> Option<i64> {
        let price = &offer.unit_price;
        let yearly = self.demand.as_ref()?.over(365.0);
        let holding = price.amount.to_f64()? * limits.holding_rate;
        (price.currency == ours)
            .then(|| planning::economic_order_quantity(yearly, limits.order_cost, holding))?
    }

    /// Whether `quantity` more is too much to order without asking: with stock and orders it would
    /// last longer than what counts as over-stock; where demand is not known, more units than a
    /// change of stock may have unasked.
    pub(super) fn absurd(&self, limits: &Limits, quantity: i64) -> bool {
        let all = quantity
            .saturating_add(self.in_stock)
            .saturating_add(self.on_order);
        let days = self
            .demand
            .as_ref()
            .and_then(|demand| planning::days_of_cover(all, demand));
        days.map_or(quantity > limits.confirm_stock_units.into(), |days| {
            days > limits.over_stock_days.into()
        })
    }
}

/// Whether minimum and pack size leave an order at twice what is wanted or less.
pub(super) fn fits(size: Size) -> bool {
    match size {
        Size::Units {
            quantity, wanted, ..
        } => quantity <= wanted.saturating_mul(2),
        Size::Enough { .. } | Size::Unknown => true,
    }
}

/// The figures of all products, for work on all of them.
pub(super) struct Overview {
    in_stock: std::collections::HashMap<Uuid, i64>,
    on_order: std::collections::BTreeMap<Uuid, i64>,
    daily: std::collections::HashMap<Uuid, Vec<i64>>,
}

impl Overview {
    /// Of `products`.
    pub(super) async fn of(
        conn: &mut AsyncPgConnection,
        request: &Request,
        products: &[Uuid],
    ) -> Result<Self, AgentFailure> {
        let company = request.company_id();
        let (today, days) = (request.company_today(), request.limits.demand_days);
        Ok(Self {
            in_stock: stock::totals(conn, company).await?,
            on_order: purchase_orders::on_order(conn, company, products).await?,
            daily: demand::daily_of_all(conn, company, today, days).await?,
        })
    }

    /// What is known of a product; `None` when no stock of it is on record.
    pub(super) fn needs(&self, product: &Product) -> Option<Needs> {
        let daily = self.daily.get(&product.id).map_or(&[][..], Vec::as_slice);
        let on_order = self.on_order.get(&product.id).copied().unwrap_or(0);
        let in_stock = *self.in_stock.get(&product.id)?;
        Some(Needs::new(product, in_stock, on_order, daily))
    }
}
