//! The control side over HTTP, for programs of any language and for curl.
//!
//! Every `POST` takes a JSON object and answers one. Guilds, channels, users and roles are given by name, mention or
//! id; `guild` may be left out while there is only one. Errors answer `{"error": "…"}`.
//!
//! | request | fields (`?` optional) | does or answers |
//! |---|---|---|
//! | `POST /_sim/guilds` | `name`, `owner`? | makes a guild with #general and the bot |
//! | `POST /_sim/channels` | `guild`?, `name`, `kind`? (text, voice, category, thread), `parent`? | makes a channel |
//! | `POST /_sim/roles` | `guild`?, `name`, `permissions`?, `position`?, `color`?, `hoist`? | makes a role |
//! | `POST /_sim/edit_role` | `guild`?, `role` (or `bot`), and what of the same changes | changes a role |
//! | `POST /_sim/members` | `guild`?, `user`, `roles`?, `permissions`?, `bot`? | adds who was there before; with `bot` another bot |
//! | `POST /_sim/join` | `guild`?, `user`, `account_age_days`? or `invite`? | somebody joins |
//! | `POST /_sim/leave` | `guild`?, `user` | somebody leaves |
//! | `POST /_sim/post` | `guild`?, `channel`?, `user`, `content`, `reply_to`?, `embeds`?, `attachments`? (`filename`, `size`?, `content_type`?) | somebody writes |
//! | `POST /_sim/edit` | `guild`?, `user`, `message`, `content` | somebody edits an own message |
//! | `POST /_sim/delete` | `guild`?, `user`, `message` | somebody deletes a message |
//! | `POST /_sim/dm` | `guild`?, `user`, `content` | somebody writes to the bot |
//! | `POST /_sim/dms` | `guild`?, `user`, `open` | closes or opens somebody's direct messages |
//! | `POST /_sim/command` | `guild`?, `channel`?, `user`, `line`, `unchecked`?, `direct`? | uses a slash command, with `direct` in the direct messages; answers the answer |
//! | `POST /_sim/autocomplete` | `guild`?, `channel`?, `user`, `line` | answers the suggestions |
//! | `POST /_sim/press` | `guild`?, `user`, `label`, or `message`, `custom_id`, `values`? | presses a button or chooses from a select; answers the answer |
//! | `POST /_sim/submit` | `guild`?, `user`, `custom_id`, `fields` (object) | sends a form; answers the answer |
//! | `POST /_sim/menu` | `guild`?, `user`, `command`, `message` or `target` | uses a context menu; answers the answer |
//! | `POST /_sim/rename` | `guild`?, `user`, `name` | gives an account another name |
//! | `POST /_sim/nick` | `guild`?, `user`, `target`?, `name` | gives oneself or somebody another name in the guild; an empty one goes back |
//! | `POST /_sim/edit_guild` | `guild`?, `name`?, `owner`? | gives the guild another name, or another owner |
//! | `POST /_sim/threads` | `guild`?, `channel`?, `user`, `name`, `private`? | starts a thread; answers its id |
//! | `POST /_sim/thread_members` | `guild`?, `channel`, `user`, `target`?, `on`? | joins a thread or adds somebody; `"on":false` leaves or removes |
//! | `POST /_sim/upload` | `guild`?, `user`, `name`, `content`? | uploads a file that an option of a command then names; answers its facts |
//! | `POST /_sim/offline` | `guild`?, `user` | goes offline, which ends a visit by a temporary invite |
//! | `POST /_sim/react` | `guild`?, `user`, `message`, `emoji`, `on`? | reacts, or takes that back |
//! | `POST /_sim/pin` | `guild`?, `user`, `message`, `on`? | pins or unpins |
//! | `POST /_sim/slow_mode` | `guild`?, `channel`?, `user`, `seconds` | slows a channel down |
//! | `POST /_sim/invites` | `guild`?, `channel`?, `user`, `seconds`?, `uses`? | invites; answers the code |
//! | `POST /_sim/delete_invite` | `guild`?, `user`, `invite` | deletes an invite |
//! | `POST /_sim/automod` | `guild`?, `user`, `rule` (in Discord's form) | keeps an AutoMod rule; answers its id |
//! | `POST /_sim/delete_automod` | `guild`?, `user`, `rule` (its id) | deletes it |
//! | `POST /_sim/give_role`, `/take_role` | `guild`?, `user`, `role` | changes somebody's roles |
//! | `POST /_sim/ban`, `/unban`, `/kick`, `/timeout` | `guild`?, `user`, `target`, `reason`?, `seconds`? | by hand |
//! | `POST /_sim/permissions` | `guild`?, `role` (or `bot`), `permissions` | changes what a role gives |
//! | `POST /_sim/overwrite` | `guild`?, `channel`, `role` or `user`, `allow`?, `deny`? | sets an overwrite |
//! | `POST /_sim/delete_channel`, `/delete_role` | `guild`?, `channel` or `role` | deletes it |
//! | `POST /_sim/bot` | `guild`?, `present` | removes or invites the bot |
//! | `POST /_sim/outage` | `guild`?, `on` | begins or ends an outage of one guild |
//! | `POST /_sim/faults` | `pattern`, `times`?, `fault` | the next requests fail (see below) |
//! | `DELETE /_sim/faults` | | takes faults back |
//! | `POST /_sim/gateway` | `action`: drop, reconnect, invalidate, resume, close (`code`), duplicate, swap, strange, known, deaf, hearing, outage (`seconds`?), restore, latency (`ms`), heartbeat | breaks it |
//! | `POST /_sim/raw` | `guild`?, `event`, `data` | sends a dispatch as it is |
//! | `POST /_sim/clock` | `seconds` | puts the clock of the world forward |
//! | `GET /_sim/ready` | | answers when the bot is connected and has registered its commands |
//! | `GET /_sim/world` | | everything but the messages |
//! | `GET /_sim/world.json` | | the world as the file that `--world` loads |
//! | `GET /_sim/messages` | `guild`?, `channel`? | the messages of a channel |
//! | `GET /_sim/dms` | `user` | what the bot and a user wrote to each other |
//! | `GET /_sim/bans`, `/audit`, `/invites`, `/automod` | `guild`? | bans by name; the audit log; invites; AutoMod rules |
//! | `GET /_sim/requests` | `pattern`?, `limit`? | what the bot asked for, newest last, and counts per route |
//! | `GET /_sim/events` | | events, sessions and frames, counted |
//! | `GET /_sim/stream` | `after`?, `kinds`? | what happens from now on, as server-sent events (see below) |
//! | `GET /_sim/happenings` | `after`?, `kinds`?, `wait`? (seconds) | the same as one list; waits until there is something |
//!
//! What happens is told as `{"number":7,"at":"…","kind":"deleted","guild":"Demo","by":"aimod","bot":true, …}`, numbered
//! from the first subscription on. The kinds are `posted`, `edited` and `deleted` (with `channel`, `author` and
//! `message`), `joined` and `left` (`user`), `used` (`command`), `answered` (`user`, `answer`), `moderated` (`target`,
//! `entry` of the audit log) and `requested` (`request`, all that the bot asked REST for). `kinds` names some of them,
//! separated by commas; `after` takes a number, or the last event's id, from which to go on.
//!
//! A fault is `{"kind":"status","status":500}` (also with a `code` of Discord's: 404 and 10003; or with 429 and `retry_after_ms`), `{"kind":"rate_limited","retry_after_ms":1000,"global":false}`,
//! with `"scope":"shared"` that of a limit which does not count towards the block of the address,
//! `{"kind":"delay","ms":500}`, `{"kind":"drop"}` or `{"kind":"drop_after"}`. Permissions are names in a list or
//! separated by commas, or a number.

