//! Orders of one product: drafted, placed at once or after a yes, dropped after a no, taken back.

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;
use wharf_domain::{
    contracts::{
        ReplyContent,
        answers::{QuantityReason, Undone},
    },
    ids::ExecutionId,
    money::Money,
};
use wharf_store::{
    AsyncPgConnection, StoreError,
    audit::AuditAction,
    locations::Location,
    products,
    purchase_orders::{self, CancelReason, NewLine, NewOrder, OrderState},
    suppliers::Offer,
};

use super::{
    Market, quantity,
    standing::{Drawn, answer},
};
use crate::agents::{AgentFailure, Request, ask, changes};

/// What is to be ordered.
pub(super) struct NewDraft<'a> {
    /// From whom, and at which price.
    pub(super) offer: &'a Offer,
    /// Units, as the supplier sells them.
    pub(super) quantity: i64,
    /// Units before minimum and pack size.
    pub(super) wanted: i64,
    /// Why so many.
    pub(super) reason: QuantityReason,
    /// Where it goes.
    pub(super) place: Option<Location>,
}

/// What a placed order changed, for UNDO.
#[derive(Debug, Serialize, Deserialize)]
struct Change {
    order: Uuid,
    /// For who reads the audit log.
    #[serde(default)]
    number: String,
    #[serde(default)]
    total: String,
}

/// Drafts an order and places it, or asks where it costs or holds more than may be ordered unasked,
/// and where the supplier's minimum or packs make it more than the user said.
pub(super) async fn draw_up(
    conn: &mut AsyncPgConnection,
    request: &Request,
    market: &Market,
    new: NewDraft<'_>,
) -> Result<ReplyContent, AgentFailure> {
    let price = &new.offer.unit_price;
    let order = NewOrder {
        company_id: request.company_id(),
        supplier_id: new.offer.supplier_id,
        location_id: new.place.map(|place| place.id),
        currency: price.currency.clone(),
        created_by: request.person.as_ref().map(|person| person.id),
        execution_id: request.execution_id,
        created_at: request.now,
        expected_on: day_after(request, new.offer.lead_time_days),
        lines: vec![NewLine {
            product_id: market.product.id,
            quantity: new.quantity,
            unit_price: price.amount.clone(),
        }],
    };
    let order = purchase_orders::draft(conn, &order).await?;
    let drawn = Drawn::of(conn, request, order).await?;
    // Nobody is sold more than they said without a yes to it. What Wharf worked out itself was
    // nobody's word: there only far more than is needed is worth a question.
    let as_said = match new.reason {
        QuantityReason::AskedRounded { .. } => false,
        _ => new.quantity <= new.wanted.saturating_mul(2),
    };
    let unasked = may_go_unasked(request, &drawn.total())
        && as_said
        && !market.needs.absurd(&request.limits, new.quantity);
    if unasked {
        let placed = place(conn, request, market, &drawn).await?;
        let drawn = drawn.again(conn, request).await?;
        return answer(conn, request, market, &drawn, placed).await;
    }
    ask::confirm(conn, request, true).await?;
    let detail = json!({ "number": drawn.order.name(), "total": drawn.total().to_string() });
    changes::audit(conn, request, AuditAction::Drafted, detail).await?;
    answer(conn, request, market, &drawn, false).await
}

/// The limit is in the company's currency: what a total in another one comes to is not known.
fn may_go_unasked(request: &Request, total: &Money) -> bool {
    let limit = request.limits.confirm_order_total;
    limit > 0 && total.currency == request.company.currency && total.amount <= limit
}

/// Yes: places the draft of `asked`. Where somebody else has placed or dropped it meanwhile, the
/// answer says how it stands.
pub(super) async fn accept(
    conn: &mut AsyncPgConnection,
    request: &Request,
    asked: ExecutionId,
) -> Result<ReplyContent, AgentFailure> {
    let (drawn, market) = drafted(conn, request, asked).await?;
    let placed = place(conn, request, &market, &drawn).await?;
    let drawn = drawn.again(conn, request).await?;
    answer(conn, request, &market, &drawn, placed).await
}

