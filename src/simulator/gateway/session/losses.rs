//! Sessions under random losses: every dispatch arrives once and in order, or the client is told to begin anew.

use proptest::prelude::*;
use tokio::sync::mpsc::{self, UnboundedReceiver};

use super::*;

/// What may happen to a session and its client.
#[derive(Clone, Debug)]
enum Step {
    /// The world says something.
    Event,
    /// The client reads this many of the waiting frames.
    Reads(usize),
    /// The connection breaks; what was not read is lost with it.
    Breaks,
    /// The client comes back and resumes after what it has read.
    Resumes,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => Just(Step::Event),
        2 => (1_usize..5).prop_map(Step::Reads),
        1 => Just(Step::Breaks),
        1 => Just(Step::Resumes),
    ]
}

/// A client that notes the sequence numbers it reads.
struct Client {
    wire: Option<UnboundedReceiver<Outgoing>>,
    read: Vec<u64>,
}

impl Client {
    fn connect(session: &mut Session) -> Self {
        let (sender, receiver) = mpsc::unbounded_channel();
        session.line = Some(Line::new(1, sender));
        Self {
            wire: Some(receiver),
            read: Vec::new(),
        }
    }

    fn reads(&mut self, most: usize) {
        let Some(wire) = &mut self.wire else { return };
        for _ in 0..most {
            let Ok(Outgoing::Frame(frame)) = wire.try_recv() else {
                return;
            };
            let frame: serde_json::Value = serde_json::from_str(&frame).expect("json");
            self.read.push(frame["s"].as_u64().expect("a number"));
        }
    }

    fn resumes(&mut self, session: &mut Session) {
        if self.wire.is_some() {
            return;
        }
        let seen = self.read.last().copied().unwrap_or(0);
        assert!(session.can_replay_after(seen));
        let (sender, receiver) = mpsc::unbounded_channel();
        session.line = Some(Line::new(2, sender));
        self.wire = Some(receiver);
        session.replay_after(seen);
    }
}

proptest! {
    #[test]
    fn nothing_is_lost_or_doubled(steps in proptest::collection::vec(step(), 1..80)) {
        let mut session = Session::new("s".to_owned(), (0, 1), 0);
        let mut client = Client::connect(&mut session);
        for step in steps {
            match step {
                Step::Event => session.push("X", "{}"),
                Step::Reads(count) => client.reads(count),
                Step::Breaks => {
                    client.wire = None;
                    session.line = None;
                }
                Step::Resumes => client.resumes(&mut session),
            }
        }
        client.resumes(&mut session);
        client.reads(usize::MAX);
        let all: Vec<u64> = (1..=session.sequence).collect();
        prop_assert_eq!(client.read, all);
    }

    #[test]
    fn every_guild_has_exactly_one_shard(id in any::<u64>(), total in 1_u32..64) {
        let shards = (0..total).map(|number| Session::new(String::new(), (number, total), 0));
        let covering = shards.filter(|session| session.covers(Some(GuildId(id))));
        prop_assert_eq!(covering.count(), 1);
    }
}

#[test]
fn intents_decide_what_is_heard() {
    let hears = |session: u64, event: u64| {
        let event = Event::new("X", None, event, String::new());
        Session::new(String::new(), (0, 1), session).hears(&event)
    };
    assert!(hears(0b01, 0b11));
    assert!(!hears(0b01, 0b10));
    assert!(hears(0, 0), "what needs no intent is heard by all");
}
