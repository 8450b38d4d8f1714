//! The commands, one file each.

pub mod demo;
pub mod healthcheck;
pub mod migrate;
pub mod signature;
pub mod topology;
