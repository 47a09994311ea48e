//! The journal's two homes behind one face: PostgreSQL, and the local spool while PostgreSQL is away.

use std::collections::HashSet;
use std::future::ready;
use std::path::PathBuf;
use std::sync::{Mutex as StdMutex, PoisonError};
use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use tokio::sync::Mutex;

use super::recent::Recent;
use super::spool::{Entry, Spool, SpoolError};
use super::work::Intent;
use crate::domain::ids::CaseNumber;
use crate::store::record::Record;
use crate::store::tables::operations::{ErrandOpened, Opened, StepSettled};
use crate::writer::{WriteError, Writer};

/// How many decisions are remembered beside the database: hours of a large bot's work.
const REMEMBERED: usize = 20_000;

/// How many lines of the spool are under way into the database at one time.
const AT_ONCE: usize = 64;

/// What opening an operation gave.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Opening {
    /// Carry it out; the number is unknown while the database is away, and an errand has none.
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
    /// What this process has opened, so that a repeated decision is known while the database is away.
    opened: StdMutex<Recent>,
}

struct Spooled {
    file: Spool,
    /// Keys of operations of which the spool holds a line.
    keys: HashSet<String>,
}

impl Spooled {
    async fn append(&mut self, entry: &Entry) -> Result<(), SpoolError> {
        self.file.append(entry).await?;
        self.keys.insert(entry.key().to_owned());
        Ok(())
    }
}

impl Journal {
    pub(super) async fn open_at(
        writer: Writer,
        path: PathBuf,
        most: u64,
        patience: Duration,
    ) -> Self {
        let file = Spool::open(path, most).await;
        let left = file.read().await.unwrap_or_else(|error| {
            tracing::error!(%error, "what an earlier run left in the spool is unknown");
            Vec::new()
        });
        let keys = left.iter().map(|entry| entry.key().to_owned()).collect();
        Self {
            writer,
            patience,
            spool: Mutex::new(Spooled { file, keys }),
            opened: StdMutex::new(Recent::new(REMEMBERED)),
        }
    }

    /// Writes what is journaled in the transaction of a room's own record.
    pub(super) const fn writer(&self) -> &Writer {
        &self.writer
    }

    /// Opens an operation: its case and its infraction, where it is a decision, and the intents of all its steps.
    pub(super) async fn open(&self, intent: Intent) -> Result<Opening, JournalError> {
        let key = intent.key().to_owned();
        let opening = match self.write_intent(intent.clone()).await {
            Ok(opening) => opening,
            Err(
                WriteError::Unavailable(_) | WriteError::QueueFull(_) | WriteError::Interrupted,
            ) => self.open_in_spool(intent).await?,
            Err(refused) => return Err(refused.into()),
        };
        self.remember(key);
        Ok(opening)
    }

    async fn write_intent(&self, intent: Intent) -> Result<Opening, WriteError> {
        Ok(match intent {
            Intent::Decision(new) => match self.within_patience(*new).await? {
                Opened::Case { number } => Opening::New(Some(number)),
                Opened::AlreadyOpen => Opening::AlreadyOpen,
            },
            Intent::Errand(new) => match self.within_patience(*new).await? {
                ErrandOpened::New => Opening::New(None),
                ErrandOpened::AlreadyOpen => Opening::AlreadyOpen,
            },
        })
    }

    async fn open_in_spool(&self, intent: Intent) -> Result<Opening, JournalError> {
        let mut spool = self.spool.lock().await;
        let key = intent.key();
        if spool.keys.contains(key) || self.is_remembered(key) {
            return Ok(Opening::AlreadyOpen);
        }
        spool.append(&intent.into()).await?;
        Ok(Opening::New(None))
    }

    /// Keeps a key in mind that this process carries out.
    pub(super) fn remember(&self, key: String) {
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        opened.insert(key);
    }

    /// Whether this process carries it out, or has done so.
    pub(super) fn is_remembered(&self, key: &str) -> bool {
        let opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        opened.contains(key)
    }

    /// Writes a step's outcome, and with the last one its case's.
    pub(super) async fn settle(&self, step: &StepSettled) -> Result<(), JournalError> {
        // What began in the spool ends there: an outcome before its intent would be lost.
        if !self.spool.lock().await.keys.contains(&step.key) {
            match self.within_patience(step.clone()).await {
                Ok(()) => return Ok(()),
                Err(error @ (WriteError::Refused { .. } | WriteError::Stopped)) => {
                    return Err(error.into());
                }
                Err(_) => {}
            }
        }
        let entry = Entry::Step(step.clone());
        Ok(self.spool.lock().await.append(&entry).await?)
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
        // Tried with one line first, so that others reach the spool while the database is away.
        let Some(first) = self.first_line().await? else {
            return Ok(true);
        };
        if !self.write_again(first).await {
            return Ok(false);
        }
        let mut spool = self.spool.lock().await;
        let entries = spool.file.read().await?;
        let (opened, steps): (Vec<_>, Vec<_>) = entries.into_iter().partition(Entry::is_intent);
        // Outcomes after all intents: an outcome whose intent is not there changes nothing, and would be lost.
        if !self.write_all_again(opened).await || !self.write_all_again(steps).await {
            return Ok(false);
        }
        spool.file.clear().await?;
        spool.keys.clear();
        Ok(true)
    }

    async fn first_line(&self) -> Result<Option<Entry>, SpoolError> {
        let mut spool = self.spool.lock().await;
        let first = spool.file.read().await?.into_iter().next();
        if first.is_none() && !spool.file.is_empty() {
            // Nothing in it can be read, which has been logged.
            spool.file.clear().await?;
            spool.keys.clear();
        }
        Ok(first)
    }

    async fn write_all_again(&self, entries: Vec<Entry>) -> bool {
        stream::iter(entries)
            .map(|entry| self.write_again(entry))
            .buffer_unordered(AT_ONCE)
            .all(ready)
            .await
    }

    async fn write_again(&self, entry: Entry) -> bool {
        let written = match entry {
            Entry::Opened(operation) => self.within_patience(*operation).await.map(drop),
            Entry::Errand(errand) => self.within_patience(*errand).await.map(drop),
            Entry::Step(step) => self.within_patience(step).await,
        };
        // A refused line was logged by the writer and would be refused for ever.
        matches!(written, Ok(()) | Err(WriteError::Refused { .. }))
    }
}