/// No: drops the draft of `asked`.
pub(super) async fn decline(
    conn: &mut AsyncPgConnection,
    request: &Request,
    asked: ExecutionId,
) -> Result<ReplyContent, AgentFailure> {
    let (drawn, market) = drafted(conn, request, asked).await?;
    let (company, id) = (request.company_id(), drawn.order.id);
    let no = CancelReason::Declined;
    if purchase_orders::cancel(conn, company, id, no, request.now).await? {
        let detail = json!({ "number": drawn.order.name(), "reason": no.as_str() });
        changes::audit(conn, request, AuditAction::Cancelled, detail).await?;
    }
    let drawn = drawn.again(conn, request).await?;
    answer(conn, request, &market, &drawn, false).await
}

/// The order of `asked`, and its product's market without it.
async fn drafted(
    conn: &mut AsyncPgConnection,
    request: &Request,
    asked: ExecutionId,
) -> Result<(Drawn, Market), AgentFailure> {
    let company = request.company_id();
    purchase_orders::hold(conn, company).await?;
    let drawn = Drawn::by(conn, request, asked).await?;
    let product = products::get(conn, company, drawn.line.product_id)
        .await?
        .ok_or_else(|| AgentFailure::Refused(format!("{}: no product", drawn.order.name())))?;
    let said = quantity(request).unwrap_or(None);
    let mut market = Market::of(conn, request, product, said).await?;
    if drawn.order.state == OrderState::Confirmed {
        let others = market.needs.on_order - drawn.line.quantity;
        market.needs.on_order = others.max(0);
    }
    Ok((drawn, market))
}

/// Places a draft and notes it for UNDO; `false` when it is no draft any more.
async fn place(
    conn: &mut AsyncPgConnection,
    request: &Request,
    market: &Market,
    drawn: &Drawn,
) -> Result<bool, AgentFailure> {
    let (company, order) = (request.company_id(), &drawn.order);
    let offer = market.offer_of(order.supplier_id);
    let lead_time = offer.and_then(|candidate| candidate.offer.lead_time_days);
    let expected_on = day_after(request, lead_time).or(order.expected_on);
    if !purchase_orders::confirm(conn, company, order.id, expected_on, request.now).await? {
        return Ok(false);
    }
    let change = Change {
        order: order.id,
        number: order.name(),
        total: drawn.total().to_string(),
    };
    changes::note(conn, request, &change).await?;
    Ok(true)
}

/// Cancels the order that `of` placed, unless some of it has come.
pub(super) async fn undo(
    conn: &mut AsyncPgConnection,
    request: &Request,
    of: ExecutionId,
) -> Result<ReplyContent, AgentFailure> {
    let company = request.company_id();
    let change: Change = match changes::to_undo(conn, request, of).await? {
        Ok(change) => change,
        Err(instead) => return Ok(instead),
    };
    let undone = CancelReason::Undone;
    if !purchase_orders::cancel(conn, company, change.order, undone, request.now).await? {
        return changes::overtaken(conn, request, of).await;
    }
    if !changes::undone(conn, request, of).await? {
        // Everything is rolled back, and the next try finds it taken back.
        return Err(StoreError::Contended("taken back by somebody else".to_owned()).into());
    }
    let order = purchase_orders::get(conn, company, change.order).await?;
    Ok(ReplyContent::Undone(Undone {
        intent: request.intent,
        subject: order.map_or_else(String::new, |order| order.name()),
        change: None,
        as_of: request.now,
    }))
}

/// The company's day so many days from now.
pub(super) fn day_after(request: &Request, days: Option<i32>) -> Option<NaiveDate> {
    let days = u64::try_from(days?).ok()?;
    request.company_today().checked_add_days(Days::new(days))
}
