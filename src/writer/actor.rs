//! The writer actor and its supervisor: on each wake the actor writes everything that waits.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use ractor::{Actor, ActorProcessingErr, ActorRef, SupervisionEvent};
use tokio::sync::{Mutex, mpsc};

use super::WriterOptions;
use super::commit::commit;
use super::group::{Batch, Group};
use super::metrics::{QUEUE_DEPTH, RESTARTS_TOTAL};
use crate::store::Pool;

/// The waiting changes. They stand outside the actor, so that a crash of the actor loses only the batch it held.
pub(super) type Inbox = Arc<Mutex<mpsc::Receiver<Box<dyn Group>>>>;

/// What the actor needs; a restart begins again with the same.
#[derive(Clone)]
pub(super) struct Duties {
    pub(super) pool: Pool,
    pub(super) options: WriterOptions,
    pub(super) inbox: Inbox,
}

/// Something may be waiting.
pub(super) struct Wake;

pub(super) struct WriterActor;

impl Actor for WriterActor {
    type Msg = Wake;
    type State = Duties;
    type Arguments = Duties;

    async fn pre_start(
        &self,
        myself: ActorRef<Wake>,
        duties: Duties,
    ) -> Result<Duties, ActorProcessingErr> {
        // What waited while no actor was there.
        myself.cast(Wake)?;
        Ok(duties)
    }

    async fn handle(
        &self,
        _myself: ActorRef<Wake>,
        _wake: Wake,
        duties: &mut Duties,
    ) -> Result<(), ActorProcessingErr> {
        let mut inbox = duties.inbox.lock().await;
        let mut deferred = VecDeque::new();
        loop {
            let batch = gather(&mut inbox, &mut deferred, duties.options.batch_rows);
            if batch.is_empty() {
                return Ok(());
            }
            QUEUE_DEPTH.set([], (inbox.len() + deferred.len()) as f64);
            commit(&duties.pool, &duties.options, batch).await;
        }
    }
}

/// Takes what waits, oldest first, up to `most` rows; what shares a lane with an earlier row is put off.
fn gather(
    inbox: &mut mpsc::Receiver<Box<dyn Group>>,
    deferred: &mut VecDeque<Box<dyn Group>>,
    most: usize,
) -> Batch {
    let mut batch = Batch::default();
    let mut put_off = VecDeque::new();
    while batch.rows() < most {
        let Some(group) = deferred.pop_front().or_else(|| inbox.try_recv().ok()) else {
            break;
        };
        put_off.extend(batch.admit(group));
    }
    put_off.append(deferred);
    *deferred = put_off;
    batch
}

/// Starts the writer anew when it fails.
pub(super) struct WriterSupervisor;

pub(super) struct Watched {
    duties: Duties,
    writer: ActorRef<Wake>,
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
        Ok(Watched { duties, writer })
    }

    async fn handle(
        &self,
        myself: ActorRef<SupervisorMsg>,
        message: SupervisorMsg,
        watched: &mut Watched,
    ) -> Result<(), ActorProcessingErr> {
        match message {
            // A dead writer is not an error here: the next one starts with a wake.
            SupervisorMsg::Wake => drop(watched.writer.cast(Wake)),
            SupervisorMsg::Restart => {
                watched.writer = spawn(&myself, watched.duties.clone()).await?
            }
            SupervisorMsg::Drain => {
                watched.writer.cast(Wake)?;
                watched.writer.drain()?;
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
) -> Result<ActorRef<Wake>, ActorProcessingErr> {
    let (writer, _) = Actor::spawn_linked(None, WriterActor, duties, myself.get_cell()).await?;
    Ok(writer)
}
