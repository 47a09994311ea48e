//! Sessions of people who have signed in: opened, found, rotated and revoked, in Redis or, without one, in memory.
//!
//! An id is 256 random bits; only its SHA-256 is kept, so that who reads Redis cannot sign in. What is kept of a session
//! is numbers: its user and its times. A session ends when it has not been used for `sessions.idle_secs`, and in any case
//! `sessions.life_secs` after it was opened, however often it was rotated.
//!
//! **Rotation** gives the session a new id. The old one goes on finding the session for `sessions.rotation_grace_secs`,
//! for requests that were under way with it, but it cannot be rotated again; with 0 it is invalid at once. Of two rotations
//! of one id one wins, and the other is told [`Rotated::Already`] (with a grace of 0 [`Rotated::SignedOut`]): it then must
//! not clear the cookie that the first has set. A sign-out with the old id ends the session within the grace too; with 0 it
//! may come too late to end anything.
//!
//! **A session is valid only where both its own key and its place among its user's sessions are there and whole.** So
//! revoking all of a user is the removal of one key, against which no rotation can win, and whatever Redis loses, evicts
//! or is given by others signs people out and never in. Where Redis does not answer, nobody is signed in: [`Seen::Unavailable`]
//! is to be treated as [`Seen::SignedOut`], except that the cookie is kept. A Redis that is set up to come back with an
//! older copy of its data brings revoked sessions of that age back; sessions want one without.

mod id;
mod memory;
mod shared;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};

pub use self::id::SessionId;

use self::id::IdHash;
use self::memory::Memory;
use super::Cache;
use super::metrics::SESSION_CALLS;
use super::remote::{CallError, Remote};
use crate::domain::clock::Clock;
use crate::domain::ids::UserId;
use crate::settings::SessionSettings;

/// The most sessions of one user; opening another ends the oldest.
const MOST_OF_A_USER: usize = 32;

/// A session that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    /// Who is signed in.
    pub user: UserId,
    /// When they signed in, to the millisecond.
    pub opened_at: DateTime<Utc>,
    /// When the session got the newest of its ids; at first when it was opened.
    pub rotated_at: DateTime<Utc>,
    /// Whether the id is an old one, which goes on for a moment only.
    pub superseded: bool,
}

/// What an id finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// A session that holds. It has been used now.
    SignedIn(Session),
    /// Nothing: never opened, ended, revoked, or damaged and removed.
    SignedOut,
    /// Redis does not answer. Nobody is signed in, but the next request may find the session again.
    Unavailable,
}

/// What became of a rotation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rotated {
    /// The session has this id from now on.
    Rotated(SessionId),
    /// It already has another: somebody else was first with the same id.
    Already,
    /// There is no such session.
    SignedOut,
    /// Redis does not answer. Whether the session has been rotated is not known; the old id goes on for the grace.
    Unavailable,
}

/// What became of a sign-out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revoked {
    /// The session is over, by its newest id and by the one before.
    Revoked,
    /// There was none.
    SignedOut,
    /// Redis does not answer. The session may still hold: the person has to be told, and the call may be repeated.
    Unavailable,
}

/// Redis does not answer, or the system gives no random numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("sessions are unavailable at the moment")]
pub struct Unavailable;

/// The sessions. Cloning is cheap; clones share them.
#[derive(Clone)]
pub struct Sessions {
    store: Store,
    spans: Spans,
    clock: Clock,
}

#[derive(Clone)]
enum Store {
    Shared(Arc<Remote>),
    Memory(Arc<Memory>),
}

/// How long things last.
#[derive(Clone, Copy, Debug)]
struct Spans {
    idle: Duration,
    life: Duration,
    grace: Duration,
}

/// What an open session is kept by and when something happens to it.
#[derive(Clone, Copy, Debug)]
struct Moment {
    hash: IdHash,
    now: DateTime<Utc>,
    spans: Spans,
}

/// What a store finds under an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    Session(Session),
    Nothing,
    Damaged,
}

/// What a store makes of a rotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    Done,
    Already,
    Nothing,
    Damaged,
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions")
            .field("spans", &self.spans)
            .finish_non_exhaustive()
    }
}

impl Sessions {
    /// The sessions in this cache's Redis, shared with every process that uses it. Without a Redis they are kept in memory
    /// and end with the process.
    #[must_use]
    pub fn new(cache: &Cache, settings: &SessionSettings, clock: Clock) -> Self {
        let store = match &cache.remote {
            Some(remote) => Store::Shared(Arc::clone(remote)),
            None => Store::Memory(Arc::default()),
        };
        let spans = Spans {
            idle: settings.idle,
            life: settings.life,
            grace: settings.rotation_grace,
        };
        Self {
            store,
            spans,
            clock,
        }
    }

