//! Editing a member: timeout, nickname, roles.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{Entry, audit};
use crate::domain::ids::{RoleId, UserId};
use crate::simulator::rules::error::{ApiError, Ruling};
use crate::simulator::rules::form::wrong;
use crate::simulator::rules::{access, limits};
use crate::simulator::world::World;
use crate::simulator::world::guild::Guild;
use crate::simulator::world::people::{Deed, Member};
use crate::simulator::world::permission::Permissions;
use crate::simulator::world::wire::time;

/// What an edit changes; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub(crate) struct MemberChange {
    pub(crate) timeout_until: Option<Option<DateTime<Utc>>>,
    pub(crate) nick: Option<Option<String>>,
    pub(crate) roles: Option<Vec<RoleId>>,
}

impl World {
    /// Edits a member: each part needs its own permission, and all of them a place above the member.
    pub(crate) fn edit_member(
        &mut self,
        deed: &Deed,
        target: UserId,
        change: MemberChange,
    ) -> Ruling {
        let guild = self.guild_for(deed.actor, deed.guild)?;
        let member = guild.members.get(&target).ok_or(ApiError::UNKNOWN_MEMBER)?;
        if let Some(until) = change.timeout_until {
            self.may_time_out(deed, target, until)?;
        }
        if let Some(nick) = &change.nick {
            self.may_rename(deed, target, nick.as_deref())?;
        }
        if let Some(roles) = &change.roles {
            self.may_set_roles(deed, member, roles)?;
        }
        let changes = changes(guild, member, &change);
        // What changes nothing is neither told nor written down.
        if changes.is_empty() {
            return Ok(());
        }
        self.change_member(deed.guild, target, |member| {
            if let Some(until) = change.timeout_until {
                member.timeout_until = until;
            }
            if let Some(nick) = change.nick {
                member.nick = nick.filter(|nick| !nick.is_empty());
            }
            if let Some(roles) = change.roles {
                member.roles = roles;
            }
        })?;
        for (action, list) in changes {
            let entry = Entry {
                changes: list,
                ..Entry::about(action, target)
            };
            self.log_audit(deed, entry);
        }
        Ok(())
    }

    fn may_time_out(&self, deed: &Deed, target: UserId, until: Option<DateTime<Utc>>) -> Ruling {
        let guild = self.require(deed.actor, deed.guild, Permissions::MODERATE_MEMBERS)?;
        access::require_above(guild, deed.actor, target)?;
        // The timeout that may be running must not hide that the target is an administrator.
        let before_any = DateTime::<Utc>::MAX_UTC;
        let held = access::in_guild(guild, target, before_any);
        if until.is_some() && held.contains(Permissions::ADMINISTRATOR) {
            return Err(ApiError::MISSING_PERMISSIONS);
        }
        until.map_or(Ok(()), |until| limits::timeout(until, self.now()))
    }

    fn may_rename(&self, deed: &Deed, target: UserId, nick: Option<&str>) -> Ruling {
        if nick.is_some_and(|nick| nick.chars().count() > 32) {
            let message = "Must be 32 or fewer in length.";
            return Err(wrong("nick", "BASE_TYPE_BAD_LENGTH", message));
        }
        if target == deed.actor {
            return self
                .require(deed.actor, deed.guild, Permissions::CHANGE_NICKNAME)
                .map(|_| ());
        }
        let guild = self.require(deed.actor, deed.guild, Permissions::MANAGE_NICKNAMES)?;
        access::require_above(guild, deed.actor, target)
    }

    fn may_set_roles(&self, deed: &Deed, member: &Member, wanted: &[RoleId]) -> Ruling {
        let guild = self.require(deed.actor, deed.guild, Permissions::MANAGE_ROLES)?;
        let given = wanted.iter().filter(|role| !member.roles.contains(role));
        let taken = member.roles.iter().filter(|role| !wanted.contains(role));
        for id in given.chain(taken) {
            let role = guild.roles.get(id).ok_or(ApiError::UNKNOWN_ROLE)?;
            let below = role.position < guild.highest_position(deed.actor);
            if role.managed || !(below || deed.actor == guild.owner) {
                return Err(ApiError::MISSING_PERMISSIONS);
            }
        }
        Ok(())
    }
}

/// The audit log's entries of an edit: roles have a kind of their own.
fn changes(guild: &Guild, member: &Member, change: &MemberChange) -> Vec<(u16, Value)> {
    let mut plain = Vec::new();
    if let Some(until) = change.timeout_until {
        plain.push(difference(
            "communication_disabled_until",
            member.timeout_until.map(time),
            until.map(time),
        ));
    }
    if let Some(nick) = &change.nick {
        let nick = nick.clone().filter(|nick| !nick.is_empty());
        plain.push(difference("nick", member.nick.clone(), nick));
    }
    let plain: Vec<Value> = plain.into_iter().flatten().collect();
    let mut entries = Vec::new();
    if !plain.is_empty() {
        entries.push((audit::MEMBER_UPDATE, Value::Array(plain)));
    }
    if let Some(wanted) = &change.roles {
        let named = |list: Vec<&RoleId>| -> Value {
            let roles = list.into_iter().filter_map(|id| guild.roles.get(id));
            roles
                .map(|role| json!({"id": role.id, "name": role.name}))
                .collect()
        };
        let given = wanted.iter().filter(|id| !member.roles.contains(id));
        let taken = member.roles.iter().filter(|id| !wanted.contains(id));
        let (given, taken): (Vec<_>, Vec<_>) = (given.collect(), taken.collect());
        if !(given.is_empty() && taken.is_empty()) {
            let list = json!([
                {"key": "$add", "new_value": named(given)},
                {"key": "$remove", "new_value": named(taken)},
            ]);
            entries.push((audit::MEMBER_ROLE_UPDATE, list));
        }
    }
    entries
}

fn difference(key: &str, old: Option<String>, new: Option<String>) -> Option<Value> {
    if old == new {
        return None;
    }
    let mut entry = json!({"key": key});
    for (name, value) in [("old_value", old), ("new_value", new)] {
        if let Some(value) = value {
            entry[name] = Value::from(value);
        }
    }
    Some(entry)
}
