//! The database as the owner of its tables sees it: rows of every company, no tenant.
//!
//! For fixtures of tests, which lay the rows of several companies side by side. Services, wharfctl
//! and whatever else runs in production use [`Store`]; a test of this crate looks that nothing
//! below `services/*/src` names this type.

use std::ops::Deref;

use diesel_async::{AsyncConnection as _, AsyncPgConnection};

use crate::{
    config::DatabaseConfig,
    error::StoreError,
    pool::{PooledConnection, Store, TransactionBody},
};

/// A [`Store`] whose [`conn`](Self::conn) and [`transaction`](Self::transaction) are the owner's.
/// [`Store::in_company`] and [`Store::across`] are as limited on it as on any.
#[derive(Debug, Clone)]
pub struct OwnerStore(Store);

impl OwnerStore {
    /// As [`Store::connect`].
    ///
    /// # Errors
    /// As [`Store::connect`].
    pub fn connect(config: &DatabaseConfig) -> Result<Self, StoreError> {
        Store::connect_as(config, None).map(Self)
    }

    /// A connection of the owner's.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when none could be had.
    pub async fn conn(&self) -> Result<PooledConnection, StoreError> {
        self.0.conn().await
    }

    /// Runs `work` in one transaction of the owner's.
    ///
    /// # Errors
    /// As [`Store::in_company`].
    pub async fn transaction<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: for<'c> TransactionBody<&'c mut AsyncPgConnection, Result<T, E>, Fut: Send>
            + for<'c> AsyncFnOnce(&'c mut AsyncPgConnection) -> Result<T, E>
            + Send,
        T: Send,
        E: From<diesel::result::Error> + From<StoreError> + Send,
    {
        let mut conn = self.0.conn().await?;
        let conn: &mut AsyncPgConnection = &mut conn;
        conn.transaction(work).await
    }
}

impl Deref for OwnerStore {
    type Target = Store;

    fn deref(&self) -> &Store {
        &self.0
    }
}
