//! Guilds: what they hold, their bans, their audit log.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use super::extract::{DONE, Done, Ids, Payload, Reason, Reply};
use crate::domain::ids::{ChannelId, GuildId, RoleId, UserId};
use crate::simulator::rules::error::ApiError;
use crate::simulator::shared::{Shared, State as Sim};
use crate::simulator::world::World;
use crate::simulator::world::guild::{Ban, Guild};
use crate::simulator::world::people::Deed;
use crate::simulator::world::permission::Permissions;
use crate::simulator::world::wire::{self, UserWire};

/// The guild, if the bot is in it.
fn own(state: &Sim, guild: GuildId) -> Result<&Guild, ApiError> {
    state.world.guild_for(state.world.bot.user, guild)
}

pub(super) fn deed(state: &Sim, guild: GuildId, reason: Option<String>) -> Deed {
    Deed {
        actor: state.world.bot.user,
        guild,
        reason,
    }
}

/// What the bot does in a channel of a guild.
pub(super) fn deed_in(
    state: &Sim,
    channel: ChannelId,
    reason: Option<String>,
) -> Result<Deed, ApiError> {
    let place = state.world.channels.get(&channel);
    let place = place.ok_or(ApiError::UNKNOWN_CHANNEL)?;
    let guild = place.guild.ok_or(ApiError::NOT_IN_DIRECT_MESSAGES)?;
    Ok(deed(state, guild, reason))
}

#[derive(Debug, Deserialize)]
pub(super) struct Counts {
    #[serde(default)]
    with_counts: bool,
}

pub(super) async fn show(
    State(shared): State<Arc<Shared>>,
    Ids(guild): Ids<GuildId>,
    Query(query): Query<Counts>,
) -> Reply {
    shared.read(|state| {
        let found = own(state, guild)?;
        let mut wire = wire::guild::guild(found);
        if query.with_counts {
            wire["approximate_member_count"] = json!(found.members.len());
            wire["approximate_presence_count"] = json!(found.members.len());
        }
        Ok(Json(wire))
    })
}

pub(super) async fn channels(State(shared): State<Arc<Shared>>, Ids(guild): Ids<GuildId>) -> Reply {
    shared.read(|state| {
        let channels = &own(state, guild)?.channels;
        let places = channels
            .iter()
            .filter_map(|id| state.world.channels.get(id));
        let places = places.filter(|place| !place.kind.is_thread());
        let wires = places.map(|place| wire::channel(&state.world, place));
        Ok(Json(Value::Array(wires.collect())))
    })
}

pub(super) async fn roles(State(shared): State<Arc<Shared>>, Ids(guild): Ids<GuildId>) -> Reply {
    shared.read(|state| {
        let roles = own(state, guild)?.roles.values();
        Ok(Json(roles.map(wire::role).collect()))
    })
}

pub(super) async fn role(
    State(shared): State<Arc<Shared>>,
    Ids((guild, role)): Ids<(GuildId, RoleId)>,
) -> Reply {
    shared.read(|state| {
        let found = own(state, guild)?.roles.get(&role);
        Ok(Json(wire::role(found.ok_or(ApiError::UNKNOWN_ROLE)?)))
    })
}

fn ban_wire(world: &World, user: UserId, ban: &Ban) -> Value {
    json!({"user": world.users.get(&user).map(UserWire::of), "reason": ban.reason})
}

#[derive(Debug, Deserialize)]
pub(super) struct Page {
    pub(super) limit: Option<usize>,
    pub(super) before: Option<UserId>,
    pub(super) after: Option<UserId>,
}

pub(super) async fn bans(
    State(shared): State<Arc<Shared>>,
    Ids(guild): Ids<GuildId>,
    Query(page): Query<Page>,
) -> Reply {
    shared.read(|state| {
        let world = &state.world;
        let found = world.require(world.bot.user, guild, Permissions::BAN_MEMBERS)?;
        let listed = found.bans.iter().filter(|(user, _)| {
            page.after.is_none_or(|after| **user > after)
                && page.before.is_none_or(|before| **user < before)
        });
        let listed = listed.take(page.limit.unwrap_or(1000).min(1000));
        let wires = listed.map(|(user, ban)| ban_wire(world, *user, ban));
        Ok(Json(wires.collect()))
    })
}

pub(super) async fn ban(
    State(shared): State<Arc<Shared>>,
    Ids((guild, user)): Ids<(GuildId, UserId)>,
) -> Reply {
    shared.read(|state| {
        let world = &state.world;
        let found = world.require(world.bot.user, guild, Permissions::BAN_MEMBERS)?;
        let ban = found.bans.get(&user).ok_or(ApiError::UNKNOWN_BAN)?;
        Ok(Json(ban_wire(world, user, ban)))
    })
}

/// How much history a ban deletes, in the query (as serenity sends it) or in the body.
#[derive(Debug, Default, Deserialize)]
pub(super) struct History {
    #[serde(default, deserialize_with = "number_or_text")]
    delete_message_seconds: Option<u64>,
    #[serde(default, deserialize_with = "number_or_text")]
    delete_message_days: Option<u64>,
}

impl History {
    fn seconds(&self) -> Option<u64> {
        let days = self
            .delete_message_days
            .map(|days| days.saturating_mul(86_400));
        self.delete_message_seconds.or(days)
    }
}

/// Discord accepts integers as strings.
fn number_or_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    let text = value.as_str().and_then(|text| text.parse().ok());
    Ok(value.as_u64().or(text))
}

pub(super) async fn put_ban(
    State(shared): State<Arc<Shared>>,
    Ids((guild, user)): Ids<(GuildId, UserId)>,
    Query(query): Query<History>,
    Reason(reason): Reason,
    Payload(body): Payload<History>,
) -> Done {
    shared.change(|state| {
        let deed = deed(state, guild, reason);
        let seconds = body.seconds().or(query.seconds()).unwrap_or(0);
        state.world.ban(&deed, user, seconds)
    })?;
    DONE
}

pub(super) async fn unban(
    State(shared): State<Arc<Shared>>,
    Ids((guild, user)): Ids<(GuildId, UserId)>,
    Reason(reason): Reason,
) -> Done {
    shared.change(|state| {
        let deed = deed(state, guild, reason);
        state.world.unban(&deed, user)
    })?;
    DONE
}

#[derive(Debug, Deserialize)]
pub(super) struct ManyBans {
    user_ids: Vec<UserId>,
    #[serde(flatten)]
    history: History,
}

pub(super) async fn bulk_ban(
    State(shared): State<Arc<Shared>>,
    Ids(guild): Ids<GuildId>,
    Reason(reason): Reason,
    Payload(body): Payload<ManyBans>,
) -> Reply {
    shared.change(|state| {
        let deed = deed(state, guild, reason);
        let seconds = body.history.seconds().unwrap_or(0);
        let outcome = state.world.bulk_ban(&deed, &body.user_ids, seconds)?;
        Ok(Json(
            json!({"banned_users": outcome.banned, "failed_users": outcome.failed}),
        ))
    })
}
