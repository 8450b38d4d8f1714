//! What the database holds, as JSON.

use diesel::{QueryableByName, sql_query, sql_types};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use serde_json::Value;

/// The database of a stack.
#[derive(Debug, Clone)]
pub struct Rows {
    url: String,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = sql_types::Text)]
    line: String,
}

impl Rows {
    /// The database at `url`.
    #[must_use]
    pub fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
        }
    }

    /// Where it is.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The rows of a query, a JSON object each.
    ///
    /// # Panics
    /// When the query fails.
    pub async fn query(&self, sql: &str) -> Vec<Value> {
        let sql = format!("SELECT row_to_json(q)::text AS line FROM ({sql}) AS q");
        let found: Result<Vec<Line>, _> = sql_query(&sql).load(&mut self.connect().await).await;
        let lines = found.unwrap_or_else(|error| panic!("{sql}: {error}"));
        let read = |line: Line| {
            serde_json::from_str(&line.line).unwrap_or_else(|error| panic!("{sql}: {error}"))
        };
        lines.into_iter().map(read).collect()
    }

    /// How many rows there are of a table, or of `table WHERE …`.
    ///
    /// # Panics
    /// When the query fails.
    pub async fn count(&self, table: &str) -> i64 {
        let sql = format!("SELECT count(*) AS n FROM {table}");
        let rows = self.query(&sql).await;
        rows.iter().find_map(|row| row["n"].as_i64()).unwrap_or(-1)
    }

    /// Runs a statement.
    ///
    /// # Panics
    /// When it fails.
    pub async fn execute(&self, sql: &str) {
        if let Err(error) = self.connect().await.batch_execute(sql).await {
            panic!("{sql}: {error}");
        }
    }

    /// Keeps a copy of every row, for [`restore`](Self::restore).
    ///
    /// # Panics
    /// When it fails.
    pub async fn save(&self) {
        let mut sql = "CREATE SCHEMA saved;".to_owned();
        for table in self.tables().await {
            sql.push_str(&format!(
                "CREATE TABLE saved.{table} AS TABLE public.{table};"
            ));
        }
        self.execute(&sql).await;
    }

    /// Makes every table what it was at [`save`](Self::save), at once. Nothing must be at work but
    /// what the services do by themselves: with that it may come to a deadlock, and is tried again.
    ///
    /// # Panics
    /// When it fails, or nothing was saved.
    pub async fn restore(&self) {
        // Copies are whole, so foreign keys need not be checked row by row.
        let mut sql = "BEGIN; SET LOCAL session_replication_role = replica;".to_owned();
        let tables = self.tables().await;
        sql.push_str(&format!("TRUNCATE {} CASCADE;", tables.join(", ")));
        for table in tables {
            sql.push_str(&format!(
                "INSERT INTO public.{table} OVERRIDING SYSTEM VALUE TABLE saved.{table};"
            ));
        }
        sql.push_str("COMMIT;");
        for _ in 0..20 {
            if self.connect().await.batch_execute(&sql).await.is_ok() {
                return;
            }
        }
        self.execute(&sql).await;
    }

    async fn tables(&self) -> Vec<String> {
        let sql = "SELECT tablename FROM pg_tables
                   WHERE schemaname = 'public' AND tablename <> '__diesel_schema_migrations'";
        let rows = self.query(sql).await;
        let names = rows.iter().filter_map(|row| row["tablename"].as_str());
        names.map(str::to_owned).collect()
    }

    async fn connect(&self) -> AsyncPgConnection {
        match AsyncPgConnection::establish(&self.url).await {
            Ok(connection) => connection,
            Err(error) => panic!("the test's database does not answer: {error}"),
        }
    }
}
