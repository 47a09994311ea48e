//! The handle to all guilds: delivers events, reads configurations, asks for changes.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use ractor::{Actor, ActorRef, SpawnErr};
use tokio::sync::{Mutex, oneshot};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::config::change::{Change, ChangeError, Changed};
use super::config::loader::Loader;
use super::config::snapshot::Snapshot;
use super::mailbox::Letter;
use super::metrics::SHED_TOTAL;
use super::options::GuildOptions;
use super::slot::Slot;
use super::supervisor::{Supervisor, SupervisorMsg};
use super::view::GuildView;
use crate::actions::Actions;
use crate::domain::clock::Clock;
use crate::domain::event::GuildEvent;
use crate::domain::ids::{ConfigVersion, GuildId, UserId};
use crate::store::tables::erasure::ForgetAgain;
use crate::store::tables::guilds::GuildSeen;
use crate::writer::{WriteError, Writer};

/// What every guild actor works with. Cloning is cheap.
#[derive(Clone)]
pub struct Services {
    /// Reads configurations.
    pub loader: Loader,
    /// Writes changes.
    pub writer: Writer,
    /// Carries decisions out.
    pub actions: Actions,
    /// Tells the time.
    pub clock: Clock,
    /// How actors live.
    pub options: GuildOptions,
    /// Work beside the actors that the stop waits for.
    pub tasks: TaskTracker,
    /// Set when the process stops: nobody waits for a database then.
    pub stopping: CancellationToken,
}

impl Services {
    /// Tells Redis of a committed version, beside the actor.
    pub(super) fn publish(&self, guild: GuildId, version: ConfigVersion) {
        let loader = self.loader.clone();
        self.tasks
            .spawn(async move { loader.publish(guild, version).await });
    }

    /// Drops from Redis what members may do, beside the actor: a role has changed.
    pub(super) fn forget_permissions(&self, guild: GuildId) {
        let loader = self.loader.clone();
        self.tasks
            .spawn(async move { loader.cache().forget_permissions(guild).await });
    }
}

/// Why a guild did not answer.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum GuildError {
    /// Its actor has more to do than its mailbox holds.
    #[error("the guild's mailbox is full")]
    MailboxFull,
    /// Its configuration could not be read in time, or its actor is parked or stopping.
    #[error("the guild did not answer within {0:?}")]
    NoAnswer(Duration),
    /// The change itself was not made.
    #[error(transparent)]
    Change(#[from] ChangeError),
}

/// A handle to all guilds of this process; cloning is cheap.
#[derive(Clone)]
pub struct Guilds(Arc<Inner>);

struct Inner {
    slots: RwLock<HashMap<GuildId, Arc<Slot>>>,
    supervisor: ActorRef<SupervisorMsg>,
    ended: Mutex<Option<JoinHandle<()>>>,
    services: Services,
}

impl Guilds {
    /// Starts the supervisor. Guilds wake with their first event.
    ///
    /// # Errors
    /// Fails only where the actor system itself cannot start an actor.
    pub async fn start(services: Services) -> Result<Self, SpawnErr> {
        let (supervisor, ended) = Actor::spawn(None, Supervisor, services.clone()).await?;
        let ended = Mutex::new(Some(ended));
        Ok(Self(Arc::new(Inner {
            slots: RwLock::default(),
            supervisor,
            ended,
            services,
        })))
    }

    /// Hands an event to its guild, waking it where it sleeps. Waits for room in a full mailbox, blocking the thread,
    /// but not for long and only once for a guild that takes nothing; then the event is shed and counted.
    pub fn deliver(&self, event: GuildEvent) {
        let slot = self.slot(event.guild);
        let patience = self.0.services.options.room_within;
        if self.post(&slot, Letter::Event(event), patience).is_err() {
            SHED_TOTAL.increment(["mailbox_full"]);
        }
    }

    fn post(&self, slot: &Arc<Slot>, letter: Letter, patience: Duration) -> Result<(), GuildError> {
        let told = slot.post_within(letter, patience);
        if !told.map_err(|_| GuildError::MailboxFull)? {
            // Only a stopped supervisor refuses, and then nothing is to be woken.
            drop(
                self.0
                    .supervisor
                    .cast(SupervisorMsg::Wake(Arc::clone(slot))),
            );
        }
        Ok(())
    }

    fn slot(&self, guild: GuildId) -> Arc<Slot> {
        let slots = self.0.slots.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = slots.get(&guild) {
            return Arc::clone(slot);
        }
        drop(slots);
        let mut slots = self.0.slots.write().unwrap_or_else(PoisonError::into_inner);
        let capacity = self.0.services.options.mailbox_capacity;
        Arc::clone(
            slots
                .entry(guild)
                .or_insert_with(|| Arc::new(Slot::new(guild, capacity))),
        )
    }

