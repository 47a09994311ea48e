//! Bans of one server that come due together are one request: Discord takes two hundred users at once.
//!
//! Nobody waits for company. The first ban is asked for at once; those that come due while a request of their server is
//! under way are asked for together when it has ended. Each keeps its own outcome, so that case and journal stay as if it
//! had been asked for alone.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::join_all;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::discord::{BULK_BAN, DiscordRest, RestError, codes};
use crate::domain::ids::{GuildId, UserId};

/// From so many users on, one request is asked for all of them. It says less of each than a request of their own.
const TOGETHER_FROM: usize = 3;

/// For how long a server is not asked for a bulk ban again: where the bot lacks Manage Server, and after other failures.
const FORBIDDEN_FOR: Duration = Duration::from_secs(3_600);
const FAILED_FOR: Duration = Duration::from_secs(60);

/// How long a ban waits for its turn, as a request waits for its lane: what has happened since may speak against it.
const PATIENCE: Duration = Duration::from_secs(60);

/// What bans must have in common to be one request.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Batch {
    /// The server.
    pub(super) guild: GuildId,
    /// How far back messages are deleted, seconds.
    pub(super) delete_message_secs: u32,
    /// What the audit log says.
    pub(super) reason: String,
}

/// Who is to be banned, and where the outcome is waited for.
struct Waiting {
    user: UserId,
    /// Dropped where nobody asks for it after all.
    told: oneshot::Sender<Result<(), RestError>>,
}

/// The bans of a batch that are due: whoever holds the turn asks for all of them.
#[derive(Default)]
struct Line {
    turn: tokio::sync::Mutex<()>,
    waiting: Mutex<Vec<Waiting>>,
    /// Those of whom Discord is being asked now.
    asked: Mutex<Vec<UserId>>,
}

/// The bans that are due, by what they have in common.
#[derive(Default)]
pub(super) struct Bans {
    lines: Mutex<HashMap<Batch, Arc<Line>>>,
    refused: Mutex<HashMap<GuildId, Instant>>,
}

impl Bans {
    /// Bans a user, alone or with others.
    ///
    /// # Errors
    /// Those of [`DiscordRest::ban`]. Of a bulk ban that Discord did not answer it is not known whether it was carried
    /// out.
    pub(super) async fn ban(
        &self,
        discord: &DiscordRest,
        batch: Batch,
        user: UserId,
    ) -> Result<(), RestError> {
        let line = Arc::clone(lock(&self.lines).entry(batch.clone()).or_default());
        let outcome = self.ban_in(&line, discord, &batch, user).await;
        drop(line);
        lock(&self.lines).retain(|_, line| Arc::strong_count(line) > 1);
        outcome
    }

    /// Sees to it that no ban of this user comes after their pardon: takes them out of every line of the server, which
    /// lets whoever waits there look again, and waits for a request that is under way.
    pub(super) async fn make_way(&self, guild: GuildId, user: UserId) {
        let lines: Vec<Arc<Line>> = lock(&self.lines)
            .iter()
            .filter(|(batch, _)| batch.guild == guild)
            .map(|(_, line)| Arc::clone(line))
            .collect();
        for line in lines {
            lock(&line.waiting).retain(|waiting| waiting.user != user);
            if lock(&line.asked).contains(&user) {
                // Beyond that it is Discord that does not answer, and the pardon has the same to wait for.
                drop(tokio::time::timeout(PATIENCE, line.turn.lock()).await);
            }
        }
    }

    async fn ban_in(
        &self,
        line: &Line,
        discord: &DiscordRest,
        batch: &Batch,
        user: UserId,
    ) -> Result<(), RestError> {
        let (told, mut outcome) = oneshot::channel();
        lock(&line.waiting).push(Waiting { user, told });
        let turn = tokio::select! {
            biased;
            told = &mut outcome => return told.unwrap_or_else(|_| given_up()),
            turn = line.turn.lock() => turn,
            () = tokio::time::sleep(PATIENCE) => return given_up(),
        };
        let outcome = loop {
            match outcome.try_recv() {
                Ok(outcome) => break outcome,
                Err(oneshot::error::TryRecvError::Empty) => {
                    self.ask(discord, batch, line.next()).await;
                    lock(&line.asked).clear();
                }
                Err(oneshot::error::TryRecvError::Closed) => break given_up(),
            }
        };
        drop(turn);
        outcome
    }

