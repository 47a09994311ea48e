//! Reading a guild's configuration, all of one moment.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Jsonb};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;

use crate::domain::ids::{ConfigVersion, GuildId};
use crate::store::schema::{guild_config, guild_settings};

/// A guild's configuration as the database holds it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StoredConfig {
    /// Its version.
    pub version: ConfigVersion,
    /// Every set key with its value. A room's settings table appears under `table.column`.
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

/// Reads a guild's version, its rows and the settings tables in `tables`, all of one moment.
///
/// # Errors
/// Whatever the database gives; a guild without rows is not an error but version 0 without values.
pub async fn load_config(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
    tables: &[&'static str],
) -> QueryResult<StoredConfig> {
    conn.build_transaction()
        .read_only()
        .repeatable_read()
        .run(async |conn| read_config(conn, guild.as_i64(), tables).await)
        .await
}

#[derive(QueryableByName)]
struct SettingsRow {
    #[diesel(sql_type = Jsonb)]
    value: Value,
}

async fn read_config(
    conn: &mut AsyncPgConnection,
    guild: i64,
    tables: &[&'static str],
) -> QueryResult<StoredConfig> {
    let version = find_version(conn, GuildId::from_i64(guild)).await?;
    let rows: Vec<(String, Value)> = guild_config::table
        .filter(guild_config::guild_id.eq(guild))
        .select((guild_config::key, guild_config::value))
        .load(conn)
        .await?;
    let mut values: BTreeMap<String, Value> = rows.into_iter().collect();
    for table in tables {
        // As above: the table is a constant of the program, and its columns are not known here.
        let row: Option<SettingsRow> = diesel::sql_query(format!(
            "SELECT to_jsonb(t) AS value FROM {table} t WHERE guild_id = $1"
        ))
        .bind::<BigInt, _>(guild)
        .get_result(conn)
        .await
        .optional()?;
        if let Some(SettingsRow {
            value: Value::Object(columns),
        }) = row
        {
            values.extend(
                columns
                    .into_iter()
                    .map(|(column, value)| (format!("{table}.{column}"), value)),
            );
        }
    }
    Ok(StoredConfig { version, values })
}
