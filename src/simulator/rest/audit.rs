//! The audit log, and incident actions.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

use super::extract::{Ids, Payload, Reason, Reply, given, page_limit};
use super::guilds::deed;
use crate::domain::ids::{GuildId, UserId};
use crate::simulator::shared::Shared;
use crate::simulator::world::World;
use crate::simulator::world::acts::{ENTRY_AGE, IncidentChange, audit_wire};
use crate::simulator::world::guild::{AuditEntry, Guild};
use crate::simulator::world::permission::Permissions;
use crate::simulator::world::wire::{UserWire, value};

/// Entry ids are snowflakes without a type of their own.
type Id = UserId;

#[derive(Debug, Deserialize)]
pub(super) struct AuditQuery {
    user_id: Option<UserId>,
    action_type: Option<u16>,
    before: Option<Id>,
    after: Option<Id>,
    limit: Option<usize>,
}

impl AuditQuery {
    fn wants(&self, entry: &AuditEntry) -> bool {
        self.user_id.is_none_or(|id| id == entry.by)
            && self.action_type.is_none_or(|kind| kind == entry.action)
            && self.before.is_none_or(|id| entry.id < id.0)
            && self.after.is_none_or(|id| entry.id > id.0)
    }
}

pub(super) async fn log(
    State(shared): State<Arc<Shared>>,
    Ids(guild): Ids<GuildId>,
    Query(query): Query<AuditQuery>,
) -> Reply {
    shared.read(|state| {
        let world = &state.world;
        let found = world.require(world.bot.user, guild, Permissions::VIEW_AUDIT_LOG)?;
        let limit = page_limit(query.limit, 50, 100)?;
        let oldest = world.now() - ENTRY_AGE;
        let kept = found.audit_log.iter().filter(|entry| entry.at > oldest);
        let wanted = kept.filter(|entry| query.wants(entry));
        // Behind `after` the oldest come first, in every other page the newest.
        let entries: Vec<&AuditEntry> = match query.after {
            Some(_) => wanted.take(limit).collect(),
            None => wanted.rev().take(limit).collect(),
        };
        let wires: Vec<Value> = entries.iter().map(|entry| audit_wire(entry)).collect();
        Ok(Json(json!({
            "audit_log_entries": wires, "users": users(world, &entries), "integrations": [], "webhooks": [],
            "guild_scheduled_events": [], "threads": [], "application_commands": [],
            "auto_moderation_rules": rules(found, &entries),
        })))
    })
}

/// Everybody whom the entries name, each once.
fn users(world: &World, entries: &[&AuditEntry]) -> Vec<Value> {
    let named: BTreeSet<UserId> = entries
        .iter()
        .flat_map(|entry| [Some(entry.by), entry.target.map(UserId)])
        .flatten()
        .collect();
    let users = named.iter().filter_map(|id| world.users.get(id));
    users.map(|user| value(&UserWire::of(user))).collect()
}

fn rules(guild: &Guild, entries: &[&AuditEntry]) -> Vec<Value> {
    let named: BTreeSet<u64> = entries.iter().filter_map(|entry| entry.target).collect();
    let rules = named.iter().filter_map(|id| guild.automod.get(id));
    rules.map(|rule| rule.wire(guild.id)).collect()
}

/// The parts of a pause; what is left out stays, and null ends it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Incidents {
    #[serde(deserialize_with = "given")]
    invites_disabled_until: Option<Option<DateTime<Utc>>>,
    #[serde(deserialize_with = "given")]
    dms_disabled_until: Option<Option<DateTime<Utc>>>,
}

pub(super) async fn incident_actions(
    State(shared): State<Arc<Shared>>,
    Ids(guild): Ids<GuildId>,
    Reason(reason): Reason,
    Payload(body): Payload<Incidents>,
) -> Reply {
    shared.change(|state| {
        let deed = deed(state, guild, reason);
        let change = IncidentChange {
            invites: body.invites_disabled_until,
            dms: body.dms_disabled_until,
        };
        state.world.set_incidents(&deed, change).map(Json)
    })
}
