//! Which lessons people have read.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use wharf_domain::{
    ids::{CompanyId, ProfileId},
    lessons::Lesson,
};

use crate::{Result, schema::lessons_read as l};

/// How often `profile` has read each lesson. Rows of lessons that this version does not have are
/// passed over.
///
/// # Errors
/// When the database fails.
pub async fn read(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    profile: ProfileId,
) -> Result<BTreeMap<Lesson, u32>> {
    let rows: Vec<(String, i32)> = l::table
        .filter(l::company_id.eq(company.0))
        .filter(l::profile_id.eq(profile.0))
        .select((l::lesson, l::times))
        .load(conn)
        .await?;
    let known = rows
        .into_iter()
        .filter_map(|(lesson, times)| Some((lesson.parse().ok()?, times.unsigned_abs())));
    Ok(known.collect())
}

/// Notes that `profile` reads a lesson; how often it has then. Call it within the transaction of
/// the message, so that a repeated one counts once.
///
/// # Errors
/// When the database fails, or `company` has no such profile.
pub async fn note(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    profile: ProfileId,
    lesson: Lesson,
    now: DateTime<Utc>,
) -> Result<u32> {
    // Of an insert; `QueryDsl` has the one of queries.
    use diesel::query_dsl::methods::FilterDsl as _;

    let times: i32 = diesel::insert_into(l::table)
        .values((
            l::company_id.eq(company.0),
            l::profile_id.eq(profile.0),
            l::lesson.eq(lesson.as_str()),
            l::first_read_at.eq(now),
            l::read_at.eq(now),
        ))
        .on_conflict((l::profile_id, l::lesson))
        .do_update()
        .set((l::times.eq(l::times + 1), l::read_at.eq(now)))
        // The profile's row may be another company's.
        .filter(l::company_id.eq(company.0))
        .returning(l::times)
        .get_result(conn)
        .await?;
    Ok(times.unsigned_abs())
}
