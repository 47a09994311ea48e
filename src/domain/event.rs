//! What happened in a guild, in our own words: the past tense of the gateway.

use std::num::NonZeroU16;
use std::time::Instant;

use super::avatar::Avatar;
use super::ids::{ChannelId, GuildId, MessageId, RoleId, UserId};
use super::permissions::Permissions;

/// One thing that happened in one guild.
#[derive(Clone, Debug)]
pub struct GuildEvent {
    /// Where it happened.
    pub guild: GuildId,
    /// When this process received it; the start of the decision's latency.
    pub received: Instant,
    /// What happened.
    pub event: Event,
}

/// What can happen in a guild.
#[derive(Clone, Debug)]
pub enum Event {
    /// The guild is there in full: at start, after an outage, or because the bot was added.
    GuildAvailable(Box<GuildFacts>),
    /// The guild's own name or owner changed.
    GuildRenamed {
        /// Its name now.
        name: String,
        /// Its owner now.
        owner: UserId,
    },
    /// Discord has an outage for this guild. The bot is still a member.
    GuildUnavailable,
    /// The bot was removed from the guild.
    GuildLeft,
    /// A role was created or changed.
    RoleChanged(Role),
    /// A role was deleted.
    RoleDeleted(RoleId),
    /// A channel, category or thread was created or changed.
    ChannelChanged(Channel),
    /// A channel, category or thread was deleted.
    ChannelDeleted(ChannelId),
    /// The bot's own roles changed.
    BotRolesChanged(Vec<RoleId>),
    /// Somebody joined.
    MemberJoined(Author),
    /// Somebody left, was kicked or was banned.
    MemberLeft(UserId),
    /// Somebody posted a message.
    MessagePosted(Message),
    /// Somebody edited a message; the text is the new one.
    MessageEdited(Message),
    /// A message that Discord kept while nobody listened. It may have been judged before.
    MessageFound(Message),
}

impl Event {
    /// The event's name as a metric label: a closed set.
    #[must_use]
    pub const fn label(&self) -> &'static str {
        match self {
            Self::GuildAvailable(_) => "guild_available",
            Self::GuildRenamed { .. } => "guild_renamed",
            Self::GuildUnavailable => "guild_unavailable",
            Self::GuildLeft => "guild_left",
            Self::RoleChanged(_) => "role_changed",
            Self::RoleDeleted(_) => "role_deleted",
            Self::ChannelChanged(_) => "channel_changed",
            Self::ChannelDeleted(_) => "channel_deleted",
            Self::BotRolesChanged(_) => "bot_roles_changed",
            Self::MemberJoined(_) => "member_joined",
            Self::MemberLeft(_) => "member_left",
            Self::MessagePosted(_) => "message_posted",
            Self::MessageEdited(_) => "message_edited",
            Self::MessageFound(_) => "message_found",
        }
    }
}

/// A guild as Discord describes it when it becomes available.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GuildFacts {
    /// Its name.
    pub name: String,
    /// Its owner, who may do everything.
    pub owner: UserId,
    /// How many members Discord counts.
    pub member_count: u64,
    /// The bot's own user id.
    pub bot: UserId,
    /// The bot's own roles, without `@everyone`.
    pub bot_roles: Vec<RoleId>,
    /// All roles, `@everyone` among them.
    pub roles: Vec<Role>,
    /// All channels, categories and active threads.
    pub channels: Vec<Channel>,
    /// The newest message of each channel and thread that has one; it may be deleted by now.
    pub newest_messages: Vec<(ChannelId, MessageId)>,
}

/// A role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// Its id; the guild's own id for `@everyone`.
    pub id: RoleId,
    /// Its name.
    pub name: String,
    /// What it permits in the whole guild.
    pub permissions: Permissions,
    /// Its height: a member acts only on members whose highest role is lower.
    pub position: u16,
}

/// A channel, category or thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel {
    /// Its id.
    pub id: ChannelId,
    /// Its name.
    pub name: String,
    /// The category of a channel, the channel of a thread.
    pub parent: Option<ChannelId>,
    /// Whether messages can be posted in it (not a category).
    pub text: bool,
}

/// Who wrote a message, or who joined.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Author {
    /// The user.
    pub id: UserId,
    /// The user name, without markup.
    pub name: String,
    /// The four digits behind an old name; people have none any more.
    pub discriminator: Option<NonZeroU16>,
    /// The user's own picture.
    pub avatar: Option<Avatar>,
    /// Whether this is a bot, a webhook or Discord itself.
    pub bot: bool,
    /// The member's roles, without `@everyone`.
    pub roles: Vec<RoleId>,
}

/// A message of a guild channel. Its text never reaches a log or a metric.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// The channel or thread it stands in.
    pub channel: ChannelId,
    /// Who wrote it.
    pub author: Author,
    /// What it says. Empty without the MESSAGE_CONTENT intent.
    pub content: String,
}

impl std::fmt::Debug for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Message")
            .field("id", &self.id)
            .field("channel", &self.channel)
            .field("author", &self.author.id)
            .field("content_bytes", &self.content.len())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_does_not_print_its_text() {
        let message = Message {
            id: MessageId(1),
            channel: ChannelId(2),
            author: Author {
                id: UserId(3),
                name: "mallory".into(),
                ..Author::default()
            },
            content: "a private word".into(),
        };
        let printed = format!("{:?}", Event::MessagePosted(message));
        assert!(!printed.contains("private"), "{printed}");
        assert!(printed.contains("content_bytes: 14"), "{printed}");
    }
}
