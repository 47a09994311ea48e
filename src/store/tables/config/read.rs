//! Reading configurations, each of one moment: one statement sees one state of the database.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Jsonb, Nullable, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::{Value, json};

use crate::domain::ids::{ConfigVersion, GuildId};
use crate::store::schema::guild_settings;

/// A guild's configuration as the database holds it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StoredConfig {
    /// Its version.
    pub version: ConfigVersion,
    /// When that version was made; two databases that count alike do not agree in this.
    pub changed_at: Option<DateTime<Utc>>,
    /// Every set key with its value. A room's settings table appears under `table.column`. A value that PostgreSQL takes
    /// and this program cannot read stands as an object `{"unreadable": …}`, which fits no key.
    pub values: BTreeMap<String, Value>,
}

/// Reads a guild's version; 0 for a guild without rows.
///
/// # Errors
/// Whatever the database gives.
pub async fn find_version(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
) -> QueryResult<ConfigVersion> {
    let version: Option<i64> = guild_settings::table
        .find(guild.as_i64())
        .select(guild_settings::config_version)
        .first(conn)
        .await
        .optional()?;
    Ok(ConfigVersion(version.unwrap_or_default()))
}

/// Reads a guild's version and when it was made.
///
/// # Errors
/// Whatever the database gives.
pub async fn find_edition(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
) -> QueryResult<(ConfigVersion, Option<DateTime<Utc>>)> {
    let edition: Option<(i64, Option<DateTime<Utc>>)> = guild_settings::table
        .find(guild.as_i64())
        .select((
            guild_settings::config_version,
            guild_settings::config_changed_at,
        ))
        .first(conn)
        .await
        .optional()?;
    let (version, changed_at) = edition.unwrap_or_default();
    Ok((ConfigVersion(version), changed_at))
}

/// Reads the versions of these guilds; those without rows are missing.
///
/// # Errors
/// Whatever the database gives.
pub async fn list_versions(
    conn: &mut AsyncPgConnection,
    guilds: &[GuildId],
) -> QueryResult<Vec<(GuildId, ConfigVersion)>> {
    let wanted: Vec<i64> = guilds.iter().map(|guild| guild.as_i64()).collect();
    let versions: Vec<(i64, i64)> = guild_settings::table
        .filter(guild_settings::guild_id.eq_any(wanted))
        .select((guild_settings::guild_id, guild_settings::config_version))
        .load(conn)
        .await?;
    let typed = |(guild, version)| (GuildId::from_i64(guild), ConfigVersion(version));
    Ok(versions.into_iter().map(typed).collect())
}

/// Lists known guilds with their versions, by id: at most `limit`, those above `after` or from the first.
///
/// # Errors
/// Whatever the database gives.
pub async fn list_known(
    conn: &mut AsyncPgConnection,
    after: Option<GuildId>,
    limit: i64,
) -> QueryResult<Vec<(GuildId, ConfigVersion)>> {
    let known: Vec<(i64, i64)> = guild_settings::table
        .filter(guild_settings::guild_id.gt(after.map_or(i64::MIN, GuildId::as_i64)))
        .order(guild_settings::guild_id)
        .limit(limit)
        .select((guild_settings::guild_id, guild_settings::config_version))
        .load(conn)
        .await?;
    let typed = |(guild, version)| (GuildId::from_i64(guild), ConfigVersion(version));
    Ok(known.into_iter().map(typed).collect())
}

/// Reads a guild's version, its rows and its rows in the settings tables `tables`, all of one moment.
///
/// # Errors
/// Whatever the database gives; a guild without rows is not an error but version 0 without values.
pub async fn load_config(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
    tables: &[&'static str],
) -> QueryResult<StoredConfig> {
    let loaded = load_configs(conn, &[guild], tables).await?;
    let one = loaded.into_iter().next();
    Ok(one.map(|(_, stored)| stored).unwrap_or_default())
}

/// Reads the configurations of many guilds, all of one moment; every guild asked for is in the answer, in no order.
///
/// # Errors
/// Whatever the database gives.
pub async fn load_configs(
    conn: &mut AsyncPgConnection,
    guilds: &[GuildId],
    tables: &[&'static str],
) -> QueryResult<Vec<(GuildId, StoredConfig)>> {
    let statement = LoadConfigs {
        guilds: guilds.iter().map(|guild| guild.as_i64()).collect(),
        tables,
    };
    let rows: Vec<Row> = statement.load(conn).await?;
    Ok(rows.into_iter().map(stored).collect())
}

/// Guild, version and its time, its rows of `guild_config`, and its row of each settings table by the table's name. Each
/// value comes as a text of its own, so that one which cannot be read harms no other.
type Row = (i64, i64, Option<DateTime<Utc>>, Option<Value>, Value);

/// The tables are constants of the program, and their columns are not known here: each row comes as an object.
struct LoadConfigs<'t> {
    guilds: Vec<i64>,
    tables: &'t [&'static str],
}

/// Its text depends on the tables, so a connection keeps its prepared form by the text.
impl QueryId for LoadConfigs<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for LoadConfigs<'_> {
    type SqlType = (
        BigInt,
        BigInt,
        Nullable<Timestamptz>,
        Nullable<Jsonb>,
        Jsonb,
    );
}

impl QueryFragment<Pg> for LoadConfigs<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "SELECT g, COALESCE(s.config_version, 0), s.config_changed_at, \
             (SELECT jsonb_object_agg(c.key, c.value::text) FROM guild_config c WHERE c.guild_id = g), \
             jsonb_build_object(",
        );
        for (place, table) in self.tables.iter().enumerate() {
            let comma = if place == 0 { "" } else { ", " };
            out.push_sql(&format!(
                "{comma}'{table}', (SELECT jsonb_object_agg(e.key, e.value::text) \
                 FROM jsonb_each(to_jsonb({table})) e)"
            ));
        }
        out.push_sql(") FROM unnest(");
        out.push_bind_param::<Array<BigInt>, _>(&self.guilds)?;
        out.push_sql(") AS g LEFT JOIN guild_settings s ON s.guild_id = g");
        for table in self.tables {
            out.push_sql(&format!(" LEFT JOIN {table} ON {table}.guild_id = g"));
        }
        Ok(())
    }
}

fn stored((guild, version, changed_at, rows, tables): Row) -> (GuildId, StoredConfig) {
    // A row that bears the name of a column is none of ours.
    let rows = object(rows.unwrap_or_default()).filter(|(name, _)| !name.contains('.'));
    let mut values: BTreeMap<String, Value> =
        rows.map(|(name, text)| (name, parsed(&text))).collect();
    for (table, row) in object(tables) {
        let columns = object(row);
        values.extend(columns.map(|(column, text)| (format!("{table}.{column}"), parsed(&text))));
    }
    let stored = StoredConfig {
        version: ConfigVersion(version),
        changed_at,
        values,
    };
    (GuildId::from_i64(guild), stored)
}

fn parsed(text: &Value) -> Value {
    text.as_str().map_or(Value::Null, read_json)
}

/// Reads JSON as PostgreSQL wrote it. Its numbers may be larger and its lists deeper than a program takes: what cannot
/// be read is told as an object that fits no key.
pub(super) fn read_json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| {
        let beginning: String = text.chars().take(60).collect();
        json!({ "unreadable": beginning })
    })
}

/// The fields of an object; a missing row is no object and has none.
fn object(json: Value) -> impl Iterator<Item = (String, Value)> {
    let fields = match json {
        Value::Object(fields) => fields,
        _ => serde_json::Map::new(),
    };
    fields.into_iter()
}
