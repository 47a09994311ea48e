//! Making, changing and deleting channels and threads, as members and bots do it.

use serde_json::Value;

use super::{ChannelChange, Entry, NewChannel, audit, differences};
use crate::domain::ids::{ChannelId, GuildId};
use crate::simulator::rules::error::{ApiError, Ruling};
use crate::simulator::rules::form::{Form, wrong};
use crate::simulator::world::World;
use crate::simulator::world::channel::{Channel, ChannelKind, Overwrite};
use crate::simulator::world::people::Deed;
use crate::simulator::world::permission::Permissions;
use crate::simulator::world::wire;

/// Channels of a guild at most (Discord's page on JSON error codes, 30013).
const CHANNELS: usize = 500;

pub(super) fn check_texts(name: Option<&str>, topic: Option<&str>) -> Ruling {
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
        let thread = place.kind.is_thread();
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
        let (thread, own) = (place.kind.is_thread(), place.owner == Some(deed.actor));
        let needed = match (thread, own) {
            (true, true) if change.locked.is_none() => Permissions::NONE,
            (true, _) => Permissions::MANAGE_THREADS,
            _ => Permissions::MANAGE_CHANNELS,
        };
        self.require_in(deed.actor, channel, needed)?;
        let topic = change.topic.as_ref().and_then(Option::as_deref);
        check_texts(change.name.as_deref(), topic)?;
        self.check_parent(deed.guild, change.parent.flatten())?;
        if let Some(wanted) = &change.overwrites {
            self.may_replace(deed, channel, wanted)?;
        }
        self.change_channel(deed, channel, change)
    }

    /// Overwrites are replaced with Manage Roles beside Manage Channels.
    fn may_replace(&self, deed: &Deed, channel: ChannelId, wanted: &[Overwrite]) -> Ruling {
        let place = self.require_in(deed.actor, channel, Permissions::MANAGE_ROLES)?;
        let same = |list: &[Overwrite], one: &Overwrite| {
            list.iter()
                .find(|other| other.target == one.target)
                .copied()
        };
        for one in &place.overwrites {
            self.may_overwrite(deed, channel, (Some(one), same(wanted, one).as_ref()))?;
        }
        let new = |one: &&Overwrite| same(&place.overwrites, one).is_none();
        for one in wanted.iter().filter(new) {
            self.may_overwrite(deed, channel, (None, Some(one)))?;
        }
        Ok(())
    }

    fn change_channel(&mut self, deed: &Deed, channel: ChannelId, change: ChannelChange) -> Ruling {
        let now = self.now();
        let place = self.channels.get(&channel);
        let old = place.ok_or(ApiError::UNKNOWN_CHANNEL)?.clone();
        let mut new = old.clone();
        if change
            .archived
            .is_some_and(|archived| archived != old.archived)
        {
            new.archived_at = Some(now);
        }
        apply(change, &mut new);
        let changes = changes(self, &old, &new);
        let overwrites = new.overwrites.clone();
        self.channels.insert(channel, new);
        self.channel_changed(channel);
        if !changes.is_empty() {
            let action = if old.kind.is_thread() {
                audit::THREAD_UPDATE
            } else {
                audit::CHANNEL_UPDATE
            };
            let entry = Entry {
                changes: Value::Array(changes),
                ..Entry::on(action, channel.0)
            };
            self.log_audit(deed, entry);
        }
        self.log_overwrites(deed, channel, (&old.overwrites, &overwrites));
        Ok(())
    }
}

/// What the audit log says of an edit, which knows no key for the category; overwrites have entries of their own.
fn changes(world: &World, old: &Channel, new: &Channel) -> Vec<Value> {
    let (old, new) = (wire::channel(world, old), wire::channel(world, new));
    let own = ["name", "topic", "rate_limit_per_user", "position"];
    let mut changes = differences(&old, &new, &own);
    let (old, new) = (&old["thread_metadata"], &new["thread_metadata"]);
    changes.extend(differences(old, new, &["archived", "locked"]));
    changes
}

fn apply(change: ChannelChange, place: &mut Channel) {
    place.name = change.name.unwrap_or_else(|| place.name.clone());
    place.topic = change.topic.unwrap_or_else(|| place.topic.clone());
    place.slowmode_secs = change.slowmode_secs.unwrap_or(place.slowmode_secs);
    place.parent = change.parent.unwrap_or(place.parent);
    place.position = change.position.unwrap_or(place.position);
    place.archived = change.archived.unwrap_or(place.archived);
    place.locked = change.locked.unwrap_or(place.locked);
    place.invitable = change.invitable.unwrap_or(place.invitable);
    if let Some(overwrites) = change.overwrites {
        place.overwrites = overwrites;
    }
}
