//! The clock: the only place that reads the time of day, so that tests and replays can bring their own.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};

/// Tells the time of day. Cloning is cheap; clones of a manual clock move together.
#[derive(Clone)]
pub struct Clock(Source);

#[derive(Clone)]
enum Source {
    System,
    /// Microseconds that are added to the machine's time.
    Shifted(Arc<AtomicI64>),
    /// Microseconds since the Unix epoch.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// The machine's own clock.
    #[must_use]
    pub const fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands at `start` until it is advanced.
    #[must_use]
    pub fn manual(start: DateTime<Utc>) -> Self {
        Self(Source::Manual(Arc::new(AtomicI64::new(
            start.timestamp_micros(),
        ))))
    }

    /// The machine's own clock, which can be put forward: for demonstrations.
    #[must_use]
    pub fn shifted() -> Self {
        Self(Source::Shifted(Arc::default()))
    }

    /// The time of day, in UTC.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the machine's clock"
    )]
    pub fn now(&self) -> DateTime<Utc> {
        match &self.0 {
            Source::System => Utc::now(),
            Source::Shifted(micros) => {
                Utc::now() + TimeDelta::microseconds(micros.load(Ordering::Acquire))
            }
            Source::Manual(micros) => {
                DateTime::from_timestamp_micros(micros.load(Ordering::Acquire)).unwrap_or_default()
            }
        }
    }

    /// Moves a manual or shifted clock; the system's clock cannot be moved and stays as it is.
    pub fn advance(&self, by: TimeDelta) {
        if let Source::Manual(micros) | Source::Shifted(micros) = &self.0 {
            micros.fetch_add(by.num_microseconds().unwrap_or(i64::MAX), Ordering::AcqRel);
        }
    }

    /// Whether [`Clock::advance`] moves it.
    #[must_use]
    pub const fn is_movable(&self) -> bool {
        !matches!(self.0, Source::System)
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::system()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Source::System => "Clock::System",
            Source::Shifted(_) => "Clock::Shifted",
            Source::Manual(_) => "Clock::Manual",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_moves_with_its_clones() {
        let clock = Clock::manual(DateTime::UNIX_EPOCH);
        let clone = clock.clone();
        clock.advance(TimeDelta::seconds(90));
        assert_eq!(clone.now().timestamp(), 90);
    }

    #[test]
    fn a_shifted_clock_goes_by_itself_and_can_be_put_forward() {
        let clock = Clock::shifted();
        let before = Clock::system().now();
        clock.clone().advance(TimeDelta::hours(1));
        let ahead = clock.now() - before;
        assert!(ahead >= TimeDelta::hours(1) && ahead < TimeDelta::hours(2));
        assert!(clock.is_movable() && !Clock::system().is_movable());
    }
}
