//! PostgreSQL as Wharf uses it: the schema, one file an aggregate (its rows and its queries), the
//! pool, the embedded migrations and the demo company.
//!
//! Every query takes the [`CompanyId`](wharf_domain::ids::CompanyId) whose rows it may see. The few
//! that cannot, because they find the company or serve all of them, say so: `companies::by_address`, `companies::all`,
//! `contacts::resolve_sender`, `outbound::apply_status`, and of
//! `executions` those for the sweeper: `unfinished`, `overdue`, `due_to_be_told`; of `inbound_media`
//! those for responder's fetcher: `claim` and `due_for_removal`.
//!
//! To add a query: a free function in its aggregate's file that takes `&mut AsyncPgConnection`, the
//! company and plain values, one statement where possible, and a line in
//! `tests/database/cross_tenant.rs`. To add a table: a migration (see `migrations/README.md`), `schema.rs`,
//! a file here.

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
pub mod pairing;
pub mod permissions;
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
mod tls;
pub mod unknown_senders;

pub use config::DatabaseConfig;
pub use diesel_async::AsyncPgConnection;
pub use error::StoreError;
pub use pool::{NamedLock, PooledConnection, Store};

/// What every query returns.
pub type Result<T> = std::result::Result<T, StoreError>;
