//! A person in a guild, who writes, uses commands, presses buttons and moderates by hand.

mod automod;
mod forms;
mod hands;
mod interacts;
mod names;
mod things;
mod words;

use chrono::TimeDelta;

use super::error::ControlError;
use super::guild::SimGuild;
use crate::domain::ids::{ChannelId, MessageId, RoleId, UserId};
use crate::simulator::rules::error::{ApiError, Ruling};
use crate::simulator::world::World;
use crate::simulator::world::acts::MemberChange;
use crate::simulator::world::channel::ChannelKind;
use crate::simulator::world::message::{Draft, Edit};
use crate::simulator::world::people::Deed;
use crate::simulator::world::permission::Permissions;

/// A handle on a user in a guild, whether a member at the moment or not. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct SimMember {
    guild: SimGuild,
    id: UserId,
    /// Where commands are used; the first channel that the member sees if none.
    place: Option<ChannelId>,
}

impl SimMember {
    pub(crate) fn new(guild: SimGuild, id: UserId) -> Self {
        Self {
            guild,
            id,
            place: None,
        }
    }

    /// The user's id.
    #[must_use]
    pub const fn id(&self) -> UserId {
        self.id
    }

    /// The guild.
    #[must_use]
    pub const fn guild(&self) -> &SimGuild {
        &self.guild
    }

    /// The same person, who uses commands in this channel.
    #[must_use]
    pub fn in_channel(mut self, channel: ChannelId) -> Self {
        self.place = Some(channel);
        self
    }

    fn act<T>(&self, act: impl FnOnce(&mut World) -> Ruling<T>) -> Result<T, ControlError> {
        let done = self.guild.sim.shared.change(|state| act(&mut state.world));
        Ok(done?)
    }

    fn deed(&self, reason: &str) -> Deed {
        Deed {
            actor: self.id,
            guild: self.guild.id(),
            reason: (!reason.is_empty()).then(|| reason.to_owned()),
        }
    }

    /// Posts a text.
    ///
    /// # Errors
    ///
    /// [`ControlError::Refused`] as Discord would: no permission, timed out, not a member, too long.
    pub fn posts(&self, channel: ChannelId, text: &str) -> Result<MessageId, ControlError> {
        self.posts_draft(channel, Draft::text(text))
    }

    /// Posts a reply, embeds, attachments.
    ///
    /// # Errors
    ///
    /// As [`SimMember::posts`].
    pub fn posts_draft(&self, channel: ChannelId, draft: Draft) -> Result<MessageId, ControlError> {
        self.act(|world| world.post(self.id, channel, draft))
    }

    /// Writes to the bot directly.
    ///
    /// # Errors
    ///
    /// [`ControlError::Refused`] when the text is empty or too long.
    pub fn writes_to_bot(&self, text: &str) -> Result<MessageId, ControlError> {
        self.act(|world| {
            let channel = world.direct_with(self.id);
            world.post(self.id, channel, Draft::text(text))
        })
    }

    /// Edits an own message.
    ///
    /// # Errors
    ///
    /// [`ControlError::Refused`] when it is gone or somebody else's.
    pub fn edits(&self, message: MessageId, text: &str) -> Result<(), ControlError> {
        let edit = Edit {
            content: Some(text.to_owned()),
            ..Edit::default()
        };
        self.act(|world| {
            let channel = place_of(world, message)?;
            world.edit(self.id, channel, message, edit)
        })
    }

    /// Deletes a message: an own one, or with Manage Messages.
    ///
    /// # Errors
    ///
    /// [`ControlError::Refused`] when it is gone or not allowed.
    pub fn deletes(&self, message: MessageId) -> Result<(), ControlError> {
        self.act(|world| {
            let channel = place_of(world, message)?;
            world.delete(self.id, channel, message, None)
        })
    }

    /// Leaves the guild.
    ///
    /// # Errors
    ///
    /// [`ControlError::Refused`] when not a member.
    pub fn leaves(&self) -> Result<(), ControlError> {
        self.act(|world| world.drop_member(self.guild.id(), self.id))
    }

    /// Takes no direct messages any more.
    pub fn closes_dms(&self) {
        self.set_dms(false);
    }

