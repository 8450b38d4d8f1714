//! The pool, and how a connection is set up.

use std::{future::Future, sync::Arc, time::Duration};

use diesel::{
    ConnectionError,
    sql_types::{Bool, Text},
};
use diesel_async::{
    AnsiTransactionManager, AsyncPgConnection, RunQueryDsl, TransactionManager as _,
    pooled_connection::{
        AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod, SetupCallback,
        deadpool::{Object, Pool},
    },
};
use futures_util::FutureExt;
use secrecy::ExposeSecret;
use tokio::time::timeout;
use tokio_postgres::NoTls;
use tokio_postgres_rustls::MakeRustlsConnect;
use wharf_domain::ids::CompanyId;

use crate::{
    config::DatabaseConfig,
    error::{self, StoreError},
    tenant::{self, Across, SERVICE_ROLE},
    tls::{self, Target},
};

/// A connection out of the pool; goes back when dropped.
pub type PooledConnection = Object<AsyncPgConnection>;

/// The database. Clones share one pool.
#[derive(Clone)]
pub struct Store {
    pool: Pool<AsyncPgConnection>,
    connect_timeout: Duration,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store")
            .field("pool", &self.pool.status())
            .finish()
    }
}

impl Store {
    /// A pool for `config`, whose connections act as the services' role. It opens none: a service
    /// starts while its database is away (or not migrated), and is unready until
    /// [`ping`](Self::ping) succeeds.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when the configuration cannot be used.
    pub fn connect(config: &DatabaseConfig) -> Result<Self, StoreError> {
        Self::connect_as(config, Some(SERVICE_ROLE))
    }

    pub(crate) fn connect_as(
        config: &DatabaseConfig,
        role: Option<&str>,
    ) -> Result<Self, StoreError> {
        let manager = AsyncDieselConnectionManager::new_with_config(
            "", // our own set-up below knows where to go
            {
                let mut manager = ManagerConfig::default();
                // Enough here: a closed socket or an open transaction counts as broken, so such a
                // connection is dropped instead of handed out, without a query a checkout.
                manager.recycling_method = RecyclingMethod::Fast;
                manager.custom_setup = set_up(config, role)?;
                manager
            },
        );
        let pool = Pool::builder(manager)
            .max_size(config.pool_size)
            .build()
            .map_err(|error| StoreError::Invalid(error.to_string()))?;
        Ok(Self {
            pool,
            connect_timeout: config.connect_timeout(),
        })
    }

    /// A connection that is in no company, waited for at most the configured connect timeout.
    pub(crate) async fn conn(&self) -> Result<PooledConnection, StoreError> {
        match timeout(self.connect_timeout, self.pool.get()).await {
            Ok(Ok(conn)) => Ok(conn),
            Ok(Err(error)) => Err(StoreError::unavailable(&error)),
            Err(_) => Err(StoreError::Unavailable(format!(
                "no connection within {} ms",
                self.connect_timeout.as_millis()
            ))),
        }
    }

    /// Runs `work` in one transaction that sees and writes rows of `company` and no others:
    /// committed when it returns `Ok`, rolled back otherwise.
    ///
    /// Never put it under `select!` or `timeout`: the session's own timeouts end a statement that
    /// takes too long, and shutdown waits. Should the future be dropped all the same, nothing is
    /// committed; the connection is thrown away, and its locks with it, when the pool next looks at
    /// it. No HTTP or broker call belongs inside.
    ///
    /// # Errors
    /// What `work` returned, or [`StoreError`] of begin and commit. After a failed commit it is
    /// not known whether it took effect: only work that may be repeated belongs here.
    pub async fn in_company<T, E, F>(&self, company: CompanyId, work: F) -> Result<T, E>
    where
        F: for<'c> TransactionBody<&'c mut AsyncPgConnection, Result<T, E>, Fut: Send>
            + for<'c> AsyncFnOnce(&'c mut AsyncPgConnection) -> Result<T, E>
            + Send,
        T: Send,
        E: From<diesel::result::Error> + From<StoreError> + Send,
    {
        self.begun(tenant::begin(company), work).await
    }

    /// Runs `work` in one transaction that reads, of every company, what `why` needs, and writes
    /// nothing unless it goes on in one company, as `contacts::resolve_sender` does. [`Across`]
    /// lists who may. Otherwise as [`in_company`](Self::in_company).
    ///
    /// # Errors
    /// As [`in_company`](Self::in_company).
    pub async fn across<T, E, F>(&self, why: Across, work: F) -> Result<T, E>
    where
        F: for<'c> TransactionBody<&'c mut AsyncPgConnection, Result<T, E>, Fut: Send>
            + for<'c> AsyncFnOnce(&'c mut AsyncPgConnection) -> Result<T, E>
            + Send,
        T: Send,
        E: From<diesel::result::Error> + From<StoreError> + Send,
    {
        self.begun(why.begin(), work).await
    }

    /// A transaction with these words before it.
    async fn begun<T, E, F>(&self, begin: String, work: F) -> Result<T, E>
    where
        F: for<'c> TransactionBody<&'c mut AsyncPgConnection, Result<T, E>, Fut: Send>
            + for<'c> AsyncFnOnce(&'c mut AsyncPgConnection) -> Result<T, E>
            + Send,
        T: Send,
        E: From<diesel::result::Error> + From<StoreError> + Send,
    {
        let mut pooled = self.conn().await?;
        let began = AnsiTransactionManager::begin_transaction_sql(&mut *pooled, &begin).await;
        if let Err(error) = began {
            // BEGIN may have worked and the rest not: not for the next user.
            drop(Object::take(pooled));
            return Err(StoreError::from(error).into());
        }
        let conn: &mut AsyncPgConnection = &mut pooled;
        match work(&mut *conn).await {
            Ok(value) => {
                AnsiTransactionManager::commit_transaction(conn).await?;
                Ok(value)
            }
            Err(error) => match AnsiTransactionManager::rollback_transaction(conn).await {
                // A broken connection: why it broke is said by the first error.
                Ok(()) | Err(diesel::result::Error::BrokenTransactionManager) => Err(error),
                Err(rollback) => Err(rollback.into()),
            },
        }
    }

    /// Whether the database answers, asked within the connect timeout and on a connection of the
    /// pool. An exhausted pool is no: work waits then.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        let ask = async {
            let mut conn = self.conn().await?;
            diesel::sql_query("SELECT 1").execute(&mut conn).await?;
            Ok(())
        };
        timeout(self.connect_timeout, ask)
            .await
            .unwrap_or_else(|_| Err(StoreError::Unavailable("no answer in time".to_owned())))
    }

    /// A lock that one session of the database at a time holds; `None`: another one has it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn try_lock(&self, name: &str) -> Result<Option<NamedLock>, StoreError> {
        let conn = self.conn().await?;
        // Out of the pool: the lock ends with its session, not with a checkout.
        let mut conn = Object::take(conn);
        let taken = diesel::select(
            diesel::dsl::sql::<Bool>("pg_try_advisory_lock(hashtextextended(")
                .bind::<Text, _>(name)
                .sql(", 0))"),
        )
        .get_result(&mut conn)
        .await?;
        Ok(if taken { Some(NamedLock(conn)) } else { None })
    }

    /// Connections in use and connections open, for a gauge.
    #[must_use]
    pub fn usage(&self) -> (usize, usize) {
        let status = self.pool.status();
        (status.size.saturating_sub(status.available), status.size)
    }

    /// Closes the pool: idle connections now, the others when they come back.
    pub fn close(&self) {
        self.pool.close();
    }
}

