//! How a guild actor comes by its configuration and changes it. It judges on while anything is read anew.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;

use super::actor::Memory;
use super::config::apply::{outcome, still_holds};
use super::config::change::{self, Change, ChangeError, Changed, Plan};
use super::config::loader::Loaded;
use super::config::snapshot::Snapshot;
use super::guilds::Services;
use super::mailbox::Letter;
use super::metrics::{CHANGES_TOTAL, RELOAD_SECONDS};
use super::slot::Slot;
use crate::domain::ids::ConfigVersion;
use crate::store::tables::config::{ConfigChange, ConfigWritten};
use crate::writer::WriteError;

/// The longest pause between two attempts to read.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// The process stops before a configuration could be read.
pub(super) struct Stopping;

impl Memory {
    /// Waits for as long as the configuration cannot be read: no default stands in for it. After a crash the former one
    /// does, while the database is away.
    pub(super) async fn load_configuration(&mut self) -> Result<(), Stopping> {
        let slot = Arc::clone(&self.slot);
        let is_enough = |read: &Loaded| {
            let holds =
                slot.snapshot.load().is_none() && read.snapshot.version() >= slot.confirmed();
            read.confirmed || holds
        };
        let reading = match slot.snapshot.load_full() {
            Some(_) => self
                .services
                .loader
                .read(slot.guild)
                .await
                .ok()
                .filter(is_enough),
            None => Some(read_until(&self.services, &slot, is_enough).await?),
        };
        self.unconfirmed = reading.as_ref().is_none_or(|read| !read.confirmed);
        if let Some(read) = reading {
            if read.confirmed {
                slot.confirm(read.snapshot.version());
            }
            slot.snapshot.store(Some(Arc::new(read.snapshot)));
        }
        if self.unconfirmed {
            self.read_beside();
        }
        Ok(())
    }

    /// Reads what the database holds, beside the actor and for as long as it takes, and hands it over as a letter.
    fn read_beside(&self) {
        let (services, slot) = (self.services.clone(), Arc::clone(&self.slot));
        self.services.tasks.spawn(hand_over(services, slot));
    }

    /// All of the guild was erased: whatever the database holds now takes the place of the former configuration, though
    /// its version is lower.
    pub(super) fn start_over(&mut self) {
        self.slot.unconfirm();
        self.unconfirmed = true;
        self.read_beside();
    }

    /// Takes what the database holds. Versions only grow: what was read while a newer one came into force is old. What
    /// the database has not confirmed gives way to whatever it says.
    pub(super) fn take(&mut self, read: Snapshot) {
        let own = self.slot.snapshot.load().as_ref().map(|own| own.version());
        let is_newer = own.is_none_or(|own| read.version() > own);
        let corrects = self.unconfirmed && read.version() >= self.slot.confirmed();
        if is_newer || corrects {
            self.unconfirmed = false;
            self.slot.confirm(read.version());
            self.slot.snapshot.store(Some(Arc::new(read)));
        }
    }

    /// Writes a change and judges by it from the moment of its commit.
    pub(super) async fn change(&mut self, change: Change) -> Result<Changed, ChangeError> {
        let source = change.source.label();
        let result = self.try_change(change).await;
        CHANGES_TOTAL.increment([source, outcome(&result)]);
        result
    }

    /// Where another process has changed the guild meanwhile, nothing is written, the change is worked out anew from
    /// what holds now, and tried again.
    async fn try_change(&mut self, change: Change) -> Result<Changed, ChangeError> {
        let deadline = Instant::now() + self.services.options.commit_within;
        loop {
            if Instant::now() >= deadline {
                return Err(self.too_slow());
            }
            let Some(current) = self.slot.snapshot.load_full() else {
                return Err(ChangeError::Write(WriteError::Stopped));
            };
            let Some(plan) = change::plan(self.slot.guild, &current, &change)? else {
                if self.is_current(&current, deadline).await? {
                    return Ok(Changed::nothing(current.version()));
                }
                self.catch_up(deadline).await?;
                continue;
            };
            let checking = still_holds(&self.services.loader, &current, &change, &plan);
            match tokio::time::timeout_at(deadline, checking).await {
                Ok(checked) => checked?,
                Err(_) => return Err(self.too_slow()),
            }
            match self.commit(plan.record.clone(), deadline).await? {
                ConfigWritten::Changed(version) => {
                    return Ok(self.put_into_force(&current, version, plan));
                }
                ConfigWritten::Outdated => self.catch_up(deadline).await?,
            }
        }
    }

    /// Whether the database holds this version still: only then may a change that has nothing to do be acknowledged.
    async fn is_current(&self, current: &Snapshot, deadline: Instant) -> Result<bool, ChangeError> {
        let asking = self.services.loader.find_version(self.slot.guild);
        match tokio::time::timeout_at(deadline, asking).await {
            Ok(Ok(version)) => Ok(version == current.version()),
            _ => Err(self.too_slow()),
        }
    }

    fn put_into_force(&self, current: &Snapshot, version: ConfigVersion, plan: Plan) -> Changed {
        let started = Instant::now();
        let guild = self.slot.guild;
        let next = current.with(self.services.loader.registry(), version, &plan.keys);
        let next = next.keeping(&plan.kept);
        self.slot.confirm(version);
        self.slot.snapshot.store(Some(Arc::new(next)));
        RELOAD_SECONDS.record([], started.elapsed());
        self.services.publish(guild, version);
        let names: Vec<&str> = plan.keys.iter().map(|change| change.key.name).collect();
        tracing::info!(guild.id = %guild, keys = names.join(" "), config.version = %version, "configured");
        plan.done(version)
    }

    /// Takes what the database holds by now: a change was committed past the actor.
    pub(super) async fn be_current(&mut self) -> Result<(), ChangeError> {
        let deadline = Instant::now() + self.services.options.commit_within;
        self.catch_up(deadline).await
    }

    /// Another process changed this guild meanwhile: only the database knows how.
    async fn catch_up(&mut self, deadline: Instant) -> Result<(), ChangeError> {
        let reading = self.services.loader.read(self.slot.guild);
        match tokio::time::timeout_at(deadline, reading).await {
            Ok(Ok(read)) if read.confirmed => {
                self.take(read.snapshot);
                Ok(())
            }
            _ => Err(self.too_slow()),
        }
    }

    const fn too_slow(&self) -> ChangeError {
        let patience = self.services.options.commit_within;
        ChangeError::Write(WriteError::Unavailable(patience))
    }

    /// Waits for the commit, but not so long that judging would stop with the database. A change that is still under
    /// way then is read back as soon as it has ended.
    async fn commit(
        &self,
        record: ConfigChange,
        deadline: Instant,
    ) -> Result<ConfigWritten, WriteError> {
        let (ended, mut answer) = oneshot::channel();
        let (services, slot) = (self.services.clone(), Arc::clone(&self.slot));
        self.services.tasks.spawn(async move {
            if let Err(late) = ended.send(services.writer.keep_now(record).await) {
                if let Ok(ConfigWritten::Changed(version)) = late {
                    services.publish(slot.guild, version);
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
    if !slot.is_awake() {
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
