//! The commands, one file each.

pub mod agents;
mod catalogue_file;
mod company;
pub mod dates;
pub mod dead_letters;
pub mod demo;
pub mod evaluate;
pub mod healthcheck;
pub mod import;
pub mod invite;
pub mod media;
pub mod migrate;
pub mod parse;
pub mod personas;
pub mod signature;
pub mod templates;
pub mod topology;
pub mod train;

/// A time as people read it here, to the minute.
fn minute(at: chrono::DateTime<chrono::Utc>) -> impl std::fmt::Display {
    at.format("%Y-%m-%d %H:%M UTC")
}

/// A database with the demo company in it.
#[cfg(test)]
async fn demo_database() -> wharf_testkit::database::TestDatabase {
    use wharf_domain::clock::{Clock as _, SystemClock};
    use wharf_store::{StoreError, demo};

    let db = wharf_testkit::database::TestDatabase::create().await;
    let now = SystemClock.now();
    db.store()
        .await
        .transaction::<_, StoreError, _>(async |conn| demo::load(conn, now, false).await)
        .await
        .unwrap();
    db
}
