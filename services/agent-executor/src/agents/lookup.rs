//! Finding what a request names; what is not found is an answer, not an error.

use wharf_domain::{
    contracts::{ProductName, ReplyContent},
    entities::EntityName,
};
use wharf_store::{
    AsyncPgConnection, StoreError,
    locations::{self, Location},
    products::{self, Product, ProductMatch},
};

use super::{AgentFailure, Request};

/// Names that one reply can list, and that a digit can choose from.
pub(super) const CHOICES: usize = 9;

/// What was looked for, or what to answer instead.
pub(super) type Found<T> = Result<T, Box<ReplyContent>>;

/// The product that the request names by code or words.
pub(super) async fn product(
    conn: &mut AsyncPgConnection,
    request: &Request,
) -> Result<Found<Product>, AgentFailure> {
    let entities = &request.entities;
    let asked = entities
        .get(EntityName::Sku)
        .or_else(|| entities.get(EntityName::Product))
        .ok_or_else(|| {
            AgentFailure::Refused(format!(
                "{} reached its agent without a product",
                request.intent
            ))
        })?;
    let found = products::find_product(conn, request.company_id(), asked).await?;
    Ok(match found {
        ProductMatch::One(product) => Ok(product),
        ProductMatch::Several(found) => Err(Box::new(ReplyContent::WhichProduct {
            asked: asked.to_owned(),
            candidates: found.into_iter().take(CHOICES).map(name).collect(),
        })),
        ProductMatch::None { nearest } => Err(Box::new(ReplyContent::ProductNotFound {
            asked: asked.to_owned(),
            nearest,
        })),
    })
}

/// The place that the request names; `None` when it names none.
pub(super) async fn location(
    conn: &mut AsyncPgConnection,
    request: &Request,
) -> Result<Found<Option<Location>>, StoreError> {
    let Some(words) = request.entities.get(EntityName::Location) else {
        return Ok(Ok(None));
    };
    let company = request.company_id();
    if let Some(place) = locations::find(conn, company, words).await? {
        return Ok(Ok(Some(place)));
    }
    let all = locations::list(conn, company).await?;
    Ok(Err(Box::new(ReplyContent::LocationNotFound {
        asked: words.to_owned(),
        locations: all.into_iter().map(|location| location.name).collect(),
    })))
}

/// A product as people tell it from others.
pub(super) fn name(product: Product) -> ProductName {
    ProductName {
        sku: product.sku,
        name: product.name,
    }
}
