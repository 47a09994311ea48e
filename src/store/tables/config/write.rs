//! The write of a configuration change: the guild's next version, the values, and a revision for each of them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::sql_types::{Array, BigInt, Jsonb, Nullable, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::future::{BoxFuture, FutureExt as _};
use serde_json::Value;

use super::{Place, Source};
use crate::domain::ids::{ConfigVersion, GuildId, UserId};
use crate::store::prepared::prepared;
use crate::store::record::Record;

/// A change of one guild's configuration: all of its edits in one version, or none.
#[derive(Clone, Debug)]
pub struct ConfigChange {
    /// The guild.
    pub guild: GuildId,
    /// The version that the change was worked out from. Where the guild has another by now, nothing is written.
    pub expected: ConfigVersion,
    /// What becomes of each key; no key twice.
    pub edits: Vec<ConfigEdit>,
    /// Who asked; 0 for the operator or AIMod itself.
    pub changed_by: UserId,
    /// The way it came.
    pub source: Source,
    /// Why, where somebody said so.
    pub reason: Option<String>,
}

/// What becomes of one key.
#[derive(Clone, Debug)]
pub struct ConfigEdit {
    /// The canonical name of the key; of a name that no part of AIMod reads, the name as it was imported.
    pub key: Cow<'static, str>,
    /// Where its value is kept.
    pub place: Place,
    /// What a column holds that nobody has set; rows of `guild_config` have none.
    pub default: Option<Value>,
    /// The new value; `None` clears the key.
    pub value: Option<Value>,
}

/// What became of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfigWritten {
    /// It made this version.
    Changed(ConfigVersion),
    /// The guild has another version than the expected one; nothing was written.
    Outdated,
}

impl Record for ConfigChange {
    type Ack = ConfigWritten;
    const TABLE: &'static str = "guild_config";

    /// Two changes of one guild make two versions, so they are never in one batch.
    fn lane(&self) -> Option<i64> {
        Some(self.guild.as_i64())
    }

    fn write_all<'a>(
        conn: &'a mut AsyncPgConnection,
        rows: &'a [Self],
    ) -> BoxFuture<'a, QueryResult<Vec<ConfigWritten>>> {
        async move {
            let versions = bump_versions(conn, rows).await?;
            let version_of = |row: &Self| versions.get(&row.guild.as_i64()).copied();
            let taken = || rows.iter().filter_map(|row| Some((row, version_of(row)?)));
            write_rows(conn, taken()).await?;
            for (row, version) in taken() {
                for edit in &row.edits {
                    if let Place::Column { table, column } = edit.place {
                        let column = Column { table, column };
                        column.write(conn, row, edit, version).await?;
                    }
                }
            }
            let written = rows.iter().map(|row| match version_of(row) {
                Some(version) => ConfigWritten::Changed(ConfigVersion(version)),
                None => ConfigWritten::Outdated,
            });
            Ok(written.collect())
        }
        .boxed()
    }
}

/// Gives each of these guilds its next version where it still has the expected one, and tells the triggers that this
/// transaction notes its revisions itself. Arrays keep one prepared statement for every batch size; diesel's multi-row
/// insert makes one per size.
struct BumpVersions {
    guilds: Vec<i64>,
    expected: Vec<i64>,
}

prepared!(BumpVersions => (BigInt, BigInt));

impl QueryFragment<Pg> for BumpVersions {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "INSERT INTO guild_settings AS s (guild_id, config_version, config_changed_at) \
             SELECT g, e + 1, clock_timestamp() FROM unnest(",
        );
        out.push_bind_param::<Array<BigInt>, _>(&self.guilds)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<BigInt>, _>(&self.expected)?;
        out.push_sql(
            ") AS t (g, e), (SELECT set_config('aimod.writer', 'on', true)) AS mark \
             WHERE e = 0 OR EXISTS (SELECT FROM guild_settings there WHERE there.guild_id = g) \
             ON CONFLICT (guild_id) DO UPDATE \
             SET config_version = EXCLUDED.config_version, config_changed_at = EXCLUDED.config_changed_at, \
                 updated_at = CURRENT_TIMESTAMP \
             WHERE s.config_version = EXCLUDED.config_version - 1 \
             RETURNING guild_id, config_version",
        );
        Ok(())
    }
}

/// Takes the next version of each guild and with it the guild's row lock, which orders changes over all processes.
/// Guilds that have another version than expected are missing in the answer.
async fn bump_versions(
    conn: &mut AsyncPgConnection,
    rows: &[ConfigChange],
) -> QueryResult<BTreeMap<i64, i64>> {
    // In one order everywhere, so that two batches never wait for each other.
    let expected: BTreeMap<i64, i64> = rows
        .iter()
        .map(|row| (row.guild.as_i64(), row.expected.0))
        .collect();
    let statement = BumpVersions {
        guilds: expected.keys().copied().collect(),
        expected: expected.values().copied().collect(),
    };
    let versions: Vec<(i64, i64)> = statement.load(conn).await?;
    Ok(versions.into_iter().collect())
}

