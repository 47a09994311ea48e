//! The state of the simulated Discord: who is there, what was said, what was done.

pub(crate) mod acts;
pub(crate) mod automod;
pub(crate) mod channel;
pub(crate) mod command;
mod dump;
pub(crate) mod event;
pub(crate) mod files;
pub(crate) mod guild;
pub(crate) mod interaction;
pub(crate) mod invite;
mod look;
pub(crate) mod message;
pub(crate) mod people;
pub(crate) mod permission;
pub(crate) mod saved;
pub(crate) mod snowflake;
pub(crate) mod wire;

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::clock::Clock;
use crate::domain::ids::{ChannelId, GuildId, MessageId, UserId};
use channel::Channel;
use command::Commands;
use event::Event;
use files::Files;
use guild::Guild;
use interaction::Interaction;
use invite::Invite;
use message::Message;
use people::User;
use snowflake::{Dice, Snowflakes};

/// Everything there is. Read it through [`Simulator::look`](super::Simulator::look) and
/// [`Simulator::wait_until`](super::Simulator::wait_until).
#[derive(Debug)]
pub struct World {
    pub(crate) clock: Clock,
    pub(crate) ids: Snowflakes,
    pub(crate) dice: Dice,
    pub(crate) bot: BotAccount,
    pub(crate) users: BTreeMap<UserId, User>,
    pub(crate) names: HashMap<String, UserId>,
    pub(crate) guilds: BTreeMap<GuildId, Guild>,
    pub(crate) channels: HashMap<ChannelId, Channel>,
    pub(crate) messages: HashMap<ChannelId, BTreeMap<MessageId, Message>>,
    pub(crate) direct: HashMap<UserId, ChannelId>,
    pub(crate) nonces: HashMap<String, Nonce>,
    pub(crate) invites: BTreeMap<String, Invite>,
    pub(crate) commands: Commands,
    pub(crate) files: Files,
    pub(crate) interactions: BTreeMap<u64, Interaction>,
    pub(crate) tokens: HashMap<String, u64>,
    pub(crate) limits: Limits,
    /// Whether some session must not see contents, so that events carry a second rendering.
    pub(crate) strips_content: bool,
    pub(crate) outbox: Vec<Event>,
    /// Who deleted which message in the change that is under way: not every deletion is in an audit log.
    pub(crate) deleters: Vec<(MessageId, UserId)>,
}

/// The bot's account and application. Discord gives both the same id to newer applications.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct BotAccount {
    pub(crate) user: UserId,
    pub(crate) application: u64,
    pub(crate) name: String,
}

/// The message that a nonce stands for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Nonce {
    pub(crate) at: DateTime<Utc>,
    pub(crate) channel: ChannelId,
    pub(crate) message: MessageId,
}

/// What the simulation is bounded by, beside Discord's own limits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Older messages of a channel are forgotten, so that a flood does not fill the memory.
    pub(crate) messages_per_channel: usize,
    /// How many users who are not members a guild may ban before error 30035; Discord's own number is unpublished.
    pub(crate) strangers_banned: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            messages_per_channel: 100_000,
            strangers_banned: 2_000,
        }
    }
}

impl World {
    pub(crate) fn new(clock: Clock, seed: u64) -> Self {
        let mut ids = Snowflakes::new(clock.now());
        let id = ids.past();
        let mut world = Self {
            ids,
            dice: Dice::new(seed),
            bot: BotAccount {
                user: UserId(id),
                application: id,
                name: "aimod".to_owned(),
            },
            clock,
            users: BTreeMap::new(),
            names: HashMap::new(),
            guilds: BTreeMap::new(),
            channels: HashMap::new(),
            messages: HashMap::new(),
            direct: HashMap::new(),
            nonces: HashMap::new(),
            invites: BTreeMap::new(),
            commands: Commands::default(),
            files: Files::default(),
            interactions: BTreeMap::new(),
            tokens: HashMap::new(),
            limits: Limits::default(),
            strips_content: false,
            outbox: Vec::new(),
            deleters: Vec::new(),
        };
        world.introduce_bot();
        world
    }

    fn introduce_bot(&mut self) {
        let (id, name) = (self.bot.user, self.bot.name.clone());
        let bot = User {
            id,
            name: name.clone(),
            display_name: Some("AIMod".to_owned()),
            bot: true,
            dms_open: false,
        };
        self.users.insert(id, bot);
        self.names.insert(name, id);
    }

    /// The time in the world.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    pub(crate) fn next_id(&mut self) -> u64 {
        let now = self.clock.now();
        self.ids.now(now)
    }

    pub(crate) fn emit(&mut self, event: Event) {
        self.outbox.push(event);
    }
}

#[cfg(test)]
mod tests;
