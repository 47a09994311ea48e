//! `guild_config` and `guild_config_revisions`: what administrators have set, and every change that led there.

mod read;

use std::collections::BTreeMap;

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::sql_types::{Array, BigInt, Jsonb, Nullable, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::future::{BoxFuture, FutureExt as _};
use serde_json::Value;

use crate::domain::ids::{ConfigVersion, GuildId, UserId};
use crate::store::prepared::prepared;
use crate::store::record::Record;

pub use self::read::{StoredConfig, find_version, load_config};

/// Where a key's value is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A row of `guild_config`.
    Row,
    /// A column of a room's own settings table, which has one row per guild and a default for every column.
    Column {
        /// The table; its key is `guild_id` and it has `updated_at`.
        table: &'static str,
        /// The column.
        column: &'static str,
    },
}

/// The way by which a change came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A command on Discord.
    Command,
    /// The operator's command line.
    Cli,
    /// AIMod itself.
    System,
}

impl Source {
    /// The word in the database.
    #[must_use]
    pub const fn as_sql(self) -> &'static str {
        match self {
            Self::Command => "COMMAND",
            Self::Cli => "CLI",
            Self::System => "SYSTEM",
        }
    }

    /// The metric label.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Command => "command",
            Self::Cli => "cli",
            Self::System => "system",
        }
    }
}

/// One change of one key in one guild.
#[derive(Clone, Debug)]
pub struct ConfigChange {
    /// The guild.
    pub guild: GuildId,
    /// The canonical name of the key.
    pub key: &'static str,
    /// Where its value is kept.
    pub place: Place,
    /// The new value; `None` clears the key.
    pub value: Option<Value>,
    /// Who asked; 0 for the operator or AIMod itself.
    pub changed_by: UserId,
    /// The way it came.
    pub source: Source,
    /// Why, where somebody said so.
    pub reason: Option<String>,
}

/// What a committed change made.
#[derive(Clone, Debug, PartialEq)]
pub struct ConfigChanged {
    /// The version that it made.
    pub version: ConfigVersion,
    /// The value before it, as stored.
    pub old: Option<Value>,
}

impl Record for ConfigChange {
    type Ack = ConfigChanged;
    const TABLE: &'static str = "guild_config";

    /// Two changes of one guild make two versions, so they are never in one batch.
    fn lane(&self) -> Option<i64> {
        Some(self.guild.as_i64())
    }

    fn write_all<'a>(
        conn: &'a mut AsyncPgConnection,
        rows: &'a [Self],
    ) -> BoxFuture<'a, QueryResult<Vec<ConfigChanged>>> {
        async move {
            let versions = bump_versions(conn, rows).await?;
            let mut old = write_rows(conn, rows, &versions).await?;
            for row in rows {
                if let Place::Column { table, column } = row.place {
                    old.insert(
                        row.guild.as_i64(),
                        write_column(conn, row, table, column, &versions).await?,
                    );
                }
            }
            rows.iter()
                .map(|row| {
                    let guild = row.guild.as_i64();
                    let version = versions
                        .get(&guild)
                        .copied()
                        .ok_or(diesel::result::Error::NotFound)?;
                    Ok(ConfigChanged {
                        version: ConfigVersion(version),
                        old: old.remove(&guild).flatten(),
                    })
                })
                .collect()
        }
        .boxed()
    }
}

/// Adds one to the versions of these guilds. Arrays keep one prepared statement for every batch size; diesel's
/// multi-row insert makes one per size.
struct BumpVersions {
    guilds: Vec<i64>,
}

prepared!(BumpVersions => (BigInt, BigInt));

impl QueryFragment<Pg> for BumpVersions {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "INSERT INTO guild_settings (guild_id, config_version) SELECT g, 1 FROM unnest(",
        );
        out.push_bind_param::<Array<BigInt>, _>(&self.guilds)?;
        out.push_sql(
            ") AS g ON CONFLICT (guild_id) DO UPDATE \
             SET config_version = guild_settings.config_version + 1, updated_at = CURRENT_TIMESTAMP \
             RETURNING guild_id, config_version",
        );
        Ok(())
    }
}

/// Takes the next version of each guild and with it the guild's row lock, which orders changes over all processes.
async fn bump_versions(
    conn: &mut AsyncPgConnection,
    rows: &[ConfigChange],
) -> QueryResult<BTreeMap<i64, i64>> {
    let mut guilds: Vec<i64> = rows.iter().map(|row| row.guild.as_i64()).collect();
    guilds.sort_unstable();
    let versions: Vec<(i64, i64)> = BumpVersions { guilds }.load(conn).await?;
    Ok(versions.into_iter().collect())
}

/// Upserts, deletes and revisions of rows of `guild_config`: the value before, the change and its revision in a single
/// round trip. One array per column.
struct WriteRows {
    guilds: Vec<i64>,
    versions: Vec<i64>,
    keys: Vec<&'static str>,
    values: Vec<Option<Value>>,
    changed_by: Vec<i64>,
    sources: Vec<&'static str>,
    reasons: Vec<Option<String>>,
}

prepared!(WriteRows => (BigInt, Nullable<Jsonb>));

