//! Finding what a request names; what is not found is an answer, not an error.

use uuid::Uuid;
use wharf_domain::{
    contracts::{ProductName, ReplyContent},
    dialogue::PAGE_LINES,
    entities::EntityName,
};
use wharf_store::{
    AsyncPgConnection, StoreError,
    locations::{self, Location},
    products::{self, Product, ProductMatch},
};

use super::{AgentFailure, Request, changes};

/// Names that one reply can list, and that a digit can choose from.
pub(super) const CHOICES: usize = PAGE_LINES as usize;

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

/// The places that a request is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Scope {
    /// The place that the request names.
    pub(super) named: Option<Location>,
    /// The places that the person is bound to; `None`: all.
    bound: Option<Vec<Uuid>>,
}

impl Scope {
    /// The places that count; `None`: all of the company.
    pub(super) fn places(&self) -> Option<Vec<Uuid>> {
        match &self.named {
            Some(place) => Some(vec![place.id]),
            None => self.bound.clone(),
        }
    }

    /// The places that the person is bound to, whatever the request names; `None`: all.
    pub(super) fn own(&self) -> Option<&[Uuid]> {
        self.bound.as_deref()
    }

    /// Those of the company's places that count, by name.
    pub(super) async fn list(
        &self,
        conn: &mut AsyncPgConnection,
        request: &Request,
    ) -> Result<Vec<Location>, StoreError> {
        let mut all = locations::list(conn, request.company_id()).await?;
        if let Some(places) = self.places() {
            all.retain(|place| places.contains(&place.id));
        }
        Ok(all)
    }
}

/// The places that the request is about: the one that it names, else those that the person may see
/// and change. A place that is not the person's is refused, in the words of the spec.
pub(super) async fn scope(
    conn: &mut AsyncPgConnection,
    request: &Request,
) -> Result<Found<Scope>, AgentFailure> {
    let person = request.person.as_ref();
    let mut scope = Scope {
        named: None,
        bound: person.and_then(|person| person.places.clone()),
    };
    let Some(words) = request.entities.get(EntityName::Location) else {
        return Ok(Ok(scope));
    };
    let Some(place) = locations::find(conn, request.company_id(), words).await? else {
        let mine = scope.list(conn, request).await?;
        return Ok(Err(Box::new(ReplyContent::LocationNotFound {
            asked: words.to_owned(),
            locations: mine.into_iter().map(|place| place.name).collect(),
        })));
    };
    if scope
        .bound
        .as_ref()
        .is_some_and(|own| !own.contains(&place.id))
    {
        return Ok(Err(Box::new(changes::denied(conn, request).await?)));
    }
    scope.named = Some(place);
    Ok(Ok(scope))
}

/// The product and the places that the request is about.
pub(super) async fn subject(
    conn: &mut AsyncPgConnection,
    request: &Request,
) -> Result<Found<(Product, Scope)>, AgentFailure> {
    let product = match product(conn, request).await? {
        Ok(product) => product,
        Err(instead) => return Ok(Err(instead)),
    };
    let scope = scope(conn, request).await?;
    Ok(scope.map(|scope| (product, scope)))
}

/// A product as people tell it from others.
pub(super) fn name(product: Product) -> ProductName {
    ProductName {
        sku: product.sku,
        name: product.name,
    }
}
