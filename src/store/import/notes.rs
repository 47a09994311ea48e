//! Notes about users of a bot that kept none per guild.

use std::collections::HashSet;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::{Mode, Session, Settled};
use crate::store::schema::user_notes;

/// A note as an older bot kept it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OldNote {
    /// Whom it is about.
    pub user: i64,
    /// The note.
    pub note: String,
}

/// Writes the notes that are not there; one that somebody has removed since does not come back.
///
/// # Errors
/// Whatever the database gives.
pub async fn settle(session: &mut Session, rows: &[OldNote]) -> QueryResult<Settled> {
    let mut there = noted(session, rows).await?;
    let mut settled = Settled::default();
    let mut fresh = Vec::new();
    for (place, row) in rows.iter().enumerate() {
        if there.insert((row.user, row.note.clone())) {
            settled.found_new(session.mode, place);
            fresh.push((
                user_notes::user_id.eq(row.user),
                user_notes::note.eq(&row.note),
            ));
        } else {
            settled.same += 1;
        }
    }
    if session.mode == Mode::Write && !fresh.is_empty() {
        diesel::insert_into(user_notes::table)
            .values(fresh)
            .execute(&mut session.conn)
            .await?;
    }
    Ok(settled)
}

async fn noted(session: &mut Session, rows: &[OldNote]) -> QueryResult<HashSet<(i64, String)>> {
    let users: Vec<i64> = rows.iter().map(|row| row.user).collect();
    let there: Vec<(i64, String)> = user_notes::table
        .filter(user_notes::user_id.eq_any(users))
        .filter(user_notes::guild_id.is_null())
        .select((user_notes::user_id, user_notes::note))
        .load(&mut session.conn)
        .await?;
    Ok(there.into_iter().collect())
}
