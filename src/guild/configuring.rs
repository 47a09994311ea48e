//! How a guild actor comes by its configuration and changes it. It judges on while anything is read anew.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;

use super::actor::Memory;
use super::config::change::{self, Change, ChangeError, Changed};
use super::config::loader::Loaded;
use super::config::snapshot::Snapshot;
use super::config::value::Value;
use super::guilds::Services;
use super::mailbox::Letter;
use super::metrics::{CHANGES_TOTAL, RELOAD_SECONDS};
use super::slot::Slot;
use crate::store::tables::config::{ConfigChange, ConfigChanged};
use crate::writer::WriteError;

/// The longest pause between two attempts to read.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// The process stops before a configuration could be read.
pub(super) struct Stopping;

impl Memory {
    /// Waits for as long as the configuration cannot be read: no default stands in for it.
    pub(super) async fn load_configuration(&self) -> Result<(), Stopping> {
        let loaded = read_until(&self.services, &self.slot, |_| true).await?;
        self.slot.snapshot.store(Some(Arc::new(loaded.snapshot)));
        if !loaded.confirmed {
            self.read_beside();
        }
        Ok(())
    }

    /// Reads what the database holds, beside the actor and for as long as it takes, and hands it over as a letter.
    fn read_beside(&self) {
        let (services, slot) = (self.services.clone(), Arc::clone(&self.slot));
        self.services.tasks.spawn(hand_over(services, slot));
    }

    /// Versions only grow: what was read while a newer one came into force is old.
    pub(super) fn take_if_newer(&self, read: Snapshot) {
        let own = self.slot.snapshot.load().as_ref().map(|own| own.version());
        if own.is_none_or(|own| read.version() > own) {
            self.slot.snapshot.store(Some(Arc::new(read)));
        }
    }

    /// Writes a change and judges by it from the moment of its commit.
    pub(super) async fn change(&self, change: Change) -> Result<Changed, ChangeError> {
        let source = change.source.label();
        let result = self.try_change(change).await;
        let outcome = match &result {
            Ok(Changed { written: true, .. }) => "written",
            Ok(_) => "unchanged",
            Err(ChangeError::Invalid(_)) => "invalid",
            Err(ChangeError::Write(_)) => "failed",
        };
        CHANGES_TOTAL.increment([source, outcome]);
        result
    }

    async fn try_change(&self, change: Change) -> Result<Changed, ChangeError> {
        let Some(current) = self.slot.snapshot.load_full() else {
            return Err(ChangeError::Write(WriteError::Stopped));
        };
        let new = change::after(current.values(), change.key, &change.edit)?;
        let old = current.values().find_set(change.key).cloned();
        if new == old {
            return Ok(Changed {
                version: current.version(),
                old,
                new,
                written: false,
            });
        }
        let key = change.key;
        let deadline = Instant::now() + self.services.options.commit_within;
        let record = self.record(change, new.as_ref());
        let committed = self.commit(record, deadline).await?;
        let started = Instant::now();
        if committed.version.0 == current.version().0 + 1 {
            let registry = self.services.loader.registry();
            let next = current.with(registry, committed.version, key, new.clone());
            self.slot.snapshot.store(Some(Arc::new(next)));
        } else {
            self.catch_up(&committed, deadline).await?;
        }
        RELOAD_SECONDS.record([], started.elapsed());
        self.services.publish(self.slot.guild, committed.version);
        tracing::info!(guild.id = %self.slot.guild, key = key.name, config.version = %committed.version, "configured");
        Ok(Changed {
            version: committed.version,
            old,
            new,
            written: true,
        })
    }

    fn record(&self, change: Change, new: Option<&Value>) -> ConfigChange {
        ConfigChange {
            guild: self.slot.guild,
            key: change.key.name,
            place: change.key.place,
            value: new.map(Value::to_json),
            changed_by: change.by,
            source: change.source,
            reason: change.reason,
        }
    }

    /// Another process changed this guild meanwhile: only the database knows all of it. Nothing is acknowledged that
    /// the next event would not see.
    async fn catch_up(
        &self,
        committed: &ConfigChanged,
        deadline: Instant,
    ) -> Result<(), ChangeError> {
        let reading = self.services.loader.read(self.slot.guild);
        match tokio::time::timeout_at(deadline, reading).await {
            Ok(Ok(read)) if read.snapshot.version() >= committed.version => {
                self.take_if_newer(read.snapshot);
                Ok(())
            }
            _ => {
                self.read_beside();
                Err(ChangeError::Write(WriteError::Interrupted))
            }
        }
    }

    /// Waits for the commit, but not so long that judging would stop with the database. A change that is still under
    /// way then is read back as soon as it has ended.
    async fn commit(
        &self,
        record: ConfigChange,
        deadline: Instant,
    ) -> Result<ConfigChanged, WriteError> {
        let (ended, mut answer) = oneshot::channel();
        let (services, slot) = (self.services.clone(), Arc::clone(&self.slot));
        self.services.tasks.spawn(async move {
            if let Err(late) = ended.send(services.writer.keep_now(record).await) {
                if let Ok(committed) = late {
                    services.publish(slot.guild, committed.version);
                }
                hand_over(services, slot).await;
            }
        });
        let patience = self.services.options.commit_within;
        if let Ok(result) = tokio::time::timeout_at(deadline, &mut answer).await {
            return result.unwrap_or(Err(WriteError::Interrupted));
        }
        // From here on the task cannot answer unheard: it either has by now, or reads the change back.
        answer.close();
        answer
            .try_recv()
            .unwrap_or(Err(WriteError::Unavailable(patience)))
    }
}

async fn hand_over(services: Services, slot: Arc<Slot>) {
    let Ok(read) = read_until(&services, &slot, |read| read.confirmed).await else {
        return;
    };
    // A sleeping guild reads everything anew when it wakes.
    if slot.is_asleep() {
        return;
    }
    let letter = Letter::Configuration(Box::new(read.snapshot));
    if slot.post_within(letter, Duration::ZERO).is_err() {
        tracing::error!(guild.id = %slot.guild, "a configuration that was read anew found no room");
    }
}

/// Reads until it succeeds in a way that is good enough, or the process stops.
async fn read_until(
    services: &Services,
    slot: &Slot,
    is_enough: impl Fn(&Loaded) -> bool,
) -> Result<Loaded, Stopping> {
    let mut pause = Duration::from_millis(100);
    loop {
        match services.loader.read(slot.guild).await {
            Ok(loaded) if is_enough(&loaded) => return Ok(loaded),
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(guild.id = %slot.guild, %error, "the configuration cannot be read yet");
            }
        }
        tokio::select! {
            () = tokio::time::sleep(pause.mul_f64(rand::random_range(0.5..1.0))) => {}
            () = services.stopping.cancelled() => return Err(Stopping),
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}
