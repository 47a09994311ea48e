//! `user_notes`.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::future::{BoxFuture, FutureExt as _};

use crate::domain::ids::{GuildId, UserId};
use crate::store::record::Record;
use crate::store::schema::user_notes;

/// A note that is to be written. Acknowledged with its number.
#[derive(Clone, Debug, PartialEq, Eq, Insertable)]
#[diesel(table_name = user_notes)]
pub(super) struct NewNote {
    pub(super) guild_id: i64,
    pub(super) user_id: i64,
    pub(super) author_id: i64,
    pub(super) note: String,
    pub(super) created_at: DateTime<Utc>,
}

impl Record for NewNote {
    type Ack = i64;
    const TABLE: &'static str = "user_notes";

    fn write_all<'a>(
        conn: &'a mut AsyncPgConnection,
        rows: &'a [Self],
    ) -> BoxFuture<'a, QueryResult<Vec<i64>>> {
        async move {
            let mut numbers: Vec<i64> = diesel::insert_into(user_notes::table)
                .values(rows)
                .returning(user_notes::id)
                .get_results(conn)
                .await?;
            // Numbers are given out in the order of the rows, whatever the order of the answer.
            numbers.sort_unstable();
            Ok(numbers)
        }
        .boxed()
    }
}

/// A note that is to be removed. Its text stays, with who removed it and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RemoveNote {
    pub(super) guild: GuildId,
    pub(super) number: i64,
    pub(super) by: UserId,
    pub(super) at: DateTime<Utc>,
}

/// What became of a removal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Removal {
    /// It was about this user.
    Removed(UserId),
    /// The guild has no such note, or none any more.
    NoSuchNote,
}

impl Record for RemoveNote {
    type Ack = Removal;
    const TABLE: &'static str = "user_notes";

    fn write_all<'a>(
        conn: &'a mut AsyncPgConnection,
        rows: &'a [Self],
    ) -> BoxFuture<'a, QueryResult<Vec<Removal>>> {
        async move {
            let mut removals = Vec::new();
            for row in rows {
                let note = user_notes::table
                    .filter(user_notes::id.eq(row.number))
                    .filter(user_notes::guild_id.eq(row.guild.as_i64()))
                    .filter(user_notes::removed_at.is_null())
                    // A moderator is told nothing of what is noted about themselves.
                    .filter(user_notes::user_id.ne(row.by.as_i64()));
                let user: Option<i64> = diesel::update(note)
                    .set((
                        user_notes::removed_by.eq(row.by.as_i64()),
                        user_notes::removed_at.eq(row.at),
                    ))
                    .returning(user_notes::user_id)
                    .get_result(conn)
                    .await
                    .optional()?;
                removals.push(match user {
                    Some(user) => Removal::Removed(UserId::from_i64(user)),
                    None => Removal::NoSuchNote,
                });
            }
            Ok(removals)
        }
        .boxed()
    }
}

/// A note as a person reads it.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = user_notes, check_for_backend(diesel::pg::Pg))]
pub(crate) struct Note {
    pub(crate) id: i64,
    pub(crate) guild_id: Option<i64>,
    pub(crate) author_id: i64,
    pub(crate) note: String,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) removed_by: Option<i64>,
    pub(crate) removed_at: Option<DateTime<Utc>>,
}

/// Which notes of a guild about a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct About {
    pub(super) guild: GuildId,
    pub(super) user: UserId,
    /// Those too that were removed.
    pub(super) removed: bool,
}

/// Counts notes.
pub(super) async fn count_notes(conn: &mut AsyncPgConnection, about: About) -> QueryResult<i64> {
    let notes = user_notes::table
        .filter(user_notes::guild_id.eq(about.guild.as_i64()))
        .filter(user_notes::user_id.eq(about.user.as_i64()));
    if about.removed {
        notes.count().get_result(conn).await
    } else {
        let notes = notes.filter(user_notes::removed_at.is_null());
        notes.count().get_result(conn).await
    }
}

/// Lists notes, newest first.
pub(super) async fn list_notes(
    conn: &mut AsyncPgConnection,
    about: About,
    (offset, limit): (i64, i64),
) -> QueryResult<Vec<Note>> {
    let mut notes = user_notes::table
        .filter(user_notes::guild_id.eq(about.guild.as_i64()))
        .filter(user_notes::user_id.eq(about.user.as_i64()))
        .into_boxed();
    if !about.removed {
        notes = notes.filter(user_notes::removed_at.is_null());
    }
    notes
        .order(user_notes::id.desc())
        .offset(offset)
        .limit(limit)
        .select(Note::as_select())
        .load(conn)
        .await
}

/// Lists all notes about a user, of every guild and of none, newest first: for operators.
///
/// # Errors
/// Whatever the database gives.
pub(crate) async fn list_everywhere(
    conn: &mut AsyncPgConnection,
    user: UserId,
) -> QueryResult<Vec<Note>> {
    user_notes::table
        .filter(user_notes::user_id.eq(user.as_i64()))
        .order(user_notes::id.desc())
        .select(Note::as_select())
        .load(conn)
        .await
}
