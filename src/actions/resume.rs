//! Settling after a crash: takes up the operations that a guild's journal holds without outcome, and finds out what
//! was done before trying anything again.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::executor::{Claim, Executor};
use super::operation::{Ended, Operation, Progress};
use super::plan::{Call, Step};
use crate::domain::ids::{CaseNumber, GuildId, UserId};
use crate::store::tables::operations::{JournaledStep, StepState, list_steps, list_unsettled};

/// For how long Discord recognises a repeated nonce, with a margin: "a few minutes" in its reference.
const NONCE_LIFE: TimeDelta = TimeDelta::minutes(2);

/// Which steps are read from the journal.
#[derive(Clone, Copy)]
enum Wanted<'a> {
    UnsettledOf(GuildId),
    OperationOf(&'a Claim),
}

impl Executor {
    /// Takes up everything of a guild that is not under way in this process.
    pub(super) async fn settle_guild(self: Arc<Self>, guild: GuildId) {
        let Some(steps) = self.journaled(Wanted::UnsettledOf(guild)).await else {
            return;
        };
        let keys: BTreeSet<String> = steps.into_iter().map(|step| step.operation_key).collect();
        for key in keys {
            if let Some(claim) = self.claim(&key) {
                tracing::info!(guild.id = %guild, operation = %key, "an unsettled decision is taken up");
                self.resume(guild, &claim).await;
            }
        }
    }

    /// Takes up what is unsettled of one decision. Its steps are read under the claim, because somebody else may have
    /// settled them a moment ago.
    pub(super) async fn resume(&self, guild: GuildId, claim: &Claim) {
        self.journal.remember(claim.key.clone());
        let Some(steps) = self.journaled(Wanted::OperationOf(claim)).await else {
            return;
        };
        for operation in group(guild, steps, &|step| self.too_late(step)) {
            self.finish(operation).await;
        }
    }

    /// Reads the journal once nothing of it is in the spool any more, however long that takes: what the database says
    /// of an operation is true only then. `None` where the process stops first.
    async fn journaled(&self, wanted: Wanted<'_>) -> Option<Vec<JournaledStep>> {
        while !self.stopping.is_cancelled() {
            if self.replay_spool().await {
                match self.read(wanted).await {
                    Ok(steps) => return Some(steps),
                    Err(error) => tracing::warn!(%error, "the journal cannot be read yet"),
                }
            }
            self.pause().await;
        }
        None
    }

    async fn read(&self, wanted: Wanted<'_>) -> anyhow::Result<Vec<JournaledStep>> {
        let mut conn = self.pool.acquire().await?;
        Ok(match wanted {
            Wanted::UnsettledOf(guild) => list_unsettled(&mut conn, guild).await?,
            Wanted::OperationOf(claim) => list_steps(&mut conn, &claim.key).await?,
        })
    }

    /// A notice may have gone out before the crash. While Discord still recognises its nonce it can be sent again
    /// safely; afterwards a member would be told twice.
    fn too_late(&self, step: &JournaledStep) -> bool {
        self.clock.now() - decided_at(step) > NONCE_LIFE
    }
}

/// The intent of what went through the spool was written into the database long after the calls.
fn decided_at(step: &JournaledStep) -> DateTime<Utc> {
    step.decided_at.unwrap_or(step.created_at)
}

/// Rows of the journal, in order, to operations.
fn group(
    guild: GuildId,
    rows: Vec<JournaledStep>,
    too_late: &dyn Fn(&JournaledStep) -> bool,
) -> Vec<Operation> {
    let mut operations: Vec<Operation> = Vec::new();
    for row in rows {
        let progress = progress(&row, too_late(&row));
        if operations
            .last()
            .is_none_or(|last| last.key != row.operation_key)
        {
            let case = row.case_number.map(CaseNumber);
            let decided_at = decided_at(&row);
            operations.push(Operation {
                guild,
                key: row.operation_key,
                case,
                steps: Vec::new(),
                decided_at,
                resumed: true,
            });
        }
        if let Some(last) = operations.last_mut() {
            last.steps.push(progress);
        }
    }
    operations
}

fn progress(row: &JournaledStep, too_late: bool) -> Progress {
    let mut step = serde_json::from_value(row.payload.clone()).unwrap_or_else(|_| unreadable());
    let ended = ended(&row.state).map(|state| Ended {
        state,
        detail: row.detail.clone(),
    });
    if ended.is_none() && too_late && matches!(step.call, Call::Notice { .. }) {
        step.obstacle
            .get_or_insert_with(|| "it may have been sent before a restart".to_owned());
    }
    Progress { step, ended }
}

/// Keeps the place of a step that another version of the program wrote.
fn unreadable() -> Step {
    Step {
        call: Call::Notice {
            user: UserId(0),
            text: String::new(),
        },
        reason: String::new(),
        obstacle: Some("this program cannot read the journaled step".to_owned()),
    }
}

fn ended(state: &str) -> Option<StepState> {
    match state {
        "DONE" => Some(StepState::Done),
        "SKIPPED" => Some(StepState::Skipped),
        "FAILED" => Some(StepState::Failed),
        _ => None,
    }
}
