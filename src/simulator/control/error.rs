//! What can go wrong when somebody acts in the world.

use std::time::Duration;

use crate::simulator::rules::error::ApiError;

/// An act in the world that did not happen.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// A name or id that means nothing here.
    #[error("there is no {kind} {name:?} here")]
    Unknown {
        /// Guild, channel, user, role or message.
        kind: &'static str,
        /// What was asked for.
        name: String,
    },
    /// Discord would not let this person do that.
    #[error("Discord refuses: {0}")]
    Refused(#[from] ApiError),
    /// The slash line does not fit the registered commands.
    #[error(transparent)]
    Slash(#[from] SlashError),
    /// What was waited for did not come.
    #[error(transparent)]
    Timeout(#[from] Timeout),
    /// A control request without something it needs, or with a wrong value.
    #[error("wrong request: {0}")]
    Request(String),
}

impl ControlError {
    pub(crate) fn unknown(kind: &'static str, name: impl Into<String>) -> Self {
        let name = name.into();
        Self::Unknown { kind, name }
    }
}

/// Something did not happen in time.
#[derive(Debug, thiserror::Error)]
#[error("waited {} s in vain for {what}", limit.as_secs())]
pub struct Timeout {
    /// What was waited for.
    pub what: String,
    /// How long.
    pub limit: Duration,
}

/// Why a slash line cannot be sent, as Discord's client would refuse it.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SlashError {
    /// No command has this name.
    #[error("there is no command /{name}; registered are: {known}")]
    NoCommand {
        /// The first word of the line.
        name: String,
        /// The names that are registered.
        known: String,
    },
    /// The command has subcommands, and the line names none of them.
    #[error("/{path} needs one of: {known}")]
    NoSubcommand {
        /// The words so far.
        path: String,
        /// The names that fit.
        known: String,
    },
    /// A required option is not there.
    #[error("/{path} needs the option {option:?}")]
    Missing {
        /// The command's words.
        path: String,
        /// The option's name.
        option: String,
    },
    /// A value that the option does not take.
    #[error("the option {option:?} takes {expected}, not {given:?}")]
    WrongValue {
        /// The option's name.
        option: String,
        /// What it takes.
        expected: String,
        /// What the line says.
        given: String,
    },
    /// There is more text than options.
    #[error("nothing in /{path} takes {rest:?}")]
    TooMuch {
        /// The command's words.
        path: String,
        /// The text that is left.
        rest: String,
    },
    /// The client hides the command from this member.
    #[error("/{name} is hidden from this member, who lacks permissions {needed}")]
    Hidden {
        /// The command.
        name: String,
        /// What it needs.
        needed: String,
    },
}
