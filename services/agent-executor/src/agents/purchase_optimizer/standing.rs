//! How an order of one product stands, as the answer tells it.

use wharf_domain::{
    contracts::{
        ReplyContent,
        answers::{QuantityReason, ReorderResult, ReorderState, SupplierChoice},
    },
    ids::ExecutionId,
    money::Money,
};
use wharf_store::{
    AsyncPgConnection, locations,
    purchase_orders::{self, Line, OrderState, PurchaseOrder},
};

use super::{Market, OTHERS, needs::Size, quantity, told};
use crate::agents::{AgentFailure, Request};

/// An order with its only line.
pub(super) struct Drawn {
    pub(super) order: PurchaseOrder,
    pub(super) line: Line,
}

impl Drawn {
    /// The order that `execution` drew up.
    pub(super) async fn by(
        conn: &mut AsyncPgConnection,
        request: &Request,
        execution: ExecutionId,
    ) -> Result<Self, AgentFailure> {
        let company = request.company_id();
        let made = purchase_orders::of_execution(conn, company, execution).await?;
        match made.into_iter().next() {
            Some(order) => Self::of(conn, request, order).await,
            None => Err(AgentFailure::Refused(format!(
                "execution {execution} drew up no order"
            ))),
        }
    }

    pub(super) async fn of(
        conn: &mut AsyncPgConnection,
        request: &Request,
        order: PurchaseOrder,
    ) -> Result<Self, AgentFailure> {
        let lines = purchase_orders::lines(conn, request.company_id(), order.id).await?;
        match lines.into_iter().next() {
            Some(line) => Ok(Self { order, line }),
            None => Err(AgentFailure::Refused(format!(
                "{} has no lines",
                order.name()
            ))),
        }
    }

    /// As it is now.
    pub(super) async fn again(
        self,
        conn: &mut AsyncPgConnection,
        request: &Request,
    ) -> Result<Self, AgentFailure> {
        let row = purchase_orders::get(conn, request.company_id(), self.order.id).await?;
        Ok(Self {
            order: row.unwrap_or(self.order),
            line: self.line,
        })
    }

    fn unit_price(&self) -> Money {
        Money::new(self.line.unit_price.clone(), self.order.currency.clone())
    }

    pub(super) fn total(&self) -> Money {
        self.unit_price().times(self.line.quantity).rounded()
    }
}

/// How the order stands. `placed`: by this very request, which UNDO takes back.
pub(super) async fn answer(
    conn: &mut AsyncPgConnection,
    request: &Request,
    market: &Market,
    drawn: &Drawn,
    placed: bool,
) -> Result<ReplyContent, AgentFailure> {
    let Drawn { order, line } = drawn;
    let Market { product, needs, .. } = market;
    let chosen = market.offer_of(order.supplier_id);
    let supplier = chosen.map_or_else(|| no_longer(drawn), told);
    let others = market
        .candidates
        .iter()
        .filter(|candidate| candidate.offer.supplier_id != order.supplier_id)
        .take(OTHERS)
        .map(told);
    let location = match order.location_id {
        Some(id) => locations::list(conn, request.company_id())
            .await?
            .into_iter()
            .find(|place| place.id == id)
            .map(|place| place.name),
        None => None,
    };
    let state = match order.state {
        OrderState::Draft => ReorderState::Draft,
        OrderState::Confirmed | OrderState::Received => ReorderState::Placed,
        OrderState::Cancelled => ReorderState::Cancelled,
    };
    Ok(ReplyContent::ReorderResult(Box::new(ReorderResult {
        state,
        order: order.name(),
        sku: product.sku.clone(),
        name: product.name.clone(),
        unit: product.unit.clone(),
        quantity: line.quantity,
        quantity_reason: reason(request, market, drawn),
        supplier,
        others: others.collect(),
        unit_price: drawn.unit_price(),
        total: drawn.total(),
        location,
        expected_on: order.expected_on,
        in_stock: needs.in_stock,
        on_order: needs.on_order,
        reorder_point: needs.plan.reorder_point,
        undo_until: placed.then(|| request.undo_until()),
        as_of: request.now,
    })))
}

/// Why the order is for so many: worked out again, since a yes may come half an hour later.
fn reason(request: &Request, market: &Market, drawn: &Drawn) -> QuantityReason {
    let said = quantity(request).unwrap_or(None);
    let ours = &request.company.currency;
    let size = market
        .offer_of(drawn.order.supplier_id)
        .map(|one| market.needs.size(&request.limits, ours, &one.offer, said));
    match size {
        Some(Size::Units {
            quantity, reason, ..
        }) if quantity == drawn.line.quantity => reason,
        _ => QuantityReason::AsDrafted,
    }
}

/// The supplier of an order, when it sells the product no more.
fn no_longer(drawn: &Drawn) -> SupplierChoice {
    SupplierChoice {
        name: drawn.order.supplier.clone(),
        unit_price: drawn.unit_price(),
        lead_time_days: None,
        minimum_quantity: None,
        pack_size: None,
        on_time_percent: None,
        preferred: false,
    }
}
