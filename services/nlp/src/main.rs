//! Starts the service; see lib.rs.
fn main() {}
