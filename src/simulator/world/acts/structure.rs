//! Building guilds: channels, roles, overwrites; outages; the bot coming and going.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::domain::ids::{ChannelId, GuildId, RoleId, UserId};
use crate::simulator::rules::error::{ApiError, Ruling};
use crate::simulator::world::World;
use crate::simulator::world::channel::{Channel, ChannelKind, Overwrite, OverwriteTarget};
use crate::simulator::world::event::{Body, Event, intents};
use crate::simulator::world::guild::{Guild, Role};
use crate::simulator::world::people::Member;
use crate::simulator::world::permission::Permissions;
use crate::simulator::world::wire;

/// Where the bot's own role stands in a new guild: above what is made later.
const BOT_ROLE_POSITION: u16 = 100;

/// A channel to be made.
#[derive(Clone, Debug)]
pub(crate) struct NewChannel {
    pub(crate) name: String,
    pub(crate) kind: ChannelKind,
    pub(crate) parent: Option<ChannelId>,
    pub(crate) overwrites: Vec<Overwrite>,
    pub(crate) topic: Option<String>,
    pub(crate) slowmode_secs: u16,
    /// Who starts a thread; the guild's owner if nobody.
    pub(crate) owner: Option<UserId>,
    /// Whether anybody in a private thread may add others.
    pub(crate) invitable: bool,
    /// Its id; without one it stood before the simulation began.
    pub(crate) id: Option<ChannelId>,
}

impl NewChannel {
    pub(crate) fn text(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            kind: ChannelKind::Text,
            parent: None,
            overwrites: Vec::new(),
            topic: None,
            slowmode_secs: 0,
            owner: None,
            invitable: true,
            id: None,
        }
    }
}

/// A role to be made.
#[derive(Clone, Debug)]
pub(crate) struct NewRole {
    pub(crate) name: String,
    pub(crate) permissions: Permissions,
    pub(crate) position: u16,
    /// The bot that it belongs to; such a role cannot be given away.
    pub(crate) bot: Option<UserId>,
}

impl Role {
    /// A role that has no id yet.
    pub(crate) fn new(new: NewRole) -> Self {
        Self {
            id: RoleId(0),
            name: new.name,
            permissions: new.permissions,
            position: new.position,
            color: 0,
            managed: new.bot.is_some(),
            bot: new.bot,
            hoist: false,
            mentionable: false,
        }
    }
}

/// What a channel edit changes; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub(crate) struct ChannelChange {
    pub(crate) name: Option<String>,
    pub(crate) topic: Option<Option<String>>,
    pub(crate) slowmode_secs: Option<u16>,
    pub(crate) parent: Option<Option<ChannelId>>,
    pub(crate) position: Option<u16>,
    pub(crate) overwrites: Option<Vec<Overwrite>>,
    pub(crate) archived: Option<bool>,
    pub(crate) locked: Option<bool>,
    pub(crate) invitable: Option<bool>,
}

impl World {
    /// Makes a guild with `@everyone`, its owner, #general and the bot as a member with a role of its own.
    pub(crate) fn add_guild(&mut self, name: &str, owner: UserId) -> GuildId {
        let id = GuildId(self.ids.past());
        let now = self.now();
        let everyone = Role {
            id: id.everyone_role(),
            ..Role::new(NewRole {
                name: "@everyone".to_owned(),
                permissions: Permissions::EVERYONE,
                position: 0,
                bot: None,
            })
        };
        let members = [owner, self.bot.user].map(|user| (user, Member::new(user, now)));
        let guild = Guild {
            id,
            name: name.to_owned(),
            owner,
            roles: BTreeMap::from([(everyone.id, everyone)]),
            members: BTreeMap::from(members),
            channels: Vec::new(),
            bans: BTreeMap::new(),
            audit_log: Vec::new(),
            available: false,
            incidents: Value::Null,
            strangers_banned: 0,
            silenced: BTreeMap::new(),
            automod: BTreeMap::new(),
        };
        // Not available while it is being built, so that the bot first hears of it as a whole.
        self.guilds.insert(id, guild);
        self.give_bot_role(id);
        self.add_channel(id, NewChannel::text("general"));
        self.set_available(id, true);
        id
    }

