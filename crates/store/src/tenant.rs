//! Whose rows a transaction sees: one company's, and how the company is found when it is not known
//! yet. PostgreSQL enforces it (migration 000900, docs/adr/0020-row-level-security.md).
//!
//! Services have two ways in, and no third:
//!
//! - [`Store::in_company`](crate::Store::in_company): everything else. Rows of that company are
//!   seen and written; the rest is as if it were not there.
//! - [`Store::across`](crate::Store::across): reads, for one of the purposes that [`Across`] lists,
//!   the few columns that the migration gives to `wharf_across`. It writes nothing, unless it goes
//!   on in the company that it found ([`enter`]).
//!
//! Both last as long as their transaction: the setting and the role are transaction-local, so the
//! next user of the pooled connection starts with neither.

use diesel::sql_types::{Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use wharf_domain::ids::CompanyId;

use crate::Result;

/// What the services act as: see the migration.
pub(crate) const SERVICE_ROLE: &str = "wharf_service";
/// What they act as while they look across companies.
const ACROSS_ROLE: &str = "wharf_across";

/// Why work looks across companies: the whole list. To add one: a variant, who may use it and what
/// it reads, `wharf_look_across` of those columns in a migration, and its line in
/// `tests/database/isolation.rs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Across {
    /// nlp finds the company whose number a message was written to, and goes on in it
    /// (`contacts::resolve_sender`). Reads `companies`.
    Receiver,
    /// responder finds the company whose message a status callback is about, and goes on in it
    /// (`outbound::apply_status`). Reads ids and sids of `outbound_messages`.
    DeliveryStatus,
    /// agent-executor's sweeper finds what nobody looks after (`executions::unfinished`, `overdue`,
    /// `due_to_be_told`) and the companies whose agents work by themselves (`companies::all`); what
    /// it does about it, it does in each company. Reads `agent_execution_queue` and `companies`.
    Sweeper,
    /// responder finds the companies (`companies::all`), in each of which it looks for held texts that
    /// are due, and for messages that an agent works on. Reads `companies`.
    Keeper,
    /// responder finds the companies that have files to be fetched or removed
    /// (`inbound_media::companies_with_work`). Reads `inbound_media`: whose, how far and when.
    Files,
    /// nlp counts labels and personas for its metrics (`feedback::labels`,
    /// `personas::distribution`). Reads `whatsapp_conversations`, no words of them, and the personas
    /// of `profiles`.
    Labels,
    /// wharfctl finds the company that an operator names by its number (`companies::by_address`).
    /// Reads `companies`.
    Operator,
}

impl Across {
    /// Every purpose.
    pub const ALL: [Self; 7] = [
        Self::Receiver,
        Self::DeliveryStatus,
        Self::Sweeper,
        Self::Keeper,
        Self::Files,
        Self::Labels,
        Self::Operator,
    ];

    /// Its name, as the database's own log and `pg_stat_activity` show it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Receiver => "receiver",
            Self::DeliveryStatus => "delivery_status",
            Self::Sweeper => "sweeper",
            Self::Keeper => "keeper",
            Self::Files => "files",
            Self::Labels => "labels",
            Self::Operator => "operator",
        }
    }

    /// Begins the transaction: one round trip.
    pub(crate) fn begin(self) -> String {
        let why = self.as_str();
        format!("/* across companies: {why} */ BEGIN; SET LOCAL ROLE {ACROSS_ROLE}")
    }
}

/// Begins a transaction in one company: one round trip, as BEGIN alone.
pub(crate) fn begin(company: CompanyId) -> String {
    // An id is hexadecimal digits and dashes: nothing to quote.
    format!(
        "BEGIN; SET LOCAL ROLE {SERVICE_ROLE}; SET LOCAL wharf.company_id = '{}'",
        company.0
    )
}

/// Goes on in `company` until the transaction ends, after [`Across`] has found it. For the functions
/// of this crate that say so.
pub(crate) async fn enter(conn: &mut AsyncPgConnection, company: CompanyId) -> Result<()> {
    diesel::sql_query(
        "SELECT set_config('role', $1, true), set_config('wharf.company_id', $2::text, true)",
    )
    .bind::<Text, _>(SERVICE_ROLE)
    .bind::<SqlUuid, _>(company.0)
    .execute(conn)
    .await?;
    Ok(())
}
