//! `gateway_progress`: how far each range of shards has listened to Discord.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::query_dsl::methods::FilterDsl as _;
use diesel::upsert::excluded;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::future::{BoxFuture, FutureExt as _};

use crate::store::record::Record;
use crate::store::schema::gateway_progress;

/// Everything that Discord sent to these shards before `until` has been received and judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeardUntil {
    /// The shards, at most 40 characters.
    pub shards: String,
    /// Until when. An earlier moment than the stored one changes nothing.
    pub until: DateTime<Utc>,
}

impl Record for HeardUntil {
    type Ack = ();
    const TABLE: &'static str = "gateway_progress";

    /// A process writes its own row only; two moments of it are two batches.
    fn lane(&self) -> Option<i64> {
        Some(0)
    }

    fn write_all<'a>(
        conn: &'a mut AsyncPgConnection,
        rows: &'a [Self],
    ) -> BoxFuture<'a, QueryResult<Vec<()>>> {
        async move {
            for row in rows {
                let until = gateway_progress::heard_until.eq(row.until);
                diesel::insert_into(gateway_progress::table)
                    .values((gateway_progress::shards.eq(&row.shards), until))
                    .on_conflict(gateway_progress::shards)
                    .do_update()
                    .set(gateway_progress::heard_until.eq(excluded(gateway_progress::heard_until)))
                    .filter(
                        gateway_progress::heard_until.lt(excluded(gateway_progress::heard_until)),
                    )
                    .execute(conn)
                    .await?;
            }
            Ok(vec![(); rows.len()])
        }
        .boxed()
    }
}

/// Reads how far these shards had listened; `None` where they never have.
///
/// # Errors
/// Whatever the database gives.
pub async fn find_heard_until(
    conn: &mut AsyncPgConnection,
    shards: &str,
) -> QueryResult<Option<DateTime<Utc>>> {
    gateway_progress::table
        .find(shards)
        .select(gateway_progress::heard_until)
        .first(conn)
        .await
        .optional()
}
