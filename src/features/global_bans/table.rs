//! `global_bans`, and what came of each in the servers.

use chrono::{DateTime, Utc};
use diesel::dsl;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::future::{BoxFuture, FutureExt as _};

use crate::domain::ids::{GuildId, UserId};
use crate::store::record::Record;
use crate::store::schema::{global_bans, guild_settings, moderation_logs};

/// How many entries are shown at once.
pub(super) const PAGE: i64 = 12;

/// An entry as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = global_bans, check_for_backend(diesel::pg::Pg))]
pub(super) struct GlobalBan {
    /// Whom.
    pub(super) user_id: i64,
    /// Why.
    pub(super) reason: String,
    /// Which operator; 0 where it was imported.
    pub(super) banned_by: i64,
    /// Since when.
    pub(super) created_at: DateTime<Utc>,
    /// Counts up with every entry that is made.
    pub(super) number: i64,
}

/// Lists all entries.
///
/// # Errors
/// Whatever the database gives.
pub(super) async fn list_all(conn: &mut AsyncPgConnection) -> QueryResult<Vec<GlobalBan>> {
    global_bans::table
        .select(GlobalBan::as_select())
        .load(conn)
        .await
}

/// Lists a page of entries, newest first; pages count from 0. One more than [`PAGE`] is read, to tell whether more follow.
///
/// # Errors
/// Whatever the database gives.
pub(super) async fn list_page(
    conn: &mut AsyncPgConnection,
    page: i64,
) -> QueryResult<Vec<GlobalBan>> {
    global_bans::table
        .order((global_bans::created_at.desc(), global_bans::user_id))
        .offset(page.saturating_mul(PAGE))
        .limit(PAGE + 1)
        .select(GlobalBan::as_select())
        .load(conn)
        .await
}

/// Finds the entry of a user.
///
/// # Errors
/// Whatever the database gives.
pub(super) async fn find(
    conn: &mut AsyncPgConnection,
    user: UserId,
) -> QueryResult<Option<GlobalBan>> {
    global_bans::table
        .find(user.as_i64())
        .select(GlobalBan::as_select())
        .first(conn)
        .await
        .optional()
}

/// In how many servers a user was banned for an entry, and in how many that failed. The cases tell it by their reason, in
/// which the entry's stands; what a moderator has written there since is no longer counted.
///
/// # Errors
/// Whatever the database gives.
pub(super) async fn count_enforced(
    conn: &mut AsyncPgConnection,
    entry: &GlobalBan,
) -> QueryResult<(i64, i64)> {
    let outcomes: Vec<(String, i64)> = moderation_logs::table
        .filter(moderation_logs::target_user_id.eq(entry.user_id))
        .filter(moderation_logs::moderator_id.eq(0))
        .filter(moderation_logs::action_type.eq("BAN"))
        .filter(moderation_logs::reason.eq(reason(&entry.reason)))
        .group_by(moderation_logs::outcome)
        .select((moderation_logs::outcome, dsl::count_star()))
        .load(conn)
        .await?;
    let of = |wanted: &str| {
        let found = outcomes.iter().find(|(outcome, _)| outcome == wanted);
        found.map_or(0, |(_, count)| *count)
    };
    Ok((of("DONE"), of("FAILED")))
}

/// Whether a ban of the user in this server has a case and no outcome yet, by an earlier run perhaps.
///
/// # Errors
/// Whatever the database gives.
pub(super) async fn is_under_way(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
    user: UserId,
) -> QueryResult<bool> {
    let pending = moderation_logs::table
        .filter(moderation_logs::guild_id.eq(guild.as_i64()))
        .filter(moderation_logs::target_user_id.eq(user.as_i64()))
        .filter(moderation_logs::action_type.eq("BAN"))
        .filter(moderation_logs::outcome.eq("PENDING"));
    diesel::select(dsl::exists(pending)).get_result(conn).await
}

/// The reason of a case. Cases are in English, as those of other rooms.
pub(super) fn reason(of_entry: &str) -> String {
    format!("Global ban: {of_entry}")
}

