//! `user_data`: who was seen and how often. Counts are gathered in memory and added in batches.

use std::collections::BTreeMap;
use std::num::NonZeroU16;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::future::{BoxFuture, FutureExt as _};

use super::without_nul;
use crate::domain::avatar::Avatar;
use crate::domain::ids::UserId;
use crate::store::record::Record;
use crate::store::schema::user_data;

/// The most characters of a name that the table takes.
const MOST_NAME: usize = 255;

/// What was seen of a user since the last flush.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserSeen {
    /// The user.
    pub user: UserId,
    /// The user name.
    pub name: String,
    /// The four digits behind an old name.
    pub discriminator: Option<NonZeroU16>,
    /// The user's own picture.
    pub avatar: Option<Avatar>,
    /// When first.
    pub first: DateTime<Utc>,
    /// When last. Name, digits and picture are those of this moment.
    pub last: DateTime<Utc>,
    /// How many messages; none where the user was seen in another way.
    pub messages: i64,
}

impl UserSeen {
    /// Adds another sight of the same user.
    pub fn merge(&mut self, other: &Self) {
        self.messages += other.messages;
        self.first = self.first.min(other.first);
        if other.last >= self.last {
            self.last = other.last;
            self.name.clone_from(&other.name);
            self.discriminator = other.discriminator;
            self.avatar = other.avatar;
        }
    }
}

/// All that was seen in one flush. A crash may lose what has not been written, which is what one flush interval brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sightings(pub Arc<[UserSeen]>);

impl Record for Sightings {
    type Ack = ();
    const TABLE: &'static str = "user_data";

    fn write_all<'a>(
        conn: &'a mut AsyncPgConnection,
        rows: &'a [Self],
    ) -> BoxFuture<'a, QueryResult<Vec<()>>> {
        async move {
            let merged = merge(rows.iter().flat_map(|row| row.0.iter()));
            upsert(conn, &merged).await?;
            Ok(vec![(); rows.len()])
        }
        .boxed()
    }
}

/// One row per user, sorted so that two processes lock rows in the same order.
fn merge<'a>(seen: impl Iterator<Item = &'a UserSeen>) -> BTreeMap<i64, UserSeen> {
    let mut merged: BTreeMap<i64, UserSeen> = BTreeMap::new();
    for seen in seen {
        merged
            .entry(seen.user.as_i64())
            .and_modify(|there| there.merge(seen))
            .or_insert_with(|| seen.clone());
    }
    merged
}

/// Arrays keep one prepared statement for every batch size.
async fn upsert(
    conn: &mut AsyncPgConnection,
    merged: &BTreeMap<i64, UserSeen>,
) -> QueryResult<usize> {
    let all = merged.values();
    let name = |seen: &UserSeen| without_nul(&seen.name).chars().take(MOST_NAME).collect();
    let digits = |seen: &UserSeen| seen.discriminator.map(|digits| format!("{digits:04}"));
    let picture = |seen: &UserSeen| seen.avatar.map(|avatar| avatar.url(seen.user));
    diesel::sql_query(
        "INSERT INTO user_data AS there \
         (user_id, username, discriminator, avatar_url, first_seen, last_seen, message_count) \
         SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7) \
         ON CONFLICT (user_id) DO UPDATE SET \
         username = CASE WHEN EXCLUDED.last_seen >= there.last_seen \
         THEN EXCLUDED.username ELSE COALESCE(there.username, EXCLUDED.username) END, \
         discriminator = CASE WHEN EXCLUDED.last_seen >= there.last_seen \
         THEN EXCLUDED.discriminator ELSE COALESCE(there.discriminator, EXCLUDED.discriminator) END, \
         avatar_url = CASE WHEN EXCLUDED.last_seen >= there.last_seen \
         THEN EXCLUDED.avatar_url ELSE COALESCE(there.avatar_url, EXCLUDED.avatar_url) END, \
         first_seen = LEAST(there.first_seen, EXCLUDED.first_seen), \
         last_seen = GREATEST(there.last_seen, EXCLUDED.last_seen), \
         message_count = there.message_count + EXCLUDED.message_count",
    )
    .bind::<Array<BigInt>, _>(merged.keys().copied().collect::<Vec<_>>())
    .bind::<Array<Text>, _>(all.clone().map(name).collect::<Vec<String>>())
    .bind::<Array<Nullable<Text>>, _>(all.clone().map(digits).collect::<Vec<_>>())
    .bind::<Array<Nullable<Text>>, _>(all.clone().map(picture).collect::<Vec<_>>())
    .bind::<Array<Timestamptz>, _>(all.clone().map(|seen| seen.first).collect::<Vec<_>>())
    .bind::<Array<Timestamptz>, _>(all.clone().map(|seen| seen.last).collect::<Vec<_>>())
    .bind::<Array<BigInt>, _>(all.map(|seen| seen.messages).collect::<Vec<_>>())
    .execute(conn)
    .await
}

/// A user as the table has it.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = user_data, check_for_backend(diesel::pg::Pg))]
pub struct UserData {
    /// The user name when last seen.
    pub username: Option<String>,
    /// The four digits of old names.
    pub discriminator: Option<String>,
    /// The picture when last seen.
    pub avatar_url: Option<String>,
    /// When first seen.
    pub first_seen: DateTime<Utc>,
    /// When last seen.
    pub last_seen: DateTime<Utc>,
    /// Messages seen.
    pub message_count: i64,
    /// Infractions recorded.
    pub infraction_count: i64,
}

impl UserData {
    /// Finds a user who was seen before.
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

    fn seen(user: u64, name: &str, (first, last): (i64, i64), messages: i64) -> UserSeen {
        let at = |second| DateTime::from_timestamp(second, 0).expect("a time");
        UserSeen {
            user: UserId(user),
            name: name.into(),
            discriminator: NonZeroU16::new(u16::try_from(last).expect("a small time")),
            avatar: format!("{last:032x}").parse().ok(),
            first: at(first),
            last: at(last),
            messages,
        }
    }

    #[test]
    fn counts_of_one_user_are_added_and_the_newest_look_stays() {
        let rows = [
            seen(2, "new", (20, 20), 1),
            seen(1, "other", (5, 5), 1),
            seen(2, "old", (3, 10), 4),
        ];
        let merged = merge(rows.iter());
        assert_eq!(merged.keys().copied().collect::<Vec<_>>(), [1, 2]);
        assert_eq!(merged[&2], seen(2, "new", (3, 20), 5));
        let backwards = merge(rows.iter().rev());
        assert_eq!(backwards, merged, "whatever comes first");
    }
}
