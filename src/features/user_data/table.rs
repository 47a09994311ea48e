//! What several tables know of a user in a guild.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::domain::ids::{GuildId, UserId};
use crate::store::schema::{global_bans, moderation_logs, user_notes};

/// The newest case against somebody.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = moderation_logs, check_for_backend(diesel::pg::Pg))]
pub(super) struct LastCase {
    pub(super) case_number: i64,
    pub(super) action_type: String,
    pub(super) created_at: DateTime<Utc>,
}

/// Finds the newest case against a user.
pub(super) async fn find_last_case(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
    user: UserId,
) -> QueryResult<Option<LastCase>> {
    moderation_logs::table
        .filter(moderation_logs::guild_id.eq(guild.as_i64()))
        .filter(moderation_logs::target_user_id.eq(user.as_i64()))
        .order(moderation_logs::case_number.desc())
        .select(LastCase::as_select())
        .first(conn)
        .await
        .optional()
}

/// Counts the notes about a user that were not removed.
pub(super) async fn count_notes(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
    user: UserId,
) -> QueryResult<i64> {
    user_notes::table
        .filter(user_notes::guild_id.eq(guild.as_i64()))
        .filter(user_notes::user_id.eq(user.as_i64()))
        .filter(user_notes::removed_at.is_null())
        .count()
        .get_result(conn)
        .await
}

/// Since when a user is banned globally, and why.
pub(super) async fn find_global_ban(
    conn: &mut AsyncPgConnection,
    user: UserId,
) -> QueryResult<Option<(DateTime<Utc>, String)>> {
    global_bans::table
        .find(user.as_i64())
        .select((global_bans::created_at, global_bans::reason))
        .first(conn)
        .await
        .optional()
}
