//! Carries decisions out: journals, calls Discord step by step, settles. Guild actors hand over and never wait.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::discord::DiscordRest;
use super::journal::{Journal, JournalError, Opening};
use super::metrics::{ACTIONS_TOTAL, IN_FLIGHT};
use super::operation::{Ended, Operation, Progress};
use super::plan::{Step, operation, plan};
use crate::domain::clock::Clock;
use crate::domain::ids::GuildId;
use crate::domain::verdict::Decision;
use crate::settings::Settings;
use crate::store::Pool;
use crate::store::tables::operations::{NewOperation, StepSettled};
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
        }
    }
}

/// So many decisions are under way that another cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many decisions are being carried out")]
pub struct Busy;

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
            tasks: TaskTracker::new(),
            stopping: CancellationToken::new(),
        });
        executor.replay_spool().await;
        executor.tasks.spawn(Arc::clone(&executor).keep_replaying());
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
        let room = Arc::clone(&self.0.room)
            .try_acquire_owned()
            .map_err(|_| Busy)?;
        let executor = Arc::clone(&self.0);
        let place = Place::take(room);
        self.0.tasks.spawn(async move {
            executor.carry_out(decision).await;
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
struct Place(#[expect(dead_code, reason = "held, not read")] OwnedSemaphorePermit);

impl Place {
    fn take(room: OwnedSemaphorePermit) -> Self {
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

/// How opening in the journal went.
struct Opened {
    opening: Opening,
    /// An earlier attempt failed, and may have been written after that.
    again: bool,
}

impl Executor {
    async fn carry_out(self: Arc<Self>, decision: Decision) {
        // Whoever holds the key carries it out.
        let Some(claim) = self.claim(&decision.key) else {
            return;
        };
        let guild = decision.guild;
        if let Err(error) = self.open_and_finish(decision, &claim).await {
            tracing::error!(guild.id = %guild, error = %format!("{error:#}"), "a decision was not carried out");
        }
    }

    async fn open_and_finish(&self, decision: Decision, claim: &Claim) -> anyhow::Result<()> {
        let (guild, decided_at) = (decision.guild, decision.decided_at);
        let steps = plan(&decision);
        let operation = operation(decision, &steps).context("it cannot be written as JSON")?;
        match self.open(operation).await? {
            Opened {
                opening: Opening::New(case),
                ..
            } => {
                let steps = steps.into_iter().map(Progress::new).collect();
                self.finish(Operation {
                    guild,
                    key: claim.key.clone(),
                    case,
                    steps,
                    decided_at,
                    resumed: false,
                })
                .await;
            }
            // It may be the failed attempt that stands there: then nobody else carries it out.
            Opened { again: true, .. } => self.resume(guild, claim).await,
            Opened { again: false, .. } => {}
        }
        Ok(())
    }

    /// Opens in the journal, waiting for room in it: without an intent nothing is tried.
    async fn open(&self, operation: NewOperation) -> Result<Opened, JournalError> {
        let mut again = false;
        loop {
            match self.journal.open(operation.clone()).await {
                Err(JournalError::Spool(error)) if !self.stopping.is_cancelled() => {
                    tracing::error!(%error, "a decision waits for the journal");
                    self.pause().await;
                    again = true;
                }
                ended => return ended.map(|opening| Opened { opening, again }),
            }
        }
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

    /// Makes the calls of all unsettled steps in order; the last one's outcome settles the case with it.
    pub(super) async fn finish(&self, mut operation: Operation) {
        let last = operation.steps.len().saturating_sub(1);
        let mut card = None;
        for place in 0..operation.steps.len() {
            if operation.steps[place].ended.is_some() {
                continue;
            }
            let Some((ended, done)) = self.end_step(&operation, place).await else {
                // The process is stopping: the step stays in the journal and the next run takes it up.
                return;
            };
            card = card.or(done.card);
            self.count(&operation.steps[place].step, &ended);
            operation.steps[place].ended = Some(ended.clone());
            let settled = StepSettled {
                key: operation.key.clone(),
                step: i16::try_from(place).unwrap_or(i16::MAX),
                state: ended.state,
                detail: ended.detail,
                case: (place == last).then(|| operation.outcome(card)),
            };
            if let Err(error) = self.settle_step(&settled).await {
                return tracing::error!(guild.id = %operation.guild, %error, "an outcome was not journaled");
            }
        }
    }

    fn count(&self, step: &Step, ended: &Ended) {
        ACTIONS_TOTAL.increment([step.call.label(), ended.state.label()]);
    }

    /// Journals an outcome, waiting for a spool that cannot be written: the steps that follow depend on it.
    async fn settle_step(&self, settled: &StepSettled) -> Result<(), JournalError> {
        loop {
            match self.journal.settle(settled).await {
                Err(JournalError::Spool(error)) if !self.stopping.is_cancelled() => {
                    tracing::error!(%error, "an outcome waits for the journal");
                    self.pause().await;
                }
                ended => return ended,
            }
        }
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
