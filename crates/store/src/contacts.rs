//! Those who write to us, by address. A contact has one or more addresses and at most one profile.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;
use wharf_domain::{
    address::Address,
    ids::{CompanyId, ContactId, ProfileId},
    persona::Persona,
};

use crate::{
    Result,
    columns::Col,
    companies,
    error::StoreError,
    outbound,
    profiles::{self, ProfileSummary},
    schema::{self, contact_addresses, contacts},
    tenant,
};

/// Who wrote a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// The company whose number was written to.
    pub company_id: CompanyId,
    /// The contact.
    pub contact_id: ContactId,
    /// The person; `None` for somebody whom the company does not know (yet).
    pub profile: Option<ProfileSummary>,
}

/// Where and how to answer a contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplyTarget {
    /// The tenant.
    pub company_id: CompanyId,
    /// The contact's address: the one it wrote from last.
    pub to: Address,
    /// The company's number.
    pub from: Address,
    /// The person, when known.
    pub profile_id: Option<ProfileId>,
    /// Whose texts to use; `None`: the default ones.
    pub persona: Option<Persona>,
    /// The language: the person's, else the one they write in, else the company's.
    pub locale: String,
    /// The zone of times in texts; the company's when the person has none.
    pub time_zone: Tz,
    /// The person's e-mail address.
    pub email: Option<String>,
    /// When the contact wrote last; `None`: never.
    pub last_inbound_at: Option<DateTime<Utc>>,
    /// The company's name.
    pub company_name: String,
}

impl ReplyTarget {
    /// Whether WhatsApp takes free text to the contact at `now`.
    #[must_use]
    pub fn window_open(&self, now: DateTime<Utc>) -> bool {
        self.last_inbound_at
            .is_some_and(|last| now - last < outbound::WINDOW)
    }
}

/// Finds, or makes, the contact that wrote from `from` (with BSUID `external_user_id`) to our
/// number `to`, and moves its 24-hour window. Takes no company: it finds it by `to`; `None` when
/// no company owns that number.
///
/// A BSUID decides before a phone number. A second address is added to the contact that the first
/// one belongs to. A phone number that comes with another BSUID than its contact's has changed
/// hands (WhatsApp binds the two): it moves to a new contact without a profile, so that a
/// recycled number does not inherit anybody's rights.
///
/// Call it within the transaction that handles the message, begun by
/// [`Across::Receiver`](crate::Across::Receiver): it goes on in the company that it finds.
///
/// # Errors
/// When the database fails.
pub async fn resolve_sender(
    conn: &mut AsyncPgConnection,
    to: &Address,
    from: &Address,
    external_user_id: Option<&Address>,
    profile_name: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Option<Sender>> {
    let Some(company) = companies::by_address(conn, to).await? else {
        return Ok(None);
    };
    tenant::enter(conn, company).await?;
    let given = Given::new(from, external_user_id);
    let mut known = Known::load(conn, company, &given).await?;
    if !known.complete(&given) {
        // Something must be made. One writer a company at a time, so that two messages of a new
        // sender make one contact whichever of their addresses they carry.
        lock(conn, company).await?;
        known = Known::load(conn, company, &given).await?;
    }
    let contact = match known.owner(&given) {
        Some(contact) => contact,
        None => insert(conn, company, profile_name).await?,
    };
    if !known.complete(&given) {
        for address in given.all() {
            attach(conn, company, contact, address, now).await?;
        }
    }
    let profile = touch(conn, company, contact, &given, profile_name, now).await?;
    let profile = match profile {
        Some(id) => profiles::get(conn, company, id).await?,
        None => None,
    };
    Ok(Some(Sender {
        company_id: company,
        contact_id: contact,
        profile,
    }))
}

/// The addresses that a message states for its sender.
struct Given<'a> {
    bsuid: Option<&'a Address>,
    phone: Option<&'a Address>,
}

impl<'a> Given<'a> {
    fn new(from: &'a Address, external: Option<&'a Address>) -> Self {
        let find = |bsuid: bool| {
            external
                .into_iter()
                .chain([from])
                .find(|address| matches!(address, Address::Bsuid(_)) == bsuid)
        };
        Self {
            bsuid: find(true),
            phone: find(false),
        }
    }

    fn all(&self) -> impl Iterator<Item = &'a Address> {
        self.bsuid.into_iter().chain(self.phone)
    }
}

/// Who has these addresses now.
#[derive(Default)]
struct Known {
    by_bsuid: Option<Uuid>,
    by_phone: Option<Uuid>,
    /// A BSUID of the phone's contact.
    bsuid_of_phone: Option<String>,
}

