//! Making, changing, moving and deleting roles.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::Value;

use super::extract::{DONE, Done, Ids, Payload, Reason, Reply};
use super::guilds::deed;
use crate::domain::ids::{GuildId, RoleId};
use crate::simulator::rules::error::ApiError;
use crate::simulator::shared::{Shared, State as Sim};
use crate::simulator::world::acts::RoleChange;
use crate::simulator::world::permission::Permissions;
use crate::simulator::world::wire;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RoleBody {
    name: Option<String>,
    permissions: Option<Permissions>,
    color: Option<u32>,
    hoist: Option<bool>,
    mentionable: Option<bool>,
}

impl RoleBody {
    fn change(self) -> RoleChange {
        RoleChange {
            name: self.name,
            permissions: self.permissions,
            color: self.color,
            hoist: self.hoist,
            mentionable: self.mentionable,
        }
    }
}

fn shown(state: &Sim, guild: GuildId, role: RoleId) -> Reply {
    let found = state.world.guilds.get(&guild);
    let role = found.and_then(|found| found.roles.get(&role));
    Ok(Json(wire::role(role.ok_or(ApiError::UNKNOWN_ROLE)?)))
}

pub(super) async fn create(
    State(shared): State<Arc<Shared>>,
    Ids(guild): Ids<GuildId>,
    Reason(reason): Reason,
    Payload(body): Payload<RoleBody>,
) -> Reply {
    shared.change(|state| {
        let deed = deed(state, guild, reason);
        let role = state.world.create_role(&deed, body.change())?;
        shown(state, guild, role)
    })
}

pub(super) async fn edit(
    State(shared): State<Arc<Shared>>,
    Ids((guild, role)): Ids<(GuildId, RoleId)>,
    Reason(reason): Reason,
    Payload(body): Payload<RoleBody>,
) -> Reply {
    shared.change(|state| {
        let deed = deed(state, guild, reason);
        state.world.edit_role(&deed, role, body.change())?;
        shown(state, guild, role)
    })
}

#[derive(Debug, Deserialize)]
pub(super) struct Place {
    id: RoleId,
    #[serde(default)]
    position: Option<u16>,
}

pub(super) async fn arrange(
    State(shared): State<Arc<Shared>>,
    Ids(guild): Ids<GuildId>,
    Reason(reason): Reason,
    Payload(body): Payload<Vec<Place>>,
) -> Reply {
    shared.change(|state| {
        let deed = deed(state, guild, reason);
        let moves = body.iter();
        let moves = moves.filter_map(|place| Some((place.id, place.position?)));
        state.world.move_roles(&deed, &moves.collect::<Vec<_>>())?;
        let found = state.world.guilds.get(&guild);
        let roles = found.into_iter().flat_map(|found| found.roles.values());
        Ok(Json(Value::Array(roles.map(wire::role).collect())))
    })
}

pub(super) async fn delete(
    State(shared): State<Arc<Shared>>,
    Ids((guild, role)): Ids<(GuildId, RoleId)>,
    Reason(reason): Reason,
) -> Done {
    shared.change(|state| {
        let deed = deed(state, guild, reason);
        state.world.remove_role(&deed, role)
    })?;
    DONE
}
