//! What can be done in the world, by the bot and by people alike: each act obeys the rules, changes the state and
//! tells the gateway.

mod answers;
mod automod;
mod bans;
mod channels;
mod commands;
mod incidents;
mod interactions;
mod invites;
mod members;
mod membership;
mod messages;
mod overwrites;
mod placing;
mod reactions;
mod renaming;
mod roles;
mod structure;
mod threads;

pub(crate) use answers::{Reply, answer_named};
#[cfg(test)]
pub(crate) use bans::BulkBan;
pub(crate) use incidents::IncidentChange;
pub(crate) use interactions::{First, callback_wire};
pub(crate) use invites::InviteLimits;
pub(crate) use members::MemberChange;
pub(crate) use renaming::own;
pub(crate) use roles::RoleChange;
pub(crate) use structure::{ChannelChange, NewChannel, NewRole};
pub(crate) use threads::NewThread;

use chrono::TimeDelta;
use serde_json::Value;

use super::World;
use super::event::{Event, intents};
use super::guild::AuditEntry;
use super::people::Deed;
use super::permission::Permissions;
use crate::domain::ids::{GuildId, UserId};
use crate::simulator::rules::access;

/// Discord's numbers of audit log actions.
pub(crate) mod audit {
    pub(crate) const GUILD_UPDATE: u16 = 1;
    pub(crate) const CHANNEL_CREATE: u16 = 10;
    pub(crate) const CHANNEL_UPDATE: u16 = 11;
    pub(crate) const CHANNEL_DELETE: u16 = 12;
    pub(crate) const OVERWRITE_CREATE: u16 = 13;
    pub(crate) const OVERWRITE_UPDATE: u16 = 14;
    pub(crate) const OVERWRITE_DELETE: u16 = 15;
    pub(crate) const MEMBER_KICK: u16 = 20;
    pub(crate) const MEMBER_BAN_ADD: u16 = 22;
    pub(crate) const MEMBER_BAN_REMOVE: u16 = 23;
    pub(crate) const MEMBER_UPDATE: u16 = 24;
    pub(crate) const MEMBER_ROLE_UPDATE: u16 = 25;
    pub(crate) const ROLE_CREATE: u16 = 30;
    pub(crate) const ROLE_UPDATE: u16 = 31;
    pub(crate) const ROLE_DELETE: u16 = 32;
    pub(crate) const INVITE_CREATE: u16 = 40;
    pub(crate) const INVITE_DELETE: u16 = 42;
    pub(crate) const MESSAGE_DELETE: u16 = 72;
    pub(crate) const MESSAGE_BULK_DELETE: u16 = 73;
    pub(crate) const MESSAGE_PIN: u16 = 74;
    pub(crate) const MESSAGE_UNPIN: u16 = 75;
    pub(crate) const THREAD_CREATE: u16 = 110;
    pub(crate) const THREAD_UPDATE: u16 = 111;
    pub(crate) const THREAD_DELETE: u16 = 112;
    pub(crate) const AUTOMOD_RULE_CREATE: u16 = 140;
    pub(crate) const AUTOMOD_RULE_UPDATE: u16 = 141;
    pub(crate) const AUTOMOD_RULE_DELETE: u16 = 142;
    pub(crate) const AUTOMOD_BLOCK_MESSAGE: u16 = 143;
    pub(crate) const AUTOMOD_FLAG_TO_CHANNEL: u16 = 144;
    pub(crate) const AUTOMOD_TIMEOUT: u16 = 145;
}

/// How long an entry of the audit log lives (Discord's page on the audit log).
pub(crate) const ENTRY_AGE: TimeDelta = TimeDelta::days(45);

/// What an entry of the audit log says beside actor and reason.
pub(crate) struct Entry {
    pub(crate) action: u16,
    pub(crate) target: Option<u64>,
    pub(crate) changes: Value,
    pub(crate) options: Value,
}

impl Entry {
    pub(crate) fn about(action: u16, target: UserId) -> Self {
        Self::on(action, target.0)
    }

    pub(crate) fn on(action: u16, target: u64) -> Self {
        Self {
            target: Some(target),
            ..Self::plain(action)
        }
    }

    pub(crate) fn plain(action: u16) -> Self {
        Self {
            action,
            target: None,
            changes: Value::Null,
            options: Value::Null,
        }
    }
}

impl World {
    /// Writes the audit log and tells the bot, if it may read it.
    pub(crate) fn log_audit(&mut self, deed: &Deed, entry: Entry) {
        let (id, at) = (self.next_id(), self.now());
        let Some(guild) = self.guilds.get_mut(&deed.guild) else {
            return;
        };
        let entry = AuditEntry {
            id,
            action: entry.action,
            by: deed.actor,
            target: entry.target,
            reason: deed.reason.clone(),
            at,
            changes: entry.changes,
            options: entry.options,
        };
        let mut wire = audit_wire(&entry);
        wire["guild_id"] = serde_json::json!(deed.guild);
        // Old entries go as new ones come.
        let old = at - ENTRY_AGE;
        let gone = guild.audit_log.partition_point(|one| one.at <= old);
        guild.audit_log.drain(..gone);
        guild.audit_log.push(entry);
        if self.bot_may(deed.guild, Permissions::VIEW_AUDIT_LOG) {
            self.tell(
                "GUILD_AUDIT_LOG_ENTRY_CREATE",
                deed.guild,
                intents::GUILD_MODERATION,
                &wire,
            );
        }
    }

    /// Whether the bot has at least one of these permissions in the guild.
    pub(crate) fn bot_may(&self, guild: GuildId, any: Permissions) -> bool {
        let guild = self.guilds.get(&guild);
        guild
            .is_some_and(|guild| access::in_guild(guild, self.bot.user, self.now()).intersects(any))
    }

    /// Sends an event of a guild that the bot is in and that can be reached.
    pub(crate) fn tell(&mut self, name: &str, guild: GuildId, intents: u64, body: &Value) {
        if self.bot_hears(guild) {
            let event = Event::new(name, Some(guild), intents, body.to_string());
            self.emit(event);
        }
    }

    pub(crate) fn bot_hears(&self, guild: GuildId) -> bool {
        let guild = self.guilds.get(&guild);
        guild.is_some_and(|guild| guild.available && guild.members.contains_key(&self.bot.user))
    }
}

/// What differs between two renderings of a thing, in the audit log's form; null before it was made.
pub(crate) fn differences(old: &Value, new: &Value, keys: &[&str]) -> Vec<Value> {
    let differ = keys.iter().filter(|key| old[**key] != new[**key]);
    let change = differ.map(|key| {
        let mut change = serde_json::json!({"key": key});
        for (name, value) in [("old_value", &old[*key]), ("new_value", &new[*key])] {
            if !value.is_null() {
                change[name] = value.clone();
            }
        }
        change
    });
    change.collect()
}

pub(crate) fn audit_wire(entry: &AuditEntry) -> Value {
    let mut wire = serde_json::json!({
        "id": entry.id.to_string(), "action_type": entry.action, "user_id": entry.by,
        "target_id": entry.target.map(|id| id.to_string()),
    });
    for (name, value) in [("changes", &entry.changes), ("options", &entry.options)] {
        if !value.is_null() {
            wire[name] = value.clone();
        }
    }
    if let Some(reason) = &entry.reason {
        wire["reason"] = Value::from(reason.as_str());
    }
    wire
}
