//! Reactions and pins.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::extract::{DONE, Done, Ids, Reason, Reply};
use super::guilds::deed_in;
use crate::domain::ids::{ChannelId, MessageId, UserId};
use crate::simulator::rules::error::ApiError;
use crate::simulator::shared::{Shared, State as Sim};
use crate::simulator::world::permission::Permissions;
use crate::simulator::world::wire::message::MessageWire;
use crate::simulator::world::wire::{UserWire, time, value};

pub(super) async fn add(
    State(shared): State<Arc<Shared>>,
    Ids((channel, message, emoji)): Ids<(ChannelId, MessageId, String)>,
) -> Done {
    shared.change(|state| {
        let bot = state.world.bot.user;
        state.world.react(bot, channel, message, &emoji)
    })?;
    DONE
}

pub(super) async fn remove_own(
    State(shared): State<Arc<Shared>>,
    Ids((channel, message, emoji)): Ids<(ChannelId, MessageId, String)>,
) -> Done {
    shared.change(|state| {
        let bot = state.world.bot.user;
        state.world.unreact(bot, (channel, message), &emoji, bot)
    })?;
    DONE
}

pub(super) async fn remove_of(
    State(shared): State<Arc<Shared>>,
    Ids((channel, message, emoji, user)): Ids<(ChannelId, MessageId, String, UserId)>,
) -> Done {
    shared.change(|state| {
        let bot = state.world.bot.user;
        state.world.unreact(bot, (channel, message), &emoji, user)
    })?;
    DONE
}

pub(super) async fn clear(
    State(shared): State<Arc<Shared>>,
    Ids(place): Ids<(ChannelId, MessageId)>,
) -> Done {
    shared.change(|state| {
        let bot = state.world.bot.user;
        state.world.clear_reactions(bot, place, None)
    })?;
    DONE
}

pub(super) async fn clear_emoji(
    State(shared): State<Arc<Shared>>,
    Ids((channel, message, emoji)): Ids<(ChannelId, MessageId, String)>,
) -> Done {
    shared.change(|state| {
        let bot = state.world.bot.user;
        let place = (channel, message);
        state.world.clear_reactions(bot, place, Some(&emoji))
    })?;
    DONE
}

pub(super) async fn users(
    State(shared): State<Arc<Shared>>,
    Ids((channel, message, emoji)): Ids<(ChannelId, MessageId, String)>,
) -> Reply {
    shared.read(|state| {
        let (world, needed) = (&state.world, Permissions::READ_MESSAGE_HISTORY);
        world.require_in(world.bot.user, channel, needed)?;
        let found = world.message(channel, message);
        let found = found.ok_or(ApiError::UNKNOWN_MESSAGE)?;
        let reactions = found.reactions.iter().filter(|one| one.emoji == emoji);
        let users = reactions.flat_map(|one| &one.users);
        let users = users.filter_map(|id| world.users.get(id));
        Ok(Json(users.map(|user| value(&UserWire::of(user))).collect()))
    })
}

async fn set_pin(
    shared: &Shared,
    (channel, message): (ChannelId, MessageId),
    reason: Option<String>,
    pinned: bool,
) -> Done {
    shared.change(|state| {
        let deed = deed_in(state, channel, reason)?;
        state.world.pin(&deed, channel, message, pinned)
    })?;
    DONE
}

pub(super) async fn pin(
    State(shared): State<Arc<Shared>>,
    Ids(place): Ids<(ChannelId, MessageId)>,
    Reason(reason): Reason,
) -> Done {
    set_pin(&shared, place, reason, true).await
}

pub(super) async fn unpin(
    State(shared): State<Arc<Shared>>,
    Ids(place): Ids<(ChannelId, MessageId)>,
    Reason(reason): Reason,
) -> Done {
    set_pin(&shared, place, reason, false).await
}

fn pinned(state: &Sim, channel: ChannelId) -> Result<Vec<(String, Value)>, ApiError> {
    let (world, needed) = (&state.world, Permissions::READ_MESSAGE_HISTORY);
    world.require_in(world.bot.user, channel, needed)?;
    let pins = world.pins(channel).into_iter();
    let pins =
        pins.filter_map(|one| Some((time(one.pinned_at?), value(&MessageWire::rest(world, one)))));
    Ok(pins.collect())
}

pub(super) async fn pins(State(shared): State<Arc<Shared>>, Ids(channel): Ids<ChannelId>) -> Reply {
    shared.read(|state| {
        let pins = pinned(state, channel)?.into_iter();
        let items: Vec<Value> = pins
            .map(|(at, message)| json!({"pinned_at": at, "message": message}))
            .collect();
        Ok(Json(json!({"items": items, "has_more": false})))
    })
}

/// The list as it was before pins came in pages.
pub(super) async fn old_pins(
    State(shared): State<Arc<Shared>>,
    Ids(channel): Ids<ChannelId>,
) -> Reply {
    shared.read(|state| {
        let pins = pinned(state, channel)?.into_iter();
        Ok(Json(pins.map(|(_, message)| message).collect()))
    })
}
