//! One decision or errand from its intent in the journal to the outcome of its last step.

use std::sync::Arc;

use super::executor::{Claim, Executor};
use super::journal::{JournalError, Opening};
use super::metrics::ACTIONS_TOTAL;
use super::operation::{Ended, Operation};
use super::perform::{PerformError, Performed};
use super::plan::{Call, Step};
use super::work::{Intent, Work};
use crate::store::tables::operations::StepSettled;

/// How opening in the journal went.
struct Opened {
    opening: Opening,
    /// An earlier attempt failed, and may have been written after that.
    again: bool,
}

impl Executor {
    pub(super) async fn carry_out(self: Arc<Self>, work: Work) -> Result<Performed, PerformError> {
        // Whoever holds the key carries it out.
        let Some(claim) = self.claim(&work.key) else {
            return Err(PerformError::AlreadyKnown);
        };
        let guild = work.guild;
        let performed = self.open_and_finish(work, &claim).await;
        if let Err(PerformError::NotJournaled(error)) = &performed {
            tracing::error!(guild.id = %guild, operation = claim.key, error, "a decision was not carried out");
        }
        performed
    }

    async fn open_and_finish(
        self: &Arc<Self>,
        work: Work,
        claim: &Claim,
    ) -> Result<Performed, PerformError> {
        let not_journaled = |error: anyhow::Error| PerformError::NotJournaled(format!("{error:#}"));
        let intent = match &work.intent {
            Ok(intent) => intent.clone(),
            Err(error) => {
                let error = anyhow::anyhow!("it cannot be written as JSON: {error}");
                return Err(not_journaled(error));
            }
        };
        let opened = self.open(intent).await;
        let performed = match opened.map_err(|error| not_journaled(error.into()))? {
            Opened {
                opening: Opening::New(case),
                ..
            } => self.finish(work.begun(case)).await,
            // It may be the failed attempt that stands there: then nobody else carries it out.
            Opened { again: true, .. } => self.resume(work.guild, claim).await,
            Opened { again: false, .. } => return Err(PerformError::AlreadyKnown),
        };
        performed.ok_or(PerformError::Interrupted)
    }

    /// Opens in the journal, waiting for room in it: without an intent nothing is tried.
    async fn open(&self, intent: Intent) -> Result<Opened, JournalError> {
        let mut again = false;
        loop {
            match self.journal.open(intent.clone()).await {
                Err(JournalError::Spool(error)) if !self.stopping.is_cancelled() => {
                    tracing::error!(%error, "a decision waits for the journal");
                    self.pause().await;
                    again = true;
                }
                ended => return ended.map(|opening| Opened { opening, again }),
            }
        }
    }

    /// Makes the calls of all unsettled steps in order; the last one's outcome settles the case with it. `None` where
    /// the process stops first: the next run takes up what is left.
    pub(super) async fn finish(self: &Arc<Self>, mut operation: Operation) -> Option<Performed> {
        let last = operation.steps.len().saturating_sub(1);
        let mut card = None;
        for place in 0..operation.steps.len() {
            if operation.steps[place].ended.is_some() {
                continue;
            }
            let (ended, done) = self.end_step(&operation, place).await?;
            let step = &operation.steps[place].step;
            if matches!(step.call, Call::Card(_)) {
                card = card.or(done.posted);
            }
            self.count(step, &ended);
            operation.steps[place].ended = Some(ended.clone());
            let settled = StepSettled {
                key: operation.key.clone(),
                step: i16::try_from(place).unwrap_or(i16::MAX),
                state: ended.state,
                detail: ended.detail,
                posted: done.posted,
                case: (operation.has_case && place == last).then(|| operation.outcome(card)),
            };
            if let Err(error) = self.settle_step(&settled).await {
                tracing::error!(guild.id = %operation.guild, %error, "an outcome was not journaled");
                return None;
            }
            self.settled.notify_waiters();
        }
        Some(operation.performed())
    }

    fn count(&self, step: &Step, ended: &Ended) {
        ACTIONS_TOTAL.increment([step.call.label(), ended.state.label()]);
    }

    /// Journals an outcome, waiting for a spool that cannot be written: the steps that follow depend on it.
    async fn settle_step(&self, settled: &StepSettled) -> Result<(), JournalError> {
        loop {
            match self.journal.settle(settled).await {
                Err(JournalError::Spool(error)) if !self.stopping.is_cancelled() => {
                    tracing::error!(%error, "an outcome waits for the journal");
                    self.pause().await;
                }
                ended => return ended,
            }
        }
    }
}
