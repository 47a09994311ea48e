//! One session: its shard, its sequence, what it was sent, and the connection that it has or waits for.

use std::collections::VecDeque;
use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::extract::ws::Utf8Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::mpsc::UnboundedSender;
use tokio::time::Instant;

use super::delay::Latency;
use super::disorder::{UNKNOWN, estranged};
use crate::domain::ids::GuildId;
use crate::simulator::world::event::Event;

/// How many frames a session can replay. A client that missed more must identify again.
const REPLAYED: usize = 20_000;
/// How long a session waits for its client to come back. Discord's own time is unpublished; it is some minutes.
const PATIENCE: TimeDelta = TimeDelta::minutes(3);

/// What a connection's task does next.
#[derive(Debug)]
pub(crate) enum Outgoing {
    Frame(Utf8Bytes),
    /// A frame that is on its way until then.
    Late(Instant, Utf8Bytes),
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
    latency: Latency,
}

impl Line {
    pub(crate) fn new(id: u64, sender: UnboundedSender<Outgoing>) -> Self {
        Self {
            id,
            sender,
            waiting: Arc::default(),
            latency: Latency::default(),
        }
    }

    /// The same line, whose frames are so long on their way.
    pub(crate) fn late(mut self, latency: Latency) -> Self {
        self.latency = latency;
        self
    }

    /// Hands something to the connection. If that has just ended, its session learns so at once after.
    pub(crate) fn send(&self, outgoing: Outgoing) {
        if self.sender.send(outgoing).is_ok() {
            self.waiting.fetch_add(1, Ordering::AcqRel);
        }
    }

    pub(crate) fn frame(&self, frame: impl Into<Utf8Bytes>) {
        let frame = frame.into();
        self.send(match self.latency.due() {
            Some(due) => Outgoing::Late(due, frame),
            None => Outgoing::Frame(frame),
        });
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
    /// Whether it hears of things that nobody knows yet.
    pub(crate) strange: bool,
    /// Since when it has no connection.
    alone: Option<DateTime<Utc>>,
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
            strange: false,
            alone: None,
            sent: VecDeque::new(),
        }
    }

    /// Whether this session's shard and intents cover the event.
    pub(crate) fn hears(&self, event: &Event) -> bool {
        let intended = event.intents == 0 || event.intents & self.intents != 0;
        intended && self.covers(event.guild)
    }

    /// Whether this is the session's connection.
    pub(crate) fn is_on(&self, line: &Line) -> bool {
        self.line.as_ref().is_some_and(|own| own.id == line.id)
    }

    /// Discord's rule: shard = (guild id >> 22) mod total; what has no guild goes to shard 0.
    pub(crate) fn covers(&self, guild: Option<GuildId>) -> bool {
        let (number, total) = self.shard;
        let shard = guild.map_or(0, |id| (id.0 >> 22) % u64::from(total.max(1)));
        shard == u64::from(number)
    }

    /// The connection is gone; from now on the session waits to be resumed.
    pub(crate) fn hang_up(&mut self, now: DateTime<Utc>) {
        self.line = None;
        self.alone = Some(now);
    }

    /// The client is back on a connection; the former one, if there still is one, ends.
    pub(crate) fn take_up(&mut self, line: Line) {
        if let Some(former) = self.line.replace(line) {
            former.send(Outgoing::Drop);
        }
        self.alone = None;
    }

    /// Whether the client has been away for too long.
    pub(crate) fn is_stale(&self, now: DateTime<Utc>) -> bool {
        self.alone.is_some_and(|since| now - since > PATIENCE)
    }

    /// Sends a dispatch and keeps it for a replay.
    pub(crate) fn push(&mut self, name: &str, body: &str) {
        if self.strange {
            self.send(UNKNOWN, r#"{"of":["tomorrow",1,null]}"#);
            self.send(name, &estranged(body));
        } else {
            self.send(name, body);
        }
    }

    fn send(&mut self, name: &str, body: &str) {
        self.sequence += 1;
        let frame = Utf8Bytes::from(dispatch(self.sequence, name, body));
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

fn dispatch(sequence: u64, name: &str, body: &str) -> String {
    // 20 digits at most, and 24 characters around them.
    let mut frame = String::with_capacity(44 + name.len() + body.len());
    // Writing to a string cannot fail.
    write!(frame, r#"{{"op":0,"s":{sequence},"t":""#).unwrap_or_default();
    for part in [name, r#"","d":"#, body, "}"] {
        frame.push_str(part);
    }
    frame
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
    fn a_session_waits_some_minutes_for_its_client() {
        let at = |minute| DateTime::UNIX_EPOCH + TimeDelta::minutes(minute);
        let mut session = Session::new("s".to_owned(), (0, 1), 0);
        assert!(!session.is_stale(at(60)), "it is connected");
        session.hang_up(at(0));
        assert!(!session.is_stale(at(3)) && session.is_stale(at(4)));
        let (sender, mut former) = mpsc::unbounded_channel();
        session.take_up(Line::new(1, sender));
        assert!(!session.is_stale(at(4)));
        let (sender, _later) = mpsc::unbounded_channel();
        session.take_up(Line::new(2, sender));
        assert!(
            matches!(former.try_recv(), Ok(Outgoing::Drop)),
            "two connections cannot share a session"
        );
    }

    #[test]
    fn a_strange_session_hears_of_an_unknown_event_before_each_known_one() {
        let mut session = Session::new("s".to_owned(), (0, 1), 0);
        let (sender, mut receiver) = mpsc::unbounded_channel();
        session.take_up(Line::new(1, sender));
        session.strange = true;
        session.push("X", r#"{"a":1}"#);
        let seen = frames(&mut receiver);
        assert_eq!(seen.len(), 2);
        assert!(seen[0].starts_with(r#"{"op":0,"s":1,"t":"INVENTED_TOMORROW","#));
        assert!(
            seen[1].starts_with(r#"{"op":0,"s":2,"t":"X","d":{"a":1,"#),
            "{}",
            seen[1]
        );
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
