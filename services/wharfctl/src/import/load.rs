//! All files of an import in one transaction.

use chrono::{DateTime, Utc};
use wharf_store::{
    AsyncPgConnection, Store, StoreError,
    bulk::{
        self,
        catalogue::{self, EntityRow, LocationRow, ProductRow},
        history::{self, Counted, SaleRow},
        purchasing::{self, SupplierRow},
    },
    companies::Company,
};

use super::{
    File, Known, Tally, code, locations, name, offers, problems::Problems, products, sales, stock,
    suppliers,
};

/// The reason of the movements that an import makes.
const REASON: &str = "import";

/// The files of an import; those that were not given are `None`.
#[derive(Debug, Default)]
pub(crate) struct Files {
    pub(crate) locations: Option<File<locations::Line>>,
    pub(crate) products: Option<File<products::Line>>,
    pub(crate) suppliers: Option<File<suppliers::Line>>,
    pub(crate) offers: Option<File<offers::Line>>,
    pub(crate) stock: Option<File<stock::Line>>,
    pub(crate) sales: Option<File<sales::Line>>,
}

impl Files {
    /// What is wrong, by file, and each file's columns that are not used.
    pub(crate) fn told(&self) -> Vec<(&Problems, &[String])> {
        fn of<L>(file: &Option<File<L>>) -> Option<(&Problems, &[String])> {
            file.as_ref()
                .map(|file| (&file.problems, file.unused.as_slice()))
        }
        let all = [
            of(&self.locations),
            of(&self.products),
            of(&self.suppliers),
            of(&self.offers),
            of(&self.stock),
            of(&self.sales),
        ];
        all.into_iter().flatten().collect()
    }

    fn broken(&self) -> bool {
        self.told().iter().any(|(problems, _)| problems.count() > 0)
    }
}

/// What an import did, by file.
pub(crate) type Summary = Vec<(String, Tally)>;

/// Why nothing was loaded.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The files are wrong; what is, stands in their problems.
    Files,
    /// It was only to be tried.
    DryRun(Summary),
    /// The database failed.
    Store(StoreError),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// What the transaction itself may fail with.
impl From<diesel::result::Error> for Stop {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(error.into())
    }
}

/// Loads the files into the company, all or nothing.
///
/// # Errors
/// [`Stop`]; nothing is loaded then.
pub(crate) async fn load(
    store: &Store,
    company: &Company,
    files: &mut Files,
    now: DateTime<Utc>,
    dry_run: bool,
) -> Result<Summary, Stop> {
    store
        .in_company(company.id, async |conn| {
            bulk::one_at_a_time(conn, company.id).await?;
            let work = plan(conn, company, files, now).await?;
            if files.broken() {
                return Err(Stop::Files);
            }
            let summary = write(conn, company, work, now).await?;
            if dry_run {
                return Err(Stop::DryRun(summary));
            }
            Ok(summary)
        })
        .await
}

/// What is to be written.
#[derive(Default)]
struct Work {
    summary: Summary,
    entities: Vec<EntityRow>,
    locations: Vec<LocationRow>,
    products: Vec<ProductRow>,
    suppliers: Vec<SupplierRow>,
    offers: offers::Plan,
    levels: Vec<Counted>,
    sales: Vec<SaleRow>,
}

/// Holds the files against what the company has. What is wrong is told in the files.
async fn plan(
    conn: &mut AsyncPgConnection,
    company: &Company,
    files: &mut Files,
    now: DateTime<Utc>,
) -> Result<Work, StoreError> {
    let mut work = Work::default();
    let id = company.id;
    let all_locations = catalogue::locations(conn, id).await?;
    let all_products = catalogue::products(conn, id).await?;
    let all_suppliers = purchasing::suppliers(conn, id).await?;
    let mut known = Known::default();
    for row in &all_locations {
        known.locations.insert(name(&row.name), row.id);
    }
    for row in &all_products {
        known.products.insert(code(&row.sku), row.id);
    }
    for row in &all_suppliers {
        known.suppliers.insert(name(&row.name), row.id);
    }
    if let Some(file) = &mut files.locations {
        let entities = catalogue::entities(conn, id).await?;
        let plan = locations::plan(file, entities, all_locations, company, &mut known);
        work.note(&file.problems, plan.tally);
        (work.entities, work.locations) = (plan.entities, plan.rows);
    }
    if let Some(file) = &mut files.products {
        let (rows, tally) = products::plan(file, all_products, company, &mut known);
        work.note(&file.problems, tally);
        work.products = rows;
    }
    if let Some(file) = &mut files.suppliers {
        let (rows, tally) = suppliers::plan(file, all_suppliers, company, &mut known);
        work.note(&file.problems, tally);
        work.suppliers = rows;
    }
    if let Some(file) = &mut files.offers {
        let all = purchasing::offers(conn, id).await?;
        work.offers = offers::plan(file, all, company, &known);
        work.note(&file.problems, work.offers.tally);
    }
    if let Some(file) = &mut files.stock {
        let placed = stock::place(file, &known);
        let ids: Vec<_> = placed.iter().map(|line| line.product_id).collect();
        let levels = history::lock_levels(conn, id, &ids).await?;
        let (rows, tally) = stock::plan(placed, levels);
        work.note(&file.problems, tally);
        work.levels = rows;
    }
    if let Some(file) = &mut files.sales {
        let today = now.with_timezone(&company.time_zone).date_naive();
        let rows = sales::rows(file, company, today, &known);
        let references: Vec<&str> = rows.iter().map(|row| row.reference.as_str()).collect();
        let all = history::sales(conn, id, &references).await?;
        let (rows, tally) = sales::plan(rows, all);
        work.note(&file.problems, tally);
        work.sales = rows;
    }
    Ok(work)
}

impl Work {
    fn note(&mut self, problems: &Problems, tally: Tally) {
        self.summary.push((problems.file().to_owned(), tally));
    }
}

async fn write(
    conn: &mut AsyncPgConnection,
    company: &Company,
    work: Work,
    now: DateTime<Utc>,
) -> Result<Summary, StoreError> {
    let id = company.id;
    let today = now.with_timezone(&company.time_zone).date_naive();
    catalogue::add_entities(conn, id, &work.entities).await?;
    catalogue::write_locations(conn, id, &work.locations).await?;
    catalogue::write_products(conn, id, &work.products).await?;
    purchasing::write_suppliers(conn, id, &work.suppliers).await?;
    purchasing::write_offers(conn, id, &work.offers.rows, now).await?;
    purchasing::write_prices(conn, id, &work.offers.prices, today).await?;
    history::write_levels(conn, id, &work.levels, REASON, now).await?;
    history::write_sales(conn, id, &work.sales).await?;
    Ok(work.summary)
}
