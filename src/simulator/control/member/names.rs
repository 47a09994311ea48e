//! The names that a member takes and gives.

use super::SimMember;
use crate::domain::ids::UserId;
use crate::simulator::control::error::ControlError;
use crate::simulator::world::acts::MemberChange;

impl SimMember {
    /// Gives the account another name, in every guild.
    ///
    /// # Errors
    ///
    /// [`ControlError::Refused`] when somebody else has it, or it is shorter than 2 or longer than 32 characters.
    pub fn renames_account(&self, name: &str) -> Result<(), ControlError> {
        self.act(|world| world.rename_user(self.id, name))
    }

    /// Takes another name in this guild, with Change Nickname; an empty one gives it up.
    ///
    /// # Errors
    ///
    /// [`ControlError::Refused`] as Discord would.
    pub fn takes_nick(&self, nick: &str) -> Result<(), ControlError> {
        self.gives_nick(self.id, nick)
    }

    /// Gives somebody another name in this guild, with Manage Nicknames and from above.
    ///
    /// # Errors
    ///
    /// [`ControlError::Refused`] as Discord would.
    pub fn gives_nick(&self, target: UserId, nick: &str) -> Result<(), ControlError> {
        let deed = self.deed("");
        let change = MemberChange {
            nick: Some((!nick.is_empty()).then(|| nick.to_owned())),
            ..MemberChange::default()
        };
        self.act(|world| world.edit_member(&deed, target, change))
    }

    /// Gives the guild another name, with Manage Server.
    ///
    /// # Errors
    ///
    /// [`ControlError::Refused`] as Discord would.
    pub fn renames_guild(&self, name: &str) -> Result<(), ControlError> {
        let deed = self.deed("");
        self.act(|world| world.edit_guild(&deed, Some(name), None))
    }

    /// Hands the guild over to another member, as only the owner can.
    ///
    /// # Errors
    ///
    /// [`ControlError::Refused`] as Discord would.
    pub fn hands_guild_to(&self, owner: UserId) -> Result<(), ControlError> {
        let deed = self.deed("");
        self.act(|world| world.edit_guild(&deed, None, Some(owner)))
    }
}