    /// Gives the bot the role that its invitation made.
    fn give_bot_role(&mut self, guild: GuildId) {
        let bot = self.bot.user;
        let role = NewRole {
            name: self.bot.name.clone(),
            permissions: Permissions::MODERATION_BOT,
            position: BOT_ROLE_POSITION,
            bot: Some(bot),
        };
        self.give_own_role(guild, bot, role);
    }

    pub(super) fn give_own_role(&mut self, guild: GuildId, bot: UserId, new: NewRole) {
        let role = self.add_role(guild, new);
        let members = self.guilds.get_mut(&guild).map(|found| &mut found.members);
        if let Some(member) = members.and_then(|members| members.get_mut(&bot)) {
            member.roles.push(role);
        }
    }

    pub(crate) fn add_channel(&mut self, guild: GuildId, new: NewChannel) -> ChannelId {
        let id = new.id.unwrap_or_else(|| ChannelId(self.ids.past()));
        let mut channel = Channel::new(id, Some(guild), new.kind);
        channel.name = new.name;
        channel.parent = new.parent;
        channel.overwrites = new.overwrites;
        channel.topic = new.topic;
        channel.slowmode_secs = new.slowmode_secs;
        if new.kind.is_thread() {
            let owner = self.guilds.get(&guild).map(|found| found.owner);
            channel.owner = new.owner.or(owner);
            channel.invitable = new.invitable;
            let now = self.now();
            channel.members = channel
                .owner
                .map(|owner| (owner, now))
                .into_iter()
                .collect();
        }
        if let Some(found) = self.guilds.get_mut(&guild) {
            channel.position = u16::try_from(found.channels.len()).unwrap_or(u16::MAX);
            found.channels.push(id);
        }
        let mut wire = wire::channel(self, &channel);
        self.channels.insert(id, channel);
        if !new.kind.is_thread() {
            self.tell("CHANNEL_CREATE", guild, intents::GUILDS, &wire);
        } else if self.bot_sees(id) {
            wire["newly_created"] = json!(true);
            self.tell("THREAD_CREATE", guild, intents::GUILDS, &wire);
        }
        id
    }

    /// Deletes a channel and the threads in it.
    pub(crate) fn delete_channel(&mut self, channel: ChannelId) -> Ruling {
        let threads: Vec<ChannelId> = self
            .channels
            .values()
            .filter(|place| place.kind.is_thread() && place.parent == Some(channel))
            .map(|thread| thread.id)
            .collect();
        for thread in threads {
            self.delete_channel(thread)?;
        }
        let seen = self.thread_seen(channel);
        let gone = self
            .channels
            .remove(&channel)
            .ok_or(ApiError::UNKNOWN_CHANNEL)?;
        self.messages.remove(&channel);
        let Some(guild) = gone.guild else {
            return Ok(());
        };
        if let Some(found) = self.guilds.get_mut(&guild) {
            found.channels.retain(|id| *id != channel);
        }
        let name = if gone.kind.is_thread() {
            "THREAD_DELETE"
        } else {
            "CHANNEL_DELETE"
        };
        let wire = wire::channel(self, &gone);
        if seen {
            self.tell(name, guild, intents::GUILDS, &wire);
        }
        Ok(())
    }

    /// Whether the bot is told of a channel: of all but the private threads that it does not see.
    fn thread_seen(&self, channel: ChannelId) -> bool {
        let place = self.channels.get(&channel);
        let private = place.is_some_and(|place| place.kind == ChannelKind::PrivateThread);
        !private || self.bot_sees(channel)
    }

    pub(crate) fn set_overwrite(&mut self, channel: ChannelId, overwrite: Overwrite) -> Ruling {
        let place = self
            .channels
            .get_mut(&channel)
            .ok_or(ApiError::UNKNOWN_CHANNEL)?;
        place
            .overwrites
            .retain(|one| one.target != overwrite.target);
        place.overwrites.push(overwrite);
        self.channel_changed(channel);
        Ok(())
    }

    pub(crate) fn remove_overwrite(&mut self, channel: ChannelId, target: u64) -> Ruling {
        let place = self
            .channels
            .get_mut(&channel)
            .ok_or(ApiError::UNKNOWN_CHANNEL)?;
        let before = place.overwrites.len();
        place
            .overwrites
            .retain(|one| one.target.parts().0 != target);
        if place.overwrites.len() == before {
            return Err(ApiError::UNKNOWN_OVERWRITE);
        }
        self.channel_changed(channel);
        Ok(())
    }

