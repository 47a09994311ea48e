//! Settling after a crash: takes up the operations that a guild's journal holds without outcome, and finds out what
//! was done before trying anything again.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::executor::{Ended, Executor, Operation, Progress};
use super::plan::{Call, Step};
use crate::domain::ids::{CaseNumber, GuildId, UserId};
use crate::store::tables::operations::{JournaledStep, StepState, list_unsettled};

/// For how long Discord recognises a repeated nonce, with a margin: "a few minutes" in its reference.
const NONCE_LIFE: TimeDelta = TimeDelta::minutes(2);

impl Executor {
    /// Takes up everything of a guild that is not under way in this process.
    pub(super) async fn settle_guild(self: Arc<Self>, guild: GuildId) {
        let steps = loop {
            match self.unsettled(guild).await {
                Ok(steps) => break steps,
                Err(error) => {
                    tracing::warn!(guild.id = %guild, %error, "the journal cannot be read yet")
                }
            }
            tokio::select! {
                () = tokio::time::sleep(std::time::Duration::from_secs(1)) => {}
                () = self.stopping.cancelled() => return,
            }
        };
        for operation in group(guild, steps, &|step| self.too_late(step)) {
            if self.is_under_way(&operation.key) || self.stopping.is_cancelled() {
                continue;
            }
            let key = operation.key.clone();
            tracing::info!(guild.id = %guild, operation = %key, "an unsettled decision is taken up");
            self.mark_under_way(&key, true);
            self.finish(operation).await;
            self.mark_under_way(&key, false);
        }
    }

    async fn unsettled(&self, guild: GuildId) -> anyhow::Result<Vec<JournaledStep>> {
        let mut conn = self.pool.acquire().await?;
        Ok(list_unsettled(&mut conn, guild).await?)
    }

    /// A notice may have gone out before the crash. While Discord still recognises its nonce it can be sent again
    /// safely; afterwards a member would be told twice.
    fn too_late(&self, step: &JournaledStep) -> bool {
        self.clock.now() - step.created_at > NONCE_LIFE
    }

    /// Whether Discord's state shows that the call was made before the crash.
    pub(super) async fn was_done(
        &self,
        guild: GuildId,
        opened: DateTime<Utc>,
        call: &Call,
    ) -> bool {
        match call {
            Call::Ban { user, .. } => {
                matches!(self.discord.is_banned(guild, *user).await, Ok(true))
            }
            Call::Kick { user } => match self.discord.find_member(guild, *user).await {
                // Somebody who came back after the kick is not kicked again.
                Ok(Some(member)) => member.joined_at.is_some_and(|at| at > opened),
                Ok(None) => true,
                Err(_) => false,
            },
            Call::TimeOut { user, until } => match self.discord.find_member(guild, *user).await {
                // Discord keeps milliseconds.
                Ok(Some(member)) => member
                    .timeout_until
                    .is_some_and(|there| there + TimeDelta::milliseconds(1) >= *until),
                _ => false,
            },
            // Repeating these changes nothing: a deleted message is gone, and the nonce names a message once.
            Call::DeleteMessage { .. } | Call::Notice { .. } | Call::Card(_) => false,
        }
    }
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
            let resumed = Some(row.created_at);
            operations.push(Operation {
                guild,
                key: row.operation_key,
                case,
                steps: Vec::new(),
                resumed,
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