impl Known {
    async fn load(
        conn: &mut AsyncPgConnection,
        company: CompanyId,
        given: &Given<'_>,
    ) -> Result<Self> {
        let mut known = Self::default();
        let texts: Vec<&str> = given.all().map(Address::as_str).collect();
        let rows: Vec<(String, Uuid)> = contact_addresses::table
            .filter(contact_addresses::company_id.eq(company.0))
            .filter(contact_addresses::address.eq_any(texts))
            .select((contact_addresses::address, contact_addresses::contact_id))
            .load(conn)
            .await?;
        for (address, contact) in rows {
            if address.starts_with('+') {
                known.by_phone = Some(contact);
            } else {
                known.by_bsuid = Some(contact);
            }
        }
        if let (Some(_), None, Some(contact)) = (given.bsuid, known.by_bsuid, known.by_phone) {
            known.bsuid_of_phone = contact_addresses::table
                .filter(contact_addresses::company_id.eq(company.0))
                .filter(contact_addresses::contact_id.eq(contact))
                .filter(contact_addresses::kind.eq("bsuid"))
                .select(contact_addresses::address)
                .first(conn)
                .await
                .optional()?;
        }
        Ok(known)
    }

    /// Whether every given address belongs to the contact already.
    fn complete(&self, given: &Given<'_>) -> bool {
        match (given.bsuid, given.phone) {
            (Some(_), Some(_)) => self.by_bsuid.is_some() && self.by_bsuid == self.by_phone,
            (Some(_), None) => self.by_bsuid.is_some(),
            (None, _) => self.by_phone.is_some(),
        }
    }

    fn owner(&self, given: &Given<'_>) -> Option<ContactId> {
        match (given.bsuid, self.by_bsuid) {
            (Some(_), Some(contact)) => Some(ContactId(contact)),
            (Some(_), None) if self.bsuid_of_phone.is_some() => None,
            _ => self.by_phone.map(ContactId),
        }
    }
}

/// Held until the transaction ends. Rows that refer to the company are not blocked by it.
async fn lock(conn: &mut AsyncPgConnection, company: CompanyId) -> Result<()> {
    schema::companies::table
        .find(company.0)
        .select(schema::companies::id)
        .for_no_key_update()
        .first::<Uuid>(conn)
        .await?;
    Ok(())
}

async fn insert(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    name: Option<&str>,
) -> Result<ContactId> {
    let id: Uuid = diesel::insert_into(contacts::table)
        .values((
            contacts::company_id.eq(company.0),
            contacts::display_name.eq(name),
        ))
        .returning(contacts::id)
        .get_result(conn)
        .await?;
    Ok(ContactId(id))
}

async fn attach(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    contact: ContactId,
    address: &Address,
    now: DateTime<Utc>,
) -> Result<()> {
    let kind = match address {
        Address::Phone(_) => "phone",
        Address::Bsuid(_) => "bsuid",
    };
    diesel::insert_into(contact_addresses::table)
        .values((
            contact_addresses::company_id.eq(company.0),
            contact_addresses::address.eq(address.as_str()),
            contact_addresses::contact_id.eq(contact.0),
            contact_addresses::kind.eq(kind),
            contact_addresses::last_seen_at.eq(now),
        ))
        .on_conflict((contact_addresses::company_id, contact_addresses::address))
        .do_update()
        .set(contact_addresses::contact_id.eq(contact.0))
        .execute(conn)
        .await?;
    Ok(())
}

