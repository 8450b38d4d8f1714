//! Sums that the figures of a period are made of: sales, what stock was worth, shelves that were
//! empty, counts. What is computed from them, by which formula, is agent-executor's
//! `report_generator`; suppliers' sums are in `supplier_scores.rs`.
//!
//! Days are the company's. With `places`, only what was at these places counts. What was sold cost
//! `None` when a product among it has no cost: held against all of the revenue, a sum without it
//! would make a profit. The value of stock leaves such products out, which has to be said with it.
//!
//! To add a sum: a function here, a line in `tests/database/cross_tenant.rs`, and its figure in the agent.

mod stock;

use bigdecimal::BigDecimal;
use chrono::{NaiveDate, Weekday};
use chrono_tz::Tz;
use diesel::{dsl, prelude::*, sql_query, sql_types};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;
use wharf_domain::{ids::CompanyId, period::Period};

use crate::{Result, schema::sales};

pub use stock::{Availability, Holding, StockDay, availability, holdings, stock_days};

/// What was sold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SalesSums {
    /// Rows that it is the sum of.
    pub rows: i64,
    /// Units that customers asked for.
    pub requested: i64,
    /// Units that they got.
    pub sold: i64,
    /// What these were sold for, in the company's currency.
    pub revenue: BigDecimal,
    /// What these cost, at the products' present cost.
    pub cost: Option<BigDecimal>,
}

/// By what sales are summed up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// All in one, with the key [`Key::All`]; there is always one row.
    All,
    /// By day; a day without sales is missing.
    Day,
    /// By week, under its first day.
    Week(Weekday),
    /// By calendar month, under its first day.
    Month,
    /// By product.
    Product,
    /// By the products' category.
    Category,
    /// By place.
    Place,
}

/// What a sum is of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// Everything.
    All,
    /// A day, or the days from it on.
    Day(NaiveDate),
    /// A product or place.
    Id(Uuid),
    /// A category; `None`: of products that have none.
    Name(Option<String>),
}

/// What was counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CountSums {
    /// Counts.
    pub counts: i64,
    /// Units that the books had.
    pub booked: i64,
    /// Units that the counts differed by, up or down.
    pub off: i64,
}

/// What was ordered from a supplier, in one currency.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct Spent {
    /// The supplier.
    #[diesel(sql_type = sql_types::Uuid)]
    pub supplier_id: Uuid,
    /// ISO 4217.
    #[diesel(sql_type = sql_types::Text)]
    pub currency: String,
    /// Orders.
    #[diesel(sql_type = sql_types::BigInt)]
    pub orders: i64,
    /// Their price.
    #[diesel(sql_type = sql_types::Numeric)]
    pub total: BigDecimal,
}

/// The days from the first to the last sale on record; `None`: no sale is.
///
/// # Errors
/// When the database fails.
pub async fn sales_record(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
) -> Result<Option<Period>> {
    let (from, to): (Option<NaiveDate>, Option<NaiveDate>) = sales::table
        .filter(sales::company_id.eq(company.0))
        .select((dsl::min(sales::sold_on), dsl::max(sales::sold_on)))
        .first(conn)
        .await?;
    Ok(from.zip(to).map(|(from, to)| Period { from, to }))
}

/// What was sold in the period, by the key's order.
///
/// # Errors
/// When the database fails.
pub async fn sales(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    places: Option<&[Uuid]>,
    period: Period,
    by: By,
) -> Result<Vec<(Key, SalesSums)>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = sql_types::Nullable<sql_types::Date>)]
        day: Option<NaiveDate>,
        #[diesel(sql_type = sql_types::Nullable<sql_types::Uuid>)]
        id: Option<Uuid>,
        #[diesel(sql_type = sql_types::Nullable<sql_types::Text>)]
        name: Option<String>,
        #[diesel(sql_type = sql_types::BigInt)]
        rows: i64,
        #[diesel(sql_type = sql_types::BigInt)]
        requested: i64,
        #[diesel(sql_type = sql_types::BigInt)]
        sold: i64,
        #[diesel(sql_type = sql_types::Numeric)]
        revenue: BigDecimal,
        #[diesel(sql_type = sql_types::Nullable<sql_types::Numeric>)]
        cost: Option<BigDecimal>,
    }
    const NONE: (&str, &str, &str) = ("NULL::date", "NULL::uuid", "NULL::text");
    let week = |start: Weekday| {
        let start = start.number_from_monday();
        format!("s.sold_on - (extract(isodow FROM s.sold_on)::int + 7 - {start}) % 7")
    };
    let (day, id, name) = match by {
        By::All => (NONE.0.to_owned(), NONE.1, NONE.2),
        By::Day => ("s.sold_on".to_owned(), NONE.1, NONE.2),
        By::Week(start) => (week(start), NONE.1, NONE.2),
        By::Month => (
            "date_trunc('month', s.sold_on)::date".to_owned(),
            NONE.1,
            NONE.2,
        ),
        By::Product => (NONE.0.to_owned(), "s.product_id", NONE.2),
        By::Category => (NONE.0.to_owned(), NONE.1, "p.category"),
        By::Place => (NONE.0.to_owned(), "s.location_id", NONE.2),
    };
    // Without groups there is a row even of nothing.
    let groups = if by == By::All {
        ""
    } else {
        "GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
    };
    let sums = format!(
        "SELECT {day} AS day, {id} AS id, {name} AS name, count(*) AS rows,
           coalesce(sum(s.requested), 0)::bigint AS requested,
           coalesce(sum(s.quantity), 0)::bigint AS sold,
           coalesce(sum(s.quantity * s.unit_price), 0) AS revenue,
           CASE WHEN count(*) FILTER (WHERE s.quantity > 0 AND p.cost IS NULL) = 0
             THEN coalesce(sum(s.quantity * p.cost), 0) END AS cost
         FROM sales s JOIN products p ON p.id = s.product_id
         WHERE s.company_id = $1 AND p.company_id = $1 AND s.sold_on BETWEEN $2 AND $3
           AND ($4 IS NULL OR s.location_id = ANY ($4))
         {groups}"
    );
    let rows: Vec<Row> = sql_query(sums)
        .bind::<sql_types::Uuid, _>(company.0)
        .bind::<sql_types::Date, _>(period.from)
        .bind::<sql_types::Date, _>(period.to)
        .bind::<sql_types::Nullable<sql_types::Array<sql_types::Uuid>>, _>(places)
        .load(conn)
        .await?;
    let keyed = rows.into_iter().filter_map(|row| {
        let key = match by {
            By::All => Key::All,
            By::Day | By::Week(_) | By::Month => Key::Day(row.day?),
            By::Product | By::Place => Key::Id(row.id?),
            By::Category => Key::Name(row.name),
        };
        let sums = SalesSums {
            rows: row.rows,
            requested: row.requested,
            sold: row.sold,
            revenue: row.revenue,
            cost: row.cost,
        };
        Some((key, sums))
    });
    Ok(keyed.collect())
}