impl QueryFragment<Pg> for WriteRows {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("WITH input AS (SELECT * FROM unnest(");
        out.push_bind_param::<Array<BigInt>, _>(&self.guilds)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<BigInt>, _>(&self.versions)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.keys)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Nullable<Jsonb>>, _>(&self.values)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<BigInt>, _>(&self.changed_by)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.sources)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Nullable<Text>>, _>(&self.reasons)?;
        out.push_sql(
            ") AS t (guild_id, version, key, value, changed_by, source, reason)), \
             upserted AS (INSERT INTO guild_config (guild_id, key, value) \
                 SELECT guild_id, key, value FROM input WHERE value IS NOT NULL \
                 ON CONFLICT (guild_id, key) DO UPDATE SET value = EXCLUDED.value, updated_at = CURRENT_TIMESTAMP), \
             cleared AS (DELETE FROM guild_config c USING input i \
                 WHERE i.value IS NULL AND c.guild_id = i.guild_id AND c.key = i.key) \
             INSERT INTO guild_config_revisions \
                 (guild_id, version, key, old_value, new_value, changed_by, source, reason) \
             SELECT i.guild_id, i.version, i.key, c.value, i.value, i.changed_by, i.source, i.reason \
             FROM input i LEFT JOIN guild_config c ON c.guild_id = i.guild_id AND c.key = i.key \
             RETURNING guild_id, old_value",
        );
        Ok(())
    }
}

/// Writes all rows of `guild_config`; returns the values before.
async fn write_rows(
    conn: &mut AsyncPgConnection,
    rows: &[ConfigChange],
    versions: &BTreeMap<i64, i64>,
) -> QueryResult<BTreeMap<i64, Option<Value>>> {
    let rows: Vec<&ConfigChange> = rows.iter().filter(|row| row.place == Place::Row).collect();
    if rows.is_empty() {
        return Ok(BTreeMap::new());
    }
    let version = |row: &ConfigChange| {
        let known = versions.get(&row.guild.as_i64());
        known.copied().unwrap_or_default()
    };
    let statement = WriteRows {
        guilds: rows.iter().map(|row| row.guild.as_i64()).collect(),
        versions: rows.iter().map(|row| version(row)).collect(),
        keys: rows.iter().map(|row| row.key).collect(),
        values: rows.iter().map(|row| row.value.clone()).collect(),
        changed_by: rows.iter().map(|row| row.changed_by.as_i64()).collect(),
        sources: rows.iter().map(|row| row.source.as_sql()).collect(),
        reasons: rows.iter().map(|row| row.reason.clone()).collect(),
    };
    let old: Vec<(i64, Option<Value>)> = statement.load(conn).await?;
    Ok(old.into_iter().collect())
}

/// Writes one column of a room's settings table and its revision; returns the value before.
async fn write_column(
    conn: &mut AsyncPgConnection,
    change: &ConfigChange,
    table: &'static str,
    column: &'static str,
    versions: &BTreeMap<i64, i64>,
) -> QueryResult<Option<Value>> {
    let guild = change.guild.as_i64();
    let old = column_value(conn, guild, table, column).await?;
    // The table differs per room, which typed queries cannot express; both names are constants of the program.
    match &change.value {
        Some(value) => {
            diesel::sql_query(format!(
                "INSERT INTO {table} (guild_id, {column}) SELECT $1, r.{column} \
                 FROM jsonb_populate_record(NULL::{table}, jsonb_build_object('{column}', $2)) r \
                 ON CONFLICT (guild_id) DO UPDATE \
                 SET {column} = EXCLUDED.{column}, updated_at = CURRENT_TIMESTAMP"
            ))
            .bind::<BigInt, _>(guild)
            .bind::<Jsonb, _>(value)
            .execute(conn)
            .await?
        }
        None => {
            diesel::sql_query(format!(
                "UPDATE {table} SET {column} = DEFAULT, updated_at = CURRENT_TIMESTAMP WHERE guild_id = $1"
            ))
            .bind::<BigInt, _>(guild)
            .execute(conn)
            .await?
        }
    };
    insert_revision(
        conn,
        change,
        old.clone(),
        versions.get(&guild).copied().unwrap_or_default(),
    )
    .await?;
    Ok(old)
}

#[derive(QueryableByName)]
struct ColumnValue {
    #[diesel(sql_type = Nullable<Jsonb>)]
    value: Option<Value>,
}

async fn column_value(
    conn: &mut AsyncPgConnection,
    guild: i64,
    table: &'static str,
    column: &'static str,
) -> QueryResult<Option<Value>> {
    let row: Option<ColumnValue> = diesel::sql_query(format!(
        "SELECT to_jsonb({column}) AS value FROM {table} WHERE guild_id = $1"
    ))
    .bind::<BigInt, _>(guild)
    .get_result(conn)
    .await
    .optional()?;
    Ok(row.and_then(|row| row.value))
}

async fn insert_revision(
    conn: &mut AsyncPgConnection,
    change: &ConfigChange,
    old: Option<Value>,
    version: i64,
) -> QueryResult<()> {
    use crate::store::schema::guild_config_revisions as revisions;
    diesel::insert_into(revisions::table)
        .values((
            revisions::guild_id.eq(change.guild.as_i64()),
            revisions::version.eq(version),
            revisions::key.eq(change.key),
            revisions::old_value.eq(old),
            revisions::new_value.eq(change.value.clone()),
            revisions::changed_by.eq(change.changed_by.as_i64()),
            revisions::source.eq(change.source.as_sql()),
            revisions::reason.eq(change.reason.clone()),
        ))
        .execute(conn)
        .await?;
    Ok(())
}
