//! Tables that are kept by months: partitions made ahead and dropped when they are too old.
//!
//! The database has a function for each, because the bot's role need not be allowed to create or drop tables.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Nullable, Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

/// A table that is kept by months.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Monthly {
    /// `command_logs`.
    CommandLogs,
}

impl Monthly {
    /// Every such table.
    pub const ALL: [Self; 1] = [Self::CommandLogs];

    /// The table's name, and its class of retention as a metric label.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::CommandLogs => "command_logs",
        }
    }
}

#[derive(QueryableByName)]
struct Made {
    #[diesel(sql_type = Integer)]
    value: i32,
}

/// Makes the partitions of this month and of the next ones, `months` in all, where they are missing. What the default
/// partition holds of them moves. Returns how many were made.
///
/// # Errors
/// Whatever the database gives, a lock that was not free within 3 s among it; nothing has changed then.
pub async fn make_months(
    conn: &mut AsyncPgConnection,
    table: Monthly,
    from: DateTime<Utc>,
    months: i32,
) -> QueryResult<i32> {
    // No diesel function knows it.
    let made: Made = diesel::sql_query("SELECT aimod_make_months($1, $2, $3) AS value")
        .bind::<Text, _>(table.label())
        .bind::<Timestamptz, _>(from)
        .bind::<Integer, _>(months)
        .get_result(conn)
        .await?;
    Ok(made.value)
}

#[derive(QueryableByName)]
struct Gone {
    #[diesel(sql_type = Nullable<BigInt>)]
    value: Option<i64>,
}

/// Drops the oldest month that ended before this moment, or else removes at most `most` rows of such months that stand in
/// the default partition. Returns how many rows went; nothing where nothing is left to do.
///
/// # Errors
/// As [`make_months`].
pub async fn drop_months(
    conn: &mut AsyncPgConnection,
    table: Monthly,
    before: DateTime<Utc>,
    most: i64,
) -> QueryResult<Option<i64>> {
    // No diesel function knows it.
    let gone: Gone = diesel::sql_query("SELECT aimod_drop_months($1, $2, $3) AS value")
        .bind::<Text, _>(table.label())
        .bind::<Timestamptz, _>(before)
        .bind::<BigInt, _>(most)
        .get_result(conn)
        .await?;
    Ok(gone.value)
}
