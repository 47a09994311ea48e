//! The whole world as JSON, for people and programs that look from outside.

use serde_json::{Map, Value, json};

use super::World;
use super::guild::Guild;
use super::message::Message;
use super::wire::message::MessageWire;
use super::wire::{channel, role, time, value};
use crate::domain::ids::{ChannelId, UserId};

impl World {
    /// Everything but the messages' contents, which the channels' own lists show.
    #[must_use]
    pub fn dump(&self) -> Value {
        let guilds: Vec<Value> = self
            .guilds
            .values()
            .map(|guild| self.dump_guild(guild))
            .collect();
        let users: Vec<Value> = self
            .users
            .values()
            .map(|user| json!({"id": user.id, "name": user.name, "bot": user.bot, "dms_open": user.dms_open}))
            .collect();
        json!({
            "now": time(self.now()), "bot": {"id": self.bot.user, "name": self.bot.name},
            "guilds": guilds, "users": users, "commands": self.commands(),
            "interactions": self.interactions.len(),
        })
    }

    fn dump_guild(&self, guild: &Guild) -> Value {
        let members = guild.members.values().map(|member| {
            json!({
                "id": member.user, "name": self.name_of(member.user), "nick": member.nick, "roles": member.roles,
                "timeout_until": member.timeout_until.map(time),
            })
        });
        let channels = guild
            .channels
            .iter()
            .filter_map(|id| self.channels.get(id))
            .map(|place| {
                let mut wire = channel(self, place);
                wire["messages"] = json!(self.messages(place.id).len());
                wire
            });
        json!({
            "id": guild.id, "name": guild.name, "owner": self.name_of(guild.owner), "available": guild.available,
            "bot_present": guild.members.contains_key(&self.bot.user),
            "members": members.collect::<Vec<_>>(), "channels": channels.collect::<Vec<_>>(),
            "roles": guild.roles.values().map(role).collect::<Vec<_>>(), "bans": self.dump_bans(guild),
            "audit_log": guild.audit_log.iter().map(super::acts::audit_wire).collect::<Vec<_>>(),
        })
    }

    /// The bans of a guild by the users' names.
    pub(crate) fn dump_bans(&self, guild: &Guild) -> Value {
        let bans = guild.bans.iter().map(|(user, ban)| {
            let entry = json!({"id": user, "reason": ban.reason, "by": self.name_of(ban.by)});
            (self.name_of(*user).to_owned(), entry)
        });
        Value::Object(bans.collect::<Map<_, _>>())
    }

    /// The messages of a channel, newest last, ephemeral ones too.
    pub(crate) fn dump_messages(&self, channel: ChannelId) -> Value {
        let list = self.messages.get(&channel);
        list.into_iter()
            .flat_map(|list| list.values())
            .map(|message| self.dump_message(message))
            .collect()
    }

    pub(crate) fn dump_message(&self, message: &Message) -> Value {
        let mut wire = value(&MessageWire::rest(self, message));
        wire["author_name"] = json!(self.name_of(message.author));
        wire
    }

    pub(crate) fn name_of(&self, user: UserId) -> &str {
        self.users.get(&user).map_or("?", |user| user.name.as_str())
    }
}
