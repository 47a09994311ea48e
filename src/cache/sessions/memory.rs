//! Sessions in the process's own memory, for a bot without a Redis: the same rules, ended with the process.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use super::id::IdHash;
use super::{Found, MOST_OF_A_USER, Moment, Session, Spans, Turn};
use crate::domain::ids::UserId;

/// Below this many sessions nothing is swept.
const SWEEP_FLOOR: usize = 1_024;

#[derive(Debug, Default)]
pub(super) struct Memory(Mutex<Table>);

#[derive(Debug, Default)]
struct Table {
    sessions: HashMap<IdHash, Held>,
    /// At so many sessions those that have ended are swept out.
    sweep_at: usize,
}

#[derive(Clone, Copy, Debug)]
struct Held {
    user: UserId,
    opened_at: DateTime<Utc>,
    rotated_at: DateTime<Utc>,
    used_at: DateTime<Utc>,
    /// The newer id, and how long this one goes on.
    next: Option<(IdHash, DateTime<Utc>)>,
    /// The id before, which may go on for a while.
    before: Option<IdHash>,
}

impl Held {
    fn holds(&self, now: DateTime<Utc>, spans: Spans) -> bool {
        let within = |since: DateTime<Utc>, span| now < since + delta(span);
        within(self.opened_at, spans.life)
            && within(self.used_at, spans.idle)
            && self.next.is_none_or(|(_, until)| now < until)
    }
}

impl Memory {
    pub(super) fn open(&self, at: Moment, user: UserId) {
        let mut table = self.locked();
        table.make_room(user, (at.now, at.spans));
        let held = Held {
            user,
            opened_at: at.now,
            rotated_at: at.now,
            used_at: at.now,
            next: None,
            before: None,
        };
        table.sessions.insert(at.hash, held);
    }

    pub(super) fn find(&self, at: Moment) -> Found {
        let mut table = self.locked();
        let Some(held) = table.held(at) else {
            return Found::Nothing;
        };
        let superseded = held.next.is_some();
        if !superseded {
            held.used_at = at.now;
        }
        Found::Session(Session {
            user: held.user,
            opened_at: held.opened_at,
            rotated_at: held.rotated_at,
            superseded,
        })
    }

    pub(super) fn rotate(&self, at: Moment, next: IdHash) -> Turn {
        let mut table = self.locked();
        let Some(held) = table.held(at) else {
            return Turn::Nothing;
        };
        if held.next.is_some() {
            return Turn::Already;
        }
        let old = *held;
        held.next = Some((next, at.now + delta(at.spans.grace)));
        let fresh = Held {
            rotated_at: at.now,
            used_at: at.now,
            before: Some(at.hash),
            ..old
        };
        table.sessions.insert(next, fresh);
        // Only one id before the newest goes on.
        table.remove(old.before);
        if at.spans.grace.is_zero() {
            table.remove(Some(at.hash));
        }
        Turn::Done
    }

    pub(super) fn revoke(&self, at: Moment) -> bool {
        let mut table = self.locked();
        let Some(held) = table.held(at).copied() else {
            return false;
        };
        table.remove(Some(at.hash));
        table.remove(held.before);
        table.remove(held.next.map(|(next, _)| next));
        true
    }

    pub(super) fn revoke_all(&self, user: UserId, (now, spans): (DateTime<Utc>, Spans)) -> u64 {
        let mut ended = 0;
        self.locked().sessions.retain(|_, held| {
            let is_theirs = held.user == user;
            if is_theirs && held.next.is_none() && held.holds(now, spans) {
                ended += 1;
            }
            !is_theirs
        });
        ended
    }

    fn locked(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    /// The session of an id, if it holds; one that does not is removed.
    fn held(&mut self, at: Moment) -> Option<&mut Held> {
        if !self.sessions.get(&at.hash)?.holds(at.now, at.spans) {
            self.sessions.remove(&at.hash);
            return None;
        }
        self.sessions.get_mut(&at.hash)
    }

    fn remove(&mut self, hash: Option<IdHash>) {
        if let Some(hash) = hash {
            self.sessions.remove(&hash);
        }
    }

    /// Sweeps at each doubling, so that opening pays little for it, and ends the oldest of a user who has many.
    fn make_room(&mut self, user: UserId, (now, spans): (DateTime<Utc>, Spans)) {
        if self.sessions.len() >= self.sweep_at.max(SWEEP_FLOOR) {
            self.sessions.retain(|_, held| held.holds(now, spans));
            self.sweep_at = self.sessions.len() * 2;
        }
        let theirs = self.sessions.iter().filter(|(_, held)| held.user == user);
        let mut theirs: Vec<(DateTime<Utc>, IdHash)> =
            theirs.map(|(hash, held)| (held.opened_at, *hash)).collect();
        theirs.sort_unstable_by_key(|(opened_at, _)| *opened_at);
        let many = (theirs.len() + 1).saturating_sub(MOST_OF_A_USER);
        for (_, hash) in theirs.into_iter().take(many) {
            self.remove(Some(hash));
        }
    }
}

fn delta(span: std::time::Duration) -> TimeDelta {
    TimeDelta::from_std(span).unwrap_or(TimeDelta::MAX)
}