    async fn ask(&self, discord: &DiscordRest, batch: &Batch, mut due: Vec<Waiting>) {
        if due.len() >= TOGETHER_FROM && self.may_ask(batch.guild) {
            due = self.ask_together(discord, batch, due).await;
        }
        let seconds = batch.delete_message_secs;
        join_all(due.into_iter().map(|waiting| async move {
            let banned = discord.ban(batch.guild, waiting.user, seconds, &batch.reason);
            tell(waiting, banned.await);
        }))
        .await;
    }

    /// Gives back whom a request of their own may help or tell more: who is banned already is among the failed, too.
    async fn ask_together(
        &self,
        discord: &DiscordRest,
        batch: &Batch,
        due: Vec<Waiting>,
    ) -> Vec<Waiting> {
        let mut users: Vec<UserId> = due.iter().map(|waiting| waiting.user).collect();
        users.sort_unstable();
        users.dedup();
        let seconds = batch.delete_message_secs;
        let answer = discord.bulk_ban(batch.guild, &users, seconds, &batch.reason);
        let banned = match answer.await {
            Ok(outcome) => outcome.banned,
            Err(error) if error.is_final() || matches!(error, RestError::RateLimited { .. }) => {
                self.refuse(batch.guild, &error);
                return due;
            }
            Err(error) => {
                // The next attempt, once it is known who is banned, does without.
                self.refuse(batch.guild, &error);
                for waiting in due {
                    tell(waiting, Err(error.clone()));
                }
                return Vec::new();
            }
        };
        let is_banned = |waiting: &Waiting| banned.contains(&waiting.user);
        let (banned, left): (Vec<_>, Vec<_>) = due.into_iter().partition(is_banned);
        for waiting in banned {
            tell(waiting, Ok(()));
        }
        left
    }

    fn refuse(&self, guild: GuildId, error: &RestError) {
        let pause = match error {
            RestError::Forbidden {
                code: codes::MISSING_PERMISSIONS | codes::MISSING_ACCESS,
                ..
            } => FORBIDDEN_FOR,
            _ => FAILED_FOR,
        };
        tracing::warn!(guild.id = %guild, %error, ?pause, "members are banned one by one");
        lock(&self.refused).insert(guild, Instant::now() + pause);
    }

    fn may_ask(&self, guild: GuildId) -> bool {
        let mut refused = lock(&self.refused);
        refused.retain(|_, until| *until > Instant::now());
        !refused.contains_key(&guild)
    }
}

impl Line {
    /// Takes those who have waited longest and still wait: of them Discord is asked now.
    fn next(&self) -> Vec<Waiting> {
        let mut waiting = lock(&self.waiting);
        waiting.retain(|one| !one.told.is_closed());
        let end = waiting.len().min(BULK_BAN);
        let next: Vec<Waiting> = waiting.drain(..end).collect();
        *lock(&self.asked) = next.iter().map(|one| one.user).collect();
        next
    }
}

/// What is told of a ban that may or may not have been asked for.
fn given_up() -> Result<(), RestError> {
    let why = "the bans that came first took too long".to_owned();
    Err(RestError::Unavailable(why))
}

fn tell(waiting: Waiting, outcome: Result<(), RestError>) {
    // Who stopped waiting finds out at the next start.
    drop(waiting.told.send(outcome));
}

fn lock<T>(value: &Mutex<T>) -> MutexGuard<'_, T> {
    value.lock().unwrap_or_else(PoisonError::into_inner)
}
