//! Threads of a guild and the people in them.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::extract::{DONE, Done, Ids, Reply, page_limit};
use crate::domain::ids::{ChannelId, GuildId, UserId};
use crate::simulator::rules::error::ApiError;
use crate::simulator::shared::Shared;
use crate::simulator::world::wire::guild::active_for;
use crate::simulator::world::wire::{channel, thread_member};

/// The threads of a guild that are awake and that the bot sees, with those that it is in.
pub(super) async fn active(State(shared): State<Arc<Shared>>, Ids(guild): Ids<GuildId>) -> Reply {
    shared.read(|state| {
        let (world, bot) = (&state.world, state.world.bot.user);
        let places = world.guild_for(bot, guild)?.channels.iter();
        let places = places.filter_map(|id| world.channels.get(id));
        let threads: Vec<_> = places
            .filter(|place| place.kind.is_thread() && active_for(world, place, bot))
            .collect();
        let joined = threads.iter().filter(|one| one.members.contains_key(&bot));
        let members: Vec<Value> = joined
            .map(|one| thread_member(world, one, bot, false))
            .collect();
        let threads: Vec<Value> = threads.iter().map(|one| channel(world, one)).collect();
        Ok(Json(
            json!({"threads": threads, "members": members, "has_more": false}),
        ))
    })
}

#[derive(Debug, Deserialize)]
pub(super) struct Members {
    #[serde(default)]
    with_member: bool,
    after: Option<UserId>,
    limit: Option<usize>,
}

pub(super) async fn members(
    State(shared): State<Arc<Shared>>,
    Ids(thread): Ids<ChannelId>,
    Query(query): Query<Members>,
) -> Reply {
    shared.read(|state| {
        let world = &state.world;
        let place = world.thread_for(world.bot.user, thread)?;
        let limit = page_limit(query.limit, 100, 100)?;
        let after = query.after.unwrap_or_default();
        let users = place.members.keys().filter(|user| **user > after);
        let users = users.take(if query.with_member { limit } else { usize::MAX });
        let wires = users.map(|user| thread_member(world, place, *user, query.with_member));
        Ok(Json(wires.collect()))
    })
}

pub(super) async fn member(
    State(shared): State<Arc<Shared>>,
    Ids((thread, user)): Ids<(ChannelId, UserId)>,
    Query(query): Query<Members>,
) -> Reply {
    shared.read(|state| {
        let world = &state.world;
        let place = world.thread_for(world.bot.user, thread)?;
        if !place.members.contains_key(&user) {
            return Err(ApiError::UNKNOWN_MEMBER);
        }
        Ok(Json(thread_member(world, place, user, query.with_member)))
    })
}

pub(super) async fn add(
    State(shared): State<Arc<Shared>>,
    Ids((thread, user)): Ids<(ChannelId, UserId)>,
) -> Done {
    shared.change(|state| {
        let bot = state.world.bot.user;
        state.world.add_to_thread(bot, thread, user)
    })?;
    DONE
}

pub(super) async fn remove(
    State(shared): State<Arc<Shared>>,
    Ids((thread, user)): Ids<(ChannelId, UserId)>,
) -> Done {
    shared.change(|state| {
        let bot = state.world.bot.user;
        state.world.remove_from_thread(bot, thread, user)
    })?;
    DONE
}

pub(super) async fn join(shared: State<Arc<Shared>>, Ids(thread): Ids<ChannelId>) -> Done {
    let bot = shared.read(|state| state.world.bot.user);
    add(shared, Ids((thread, bot))).await
}

pub(super) async fn leave(shared: State<Arc<Shared>>, Ids(thread): Ids<ChannelId>) -> Done {
    let bot = shared.read(|state| state.world.bot.user);
    remove(shared, Ids((thread, bot))).await
}
