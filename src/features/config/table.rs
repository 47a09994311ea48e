//! `config_drafts`: imports that wait for their button, for a day at most.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::future::{BoxFuture, FutureExt as _};
use serde_json::Value as Json;

use crate::domain::ids::{ConfigVersion, GuildId, UserId};
use crate::store::record::Record;
use crate::store::schema::config_drafts;

/// How long a draft waits.
const KEPT: TimeDelta = TimeDelta::days(1);

/// The new values of a draft by canonical key.
pub(crate) type NewValues = BTreeMap<String, Json>;

/// A draft to be kept. Those that have waited too long go with it.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = config_drafts)]
pub(super) struct NewDraft {
    guild_id: i64,
    asked_by: i64,
    base_version: i64,
    changes: Json,
    created_at: DateTime<Utc>,
}

impl NewDraft {
    pub(super) fn new(
        guild: GuildId,
        by: UserId,
        base: ConfigVersion,
        values: &NewValues,
        now: DateTime<Utc>,
    ) -> Self {
        let values = values.iter();
        Self {
            guild_id: guild.as_i64(),
            asked_by: by.as_i64(),
            base_version: base.0,
            changes: Json::Object(
                values
                    .map(|(key, json)| (key.clone(), json.clone()))
                    .collect(),
            ),
            created_at: now,
        }
    }
}

impl Record for NewDraft {
    /// The draft's number.
    type Ack = i64;
    const TABLE: &'static str = "config_drafts";

    fn write_all<'a>(
        conn: &'a mut AsyncPgConnection,
        rows: &'a [Self],
    ) -> BoxFuture<'a, QueryResult<Vec<i64>>> {
        async move {
            if let Some(now) = rows.iter().map(|row| row.created_at).min() {
                let old = config_drafts::created_at.lt(now - KEPT);
                diesel::delete(config_drafts::table.filter(old))
                    .execute(conn)
                    .await?;
            }
            diesel::insert_into(config_drafts::table)
                .values(rows)
                .returning(config_drafts::id)
                .get_results(conn)
                .await
        }
        .boxed()
    }
}

/// A draft that is no longer wanted, or has been carried out.
#[derive(Clone, Debug)]
pub(super) struct Discard(pub(super) i64, pub(super) GuildId);

impl Record for Discard {
    type Ack = ();
    const TABLE: &'static str = "config_drafts";

    fn write_all<'a>(
        conn: &'a mut AsyncPgConnection,
        rows: &'a [Self],
    ) -> BoxFuture<'a, QueryResult<Vec<()>>> {
        async move {
            let ids: Vec<i64> = rows.iter().map(|row| row.0).collect();
            let guilds: Vec<i64> = rows.iter().map(|row| row.1.as_i64()).collect();
            let named = config_drafts::id.eq_any(ids);
            let own = config_drafts::guild_id.eq_any(guilds);
            diesel::delete(config_drafts::table.filter(named.and(own)))
                .execute(conn)
                .await?;
            Ok(vec![(); rows.len()])
        }
        .boxed()
    }
}

/// A draft that waits.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Draft {
    pub(super) base: ConfigVersion,
    pub(super) values: NewValues,
}

impl Draft {
    /// Finds a draft of this guild that has not waited too long.
    pub(super) async fn find(
        conn: &mut AsyncPgConnection,
        guild: GuildId,
        id: i64,
        now: DateTime<Utc>,
    ) -> QueryResult<Option<Self>> {
        let found: Option<(i64, Json)> = config_drafts::table
            .find(id)
            .filter(config_drafts::guild_id.eq(guild.as_i64()))
            .filter(config_drafts::created_at.ge(now - KEPT))
            .select((config_drafts::base_version, config_drafts::changes))
            .first(conn)
            .await
            .optional()?;
        Ok(found.map(|(base, changes)| Self {
            base: ConfigVersion(base),
            values: match changes {
                Json::Object(values) => values.into_iter().collect(),
                _ => NewValues::new(),
            },
        }))
    }
}
