//! What can go wrong with the database, as far as a caller decides on it.

use diesel::result::{DatabaseErrorKind, Error as Diesel};
use thiserror::Error;

/// A failed query. Its text never holds values of rows.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The server cannot be reached, is starting or stopping, or the pool is exhausted. Trying
    /// again later may help, and nothing is wrong with the request.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// The work collided with other work (deadlock, serialisation failure, lock or statement
    /// timeout). The transaction is gone; trying again at once is sound.
    #[error("the database work collided with other work: {0}")]
    Contended(String),
    /// The rows are not as this step needs them, e.g. an id that belongs to another company.
    /// Trying again will not help.
    #[error("conflict: {0}")]
    Conflict(&'static str),
    /// The configuration or the rows cannot be used.
    #[error("invalid: {0}")]
    Invalid(String),
    /// Anything else that PostgreSQL or diesel refused.
    #[error("database error")]
    Database(#[source] Diesel),
}

impl StoreError {
    /// Whether the database is away: stop taking work, be unready, try again.
    #[must_use]
    pub const fn is_unavailable(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }

    /// Whether the same work may succeed when it is tried again.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::Contended(_))
    }

    pub(crate) fn unavailable(error: &dyn std::error::Error) -> Self {
        Self::Unavailable(chain(error))
    }
}

/// An error with its causes in one line: tokio-postgres says "db error" and keeps the reason below.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        let words = next.to_string();
        if !text.contains(&words) {
            text.push_str(": ");
            text.push_str(&words);
        }
        cause = next.source();
    }
    text
}

impl From<Diesel> for StoreError {
    fn from(error: Diesel) -> Self {
        match error {
            Diesel::RollbackErrorOnCommit { commit_error, .. } => Self::from(*commit_error),
            Diesel::BrokenTransactionManager => {
                Self::Unavailable("the connection broke within a transaction".to_owned())
            }
            Diesel::DatabaseError(kind, info) => {
                let message = info.message().to_owned();
                match kind {
                    DatabaseErrorKind::UnableToSendCommand
                    | DatabaseErrorKind::ClosedConnection => Self::Unavailable(message),
                    DatabaseErrorKind::SerializationFailure => Self::Contended(message),
                    DatabaseErrorKind::Unknown if is_going_away(&message) => {
                        Self::Unavailable(message)
                    }
                    DatabaseErrorKind::Unknown if is_collision(&message) => {
                        Self::Contended(message)
                    }
                    kind => Self::Database(Diesel::DatabaseError(kind, info)),
                }
            }
            other => Self::Database(other),
        }
    }
}

/// diesel does not hand out the SQLSTATE, so 57P01..57P03 and 53300 are known by PostgreSQL's
/// English texts (`lc_messages` C or en; in another language they fall to `Database`, and the
/// next checkout of a connection tells).
fn is_going_away(message: &str) -> bool {
    [
        "terminating connection",
        "the database system is",
        "too many clients",
        "remaining connection slots",
    ]
    .iter()
    .any(|text| message.contains(text))
}

/// 40P01, 55P03 and 57014, by their texts for the same reason.
fn is_collision(message: &str) -> bool {
    [
        "deadlock detected",
        "due to lock timeout",
        "due to statement timeout",
        "could not obtain lock",
    ]
    .iter()
    .any(|text| message.contains(text))
}
