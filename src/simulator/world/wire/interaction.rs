//! An interaction on the wire.

use serde_json::{Value, json};

use super::message::MessageWire;
use super::{MemberWire, UserWire, channel, time, value};
use crate::simulator::rules::access;
use crate::simulator::world::World;
use crate::simulator::world::channel::Channel;
use crate::simulator::world::interaction::Interaction;
use crate::simulator::world::permission::Permissions;

/// The largest upload that Discord names for a guild without boosts.
const UPLOAD_LIMIT: u64 = 10 * 1024 * 1024;

/// The body of INTERACTION_CREATE.
pub(crate) fn interaction(world: &World, interaction: &Interaction, data: &Value) -> Value {
    let place = world.channels.get(&interaction.channel);
    let user = world.users.get(&interaction.user).map(UserWire::of);
    let mut wire = json!({
        "id": interaction.id.to_string(), "application_id": world.bot.application.to_string(),
        "type": interaction.kind.code(), "data": data, "token": interaction.token, "version": 1,
        "channel_id": interaction.channel, "channel": place.map(|place| partial_channel(world, place, interaction)),
        "locale": "en-US", "entitlements": [], "entitlement_sku_ids": [], "attachment_size_limit": UPLOAD_LIMIT,
        "app_permissions": app_permissions(world, place),
    });
    match interaction.guild {
        Some(guild) => {
            wire["guild_id"] = json!(guild);
            wire["guild_locale"] = json!("en-US");
            wire["guild"] = json!({"id": guild, "locale": "en-US", "features": []});
            wire["context"] = json!(0);
            wire["authorizing_integration_owners"] = json!({"0": guild});
            wire["member"] = member(world, interaction);
        }
        None => {
            wire["context"] = json!(1);
            wire["authorizing_integration_owners"] = json!({"0": "0"});
            wire["user"] = value(&user);
        }
    }
    let source = interaction
        .source
        .and_then(|id| world.message(interaction.channel, id));
    if let Some(source) = source {
        wire["message"] = value(&MessageWire::rest(world, source));
    }
    wire
}

fn member(world: &World, interaction: &Interaction) -> Value {
    let guild = interaction.guild.and_then(|id| world.guilds.get(&id));
    let member = guild.and_then(|guild| guild.members.get(&interaction.user));
    let mut wire = value(&member.map(|member| MemberWire::of(world, member)));
    wire["permissions"] = json!(world.permissions_in(interaction.channel, interaction.user));
    wire
}

fn app_permissions(world: &World, place: Option<&Channel>) -> Permissions {
    place.map_or(access::IN_DIRECT_MESSAGES, |place| {
        world.permissions_in(place.id, world.bot.user)
    })
}

fn partial_channel(world: &World, place: &Channel, interaction: &Interaction) -> Value {
    let mut wire = channel(world, place);
    if place.guild.is_some() {
        wire["permissions"] = json!(world.permissions_in(place.id, interaction.user));
    }
    wire
}

/// The `resolved` entry of a member: without user, deaf and mute, but with permissions.
pub(crate) fn resolved_member(
    world: &World,
    guild: &super::super::guild::Guild,
    user: crate::domain::ids::UserId,
) -> Option<Value> {
    let member = guild.members.get(&user)?;
    Some(json!({
        "nick": member.nick, "avatar": null, "banner": null, "roles": member.roles,
        "joined_at": time(member.joined_at), "premium_since": null, "pending": false, "flags": 0,
        "communication_disabled_until": member.timeout_until.map(time),
        "permissions": access::in_guild(guild, user, world.now()),
    }))
}
