//! Carries decisions out: journals, calls Discord step by step, settles. Guild actors hand over and never wait.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, oneshot};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::bans::Bans;
use super::cards::Cards;
use super::discord::DiscordRest;
use super::errand::Errand;
use super::journal::Journal;
use super::metrics::IN_FLIGHT;
use super::newest::Newest;
use super::perform::{PerformError, Performed};
use super::plan::Step;
use super::work::Work;
use crate::domain::clock::Clock;
use crate::domain::ids::{GuildId, UserId};
use crate::domain::verdict::Decision;
use crate::settings::Settings;
use crate::store::Pool;
use crate::writer::Writer;

/// How decisions are carried out.
#[derive(Clone, Debug)]
pub struct ActionsOptions {
    /// How many decisions may be under way or waiting.
    pub most_in_flight: usize,
    /// How long the database may take to journal an intent before the local spool takes over.
    pub journal_patience: Duration,
    /// The spool's file.
    pub spool_path: PathBuf,
    /// The spool's largest size in bytes.
    pub spool_max_bytes: u64,
    /// How often a spool is offered to the database, and a journal without database is tried again.
    pub retry_pause: Duration,
    /// For how long a step that Discord does not answer is tried again.
    pub retry_for: Duration,
    /// How often the journal is searched for what nobody has settled for long.
    pub sweep_every: Duration,
    /// How old that is; longer than [`ActionsOptions::retry_for`], since until then somebody may be at it.
    pub orphaned_after: Duration,
}

impl ActionsOptions {
    /// What the settings say, with the spool at `spool_path`.
    #[must_use]
    pub fn from_settings(settings: &Settings, spool_path: PathBuf) -> Self {
        Self {
            most_in_flight: 10_000,
            journal_patience: Duration::from_secs(3),
            spool_path,
            spool_max_bytes: settings.actions.spool_max_bytes,
            retry_pause: Duration::from_secs(1),
            retry_for: Duration::from_secs(3_600),
            sweep_every: Duration::from_secs(600),
            orphaned_after: Duration::from_secs(2 * 3_600),
        }
    }
}

/// So many decisions are under way that another cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many decisions are being carried out")]
pub struct Busy;

/// Where somebody waits for an outcome.
pub(super) type Told = oneshot::Sender<Result<Performed, PerformError>>;

/// A handle to the executor; cloning is cheap.
#[derive(Clone)]
pub struct Actions(pub(super) Arc<Executor>);

pub(super) struct Executor {
    pub(super) discord: DiscordRest,
    pub(super) pool: Pool,
    pub(super) clock: Clock,
    pub(super) journal: Journal,
    pub(super) options: ActionsOptions,
    room: Arc<Semaphore>,
    under_way: Mutex<HashSet<String>>,
    pub(super) bans: Bans,
    pub(super) cards: Cards,
    /// When whom was punished, or pardoned, last: the server, the member, and the kind of call.
    pub(super) deeds: Newest<(GuildId, UserId, &'static str)>,
    /// Told whenever a step has got its outcome.
    pub(super) settled: Notify,
    pub(super) tasks: TaskTracker,
    pub(super) stopping: CancellationToken,
}

impl Actions {
    /// Starts the executor, and brings a spool that an earlier run left into the database.
    pub async fn start(
        pool: Pool,
        writer: Writer,
        discord: DiscordRest,
        clock: Clock,
        options: ActionsOptions,
    ) -> Self {
        let journal = Journal::open_at(
            writer,
            options.spool_path.clone(),
            options.spool_max_bytes,
            options.journal_patience,
        )
        .await;
        let executor = Arc::new(Executor {
            discord,
            pool,
            clock,
            journal,
            room: Arc::new(Semaphore::new(options.most_in_flight)),
            options,
            under_way: Mutex::default(),
            bans: Bans::default(),
            cards: Cards::default(),
            deeds: Newest::default(),
            settled: Notify::new(),
            tasks: TaskTracker::new(),
            stopping: CancellationToken::new(),
        });
        executor.replay_spool().await;
        executor.tasks.spawn(Arc::clone(&executor).keep_replaying());
        executor.tasks.spawn(Arc::clone(&executor).keep_sweeping());
        Self(executor)
    }

    /// The client for Discord's REST API.
    #[must_use]
    pub fn discord(&self) -> &DiscordRest {
        &self.0.discord
    }

