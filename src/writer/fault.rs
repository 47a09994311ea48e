//! What a failed statement says about its batch: that a row is wrong, that it waits for a lock, or that it is not to blame.

use diesel::result::{DatabaseErrorKind, Error};

use crate::store::is_transient;

/// What a failed statement says about the batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The server or the way to it: the same rows may be accepted later.
    Server,
    /// A statement waited too long, for a lock as a rule: fewer rows may do, and a lock may be gone later.
    TooSlow,
    /// A row that will never be accepted.
    Row,
}

/// States of the server that pass or that an operator mends, in its own words (diesel-async hands on no SQLSTATE).
/// Taken for a row's own fault they would refuse every row that comes. Only beginnings count: values may stand later.
const SERVER_STATES: [&str; 8] = [
    "could not extend file",                             // 53100
    "could not write to file",                           // 53100
    "could not access status of transaction",            // 58P01
    "out of memory",                                     // 53200
    "out of shared memory",                              // 53200
    "canceling statement due to user request",           // 57014, an operator's pg_cancel_backend
    "canceling statement due to conflict with recovery", // 40001
    "terminating connection due to",                     // 57P01-57P05, 25P03
];

const TIME_LIMITS: [&str; 2] = [
    "canceling statement due to statement timeout", // 57014
    "canceling statement due to lock timeout",      // 55P03
];

impl Fault {
    pub(super) fn of(error: &Error) -> Self {
        let begins = |known: &[&str]| match error {
            Error::DatabaseError(_, information) => {
                let message = information.message();
                known.iter().any(|known| message.starts_with(known))
            }
            _ => false,
        };
        let read_only = matches!(
            error,
            Error::DatabaseError(DatabaseErrorKind::ReadOnlyTransaction, _)
        );
        if begins(&TIME_LIMITS) {
            Self::TooSlow
        } else if read_only || is_transient(error) || begins(&SERVER_STATES) {
            Self::Server
        } else {
            Self::Row
        }
    }
}

/// PostgreSQL's primary message: it names the constraint or the type, while values stand only in its detail.
pub(super) fn reason_of(error: &Error) -> String {
    match error {
        Error::DatabaseError(_, information) => information.message().to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(kind: DatabaseErrorKind, message: &str) -> Fault {
        Fault::of(&Error::DatabaseError(kind, Box::new(message.to_owned())))
    }

    #[test]
    fn a_full_disk_or_a_standby_is_no_rows_fault() {
        for message in SERVER_STATES {
            assert_eq!(says(DatabaseErrorKind::Unknown, message), Fault::Server);
        }
        let message = "cannot execute INSERT in a read-only transaction";
        let fault = says(DatabaseErrorKind::ReadOnlyTransaction, message);
        assert_eq!(fault, Fault::Server);
    }

    #[test]
    fn what_waits_too_long_is_no_rows_fault() {
        for message in TIME_LIMITS {
            assert_eq!(says(DatabaseErrorKind::Unknown, message), Fault::TooSlow);
        }
    }

    #[test]
    fn a_wrong_value_is_the_rows_fault() {
        let fault = says(
            DatabaseErrorKind::CheckViolation,
            "violates check constraint",
        );
        assert_eq!(fault, Fault::Row);
        assert_eq!(Fault::of(&Error::NotFound), Fault::Row);
        let error = Error::DatabaseError(DatabaseErrorKind::Unknown, Box::new("no".to_owned()));
        assert_eq!(reason_of(&error), "no");
        assert_eq!(reason_of(&Error::NotFound), Error::NotFound.to_string());
    }
}
