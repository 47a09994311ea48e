//! The state of this process's shards, for readiness and for Prometheus.

use std::sync::Arc;
use std::time::Duration;

use serenity::gateway::{ConnectionStage, ShardManager};
use tokio::sync::{Notify, watch};
use tokio::time::{MissedTickBehavior, interval};

use super::metrics::{LATENCY, SHARDS};

/// serenity tells nobody when it loses a connection, so it is asked this often.
const ASK_EVERY: Duration = Duration::from_secs(1);

/// How many shards this process runs, and how many of them are connected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ShardStates {
    /// Those that have an open session.
    pub connected: u32,
    /// All of this process.
    pub total: u32,
}

impl ShardStates {
    /// Whether every shard is connected, and there is one.
    #[must_use]
    pub const fn all_connected(self) -> bool {
        self.total > 0 && self.connected == self.total
    }
}

/// Keeps `states` and the gauges right, for ever.
pub(super) async fn watch_shards(
    manager: Arc<ShardManager>,
    moved: Arc<Notify>,
    states: &watch::Sender<ShardStates>,
) {
    let mut tick = interval(ASK_EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        tokio::select! {
            _ = tick.tick() => {}
            () = moved.notified() => {}
        }
        let (connected, latency) = ask(&manager).await;
        let mut total = 0;
        states.send_if_modified(|states| {
            total = states.total;
            std::mem::replace(&mut states.connected, connected) != connected
        });
        show(connected, total, latency);
    }
}

async fn ask(manager: &ShardManager) -> (u32, Option<Duration>) {
    let runners = manager.runners.lock().await;
    let connected = runners
        .values()
        .filter(|runner| runner.stage == ConnectionStage::Connected);
    let latency = runners.values().filter_map(|runner| runner.latency).max();
    (
        u32::try_from(connected.count()).unwrap_or(u32::MAX),
        latency,
    )
}

/// Shows how many shards are in which state.
pub(super) fn show(connected: u32, total: u32, latency: Option<Duration>) {
    SHARDS.set(["connected"], connected);
    SHARDS.set(["disconnected"], total.saturating_sub(connected));
    if let Some(latency) = latency {
        LATENCY.set([], latency);
    }
}
