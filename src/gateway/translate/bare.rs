//! Messages and entries of the audit log that serenity cannot read, because Discord has added something it does not know:
//! the parts that are judged are read nevertheless, so that a novelty is no way around the rules.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::{Translated, audit};
use crate::domain::event::{Author, Event, Message};
use crate::domain::ids::{ChannelId, GuildId, MessageId, RoleId, UserId};

#[derive(Deserialize)]
struct BareMessage {
    id: MessageId,
    channel_id: ChannelId,
    guild_id: Option<GuildId>,
    author: BareUser,
    member: Option<BareMember>,
    content: String,
    edited_timestamp: Option<IgnoredAny>,
    webhook_id: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct BareUser {
    id: UserId,
    username: String,
    #[serde(default)]
    discriminator: Option<String>,
    #[serde(default)]
    avatar: Option<String>,
    #[serde(default)]
    bot: bool,
    #[serde(default)]
    system: bool,
}

#[derive(Deserialize)]
struct BareMember {
    roles: Vec<RoleId>,
    #[serde(default)]
    joined_at: Option<DateTime<Utc>>,
}

/// Reads what it can of an event that serenity does not know; most are of no use here.
pub(super) fn translate(kind: &str, value: Value) -> Translated {
    let edit = match kind {
        "MESSAGE_CREATE" => false,
        "MESSAGE_UPDATE" => true,
        "GUILD_AUDIT_LOG_ENTRY_CREATE" => return audit::bare(value),
        _ => return Translated::Nothing,
    };
    let Ok(bare) = BareMessage::deserialize(value) else {
        return Translated::Nothing;
    };
    let Some(guild) = bare.guild_id else {
        return Translated::NoGuild;
    };
    let edited = bare.edited_timestamp.is_some();
    let message = bare.into_message();
    match (edit, edited) {
        (false, _) => Translated::One(guild, Event::MessagePosted(message)),
        (true, true) => Translated::One(guild, Event::MessageEdited(message)),
        (true, false) => Translated::Nothing,
    }
}

impl BareMessage {
    fn into_message(self) -> Message {
        let joined_at = self.member.as_ref().and_then(|member| member.joined_at);
        Message {
            id: self.id,
            channel: self.channel_id,
            author: Author {
                id: self.author.id,
                bot: self.author.bot || self.author.system || self.webhook_id.is_some(),
                name: self.author.username,
                discriminator: self
                    .author
                    .discriminator
                    .and_then(|digits| digits.parse().ok()),
                avatar: self.author.avatar.and_then(|hash| hash.parse().ok()),
                roles: self.member.map_or_else(Vec::new, |member| member.roles),
                joined_at,
            },
            content: self.content,
        }
    }
}
