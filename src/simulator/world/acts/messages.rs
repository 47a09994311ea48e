//! Posting, editing and deleting messages.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{Entry, audit};
use crate::domain::ids::{ChannelId, GuildId, MessageId, RoleId, UserId};
use crate::simulator::rules::error::{ApiError, Ruling};
use crate::simulator::rules::form::wrong;
use crate::simulator::rules::limits;
use crate::simulator::world::channel::{Channel, ChannelKind};
use crate::simulator::world::event::{Body, Event, intents};
use crate::simulator::world::message::{AllowedMentions, Draft, Edit, Message};
use crate::simulator::world::people::Deed;
use crate::simulator::world::permission::Permissions;
use crate::simulator::world::wire::message::MessageWire;
use crate::simulator::world::wire::text;
use crate::simulator::world::{Nonce, World};

/// How long a nonce is remembered. Discord says "the past few minutes".
const NONCE_AGE: TimeDelta = TimeDelta::minutes(5);

impl World {
    /// Posts a message with Send Messages, or into a direct message that the other side takes.
    pub(crate) fn post(
        &mut self,
        author: UserId,
        channel: ChannelId,
        draft: Draft,
    ) -> Ruling<MessageId> {
        limits::draft(&draft)?;
        let place = self
            .channels
            .get(&channel)
            .ok_or(ApiError::UNKNOWN_CHANNEL)?;
        match place.kind {
            ChannelKind::Direct => self.may_write_directly(author, place)?,
            ChannelKind::Category => return Err(ApiError::NOT_A_TEXT_CHANNEL),
            _ => self.may_write(author, channel, &draft)?,
        }
        if let Some(replied) = draft.reply_to {
            self.may_reply(author, channel, replied)?;
        }
        Ok(self.place_message(author, channel, draft))
    }

    fn may_write_directly(&self, author: UserId, place: &Channel) -> Ruling {
        let recipient = place.recipient.and_then(|id| self.users.get(&id));
        let recipient = recipient.ok_or(ApiError::UNKNOWN_CHANNEL)?;
        if author == recipient.id {
            return Ok(());
        }
        let meets = |guild: &&crate::simulator::world::guild::Guild| {
            guild.members.contains_key(&author) && guild.members.contains_key(&recipient.id)
        };
        let shared = self.guilds.values().any(|guild| meets(&guild));
        if shared && recipient.dms_open && !recipient.bot {
            Ok(())
        } else {
            Err(ApiError::CANNOT_SEND_TO_USER)
        }
    }

    fn may_write(&self, author: UserId, channel: ChannelId, draft: &Draft) -> Ruling {
        let mut needed = Permissions::SEND_MESSAGES;
        if !draft.embeds.is_empty() {
            needed = needed | Permissions::EMBED_LINKS;
        }
        if !draft.attachments.is_empty() {
            needed = needed | Permissions::ATTACH_FILES;
        }
        self.require_in(author, channel, needed).map(|_| ())
    }

    fn may_reply(&self, author: UserId, channel: ChannelId, replied: MessageId) -> Ruling {
        if self.message(channel, replied).is_none() {
            let path = "message_reference";
            return Err(wrong(path, "REPLYING_UNKNOWN_MESSAGE", "Unknown message"));
        }
        let held = self.permissions_in(channel, author);
        if held.contains(Permissions::READ_MESSAGE_HISTORY) {
            Ok(())
        } else {
            Err(ApiError::NO_HISTORY_TO_REPLY)
        }
    }

    /// Posts unless the same author's nonce stands for a message already, which is then the answer.
    pub(crate) fn post_once(
        &mut self,
        author: UserId,
        channel: ChannelId,
        draft: Draft,
    ) -> Ruling<MessageId> {
        let Some(nonce) = draft
            .nonce
            .as_ref()
            .map(|nonce| format!("{author}/{nonce}"))
        else {
            return self.post(author, channel, draft);
        };
        let at = self.now();
        self.nonces.retain(|_, known| at - known.at < NONCE_AGE);
        let known = self.nonces.get(&nonce).copied();
        let stands = known.filter(|known| self.message(known.channel, known.message).is_some());
        if let Some(known) = stands {
            return Ok(known.message);
        }
        let message = self.post(author, channel, draft)?;
        let made = Nonce {
            at,
            channel,
            message,
        };
        self.nonces.insert(nonce, made);
        Ok(message)
    }

