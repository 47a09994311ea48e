//! Members: reading, editing, kicking, roles.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;

use super::extract::{DONE, Done, Ids, Payload, Reason, Reply, given, page_limit};
use super::guilds::{Page, deed};
use crate::domain::ids::{GuildId, RoleId, UserId};
use crate::simulator::rules::error::ApiError;
use crate::simulator::shared::{Shared, State as Sim};
use crate::simulator::world::acts::MemberChange;
use crate::simulator::world::event::intents;
use crate::simulator::world::people::Member;
use crate::simulator::world::wire::{MemberWire, value};

fn wire(state: &Sim, guild: GuildId, user: UserId) -> Result<Value, ApiError> {
    let world = &state.world;
    let found = world.guild_for(world.bot.user, guild)?;
    let member = found.members.get(&user).ok_or_else(|| {
        // Discord tells apart whom it does not know at all.
        if world.users.contains_key(&user) {
            ApiError::UNKNOWN_MEMBER
        } else {
            ApiError::UNKNOWN_USER
        }
    })?;
    Ok(value(&MemberWire::of(world, member)))
}

pub(super) async fn show(
    State(shared): State<Arc<Shared>>,
    Ids((guild, user)): Ids<(GuildId, UserId)>,
) -> Reply {
    shared.read(|state| wire(state, guild, user).map(Json))
}

pub(super) async fn list(
    State(shared): State<Arc<Shared>>,
    Ids(guild): Ids<GuildId>,
    Query(page): Query<Page>,
) -> Reply {
    // Who may not hear of members may not list them either.
    if shared.settings.privileged_intents & intents::GUILD_MEMBERS == 0 {
        return Err(ApiError::MISSING_ACCESS);
    }
    let after = page.after.unwrap_or_default();
    listed(&shared, guild, page.limit, |_, member| member.user > after)
}

#[derive(Debug, Deserialize)]
pub(super) struct Search {
    query: String,
    limit: Option<usize>,
}

pub(super) async fn search(
    State(shared): State<Arc<Shared>>,
    Ids(guild): Ids<GuildId>,
    Query(search): Query<Search>,
) -> Reply {
    let start = search.query.to_lowercase();
    listed(&shared, guild, search.limit, |name, member| {
        let nick = member.nick.as_deref().unwrap_or_default().to_lowercase();
        name.to_lowercase().starts_with(&start) || nick.starts_with(&start)
    })
}

fn listed(
    shared: &Shared,
    guild: GuildId,
    limit: Option<usize>,
    wanted: impl Fn(&str, &Member) -> bool,
) -> Reply {
    shared.read(|state| {
        let world = &state.world;
        let limit = page_limit(limit, 1, 1_000)?;
        let found = world.guild_for(world.bot.user, guild)?;
        let members = found.members.values();
        let members = members.filter(|member| wanted(world.name_of(member.user), member));
        let wires = members.map(|member| value(&MemberWire::of(world, member)));
        Ok(Json(wires.take(limit).collect()))
    })
}

/// The parts of an edit; what is left out stays, and null takes away.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct EditMember {
    #[serde(deserialize_with = "given")]
    communication_disabled_until: Option<Option<DateTime<Utc>>>,
    #[serde(deserialize_with = "given")]
    nick: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    roles: Option<Option<Vec<RoleId>>>,
}

pub(super) async fn edit(
    State(shared): State<Arc<Shared>>,
    Ids((guild, user)): Ids<(GuildId, UserId)>,
    Reason(reason): Reason,
    Payload(body): Payload<EditMember>,
) -> Reply {
    shared.change(|state| {
        let deed = deed(state, guild, reason);
        let change = MemberChange {
            timeout_until: body.communication_disabled_until,
            nick: body.nick,
            roles: body.roles.map(Option::unwrap_or_default),
        };
        state.world.edit_member(&deed, user, change)?;
        wire(state, guild, user).map(Json)
    })
}

pub(super) async fn edit_self(
    shared: State<Arc<Shared>>,
    Ids(guild): Ids<GuildId>,
    reason: Reason,
    body: Payload<EditMember>,
) -> Reply {
    let bot = shared.read(|state| state.world.bot.user);
    edit(shared, Ids((guild, bot)), reason, body).await
}

pub(super) async fn kick(
    State(shared): State<Arc<Shared>>,
    Ids((guild, user)): Ids<(GuildId, UserId)>,
    Reason(reason): Reason,
) -> Done {
    shared.change(|state| {
        let deed = deed(state, guild, reason);
        state.world.kick(&deed, user)
    })?;
    DONE
}

pub(super) async fn add_role(
    State(shared): State<Arc<Shared>>,
    Ids((guild, user, role)): Ids<(GuildId, UserId, RoleId)>,
    Reason(reason): Reason,
) -> Done {
    shared.change(|state| {
        let deed = deed(state, guild, reason);
        state.world.set_role(&deed, user, role, true)
    })?;
    DONE
}

pub(super) async fn remove_role(
    State(shared): State<Arc<Shared>>,
    Ids((guild, user, role)): Ids<(GuildId, UserId, RoleId)>,
    Reason(reason): Reason,
) -> Done {
    shared.change(|state| {
        let deed = deed(state, guild, reason);
        state.world.set_role(&deed, user, role, false)
    })?;
    DONE
}
