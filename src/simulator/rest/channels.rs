//! Channels: reading, editing, overwrites, typing, reactions.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::Value;

use super::extract::{DONE, Done, Ids, Payload, Reason, Reply, given};
use super::guilds::deed_in;
use super::rooms::{NamedOverwrite, check_slowmode};
use crate::domain::ids::{ChannelId, RoleId, UserId};
use crate::simulator::rules::error::ApiError;
use crate::simulator::shared::{Shared, State as Sim};
use crate::simulator::world::acts::ChannelChange;
use crate::simulator::world::channel::{Overwrite, OverwriteTarget};
use crate::simulator::world::permission::Permissions;
use crate::simulator::world::wire;

/// Seconds of slow mode at most (Discord's page on channels).
pub(super) const SLOWMODE_SECS: u16 = 21_600;

fn own_wire(state: &Sim, channel: ChannelId) -> Result<Value, ApiError> {
    let world = &state.world;
    let place = world.require_in(world.bot.user, channel, Permissions::NONE)?;
    Ok(wire::channel(world, place))
}

pub(super) async fn show(State(shared): State<Arc<Shared>>, Ids(channel): Ids<ChannelId>) -> Reply {
    shared.read(|state| own_wire(state, channel).map(Json))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct EditChannel {
    name: Option<String>,
    #[serde(deserialize_with = "given")]
    topic: Option<Option<String>>,
    rate_limit_per_user: Option<u16>,
    #[serde(deserialize_with = "given")]
    parent_id: Option<Option<ChannelId>>,
    position: Option<u16>,
    permission_overwrites: Option<Vec<NamedOverwrite>>,
    archived: Option<bool>,
    locked: Option<bool>,
    invitable: Option<bool>,
}

impl EditChannel {
    fn change(self) -> ChannelChange {
        let overwrites = self.permission_overwrites;
        ChannelChange {
            name: self.name,
            topic: self.topic,
            slowmode_secs: self.rate_limit_per_user,
            parent: self.parent_id,
            position: self.position,
            overwrites: overwrites.map(|list| list.into_iter().map(NamedOverwrite::read).collect()),
            archived: self.archived,
            locked: self.locked,
            invitable: self.invitable,
        }
    }
}

pub(super) async fn edit(
    State(shared): State<Arc<Shared>>,
    Ids(channel): Ids<ChannelId>,
    Reason(reason): Reason,
    Payload(body): Payload<EditChannel>,
) -> Reply {
    shared.change(|state| {
        let deed = deed_in(state, channel, reason)?;
        check_slowmode(body.rate_limit_per_user)?;
        state.world.edit_channel(&deed, channel, body.change())?;
        own_wire(state, channel).map(Json)
    })
}

#[derive(Debug, Deserialize)]
pub(super) struct NewOverwrite {
    #[serde(rename = "type")]
    kind: u8,
    #[serde(default)]
    allow: Option<Permissions>,
    #[serde(default)]
    deny: Option<Permissions>,
}

impl NewOverwrite {
    pub(super) fn of(self, target: UserId) -> Overwrite {
        let target = match self.kind {
            0 => OverwriteTarget::Role(RoleId(target.0)),
            _ => OverwriteTarget::Member(target),
        };
        Overwrite {
            target,
            allow: self.allow.unwrap_or_default(),
            deny: self.deny.unwrap_or_default(),
        }
    }
}

pub(super) async fn put_overwrite(
    State(shared): State<Arc<Shared>>,
    Ids((channel, target)): Ids<(ChannelId, UserId)>,
    Reason(reason): Reason,
    Payload(body): Payload<NewOverwrite>,
) -> Done {
    shared.change(|state| {
        let deed = deed_in(state, channel, reason)?;
        let overwrite = body.of(target);
        state.world.put_overwrite(&deed, channel, overwrite)
    })?;
    DONE
}

pub(super) async fn delete_overwrite(
    State(shared): State<Arc<Shared>>,
    Ids((channel, target)): Ids<(ChannelId, UserId)>,
    Reason(reason): Reason,
) -> Done {
    shared.change(|state| {
        let deed = deed_in(state, channel, reason)?;
        state.world.take_overwrite(&deed, channel, target.0)
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
