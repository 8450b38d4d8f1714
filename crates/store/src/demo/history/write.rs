//! The year as rows, in few large statements.

use bigdecimal::BigDecimal;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use diesel::{
    prelude::*,
    sql_query,
    sql_types::{Array, BigInt, Date, Numeric, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;
use wharf_domain::ids::{CompanyId, named};

use super::{
    super::{CURRENCY, TIME_ZONE},
    Course, HistoryLoaded,
    orders::Order,
};
use crate::{
    Result,
    schema::{
        alerts, deliveries, delivery_lines, purchase_order_lines, purchase_orders, sales,
        stock_movements, stock_snapshots,
    },
};

/// Rows of one statement.
const CHUNK: usize = 5_000;
/// What the first order is called; the others follow.
const FIRST_ORDER: i64 = 1_001;

/// Whether there is a history.
pub(super) async fn exists(conn: &mut AsyncPgConnection, company: CompanyId) -> Result<bool> {
    let any = sales::table.filter(sales::company_id.eq(company.0));
    Ok(diesel::select(diesel::dsl::exists(any))
        .get_result(conn)
        .await?)
}

/// Takes the history away, and what agents have added to it.
pub(super) async fn clear(conn: &mut AsyncPgConnection, company: CompanyId) -> Result<()> {
    macro_rules! delete {
        ($($table:ident),+) => { $(
            diesel::delete($table::table.filter($table::company_id.eq(company.0)))
                .execute(conn)
                .await?;
        )+ };
    }
    delete!(
        alerts,
        delivery_lines,
        deliveries,
        purchase_order_lines,
        purchase_orders,
        sales,
        stock_snapshots,
        stock_movements
    );
    Ok(())
}

/// Writes the courses of all products and all orders.
pub(super) async fn year(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    today: NaiveDate,
    courses: &[Course],
    orders: &[Order],
) -> Result<HistoryLoaded> {
    let sales = write_sales(conn, company, today, courses).await?;
    let snapshots = write_snapshots(conn, company, courses).await?;
    write_counts(conn, company, courses).await?;
    for (number, order) in (FIRST_ORDER..).zip(orders) {
        write_order(conn, company, number, order).await?;
    }
    // Reports read all of it at once; until the server looks by itself it plans as for empty tables.
    sql_query(
        "ANALYZE sales, stock_snapshots, stock_movements, purchase_orders, purchase_order_lines, \
         deliveries, delivery_lines",
    )
    .execute(conn)
    .await?;
    Ok(HistoryLoaded {
        sales,
        orders: orders.len(),
        snapshots,
    })
}

async fn write_sales(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    today: NaiveDate,
    courses: &[Course],
) -> Result<usize> {
    let rows: Vec<_> = courses
        .iter()
        .flat_map(|course| course.days.iter().map(move |day| (course, day)))
        .filter(|(_, day)| day.requested > 0)
        .collect();
    for chunk in rows.chunks(CHUNK) {
        let ids: Vec<Uuid> = chunk
            .iter()
            .map(|(course, day)| id("sale", course, day.day))
            .collect();
        let (products, places) = both(chunk.iter().map(|(course, _)| *course));
        let days: Vec<NaiveDate> = chunk.iter().map(|(_, day)| day.day).collect();
        let requested: Vec<i64> = chunk.iter().map(|(_, day)| day.requested).collect();
        let sold: Vec<i64> = chunk.iter().map(|(_, day)| day.sold).collect();
        let prices: Vec<BigDecimal> = chunk
            .iter()
            .map(|(course, day)| sold_for(&course.price, day.day, today))
            .collect();
        sql_query(
            "INSERT INTO sales (company_id, id, product_id, location_id, sold_on, requested, \
             quantity, unit_price) SELECT $1, * FROM unnest($2, $3, $4, $5, $6, $7, $8)",
        )
        .bind::<SqlUuid, _>(company.0)
        .bind::<Array<SqlUuid>, _>(ids)
        .bind::<Array<SqlUuid>, _>(products)
        .bind::<Array<SqlUuid>, _>(places)
        .bind::<Array<Date>, _>(days)
        .bind::<Array<BigInt>, _>(requested)
        .bind::<Array<BigInt>, _>(sold)
        .bind::<Array<Numeric>, _>(prices)
        .execute(conn)
        .await?;
    }
    Ok(rows.len())
}

/// Prices were three percent lower until half a year ago.
fn sold_for(price: &BigDecimal, day: NaiveDate, today: NaiveDate) -> BigDecimal {
    if (today - day).num_days() <= 180 {
        return price.clone();
    }
    (price * BigDecimal::new(97.into(), 2)).round(2)
}

async fn write_snapshots(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    courses: &[Course],
) -> Result<usize> {
    let mut written = 0;
    for course in courses {
        let days: Vec<NaiveDate> = course.days.iter().map(|day| day.day).collect();
        let closing: Vec<i64> = course.days.iter().map(|day| day.closing).collect();
        written += sql_query(
            "INSERT INTO stock_snapshots (company_id, product_id, location_id, taken_on, quantity) \
             SELECT $1, $2, $3, * FROM unnest($4, $5)",
        )
        .bind::<SqlUuid, _>(company.0)
        .bind::<SqlUuid, _>(course.product)
        .bind::<SqlUuid, _>(course.place)
        .bind::<Array<Date>, _>(days)
        .bind::<Array<BigInt>, _>(closing)
        .execute(conn)
        .await?;
    }
    Ok(written)
}

async fn write_counts(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    courses: &[Course],
) -> Result<()> {
    let counts: Vec<_> = courses
        .iter()
        .flat_map(|course| course.days.iter().map(move |day| (course, day)))
        .filter_map(|(course, day)| Some((course, day, day.counted_from?)))
        .collect();
    let ids: Vec<Uuid> = counts
        .iter()
        .map(|(course, day, _)| id("count", course, day.day))
        .collect();
    let (products, places) = both(counts.iter().map(|(course, _, _)| *course));
    let before: Vec<i64> = counts.iter().map(|(_, _, before)| *before).collect();
    let after: Vec<i64> = counts.iter().map(|(_, day, _)| day.closing).collect();
    let times: Vec<DateTime<Utc>> = counts.iter().map(|(_, day, _)| at(day.day, 18)).collect();
    sql_query(
        "INSERT INTO stock_movements (company_id, kind, reason, id, product_id, location_id, \
         quantity_before, quantity_after, moved_at) \
         SELECT $1, 'count', $2, * FROM unnest($3, $4, $5, $6, $7, $8)",
    )
    .bind::<SqlUuid, _>(company.0)
    .bind::<Text, _>("monthly count")
    .bind::<Array<SqlUuid>, _>(ids)
    .bind::<Array<SqlUuid>, _>(products)
    .bind::<Array<SqlUuid>, _>(places)
    .bind::<Array<BigInt>, _>(before)
    .bind::<Array<BigInt>, _>(after)
    .bind::<Array<Timestamptz>, _>(times)
    .execute(conn)
    .await?;
    Ok(())
}

async fn write_order(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    number: i64,
    order: &Order,
) -> Result<()> {
    let id = named(&format!("demo:order:{number}"));
    let received = order.delivered.map(|day| at(day, 11));
    diesel::insert_into(purchase_orders::table)
        .values((
            purchase_orders::id.eq(id),
            purchase_orders::company_id.eq(company.0),
            purchase_orders::number.eq(number),
            purchase_orders::supplier_id.eq(order.supplier),
            purchase_orders::location_id.eq(order.place),
            purchase_orders::state.eq(if received.is_some() {
                "received"
            } else {
                "confirmed"
            }),
            purchase_orders::currency.eq(CURRENCY),
            purchase_orders::created_at.eq(at(order.ordered, 9)),
            purchase_orders::confirmed_at.eq(at(order.ordered, 10)),
            purchase_orders::expected_on.eq(order.expected),
            purchase_orders::received_at.eq(received),
        ))
        .execute(conn)
        .await?;
    let lines: Vec<_> = (1_i16..)
        .zip(&order.lines)
        .map(|(place, line)| {
            (
                purchase_order_lines::company_id.eq(company.0),
                purchase_order_lines::order_id.eq(id),
                purchase_order_lines::line.eq(place),
                purchase_order_lines::product_id.eq(line.product),
                purchase_order_lines::quantity.eq(line.ordered),
                purchase_order_lines::unit_price.eq(&line.unit_price),
            )
        })
        .collect();
    diesel::insert_into(purchase_order_lines::table)
        .values(lines)
        .execute(conn)
        .await?;
    let Some(received) = received else {
        return Ok(());
    };
    let delivery = named(&format!("demo:delivery:{number}"));
    diesel::insert_into(deliveries::table)
        .values((
            deliveries::id.eq(delivery),
            deliveries::company_id.eq(company.0),
            deliveries::order_id.eq(id),
            deliveries::delivered_at.eq(received),
        ))
        .execute(conn)
        .await?;
    let lines: Vec<_> = order
        .lines
        .iter()
        .map(|line| {
            (
                delivery_lines::company_id.eq(company.0),
                delivery_lines::delivery_id.eq(delivery),
                delivery_lines::product_id.eq(line.product),
                delivery_lines::quantity.eq(line.delivered),
                delivery_lines::rejected.eq(line.rejected),
            )
        })
        .collect();
    diesel::insert_into(delivery_lines::table)
        .values(lines)
        .execute(conn)
        .await?;
    Ok(())
}

fn id(what: &str, course: &Course, day: NaiveDate) -> Uuid {
    named(&format!(
        "demo:{what}:{}:{}:{day}",
        course.product, course.place
    ))
}

fn both<'a>(courses: impl Iterator<Item = &'a Course>) -> (Vec<Uuid>, Vec<Uuid>) {
    courses.map(|course| (course.product, course.place)).unzip()
}

/// `hour` o'clock of the company's day; no zone skips these hours.
fn at(day: NaiveDate, hour: u32) -> DateTime<Utc> {
    let time = NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or(NaiveTime::MIN);
    let local = day.and_time(time).and_local_timezone(TIME_ZONE);
    local
        .earliest()
        .map_or_else(|| day.and_time(time).and_utc(), |at| at.to_utc())
}
