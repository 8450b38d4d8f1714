//! What changed stock: history that is added to and never changed, each row together with the new
//! figure of `stock_levels`.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;
use wharf_domain::ids::{CompanyId, ExecutionId, ProfileId};

use crate::{
    Result,
    columns::{Col, text_enum},
    error::StoreError,
    schema::{stock_levels as l, stock_movements as m},
};

text_enum! {
    /// Why stock changed.
    pub enum MovementKind {
        /// It was counted.
        Count = "count",
        /// Some came in.
        Receipt = "receipt",
        /// Some was taken out.
        Issue = "issue",
        /// Some was sold.
        Sale = "sale",
        /// It came with an import.
        Import = "import",
        /// An earlier movement was taken back.
        Undo = "undo",
    }
}

/// A movement to be made, of stock that [`lock`] holds.
#[derive(Debug, Clone)]
pub struct NewMovement {
    /// The tenant.
    pub company_id: CompanyId,
    /// What.
    pub product_id: Uuid,
    /// Where.
    pub location_id: Uuid,
    /// Why.
    pub kind: MovementKind,
    /// Units before, as [`lock`] gave them; `None`: nothing was recorded there.
    pub before: Option<i64>,
    /// Units after, 0 or more.
    pub after: i64,
    /// In words.
    pub reason: Option<String>,
    /// The request that causes it; at most one movement of a product and place each.
    pub execution_id: Option<ExecutionId>,
    /// Who asked for it.
    pub profile_id: Option<ProfileId>,
    /// The movement that it takes back.
    pub reverses: Option<Uuid>,
    /// When.
    pub moved_at: DateTime<Utc>,
}

/// A movement.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = m)]
pub struct Movement {
    /// The row.
    pub id: Uuid,
    /// What.
    pub product_id: Uuid,
    /// Where.
    pub location_id: Uuid,
    /// Why.
    #[diesel(deserialize_as = Col<MovementKind>)]
    pub kind: MovementKind,
    /// Units before.
    pub quantity_before: i64,
    /// Units after.
    pub quantity_after: i64,
    /// When.
    pub moved_at: DateTime<Utc>,
}

/// The units of the product at the place, held until the transaction ends; `None`: nothing is
/// recorded there, or the product or place is not the company's.
///
/// # Errors
/// When the database fails.
pub async fn lock(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    product: Uuid,
    location: Uuid,
) -> Result<Option<i64>> {
    Ok(l::table
        .filter(l::company_id.eq(company.0))
        .filter(l::product_id.eq(product))
        .filter(l::location_id.eq(location))
        .select(l::quantity)
        .for_update()
        .first(conn)
        .await
        .optional()?)
}

/// Makes a movement: the history's row and the new figure.
///
/// # Errors
/// [`StoreError::Contended`] when the stock is no longer what `before` says;
/// [`StoreError::Database`] when the product or place is not the company's, or the database fails.
pub async fn record(conn: &mut AsyncPgConnection, new: &NewMovement) -> Result<Movement> {
    let changed = match new.before {
        Some(before) => {
            diesel::update(l::table)
                .filter(l::company_id.eq(new.company_id.0))
                .filter(l::product_id.eq(new.product_id))
                .filter(l::location_id.eq(new.location_id))
                .filter(l::quantity.eq(before))
                .set((l::quantity.eq(new.after), l::updated_at.eq(new.moved_at)))
                .execute(conn)
                .await?
        }
        None => {
            diesel::insert_into(l::table)
                .values((
                    l::company_id.eq(new.company_id.0),
                    l::product_id.eq(new.product_id),
                    l::location_id.eq(new.location_id),
                    l::quantity.eq(new.after),
                    l::updated_at.eq(new.moved_at),
                ))
                .on_conflict_do_nothing()
                .execute(conn)
                .await?
        }
    };
    if changed != 1 {
        return Err(StoreError::Contended(
            "the stock changed meanwhile".to_owned(),
        ));
    }
    Ok(diesel::insert_into(m::table)
        .values((
            m::company_id.eq(new.company_id.0),
            m::product_id.eq(new.product_id),
            m::location_id.eq(new.location_id),
            m::kind.eq(new.kind.as_str()),
            m::quantity_before.eq(new.before.unwrap_or(0)),
            m::quantity_after.eq(new.after),
            m::reason.eq(&new.reason),
            m::execution_id.eq(new.execution_id.map(Uuid::from)),
            m::profile_id.eq(new.profile_id.map(Uuid::from)),
            m::reverses.eq(new.reverses),
            m::moved_at.eq(new.moved_at),
        ))
        .returning(Movement::as_returning())
        .get_result(conn)
        .await?)
}

/// The movement that the execution made.
///
/// # Errors
/// When the database fails.
pub async fn of_execution(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    execution: ExecutionId,
) -> Result<Option<Movement>> {
    Ok(m::table
        .filter(m::company_id.eq(company.0))
        .filter(m::execution_id.eq(execution.0))
        .order(m::moved_at)
        .select(Movement::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// The movements of a product, the latest first, at most `most`.
///
/// # Errors
/// When the database fails.
pub async fn of_product(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    product: Uuid,
    most: i64,
) -> Result<Vec<Movement>> {
    Ok(m::table
        .filter(m::company_id.eq(company.0))
        .filter(m::product_id.eq(product))
        .order((m::moved_at.desc(), m::id))
        .limit(most)
        .select(Movement::as_select())
        .load(conn)
        .await?)
}
