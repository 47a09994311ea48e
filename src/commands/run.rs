//! One run of a command or button, from its call to its end: what it leaves in metrics and in the rooms that keep a log.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;

use super::metrics::{COMMAND_SECONDS, COMMANDS_TOTAL};
use super::{Context, Services};
use crate::domain::ids::{GuildId, UserId};

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It did what it was asked.
    Ok,
    /// The caller asked for something that cannot be.
    Refused,
    /// The caller lacks the permission.
    Forbidden,
    /// A fault, or something did not answer.
    Error,
}

impl Outcome {
    /// The metric label.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Refused => "refused",
            Self::Forbidden => "forbidden",
            Self::Error => "error",
        }
    }
}

/// A finished run.
#[derive(Clone, Debug)]
pub struct Run {
    /// Where.
    pub guild: GuildId,
    /// Who.
    pub user: UserId,
    /// The full name with subcommands, such as `config set`; never its arguments.
    pub command: String,
    /// When it was called.
    pub called_at: DateTime<Utc>,
    /// How long it took.
    pub duration: Duration,
    /// How it ended.
    pub outcome: Outcome,
}

/// Is told of every finished run.
pub trait Observer: Send + Sync {
    /// Takes note of a run.
    fn note<'a>(&'a self, run: &'a Run) -> BoxFuture<'a, ()>;
}

/// Kept with a call from its first check to its end.
struct Begun {
    at: Instant,
    time: DateTime<Utc>,
}

/// Notes that a command was called.
pub(super) async fn begin(ctx: Context<'_>) {
    ctx.set_invocation_data(Begun {
        at: Instant::now(),
        time: ctx.data().clock.now(),
    })
    .await;
}

/// When a command was called.
pub(super) async fn begun_at(ctx: Context<'_>) -> Instant {
    let begun = ctx.invocation_data::<Begun>().await;
    begun.map_or_else(Instant::now, |begun| begun.at)
}

/// Notes how it ended, everywhere.
pub(super) async fn end(ctx: Context<'_>, outcome: Outcome) {
    let begun = ctx
        .invocation_data::<Begun>()
        .await
        .map(|begun| (begun.at, begun.time));
    let (at, called_at) = begun.unwrap_or_else(|| (Instant::now(), ctx.data().clock.now()));
    let name = label_of(ctx);
    let Some(guild) = ctx.guild_id() else {
        COMMANDS_TOTAL.increment([name, outcome.label()]);
        COMMAND_SECONDS.record([name], at.elapsed());
        return;
    };
    let run = Run {
        guild: GuildId(guild.get()),
        user: super::caller_of(ctx),
        command: ctx.command().qualified_name.to_string(),
        called_at,
        duration: at.elapsed(),
        outcome,
    };
    note(ctx.data(), name, &run).await;
}

/// Tells the metrics, the log and the observers of a run, whether of a command or of a button.
pub(super) async fn note(services: &Services, label: &'static str, run: &Run) {
    COMMANDS_TOTAL.increment([label, run.outcome.label()]);
    COMMAND_SECONDS.record([label], run.duration);
    tracing::info!(
        guild.id = %run.guild,
        user.id = %run.user,
        command = run.command,
        outcome = run.outcome.label(),
        duration_ms = u64::try_from(run.duration.as_millis()).unwrap_or(u64::MAX),
        "command"
    );
    for observer in &services.observers {
        observer.note(run).await;
    }
}

/// The command's name as a label: the framework leaks each name once, at start (see `framework::options`).
fn label_of(ctx: Context<'_>) -> &'static str {
    match &ctx.command().qualified_name {
        std::borrow::Cow::Borrowed(name) => name,
        std::borrow::Cow::Owned(_) => "unknown",
    }
}
