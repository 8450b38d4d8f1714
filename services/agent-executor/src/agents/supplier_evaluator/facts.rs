//! Who supplies what, on which terms, and what has not come.

use chrono::NaiveDate;
use uuid::Uuid;
use wharf_domain::{
    contracts::{
        ReplyContent,
        answers::{NoSupplier, OpenOrder, SupplierInfo, SupplierRow, SuppliesLine},
    },
    entities::EntityName,
};
use wharf_store::{
    AsyncPgConnection,
    products::Product,
    purchase_orders::{self, Open},
    suppliers::{self, Offer, Supplied, Supplier},
};

use super::named;
use crate::agents::{AgentFailure, Request, lookup};

/// Products and open orders that a supplier is shown with.
const LINES: i64 = 5;

/// The suppliers that the request names, or those of the product that it names.
pub(super) async fn check(
    conn: &mut AsyncPgConnection,
    request: &Request,
) -> Result<ReplyContent, AgentFailure> {
    let names = |entity| request.entities.get(entity).is_some();
    let product = if names(EntityName::Sku) || names(EntityName::Product) {
        match lookup::product(conn, request).await? {
            Ok(product) => Some(product),
            Err(instead) => return Ok(*instead),
        }
    } else {
        None
    };
    let company = request.company_id();
    let named = match named(conn, request).await? {
        Ok(named) => named,
        Err(instead) => return Ok(*instead),
    };
    let offers = match &product {
        Some(product) => suppliers::offers(conn, company, &[product.id]).await?,
        None => Vec::new(),
    };
    let mut rows = match (named, &product) {
        (Some(named), _) => named,
        (None, Some(product)) => {
            let all = suppliers::list(conn, company).await?;
            let sellers = sellers(all, &offers);
            if sellers.is_empty() {
                return Ok(ReplyContent::NoSupplier(NoSupplier {
                    sku: product.sku.clone(),
                    name: product.name.clone(),
                    supplier: None,
                    sold_by: Vec::new(),
                }));
            }
            sellers
        }
        (None, None) => {
            return Err(AgentFailure::Refused(
                "check_supplier reached its agent without a supplier or product".to_owned(),
            ));
        }
    };
    rows.truncate(lookup::CHOICES);
    let ids: Vec<Uuid> = rows.iter().map(|supplier| supplier.id).collect();
    let supplied = suppliers::supplied(conn, company, &ids, LINES).await?;
    let open = purchase_orders::open(conn, company, &ids, LINES).await?;
    let today = request.company_today();
    let suppliers = rows
        .into_iter()
        .map(|supplier| row(supplier, product.as_ref(), &offers, &supplied, &open, today));
    Ok(ReplyContent::SupplierInfo(SupplierInfo {
        suppliers: suppliers.collect(),
        product: product.map(lookup::name),
        as_of: request.now,
    }))
}

/// Those who sell the product: the preferred first, then by price within a currency, then by name.
fn sellers(all: Vec<Supplier>, offers: &[Offer]) -> Vec<Supplier> {
    let mut best: Vec<&Offer> = offers.iter().collect();
    best.sort_by(|a, b| {
        let (price_a, price_b) = (&a.unit_price, &b.unit_price);
        b.preferred
            .cmp(&a.preferred)
            .then_with(|| price_a.currency.cmp(&price_b.currency))
            .then_with(|| price_a.amount.cmp(&price_b.amount))
            .then_with(|| a.supplier.cmp(&b.supplier))
    });
    let of = |offer: &Offer| all.iter().find(|one| one.id == offer.supplier_id).cloned();
    best.into_iter().filter_map(of).collect()
}

fn row(
    supplier: Supplier,
    product: Option<&Product>,
    offers: &[Offer],
    supplied: &[Supplied],
    open: &[Open],
    today: NaiveDate,
) -> SupplierRow {
    let offer = offers.iter().find(|offer| offer.supplier_id == supplier.id);
    let sold = || {
        supplied
            .iter()
            .filter(|line| line.supplier_id == supplier.id)
    };
    let late = || open.iter().filter(|order| order.supplier_id == supplier.id);
    let supplies = match product {
        Some(product) => offer
            .map(|offer| SuppliesLine {
                sku: product.sku.clone(),
                name: product.name.clone(),
                unit_price: offer.unit_price.clone(),
                minimum_quantity: offer.minimum_quantity,
                lead_time_days: offer.lead_time_days,
            })
            .into_iter()
            .collect(),
        None => sold()
            .map(|line| SuppliesLine {
                sku: line.sku.clone(),
                name: line.name.clone(),
                unit_price: line.unit_price.clone(),
                minimum_quantity: line.minimum_quantity,
                lead_time_days: line.lead_time_days,
            })
            .collect(),
    };
    SupplierRow {
        supplies,
        preferred: offer.is_some_and(|offer| offer.preferred),
        product_count: count(sold().next().map(|line| line.products)),
        open_orders: late().map(|order| open_order(order, today)).collect(),
        open_order_count: count(late().next().map(|order| order.orders)),
        name: supplier.name,
        active: supplier.active,
        contact_name: supplier.contact_name,
        email: supplier.email,
        phone: supplier.phone,
        lead_time_days: supplier.lead_time_days,
        payment_terms: supplier.payment_terms,
    }
}

fn open_order(order: &Open, today: NaiveDate) -> OpenOrder {
    let late = order.expected_on.map(|day| (today - day).num_days());
    OpenOrder {
        order: order.order.clone(),
        expected_on: order.expected_on,
        days_late: late.unwrap_or(0).max(0),
        total: order.total.clone(),
    }
}

fn count(rows: Option<i64>) -> u32 {
    u32::try_from(rows.unwrap_or(0)).unwrap_or(u32::MAX)
}
