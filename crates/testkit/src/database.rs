//! A database of its own for each test.
//!
//! `TEST_DATABASE_URL` names a PostgreSQL whose user may create databases. The migrations run once
//! into a template, which every test, process and later run copies; its name holds a hash of
//! them. Leftovers of killed runs are dropped when they are a day old.

use std::{
    path::Path,
    sync::atomic::{AtomicU32, Ordering},
    time::{SystemTime, UNIX_EPOCH},
};

use diesel::{QueryableByName, sql_query, sql_types};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use tokio::sync::OnceCell;
use url::Url;
use wharf_store::{DatabaseConfig, OwnerStore, migrations};

/// The environment variable that names the server.
pub const URL_VARIABLE: &str = "TEST_DATABASE_URL";

const TEST_PREFIX: &str = "wharf_test_";
const TEMPLATE_PREFIX: &str = "wharf_template_";
const DAY_SECONDS: u64 = 24 * 60 * 60;

/// A migrated, empty database; dropped with the value.
#[derive(Debug)]
pub struct TestDatabase {
    name: String,
    server: Url,
}

impl TestDatabase {
    /// A new database with every migration applied.
    ///
    /// # Panics
    /// When `TEST_DATABASE_URL` is missing or its server does not answer: a test that cannot run
    /// has failed.
    pub async fn create() -> Self {
        let server = server();
        let template = template(&server).await;
        let name = fresh_name();
        let mut admin = connect(&server).await;
        run(
            &mut admin,
            &format!("CREATE DATABASE {name} TEMPLATE {template}"),
        )
        .await;
        Self { name, server }
    }

    /// A new database without any table, for tests of the migrations themselves.
    ///
    /// # Panics
    /// As [`create`](Self::create).
    pub async fn create_empty() -> Self {
        let server = server();
        let name = fresh_name();
        run(
            &mut connect(&server).await,
            &format!("CREATE DATABASE {name}"),
        )
        .await;
        Self { name, server }
    }

    /// Its URL.
    #[must_use]
    pub fn url(&self) -> String {
        with_name(&self.server, &self.name).into()
    }

    /// A configuration for it, with the defaults.
    #[must_use]
    pub fn config(&self) -> DatabaseConfig {
        DatabaseConfig::new(self.url())
    }

    /// A pool on it, as the owner of the tables: tests lay rows of any company there.
    ///
    /// # Panics
    /// When it does not answer.
    #[expect(clippy::expect_used, reason = "a test without its database has failed")]
    pub async fn store(&self) -> OwnerStore {
        let store = OwnerStore::connect(&self.config()).expect("a store on the test's database");
        store.ping().await.expect("the test's database answers");
        store
    }

    /// Rows of `table` (or of `table WHERE …`).
    ///
    /// # Panics
    /// When the query fails.
    pub async fn rows(&self, table: &str) -> i64 {
        let mut conn = connect(&with_name(&self.server, &self.name)).await;
        let rows: Vec<Number> =
            query(&mut conn, &format!("SELECT count(*) AS n FROM {table}")).await;
        rows.iter().map(|row| row.n).sum()
    }

    /// Every row of a company but its own in `companies`, each as text after its table's name: to see
    /// that nothing has changed.
    ///
    /// # Panics
    /// When a query fails.
    pub async fn company_rows(&self, company: impl std::fmt::Display) -> Vec<String> {
        let mut conn = connect(&with_name(&self.server, &self.name)).await;
        let tables: Vec<Name> = query(
            &mut conn,
            "SELECT table_name::text AS name FROM information_schema.columns \
             WHERE table_schema = 'public' AND column_name = 'company_id' ORDER BY 1",
        )
        .await;
        let mut rows = Vec::new();
        for Name { name: table } in tables {
            let sql = format!(
                "SELECT '{table} ' || t::text AS name FROM {table} t \
                 WHERE company_id = '{company}' ORDER BY 1"
            );
            let found: Vec<Name> = query(&mut conn, &sql).await;
            rows.extend(found.into_iter().map(|row| row.name));
        }
        rows
    }

    /// Runs SQL in it, one statement or several.
    ///
    /// # Panics
    /// When it fails.
    pub async fn run_sql(&self, sql: &str) {
        run(
            &mut connect(&with_name(&self.server, &self.name)).await,
            sql,
        )
        .await;
    }

    /// An outage, for this database alone: cuts every connection and refuses new ones until
    /// [`resume`](Self::resume).
    ///
    /// # Panics
    /// When the server refuses that.
    pub async fn interrupt(&self) {
        shut(&mut connect(&self.server).await, &self.name).await;
    }

    /// Ends an outage.
    ///
    /// # Panics
    /// When the server refuses that.
    pub async fn resume(&self) {
        let sql = format!("ALTER DATABASE {} ALLOW_CONNECTIONS true", self.name);
        run(&mut connect(&self.server).await, &sql).await;
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let server = self.server.clone();
        let sql = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        // A runtime of its own: the test's may be gone, or be this very thread. A failure leaves a
        // leftover that a later run sweeps.
        let _ = apart(move || async move {
            if let Ok(mut admin) = AsyncPgConnection::establish(server.as_str()).await {
                let _ = admin.batch_execute(&sql).await;
            }
        });
    }
}

fn server() -> Url {
    let text = std::env::var(URL_VARIABLE).unwrap_or_default();
    assert!(
        !text.is_empty(),
        "{URL_VARIABLE} is not set: these tests need a PostgreSQL whose user may create databases \
         (`make test` starts one)"
    );
    Url::parse(&text).unwrap_or_else(|error| panic!("{URL_VARIABLE}: {error}"))
}

