//! What happened in a guild, in our own words: the past tense of the gateway.

use std::num::NonZeroU16;
use std::time::Instant;

use chrono::{DateTime, Utc};

use super::avatar::Avatar;
use super::ids::{AuditEntryId, ChannelId, GuildId, MessageId, RoleId, UserId};
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

/// The guilds of a shard that has just connected anew, those in an outage among them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RollCall {
    /// The shard's number, from 0.
    pub shard: u32,
    /// How many shards there are over all processes.
    pub total: u32,
    /// Every guild of the shard that the bot is a member of.
    pub guilds: Vec<GuildId>,
}

impl RollCall {
    /// Whether a guild is served by this shard, by Discord's page on sharding.
    #[must_use]
    pub fn covers(&self, guild: GuildId) -> bool {
        (guild.0 >> 22) % u64::from(self.total.max(1)) == u64::from(self.shard)
    }
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
    /// Somebody acted on a member past AIMod, or AIMod did: the audit log tells of both. It may have been told before.
    AuditEntry(AuditEntry),
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
            Self::AuditEntry(_) => "audit_entry",
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
    /// When the member joined, the last time; unknown where Discord does not say.
    pub joined_at: Option<DateTime<Utc>>,
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

/// What somebody did to a member, as the guild's audit log tells it. The reason never reaches a log or a metric.
#[derive(Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// The entry's id, which also tells when it happened.
    pub id: AuditEntryId,
    /// Who did it: a person, a bot, AIMod itself.
    pub actor: UserId,
    /// Whom it was done to.
    pub target: UserId,
    /// What.
    pub deed: Deed,
    /// Why, where somebody said so.
    pub reason: Option<String>,
}

impl std::fmt::Debug for AuditEntry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AuditEntry")
            .field("id", &self.id)
            .field("actor", &self.actor)
            .field("target", &self.target)
            .field("deed", &self.deed)
            .finish_non_exhaustive()
    }
}

/// What can be done to a member in Discord's own menus, as far as it is a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Banned, a member or not.
    Banned,
    /// Let in again.
    Unbanned,
    /// Removed.
    Kicked,
    /// May not write or speak until then.
    TimedOut {
        /// The end.
        until: DateTime<Utc>,
    },
    /// May write and speak again before the end.
    TimeoutEnded,
}

impl Deed {
    /// What a changed end of a timeout means at the moment of the change. Discord leaves an end that has passed standing
    /// until the next change: taking that away ends nothing.
    #[must_use]
    pub fn of_timeout(
        old: Option<DateTime<Utc>>,
        new: Option<DateTime<Utc>>,
        at: DateTime<Utc>,
    ) -> Option<Self> {
        let runs = |end: Option<DateTime<Utc>>| end.filter(|end| *end > at);
        match (runs(old), runs(new)) {
            (_, Some(until)) => Some(Self::TimedOut { until }),
            (Some(_), None) => Some(Self::TimeoutEnded),
            (None, None) => None,
        }
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
    #[test]
    fn an_audit_entry_does_not_print_its_reason() {
        let entry = AuditEntry {
            id: AuditEntryId(1),
            actor: UserId(2),
            target: UserId(3),
            deed: Deed::Kicked,
            reason: Some("a private word".into()),
        };
        let printed = format!("{:?}", Event::AuditEntry(entry));
        assert!(!printed.contains("private"), "{printed}");
        assert!(printed.contains("Kicked"), "{printed}");
    }

    #[test]
    fn only_a_timeout_that_runs_is_set_or_ended() {
        let at = |second| DateTime::from_timestamp(second, 0).expect("a moment");
        let deed = |old, new| Deed::of_timeout(old, new, at(100));
        let until = at(160);
        assert_eq!(deed(None, Some(until)), Some(Deed::TimedOut { until }));
        let longer = Some(Deed::TimedOut { until });
        assert_eq!(deed(Some(at(120)), Some(until)), longer, "set anew");
        assert_eq!(deed(Some(until), None), Some(Deed::TimeoutEnded));
        assert_eq!(deed(Some(until), Some(at(90))), Some(Deed::TimeoutEnded));
        assert_eq!(deed(Some(at(90)), None), None, "it was over");
        assert_eq!(deed(None, None), None);
    }
}