/// What was counted in the period, without counts that were taken back.
///
/// # Errors
/// When the database fails.
pub async fn counts(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    places: Option<&[Uuid]>,
    period: Period,
    time_zone: Tz,
) -> Result<CountSums> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = sql_types::BigInt)]
        counts: i64,
        #[diesel(sql_type = sql_types::BigInt)]
        booked: i64,
        #[diesel(sql_type = sql_types::BigInt)]
        off: i64,
    }
    let row: Row = sql_query(
        "SELECT count(*) AS counts, coalesce(sum(m.quantity_before), 0)::bigint AS booked,
           coalesce(sum(abs(m.quantity_after - m.quantity_before)), 0)::bigint AS off
         FROM stock_movements m
         WHERE m.company_id = $1 AND m.kind = 'count'
           AND (m.moved_at AT TIME ZONE $5)::date BETWEEN $2 AND $3
           AND ($4 IS NULL OR m.location_id = ANY ($4))
           AND NOT EXISTS (SELECT 1 FROM stock_movements u
             WHERE u.company_id = $1 AND u.reverses = m.id)",
    )
    .bind::<sql_types::Uuid, _>(company.0)
    .bind::<sql_types::Date, _>(period.from)
    .bind::<sql_types::Date, _>(period.to)
    .bind::<sql_types::Nullable<sql_types::Array<sql_types::Uuid>>, _>(places)
    .bind::<sql_types::Text, _>(time_zone.name())
    .get_result(conn)
    .await?;
    Ok(CountSums {
        counts: row.counts,
        booked: row.booked,
        off: row.off,
    })
}

/// What was ordered in the period, by supplier and currency: orders that were placed then, whatever
/// became of them, without cancelled ones.
///
/// # Errors
/// When the database fails.
pub async fn spent(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    period: Period,
    time_zone: Tz,
) -> Result<Vec<Spent>> {
    Ok(sql_query(
        "SELECT o.supplier_id, o.currency, count(DISTINCT o.id) AS orders,
           sum(l.quantity * l.unit_price) AS total
         FROM purchase_orders o JOIN purchase_order_lines l ON l.order_id = o.id
         WHERE o.company_id = $1 AND l.company_id = $1 AND o.state IN ('confirmed', 'received')
           AND (o.confirmed_at AT TIME ZONE $4)::date BETWEEN $2 AND $3
         GROUP BY o.supplier_id, o.currency ORDER BY o.supplier_id, o.currency",
    )
    .bind::<sql_types::Uuid, _>(company.0)
    .bind::<sql_types::Date, _>(period.from)
    .bind::<sql_types::Date, _>(period.to)
    .bind::<sql_types::Text, _>(time_zone.name())
    .load(conn)
    .await?)
}

/// How many open orders should have come before `today` and how many are to come on the day `next`.
///
/// # Errors
/// When the database fails.
pub async fn awaited(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    today: NaiveDate,
    next: NaiveDate,
) -> Result<(i64, i64)> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = sql_types::BigInt)]
        late: i64,
        #[diesel(sql_type = sql_types::BigInt)]
        next: i64,
    }
    let row: Row = sql_query(
        "SELECT count(*) FILTER (WHERE expected_on < $2) AS late,
           count(*) FILTER (WHERE expected_on = $3) AS next
         FROM purchase_orders WHERE company_id = $1 AND state = 'confirmed'",
    )
    .bind::<sql_types::Uuid, _>(company.0)
    .bind::<sql_types::Date, _>(today)
    .bind::<sql_types::Date, _>(next)
    .get_result(conn)
    .await?;
    Ok((row.late, row.next))
}
