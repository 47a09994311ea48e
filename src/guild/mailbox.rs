//! A guild's bounded mailbox. It stands outside the actor, so that a crash leaves what waits in it.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::oneshot;

use super::config::change::{Change, ChangeError, Changed};
use crate::domain::event::GuildEvent;

/// What can wait for a guild's actor.
pub(super) enum Letter {
    /// Something happened.
    Event(GuildEvent),
    /// Somebody asks for a change and waits for the answer.
    Change(Box<Change>, oneshot::Sender<Result<Changed, ChangeError>>),
    /// A change that took too long has ended: only the database knows how.
    Reload,
    /// Makes the actor panic: shows that a crash harms nobody else. See `Guilds::crash`.
    Crash,
}

/// The mailbox is full.
#[derive(Debug)]
pub(super) struct Full;

/// First in, first out, never more than `capacity` letters.
pub(super) struct Mailbox {
    capacity: usize,
    letters: Mutex<VecDeque<(Instant, Letter)>>,
}

impl Mailbox {
    pub(super) const fn new(capacity: usize) -> Self {
        Self {
            capacity,
            letters: Mutex::new(VecDeque::new()),
        }
    }

    pub(super) fn push(&self, letter: Letter) -> Result<(), Full> {
        let mut letters = self.letters();
        if letters.len() >= self.capacity {
            return Err(Full);
        }
        letters.push_back((Instant::now(), letter));
        Ok(())
    }

    /// The oldest letter and when it came.
    pub(super) fn pop(&self) -> Option<(Instant, Letter)> {
        self.letters().pop_front()
    }

    pub(super) fn len(&self) -> usize {
        self.letters().len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn letters(&self) -> MutexGuard<'_, VecDeque<(Instant, Letter)>> {
        // No code that can panic runs under the lock.
        self.letters.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
