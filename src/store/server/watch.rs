//! Watches the server: starts it again when it dies, stops it when asked.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use rustix::process::{Pid, Signal};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::launch::{self, Plan, Running};
use super::leftovers;

/// The shortest and longest wait before a start after a death.
const BACKOFF: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(10));
/// A server that lived for this long begins with the shortest wait again.
const HEALTHY: Duration = Duration::from_secs(60);
/// How long a stop may take before the server is ended without ceremony.
const PATIENCE: Duration = Duration::from_secs(5);

/// The watch over one server.
#[derive(Debug)]
pub(super) struct Watch {
    state: Arc<State>,
    stop: CancellationToken,
    task: TaskTracker,
}

#[derive(Debug)]
struct State {
    plan: Plan,
    pid: AtomicU32,
    restarts: AtomicU64,
}

impl Watch {
    pub(super) fn over(plan: Plan, running: Running) -> Self {
        let state = Arc::new(State {
            plan,
            pid: AtomicU32::new(running.pid),
            restarts: AtomicU64::new(0),
        });
        let stop = CancellationToken::new();
        let task = TaskTracker::new();
        task.spawn(keep_running(Arc::clone(&state), running, stop.clone()));
        task.close();
        Self { state, stop, task }
    }

    pub(super) fn plan(&self) -> &Plan {
        &self.state.plan
    }

    pub(super) fn pid(&self) -> u32 {
        self.state.pid.load(Ordering::Acquire)
    }

    pub(super) fn restarts(&self) -> u64 {
        self.state.restarts.load(Ordering::Acquire)
    }

    pub(super) async fn stop(self) {
        self.stop.cancel();
        self.task.wait().await;
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        // Nobody holds the server any more: let it go even where nobody waits for its end.
        self.stop.cancel();
    }
}

async fn keep_running(state: Arc<State>, mut running: Running, stop: CancellationToken) {
    loop {
        let began = Instant::now();
        tokio::select! {
            () = stop.cancelled() => {
                end(&state, running).await;
                return;
            }
            _ = running.lifeline.wait() => {}
        }
        // If only the lifeline's shell was killed, what is left of it still ends the server.
        drop(running.pipe);
        tracing::warn!(
            pid = state.pid.swap(0, Ordering::AcqRel),
            "PostgreSQL has ended unasked, starting it again"
        );
        let Some(next) = start_again(&state, began.elapsed(), &stop).await else {
            return;
        };
        running = next;
    }
}

/// Tries until the server runs; nothing when the stop comes first.
async fn start_again(state: &State, lived: Duration, stop: &CancellationToken) -> Option<Running> {
    let mut wait = if lived >= HEALTHY {
        Duration::ZERO
    } else {
        BACKOFF.0
    };
    loop {
        tokio::select! {
            () = stop.cancelled() => return None,
            () = tokio::time::sleep(wait) => {}
        }
        // Not cut short by a stop: a server that is half started would have nobody to end it but its lifeline.
        match launch::start(&state.plan).await {
            Ok(running) => return Some(resume(state, running)),
            Err(error) => tracing::error!(%error, "PostgreSQL could not be started again"),
        }
        wait = (wait * 2).clamp(BACKOFF.0, BACKOFF.1);
    }
}

fn resume(state: &State, running: Running) -> Running {
    state.pid.store(running.pid, Ordering::Release);
    state.restarts.fetch_add(1, Ordering::AcqRel);
    tracing::info!(pid = running.pid, "PostgreSQL runs again");
    running
}

async fn end(state: &State, running: Running) {
    let Running {
        mut lifeline, pipe, ..
    } = running;
    // Letting go of the pipe is the request; see the lifeline.
    drop(pipe);
    if tokio::time::timeout(PATIENCE, lifeline.wait())
        .await
        .is_err()
    {
        let pid = i32::try_from(state.pid.load(Ordering::Acquire)).unwrap_or_default();
        if let Some(pid) = Pid::from_raw(pid) {
            leftovers::send(pid, Signal::QUIT);
        }
        if tokio::time::timeout(PATIENCE, lifeline.wait())
            .await
            .is_err()
        {
            tracing::error!("PostgreSQL does not stop");
        }
    }
    state.pid.store(0, Ordering::Release);
}
