//! `action_journal` with the case and the infraction of each decision: opened together before the first call to
//! Discord, settled step by step after it.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::future::{BoxFuture, FutureExt as _};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::cases::CaseOutcome;
use crate::domain::ids::{CaseNumber, GuildId};
use crate::domain::verdict::Decision;
use crate::store::record::Record;
use crate::store::schema::{action_journal, moderation_logs, user_infractions};

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

/// Numbers and writes a case, an infraction and the counter for each decision.
async fn open_cases(
    conn: &mut AsyncPgConnection,
    decisions: &[&Decision],
) -> QueryResult<Vec<Opened>> {
    if decisions.is_empty() {
        return Ok(Vec::new());
    }
    let numbers = number_cases(conn, decisions).await?;
    let rows: Vec<_> = decisions
        .iter()
        .zip(&numbers)
        .map(|(decision, number)| new_case(decision, *number))
        .collect();
    let ids: BTreeMap<(i64, i64), i64> = diesel::insert_into(moderation_logs::table)
        .values(rows)
        .returning((
            (moderation_logs::guild_id, moderation_logs::case_number),
            moderation_logs::id,
        ))
        .get_results::<((i64, i64), i64)>(conn)
        .await?
        .into_iter()
        .collect();
    let opened: Vec<(i64, i64)> = decisions
        .iter()
        .zip(&numbers)
        .map(|(decision, number)| {
            Ok((
                ids.get(&(decision.guild.as_i64(), *number))
                    .copied()
                    .ok_or(diesel::result::Error::NotFound)?,
                *number,
            ))
        })
        .collect::<QueryResult<_>>()?;
    insert_infractions(conn, decisions, &opened).await?;
    count_infractions(conn, decisions).await?;
    link_steps(conn, decisions, &opened).await?;
    Ok(opened
        .into_iter()
        .map(|(_, number)| Opened::Case {
            number: CaseNumber(number),
        })
        .collect())
}

#[derive(QueryableByName)]
struct LastNumber {
    #[diesel(sql_type = BigInt)]
    guild_id: i64,
    #[diesel(sql_type = BigInt)]
    last_case_number: i64,
}

/// Takes as many numbers of each guild as it has decisions. The row lock makes them gap-free over all processes.
async fn number_cases(
    conn: &mut AsyncPgConnection,
    decisions: &[&Decision],
) -> QueryResult<Vec<i64>> {
    let mut wanted: BTreeMap<i64, i64> = BTreeMap::new();
    for decision in decisions {
        *wanted.entry(decision.guild.as_i64()).or_default() += 1;
    }
    // Arrays keep one prepared statement for every batch size.
    let last: Vec<LastNumber> = diesel::sql_query(
        "INSERT INTO guild_settings (guild_id, last_case_number) SELECT * FROM unnest($1, $2) \
         ON CONFLICT (guild_id) DO UPDATE \
         SET last_case_number = guild_settings.last_case_number + EXCLUDED.last_case_number, \
             updated_at = CURRENT_TIMESTAMP \
         RETURNING guild_id, last_case_number",
    )
    .bind::<Array<BigInt>, _>(wanted.keys().copied().collect::<Vec<_>>())
    .bind::<Array<BigInt>, _>(wanted.values().copied().collect::<Vec<_>>())
    .load(conn)
    .await?;
    let mut next: BTreeMap<i64, i64> = last
        .into_iter()
        .map(|row| {
            (
                row.guild_id,
                row.last_case_number - wanted.get(&row.guild_id).copied().unwrap_or_default(),
            )
        })
        .collect();
    decisions
        .iter()
        .map(|decision| {
            let number = next
                .get_mut(&decision.guild.as_i64())
                .ok_or(diesel::result::Error::NotFound)?;
            *number += 1;
            Ok(*number)
        })
        .collect()
}

#[derive(Insertable)]
#[diesel(table_name = moderation_logs)]
struct NewCase<'a> {
    guild_id: i64,
    case_number: i64,
    target_user_id: i64,
    action_type: &'a str,
    reason: &'a str,
    duration_seconds: Option<i32>,
    outcome: &'a str,
    created_at: DateTime<Utc>,
}

fn new_case<'a>(decision: &'a Decision, number: i64) -> NewCase<'a> {
    NewCase {
        guild_id: decision.guild.as_i64(),
        case_number: number,
        target_user_id: decision.target.as_i64(),
        action_type: decision.punishment.label(),
        reason: &decision.reasoning,
        duration_seconds: decision
            .punishment
            .duration()
            .and_then(|length| i32::try_from(length.as_secs()).ok()),
        outcome: "PENDING",
        created_at: decision.decided_at,
    }
}

async fn insert_infractions(
    conn: &mut AsyncPgConnection,
    decisions: &[&Decision],
    opened: &[(i64, i64)],
) -> QueryResult<()> {
    let rows: Vec<_> = decisions
        .iter()
        .zip(opened)
        .map(|(decision, (case_id, _))| {
            (
                user_infractions::guild_id.eq(decision.guild.as_i64()),
                user_infractions::user_id.eq(decision.target.as_i64()),
                user_infractions::timestamp.eq(decision.decided_at),
                user_infractions::rule_violated.eq(&decision.rule),
                user_infractions::action_taken.eq(decision.punishment.label()),
                user_infractions::reasoning.eq(&decision.reasoning),
                user_infractions::case_id.eq(case_id),
            )
        })
        .collect();
    diesel::insert_into(user_infractions::table)
        .values(rows)
        .execute(conn)
        .await?;
    Ok(())
}

