//! The demo company as rows: `wharfctl demo`. Loading it twice changes nothing.
//!
//! Products and stock stand in `demo/products.csv` (semicolons between the fields, no quoting,
//! slashes between aliases, an empty field for what is not known). To add a product, add a line
//! there and one in `demo/purchasing.csv`; suppliers stand in `demo/suppliers.csv`.

mod catalogue;
mod history;
mod purchasing;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;
use wharf_domain::{
    ids::{CompanyId, named},
    persona::Persona,
};

pub use history::{HistoryLoaded, load_history};

use crate::{
    Result,
    schema::{companies, contact_addresses, contacts, legal_entities, locations, profiles},
};

/// The number that the demo's people write to.
pub const WHATSAPP_ADDRESS: &str = "+14155238886";

/// The company's zone.
const TIME_ZONE: Tz = chrono_tz::America::New_York;
/// The company's currency.
const CURRENCY: &str = "USD";

/// A person of the demo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Person {
    /// The phone number.
    pub phone: &'static str,
    /// The name.
    pub name: &'static str,
    /// How the person is answered.
    pub persona: Option<Persona>,
    /// What the person may do.
    pub role: &'static str,
    /// The address of reports.
    pub email: &'static str,
    /// IANA name.
    pub time_zone: &'static str,
}

/// The demo's people: one for each persona, and one without.
pub const PEOPLE: [Person; 6] = [
    Person {
        phone: "+15550100001",
        name: "Sam Okafor",
        persona: Some(Persona::Streamliner),
        role: "floor_lead",
        email: "sam@example.com",
        time_zone: "America/New_York",
    },
    Person {
        phone: "+15550100002",
        name: "Nadia Petrov",
        persona: Some(Persona::Navigator),
        role: "planner",
        email: "nadia@example.com",
        time_zone: "America/Chicago",
    },
    Person {
        phone: "+15550100003",
        name: "Hana Suzuki",
        persona: Some(Persona::Hub),
        role: "operations_manager",
        email: "hana@example.com",
        time_zone: "Europe/Amsterdam",
    },
    Person {
        phone: "+15550100004",
        name: "Sebastian Cruz",
        persona: Some(Persona::Spring),
        role: "trainee",
        email: "sebastian@example.com",
        time_zone: "America/Toronto",
    },
    Person {
        phone: "+15550100005",
        name: "Priya Raman",
        persona: Some(Persona::Processor),
        role: "analyst",
        email: "priya@example.com",
        time_zone: "UTC",
    },
    Person {
        phone: "+15550100006",
        name: "Noor Haddad",
        persona: None,
        role: "viewer",
        email: "noor@example.com",
        time_zone: "America/New_York",
    },
];

/// The places, in the order of the file's columns, each with the legal entity that owns it and
/// where it is, in degrees north and east. The main warehouse is in Newark.
const PLACES: [(&str, &str, (f64, f64)); 3] = [
    ("Main Warehouse", "Alder & Reed Inc.", (40.7357, -74.1724)),
    ("Toronto", "Alder & Reed Canada Ltd.", (43.6532, -79.3832)),
    ("Rotterdam", "Alder & Reed Europe B.V.", (51.9244, 4.4777)),
];

/// How much was loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Loaded {
    /// The company.
    pub company_id: CompanyId,
    /// People, with a contact and an address each.
    pub people: usize,
    /// Products.
    pub products: usize,
    /// Rows of stock that were written; 0 when they were there and are not reset.
    pub stock_rows: usize,
}

/// The demo company's id.
#[must_use]
pub fn company_id() -> CompanyId {
    CompanyId(named("demo:company"))
}

fn product_id(sku: &str) -> Uuid {
    named(&format!("demo:product:{sku}"))
}

fn location_id(place: &str) -> Uuid {
    named(&format!("demo:location:{place}"))
}

