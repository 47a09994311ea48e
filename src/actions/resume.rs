//! Settling after a crash: takes up the operations that a guild's journal holds without outcome, and finds out what
//! was done before trying anything again.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::executor::{Claim, Executor};
use super::operation::{Ended, Operation, Progress};
use super::perform::Performed;
use super::plan::{Call, Step};
use crate::domain::ids::{CaseNumber, GuildId, UserId};
use crate::store::tables::operations::{
    JournaledStep, Orphan, StepState, list_orphans, list_steps, list_unsettled,
};

/// For how long Discord recognises a repeated nonce, with a margin: "a few minutes" in its reference.
const NONCE_LIFE: TimeDelta = TimeDelta::minutes(2);

/// Why a notice is not sent that an earlier run may have sent.
pub(super) const MAY_BE_SENT: &str = "it may have been sent before a restart";

/// How many orphans one sweep takes up.
const MOST_ORPHANS: i64 = 100;

/// Which steps are read from the journal.
#[derive(Clone, Copy)]
enum Wanted<'a> {
    UnsettledOf(GuildId),
    OperationOf(&'a Claim),
}

impl Executor {
    /// Takes up everything of a guild that is not under way in this process, in the order in which it was journaled.
    pub(super) async fn settle_guild(self: Arc<Self>, guild: GuildId) {
        let Some(steps) = self.journaled(Wanted::UnsettledOf(guild)).await else {
            return;
        };
        let firsts = steps.iter().filter(|step| step.step == 0);
        let keys: BTreeSet<_> = firsts
            .map(|step| (decided_at(step), &step.operation_key))
            .collect();
        for (_, key) in keys {
            self.take_up(guild, key).await;
        }
    }

    pub(super) async fn take_up(self: &Arc<Self>, guild: GuildId, key: &str) {
        if let Some(claim) = self.claim(key) {
            tracing::info!(guild.id = %guild, operation = %key, "an unsettled decision is taken up");
            self.resume(guild, &claim).await;
        }
    }

    /// Takes up what no guild's actor asks for, as long as the process runs: at the start the errands that are for no
    /// guild, and again and again what nobody has settled for long, because AIMod has left its guild or the process that
    /// owned it is gone.
    ///
    /// Another process may be at the same thing. That does nothing twice, for the same reasons that make a repeated call
    /// harmless.
    pub(super) async fn keep_sweeping(self: Arc<Self>) {
        Arc::clone(&self).settle_guild(GuildId(0)).await;
        while !self.stopping.is_cancelled() {
            tokio::select! {
                () = tokio::time::sleep(self.options.sweep_every) => self.sweep().await,
                () = self.stopping.cancelled() => {}
            }
        }
    }

    async fn sweep(self: &Arc<Self>) {
        let before = self.clock.now() - self.options.orphaned_after;
        match self.orphans(before).await {
            Ok(orphans) => {
                for orphan in orphans {
                    let guild = GuildId::from_i64(orphan.guild_id);
                    self.take_up(guild, &orphan.operation_key).await;
                }
            }
            Err(error) => tracing::warn!(%error, "the journal is not swept this time"),
        }
    }

    async fn orphans(&self, before: DateTime<Utc>) -> anyhow::Result<Vec<Orphan>> {
        let mut conn = self.pool.acquire().await?;
        Ok(list_orphans(&mut conn, before, MOST_ORPHANS).await?)
    }

    /// Takes up what is unsettled of one operation. Its steps are read under the claim, because somebody else may have
    /// settled them a moment ago. `None` where it does not come to its end.
    pub(super) async fn resume(
        self: &Arc<Self>,
        guild: GuildId,
        claim: &Claim,
    ) -> Option<Performed> {
        self.journal.remember(claim.key.clone());
        let steps = self.journaled(Wanted::OperationOf(claim)).await?;
        let mut performed = None;
        for operation in group(guild, steps, &|step| self.too_late(step)) {
            let steps = operation.steps.iter().map(|progress| &progress.step);
            self.note(guild, steps, operation.decided_at);
            performed = self.finish(operation).await;
        }
        performed
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

    /// The same of a notice that waits for another operation.
    pub(super) fn may_be_sent(&self, operation: &Operation, call: &Call) -> bool {
        let late = self.clock.now() - operation.decided_at > NONCE_LIFE;
        operation.resumed && late && matches!(call, Call::Notice { .. })
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
                has_case: case.is_some(),
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
    let mut step = step_of(row);
    let ended = ended(&row.state).map(|state| Ended {
        state,
        detail: row.detail.clone(),
    });
    // Of one that waits for another operation it is told later.
    let is_notice = matches!(step.call, Call::Notice { .. }) && step.after.is_none();
    if ended.is_none() && too_late && is_notice {
        step.obstacle.get_or_insert_with(|| MAY_BE_SENT.to_owned());
    }
    Progress { step, ended }
}

/// What a row of the journal asks for.
pub(super) fn step_of(row: &JournaledStep) -> Step {
    serde_json::from_value(row.payload.clone()).unwrap_or_else(|_| unreadable())
}

/// Keeps the place of a step that another version of the program wrote.
fn unreadable() -> Step {
    Step {
        call: Call::Notice {
            user: UserId(0),
            text: String::new(),
            buttons: Vec::new(),
            undone: None,
        },
        reason: String::new(),
        obstacle: Some("this program cannot read the journaled step".to_owned()),
        after: None,
    }
}

/// How a row of the journal has ended, where it has.
pub(super) fn ended(state: &str) -> Option<StepState> {
    match state {
        "DONE" => Some(StepState::Done),
        "SKIPPED" => Some(StepState::Skipped),
        "FAILED" => Some(StepState::Failed),
        _ => None,
    }
}
