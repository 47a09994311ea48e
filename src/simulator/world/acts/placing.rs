//! How messages come to stand in a channel and to leave it, with what the gateway says of them.

use serde_json::{Value, json};

use crate::domain::ids::{ChannelId, GuildId, MessageId, RoleId, UserId};
use crate::simulator::world::World;
use crate::simulator::world::event::{Body, Event, intents};
use crate::simulator::world::message::{AllowedMentions, Draft, Message};
use crate::simulator::world::permission::Permissions;
use crate::simulator::world::wire::message::MessageWire;
use crate::simulator::world::wire::text;

impl World {
    /// Puts a message into a channel without asking whether it may stand there.
    pub(crate) fn place_message(
        &mut self,
        author: UserId,
        channel: ChannelId,
        draft: Draft,
    ) -> MessageId {
        let (id, at) = (MessageId(self.next_id()), self.now());
        let guild = self.channels.get(&channel).and_then(|place| place.guild);
        let mut attachments = draft.attachments;
        for file in draft.files {
            attachments.push(self.keep_file(channel, file));
        }
        let mut message = Message {
            id,
            channel,
            guild,
            author,
            content: draft.content,
            at,
            edited_at: None,
            embeds: draft.embeds.into_iter().map(rich).collect(),
            components: numbered(draft.components),
            attachments,
            flags: draft.flags,
            reply_to: draft.reply_to,
            mentions: Vec::new(),
            mention_roles: Vec::new(),
            mention_everyone: false,
            interaction: draft.origin,
            nonce: draft.nonce,
            reactions: Vec::new(),
            pinned_at: None,
            system: draft.system,
        };
        self.resolve_mentions(&mut message, draft.allowed_mentions.as_ref());
        self.tell_message("MESSAGE_CREATE", &message);
        self.keep(message);
        id
    }

    fn keep(&mut self, message: Message) {
        let most = self.limits.messages_per_channel;
        if let Some(place) = self.channels.get_mut(&message.channel) {
            place.last_message = Some(message.id);
            place.message_count += 1;
        }
        let list = self.messages.entry(message.channel).or_default();
        list.insert(message.id, message);
        while list.len() > most {
            list.pop_first();
        }
    }

    pub(super) fn resolve_mentions(
        &self,
        message: &mut Message,
        allowed: Option<&AllowedMentions>,
    ) {
        if message.content.contains('@') {
            self.resolve_written(message, allowed);
        } else {
            message.mentions.clear();
            message.mention_roles.clear();
            message.mention_everyone = false;
        }
        let rings = allowed.is_none_or(|allowed| allowed.replied_user);
        let answered = message.answered().filter(|_| rings);
        let answered = answered.and_then(|id| self.message(message.channel, id));
        if let Some(author) = answered.map(|answered| answered.author)
            && !message.mentions.contains(&author)
        {
            message.mentions.push(author);
        }
    }

    fn resolve_written(&self, message: &mut Message, allowed: Option<&AllowedMentions>) {
        let parses =
            |kind: &str| allowed.is_none_or(|allowed| allowed.parse.iter().any(|one| one == kind));
        let (users, roles) = mentioned(&message.content);
        let listed = |id: &UserId| allowed.is_some_and(|allowed| allowed.users.contains(id));
        message.mentions = users
            .into_iter()
            .filter(|id| self.users.contains_key(id))
            .filter(|id| parses("users") || listed(id))
            .collect();
        let listed = |id: &RoleId| allowed.is_some_and(|allowed| allowed.roles.contains(id));
        message.mention_roles = roles
            .into_iter()
            .filter(|id| parses("roles") || listed(id))
            .collect();
        let loud = message.content.contains("@everyone") || message.content.contains("@here");
        message.mention_everyone = loud
            && parses("everyone")
            && self
                .permissions_in(message.channel, message.author)
                .contains(Permissions::MENTION_EVERYONE);
    }

    /// Sends a message's event, if the bot sees the channel. Ephemeral messages have no events.
    pub(super) fn tell_message(&mut self, name: &str, message: &Message) {
        if message.is_ephemeral() || !self.bot_sees(message.channel) {
            return;
        }
        let wire = MessageWire::gateway(self, message);
        let full = text(&wire);
        let strip = self.strips_content && !self.is_for_the_bot(message);
        let stripped = strip.then(|| text(&wire.stripped(self.bot.user)));
        self.emit(Event {
            name: name.to_owned(),
            guild: message.guild,
            intents: message_intent(message.guild),
            body: Body::Message { full, stripped },
        });
    }

    /// A bot reads its own messages, its direct messages and what mentions it without the content intent.
    pub(crate) fn is_for_the_bot(&self, message: &Message) -> bool {
        let bot = self.bot.user;
        message.author == bot || message.guild.is_none() || message.mentions.contains(&bot)
    }

    pub(super) fn bot_sees(&self, channel: ChannelId) -> bool {
        let guild = self.channels.get(&channel).and_then(|place| place.guild);
        guild.is_none_or(|guild| self.bot_hears(guild))
            && self
                .permissions_in(channel, self.bot.user)
                .contains(Permissions::VIEW_CHANNEL)
    }

