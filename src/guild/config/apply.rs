//! Changes from outside a guild's actor: the operator's command line, beside a bot that may be running elsewhere.

use std::time::Duration;

use tokio::time::Instant;

use super::change::{self, Change, ChangeError, Changed, Plan};
use super::loader::Loader;
use super::snapshot::Snapshot;
use crate::domain::ids::GuildId;
use crate::guild::metrics::CHANGES_TOTAL;
use crate::store::StoreError;
use crate::store::tables::config::ConfigWritten;
use crate::writer::{WriteError, Writer};

/// How long a change is tried again while others change the same guild.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why a change from outside was not made.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// The change itself.
    #[error(transparent)]
    Change(#[from] ChangeError),
    /// The configuration could not be read.
    #[error("the configuration could not be read: {0}")]
    Read(#[from] StoreError),
}

/// Reads and changes configurations straight in the database. A running bot hears of each change and judges by it.
#[derive(Clone)]
pub struct Configurator {
    loader: Loader,
    writer: Writer,
}

impl Configurator {
    /// Works on this database.
    #[must_use]
    pub const fn new(loader: Loader, writer: Writer) -> Self {
        Self { loader, writer }
    }

    /// Reads configurations.
    #[must_use]
    pub const fn loader(&self) -> &Loader {
        &self.loader
    }

    /// Makes a change and returns after its commit. Where somebody else changes the guild at the same time, it is worked
    /// out anew from what holds then: nobody's entry of a list is lost.
    ///
    /// # Errors
    /// See [`ApplyError`].
    pub async fn change(&self, guild: GuildId, change: Change) -> Result<Changed, ApplyError> {
        let result = self.try_change(guild, &change).await;
        let label = match &result {
            Ok(changed) => outcome(&Ok(changed.clone())),
            Err(ApplyError::Change(error)) => outcome(&Err(error.clone())),
            Err(ApplyError::Read(_)) => "failed",
        };
        CHANGES_TOTAL.increment([change.source.label(), label]);
        result
    }

    async fn try_change(&self, guild: GuildId, change: &Change) -> Result<Changed, ApplyError> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            // Never from Redis alone: a change cannot be worked out from what may be old.
            let read = self.loader.read_many(&[guild]).await?;
            let Some((_, current)) = read.into_iter().next() else {
                return Err(StoreError::from(diesel::result::Error::NotFound).into());
            };
            let Some(plan) = change::plan(guild, &current, change)? else {
                return Ok(Changed::nothing(current.version()));
            };
            still_holds(&self.loader, &current, change, &plan).await?;
            let written = self.writer.keep_now(plan.record.clone()).await;
            match written.map_err(ChangeError::from)? {
                ConfigWritten::Changed(version) => {
                    self.loader.publish(guild, version).await;
                    return Ok(plan.done(version));
                }
                ConfigWritten::Outdated if Instant::now() < deadline => {}
                ConfigWritten::Outdated => {
                    let error = WriteError::Unavailable(PATIENCE);
                    return Err(ChangeError::from(error).into());
                }
            }
        }
    }
}

/// Refuses a change that is based on an older version of one of its keys.
pub(crate) async fn still_holds(
    loader: &Loader,
    current: &Snapshot,
    change: &Change,
    plan: &Plan,
) -> Result<(), ChangeError> {
    let Some(base) = change.based_on.filter(|base| *base < current.version()) else {
        return Ok(());
    };
    let changed = loader
        .find_changed_since(plan.record.guild, base, &plan.keys)
        .await
        .map_err(|error| {
            tracing::warn!(guild.id = %plan.record.guild, %error, "a change cannot be held against its version");
            WriteError::Unavailable(PATIENCE)
        })?;
    match changed {
        None => Ok(()),
        Some((key, then)) => Err(ChangeError::Outdated {
            key: key.key,
            then,
            now: key.old,
            version: current.version(),
        }),
    }
}

/// The label of what became of a change.
pub(crate) fn outcome(result: &Result<Changed, ChangeError>) -> &'static str {
    match result {
        Ok(changed) if changed.written() => "written",
        Ok(_) => "unchanged",
        Err(ChangeError::Invalid(_)) => "invalid",
        Err(ChangeError::Outdated { .. }) => "outdated",
        Err(ChangeError::Write(_)) => "failed",
    }
}
