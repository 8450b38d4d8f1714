//! The commands, one file each.

pub mod agents;
mod catalogue_file;
pub mod dates;
pub mod demo;
pub mod evaluate;
pub mod healthcheck;
pub mod import;
pub mod invite;
pub mod media;
pub mod migrate;
pub mod parse;
pub mod signature;
pub mod templates;
pub mod topology;
pub mod train;