async fn count_infractions(
    conn: &mut AsyncPgConnection,
    decisions: &[&Decision],
) -> QueryResult<()> {
    let mut users: BTreeMap<i64, (i64, &str)> = BTreeMap::new();
    for decision in decisions {
        users
            .entry(decision.target.as_i64())
            .or_insert((0, &decision.target_name))
            .0 += 1;
    }
    // Arrays keep one prepared statement for every batch size.
    diesel::sql_query(
        "INSERT INTO user_data (user_id, username, infraction_count) SELECT * FROM unnest($1, $2, $3) \
         ON CONFLICT (user_id) DO UPDATE SET infraction_count = user_data.infraction_count + EXCLUDED.infraction_count",
    )
    .bind::<Array<BigInt>, _>(users.keys().copied().collect::<Vec<_>>())
    .bind::<Array<Text>, _>(users.values().map(|(_, name)| *name).collect::<Vec<_>>())
    .bind::<Array<BigInt>, _>(users.values().map(|(count, _)| *count).collect::<Vec<_>>())
    .execute(conn)
    .await?;
    Ok(())
}

async fn link_steps(
    conn: &mut AsyncPgConnection,
    decisions: &[&Decision],
    opened: &[(i64, i64)],
) -> QueryResult<()> {
    // An update from arrays, which typed diesel has no form for.
    diesel::sql_query(
        "UPDATE action_journal j SET case_id = t.case_id FROM unnest($1, $2) AS t (key, case_id) \
         WHERE j.operation_key = t.key",
    )
    .bind::<Array<Text>, _>(
        decisions
            .iter()
            .map(|decision| decision.key.as_str())
            .collect::<Vec<_>>(),
    )
    .bind::<Array<BigInt>, _>(opened.iter().map(|(id, _)| *id).collect::<Vec<_>>())
    .execute(conn)
    .await?;
    Ok(())
}

/// How a step left the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StepState {
    /// Discord has done it.
    Done,
    /// It could not or need not be tried.
    Skipped,
    /// Discord refused it for good.
    Failed,
}

impl StepState {
    const fn as_sql(self) -> &'static str {
        match self {
            Self::Done => "DONE",
            Self::Skipped => "SKIPPED",
            Self::Failed => "FAILED",
        }
    }

    /// The metric label.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Skipped => "skipped",
            Self::Failed => "failed",
        }
    }
}

/// The outcome of one step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepSettled {
    /// The decision's key.
    pub key: String,
    /// The step's place in it.
    pub step: i16,
    /// How it ended.
    pub state: StepState,
    /// Why it was skipped or failed.
    pub detail: Option<String>,
    /// With the last step of a decision: how its case ended.
    pub case: Option<CaseOutcome>,
}

impl Record for StepSettled {
    type Ack = ();
    const TABLE: &'static str = "action_journal";

    fn write_all<'a>(
        conn: &'a mut AsyncPgConnection,
        rows: &'a [Self],
    ) -> BoxFuture<'a, QueryResult<Vec<()>>> {
        async move {
            for row in rows {
                let step = action_journal::table
                    .filter(action_journal::operation_key.eq(&row.key))
                    .filter(action_journal::step.eq(row.step))
                    .filter(action_journal::state.eq("INTENDED"));
                diesel::update(step)
                    .set((
                        action_journal::state.eq(row.state.as_sql()),
                        action_journal::detail.eq(row.detail.as_deref()),
                        action_journal::settled_at.eq(diesel::dsl::now),
                    ))
                    .execute(conn)
                    .await?;
                if let Some(case) = &row.case {
                    case.update(conn, &row.key).await?;
                }
            }
            Ok(vec![(); rows.len()])
        }
        .boxed()
    }
}

/// A step of an operation that has steps without an outcome.
#[derive(Clone, Debug, PartialEq, Queryable)]
pub struct JournaledStep {
    /// The decision's key.
    pub operation_key: String,
    /// The step's place in it.
    pub step: i16,
    /// What the call needs.
    pub payload: Value,
    /// `INTENDED`, or how it ended.
    pub state: String,
    /// Why it was skipped or failed.
    pub detail: Option<String>,
    /// The number of its case.
    pub case_number: Option<i64>,
    /// When the intent was written.
    pub created_at: DateTime<Utc>,
}

/// Lists all steps, settled or not, of a guild's operations that are not settled in full, in order.
///
/// # Errors
/// Whatever the database gives.
pub async fn list_unsettled(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
) -> QueryResult<Vec<JournaledStep>> {
    let pending = diesel::alias!(action_journal as pending);
    let keys = pending
        .filter(pending.field(action_journal::guild_id).eq(guild.as_i64()))
        .filter(pending.field(action_journal::state).eq("INTENDED"))
        .select(pending.field(action_journal::operation_key));
    action_journal::table
        .left_join(moderation_logs::table)
        .filter(action_journal::operation_key.eq_any(keys))
        .order((action_journal::operation_key, action_journal::step))
        .select((
            action_journal::operation_key,
            action_journal::step,
            action_journal::payload,
            action_journal::state,
            action_journal::detail,
            moderation_logs::case_number.nullable(),
            action_journal::created_at,
        ))
        .load(conn)
        .await
}
