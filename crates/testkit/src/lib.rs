//! Real servers for tests: a database and a broker namespace per test, a proxy that cuts connections.
pub mod broker;
pub mod chaos_proxy;
pub mod database;
pub mod document;
pub mod poll;
