//! Places that hold stock, and the legal entities that own them.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;
use wharf_domain::ids::CompanyId;

use crate::{
    Result,
    product_match::key,
    schema::{legal_entities, locations},
};

/// A place.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Location {
    /// The row.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// The legal entity that owns what is there.
    pub legal_entity: String,
}

/// The company's places, by name.
///
/// # Errors
/// When the database fails.
pub async fn list(conn: &mut AsyncPgConnection, company: CompanyId) -> Result<Vec<Location>> {
    Ok(locations::table
        .inner_join(legal_entities::table)
        .filter(locations::company_id.eq(company.0))
        .order(locations::name)
        .select((locations::id, locations::name, legal_entities::name))
        .load(conn)
        .await?)
}

/// The company's place of that name, written in any case; else the only one whose name contains
/// the words ("the hamburg warehouse" is asked for as "hamburg").
///
/// # Errors
/// When the database fails.
pub async fn find(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    words: &str,
) -> Result<Option<Location>> {
    let wanted = key(words);
    if wanted.is_empty() {
        return Ok(None);
    }
    let all = list(conn, company).await?;
    if let Some(exact) = all.iter().find(|place| key(&place.name) == wanted) {
        return Ok(Some(exact.clone()));
    }
    let mut containing = all.into_iter().filter(|place| {
        let name = key(&place.name);
        wanted
            .split(' ')
            .all(|word| name.split(' ').any(|part| part == word))
    });
    let first = containing.next();
    Ok(first.filter(|_| containing.next().is_none()))
}

/// A place with its coordinates, when they are known.
#[derive(Debug, Clone, PartialEq, Queryable)]
pub struct Place {
    /// Its name.
    pub name: String,
    /// Degrees north.
    pub latitude: Option<f64>,
    /// Degrees east.
    pub longitude: Option<f64>,
}

/// The company's places with their coordinates, by name; with `some`, only these.
///
/// # Errors
/// When the database fails.
pub async fn places(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    some: Option<&[Uuid]>,
) -> Result<Vec<Place>> {
    let mut query = locations::table
        .filter(locations::company_id.eq(company.0))
        .order(locations::name)
        .select((locations::name, locations::latitude, locations::longitude))
        .into_boxed();
    if let Some(some) = some {
        query = query.filter(locations::id.eq_any(some));
    }
    Ok(query.load(conn).await?)
}