    /// The configuration of an awake guild, without waiting.
    #[must_use]
    pub fn find_configuration(&self, guild: GuildId) -> Option<Arc<Snapshot>> {
        let slots = self.0.slots.read().unwrap_or_else(PoisonError::into_inner);
        slots.get(&guild)?.snapshot.load_full()
    }

    /// The configuration of a guild, read from the database where it sleeps.
    ///
    /// # Errors
    /// [`GuildError::NoAnswer`] where it cannot be read in time.
    pub async fn configuration(&self, guild: GuildId) -> Result<Arc<Snapshot>, GuildError> {
        if let Some(snapshot) = self.find_configuration(guild) {
            return Ok(snapshot);
        }
        let within = self.0.services.options.answer_within;
        match tokio::time::timeout(within, self.0.services.loader.load(guild)).await {
            Ok(Ok(snapshot)) => Ok(Arc::new(snapshot)),
            _ => Err(GuildError::NoAnswer(within)),
        }
    }

    /// What a guild looks like, as far as the gateway has told.
    #[must_use]
    pub fn view(&self, guild: GuildId) -> Arc<GuildView> {
        self.slot(guild).current_view()
    }

    /// What a guild looks like after all that Discord has told of it so far: who has just lost a role is seen without it.
    ///
    /// # Errors
    /// [`GuildError`] where the guild does not come to it in time.
    pub async fn view_now(&self, guild: GuildId) -> Result<Arc<GuildView>, GuildError> {
        let (reply, answer) = oneshot::channel();
        self.post(&self.slot(guild), Letter::View(reply), Duration::ZERO)?;
        let within = self.0.services.options.answer_within;
        match tokio::time::timeout(within, answer).await {
            Ok(Ok(view)) => Ok(view),
            _ => Err(GuildError::NoAnswer(within)),
        }
    }

    /// Makes a change; when this returns, every later event of the guild is judged by it.
    ///
    /// # Errors
    /// See [`GuildError`].
    pub async fn change(&self, guild: GuildId, change: Change) -> Result<Changed, GuildError> {
        let (reply, answer) = oneshot::channel();
        let letter = Letter::Change(Box::new(change), reply);
        self.post(&self.slot(guild), letter, Duration::ZERO)?;
        let within = self.0.services.options.answer_within;
        match tokio::time::timeout(within, answer).await {
            Ok(Ok(result)) => Ok(result?),
            _ => Err(GuildError::NoAnswer(within)),
        }
    }

    /// Comes to a version that was committed past the actor; when this returns, every later event of the guild is judged
    /// by it or a newer one.
    ///
    /// # Errors
    /// See [`GuildError`]: the change stands, but may come into force a moment later.
    pub async fn catch_up(&self, guild: GuildId, version: ConfigVersion) -> Result<(), GuildError> {
        let held = self.find_configuration(guild);
        if held.is_some_and(|held| held.version() >= version) {
            return Ok(());
        }
        let (reply, answer) = oneshot::channel();
        self.post(&self.slot(guild), Letter::CatchUp(reply), Duration::ZERO)?;
        let within = self.0.services.options.answer_within;
        match tokio::time::timeout(within, answer).await {
            Ok(Ok(result)) => Ok(result?),
            _ => Err(GuildError::NoAnswer(within)),
        }
    }

    /// The declared keys.
    #[must_use]
    pub fn registry(&self) -> &super::config::registry::Registry {
        self.0.services.loader.registry()
    }

    /// Reads configurations.
    #[must_use]
    pub fn loader(&self) -> &Loader {
        &self.0.services.loader
    }

    /// Work beside the actors that the stop waits for.
    pub(super) fn tasks(&self) -> &TaskTracker {
        &self.0.services.tasks
    }

    /// The guilds of this process that Discord has described.
    #[must_use]
    pub fn list_known(&self) -> Vec<GuildId> {
        let slots = self.0.slots.read().unwrap_or_else(PoisonError::into_inner);
        let known = slots.iter().filter(|(_, slot)| slot.view.load().is_known());
        known.map(|(guild, _)| *guild).collect()
    }

    /// The guilds that have an actor.
    pub(super) fn list_awake(&self) -> Vec<GuildId> {
        let slots = self.0.slots.read().unwrap_or_else(PoisonError::into_inner);
        let awake = slots.iter().filter(|(_, slot)| slot.is_awake());
        awake.map(|(guild, _)| *guild).collect()
    }

