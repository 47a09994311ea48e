//! The REST face: `/api/v10`, with Discord's paths, answers and errors.

mod audit;
mod automod;
mod channels;
mod commands;
mod extract;
mod files;
mod gate;
mod guilds;
mod interactions;
mod invites;
pub(crate) mod limiter;
mod members;
mod messages;
mod reactions;
mod roles;
mod rooms;
mod threads;
mod users;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, patch, post, put};

use super::rules::error::ApiError;
use super::shared::Shared;

/// Where the routes below hang.
pub(crate) const BASE: &str = "/api/v10";

pub(crate) fn router(shared: &Arc<Shared>) -> Router<Arc<Shared>> {
    Router::new()
        .merge(own())
        .merge(guilds())
        .merge(structure())
        .merge(channels())
        .merge(messages())
        .merge(interactions())
        .fallback(async || ApiError::NO_SUCH_ROUTE)
        .method_not_allowed_fallback(async || ApiError::WRONG_METHOD)
        // The gate holds bodies within Discord's limits, which are not axum's.
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(shared.clone(), gate::pass))
}

/// Where the files of messages are fetched, below the root: without a token, as from Discord's own servers.
pub(crate) fn attachments() -> Router<Arc<Shared>> {
    let path = "/attachments/{channel_id}/{attachment_id}/{name}";
    Router::new().route(path, get(files::download))
}

fn own() -> Router<Arc<Shared>> {
    Router::new()
        .route("/gateway", get(users::gateway))
        .route("/gateway/bot", get(users::gateway_bot))
        .route("/oauth2/applications/@me", get(users::application))
        .route("/applications/@me", get(users::application))
        .route("/users/@me", get(users::me))
        .route("/users/@me/guilds", get(users::own_guilds))
        .route(
            "/users/@me/guilds/{guild_id}",
            axum::routing::delete(users::leave),
        )
        .route("/users/@me/channels", post(users::open_direct))
        .route("/users/{user_id}", get(users::show))
}

fn guilds() -> Router<Arc<Shared>> {
    Router::new()
        .route("/guilds/{guild_id}", get(guilds::show))
        .route("/guilds/{guild_id}/threads/active", get(threads::active))
        .route("/guilds/{guild_id}/audit-logs", get(audit::log))
        .route(
            "/guilds/{guild_id}/incident-actions",
            put(audit::incident_actions),
        )
        .route("/guilds/{guild_id}/bans", get(guilds::bans))
        .route("/guilds/{guild_id}/bulk-ban", post(guilds::bulk_ban))
        .route(
            "/guilds/{guild_id}/bans/{user_id}",
            get(guilds::ban).put(guilds::put_ban).delete(guilds::unban),
        )
        .route("/guilds/{guild_id}/members", get(members::list))
        .route("/guilds/{guild_id}/members/search", get(members::search))
        .route("/guilds/{guild_id}/members/@me", patch(members::edit_self))
        .route(
            "/guilds/{guild_id}/members/{user_id}",
            get(members::show)
                .patch(members::edit)
                .delete(members::kick),
        )
        .route(
            "/guilds/{guild_id}/members/{user_id}/roles/{role_id}",
            put(members::add_role).delete(members::remove_role),
        )
}

/// What a guild is made of.
fn structure() -> Router<Arc<Shared>> {
    Router::new()
        .route(
            "/guilds/{guild_id}/channels",
            get(guilds::channels).post(rooms::create),
        )
        .route(
            "/guilds/{guild_id}/roles",
            get(guilds::roles).post(roles::create).patch(roles::arrange),
        )
        .route(
            "/guilds/{guild_id}/roles/{role_id}",
            get(guilds::role).patch(roles::edit).delete(roles::delete),
        )
        .route("/guilds/{guild_id}/invites", get(invites::of_guild))
        .route(
            "/invites/{code}",
            get(invites::show).delete(invites::delete),
        )
        .route(
            "/guilds/{guild_id}/auto-moderation/rules",
            get(automod::list).post(automod::create),
        )
        .route(
            "/guilds/{guild_id}/auto-moderation/rules/{rule_id}",
            get(automod::show)
                .patch(automod::edit)
                .delete(automod::delete),
        )
}

