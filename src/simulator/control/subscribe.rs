//! Hearing of what happens, one after the other or all at once, and how a happening is told to programs.

use std::collections::VecDeque;

use serde_json::{Value, json};

use super::diary::{Happening, What};
use super::run::Simulator;
use crate::domain::ids::{ChannelId, GuildId, UserId};
use crate::simulator::world::World;
use crate::simulator::world::acts::audit_wire;
use crate::simulator::world::message::Message;
use crate::simulator::world::wire::time;

/// What happens from now on, in order.
#[derive(Debug)]
pub struct Happenings {
    sim: Simulator,
    seen: u64,
    waiting: VecDeque<Happening>,
}

impl Simulator {
    /// What happens from now on.
    #[must_use]
    pub fn happenings(&self) -> Happenings {
        let seen = self.shared.change(|state| {
            let log = &state.log;
            state.diary.open(&state.world, log)
        });
        self.happenings_after(seen)
    }

    /// What happened after a number, and happens from now on. Nothing is kept before the first subscription.
    pub(crate) fn happenings_after(&self, seen: u64) -> Happenings {
        Happenings {
            sim: self.clone(),
            seen,
            waiting: VecDeque::new(),
        }
    }
}

impl Happenings {
    /// The next one; waits for it as long as it takes.
    pub async fn next(&mut self) -> Happening {
        let mut bell = self.sim.shared.bell();
        loop {
            bell.borrow_and_update();
            self.fetch();
            if let Some(next) = self.waiting.pop_front() {
                return next;
            }
            if bell.changed().await.is_err() {
                // The bell lives as long as the simulator; nothing more would come.
                std::future::pending::<()>().await;
            }
        }
    }

    /// All that happened since the last look.
    pub fn so_far(&mut self) -> Vec<Happening> {
        self.fetch();
        self.waiting.drain(..).collect()
    }

    fn fetch(&mut self) {
        if !self.waiting.is_empty() {
            return;
        }
        let seen = self.seen;
        self.waiting = self
            .sim
            .shared
            .read(|state| state.diary.after(seen).cloned().collect());
        self.seen = self.waiting.back().map_or(seen, |last| last.number);
    }
}

impl Happening {
    /// The happening as programs get it, with names beside the ids.
    #[must_use]
    pub fn wire(&self, world: &World) -> Value {
        let name = |id: UserId| world.user(id).map(|user| user.name.clone());
        let by = self.by.and_then(name);
        let mut wire = json!({
            "number": self.number, "at": time(self.at), "kind": self.what.kind(), "guild": guild_name(world, self.guild),
            "by": by, "bot": self.by == Some(world.bot.user),
        });
        match &self.what {
            What::Posted(message) | What::Edited(message) | What::Deleted(message) => {
                wire["channel"] = channel_name(world, message.channel);
                wire["author"] = json!(name(message.author));
                wire["message"] = world.dump_message(message);
            }
            What::Joined(user) | What::Left(user) => wire["user"] = json!(name(*user)),
            What::Used(command) => wire["command"] = json!(command),
            What::Answered(user, answer) => {
                wire["user"] = json!(name(*user));
                wire["answer"] = answer.wire();
            }
            What::Moderated(entry) => {
                wire["target"] = json!(entry.target.and_then(|id| name(UserId(id))));
                wire["entry"] = audit_wire(entry);
            }
            What::Requested(entry) => wire["request"] = entry.wire(),
        }
        wire
    }

    /// The message that it is about.
    #[must_use]
    pub const fn message(&self) -> Option<&Message> {
        match &self.what {
            What::Posted(message) | What::Edited(message) | What::Deleted(message) => Some(message),
            _ => None,
        }
    }
}

fn guild_name(world: &World, guild: Option<GuildId>) -> Value {
    let guild = guild.and_then(|id| world.guild(id));
    guild.map_or(Value::Null, |guild| json!(guild.name))
}

fn channel_name(world: &World, channel: ChannelId) -> Value {
    let found = world.channel(channel);
    let named = found.filter(|place| !place.name.is_empty());
    named.map_or(Value::Null, |place| json!(place.name))
}
