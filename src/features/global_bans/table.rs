//! `global_bans`, and what came of each in the servers.

use chrono::{DateTime, Utc};
use diesel::dsl;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::future::{BoxFuture, FutureExt as _};

use crate::domain::ids::UserId;
use crate::store::record::Record;
use crate::store::schema::{action_journal, global_bans, moderation_logs};

/// How many entries are shown at once.
pub(super) const PAGE: i64 = 15;

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

/// In how many servers a user was banned for an entry, and in how many that failed.
///
/// # Errors
/// Whatever the database gives.
pub(super) async fn count_enforced(
    conn: &mut AsyncPgConnection,
    user: UserId,
) -> QueryResult<(i64, i64)> {
    let outcomes: Vec<(String, i64)> = moderation_logs::table
        .inner_join(action_journal::table)
        .filter(moderation_logs::target_user_id.eq(user.as_i64()))
        .filter(action_journal::operation_key.like("global_bans:%"))
        .filter(action_journal::step.eq(0))
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
