//! Takes one file, or one table, after another: each in a transaction, and anew where others came in its way.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use secrecy::SecretString;
use tokio::sync::mpsc;

use super::feed::{AHEAD, Found, feed, look};
use super::fields::Wrong;
use super::kinds::Kind;
use super::place::Place;
use super::progress::Progress;
use super::report::{Outcome, Report, Section};
use super::tray::{self, Tray};
use super::walk::{Fault, Record};
use crate::store::import::{Fate, Mode, OldDatabase, Session, Settled};
use crate::store::{StoreError, is_transient};

/// How often a file is taken where the database could not finish it.
const ATTEMPTS: u32 = 3;

/// What is done with records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// They are written.
    Import,
    /// It is told what would be written.
    DryRun,
    /// They are held against what is there.
    Validate,
}

impl Purpose {
    /// The word in the report.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::DryRun => "dry-run",
            Self::Validate => "validate",
        }
    }

    /// How the database is opened for it.
    pub(super) const fn mode(self) -> Mode {
        match self {
            Self::Import => Mode::Write,
            Self::DryRun | Self::Validate => Mode::Look,
        }
    }
}

/// Why a file was not taken to its end.
#[derive(Debug, thiserror::Error)]
enum Stop {
    #[error("{0}")]
    Content(#[from] Fault),
    #[error("the database did not take it: {0}")]
    Database(#[from] diesel::result::Error),
    #[error("the old database cannot be read: {0}")]
    Old(diesel::result::Error),
    #[error("its remarks cannot be kept: {0}")]
    Remarks(#[from] std::io::Error),
    #[error("reading it ended in a crash")]
    Crash,
}

impl Stop {
    fn is_passing(&self) -> bool {
        matches!(self, Self::Database(error) if is_transient(error))
    }

    fn outcome(&self) -> Outcome {
        match self {
            Self::Content(Fault::Content { .. }) => Outcome::Refused(self.to_string()),
            other => Outcome::Failed(other.to_string()),
        }
    }
}

/// Takes records into the database.
pub(super) struct Taker {
    url: SecretString,
    session: Session,
    purpose: Purpose,
    progress: Progress,
    /// What is told.
    pub(super) report: Report,
}

impl Taker {
    /// Opens a session; where it writes, no other import does meanwhile.
    pub(super) async fn open(
        url: SecretString,
        purpose: Purpose,
        report: Report,
    ) -> Result<Self, StoreError> {
        Ok(Self {
            session: session(&url, purpose).await?,
            url,
            purpose,
            progress: Progress::new(),
            report,
        })
    }

    /// Takes a kind of records from its file below a folder.
    pub(super) async fn file<K: Kind>(&mut self, folder: &Path, kind: K) -> anyhow::Result<()> {
        let Some(name) = kind.legacy().file else {
            return Ok(());
        };
        let path = folder.join(name);
        let mut section = self.report.open(name)?;
        let found = look(&path);
        let outcome = match found {
            Ok(Found::Nothing) => Outcome::Absent,
            Ok(Found::Blank) => Outcome::Empty,
            Err(error) => Outcome::Failed(format!("it cannot be read: {error}")),
            Ok(Found::Content(bytes)) => {
                self.progress.begin(name, Some(bytes));
                let mut source = Source::File(&path);
                let outcome = self.take(&mut source, &kind, &mut section).await?;
                self.progress.end();
                outcome
            }
        };
        self.report.close(section, outcome)
    }

    /// Takes a kind of records from its table.
    pub(super) async fn table<K: Kind>(
        &mut self,
        old: &mut OldDatabase,
        kind: K,
    ) -> anyhow::Result<()> {
        let name = kind.legacy().table.name;
        let mut section = self.report.open(name)?;
        let outcome = match old.has(name).await {
            Ok(false) => Outcome::Absent,
            Err(error) => Outcome::Failed(format!("it cannot be read: {error}")),
            Ok(true) => {
                self.progress.begin(name, None);
                let mut source = Source::Table(old);
                let outcome = self.take(&mut source, &kind, &mut section).await?;
                self.progress.end();
                outcome
            }
        };
        self.report.close(section, outcome)
    }

    async fn take<K: Kind>(
        &mut self,
        source: &mut Source<'_>,
        kind: &K,
        section: &mut Section,
    ) -> anyhow::Result<Outcome> {
        let mut attempt = 1;
        loop {
            let Err(stop) = Box::pin(self.try_take(source, kind, section)).await else {
                return Ok(Outcome::Done);
            };
            // A broken connection takes its transaction with it.
            drop(self.session.roll_back().await);
            *section = self.begun_anew(section, &stop)?;
            if attempt == ATTEMPTS || !stop.is_passing() {
                return Ok(stop.outcome());
            }
            attempt += 1;
            self.session = session(&self.url, self.purpose).await?;
        }
    }

    /// Nothing of what was written stays: only what is wrong with the records is told, and only once.
    fn begun_anew(&self, section: &mut Section, stop: &Stop) -> std::io::Result<Section> {
        let mut anew = self.report.open(&section.name)?;
        if matches!(stop, Stop::Content(_)) {
            anew.tally.read = section.tally.read;
        }
        Ok(anew)
    }

    async fn try_take<K: Kind>(
        &mut self,
        source: &mut Source<'_>,
        kind: &K,
        section: &mut Section,
    ) -> Result<(), Stop> {
        self.session.begin().await?;
        for mut pass in kind.passes() {
            match source {
                Source::File(path) => self.pass_file(path, &mut pass, section).await?,
                Source::Table(old) => self.pass_table(old, &mut pass, section).await?,
            }
            pass.finish(&mut self.session).await?;
        }
        self.session.commit().await?;
        Ok(())
    }

    async fn pass_file<K: Kind>(
        &mut self,
        path: &Path,
        kind: &mut K,
        section: &mut Section,
    ) -> Result<(), Stop> {
        let read = Arc::new(AtomicU64::new(0));
        let (sender, mut trays) = mpsc::channel(AHEAD);
        let feeding = {
            let (path, kind, read) = (path.to_owned(), kind.clone(), Arc::clone(&read));
            tokio::task::spawn_blocking(move || feed(&path, kind, &read, &sender))
        };
        let mut laid = Ok(());
        while let Some(tray) = trays.recv().await {
            self.progress.reach(read.load(Ordering::Relaxed));
            laid = self.lay(tray, kind, section).await;
            if laid.is_err() {
                break;
            }
        }
        drop(trays);
        let fed = feeding.await.map_err(|_| Stop::Crash)?;
        laid?;
        Ok(fed?)
    }

    async fn pass_table<K: Kind>(
        &mut self,
        old: &mut OldDatabase,
        kind: &mut K,
        section: &mut Section,
    ) -> Result<(), Stop> {
        let outcome = async {
            old.read(kind.legacy().table).await.map_err(Stop::Old)?;
            loop {
                let records = old.next().await.map_err(Stop::Old)?;
                if records.is_empty() {
                    return Ok(());
                }
                let mut tray = Tray::default();
                for (key, json) in &records {
                    let place = Place {
                        key: Some(key.as_str().into()),
                        index: None,
                    };
                    kind.read(Record { place, json }, &mut tray);
                }
                self.lay(tray, kind, section).await?;
                self.progress.reach(section.tally.read);
            }
        }
        .await;
        let ended = old.end().await.map_err(Stop::Old);
        outcome.and(ended)
    }

    /// Brings the records of a tray into the database, and notes what became of them.
    async fn lay<K: Kind>(
        &mut self,
        tray: Tray<K::Row>,
        kind: &mut K,
        section: &mut Section,
    ) -> Result<(), Stop> {
        section.tally.read += tray.read;
        section.tally.refused += tray.refused;
        for remark in tray.remarks {
            section.tell(remark)?;
        }
        if tray.rows.is_empty() {
            return Ok(());
        }
        let settled = kind.settle(&mut self.session, &tray.rows).await?;
        self.note(settled, &tray.places, section)
    }

    fn note(&self, settled: Settled, places: &[Place], section: &mut Section) -> Result<(), Stop> {
        let is_validation = self.purpose == Purpose::Validate;
        section.tally.new += settled.new;
        section.tally.same += settled.same;
        for telling in settled.told {
            let (kind, reason) = match telling.fate {
                Fate::Absent if is_validation => {
                    (tray::Kind::Missing, "it is not in the database".to_owned())
                }
                Fate::Absent => continue,
                Fate::Kept(reason) => {
                    section.tally.kept += 1;
                    let kind = if is_validation {
                        tray::Kind::Differs
                    } else {
                        tray::Kind::Kept
                    };
                    (kind, reason)
                }
                Fate::Refused(reason) => {
                    section.tally.refused += 1;
                    (tray::Kind::Refused, reason)
                }
            };
            let field = telling.field;
            let mut told = Tray::<()>::default();
            let place = places.get(telling.row).cloned().unwrap_or_default();
            told.remark(kind, &place, &Wrong { field, reason });
            for remark in told.remarks {
                section.tell(remark)?;
            }
        }
        Ok(())
    }
}

/// Where the records of a kind come from.
enum Source<'s> {
    File(&'s Path),
    Table(&'s mut OldDatabase),
}

async fn session(url: &SecretString, purpose: Purpose) -> Result<Session, StoreError> {
    let mut session = Session::open(url, purpose.mode()).await?;
    if purpose == Purpose::Import && !session.try_alone().await? {
        eprintln!("aimod: another import is under way; waiting for its end");
        session.alone().await?;
    }
    Ok(session)
}
