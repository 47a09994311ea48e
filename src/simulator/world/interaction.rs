//! Interactions: slash commands, autocompletion, buttons and modals, with the state of their answers.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use crate::domain::ids::{ChannelId, GuildId, MessageId, UserId};
use crate::simulator::world::message::Origin;

/// How long the bot has for its first answer (Discord's page on receiving and responding to interactions).
pub(crate) const FIRST_ANSWER: TimeDelta = TimeDelta::seconds(3);
/// How long follow-ups and edits are possible.
pub(crate) const LAST_ANSWER: TimeDelta = TimeDelta::minutes(15);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InteractionKind {
    Command,
    Component,
    Autocomplete,
    Modal,
}

impl InteractionKind {
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Command => 2,
            Self::Component => 3,
            Self::Autocomplete => 4,
            Self::Modal => 5,
        }
    }
}

/// How far the bot's answer is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Progress {
    /// Nothing came yet.
    Open,
    /// "The application is thinking".
    Deferred,
    /// A message answers it.
    Answered,
    /// The pressed message is going to be edited.
    DeferredUpdate,
    /// The pressed message was edited.
    Updated,
    /// Suggestions for the focused option.
    Choices(Vec<Value>),
    /// A form that the user fills in.
    Modal(Value),
}

#[derive(Clone, Debug)]
pub(crate) struct Interaction {
    pub(crate) id: u64,
    pub(crate) token: String,
    pub(crate) kind: InteractionKind,
    pub(crate) guild: Option<GuildId>,
    pub(crate) channel: ChannelId,
    pub(crate) user: UserId,
    /// The command's name; empty for components.
    pub(crate) name: String,
    pub(crate) at: DateTime<Utc>,
    /// The message whose button was pressed.
    pub(crate) source: Option<MessageId>,
    /// What opened the form that was sent.
    pub(crate) trigger: Option<Box<Origin>>,
    pub(crate) progress: Progress,
    /// The message that `@original` means.
    pub(crate) original: Option<MessageId>,
    pub(crate) followups: Vec<MessageId>,
}

impl Interaction {
    /// The time that is over, if the bot has let it pass: nothing can answer any more.
    pub(crate) fn expired_after(&self, now: DateTime<Utc>) -> Option<Duration> {
        let limit = match self.progress {
            Progress::Open => FIRST_ANSWER,
            _ => LAST_ANSWER,
        };
        let over = now - self.at > limit;
        over.then(|| limit.to_std().unwrap_or_default())
    }
}

/// What somebody did that the bot must answer.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) kind: InteractionKind,
    pub(crate) guild: Option<GuildId>,
    pub(crate) channel: ChannelId,
    pub(crate) user: UserId,
    pub(crate) name: String,
    pub(crate) source: Option<MessageId>,
    /// The `data` field in Discord's form.
    pub(crate) data: Value,
}
