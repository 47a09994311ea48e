//! Making, changing and deleting channels and threads, as members and bots do it.

use serde_json::{Value, json};

use super::{ChannelChange, Entry, NewChannel, audit};
use crate::domain::ids::{ChannelId, GuildId, MessageId, UserId};
use crate::simulator::rules::error::{ApiError, Ruling};
use crate::simulator::rules::form::{Form, wrong};
use crate::simulator::world::World;
use crate::simulator::world::channel::{Channel, ChannelKind};
use crate::simulator::world::people::Deed;
use crate::simulator::world::permission::Permissions;
use crate::simulator::world::wire;

/// Channels of a guild at most (Discord's page on JSON error codes, 30013).
const CHANNELS: usize = 500;

fn check_texts(name: Option<&str>, topic: Option<&str>) -> Ruling {
    let mut form = Form::default();
    if name.is_some_and(|name| name.trim().is_empty()) {
        form.missing("name");
    }
    form.too_long("name", name.unwrap_or_default(), 100);
    form.too_long("topic", topic.unwrap_or_default(), 1_024);
    form.finish()
}

impl World {
    /// Makes a channel with Manage Channels.
    pub(crate) fn create_channel(&mut self, deed: &Deed, new: NewChannel) -> Ruling<ChannelId> {
        let guild = self.require(deed.actor, deed.guild, Permissions::MANAGE_CHANNELS)?;
        check_texts(Some(&new.name), new.topic.as_deref())?;
        if guild.channels.len() >= CHANNELS {
            return Err(ApiError::TOO_MANY_CHANNELS);
        }
        self.check_parent(deed.guild, new.parent)?;
        let id = ChannelId(self.next_id());
        let new = NewChannel {
            id: Some(id),
            ..new
        };
        self.add_channel(deed.guild, new);
        self.log_audit(deed, Entry::on(audit::CHANNEL_CREATE, id.0));
        Ok(id)
    }

    fn check_parent(&self, guild: GuildId, parent: Option<ChannelId>) -> Ruling {
        let Some(parent) = parent else { return Ok(()) };
        let found = self.channels.get(&parent);
        let fits = found
            .is_some_and(|found| found.guild == Some(guild) && found.kind == ChannelKind::Category);
        fits.then_some(()).ok_or_else(|| {
            let message = "Category does not exist";
            wrong("parent_id", "CHANNEL_PARENT_INVALID", message)
        })
    }

    /// Deletes a channel with Manage Channels, a thread with Manage Threads; answers what it was.
    pub(crate) fn remove_channel(&mut self, deed: &Deed, channel: ChannelId) -> Ruling<Value> {
        let place = self.require_in(deed.actor, channel, Permissions::NONE)?;
        let thread = place.kind == ChannelKind::Thread;
        let needed = if thread {
            Permissions::MANAGE_THREADS
        } else {
            Permissions::MANAGE_CHANNELS
        };
        let place = self.require_in(deed.actor, channel, needed)?;
        let was = wire::channel(self, place);
        self.delete_channel(channel)?;
        let action = if thread {
            audit::THREAD_DELETE
        } else {
            audit::CHANNEL_DELETE
        };
        self.log_audit(deed, Entry::on(action, channel.0));
        Ok(was)
    }

    /// Edits a channel with Manage Channels; a thread with Manage Threads, or as who started it.
    pub(crate) fn edit_channel(
        &mut self,
        deed: &Deed,
        channel: ChannelId,
        change: ChannelChange,
    ) -> Ruling {
        let place = self.require_in(deed.actor, channel, Permissions::NONE)?;
        let (thread, own) = (
            place.kind == ChannelKind::Thread,
            place.owner == Some(deed.actor),
        );
        let needed = match (thread, own) {
            (true, true) if change.locked.is_none() => Permissions::NONE,
            (true, _) => Permissions::MANAGE_THREADS,
            _ => Permissions::MANAGE_CHANNELS,
        };
        self.require_in(deed.actor, channel, needed)?;
        let topic = change.topic.as_ref().and_then(Option::as_deref);
        check_texts(change.name.as_deref(), topic)?;
        self.check_parent(deed.guild, change.parent.flatten())?;
        let now = self.now();
        let place = self.channels.get_mut(&channel);
        let place = place.ok_or(ApiError::UNKNOWN_CHANNEL)?;
        if change
            .archived
            .is_some_and(|archived| archived != place.archived)
        {
            place.archived_at = Some(now);
        }
        apply(change, place);
        self.channel_changed(channel);
        let action = if thread {
            audit::THREAD_UPDATE
        } else {
            audit::CHANNEL_UPDATE
        };
        let entry = Entry {
            changes: json!([]),
            ..Entry::on(action, channel.0)
        };
        self.log_audit(deed, entry);
        Ok(())
    }

    /// Starts a thread in a text channel, from a message of it or from nothing.
    pub(crate) fn start_thread(
        &mut self,
        actor: UserId,
        channel: ChannelId,
        name: &str,
        from: Option<MessageId>,
    ) -> Ruling<ChannelId> {
        let needed = Permissions::CREATE_PUBLIC_THREADS;
        let place = self.require_in(actor, channel, needed)?;
        let guild = match (place.guild, place.kind) {
            (Some(guild), ChannelKind::Text) => guild,
            _ => return Err(ApiError::WRONG_CHANNEL_KIND),
        };
        check_texts(Some(name), None)?;
        // A thread that a message began has the id of that message.
        let id = match from {
            Some(message) => {
                self.message(channel, message)
                    .ok_or(ApiError::UNKNOWN_MESSAGE)?;
                ChannelId(message.0)
            }
            None => ChannelId(self.next_id()),
        };
        if self.channels.contains_key(&id) {
            return Err(ApiError::THREAD_EXISTS);
        }
        let new = NewChannel {
            id: Some(id),
            kind: ChannelKind::Thread,
            parent: Some(channel),
            owner: Some(actor),
            ..NewChannel::text(name)
        };
        self.add_channel(guild, new);
        let deed = Deed {
            actor,
            guild,
            reason: None,
        };
        self.log_audit(&deed, Entry::on(audit::THREAD_CREATE, id.0));
        Ok(id)
    }

    /// Whether somebody may write into a thread: not when it is locked; one that is only archived wakes up.
    pub(super) fn wake_thread(&mut self, author: UserId, channel: ChannelId) -> Ruling {
        let held = self.permissions_in(channel, author);
        let place = self.channels.get_mut(&channel);
        let Some(place) = place.filter(|place| place.archived || place.locked) else {
            return Ok(());
        };
        if place.locked && !held.contains(Permissions::MANAGE_THREADS) {
            return Err(ApiError::THREAD_LOCKED);
        }
        if place.archived {
            place.archived = false;
            self.channel_changed(channel);
        }
        Ok(())
    }
}

fn apply(change: ChannelChange, place: &mut Channel) {
    place.name = change.name.unwrap_or_else(|| place.name.clone());
    place.topic = change.topic.unwrap_or_else(|| place.topic.clone());
    place.slowmode_secs = change.slowmode_secs.unwrap_or(place.slowmode_secs);
    place.parent = change.parent.unwrap_or(place.parent);
    place.position = change.position.unwrap_or(place.position);
    place.archived = change.archived.unwrap_or(place.archived);
    place.locked = change.locked.unwrap_or(place.locked);
    if let Some(overwrites) = change.overwrites {
        place.overwrites = overwrites;
    }
}
