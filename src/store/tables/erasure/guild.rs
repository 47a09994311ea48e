//! All of a guild goes, a small step at a time: the guild's own row goes last, so that a purge that was broken off is gone
//! on with.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::future::{BoxFuture, FutureExt as _};

use super::Counts;
use super::person::announce;
use crate::domain::ids::GuildId;
use crate::store::record::Record;
use crate::store::schema::guild_settings;

/// Tables that may hold much of one guild, in the order in which they are emptied: who refers goes before what is
/// referred to. `case_edits` goes with the cases.
const LARGE: [&str; 6] = [
    "command_logs",
    "appeals",
    "user_notes",
    "user_infractions",
    "action_journal",
    "moderation_logs",
];

/// The rest goes in one step with the guild's row, after the rooms' own tables of settings. Keys go before revisions,
/// because the database notes that they change.
const SMALL: [&str; 5] = [
    "config_drafts",
    "guild_api_keys",
    "guild_config",
    "guild_config_revisions",
    "guild_settings",
];

/// One step of a guild's purge.
#[derive(Clone, Debug)]
pub struct Purge {
    /// The guild.
    pub guild: GuildId,
    /// Only where AIMod was removed from it before this and is not back; nothing for an operator who means it.
    pub left_before: Option<DateTime<Utc>>,
    /// The rooms' own tables of settings.
    pub settings: Vec<&'static str>,
    /// How many rows go at most in a step that is not the last.
    pub most: i64,
}

/// What a step did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purged {
    /// So many rows of this table went; there is more.
    Some(&'static str, i64),
    /// The last rows went, and with them the guild.
    All(Counts),
    /// AIMod is in the guild again, or has not been gone for so long: nothing went.
    NotLeft,
}

impl Record for Purge {
    type Ack = Purged;
    const TABLE: &'static str = "erasure";

    fn lane(&self) -> Option<i64> {
        Some(self.guild.as_i64())
    }

    fn write_all<'a>(
        conn: &'a mut AsyncPgConnection,
        rows: &'a [Self],
    ) -> BoxFuture<'a, QueryResult<Vec<Purged>>> {
        async move {
            let mut purged = Vec::with_capacity(rows.len());
            for row in rows {
                purged.push(row.step(conn).await?);
            }
            Ok(purged)
        }
        .boxed()
    }
}

impl Purge {
    async fn step(&self, conn: &mut AsyncPgConnection) -> QueryResult<Purged> {
        if !self.may_go(conn).await? {
            return Ok(Purged::NotLeft);
        }
        for table in LARGE {
            let gone = self.delete_some(conn, table).await?;
            if gone > 0 {
                return Ok(Purged::Some(table, gone));
            }
        }
        // The triggers that guard and note configurations let this pass.
        diesel::sql_query("SELECT set_config('aimod.writer', 'on', true)")
            .execute(conn)
            .await?;
        let mut counts = Counts::new();
        let tables = self.settings.iter().chain(&SMALL);
        for table in tables {
            let text = format!("DELETE FROM {table} WHERE guild_id = $1");
            // The tables differ, which typed queries cannot express in one list.
            let gone = diesel::sql_query(text)
                .bind::<BigInt, _>(self.guild.as_i64())
                .execute(conn)
                .await?;
            counts.push((table, i64::try_from(gone).unwrap_or(i64::MAX)));
        }
        announce(conn, &format!("guild {}", self.guild)).await?;
        Ok(Purged::All(counts))
    }

    /// Locks the guild's row, so that nobody comes back in the middle of a step.
    async fn may_go(&self, conn: &mut AsyncPgConnection) -> QueryResult<bool> {
        let left_at: Option<Option<DateTime<Utc>>> = guild_settings::table
            .find(self.guild.as_i64())
            .select(guild_settings::left_at)
            .for_update()
            .first(conn)
            .await
            .optional()?;
        Ok(match self.left_before {
            Some(before) => left_at.flatten().is_some_and(|left_at| left_at <= before),
            None => true,
        })
    }

    async fn delete_some(
        &self,
        conn: &mut AsyncPgConnection,
        table: &'static str,
    ) -> QueryResult<i64> {
        #[derive(QueryableByName)]
        struct Gone {
            #[diesel(sql_type = BigInt)]
            value: i64,
        }
        // As in `step`; a counter is written along with what it counts.
        let gone: Gone = diesel::sql_query(deleting(table))
            .bind::<BigInt, _>(self.guild.as_i64())
            .bind::<BigInt, _>(self.most)
            .get_result(conn)
            .await?;
        Ok(gone.value)
    }
}

fn deleting(table: &'static str) -> String {
    match table {
        // Its rows are found by guild and time, in every month.
        "command_logs" => "WITH gone AS (DELETE FROM command_logs WHERE guild_id = $1 AND timestamp <= (SELECT max(timestamp) \
             FROM (SELECT timestamp FROM command_logs WHERE guild_id = $1 ORDER BY timestamp LIMIT $2) oldest) RETURNING 1) \
             SELECT count(*) AS value FROM gone"
            .to_owned(),
        // Infractions that are gone no longer count.
        "user_infractions" => "WITH gone AS (DELETE FROM user_infractions WHERE id = ANY (ARRAY(SELECT id \
             FROM user_infractions WHERE guild_id = $1 LIMIT $2)) RETURNING user_id), \
             counted AS (UPDATE user_data u SET infraction_count = GREATEST(u.infraction_count - g.many, 0) \
             FROM (SELECT user_id, count(*) AS many FROM gone GROUP BY user_id) g WHERE u.user_id = g.user_id) \
             SELECT count(*) AS value FROM gone"
            .to_owned(),
        _ => format!(
            "WITH gone AS (DELETE FROM {table} WHERE id = ANY (ARRAY(SELECT id FROM {table} WHERE guild_id = $1 LIMIT $2)) \
             RETURNING 1) SELECT count(*) AS value FROM gone"
        ),
    }
}

/// Counts what a purge would take away, and tells whether AIMod is in the guild as far as it knows.
///
/// # Errors
/// Whatever the database gives.
pub async fn count_guild(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
    settings: &[&'static str],
) -> QueryResult<(Counts, bool)> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        value: i64,
        #[diesel(sql_type = Bool)]
        present: bool,
    }
    let mut counts = Counts::new();
    let mut is_present = false;
    for table in LARGE.iter().chain(settings).chain(&SMALL) {
        // As in `Purge`.
        let row: Row = diesel::sql_query(format!(
            "SELECT count(*) AS value, EXISTS (SELECT FROM guild_settings s WHERE s.guild_id = $1 AND s.left_at IS NULL \
             AND s.name <> '') AS present FROM {table} WHERE guild_id = $1"
        ))
        .bind::<BigInt, _>(guild.as_i64())
        .get_result(conn)
        .await?;
        counts.push((table, row.value));
        is_present = row.present;
    }
    Ok((counts, is_present))
}
