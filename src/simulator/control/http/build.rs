//! Control requests that build the world and that break things.

use axum::extract::State;
use chrono::TimeDelta;
use serde_json::json;

use super::ask::{Asked, Body, json as answer, need, permissions as bits};
use super::{Reply, done};
use crate::simulator::control::error::ControlError;
use crate::simulator::control::{Fault, Simulator};
use crate::simulator::world::channel::{ChannelKind, Overwrite, OverwriteTarget};

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
    answer(json!({"role_id": id}))
}

pub(super) async fn member(State(sim): State<Simulator>, Body(ask): Body) -> Reply {
    let guild = ask.guild(&sim)?;
    let member = guild.add_member(&ask.user_name()?)?;
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
    let role = match ask.role_name()?.as_str() {
        "bot" => guild.bot_role()?,
        name => guild.role(name)?,
    };
    let permissions = bits(ask.permissions.as_ref())?;
    guild.edit_role(role, |role| role.permissions = permissions)?;
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

pub(super) async fn outage(State(sim): State<Simulator>, Body(ask): Body) -> Reply {
    let guild = ask.guild(&sim)?;
    if need(ask.on, "on")? {
        guild.outage();
    } else {
        guild.restore();
    }
    done()
}

pub(super) async fn fault(State(sim): State<Simulator>, Body(ask): Body) -> Reply {
    let pattern = need(ask.pattern.as_deref(), "pattern")?;
    let fault = need(ask.fault.as_ref(), "fault")?;
    let fault = Fault::from_json(fault)
        .ok_or_else(|| ControlError::Request(format!("{fault} is no fault")))?;
    sim.fail_next(pattern, ask.times.unwrap_or(1), fault);
    done()
}

pub(super) async fn clear_faults(State(sim): State<Simulator>, Asked(_): Asked) -> Reply {
    sim.clear_faults();
    done()
}

pub(super) async fn gateway(State(sim): State<Simulator>, Body(ask): Body) -> Reply {
    match need(ask.action.as_deref(), "action")? {
        "drop" => sim.drop_connections(),
        "reconnect" => sim.ask_to_reconnect(),
        "invalidate" => sim.invalidate_sessions(false),
        "resume" => sim.invalidate_sessions(true),
        "close" => sim.close_connections(ask.code.unwrap_or(4000)),
        "duplicate" => sim.duplicate_next_event(),
        "swap" => sim.swap_next_events(),
        "strange" => sim.add_unknown_things(true),
        "known" => sim.add_unknown_things(false),
        "deaf" => sim.ignore_heartbeats(true),
        "hearing" => sim.ignore_heartbeats(false),
        other => return Err(ControlError::unknown("action", other)),
    }
    done()
}

pub(super) async fn raw(State(sim): State<Simulator>, Body(ask): Body) -> Reply {
    let event = need(ask.event.as_deref(), "event")?;
    let guild = match ask.guild {
        Some(_) => Some(ask.guild(&sim)?.id()),
        None => None,
    };
    sim.send_raw(guild, event, &ask.data.unwrap_or_default());
    done()
}

/// A time to come; no world turns back.
pub(super) fn forward(seconds: i64) -> Result<TimeDelta, ControlError> {
    let time = TimeDelta::try_seconds(seconds).filter(|time| *time >= TimeDelta::zero());
    time.ok_or_else(|| ControlError::Request(format!("{seconds} is no number of seconds to come")))
}

pub(super) async fn clock(State(sim): State<Simulator>, Body(ask): Body) -> Reply {
    let seconds = need(ask.seconds, "seconds")?;
    if !sim.clock().is_movable() {
        let why = "this simulator runs on the machine's clock, which cannot be moved";
        return Err(ControlError::Request(why.to_owned()));
    }
    sim.advance(forward(seconds)?);
    answer(json!({"now": sim.clock().now()}))
}
