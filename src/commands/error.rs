//! What goes wrong in a command: what a person may read, and what only the log may hold.

use crate::guild::config::value::Value;
use crate::guild::{ChangeError, GuildError};
use crate::store::StoreError;
use crate::writer::WriteError;

/// Something that a person can mend: one sentence about what to do, shown as it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refusal(String);

impl Refusal {
    /// A refusal with its sentence.
    #[must_use]
    pub fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }
}

/// Why a command did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// A person can mend it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The caller lacks a permission.
    #[error("{0}")]
    Forbidden(String),
    /// The database or a guild did not answer in time; trying again later may help.
    #[error("{0}")]
    Unavailable(String),
    /// A fault: the log holds it, a person reads its reference.
    #[error(transparent)]
    Internal(#[from] anyhow::Error),
}

impl CommandError {
    /// What a person reads where a command cannot read.
    #[must_use]
    pub fn database_away() -> Self {
        Self::Unavailable(
            "The database does not answer right now. Please try again in a minute.".into(),
        )
    }
}

impl From<serenity::Error> for CommandError {
    fn from(error: serenity::Error) -> Self {
        Self::Internal(anyhow::Error::new(error).context("Discord did not take the answer"))
    }
}

impl From<GuildError> for CommandError {
    fn from(error: GuildError) -> Self {
        match error {
            GuildError::Change(ChangeError::Invalid(wrong)) => Refusal::new(format!("Nothing was changed: {wrong}.")).into(),
            GuildError::Change(ChangeError::Outdated { key, then, now, version }) => {
                let show = |value: Option<Value>| value.map_or_else(|| "unset".into(), |value| value.show(&key.kind));
                Refusal::new(format!(
                    "Nothing was changed: `{}` has changed since. It was {} then and is {} now, at version {version}.",
                    key.name, show(then), show(now)
                ))
                .into()
            }
            GuildError::Change(ChangeError::Write(WriteError::Refused { .. })) => Self::Internal(error.into()),
            GuildError::Change(ChangeError::Write(_)) => Self::Unavailable(
                "The database does not answer right now. The change may still come through; look with `/config show` \
                 in a minute before you try again."
                    .into(),
            ),
            GuildError::NoAnswer(_) | GuildError::MailboxFull => {
                Self::Unavailable("This server's settings cannot be reached right now. Please try again in a minute.".into())
            }
        }
    }
}

impl From<StoreError> for CommandError {
    fn from(error: StoreError) -> Self {
        tracing::warn!(%error, "a command could not read");
        Self::database_away()
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
