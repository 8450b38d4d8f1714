//! The people of a company, and whether somebody can be written to: for answers that are shared.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;
use wharf_domain::{
    ids::{CompanyId, ContactId, ProfileId},
    persona::Persona,
};

use crate::{
    Result,
    columns::OptCol,
    schema::{contact_addresses as a, contacts as c, profiles as p, whatsapp_conversations as w},
};

/// Somebody of the company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub profile_id: ProfileId,
    /// What they are called.
    pub name: String,
    /// Whose wording they get.
    pub persona: Option<Persona>,
    /// Where their mail goes.
    pub email: Option<String>,
    /// Their chat with the company's number.
    pub chat: Option<Chat>,
}

/// A chat with a contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chat {
    /// The contact; of several, the one that wrote last.
    pub contact_id: ContactId,
    /// When it wrote last; `None`: never.
    pub last_inbound_at: Option<DateTime<Utc>>,
    /// Its conversation; `None`: it never wrote.
    pub conversation_key: Option<String>,
}

#[derive(Queryable)]
struct Row {
    #[diesel(deserialize_as = Uuid)]
    id: ProfileId,
    name: String,
    #[diesel(deserialize_as = OptCol<Persona>)]
    persona: Option<Persona>,
    email: Option<String>,
}

/// The people of `company`, by name.
///
/// # Errors
/// When the database fails.
pub async fn members(conn: &mut AsyncPgConnection, company: CompanyId) -> Result<Vec<Member>> {
    let people: Vec<Row> = p::table
        .filter(p::company_id.eq(company.0))
        .order((p::display_name, p::id))
        .select((p::id, p::display_name, p::persona, p::email))
        .load(conn)
        .await?;
    let mut chats = chats(conn, company).await?;
    let members = people.into_iter().map(|row| Member {
        chat: chats.remove(&row.id.0),
        profile_id: row.id,
        name: row.name,
        persona: row.persona,
        email: row.email,
    });
    Ok(members.collect())
}

async fn chats(conn: &mut AsyncPgConnection, company: CompanyId) -> Result<HashMap<Uuid, Chat>> {
    let has_address = a::table
        .filter(a::company_id.eq(company.0))
        .select(a::contact_id);
    let contacts: Vec<(Option<Uuid>, Uuid, Option<DateTime<Utc>>)> = c::table
        .filter(c::company_id.eq(company.0))
        .filter(c::profile_id.is_not_null())
        .filter(c::id.eq_any(has_address))
        .order(c::last_inbound_at.desc().nulls_last())
        .select((c::profile_id, c::id, c::last_inbound_at))
        .load(conn)
        .await?;
    let ids: Vec<Uuid> = contacts.iter().map(|(_, contact, _)| *contact).collect();
    let keys: Vec<(Uuid, String)> = w::table
        .filter(w::company_id.eq(company.0))
        .filter(w::contact_id.eq_any(ids))
        .distinct_on(w::contact_id)
        .order((w::contact_id, w::received_at.desc()))
        .select((w::contact_id, w::conversation_key))
        .load(conn)
        .await?;
    let mut keys: HashMap<Uuid, String> = keys.into_iter().collect();
    let mut chats = HashMap::new();
    for (profile, contact, last_inbound_at) in contacts {
        let Some(profile) = profile else { continue };
        chats.entry(profile).or_insert_with(|| Chat {
            contact_id: contact.into(),
            last_inbound_at,
            conversation_key: keys.remove(&contact),
        });
    }
    Ok(chats)
}
