//! A decision on its way: its steps, what became of each, and how its case ends.

use chrono::{DateTime, TimeDelta, Utc};

use super::plan::{Call, Step};
use crate::domain::ids::{CaseNumber, ChannelId, GuildId, MessageId};
use crate::store::tables::cases::CaseOutcome;
use crate::store::tables::operations::StepState;

/// What a call that was done gave.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Done {
    pub(super) card: Option<(ChannelId, MessageId)>,
}

/// An operation with what is known of it.
pub(super) struct Operation {
    pub(super) guild: GuildId,
    pub(super) key: String,
    pub(super) case: Option<CaseNumber>,
    /// All steps, each at its place.
    pub(super) steps: Vec<Progress>,
    /// When it was decided.
    pub(super) decided_at: DateTime<Utc>,
    /// Whether an earlier run may have tried the unsettled steps.
    pub(super) resumed: bool,
}

/// A step and, once it has one, its outcome.
pub(super) struct Progress {
    pub(super) step: Step,
    pub(super) ended: Option<Ended>,
}

impl Progress {
    pub(super) const fn new(step: Step) -> Self {
        Self { step, ended: None }
    }
}

/// How a step ended, and why where it was not done.
#[derive(Clone, Debug)]
pub(super) struct Ended {
    pub(super) state: StepState,
    pub(super) detail: Option<String>,
}

impl Ended {
    pub(super) const DONE: Self = Self {
        state: StepState::Done,
        detail: None,
    };

    pub(super) fn skipped(why: impl Into<String>) -> Self {
        Self {
            state: StepState::Skipped,
            detail: Some(why.into()),
        }
    }

    pub(super) fn failed(why: String) -> Self {
        Self {
            state: StepState::Failed,
            detail: Some(why),
        }
    }
}

impl Operation {
    /// From when on a member who joins is one that came back. The judged message tells it by Discord's own clock.
    pub(super) fn since(&self) -> DateTime<Utc> {
        self.steps
            .iter()
            .find_map(|progress| match progress.step.call {
                // A message id counts whole milliseconds.
                Call::DeleteMessage { message, .. } => {
                    Some(message.created_at() + TimeDelta::milliseconds(1))
                }
                _ => None,
            })
            .unwrap_or(self.decided_at)
    }

    pub(super) fn outcome(&self, card: Option<(ChannelId, MessageId)>) -> CaseOutcome {
        let is_done = |progress: &Progress| {
            !progress.step.call.is_punishment()
                || progress
                    .ended
                    .as_ref()
                    .is_some_and(|ended| ended.state == StepState::Done)
        };
        let details: Vec<&str> = self
            .steps
            .iter()
            .filter_map(|step| step.ended.as_ref()?.detail.as_deref())
            .collect();
        CaseOutcome {
            done: self.steps.iter().all(is_done),
            detail: (!details.is_empty()).then(|| details.join("; ")),
            card,
        }
    }
}
