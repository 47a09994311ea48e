//! Answers to interactions: the first one, and the webhook for what follows.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::Value;

use super::extract::{DONE, Done, Ids, Posted, Reply};
use crate::domain::ids::{MessageId, UserId};
use crate::simulator::rules::error::ApiError;
use crate::simulator::shared::{Shared, State as Sim};
use crate::simulator::world::acts::{First, Reply as Draft, answer_named, callback_wire};
use crate::simulator::world::wire::message::MessageWire;
use crate::simulator::world::wire::value;

/// Interaction and application ids are snowflakes without a type of their own.
type Id = UserId;

#[derive(Debug, Deserialize)]
pub(super) struct Callback {
    #[serde(rename = "type")]
    kind: u64,
    #[serde(default)]
    data: Value,
}

#[derive(Debug, Deserialize)]
pub(super) struct WithResponse {
    #[serde(default)]
    with_response: bool,
}

pub(super) async fn callback(
    State(shared): State<Arc<Shared>>,
    Ids((id, token)): Ids<(Id, String)>,
    Query(query): Query<WithResponse>,
    Posted(body, files): Posted<Callback>,
) -> Result<Response, ApiError> {
    shared.change(|state| {
        let first = First {
            kind: body.kind,
            data: &body.data,
            files,
        };
        state.world.answer(id.0, &token, first)?;
        if query.with_response {
            let wire = callback_wire(&state.world, id.0);
            return Ok(Json(wire).into_response());
        }
        Ok(StatusCode::NO_CONTENT.into_response())
    })
}

fn check(state: &Sim, application: Id) -> Result<(), ApiError> {
    if application.0 == state.world.bot.application {
        Ok(())
    } else {
        Err(ApiError::UNKNOWN_WEBHOOK)
    }
}

/// A message of the interaction, rendered.
fn wire(state: &Sim, token: &str, message: MessageId) -> Result<Value, ApiError> {
    let found = state.world.interaction_for(token)?;
    let message = state.world.message(found.channel, message);
    let message = message.ok_or(ApiError::UNKNOWN_MESSAGE)?;
    Ok(value(&MessageWire::rest(&state.world, message)))
}

pub(super) async fn follow_up(
    State(shared): State<Arc<Shared>>,
    Ids((application, token)): Ids<(Id, String)>,
    Posted(body, files): Posted<Draft>,
) -> Reply {
    shared.change(|state| {
        check(state, application)?;
        let reply = Draft { files, ..body };
        let message = state.world.follow_up(&token, reply)?;
        wire(state, &token, message).map(Json)
    })
}

pub(super) async fn show(
    State(shared): State<Arc<Shared>>,
    Ids((application, token, which)): Ids<(Id, String, String)>,
) -> Reply {
    shared.read(|state| {
        check(state, application)?;
        let found = state.world.interaction_for(&token)?;
        let message = answer_named(found, &which)?;
        wire(state, &token, message).map(Json)
    })
}

pub(super) async fn edit(
    State(shared): State<Arc<Shared>>,
    Ids((application, token, which)): Ids<(Id, String, String)>,
    Posted(body, files): Posted<Draft>,
) -> Reply {
    shared.change(|state| {
        check(state, application)?;
        let reply = Draft { files, ..body };
        let message = state.world.edit_answer(&token, &which, reply)?;
        wire(state, &token, message).map(Json)
    })
}

pub(super) async fn delete(
    State(shared): State<Arc<Shared>>,
    Ids((application, token, which)): Ids<(Id, String, String)>,
) -> Done {
    shared.change(|state| {
        check(state, application)?;
        state.world.delete_answer(&token, &which)
    })?;
    DONE
}
