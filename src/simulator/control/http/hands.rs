//! Control requests in which somebody reacts, pins, invites, keeps AutoMod rules or uses a context menu.

use axum::extract::State;
use serde_json::{Value, json};

use super::ask::{Asked, Body, json as answer, need};
use super::{Reply, done};
use crate::simulator::control::{ControlError, Simulator};
use crate::simulator::world::invite;

pub(super) async fn react(State(sim): State<Simulator>, Body(ask): Body) -> Reply {
    let emoji = need(ask.emoji.as_deref(), "emoji")?;
    let (member, message) = (ask.member(&sim)?, ask.message()?);
    if ask.on.unwrap_or(true) {
        member.reacts(message, emoji)?;
    } else {
        member.unreacts(message, emoji)?;
    }
    done()
}

pub(super) async fn pin(State(sim): State<Simulator>, Body(ask): Body) -> Reply {
    let (member, message) = (ask.member(&sim)?, ask.message()?);
    if ask.on.unwrap_or(true) {
        member.pins(message)?;
    } else {
        member.unpins(message)?;
    }
    done()
}

pub(super) async fn slow_mode(State(sim): State<Simulator>, Body(ask): Body) -> Reply {
    let seconds = need(ask.seconds, "seconds")?;
    let seconds = u16::try_from(seconds)
        .map_err(|_| ControlError::Request(format!("{seconds} s is no slow mode")))?;
    let channel = ask.channel(&ask.guild(&sim)?)?;
    ask.member(&sim)?.slows(channel, seconds)?;
    done()
}

pub(super) async fn create_invite(State(sim): State<Simulator>, Body(ask): Body) -> Reply {
    let seconds = ask.seconds.unwrap_or(0);
    let seconds = u32::try_from(seconds)
        .map_err(|_| ControlError::Request(format!("{seconds} s is no age of an invite")))?;
    let channel = ask.channel(&ask.guild(&sim)?)?;
    let member = ask.member(&sim)?;
    let code = member.invites(channel, seconds, ask.uses.unwrap_or(0))?;
    answer(json!({"invite": code}))
}

pub(super) async fn delete_invite(State(sim): State<Simulator>, Body(ask): Body) -> Reply {
    let code = need(ask.invite.as_deref(), "invite")?;
    ask.member(&sim)?.revokes(code)?;
    done()
}

pub(super) async fn invites(State(sim): State<Simulator>, Asked(ask): Asked) -> Reply {
    let guild = ask.guild(&sim)?.id();
    answer(sim.look(|world| {
        let now = world.now();
        let all = world.invites.values();
        let own = all.filter(|one| one.guild == guild && !one.is_over(now));
        own.map(|one| invite::wire(world, one, true)).collect()
    }))
}

pub(super) async fn keep_rule(State(sim): State<Simulator>, Body(ask): Body) -> Reply {
    let rule = need(ask.rule.as_ref(), "rule")?;
    let id = ask.member(&sim)?.keeps_rule(rule)?;
    answer(json!({"rule_id": id.to_string()}))
}

pub(super) async fn delete_rule(State(sim): State<Simulator>, Body(ask): Body) -> Reply {
    let rule = need(ask.rule.as_ref(), "rule")?;
    let id = rule.as_str().and_then(|id| id.parse().ok());
    let id = id.or_else(|| rule.as_u64());
    let unknown = || ControlError::unknown("AutoMod rule", rule.to_string());
    ask.member(&sim)?.drops_rule(id.ok_or_else(unknown)?)?;
    done()
}

pub(super) async fn rules(State(sim): State<Simulator>, Asked(ask): Asked) -> Reply {
    let guild = ask.guild(&sim)?.id();
    answer(sim.look(|world| {
        let rules = world.guild(guild).map(|found| found.automod.values());
        let rules = rules.into_iter().flatten();
        rules.map(|rule| rule.wire(guild)).collect::<Value>()
    }))
}

/// Uses a command of the context menu of a message, if one is named, or of a user.
pub(super) async fn menu(State(sim): State<Simulator>, Body(ask): Body) -> Reply {
    let command = need(ask.command.as_deref(), "command")?;
    let member = ask.member(&sim)?;
    let pending = match ask.message {
        Some(_) => member.runs_on_message(command, ask.message()?)?,
        None => member.runs_on_user(command, ask.target(&sim)?)?,
    };
    answer(pending.answer().await?.wire())
}
