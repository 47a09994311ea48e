//! Users whom the operators of an older bot kept out everywhere.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use super::{Mode, Session, Settled};
use crate::store::schema::global_bans;

/// A ban as an older bot kept it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OldBan {
    /// The user.
    pub user: i64,
    /// Why.
    pub reason: String,
    /// Who said so; 0 where that is not known.
    pub banned_by: i64,
    /// Since when; now where that is not known.
    pub at: Option<DateTime<Utc>>,
}

/// Writes the bans of users who are not banned yet.
///
/// # Errors
/// Whatever the database gives.
pub async fn settle(session: &mut Session, rows: &[OldBan]) -> QueryResult<Settled> {
    let mut there = banned(session, rows).await?;
    let mut settled = Settled::default();
    let mut fresh = Vec::new();
    for (place, row) in rows.iter().enumerate() {
        if there.insert(row.user) {
            settled.found_new(session.mode, place);
            fresh.push(row);
        } else {
            settled.same += 1;
        }
    }
    if session.mode == Mode::Write && !fresh.is_empty() {
        insert(session, &fresh).await?;
    }
    Ok(settled)
}

async fn banned(session: &mut Session, rows: &[OldBan]) -> QueryResult<HashSet<i64>> {
    let users: Vec<i64> = rows.iter().map(|row| row.user).collect();
    let there: Vec<i64> = global_bans::table
        .filter(global_bans::user_id.eq_any(users))
        .select(global_bans::user_id)
        .load(&mut session.conn)
        .await?;
    Ok(there.into_iter().collect())
}

/// One who was banned meanwhile stays as he is.
async fn insert(session: &mut Session, rows: &[&OldBan]) -> QueryResult<()> {
    // Arrays keep one text for every number of rows.
    diesel::sql_query(
        "INSERT INTO global_bans (user_id, reason, banned_by, created_at) \
         SELECT u, r, b, COALESCE(at, CURRENT_TIMESTAMP) FROM unnest($1, $2, $3, $4) AS t (u, r, b, at) \
         ON CONFLICT (user_id) DO NOTHING",
    )
    .bind::<Array<BigInt>, _>(rows.iter().map(|row| row.user).collect::<Vec<_>>())
    .bind::<Array<Text>, _>(rows.iter().map(|row| row.reason.as_str()).collect::<Vec<_>>())
    .bind::<Array<BigInt>, _>(rows.iter().map(|row| row.banned_by).collect::<Vec<_>>())
    .bind::<Array<Nullable<Timestamptz>>, _>(rows.iter().map(|row| row.at).collect::<Vec<_>>())
    .execute(&mut session.conn)
    .await?;
    Ok(())
}
