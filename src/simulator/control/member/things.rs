//! What a member brings: files, other people, threads; and coming by an invite.

use serde_json::Value;

use super::SimMember;
use crate::domain::ids::{ChannelId, MessageId, UserId};
use crate::simulator::control::answer::Answer;
use crate::simulator::control::error::ControlError;
use crate::simulator::control::run::Simulator;
use crate::simulator::rules::error::ApiError;
use crate::simulator::world::acts::NewThread;
use crate::simulator::world::files::NewFile;
use crate::simulator::world::message::Draft;

impl Simulator {
    /// Lets somebody come in by the code of an invite.
    ///
    /// # Errors
    ///
    /// [`ControlError::Refused`] when the invite is used up, over or paused (10006), or the user is banned (40007).
    pub fn joins_by_invite(&self, name: &str, code: &str) -> Result<SimMember, ControlError> {
        let (user, guild) = self.shared.change(|state| {
            let user = state.world.user_named(name);
            let guild = state.world.join_by_invite(user, code)?;
            Ok::<_, ApiError>((user, guild))
        })?;
        Ok(self.guild_by_id(guild).member_by_id(user))
    }
}

impl SimMember {
    /// Posts a file, whose bytes can be fetched from the address that the message names.
    ///
    /// # Errors
    ///
    /// As [`SimMember::posts`].
    pub fn posts_file(
        &self,
        channel: ChannelId,
        name: &str,
        bytes: impl Into<Vec<u8>>,
    ) -> Result<MessageId, ControlError> {
        let draft = Draft::default().file(name, content_type(name), bytes);
        self.posts_draft(channel, draft)
    }

    /// Uploads a file for an option of a slash command, which then names it: `/report proof:scam.png`. Gives its facts.
    ///
    /// # Errors
    ///
    /// [`ControlError::Unknown`] when the member sees no channel.
    pub fn uploads(&self, name: &str, bytes: impl Into<Vec<u8>>) -> Result<Value, ControlError> {
        let file = NewFile {
            name: name.to_owned(),
            kind: Some(content_type(name).to_owned()),
            description: None,
            bytes: bytes.into().into(),
        };
        self.guild.sim.shared.change(|state| {
            let place = self.place(&state.world)?;
            Ok(state.world.upload(place, file))
        })
    }

    /// Keeps the first file of an answer, for an option of a slash command that then names it. Gives its facts.
    ///
    /// # Errors
    ///
    /// [`ControlError::Unknown`] when the answer has no file, or it is no longer kept.
    pub fn keeps(&self, answer: &Answer, name: &str) -> Result<Value, ControlError> {
        let missing = || ControlError::unknown("file", name);
        let url = answer.raw["attachments"][0]["url"].as_str();
        let mut parts = url.ok_or_else(missing)?.rsplit('/');
        let (Some(file), Some(id), Some(place)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(missing());
        };
        let (Ok(id), Ok(place)) = (id.parse(), place.parse()) else {
            return Err(missing());
        };
        let bytes = self.guild.sim.look(|world| {
            let found = world.files.find(ChannelId(place), id, file);
            found.map(|(bytes, _)| bytes.to_vec())
        });
        self.uploads(name, bytes.ok_or_else(missing)?)
    }

    /// Starts a thread, which others see or only those who are added.
    ///
    /// # Errors
    ///
    /// [`ControlError::Refused`] as Discord would.
    pub fn starts_thread(
        &self,
        channel: ChannelId,
        name: &str,
        private: bool,
    ) -> Result<ChannelId, ControlError> {
        let new = NewThread {
            name,
            from: None,
            private,
            invitable: true,
        };
        self.act(|world| world.start_thread(self.id, channel, new))
    }

    /// Adds somebody to a thread, or joins it.
    ///
    /// # Errors
    ///
    /// [`ControlError::Refused`] as Discord would.
    pub fn adds_to_thread(&self, thread: ChannelId, user: UserId) -> Result<(), ControlError> {
        self.act(|world| world.add_to_thread(self.id, thread, user))
    }

    /// Takes somebody out of a thread, or leaves it.
    ///
    /// # Errors
    ///
    /// [`ControlError::Refused`] as Discord would.
    pub fn removes_from_thread(&self, thread: ChannelId, user: UserId) -> Result<(), ControlError> {
        self.act(|world| world.remove_from_thread(self.id, thread, user))
    }

    /// Goes offline, which ends a visit by a temporary invite.
    ///
    /// # Errors
    ///
    /// [`ControlError::Refused`] when not a member.
    pub fn goes_offline(&self) -> Result<(), ControlError> {
        self.act(|world| world.go_offline(self.guild.id(), self.id))
    }
}

/// What a file's name says of its content.
fn content_type(name: &str) -> &'static str {
    let (_, ending) = name.rsplit_once('.').unwrap_or_default();
    match ending.to_ascii_lowercase().as_str() {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "txt" | "log" | "md" => "text/plain; charset=utf-8",
        "json" => "application/json",
        _ => "application/octet-stream",
    }
}
