//! How the world's things look on Discord's wire.

pub(crate) mod guild;
pub(crate) mod interaction;
pub(crate) mod message;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use serde_json::{Value, json};

use super::World;
use super::channel::{Channel, ChannelKind, Overwrite};
use super::guild::Role;
use super::people::{Member, User};
use crate::domain::ids::{GuildId, RoleId, UserId};

/// A moment as Discord writes it: ISO 8601 with microseconds and offset.
pub(crate) fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, false)
}

/// Renders a thing. The wire types hold nothing that JSON cannot.
pub(crate) fn text(thing: &impl Serialize) -> String {
    serde_json::to_string(thing).unwrap_or_default()
}

pub(crate) fn value(thing: &impl Serialize) -> Value {
    serde_json::to_value(thing).unwrap_or_default()
}

#[derive(Debug, Serialize)]
pub(crate) struct UserWire<'a> {
    id: UserId,
    username: &'a str,
    avatar: Option<&'a str>,
    discriminator: &'a str,
    public_flags: u32,
    flags: u32,
    #[serde(skip_serializing_if = "is_false")]
    bot: bool,
    banner: Option<&'a str>,
    accent_color: Option<u32>,
    global_name: Option<&'a str>,
    avatar_decoration_data: Option<&'a str>,
    collectibles: Option<&'a str>,
    primary_guild: Option<&'a str>,
}

impl<'a> UserWire<'a> {
    pub(crate) fn of(user: &'a User) -> Self {
        Self {
            id: user.id,
            username: &user.name,
            avatar: None,
            discriminator: "0",
            public_flags: 0,
            flags: 0,
            bot: user.bot,
            banner: None,
            accent_color: None,
            global_name: user.display_name.as_deref(),
            avatar_decoration_data: None,
            collectibles: None,
            primary_guild: None,
        }
    }
}

fn is_false(flag: &bool) -> bool {
    !flag
}

#[derive(Debug, Serialize)]
pub(crate) struct MemberWire<'a> {
    /// Left out inside messages, where the author stands beside.
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<UserWire<'a>>,
    nick: Option<&'a str>,
    avatar: Option<&'a str>,
    banner: Option<&'a str>,
    roles: &'a [RoleId],
    joined_at: String,
    premium_since: Option<&'a str>,
    deaf: bool,
    mute: bool,
    flags: u32,
    pending: bool,
    communication_disabled_until: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    guild_id: Option<GuildId>,
}

impl<'a> MemberWire<'a> {
    pub(crate) fn of(world: &'a World, member: &'a Member) -> Self {
        Self {
            user: world.users.get(&member.user).map(UserWire::of),
            ..Self::without_user(member)
        }
    }

    pub(crate) fn without_user(member: &'a Member) -> Self {
        Self {
            user: None,
            nick: member.nick.as_deref(),
            avatar: None,
            banner: None,
            roles: &member.roles,
            joined_at: time(member.joined_at),
            premium_since: None,
            deaf: false,
            mute: false,
            flags: 0,
            pending: false,
            communication_disabled_until: member.timeout_until.map(time),
            guild_id: None,
        }
    }

    pub(crate) fn in_guild(mut self, guild: GuildId) -> Self {
        self.guild_id = Some(guild);
        self
    }
}

pub(crate) fn role(role: &Role) -> Value {
    let mut wire = json!({
        "id": role.id, "name": role.name, "permissions": role.permissions, "position": role.position,
        "color": role.color,
        "colors": {"primary_color": role.color, "secondary_color": null, "tertiary_color": null},
        "hoist": role.hoist, "managed": role.managed, "mentionable": role.mentionable, "icon": null, "unicode_emoji": null,
        "flags": 0,
    });
    if role.managed {
        wire["tags"] = role
            .bot
            .map_or_else(|| json!({}), |bot| json!({"bot_id": bot}));
    }
    wire
}

pub(crate) fn overwrite(overwrite: &Overwrite) -> Value {
    let (id, kind) = overwrite.target.parts();
    json!({"id": id.to_string(), "type": kind, "allow": overwrite.allow, "deny": overwrite.deny})
}

pub(crate) fn channel(world: &World, channel: &Channel) -> Value {
    match channel.kind {
        ChannelKind::Direct => direct(world, channel),
        ChannelKind::Thread | ChannelKind::PrivateThread => thread(channel),
        _ => guild_channel(channel),
    }
}

fn direct(world: &World, channel: &Channel) -> Value {
    let recipient = channel.recipient.and_then(|id| world.users.get(&id));
    let recipients: Vec<_> = recipient.map(UserWire::of).into_iter().collect();
    json!({
        "id": channel.id, "type": channel.kind.code(), "flags": 0, "last_message_id": channel.last_message,
        "recipients": recipients,
    })
}

fn guild_channel(channel: &Channel) -> Value {
    let overwrites: Vec<Value> = channel.overwrites.iter().map(overwrite).collect();
    let mut wire = json!({
        "id": channel.id, "type": channel.kind.code(), "flags": 0, "guild_id": channel.guild, "name": channel.name,
        "position": channel.position, "parent_id": channel.parent, "permission_overwrites": overwrites,
        "nsfw": false, "rate_limit_per_user": channel.slowmode_secs, "topic": channel.topic,
        "last_message_id": channel.last_message,
    });
    if let Some(at) = channel.last_pin {
        wire["last_pin_timestamp"] = json!(time(at));
    }
    if channel.kind == ChannelKind::Voice {
        wire["bitrate"] = json!(64_000);
        wire["user_limit"] = json!(0);
        wire["rtc_region"] = Value::Null;
    }
    wire
}

fn thread(channel: &Channel) -> Value {
    let made = time(channel.id.created_at());
    let mut wire = json!({
        "id": channel.id, "type": channel.kind.code(), "flags": 0, "guild_id": channel.guild, "name": channel.name,
        "parent_id": channel.parent, "owner_id": channel.owner, "last_message_id": channel.last_message,
        "rate_limit_per_user": channel.slowmode_secs, "message_count": channel.message_count,
        "member_count": channel.members.len(),
        "total_message_sent": channel.message_count,
        "thread_metadata": {
            "archived": channel.archived, "auto_archive_duration": 1440,
            "archive_timestamp": channel.archived_at.map_or_else(|| made.clone(), time), "locked": channel.locked,
            "create_timestamp": made,
        },
    });
    if channel.kind == ChannelKind::PrivateThread {
        wire["thread_metadata"]["invitable"] = json!(channel.invitable);
    }
    wire
}

/// Somebody in a thread; the whole member where it is asked for.
pub(crate) fn thread_member(world: &World, thread: &Channel, user: UserId, whole: bool) -> Value {
    let joined = thread.members.get(&user).copied();
    let mut wire = json!({
        "id": thread.id, "user_id": user, "flags": 1,
        "join_timestamp": time(joined.unwrap_or_else(|| thread.id.created_at())),
    });
    let member = thread.guild.and_then(|guild| world.member(guild, user));
    if let Some(member) = member.filter(|_| whole) {
        wire["member"] = value(&MemberWire::of(world, member));
    }
    wire
}
