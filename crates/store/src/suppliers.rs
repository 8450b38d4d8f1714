//! Who sells what to a company, and on which terms.

use bigdecimal::BigDecimal;
use diesel::{prelude::*, sql_query, sql_types};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;
use wharf_domain::{ids::CompanyId, money::Money};

use crate::{
    Result,
    product_match::{key, suggest},
    schema::{supplier_products as sp, suppliers},
};

/// A supplier. What is `None` is not known.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = suppliers)]
pub struct Supplier {
    /// The row.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// The person to ask for.
    pub contact_name: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// Phone.
    pub phone: Option<String>,
    /// As agreed, days from order to delivery.
    pub lead_time_days: Option<i32>,
    /// Terms of payment.
    pub payment_terms: Option<String>,
    /// Whether the company still buys from it.
    pub active: bool,
}

/// What words of a message may mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SupplierMatch {
    /// This one.
    One(Supplier),
    /// One of these.
    Several(Vec<Supplier>),
    /// None of ours.
    None {
        /// Names that look alike, best first, at most three.
        nearest: Vec<String>,
    },
}

/// A product as a supplier sells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The product.
    pub product_id: Uuid,
    /// Who sells it.
    pub supplier_id: Uuid,
    /// Its name.
    pub supplier: String,
    /// Price a unit.
    pub unit_price: Money,
    /// Least quantity, units; `None`: any.
    pub minimum_quantity: Option<i64>,
    /// Units a pack; `None`: single units.
    pub pack_size: Option<i64>,
    /// Days from order to delivery: of the product, else of the supplier.
    pub lead_time_days: Option<i32>,
    /// Whether the company prefers it for the product.
    pub preferred: bool,
}

/// A product that a supplier sells, for a list of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Supplied {
    /// The supplier.
    pub supplier_id: Uuid,
    /// The product's code.
    pub sku: String,
    /// The product's name.
    pub name: String,
    /// Price a unit.
    pub unit_price: Money,
    /// Least quantity, units; `None`: any.
    pub minimum_quantity: Option<i64>,
    /// Days from order to delivery: of the product, else of the supplier.
    pub lead_time_days: Option<i32>,
    /// How many products the supplier sells.
    pub products: i64,
}

/// The company's suppliers, those it no longer buys from among them, by name.
///
/// # Errors
/// When the database fails.
pub async fn list(conn: &mut AsyncPgConnection, company: CompanyId) -> Result<Vec<Supplier>> {
    Ok(suppliers::table
        .filter(suppliers::company_id.eq(company.0))
        .order((suppliers::name, suppliers::id))
        .select(Supplier::as_select())
        .load(conn)
        .await?)
}

/// The suppliers of that name as people write it: the name in any case and number; else those
/// whose name contains all the words ("acme" for Acme Industrial Ltd.). One that the company still
/// buys from goes before one that it does not. Names that merely look alike are never taken: they
/// come back as suggestions.
///
/// # Errors
/// When the database fails.
pub async fn find(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    words: &str,
) -> Result<SupplierMatch> {
    Ok(choose(list(conn, company).await?, words))
}

fn choose(all: Vec<Supplier>, words: &str) -> SupplierMatch {
    let wanted = key(words);
    if wanted.is_empty() {
        return SupplierMatch::None {
            nearest: Vec::new(),
        };
    }
    let same = |supplier: &Supplier| key(&supplier.name) == wanted;
    let contains = |supplier: &Supplier| {
        let name = key(&supplier.name);
        wanted
            .split(' ')
            .all(|word| name.split(' ').any(|part| part == word))
    };
    let tests: [&dyn Fn(&Supplier) -> bool; 2] = [&same, &contains];
    for test in tests {
        let mut found: Vec<Supplier> = all.iter().filter(|row| test(row)).cloned().collect();
        if found.iter().any(|supplier| supplier.active) {
            found.retain(|supplier| supplier.active);
        }
        match found.len() {
            0 => {}
            1 => return SupplierMatch::One(found.swap_remove(0)),
            _ => return SupplierMatch::Several(found),
        }
    }
    let names = all.iter().map(|row| (row.name.as_str(), row.name.as_str()));
    SupplierMatch::None {
        nearest: suggest(&wanted, names),
    }
}

