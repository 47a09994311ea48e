//! The gateway face: sessions over WebSocket, with sequence numbers, heartbeats and resumption.

mod chunk;
mod handshake;
mod session;
pub(crate) mod socket;

pub(crate) use handshake::application_flags;
pub(crate) use session::{Line, Outgoing, Session};

use super::world::World;
use super::world::event::{Body, Event, intents};
use super::world::wire::guild::guild_create;

/// Every session that the bot has, connected or waiting to be resumed.
#[derive(Debug, Default)]
pub(crate) struct Gateway {
    pub(crate) sessions: Vec<Session>,
    /// Dispatches handed to sessions.
    pub(crate) events_sent: u64,
    /// How often IDENTIFY opened a session.
    pub(crate) identified: u64,
    /// How often RESUME took one up again.
    pub(crate) resumed: u64,
    /// How many of the next events are sent twice.
    pub(crate) duplicates: u32,
    /// Whether heartbeats stay without an acknowledgement.
    pub(crate) deaf: bool,
    lines: u64,
}

impl Gateway {
    /// Hands what the world says to every session that may hear it.
    pub(crate) fn deliver(&mut self, world: &mut World) {
        let said = std::mem::take(&mut world.outbox);
        for event in &said {
            let times = if self.duplicates > 0 {
                self.duplicates -= 1;
                2
            } else {
                1
            };
            for _ in 0..times {
                self.dispatch(world, event);
            }
        }
    }

    fn dispatch(&mut self, world: &World, event: &Event) {
        for session in &mut self.sessions {
            if session.hears(event) {
                session.push_event(world, event);
                self.events_sent += 1;
            }
        }
    }

    pub(crate) fn next_line(&mut self) -> u64 {
        self.lines += 1;
        self.lines
    }

    /// The connection of a session has ended; the session waits to be resumed.
    pub(crate) fn hang_up(&mut self, line: u64) {
        for session in &mut self.sessions {
            if session.line.as_ref().is_some_and(|own| own.id == line) {
                session.line = None;
            }
        }
    }

    /// Does something with every live connection.
    pub(crate) fn each_line(&self, mut act: impl FnMut(&Line)) {
        for line in self.sessions.iter().filter_map(|one| one.line.as_ref()) {
            act(line);
        }
    }

    /// Frames that wait to be written, over all connections.
    pub(crate) fn backlog(&self) -> usize {
        let lines = self.sessions.iter().filter_map(|one| one.line.as_ref());
        lines.map(Line::backlog).sum()
    }

    /// Whether every shard that the bot announced is connected.
    pub(crate) fn is_complete(&self) -> bool {
        let live = || self.sessions.iter().filter(|one| one.line.is_some());
        let Some(total) = live().map(|one| one.shard.1).max() else {
            return false;
        };
        (0..total).all(|shard| live().any(|one| one.shard == (shard, total)))
    }

    pub(crate) fn strips_content(&self) -> bool {
        let blind = |one: &Session| one.intents & intents::MESSAGE_CONTENT == 0;
        self.sessions.iter().any(blind)
    }
}

impl Session {
    /// Renders an event for this session and sends it.
    pub(crate) fn push_event(&mut self, world: &World, event: &Event) {
        match &event.body {
            Body::Json(body) => self.push(&event.name, body),
            Body::Message { full, stripped } => {
                let blind = self.intents & intents::MESSAGE_CONTENT == 0;
                let stripped = stripped.as_deref().filter(|_| blind);
                self.push(&event.name, stripped.unwrap_or(full));
            }
            Body::Guild(id) => {
                if let Some(guild) = world.guilds.get(id) {
                    let body = guild_create(world, guild, self.listed_members()).to_string();
                    self.push(&event.name, &body);
                }
            }
        }
    }

    /// How many members GUILD_CREATE names to this session.
    fn listed_members(&self) -> usize {
        if self.intents & intents::GUILD_MEMBERS != 0 {
            self.large_threshold
        } else {
            1
        }
    }
}
