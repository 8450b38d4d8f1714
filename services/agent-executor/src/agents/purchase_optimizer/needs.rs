//! How much of a product is wanted, from whoever sells it. Demand, reorder point and target are
//! those of [`plan`], so that an order agrees with what was told of the stock.

use bigdecimal::ToPrimitive;
use wharf_domain::{contracts::answers::QuantityReason, planning};
use wharf_store::{AsyncPgConnection, products::Product, purchase_orders, stock, suppliers::Offer};

use crate::agents::{
    AgentFailure, Limits, Request,
    plan::{self, Overview, Plan},
};

/// What an order of a product is decided by.
#[derive(Debug, Clone)]
pub(super) struct Needs {
    /// Units in stock, over all places.
    pub(super) in_stock: i64,
    /// Units on open orders that have not come.
    pub(super) on_order: i64,
    /// What the product is planned with.
    pub(super) plan: Plan,
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
        Ok(Self {
            in_stock: rows.iter().map(|row| row.quantity).sum(),
            on_order: on_order.get(&product.id).copied().unwrap_or(0),
            plan: plan::of_product(conn, request, product).await?,
        })
    }

    /// Of one of all products; `None` when no stock of it is on record.
    pub(super) fn among(all: &Overview, product: &Product) -> Option<Self> {
        Some(Self {
            in_stock: all.in_stock(product.id)?,
            on_order: all.on_order(product.id),
            plan: all.plan(product),
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
        let Some(target) = self.plan.target else {
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
        let yearly = self.plan.demand.as_ref()?.over(365.0);
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
        let days = self.plan.days_of_cover(all);
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
