//! The journal's two homes behind one face: PostgreSQL, and the local spool while PostgreSQL is away.

use std::collections::HashSet;
use std::path::PathBuf;
use std::time::Duration;

use tokio::sync::Mutex;

use super::spool::{Entry, Spool, SpoolError};
use crate::domain::ids::CaseNumber;
use crate::store::record::Record;
use crate::store::tables::operations::{NewOperation, Opened, StepSettled};
use crate::writer::{WriteError, Writer};

/// What opening an operation gave.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Opening {
    /// Carry it out; the number is unknown while the database is away.
    New(Option<CaseNumber>),
    /// Somebody else carries it out, or has done so.
    AlreadyOpen,
}

/// Why an operation cannot be journaled, so that it must not be carried out now.
#[derive(Debug, thiserror::Error)]
pub(super) enum JournalError {
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error(transparent)]
    Spool(#[from] SpoolError),
}

/// Writes intents and outcomes where they survive a crash.
pub(super) struct Journal {
    writer: Writer,
    /// How long the database may take before the spool takes over.
    patience: Duration,
    spool: Mutex<Spooled>,
}

struct Spooled {
    file: Spool,
    /// Keys of operations that the spool holds, so that a repeated decision is known without the database.
    keys: HashSet<String>,
}

impl Journal {
    pub(super) async fn open_at(
        writer: Writer,
        path: PathBuf,
        most: u64,
        patience: Duration,
    ) -> Self {
        let file = Spool::open(path, most).await;
        Self {
            writer,
            patience,
            spool: Mutex::new(Spooled {
                file,
                keys: HashSet::new(),
            }),
        }
    }

    /// Opens an operation: its case, its infraction and the intents of all its steps.
    pub(super) async fn open(&self, operation: NewOperation) -> Result<Opening, JournalError> {
        match self.within_patience(operation.clone()).await {
            Ok(Opened::Case { number }) => Ok(Opening::New(Some(number))),
            Ok(Opened::AlreadyOpen) => Ok(Opening::AlreadyOpen),
            Err(
                WriteError::Unavailable(_) | WriteError::QueueFull(_) | WriteError::Interrupted,
            ) => self.open_in_spool(operation).await,
            Err(refused) => Err(refused.into()),
        }
    }

    async fn open_in_spool(&self, operation: NewOperation) -> Result<Opening, JournalError> {
        let mut spool = self.spool.lock().await;
        let key = operation.decision.key.clone();
        if spool.keys.contains(&key) {
            return Ok(Opening::AlreadyOpen);
        }
        spool
            .file
            .append(&Entry::Opened(Box::new(operation)))
            .await?;
        spool.keys.insert(key);
        Ok(Opening::New(None))
    }

    /// Writes a step's outcome, and with the last one its case's.
    pub(super) async fn settle(&self, step: StepSettled) -> Result<(), JournalError> {
        // What began in the spool ends there: its lines are replayed in order.
        if !self.spool.lock().await.keys.contains(&step.key) {
            match self.within_patience(step.clone()).await {
                Ok(()) => return Ok(()),
                Err(error @ (WriteError::Refused { .. } | WriteError::Stopped)) => {
                    return Err(error.into());
                }
                Err(_) => {}
            }
        }
        Ok(self
            .spool
            .lock()
            .await
            .file
            .append(&Entry::Step(step))
            .await?)
    }

    /// A late commit after the patience ran out is harmless: opening is keyed, and settling twice says the same.
    async fn within_patience<R: Record>(&self, row: R) -> Result<R::Ack, WriteError> {
        tokio::time::timeout(self.patience, self.writer.keep_now(row))
            .await
            .unwrap_or(Err(WriteError::Unavailable(self.patience)))
    }

    /// Brings the spool's lines into the database and empties it. Does nothing while the database is still away.
    ///
    /// Returns whether the spool is empty now. Safe to repeat: every line says the same when it is written again.
    pub(super) async fn replay(&self) -> Result<bool, JournalError> {
        let mut spool = self.spool.lock().await;
        if spool.file.is_empty() {
            return Ok(true);
        }
        for entry in spool.file.read().await? {
            let written = match entry {
                Entry::Opened(operation) => self.within_patience(*operation).await.map(drop),
                Entry::Step(step) => self.within_patience(step).await,
            };
            match written {
                // A refused line was logged by the writer and would be refused for ever.
                Ok(()) | Err(WriteError::Refused { .. }) => {}
                Err(_) => return Ok(false),
            }
        }
        spool.file.clear().await?;
        spool.keys.clear();
        Ok(true)
    }
}
