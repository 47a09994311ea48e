//! A guild's bounded mailbox. It stands outside the actor, so that a crash leaves what waits in it.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::config::change::{Change, ChangeError, Changed};
use super::config::snapshot::Snapshot;
use super::view::GuildView;
use crate::domain::event::{Event, GuildEvent};
use crate::domain::ids::UserId;

/// What can wait for a guild's actor.
pub(super) enum Letter {
    /// Something happened.
    Event(GuildEvent),
    /// Somebody asks for a change and waits for the answer.
    Change(Box<Change>, oneshot::Sender<Result<Changed, ChangeError>>),
    /// Somebody has made a version past the actor, and waits until it has that one or a newer one.
    CatchUp(oneshot::Sender<Result<(), ChangeError>>),
    /// Somebody waits for the guild's view with all in it that came before.
    View(oneshot::Sender<Arc<GuildView>>),
    /// The configuration as it was read beside the actor. It counts where it is newer than the actor's own.
    Configuration(Box<Snapshot>),
    /// What the database held of the guild is gone, its configuration's versions too.
    Erased,
    /// A person is to be forgotten: counts of theirs that wait to be written go. Somebody waits until they have.
    Forget(UserId, oneshot::Sender<()>),
    /// Makes the actor panic: shows that a crash harms nobody else. See `Guilds::crash`.
    Crash,
}

impl Letter {
    /// Whether losing it would leave the guild with a wrong picture of itself for long. Discord sends few of these.
    const fn is_vital(&self) -> bool {
        match self {
            Self::Event(event) => !matches!(
                event.event,
                Event::MessagePosted(_)
                    | Event::MessageEdited(_)
                    | Event::MessageFound(_)
                    | Event::MemberJoined(_)
                    | Event::MemberLeft(_)
            ),
            Self::Configuration(_) | Self::Erased | Self::Forget(..) => true,
            Self::Change(..) | Self::CatchUp(_) | Self::View(_) | Self::Crash => false,
        }
    }
}

/// The mailbox is full.
#[derive(Debug)]
pub(super) struct Full;

/// First in, first out, never more than `capacity` letters, and as many again of those that must not be lost.
pub(super) struct Mailbox {
    capacity: usize,
    inside: Mutex<Inside>,
    /// Told of every letter that is taken out.
    room: Condvar,
}

struct Inside {
    letters: VecDeque<(Instant, Letter)>,
    /// A letter has been taken out and is still being read.
    in_hand: bool,
    /// Somebody waited for room in vain, and no letter has been taken out since.
    stalled: bool,
}

impl Mailbox {
    pub(super) const fn new(capacity: usize) -> Self {
        Self {
            capacity,
            inside: Mutex::new(Inside {
                letters: VecDeque::new(),
                in_hand: false,
                stalled: false,
            }),
            room: Condvar::new(),
        }
    }

    /// Puts a letter in, if there is room.
    #[cfg(test)]
    fn push(&self, letter: Letter) -> Result<(), Full> {
        self.push_within(letter, Duration::ZERO)
    }

    /// Puts a letter in, waiting for room for so long. Blocks the thread. Where somebody has waited in vain and the
    /// guild has taken no letter since, nobody waits again: one stuck guild must not slow the others down.
    pub(super) fn push_within(&self, letter: Letter, patience: Duration) -> Result<(), Full> {
        let most = if letter.is_vital() {
            self.capacity.saturating_mul(2)
        } else {
            self.capacity
        };
        let mut inside = self.inside();
        if inside.letters.len() >= most {
            if inside.stalled || patience.is_zero() {
                return Err(Full);
            }
            let full = |inside: &mut Inside| inside.letters.len() >= most;
            let waited = self.room.wait_timeout_while(inside, patience, full);
            inside = waited.unwrap_or_else(PoisonError::into_inner).0;
            if inside.letters.len() >= most {
                inside.stalled = true;
                return Err(Full);
            }
        }
        inside.letters.push_back((Instant::now(), letter));
        Ok(())
    }

    /// The oldest letter and when it came. It is in hand until [`Mailbox::put_down`].
    pub(super) fn pop(&self) -> Option<(Instant, Letter)> {
        let mut inside = self.inside();
        let letter = inside.letters.pop_front()?;
        inside.in_hand = true;
        inside.stalled = false;
        drop(inside);
        self.room.notify_one();
        Some(letter)
    }

    /// The letter in hand has been dealt with, or its reader has ended.
    pub(super) fn put_down(&self) {
        self.inside().in_hand = false;
    }

    /// How many letters wait.
    pub(super) fn len(&self) -> usize {
        self.inside().letters.len()
    }

    /// How many letters are not dealt with: those that wait and the one in hand.
    pub(super) fn unfinished(&self) -> usize {
        let inside = self.inside();
        inside.letters.len() + usize::from(inside.in_hand)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        // No code that can panic runs under the lock.
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::Event;
    use crate::domain::ids::{GuildId, UserId};

    fn letter(user: u64) -> Letter {
        event(Event::MemberLeft(UserId(user)))
    }

    fn event(event: Event) -> Letter {
        Letter::Event(GuildEvent {
            guild: GuildId(1),
            received: Instant::now(),
            event,
        })
    }

    #[test]
    fn a_full_mailbox_refuses_until_a_letter_is_taken() {
        let mailbox = Mailbox::new(2);
        for user in 0..2 {
            mailbox.push(letter(user)).expect("room");
        }
        mailbox.push(letter(2)).expect_err("full");
        assert!(mailbox.pop().is_some());
        assert_eq!((mailbox.len(), mailbox.unfinished()), (1, 2));
        mailbox.put_down();
        assert_eq!(mailbox.unfinished(), 1);
        mailbox.push(letter(3)).expect("room again");
    }

    #[test]
    fn who_waits_for_room_gets_it_when_a_letter_is_taken() {
        let mailbox = Arc::new(Mailbox::new(1));
        mailbox.push(letter(0)).expect("room");
        let waiting = {
            let mailbox = Arc::clone(&mailbox);
            std::thread::spawn(move || mailbox.push_within(letter(1), Duration::from_secs(20)))
        };
        assert!(mailbox.pop().is_some());
        waiting.join().expect("no panic").expect("room in time");
        assert_eq!(mailbox.len(), 1);
    }

    #[test]
    fn nobody_waits_twice_for_a_guild_that_takes_nothing() {
        let mailbox = Mailbox::new(1);
        mailbox.push(letter(0)).expect("room");
        let short = Duration::from_millis(5);
        mailbox.push_within(letter(1), short).expect_err("full");
        let started = Instant::now();
        let long = Duration::from_secs(30);
        mailbox.push_within(letter(2), long).expect_err("full");
        assert!(started.elapsed() < Duration::from_secs(10), "at once");
        assert!(mailbox.pop().is_some());
        mailbox.push(letter(3)).expect("room");
        let started = Instant::now();
        mailbox.push_within(letter(4), short).expect_err("full");
        assert!(started.elapsed() >= short, "waited for again");
    }

    #[test]
    fn what_changes_the_guild_itself_comes_in_although_messages_flood() {
        let mailbox = Mailbox::new(1);
        mailbox.push(letter(0)).expect("room");
        mailbox.push(event(Event::GuildLeft)).expect("vital");
        mailbox.push(event(Event::GuildLeft)).expect_err("bounded");
    }
}