mod acts;
mod ask;
mod build;
mod hands;
mod look;
mod more;
mod stream;
mod trouble;

use axum::Json;
use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};

use super::error::{ControlError, SlashError, Timeout};
use super::run::Simulator;

/// What every handler answers.
type Reply = Result<Json<Value>, ControlError>;

pub(crate) fn router<S: Clone + Send + Sync + 'static>(sim: Simulator) -> Router<S> {
    Router::new()
        .merge(building())
        .merge(acting())
        .merge(handling())
        .merge(breaking())
        .merge(looking())
        .with_state(sim)
}

fn building() -> Router<Simulator> {
    Router::new()
        .route("/guilds", post(build::guild))
        .route("/channels", post(build::channel))
        .route("/roles", post(build::role))
        .route("/members", post(build::member))
        .route("/permissions", post(build::permissions))
        .route("/overwrite", post(build::overwrite))
        .route("/delete_channel", post(build::delete_channel))
        .route("/delete_role", post(build::delete_role))
        .route("/bot", post(build::bot))
        .route("/edit_role", post(build::edit_role))
}

fn acting() -> Router<Simulator> {
    Router::new()
        .route("/join", post(acts::join))
        .route("/leave", post(acts::leave))
        .route("/post", post(acts::write))
        .route("/edit", post(acts::edit))
        .route("/delete", post(acts::delete))
        .route("/dm", post(acts::dm))
        .route("/dms", get(look::dms).post(acts::set_dms))
        .route("/command", post(acts::command))
        .route("/autocomplete", post(acts::autocomplete))
        .route("/press", post(acts::press))
        .route("/submit", post(acts::submit))
        .route("/give_role", post(acts::give_role))
        .route("/take_role", post(acts::take_role))
        .route("/ban", post(acts::ban))
        .route("/unban", post(acts::unban))
        .route("/kick", post(acts::kick))
        .route("/timeout", post(acts::timeout))
}

