//! Control requests that build the world.

use axum::extract::State;
use serde_json::json;

use super::ask::{Ask, Body, json as answer, need, permissions as bits};
use super::{Reply, done};
use crate::domain::ids::RoleId;
use crate::simulator::control::error::ControlError;
use crate::simulator::control::{SimGuild, Simulator};
use crate::simulator::world::channel::{ChannelKind, Overwrite, OverwriteTarget};
use crate::simulator::world::guild::Role;

pub(super) async fn guild(State(sim): State<Simulator>, Body(ask): Body) -> Reply {
    let name = need(ask.name.as_deref(), "name")?;
    let guild = sim.add_guild_of(name, ask.owner.as_deref().unwrap_or("admin"));
    let general = guild.channel("general")?;
    answer(json!({"guild_id": guild.id(), "general": general}))
}

pub(super) async fn channel(State(sim): State<Simulator>, Body(ask): Body) -> Reply {
    let guild = ask.guild(&sim)?;
    let name = need(ask.name.as_deref(), "name")?;
    let kind = ask.kind.as_deref().unwrap_or("text");
    let kind = ChannelKind::from_text(kind)
        .ok_or_else(|| ControlError::unknown("kind of channel", kind))?;
    let id = guild.add_channel_in(name, kind, ask.parent(&guild)?);
    answer(json!({"channel_id": id}))
}

pub(super) async fn role(State(sim): State<Simulator>, Body(ask): Body) -> Reply {
    let guild = ask.guild(&sim)?;
    let name = need(ask.name.as_deref(), "name")?;
    let permissions = bits(ask.permissions.as_ref())?;
    let id = guild.add_role(name, permissions, ask.position.unwrap_or(1));
    if ask.color.is_some() || ask.hoist.is_some() {
        guild.edit_role(id, |role| look_of(role, &ask))?;
    }
    answer(json!({"role_id": id}))
}

fn look_of(role: &mut Role, ask: &Ask) {
    role.color = ask.color.unwrap_or(role.color);
    role.hoist = ask.hoist.unwrap_or(role.hoist);
}

pub(super) async fn edit_role(State(sim): State<Simulator>, Body(ask): Body) -> Reply {
    let guild = ask.guild(&sim)?;
    let permissions = match &ask.permissions {
        Some(given) => Some(bits(Some(given))?),
        None => None,
    };
    guild.edit_role(named_role(&guild, &ask)?, |role| {
        look_of(role, &ask);
        role.name = ask.name.clone().unwrap_or_else(|| role.name.clone());
        role.position = ask.position.unwrap_or(role.position);
        role.permissions = permissions.unwrap_or(role.permissions);
    })?;
    done()
}

/// The role in the field `role`; `bot` is the bot's own.
fn named_role(guild: &SimGuild, ask: &Ask) -> Result<RoleId, ControlError> {
    match ask.role_name()?.as_str() {
        "bot" => guild.bot_role(),
        name => guild.role(name),
    }
}

pub(super) async fn member(State(sim): State<Simulator>, Body(ask): Body) -> Reply {
    let guild = ask.guild(&sim)?;
    let name = ask.user_name()?;
    let member = match ask.bot {
        Some(true) => guild.add_bot(&name)?,
        _ => guild.add_member(&name)?,
    };
    for role in ask.role_names() {
        member.give_role(guild.role(&role)?)?;
    }
    if ask.permissions.is_some() {
        member.may(bits(ask.permissions.as_ref())?)?;
    }
    answer(json!({"user_id": member.id()}))
}

pub(super) async fn permissions(State(sim): State<Simulator>, Body(ask): Body) -> Reply {
    let guild = ask.guild(&sim)?;
    let permissions = bits(ask.permissions.as_ref())?;
    guild.edit_role(named_role(&guild, &ask)?, |role| {
        role.permissions = permissions
    })?;
    done()
}

pub(super) async fn overwrite(State(sim): State<Simulator>, Body(ask): Body) -> Reply {
    let guild = ask.guild(&sim)?;
    let target = match &ask.role {
        Some(_) => OverwriteTarget::Role(guild.role(&ask.role_name()?)?),
        None => OverwriteTarget::Member(guild.member(&ask.user_name()?)?.id()),
    };
    let overwrite = Overwrite {
        target,
        allow: bits(ask.allow.as_ref())?,
        deny: bits(ask.deny.as_ref())?,
    };
    guild.overwrite(ask.channel(&guild)?, overwrite)?;
    done()
}

pub(super) async fn delete_channel(State(sim): State<Simulator>, Body(ask): Body) -> Reply {
    let guild = ask.guild(&sim)?;
    need(ask.channel.as_ref(), "channel")?;
    guild.delete_channel(ask.channel(&guild)?)?;
    done()
}

pub(super) async fn delete_role(State(sim): State<Simulator>, Body(ask): Body) -> Reply {
    let guild = ask.guild(&sim)?;
    guild.delete_role(guild.role(&ask.role_name()?)?)?;
    done()
}

pub(super) async fn bot(State(sim): State<Simulator>, Body(ask): Body) -> Reply {
    let guild = ask.guild(&sim)?;
    if need(ask.present, "present")? {
        guild.invite_bot()?;
    } else {
        guild.remove_bot()?;
    }
    done()
}
