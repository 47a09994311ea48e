//! How the steps of an operation end, and which have not yet.

use chrono::{DateTime, Utc};
use diesel::dsl;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::future::{BoxFuture, FutureExt as _};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::domain::ids::{ChannelId, GuildId, MessageId};
use crate::store::record::Record;
use crate::store::schema::{action_journal, moderation_logs};
use crate::store::tables::cases::CaseOutcome;
use crate::store::tables::without_nul;

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
    /// The message that it posted.
    #[serde(default)]
    pub posted: Option<(ChannelId, MessageId)>,
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
                        action_journal::detail.eq(row.detail.as_deref().map(without_nul)),
                        action_journal::settled_at.eq(diesel::dsl::now),
                        action_journal::channel_id.eq(row.posted.map(|(at, _)| at.as_i64())),
                        action_journal::message_id.eq(row.posted.map(|(_, id)| id.as_i64())),
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
    /// When it was decided; unknown where the case is gone.
    pub decided_at: Option<DateTime<Utc>>,
    /// When the intent was written: for what went through the spool, long after the calls.
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
    steps()
        .filter(action_journal::operation_key.eq_any(keys))
        .load(conn)
        .await
}

/// An operation that nobody has settled for long.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Orphan {
    /// Its guild; 0 where it is an errand for none.
    pub guild_id: i64,
    /// Its key.
    pub operation_key: String,
}

/// Lists operations of any guild whose intents stand unsettled since before `before`, oldest first.
///
/// # Errors
/// Whatever the database gives.
pub async fn list_orphans(
    conn: &mut AsyncPgConnection,
    before: DateTime<Utc>,
    limit: i64,
) -> QueryResult<Vec<Orphan>> {
    action_journal::table
        .filter(action_journal::state.eq("INTENDED"))
        .filter(action_journal::created_at.lt(before))
        .group_by((action_journal::guild_id, action_journal::operation_key))
        .order(dsl::min(action_journal::created_at))
        .limit(limit)
        .select((action_journal::guild_id, action_journal::operation_key))
        .load(conn)
        .await
}

/// Lists all steps of one operation, in order.
///
/// # Errors
/// Whatever the database gives.
pub async fn list_steps(
    conn: &mut AsyncPgConnection,
    key: &str,
) -> QueryResult<Vec<JournaledStep>> {
    steps()
        .filter(action_journal::operation_key.eq(key.to_owned()))
        .load(conn)
        .await
}

#[diesel::dsl::auto_type(no_type_alias)]
fn steps() -> _ {
    let number: dsl::Nullable<moderation_logs::case_number> =
        moderation_logs::case_number.nullable();
    let decided: dsl::Nullable<moderation_logs::created_at> =
        moderation_logs::created_at.nullable();
    action_journal::table
        .left_join(moderation_logs::table)
        .order((action_journal::operation_key, action_journal::step))
        .select((
            action_journal::operation_key,
            action_journal::step,
            action_journal::payload,
            action_journal::state,
            action_journal::detail,
            number,
            decided,
            action_journal::created_at,
        ))
}
