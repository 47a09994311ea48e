//! One session: its shard, its sequence, what it was sent, and the connection that it has or waits for.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::extract::ws::Utf8Bytes;
use tokio::sync::mpsc::UnboundedSender;

use crate::domain::ids::GuildId;
use crate::simulator::world::event::Event;

/// How many frames a session can replay. A client that missed more must identify again.
const REPLAYED: usize = 20_000;

/// What a connection's task does next.
#[derive(Debug)]
pub(crate) enum Outgoing {
    Frame(Utf8Bytes),
    Close(u16, &'static str),
    /// Ends the TCP connection without a close frame.
    Drop,
}

/// The way to one connection's task.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) id: u64,
    sender: UnboundedSender<Outgoing>,
    waiting: Arc<AtomicUsize>,
}

impl Line {
    pub(crate) fn new(id: u64, sender: UnboundedSender<Outgoing>) -> Self {
        Self {
            id,
            sender,
            waiting: Arc::default(),
        }
    }

    /// Hands something to the connection. If that has just ended, its session learns so at once after.
    pub(crate) fn send(&self, outgoing: Outgoing) {
        if self.sender.send(outgoing).is_ok() {
            self.waiting.fetch_add(1, Ordering::AcqRel);
        }
    }

    pub(crate) fn frame(&self, frame: impl Into<Utf8Bytes>) {
        self.send(Outgoing::Frame(frame.into()));
    }

    pub(crate) fn backlog(&self) -> usize {
        self.waiting.load(Ordering::Acquire)
    }

    /// Notes that `count` frames were written; whether none is left.
    pub(crate) fn written(&self, count: usize) -> bool {
        self.waiting.fetch_sub(count, Ordering::AcqRel) == count
    }
}

#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) id: String,
    /// Number and total.
    pub(crate) shard: (u32, u32),
    pub(crate) intents: u64,
    pub(crate) large_threshold: usize,
    pub(crate) line: Option<Line>,
    pub(crate) sequence: u64,
    sent: VecDeque<(u64, Utf8Bytes)>,
}

impl Session {
    pub(crate) fn new(id: String, shard: (u32, u32), intents: u64) -> Self {
        Self {
            id,
            shard,
            intents,
            large_threshold: 50,
            line: None,
            sequence: 0,
            sent: VecDeque::new(),
        }
    }

    /// Whether this session's shard and intents cover the event.
    pub(crate) fn hears(&self, event: &Event) -> bool {
        let intended = event.intents == 0 || event.intents & self.intents != 0;
        intended && self.covers(event.guild)
    }

    /// Discord's rule: shard = (guild id >> 22) mod total; what has no guild goes to shard 0.
    pub(crate) fn covers(&self, guild: Option<GuildId>) -> bool {
        let (number, total) = self.shard;
        let shard = guild.map_or(0, |id| (id.0 >> 22) % u64::from(total.max(1)));
        shard == u64::from(number)
    }

    /// Sends a dispatch and keeps it for a replay.
    pub(crate) fn push(&mut self, name: &str, body: &str) {
        self.sequence += 1;
        let frame = Utf8Bytes::from(format!(
            r#"{{"op":0,"s":{},"t":"{name}","d":{body}}}"#,
            self.sequence
        ));
        if self.sent.len() == REPLAYED {
            self.sent.pop_front();
        }
        self.sent.push_back((self.sequence, frame.clone()));
        if let Some(line) = &self.line {
            line.frame(frame);
        }
    }

    /// Whether everything after `seen` is still kept.
    pub(crate) fn can_replay_after(&self, seen: u64) -> bool {
        let oldest = self.sent.front().map_or(1, |(sequence, _)| *sequence);
        seen <= self.sequence && seen + 1 >= oldest
    }

    /// Sends everything after `seen` again, in order.
    pub(crate) fn replay_after(&self, seen: u64) {
        let Some(line) = &self.line else { return };
        for (_, frame) in self.sent.iter().filter(|(sequence, _)| *sequence > seen) {
            line.frame(frame.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc;

    use super::*;

    fn frames(receiver: &mut mpsc::UnboundedReceiver<Outgoing>) -> Vec<String> {
        let mut seen = Vec::new();
        while let Ok(Outgoing::Frame(frame)) = receiver.try_recv() {
            seen.push(frame.as_str().to_owned());
        }
        seen
    }

    #[test]
    fn a_resumed_session_gets_what_it_missed_in_order() {
        let mut session = Session::new("s".to_owned(), (0, 1), 0);
        for text in ["1", "2", "3"] {
            session.push("X", text);
        }
        let (sender, mut receiver) = mpsc::unbounded_channel();
        session.line = Some(Line::new(1, sender));
        session.replay_after(1);
        let seen = frames(&mut receiver);
        assert_eq!(
            seen,
            [
                r#"{"op":0,"s":2,"t":"X","d":2}"#,
                r#"{"op":0,"s":3,"t":"X","d":3}"#
            ]
        );
    }

    #[test]
    fn a_session_that_missed_too_much_cannot_be_replayed() {
        let mut session = Session::new("s".to_owned(), (0, 1), 0);
        assert!(session.can_replay_after(0));
        for _ in 0..=REPLAYED {
            session.push("X", "0");
        }
        assert!(!session.can_replay_after(0));
        assert!(session.can_replay_after(1));
        assert!(!session.can_replay_after(u64::MAX - 1));
    }

    #[test]
    fn a_guild_belongs_to_one_shard() {
        let guild = GuildId(5 << 22);
        let of = |number| Session::new(String::new(), (number, 4), 0).covers(Some(guild));
        assert_eq!(
            (0..4).map(of).collect::<Vec<_>>(),
            [false, true, false, false]
        );
        assert!(Session::new(String::new(), (0, 4), 0).covers(None));
    }

    #[test]
    fn the_backlog_counts_what_is_not_written() {
        let (sender, _receiver) = mpsc::unbounded_channel();
        let line = Line::new(1, sender);
        line.frame("a");
        line.frame("b");
        assert_eq!(line.backlog(), 2);
        assert!(!line.written(1));
        assert!(line.written(1));
    }
}

#[cfg(test)]
mod losses;
