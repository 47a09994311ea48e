//! A guild on the wire: in REST answers, in GUILD_CREATE, in lists.

use serde_json::{Value, json};

use super::{MemberWire, channel, role, time};
use crate::domain::ids::{GuildId, UserId};
use crate::simulator::rules::access;
use crate::simulator::world::World;
use crate::simulator::world::channel::Channel;
use crate::simulator::world::guild::Guild;
use crate::simulator::world::people::Member;
use crate::simulator::world::permission::Permissions;

/// The facts that every form of a guild shares.
pub(crate) fn guild(guild: &Guild) -> Value {
    let roles: Vec<Value> = guild.roles.values().map(role).collect();
    json!({
        "id": guild.id, "name": guild.name, "icon": null, "description": null, "home_header": null, "splash": null,
        "discovery_splash": null, "features": [], "banner": null, "owner_id": guild.owner, "application_id": null,
        "region": "deprecated", "afk_channel_id": null, "afk_timeout": 300, "system_channel_id": null,
        "system_channel_flags": 0, "widget_enabled": false, "widget_channel_id": null, "verification_level": 1,
        "roles": roles, "default_message_notifications": 1, "mfa_level": 0, "explicit_content_filter": 2,
        "max_presences": null, "max_members": 500_000, "max_stage_video_channel_users": 50,
        "max_video_channel_users": 25, "vanity_url_code": null, "premium_tier": 0, "premium_subscription_count": 0,
        "preferred_locale": "en-US", "rules_channel_id": null, "safety_alerts_channel_id": null,
        "public_updates_channel_id": null, "premium_progress_bar_enabled": false, "nsfw": false, "nsfw_level": 0,
        "hub_type": null, "emojis": [], "stickers": [], "incidents_data": guild.incidents,
    })
}

/// The body of GUILD_CREATE. `listed` bounds how many members it names: Discord names all of them up to the
/// session's `large_threshold`, and only the bot's own without the members intent.
pub(crate) fn guild_create(world: &World, of: &Guild, listed: usize) -> Value {
    let mut wire = guild(of);
    let channels: Vec<_> = of
        .channels
        .iter()
        .filter_map(|id| world.channels.get(id))
        .collect();
    let (threads, channels): (Vec<_>, Vec<_>) = channels
        .into_iter()
        .partition(|channel| channel.kind.is_thread());
    let active: Vec<_> = threads
        .into_iter()
        .filter(|thread| active_for(world, thread, world.bot.user))
        .collect();
    let render =
        |list: Vec<_>| -> Vec<Value> { list.into_iter().map(|one| channel(world, one)).collect() };
    let bot = of.members.get(&world.bot.user);
    wire["joined_at"] = json!(bot.map(|member| time(member.joined_at)));
    wire["large"] = json!(of.members.len() > listed);
    wire["unavailable"] = json!(false);
    wire["member_count"] = json!(of.members.len());
    wire["voice_states"] = json!([]);
    wire["members"] = json!(members(world, of, listed));
    wire["channels"] = json!(render(channels));
    wire["threads"] = json!(render(active));
    wire["presences"] = json!([]);
    wire["stage_instances"] = json!([]);
    wire["guild_scheduled_events"] = json!([]);
    wire["soundboard_sounds"] = json!([]);
    wire
}

/// Whether a thread is awake and somebody sees it.
pub(crate) fn active_for(world: &World, thread: &Channel, user: UserId) -> bool {
    let held = world.permissions_in(thread.id, user);
    !thread.archived && held.contains(Permissions::VIEW_CHANNEL)
}

fn members<'a>(world: &'a World, guild: &'a Guild, listed: usize) -> Vec<MemberWire<'a>> {
    let bot = guild.members.get(&world.bot.user);
    let others = guild
        .members
        .values()
        .filter(|member| member.user != world.bot.user);
    let named = bot.into_iter().chain(others);
    named
        .take(listed.max(1))
        .map(|member| MemberWire::of(world, member))
        .collect()
}

/// An entry of `GET /users/@me/guilds`.
pub(crate) fn own_guild(world: &World, guild: &Guild) -> Value {
    json!({
        "id": guild.id, "name": guild.name, "icon": null, "banner": null, "owner": guild.owner == world.bot.user,
        "permissions": access::in_guild(guild, world.bot.user, world.now()), "features": [],
    })
}

/// The body of GUILD_MEMBER_UPDATE.
pub(crate) fn member_update(world: &World, guild: GuildId, member: &Member) -> Value {
    super::value(&MemberWire::of(world, member).in_guild(guild))
}
