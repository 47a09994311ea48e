//! Making, changing, moving and deleting roles, as members and bots do it.

use serde_json::{Value, json};

use super::{Entry, NewRole, audit, differences};
use crate::domain::ids::RoleId;
use crate::simulator::rules::access;
use crate::simulator::rules::error::{ApiError, Ruling};
use crate::simulator::rules::form::Form;
use crate::simulator::world::World;
use crate::simulator::world::guild::Role;
use crate::simulator::world::people::Deed;
use crate::simulator::world::permission::Permissions;
use crate::simulator::world::wire;

/// Roles of a guild at most (Discord's page on JSON error codes, 30005).
const ROLES: usize = 250;

/// What the audit log tells of a role.
const FACTS: [&str; 6] = [
    "name",
    "permissions",
    "color",
    "hoist",
    "mentionable",
    "position",
];

/// What a role is to be; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub(crate) struct RoleChange {
    pub(crate) name: Option<String>,
    pub(crate) permissions: Option<Permissions>,
    pub(crate) color: Option<u32>,
    pub(crate) hoist: Option<bool>,
    pub(crate) mentionable: Option<bool>,
}

impl RoleChange {
    fn check(&self) -> Ruling {
        let mut form = Form::default();
        form.too_long("name", self.name.as_deref().unwrap_or_default(), 100);
        if self.color.is_some_and(|color| color > 0x00ff_ffff) {
            let message = "int value should be less than or equal to 16777215.";
            form.wrong("color", "NUMBER_TYPE_MAX", message);
        }
        form.finish()
    }

    fn apply(self, role: &mut Role) {
        role.name = self.name.unwrap_or_else(|| role.name.clone());
        role.permissions = self.permissions.unwrap_or(role.permissions);
        role.color = self.color.unwrap_or(role.color);
        role.hoist = self.hoist.unwrap_or(role.hoist);
        role.mentionable = self.mentionable.unwrap_or(role.mentionable);
    }
}

impl World {
    /// Makes a role at the bottom with Manage Roles. Nobody gives what they have not.
    pub(crate) fn create_role(&mut self, deed: &Deed, change: RoleChange) -> Ruling<RoleId> {
        let guild = self.require(deed.actor, deed.guild, Permissions::MANAGE_ROLES)?;
        change.check()?;
        if guild.roles.len() >= ROLES {
            return Err(ApiError::TOO_MANY_ROLES);
        }
        let everyone = guild.roles.get(&deed.guild.everyone_role());
        let usual = everyone.map_or(Permissions::NONE, |role| role.permissions);
        let permissions = change.permissions.unwrap_or(usual);
        self.may_give(deed, permissions & !usual)?;
        let mut role = Role {
            id: RoleId(self.next_id()),
            ..Role::new(NewRole {
                name: "new role".to_owned(),
                permissions,
                position: 1,
                bot: None,
            })
        };
        change.apply(&mut role);
        let id = role.id;
        let changes = differences(&Value::Null, &wire::role(&role), &FACTS);
        self.put_role(deed.guild, role, "GUILD_ROLE_CREATE");
        let entry = Entry {
            changes: Value::Array(changes),
            ..Entry::on(audit::ROLE_CREATE, id.0)
        };
        self.log_audit(deed, entry);
        Ok(id)
    }

    /// Changes a role below the actor's own highest with Manage Roles.
    pub(crate) fn edit_role(&mut self, deed: &Deed, role: RoleId, change: RoleChange) -> Ruling {
        change.check()?;
        let mut changed = self.role_below(deed, role)?.clone();
        if let Some(permissions) = change.permissions {
            self.may_give(deed, permissions & !changed.permissions)?;
        }
        change.apply(&mut changed);
        self.change_role(deed, changed);
        Ok(())
    }

    /// Moves roles, all of them and their new places below the actor's own highest.
    pub(crate) fn move_roles(&mut self, deed: &Deed, moves: &[(RoleId, u16)]) -> Ruling {
        let guild = self.require(deed.actor, deed.guild, Permissions::MANAGE_ROLES)?;
        let highest = guild.highest_position(deed.actor);
        let owner = guild.owner == deed.actor;
        for (role, place) in moves {
            self.role_below(deed, *role)?;
            if *place >= highest && !owner {
                return Err(ApiError::MISSING_PERMISSIONS);
            }
        }
        for (role, place) in moves {
            let guild = self.guilds.get(&deed.guild);
            let found = guild.and_then(|guild| guild.roles.get(role)).cloned();
            if let Some(mut moved) = found {
                moved.position = *place;
                self.change_role(deed, moved);
            }
        }
        Ok(())
    }

    /// Puts a changed role in its place; what changes nothing is neither told nor written down.
    fn change_role(&mut self, deed: &Deed, changed: Role) {
        let guild = self.guilds.get(&deed.guild);
        let old = guild.and_then(|guild| guild.roles.get(&changed.id));
        let old = old.map_or(Value::Null, wire::role);
        let changes = differences(&old, &wire::role(&changed), &FACTS);
        if changes.is_empty() {
            return;
        }
        let entry = Entry {
            changes: Value::Array(changes),
            ..Entry::on(audit::ROLE_UPDATE, changed.id.0)
        };
        self.put_role(deed.guild, changed, "GUILD_ROLE_UPDATE");
        self.log_audit(deed, entry);
    }

    /// Deletes a role below the actor's own highest; not that of a bot, nor `@everyone`.
    pub(crate) fn remove_role(&mut self, deed: &Deed, role: RoleId) -> Ruling {
        let found = self.role_below(deed, role)?;
        if found.managed || role == deed.guild.everyone_role() {
            return Err(ApiError::INVALID_ROLE);
        }
        let entry = Entry {
            changes: json!([{"key": "name", "old_value": found.name}]),
            ..Entry::on(audit::ROLE_DELETE, role.0)
        };
        self.delete_role(deed.guild, role)?;
        self.log_audit(deed, entry);
        Ok(())
    }

    fn role_below(&self, deed: &Deed, role: RoleId) -> Ruling<&Role> {
        let guild = self.require(deed.actor, deed.guild, Permissions::MANAGE_ROLES)?;
        let found = guild.roles.get(&role).ok_or(ApiError::UNKNOWN_ROLE)?;
        let below = found.position < guild.highest_position(deed.actor);
        if below || deed.actor == guild.owner {
            Ok(found)
        } else {
            Err(ApiError::MISSING_PERMISSIONS)
        }
    }

    fn may_give(&self, deed: &Deed, added: Permissions) -> Ruling {
        let guild = self.guild_for(deed.actor, deed.guild)?;
        let held = access::in_guild(guild, deed.actor, self.now());
        // An administrator gives what nobody knows yet as well.
        if held.contains(Permissions::ADMINISTRATOR) || held.contains(added) {
            Ok(())
        } else {
            Err(ApiError::MISSING_PERMISSIONS)
        }
    }
}