    /// Puts a message into a channel without asking whether it may stand there.
    pub(crate) fn place_message(
        &mut self,
        author: UserId,
        channel: ChannelId,
        draft: Draft,
    ) -> MessageId {
        let (id, at) = (MessageId(self.next_id()), self.now());
        let guild = self.channels.get(&channel).and_then(|place| place.guild);
        let mut message = Message {
            id,
            channel,
            guild,
            author,
            content: draft.content,
            at,
            edited_at: None,
            embeds: draft.embeds.into_iter().map(rich).collect(),
            components: draft.components,
            attachments: draft.attachments,
            flags: draft.flags,
            reply_to: draft.reply_to,
            mentions: Vec::new(),
            mention_roles: Vec::new(),
            mention_everyone: false,
            interaction: draft.origin,
            nonce: draft.nonce,
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

    fn resolve_mentions(&self, message: &mut Message, allowed: Option<&AllowedMentions>) {
        if !message.content.contains('@') {
            return;
        }
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
    fn tell_message(&mut self, name: &str, message: &Message) {
        if message.is_ephemeral() || !self.bot_sees(message.channel) {
            return;
        }
        let wire = MessageWire::gateway(self, message);
        let full = text(&wire);
        // A bot reads its own messages, its direct messages and what mentions it without the intent.
        let own = message.author == self.bot.user || message.guild.is_none();
        let strip = self.strips_content && !own && !message.mentions.contains(&self.bot.user);
        let stripped = strip.then(|| text(&wire.stripped()));
        self.emit(Event {
            name: name.to_owned(),
            guild: message.guild,
            intents: message_intent(message.guild),
            body: Body::Message { full, stripped },
        });
    }

    fn bot_sees(&self, channel: ChannelId) -> bool {
        let guild = self.channels.get(&channel).and_then(|place| place.guild);
        guild.is_none_or(|guild| self.bot_hears(guild))
            && self
                .permissions_in(channel, self.bot.user)
                .contains(Permissions::VIEW_CHANNEL)
    }

    /// Edits one's own message.
    pub(crate) fn edit(
        &mut self,
        actor: UserId,
        channel: ChannelId,
        message: MessageId,
        edit: Edit,
    ) -> Ruling {
        self.require_in(actor, channel, Permissions::NONE)?;
        let found = self
            .message(channel, message)
            .ok_or(ApiError::UNKNOWN_MESSAGE)?;
        if found.author != actor {
            return Err(ApiError::NOT_THE_AUTHOR);
        }
        self.rewrite(channel, message, edit)
    }

    /// Changes a message without asking who does it.
    pub(crate) fn rewrite(&mut self, channel: ChannelId, message: MessageId, edit: Edit) -> Ruling {
        let at = self.now();
        let found = self
            .message(channel, message)
            .ok_or(ApiError::UNKNOWN_MESSAGE)?;
        let mut changed = found.clone();
        changed.content = edit.content.unwrap_or(changed.content);
        if let Some(embeds) = edit.embeds {
            changed.embeds = embeds.into_iter().map(rich).collect();
        }
        changed.components = edit.components.unwrap_or(changed.components);
        changed.attachments = edit.attachments.unwrap_or(changed.attachments);
        changed.flags = edit.flags.unwrap_or(changed.flags);
        changed.edited_at = Some(at);
        limits::contents(&changed.content, &changed.embeds, &changed.components)?;
        self.resolve_mentions(&mut changed, None);
        self.tell_message("MESSAGE_UPDATE", &changed);
        if let Some(list) = self.messages.get_mut(&channel) {
            list.insert(message, changed);
        }
        Ok(())
    }

    /// Deletes one's own message, or anybody's with Manage Messages.
    pub(crate) fn delete(
        &mut self,
        actor: UserId,
        channel: ChannelId,
        message: MessageId,
        reason: Option<String>,
    ) -> Ruling {
        self.require_in(actor, channel, Permissions::NONE)?;
        let found = self
            .message(channel, message)
            .ok_or(ApiError::UNKNOWN_MESSAGE)?;
        let (author, guild) = (found.author, found.guild);
        if author == actor {
            self.erase(channel, &[message]);
            return Ok(());
        }
        self.require_in(actor, channel, Permissions::MANAGE_MESSAGES)?;
        self.erase(channel, &[message]);
        if let Some(guild) = guild {
            let deed = Deed {
                actor,
                guild,
                reason,
            };
            let entry = Entry {
                options: json!({"channel_id": channel, "count": "1"}),
                ..Entry::about(audit::MESSAGE_DELETE, author)
            };
            self.log_audit(&deed, entry);
        }
        Ok(())
    }

    /// Deletes 2 to 100 messages with Manage Messages, none older than 14 days. Unknown ones are passed over.
    pub(crate) fn bulk_delete(
        &mut self,
        deed: &Deed,
        channel: ChannelId,
        messages: &[MessageId],
    ) -> Ruling {
        self.require_in(deed.actor, channel, Permissions::MANAGE_MESSAGES)?;
        if !(2..=100).contains(&messages.len()) {
            return Err(ApiError::WRONG_NUMBER_TO_DELETE);
        }
        let oldest = self.now() - limits::BULK_DELETE_AGE;
        if messages.iter().any(|id| id.created_at() < oldest) {
            return Err(ApiError::TOO_OLD_TO_BULK_DELETE);
        }
        let gone = self.erase(channel, messages);
        let entry = Entry {
            action: audit::MESSAGE_BULK_DELETE,
            target: Some(channel.0),
            changes: Value::Null,
            options: json!({"count": gone.to_string()}),
        };
        self.log_audit(deed, entry);
        Ok(())
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

    /// The conversation of the bot with a user; opened if there is none.
    pub(crate) fn direct_with(&mut self, user: UserId) -> ChannelId {
        if let Some(id) = self.direct.get(&user) {
            return *id;
        }
        let id = ChannelId(self.next_id());
        let mut channel = Channel::new(id, None, ChannelKind::Direct);
        channel.recipient = Some(user);
        self.channels.insert(id, channel);
        self.direct.insert(user, id);
        id
    }
}

fn message_intent(guild: Option<GuildId>) -> u64 {
    match guild {
        Some(_) => intents::GUILD_MESSAGES,
        None => intents::DIRECT_MESSAGES,
    }
}

/// Embeds sent by anyone but Discord itself are of the rich type.
fn rich(mut embed: Value) -> Value {
    if let Value::Object(map) = &mut embed {
        map.entry("type").or_insert_with(|| json!("rich"));
    }
    embed
}

/// The users and roles that a text mentions: `<@id>`, `<@!id>`, `<@&id>`.
fn mentioned(text: &str) -> (Vec<UserId>, Vec<RoleId>) {
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
