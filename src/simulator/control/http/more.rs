//! Control requests about names, threads, uploads and going offline.

use axum::extract::State;
use serde_json::json;

use super::ask::{Body, json as answer, need};
use super::{Reply, done};
use crate::simulator::control::Simulator;

pub(super) async fn rename(State(sim): State<Simulator>, Body(ask): Body) -> Reply {
    let name = need(ask.name.as_deref(), "name")?;
    ask.person(&sim)?.renames_account(name)?;
    done()
}

/// Of oneself, or of somebody else.
pub(super) async fn nick(State(sim): State<Simulator>, Body(ask): Body) -> Reply {
    let name = need(ask.name.as_deref(), "name")?;
    let member = ask.member(&sim)?;
    match ask.target {
        Some(_) => member.gives_nick(ask.target(&sim)?, name)?,
        None => member.takes_nick(name)?,
    }
    done()
}

/// Another name for the guild, or another owner.
pub(super) async fn edit_guild(State(sim): State<Simulator>, Body(ask): Body) -> Reply {
    let guild = ask.guild(&sim)?;
    if let Some(owner) = &ask.owner {
        let owner = guild.member(owner)?.id();
        guild.owner()?.hands_guild_to(owner)?;
    }
    if let Some(name) = &ask.name {
        guild.owner()?.renames_guild(name)?;
    }
    done()
}

pub(super) async fn start_thread(State(sim): State<Simulator>, Body(ask): Body) -> Reply {
    let channel = ask.channel(&ask.guild(&sim)?)?;
    let name = need(ask.name.as_deref(), "name")?;
    let private = ask.private.unwrap_or(false);
    let thread = ask.member(&sim)?.starts_thread(channel, name, private)?;
    answer(json!({"channel_id": thread}))
}

/// Adds oneself or somebody else to a thread, or takes them out.
pub(super) async fn thread_members(State(sim): State<Simulator>, Body(ask): Body) -> Reply {
    let member = ask.member(&sim)?;
    need(ask.channel.as_ref(), "channel")?;
    let thread = ask.channel(&ask.guild(&sim)?)?;
    let target = match ask.target {
        Some(_) => ask.target(&sim)?,
        None => member.id(),
    };
    if ask.on.unwrap_or(true) {
        member.adds_to_thread(thread, target)?;
    } else {
        member.removes_from_thread(thread, target)?;
    }
    done()
}

/// A file for an option of a slash command, which then names it.
pub(super) async fn upload(State(sim): State<Simulator>, Body(ask): Body) -> Reply {
    let name = need(ask.name.as_deref(), "name")?;
    let bytes = ask.content.clone().unwrap_or_default();
    answer(ask.member(&sim)?.uploads(name, bytes)?)
}

pub(super) async fn offline(State(sim): State<Simulator>, Body(ask): Body) -> Reply {
    ask.member(&sim)?.goes_offline()?;
    done()
}
