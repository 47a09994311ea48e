//! Decisions whose outcome somebody waits for: a moderator who is told what happened.

use tokio::sync::oneshot;

use super::errand::Errand;
use super::executor::{Actions, Busy};
use super::work::Work;
use crate::domain::ids::CaseNumber;
use crate::domain::verdict::Decision;

/// How a decision ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Performed {
    /// Its case; unknown while the database is away, which numbers it when it is back.
    pub case: Option<CaseNumber>,
    /// Whether the punishment was carried out, or was none.
    pub done: bool,
    /// What kept parts of it from being done, the notice aside.
    pub detail: Option<String>,
    /// Whether the user was told.
    pub notice: NoticeOutcome,
}

/// Whether the user has read why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeOutcome {
    /// There was nothing to say.
    NotWanted,
    /// It was sent.
    Delivered,
    /// The user does not take direct messages from the bot.
    Closed,
    /// Discord failed, or refused it for another reason.
    Failed,
}

/// Why the outcome of a decision cannot be told.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PerformError {
    /// It is not carried out.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// Its key is known: it is being carried out elsewhere, or was before.
    #[error("the same is being carried out, or was before")]
    AlreadyKnown,
    /// It is not carried out, because neither the database nor the spool takes it.
    #[error("it cannot be journaled: {0}")]
    NotJournaled(String),
    /// The process stops. What is journaled is carried out after the next start.
    #[error("it was interrupted and is taken up after the next start")]
    Interrupted,
}

impl Actions {
    /// Like [`Actions::submit`], but waits for the outcome. That may take long where Discord is away; whoever stops
    /// waiting, by a time limit say, changes nothing: it is carried out all the same.
    ///
    /// # Errors
    /// [`PerformError`], which tells whether it may still be carried out.
    pub async fn perform(&self, decision: Decision) -> Result<Performed, PerformError> {
        let (told, outcome) = oneshot::channel();
        self.begin(Work::decision(decision), Some(told))?;
        outcome.await.unwrap_or(Err(PerformError::Interrupted))
    }

    /// Like [`Actions::run`], but waits for the outcome, as [`Actions::perform`] does.
    ///
    /// # Errors
    /// [`PerformError`], which tells whether it may still be run.
    pub async fn run_now(&self, errand: Errand) -> Result<Performed, PerformError> {
        let (told, outcome) = oneshot::channel();
        self.begin(Work::errand(errand, self.0.clock.now()), Some(told))?;
        outcome.await.unwrap_or(Err(PerformError::Interrupted))
    }
}
