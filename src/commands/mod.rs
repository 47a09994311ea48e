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
pub mod help;
mod interaction;
pub(crate) mod metrics;
pub mod permission;
mod registration;
pub mod reply;
pub mod run;
pub mod tail;
pub mod target;
pub mod words;

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::time::Duration;

use crate::actions::Actions;
use crate::actions::discord::DiscordRest;
use crate::domain::clock::Clock;
use crate::domain::ids::{GuildId, UserId};
use crate::guild::Guilds;
use crate::guild::language::Language;
use crate::store::record::Record;
use crate::store::{Pool, PooledConnection};
use crate::writer::{WriteError, Writer};

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
    /// What rooms keep in this process's memory.
    pub states: RoomStates,
}

/// What rooms keep in this process's memory for their commands, by type.
#[derive(Default)]
pub struct RoomStates(HashMap<TypeId, Box<dyn Any + Send + Sync>>);

impl RoomStates {
    /// These and one more.
    #[must_use]
    pub fn with<T: Any + Send + Sync>(mut self, state: T) -> Self {
        self.0.insert(TypeId::of::<T>(), Box::new(state));
        self
    }
}

/// How long a command waits for the database: Discord's three seconds less what else there is to do.
const DATABASE_WITHIN: Duration = Duration::from_millis(2_500);

impl Services {
    /// A room's own state.
    ///
    /// # Errors
    /// A fault where the composition root has forgotten it.
    pub fn state<T: Any>(&self) -> Result<&T, CommandError> {
        let found = self.states.0.get(&TypeId::of::<T>());
        let found = found.and_then(|state| state.downcast_ref::<T>());
        found.ok_or_else(|| {
            anyhow::anyhow!("{} is no state of this process", std::any::type_name::<T>()).into()
        })
    }

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

    /// Writes a change and waits for its commit.
    ///
    /// # Errors
    /// [`CommandError::Unavailable`] in words, soon enough to be read as an answer; the change may then still come
    /// through. A change that the database refuses is a fault.
    pub async fn write<R: Record>(&self, row: R) -> Result<R::Ack, CommandError> {
        let written = tokio::time::timeout(DATABASE_WITHIN, self.writer.keep_now(row)).await;
        match written {
            Ok(Ok(ack)) => Ok(ack),
            Ok(Err(refused @ WriteError::Refused { .. })) => {
                Err(anyhow::Error::new(refused).into())
            }
            Ok(Err(WriteError::QueueFull(_) | WriteError::Stopped)) => {
                Err(CommandError::Unavailable(Away::Database))
            }
            Ok(Err(_)) | Err(_) => Err(CommandError::Unavailable(Away::Write)),
        }
    }
}

/// A call of a command.
pub type Context<'a> = poise::Context<'a, Services, CommandError>;

/// A command that a room brings.
pub type Command = poise::Command<Services, CommandError>;

/// A slash command whose text form takes other parameters than the slash form: what is typed has no names, so the last
/// text takes the whole rest of the message. The slash command declares them (see [`permission::Needs::typed`]).
#[must_use]
pub fn with_text_form(slash: Command, text: Command) -> Command {
    Command {
        prefix_action: text.prefix_action,
        ..slash
    }
}

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