/// Notes that the contact wrote at `now`; a late redelivery does not move it back.
async fn touch(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    contact: ContactId,
    given: &Given<'_>,
    name: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Option<ProfileId>> {
    let texts: Vec<&str> = given.all().map(Address::as_str).collect();
    diesel::update(contact_addresses::table)
        .filter(contact_addresses::company_id.eq(company.0))
        .filter(contact_addresses::address.eq_any(texts))
        .set(
            contact_addresses::last_seen_at
                .eq(greatest(contact_addresses::last_seen_at, Some(now))),
        )
        .execute(conn)
        .await?;
    let profile: Option<Uuid> = diesel::update(contacts::table)
        .filter(contacts::company_id.eq(company.0))
        .filter(contacts::id.eq(contact.0))
        .set((
            contacts::last_inbound_at.eq(greatest(contacts::last_inbound_at, Some(now))),
            contacts::display_name.eq(coalesce(contacts::display_name, name)),
        ))
        .returning(contacts::profile_id)
        .get_result(conn)
        .await?;
    Ok(profile.map(ProfileId))
}

/// Notes the language that the contact writes in: `en` or `es`.
///
/// # Errors
/// When the database fails, or knows no such language.
pub async fn note_language(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    contact: ContactId,
    language: &str,
) -> Result<()> {
    diesel::update(contacts::table)
        .filter(contacts::company_id.eq(company.0))
        .filter(contacts::id.eq(contact.0))
        .filter(contacts::language.is_distinct_from(language))
        .set(contacts::language.eq(language))
        .execute(conn)
        .await?;
    Ok(())
}

/// The profile `id` of `company` with the locale in which the person is written to, by whichever
/// way: [`ReplyTarget`]'s, in the language of the contact of theirs that wrote last.
///
/// # Errors
/// When the database fails.
pub async fn written_to(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    id: ProfileId,
) -> Result<Option<ProfileSummary>> {
    let Some(mut profile) = profiles::get(conn, company, id).await? else {
        return Ok(None);
    };
    let language: Option<Option<String>> = contacts::table
        .filter(contacts::company_id.eq(company.0))
        .filter(contacts::profile_id.eq(id.0))
        .filter(contacts::language.is_not_null())
        .order((
            contacts::last_inbound_at.desc().nulls_last(),
            contacts::id.asc(),
        ))
        .select(contacts::language)
        .first(conn)
        .await
        .optional()?;
    let language = language.flatten();
    profile.locale = locale_of(Some(&profile), language.as_deref(), profile.locale.clone());
    Ok(Some(profile))
}

/// What a text to somebody is worded in: the person's own locale, else the company's in the language
/// that they write in. The one place that decides it.
fn locale_of(profile: Option<&ProfileSummary>, language: Option<&str>, company: String) -> String {
    match profile {
        Some(profile) if profile.own_locale => profile.locale.clone(),
        _ => written_in(language, company),
    }
}

/// The company's locale in the language that somebody writes in: `es-US` of `en-US`.
fn written_in(language: Option<&str>, company: String) -> String {
    let (spoken, country) = match company.split_once(['-', '_']) {
        Some((spoken, country)) => (spoken, Some(country)),
        None => (company.as_str(), None),
    };
    match (language, country) {
        (Some(language), Some(country)) if language != spoken => format!("{language}-{country}"),
        (Some(language), None) => language.to_owned(),
        _ => company,
    }
}

#[diesel::declare_sql_function]
extern "SQL" {
    /// The later one; a NULL is passed over.
    fn greatest(
        a: diesel::sql_types::Nullable<diesel::sql_types::Timestamptz>,
        b: diesel::sql_types::Nullable<diesel::sql_types::Timestamptz>,
    ) -> diesel::sql_types::Nullable<diesel::sql_types::Timestamptz>;

    /// The first that is not NULL.
    fn coalesce(
        a: diesel::sql_types::Nullable<diesel::sql_types::Text>,
        b: diesel::sql_types::Nullable<diesel::sql_types::Text>,
    ) -> diesel::sql_types::Nullable<diesel::sql_types::Text>;
}

/// What is known of a contact, without its profile.
#[derive(Queryable)]
struct TargetRow {
    #[diesel(deserialize_as = Col<Address>)]
    to: Address,
    profile_id: Option<Uuid>,
    #[diesel(deserialize_as = Col<Address>)]
    from: Address,
    #[diesel(deserialize_as = Col<Tz>)]
    time_zone: Tz,
    locale: String,
    last_inbound_at: Option<DateTime<Utc>>,
    company_name: String,
    language: Option<String>,
}

/// Where to answer `contact`; `None` when `company` has no such contact.
///
/// # Errors
/// When the database fails.
pub async fn reply_target(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    contact: ContactId,
) -> Result<Option<ReplyTarget>> {
    let row: Option<TargetRow> = contacts::table
        .inner_join(schema::companies::table)
        .inner_join(contact_addresses::table)
        .filter(contacts::company_id.eq(company.0))
        .filter(contacts::id.eq(contact.0))
        // Of two that were seen at once, the phone number: "phone" sorts after "bsuid".
        .order((
            contact_addresses::last_seen_at.desc().nulls_last(),
            contact_addresses::kind.desc(),
        ))
        .select((
            contact_addresses::address,
            contacts::profile_id,
            schema::companies::whatsapp_address,
            schema::companies::time_zone,
            schema::companies::locale,
            contacts::last_inbound_at,
            schema::companies::name,
            contacts::language,
        ))
        .first(conn)
        .await
        .optional()?;
    let Some(row) = row else { return Ok(None) };
    let profile = match row.profile_id {
        Some(id) => Some(
            profiles::get(conn, company, ProfileId(id))
                .await?
                .ok_or(StoreError::Conflict("the contact's profile is gone"))?,
        ),
        None => None,
    };
    Ok(Some(ReplyTarget {
        last_inbound_at: row.last_inbound_at,
        company_name: row.company_name,
        company_id: company,
        to: row.to,
        from: row.from,
        profile_id: profile.as_ref().map(|profile| profile.id),
        persona: profile.as_ref().and_then(|profile| profile.persona),
        time_zone: profile
            .as_ref()
            .map_or(row.time_zone, |profile| profile.time_zone),
        locale: locale_of(profile.as_ref(), row.language.as_deref(), row.locale),
        email: profile.and_then(|profile| profile.email),
    }))
}
