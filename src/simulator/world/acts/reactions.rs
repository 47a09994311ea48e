//! Reactions and pins.

use serde_json::{Value, json};

use super::{Entry, audit};
use crate::domain::ids::{ChannelId, GuildId, MessageId, UserId};
use crate::simulator::rules::error::{ApiError, Ruling};
use crate::simulator::world::World;
use crate::simulator::world::event::{Event, intents};
use crate::simulator::world::message::{Draft, Message, PINNED, Reaction};
use crate::simulator::world::people::Deed;
use crate::simulator::world::permission::Permissions;
use crate::simulator::world::wire::message::EmojiWire;
use crate::simulator::world::wire::{MemberWire, time};

/// Different emojis on a message, and pins of a channel, at most (Discord's page on JSON error codes, 30010 and 30003).
const REACTIONS: usize = 20;
const PINS: usize = 250;

impl World {
    fn reacted(&mut self, channel: ChannelId, message: MessageId) -> Ruling<&mut Message> {
        let list = self.messages.get_mut(&channel);
        let found = list.and_then(|list| list.get_mut(&message));
        let found = found.filter(|found| !found.is_ephemeral());
        found.ok_or(ApiError::UNKNOWN_MESSAGE)
    }

    /// Reacts with Read Message History; with an emoji that is not there yet also with Add Reactions.
    pub(crate) fn react(
        &mut self,
        user: UserId,
        channel: ChannelId,
        message: MessageId,
        emoji: &str,
    ) -> Ruling {
        let place = self.require_in(user, channel, Permissions::READ_MESSAGE_HISTORY)?;
        let guild = place.guild;
        let found = self.shown_message(channel, message)?;
        // Unicode's emojis are no ASCII; those of guilds are named with their id.
        if emoji.is_ascii() && !emoji.contains(':') {
            return Err(ApiError::UNKNOWN_EMOJI);
        }
        let new = !found.reactions.iter().any(|one| one.emoji == emoji);
        if new {
            if found.reactions.len() >= REACTIONS {
                return Err(ApiError::TOO_MANY_REACTIONS);
            }
            self.require_in(user, channel, Permissions::ADD_REACTIONS)?;
        }
        let found = self.reacted(channel, message)?;
        let author = found.author;
        if new {
            found.reactions.push(Reaction::new(emoji));
        }
        let mut reactions = found.reactions.iter_mut();
        let added = reactions
            .find(|one| one.emoji == emoji)
            .is_some_and(|one| one.users.insert(user));
        if added {
            let mut wire = json!({
                "user_id": user, "channel_id": channel, "message_id": message, "message_author_id": author,
                "emoji": EmojiWire::of(emoji), "burst": false, "type": 0,
            });
            let member = guild.and_then(|guild| self.member(guild, user));
            if let Some(member) = member {
                wire["member"] = json!(MemberWire::of(self, member));
            }
            self.tell_reaction("MESSAGE_REACTION_ADD", guild, wire);
        }
        Ok(())
    }

    /// Takes a reaction back; somebody else's with Manage Messages.
    pub(crate) fn unreact(
        &mut self,
        actor: UserId,
        (channel, message): (ChannelId, MessageId),
        emoji: &str,
        user: UserId,
    ) -> Ruling {
        let needed = if actor == user {
            Permissions::NONE
        } else {
            Permissions::MANAGE_MESSAGES
        };
        let guild = self.require_in(actor, channel, needed)?.guild;
        let found = self.reacted(channel, message)?;
        let mut reactions = found.reactions.iter_mut();
        let removed = reactions
            .find(|one| one.emoji == emoji)
            .is_some_and(|one| one.users.remove(&user));
        found.reactions.retain(|one| !one.users.is_empty());
        if removed {
            let wire = json!({
                "user_id": user, "channel_id": channel, "message_id": message, "emoji": EmojiWire::of(emoji),
                "burst": false, "type": 0,
            });
            self.tell_reaction("MESSAGE_REACTION_REMOVE", guild, wire);
        }
        Ok(())
    }

    /// Takes all reactions away, or all of one emoji, with Manage Messages.
    pub(crate) fn clear_reactions(
        &mut self,
        actor: UserId,
        (channel, message): (ChannelId, MessageId),
        emoji: Option<&str>,
    ) -> Ruling {
        let needed = Permissions::MANAGE_MESSAGES;
        let guild = self.require_in(actor, channel, needed)?.guild;
        let found = self.reacted(channel, message)?;
        found
            .reactions
            .retain(|one| emoji.is_some_and(|emoji| one.emoji != emoji));
        let mut wire = json!({"channel_id": channel, "message_id": message});
        let event = match emoji {
            Some(emoji) => {
                wire["emoji"] = json!(EmojiWire::of(emoji));
                "MESSAGE_REACTION_REMOVE_EMOJI"
            }
            None => "MESSAGE_REACTION_REMOVE_ALL",
        };
        self.tell_reaction(event, guild, wire);
        Ok(())
    }

    fn tell_reaction(&mut self, event: &str, guild: Option<GuildId>, mut wire: Value) {
        match guild {
            Some(guild) => {
                wire["guild_id"] = json!(guild);
                self.tell(event, guild, intents::GUILD_MESSAGE_REACTIONS, &wire);
            }
            None => {
                let intent = intents::DIRECT_MESSAGE_REACTIONS;
                self.emit(Event::new(event, None, intent, wire.to_string()));
            }
        }
    }

    /// Pins a message, or takes it down, with Pin Messages.
    pub(crate) fn pin(
        &mut self,
        deed: &Deed,
        channel: ChannelId,
        message: MessageId,
        pinned: bool,
    ) -> Ruling {
        self.require_in(deed.actor, channel, Permissions::PIN_MESSAGES)?;
        let stands = self.pins(channel).len();
        let now = self.now();
        let found = self.reacted(channel, message)?;
        if found.pinned_at.is_some() == pinned {
            return Ok(());
        }
        if pinned && stands >= PINS {
            return Err(ApiError::TOO_MANY_PINS);
        }
        found.pinned_at = pinned.then_some(now);
        let (author, changed) = (found.author, found.clone());
        self.tell_message("MESSAGE_UPDATE", &changed);
        if let Some(place) = self.channels.get_mut(&channel) {
            place.last_pin = Some(now);
        }
        let wire = json!({
            "guild_id": deed.guild, "channel_id": channel, "last_pin_timestamp": time(now),
        });
        self.tell("CHANNEL_PINS_UPDATE", deed.guild, intents::GUILDS, &wire);
        let action = if pinned {
            audit::MESSAGE_PIN
        } else {
            audit::MESSAGE_UNPIN
        };
        let entry = Entry {
            options: json!({"channel_id": channel, "message_id": message}),
            ..Entry::about(action, author)
        };
        self.log_audit(deed, entry);
        if pinned {
            // Discord says in the channel who pinned what.
            let told = Draft {
                system: Some(PINNED),
                reply_to: Some(message),
                ..Draft::default()
            };
            self.place_message(deed.actor, channel, told);
        }
        Ok(())
    }

    /// The pinned messages of a channel, the last pinned first.
    pub(crate) fn pins(&self, channel: ChannelId) -> Vec<&Message> {
        let messages = self.messages.get(&channel);
        let all = messages.into_iter().flat_map(|list| list.values());
        let mut pinned: Vec<&Message> = all.filter(|one| one.pinned_at.is_some()).collect();
        pinned.sort_by_key(|one| std::cmp::Reverse(one.pinned_at));
        pinned
    }
}
