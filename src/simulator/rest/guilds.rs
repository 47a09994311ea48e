//! Guilds: what they hold, their bans, their audit log.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use super::extract::{DONE, Done, Ids, Payload, Reason, Reply};
use crate::domain::ids::{GuildId, RoleId, UserId};
use crate::simulator::rules::error::ApiError;
use crate::simulator::shared::{Shared, State as Sim};
use crate::simulator::world::World;
use crate::simulator::world::acts::audit_wire;
use crate::simulator::world::channel::ChannelKind;
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
        let places = places(&state.world, own(state, guild)?, false);
        Ok(Json(Value::Array(places)))
    })
}

pub(super) async fn threads(State(shared): State<Arc<Shared>>, Ids(guild): Ids<GuildId>) -> Reply {
    shared.read(|state| {
        let threads = places(&state.world, own(state, guild)?, true);
        Ok(Json(
            json!({"threads": threads, "members": [], "has_more": false}),
        ))
    })
}

fn places(world: &World, guild: &Guild, threads: bool) -> Vec<Value> {
    let all = guild
        .channels
        .iter()
        .filter_map(|id| world.channels.get(id));
    all.filter(|place| (place.kind == ChannelKind::Thread) == threads)
        .map(|place| wire::channel(world, place))
        .collect()
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

#[derive(Debug, Deserialize)]
pub(super) struct AuditQuery {
    user_id: Option<UserId>,
    action_type: Option<u16>,
    limit: Option<usize>,
}

pub(super) async fn audit_log(
    State(shared): State<Arc<Shared>>,
    Ids(guild): Ids<GuildId>,
    Query(query): Query<AuditQuery>,
) -> Reply {
    shared.read(|state| {
        let world = &state.world;
        let found = world.require(world.bot.user, guild, Permissions::VIEW_AUDIT_LOG)?;
        let newest = found.audit_log.iter().rev();
        let entries: Vec<_> = newest
            .filter(|entry| query.user_id.is_none_or(|id| id == entry.by))
            .filter(|entry| query.action_type.is_none_or(|kind| kind == entry.action))
            .take(query.limit.unwrap_or(50).min(100))
            .collect();
        let users = entries.iter().filter_map(|entry| world.users.get(&entry.by));
        let users: Vec<_> = users.map(UserWire::of).collect();
        let entries: Vec<Value> = entries.into_iter().map(audit_wire).collect();
        Ok(Json(json!({
            "audit_log_entries": entries, "users": users, "integrations": [], "webhooks": [],
            "guild_scheduled_events": [], "threads": [], "application_commands": [], "auto_moderation_rules": [],
        })))
    })
}

pub(super) async fn incident_actions(
    State(shared): State<Arc<Shared>>,
    Ids(guild): Ids<GuildId>,
    Payload(body): Payload<Value>,
) -> Reply {
    shared.change(|state| {
        let world = &mut state.world;
        world.require(world.bot.user, guild, Permissions::MANAGE_GUILD)?;
        let incidents = json!({
            "invites_disabled_until": body["invites_disabled_until"],
            "dms_disabled_until": body["dms_disabled_until"],
        });
        if let Some(found) = world.guilds.get_mut(&guild) {
            found.incidents = incidents.clone();
        }
        Ok(Json(incidents))
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
