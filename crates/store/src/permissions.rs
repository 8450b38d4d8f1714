//! Whether a person may ask for something, and where: the shipped roles, a company's own rules
//! (`role_permissions`) before them, and the places that a person is bound to.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;
use wharf_domain::{
    ids::{CompanyId, ProfileId},
    intent::IntentType,
    permissions::Role,
};

use crate::{
    Result, locations,
    schema::{profile_locations, profiles, role_permissions},
};

/// Whether somebody may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Permission {
    /// Yes.
    Allowed {
        /// The places whose stock the person may see and change, sorted; `None`: all.
        locations: Option<Vec<Uuid>>,
    },
    /// No.
    Denied,
}

impl Permission {
    /// Whether it is a yes, wherever.
    #[must_use]
    pub const fn is_allowed(&self) -> bool {
        matches!(self, Self::Allowed { .. })
    }

    /// Whether it is a yes for what is at `location`.
    #[must_use]
    pub fn covers(&self, location: Uuid) -> bool {
        match self {
            Self::Allowed { locations: None } => true,
            Self::Allowed {
                locations: Some(some),
            } => some.contains(&location),
            Self::Denied => false,
        }
    }
}

/// Whether `profile` may ask for `intent`. Nobody of that id in `company` may anything.
///
/// # Errors
/// When the database fails.
pub async fn check(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    profile: ProfileId,
    intent: IntentType,
) -> Result<Permission> {
    let own_rule = role_permissions::company_id
        .eq(profiles::company_id)
        .and(role_permissions::role.eq(profiles::role))
        .and(role_permissions::intent_type.eq(intent.as_str()));
    let found: Option<(String, Option<bool>)> = profiles::table
        .left_join(role_permissions::table.on(own_rule))
        .filter(profiles::company_id.eq(company.0))
        .filter(profiles::id.eq(profile.0))
        .select((profiles::role, role_permissions::allowed.nullable()))
        .first(conn)
        .await
        .optional()?;
    let Some((role, own)) = found else {
        return Ok(Permission::Denied);
    };
    if !own.unwrap_or_else(|| Role::named(&role).may(intent)) {
        return Ok(Permission::Denied);
    }
    let places: Vec<Uuid> = profile_locations::table
        .filter(profile_locations::company_id.eq(company.0))
        .filter(profile_locations::profile_id.eq(profile.0))
        .order(profile_locations::location_id)
        .select(profile_locations::location_id)
        .load(conn)
        .await?;
    Ok(Permission::Allowed {
        locations: (!places.is_empty()).then_some(places),
    })
}

/// Whether `profile` may ask for `intent` at the place that a request names in these words: nobody
/// may where the place is one of the company's and not one of the person's. A place that is not
/// known at all is for the agent to say.
///
/// # Errors
/// When the database fails.
pub async fn check_at(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    profile: ProfileId,
    intent: IntentType,
    place: Option<&str>,
) -> Result<Permission> {
    let permission = check(conn, company, profile, intent).await?;
    if let (Permission::Allowed { locations: Some(_) }, Some(words)) = (&permission, place)
        && let Some(place) = locations::find(conn, company, words).await?
        && !permission.covers(place.id)
    {
        return Ok(Permission::Denied);
    }
    Ok(permission)
}

/// Whether `company` has rules of its own for a role.
///
/// # Errors
/// When the database fails.
pub async fn is_own_role(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    role: &str,
) -> Result<bool> {
    let rules = role_permissions::table
        .filter(role_permissions::company_id.eq(company.0))
        .filter(role_permissions::role.eq(role));
    Ok(diesel::select(diesel::dsl::exists(rules))
        .get_result(conn)
        .await?)
}
