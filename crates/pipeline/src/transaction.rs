//! Handlers that work in a single database transaction, which begins before the company is known.

use std::future::Future;

use diesel_async::AsyncPgConnection;
use wharf_domain::contracts::{Contract, Envelope};
use wharf_store::{Across, Store};

use crate::{
    handler::{HandleError, Handler},
    outcome::Outcome,
};

/// A handler whose every effect is in one transaction, which the run loop opens and commits. The
/// message does not say its company: the handler finds it, and goes on in it.
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
    why: Across,
    handler: H,
}

impl<H> InTransaction<H> {
    /// `handler`, working on `store` once it has found the company by `why`.
    pub fn new(store: Store, why: Across, handler: H) -> Self {
        Self {
            store,
            why,
            handler,
        }
    }
}

impl<H: TransactionHandler> Handler for InTransaction<H> {
    type Input = H::Input;

    fn order_key(&self, message: &Envelope<H::Input>) -> Option<String> {
        self.handler.order_key(message)
    }

    async fn handle(&self, message: &Envelope<H::Input>) -> Result<Outcome, HandleError> {
        self.store
            .across(self.why, async |conn| {
                self.handler.handle(conn, message).await
            })
            .await
    }

    async fn give_up(
        &self,
        message: &Envelope<H::Input>,
        reason: &str,
    ) -> Result<Outcome, HandleError> {
        self.store
            .across(self.why, async |conn| {
                self.handler.give_up(conn, message, reason).await
            })
            .await
    }

    async fn is_available(&self) -> bool {
        self.store.ping().await.is_ok()
    }
}
