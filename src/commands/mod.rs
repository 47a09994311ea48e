//! Commands: the one permission check, replies, and poise's set-up.
//!
//! Rooms declare their commands with poise; every command names the permission it needs (see [`permission::needs`]).
//! The check before each call, the deferral within Discord's three seconds, the error a person reads, the metrics and
//! the log of runs are here, the same for slash and text commands and for what is pressed and filled in later
//! ([`components`], [`forms`]).

pub mod components;
pub mod error;
pub mod forms;
pub mod framework;
mod interaction;
pub(crate) mod metrics;
pub mod permission;
pub mod reply;
pub mod run;
pub mod tail;
pub mod words;

use std::time::Duration;

use crate::actions::Actions;
use crate::actions::discord::DiscordRest;
use crate::domain::clock::Clock;
use crate::domain::ids::{GuildId, UserId};
use crate::guild::Guilds;
use crate::guild::language::Language;
use crate::store::{Pool, PooledConnection};
use crate::writer::Writer;

use self::components::Component;
use self::error::Away;
pub use self::error::{CommandError, Refusal};
use self::forms::FormKind;
use self::framework::Observers;
use self::permission::PermissionCache;

/// What commands work with.
pub struct Services {
    /// Configurations and changes.
    pub guilds: Guilds,
    /// For reading; writes go through the guild actor or the writer.
    pub pool: Pool,
    /// Writes what a room keeps of its own.
    pub writer: Writer,
    /// Carries out what is decided, and runs errands.
    pub actions: Actions,
    /// Fetches what somebody attached.
    pub discord: DiscordRest,
    /// Tells the time.
    pub clock: Clock,
    /// Are told of every run.
    pub observers: Observers,
    /// Computed permissions of members.
    pub permissions: PermissionCache,
    /// What may be pressed and chosen.
    pub components: Vec<Component>,
    /// What may be filled in.
    pub forms: Vec<FormKind>,
    /// Who operates the bot.
    pub operators: Vec<UserId>,
}

/// How long a command waits for the database: Discord's three seconds less what else there is to do.
const DATABASE_WITHIN: Duration = Duration::from_millis(2_500);

impl Services {
    /// Whether somebody operates the bot.
    #[must_use]
    pub fn is_operator(&self, user: UserId) -> bool {
        self.operators.contains(&user)
    }

    /// A connection to read with.
    ///
    /// # Errors
    /// [`CommandError::Unavailable`] in words, soon enough to be read as an answer.
    pub async fn reader(&self) -> Result<PooledConnection, CommandError> {
        match tokio::time::timeout(DATABASE_WITHIN, self.pool.acquire()).await {
            Ok(acquired) => Ok(acquired?),
            Err(_) => Err(CommandError::Unavailable(Away::Database)),
        }
    }
}

/// A call of a command.
pub type Context<'a> = poise::Context<'a, Services, CommandError>;

/// A command that a room brings.
pub type Command = poise::Command<Services, CommandError>;

/// What a command returns.
pub type CommandResult = Result<(), CommandError>;

/// The guild in which a command was called.
///
/// # Errors
/// A refusal in words, in direct messages.
pub fn guild_of(ctx: Context<'_>) -> Result<GuildId, CommandError> {
    let guild = ctx
        .guild_id()
        .ok_or_else(|| Refusal::new(words::TEXTS.say(Language::En, "commands-server-only", &[])))?;
    Ok(GuildId(guild.get()))
}

/// Who called a command.
#[must_use]
pub fn caller_of(ctx: Context<'_>) -> UserId {
    UserId(ctx.author().id.get())
}
