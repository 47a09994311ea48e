//! The gateway face: sessions over WebSocket, with sequence numbers, heartbeats and resumption.

mod chunk;
mod delay;
mod disorder;
mod handshake;
mod outage;
mod session;
pub(crate) mod socket;
mod starts;
mod stored;
pub(crate) mod transport;

pub(crate) use handshake::{RESUME_PATH, application_flags, ends_session};
pub(crate) use session::{Line, Outgoing, Session};

use chrono::{DateTime, Utc};

use super::world::World;
use super::world::event::{Body, Event, intents};
use super::world::wire::guild::guild_create;
use delay::Latency;
use disorder::Disorder;
use outage::Outage;
use starts::Starts;

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
    /// Session starts, as `GET /gateway/bot` counts them.
    pub(crate) starts: Starts,
    /// Faults in the order of events.
    pub(crate) disorder: Disorder,
    /// Whether events carry fields that nobody knows, with unknown events between them.
    strange: bool,
    /// The youngest connection whose heartbeats stay without an acknowledgement, with all before it.
    deaf_to: u64,
    /// Whether anybody is let in.
    pub(crate) outage: Outage,
    /// How long frames are on their way.
    pub(crate) latency: Latency,
    lines: u64,
}

impl Gateway {
    /// Hands what the world says to every session that may hear it.
    pub(crate) fn deliver(&mut self, world: &mut World) {
        if world.outbox.is_empty() {
            return;
        }
        let said = std::mem::take(&mut world.outbox);
        let mut sent = self.disorder.upset(said);
        for event in &sent {
            self.dispatch(world, event);
        }
        // The next events find its memory still there.
        sent.clear();
        world.outbox = sent;
    }

    /// Adds to every event what nobody knows yet, or leaves it out again.
    pub(crate) fn estrange(&mut self, strange: bool) {
        self.strange = strange;
        for session in &mut self.sessions {
            session.strange = strange;
        }
    }

    /// Acknowledges no heartbeat of the connections that there are, or of all of them again.
    pub(crate) fn ignore_heartbeats(&mut self, ignored: bool) {
        self.deaf_to = if ignored { self.lines } else { 0 };
    }

    /// Whether a connection's heartbeats are acknowledged.
    fn hears(&self, line: u64) -> bool {
        line > self.deaf_to
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
    pub(crate) fn hang_up(&mut self, line: u64, now: DateTime<Utc>) {
        if let Some(session) = self.session_on(line) {
            session.hang_up(now);
        }
    }

    /// The client has closed its connection for good (1000 or 1001), which ends the session.
    pub(crate) fn end(&mut self, line: u64) {
        let own = |one: &Session| one.line.as_ref().is_some_and(|own| own.id == line);
        self.sessions.retain(|one| !own(one));
    }

    /// The session on a connection.
    pub(crate) fn session_on(&mut self, line: u64) -> Option<&mut Session> {
        let own = |one: &&mut Session| one.line.as_ref().is_some_and(|own| own.id == line);
        self.sessions.iter_mut().find(own)
    }

    /// Ends every session: its connection is closed and cannot be resumed.
    pub(crate) fn end_all(&mut self, code: u16, reason: &'static str) {
        self.each_line(|line| line.send(Outgoing::Close(code, reason)));
        self.sessions.clear();
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
