//! The writer actor and its supervisor: on each wake the actor writes everything that waits.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use ractor::{Actor, ActorProcessingErr, ActorRef, SupervisionEvent};
use tokio::sync::{Mutex, mpsc};

use super::aside::Aside;
use super::commit::Committer;
use super::group::{Batch, Group};
use super::metrics::{QUEUE_DEPTH, RESTARTS_TOTAL};

/// How often the writer looks for more before it begins a batch.
const MOST_ROUNDS: usize = 32;

/// The waiting changes. They stand outside the actor, so that its crash loses none of them.
pub(super) struct Inbox {
    queue: mpsc::Receiver<Box<dyn Group>>,
    /// Taken from the queue but put off, because an earlier row of the same lane has to be committed first.
    deferred: VecDeque<Box<dyn Group>>,
}

/// What the actor needs; a restart begins again with the same.
#[derive(Clone)]
pub(super) struct Duties {
    pub(super) committer: Committer,
    pub(super) aside: Aside,
    pub(super) inbox: Arc<Mutex<Inbox>>,
    pub(super) signs: Arc<Signs>,
}

/// What callers and the actor tell each other beside the queue.
#[derive(Default)]
pub(super) struct Signs {
    /// A wake is on its way, so that no second one is needed: mailboxes have no bound.
    pub(super) woken: AtomicBool,
    /// Changes that are queued or being written.
    pub(super) unsettled: AtomicUsize,
    /// Whom a wake reaches, whichever writer is there.
    supervisor: OnceLock<ActorRef<SupervisorMsg>>,
}

impl Signs {
    pub(super) fn tell(&self, supervisor: ActorRef<SupervisorMsg>) {
        // There is one supervisor for a writer's whole life.
        drop(self.supervisor.set(supervisor));
    }

    /// Says that something may be waiting, once until the writer looks. While it drains it looks by itself.
    pub(super) fn wake(&self) {
        if self.woken.swap(true, Ordering::SeqCst) {
            return;
        }
        if let Some(supervisor) = self.supervisor.get() {
            drop(supervisor.cast(SupervisorMsg::Wake));
        }
    }
}

impl Inbox {
    pub(super) fn new(queue: mpsc::Receiver<Box<dyn Group>>) -> Self {
        Self {
            queue,
            deferred: VecDeque::new(),
        }
    }

    /// Lets those whom the last commit has answered bring their next change: one transaction of twice the rows costs
    /// far less than two. Ends as soon as nobody comes any more.
    async fn fill(&mut self) {
        let mut waiting = self.queue.len();
        for _ in 0..MOST_ROUNDS {
            tokio::task::yield_now().await;
            let now = self.queue.len();
            if now == waiting {
                return;
            }
            waiting = now;
        }
    }

    /// Takes what waits, oldest first, up to `most` rows; what shares a lane with an earlier row is put off.
    fn gather(&mut self, most: usize, aside: &Aside) -> Batch {
        let mut batch = Batch::default();
        // As they are now: one that opened in the middle would let a later row overtake an earlier one.
        let closed = aside.closed_lanes();
        let mut put_off = VecDeque::new();
        // What is put off counts against no queue, so there is a limit to it too.
        while batch.rows() < most && put_off.len() < most {
            let Some(group) = self.take() else {
                break;
            };
            let lane = group.lane().map(|lane| (group.kind(), lane));
            if lane.is_some_and(|lane| closed.contains(&lane)) {
                put_off.push_back(group);
            } else {
                put_off.extend(batch.admit(group));
            }
        }
        put_off.append(&mut self.deferred);
        self.deferred = put_off;
        QUEUE_DEPTH.set([], (self.queue.len() + self.deferred.len()) as f64);
        batch
    }

    fn take(&mut self) -> Option<Box<dyn Group>> {
        let deferred = self.deferred.pop_front();
        deferred.or_else(|| self.queue.try_recv().ok())
    }
}

/// Counts rows as settled, however the batch that holds them ends.
struct Held<'a> {
    signs: &'a Signs,
    rows: usize,
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.signs.unsettled.fetch_sub(self.rows, Ordering::AcqRel);
    }
}

impl Duties {
    async fn write_waiting(&self, inbox: &mut Inbox) -> anyhow::Result<()> {
        loop {
            inbox.fill().await;
            let batch = inbox.gather(self.committer.options.batch_rows, &self.aside);
            if batch.is_empty() {
                return Ok(());
            }
            let held = Held {
                signs: &self.signs,
                rows: batch.rows(),
            };
            let written = self.committer.commit(batch, &self.aside).await;
            drop(held);
            written?;
        }
    }

