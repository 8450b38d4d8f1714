//! Tenants.

use chrono_tz::Tz;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;
use wharf_domain::{address::Address, ids::CompanyId};

use crate::{Result, columns::Col, schema::companies};

/// A tenant.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = companies)]
pub struct Company {
    /// Its id.
    #[diesel(deserialize_as = Uuid)]
    pub id: CompanyId,
    /// Its name.
    pub name: String,
    /// Its WhatsApp number: ours, that people write to.
    #[diesel(deserialize_as = Col<Address>)]
    pub whatsapp_address: Address,
    /// The zone of everybody who has none of their own.
    #[diesel(deserialize_as = Col<Tz>)]
    pub time_zone: Tz,
    /// ISO day of the week that a week starts on: 1 is Monday, 7 is Sunday.
    pub week_start: i16,
    /// The locale of everybody who has none of their own.
    pub locale: String,
    /// ISO 4217.
    pub currency: String,
}

/// The company that owns the number `ours`. Takes no company: it finds it, within
/// [`Store::across`](crate::Store::across).
///
/// # Errors
/// When the database fails.
pub async fn by_address(conn: &mut AsyncPgConnection, ours: &Address) -> Result<Option<CompanyId>> {
    let id = companies::table
        .filter(companies::whatsapp_address.eq(ours.as_str()))
        .select(companies::id)
        .first::<Uuid>(conn)
        .await
        .optional()?;
    Ok(id.map(CompanyId))
}

/// The company itself.
///
/// # Errors
/// When the database fails.
pub async fn get(conn: &mut AsyncPgConnection, company: CompanyId) -> Result<Option<Company>> {
    Ok(companies::table
        .find(company.0)
        .select(Company::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// All companies, for what is done in each by itself. Takes no company: it serves all of
/// them, within [`Across::Sweeper`](crate::Across::Sweeper) or
/// [`Across::Keeper`](crate::Across::Keeper).
///
/// # Errors
/// When the database fails.
pub async fn all(conn: &mut AsyncPgConnection) -> Result<Vec<Company>> {
    Ok(companies::table
        .order(companies::id)
        .select(Company::as_select())
        .load(conn)
        .await?)
}
