//! `user_infractions`: what members did against the rules.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::domain::ids::{GuildId, UserId};
use crate::store::schema::{moderation_logs, user_infractions};

/// An infraction as a person reads it.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Infraction {
    /// Own number over all guilds.
    pub id: i64,
    /// When it happened.
    pub timestamp: DateTime<Utc>,
    /// The rule that was broken.
    pub rule_violated: Option<String>,
    /// What was done.
    pub action_taken: Option<String>,
    /// Why.
    pub reasoning: Option<String>,
    /// The number of the case that carried it out.
    pub case_number: Option<i64>,
}

/// Lists the infractions of a member, newest first.
///
/// # Errors
/// Whatever the database gives.
pub async fn list_infractions(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
    user: UserId,
    limit: i64,
) -> QueryResult<Vec<Infraction>> {
    list_infractions_after(conn, guild, user, (0, limit)).await
}

/// Lists the infractions of a member that follow the newest `passed`, newest first.
///
/// # Errors
/// Whatever the database gives.
pub async fn list_infractions_after(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
    user: UserId,
    (passed, limit): (i64, i64),
) -> QueryResult<Vec<Infraction>> {
    user_infractions::table
        .left_join(moderation_logs::table)
        .filter(user_infractions::guild_id.eq(guild.as_i64()))
        .filter(user_infractions::user_id.eq(user.as_i64()))
        .order((
            user_infractions::timestamp.desc(),
            user_infractions::id.desc(),
        ))
        .offset(passed)
        .limit(limit)
        .select((
            user_infractions::id,
            user_infractions::timestamp,
            user_infractions::rule_violated,
            user_infractions::action_taken,
            user_infractions::reasoning,
            moderation_logs::case_number.nullable(),
        ))
        .load(conn)
        .await
}

/// Counts all infractions of a member.
///
/// # Errors
/// Whatever the database gives.
pub async fn count_infractions(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
    user: UserId,
) -> QueryResult<i64> {
    user_infractions::table
        .filter(user_infractions::guild_id.eq(guild.as_i64()))
        .filter(user_infractions::user_id.eq(user.as_i64()))
        .count()
        .get_result(conn)
        .await
}
