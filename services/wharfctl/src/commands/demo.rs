//! `wharfctl demo`: the demo company, its people, products, stock, suppliers and a year of sales
//! and deliveries. Running it twice changes nothing.

use std::io::Write;

use anyhow::Context;
use clap::Args;
use wharf_domain::clock::Clock;
use wharf_store::{
    DatabaseConfig, Store,
    demo::{self, HistoryLoaded, PEOPLE, WHATSAPP_ADDRESS},
};

/// How to load the demo company.
#[derive(Debug, Clone, Args)]
pub struct Demo {
    /// Put stock, orders and sales back to the demo's values too; what agents added goes
    #[arg(long)]
    pub reset: bool,
    /// Leave out the year of sales and deliveries
    #[arg(long)]
    pub without_history: bool,
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
        .in_company(demo::company_id(), async |conn| {
            demo::load(conn, now, reset).await
        })
        .await
        .context("load the demo company (is the schema there? see wharfctl migrate)")?;
    let history = if args.without_history {
        HistoryLoaded::default()
    } else {
        let written = store.in_company(loaded.company_id, async |conn| {
            demo::load_history(conn, now, reset).await
        });
        written.await.context("load the demo company's year")?
    };
    writeln!(
        out,
        "demo company {} on {WHATSAPP_ADDRESS}: {} products, {} rows of stock, {} of sales, {} orders written",
        loaded.company_id, loaded.products, loaded.stock_rows, history.sales, history.orders
    )?;
    for person in &PEOPLE {
        let persona = person
            .persona
            .map_or("no persona", |persona| persona.as_str());
        writeln!(out, "  {}  {persona:<12} {}", person.phone, person.name)?;
    }
    Ok(())
}