/// Writes the demo company. What is there is brought back to the demo's values, but stock and the
/// dates of orders, which the agents change, only with `reset`. Call it within a transaction.
///
/// # Errors
/// When the database fails, or another company has the demo's number.
pub async fn load(conn: &mut AsyncPgConnection, now: DateTime<Utc>, reset: bool) -> Result<Loaded> {
    let company = company_id();
    write_company(conn, company).await?;
    for person in &PEOPLE {
        write_person(conn, company, person).await?;
    }
    let mut places = Vec::new();
    for (place, entity, at) in PLACES {
        places.push(write_place(conn, company, place, entity, at).await?);
    }
    let catalogue = catalogue::read()?;
    let mut stock_rows = 0;
    for line in &catalogue {
        stock_rows += line.write(conn, company, &places, now, reset).await?;
    }
    purchasing::write(conn, company, now).await?;
    Ok(Loaded {
        company_id: company,
        people: PEOPLE.len(),
        products: catalogue.len(),
        stock_rows,
    })
}

async fn write_company(conn: &mut AsyncPgConnection, company: CompanyId) -> Result<()> {
    let values = (
        companies::name.eq("Alder & Reed Supply"),
        companies::whatsapp_address.eq(WHATSAPP_ADDRESS),
        companies::time_zone.eq(TIME_ZONE.name()),
        companies::week_start.eq(1_i16),
        companies::locale.eq("en"),
        companies::currency.eq(CURRENCY),
    );
    diesel::insert_into(companies::table)
        .values((companies::id.eq(company.0), values))
        .on_conflict(companies::id)
        .do_update()
        .set(values)
        .execute(conn)
        .await?;
    Ok(())
}

/// The profile, its contact and its address. An address that already belongs to a contact (the
/// person wrote before the demo was loaded) stays with it, and that contact gets the profile.
async fn write_person(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    person: &Person,
) -> Result<()> {
    let profile = named(&format!("demo:profile:{}", person.phone));
    let contact = named(&format!("demo:contact:{}", person.phone));
    let values = (
        profiles::display_name.eq(person.name),
        profiles::persona.eq(person.persona.map(Persona::as_str)),
        profiles::role.eq(person.role),
        profiles::email.eq(person.email),
        profiles::time_zone.eq(person.time_zone),
    );
    diesel::insert_into(profiles::table)
        .values((
            profiles::id.eq(profile),
            profiles::company_id.eq(company.0),
            values,
        ))
        .on_conflict(profiles::id)
        .do_update()
        .set(values)
        .execute(conn)
        .await?;
    let owner: Option<Uuid> = contact_addresses::table
        .find((company.0, person.phone))
        .select(contact_addresses::contact_id)
        .first(conn)
        .await
        .optional()?;
    let contact = owner.unwrap_or(contact);
    diesel::insert_into(contacts::table)
        .values((
            contacts::id.eq(contact),
            contacts::company_id.eq(company.0),
            contacts::display_name.eq(person.name),
            contacts::profile_id.eq(profile),
        ))
        .on_conflict(contacts::id)
        .do_update()
        .set(contacts::profile_id.eq(profile))
        .execute(conn)
        .await?;
    diesel::insert_into(contact_addresses::table)
        .values((
            contact_addresses::company_id.eq(company.0),
            contact_addresses::address.eq(person.phone),
            contact_addresses::contact_id.eq(contact),
            contact_addresses::kind.eq("phone"),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    Ok(())
}

async fn write_place(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    place: &str,
    entity: &str,
    (latitude, longitude): (f64, f64),
) -> Result<Uuid> {
    let entity_id = named(&format!("demo:entity:{entity}"));
    diesel::insert_into(legal_entities::table)
        .values((
            legal_entities::id.eq(entity_id),
            legal_entities::company_id.eq(company.0),
            legal_entities::name.eq(entity),
        ))
        .on_conflict(legal_entities::id)
        .do_update()
        .set(legal_entities::name.eq(entity))
        .execute(conn)
        .await?;
    let id = location_id(place);
    let values = (
        locations::legal_entity_id.eq(entity_id),
        locations::name.eq(place),
        locations::latitude.eq(latitude),
        locations::longitude.eq(longitude),
    );
    diesel::insert_into(locations::table)
        .values((
            locations::id.eq(id),
            locations::company_id.eq(company.0),
            values,
        ))
        .on_conflict(locations::id)
        .do_update()
        .set(values)
        .execute(conn)
        .await?;
    Ok(id)
}
