//! Channels, categories, threads and direct messages, with their permission overwrites.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::permission::Permissions;
use crate::domain::ids::{ChannelId, GuildId, MessageId, UserId};

/// What kind of channel this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChannelKind {
    /// A text channel of a guild.
    Text,
    /// A conversation of the bot with one user.
    Direct,
    /// A voice channel of a guild; its chat is a channel as well.
    Voice,
    /// A folder of channels.
    Category,
    /// A public thread of a text channel.
    Thread,
    /// A thread that only those see who were added to it.
    PrivateThread,
}

impl ChannelKind {
    /// Discord's number of the kind.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Text => 0,
            Self::Direct => 1,
            Self::Voice => 2,
            Self::Category => 4,
            Self::Thread => 11,
            Self::PrivateThread => 12,
        }
    }

    /// Whether this is a thread, public or private.
    #[must_use]
    pub const fn is_thread(self) -> bool {
        matches!(self, Self::Thread | Self::PrivateThread)
    }

    /// The kind that a name in a control request stands for.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        match text {
            "text" => Some(Self::Text),
            "voice" => Some(Self::Voice),
            "category" => Some(Self::Category),
            "thread" => Some(Self::Thread),
            "private_thread" => Some(Self::PrivateThread),
            _ => None,
        }
    }
}

/// A place where messages or other channels are.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Channel {
    /// The channel's id.
    pub id: ChannelId,
    /// The guild it is in; none for direct messages.
    pub guild: Option<GuildId>,
    /// What kind it is.
    pub kind: ChannelKind,
    /// The name without `#`; empty for direct messages.
    pub name: String,
    /// The category of a channel, the channel of a thread.
    pub parent: Option<ChannelId>,
    /// The text below the name.
    pub topic: Option<String>,
    /// Where permissions differ from the guild's.
    pub overwrites: Vec<Overwrite>,
    /// Seconds that a member waits between two messages.
    pub slowmode_secs: u16,
    /// The user that the bot speaks with in a direct message.
    pub recipient: Option<UserId>,
    /// Who started a thread.
    pub owner: Option<UserId>,
    pub(crate) position: u16,
    pub(crate) last_message: Option<MessageId>,
    pub(crate) message_count: u32,
    /// Whether a thread sleeps.
    #[serde(default)]
    pub archived: bool,
    /// Whether only moderators may wake a thread.
    #[serde(default)]
    pub locked: bool,
    /// Who was added to a thread or joined it, and when.
    #[serde(default)]
    pub members: BTreeMap<UserId, DateTime<Utc>>,
    /// Whether anybody in a private thread may add others.
    #[serde(default)]
    pub invitable: bool,
    #[serde(default)]
    pub(crate) archived_at: Option<DateTime<Utc>>,
    #[serde(default)]
    pub(crate) last_pin: Option<DateTime<Utc>>,
}

impl Channel {
    pub(crate) fn new(id: ChannelId, guild: Option<GuildId>, kind: ChannelKind) -> Self {
        Self {
            id,
            guild,
            kind,
            name: String::new(),
            parent: None,
            topic: None,
            overwrites: Vec::new(),
            slowmode_secs: 0,
            recipient: None,
            owner: None,
            position: 0,
            last_message: None,
            message_count: 0,
            archived: false,
            locked: false,
            members: BTreeMap::new(),
            invitable: false,
            archived_at: None,
            last_pin: None,
        }
    }
}

/// Whom an overwrite concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OverwriteTarget {
    /// The holders of a role; the guild's own id is `@everyone`.
    Role(crate::domain::ids::RoleId),
    /// One member.
    Member(UserId),
}

impl OverwriteTarget {
    /// The target's id and Discord's number of its kind.
    pub(crate) const fn parts(self) -> (u64, u8) {
        match self {
            Self::Role(id) => (id.0, 0),
            Self::Member(id) => (id.0, 1),
        }
    }
}

/// What a channel allows or denies to a role or a member.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Overwrite {
    /// Whom it concerns.
    pub target: OverwriteTarget,
    /// What it gives.
    pub allow: Permissions,
    /// What it takes.
    pub deny: Permissions,
}
