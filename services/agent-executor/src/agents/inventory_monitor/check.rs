//! How much there is, where, and whether to order.

use std::time::Instant;

use uuid::Uuid;
use wharf_domain::contracts::{
    EntityStock, InventoryCheckResult, ReplyContent, answers::LocationStock,
};
use wharf_store::{
    AsyncPgConnection,
    products::Product,
    purchase_orders, replenishment,
    stock::{self, StockByLocation},
};

use crate::agents::{AgentFailure, Request, lookup, plan};

pub(super) async fn check(
    conn: &mut AsyncPgConnection,
    request: &Request,
) -> Result<ReplyContent, AgentFailure> {
    let started = Instant::now();
    let (product, scope) = match lookup::subject(conn, request).await? {
        Ok(found) => found,
        Err(instead) => return Ok(*instead),
    };
    let company = request.company_id();
    let places = scope.places();
    let rows = stock::stock_of(conn, company, product.id, places.as_deref()).await?;
    let quantity = rows.iter().map(|row| row.quantity).sum();
    let on_order = purchase_orders::on_order(conn, company, &[product.id]).await?;
    let on_order = on_order.get(&product.id).copied().unwrap_or(0);
    let plan = match &places {
        None => plan::of_product(conn, request, &product).await?,
        Some(places) => {
            let point = own_point(&rows, places);
            plan::of_places(conn, request, &product, places, point).await?
        }
    };
    let entities = entities(conn, request, &product, &rows).await?;
    let zone = request.company.time_zone;
    let ordered = replenishment::last_ordered(conn, company, product.id, zone).await?;
    let result = InventoryCheckResult {
        sku: product.sku,
        name: product.name,
        unit: product.unit,
        quantity,
        location: match &scope.named {
            Some(place) => place.name.clone(),
            None => location_names(&rows),
        },
        reorder_point: plan.reorder_point,
        reorder_point_computed: plan.computed,
        lead_time_days: plan.lead_time_days,
        last_reorder: ordered.max(product.last_reorder_on),
        daily_demand: plan.daily_demand(),
        safety_stock: plan.safety_stock,
        on_order,
        // What is on order goes to the company, not to a place: of some places it says nothing.
        suggested_order: places
            .is_none()
            .then(|| plan.suggested_order(quantity, on_order))
            .flatten(),
        coverage_days: plan.days_of_cover(quantity),
        last_updated: rows.iter().map(|row| row.updated_at).max(),
        entities,
        locations: rows
            .iter()
            .map(|row| LocationStock {
                name: row.location.clone(),
                quantity: row.quantity,
                reorder_point: row.reorder_point,
            })
            .collect(),
        as_of: request.now,
        query_time_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
    };
    Ok(ReplyContent::InventoryCheckResult(result))
}

/// The reorder point of these places together: known when each of them has one.
pub(super) fn own_point(rows: &[StockByLocation], places: &[Uuid]) -> Option<i64> {
    if rows.len() != places.len() || rows.is_empty() {
        return None;
    }
    rows.iter().map(|row| row.reorder_point).sum()
}

/// The places that hold any, the fullest first; all of them when none does.
fn location_names(stock: &[StockByLocation]) -> String {
    let mut holding: Vec<_> = stock.iter().filter(|row| row.quantity > 0).collect();
    if holding.is_empty() {
        holding = stock.iter().collect();
    }
    holding.sort_by_key(|row| std::cmp::Reverse(row.quantity));
    let names: Vec<_> = holding
        .into_iter()
        .map(|row| row.location.as_str())
        .collect();
    names.join(", ")
}

/// The stock of each legal entity, by name. A reorder point that its places do not have is computed
/// from their sales, as for any other places.
async fn entities(
    conn: &mut AsyncPgConnection,
    request: &Request,
    product: &Product,
    rows: &[StockByLocation],
) -> Result<Vec<EntityStock>, AgentFailure> {
    let mut entities = by_entity(rows);
    let open: Vec<&mut EntityStock> = entities
        .iter_mut()
        .filter(|entity| entity.reorder_point.is_none())
        .collect();
    let places: Vec<Vec<Uuid>> = open
        .iter()
        .map(|entity| places_of(rows, &entity.name))
        .collect();
    let points = plan::computed_points(conn, request, product, &places).await?;
    for (entity, point) in open.into_iter().zip(points) {
        entity.reorder_point = point;
    }
    Ok(entities)
}

fn places_of(rows: &[StockByLocation], entity: &str) -> Vec<Uuid> {
    rows.iter()
        .filter(|row| row.legal_entity == entity)
        .map(|row| row.location_id)
        .collect()
}

/// The stock of each legal entity, by name. Its own reorder point is known when every place of it that
/// keeps the product has one.
fn by_entity(stock: &[StockByLocation]) -> Vec<EntityStock> {
    let mut entities: Vec<EntityStock> = Vec::new();
    for row in stock {
        match entities
            .iter_mut()
            .find(|entity| entity.name == row.legal_entity)
        {
            Some(entity) => {
                entity.quantity += row.quantity;
                entity.reorder_point = entity
                    .reorder_point
                    .zip(row.reorder_point)
                    .map(|(a, b)| a + b);
            }
            None => entities.push(EntityStock {
                name: row.legal_entity.clone(),
                quantity: row.quantity,
                reorder_point: row.reorder_point,
            }),
        }
    }
    entities.sort_by(|a, b| a.name.cmp(&b.name));
    entities
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(
        location: &str,
        entity: &str,
        quantity: i64,
        reorder_point: Option<i64>,
    ) -> StockByLocation {
        StockByLocation {
            location_id: wharf_domain::ids::named(location),
            location: location.to_owned(),
            legal_entity: entity.to_owned(),
            quantity,
            reorder_point,
            updated_at: "2026-03-18T09:00:00Z".parse().unwrap(),
        }
    }

    #[test]
    fn an_entitys_reorder_point_is_known_only_when_all_its_places_have_one() {
        let stock = [
            row("A", "North", 5, Some(3)),
            row("B", "North", 7, Some(4)),
            row("C", "South", 1, None),
        ];
        let entities = by_entity(&stock);
        assert_eq!(
            entities[0],
            EntityStock {
                name: "North".into(),
                quantity: 12,
                reorder_point: Some(7)
            }
        );
        assert_eq!(entities[1].reorder_point, None);
        let stock = [row("A", "North", 5, Some(3)), row("B", "North", 7, None)];
        assert_eq!(by_entity(&stock)[0].reorder_point, None);
    }

    #[test]
    fn places_are_named_fullest_first_and_empty_ones_only_when_all_are() {
        let stock = [
            row("A", "N", 5, None),
            row("B", "N", 9, None),
            row("C", "N", 0, None),
        ];
        assert_eq!(location_names(&stock), "B, A");
        assert_eq!(location_names(&[row("C", "N", 0, None)]), "C");
    }

    #[test]
    fn of_some_places_the_point_is_known_when_each_has_one() {
        let stock = [row("A", "N", 5, Some(3)), row("B", "N", 7, Some(4))];
        let places: Vec<_> = stock.iter().map(|row| row.location_id).collect();
        assert_eq!(own_point(&stock, &places), Some(7));
        assert_eq!(own_point(&stock[..1], &places), None);
        assert_eq!(own_point(&[row("A", "N", 5, None)], &places[..1]), None);
    }
}
