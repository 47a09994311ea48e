//! Writes intents into the journal: the first step claims the operation's key.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;

use super::NewStep;
use crate::domain::ids::GuildId;
use crate::store::schema::action_journal;

/// The intents of one operation.
pub(super) struct Intents<'a> {
    pub(super) key: &'a str,
    pub(super) guild: GuildId,
    /// When they were made, where it is not now.
    pub(super) written_at: Option<DateTime<Utc>>,
    pub(super) steps: &'a [NewStep],
}

/// Writes the intents of operations whose keys are new and tells, for each in order, whether it was. The first step
/// claims the key; the others follow only where it was free, so that a second operation of that key never adds a step
/// to the first.
pub(super) async fn claim(
    conn: &mut AsyncPgConnection,
    operations: &[Intents<'_>],
) -> QueryResult<Vec<bool>> {
    let first: Vec<_> = operations
        .iter()
        .filter_map(|operation| operation.rows().next())
        .collect();
    let mut claimed: HashSet<String> = diesel::insert_into(action_journal::table)
        .values(first)
        .on_conflict((action_journal::operation_key, action_journal::step))
        .do_nothing()
        .returning(action_journal::operation_key)
        .get_results(conn)
        .await?
        .into_iter()
        .collect();
    // The same key twice in one batch: only the first occurrence is new.
    let fresh: Vec<bool> = operations
        .iter()
        .map(|operation| claimed.remove(operation.key))
        .collect();
    let others: Vec<_> = operations
        .iter()
        .zip(&fresh)
        .filter(|(_, fresh)| **fresh)
        .flat_map(|(operation, _)| operation.rows().skip(1))
        .collect();
    if !others.is_empty() {
        diesel::insert_into(action_journal::table)
            .values(others)
            .execute(conn)
            .await?;
    }
    Ok(fresh)
}

#[derive(Insertable)]
#[diesel(table_name = action_journal)]
struct NewJournalRow<'a> {
    operation_key: &'a str,
    step: i16,
    guild_id: i64,
    kind: &'a str,
    payload: &'a Value,
    created_at: Option<DateTime<Utc>>,
}

impl Intents<'_> {
    fn rows(&self) -> impl Iterator<Item = NewJournalRow<'_>> {
        (0_i16..).zip(self.steps).map(|(step, new)| NewJournalRow {
            operation_key: self.key,
            step,
            guild_id: self.guild.as_i64(),
            kind: &new.kind,
            payload: &new.payload,
            created_at: self.written_at,
        })
    }
}
