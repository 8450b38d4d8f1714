//! Records what was counted, came in or was taken out.

use serde::{Deserialize, Serialize};
use uuid::Uuid;
use wharf_domain::{
    contracts::{
        ReplyContent, Step,
        answers::{Confirm, NotEnoughStock, StockUpdated},
    },
    entities::EntityName,
};
use wharf_store::{
    AsyncPgConnection,
    locations::Location,
    movements::{self, Movement, MovementKind, NewMovement},
    products::Product,
    stock,
};

use super::check;
use crate::agents::{AgentFailure, Limits, Request, ask, changes, lookup, plan};

/// What a movement was, for UNDO.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Change {
    pub(super) movement: Uuid,
    pub(super) product: Uuid,
    pub(super) sku: String,
    pub(super) location: Uuid,
    pub(super) before: i64,
    pub(super) after: i64,
}

/// What is to be recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operation {
    Set,
    Add,
    Remove,
}

impl Operation {
    /// As the request says; `None`: it does not.
    fn of(request: &Request) -> Option<Self> {
        match request.entities.get(EntityName::Operation)? {
            "set" => Some(Self::Set),
            "add" => Some(Self::Add),
            "remove" => Some(Self::Remove),
            _ => None,
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Set => "set",
            Self::Add => "add",
            Self::Remove => "remove",
        }
    }

    const fn kind(self) -> MovementKind {
        match self {
            Self::Set => MovementKind::Count,
            Self::Add => MovementKind::Receipt,
            Self::Remove => MovementKind::Issue,
        }
    }

    /// What is there after it; below 0 when there is not enough, `None` when no number holds it.
    const fn after(self, before: i64, quantity: i64) -> Option<i64> {
        match self {
            Self::Set => Some(quantity),
            Self::Add => before.checked_add(quantity),
            Self::Remove => before.checked_sub(quantity),
        }
    }
}

pub(super) async fn update(
    conn: &mut AsyncPgConnection,
    request: &Request,
) -> Result<ReplyContent, AgentFailure> {
    let (product, scope) = match lookup::subject(conn, request).await? {
        Ok(found) => found,
        Err(instead) => return Ok(*instead),
    };
    let Some(quantity) = quantity(request) else {
        return ask::missing(conn, request, EntityName::Quantity).await;
    };
    let company = request.company_id();
    // A repeat of what is done answers from the movement.
    if let Some(made) = movements::of_execution(conn, company, request.execution_id).await? {
        let all = scope.list(conn, request).await?;
        let place = all.into_iter().find(|place| place.id == made.location_id);
        if let Some(place) = place {
            return answer(conn, request, &product, (&scope, &place), &made).await;
        }
    }
    let place = match scope.named.clone() {
        Some(place) => place,
        None => match the_place(conn, request, &product, &scope).await? {
            Ok(place) => place,
            Err(places) => {
                return Ok(ReplyContent::WhichLocation {
                    product: lookup::name(product),
                    locations: places,
                });
            }
        },
    };
    let said = Operation::of(request);
    // "Stock of X: 40" says what there is.
    let operation = said.unwrap_or(Operation::Set);
    let held = movements::lock(conn, company, product.id, place.id).await?;
    let before = held.unwrap_or(0);
    let Some(after) = operation.after(before, quantity) else {
        return ask::missing(conn, request, EntityName::Quantity).await;
    };
    if after < 0 {
        return Ok(ReplyContent::NotEnoughStock(NotEnoughStock {
            sku: product.sku,
            name: product.name,
            unit: product.unit,
            location: place.name,
            asked: quantity,
            there: before,
            as_of: request.now,
        }));
    }
    let asks = said.is_none() || is_large(&request.limits, before, after);
    if asks && request.step == Step::Ask {
        let expires_at = ask::confirm(conn, request, false).await?;
        return Ok(ReplyContent::Confirm(Confirm {
            intent: request.intent,
            entities: request.entities.clone(),
            product: Some(lookup::name(product)),
            change: Some((before, after)),
            expires_at,
        }));
    }
    let movement = NewMovement {
        company_id: company,
        product_id: product.id,
        location_id: place.id,
        kind: operation.kind(),
        before: held,
        after,
        reason: Some(format!("{} {quantity}", operation.as_str())),
        execution_id: Some(request.execution_id),
        profile_id: request.person.as_ref().map(|person| person.id),
        reverses: None,
        moved_at: request.now,
    };
    let made = movements::record(conn, &movement).await?;
    let change = Change {
        movement: made.id,
        product: product.id,
        sku: product.sku.clone(),
        location: place.id,
        before,
        after,
    };
    changes::note(conn, request, &change).await?;
    answer(conn, request, &product, (&scope, &place), &made).await
}

