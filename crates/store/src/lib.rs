//! PostgreSQL as Wharf uses it: the schema, one file an aggregate (its rows and its queries), the
//! pool, the embedded migrations and the demo company.
//!
//! Companies are kept apart twice. Every query takes the
//! [`CompanyId`](wharf_domain::ids::CompanyId) whose rows it may see, and PostgreSQL gives a
//! transaction the rows of one company only: see [`tenant`] and
//! `docs/adr/0020-row-level-security.md`. Services work within [`Store::in_company`]; the few
//! queries that find the company, or serve all of them, say so, and run within [`Store::across`]:
//! [`Across`] lists them. Without either there is no connection to be had, and no row to be seen.
//!
//! To add a query: a free function in its aggregate's file that takes `&mut AsyncPgConnection`, the
//! company and plain values, one statement where possible, and its line in the file of its theme in
//! `tests/database/cross_tenant/`, which a test asks for. It runs in the transaction that its caller
//! has opened by `in_company`.
//!
//! To add a table: a migration (see `migrations/README.md`: `wharf_isolate` in it gives services the
//! table), `schema`, a file here.

pub mod agent_runs;
pub mod agents;
pub mod alerts;
pub mod audit;
pub mod bulk;
mod columns;
pub mod companies;
pub mod config;
pub mod contacts;
pub mod conversations;
pub mod demand;
pub mod demo;
pub mod dialogues;
pub mod effects;
pub mod error;
pub mod executions;
pub mod feedback;
pub mod inbound_media;
pub mod lessons;
pub mod locations;
pub mod mail;
pub mod metrics;
pub mod migrations;
pub mod movements;
pub mod opt_outs;
pub mod outbound;
mod owner;
pub mod pairing;
pub mod permissions;
pub mod persona_offers;
pub mod personas;
pub mod pool;
mod product_match;
pub mod products;
pub mod profiles;
pub mod purchase_orders;
pub mod replenishment;
pub mod reports;
pub mod schedules;
mod schema;
pub mod snapshots;
pub mod stock;
pub mod supplier_scores;
pub mod suppliers;
pub mod team;
pub mod templates;
pub mod tenant;
mod tls;
pub mod unknown_senders;

pub use config::DatabaseConfig;
pub use diesel_async::AsyncPgConnection;
pub use error::StoreError;
pub use owner::OwnerStore;
pub use pool::{NamedLock, PooledConnection, Store};
pub use tenant::Across;

/// What every query returns.
pub type Result<T> = std::result::Result<T, StoreError>;
