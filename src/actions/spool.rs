//! The local spool: what the journal would hold, in a bounded file, while PostgreSQL is away.

use std::io;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use tokio::fs::{self, File, OpenOptions};
use tokio::io::AsyncWriteExt as _;

use super::metrics::SPOOL_BYTES;
use super::work::Intent;
use crate::store::tables::operations::{NewErrand, NewOperation, StepSettled};

/// One line of the spool, in the order in which it happened.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Entry {
    /// A decision is about to be carried out.
    Opened(Box<NewOperation>),
    /// An errand is about to be run.
    Errand(Box<NewErrand>),
    /// A step has ended, and with the last one its case.
    Step(StepSettled),
}

/// Why nothing was spooled.
#[derive(Debug, thiserror::Error)]
pub(super) enum SpoolError {
    #[error("the spool is full ({0} bytes; actions.spool_max_bytes)")]
    Full(u64),
    #[error("cannot write the spool {path}: {source}")]
    Io { path: PathBuf, source: io::Error },
}

/// A file of JSON lines, each on disk before its side effect is tried.
pub(super) struct Spool {
    path: PathBuf,
    most: u64,
    bytes: u64,
    file: Option<File>,
}

impl Entry {
    /// The key of the decision.
    pub(super) fn key(&self) -> &str {
        match self {
            Self::Opened(operation) => &operation.decision.key,
            Self::Errand(errand) => &errand.key,
            Self::Step(step) => &step.key,
        }
    }

    /// Whether it announces work, rather than telling what became of it.
    pub(super) const fn is_intent(&self) -> bool {
        matches!(self, Self::Opened(_) | Self::Errand(_))
    }
}

impl From<Intent> for Entry {
    fn from(intent: Intent) -> Self {
        match intent {
            Intent::Decision(operation) => Self::Opened(operation),
            Intent::Errand(errand) => Self::Errand(errand),
        }
    }
}

impl Spool {
    /// Opens the spool at `path`, which another run may have left. A last line that a crash cut short is taken away:
    /// its side effect was not tried, and the next line must not run into it.
    pub(super) async fn open(path: PathBuf, most: u64) -> Self {
        let bytes = match fs::read(&path).await {
            Ok(text) => whole_lines(&text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
            Err(error) => {
                tracing::error!(%error, "the spool of an earlier run cannot be read");
                fs::metadata(&path)
                    .await
                    .map_or(0, |metadata| metadata.len())
            }
        };
        SPOOL_BYTES.set([], bytes as f64);
        Self {
            path,
            most,
            bytes,
            file: None,
        }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.bytes == 0
    }

    /// Appends an entry and returns once it is on disk.
    pub(super) async fn append(&mut self, entry: &Entry) -> Result<(), SpoolError> {
        let mut line = serde_json::to_vec(entry).map_err(|error| self.failed(error.into()))?;
        line.push(b'\n');
        // Outcomes of what has been done are always kept; only new work is refused.
        if entry.is_intent() && self.bytes + line.len() as u64 > self.most {
            return Err(SpoolError::Full(self.bytes));
        }
        match self.write(&line).await {
            Ok(()) => {
                self.bytes += line.len() as u64;
                SPOOL_BYTES.set([], self.bytes as f64);
                Ok(())
            }
            Err(error) => Err(self.failed(error)),
        }
    }

    async fn write(&mut self, line: &[u8]) -> io::Result<()> {
        let mut file = match self.file.take() {
            Some(file) => file,
            None => self.create().await?,
        };
        // After an error the file stays closed, and opening it again takes away what was written of the line.
        file.write_all(line).await?;
        file.sync_data().await?;
        self.file = Some(file);
        Ok(())
    }

    async fn create(&self) -> io::Result<File> {
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder).await?;
        }
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.path)
            .await?;
        file.set_len(self.bytes).await?;
        // The name of a new file is on disk only with its folder.
        if let Some(folder) = self.path.parent()
            && let Ok(folder) = File::open(folder).await
        {
            folder.sync_all().await?;
        }
        Ok(file)
    }

    fn failed(&self, source: io::Error) -> SpoolError {
        SpoolError::Io {
            path: self.path.clone(),
            source,
        }
    }

    /// All entries, oldest first. A line that cannot be read is logged and left out.
    pub(super) async fn read(&self) -> Result<Vec<Entry>, SpoolError> {
        if self.is_empty() {
            return Ok(Vec::new());
        }
        let text = fs::read(&self.path)
            .await
            .map_err(|error| self.failed(error))?;
        let mut entries = Vec::new();
        for (number, line) in text.split(|byte| *byte == b'\n').enumerate() {
            match serde_json::from_slice(line) {
                Ok(entry) => entries.push(entry),
                Err(_) if line.is_empty() => {}
                // Without the error's text, which may quote the line.
                Err(error) => {
                    let (line, kind) = (number + 1, error.classify());
                    tracing::error!(line, ?kind, "a line of the spool cannot be read");
                }
            }
        }
        Ok(entries)
    }

    /// Removes the file once everything in it stands in the database.
    pub(super) async fn clear(&mut self) -> Result<(), SpoolError> {
        self.file = None;
        self.bytes = 0;
        SPOOL_BYTES.set([], 0.0);
        match fs::remove_file(&self.path).await {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(self.failed(error)),
            _ => Ok(()),
        }
    }
}

/// How many bytes end with a line.
fn whole_lines(text: &[u8]) -> u64 {
    let end = text.iter().rposition(|byte| *byte == b'\n');
    end.map_or(0, |end| end as u64 + 1)
}
