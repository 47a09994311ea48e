//! Channels: reading, editing, overwrites, typing, reactions.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::extract::{DONE, Done, Ids, Payload, Reason, Reply};
use super::guilds::deed;
use crate::domain::ids::{ChannelId, MessageId, RoleId, UserId};
use crate::simulator::rules::error::ApiError;
use crate::simulator::rules::form::wrong;
use crate::simulator::shared::{Shared, State as Sim};
use crate::simulator::world::acts::ChannelChange;
use crate::simulator::world::channel::{Overwrite, OverwriteTarget};
use crate::simulator::world::event::intents;
use crate::simulator::world::permission::Permissions;
use crate::simulator::world::wire;

/// Seconds of slow mode at most (Discord's page on channels).
const SLOWMODE_SECS: u16 = 21_600;

fn own_wire(state: &Sim, channel: ChannelId) -> Result<Value, ApiError> {
    let world = &state.world;
    let place = world.require_in(world.bot.user, channel, Permissions::NONE)?;
    Ok(wire::channel(world, place))
}

pub(super) async fn show(State(shared): State<Arc<Shared>>, Ids(channel): Ids<ChannelId>) -> Reply {
    shared.read(|state| own_wire(state, channel).map(Json))
}

#[derive(Debug, Deserialize)]
pub(super) struct EditChannel {
    name: Option<String>,
    topic: Option<String>,
    rate_limit_per_user: Option<u16>,
}

pub(super) async fn edit(
    State(shared): State<Arc<Shared>>,
    Ids(channel): Ids<ChannelId>,
    Reason(reason): Reason,
    Payload(body): Payload<EditChannel>,
) -> Reply {
    shared.change(|state| {
        let place = state.world.channels.get(&channel);
        let place = place.ok_or(ApiError::UNKNOWN_CHANNEL)?;
        let guild = place.guild.ok_or(ApiError::NOT_IN_DIRECT_MESSAGES)?;
        if body
            .rate_limit_per_user
            .is_some_and(|secs| secs > SLOWMODE_SECS)
        {
            let message = format!("int value should be less than or equal to {SLOWMODE_SECS}.");
            return Err(wrong("rate_limit_per_user", "NUMBER_TYPE_MAX", message));
        }
        let change = ChannelChange {
            name: body.name,
            topic: body.topic.map(Some),
            slowmode_secs: body.rate_limit_per_user,
        };
        let deed = deed(state, guild, reason);
        state.world.edit_channel(&deed, channel, change)?;
        own_wire(state, channel).map(Json)
    })
}

#[derive(Debug, Deserialize)]
pub(super) struct NewOverwrite {
    #[serde(rename = "type")]
    kind: u8,
    #[serde(default)]
    allow: Option<String>,
    #[serde(default)]
    deny: Option<String>,
}

fn bits(text: Option<&str>) -> Permissions {
    text.and_then(Permissions::from_text).unwrap_or_default()
}

pub(super) async fn put_overwrite(
    State(shared): State<Arc<Shared>>,
    Ids((channel, target)): Ids<(ChannelId, UserId)>,
    Payload(body): Payload<NewOverwrite>,
) -> Done {
    shared.change(|state| {
        let world = &mut state.world;
        world.require_in(world.bot.user, channel, Permissions::MANAGE_ROLES)?;
        let target = match body.kind {
            0 => OverwriteTarget::Role(RoleId(target.0)),
            _ => OverwriteTarget::Member(target),
        };
        let overwrite = Overwrite {
            target,
            allow: bits(body.allow.as_deref()),
            deny: bits(body.deny.as_deref()),
        };
        world.set_overwrite(channel, overwrite)
    })?;
    DONE
}

pub(super) async fn delete_overwrite(
    State(shared): State<Arc<Shared>>,
    Ids((channel, target)): Ids<(ChannelId, UserId)>,
) -> Done {
    shared.change(|state| {
        let world = &mut state.world;
        world.require_in(world.bot.user, channel, Permissions::MANAGE_ROLES)?;
        world.remove_overwrite(channel, target.0)
    })?;
    DONE
}

pub(super) async fn typing(
    State(shared): State<Arc<Shared>>,
    Ids(channel): Ids<ChannelId>,
) -> Done {
    shared.read(|state| {
        let bot = state.world.bot.user;
        let needed = Permissions::SEND_MESSAGES;
        state.world.require_in(bot, channel, needed).map(|_| ())
    })?;
    DONE
}

pub(super) async fn react(
    State(shared): State<Arc<Shared>>,
    Ids((channel, message, emoji)): Ids<(ChannelId, MessageId, String)>,
) -> Done {
    shared.change(|state| {
        let world = &mut state.world;
        let bot = world.bot.user;
        let needed = Permissions::ADD_REACTIONS | Permissions::READ_MESSAGE_HISTORY;
        let guild = world.require_in(bot, channel, needed)?.guild;
        let author = world
            .message(channel, message)
            .ok_or(ApiError::UNKNOWN_MESSAGE)?
            .author;
        if let Some(guild) = guild {
            let wire = json!({
                "user_id": bot, "channel_id": channel, "message_id": message, "guild_id": guild,
                "message_author_id": author, "emoji": {"id": null, "name": emoji}, "burst": false, "type": 0,
            });
            let intent = intents::GUILD_MESSAGE_REACTIONS;
            world.tell("MESSAGE_REACTION_ADD", guild, intent, &wire);
        }
        Ok(())
    })?;
    DONE
}
