//! AutoMod rules.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Deserialize;

use super::extract::{DONE, Done, Ids, Payload, Reason, Reply};
use super::guilds::deed;
use crate::domain::ids::{ChannelId, GuildId, RoleId, UserId};
use crate::simulator::rules::error::ApiError;
use crate::simulator::rules::form::wrong;
use crate::simulator::shared::{Shared, State as Sim};
use crate::simulator::world::automod::{Action, AutoRule, Metadata};
use crate::simulator::world::permission::Permissions;

/// Rule ids are snowflakes without a type of their own.
type Id = UserId;

/// A rule, or the parts of it that change.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RuleBody {
    name: Option<String>,
    event_type: Option<u8>,
    trigger_type: Option<u8>,
    trigger_metadata: Option<Metadata>,
    actions: Option<Vec<Action>>,
    enabled: Option<bool>,
    exempt_roles: Option<Vec<RoleId>>,
    exempt_channels: Option<Vec<ChannelId>>,
}

impl RuleBody {
    fn apply(self, rule: &mut AutoRule) {
        rule.name = self.name.unwrap_or_else(|| rule.name.clone());
        rule.event = self.event_type.unwrap_or(rule.event);
        rule.enabled = self.enabled.unwrap_or(rule.enabled);
        rule.metadata = self
            .trigger_metadata
            .unwrap_or_else(|| rule.metadata.clone());
        rule.actions = self.actions.unwrap_or_else(|| rule.actions.clone());
        rule.exempt_roles = self
            .exempt_roles
            .unwrap_or_else(|| rule.exempt_roles.clone());
        let channels = self.exempt_channels;
        rule.exempt_channels = channels.unwrap_or_else(|| rule.exempt_channels.clone());
    }
}

fn rule(state: &Sim, guild: GuildId, id: u64) -> Result<&AutoRule, ApiError> {
    let world = &state.world;
    let found = world.require(world.bot.user, guild, Permissions::MANAGE_GUILD)?;
    // Discord's page of error codes has none for this.
    found.automod.get(&id).ok_or(ApiError::NO_SUCH_ROUTE)
}

pub(super) async fn list(State(shared): State<Arc<Shared>>, Ids(guild): Ids<GuildId>) -> Reply {
    shared.read(|state| {
        let world = &state.world;
        let found = world.require(world.bot.user, guild, Permissions::MANAGE_GUILD)?;
        let rules = found.automod.values();
        Ok(Json(rules.map(|rule| rule.wire(guild)).collect()))
    })
}

pub(super) async fn show(
    State(shared): State<Arc<Shared>>,
    Ids((guild, id)): Ids<(GuildId, Id)>,
) -> Reply {
    shared.read(|state| Ok(Json(rule(state, guild, id.0)?.wire(guild))))
}

pub(super) async fn create(
    State(shared): State<Arc<Shared>>,
    Ids(guild): Ids<GuildId>,
    Reason(reason): Reason,
    Payload(body): Payload<RuleBody>,
) -> Reply {
    shared.change(|state| {
        let missing = |path: &str| wrong(path, "BASE_TYPE_REQUIRED", "This field is required");
        let mut new = AutoRule {
            id: 0,
            creator: state.world.bot.user,
            name: String::new(),
            event: body.event_type.ok_or_else(|| missing("event_type"))?,
            trigger: body.trigger_type.ok_or_else(|| missing("trigger_type"))?,
            metadata: Metadata::default(),
            actions: Vec::new(),
            enabled: false,
            exempt_roles: Vec::new(),
            exempt_channels: Vec::new(),
        };
        body.apply(&mut new);
        let deed = deed(state, guild, reason);
        let id = state.world.keep_rule(&deed, new)?;
        Ok(Json(rule(state, guild, id)?.wire(guild)))
    })
}

pub(super) async fn edit(
    State(shared): State<Arc<Shared>>,
    Ids((guild, id)): Ids<(GuildId, Id)>,
    Reason(reason): Reason,
    Payload(body): Payload<RuleBody>,
) -> Reply {
    shared.change(|state| {
        let mut changed = rule(state, guild, id.0)?.clone();
        body.apply(&mut changed);
        let deed = deed(state, guild, reason);
        let id = state.world.keep_rule(&deed, changed)?;
        Ok(Json(rule(state, guild, id)?.wire(guild)))
    })
}

pub(super) async fn delete(
    State(shared): State<Arc<Shared>>,
    Ids((guild, id)): Ids<(GuildId, Id)>,
    Reason(reason): Reason,
) -> Done {
    shared.change(|state| {
        let deed = deed(state, guild, reason);
        state.world.delete_rule(&deed, id.0)
    })?;
    DONE
}
