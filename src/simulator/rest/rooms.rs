//! Making and deleting channels, and threads.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::Value;

use super::channels::{NewOverwrite, SLOWMODE_SECS};
use super::extract::{Ids, Payload, Reason, Reply};
use super::guilds::deed;
use crate::domain::ids::{ChannelId, GuildId, MessageId, UserId};
use crate::simulator::rules::error::ApiError;
use crate::simulator::rules::form::wrong;
use crate::simulator::shared::{Shared, State as Sim};
use crate::simulator::world::acts::{NewChannel, NewThread};
use crate::simulator::world::channel::ChannelKind;
use crate::simulator::world::wire;

/// What is made is answered with its own status.
type Made = Result<(StatusCode, Json<Value>), ApiError>;

fn made(state: &Sim, channel: ChannelId) -> Made {
    let place = state.world.channels.get(&channel);
    let place = place.ok_or(ApiError::UNKNOWN_CHANNEL)?;
    let wire = wire::channel(&state.world, place);
    Ok((StatusCode::CREATED, Json(wire)))
}

/// An overwrite inside a channel's own request.
#[derive(Debug, Deserialize)]
pub(super) struct NamedOverwrite {
    id: UserId,
    #[serde(flatten)]
    what: NewOverwrite,
}

impl NamedOverwrite {
    pub(super) fn read(self) -> crate::simulator::world::channel::Overwrite {
        self.what.of(self.id)
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct CreateChannel {
    name: String,
    #[serde(rename = "type", default)]
    kind: Option<u8>,
    #[serde(default)]
    topic: Option<String>,
    #[serde(default)]
    parent_id: Option<ChannelId>,
    #[serde(default)]
    rate_limit_per_user: Option<u16>,
    #[serde(default)]
    permission_overwrites: Vec<NamedOverwrite>,
}

pub(super) fn check_slowmode(seconds: Option<u16>) -> Result<(), ApiError> {
    if seconds.is_some_and(|secs| secs > SLOWMODE_SECS) {
        let message = format!("int value should be less than or equal to {SLOWMODE_SECS}.");
        return Err(wrong("rate_limit_per_user", "NUMBER_TYPE_MAX", message));
    }
    Ok(())
}

pub(super) async fn create(
    State(shared): State<Arc<Shared>>,
    Ids(guild): Ids<GuildId>,
    Reason(reason): Reason,
    Payload(body): Payload<CreateChannel>,
) -> Made {
    shared.change(|state| {
        let kind = match body.kind.unwrap_or(0) {
            0 => ChannelKind::Text,
            2 => ChannelKind::Voice,
            4 => ChannelKind::Category,
            _ => {
                let message = "Value must be one of {0, 2, 4}.";
                return Err(wrong("type", "BASE_TYPE_CHOICES", message));
            }
        };
        check_slowmode(body.rate_limit_per_user)?;
        let overwrites = body.permission_overwrites.into_iter();
        let new = NewChannel {
            kind,
            topic: body.topic,
            parent: body.parent_id,
            slowmode_secs: body.rate_limit_per_user.unwrap_or(0),
            overwrites: overwrites.map(NamedOverwrite::read).collect(),
            ..NewChannel::text(&body.name)
        };
        let deed = deed(state, guild, reason);
        let id = state.world.create_channel(&deed, new)?;
        made(state, id)
    })
}

pub(super) async fn delete(
    State(shared): State<Arc<Shared>>,
    Ids(channel): Ids<ChannelId>,
    Reason(reason): Reason,
) -> Reply {
    shared.change(|state| {
        let place = state.world.channels.get(&channel);
        let place = place.ok_or(ApiError::UNKNOWN_CHANNEL)?;
        let Some(guild) = place.guild else {
            // A direct message is closed, and opened again by the next one.
            return Ok(Json(wire::channel(&state.world, place)));
        };
        let deed = deed(state, guild, reason);
        state.world.remove_channel(&deed, channel).map(Json)
    })
}

#[derive(Debug, Deserialize)]
pub(super) struct StartThread {
    name: String,
    #[serde(rename = "type", default)]
    kind: Option<u8>,
    #[serde(default)]
    invitable: Option<bool>,
}

pub(super) async fn start_thread(
    State(shared): State<Arc<Shared>>,
    Ids(channel): Ids<ChannelId>,
    Payload(body): Payload<StartThread>,
) -> Made {
    let private = match body.kind {
        Some(11) => false,
        // Discord's own choice when nothing is said.
        None | Some(12) => true,
        Some(_) => return Err(ApiError::WRONG_CHANNEL_KIND),
    };
    let new = NewThread {
        name: &body.name,
        from: None,
        private,
        invitable: body.invitable.unwrap_or(true),
    };
    start(&shared, channel, new)
}

pub(super) async fn start_thread_from(
    State(shared): State<Arc<Shared>>,
    Ids((channel, message)): Ids<(ChannelId, MessageId)>,
    Payload(body): Payload<StartThread>,
) -> Made {
    let new = NewThread {
        name: &body.name,
        from: Some(message),
        private: false,
        invitable: true,
    };
    start(&shared, channel, new)
}

fn start(shared: &Shared, channel: ChannelId, new: NewThread<'_>) -> Made {
    shared.change(|state| {
        let bot = state.world.bot.user;
        let id = state.world.start_thread(bot, channel, new)?;
        made(state, id)
    })
}
