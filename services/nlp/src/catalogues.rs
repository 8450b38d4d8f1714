//! The companies' names of things, read from the database and remembered for a while: building the
//! index of 5,000 names for every message would cost more than understanding it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};
use wharf_domain::{clock::SharedClock, ids::CompanyId};
use wharf_store::{AsyncPgConnection, StoreError, locations, products};

use crate::understand::catalogue::{Catalogue, CatalogueItem, ItemKind};

#[derive(Debug)]
struct Remembered {
    catalogue: Arc<Catalogue>,
    read_at: DateTime<Utc>,
}

/// Catalogues by company. One entry a company that writes to us, so its size is the number of
/// tenants.
#[derive(Debug)]
pub struct Catalogues {
    ttl: TimeDelta,
    clock: SharedClock,
    known: Mutex<HashMap<CompanyId, Remembered>>,
}

impl Catalogues {
    /// Remembers each catalogue for `ttl`: so long may a new product's name be unknown.
    #[must_use]
    pub fn new(ttl: TimeDelta, clock: SharedClock) -> Self {
        Self {
            ttl,
            clock,
            known: Mutex::default(),
        }
    }

    /// The catalogue of `company`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn of(
        &self,
        conn: &mut AsyncPgConnection,
        company: CompanyId,
    ) -> Result<Arc<Catalogue>, StoreError> {
        let now = self.clock.now();
        if let Some(known) = self
            .known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&company)
            && now - known.read_at < self.ttl
        {
            return Ok(known.catalogue.clone());
        }
        let catalogue = Arc::new(read(conn, company).await?);
        let remembered = Remembered {
            catalogue: catalogue.clone(),
            read_at: now,
        };
        self.known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(company, remembered);
        Ok(catalogue)
    }
}

async fn read(conn: &mut AsyncPgConnection, company: CompanyId) -> Result<Catalogue, StoreError> {
    let products = products::catalogue(conn, company).await?;
    let places = locations::list(conn, company).await?;
    let products = products.into_iter().map(|product| CatalogueItem {
        kind: ItemKind::Product,
        sku: Some(product.sku),
        name: product.name,
        aliases: product.aliases,
    });
    let places = places.into_iter().map(|place| CatalogueItem {
        kind: ItemKind::Location,
        sku: None,
        name: place.name,
        aliases: Vec::new(),
    });
    Ok(Catalogue::build(products.chain(places)))
}
