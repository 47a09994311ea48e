//! What is handed over to the executor: a decision or an errand with its steps and the record that opens it.

use chrono::{DateTime, SubsecRound as _, Utc};

use super::errand::Errand;
use super::operation::{Operation, Progress};
use super::plan::{Step, new_errand, operation, plan, plan_errand};
use crate::domain::ids::{CaseNumber, GuildId};
use crate::domain::verdict::Decision;
use crate::store::tables::operations::{NewErrand, NewOperation};

/// What opens an operation in the journal.
#[derive(Clone, Debug)]
pub(super) enum Intent {
    /// A decision, with its case.
    Decision(Box<NewOperation>),
    /// An errand.
    Errand(Box<NewErrand>),
}

/// A decision or an errand that is about to be carried out.
pub(super) struct Work {
    pub(super) guild: GuildId,
    pub(super) key: String,
    pub(super) decided_at: DateTime<Utc>,
    pub(super) steps: Vec<Step>,
    pub(super) intent: serde_json::Result<Intent>,
}

impl Work {
    pub(super) fn decision(decision: Decision) -> Self {
        let steps = plan(&decision);
        Self {
            guild: decision.guild,
            key: decision.key.clone(),
            decided_at: decision.decided_at,
            intent: operation(decision, &steps).map(|new| Intent::Decision(Box::new(new))),
            steps,
        }
    }

    pub(super) fn errand(errand: Errand, now: DateTime<Utc>) -> Self {
        let steps = plan_errand(&errand);
        // As the journal keeps it, so that it is the same time after a restart.
        let now = now.trunc_subsecs(6);
        Self {
            guild: errand.guild,
            key: errand.key.clone(),
            decided_at: now,
            intent: new_errand(errand, now, &steps).map(|new| Intent::Errand(Box::new(new))),
            steps,
        }
    }

    /// The operation that nobody has tried yet.
    pub(super) fn begun(self, case: Option<CaseNumber>) -> Operation {
        Operation {
            guild: self.guild,
            key: self.key,
            case,
            has_case: matches!(self.intent, Ok(Intent::Decision(_))),
            steps: self.steps.into_iter().map(Progress::new).collect(),
            decided_at: self.decided_at,
            resumed: false,
        }
    }
}

impl Intent {
    pub(super) fn key(&self) -> &str {
        match self {
            Self::Decision(operation) => &operation.decision.key,
            Self::Errand(errand) => &errand.key,
        }
    }
}