    /// Takes direct messages again.
    pub fn opens_dms(&self) {
        self.set_dms(true);
    }

    fn set_dms(&self, open: bool) {
        self.guild.sim.shared.change(|state| {
            if let Some(user) = state.world.users.get_mut(&self.id) {
                user.dms_open = open;
            }
        });
    }

    /// Is given a role, by nobody in particular.
    ///
    /// # Errors
    ///
    /// [`ControlError::Refused`] when not a member.
    pub fn give_role(&self, role: RoleId) -> Result<(), ControlError> {
        self.act(|world| {
            world.change_member(self.guild.id(), self.id, |member| {
                if !member.roles.contains(&role) {
                    member.roles.push(role);
                }
            })
        })
    }

    /// Loses a role.
    ///
    /// # Errors
    ///
    /// [`ControlError::Refused`] when not a member.
    pub fn take_role(&self, role: RoleId) -> Result<(), ControlError> {
        self.act(|world| {
            world.change_member(self.guild.id(), self.id, |member| {
                member.roles.retain(|held| *held != role);
            })
        })
    }

    /// Is given a role of its own with these permissions, below the bot's.
    ///
    /// # Errors
    ///
    /// [`ControlError::Refused`] when not a member.
    pub fn may(&self, permissions: Permissions) -> Result<(), ControlError> {
        let name = format!("may-{}", permissions.0);
        let role = self.guild.role(&name);
        let role = role.unwrap_or_else(|_| self.guild.add_role(&name, permissions, 10));
        self.give_role(role)
    }

    /// Bans somebody by hand.
    ///
    /// # Errors
    ///
    /// [`ControlError::Refused`] as Discord would.
    pub fn bans(&self, target: UserId, reason: &str) -> Result<(), ControlError> {
        let deed = self.deed(reason);
        self.act(|world| world.ban(&deed, target, 0))
    }

    /// Lifts a ban by hand.
    ///
    /// # Errors
    ///
    /// [`ControlError::Refused`] as Discord would.
    pub fn unbans(&self, target: UserId, reason: &str) -> Result<(), ControlError> {
        let deed = self.deed(reason);
        self.act(|world| world.unban(&deed, target))
    }

    /// Kicks somebody by hand.
    ///
    /// # Errors
    ///
    /// [`ControlError::Refused`] as Discord would.
    pub fn kicks(&self, target: UserId, reason: &str) -> Result<(), ControlError> {
        let deed = self.deed(reason);
        self.act(|world| world.kick(&deed, target))
    }

    /// Times somebody out by hand; a time of zero or less lifts the timeout.
    ///
    /// # Errors
    ///
    /// [`ControlError::Refused`] as Discord would.
    pub fn times_out(
        &self,
        target: UserId,
        time: TimeDelta,
        reason: &str,
    ) -> Result<(), ControlError> {
        let deed = self.deed(reason);
        self.act(|world| {
            let until = (time > TimeDelta::zero()).then(|| world.now() + time);
            let change = MemberChange {
                timeout_until: Some(until),
                ..MemberChange::default()
            };
            world.edit_member(&deed, target, change)
        })
    }

    /// Where the member uses commands.
    fn place(&self, world: &World) -> Result<ChannelId, ControlError> {
        if let Some(place) = self.place {
            return Ok(place);
        }
        let channels = world.guild(self.guild.id()).map(|guild| &guild.channels);
        let sees = |id: &&ChannelId| {
            let text = world.channel(**id).map(|place| place.kind) == Some(ChannelKind::Text);
            let held = world.permissions_in(**id, self.id);
            text && held.contains(Permissions::VIEW_CHANNEL)
        };
        let first = channels.and_then(|list| list.iter().find(sees));
        first
            .copied()
            .ok_or_else(|| ControlError::unknown("channel", "that the member sees"))
    }
}

/// The channel that a message stands in.
pub(crate) fn place_of(world: &World, message: MessageId) -> Ruling<ChannelId> {
    let mut places = world.messages.iter();
    let found = places.find(|(_, list)| list.contains_key(&message));
    found
        .map(|(place, _)| *place)
        .ok_or(ApiError::UNKNOWN_MESSAGE)
}
