//! A guild, to build and to break.

use chrono::TimeDelta;

use super::error::ControlError;
use super::member::SimMember;
use super::run::Simulator;
use crate::domain::ids::{ChannelId, GuildId, RoleId, UserId};
use crate::simulator::rules::error::ApiError;
use crate::simulator::world::World;
use crate::simulator::world::acts::{NewChannel, NewRole};
use crate::simulator::world::channel::{ChannelKind, Overwrite};
use crate::simulator::world::guild::Role;
use crate::simulator::world::permission::Permissions;

/// A handle on a guild. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct SimGuild {
    pub(crate) sim: Simulator,
    id: GuildId,
}

impl SimGuild {
    pub(crate) fn new(sim: Simulator, id: GuildId) -> Self {
        Self { sim, id }
    }

    /// The guild's id.
    #[must_use]
    pub const fn id(&self) -> GuildId {
        self.id
    }

    /// The simulator that the guild is in.
    #[must_use]
    pub const fn simulator(&self) -> &Simulator {
        &self.sim
    }

    fn change<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        self.sim.shared.change(|state| change(&mut state.world))
    }

    /// The owner.
    ///
    /// # Errors
    ///
    /// [`ControlError::Unknown`] when the guild does not exist.
    pub fn owner(&self) -> Result<SimMember, ControlError> {
        let owner = self.sim.look(|world| Some(world.guild(self.id)?.owner));
        let owner = owner.ok_or_else(|| ControlError::unknown("guild", self.id.to_string()))?;
        Ok(self.member_by_id(owner))
    }

    /// A channel by name, mention or id.
    ///
    /// # Errors
    ///
    /// [`ControlError::Unknown`].
    pub fn channel(&self, name: &str) -> Result<ChannelId, ControlError> {
        let found = self.sim.look(|world| world.find_channel(self.id, name));
        found.ok_or_else(|| ControlError::unknown("channel", name))
    }

    /// A role by name, mention or id.
    ///
    /// # Errors
    ///
    /// [`ControlError::Unknown`].
    pub fn role(&self, name: &str) -> Result<RoleId, ControlError> {
        let found = self.sim.look(|world| {
            let guild = world.guild(self.id)?;
            let id = name.trim_start_matches("<@&").trim_end_matches('>');
            let by_id = id.parse().ok().filter(|id| guild.roles.contains_key(id));
            by_id.or_else(|| guild.role_named(name).map(|role| role.id))
        });
        found.ok_or_else(|| ControlError::unknown("role", name))
    }

    /// A member by name, mention or id.
    ///
    /// # Errors
    ///
    /// [`ControlError::Unknown`].
    pub fn member(&self, name: &str) -> Result<SimMember, ControlError> {
        let found = self.sim.look(|world| {
            let user = world.find_user(name)?;
            world.is_member(self.id, user).then_some(user)
        });
        found
            .map(|user| self.member_by_id(user))
            .ok_or_else(|| ControlError::unknown("member", name))
    }

    /// A handle on a user in this guild, whether a member or not.
    #[must_use]
    pub fn member_by_id(&self, user: UserId) -> SimMember {
        SimMember::new(self.clone(), user)
    }

    /// Makes a text channel.
    #[must_use]
    pub fn add_channel(&self, name: &str) -> ChannelId {
        self.change(|world| world.add_channel(self.id, NewChannel::text(name)))
    }

    /// Makes a channel of any kind, in a category, or a thread of a channel.
    #[must_use]
    pub fn add_channel_in(
        &self,
        name: &str,
        kind: ChannelKind,
        parent: Option<ChannelId>,
    ) -> ChannelId {
        let new = NewChannel {
            kind,
            parent,
            ..NewChannel::text(name)
        };
        self.change(|world| world.add_channel(self.id, new))
    }

    /// Deletes a channel with everything in it.
    ///
    /// # Errors
    ///
    /// [`ControlError::Refused`] when it does not exist.
    pub fn delete_channel(&self, channel: ChannelId) -> Result<(), ControlError> {
        Ok(self.change(|world| world.delete_channel(channel))?)
    }

    /// Gives a channel an overwrite; one for the same role or member is replaced.
    ///
    /// # Errors
    ///
    /// [`ControlError::Refused`] when the channel does not exist.
    pub fn overwrite(&self, channel: ChannelId, overwrite: Overwrite) -> Result<(), ControlError> {
        Ok(self.change(|world| world.set_overwrite(channel, overwrite))?)
    }

    /// Makes a role. The bot's own stands at position 100.
    #[must_use]
    pub fn add_role(&self, name: &str, permissions: Permissions, position: u16) -> RoleId {
        let new = NewRole {
            name: name.to_owned(),
            permissions,
            position,
            bot: None,
        };
        self.change(|world| world.add_role(self.id, new))
    }

    /// Deletes a role and takes it from everybody.
    ///
    /// # Errors
    ///
    /// [`ControlError::Refused`] when it does not exist.
    pub fn delete_role(&self, role: RoleId) -> Result<(), ControlError> {
        Ok(self.change(|world| world.delete_role(self.id, role))?)
    }

    /// Changes a role: name, permissions, position, colour.
    ///
    /// # Errors
    ///
    /// [`ControlError::Refused`] when it does not exist.
    pub fn edit_role(
        &self,
        role: RoleId,
        edit: impl FnOnce(&mut Role),
    ) -> Result<(), ControlError> {
        self.change(|world| {
            let guild = world.guilds.get(&self.id).ok_or(ApiError::UNKNOWN_GUILD)?;
            let found = guild.roles.get(&role).ok_or(ApiError::UNKNOWN_ROLE)?;
            let mut changed = found.clone();
            edit(&mut changed);
            world.put_role(self.id, changed, "GUILD_ROLE_UPDATE");
            Ok(())
        })
    }

    /// The bot's own role.
    ///
    /// # Errors
    ///
    /// [`ControlError::Unknown`] when the bot is not here.
    pub fn bot_role(&self) -> Result<RoleId, ControlError> {
        let found = self.sim.look(|world| {
            let mut roles = world.guild(self.id)?.roles.values();
            let own = |role: &&Role| role.bot == Some(world.bot.user);
            roles.find(own).map(|role| role.id)
        });
        found.ok_or_else(|| ControlError::unknown("role", "of the bot"))
    }

    /// Replaces what the bot's own role gives it.
    ///
    /// # Errors
    ///
    /// [`ControlError::Unknown`] when the bot is not here.
    pub fn set_bot_permissions(&self, permissions: Permissions) -> Result<(), ControlError> {
        let role = self.bot_role()?;
        self.edit_role(role, |role| role.permissions = permissions)
    }

    /// Replaces what every member may do, the bot among them.
    ///
    /// # Errors
    ///
    /// [`ControlError::Refused`] when the guild does not exist.
    pub fn set_everyone_permissions(&self, permissions: Permissions) -> Result<(), ControlError> {
        self.edit_role(self.id.everyone_role(), |role| {
            role.permissions = permissions;
        })
    }

    /// Moves the bot's own role, so that it rules over others or not.
    ///
    /// # Errors
    ///
    /// [`ControlError::Unknown`] when the bot is not here.
    pub fn set_bot_position(&self, position: u16) -> Result<(), ControlError> {
        let role = self.bot_role()?;
        self.edit_role(role, |role| role.position = position)
    }

    /// Adds a member who was there before: no event. The same name is the same person in every guild.
    ///
    /// # Errors
    ///
    /// [`ControlError::Refused`] when banned here.
    pub fn add_member(&self, name: &str) -> Result<SimMember, ControlError> {
        self.enters(name, None, false)
    }

    /// Adds another bot, with a role of its own, which then acts as people do.
    ///
    /// # Errors
    ///
    /// [`ControlError::Refused`] when banned here, or a person has this name.
    pub fn add_bot(&self, name: &str) -> Result<SimMember, ControlError> {
        let user = self.change(|world| world.add_other_bot(self.id, name))?;
        Ok(self.member_by_id(user))
    }

    /// Lets somebody join: GUILD_MEMBER_ADD.
    ///
    /// # Errors
    ///
    /// [`ControlError::Refused`] when banned here.
    pub fn joins(&self, name: &str) -> Result<SimMember, ControlError> {
        self.enters(name, None, true)
    }

    /// Lets somebody join whose account is this old.
    ///
    /// # Errors
    ///
    /// [`ControlError::Refused`] when banned here.
    pub fn joins_aged(&self, name: &str, age: TimeDelta) -> Result<SimMember, ControlError> {
        self.enters(name, Some(age), true)
    }

    /// Lets somebody join by an invite, which counts it as used; after the last use it is over.
    ///
    /// # Errors
    ///
    /// [`ControlError::Refused`] when the invite is over or somebody else's guild's, or who comes is banned here.
    pub fn joins_by(&self, code: &str, name: &str) -> Result<SimMember, ControlError> {
        let user = self.change(|world| {
            let invite = world.find_invite(code)?;
            if invite.guild != self.id {
                return Err(ApiError::UNKNOWN_INVITE);
            }
            let user = world.user_named(name);
            world.add_member(self.id, user, true)?;
            if let Some(invite) = world.invites.get_mut(code) {
                invite.uses += 1;
                if invite.uses == invite.max_uses {
                    world.invites.remove(code);
                }
            }
            Ok(user)
        })?;
        Ok(self.member_by_id(user))
    }

    fn enters(
        &self,
        name: &str,
        age: Option<TimeDelta>,
        announced: bool,
    ) -> Result<SimMember, ControlError> {
        let user = self.change(|world| {
            let user = match age {
                Some(age) => world.user_made_at(name, world.now() - age),
                None => world.user_named(name),
            };
            world.add_member(self.id, user, announced).map(|()| user)
        })?;
        Ok(self.member_by_id(user))
    }

    /// Removes the bot: GUILD_DELETE.
    ///
    /// # Errors
    ///
    /// [`ControlError::Refused`] when it is not here.
    pub fn remove_bot(&self) -> Result<(), ControlError> {
        Ok(self.change(|world| world.remove_bot(self.id))?)
    }

    /// Invites the bot again: GUILD_CREATE.
    ///
    /// # Errors
    ///
    /// [`ControlError::Refused`] when the guild does not exist.
    pub fn invite_bot(&self) -> Result<(), ControlError> {
        Ok(self.change(|world| world.invite_bot(self.id))?)
    }

    /// Begins an outage: GUILD_DELETE with `unavailable`.
    pub fn outage(&self) {
        self.change(|world| world.set_available(self.id, false));
    }

    /// Ends an outage: GUILD_CREATE.
    pub fn restore(&self) {
        self.change(|world| world.set_available(self.id, true));
    }
}
