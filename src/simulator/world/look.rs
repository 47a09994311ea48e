//! Looking at the world: what tests and demonstrations ask.

use chrono::{DateTime, Utc};

use super::World;
use super::channel::Channel;
use super::guild::{AuditEntry, Ban, Guild};
use super::message::Message;
use super::people::{Member, User};
use crate::domain::ids::{ChannelId, GuildId, MessageId, UserId};
use crate::simulator::rules::error::{ApiError, Ruling};

impl World {
    /// The messages of a channel that everybody in it sees, oldest first.
    #[must_use]
    pub fn messages(&self, channel: ChannelId) -> Vec<&Message> {
        let list = self.messages.get(&channel);
        list.into_iter()
            .flat_map(|list| list.values())
            .filter(|message| !message.is_ephemeral())
            .collect()
    }

    /// A message, an ephemeral one included.
    #[must_use]
    pub fn message(&self, channel: ChannelId, message: MessageId) -> Option<&Message> {
        self.messages.get(&channel)?.get(&message)
    }

    /// A message that everybody in the channel sees, if it is there.
    pub(crate) fn shown_message(&self, channel: ChannelId, message: MessageId) -> Ruling<&Message> {
        let found = self.message(channel, message);
        let found = found.filter(|found| !found.is_ephemeral());
        found.ok_or(ApiError::UNKNOWN_MESSAGE)
    }

    /// What the bot and a user wrote to each other directly, oldest first.
    #[must_use]
    pub fn dms(&self, user: UserId) -> Vec<&Message> {
        let channel = self.direct.get(&user);
        channel
            .map(|channel| self.messages(*channel))
            .unwrap_or_default()
    }

    /// Everything that the bot wrote into a channel and everybody sees, oldest first.
    #[must_use]
    pub fn bot_messages(&self, channel: ChannelId) -> Vec<&Message> {
        let mut messages = self.messages(channel);
        messages.retain(|message| message.author == self.bot.user);
        messages
    }

    /// Whether a user is banned from a guild.
    #[must_use]
    pub fn is_banned(&self, guild: GuildId, user: UserId) -> bool {
        self.find_ban(guild, user).is_some()
    }

    /// A ban with its reason.
    #[must_use]
    pub fn find_ban(&self, guild: GuildId, user: UserId) -> Option<&Ban> {
        self.guilds.get(&guild)?.bans.get(&user)
    }

    /// Who is banned from a guild, and why.
    #[must_use]
    pub fn bans(&self, guild: GuildId) -> Vec<(UserId, Option<&str>)> {
        let bans = self.guilds.get(&guild).map(|found| &found.bans);
        bans.into_iter()
            .flatten()
            .map(|(user, ban)| (*user, ban.reason.as_deref()))
            .collect()
    }

    /// Until when a member may not speak; none when there is no timeout, or a past one.
    #[must_use]
    pub fn timeout_until(&self, guild: GuildId, user: UserId) -> Option<DateTime<Utc>> {
        let until = self.member(guild, user)?.timeout_until;
        until.filter(|until| *until > self.now())
    }

    /// Whether a user is in a guild.
    #[must_use]
    pub fn is_member(&self, guild: GuildId, user: UserId) -> bool {
        self.member(guild, user).is_some()
    }

    /// A member of a guild.
    #[must_use]
    pub fn member(&self, guild: GuildId, user: UserId) -> Option<&Member> {
        self.guilds.get(&guild)?.members.get(&user)
    }

    /// A guild.
    #[must_use]
    pub fn guild(&self, guild: GuildId) -> Option<&Guild> {
        self.guilds.get(&guild)
    }

    /// Every guild, whether the bot is in it or not.
    #[must_use]
    pub fn guilds(&self) -> Vec<&Guild> {
        self.guilds.values().collect()
    }

    /// A channel.
    #[must_use]
    pub fn channel(&self, channel: ChannelId) -> Option<&Channel> {
        self.channels.get(&channel)
    }

    /// An account.
    #[must_use]
    pub fn user(&self, user: UserId) -> Option<&User> {
        self.users.get(&user)
    }

    /// What was done to a guild, oldest first.
    #[must_use]
    pub fn audit_log(&self, guild: GuildId) -> &[AuditEntry] {
        let found = self.guilds.get(&guild);
        found.map_or(&[], |found| &found.audit_log)
    }

    /// The names of the commands that the bot registered for every guild, in its order.
    #[must_use]
    pub fn commands(&self) -> Vec<&str> {
        let global = self.commands.global.iter();
        global.map(|command| command.spec.name.as_str()).collect()
    }

