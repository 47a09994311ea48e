//! serenity's events in our words. Pure, and without a copy of any text.

mod audit;
mod bare;
mod guild;
#[cfg(test)]
mod tests;

use serenity::model::channel::{Message as DiscordMessage, MessageType};
use serenity::model::event::{Event as DiscordEvent, MessageUpdateEvent};
use serenity::model::guild::{Member, PartialMember};
use serenity::model::id as discord;
use serenity::model::misc::ImageHash;
use serenity::model::user::User;

use crate::domain::avatar::Avatar;
use crate::domain::event::{Author, Event, Message};
use crate::domain::ids::{ChannelId, GuildId, MessageId, RoleId, UserId};

/// What an event of Discord's means for us.
#[derive(Debug)]
pub(super) enum Translated {
    /// One event of a guild, as nearly always.
    One(GuildId, Event),
    /// Several events of a guild, in order.
    Many(GuildId, Vec<Event>),
    /// Something outside a guild, such as a direct message.
    NoGuild,
    /// Nothing that anybody asks for.
    Nothing,
}

/// Translates one event. `bot` is the bot's own user, known since READY.
pub(super) fn translate(event: DiscordEvent, bot: UserId) -> Translated {
    use DiscordEvent as D;
    use Translated::{Many, Nothing, One};
    match event {
        D::MessageCreate(event) => posted(event.message),
        D::MessageUpdate(event) => edited(event),
        D::GuildMemberAdd(event) => joined(event.member),
        D::GuildMemberRemove(event) => One(
            guild_id(event.guild_id),
            Event::MemberLeft(user_id(event.user.id)),
        ),
        D::GuildMemberUpdate(event) if user_id(event.user.id) == bot => One(
            guild_id(event.guild_id),
            Event::BotRolesChanged(role_ids(event.roles)),
        ),
        D::GuildCreate(event) => guild::available(event.guild, bot),
        D::GuildUpdate(event) => guild::renamed(event.guild),
        D::GuildDelete(event) => guild::gone(&event.guild),
        D::GuildRoleCreate(event) => guild::role_changed(event.role),
        D::GuildRoleUpdate(event) => guild::role_changed(event.role),
        D::GuildRoleDelete(event) => One(
            guild_id(event.guild_id),
            Event::RoleDeleted(RoleId(event.role_id.get())),
        ),
        D::ChannelCreate(event) => guild::channel_changed(event.channel),
        D::ChannelUpdate(event) => guild::channel_changed(event.channel),
        D::ChannelDelete(event) => guild::channel_deleted(event.channel.guild_id, event.channel.id),
        D::ThreadCreate(event) => guild::channel_changed(event.thread),
        D::ThreadUpdate(event) => guild::channel_changed(event.thread),
        D::ThreadDelete(event) => guild::channel_deleted(event.thread.guild_id, event.thread.id),
        D::ThreadListSync(event) => {
            let threads = event.threads.into_iter().map(guild::channel);
            Many(
                guild_id(event.guild_id),
                threads.map(Event::ChannelChanged).collect(),
            )
        }
        D::GuildAuditLogEntryCreate(event) => audit::told(event),
        D::Unknown(event) => bare::translate(&event.kind, event.value),
        _ => Nothing,
    }
}

/// Whether a member's message says nothing at all, which Discord does not allow: without the MESSAGE_CONTENT intent it
/// leaves out the text and everything attached. Stickers and forwards come without text in any case.
pub(super) fn lacks_contents(message: &DiscordMessage) -> bool {
    matches!(
        message.kind,
        MessageType::Regular | MessageType::InlineReply
    ) && message.content.is_empty()
        && message.attachments.is_empty()
        && message.embeds.is_empty()
        && message.components.is_empty()
        && message.sticker_items.is_empty()
        && message.message_snapshots.is_empty()
        && message.poll.is_none()
        && message.activity.is_none()
        && message.guild_id.is_some()
        && !message.author.bot
        && message.webhook_id.is_none()
}

fn posted(message: DiscordMessage) -> Translated {
    let Some(guild) = message.guild_id else {
        return Translated::NoGuild;
    };
    let mut content = message.content;
    // A forward has no text of its own; what it shows is judged as if it had been written here.
    for snapshot in message.message_snapshots {
        if content.is_empty() {
            content = snapshot.content;
        } else {
            content.push('\n');
            content.push_str(&snapshot.content);
        }
    }
    let message = Message {
        id: MessageId(message.id.get()),
        channel: ChannelId(message.channel_id.get()),
        author: author(message.author, message.member, message.webhook_id.is_some()),
        content,
    };
    Translated::One(guild_id(guild), Event::MessagePosted(message))
}

/// Discord also sends an update when a link's preview appears or a message is pinned. Only what a person changed is an
/// edit, and only what brings a text and its author can be judged.
fn edited(event: MessageUpdateEvent) -> Translated {
    let Some(guild) = event.guild_id else {
        return Translated::NoGuild;
    };
    let (Some(content), Some(user), Some(_)) =
        (event.content, event.author, event.edited_timestamp)
    else {
        return Translated::Nothing;
    };
    let webhook = event.webhook_id.flatten().is_some();
    let message = Message {
        id: MessageId(event.id.get()),
        channel: ChannelId(event.channel_id.get()),
        author: author(user, event.member.flatten(), webhook),
        content,
    };
    Translated::One(guild_id(guild), Event::MessageEdited(message))
}

fn joined(member: Member) -> Translated {
    let guild = guild_id(member.guild_id);
    let user = member.user;
    let author = Author {
        id: user_id(user.id),
        bot: user.bot || user.system,
        discriminator: user.discriminator,
        avatar: user.avatar.and_then(avatar),
        name: user.name,
        roles: role_ids(member.roles),
        joined_at: member.joined_at.map(|at| at.to_utc()),
    };
    Translated::One(guild, Event::MemberJoined(author))
}

fn author(user: User, member: Option<Box<PartialMember>>, webhook: bool) -> Author {
    let joined_at = member.as_ref().and_then(|member| member.joined_at);
    Author {
        id: user_id(user.id),
        bot: user.bot || user.system || webhook,
        discriminator: user.discriminator,
        avatar: user.avatar.and_then(avatar),
        name: user.name,
        roles: member.map_or_else(Vec::new, |member| role_ids(member.roles)),
        joined_at: joined_at.map(|at| at.to_utc()),
    }
}

fn avatar(hash: ImageHash) -> Option<Avatar> {
    hash.to_string().parse().ok()
}

const fn guild_id(id: discord::GuildId) -> GuildId {
    GuildId(id.get())
}

const fn user_id(id: discord::UserId) -> UserId {
    UserId(id.get())
}

fn role_ids(ids: Vec<discord::RoleId>) -> Vec<RoleId> {
    ids.into_iter().map(|id| RoleId(id.get())).collect()
}
