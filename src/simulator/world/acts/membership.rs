//! Accounts, and members coming and going.

use chrono::{DateTime, Utc};
use serde_json::json;

use super::{Entry, NewRole, audit};
use crate::domain::ids::{GuildId, RoleId, UserId};
use crate::simulator::rules::access;
use crate::simulator::rules::error::{ApiError, Ruling};
use crate::simulator::world::World;
use crate::simulator::world::event::intents;
use crate::simulator::world::people::{Deed, Member, User};
use crate::simulator::world::permission::Permissions;
use crate::simulator::world::wire::{MemberWire, UserWire, guild, value};

impl World {
    /// The account of this name; made if there is none. The same name is the same person in every guild.
    pub(crate) fn user_named(&mut self, name: &str) -> UserId {
        if let Some(id) = self.names.get(name) {
            return *id;
        }
        let id = UserId(self.ids.past());
        self.introduce(id, name)
    }

    /// An account made at a certain time, or the one that has the name already.
    pub(crate) fn user_made_at(&mut self, name: &str, at: DateTime<Utc>) -> UserId {
        if let Some(id) = self.names.get(name) {
            return *id;
        }
        let id = UserId(self.ids.at(at));
        self.introduce(id, name)
    }

    fn introduce(&mut self, id: UserId, name: &str) -> UserId {
        let user = User {
            id,
            name: name.to_owned(),
            display_name: None,
            bot: false,
            dms_open: true,
        };
        self.users.insert(id, user);
        self.names.insert(name.to_owned(), id);
        id
    }

    /// Puts a user into a guild. Only a join that is announced sends GUILD_MEMBER_ADD; the others were there before.
    pub(crate) fn add_member(&mut self, guild: GuildId, user: UserId, announced: bool) -> Ruling {
        let now = self.now();
        let found = self.guilds.get_mut(&guild).ok_or(ApiError::UNKNOWN_GUILD)?;
        if found.bans.contains_key(&user) {
            return Err(ApiError::MISSING_ACCESS);
        }
        if found.members.contains_key(&user) {
            return Ok(());
        }
        // A timeout outlives leaving and coming back.
        let silenced = found.silenced.remove(&user).filter(|until| *until > now);
        let member = Member {
            timeout_until: silenced,
            ..Member::new(user, now)
        };
        found.members.insert(user, member);
        if announced {
            let member = self.guilds[&guild].members.get(&user);
            let wire = value(&member.map(|member| MemberWire::of(self, member).in_guild(guild)));
            self.tell("GUILD_MEMBER_ADD", guild, intents::GUILD_MEMBERS, &wire);
        }
        Ok(())
    }

    /// Takes a member out of a guild and says so, whatever the reason.
    pub(crate) fn drop_member(&mut self, guild: GuildId, user: UserId) -> Ruling {
        let now = self.now();
        let found = self.guilds.get_mut(&guild).ok_or(ApiError::UNKNOWN_GUILD)?;
        let gone = found.members.remove(&user);
        let gone = gone.ok_or(ApiError::UNKNOWN_MEMBER)?;
        if let Some(until) = gone.timeout_until.filter(|until| *until > now) {
            found.silenced.insert(user, until);
        }
        self.leave_threads(guild, user);
        self.drop_own_roles(guild, user)?;
        if user == self.bot.user {
            self.tell_bot_is_gone(guild);
            return Ok(());
        }
        let wire = json!({"guild_id": guild, "user": self.users.get(&user).map(UserWire::of)});
        self.tell("GUILD_MEMBER_REMOVE", guild, intents::GUILD_MEMBERS, &wire);
        Ok(())
    }

    /// The role that a bot's invitation made goes with the bot.
    fn drop_own_roles(&mut self, guild: GuildId, user: UserId) -> Ruling {
        let found = self.guilds.get(&guild).ok_or(ApiError::UNKNOWN_GUILD)?;
        let own = found.roles.values().filter(|role| role.bot == Some(user));
        let own: Vec<RoleId> = own.map(|role| role.id).collect();
        for role in own {
            self.delete_role(guild, role)?;
        }
        Ok(())
    }

    /// Another bot, which is there as people are, with a role of its own at the bottom. A person of this name is
    /// refused.
    pub(crate) fn add_other_bot(&mut self, guild: GuildId, name: &str) -> Ruling<UserId> {
        let new = !self.names.contains_key(name);
        let user = self.user_named(name);
        let account = self.users.get_mut(&user).ok_or(ApiError::UNKNOWN_USER)?;
        account.bot |= new;
        if !account.bot || user == self.bot.user {
            return Err(ApiError::UNKNOWN_USER);
        }
        account.dms_open = false;
        if self.is_member(guild, user) {
            return Ok(user);
        }
        self.add_member(guild, user, false)?;
        let role = NewRole {
            name: name.to_owned(),
            permissions: Permissions::NONE,
            position: 1,
            bot: Some(user),
        };
        self.give_own_role(guild, user, role);
        Ok(user)
    }

    /// Kick with Kick Members, from above.
    pub(crate) fn kick(&mut self, deed: &Deed, target: UserId) -> Ruling {
        let guild = self.require(deed.actor, deed.guild, Permissions::KICK_MEMBERS)?;
        if !guild.members.contains_key(&target) {
            return Err(ApiError::UNKNOWN_MEMBER);
        }
        access::require_above(guild, deed.actor, target)?;
        self.log_audit(deed, Entry::about(audit::MEMBER_KICK, target));
        self.drop_member(deed.guild, target)
    }

    /// Gives or takes a role with Manage Roles, below the actor's own highest.
    pub(crate) fn set_role(
        &mut self,
        deed: &Deed,
        target: UserId,
        role: RoleId,
        held: bool,
    ) -> Ruling {
        let guild = self.require(deed.actor, deed.guild, Permissions::MANAGE_ROLES)?;
        let member = guild.members.get(&target).ok_or(ApiError::UNKNOWN_MEMBER)?;
        let mut roles = member.roles.clone();
        let found = guild.roles.get(&role).ok_or(ApiError::UNKNOWN_ROLE)?;
        let below = found.position < guild.highest_position(deed.actor);
        if found.managed || !(below || deed.actor == guild.owner) {
            return Err(ApiError::MISSING_PERMISSIONS);
        }
        if roles.contains(&role) == held {
            return Ok(());
        }
        roles.retain(|one| *one != role);
        if held {
            roles.push(role);
        }
        let entry = Entry {
            changes: json!([{
                "key": if held { "$add" } else { "$remove" },
                "new_value": [{"id": role, "name": found.name}],
            }]),
            ..Entry::about(audit::MEMBER_ROLE_UPDATE, target)
        };
        self.log_audit(deed, entry);
        self.change_member(deed.guild, target, |member| member.roles = roles)
    }

    /// Changes a member and says so.
    pub(crate) fn change_member(
        &mut self,
        guild: GuildId,
        user: UserId,
        change: impl FnOnce(&mut Member),
    ) -> Ruling {
        let members = self.guilds.get_mut(&guild).map(|found| &mut found.members);
        let member = members.and_then(|members| members.get_mut(&user));
        let member = member.ok_or(ApiError::UNKNOWN_MEMBER)?;
        change(member);
        let changed = member.clone();
        let wire = guild::member_update(self, guild, &changed);
        // Discord tells a bot about itself even without the members intent.
        let needed = if user == self.bot.user {
            intents::GUILDS
        } else {
            intents::GUILD_MEMBERS
        };
        self.tell("GUILD_MEMBER_UPDATE", guild, needed, &wire);
        Ok(())
    }
}
