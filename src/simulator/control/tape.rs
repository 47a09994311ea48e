//! The tape: what went over the wire word for word, for who wants to compare it with Discord's own description.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use super::run::Simulator;

/// A request of the bot with its answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Exchange {
    /// The HTTP method.
    pub method: String,
    /// The route, such as `/guilds/{guild_id}/bans/{user_id}`; `(unknown)` for a path that is not simulated.
    pub route: String,
    /// The path below `/api/v10`.
    pub path: String,
    /// What stands behind the question mark, as it came.
    pub query: String,
    /// The JSON that was sent, that of `payload_json` for a form with files; `Null` for none.
    pub sent: Value,
    /// The answered status.
    pub status: u16,
    /// The JSON that was answered; `Null` for none.
    pub answer: Value,
}

/// What was recorded, oldest first.
#[derive(Clone, Debug, Default)]
pub struct Traffic {
    /// The REST requests that were answered.
    pub exchanges: Vec<Exchange>,
    /// The gateway's frames as they were sent, to whichever session.
    pub frames: Vec<String>,
}

/// Keeps the traffic while somebody wants it. Outside the world's lock, so that a running flood pays one flag for it.
#[derive(Debug, Default)]
pub(crate) struct Tape {
    runs: AtomicBool,
    kept: Mutex<Traffic>,
}

impl Tape {
    fn kept(&self) -> MutexGuard<'_, Traffic> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn runs(&self) -> bool {
        self.runs.load(Ordering::Relaxed)
    }

    pub(crate) fn exchange(&self, exchange: Exchange) {
        self.kept().exchanges.push(exchange);
    }

    /// Keeps a frame that is on its way to a client.
    pub(crate) fn frame(&self, frame: &str) {
        if self.runs() {
            self.kept().frames.push(frame.to_owned());
        }
    }
}

impl Simulator {
    /// Keeps every request, answer and gateway frame from now on, until [`Simulator::traffic`] takes them. They stay in
    /// memory, so this is nothing for floods.
    pub fn record_traffic(&self) {
        self.shared.tape.runs.store(true, Ordering::Relaxed);
    }

    /// What was recorded since the last call. The recording goes on.
    #[must_use]
    pub fn traffic(&self) -> Traffic {
        std::mem::take(&mut *self.shared.tape.kept())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_kept_before_somebody_records() {
        let tape = Tape::default();
        tape.frame("{}");
        assert!(tape.kept().frames.is_empty());
        tape.runs.store(true, Ordering::Relaxed);
        tape.frame("{}");
        assert_eq!(tape.kept().frames, ["{}"]);
    }
}