/// Units, 0 or more.
fn quantity(request: &Request) -> Option<i64> {
    let units: i64 = request.entities.get(EntityName::Quantity)?.parse().ok()?;
    (units >= 0).then_some(units)
}

/// Where it is, when nobody says: the only place, else the only one that holds any, else the only
/// one that keeps the product; or the names of those that it may be.
async fn the_place(
    conn: &mut AsyncPgConnection,
    request: &Request,
    product: &Product,
    scope: &lookup::Scope,
) -> Result<Result<Location, Vec<String>>, AgentFailure> {
    let mut all = scope.list(conn, request).await?;
    if all.len() == 1 {
        return Ok(Ok(all.remove(0)));
    }
    let places = scope.places();
    let rows = stock::stock_of(conn, request.company_id(), product.id, places.as_deref()).await?;
    let holding: Vec<Uuid> = rows
        .iter()
        .filter(|row| row.quantity > 0)
        .map(|row| row.location_id)
        .collect();
    let keeping: Vec<Uuid> = rows.iter().map(|row| row.location_id).collect();
    for candidates in [&holding, &keeping] {
        if let [only] = candidates.as_slice()
            && let Some(place) = all.iter().find(|place| place.id == *only)
        {
            return Ok(Ok(place.clone()));
        }
    }
    if !keeping.is_empty() {
        all.retain(|place| keeping.contains(&place.id));
    }
    let names = all.into_iter().map(|place| place.name);
    Ok(Err(names.take(lookup::CHOICES).collect()))
}

/// Whether a change is so large that it is asked about: by more units than the limit, or by more
/// percent of what was there. Of nothing there is no percentage.
fn is_large(limits: &Limits, before: i64, after: i64) -> bool {
    let change = i128::from(after.abs_diff(before));
    let percent = i128::from(before) * i128::from(limits.confirm_stock_percent);
    change > i128::from(limits.confirm_stock_units) || (before > 0 && change * 100 > percent)
}

async fn answer(
    conn: &mut AsyncPgConnection,
    request: &Request,
    product: &Product,
    (scope, place): (&lookup::Scope, &Location),
    made: &Movement,
) -> Result<ReplyContent, AgentFailure> {
    let own = scope.own();
    let rows = stock::stock_of(conn, request.company_id(), product.id, own).await?;
    let plan = match own {
        None => plan::of_product(conn, request, product).await?,
        Some(places) => {
            let point = check::own_point(&rows, places);
            plan::of_places(conn, request, product, places, point).await?
        }
    };
    let operation = match made.kind {
        MovementKind::Receipt => Operation::Add,
        MovementKind::Issue => Operation::Remove,
        MovementKind::Count | MovementKind::Sale | MovementKind::Import | MovementKind::Undo => {
            Operation::Set
        }
    };
    Ok(ReplyContent::StockUpdated(StockUpdated {
        sku: product.sku.clone(),
        name: product.name.clone(),
        unit: product.unit.clone(),
        location: place.name.clone(),
        operation: operation.as_str().to_owned(),
        before: made.quantity_before,
        after: made.quantity_after,
        total: rows.iter().map(|row| row.quantity).sum(),
        reorder_point: plan.reorder_point,
        undo_until: request.undo_until(),
        as_of: made.moved_at,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_count_and_never_wrap() {
        assert_eq!(Operation::Set.after(7, 40), Some(40));
        assert_eq!(Operation::Add.after(7, 40), Some(47));
        assert_eq!(Operation::Remove.after(7, 40), Some(-33));
        assert_eq!(Operation::Add.after(7, i64::MAX), None);
    }
}
