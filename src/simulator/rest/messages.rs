//! Messages: posting, reading, editing, deleting.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use serde::Deserialize;
use serde_json::Value;

use super::extract::{DONE, Done, Ids, Payload, Posted, Reason, Reply, page_limit};
use super::guilds::deed_in;
use crate::domain::ids::{ChannelId, MessageId};
use crate::simulator::rules::error::ApiError;
use crate::simulator::shared::{Shared, State as Sim};
use crate::simulator::world::acts::Reply as Draft;
use crate::simulator::world::permission::Permissions;
use crate::simulator::world::wire::message::MessageWire;
use crate::simulator::world::wire::value;

/// A message that everybody sees, rendered.
fn wire(state: &Sim, channel: ChannelId, message: MessageId) -> Result<Value, ApiError> {
    let found = state.world.shown_message(channel, message)?;
    Ok(value(&MessageWire::rest(&state.world, found)))
}

pub(super) async fn create(
    State(shared): State<Arc<Shared>>,
    Ids(channel): Ids<ChannelId>,
    Posted(body, files): Posted<Draft>,
) -> Reply {
    shared.change(|state| {
        let bot = state.world.bot.user;
        let once = body.enforce_nonce == Some(true);
        let lenient = body
            .message_reference
            .as_ref()
            .is_some_and(|replied| replied.fail_if_not_exists == Some(false));
        let mut draft = Draft { files, ..body }.into_draft();
        let replied = draft
            .reply_to
            .filter(|id| !lenient || state.world.shown_message(channel, *id).is_ok());
        draft.reply_to = replied;
        let (place, message) = if once {
            state.world.post_once(bot, channel, draft)?
        } else {
            (channel, state.world.post(bot, channel, draft)?)
        };
        wire(state, place, message).map(Json)
    })
}

#[derive(Debug, Deserialize)]
pub(super) struct Window {
    limit: Option<usize>,
    before: Option<MessageId>,
    after: Option<MessageId>,
    around: Option<MessageId>,
}

pub(super) async fn list(
    State(shared): State<Arc<Shared>>,
    Ids(channel): Ids<ChannelId>,
    Query(window): Query<Window>,
) -> Reply {
    shared.read(|state| {
        let world = &state.world;
        world.require_in(world.bot.user, channel, Permissions::NONE)?;
        // Without the right to read the history Discord answers an empty list.
        let held = world.permissions_in(channel, world.bot.user);
        if !held.contains(Permissions::READ_MESSAGE_HISTORY) {
            return Ok(Json(Value::Array(Vec::new())));
        }
        let mut listed = world.messages(channel);
        let limit = page_limit(window.limit, 50, 100)?;
        // Half of what is asked for stands on either side of the message.
        let reached = window.around.map(|around| {
            let later = listed.iter().filter(|message| message.id > around);
            let last = later.take(limit / 2).last();
            MessageId(
                last.map_or(around, |message| message.id)
                    .0
                    .saturating_add(1),
            )
        });
        let before = window.before.or(reached);
        listed.retain(|message| {
            before.is_none_or(|before| message.id < before)
                && window.after.is_none_or(|after| message.id > after)
        });
        // With `after` the oldest that follow are meant, else the newest; newest come first either way.
        if window.after.is_some() {
            listed.truncate(limit);
        }
        let newest = listed.into_iter().rev().take(limit);
        let contents = shared.reads_contents();
        let wires = newest.map(|message| value(&MessageWire::shown(world, message, contents)));
        Ok(Json(wires.collect()))
    })
}

pub(super) async fn show(
    State(shared): State<Arc<Shared>>,
    Ids((channel, message)): Ids<(ChannelId, MessageId)>,
) -> Reply {
    shared.read(|state| {
        let needed = Permissions::READ_MESSAGE_HISTORY;
        let bot = state.world.bot.user;
        state.world.require_in(bot, channel, needed)?;
        let found = state.world.shown_message(channel, message)?;
        let shown = MessageWire::shown(&state.world, found, shared.reads_contents());
        Ok(Json(value(&shown)))
    })
}

pub(super) async fn edit(
    State(shared): State<Arc<Shared>>,
    Ids((channel, message)): Ids<(ChannelId, MessageId)>,
    Posted(body, files): Posted<Draft>,
) -> Reply {
    shared.change(|state| {
        let bot = state.world.bot.user;
        let edit = Draft { files, ..body }.into_edit();
        state.world.edit(bot, channel, message, edit)?;
        wire(state, channel, message).map(Json)
    })
}

pub(super) async fn delete(
    State(shared): State<Arc<Shared>>,
    Ids((channel, message)): Ids<(ChannelId, MessageId)>,
    Reason(reason): Reason,
) -> Done {
    shared.change(|state| {
        let bot = state.world.bot.user;
        state.world.delete(bot, channel, message, reason)
    })?;
    DONE
}

#[derive(Debug, Deserialize)]
pub(super) struct Many {
    messages: Vec<MessageId>,
}

pub(super) async fn bulk_delete(
    State(shared): State<Arc<Shared>>,
    Ids(channel): Ids<ChannelId>,
    Reason(reason): Reason,
    Payload(body): Payload<Many>,
) -> Done {
    shared.change(|state| {
        let deed = deed_in(state, channel, reason)?;
        state.world.bulk_delete(&deed, channel, &body.messages)
    })?;
    DONE
}
