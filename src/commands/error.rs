//! What goes wrong in a command: what a person may read, and what only the log may hold.

use crate::domain::permissions::Permissions;
use crate::guild::config::value::ValueError;
use crate::guild::{ChangeError, GuildError};
use crate::store::StoreError;
use crate::writer::WriteError;

/// Something that a person can mend: one sentence about what to do, shown as it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refusal(String);

impl Refusal {
    /// A refusal with its sentence, in the language of its reader.
    #[must_use]
    pub fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }
}

/// What does not answer right now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Away {
    /// The database, for reading.
    Database,
    /// The database, in the middle of a change of settings: nobody knows yet what became of it.
    Change,
    /// The database, in the middle of any other change.
    Write,
    /// The guild's actor.
    Guild,
}

/// Why a command did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// A person can mend it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A value does not fit its key, which only the guild's actor could tell.
    #[error(transparent)]
    Invalid(ValueError),
    /// The caller lacks a permission.
    #[error("the permission {0} is needed")]
    Forbidden(Permissions),
    /// The caller is no operator of the bot.
    #[error("only operators may do this")]
    OperatorsOnly,
    /// Something did not answer in time; trying again later may help.
    #[error("{0:?} is away")]
    Unavailable(Away),
    /// A fault: the log holds it, a person reads its reference.
    #[error(transparent)]
    Internal(#[from] anyhow::Error),
}

impl From<serenity::Error> for CommandError {
    fn from(error: serenity::Error) -> Self {
        Self::Internal(anyhow::Error::new(error).context("Discord did not take the answer"))
    }
}

impl From<GuildError> for CommandError {
    fn from(error: GuildError) -> Self {
        match error {
            GuildError::Change(ChangeError::Invalid(wrong)) => Self::Invalid(wrong),
            // Who names a version that was seen tells its own story of what has changed since.
            GuildError::Change(
                ChangeError::Outdated { .. } | ChangeError::Write(WriteError::Refused { .. }),
            ) => Self::Internal(error.into()),
            GuildError::Change(ChangeError::Write(_)) => Self::Unavailable(Away::Change),
            GuildError::NoAnswer(_) | GuildError::MailboxFull => Self::Unavailable(Away::Guild),
        }
    }
}

impl From<WriteError> for CommandError {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Refused { .. } => Self::Internal(error.into()),
            _ => Self::Unavailable(Away::Change),
        }
    }
}

impl From<StoreError> for CommandError {
    fn from(error: StoreError) -> Self {
        tracing::warn!(%error, "a command could not read");
        Self::Unavailable(Away::Database)
    }
}

impl From<diesel::result::Error> for CommandError {
    fn from(error: diesel::result::Error) -> Self {
        if crate::store::is_transient(&error) {
            return StoreError::from(error).into();
        }
        Self::Internal(anyhow::Error::new(error).context("a query failed"))
    }
}
