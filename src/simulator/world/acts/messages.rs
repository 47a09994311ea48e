//! Posting, editing and deleting messages.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::placing::{numbered, rich};
use super::{Entry, audit};
use crate::domain::ids::{ChannelId, MessageId, UserId};
use crate::simulator::rules::error::{ApiError, Ruling};
use crate::simulator::rules::form::wrong;
use crate::simulator::rules::limits;
use crate::simulator::world::channel::{Channel, ChannelKind};
use crate::simulator::world::files::NewFile;
use crate::simulator::world::message::{Draft, Edit, Message, SUPPRESS_EMBEDS};
use crate::simulator::world::people::Deed;
use crate::simulator::world::permission::Permissions;
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
            _ => {
                self.may_write(author, channel, &draft)?;
                self.may_write_again(author, channel)?;
                self.wake_thread(author, channel)?;
            }
        }
        if let Some(replied) = draft.reply_to {
            self.may_reply(author, channel, replied)?;
        }
        self.automod(author, channel, &draft.content)?;
        self.enter_thread(author, channel, &draft.content);
        let nonce = nonce_of(author, &draft);
        let message = self.place_message(author, channel, draft);
        if let Some(nonce) = nonce {
            let at = self.now();
            let made = Nonce {
                at,
                channel,
                message,
            };
            self.nonces.retain(|_, known| at - known.at < NONCE_AGE);
            self.nonces.insert(nonce, made);
        }
        Ok(message)
    }

    /// Slow mode: a pause between two messages of one member, but not of bots and who may pass it by.
    fn may_write_again(&self, author: UserId, channel: ChannelId) -> Ruling {
        let place = self.channels.get(&channel);
        let pause = place.map_or(0, |place| i64::from(place.slowmode_secs));
        let exempt = Permissions::BYPASS_SLOWMODE;
        let bot = self.users.get(&author).is_some_and(|user| user.bot);
        if pause == 0 || bot || self.permissions_in(channel, author).contains(exempt) {
            return Ok(());
        }
        let (now, pause) = (self.now(), TimeDelta::seconds(pause));
        let written = self.written_since(channel, author, now - pause);
        let last = written.iter().filter_map(|id| self.message(channel, *id));
        let Some(last) = last.map(|message| message.at).max() else {
            return Ok(());
        };
        let wait = (last + pause - now).as_seconds_f64();
        Err(ApiError {
            retry_after: Some(wait),
            ..ApiError::SLOWMODE
        })
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
        if !draft.attachments.is_empty() || !draft.files.is_empty() {
            needed = needed | Permissions::ATTACH_FILES;
        }
        self.require_in(author, channel, needed).map(|_| ())
    }

    fn may_reply(&self, author: UserId, channel: ChannelId, replied: MessageId) -> Ruling {
        // Who may not read the history does not learn what is in it.
        let held = self.permissions_in(channel, author);
        if !held.contains(Permissions::READ_MESSAGE_HISTORY) {
            return Err(ApiError::NO_HISTORY_TO_REPLY);
        }
        if self.shown_message(channel, replied).is_ok() {
            return Ok(());
        }
        let path = "message_reference";
        Err(wrong(path, "REPLYING_UNKNOWN_MESSAGE", "Unknown message"))
    }

    /// Posts unless the same author's nonce stands for a message already, wherever that is: it is then the answer.
    pub(crate) fn post_once(
        &mut self,
        author: UserId,
        channel: ChannelId,
        draft: Draft,
    ) -> Ruling<(ChannelId, MessageId)> {
        let at = self.now();
        let nonce = nonce_of(author, &draft);
        let known = nonce.and_then(|nonce| self.nonces.get(&nonce).copied());
        let stands = known.filter(|known| {
            at - known.at < NONCE_AGE && self.message(known.channel, known.message).is_some()
        });
        if let Some(known) = stands {
            return Ok((known.channel, known.message));
        }
        let message = self.post(author, channel, draft)?;
        Ok((channel, message))
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
        let found = self.shown_message(channel, message)?;
        if found.author != actor {
            // Others' embeds may be hidden by who moderates, and nothing else of theirs be changed.
            if edit.says_something() || edit.suppress.is_none() {
                return Err(ApiError::NOT_THE_AUTHOR);
            }
            self.require_in(actor, channel, Permissions::MANAGE_MESSAGES)?;
        } else if let Some(text) = &edit.content {
            self.automod(actor, channel, text)?;
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
        if edit.says_something() || edit.flags.is_some() {
            changed.edited_at = Some(at);
        }
        let reworded = edit.content.is_some();
        let allowed = edit.allowed_mentions.clone();
        let files = apply(edit, &mut changed);
        let says_nothing = changed.content.trim().is_empty()
            && changed.embeds.is_empty()
            && changed.components.is_empty()
            && changed.attachments.is_empty()
            && files.is_empty();
        if says_nothing {
            return Err(ApiError::EMPTY_MESSAGE);
        }
        limits::contents(
            &changed.content,
            &changed.embeds,
            &changed.components,
            changed.flags,
        )?;
        for file in files {
            changed.attachments.push(self.keep_file(channel, file));
        }
        // Discord reads the mentions of a new text from scratch, whatever the message was once allowed.
        if reworded {
            self.resolve_mentions(&mut changed, allowed.as_ref());
        }
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
        let found = self.shown_message(channel, message)?;
        let (author, guild) = (found.author, found.guild);
        if author == actor {
            self.erase(channel, &[message]);
            return Ok(());
        }
        self.require_in(actor, channel, Permissions::MANAGE_MESSAGES)?;
        self.deleters.push((message, actor));
        self.erase(channel, &[message]);
        // What bots delete one by one Discord does not write down.
        let by_bot = self.users.get(&actor).is_some_and(|user| user.bot);
        if let Some(guild) = guild.filter(|_| !by_bot) {
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
        let shown = messages.iter().copied();
        let shown: Vec<MessageId> = shown
            .filter(|id| self.shown_message(channel, *id).is_ok())
            .collect();
        let gone = self.erase(channel, &shown);
        let entry = Entry {
            action: audit::MESSAGE_BULK_DELETE,
            target: Some(channel.0),
            changes: Value::Null,
            options: json!({"count": gone.to_string()}),
        };
        self.log_audit(deed, entry);
        Ok(())
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

/// What tells a nonce of this author from those of others.
fn nonce_of(author: UserId, draft: &Draft) -> Option<String> {
    let nonce = draft.nonce.as_ref()?;
    Some(format!("{author}/{nonce}"))
}

/// Changes what is to be changed; the files that are added come back.
fn apply(edit: Edit, message: &mut Message) -> Vec<NewFile> {
    if let Some(content) = edit.content {
        message.content = content;
    }
    if let Some(embeds) = edit.embeds {
        message.embeds = embeds.into_iter().map(rich).collect();
    }
    if let Some(components) = edit.components {
        message.components = numbered(components);
    }
    if let Some(listed) = edit.attachments {
        // Only what stands there can stay; what is left out goes.
        let stays = |known: &Value| listed.iter().any(|one| one["id"] == known["id"]);
        message.attachments.retain(stays);
    }
    message.flags = edit.flags.unwrap_or(message.flags);
    match edit.suppress {
        Some(true) => message.flags |= SUPPRESS_EMBEDS,
        Some(false) => message.flags &= !SUPPRESS_EMBEDS,
        None => {}
    }
    edit.files
}
