//! Registering commands, for every guild and for single ones.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::Value;

use super::extract::{DONE, Done, Ids, Payload, Reply};
use crate::domain::ids::{GuildId, UserId};
use crate::simulator::rules::error::ApiError;
use crate::simulator::shared::{Shared, State as Sim};

/// Application and command ids are snowflakes without a type of their own.
type Id = UserId;

fn check(state: &Sim, application: Id, guild: Option<GuildId>) -> Result<(), ApiError> {
    if application.0 != state.world.bot.application {
        return Err(ApiError::UNKNOWN_APPLICATION);
    }
    match guild {
        Some(guild) if !state.world.is_member(guild, state.world.bot.user) => {
            Err(ApiError::MISSING_ACCESS)
        }
        _ => Ok(()),
    }
}

fn wires(state: &Sim, guild: Option<GuildId>) -> Value {
    let known = state.world.commands.scope(guild).iter();
    known
        .map(|command| Value::Object(command.raw.clone()))
        .collect()
}

fn listed(shared: &Shared, application: Id, guild: Option<GuildId>) -> Reply {
    shared.read(|state| {
        check(state, application, guild)?;
        Ok(Json(wires(state, guild)))
    })
}

fn replaced(shared: &Shared, application: Id, guild: Option<GuildId>, body: &[Value]) -> Reply {
    shared.change(|state| {
        check(state, application, guild)?;
        state.world.register_all(guild, body)?;
        Ok(Json(wires(state, guild)))
    })
}

fn created(shared: &Shared, application: Id, guild: Option<GuildId>, body: &Value) -> Reply {
    shared.change(|state| {
        check(state, application, guild)?;
        state.world.register(guild, body).map(Json)
    })
}

pub(super) async fn list(State(shared): State<Arc<Shared>>, Ids(application): Ids<Id>) -> Reply {
    listed(&shared, application, None)
}

pub(super) async fn list_of_guild(
    State(shared): State<Arc<Shared>>,
    Ids((application, guild)): Ids<(Id, GuildId)>,
) -> Reply {
    listed(&shared, application, Some(guild))
}

pub(super) async fn replace(
    State(shared): State<Arc<Shared>>,
    Ids(application): Ids<Id>,
    Payload(body): Payload<Vec<Value>>,
) -> Reply {
    replaced(&shared, application, None, &body)
}

pub(super) async fn replace_of_guild(
    State(shared): State<Arc<Shared>>,
    Ids((application, guild)): Ids<(Id, GuildId)>,
    Payload(body): Payload<Vec<Value>>,
) -> Reply {
    replaced(&shared, application, Some(guild), &body)
}

pub(super) async fn create(
    State(shared): State<Arc<Shared>>,
    Ids(application): Ids<Id>,
    Payload(body): Payload<Value>,
) -> Reply {
    created(&shared, application, None, &body)
}

pub(super) async fn create_of_guild(
    State(shared): State<Arc<Shared>>,
    Ids((application, guild)): Ids<(Id, GuildId)>,
    Payload(body): Payload<Value>,
) -> Reply {
    created(&shared, application, Some(guild), &body)
}

pub(super) async fn show(
    State(shared): State<Arc<Shared>>,
    Ids((application, command)): Ids<(Id, Id)>,
) -> Reply {
    shown(&shared, application, None, command)
}

pub(super) async fn show_of_guild(
    State(shared): State<Arc<Shared>>,
    Ids((application, guild, command)): Ids<(Id, GuildId, Id)>,
) -> Reply {
    shown(&shared, application, Some(guild), command)
}

fn shown(shared: &Shared, application: Id, guild: Option<GuildId>, command: Id) -> Reply {
    shared.read(|state| {
        check(state, application, guild)?;
        let mut known = state.world.commands.scope(guild).iter();
        let found = known.find(|one| one.id == command.0);
        let found = found.ok_or(ApiError::UNKNOWN_COMMAND)?;
        Ok(Json(Value::Object(found.raw.clone())))
    })
}

pub(super) async fn edit(
    State(shared): State<Arc<Shared>>,
    Ids((application, command)): Ids<(Id, Id)>,
    Payload(body): Payload<Value>,
) -> Reply {
    shared.change(|state| {
        check(state, application, None)?;
        state.world.edit_command(None, command.0, &body).map(Json)
    })
}

pub(super) async fn edit_of_guild(
    State(shared): State<Arc<Shared>>,
    Ids((application, guild, command)): Ids<(Id, GuildId, Id)>,
    Payload(body): Payload<Value>,
) -> Reply {
    shared.change(|state| {
        check(state, application, Some(guild))?;
        state
            .world
            .edit_command(Some(guild), command.0, &body)
            .map(Json)
    })
}

pub(super) async fn delete(
    State(shared): State<Arc<Shared>>,
    Ids((application, command)): Ids<(Id, Id)>,
) -> Done {
    shared.change(|state| {
        check(state, application, None)?;
        state.world.unregister(None, command.0)
    })?;
    DONE
}

pub(super) async fn delete_of_guild(
    State(shared): State<Arc<Shared>>,
    Ids((application, guild, command)): Ids<(Id, GuildId, Id)>,
) -> Done {
    shared.change(|state| {
        check(state, application, Some(guild))?;
        state.world.unregister(Some(guild), command.0)
    })?;
    DONE
}
