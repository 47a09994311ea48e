//! Threads: starting them, waking them, and who is in them.

use serde_json::{Value, json};

use super::channels::check_texts;
use super::placing::mentioned;
use super::{Entry, NewChannel, audit};
use crate::domain::ids::{ChannelId, GuildId, MessageId, UserId};
use crate::simulator::rules::error::{ApiError, Ruling};
use crate::simulator::world::World;
use crate::simulator::world::channel::{Channel, ChannelKind};
use crate::simulator::world::event::intents;
use crate::simulator::world::people::Deed;
use crate::simulator::world::permission::Permissions;
use crate::simulator::world::wire;

/// People in a thread at most (Discord's page on JSON error codes, 30033).
const MEMBERS: usize = 1_000;

/// A thread to be started.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewThread<'a> {
    pub(crate) name: &'a str,
    /// The message that it starts from; such a thread is public.
    pub(crate) from: Option<MessageId>,
    pub(crate) private: bool,
    /// Whether anybody in a private thread may add others.
    pub(crate) invitable: bool,
}

impl World {
    /// Starts a thread in a text channel, from a message of it or from nothing.
    pub(crate) fn start_thread(
        &mut self,
        actor: UserId,
        channel: ChannelId,
        new: NewThread<'_>,
    ) -> Ruling<ChannelId> {
        let (kind, needed) = if new.private && new.from.is_none() {
            (
                ChannelKind::PrivateThread,
                Permissions::CREATE_PRIVATE_THREADS,
            )
        } else {
            (ChannelKind::Thread, Permissions::CREATE_PUBLIC_THREADS)
        };
        let place = self.require_in(actor, channel, needed)?;
        let guild = match (place.guild, place.kind) {
            (Some(guild), ChannelKind::Text) => guild,
            _ => return Err(ApiError::WRONG_CHANNEL_KIND),
        };
        check_texts(Some(new.name), None)?;
        // A thread that a message began has the id of that message.
        let id = match new.from {
            Some(message) => {
                self.shown_message(channel, message)?;
                ChannelId(message.0)
            }
            None => ChannelId(self.next_id()),
        };
        if self.channels.contains_key(&id) {
            return Err(ApiError::THREAD_EXISTS);
        }
        let thread = NewChannel {
            id: Some(id),
            kind,
            parent: Some(channel),
            owner: Some(actor),
            invitable: new.invitable,
            ..NewChannel::text(new.name)
        };
        self.add_channel(guild, thread);
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

    /// The thread, if `actor` sees it.
    pub(crate) fn thread_for(&self, actor: UserId, thread: ChannelId) -> Ruling<&Channel> {
        let place = self.require_in(actor, thread, Permissions::NONE)?;
        if place.kind.is_thread() {
            Ok(place)
        } else {
            Err(ApiError::WRONG_CHANNEL_KIND)
        }
    }

    /// Adds somebody to a thread, or oneself: to a private one that is not open to invitations only its starter and
    /// who manages threads do.
    pub(crate) fn add_to_thread(
        &mut self,
        actor: UserId,
        thread: ChannelId,
        user: UserId,
    ) -> Ruling {
        let place = self.thread_for(actor, thread)?;
        if place.archived {
            return Err(ApiError::THREAD_ARCHIVED);
        }
        if place.members.contains_key(&user) {
            return Ok(());
        }
        if actor != user {
            self.may_add(actor, place)?;
        }
        let guild = place.guild.ok_or(ApiError::UNKNOWN_CHANNEL)?;
        self.member(guild, user).ok_or(ApiError::UNKNOWN_MEMBER)?;
        if place.members.len() >= MEMBERS {
            return Err(ApiError::TOO_MANY_THREAD_MEMBERS);
        }
        let parent = place.parent.unwrap_or(thread);
        self.require_in(user, parent, Permissions::NONE)?;
        self.put_into_thread(guild, thread, user);
        Ok(())
    }

    fn may_add(&self, actor: UserId, thread: &Channel) -> Ruling {
        let held = self.permissions_in(thread.id, actor);
        let manages = held.contains(Permissions::MANAGE_THREADS);
        if !held.contains(Permissions::SEND_MESSAGES) {
            return Err(ApiError::MISSING_PERMISSIONS);
        }
        let closed = thread.kind == ChannelKind::PrivateThread && !thread.invitable;
        if closed && !manages && thread.owner != Some(actor) {
            return Err(ApiError::MISSING_PERMISSIONS);
        }
        Ok(())
    }

    fn put_into_thread(&mut self, guild: GuildId, thread: ChannelId, user: UserId) {
        let now = self.now();
        let Some(place) = self.channels.get_mut(&thread) else {
            return;
        };
        place.members.insert(user, now);
        let place = place.clone();
        if user == self.bot.user && place.kind == ChannelKind::PrivateThread {
            // A private thread begins for the bot when it is added.
            let mut wire = wire::channel(self, &place);
            wire["member"] = wire::thread_member(self, &place, user, false);
            self.tell("THREAD_CREATE", guild, intents::GUILDS, &wire);
        }
        let mut added = wire::thread_member(self, &place, user, true);
        added["presence"] = Value::Null;
        self.tell_thread_members(guild, &place, ("added_members", json!([added])), user);
    }

    /// Takes somebody out of a thread: oneself, or with Manage Threads; the starter of a private one may as well.
    pub(crate) fn remove_from_thread(
        &mut self,
        actor: UserId,
        thread: ChannelId,
        user: UserId,
    ) -> Ruling {
        let place = self.thread_for(actor, thread)?;
        if place.archived {
            return Err(ApiError::THREAD_ARCHIVED);
        }
        let starter = place.kind == ChannelKind::PrivateThread && place.owner == Some(actor);
        if actor != user && !starter {
            self.require_in(actor, thread, Permissions::MANAGE_THREADS)?;
        }
        if !place.members.contains_key(&user) {
            return Err(ApiError::UNKNOWN_MEMBER);
        }
        let guild = place.guild.ok_or(ApiError::UNKNOWN_CHANNEL)?;
        self.take_from_thread(guild, thread, user);
        Ok(())
    }

    fn take_from_thread(&mut self, guild: GuildId, thread: ChannelId, user: UserId) {
        let seen = self.bot_sees(thread);
        let Some(place) = self.channels.get_mut(&thread) else {
            return;
        };
        place.members.remove(&user);
        let place = place.clone();
        if seen {
            let gone = ("removed_member_ids", json!([user]));
            self.tell_thread_members(guild, &place, gone, user);
        }
    }

    /// Who leaves the guild leaves its threads.
    pub(super) fn leave_threads(&mut self, guild: GuildId, user: UserId) {
        let places = self.guilds.get(&guild).map(|found| &found.channels);
        let threads: Vec<ChannelId> = places
            .into_iter()
            .flatten()
            .filter(|id| {
                let place = self.channels.get(id);
                place.is_some_and(|place| place.members.contains_key(&user))
            })
            .copied()
            .collect();
        for thread in threads {
            self.take_from_thread(guild, thread, user);
        }
    }

    /// Who writes into a thread joins it; whom a private one mentions is added, if the author may add others.
    pub(super) fn enter_thread(&mut self, author: UserId, channel: ChannelId, text: &str) {
        let place = self.channels.get(&channel);
        let Some(place) = place.filter(|place| place.kind.is_thread()) else {
            return;
        };
        let private = place.kind == ChannelKind::PrivateThread;
        let (mentioned, _) = mentioned(text);
        let called = mentioned.into_iter().filter(|_| private);
        for user in std::iter::once(author).chain(called) {
            if let Err(problem) = self.add_to_thread(author, channel, user) {
                tracing::debug!(error = %problem, "not added to the thread");
            }
        }
    }

    /// Tells of a change among the people of a thread: of the bot itself in any case, of others to who hears of members.
    fn tell_thread_members(
        &mut self,
        guild: GuildId,
        thread: &Channel,
        (name, list): (&str, Value),
        user: UserId,
    ) {
        let own = user == self.bot.user;
        if !own && !self.bot_sees(thread.id) {
            return;
        }
        let wire = json!({
            "id": thread.id, "guild_id": guild, "member_count": thread.members.len(), name: list,
        });
        let intent = if own {
            intents::GUILDS
        } else {
            intents::GUILD_MEMBERS
        };
        self.tell("THREAD_MEMBERS_UPDATE", guild, intent, &wire);
    }
}