fn handling() -> Router<Simulator> {
    Router::new()
        .route("/react", post(hands::react))
        .route("/pin", post(hands::pin))
        .route("/slow_mode", post(hands::slow_mode))
        .route("/invites", get(hands::invites).post(hands::create_invite))
        .route("/delete_invite", post(hands::delete_invite))
        .route("/automod", get(hands::rules).post(hands::keep_rule))
        .route("/delete_automod", post(hands::delete_rule))
        .route("/menu", post(hands::menu))
        .route("/rename", post(more::rename))
        .route("/nick", post(more::nick))
        .route("/edit_guild", post(more::edit_guild))
        .route("/threads", post(more::start_thread))
        .route("/thread_members", post(more::thread_members))
        .route("/upload", post(more::upload))
        .route("/offline", post(more::offline))
}

fn breaking() -> Router<Simulator> {
    Router::new()
        .route(
            "/faults",
            post(trouble::fault).delete(trouble::clear_faults),
        )
        .route("/outage", post(trouble::outage))
        .route("/gateway", post(trouble::gateway))
        .route("/raw", post(trouble::raw))
        .route("/clock", post(trouble::clock))
}

fn looking() -> Router<Simulator> {
    Router::new()
        .route("/ready", get(look::ready))
        .route("/world", get(look::world))
        .route("/world.json", get(look::world_file))
        .route("/messages", get(look::messages))
        .route("/bans", get(look::bans))
        .route("/audit", get(look::audit))
        .route("/requests", get(look::requests))
        .route("/events", get(look::events))
        .route("/stream", get(stream::stream))
        .route("/happenings", get(stream::happenings))
}

impl IntoResponse for ControlError {
    fn into_response(self) -> Response {
        let status = match &self {
            Self::Unknown { .. } | Self::Slash(SlashError::NoCommand { .. }) => {
                StatusCode::NOT_FOUND
            }
            Self::Refused(_) | Self::Slash(SlashError::Hidden { .. }) => StatusCode::FORBIDDEN,
            Self::Slash(_) | Self::Request(_) => StatusCode::BAD_REQUEST,
            Self::Timeout(_) => StatusCode::GATEWAY_TIMEOUT,
        };
        let mut body = json!({"error": self.to_string()});
        if let Self::Refused(error) = &self {
            body["discord"] = error.body();
        }
        (status, Json(body)).into_response()
    }
}

impl IntoResponse for Timeout {
    fn into_response(self) -> Response {
        ControlError::from(self).into_response()
    }
}

/// What acts without anything to tell answer.
fn done() -> Reply {
    Ok(Json(json!({"ok": true})))
}
