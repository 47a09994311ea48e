//! A message on the wire. The one thing that comes in floods, so it is rendered without detours.

use serde::Serialize;
use serde_json::Value;

use super::{MemberWire, UserWire, time};
use crate::domain::ids::{ChannelId, GuildId, MessageId, RoleId, UserId};
use crate::simulator::world::World;
use crate::simulator::world::message::{Message, Origin, Reaction, SUPPRESS_EMBEDS};
use crate::simulator::world::people::User;

#[derive(Debug, Serialize)]
pub(crate) struct MessageWire<'a> {
    id: MessageId,
    channel_id: ChannelId,
    #[serde(rename = "type")]
    kind: u8,
    author: Option<UserWire<'a>>,
    content: &'a str,
    timestamp: String,
    edited_timestamp: Option<String>,
    tts: bool,
    mention_everyone: bool,
    mentions: Vec<MentionWire<'a>>,
    mention_roles: &'a [RoleId],
    attachments: &'a [Value],
    embeds: &'a [Value],
    components: &'a [Value],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reactions: Vec<ReactionWire<'a>>,
    pinned: bool,
    flags: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    application_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    webhook_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    interaction_metadata: Option<OriginWire<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_reference: Option<ReferenceWire>,
    #[serde(skip_serializing_if = "Option::is_none")]
    referenced_message: Option<Option<Box<MessageWire<'a>>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    guild_id: Option<GuildId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    member: Option<MemberWire<'a>>,
}

/// Who is mentioned; events say what the user is in the guild, too.
#[derive(Debug, Serialize)]
struct MentionWire<'a> {
    #[serde(flatten)]
    user: UserWire<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    member: Option<MemberWire<'a>>,
}

#[derive(Debug, Serialize)]
struct ReactionWire<'a> {
    emoji: EmojiWire<'a>,
    count: usize,
    count_details: CountWire,
    burst_colors: [&'a str; 0],
    me_burst: bool,
    me: bool,
}

#[derive(Debug, Serialize)]
pub(crate) struct EmojiWire<'a> {
    id: Option<&'a str>,
    name: &'a str,
}

#[derive(Debug, Serialize)]
struct CountWire {
    burst: usize,
    normal: usize,
}

impl<'a> EmojiWire<'a> {
    /// An emoji as a path names it: itself, or `name:id`.
    pub(crate) fn of(emoji: &'a str) -> Self {
        match emoji.split_once(':') {
            Some((name, id)) => Self { id: Some(id), name },
            None => Self {
                id: None,
                name: emoji,
            },
        }
    }
}

impl<'a> ReactionWire<'a> {
    fn of(world: &World, reaction: &'a Reaction) -> Self {
        let count = reaction.users.len();
        Self {
            emoji: EmojiWire::of(&reaction.emoji),
            count,
            count_details: CountWire {
                burst: 0,
                normal: count,
            },
            burst_colors: [],
            me_burst: false,
            me: reaction.users.contains(&world.bot.user),
        }
    }
}

#[derive(Debug, Serialize)]
struct ReferenceWire {
    #[serde(rename = "type")]
    kind: u8,
    message_id: MessageId,
    channel_id: ChannelId,
    #[serde(skip_serializing_if = "Option::is_none")]
    guild_id: Option<GuildId>,
}

#[derive(Debug, Serialize)]
struct OriginWire<'a> {
    id: String,
    #[serde(rename = "type")]
    kind: u8,
    #[serde(skip_serializing_if = "str::is_empty")]
    name: &'a str,
    user: Option<UserWire<'a>>,
    authorizing_integration_owners: serde_json::Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    interacted_message_id: Option<MessageId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    triggering_interaction_metadata: Option<Box<OriginWire<'a>>>,
}

impl<'a> MessageWire<'a> {
    /// As REST answers it.
    pub(crate) fn rest(world: &'a World, message: &'a Message) -> Self {
        Self {
            referenced_message: message.answered().map(|replied| {
                let replied = world.message(message.channel, replied);
                replied.map(|replied| Box::new(Self::plain(world, replied)))
            }),
            ..Self::plain(world, message)
        }
    }

