//! Guilds, roles and channels in our words.

use std::collections::HashMap;
use std::hash::Hash;

use serenity::model::channel::{ChannelType, GuildChannel};
use serenity::model::guild::{Guild, PartialGuild, Role as DiscordRole, UnavailableGuild};
use serenity::model::id as discord;

use super::{Translated, guild_id, role_ids, user_id};
use crate::domain::event::{Channel, Event, GuildFacts, Role};
use crate::domain::ids::{ChannelId, MessageId, RoleId, UserId};
use crate::domain::permissions::Permissions;

/// A guild in full. Its parts are sorted by id, so that equal guilds are equal facts.
pub(super) fn available(mut guild: Guild, bot: UserId) -> Translated {
    let own = discord::UserId::new(bot.0.max(1));
    let channels = std::mem::take(&mut guild.channels).into_values();
    let channels: HashMap<_, _> = channels
        .chain(std::mem::take(&mut guild.threads))
        .map(|channel| (channel.id, channel))
        .collect();
    let newest_messages = newest_messages(&channels);
    let facts = GuildFacts {
        newest_messages,
        bot,
        bot_roles: guild
            .members
            .remove(&own)
            .map_or_else(Vec::new, |member| role_ids(member.roles)),
        name: guild.name,
        owner: user_id(guild.owner_id),
        member_count: guild.member_count,
        roles: sorted(guild.roles).map(role).collect(),
        channels: sorted(channels).map(channel).collect(),
    };
    Translated::One(guild_id(guild.id), Event::GuildAvailable(Box::new(facts)))
}

pub(super) fn renamed(guild: PartialGuild) -> Translated {
    let owner = user_id(guild.owner_id);
    let event = Event::GuildRenamed {
        name: guild.name,
        owner,
    };
    Translated::One(guild_id(guild.id), event)
}

/// The same event tells of an outage and of the bot's removal.
pub(super) fn gone(guild: &UnavailableGuild) -> Translated {
    let event = if guild.unavailable {
        Event::GuildUnavailable
    } else {
        Event::GuildLeft
    };
    Translated::One(guild_id(guild.id), event)
}

pub(super) fn role_changed(changed: DiscordRole) -> Translated {
    let guild = guild_id(changed.guild_id);
    Translated::One(guild, Event::RoleChanged(role(changed)))
}

pub(super) fn channel_changed(changed: GuildChannel) -> Translated {
    let guild = guild_id(changed.guild_id);
    Translated::One(guild, Event::ChannelChanged(channel(changed)))
}

pub(super) fn channel_deleted(guild: discord::GuildId, id: discord::ChannelId) -> Translated {
    Translated::One(guild_id(guild), Event::ChannelDeleted(ChannelId(id.get())))
}

pub(super) fn channel(channel: GuildChannel) -> Channel {
    Channel {
        id: ChannelId(channel.id.get()),
        text: takes_messages(channel.kind),
        name: channel.name,
        parent: channel.parent_id.map(|id| ChannelId(id.get())),
    }
}

fn role(role: DiscordRole) -> Role {
    Role {
        id: RoleId(role.id.get()),
        name: role.name,
        permissions: Permissions(role.permissions.bits()),
        position: role.position,
    }
}

/// Forums, media channels and categories only hold other channels.
const fn takes_messages(kind: ChannelType) -> bool {
    matches!(
        kind,
        ChannelType::Text
            | ChannelType::News
            | ChannelType::Voice
            | ChannelType::Stage
            | ChannelType::PublicThread
            | ChannelType::PrivateThread
            | ChannelType::NewsThread
    )
}

/// The newest message of each channel that can hold some, by channel.
fn newest_messages(
    channels: &HashMap<discord::ChannelId, GuildChannel>,
) -> Vec<(ChannelId, MessageId)> {
    let mut newest: Vec<_> = channels
        .values()
        .filter(|channel| takes_messages(channel.kind))
        .filter_map(|channel| {
            let newest = MessageId(channel.last_message_id?.get());
            Some((ChannelId(channel.id.get()), newest))
        })
        .collect();
    newest.sort_unstable();
    newest
}

fn sorted<K: Ord + Hash, V>(map: HashMap<K, V>) -> impl Iterator<Item = V> {
    let mut all: Vec<_> = map.into_iter().collect();
    all.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
    all.into_iter().map(|(_, value)| value)
}
