//! Looking back: revisions, and what takes a configuration back to an earlier version.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;

use super::read::read_json;
use crate::domain::ids::{ConfigVersion, GuildId, UserId};
use crate::store::schema::guild_config_revisions as revisions;

/// What one version made of one key.
#[derive(Clone, Debug, PartialEq)]
pub struct Revision {
    /// The version.
    pub version: ConfigVersion,
    /// The key by its canonical name.
    pub key: String,
    /// The value before; `None` where it was unset.
    pub old: Option<Value>,
    /// The value after; `None` where it became unset.
    pub new: Option<Value>,
    /// Who changed it; 0 for the operator, plain SQL or AIMod itself.
    pub changed_by: UserId,
    /// The way it came, as the database has it: COMMAND, CLI, IMPORT, SYSTEM or SQL.
    pub source: String,
    /// Why, where somebody said so.
    pub reason: Option<String>,
    /// When it was committed.
    pub changed_at: DateTime<Utc>,
}

/// The columns of a revision, in the table's order.
type Row = (
    i64,
    String,
    Option<String>,
    Option<String>,
    i64,
    String,
    Option<String>,
    DateTime<Utc>,
);

impl From<Row> for Revision {
    fn from((version, key, old, new, by, source, reason, changed_at): Row) -> Self {
        Self {
            version: ConfigVersion(version),
            key,
            old: old.as_deref().map(read_json),
            new: new.as_deref().map(read_json),
            changed_by: UserId::from_i64(by),
            source,
            reason,
            changed_at,
        }
    }
}

/// Lists at most `limit` revisions of a guild, newest first: of one key or of all, older than `before` or all.
///
/// # Errors
/// Whatever the database gives.
pub async fn list_revisions(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
    key: Option<&str>,
    before: Option<ConfigVersion>,
    limit: i64,
) -> QueryResult<Vec<Revision>> {
    let mut query = revisions::table
        .filter(revisions::guild_id.eq(guild.as_i64()))
        .into_boxed();
    if let Some(key) = key {
        query = query.filter(revisions::key.eq(key));
    }
    if let Some(before) = before {
        query = query.filter(revisions::version.lt(before.0));
    }
    let rows: Vec<Row> = query
        .order((revisions::version.desc(), revisions::key.asc()))
        .limit(limit)
        .select((
            revisions::version,
            revisions::key,
            sql::<Nullable<Text>>("old_value::text"),
            sql::<Nullable<Text>>("new_value::text"),
            revisions::changed_by,
            revisions::source,
            revisions::reason,
            revisions::changed_at,
        ))
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(Revision::from).collect())
}

/// What each key that changed after `version` had at it: laid over a later configuration, this is the one of then.
///
/// # Errors
/// Whatever the database gives.
pub async fn load_undo(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
    version: ConfigVersion,
) -> QueryResult<BTreeMap<String, Option<Value>>> {
    let rows: Vec<(String, Option<String>)> = revisions::table
        .filter(revisions::guild_id.eq(guild.as_i64()))
        .filter(revisions::version.gt(version.0))
        .distinct_on(revisions::key)
        .order((revisions::key.asc(), revisions::version.asc()))
        .select((revisions::key, sql::<Nullable<Text>>("old_value::text")))
        .load(conn)
        .await?;
    let read = |(key, old): (String, Option<String>)| (key, old.as_deref().map(read_json));
    Ok(rows.into_iter().map(read).collect())
}
