//! Invites: making, listing, showing and deleting them.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;

use super::extract::{Ids, Payload, Reason, Reply};
use super::guilds::deed;
use crate::domain::ids::{ChannelId, GuildId};
use crate::simulator::rules::error::ApiError;
use crate::simulator::shared::{Shared, State as Sim};
use crate::simulator::world::acts::InviteLimits;
use crate::simulator::world::invite::{Invite, wire};
use crate::simulator::world::permission::Permissions;

/// Seconds that an invite lasts unless told otherwise (Discord's page on channels).
const USUAL_AGE_SECS: u32 = 86_400;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct NewInvite {
    max_age: Option<u32>,
    max_uses: Option<u32>,
    temporary: Option<bool>,
}

pub(super) async fn create(
    State(shared): State<Arc<Shared>>,
    Ids(channel): Ids<ChannelId>,
    Reason(reason): Reason,
    Payload(body): Payload<NewInvite>,
) -> Reply {
    shared.change(|state| {
        let place = state.world.channels.get(&channel);
        let place = place.ok_or(ApiError::UNKNOWN_CHANNEL)?;
        let guild = place.guild.ok_or(ApiError::NOT_IN_DIRECT_MESSAGES)?;
        let limits = InviteLimits {
            max_age: body.max_age.unwrap_or(USUAL_AGE_SECS),
            max_uses: body.max_uses.unwrap_or(0),
            temporary: body.temporary.unwrap_or(false),
        };
        let deed = deed(state, guild, reason);
        let made = state.world.create_invite(&deed, channel, limits)?;
        Ok(Json(wire(&state.world, &made, true)))
    })
}

fn listed(state: &Sim, wanted: impl Fn(&Invite) -> bool) -> Reply {
    let world = &state.world;
    let now = world.now();
    let all = world.invites.values();
    let found = all.filter(|one| wanted(one) && !one.is_over(now));
    Ok(Json(found.map(|one| wire(world, one, true)).collect()))
}

pub(super) async fn of_channel(
    State(shared): State<Arc<Shared>>,
    Ids(channel): Ids<ChannelId>,
) -> Reply {
    shared.read(|state| {
        let (world, needed) = (&state.world, Permissions::MANAGE_CHANNELS);
        world.require_in(world.bot.user, channel, needed)?;
        listed(state, |one| one.channel == channel)
    })
}

pub(super) async fn of_guild(State(shared): State<Arc<Shared>>, Ids(guild): Ids<GuildId>) -> Reply {
    shared.read(|state| {
        let (world, needed) = (&state.world, Permissions::MANAGE_GUILD);
        world.require(world.bot.user, guild, needed)?;
        listed(state, |one| one.guild == guild)
    })
}

pub(super) async fn show(State(shared): State<Arc<Shared>>, Path(code): Path<String>) -> Reply {
    shared.read(|state| {
        let found = state.world.find_invite(&code)?;
        Ok(Json(wire(&state.world, found, false)))
    })
}

pub(super) async fn delete(
    State(shared): State<Arc<Shared>>,
    Path(code): Path<String>,
    Reason(reason): Reason,
) -> Reply {
    shared.change(|state| {
        let guild = state.world.find_invite(&code)?.guild;
        let deed = deed(state, guild, reason);
        let gone = state.world.delete_invite(&deed, &code)?;
        Ok(Json(wire(&state.world, &gone, false)))
    })
}
