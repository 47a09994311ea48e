//! `action_journal` with the case and the infraction of each decision: opened together before the first call to
//! Discord, settled step by step after it.

mod open;
mod settle;

use std::collections::HashSet;

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::future::{BoxFuture, FutureExt as _};
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use self::settle::{JournaledStep, StepSettled, StepState, list_steps, list_unsettled};

use self::open::open_cases;
use crate::domain::ids::CaseNumber;
use crate::domain::verdict::Decision;
use crate::store::record::Record;
use crate::store::schema::action_journal;

/// A side effect as the journal holds it: its kind and what the call needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NewStep {
    /// `DELETE_MESSAGE`, `NOTICE`, `TIMEOUT`, `KICK`, `BAN` or `CARD`.
    pub kind: String,
    /// The call's arguments.
    pub payload: Value,
}

/// A decision that is about to be carried out.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NewOperation {
    /// What was decided.
    pub decision: Decision,
    /// The side effects, in order; at least one, since the first carries the decision's key.
    pub steps: Vec<NewStep>,
}

/// What opening an operation gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opened {
    /// A new case, to be carried out by the caller.
    Case {
        /// Its number in the guild.
        number: CaseNumber,
    },
    /// The decision's key stands in the journal already: somebody else carries it out, or has done so.
    AlreadyOpen,
}

impl Record for NewOperation {
    type Ack = Opened;
    const TABLE: &'static str = "action_journal";

    fn write_all<'a>(
        conn: &'a mut AsyncPgConnection,
        rows: &'a [Self],
    ) -> BoxFuture<'a, QueryResult<Vec<Opened>>> {
        async move {
            let mut fresh_keys = claim(conn, rows).await?;
            // The same key twice in one batch: only the first occurrence is new.
            let fresh: Vec<bool> = rows
                .iter()
                .map(|row| fresh_keys.remove(&row.decision.key))
                .collect();
            let new: Vec<&Decision> = rows
                .iter()
                .zip(&fresh)
                .filter(|(_, fresh)| **fresh)
                .map(|(row, _)| &row.decision)
                .collect();
            let mut cases = open_cases(conn, &new).await?.into_iter();
            Ok(fresh
                .into_iter()
                .map(|fresh| if fresh { cases.next() } else { None }.unwrap_or(Opened::AlreadyOpen))
                .collect())
        }
        .boxed()
    }
}

/// Writes the intents of new decisions and returns their keys. The first step claims the key; the others follow only
/// where it was free, so that a second decision on the same thing never adds a step to the first.
async fn claim(
    conn: &mut AsyncPgConnection,
    rows: &[NewOperation],
) -> QueryResult<HashSet<String>> {
    let first: Vec<_> = rows
        .iter()
        .filter_map(|row| new_steps(row).next())
        .collect();
    let claimed: HashSet<String> = diesel::insert_into(action_journal::table)
        .values(first)
        .on_conflict((action_journal::operation_key, action_journal::step))
        .do_nothing()
        .returning(action_journal::operation_key)
        .get_results(conn)
        .await?
        .into_iter()
        .collect();
    let mut unwritten = claimed.clone();
    let fresh = rows
        .iter()
        .filter(|row| unwritten.remove(&row.decision.key));
    let others: Vec<_> = fresh.flat_map(|row| new_steps(row).skip(1)).collect();
    if !others.is_empty() {
        diesel::insert_into(action_journal::table)
            .values(others)
            .execute(conn)
            .await?;
    }
    Ok(claimed)
}

#[derive(Insertable)]
#[diesel(table_name = action_journal)]
struct NewJournalRow<'a> {
    operation_key: &'a str,
    step: i16,
    guild_id: i64,
    kind: &'a str,
    payload: &'a Value,
}

fn new_steps(row: &NewOperation) -> impl Iterator<Item = NewJournalRow<'_>> {
    (0_i16..).zip(&row.steps).map(|(step, new)| NewJournalRow {
        operation_key: &row.decision.key,
        step,
        guild_id: row.decision.guild.as_i64(),
        kind: &new.kind,
        payload: &new.payload,
    })
}
