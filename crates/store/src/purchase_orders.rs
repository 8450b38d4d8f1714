//! What a company buys: draft -> confirmed -> received; cancelled from draft or confirmed. A state
//! is changed by compare-and-set, and no order is ever deleted.
//!
//! An order is open when it is confirmed and not received. A draft binds nobody: it is neither
//! open nor on order. Which drafts nobody answered: `purchase_orders/drafts.rs`.

mod drafts;
mod outstanding;

use bigdecimal::BigDecimal;
use chrono::{DateTime, NaiveDate, Utc};
use diesel::{dsl, prelude::*};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;
use wharf_domain::ids::{CompanyId, ExecutionId, ProfileId};

use crate::{
    Result,
    columns::{Col, text_enum},
    error::StoreError,
    schema::{companies, deliveries, purchase_order_lines as l, purchase_orders as o, suppliers},
};

pub use drafts::{Unanswered, unanswered};
pub use outstanding::{Open, drafted, on_order, open};

/// A company's first order.
const FIRST_NUMBER: i64 = 1001;

text_enum! {
    /// How far an order is.
    pub enum OrderState {
        /// Drawn up; nobody was told.
        Draft = "draft",
        /// Placed.
        Confirmed = "confirmed",
        /// Come, or closed short.
        Received = "received",
        /// Dropped.
        Cancelled = "cancelled",
    }
}

text_enum! {
    /// Why an order was cancelled.
    pub enum CancelReason {
        /// Somebody said no to the draft.
        Declined = "declined",
        /// Nobody answered whether the draft is to be placed.
        Expired = "expired",
        /// It had been placed and was taken back.
        Undone = "undone",
    }
}

/// An order to be drawn up.
#[derive(Debug, Clone)]
pub struct NewOrder {
    /// The tenant.
    pub company_id: CompanyId,
    /// Who it is ordered from.
    pub supplier_id: Uuid,
    /// Where it goes; `None`: not said.
    pub location_id: Option<Uuid>,
    /// Of the prices, ISO 4217.
    pub currency: String,
    /// Who asked for it.
    pub created_by: Option<ProfileId>,
    /// The request that makes it.
    pub execution_id: ExecutionId,
    /// When.
    pub created_at: DateTime<Utc>,
    /// The day that it should come.
    pub expected_on: Option<NaiveDate>,
    /// What is ordered, at least one line.
    pub lines: Vec<NewLine>,
}

/// A line of an order to be drawn up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLine {
    /// The product.
    pub product_id: Uuid,
    /// Units, at least 1.
    pub quantity: i64,
    /// Price a unit, in the order's currency.
    pub unit_price: BigDecimal,
}

/// An order.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct PurchaseOrder {
    /// The row.
    pub id: Uuid,
    /// Counts within the company.
    pub number: i64,
    /// Who it is ordered from.
    pub supplier_id: Uuid,
    /// Its name.
    pub supplier: String,
    /// Where it goes.
    pub location_id: Option<Uuid>,
    /// How far it is.
    #[diesel(deserialize_as = Col<OrderState>)]
    pub state: OrderState,
    /// Of the prices, ISO 4217.
    pub currency: String,
    /// When it was drawn up.
    pub created_at: DateTime<Utc>,
    /// When it was placed.
    pub confirmed_at: Option<DateTime<Utc>>,
    /// The day that it should come.
    pub expected_on: Option<NaiveDate>,
}

impl PurchaseOrder {
    /// What people call it, e.g. `PO-1001`.
    #[must_use]
    pub fn name(&self) -> String {
        name(self.number)
    }
}

/// A line of an order.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Line {
    /// The product.
    pub product_id: Uuid,
    /// Units.
    pub quantity: i64,
    /// Price a unit, in the order's currency.
    pub unit_price: BigDecimal,
}

fn name(number: i64) -> String {
    format!("PO-{number}")
}

/// Keeps others from drawing up orders of the company until the transaction ends, so that what is on
/// order stays true while an order is decided on, and no two orders see the same last number.
///
/// # Errors
/// When the database fails.
pub async fn hold(conn: &mut AsyncPgConnection, company: CompanyId) -> Result<()> {
    let _: Uuid = companies::table
        .find(company.0)
        .select(companies::id)
        .for_no_key_update()
        .first(conn)
        .await?;
    Ok(())
}