/// Who sells these products, of the suppliers that the company buys from; by product, then
/// supplier's name.
///
/// # Errors
/// When the database fails.
pub async fn offers(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    products: &[Uuid],
) -> Result<Vec<Offer>> {
    type Row = (
        Uuid,
        (Uuid, String, Option<i32>),
        (BigDecimal, String),
        (Option<i64>, Option<i64>, Option<i32>),
        bool,
    );
    let rows: Vec<Row> = sp::table
        .inner_join(suppliers::table)
        .filter(sp::company_id.eq(company.0))
        .filter(sp::product_id.eq_any(products))
        .filter(suppliers::active)
        .order((sp::product_id, suppliers::name, suppliers::id))
        .select((
            sp::product_id,
            (suppliers::id, suppliers::name, suppliers::lead_time_days),
            (sp::unit_price, sp::currency),
            (sp::minimum_quantity, sp::pack_size, sp::lead_time_days),
            sp::preferred,
        ))
        .load(conn)
        .await?;
    let offer = |(product_id, supplier, price, terms, preferred): Row| Offer {
        product_id,
        supplier_id: supplier.0,
        supplier: supplier.1,
        unit_price: Money::new(price.0, price.1),
        minimum_quantity: terms.0,
        pack_size: terms.1,
        lead_time_days: terms.2.or(supplier.2),
        preferred,
    };
    Ok(rows.into_iter().map(offer).collect())
}

/// What these suppliers sell: the first `most` products of each by code, with how many there are.
///
/// # Errors
/// When the database fails.
pub async fn supplied(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    suppliers: &[Uuid],
    most: i64,
) -> Result<Vec<Supplied>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = sql_types::Uuid)]
        supplier_id: Uuid,
        #[diesel(sql_type = sql_types::Text)]
        sku: String,
        #[diesel(sql_type = sql_types::Text)]
        name: String,
        #[diesel(sql_type = sql_types::Numeric)]
        unit_price: BigDecimal,
        #[diesel(sql_type = sql_types::Text)]
        currency: String,
        #[diesel(sql_type = sql_types::Nullable<sql_types::BigInt>)]
        minimum_quantity: Option<i64>,
        #[diesel(sql_type = sql_types::Nullable<sql_types::Integer>)]
        lead_time_days: Option<i32>,
        #[diesel(sql_type = sql_types::BigInt)]
        products: i64,
    }
    let rows: Vec<Row> = sql_query(
        "SELECT * FROM (
           SELECT sp.supplier_id, p.sku, p.name, sp.unit_price, sp.currency, sp.minimum_quantity,
             coalesce(sp.lead_time_days, s.lead_time_days) AS lead_time_days,
             count(*) OVER (PARTITION BY sp.supplier_id) AS products,
             row_number() OVER (PARTITION BY sp.supplier_id ORDER BY p.sku) AS place
           FROM supplier_products sp
             JOIN suppliers s ON s.id = sp.supplier_id
             JOIN products p ON p.id = sp.product_id
           WHERE sp.company_id = $1 AND sp.supplier_id = ANY ($2)
         ) AS sold WHERE place <= $3 ORDER BY supplier_id, sku",
    )
    .bind::<sql_types::Uuid, _>(company.0)
    .bind::<sql_types::Array<sql_types::Uuid>, _>(suppliers)
    .bind::<sql_types::BigInt, _>(most)
    .load(conn)
    .await?;
    let line = |row: Row| Supplied {
        supplier_id: row.supplier_id,
        sku: row.sku,
        name: row.name,
        unit_price: Money::new(row.unit_price, row.currency),
        minimum_quantity: row.minimum_quantity,
        lead_time_days: row.lead_time_days,
        products: row.products,
    };
    Ok(rows.into_iter().map(line).collect())
}

#[cfg(test)]
mod tests {
    use wharf_domain::ids::named;

    use super::*;

    fn supplier(name: &str, active: bool) -> Supplier {
        Supplier {
            id: named(name),
            name: name.to_owned(),
            contact_name: None,
            email: None,
            phone: None,
            lead_time_days: None,
            payment_terms: None,
            active,
        }
    }

    fn found(words: &str) -> Vec<String> {
        let all =
            ["Acme Industrial Ltd.", "Acme Tools", "Nordic Supply"].map(|n| supplier(n, true));
        let all = all.into_iter().chain([supplier("Nordic Tools", false)]);
        match choose(all.collect(), words) {
            SupplierMatch::One(one) => vec![one.name],
            SupplierMatch::Several(many) => many.into_iter().map(|one| one.name).collect(),
            SupplierMatch::None { nearest } => {
                nearest.into_iter().map(|name| format!("{name}?")).collect()
            }
        }
    }

    #[test]
    fn the_name_then_its_words_then_suggestions() {
        assert_eq!(found("acme tools"), ["Acme Tools"]);
        assert_eq!(found("Acme"), ["Acme Industrial Ltd.", "Acme Tools"]);
        assert_eq!(found("industrial"), ["Acme Industrial Ltd."]);
        assert_eq!(found("nordic suply"), ["Nordic Supply?", "Nordic Tools?"]);
        assert_eq!(found("zzz"), Vec::<String>::new());
        assert_eq!(found(" ?!"), Vec::<String>::new());
    }

    #[test]
    fn one_that_the_company_buys_from_goes_before_one_that_it_does_not() {
        assert_eq!(found("nordic"), ["Nordic Supply"]);
        assert_eq!(found("nordic tools"), ["Nordic Tools"]);
    }
}
