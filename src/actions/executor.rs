//! Carries decisions out: journals, calls Discord step by step, settles. Guild actors hand over and never wait.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::discord::{DiscordRest, RestError};
use super::journal::{Journal, JournalError, Opening};
use super::metrics::{ACTIONS_TOTAL, IN_FLIGHT};
use super::plan::{Call, Step, nonce, operation, plan};
use crate::domain::clock::Clock;
use crate::domain::ids::{CaseNumber, ChannelId, GuildId, MessageId};
use crate::domain::verdict::Decision;
use crate::settings::Settings;
use crate::store::Pool;
use crate::store::tables::cases::CaseOutcome;
use crate::store::tables::operations::{NewOperation, StepSettled, StepState};
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
    journal: Journal,
    options: ActionsOptions,
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

    /// Hands a decision over and returns at once.
    ///
    /// # Errors
    /// [`Busy`] where too many are under way; the decision is then not carried out.
    pub fn submit(&self, decision: Decision) -> Result<(), Busy> {
        let room = Arc::clone(&self.0.room)
            .try_acquire_owned()
            .map_err(|_| Busy)?;
        let executor = Arc::clone(&self.0);
        IN_FLIGHT.add([], 1.0);
        self.0.tasks.spawn(async move {
            executor.carry_out(decision).await;
            IN_FLIGHT.add([], -1.0);
            drop(room);
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

/// What a call that was done gave.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Done {
    pub(super) card: Option<(ChannelId, MessageId)>,
}

/// An operation with what is known of it.
pub(super) struct Operation {
    pub(super) guild: GuildId,
    pub(super) key: String,
    pub(super) case: Option<CaseNumber>,
    /// All steps, each at its place.
    pub(super) steps: Vec<Progress>,
    /// When it was opened, where an earlier run did that and may have tried the unsettled steps.
    pub(super) resumed: Option<DateTime<Utc>>,
}

/// A step and, once it has one, its outcome.
pub(super) struct Progress {
    pub(super) step: Step,
    pub(super) ended: Option<Ended>,
}

/// How a step ended, and why where it was not done.
#[derive(Clone, Debug)]
pub(super) struct Ended {
    pub(super) state: StepState,
    pub(super) detail: Option<String>,
}

impl Ended {
    const DONE: Self = Self {
        state: StepState::Done,
        detail: None,
    };

    fn skipped(why: impl Into<String>) -> Self {
        Self {
            state: StepState::Skipped,
            detail: Some(why.into()),
        }
    }

    fn failed(why: String) -> Self {
        Self {
            state: StepState::Failed,
            detail: Some(why),
        }
    }
}

impl Operation {
    fn outcome(&self, card: Option<(ChannelId, MessageId)>) -> CaseOutcome {
        let is_done = |progress: &Progress| {
            !progress.step.call.is_punishment()
                || progress
                    .ended
                    .as_ref()
                    .is_some_and(|ended| ended.state == StepState::Done)
        };
        let details: Vec<&str> = self
            .steps
            .iter()
            .filter_map(|step| step.ended.as_ref()?.detail.as_deref())
            .collect();
        CaseOutcome {
            done: self.steps.iter().all(is_done),
            detail: (!details.is_empty()).then(|| details.join("; ")),
            card,
        }
    }
}

impl Executor {
    async fn carry_out(self: Arc<Self>, decision: Decision) {
        let (guild, key) = (decision.guild, decision.key.clone());
        let steps = plan(&decision);
        let operation = match operation(decision, &steps) {
            Ok(operation) => operation,
            Err(error) => {
                return tracing::error!(guild.id = %guild, %error, "a decision cannot be journaled");
            }
        };
        self.mark_under_way(&key, true);
        match self.open(operation).await {
            Ok(Opening::New(case)) => {
                let steps = steps
                    .into_iter()
                    .map(|step| Progress { step, ended: None })
                    .collect();
                self.finish(Operation {
                    guild,
                    key: key.clone(),
                    case,
                    steps,
                    resumed: None,
                })
                .await;
            }
            Ok(Opening::AlreadyOpen) => {}
            Err(error) => {
                tracing::error!(guild.id = %guild, %error, "a decision was not carried out")
            }
        }
        self.mark_under_way(&key, false);
    }

    /// Opens in the journal, waiting for room in it: without an intent nothing is tried.
    async fn open(&self, operation: NewOperation) -> Result<Opening, JournalError> {
        loop {
            match self.journal.open(operation.clone()).await {
                Err(JournalError::Spool(error)) if !self.stopping.is_cancelled() => {
                    tracing::error!(%error, "a decision waits for the journal");
                    self.pause().await;
                }
                ended => return ended,
            }
        }
    }

    pub(super) fn mark_under_way(&self, key: &str, on: bool) {
        let mut keys = self
            .under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if on {
            keys.insert(key.to_owned());
        } else {
            keys.remove(key);
        }
    }

    pub(super) fn is_under_way(&self, key: &str) -> bool {
        self.under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .contains(key)
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
            ACTIONS_TOTAL.increment([
                operation.steps[place].step.call.label(),
                ended.state.label(),
            ]);
            card = card.or(done.card);
            operation.steps[place].ended = Some(ended.clone());
            let settled = StepSettled {
                key: operation.key.clone(),
                step: i16::try_from(place).unwrap_or(i16::MAX),
                state: ended.state,
                detail: ended.detail,
                case: (place == last).then(|| operation.outcome(card)),
            };
            if let Err(error) = self.journal.settle(settled).await {
                return tracing::error!(guild.id = %operation.guild, %error, "an outcome was not journaled");
            }
        }
    }

    /// Tries a step until it has an outcome. `None` where the process stops first.
    async fn end_step(&self, operation: &Operation, place: usize) -> Option<(Ended, Done)> {
        let step = &operation.steps[place].step;
        if let Some(obstacle) = &step.obstacle {
            return Some((Ended::skipped(obstacle), Done::default()));
        }
        let call = step.call.clone().with_case(operation.case);
        let nonce = nonce(&operation.key, i16::try_from(place).unwrap_or(i16::MAX));
        let started = tokio::time::Instant::now();
        loop {
            let error = match self.try_step(operation, &call, &step.reason, &nonce).await {
                Ok(done) => return Some((Ended::DONE, done)),
                Err(error) => error,
            };
            if let Some(ended) = ending(&call, &error) {
                return Some((ended, Done::default()));
            }
            if started.elapsed() > self.options.retry_for {
                return Some((Ended::failed(error.to_string()), Done::default()));
            }
            tracing::warn!(guild.id = %operation.guild, action = call.label(), %error, "Discord is tried again");
            self.pause().await;
            if self.stopping.is_cancelled() {
                return None;
            }
        }
    }

    async fn try_step(
        &self,
        operation: &Operation,
        call: &Call,
        reason: &str,
        nonce: &str,
    ) -> Result<Done, RestError> {
        if let Some(opened) = operation.resumed
            && self.was_done(operation.guild, opened, call).await
        {
            return Ok(Done::default());
        }
        self.call(operation.guild, call, reason, nonce).await
    }

    async fn call(
        &self,
        guild: GuildId,
        call: &Call,
        reason: &str,
        nonce: &str,
    ) -> Result<Done, RestError> {
        match call {
            Call::DeleteMessage { channel, message } => {
                self.discord
                    .delete_message(*channel, *message, reason)
                    .await?;
            }
            Call::Notice { user, text } => {
                self.discord.send_notice(*user, text, nonce).await?;
            }
            Call::TimeOut { user, until } => {
                self.discord.time_out(guild, *user, *until, reason).await?
            }
            Call::Kick { user } => self.discord.kick(guild, *user, reason).await?,
            Call::Ban {
                user,
                delete_message_secs,
            } => {
                self.discord
                    .ban(guild, *user, *delete_message_secs, reason)
                    .await?;
            }
            Call::Card(card) => {
                let message = self.discord.post_card(card, nonce).await?;
                return Ok(Done {
                    card: Some((card.channel, message)),
                });
            }
        }
        Ok(Done::default())
    }

    async fn pause(&self) {
        let pause = self
            .options
            .retry_pause
            .mul_f64(rand::random_range(0.5..1.5));
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = self.stopping.cancelled() => {}
        }
    }

    async fn replay_spool(&self) -> bool {
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

/// What Discord's refusal means for a step: its end, or `None` where trying again may help.
fn ending(call: &Call, error: &RestError) -> Option<Ended> {
    match (call, error) {
        // Somebody else deleted it, or the member is gone already: what was wanted is so.
        (Call::DeleteMessage { .. } | Call::Kick { .. }, RestError::NotFound { .. }) => {
            Some(Ended::DONE)
        }
        (Call::TimeOut { .. }, RestError::NotFound { .. }) => {
            Some(Ended::skipped("the member has left"))
        }
        (Call::Notice { .. }, RestError::DmClosed | RestError::NotFound { .. }) => {
            Some(Ended::skipped("the member's direct messages are closed"))
        }
        (call, error) if error.is_final() => {
            Some(Ended::failed(format!("{}: {error}", call.label())))
        }
        _ => None,
    }
}
