//! The company that a command is about, by its WhatsApp number.

use anyhow::{Context as _, anyhow};
use wharf_domain::{address::Address, ids::CompanyId};
use wharf_store::{Across, Store, StoreError, companies};

/// The company with the number, e.g. `+14155238886`.
///
/// # Errors
/// When that is no number, no company has it, or the database fails.
pub(super) async fn find(store: &Store, number: &str) -> anyhow::Result<CompanyId> {
    let address = Address::parse(number).map_err(|error| anyhow!("{number}: {error}"))?;
    store
        .across::<_, StoreError, _>(Across::Operator, async |conn| {
            companies::by_address(conn, &address).await
        })
        .await?
        .with_context(|| format!("no company has the number {number}"))
}