    /// Opens a session for somebody who has just signed in. Where they have 32 already, the oldest ends.
    ///
    /// # Errors
    /// [`Unavailable`]; then nobody is signed in.
    pub async fn open(&self, user: UserId) -> Result<SessionId, Unavailable> {
        let opened = match SessionId::generate() {
            Some(id) => {
                let moment = self.moment(&id);
                let opened = match &self.store {
                    Store::Shared(remote) => shared::open(remote, moment, user).await,
                    Store::Memory(memory) => {
                        memory.open(moment, user);
                        Ok(())
                    }
                };
                opened.map(|()| id).map_err(|error| away(&error))
            }
            None => Err(Unavailable),
        };
        count("open", label_of(&opened, |_| "done"));
        opened
    }

    /// Finds the session of an id, and notes that it is in use.
    pub async fn find(&self, id: &SessionId) -> Seen {
        let moment = self.moment(id);
        let found = match &self.store {
            Store::Shared(remote) => shared::find(remote, moment).await,
            Store::Memory(memory) => Ok(memory.find(moment)),
        };
        let found = found.map_err(|error| away(&error));
        let label = label_of(&found, |found| match found {
            Found::Session(_) => "done",
            Found::Nothing => "signed_out",
            Found::Damaged => "damaged",
        });
        count("find", label);
        match found {
            Ok(Found::Session(session)) => Seen::SignedIn(session),
            Ok(Found::Nothing | Found::Damaged) => Seen::SignedOut,
            Err(Unavailable) => Seen::Unavailable,
        }
    }

    /// Gives the session a new id, which is to be sent to its owner: after signing in anew, and now and then.
    pub async fn rotate(&self, id: &SessionId) -> Rotated {
        let Some(fresh) = SessionId::generate() else {
            count("rotate", "unavailable");
            return Rotated::Unavailable;
        };
        let (moment, next) = (self.moment(id), fresh.hash());
        let turned = match &self.store {
            Store::Shared(remote) => shared::rotate(remote, moment, next).await,
            Store::Memory(memory) => Ok(memory.rotate(moment, next)),
        };
        let turned = turned.map_err(|error| away(&error));
        let label = label_of(&turned, |turn| match turn {
            Turn::Done => "done",
            Turn::Already => "already",
            Turn::Nothing => "signed_out",
            Turn::Damaged => "damaged",
        });
        count("rotate", label);
        match turned {
            Ok(Turn::Done) => Rotated::Rotated(fresh),
            Ok(Turn::Already) => Rotated::Already,
            Ok(Turn::Nothing | Turn::Damaged) => Rotated::SignedOut,
            Err(Unavailable) => Rotated::Unavailable,
        }
    }

    /// Ends one session, whether by its newest id or by the one before.
    pub async fn revoke(&self, id: &SessionId) -> Revoked {
        let moment = self.moment(id);
        let ended = match &self.store {
            Store::Shared(remote) => shared::revoke(remote, moment).await,
            Store::Memory(memory) => Ok(memory.revoke(moment)),
        };
        let ended = ended.map_err(|error| away(&error));
        let label = label_of(&ended, |ended| if *ended { "done" } else { "signed_out" });
        count("revoke", label);
        match ended {
            Ok(true) => Revoked::Revoked,
            Ok(false) => Revoked::SignedOut,
            Err(Unavailable) => Revoked::Unavailable,
        }
    }

    /// Ends every session of a user, and tells how many held. None that is being rotated meanwhile escapes.
    ///
    /// # Errors
    /// [`Unavailable`]; then they may still hold, and the call is to be repeated.
    pub async fn revoke_all(&self, user: UserId) -> Result<u64, Unavailable> {
        let (now, spans) = (self.clock.now(), self.spans);
        let ended = match &self.store {
            Store::Shared(remote) => shared::revoke_all(remote, user, (now, spans)).await,
            Store::Memory(memory) => Ok(memory.revoke_all(user, (now, spans))),
        };
        let ended = ended.map_err(|error| away(&error));
        count("revoke_all", label_of(&ended, |_| "done"));
        ended
    }

    fn moment(&self, id: &SessionId) -> Moment {
        Moment {
            hash: id.hash(),
            now: self.clock.now(),
            spans: self.spans,
        }
    }
}

fn away(error: &CallError) -> Unavailable {
    tracing::debug!(%error, "sessions are unavailable");
    Unavailable
}

fn label_of<T>(
    outcome: &Result<T, Unavailable>,
    label: impl FnOnce(&T) -> &'static str,
) -> &'static str {
    match outcome {
        Ok(outcome) => label(outcome),
        Err(Unavailable) => "unavailable",
    }
}

fn count(call: &'static str, outcome: &'static str) {
    SESSION_CALLS.increment([call, outcome]);
}
