//! `user_data`: who was seen and how often. Counts are gathered in memory and added in batches.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::future::{BoxFuture, FutureExt as _};

use crate::domain::ids::UserId;
use crate::store::record::Record;
use crate::store::schema::user_data;

/// What was seen of a user since the last flush. May be lost by a crash, at most one flush interval of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserSeen {
    /// The user.
    pub user: UserId,
    /// The user name.
    pub name: String,
    /// When last.
    pub last: DateTime<Utc>,
    /// How many messages.
    pub messages: i64,
}

impl Record for UserSeen {
    type Ack = ();
    const TABLE: &'static str = "user_data";

    fn write_all<'a>(
        conn: &'a mut AsyncPgConnection,
        rows: &'a [Self],
    ) -> BoxFuture<'a, QueryResult<Vec<()>>> {
        async move {
            let merged = merge(rows);
            // Arrays keep one prepared statement for every batch size.
            diesel::sql_query(
                "INSERT INTO user_data (user_id, username, first_seen, last_seen, message_count) \
                 SELECT u, n, s, s, m FROM unnest($1, $2, $3, $4) AS t (u, n, s, m) \
                 ON CONFLICT (user_id) DO UPDATE SET username = EXCLUDED.username, \
                 last_seen = GREATEST(user_data.last_seen, EXCLUDED.last_seen), \
                 message_count = user_data.message_count + EXCLUDED.message_count",
            )
            .bind::<Array<BigInt>, _>(merged.keys().copied().collect::<Vec<_>>())
            .bind::<Array<Text>, _>(
                merged
                    .values()
                    .map(|seen| seen.name.clone())
                    .collect::<Vec<_>>(),
            )
            .bind::<Array<Timestamptz>, _>(
                merged.values().map(|seen| seen.last).collect::<Vec<_>>(),
            )
            .bind::<Array<BigInt>, _>(
                merged
                    .values()
                    .map(|seen| seen.messages)
                    .collect::<Vec<_>>(),
            )
            .execute(conn)
            .await?;
            Ok(vec![(); rows.len()])
        }
        .boxed()
    }
}

/// One row per user, sorted so that two processes lock rows in the same order.
fn merge(rows: &[UserSeen]) -> BTreeMap<i64, UserSeen> {
    let mut merged: BTreeMap<i64, UserSeen> = BTreeMap::new();
    for row in rows {
        merged
            .entry(row.user.as_i64())
            .and_modify(|there| {
                there.messages += row.messages;
                if row.last >= there.last {
                    there.last = row.last;
                    there.name.clone_from(&row.name);
                }
            })
            .or_insert_with(|| row.clone());
    }
    merged
}

/// The counters of a user.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = user_data, check_for_backend(diesel::pg::Pg))]
pub struct UserCounters {
    /// Messages seen.
    pub message_count: i64,
    /// Infractions recorded.
    pub infraction_count: i64,
}

impl UserCounters {
    /// Finds the counters of a user who was seen before.
    ///
    /// # Errors
    /// Whatever the database gives.
    pub async fn find(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<Option<Self>> {
        user_data::table
            .find(user.as_i64())
            .select(Self::as_select())
            .first(conn)
            .await
            .optional()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_of_one_user_are_added_and_the_newest_name_stays() {
        let seen = |user, name: &str, second, messages| UserSeen {
            user: UserId(user),
            name: name.into(),
            last: DateTime::from_timestamp(second, 0).expect("a time"),
            messages,
        };
        let merged = merge(&[
            seen(2, "new", 20, 1),
            seen(1, "other", 5, 1),
            seen(2, "old", 10, 4),
        ]);
        assert_eq!(merged.keys().copied().collect::<Vec<_>>(), [1, 2]);
        assert_eq!(merged[&2], seen(2, "new", 20, 5));
    }
}
