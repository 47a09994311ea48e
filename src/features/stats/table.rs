//! What statistics ask `user_infractions`, `moderation_logs` and `command_logs`: numbers only.

use chrono::{DateTime, Utc};
use diesel::dsl::{count_star, sql};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Nullable, Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::days::Span;
use crate::domain::ids::GuildId;
use crate::store::schema::{moderation_logs, user_infractions};

/// From a moment to the first one that does not belong any more.
pub(super) type Bounds = (DateTime<Utc>, DateTime<Utc>);

/// How often an action was taken on a day.
#[derive(Debug, QueryableByName)]
pub(super) struct DayCount {
    /// The place of the day in its span, from 1.
    #[diesel(sql_type = Integer)]
    pub(super) day: i32,
    #[diesel(sql_type = Nullable<Text>)]
    pub(super) action: Option<String>,
    #[diesel(sql_type = BigInt)]
    pub(super) count: i64,
}

/// Counts a guild's infractions per day and action; days without any are not in the answer.
///
/// The days begin where the program says, because PostgreSQL may know other zones than it, or an older state of them;
/// Diesel has no `width_bucket`.
pub(super) async fn list_day_counts(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
    span: &Span,
) -> QueryResult<Vec<DayCount>> {
    let (from, to) = span.bounds();
    diesel::sql_query(
        "SELECT width_bucket(timestamp, $4) AS day, action_taken AS action, count(*) AS count \
         FROM user_infractions WHERE guild_id = $1 AND timestamp >= $2 AND timestamp < $3 \
         GROUP BY 1, 2",
    )
    .bind::<BigInt, _>(guild.as_i64())
    .bind::<Timestamptz, _>(from)
    .bind::<Timestamptz, _>(to)
    .bind::<Array<Timestamptz>, _>(span.beginnings())
    .load(conn)
    .await
}

/// Counts a guild's infractions.
pub(super) async fn count_infractions(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
    (from, to): Bounds,
) -> QueryResult<i64> {
    user_infractions::table
        .filter(user_infractions::guild_id.eq(guild.as_i64()))
        .filter(user_infractions::timestamp.ge(from))
        .filter(user_infractions::timestamp.lt(to))
        .count()
        .get_result(conn)
        .await
}

/// Counts the cases that moderators have opened, per action, most first.
pub(super) async fn list_cases_by_hand(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
    (from, to): Bounds,
) -> QueryResult<Vec<(String, i64)>> {
    moderation_logs::table
        .filter(moderation_logs::guild_id.eq(guild.as_i64()))
        .filter(moderation_logs::created_at.ge(from))
        .filter(moderation_logs::created_at.lt(to))
        // Word for word as the index has it, which no parameter could be.
        .filter(sql::<Bool>("moderator_id <> 0"))
        .group_by(moderation_logs::action_type)
        .order((count_star().desc(), moderation_logs::action_type))
        .select((moderation_logs::action_type, count_star()))
        .load(conn)
        .await
}

/// How a command did.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub(super) struct CommandRuns {
    #[diesel(sql_type = Text)]
    pub(super) command: String,
    #[diesel(sql_type = BigInt)]
    pub(super) runs: i64,
    /// Refused to the caller, for wrong input or for want of a permission.
    #[diesel(sql_type = BigInt)]
    pub(super) refused: i64,
    /// Ended by a fault.
    #[diesel(sql_type = BigInt)]
    pub(super) failed: i64,
    #[diesel(sql_type = Integer)]
    pub(super) median_ms: i32,
}

/// Sums up a guild's runs of commands, most first. Diesel has neither filtered nor ordered-set aggregates.
pub(super) async fn list_command_runs(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
    (from, to): Bounds,
) -> QueryResult<Vec<CommandRuns>> {
    diesel::sql_query(
        "SELECT command_name::text AS command, count(*) AS runs, \
         count(*) FILTER (WHERE outcome IN ('REFUSED', 'FORBIDDEN')) AS refused, \
         count(*) FILTER (WHERE outcome = 'ERROR') AS failed, \
         percentile_disc(0.5) WITHIN GROUP (ORDER BY duration_ms) AS median_ms \
         FROM command_logs WHERE guild_id = $1 AND timestamp >= $2 AND timestamp < $3 \
         GROUP BY command_name ORDER BY count(*) DESC, command_name",
    )
    .bind::<BigInt, _>(guild.as_i64())
    .bind::<Timestamptz, _>(from)
    .bind::<Timestamptz, _>(to)
    .load(conn)
    .await
}
