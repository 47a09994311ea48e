//! The local spool: what the journal would hold, in a bounded file, while PostgreSQL is away.

use std::io;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use tokio::fs::{self, File, OpenOptions};
use tokio::io::AsyncWriteExt as _;

use super::metrics::SPOOL_BYTES;
use crate::store::tables::operations::{NewOperation, StepSettled};

/// One line of the spool, in the order in which it happened.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Entry {
    /// A decision is about to be carried out.
    Opened(Box<NewOperation>),
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

impl Spool {
    /// Opens the spool at `path`, which another run may have left.
    pub(super) async fn open(path: PathBuf, most: u64) -> Self {
        let bytes = fs::metadata(&path)
            .await
            .map_or(0, |metadata| metadata.len());
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
        if matches!(entry, Entry::Opened(_)) && self.bytes + line.len() as u64 > self.most {
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
        if self.file.is_none() {
            if let Some(folder) = self.path.parent() {
                fs::create_dir_all(folder).await?;
            }
            self.file = Some(
                OpenOptions::new()
                    .create(true)
                    .append(true)
                    .open(&self.path)
                    .await?,
            );
        }
        if let Some(file) = &mut self.file {
            file.write_all(line).await?;
            file.sync_data().await?;
        }
        Ok(())
    }

    fn failed(&self, source: io::Error) -> SpoolError {
        SpoolError::Io {
            path: self.path.clone(),
            source,
        }
    }

    /// All entries. A last line that a crash cut short is left out: its side effect was not tried.
    pub(super) async fn read(&self) -> Result<Vec<Entry>, SpoolError> {
        if self.is_empty() {
            return Ok(Vec::new());
        }
        let text = fs::read_to_string(&self.path)
            .await
            .map_err(|error| self.failed(error))?;
        let mut entries = Vec::new();
        for (number, line) in text.lines().enumerate() {
            match serde_json::from_str(line) {
                Ok(entry) => entries.push(entry),
                Err(error) => {
                    tracing::error!(line = number + 1, %error, "a line of the spool cannot be read")
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
