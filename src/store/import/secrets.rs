//! Guilds' own keys to model providers, sealed as an older bot left them.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::{Fate, Mode, Session, Settled};
use crate::store::schema::guild_api_keys;

/// A guild's keys as an older bot kept them: Fernet tokens that a key of ours opens.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = guild_api_keys, check_for_backend(diesel::pg::Pg))]
#[diesel(treat_none_as_null = true)]
pub struct OldSecret {
    /// The guild.
    pub guild_id: i64,
    /// The provider.
    pub api_provider: Option<String>,
    /// The key.
    pub encrypted_api_key: Option<String>,
    /// The sign-in data.
    pub encrypted_github_auth_info: Option<String>,
}

/// Writes the keys of guilds that have none here, or, where that is asked for, in place of what they have.
///
/// # Errors
/// Whatever the database gives.
pub async fn settle(
    session: &mut Session,
    rows: &[OldSecret],
    overwrite: bool,
) -> QueryResult<Settled> {
    let there = find(session, rows).await?;
    let mut settled = Settled::default();
    let mut seen = BTreeSet::new();
    for (place, row) in rows.iter().enumerate() {
        match there.get(&row.guild_id) {
            Some(now) if now == row => settled.same += 1,
            _ if !seen.insert(row.guild_id) => settled.same += 1,
            Some(_) if !overwrite => {
                let why = "the guild has keys here already; --overwrite takes these";
                settled.tell(place, Fate::Kept(why.to_owned()));
            }
            _ => {
                settled.found_new(session.mode, place);
                if session.mode == Mode::Write {
                    upsert(session, row).await?;
                }
            }
        }
    }
    Ok(settled)
}

async fn find(session: &mut Session, rows: &[OldSecret]) -> QueryResult<BTreeMap<i64, OldSecret>> {
    let guilds: Vec<i64> = rows.iter().map(|row| row.guild_id).collect();
    let there: Vec<OldSecret> = guild_api_keys::table
        .filter(guild_api_keys::guild_id.eq_any(guilds))
        .select(OldSecret::as_select())
        .load(&mut session.conn)
        .await?;
    Ok(there.into_iter().map(|row| (row.guild_id, row)).collect())
}

async fn upsert(session: &mut Session, row: &OldSecret) -> QueryResult<()> {
    diesel::insert_into(guild_api_keys::table)
        .values(row)
        .on_conflict(guild_api_keys::guild_id)
        .do_update()
        .set((row, guild_api_keys::updated_at.eq(diesel::dsl::now)))
        .execute(&mut session.conn)
        .await?;
    Ok(())
}