/// A lock by name, held as long as its connection stands. Dropping it frees the lock.
pub struct NamedLock(AsyncPgConnection);

impl std::fmt::Debug for NamedLock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NamedLock")
    }
}

impl NamedLock {
    /// Whether it is still held: whether its connection still answers.
    ///
    /// # Errors
    /// When it is not.
    pub async fn check(&mut self) -> Result<(), StoreError> {
        diesel::sql_query("SELECT 1").execute(&mut self.0).await?;
        Ok(())
    }
}

/// An async closure whose future can be sent between threads; every `async |conn| …` over sendable
/// values is one. (Stable Rust cannot say this of `AsyncFnOnce` itself.)
pub trait TransactionBody<A, R>: FnOnce(A) -> <Self as TransactionBody<A, R>>::Fut {
    /// What calling it gives.
    type Fut: Future<Output = R>;
}

impl<F, A, Fut, R> TransactionBody<A, R> for F
where
    F: FnOnce(A) -> Fut,
    Fut: Future<Output = R>,
{
    type Fut = Fut;
}

/// One connection outside any pool, as the user that the URL names: for migrations.
pub(crate) async fn single(config: &DatabaseConfig) -> Result<AsyncPgConnection, StoreError> {
    let set_up = set_up(config, None)?;
    match timeout(config.connect_timeout(), set_up("")).await {
        Ok(done) => done.map_err(|error| StoreError::unavailable(&error)),
        Err(_) => Err(StoreError::Unavailable("no connection in time".to_owned())),
    }
}

fn set_up(
    config: &DatabaseConfig,
    role: Option<&str>,
) -> Result<SetupCallback<AsyncPgConnection>, StoreError> {
    let Target {
        config: mut to,
        tls,
    } = tls::read_url(config.url.expose_secret()).map_err(StoreError::Invalid)?;
    let mut options = to
        .get_options()
        .map_or_else(String::new, |own| format!("{own} "));
    options.push_str(&format!(
        "-c statement_timeout={} -c lock_timeout={} -c idle_in_transaction_session_timeout={}",
        config.statement_timeout_ms,
        config.lock_timeout_ms,
        // A worker that hangs within a transaction must not hold its locks for ever.
        config.statement_timeout_ms.saturating_mul(3),
    ));
    // Of the session, so that what resets a connection comes back to it too.
    if let Some(role) = role {
        options.push_str(&format!(" -c role={role}"));
    }
    to.options(options)
        .connect_timeout(config.connect_timeout())
        // A peer that vanished without a word is noticed even where the statement timeout, which
        // the server keeps, cannot reach us.
        .tcp_user_timeout(Duration::from_millis(config.statement_timeout_ms));
    if to.get_application_name().is_none() {
        to.application_name("wharf");
    }
    let to = Arc::new(to);
    let tls = tls
        .as_ref()
        .map(tls::connector)
        .transpose()
        .map_err(StoreError::Invalid)?;
    Ok(Box::new(move |_| {
        open(Arc::clone(&to), tls.clone()).boxed()
    }))
}

async fn open(
    to: Arc<tokio_postgres::Config>,
    tls: Option<MakeRustlsConnect>,
) -> diesel::ConnectionResult<AsyncPgConnection> {
    let failed =
        |error: tokio_postgres::Error| ConnectionError::BadConnection(error::chain(&error));
    if let Some(tls) = tls {
        let (client, connection) = to.connect(tls).await.map_err(failed)?;
        AsyncPgConnection::try_from_client_and_connection(client, connection).await
    } else {
        let (client, connection) = to.connect(NoTls).await.map_err(failed)?;
        AsyncPgConnection::try_from_client_and_connection(client, connection).await
    }
}
