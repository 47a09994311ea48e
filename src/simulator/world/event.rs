//! What the world tells the gateway.

use crate::domain::ids::GuildId;

/// Gateway intents, from Discord's page on the gateway.
pub(crate) mod intents {
    pub(crate) const GUILDS: u64 = 1;
    pub(crate) const GUILD_MEMBERS: u64 = 1 << 1;
    pub(crate) const GUILD_MODERATION: u64 = 1 << 2;
    pub(crate) const GUILD_INVITES: u64 = 1 << 6;
    pub(crate) const GUILD_PRESENCES: u64 = 1 << 8;
    pub(crate) const GUILD_MESSAGES: u64 = 1 << 9;
    pub(crate) const GUILD_MESSAGE_REACTIONS: u64 = 1 << 10;
    pub(crate) const DIRECT_MESSAGES: u64 = 1 << 12;
    pub(crate) const DIRECT_MESSAGE_REACTIONS: u64 = 1 << 13;
    pub(crate) const MESSAGE_CONTENT: u64 = 1 << 15;
    pub(crate) const AUTO_MODERATION_CONFIGURATION: u64 = 1 << 20;
    pub(crate) const AUTO_MODERATION_EXECUTION: u64 = 1 << 21;
    /// Intents that must be granted to an application first.
    pub(crate) const PRIVILEGED: u64 = GUILD_MEMBERS | GUILD_PRESENCES | MESSAGE_CONTENT;
    /// Every intent that Discord knows: bits 0-16, 20, 21, 24, 25.
    pub(crate) const ALL: u64 = 0x1_ffff | (3 << 20) | (3 << 24);
}

/// One dispatch, rendered once however many sessions receive it.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) name: String,
    /// The guild that decides the shard; none goes to shard 0.
    pub(crate) guild: Option<GuildId>,
    /// A session receives it if it has one of these; 0 is for every session.
    pub(crate) intents: u64,
    pub(crate) body: Body,
}

#[derive(Clone, Debug)]
pub(crate) enum Body {
    Json(String),
    /// A message, in full and for sessions without the content intent. The second is rendered only when such a
    /// session exists.
    Message {
        full: String,
        stripped: Option<String>,
    },
    /// A guild's whole state, which depends on the session's intents.
    Guild(GuildId),
}

impl Event {
    pub(crate) fn new(name: &str, guild: Option<GuildId>, intents: u64, body: String) -> Self {
        Self {
            name: name.to_owned(),
            guild,
            intents,
            body: Body::Json(body),
        }
    }
}