    /// Hands a decision over and returns at once.
    ///
    /// # Errors
    /// [`Busy`] where too many are under way; the decision is then not carried out.
    pub fn submit(&self, decision: Decision) -> Result<(), Busy> {
        self.begin(Work::decision(decision), None)
    }

    /// Hands an errand over and returns at once. It has a decision's guarantees: its key is run once and for all, and
    /// what a crash leaves is taken up again.
    ///
    /// # Errors
    /// [`Busy`] where too many are under way; the errand is then not run.
    pub fn run(&self, errand: Errand) -> Result<(), Busy> {
        self.begin(Work::errand(errand, self.0.clock.now()), None)
    }

    /// Begins work that nobody can call back, and tells its outcome to whoever still waits for it.
    pub(super) fn begin(&self, work: Work, told: Option<Told>) -> Result<(), Busy> {
        let room = self.0.find_room().ok_or(Busy)?;
        let executor = Arc::clone(&self.0);
        let place = Place::take(room);
        // Noted here, in the order in which it was asked for.
        executor.note(work.guild, work.steps.iter(), work.decided_at);
        self.0.tasks.spawn(async move {
            let outcome = executor.carry_out(work).await;
            if let Some(told) = told {
                // Whoever stopped waiting does not want to know.
                drop(told.send(outcome));
            }
            drop(place);
        });
        Ok(())
    }

    /// Settles what an earlier run of this process, or another one, left open in a guild.
    pub fn settle(&self, guild: GuildId) {
        self.0.tasks.spawn(Arc::clone(&self.0).settle_guild(guild));
    }

    /// How many decisions are under way.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.0.options.most_in_flight - self.0.room.available_permits()
    }

    /// Lets the calls in hand end and gives up waiting for what cannot end now: it stays in the journal.
    pub async fn stop(&self) {
        self.0.stopping.cancel();
        self.0.tasks.close();
        self.0.tasks.wait().await;
    }
}

/// A decision's place among those under way; given back also where carrying it out panics.
pub(super) struct Place(#[expect(dead_code, reason = "held, not read")] OwnedSemaphorePermit);

impl Place {
    pub(super) fn take(room: OwnedSemaphorePermit) -> Self {
        IN_FLIGHT.add([], 1.0);
        Self(room)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        IN_FLIGHT.add([], -1.0);
    }
}

/// The right to carry out one decision: this process has one at a time for each key.
pub(super) struct Claim {
    executor: Arc<Executor>,
    pub(super) key: String,
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.executor.lock_under_way().remove(&self.key);
    }
}

impl Executor {
    /// Notes what is asked for now, before what was asked for earlier and held up is tried.
    pub(super) fn note<'a>(
        &self,
        guild: GuildId,
        steps: impl Iterator<Item = &'a Step> + Clone,
        asked: DateTime<Utc>,
    ) {
        self.cards.note(steps.clone(), asked);
        for call in steps.map(|step| &step.call) {
            if let Some((user, _)) = call.contrary() {
                self.deeds.note((guild, user, call.kind()), asked);
            }
        }
    }

    /// Room for one more decision, where there is any.
    pub(super) fn find_room(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.room).try_acquire_owned().ok()
    }

    fn lock_under_way(&self) -> MutexGuard<'_, HashSet<String>> {
        self.under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a key, unless somebody in this process has it.
    pub(super) fn claim(self: &Arc<Self>, key: &str) -> Option<Claim> {
        self.lock_under_way().insert(key.to_owned()).then(|| Claim {
            executor: Arc::clone(self),
            key: key.to_owned(),
        })
    }

    pub(super) async fn pause(&self) {
        let pause = self
            .options
            .retry_pause
            .mul_f64(rand::random_range(0.5..1.5));
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = self.stopping.cancelled() => {}
        }
    }

    /// Whether nothing is left in the spool.
    pub(super) async fn replay_spool(&self) -> bool {
        match self.journal.replay().await {
            Ok(empty) => empty,
            Err(error) => {
                tracing::error!(%error, "the spool cannot be brought into the database");
                false
            }
        }
    }

    async fn keep_replaying(self: Arc<Self>) {
        while !self.stopping.is_cancelled() {
            self.pause().await;
            self.replay_spool().await;
        }
    }
}