    /// As the gateway sends it: with guild and member.
    pub(crate) fn gateway(world: &'a World, message: &'a Message) -> Self {
        let guild = message.guild.and_then(|id| world.guilds.get(&id));
        let member = |user| guild.and_then(|guild| guild.members.get(user));
        let mut wire = Self::rest(world, message);
        for mention in &mut wire.mentions {
            mention.member = member(&mention.user.id).map(MemberWire::without_user);
        }
        Self {
            guild_id: message.guild,
            member: member(&message.author).map(MemberWire::without_user),
            ..wire
        }
    }

    /// What a bot without the content intent sees of a message that is neither its own nor meant for it.
    pub(crate) fn stripped(mut self, bot: UserId) -> Self {
        self.content = "";
        self.embeds = &[];
        self.attachments = &[];
        self.components = &[];
        let own = |replied: &MessageWire<'_>| {
            let author = replied.author.as_ref();
            author.is_some_and(|author| author.id == bot)
        };
        if let Some(Some(replied)) = self.referenced_message.take_if(|replied| {
            let replied = replied.as_ref();
            replied.is_some_and(|replied| !own(replied))
        }) {
            self.referenced_message = Some(Some(Box::new(replied.stripped(bot))));
        }
        self
    }

    /// As REST shows it, to an application that may read all contents or not.
    pub(crate) fn shown(world: &'a World, message: &'a Message, contents: bool) -> Self {
        let wire = Self::rest(world, message);
        if contents || world.is_for_the_bot(message) {
            wire
        } else {
            wire.stripped(world.bot.user)
        }
    }

    fn plain(world: &'a World, message: &'a Message) -> Self {
        let user = |id| world.users.get(id);
        let origin = message.interaction.as_deref();
        let application = || Some(world.bot.application.to_string());
        Self {
            id: message.id,
            channel_id: message.channel,
            kind: kind(message),
            author: user(&message.author).map(UserWire::of),
            content: &message.content,
            timestamp: time(message.at),
            edited_timestamp: message.edited_at.map(time),
            tts: false,
            mention_everyone: message.mention_everyone,
            mentions: named(message.mentions.iter().filter_map(user)),
            mention_roles: &message.mention_roles,
            attachments: &message.attachments,
            embeds: if message.flags & SUPPRESS_EMBEDS == 0 {
                &message.embeds
            } else {
                &[]
            },
            components: &message.components,
            reactions: message
                .reactions
                .iter()
                .map(|reaction| ReactionWire::of(world, reaction))
                .collect(),
            pinned: message.pinned_at.is_some(),
            flags: message.flags,
            nonce: message.nonce.as_ref(),
            application_id: origin.and_then(|_| application()),
            webhook_id: origin.and_then(|_| application()),
            interaction_metadata: origin.map(|origin| origin_wire(world, origin)),
            message_reference: message.reply_to.map(|replied| ReferenceWire {
                kind: 0,
                message_id: replied,
                channel_id: message.channel,
                guild_id: message.guild,
            }),
            referenced_message: None,
            guild_id: None,
            member: None,
        }
    }
}

/// Discord's number of the message's kind: 20 answers a command, 19 is a reply.
fn kind(message: &Message) -> u8 {
    if let Some(system) = message.system {
        return system;
    }
    match (&message.interaction, message.reply_to) {
        (Some(origin), _) if origin.kind == 2 => 20,
        (_, Some(_)) => 19,
        _ => 0,
    }
}

fn named<'a>(users: impl Iterator<Item = &'a User>) -> Vec<MentionWire<'a>> {
    let mention = |user| MentionWire {
        user: UserWire::of(user),
        member: None,
    };
    users.map(mention).collect()
}

fn origin_wire<'a>(world: &'a World, origin: &'a Origin) -> OriginWire<'a> {
    OriginWire {
        id: origin.id.to_string(),
        kind: origin.kind,
        name: &origin.name,
        user: world.users.get(&origin.user).map(UserWire::of),
        authorizing_integration_owners: serde_json::Map::new(),
        // A form's submission has what opened it instead.
        interacted_message_id: origin.source.filter(|_| origin.trigger.is_none()),
        triggering_interaction_metadata: origin
            .trigger
            .as_deref()
            .map(|trigger| Box::new(origin_wire(world, trigger))),
    }
}
