//! Rows that somebody's open transaction keeps locked: put aside, so that those behind them go on, and tried again until
//! the lock goes.
//!
//! A batch that meets a lock is handed over whole. Here it is halved until what is locked stands alone, and the rest of
//! it is written. Until a row is settled its lane is closed, so that what follows it in that lane stays behind it.

use std::any::TypeId;
use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, watch};
use tokio::time::{Instant, sleep_until};
use tokio_util::task::TaskTracker;

use super::actor::Signs;
use super::commit::{Committer, Left, Terms, give_up};
use super::group::Batch;
use super::metrics::{ROWS_ASIDE, ROWS_TOTAL};

/// The longest pause between two attempts at a locked row.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// A row that is locked for so long is locked by somebody who has forgotten it, not by somebody who is busy.
const STANDING_AFTER: Duration = Duration::from_secs(1);

/// How many attempts run at one time: locked rows must not take all connections.
const AT_ONCE: usize = 2;

/// A kind of record and its lane.
pub(super) type LaneOfKind = (TypeId, i64);

/// What is put aside. Cloning shares it.
#[derive(Clone)]
pub(super) struct Aside(Arc<Shared>);

struct Shared {
    committer: Committer,
    signs: Arc<Signs>,
    lanes: Mutex<HashSet<LaneOfKind>>,
    rows: watch::Sender<usize>,
    /// Rows whose lock stands.
    standing: AtomicUsize,
    turns: Semaphore,
    tasks: TaskTracker,
}

impl Aside {
    pub(super) fn new(committer: Committer, signs: Arc<Signs>) -> Self {
        Self(Arc::new(Shared {
            committer,
            signs,
            lanes: Mutex::default(),
            rows: watch::Sender::new(0),
            standing: AtomicUsize::new(0),
            turns: Semaphore::new(AT_ONCE),
            tasks: TaskTracker::new(),
        }))
    }

    /// The lanes that are closed at this moment.
    pub(super) fn closed_lanes(&self) -> HashSet<LaneOfKind> {
        self.0.lock_lanes().clone()
    }

    pub(super) fn is_empty(&self) -> bool {
        *self.0.rows.borrow() == 0
    }

    /// How long a statement may wait for a lock: briefly where one is known to stand, since each that meets it would
    /// wait in vain. Several processes that are busy with the same rows need the whole time.
    pub(super) fn lock_limit(&self) -> Duration {
        self.0.lock_limit()
    }

    /// Waits until something that is aside now is settled; returns at once where nothing is.
    pub(super) async fn progress(&self) {
        let mut rows = self.0.rows.subscribe();
        let now = *rows.borrow_and_update();
        if now > 0 {
            // The sender lives as long as `self`.
            drop(rows.wait_for(|rows| *rows < now).await);
        }
    }

    /// Takes a batch that met a lock, and goes on with it beside everything else. Waits while too many rows are aside.
    pub(super) async fn take_over(&self, batch: Batch) {
        let most = self.0.committer.options.queue_capacity;
        let more = batch.rows();
        let mut rows = self.0.rows.subscribe();
        let room = rows.wait_for(|rows| *rows == 0 || *rows + more <= most);
        drop(room.await);
        let part = Part::close(&self.0, &batch);
        tracing::warn!(
            rows = more,
            "rows wait for a lock of somebody's open transaction"
        );
        let shared = Arc::clone(&self.0);
        self.0.tasks.spawn(shared.settle(batch, part));
    }
}

/// Rows that are aside: what they close is opened again when they are settled, however that comes about.
struct Part {
    shared: Arc<Shared>,
    lanes: Vec<LaneOfKind>,
    rows: usize,
    stands: bool,
}

impl Part {
    fn close(shared: &Arc<Shared>, batch: &Batch) -> Self {
        let (lanes, rows) = (batch.lanes(), batch.rows());
        shared.lock_lanes().extend(&lanes);
        shared.rows.send_modify(|aside| *aside += rows);
        ROWS_ASIDE.set([], *shared.rows.borrow() as f64);
        shared.signs.unsettled.fetch_add(rows, Ordering::AcqRel);
        Self {
            shared: Arc::clone(shared),
            lanes,
            rows,
            stands: false,
        }
    }

    /// Notes that its lock stands.
    fn stand(&mut self) {
        if !self.stands {
            self.stands = true;
            self.shared.standing.fetch_add(1, Ordering::AcqRel);
        }
    }

