//! What a member does beside writing: reacts, pins, invites, slows a channel down.

use super::{SimMember, place_of};
use crate::domain::ids::{ChannelId, MessageId};
use crate::simulator::control::error::ControlError;
use crate::simulator::world::acts::{ChannelChange, InviteLimits};

/// The longest slow mode in seconds (Discord's page on channels).
const SLOWEST: u16 = 21_600;

impl SimMember {
    /// Reacts to a message with an emoji of Unicode's, or a guild's own as `name:id`.
    ///
    /// # Errors
    ///
    /// [`ControlError::Refused`] as Discord would: the message is gone, no permission, no emoji, too many.
    pub fn reacts(&self, message: MessageId, emoji: &str) -> Result<(), ControlError> {
        self.act(|world| {
            let channel = place_of(world, message)?;
            world.react(self.id, channel, message, emoji)
        })
    }

    /// Takes an own reaction back.
    ///
    /// # Errors
    ///
    /// [`ControlError::Refused`] when the message is gone.
    pub fn unreacts(&self, message: MessageId, emoji: &str) -> Result<(), ControlError> {
        self.act(|world| {
            let channel = place_of(world, message)?;
            world.unreact(self.id, (channel, message), emoji, self.id)
        })
    }

    /// Pins a message, with Pin Messages.
    ///
    /// # Errors
    ///
    /// [`ControlError::Refused`] as Discord would.
    pub fn pins(&self, message: MessageId) -> Result<(), ControlError> {
        self.set_pinned(message, true)
    }

    /// Unpins a message, with Pin Messages.
    ///
    /// # Errors
    ///
    /// [`ControlError::Refused`] as Discord would.
    pub fn unpins(&self, message: MessageId) -> Result<(), ControlError> {
        self.set_pinned(message, false)
    }

    fn set_pinned(&self, message: MessageId, pinned: bool) -> Result<(), ControlError> {
        let deed = self.deed("");
        self.act(|world| {
            let channel = place_of(world, message)?;
            world.pin(&deed, channel, message, pinned)
        })
    }

    /// Lets members write in a channel only every so many seconds, with Manage Channels; 0 is as often as they like.
    ///
    /// # Errors
    ///
    /// [`ControlError::Request`] for more than six hours, [`ControlError::Refused`] as Discord would.
    pub fn slows(&self, channel: ChannelId, seconds: u16) -> Result<(), ControlError> {
        if seconds > SLOWEST {
            return Err(ControlError::Request(format!(
                "{seconds} s is no slow mode"
            )));
        }
        let deed = self.deed("");
        let change = ChannelChange {
            slowmode_secs: Some(seconds),
            ..ChannelChange::default()
        };
        self.act(|world| world.edit_channel(&deed, channel, change))
    }

    /// Invites into a channel, with Create Invite, and answers the code. No seconds is for ever, no uses without end.
    ///
    /// # Errors
    ///
    /// [`ControlError::Refused`] as Discord would.
    pub fn invites(
        &self,
        channel: ChannelId,
        seconds: u32,
        uses: u32,
    ) -> Result<String, ControlError> {
        let deed = self.deed("");
        let limits = InviteLimits {
            max_age: seconds,
            max_uses: uses,
            temporary: false,
        };
        self.act(|world| Ok(world.create_invite(&deed, channel, limits)?.code))
    }

    /// Deletes an invite, with Manage Server.
    ///
    /// # Errors
    ///
    /// [`ControlError::Refused`] as Discord would.
    pub fn revokes(&self, code: &str) -> Result<(), ControlError> {
        let deed = self.deed("");
        self.act(|world| world.delete_invite(&deed, code).map(drop))
    }
}
