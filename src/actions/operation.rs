//! A decision on its way: its steps, what became of each, and how its case ends.

use chrono::{DateTime, TimeDelta, Utc};

use super::perform::{NoticeOutcome, Performed};
use super::plan::{Call, Step};
use crate::domain::ids::{CaseNumber, ChannelId, GuildId, MessageId};
use crate::store::tables::cases::CaseOutcome;
use crate::store::tables::operations::StepState;

/// What a call that was done gave.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Done {
    pub(super) posted: Option<(ChannelId, MessageId)>,
}

/// An operation with what is known of it.
pub(super) struct Operation {
    pub(super) guild: GuildId,
    pub(super) key: String,
    pub(super) case: Option<CaseNumber>,
    /// Whether a case ends with it. Its number is unknown while the database is away.
    pub(super) has_case: bool,
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
        CaseOutcome {
            done: self.is_done(),
            detail: self.detail(|_| true),
            card,
        }
    }

    /// Whether every punishment in it was carried out.
    fn is_done(&self) -> bool {
        let is_done = |progress: &Progress| {
            !progress.step.call.is_punishment()
                || progress
                    .ended
                    .as_ref()
                    .is_some_and(|ended| ended.state == StepState::Done)
        };
        self.steps.iter().all(is_done)
    }

    /// Why the punishment in it was not carried out, as far as that is known by now.
    pub(super) fn failure(&self) -> Option<String> {
        let mut ended = self
            .steps
            .iter()
            .filter(|one| one.step.call.is_punishment());
        let failed = ended.find_map(|one| {
            let ended = one.ended.as_ref()?;
            (ended.state != StepState::Done).then_some(ended)
        })?;
        Some(failed.detail.clone().unwrap_or_default())
    }

    /// Why some of the wanted steps were not done.
    fn detail(&self, wanted: impl Fn(&Call) -> bool) -> Option<String> {
        let details: Vec<&str> = self
            .steps
            .iter()
            .filter(|progress| !progress.step.is_nothing() && wanted(&progress.step.call))
            .filter_map(|progress| progress.ended.as_ref()?.detail.as_deref())
            .collect();
        (!details.is_empty()).then(|| details.join("; "))
    }

    /// What whoever waits for it is told.
    pub(super) fn performed(&self) -> Performed {
        Performed {
            case: self.case,
            done: self.is_done(),
            detail: self.detail(|call| !matches!(call, Call::Notice { .. })),
            notice: self.notice(),
        }
    }

    fn notice(&self) -> NoticeOutcome {
        let notice = self.steps.iter().find(|progress| {
            !progress.step.is_nothing() && matches!(progress.step.call, Call::Notice { .. })
        });
        match notice.map(|progress| progress.ended.as_ref().map(|ended| ended.state)) {
            None => NoticeOutcome::NotWanted,
            Some(Some(StepState::Done)) => NoticeOutcome::Delivered,
            Some(Some(StepState::Skipped)) => NoticeOutcome::Closed,
            Some(Some(StepState::Failed) | None) => NoticeOutcome::Failed,
        }
    }
}
