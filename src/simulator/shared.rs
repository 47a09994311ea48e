//! The one lock around the world, and the bell that rings when something changed.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::control::diary::Diary;
use super::control::fault::Faults;
use super::control::log::RequestLog;
use super::control::tape::Tape;
use super::gateway::Gateway;
use super::rules::rate::Rates;
use super::world::World;
use super::world::event::intents;

/// What both faces and the control side work on.
#[derive(Debug)]
pub(crate) struct Shared {
    state: Mutex<State>,
    changed: watch::Sender<u64>,
    pub(crate) settings: Settings,
    pub(crate) tape: Tape,
    pub(crate) stop: CancellationToken,
    pub(crate) tasks: TaskTracker,
}

/// What does not change while the simulator runs.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// Where REST is reached, without a slash at the end.
    pub(crate) api_base: String,
    pub(crate) gateway_url: String,
    pub(crate) token: String,
    pub(crate) shards: u32,
    pub(crate) heartbeat: Duration,
    pub(crate) privileged_intents: u64,
    /// How many remainders of shard numbers there are, each of which starts for itself.
    pub(crate) max_concurrency: u32,
    /// Sessions that may be started within five seconds, for each remainder.
    pub(crate) starts_at_once: u32,
    /// Sessions that may be started in a day.
    pub(crate) session_starts: u32,
    /// Whether requests are counted and refused.
    pub(crate) rate_limits: bool,
}

#[derive(Debug)]
pub(crate) struct State {
    pub(crate) world: World,
    pub(crate) gateway: Gateway,
    pub(crate) faults: Faults,
    pub(crate) log: RequestLog,
    pub(crate) diary: Diary,
    pub(crate) rates: Rates,
}

impl Shared {
    /// Whether the application was granted the content intent, which holds for REST too.
    pub(crate) fn reads_contents(&self) -> bool {
        self.settings.privileged_intents & intents::MESSAGE_CONTENT != 0
    }

    pub(crate) fn new(settings: Settings, mut world: World) -> Arc<Self> {
        world.files.base.clone_from(&settings.api_base);
        let state = State {
            world,
            gateway: Gateway::default(),
            faults: Faults::default(),
            log: RequestLog::default(),
            diary: Diary::default(),
            rates: Rates::default(),
        };
        Arc::new(Self {
            state: Mutex::new(state),
            changed: watch::Sender::new(0),
            settings,
            tape: Tape::default(),
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic of a test's own look at the world must not take the simulator with it.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn read<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.lock())
    }

    /// Changes something, hands what the world says to the gateway in that order, and rings the bell.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let outcome = {
            let mut state = self.lock();
            let outcome = change(&mut state);
            let State {
                world,
                gateway,
                log,
                diary,
                ..
            } = &mut *state;
            diary.note(world, log);
            world.deleters.clear();
            gateway.deliver(world);
            outcome
        };
        self.ring();
        outcome
    }

    pub(crate) fn ring(&self) {
        self.changed.send_modify(|count| *count += 1);
    }

    /// Rings after each change, from now on.
    pub(crate) fn bell(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }
}
