//! `wharfctl demo`: the demo company, its people, products and stock. Running it twice changes
//! nothing.

use std::io::Write;

use anyhow::Context;
use clap::Args;
use wharf_domain::clock::Clock;
use wharf_store::{
    DatabaseConfig, Store,
    demo::{self, PEOPLE, WHATSAPP_ADDRESS},
};

/// How to load the demo company.
#[derive(Debug, Clone, Args)]
pub struct Demo {
    /// Put stock and the dates of orders back to the demo's values too
    #[arg(long)]
    pub reset: bool,
}

/// Loads the demo company and says on `out` who is in it.
///
/// # Errors
/// When the database is away or not migrated, or another company has the demo's number.
pub async fn run(
    args: &Demo,
    database: &DatabaseConfig,
    clock: &dyn Clock,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let store = Store::connect(database)?;
    let (now, reset) = (clock.now(), args.reset);
    let loaded = store
        .transaction(async |conn| demo::load(conn, now, reset).await)
        .await
        .context("load the demo company (is the schema there? see wharfctl migrate)")?;
    writeln!(
        out,
        "demo company {} on {WHATSAPP_ADDRESS}: {} products, {} rows of stock written",
        loaded.company_id, loaded.products, loaded.stock_rows
    )?;
    for person in &PEOPLE {
        let persona = person
            .persona
            .map_or("no persona", |persona| persona.as_str());
        writeln!(out, "  {}  {persona:<12} {}", person.phone, person.name)?;
    }
    Ok(())
}