/// Draws up an order, with the company's next number: of several at once, each gets its own. A
/// request's order of a supplier and currency is drawn up once: the second time it is returned as
/// it stands. Call it within a transaction.
///
/// # Errors
/// [`StoreError::Invalid`] without lines; [`StoreError::Conflict`] when the execution belongs to
/// another company; or the database fails.
pub async fn draft(conn: &mut AsyncPgConnection, new: &NewOrder) -> Result<PurchaseOrder> {
    if new.lines.is_empty() {
        return Err(StoreError::Invalid("an order without lines".to_owned()));
    }
    hold(conn, new.company_id).await?;
    let company = new.company_id.0;
    let last: Option<i64> = o::table
        .filter(o::company_id.eq(company))
        .select(dsl::max(o::number))
        .first(conn)
        .await?;
    let id: Option<Uuid> = diesel::insert_into(o::table)
        .values((
            o::company_id.eq(company),
            o::number.eq(last.map_or(FIRST_NUMBER, |last| FIRST_NUMBER.max(last + 1))),
            o::supplier_id.eq(new.supplier_id),
            o::location_id.eq(new.location_id),
            o::currency.eq(&new.currency),
            o::created_by.eq(new.created_by.map(Uuid::from)),
            o::execution_id.eq(new.execution_id.0),
            o::created_at.eq(new.created_at),
            o::expected_on.eq(new.expected_on),
        ))
        .on_conflict_do_nothing()
        .returning(o::id)
        .get_result(conn)
        .await
        .optional()?;
    let Some(id) = id else {
        let made = of_execution(conn, new.company_id, new.execution_id).await?;
        let same = |order: &PurchaseOrder| {
            order.supplier_id == new.supplier_id && order.currency == new.currency
        };
        return made.into_iter().find(same).ok_or(StoreError::Conflict(
            "the execution belongs to another company",
        ));
    };
    let lines: Vec<_> = (1_i16..)
        .zip(&new.lines)
        .map(|(line, new)| {
            (
                l::company_id.eq(company),
                l::order_id.eq(id),
                l::line.eq(line),
                l::product_id.eq(new.product_id),
                l::quantity.eq(new.quantity),
                l::unit_price.eq(&new.unit_price),
            )
        })
        .collect();
    diesel::insert_into(l::table)
        .values(lines)
        .execute(conn)
        .await?;
    get(conn, new.company_id, id)
        .await?
        .ok_or(StoreError::Conflict("the order is gone"))
}

/// An order.
///
/// # Errors
/// When the database fails.
pub async fn get(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    id: Uuid,
) -> Result<Option<PurchaseOrder>> {
    let rows = select(conn, company, By::Id(id)).await?;
    Ok(rows.into_iter().next())
}

/// The orders that a request drew up, by number.
///
/// # Errors
/// When the database fails.
pub async fn of_execution(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    execution: ExecutionId,
) -> Result<Vec<PurchaseOrder>> {
    select(conn, company, By::Execution(execution)).await
}

/// What an order is looked for by.
enum By {
    Id(Uuid),
    Execution(ExecutionId),
}

async fn select(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    by: By,
) -> Result<Vec<PurchaseOrder>> {
    let mut query = o::table
        .inner_join(suppliers::table)
        .filter(o::company_id.eq(company.0))
        .into_boxed();
    query = match by {
        By::Id(id) => query.filter(o::id.eq(id)),
        By::Execution(id) => query.filter(o::execution_id.eq(id.0)),
    };
    Ok(query
        .order(o::number)
        .select((
            o::id,
            o::number,
            suppliers::id,
            suppliers::name,
            o::location_id,
            o::state,
            o::currency,
            o::created_at,
            o::confirmed_at,
            o::expected_on,
        ))
        .load(conn)
        .await?)
}

/// The lines of an order.
///
/// # Errors
/// When the database fails.
pub async fn lines(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    order: Uuid,
) -> Result<Vec<Line>> {
    Ok(l::table
        .filter(l::company_id.eq(company.0))
        .filter(l::order_id.eq(order))
        .order(l::line)
        .select((l::product_id, l::quantity, l::unit_price))
        .load(conn)
        .await?)
}

/// Places a draft, to come on `expected_on`; `false` when it is no draft of the company: of two at
/// once, one places it.
///
/// # Errors
/// When the database fails.
pub async fn confirm(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    order: Uuid,
    expected_on: Option<NaiveDate>,
    now: DateTime<Utc>,
) -> Result<bool> {
    let rows = diesel::update(o::table)
        .filter(o::company_id.eq(company.0))
        .filter(o::id.eq(order))
        .filter(o::state.eq(OrderState::Draft.as_str()))
        .set((
            o::state.eq(OrderState::Confirmed.as_str()),
            o::confirmed_at.eq(now),
            o::expected_on.eq(expected_on),
        ))
        .execute(conn)
        .await?;
    Ok(rows == 1)
}

/// Drops an order of which nothing has come, a draft or, to take it back, a placed one; `false` when
/// it is not so (any more).
///
/// # Errors
/// When the database fails.
pub async fn cancel(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    order: Uuid,
    reason: CancelReason,
    now: DateTime<Utc>,
) -> Result<bool> {
    let from = match reason {
        CancelReason::Declined | CancelReason::Expired => OrderState::Draft,
        CancelReason::Undone => OrderState::Confirmed,
    };
    let came = deliveries::table
        .filter(deliveries::company_id.eq(company.0))
        .filter(deliveries::order_id.eq(order));
    let rows = diesel::update(o::table)
        .filter(o::company_id.eq(company.0))
        .filter(o::id.eq(order))
        .filter(o::state.eq(from.as_str()))
        .filter(dsl::not(dsl::exists(came)))
        .set((
            o::state.eq(OrderState::Cancelled.as_str()),
            o::cancelled_at.eq(now),
            o::cancel_reason.eq(reason.as_str()),
        ))
        .execute(conn)
        .await?;
    Ok(rows == 1)
}
