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

    async fn connect(&self) -> AsyncPgConnection {
        match AsyncPgConnection::establish(&self.url).await {
            Ok(connection) => connection,
            Err(error) => panic!("the test's database does not answer: {error}"),
        }
    }
}