    /// Shares itself out between the two halves of its batch.
    fn split(mut self, older: &Batch, newer: &Batch) -> (Self, Self) {
        let rest = Self {
            shared: Arc::clone(&self.shared),
            lanes: newer.lanes(),
            rows: newer.rows(),
            stands: false,
        };
        self.lanes = older.lanes();
        self.rows = older.rows();
        (self, rest)
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        let mut lanes = self.shared.lock_lanes();
        for lane in &self.lanes {
            lanes.remove(lane);
        }
        drop(lanes);
        if self.stands {
            self.shared.standing.fetch_sub(1, Ordering::AcqRel);
        }
        let signs = &self.shared.signs;
        signs.unsettled.fetch_sub(self.rows, Ordering::AcqRel);
        self.shared.rows.send_modify(|aside| *aside -= self.rows);
        ROWS_ASIDE.set([], *self.shared.rows.borrow() as f64);
        // Something may have waited for these lanes.
        signs.wake();
    }
}

/// A batch between two attempts.
struct Waiting {
    batch: Batch,
    terms: Patience,
    part: Part,
}

/// How the next attempt is made.
#[derive(Clone, Copy)]
struct Patience {
    /// The pause after it, where it meets the lock once more.
    pause: Duration,
    lock_limit: Duration,
}

/// Batches by the time of their next attempt, earliest first; the number keeps two of one time apart, in order.
#[derive(Default)]
struct Agenda {
    next: u64,
    batches: BTreeMap<(Instant, u64), Waiting>,
}

impl Agenda {
    fn add(&mut self, at: Instant, waiting: Waiting) {
        self.next += 1;
        self.batches.insert((at, self.next), waiting);
    }

    /// Both halves of a batch, at once.
    fn add_halves(&mut self, (older, newer): (Batch, Batch), terms: Patience, part: Part) {
        let (first, second) = part.split(&older, &newer);
        for (batch, part) in [(older, first), (newer, second)] {
            self.add(Instant::now(), Waiting { batch, terms, part });
        }
    }
}

impl Shared {
    fn lock_lanes(&self) -> MutexGuard<'_, HashSet<LaneOfKind>> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_limit(&self) -> Duration {
        let options = &self.committer.options;
        match self.standing.load(Ordering::Acquire) {
            0 => options.lock_limit,
            _ => options.short_lock_limit(),
        }
    }

    /// Tries the batch and its parts until each is settled, or has been retried for as long as anything is.
    async fn settle(self: Arc<Self>, batch: Batch, part: Part) {
        let options = &self.committer.options;
        let begun = Instant::now();
        let mut agenda = Agenda::default();
        let terms = Patience {
            pause: options.first_pause,
            lock_limit: self.lock_limit(),
        };
        agenda.add(begun, Waiting { batch, terms, part });
        while let Some(((at, _), waiting)) = agenda.batches.pop_first() {
            sleep_until(at.min(begun + options.retry_for)).await;
            self.attempt(waiting, begun, &mut agenda).await;
        }
    }

    /// One attempt at what was put aside at `begun`.
    async fn attempt(&self, waiting: Waiting, begun: Instant, agenda: &mut Agenda) {
        let Waiting {
            batch,
            terms,
            mut part,
        } = waiting;
        let deadline = begun + self.committer.options.retry_for;
        match self.try_once(batch, terms.lock_limit, deadline).await {
            Left::Nothing => {}
            Left::Panicked => tracing::error!("writing a row that was put aside panicked"),
            Left::Halves(older, newer) => agenda.add_halves((older, newer), terms, part),
            Left::Locked(batch) if batch.rows() > 1 => {
                agenda.add_halves(batch.split(), terms, part);
            }
            Left::Locked(batch) if Instant::now() >= deadline => {
                give_up(batch, self.committer.options.retry_for);
            }
            Left::Locked(batch) => {
                if begun.elapsed() >= STANDING_AFTER {
                    part.stand();
                }
                for group in batch.groups() {
                    ROWS_TOTAL.add([group.table(), "retried"], group.len() as u64);
                }
                let next = Instant::now() + terms.pause.mul_f64(rand::random_range(0.5..1.0));
                let terms = self.more_patient(terms);
                agenda.add(next, Waiting { batch, terms, part });
            }
        }
    }

    async fn try_once(&self, batch: Batch, lock_limit: Duration, deadline: Instant) -> Left {
        let _turn = self.turns.acquire().await;
        let terms = Terms {
            lock_limit,
            retry_for: deadline.saturating_duration_since(Instant::now()),
        };
        self.committer.settle(batch, terms).await
    }

    fn more_patient(&self, terms: Patience) -> Patience {
        Patience {
            pause: (terms.pause * 2).min(LONGEST_PAUSE),
            lock_limit: (terms.lock_limit * 2).min(self.committer.options.lock_limit),
        }
    }
}
