//! `command_logs`.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::future::{BoxFuture, FutureExt as _};

use crate::commands::run::{Outcome, Run};
use crate::store::record::Record;
use crate::store::schema::command_logs;

/// A run as a row.
#[derive(Clone, Debug, PartialEq, Eq, Insertable)]
#[diesel(table_name = command_logs)]
pub(super) struct NewCommandLog {
    guild_id: i64,
    user_id: i64,
    command_name: String,
    timestamp: DateTime<Utc>,
    outcome: &'static str,
    duration_ms: i32,
}

impl From<&Run> for NewCommandLog {
    fn from(run: &Run) -> Self {
        Self {
            guild_id: run.guild.as_i64(),
            user_id: run.user.as_i64(),
            command_name: run.command.chars().take(100).collect(),
            timestamp: run.called_at,
            outcome: match run.outcome {
                Outcome::Ok => "OK",
                Outcome::Refused => "REFUSED",
                Outcome::Forbidden => "FORBIDDEN",
                Outcome::Error => "ERROR",
            },
            duration_ms: i32::try_from(run.duration.as_millis()).unwrap_or(i32::MAX),
        }
    }
}

impl Record for NewCommandLog {
    type Ack = ();
    const TABLE: &'static str = "command_logs";

    fn write_all<'a>(
        conn: &'a mut AsyncPgConnection,
        rows: &'a [Self],
    ) -> BoxFuture<'a, QueryResult<Vec<()>>> {
        async move {
            diesel::insert_into(command_logs::table)
                .values(rows)
                .execute(conn)
                .await?;
            Ok(vec![(); rows.len()])
        }
        .boxed()
    }
}
