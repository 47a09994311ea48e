//! Lanes: one per rate-limit bucket, in which calls go one after another; and the pause that stops them all.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};
use tokio::time::Instant;

use super::metrics::Route;

/// Below this many lanes nothing is swept.
const SWEEP_FLOOR: usize = 256;

/// What Discord limits together: a route and its major parameter (a guild or a channel; 0 where there is none).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct LaneKey {
    pub(super) route: Route,
    pub(super) major: u64,
}

/// A bucket's state. Who holds it, sends.
#[derive(Debug, Default)]
pub(super) struct Lane {
    /// When the bucket takes calls again, where it is closed.
    pub(super) opens_at: Option<Instant>,
}

/// All lanes of a bot.
#[derive(Debug, Default)]
pub(super) struct Lanes {
    table: Mutex<Table>,
    paused_until: Mutex<Option<Instant>>,
}

#[derive(Debug, Default)]
struct Table {
    lanes: HashMap<LaneKey, Arc<AsyncMutex<Lane>>>,
    sweep_at: usize,
}

impl Lanes {
    /// Waits for the callers before and takes the lane. Dropping the guard lets the next one in.
    pub(super) async fn enter(&self, key: LaneKey) -> OwnedMutexGuard<Lane> {
        let lane = locked(&self.table).lane(key);
        lane.lock_owned().await
    }

    /// Stops every lane until then.
    pub(super) fn pause_all(&self, until: Instant) {
        let mut paused = locked(&self.paused_until);
        *paused = (*paused).max(Some(until));
    }

    /// When a call of this lane may be sent, where it may not be sent now.
    pub(super) fn opens_at(&self, lane: &Lane) -> Option<Instant> {
        let opens = (*locked(&self.paused_until)).max(lane.opens_at);
        opens.filter(|opens| *opens > Instant::now())
    }

    #[cfg(test)]
    fn len(&self) -> usize {
        locked(&self.table).lanes.len()
    }
}

impl Table {
    fn lane(&mut self, key: LaneKey) -> Arc<AsyncMutex<Lane>> {
        if self.lanes.len() >= self.sweep_at.max(SWEEP_FLOOR) {
            self.sweep();
        }
        Arc::clone(self.lanes.entry(key).or_default())
    }

    /// Forgets lanes that nobody is in and whose bucket is open. At most once per doubling, so a call pays O(1) for it.
    fn sweep(&mut self) {
        let now = Instant::now();
        self.lanes.retain(|_, lane| {
            Arc::strong_count(lane) > 1
                || lane
                    .try_lock()
                    .is_ok_and(|lane| lane.opens_at.is_some_and(|opens| opens > now))
        });
        self.sweep_at = self.lanes.len() * 2;
    }
}

/// These locks guard plain values that are whole after each statement, so a panic of a holder spoils nothing.
fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn ban_in(major: u64) -> LaneKey {
        LaneKey {
            route: Route::Ban,
            major,
        }
    }

    #[tokio::test]
    async fn one_guild_does_not_wait_for_another() {
        let lanes = Lanes::default();
        let _first = lanes.enter(ban_in(1)).await;
        let _second = lanes.enter(ban_in(2)).await;
        let third = tokio::time::timeout(Duration::from_millis(5), lanes.enter(ban_in(1))).await;
        assert!(third.is_err(), "the lane is taken");
    }

    #[tokio::test]
    async fn a_pause_closes_every_lane_and_is_never_shortened() {
        let lanes = Lanes::default();
        let lane = Lane::default();
        let until = Instant::now() + Duration::from_secs(3);
        lanes.pause_all(until);
        lanes.pause_all(until - Duration::from_secs(1));
        assert_eq!(lanes.opens_at(&lane), Some(until));
    }

    #[tokio::test]
    async fn a_pause_that_is_over_closes_nothing() {
        let lanes = Lanes::default();
        lanes.pause_all(Instant::now());
        assert_eq!(lanes.opens_at(&Lane::default()), None);
    }

    #[tokio::test]
    async fn idle_lanes_are_forgotten_and_busy_or_closed_ones_kept() {
        let lanes = Lanes::default();
        let busy = lanes.enter(ban_in(0)).await;
        lanes.enter(ban_in(1)).await.opens_at = Some(Instant::now() + Duration::from_secs(9));
        for guild in 2..=SWEEP_FLOOR as u64 {
            drop(lanes.enter(ban_in(guild)).await);
        }
        assert_eq!(lanes.len(), 3, "busy, closed, and the newest");
        drop(busy);
        let closed = lanes.enter(ban_in(1)).await;
        assert!(lanes.opens_at(&closed).is_some());
    }
}