/// Of these servers, those whose members have not been searched for all entries up to `newest`, with the number up to
/// which they have.
///
/// # Errors
/// Whatever the database gives.
pub(super) async fn list_unsearched(
    conn: &mut AsyncPgConnection,
    guilds: &[GuildId],
    newest: i64,
) -> QueryResult<Vec<(GuildId, i64)>> {
    let ids: Vec<i64> = guilds.iter().map(|guild| guild.as_i64()).collect();
    let rows: Vec<(i64, i64)> = guild_settings::table
        .filter(guild_settings::guild_id.eq_any(ids))
        .filter(guild_settings::global_bans_searched.lt(newest))
        .select((
            guild_settings::guild_id,
            guild_settings::global_bans_searched,
        ))
        .load(conn)
        .await?;
    let rows = rows.into_iter();
    Ok(rows
        .map(|(guild, number)| (GuildId::from_i64(guild), number))
        .collect())
}

/// A server's members have been searched for all entries up to a number.
#[derive(Clone, Debug)]
pub(super) struct Searched {
    pub(super) guild: GuildId,
    pub(super) number: i64,
}

impl Record for Searched {
    type Ack = ();
    const TABLE: &'static str = "guild_settings";

    fn lane(&self) -> Option<i64> {
        Some(self.guild.as_i64())
    }

    fn write_all<'a>(
        conn: &'a mut AsyncPgConnection,
        rows: &'a [Self],
    ) -> BoxFuture<'a, QueryResult<Vec<()>>> {
        async move {
            // Sorted, so that two processes lock the rows in the same order.
            let mut sorted: Vec<&Self> = rows.iter().collect();
            sorted.sort_unstable_by_key(|row| row.guild);
            for row in sorted {
                let guild = guild_settings::table
                    .find(row.guild.as_i64())
                    .filter(guild_settings::global_bans_searched.lt(row.number));
                diesel::update(guild)
                    .set(guild_settings::global_bans_searched.eq(row.number))
                    .execute(conn)
                    .await?;
            }
            Ok(vec![(); rows.len()])
        }
        .boxed()
    }
}

/// An entry that an operator makes.
#[derive(Clone, Debug)]
pub(super) struct NewGlobalBan {
    pub(super) user: UserId,
    pub(super) reason: String,
    pub(super) by: UserId,
    pub(super) at: DateTime<Utc>,
}

/// What adding an entry gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Added {
    /// It is new.
    Added,
    /// The user was banned already, and nothing has changed.
    AlreadyBanned(Box<GlobalBan>),
}

impl Record for NewGlobalBan {
    type Ack = Added;
    const TABLE: &'static str = "global_bans";

    fn write_all<'a>(
        conn: &'a mut AsyncPgConnection,
        rows: &'a [Self],
    ) -> BoxFuture<'a, QueryResult<Vec<Added>>> {
        async move {
            let mut acks = Vec::with_capacity(rows.len());
            // Operators are few; each wants to know what became of the own entry.
            for row in rows {
                let added = diesel::insert_into(global_bans::table)
                    .values((
                        global_bans::user_id.eq(row.user.as_i64()),
                        global_bans::reason.eq(&row.reason),
                        global_bans::banned_by.eq(row.by.as_i64()),
                        global_bans::created_at.eq(row.at),
                    ))
                    .on_conflict_do_nothing()
                    .execute(conn)
                    .await?;
                acks.push(if added == 1 {
                    Added::Added
                } else {
                    let there = find(conn, row.user).await?;
                    Added::AlreadyBanned(Box::new(there.ok_or(diesel::result::Error::NotFound)?))
                });
            }
            Ok(acks)
        }
        .boxed()
    }
}

/// The end of an entry.
#[derive(Clone, Debug)]
pub(super) struct RemoveGlobalBan(pub(super) UserId);

impl Record for RemoveGlobalBan {
    /// What stood there; nothing where nobody was banned.
    type Ack = Option<GlobalBan>;
    const TABLE: &'static str = "global_bans";

    fn write_all<'a>(
        conn: &'a mut AsyncPgConnection,
        rows: &'a [Self],
    ) -> BoxFuture<'a, QueryResult<Vec<Option<GlobalBan>>>> {
        async move {
            let mut acks = Vec::with_capacity(rows.len());
            for Self(user) in rows {
                let removed = diesel::delete(global_bans::table.find(user.as_i64()))
                    .returning(GlobalBan::as_returning())
                    .get_result(conn)
                    .await
                    .optional()?;
                acks.push(removed);
            }
            Ok(acks)
        }
        .boxed()
    }
}
