//! Handlers that work in a single database transaction.

use std::future::Future;

use diesel_async::AsyncPgConnection;
use wharf_domain::contracts::{Contract, Envelope};
use wharf_store::Store;

use crate::{
    handler::{HandleError, Handler},
    outcome::Outcome,
};

/// A handler whose every effect is in one transaction, which the run loop opens and commits.
pub trait TransactionHandler: Send + Sync + 'static {
    /// The message.
    type Input: Contract;

    /// See [`Handler::order_key`].
    fn order_key(&self, message: &Envelope<Self::Input>) -> Option<String>;

    /// Handles a message on the transaction's connection.
    ///
    /// # Errors
    /// [`HandleError`]; the transaction is rolled back.
    fn handle(
        &self,
        conn: &mut AsyncPgConnection,
        message: &Envelope<Self::Input>,
    ) -> impl Future<Output = Result<Outcome, HandleError>> + Send;

    /// See [`Handler::give_up`].
    ///
    /// # Errors
    /// [`HandleError`]; the transaction is rolled back.
    fn give_up(
        &self,
        conn: &mut AsyncPgConnection,
        message: &Envelope<Self::Input>,
        reason: &str,
    ) -> impl Future<Output = Result<Outcome, HandleError>> + Send;
}

/// Opens the transaction, commits it, and only then hands the outcome to the run loop.
#[derive(Debug, Clone)]
pub struct InTransaction<H> {
    store: Store,
    handler: H,
}

impl<H> InTransaction<H> {
    /// `handler`, working on `store`.
    pub fn new(store: Store, handler: H) -> Self {
        Self { store, handler }
    }
}

impl<H: TransactionHandler> Handler for InTransaction<H> {
    type Input = H::Input;

    fn order_key(&self, message: &Envelope<H::Input>) -> Option<String> {
        self.handler.order_key(message)
    }

    async fn handle(&self, message: &Envelope<H::Input>) -> Result<Outcome, HandleError> {
        self.store
            .transaction(async |conn| self.handler.handle(conn, message).await)
            .await
    }

    async fn give_up(
        &self,
        message: &Envelope<H::Input>,
        reason: &str,
    ) -> Result<Outcome, HandleError> {
        self.store
            .transaction(async |conn| self.handler.give_up(conn, message, reason).await)
            .await
    }

    async fn is_available(&self) -> bool {
        self.store.ping().await.is_ok()
    }
}
