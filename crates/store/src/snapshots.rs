//! What was there at the end of each day, for averages over a period.

use chrono::NaiveDate;
use diesel::{prelude::*, sql_types::Date, upsert::excluded};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use wharf_domain::ids::CompanyId;

use crate::{
    Result,
    schema::{stock_levels as l, stock_snapshots as s},
};

/// Notes what is there now as the company's stock of `day`; a later one of the same day takes the
/// place of an earlier one. Returns how many places of products were noted.
///
/// # Errors
/// When the database fails.
pub async fn take(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    day: NaiveDate,
) -> Result<usize> {
    let now = l::table.filter(l::company_id.eq(company.0)).select((
        l::company_id,
        l::product_id,
        l::location_id,
        day.into_sql::<Date>(),
        l::quantity,
    ));
    Ok(diesel::insert_into(s::table)
        .values(now)
        .into_columns((
            s::company_id,
            s::product_id,
            s::location_id,
            s::taken_on,
            s::quantity,
        ))
        .on_conflict((s::product_id, s::location_id, s::taken_on))
        .do_update()
        .set(s::quantity.eq(excluded(s::quantity)))
        .execute(conn)
        .await?)
}