/// Upserts, deletes and revisions of rows of `guild_config` in a single round trip. One array per column.
#[derive(Default)]
struct WriteRows {
    guilds: Vec<i64>,
    versions: Vec<i64>,
    keys: Vec<Cow<'static, str>>,
    values: Vec<Option<Value>>,
    changed_by: Vec<i64>,
    sources: Vec<&'static str>,
    reasons: Vec<Option<String>>,
}

prepared!(WriteRows => ());

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
             FROM input i LEFT JOIN guild_config c ON c.guild_id = i.guild_id AND c.key = i.key",
        );
        Ok(())
    }
}

impl WriteRows {
    fn push(&mut self, change: &ConfigChange, edit: &ConfigEdit, version: i64) {
        self.guilds.push(change.guild.as_i64());
        self.versions.push(version);
        self.keys.push(edit.key.clone());
        self.values.push(edit.value.clone());
        self.changed_by.push(change.changed_by.as_i64());
        self.sources.push(change.source.as_sql());
        self.reasons.push(change.reason.clone());
    }
}

/// Writes all edits of rows of `guild_config`.
async fn write_rows(
    conn: &mut AsyncPgConnection,
    taken: impl Iterator<Item = (&ConfigChange, i64)>,
) -> QueryResult<()> {
    let mut statement = WriteRows::default();
    for (change, version) in taken {
        let edits = change.edits.iter();
        for edit in edits.filter(|edit| edit.place == Place::Row) {
            statement.push(change, edit, version);
        }
    }
    if !statement.guilds.is_empty() {
        statement.execute(conn).await?;
    }
    Ok(())
}

/// A column of a room's settings table. The table differs per room, which typed queries cannot express; both names are
/// constants of the program.
#[derive(Clone, Copy)]
struct Column {
    table: &'static str,
    column: &'static str,
}

#[derive(QueryableByName)]
struct ColumnValue {
    #[diesel(sql_type = Nullable<Jsonb>)]
    value: Option<Value>,
}

impl Column {
    /// Writes the column and its revision.
    async fn write(
        self,
        conn: &mut AsyncPgConnection,
        change: &ConfigChange,
        edit: &ConfigEdit,
        version: i64,
    ) -> QueryResult<()> {
        let old = self.value(conn, change.guild).await?;
        match &edit.value {
            Some(value) => self.set(conn, change.guild, value).await?,
            None => self.clear(conn, change.guild).await?,
        };
        let old = old.filter(|old| !old.is_null() && Some(old) != edit.default.as_ref());
        insert_revision(conn, change, edit, (version, old)).await
    }

    async fn value(
        self,
        conn: &mut AsyncPgConnection,
        guild: GuildId,
    ) -> QueryResult<Option<Value>> {
        let Self { table, column } = self;
        let row: Option<ColumnValue> = diesel::sql_query(format!(
            "SELECT to_jsonb({column}) AS value FROM {table} WHERE guild_id = $1"
        ))
        .bind::<BigInt, _>(guild.as_i64())
        .get_result(conn)
        .await
        .optional()?;
        Ok(row.and_then(|row| row.value))
    }

    async fn set(
        self,
        conn: &mut AsyncPgConnection,
        guild: GuildId,
        value: &Value,
    ) -> QueryResult<usize> {
        let Self { table, column } = self;
        diesel::sql_query(format!(
            "INSERT INTO {table} (guild_id, {column}) SELECT $1, r.{column} \
             FROM jsonb_populate_record(NULL::{table}, jsonb_build_object('{column}', $2)) r \
             ON CONFLICT (guild_id) DO UPDATE \
             SET {column} = EXCLUDED.{column}, updated_at = CURRENT_TIMESTAMP"
        ))
        .bind::<BigInt, _>(guild.as_i64())
        .bind::<Jsonb, _>(value)
        .execute(conn)
        .await
    }

    async fn clear(self, conn: &mut AsyncPgConnection, guild: GuildId) -> QueryResult<usize> {
        let Self { table, column } = self;
        diesel::sql_query(format!(
            "UPDATE {table} SET {column} = DEFAULT, updated_at = CURRENT_TIMESTAMP WHERE guild_id = $1"
        ))
        .bind::<BigInt, _>(guild.as_i64())
        .execute(conn)
        .await
    }
}

async fn insert_revision(
    conn: &mut AsyncPgConnection,
    change: &ConfigChange,
    edit: &ConfigEdit,
    (version, old): (i64, Option<Value>),
) -> QueryResult<()> {
    use crate::store::schema::guild_config_revisions as revisions;
    diesel::insert_into(revisions::table)
        .values((
            revisions::guild_id.eq(change.guild.as_i64()),
            revisions::version.eq(version),
            revisions::key.eq(edit.key.as_ref()),
            revisions::old_value.eq(old),
            revisions::new_value.eq(edit.value.clone()),
            revisions::changed_by.eq(change.changed_by.as_i64()),
            revisions::source.eq(change.source.as_sql()),
            revisions::reason.eq(change.reason.clone()),
        ))
        .execute(conn)
        .await?;
    Ok(())
}