fn channels() -> Router<Arc<Shared>> {
    Router::new()
        .route(
            "/channels/{channel_id}",
            get(channels::show)
                .patch(channels::edit)
                .delete(rooms::delete),
        )
        .route(
            "/channels/{channel_id}/permissions/{overwrite_id}",
            put(channels::put_overwrite).delete(channels::delete_overwrite),
        )
        .route("/channels/{channel_id}/typing", post(channels::typing))
        .route(
            "/channels/{channel_id}/invites",
            get(invites::of_channel).post(invites::create),
        )
        .route("/channels/{channel_id}/threads", post(rooms::start_thread))
        .route(
            "/channels/{channel_id}/messages/{message_id}/threads",
            post(rooms::start_thread_from),
        )
        .route(
            "/channels/{channel_id}/thread-members",
            get(threads::members),
        )
        .route(
            "/channels/{channel_id}/thread-members/@me",
            put(threads::join).delete(threads::leave),
        )
        .route(
            "/channels/{channel_id}/thread-members/{user_id}",
            get(threads::member)
                .put(threads::add)
                .delete(threads::remove),
        )
        .route("/channels/{channel_id}/pins", get(reactions::old_pins))
        .route(
            "/channels/{channel_id}/pins/{message_id}",
            put(reactions::pin).delete(reactions::unpin),
        )
        .route("/channels/{channel_id}/messages/pins", get(reactions::pins))
        .route(
            "/channels/{channel_id}/messages/pins/{message_id}",
            put(reactions::pin).delete(reactions::unpin),
        )
}

fn messages() -> Router<Arc<Shared>> {
    Router::new()
        .route(
            "/channels/{channel_id}/messages",
            get(messages::list).post(messages::create),
        )
        .route(
            "/channels/{channel_id}/messages/bulk-delete",
            post(messages::bulk_delete),
        )
        .route(
            "/channels/{channel_id}/messages/{message_id}",
            get(messages::show)
                .patch(messages::edit)
                .delete(messages::delete),
        )
        .route(
            "/channels/{channel_id}/messages/{message_id}/reactions",
            axum::routing::delete(reactions::clear),
        )
        .route(
            "/channels/{channel_id}/messages/{message_id}/reactions/{emoji}",
            get(reactions::users).delete(reactions::clear_emoji),
        )
        .route(
            "/channels/{channel_id}/messages/{message_id}/reactions/{emoji}/@me",
            put(reactions::add).delete(reactions::remove_own),
        )
        .route(
            "/channels/{channel_id}/messages/{message_id}/reactions/{emoji}/{user_id}",
            axum::routing::delete(reactions::remove_of),
        )
}

fn interactions() -> Router<Arc<Shared>> {
    Router::new()
        .route(
            "/applications/{application_id}/commands",
            get(commands::list)
                .put(commands::replace)
                .post(commands::create),
        )
        .route(
            "/applications/{application_id}/commands/{command_id}",
            get(commands::show)
                .patch(commands::edit)
                .delete(commands::delete),
        )
        .route(
            "/applications/{application_id}/guilds/{guild_id}/commands",
            get(commands::list_of_guild)
                .put(commands::replace_of_guild)
                .post(commands::create_of_guild),
        )
        .route(
            "/applications/{application_id}/guilds/{guild_id}/commands/{command_id}",
            get(commands::show_of_guild)
                .patch(commands::edit_of_guild)
                .delete(commands::delete_of_guild),
        )
        .route(
            "/interactions/{interaction_id}/{interaction_token}/callback",
            post(interactions::callback),
        )
        .route(
            "/webhooks/{application_id}/{interaction_token}",
            post(interactions::follow_up),
        )
        .route(
            "/webhooks/{application_id}/{interaction_token}/messages/{message_id}",
            get(interactions::show)
                .patch(interactions::edit)
                .delete(interactions::delete),
        )
}
