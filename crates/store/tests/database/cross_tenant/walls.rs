//! The two walls between companies, and how they are tried.

use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection};
use wharf_domain::ids::CompanyId;

use crate::support::{Tenant, World};

/// What keeps a company's rows from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wall {
    /// The query's own condition: asked with their company for our ids, by the owner, whom no policy
    /// limits.
    Query,
    /// The database: asked with our company and our ids, by a service that is in their company.
    Database,
}

/// One way to ask.
pub(super) struct Way {
    pub(super) wall: Wall,
    /// Whose company the queries are told.
    pub(super) told: Tenant,
    pub(super) conn: AsyncPgConnection,
}

/// Both ways from `theirs` to `ours`.
pub(super) async fn ways(world: &World) -> [Way; 2] {
    let mut conns = [
        AsyncPgConnection::establish(&world.db.url()).await.unwrap(),
        AsyncPgConnection::establish(&world.db.url()).await.unwrap(),
    ];
    let inside = world.theirs.company;
    let service = format!("SET ROLE wharf_service; SET wharf.company_id = '{inside}'");
    conns[1].batch_execute(&service).await.unwrap();
    let [owner, service] = conns;
    [
        Way {
            wall: Wall::Query,
            told: world.theirs,
            conn: owner,
        },
        Way {
            wall: Wall::Database,
            told: world.ours,
            conn: service,
        },
    ]
}

/// Every row of a company, to be compared.
pub(super) async fn rows_of(world: &World, company: CompanyId) -> Vec<String> {
    world.db.company_rows(company).await
}

/// Finds nothing and changes nothing.
macro_rules! nothing {
    ($($call:expr;)*) => {$(
        crate::cross_tenant::walls::is_nothing($call.await.unwrap(), stringify!($call));
    )*};
}

/// No row, no change, none: what a type is without anything in it.
pub(super) fn is_nothing<T: Default + PartialEq + std::fmt::Debug>(got: T, call: &str) {
    assert_eq!(got, T::default(), "{call}");
}

/// Fails.
macro_rules! refused {
    ($($call:expr;)*) => {$(
        let done = $call.await;
        assert!(done.is_err(), "{}: {done:?}", stringify!($call));
    )*};
}

/// Is about the company that the query is told: done for it, or refused by the database when that is
/// another than the service is in.
macro_rules! own {
    ($wall:expr; $($call:expr;)*) => {$(
        let done = $call.await;
        let stopped = $wall == crate::cross_tenant::walls::Wall::Database;
        assert_eq!(done.is_err(), stopped, "{}: {done:?}", stringify!($call));
    )*};
}
