//! The only door for writes: gathers what waits, commits it in one transaction, acknowledges each caller.
//!
//! A change enters a bounded queue. The writer actor takes all that waits (up to `batch_rows`), writes it as one
//! transaction of multi-row statements per table, and only after the commit tells each caller what it asked to know.
//! A transient error is retried for `retry_for`; a row that the database refuses is found by halving and fails alone;
//! a row that somebody else keeps locked is put aside, with what follows it in its lane, and does not hold up the others;
//! a COMMIT that got no answer is looked up by its transaction id, so that a committed batch is never written again.

mod actor;
mod aside;
mod commit;
mod error;
mod fault;
mod group;
pub(crate) mod metrics;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use ractor::{Actor, ActorRef, SpawnErr};
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::JoinHandle;

pub use self::error::WriteError;

use self::actor::{Duties, Inbox, Signs, SupervisorMsg, WriterSupervisor};
use self::aside::Aside;
use self::commit::Committer;
use self::group::{Group, Reply, Rows};
use crate::settings::WriterSettings;
use crate::store::Pool;
use crate::store::record::Record;

/// How the writer queues, gathers and retries.
#[derive(Clone, Debug)]
pub struct WriterOptions {
    /// How many changes may wait.
    pub queue_capacity: usize,
    /// How many rows one transaction holds at most.
    pub batch_rows: usize,
    /// How long a caller waits for room in the queue.
    pub enqueue_timeout: Duration,
    /// How long a batch is retried while the database cannot be reached.
    pub retry_for: Duration,
    /// How long one attempt may take before its connection is given up.
    pub attempt_limit: Duration,
    /// How long a batch waits for a lock before it is put aside; in whole milliseconds.
    pub lock_limit: Duration,
    /// The pause before the first retry; it doubles up to one second.
    pub first_pause: Duration,
}

impl Default for WriterOptions {
    fn default() -> Self {
        Self {
            queue_capacity: 10_000,
            batch_rows: 500,
            enqueue_timeout: Duration::from_secs(3),
            retry_for: Duration::from_secs(60),
            attempt_limit: Duration::from_secs(10),
            lock_limit: Duration::from_millis(250),
            first_pause: Duration::from_millis(20),
        }
    }
}

impl WriterOptions {
    /// For a lock that is known to stand. A row that is only busy for a moment is tried again soon.
    fn short_lock_limit(&self) -> Duration {
        self.lock_limit / 10
    }
}

impl From<&WriterSettings> for WriterOptions {
    fn from(settings: &WriterSettings) -> Self {
        Self {
            queue_capacity: settings.queue_capacity,
            batch_rows: settings.batch_rows,
            enqueue_timeout: settings.enqueue_timeout,
            retry_for: settings.retry_for,
            ..Self::default()
        }
    }
}

/// A handle to the writer; cloning is cheap.
#[derive(Clone)]
pub struct Writer {
    queue: mpsc::Sender<Box<dyn Group>>,
    supervisor: ActorRef<SupervisorMsg>,
    signs: Arc<Signs>,
    ended: Arc<Mutex<Option<JoinHandle<()>>>>,
    enqueue_timeout: Duration,
}

impl Writer {
    /// Starts the writer actor under its supervisor.
    ///
    /// # Errors
    /// Fails only where the actor system itself cannot start an actor.
    pub async fn start(pool: Pool, options: WriterOptions) -> Result<Self, SpawnErr> {
        let (queue, inbox) = mpsc::channel(options.queue_capacity);
        let enqueue_timeout = options.enqueue_timeout;
        let signs = Arc::<Signs>::default();
        let committer = Committer { pool, options };
        let duties = Duties {
            aside: Aside::new(committer.clone(), Arc::clone(&signs)),
            committer,
            inbox: Arc::new(Mutex::new(Inbox::new(inbox))),
            signs: Arc::clone(&signs),
        };
        let (supervisor, ended) = Actor::spawn(None, WriterSupervisor, duties).await?;
        signs.tell(supervisor.clone());
        Ok(Self {
            queue,
            supervisor,
            signs,
            ended: Arc::new(Mutex::new(Some(ended))),
            enqueue_timeout,
        })
    }

    /// Writes a change and returns after its commit.
    ///
    /// # Errors
    /// See [`WriteError`]; only [`WriteError::Interrupted`] leaves open whether the change was written. A caller that
    /// stops waiting takes nothing back: a queued change is written all the same.
    pub async fn keep_now<R: Record>(&self, row: R) -> Result<R::Ack, WriteError> {
        let (reply, answer) = oneshot::channel();
        self.enqueue(row, Some(reply)).await?;
        answer.await.unwrap_or(Err(WriteError::Interrupted))
    }

    /// Queues a change and returns at once. For counters only: what has not been committed is lost by a crash.
    ///
    /// # Errors
    /// [`WriteError::QueueFull`] or [`WriteError::Stopped`].
    pub async fn keep<R: Record>(&self, row: R) -> Result<(), WriteError> {
        self.enqueue(row, None).await
    }

    async fn enqueue<R: Record>(
        &self,
        row: R,
        reply: Option<Reply<R::Ack>>,
    ) -> Result<(), WriteError> {
        let group: Box<dyn Group> = Box::new(Rows::one(row, reply));
        // Counted before it can be written, so that the count never falls below zero.
        self.signs.unsettled.fetch_add(1, Ordering::AcqRel);
        let sent = self.queue.send_timeout(group, self.enqueue_timeout).await;
        if let Err(error) = sent {
            self.signs.unsettled.fetch_sub(1, Ordering::AcqRel);
            return Err(match error {
                mpsc::error::SendTimeoutError::Timeout(_) => {
                    WriteError::QueueFull(self.enqueue_timeout)
                }
                mpsc::error::SendTimeoutError::Closed(_) => WriteError::Stopped,
            });
        }
        self.signs.wake();
        Ok(())
    }

    /// How many changes are queued or being written.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.signs.unsettled.load(Ordering::Acquire)
    }

    /// Writes all that waits and stops. Later changes are refused with [`WriteError::Stopped`].
    pub async fn drain(&self) {
        // A second caller waits here until the first one's drain is over.
        let mut ended = self.ended.lock().await;
        if let Some(handle) = ended.take()
            && self.supervisor.cast(SupervisorMsg::Drain).is_ok()
            && let Err(error) = handle.await
        {
            tracing::error!(%error, "the writer did not stop in order");
        }
    }
}
