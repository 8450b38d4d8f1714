//! Answers how much there is of a product, where, and whether to order.

use std::time::Instant;

use wharf_domain::{
    contracts::{
        EntityStock, InventoryCheckResult, ReplyContent,
        answers::{JobReport, LocationStock},
    },
    intent::IntentType,
};
use wharf_store::{
    AsyncPgConnection,
    products::Product,
    stock::{self, StockByLocation},
};

use super::{Agent, AgentFailure, Request, Work, lookup};

/// See the module.
#[derive(Debug)]
pub(super) struct InventoryMonitor;

impl Agent for InventoryMonitor {
    async fn run(
        &self,
        conn: &mut AsyncPgConnection,
        request: &Request,
    ) -> Result<Work, AgentFailure> {
        match request.intent {
            IntentType::CheckInventory => check(conn, request).await.map(Work::done),
            other => Ok(Work::done(ReplyContent::NotAvailable {
                intent: other.as_str().to_owned(),
            })),
        }
    }

    async fn job(
        &self,
        _conn: &mut AsyncPgConnection,
        _request: &Request,
    ) -> Result<JobReport, AgentFailure> {
        Ok(JobReport {
            agent: "inventory_monitor".to_owned(),
            counts: Vec::new(),
        })
    }
}

async fn check(
    conn: &mut AsyncPgConnection,
    request: &Request,
) -> Result<ReplyContent, AgentFailure> {
    let started = Instant::now();
    let product = match lookup::product(conn, request).await? {
        Ok(product) => product,
        Err(instead) => return Ok(*instead),
    };
    let place = match lookup::location(conn, request).await? {
        Ok(place) => place,
        Err(instead) => return Ok(*instead),
    };
    let only = place.as_ref().map(|place| vec![place.id]);
    let stock = stock::stock_of(conn, request.company_id(), product.id, only.as_deref()).await?;
    let mut result = summarise(&product, &stock, place.is_some(), request);
    result.query_time_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(ReplyContent::InventoryCheckResult(result))
}

/// Adds up the rows. Of one place only, the place's own reorder point counts, and how long the
/// company's stock lasts is not known from it.
fn summarise(
    product: &Product,
    stock: &[StockByLocation],
    one_place: bool,
    request: &Request,
) -> InventoryCheckResult {
    let quantity = stock.iter().map(|row| row.quantity).sum();
    let reorder_point = if one_place {
        stock.first().and_then(|row| row.reorder_point)
    } else {
        product.reorder_point
    };
    let daily = product
        .average_daily_demand
        .filter(|daily| !one_place && *daily > 0.0);
    InventoryCheckResult {
        sku: product.sku.clone(),
        name: product.name.clone(),
        unit: product.unit.clone(),
        quantity,
        location: location_names(stock),
        reorder_point,
        lead_time_days: product.lead_time_days,
        last_reorder: product.last_reorder_on,
        coverage_days: daily.map(|daily| whole_days(quantity, daily)),
        last_updated: stock.iter().map(|row| row.updated_at).max(),
        entities: by_entity(stock),
        locations: stock
            .iter()
            .map(|row| LocationStock {
                name: row.location.clone(),
                quantity: row.quantity,
                reorder_point: row.reorder_point,
            })
            .collect(),
        reorder_point_computed: false,
        daily_demand: daily,
        safety_stock: None,
        on_order: 0,
        suggested_order: None,
        as_of: request.now,
        query_time_ms: 0,
    }
}

/// Full days that `quantity` lasts at `daily` units a day.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "days of cover are far below 2^52, and `as` saturates"
)]
fn whole_days(quantity: i64, daily: f64) -> i64 {
    (quantity.max(0) as f64 / daily).floor() as i64
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

/// The stock of each legal entity, by name. Its reorder point is known when every place of it that
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
    fn cover_is_full_days_and_never_negative() {
        assert_eq!(whole_days(100, 3.0), 33);
        assert_eq!(whole_days(-4, 3.0), 0);
    }
}