    pub(super) fn channel_changed(&mut self, channel: ChannelId) {
        let Some(place) = self.channels.get(&channel) else {
            return;
        };
        let (guild, wire) = (place.guild, wire::channel(self, place));
        let name = if place.kind.is_thread() {
            "THREAD_UPDATE"
        } else {
            "CHANNEL_UPDATE"
        };
        if let Some(guild) = guild.filter(|_| self.thread_seen(channel)) {
            self.tell(name, guild, intents::GUILDS, &wire);
        }
    }

    pub(crate) fn add_role(&mut self, guild: GuildId, new: NewRole) -> RoleId {
        let id = RoleId(self.ids.past());
        let role = Role {
            id,
            ..Role::new(new)
        };
        self.put_role(guild, role, "GUILD_ROLE_CREATE");
        id
    }

    /// Puts a changed or new role into the guild.
    pub(crate) fn put_role(&mut self, guild: GuildId, role: Role, event: &str) {
        let wire = json!({"guild_id": guild, "role": wire::role(&role)});
        if let Some(found) = self.guilds.get_mut(&guild) {
            found.roles.insert(role.id, role);
        }
        self.tell(event, guild, intents::GUILDS, &wire);
    }

    pub(crate) fn delete_role(&mut self, guild: GuildId, role: RoleId) -> Ruling {
        let found = self.guilds.get_mut(&guild).ok_or(ApiError::UNKNOWN_GUILD)?;
        if role == guild.everyone_role() || found.roles.remove(&role).is_none() {
            return Err(ApiError::UNKNOWN_ROLE);
        }
        for member in found.members.values_mut() {
            member.roles.retain(|held| *held != role);
        }
        for channel in self.channels.values_mut() {
            let gone = OverwriteTarget::Role(role);
            channel.overwrites.retain(|one| one.target != gone);
        }
        let wire = json!({"guild_id": guild, "role_id": role});
        self.tell("GUILD_ROLE_DELETE", guild, intents::GUILDS, &wire);
        Ok(())
    }

    /// Begins or ends an outage: GUILD_DELETE with `unavailable`, or GUILD_CREATE.
    pub(crate) fn set_available(&mut self, guild: GuildId, available: bool) {
        let Some(found) = self.guilds.get_mut(&guild) else {
            return;
        };
        if found.available == available {
            return;
        }
        found.available = available;
        if !found.members.contains_key(&self.bot.user) {
            return;
        }
        if available {
            self.announce_guild(guild);
        } else {
            let wire = json!({"id": guild, "unavailable": true}).to_string();
            let gone = Event::new("GUILD_DELETE", Some(guild), intents::GUILDS, wire);
            self.emit(gone);
        }
    }

    fn announce_guild(&mut self, guild: GuildId) {
        self.emit(Event {
            name: "GUILD_CREATE".to_owned(),
            guild: Some(guild),
            intents: intents::GUILDS,
            body: Body::Guild(guild),
        });
    }

    /// The bot is removed from a guild, or leaves it, and its own role goes with it.
    pub(crate) fn remove_bot(&mut self, guild: GuildId) -> Ruling {
        let bot = self.bot.user;
        if !self.is_member(guild, bot) {
            return Err(ApiError::UNKNOWN_GUILD);
        }
        self.drop_member(guild, bot)
    }

    /// The bot hears of nothing of the guild any more, but of that.
    pub(super) fn tell_bot_is_gone(&mut self, guild: GuildId) {
        let wire = json!({"id": guild}).to_string();
        let gone = Event::new("GUILD_DELETE", Some(guild), intents::GUILDS, wire);
        self.emit(gone);
    }

    /// The bot is invited again.
    pub(crate) fn invite_bot(&mut self, guild: GuildId) -> Ruling {
        let (bot, now) = (self.bot.user, self.now());
        let found = self.guilds.get_mut(&guild).ok_or(ApiError::UNKNOWN_GUILD)?;
        if found.members.contains_key(&bot) {
            return Ok(());
        }
        if found.bans.contains_key(&bot) {
            return Err(ApiError::BANNED_HERE);
        }
        found.members.insert(bot, Member::new(bot, now));
        found.available = false;
        self.give_bot_role(guild);
        self.set_available(guild, true);
        Ok(())
    }
}