    /// Closes the queue and writes what it holds.
    async fn write_the_last(&self, inbox: &mut Inbox) -> anyhow::Result<()> {
        inbox.queue.close();
        loop {
            self.write_waiting(inbox).await?;
            // A caller that was given a place before the close may still fill it.
            match inbox.queue.recv().await {
                Some(group) => inbox.deferred.push_back(group),
                None if self.aside.is_empty() && inbox.deferred.is_empty() => return Ok(()),
                // What is put off waits for what is aside.
                None => self.aside.progress().await,
            }
        }
    }
}

pub(super) enum WriterMsg {
    /// Something may be waiting.
    Wake,
    /// Nothing more will come: write what waits, then stop.
    Drain,
}

pub(super) struct WriterActor;

impl Actor for WriterActor {
    type Msg = WriterMsg;
    type State = Duties;
    type Arguments = Duties;

    async fn pre_start(
        &self,
        myself: ActorRef<WriterMsg>,
        duties: Duties,
    ) -> Result<Duties, ActorProcessingErr> {
        // What waited while no actor was there.
        myself.cast(WriterMsg::Wake)?;
        Ok(duties)
    }

    async fn handle(
        &self,
        myself: ActorRef<WriterMsg>,
        message: WriterMsg,
        duties: &mut Duties,
    ) -> Result<(), ActorProcessingErr> {
        let inbox = Arc::clone(&duties.inbox);
        let mut inbox = inbox.lock().await;
        match message {
            WriterMsg::Wake => {
                duties.signs.woken.store(false, Ordering::SeqCst);
                duties.write_waiting(&mut inbox).await?;
            }
            WriterMsg::Drain => {
                duties.write_the_last(&mut inbox).await?;
                myself.stop(None);
            }
        }
        Ok(())
    }
}

/// Starts the writer anew when it fails.
pub(super) struct WriterSupervisor;

pub(super) struct Watched {
    duties: Duties,
    writer: ActorRef<WriterMsg>,
    /// The stop was asked for, also of a writer that has yet to be started anew.
    draining: bool,
}

pub(super) enum SupervisorMsg {
    /// A change was queued.
    Wake,
    /// The pause after a crash is over.
    Restart,
    /// Write what waits, then stop.
    Drain,
}

impl Actor for WriterSupervisor {
    type Msg = SupervisorMsg;
    type State = Watched;
    type Arguments = Duties;

    async fn pre_start(
        &self,
        myself: ActorRef<SupervisorMsg>,
        duties: Duties,
    ) -> Result<Watched, ActorProcessingErr> {
        let writer = spawn(&myself, duties.clone()).await?;
        Ok(Watched {
            duties,
            writer,
            draining: false,
        })
    }

    async fn handle(
        &self,
        myself: ActorRef<SupervisorMsg>,
        message: SupervisorMsg,
        watched: &mut Watched,
    ) -> Result<(), ActorProcessingErr> {
        match message {
            // A dead writer is no error here: the next one starts with a wake, and hears of the stop.
            SupervisorMsg::Wake => drop(watched.writer.cast(WriterMsg::Wake)),
            SupervisorMsg::Restart => {
                watched.writer = spawn(&myself, watched.duties.clone()).await?;
                if watched.draining {
                    watched.writer.cast(WriterMsg::Drain)?;
                }
            }
            SupervisorMsg::Drain => {
                watched.draining = true;
                drop(watched.writer.cast(WriterMsg::Drain));
            }
        }
        Ok(())
    }

    async fn handle_supervisor_evt(
        &self,
        myself: ActorRef<SupervisorMsg>,
        event: SupervisionEvent,
        _watched: &mut Watched,
    ) -> Result<(), ActorProcessingErr> {
        match event {
            SupervisionEvent::ActorFailed(_, error) => {
                RESTARTS_TOTAL.increment([]);
                tracing::error!(%error, "the writer failed and is started anew");
                myself.send_after(Duration::from_millis(100), || SupervisorMsg::Restart);
            }
            SupervisionEvent::ActorTerminated(..) => myself.stop(None),
            _ => {}
        }
        Ok(())
    }
}

async fn spawn(
    myself: &ActorRef<SupervisorMsg>,
    duties: Duties,
) -> Result<ActorRef<WriterMsg>, ActorProcessingErr> {
    let (writer, _) = Actor::spawn_linked(None, WriterActor, duties, myself.get_cell()).await?;
    Ok(writer)
}
