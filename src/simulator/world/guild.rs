//! Guilds, their roles, bans and audit log.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::automod::AutoRule;
use super::people::Member;
use super::permission::Permissions;
use crate::domain::ids::{ChannelId, GuildId, RoleId, UserId};

/// A guild: what people call a server.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Guild {
    /// The guild's id.
    pub id: GuildId,
    /// The name.
    pub name: String,
    /// Who owns it and may do everything.
    pub owner: UserId,
    /// The roles, `@everyone` among them.
    pub roles: BTreeMap<RoleId, Role>,
    /// Who is in it.
    pub members: BTreeMap<UserId, Member>,
    /// The channels, categories and threads, in the order they were made.
    pub channels: Vec<ChannelId>,
    /// Who may not come back, and why.
    pub bans: BTreeMap<UserId, Ban>,
    /// What was done to it, oldest first.
    pub audit_log: Vec<AuditEntry>,
    /// Whether it can be reached; `false` is an outage.
    pub available: bool,
    pub(crate) incidents: Value,
    pub(crate) strangers_banned: u32,
    /// Until when those may not speak who left while they were timed out.
    #[serde(default)]
    pub(crate) silenced: BTreeMap<UserId, DateTime<Utc>>,
    #[serde(default)]
    pub(crate) automod: BTreeMap<u64, AutoRule>,
}

impl Guild {
    /// The position of a member's highest role; `@everyone` is 0.
    #[must_use]
    pub fn highest_position(&self, user: UserId) -> u16 {
        let roles = self.members.get(&user).map(|member| &member.roles);
        let held = roles.into_iter().flatten();
        held.filter_map(|id| self.roles.get(id))
            .map(|role| role.position)
            .max()
            .unwrap_or(0)
    }

    /// Whether nobody comes in by an invite at the moment.
    pub(crate) fn invites_paused(&self, now: DateTime<Utc>) -> bool {
        let until = self.incidents["invites_disabled_until"].as_str();
        let until = until.and_then(|text| DateTime::parse_from_rfc3339(text).ok());
        until.is_some_and(|until| until > now)
    }

    pub(crate) fn role_named(&self, name: &str) -> Option<&Role> {
        self.roles
            .values()
            .find(|role| role.name.eq_ignore_ascii_case(name))
    }
}

/// A role of a guild.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Role {
    /// The role's id; that of `@everyone` is the guild's.
    pub id: RoleId,
    /// The name.
    pub name: String,
    /// What its holders may do.
    pub permissions: Permissions,
    /// Its place in the order of roles; a higher role rules over the lower ones.
    pub position: u16,
    /// Its colour as `0xRRGGBB`; 0 is none.
    pub color: u32,
    /// Whether it belongs to a bot and cannot be given away.
    pub managed: bool,
    /// The bot that it belongs to, with which it comes and goes.
    #[serde(default)]
    pub bot: Option<UserId>,
    /// Whether its holders are listed apart.
    #[serde(default)]
    pub hoist: bool,
    /// Whether everybody may mention it.
    #[serde(default)]
    pub mentionable: bool,
}

/// A ban.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ban {
    /// What the audit log was told.
    pub reason: Option<String>,
    /// Who banned.
    pub by: UserId,
}

/// Something that was done to a guild.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AuditEntry {
    /// The entry's id.
    pub id: u64,
    /// Discord's number of the action: 20 kick, 22 ban, 23 unban, 24 member update, 25 role update, 72 message delete.
    pub action: u16,
    /// Who did it.
    pub by: UserId,
    /// The id of what it was done to.
    pub target: Option<u64>,
    /// The reason given with it.
    pub reason: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
    /// What changed, in Discord's form.
    pub changes: Value,
    /// Further facts, in Discord's form.
    pub options: Value,
}
