//! Messages, and what a person or the bot wants to post.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::files::NewFile;
use crate::domain::ids::{ChannelId, GuildId, MessageId, RoleId, UserId};

/// The embeds are hidden.
pub(crate) const SUPPRESS_EMBEDS: u64 = 1 << 2;
/// Only the user that it answers sees the message.
pub(crate) const EPHEMERAL: u64 = 1 << 6;
/// The bot has said that an answer will come.
pub(crate) const LOADING: u64 = 1 << 7;
/// The message is made of components of the second kind, without text and embeds beside them.
pub(crate) const COMPONENTS_V2: u64 = 1 << 15;

/// Discord's number of the message that tells of a pin.
pub(crate) const PINNED: u8 = 6;
/// Discord's number of the message that alerts to what AutoMod found.
pub(crate) const AUTOMOD_ALERT: u8 = 24;

/// A message as the world keeps it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Message {
    /// The message's id.
    pub id: MessageId,
    /// Where it stands.
    pub channel: ChannelId,
    /// The guild of that channel; none for direct messages.
    pub guild: Option<GuildId>,
    /// Who wrote it.
    pub author: UserId,
    /// The text.
    pub content: String,
    /// When it was written.
    pub at: DateTime<Utc>,
    /// When it was last edited.
    pub edited_at: Option<DateTime<Utc>>,
    /// The embeds in Discord's form.
    pub embeds: Vec<Value>,
    /// The rows of buttons and selects in Discord's form.
    pub components: Vec<Value>,
    /// The attached files' facts in Discord's form.
    pub attachments: Vec<Value>,
    /// Discord's flags: 64 is ephemeral, 128 a deferred answer that has not come yet.
    pub flags: u64,
    /// The message it replies to.
    pub reply_to: Option<MessageId>,
    /// Whom it mentions.
    pub mentions: Vec<UserId>,
    /// Which roles it mentions.
    pub mention_roles: Vec<RoleId>,
    /// Whether it mentions everyone.
    pub mention_everyone: bool,
    /// The interaction that it answers.
    pub interaction: Option<Box<Origin>>,
    pub(crate) nonce: Option<Value>,
    /// Who reacted with what, in the order of the first reactions.
    #[serde(default)]
    pub reactions: Vec<Reaction>,
    /// Since when it is pinned.
    #[serde(default)]
    pub pinned_at: Option<DateTime<Utc>>,
    /// Discord's number of a message that Discord wrote itself: 6 tells of a pin, 24 of what AutoMod found.
    #[serde(default)]
    pub system: Option<u8>,
}

/// The reactions to a message with one emoji.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reaction {
    /// The emoji itself, or `name:id` of a guild's own.
    pub emoji: String,
    /// Who reacted with it.
    pub users: BTreeSet<UserId>,
}

impl Reaction {
    pub(crate) fn new(emoji: &str) -> Self {
        Self {
            emoji: emoji.to_owned(),
            users: BTreeSet::new(),
        }
    }
}

impl Message {
    /// Whether only one user sees it.
    #[must_use]
    pub const fn is_ephemeral(&self) -> bool {
        self.flags & EPHEMERAL != 0
    }

    /// The message that is shown above this one. What Discord tells of a pin only names its message.
    pub(crate) fn answered(&self) -> Option<MessageId> {
        self.reply_to.filter(|_| self.system.is_none())
    }

    /// Who alone sees it, if it is ephemeral.
    pub(crate) fn only_for(&self) -> Option<UserId> {
        let origin = self.interaction.as_ref().filter(|_| self.is_ephemeral());
        origin.map(|origin| origin.user)
    }
}

/// The interaction that a message answers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Origin {
    /// The interaction's id.
    pub id: u64,
    /// Who used the command or pressed the button.
    pub user: UserId,
    /// Discord's number of the interaction's kind: 2 command, 3 component, 5 modal.
    pub kind: u8,
    /// The command's name; empty for components.
    pub name: String,
    /// The message whose button was pressed.
    pub source: Option<MessageId>,
    /// What opened the form that was sent.
    pub trigger: Option<Box<Origin>>,
}

/// What somebody wants to post.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    pub(crate) content: String,
    pub(crate) embeds: Vec<Value>,
    pub(crate) components: Vec<Value>,
    pub(crate) attachments: Vec<Value>,
    pub(crate) files: Vec<NewFile>,
    pub(crate) system: Option<u8>,
    pub(crate) flags: u64,
    pub(crate) reply_to: Option<MessageId>,
    pub(crate) nonce: Option<Value>,
    pub(crate) origin: Option<Box<Origin>>,
    pub(crate) allowed_mentions: Option<AllowedMentions>,
}

impl Draft {
    /// A message of this text.
    pub fn text(content: impl Into<String>) -> Self {
        Self {
            content: content.into(),
            ..Self::default()
        }
    }

    /// Makes it a reply.
    #[must_use]
    pub fn reply_to(mut self, message: MessageId) -> Self {
        self.reply_to = Some(message);
        self
    }

    /// Attaches a file, of which only name, size and content type exist.
    #[must_use]
    pub fn attachment(mut self, filename: &str, size: u64, content_type: &str) -> Self {
        let number = self.attachments.len() + 1;
        let url = format!("https://cdn.example.invalid/attachments/{number}/{filename}");
        self.attachments.push(json!({
            "id": number.to_string(), "filename": filename, "size": size, "url": url, "proxy_url": url,
            "content_type": content_type,
        }));
        self
    }

    /// Attaches a file with its bytes, which can be fetched from the address that the message then names. Those of
    /// files beyond 1 MiB are not kept.
    #[must_use]
    pub fn file(mut self, name: &str, content_type: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.files.push(NewFile {
            name: name.to_owned(),
            kind: Some(content_type.to_owned()),
            description: None,
            bytes: bytes.into().into(),
        });
        self
    }

    /// Adds an embed in Discord's form.
    #[must_use]
    pub fn embed(mut self, embed: Value) -> Self {
        self.embeds.push(embed);
        self
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.content.trim().is_empty()
            && self.embeds.is_empty()
            && self.components.is_empty()
            && self.attachments.is_empty()
            && self.files.is_empty()
    }
}

/// Which mentions of a bot's message may ring. Without it, all of them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct AllowedMentions {
    pub(crate) parse: Vec<String>,
    pub(crate) users: Vec<UserId>,
    pub(crate) roles: Vec<RoleId>,
    /// Whether the author of the message that is replied to is mentioned.
    pub(crate) replied_user: bool,
}

/// What an edit changes; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub(crate) struct Edit {
    pub(crate) content: Option<String>,
    pub(crate) embeds: Option<Vec<Value>>,
    pub(crate) components: Option<Vec<Value>>,
    /// Which attachments stay.
    pub(crate) attachments: Option<Vec<Value>>,
    /// Files that are added.
    pub(crate) files: Vec<NewFile>,
    pub(crate) flags: Option<u64>,
    /// Whether the embeds are hidden.
    pub(crate) suppress: Option<bool>,
    pub(crate) allowed_mentions: Option<AllowedMentions>,
}

impl Edit {
    /// Whether it changes what the message says, and not only how it is shown.
    pub(crate) fn says_something(&self) -> bool {
        self.content.is_some()
            || self.embeds.is_some()
            || self.components.is_some()
            || self.attachments.is_some()
            || !self.files.is_empty()
    }
}
