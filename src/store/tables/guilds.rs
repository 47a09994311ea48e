//! `guild_settings`: the guilds that AIMod has met, following the gateway.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};
use diesel::upsert::excluded;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::future::{BoxFuture, FutureExt as _};

use crate::domain::event::RollCall;
use crate::domain::ids::GuildId;
use crate::store::record::Record;
use crate::store::schema::guild_settings;

/// What the gateway told about a guild: that it is there, or that AIMod was removed from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GuildSeen {
    /// The guild is there; a former departure is forgotten.
    Present {
        /// The guild.
        guild: GuildId,
        /// Its name, cut to 255 characters.
        name: String,
        /// Members as Discord counts them.
        member_count: i32,
    },
    /// AIMod was removed.
    Left {
        /// The guild.
        guild: GuildId,
        /// When.
        at: DateTime<Utc>,
    },
}

impl GuildSeen {
    /// A guild that is there.
    #[must_use]
    pub fn present(guild: GuildId, name: &str, member_count: u64) -> Self {
        Self::Present {
            guild,
            name: name.to_owned(),
            member_count: i32::try_from(member_count).unwrap_or(i32::MAX),
        }
    }

    const fn guild(&self) -> GuildId {
        match self {
            Self::Present { guild, .. } | Self::Left { guild, .. } => *guild,
        }
    }
}

#[derive(Insertable)]
#[diesel(table_name = guild_settings)]
struct PresentGuild {
    guild_id: i64,
    name: String,
    member_count: i32,
}

impl Record for GuildSeen {
    type Ack = ();
    const TABLE: &'static str = "guild_settings";

    fn lane(&self) -> Option<i64> {
        Some(self.guild().as_i64())
    }

    fn write_all<'a>(
        conn: &'a mut AsyncPgConnection,
        rows: &'a [Self],
    ) -> BoxFuture<'a, QueryResult<Vec<()>>> {
        async move {
            upsert_present(conn, rows).await?;
            for row in rows {
                if let Self::Left { guild, at } = row {
                    mark_left(conn, *guild, *at).await?;
                }
            }
            Ok(vec![(); rows.len()])
        }
        .boxed()
    }
}

async fn upsert_present(conn: &mut AsyncPgConnection, rows: &[GuildSeen]) -> QueryResult<()> {
    // Sorted, so that two processes lock the rows in the same order.
    let present: BTreeMap<i64, PresentGuild> = rows
        .iter()
        .filter_map(|row| match row {
            GuildSeen::Present {
                guild,
                name,
                member_count,
            } => {
                let guild_id = guild.as_i64();
                let name = name.chars().filter(|c| *c != '\0').take(255).collect();
                Some((
                    guild_id,
                    PresentGuild {
                        guild_id,
                        name,
                        member_count: *member_count,
                    },
                ))
            }
            GuildSeen::Left { .. } => None,
        })
        .collect();
    if present.is_empty() {
        return Ok(());
    }
    diesel::insert_into(guild_settings::table)
        .values(present.into_values().collect::<Vec<_>>())
        .on_conflict(guild_settings::guild_id)
        .do_update()
        .set((
            guild_settings::name.eq(excluded(guild_settings::name)),
            guild_settings::member_count.eq(excluded(guild_settings::member_count)),
            guild_settings::left_at.eq(None::<DateTime<Utc>>),
            guild_settings::updated_at.eq(diesel::dsl::now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

async fn mark_left(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
    at: DateTime<Utc>,
) -> QueryResult<()> {
    diesel::insert_into(guild_settings::table)
        .values((
            guild_settings::guild_id.eq(guild.as_i64()),
            guild_settings::left_at.eq(at),
        ))
        .on_conflict(guild_settings::guild_id)
        .do_update()
        .set((
            guild_settings::left_at.eq(at),
            guild_settings::updated_at.eq(diesel::dsl::now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Lists the guilds of a shard that AIMod is in as far as is stored, and that are missing from its roll. Guilds that only
/// an import knows have no name and are none of these.
///
/// # Errors
/// Whatever the database gives.
pub async fn list_missing(
    conn: &mut AsyncPgConnection,
    roll: &RollCall,
) -> QueryResult<Vec<GuildId>> {
    let present: Vec<i64> = roll.guilds.iter().map(|guild| guild.as_i64()).collect();
    // Diesel has no operator for the bits that choose a shard.
    let of_shard = sql::<Bool>("(guild_id >> 22) % ")
        .bind::<BigInt, _>(i64::from(roll.total.max(1)))
        .sql(" = ")
        .bind::<BigInt, _>(i64::from(roll.shard));
    let missing: Vec<i64> = guild_settings::table
        .filter(guild_settings::left_at.is_null())
        .filter(guild_settings::name.ne(""))
        .filter(of_shard)
        .filter(guild_settings::guild_id.ne_all(present))
        .order(guild_settings::guild_id)
        .select(guild_settings::guild_id)
        .load(conn)
        .await?;
    Ok(missing.into_iter().map(GuildId::from_i64).collect())
}
