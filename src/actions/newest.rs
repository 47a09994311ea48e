//! When something was asked for last: of each thing the newest time, and not of more things than matter.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};

/// How many things are remembered: far more than are under way while Discord is away.
const REMEMBERED: usize = 10_000;

/// The newest times; the thing that was noted first is forgotten first.
pub(super) struct Newest<T>(Mutex<Times<T>>);

struct Times<T> {
    times: HashMap<T, DateTime<Utc>>,
    order: VecDeque<T>,
}

impl<T> Default for Newest<T> {
    fn default() -> Self {
        Self(Mutex::new(Times {
            times: HashMap::new(),
            order: VecDeque::new(),
        }))
    }
}

impl<T: Clone + Eq + Hash> Newest<T> {
    /// Notes when something was asked for; an earlier time than the one that is known changes nothing.
    pub(super) fn note(&self, thing: T, asked: DateTime<Utc>) {
        let mut all = self.lock();
        if let Some(at) = all.times.get_mut(&thing) {
            *at = asked.max(*at);
            return;
        }
        all.times.insert(thing.clone(), asked);
        all.order.push_back(thing);
        if all.order.len() > REMEMBERED
            && let Some(oldest) = all.order.pop_front()
        {
            all.times.remove(&oldest);
        }
    }

    /// Whether it was asked for after that moment, as far as is remembered.
    pub(super) fn is_after(&self, thing: &T, moment: DateTime<Utc>) -> bool {
        self.lock().times.get(thing).is_some_and(|at| *at > moment)
    }

    fn lock(&self) -> MutexGuard<'_, Times<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn the_newest_time_counts_and_the_oldest_thing_is_forgotten_first() {
        let newest = Newest::default();
        let early = DateTime::UNIX_EPOCH;
        let late = early + TimeDelta::seconds(1);
        newest.note(0, late);
        newest.note(0, early);
        assert!(newest.is_after(&0, early));
        assert!(!newest.is_after(&0, late));
        for thing in 1..=REMEMBERED {
            newest.note(thing, late);
        }
        assert!(!newest.is_after(&0, early));
        assert!(newest.is_after(&1, early));
        let all = newest.lock();
        assert_eq!((all.times.len(), all.order.len()), (REMEMBERED, REMEMBERED));
    }
}