    /// Removes messages and says so: one by one as MESSAGE_DELETE, several as MESSAGE_DELETE_BULK.
    pub(crate) fn erase(&mut self, channel: ChannelId, messages: &[MessageId]) -> usize {
        let Some(list) = self.messages.get_mut(&channel) else {
            return 0;
        };
        let mut gone = Vec::new();
        for id in messages {
            let removed = list.remove(id);
            gone.extend(removed.filter(|message| !message.is_ephemeral()));
        }
        let Some(guild) = gone.first().map(|message| message.guild) else {
            return 0;
        };
        if self.bot_sees(channel) {
            let ids: Vec<MessageId> = gone.iter().map(|message| message.id).collect();
            let (name, mut wire) = match ids.as_slice() {
                [id] => ("MESSAGE_DELETE", json!({"id": id, "channel_id": channel})),
                _ => (
                    "MESSAGE_DELETE_BULK",
                    json!({"ids": ids, "channel_id": channel}),
                ),
            };
            if let Some(guild) = guild {
                wire["guild_id"] = json!(guild);
            }
            let event = Event::new(name, guild, message_intent(guild), wire.to_string());
            self.emit(event);
        }
        gone.len()
    }
}

fn message_intent(guild: Option<GuildId>) -> u64 {
    match guild {
        Some(_) => intents::GUILD_MESSAGES,
        None => intents::DIRECT_MESSAGES,
    }
}

/// Embeds sent by anyone but Discord itself are of the rich type, and Discord says of each field whether it is inline.
pub(super) fn rich(mut embed: Value) -> Value {
    if let Value::Object(map) = &mut embed {
        map.entry("type").or_insert_with(|| json!("rich"));
        let fields = map.get_mut("fields").and_then(Value::as_array_mut);
        let fields = fields.into_iter().flatten();
        for field in fields.filter_map(Value::as_object_mut) {
            field.entry("inline").or_insert_with(|| json!(false));
        }
    }
    embed
}

/// The users and roles that a text mentions: `<@id>`, `<@!id>`, `<@&id>`.
pub(super) fn mentioned(text: &str) -> (Vec<UserId>, Vec<RoleId>) {
    let (mut users, mut roles) = (Vec::new(), Vec::new());
    for part in text.split("<@").skip(1) {
        let Some((inside, _)) = part.split_once('>') else {
            continue;
        };
        if let Some(id) = inside.strip_prefix('&') {
            roles.extend(id.parse().ok().filter(|id| !roles.contains(id)));
        } else {
            let id = inside.strip_prefix('!').unwrap_or(inside).parse().ok();
            users.extend(id.filter(|id| !users.contains(id)));
        }
    }
    (users, roles)
}

/// Discord's numbers of the selects: of texts, users, roles, either of both, channels.
const SELECTS: [u64; 5] = [3, 5, 6, 7, 8];

/// Gives each component without an id the next number, rows before what is in them, as Discord does, and each select
/// the bounds that it did not name.
pub(super) fn numbered(mut components: Vec<Value>) -> Vec<Value> {
    let mut next = 1;
    number(&mut components, &mut next);
    components
}

fn number(components: &mut [Value], next: &mut u64) {
    for one in components.iter_mut().filter_map(Value::as_object_mut) {
        one.entry("id").or_insert_with(|| json!(*next));
        let kind = one.get("type").and_then(Value::as_u64);
        if kind.is_some_and(|kind| SELECTS.contains(&kind)) {
            for bound in ["min_values", "max_values"] {
                one.entry(bound).or_insert_with(|| json!(1));
            }
        }
        *next += 1;
        if let Some(Value::Array(inside)) = one.get_mut("components") {
            number(inside, next);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mentions_are_read_once_each_and_garbage_is_passed_over() {
        let (users, roles) = mentioned("<@1> <@!1> <@2> <@&3> <@&3> <@x> <@ <@4");
        assert_eq!(users, [UserId(1), UserId(2)]);
        assert_eq!(roles, [RoleId(3)]);
    }

    #[test]
    fn components_are_numbered_rows_first() {
        let rows = vec![
            json!({"type": 1, "components": [{"type": 2}, {"type": 2, "id": 9}]}),
            json!({"type": 1, "components": [{"type": 3}]}),
        ];
        let numbered = numbered(rows);
        assert_eq!(numbered[0]["id"], 1);
        assert_eq!(numbered[0]["components"][0]["id"], 2);
        assert_eq!(numbered[0]["components"][1]["id"], 9);
        assert_eq!(numbered[1]["id"], 4);
        assert_eq!(numbered[1]["components"][0]["id"], 5);
    }

    #[test]
    fn an_embed_keeps_a_type_of_its_own() {
        assert_eq!(rich(json!({"title": "t"}))["type"], "rich");
        assert_eq!(rich(json!({"type": "image"}))["type"], "image");
        assert_eq!(rich(json!("no embed")), "no embed");
    }
}
