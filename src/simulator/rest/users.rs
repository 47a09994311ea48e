//! The bot about itself: gateway addresses, application, account, guilds; other users; direct messages.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::extract::{DONE, Done, Ids, Payload, Reply};
use crate::domain::ids::{GuildId, UserId};
use crate::simulator::gateway::application_flags;
use crate::simulator::rules::error::ApiError;
use crate::simulator::shared::Shared;
use crate::simulator::world::World;
use crate::simulator::world::acts::own;
use crate::simulator::world::wire::guild::own_guild;
use crate::simulator::world::wire::{UserWire, channel, value};

pub(super) async fn gateway(State(shared): State<Arc<Shared>>) -> Json<Value> {
    Json(json!({"url": shared.settings.gateway_url}))
}

pub(super) async fn gateway_bot(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let starts = |state: &crate::simulator::shared::State| {
        let now = state.world.now();
        state.gateway.starts.wire(now, &shared.settings)
    };
    Json(json!({
        "url": shared.settings.gateway_url, "shards": shared.settings.shards,
        "session_start_limit": shared.read(starts),
    }))
}

pub(super) async fn application(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let flags = application_flags(&shared.settings);
    shared.read(|state| {
        let world = &state.world;
        let bot = world.users.get(&world.bot.user).map(UserWire::of);
        Json(json!({
            "id": world.bot.application.to_string(), "name": "AIMod", "icon": null,
            "description": "A moderation bot", "type": null, "bot": bot, "bot_public": true,
            "bot_require_code_grant": false, "verify_key": "0".repeat(64), "flags": flags,
            "flags_new": flags.to_string(), "redirect_uris": [], "interactions_endpoint_url": null,
            "role_connections_verification_url": null, "owner": owner(world),
            "approximate_guild_count": world.guilds.len(), "approximate_user_install_count": 0,
            "approximate_user_authorization_count": 0, "explicit_content_filter": 0, "team": null,
            "eligible_oauth2_scopes": [], "integration_types_config": {}, "event_webhooks_status": 1,
        }))
    })
}

/// The account that registered the application: the owner of the first guild.
fn owner(world: &World) -> Value {
    let first = world.guilds.values().next();
    let owner = first.and_then(|guild| world.users.get(&guild.owner));
    let anybody = owner.or_else(|| world.users.get(&world.bot.user));
    value(&anybody.map(UserWire::of))
}

pub(super) async fn me(State(shared): State<Arc<Shared>>) -> Reply {
    shared.read(|state| {
        let me = state.world.users.get(&state.world.bot.user);
        Ok(Json(own(value(&me.map(UserWire::of)))))
    })
}

pub(super) async fn show(State(shared): State<Arc<Shared>>, Ids(user): Ids<UserId>) -> Reply {
    shared.read(|state| {
        let found = state.world.users.get(&user);
        let found = found.ok_or(ApiError::UNKNOWN_USER)?;
        Ok(Json(value(&UserWire::of(found))))
    })
}

pub(super) async fn own_guilds(State(shared): State<Arc<Shared>>) -> Reply {
    shared.read(|state| {
        let world = &state.world;
        let own = world
            .guilds
            .values()
            .filter(|guild| guild.members.contains_key(&world.bot.user));
        Ok(Json(own.map(|guild| own_guild(world, guild)).collect()))
    })
}

pub(super) async fn leave(State(shared): State<Arc<Shared>>, Ids(guild): Ids<GuildId>) -> Done {
    shared.change(|state| state.world.remove_bot(guild))?;
    DONE
}

#[derive(Debug, Deserialize)]
pub(super) struct OpenDirect {
    recipient_id: UserId,
}

pub(super) async fn open_direct(
    State(shared): State<Arc<Shared>>,
    Payload(body): Payload<OpenDirect>,
) -> Reply {
    shared.change(|state| {
        let world = &mut state.world;
        if !world.users.contains_key(&body.recipient_id) {
            return Err(ApiError::UNKNOWN_USER);
        }
        if body.recipient_id == world.bot.user {
            return Err(ApiError::CANNOT_SEND_TO_USER);
        }
        let id = world.direct_with(body.recipient_id);
        let place = world.channels.get(&id).ok_or(ApiError::UNKNOWN_CHANNEL)?;
        Ok(Json(channel(world, place)))
    })
}
