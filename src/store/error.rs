//! Errors of the store, and which of them pass by themselves.

use std::time::Duration;

use diesel::result::{DatabaseErrorKind, Error};

use crate::settings::WrongDatabaseUrl;

/// Why the database could not be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Every connection was in use for the whole wait, or none could be opened.
    #[error("no connection from the pool {pool} within {limit:?}: {}", cause.as_deref().unwrap_or("all are in use"))]
    NoConnection {
        /// The pool's name.
        pool: &'static str,
        /// How long the caller waited.
        limit: Duration,
        /// Why the pool could not open one, as far as it knows.
        cause: Option<String>,
    },
    /// A single connection could not be opened.
    #[error("cannot connect to the database: {0}")]
    Connect(String),
    /// The address is wrong.
    #[error("the database address {0}")]
    Address(#[from] WrongDatabaseUrl),
    /// The certificates to check the server against cannot be read.
    #[error("cannot use the certificates in {file}: {reason}")]
    Certificates {
        /// The file named by `sslrootcert`.
        file: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A statement failed.
    #[error("a statement failed: {0}")]
    Query(#[from] Error),
}

impl StoreError {
    /// Whether the same call may succeed a little later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::NoConnection { .. } | Self::Connect(_) => true,
            Self::Address(_) | Self::Certificates { .. } => false,
            Self::Query(error) => is_transient(error),
        }
    }
}

/// What PostgreSQL says, in English, for the states that pass by themselves. diesel-async does not hand on the SQLSTATE
/// itself; every connection of ours asks for English messages (see `connect`).
const PASSING_MESSAGES: [&str; 14] = [
    "terminating connection due to administrator command", // 57P01
    "terminating connection due to unexpected postmaster exit", // 57P01
    "terminating connection because of crash of another server process", // 57P02
    "the database system is starting up",                  // 57P03
    "the database system is shutting down",                // 57P03
    "the database system is in recovery mode",             // 57P03
    "the database system is not yet accepting connections", // 57P03
    "deadlock detected",                                   // 40P01
    "could not serialize access",                          // 40001
    "sorry, too many clients already",                     // 53300
    "remaining connection slots are reserved",             // 53300
    "too many connections for",                            // 53300
    "could not obtain lock on",                            // 55P03
    "canceling statement due to lock timeout",             // 55P03
];

/// Whether a statement that failed so may succeed when it is repeated: the connection was lost, the server is going
/// down or coming up, or transactions got in each other's way (SQLSTATE 08*, 57P01-57P03, 40001, 40P01, 53300, 55P03).
///
/// A lost connection leaves open whether a commit happened: repeat only what is safe to repeat.
#[must_use]
pub fn is_transient(error: &Error) -> bool {
    match error {
        Error::DatabaseError(
            DatabaseErrorKind::SerializationFailure
            | DatabaseErrorKind::UnableToSendCommand
            | DatabaseErrorKind::ClosedConnection,
            _,
        )
        | Error::BrokenTransactionManager => true,
        Error::DatabaseError(DatabaseErrorKind::Unknown, information) => PASSING_MESSAGES
            .iter()
            .any(|message| information.message().starts_with(message)),
        Error::RollbackErrorOnCommit {
            rollback_error,
            commit_error,
        } => is_transient(rollback_error) || is_transient(commit_error),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn database_error(kind: DatabaseErrorKind, message: &str) -> Error {
        Error::DatabaseError(kind, Box::new(message.to_owned()))
    }

    #[test]
    fn what_passes_by_itself_is_transient() {
        for error in [
            database_error(DatabaseErrorKind::SerializationFailure, ""),
            database_error(DatabaseErrorKind::UnableToSendCommand, "connection closed"),
            database_error(DatabaseErrorKind::ClosedConnection, ""),
            database_error(DatabaseErrorKind::Unknown, "deadlock detected"),
            database_error(
                DatabaseErrorKind::Unknown,
                "terminating connection due to administrator command",
            ),
            Error::BrokenTransactionManager,
        ] {
            assert!(is_transient(&error), "{error:?}");
        }
    }

    #[test]
    fn what_will_fail_again_is_not_transient() {
        for error in [
            database_error(DatabaseErrorKind::UniqueViolation, "duplicate key"),
            database_error(DatabaseErrorKind::CheckViolation, "deadlock detected"),
            database_error(DatabaseErrorKind::Unknown, "division by zero"),
            Error::NotFound,
        ] {
            assert!(!is_transient(&error), "{error:?}");
        }
    }

    #[test]
    fn an_exhausted_pool_is_named() {
        let error = StoreError::NoConnection {
            pool: "main",
            limit: Duration::from_secs(3),
            cause: None,
        };
        assert_eq!(
            error.to_string(),
            "no connection from the pool main within 3s: all are in use"
        );
        assert!(error.is_transient());
    }
}
