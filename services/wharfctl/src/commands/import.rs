//! `wharfctl import`: a company's own data from CSV files, all or nothing. What the files look like
//! stands in `docs/import.md`.

use std::{io::Write, path::PathBuf, process::ExitCode};

use anyhow::{Context as _, bail};
use clap::{ArgGroup, Args};
use uuid::Uuid;
use wharf_domain::{address::Address, clock::Clock, ids::CompanyId};
use wharf_store::{
    Across, AsyncPgConnection, DatabaseConfig, Store,
    companies::{self, Company},
};

pub use crate::import::cells::{Dates, Decimal};
use crate::import::{
    self, Paths,
    cells::Notation,
    load::{Files, Stop, Summary, load},
    problems::PRINTED,
};

/// Exit code for files that cannot be loaded as they are (EX_DATAERR of sysexits.h).
const EX_DATAERR: u8 = 65;

/// What to load, and how it is written.
#[derive(Debug, Clone, Args)]
#[command(group = ArgGroup::new("files").required(true).multiple(true))]
pub struct Import {
    /// The company: its name, WhatsApp number or id
    #[arg(long, value_name = "NAME|NUMBER|ID")]
    pub company: String,
    /// Places that hold stock: name, legal_entity
    #[arg(long, group = "files", value_name = "FILE")]
    pub locations: Option<PathBuf>,
    /// Products: sku, name, unit, aliases, price and more
    #[arg(long, group = "files", value_name = "FILE")]
    pub products: Option<PathBuf>,
    /// Suppliers: name, contact_name, email, lead_time_days and more
    #[arg(long, group = "files", value_name = "FILE")]
    pub suppliers: Option<PathBuf>,
    /// What suppliers sell: supplier, sku, unit_price, currency, minimum_quantity and more
    #[arg(long, group = "files", value_name = "FILE")]
    pub supplier_products: Option<PathBuf>,
    /// Stock as counted: sku, location, quantity, reorder_point
    #[arg(long, group = "files", value_name = "FILE")]
    pub stock: Option<PathBuf>,
    /// Sales: date, sku, location, quantity, unit_price, reference
    #[arg(long, group = "files", value_name = "FILE")]
    pub sales: Option<PathBuf>,
    /// Check everything and say what would be done, but load nothing
    #[arg(long)]
    pub dry_run: bool,
    /// What stands between cells; found out for each file when it is not said
    #[arg(long)]
    pub delimiter: Option<Delimiter>,
    /// What stands before decimals
    #[arg(long, default_value = "point")]
    pub decimal: Decimal,
    /// The order of day, month and year; 2026-11-30 is always understood
    #[arg(long, default_value = "ymd")]
    pub dates: Dates,
}

/// What stands between cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Delimiter {
    /// ,
    Comma,
    /// ;
    Semicolon,
    /// A tab
    Tab,
}

/// Loads the files. What was done goes to `out`, what is wrong with them to `err`.
///
/// # Errors
/// When a file cannot be opened, there is no such company, or the database fails.
pub async fn run(
    args: &Import,
    database: &DatabaseConfig,
    clock: &dyn Clock,
    out: &mut (dyn Write + Send),
    err: &mut (dyn Write + Send),
) -> anyhow::Result<ExitCode> {
    let notation = Notation {
        delimiter: args.delimiter.map(|delimiter| match delimiter {
            Delimiter::Comma => ',',
            Delimiter::Semicolon => ';',
            Delimiter::Tab => '\t',
        }),
        decimal: args.decimal,
        dates: args.dates,
    };
    let paths = Paths {
        locations: args.locations.as_deref(),
        products: args.products.as_deref(),
        suppliers: args.suppliers.as_deref(),
        offers: args.supplier_products.as_deref(),
        stock: args.stock.as_deref(),
        sales: args.sales.as_deref(),
    };
    let mut files = import::open(&paths, notation)?;
    let store = Store::connect(database)?;
    let company = store
        .across::<_, anyhow::Error, _>(Across::Operator, async |conn| {
            find(conn, &args.company).await
        })
        .await?;
    let loaded = load(&store, &company, &mut files, clock.now(), args.dry_run).await;
    let (summary, end) = match loaded {
        Ok(summary) => (summary, "loaded"),
        Err(Stop::DryRun(summary)) => (summary, "tried only: nothing was loaded"),
        Err(Stop::Files) => return told(&files, err),
        Err(Stop::Store(error)) => return Err(error).context("nothing was loaded"),
    };
    report(&company, &files, &summary, end, out)?;
    Ok(ExitCode::SUCCESS)
}

async fn find(conn: &mut AsyncPgConnection, words: &str) -> anyhow::Result<Company> {
    let id = match (Uuid::parse_str(words), Address::parse(words)) {
        (Ok(id), _) => Some(CompanyId(id)),
        (_, Ok(address)) => companies::by_address(conn, &address).await?,
        _ => {
            let wanted = words.trim().to_lowercase();
            let all = companies::all(conn).await?.into_iter();
            let mut named = all.filter(|company| company.name.to_lowercase() == wanted);
            let first = named.next();
            if let (Some(first), Some(second)) = (&first, named.next()) {
                let number = |company: &Company| company.whatsapp_address.as_str().to_owned();
                let (a, b) = (number(first), number(&second));
                bail!("several companies are called {words}; give the number, e.g. {a} or {b}");
            }
            first.map(|company| company.id)
        }
    };
    let company = match id {
        Some(id) => companies::get(conn, id).await?,
        None => None,
    };
    company.with_context(|| format!("there is no company {words}"))
}

fn told(files: &Files, err: &mut (dyn Write + Send)) -> anyhow::Result<ExitCode> {
    let mut count = 0;
    let mut lines = Vec::new();
    for (problems, _) in files.told() {
        count += problems.count();
        lines.extend(problems.lines());
    }
    lines.truncate(PRINTED);
    for line in &lines {
        writeln!(err, "{line}")?;
    }
    if count > lines.len() {
        writeln!(err, "and {} more", count - lines.len())?;
    }
    let noun = if count == 1 { "problem" } else { "problems" };
    writeln!(err, "{count} {noun}: nothing was loaded")?;
    Ok(ExitCode::from(EX_DATAERR))
}

fn report(
    company: &Company,
    files: &Files,
    summary: &Summary,
    end: &str,
    out: &mut (dyn Write + Send),
) -> anyhow::Result<()> {
    let width = summary.iter().map(|(file, _)| file.chars().count()).max();
    let width = width.unwrap_or(0);
    writeln!(out, "{} {}", company.name, company.id)?;
    writeln!(
        out,
        "{:width$}  {:>9}  {:>9}  {:>9}",
        "", "new", "changed", "as before"
    )?;
    for (file, tally) in summary {
        let (new, changed, same) = (tally.new, tally.changed, tally.same);
        writeln!(out, "{file:width$}  {new:>9}  {changed:>9}  {same:>9}")?;
    }
    for (problems, unused) in files.told() {
        if !unused.is_empty() {
            let titles: Vec<String> = unused.iter().map(|title| format!("{title:?}")).collect();
            let file = problems.file();
            writeln!(
                out,
                "{file}: columns that are not used: {}",
                titles.join(", ")
            )?;
        }
    }
    writeln!(out, "{end}")?;
    Ok(())
}

#[cfg(test)]
mod tests;