fn with_name(server: &Url, name: &str) -> Url {
    let mut url = server.clone();
    url.set_path(name);
    url
}

/// The template's name, made when it is not there; once a process.
async fn template(server: &Url) -> String {
    static NAME: OnceCell<String> = OnceCell::const_new();
    NAME.get_or_init(async || {
        let server = server.clone();
        // Migrations block their thread, and a test's runtime has only one.
        let made = tokio::task::spawn_blocking(move || {
            apart(move || async move { find_or_make_template(&server).await })
        });
        match made.await {
            Ok(Ok(name)) => name,
            _ => panic!("the template database could not be made; see the panic above"),
        }
    })
    .await
    .clone()
}

async fn find_or_make_template(server: &Url) -> String {
    let mut admin = connect(server).await;
    // One process at a time, of however many the test runner starts.
    run(
        &mut admin,
        "SELECT pg_advisory_lock(hashtext('wharf test template'))",
    )
    .await;
    let prefix = format!("{TEMPLATE_PREFIX}{}_", hash_of_migrations());
    let names: Vec<Name> = query(
        &mut admin,
        "SELECT datname::text AS name FROM pg_database WHERE datname LIKE 'wharf\\_te%'",
    )
    .await;
    sweep(&mut admin, &names, &prefix).await;
    if let Some(found) = names.iter().find(|row| row.name.starts_with(&prefix)) {
        return found.name.clone();
    }
    // Under another name until it is whole: a killed process must not leave half a template.
    let making = format!("{TEST_PREFIX}{}_template", seconds());
    let template = format!("{prefix}{}", seconds());
    run(
        &mut admin,
        &format!("DROP DATABASE IF EXISTS {making} WITH (FORCE)"),
    )
    .await;
    run(&mut admin, &format!("CREATE DATABASE {making}")).await;
    let config = DatabaseConfig::new(with_name(server, &making));
    if let Err(error) = migrations::up(&config).await {
        panic!("migrations: {error}");
    }
    // A template in use cannot be renamed or copied, and a closed connection takes a moment to go.
    shut(&mut admin, &making).await;
    run(
        &mut admin,
        &format!("ALTER DATABASE {making} RENAME TO {template}"),
    )
    .await;
    template
}

/// Drops databases of ours that are a day old; their names say so. The template in use stays.
async fn sweep(admin: &mut AsyncPgConnection, names: &[Name], keep: &str) {
    for Name { name } in names {
        let made = name
            .strip_prefix(TEST_PREFIX)
            .and_then(|rest| rest.split('_').next())
            .or_else(|| name.strip_prefix(TEMPLATE_PREFIX)?.rsplit('_').next())
            .and_then(|text| text.parse::<u64>().ok());
        let old = made.is_some_and(|made| made + DAY_SECONDS < seconds());
        if old && !name.starts_with(keep) {
            let sql = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
            let _ = admin.batch_execute(&sql).await; // another process may be at it too
        }
    }
}

fn fresh_name() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let next = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("{TEST_PREFIX}{}_{}_{next}", seconds(), std::process::id())
}

fn seconds() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |passed| passed.as_secs())
}

/// Changes with any migration. Read from the source tree, where tests run.
fn hash_of_migrations() -> String {
    use std::hash::{DefaultHasher, Hash, Hasher};

    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("up.sql"))
        .filter(|path| path.is_file())
        .collect();
    assert!(!files.is_empty(), "no migrations in {}", folder.display());
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.parent().and_then(Path::file_name).hash(&mut hasher);
        std::fs::read(&file).unwrap_or_default().hash(&mut hasher);
    }
    format!("{:016x}", hasher.finish())
}

/// Runs `work` on a thread and a runtime of its own and waits for it.
fn apart<T, F>(work: impl FnOnce() -> F + Send + 'static) -> std::thread::Result<T>
where
    T: Send + 'static,
    F: Future<Output = T>,
{
    std::thread::spawn(move || {
        match tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
        {
            Ok(runtime) => runtime.block_on(work()),
            Err(error) => panic!("a runtime for the test's database: {error}"),
        }
    })
    .join()
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = sql_types::Text)]
    name: String,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = sql_types::BigInt)]
    n: i64,
}

async fn connect(url: &Url) -> AsyncPgConnection {
    match AsyncPgConnection::establish(url.as_str()).await {
        Ok(conn) => conn,
        Err(error) => panic!("{URL_VARIABLE}: the test's PostgreSQL does not answer: {error:?}"),
    }
}

async fn run(conn: &mut AsyncPgConnection, sql: &str) {
    if let Err(error) = conn.batch_execute(sql).await {
        panic!("{sql}: {error}");
    }
}

/// Cuts every connection to a database and refuses new ones.
async fn shut(admin: &mut AsyncPgConnection, name: &str) {
    run(
        admin,
        &format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false"),
    )
    .await;
    run(
        admin,
        &format!(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '{name}'"
        ),
    )
    .await;
}

async fn query<T>(conn: &mut AsyncPgConnection, sql: &str) -> Vec<T>
where
    T: diesel::deserialize::QueryableByName<diesel::pg::Pg> + Send + 'static,
{
    match sql_query(sql).load(conn).await {
        Ok(rows) => rows,
        Err(error) => panic!("{sql}: {error}"),
    }
}