    /// Those of these guilds that have an actor with an older version, or one that is still reading some version.
    /// Sleeping guilds read what holds when they wake.
    pub(super) fn list_behind(
        &self,
        versions: impl IntoIterator<Item = (GuildId, ConfigVersion)>,
    ) -> Vec<GuildId> {
        let slots = self.0.slots.read().unwrap_or_else(PoisonError::into_inner);
        let is_behind = |guild: &GuildId, version: ConfigVersion| {
            slots.get(guild).is_some_and(|slot| {
                let own = slot.snapshot.load().as_ref().map(|own| own.version());
                slot.is_awake() && own.is_none_or(|own| own < version)
            })
        };
        versions
            .into_iter()
            .filter(|(guild, version)| is_behind(guild, *version))
            .map(|(guild, _)| guild)
            .collect()
    }

    /// Gives a guild a configuration that was read anew. Where its mailbox has no room, the next sweep comes back to it.
    pub(super) fn hand_over(&self, guild: GuildId, read: Snapshot) {
        let slot = self.slot(guild);
        let letter = Letter::Configuration(Box::new(read));
        if self.post(&slot, letter, Duration::ZERO).is_err() {
            tracing::warn!(guild.id = %guild, "a configuration that was read anew found no room");
        }
    }

    /// Has what somebody else has journaled for a guild carried out, where the guild is one of this process.
    pub(super) fn settle(&self, guild: GuildId) {
        let slots = self.0.slots.read().unwrap_or_else(PoisonError::into_inner);
        let is_ours = |slot: &Arc<Slot>| slot.view.load().is_known();
        if slots.get(&guild).is_some_and(is_ours) {
            self.0.services.actions.settle(guild);
        }
    }

    /// Takes up that all of a guild was erased. A sleeping guild reads what holds when it wakes.
    pub fn start_over(&self, guild: GuildId) {
        let slots = self.0.slots.read().unwrap_or_else(PoisonError::into_inner);
        let Some(slot) = slots.get(&guild).map(Arc::clone) else {
            return;
        };
        drop(slots);
        slot.unconfirm();
        if slot.is_awake() && self.post(&slot, Letter::Erased, Duration::ZERO).is_err() {
            tracing::error!(guild.id = %guild, "an erased guild judges by its former configuration until it sleeps");
        }
        let view = slot.current_view();
        if view.is_known() {
            let seen = GuildSeen::present(guild, &view.name, view.member_count);
            let writer = self.0.services.writer.clone();
            // Its row went too, by which the next start would tell that AIMod was removed meanwhile.
            self.tasks().spawn(async move {
                if let Err(error) = writer.keep(seen).await {
                    tracing::error!(guild.id = %guild, %error, "an erased guild has no row");
                }
            });
        }
    }

    /// Drops what waits in memory to be written about a person, and takes away again what was written of it since the
    /// person was erased.
    ///
    /// # Errors
    /// Where the database did not take it in.
    pub async fn forget_user(&self, user: UserId) -> Result<(), WriteError> {
        let awake = self.list_awake().into_iter();
        let answers: Vec<_> = awake
            .filter_map(|guild| {
                let (reply, answer) = oneshot::channel();
                let letter = Letter::Forget(user, reply);
                let posted = self.post(&self.slot(guild), letter, Duration::ZERO);
                posted.ok().map(|()| answer)
            })
            .collect();
        let within = self.0.services.options.answer_within;
        // An actor that has ended meanwhile has written its counts: they are queued before what follows.
        let all = futures_util::future::join_all(answers);
        drop(tokio::time::timeout(within, all).await);
        let writer = &self.0.services.writer;
        // Twice: in the first one's batch a count that was queued before may be written after it.
        writer.keep_now(ForgetAgain(user)).await?;
        writer.keep_now(ForgetAgain(user)).await
    }

    /// Crashes a guild's actor: for drills and tests of the supervision.
    pub fn crash(&self, guild: GuildId) {
        // A full mailbox means that the drill does not take place.
        drop(self.post(&self.slot(guild), Letter::Crash, Duration::ZERO));
    }

    /// How many letters are not dealt with over all guilds, those in hand among them.
    #[must_use]
    pub fn waiting(&self) -> usize {
        let slots = self.0.slots.read().unwrap_or_else(PoisonError::into_inner);
        slots.values().map(|slot| slot.mailbox.unfinished()).sum()
    }

    /// Lets every actor finish its mailbox, then stops them all.
    pub async fn stop(&self) {
        self.0.services.stopping.cancel();
        let ended = self.0.ended.lock().await.take();
        if self.0.supervisor.cast(SupervisorMsg::Drain).is_ok()
            && let Some(ended) = ended
            && let Err(error) = ended.await
        {
            tracing::error!(%error, "the guilds did not stop in order");
        }
        self.0.services.tasks.close();
        self.0.services.tasks.wait().await;
    }
}