    /// A channel of a guild by its id, its mention or its name with or without `#`.
    #[must_use]
    pub fn find_channel(&self, guild: GuildId, text: &str) -> Option<ChannelId> {
        let text = unwrap_mention(text, "<#");
        let channels = &self.guilds.get(&guild)?.channels;
        let named = |id: &&ChannelId| {
            let name = self.channels.get(id).map(|found| found.name.as_str());
            name == Some(text.trim_start_matches('#'))
        };
        let by_id = text.parse().ok().filter(|id| channels.contains(id));
        by_id.or_else(|| channels.iter().find(named).copied())
    }

    /// A user by id, mention or name with or without `@`.
    #[must_use]
    pub fn find_user(&self, text: &str) -> Option<UserId> {
        let text = unwrap_mention(text, "<@");
        let text = text.trim_start_matches('!');
        let by_id = text.parse().ok().filter(|id| self.users.contains_key(id));
        by_id.or_else(|| self.names.get(text.trim_start_matches('@')).copied())
    }

    /// A guild by its id or its name.
    #[must_use]
    pub fn find_guild(&self, text: &str) -> Option<GuildId> {
        let by_id = text.parse().ok().filter(|id| self.guilds.contains_key(id));
        by_id.or_else(|| {
            let named = self.guilds.values().find(|guild| guild.name == text);
            named.map(|guild| guild.id)
        })
    }
}

/// The id inside `<#1>`, `<@1>` or `<@&1>`; other text as it is.
pub(crate) fn unwrap_mention<'a>(text: &'a str, opening: &str) -> &'a str {
    text.strip_prefix(opening)
        .and_then(|rest| rest.strip_suffix('>'))
        .unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::clock::Clock;
    use crate::simulator::world::message::{Draft, EPHEMERAL};

    fn world() -> (World, GuildId, ChannelId) {
        let mut world = World::new(Clock::manual(DateTime::UNIX_EPOCH), 1);
        let owner = world.user_named("admin");
        let guild = world.add_guild("Demo", owner);
        let general = world.guilds[&guild].channels[0];
        (world, guild, general)
    }

    #[test]
    fn things_are_found_by_name_mention_and_id() {
        let (world, guild, general) = world();
        let admin = world.find_user("admin").expect("known");
        for text in [
            admin.to_string(),
            format!("<@{admin}>"),
            format!("<@!{admin}>"),
            "@admin".to_owned(),
        ] {
            assert_eq!(world.find_user(&text), Some(admin), "{text}");
        }
        for text in [
            general.to_string(),
            format!("<#{general}>"),
            "#general".to_owned(),
            "general".to_owned(),
        ] {
            assert_eq!(world.find_channel(guild, &text), Some(general), "{text}");
        }
        assert_eq!(world.find_guild("Demo"), Some(guild));
        assert_eq!(world.find_guild(&guild.to_string()), Some(guild));
        assert_eq!(world.find_user("nobody"), None);
        assert_eq!(world.find_channel(guild, "1"), None);
        assert_eq!(world.find_guild("demo"), None);
    }

    #[test]
    fn an_id_of_another_guilds_channel_is_not_found() {
        let (mut world, guild, _) = world();
        let owner = world.user_named("admin");
        let other = world.add_guild("Other", owner);
        let foreign = world.guilds[&other].channels[0];
        assert_eq!(world.find_channel(guild, &foreign.to_string()), None);
    }

    #[test]
    fn ephemeral_messages_are_seen_only_by_id() {
        let (mut world, _, general) = world();
        let bot = world.bot.user;
        let hidden = Draft {
            flags: EPHEMERAL,
            ..Draft::text("psst")
        };
        let hidden = world.place_message(bot, general, hidden);
        let shown = world.place_message(bot, general, Draft::text("hello"));
        let ids = |list: Vec<&Message>| list.iter().map(|one| one.id).collect::<Vec<_>>();
        assert_eq!(ids(world.messages(general)), [shown]);
        assert_eq!(ids(world.bot_messages(general)), [shown]);
        assert!(world.message(general, hidden).is_some());
    }

    #[test]
    fn nothing_is_asked_of_what_is_not_there() {
        let (world, ..) = world();
        let (guild, channel, user) = (GuildId(1), ChannelId(1), UserId(1));
        assert!(world.guild(guild).is_none() && world.channel(channel).is_none());
        assert!(world.user(user).is_none() && world.member(guild, user).is_none());
        assert!(world.messages(channel).is_empty() && world.dms(user).is_empty());
        assert!(world.bans(guild).is_empty() && world.audit_log(guild).is_empty());
        assert!(!world.is_banned(guild, user) && !world.is_member(guild, user));
        assert_eq!(world.timeout_until(guild, user), None);
    }
}
