//! The gateway: serenity on a thread of its own, its events translated to ours in order.
//!
//! serenity spawns a task per event. On a multi-thread runtime the events of a guild would overtake each other; on a
//! `current_thread` runtime tasks run in the order in which they were spawned, and the handler hands each event over
//! before it awaits anything. So [`EventSink::deliver`] sees a guild's events in the order in which Discord sent them.
//!
//! ```text
//!  Discord ──▶ shard ──▶ serenity's cache ──▶ framework (commands)
//!                  └───▶ handler ──translate──▶ EventSink: CatchUp ──▶ the guilds
//!              └────────────── the thread "gateway" ──────────┘
//! ```

mod away;
mod catch_up;
mod commands;
mod connect;
mod error;
mod handler;
mod kind;
mod listening;
mod metrics;
mod present;
mod shards;
mod thread;
mod translate;

#[cfg(test)]
mod tests;

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use secrecy::SecretString;
use serenity::cache::Cache;
use serenity::framework::Framework;
use serenity::gateway::ShardManager;
use serenity::http::Http;
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use self::catch_up::CatchUp;
pub use self::error::GatewayError;
use self::handler::Intake;
pub use self::listening::Listening;
pub use self::shards::ShardStates;
use crate::domain::event::{GuildEvent, RollCall};
use crate::telemetry::metrics::Metric;

/// The metrics of the gateway, for the app's list.
#[must_use]
pub fn metrics() -> Vec<&'static dyn Metric> {
    metrics::METRICS.to_vec()
}

/// Takes a guild's events in the order in which Discord sent them.
pub trait EventSink: Send + Sync {
    /// Hands over one event. Called on the gateway's thread: blocking it slows the gateway down, which is the only
    /// back-pressure there is, and must stay well below the heartbeat interval (41 s).
    fn deliver(&self, event: GuildEvent);

    /// Hands over which guilds a shard has, when it connects anew and before it delivers anything of them. Called on the
    /// gateway's thread as well; who keeps no account of guilds needs not care.
    fn call_roll(&self, _roll: RollCall) {}
}

/// Where and as whom to connect.
#[derive(Clone, Debug)]
pub struct GatewayOptions {
    /// The bot token, with or without `Bot ` before it.
    pub token: SecretString,
    /// REST and gateway of another Discord: a REST proxy, or the simulator. Its `GET /gateway/bot` names the gateway.
    pub api_base: Option<String>,
    /// Whether to ask for the texts of messages, a privileged intent. Without them nothing can be judged.
    pub message_content: bool,
    /// Whether to ask for joins and leaves, a privileged intent.
    pub guild_members: bool,
    /// This process's shards and how many there are in all. Without it, all that Discord recommends.
    pub shards: Option<(Range<u32>, u32)>,
}

/// How the thread ended; `None` while it runs.
type Ended = Option<Result<(), GatewayError>>;

/// The connection to Discord. Dropping it hangs up without waiting.
#[derive(Debug)]
pub struct Gateway {
    http: Arc<Http>,
    cache: Arc<Cache>,
    manager: Arc<ShardManager>,
    intake: Arc<Intake>,
    commands: TaskTracker,
    shards: watch::Receiver<ShardStates>,
    ended: watch::Receiver<Ended>,
    halt: CancellationToken,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Gateway {
    /// Asks Discord for the gateway, which proves the token, and starts to connect. Returns before the shards are
    /// connected; they start five seconds apart. `framework` receives ready, message and interaction events only.
    ///
    /// # Errors
    /// Names a refused token, an exhausted session limit, a wrong shard range, or that Discord cannot be reached within
    /// several attempts.
    pub async fn start(
        options: GatewayOptions,
        framework: impl Framework + 'static,
        sink: Arc<dyn EventSink>,
    ) -> Result<Self, GatewayError> {
        thread::start(options, framework, sink).await
    }

    /// serenity's REST client, for answers to interactions. Side effects go through `actions/`.
    #[must_use]
    pub fn http(&self) -> &Arc<Http> {
        &self.http
    }

    /// What serenity remembers of guilds, channels, roles and members. It learns of an event before the sink does.
    #[must_use]
    pub fn cache(&self) -> &Arc<Cache> {
        &self.cache
    }

    /// How many of this process's shards are connected, as it changes.
    #[must_use]
    pub fn shards(&self) -> watch::Receiver<ShardStates> {
        self.shards.clone()
    }

    /// Waits until all shards of this process are connected.
    ///
    /// # Errors
    /// Says why the gateway closed before that.
    pub async fn ready(&self) -> Result<(), GatewayError> {
        let mut shards = self.shards.clone();
        tokio::select! {
            biased;
            Ok(_) = shards.wait_for(|shards| shards.all_connected()) => Ok(()),
            closed = self.closed() => closed.and(Err(GatewayError::Stopped)),
        }
    }

    /// Waits until the gateway has closed: for ever, unless it is stopped or Discord ends it for good.
    ///
    /// # Errors
    /// Says why Discord ended it, with what to do next.
    pub async fn closed(&self) -> Result<(), GatewayError> {
        let mut ended = self.ended.clone();
        let ended = ended.wait_for(Option::is_some).await;
        match ended.as_deref() {
            Ok(Some(how)) => how.clone(),
            // The thread's end of the channel is gone without a word: it panicked.
            Ok(None) | Err(_) => Err(GatewayError::Died),
        }
    }

    /// Takes no further event, lets the commands in hand finish, says good-bye to Discord and joins the thread.
    /// Stopping twice is harmless.
    ///
    /// # Errors
    /// `StopTimedOut` after `limit`; the thread is then left behind. Or why the gateway had ended before.
    pub async fn stop(&self, limit: Duration) -> Result<(), GatewayError> {
        let deadline = Instant::now() + limit;
        self.intake.close();
        if self.ended.borrow().is_none() {
            self.say_good_bye(deadline).await;
        }
        self.halt.cancel();
        let ended = timeout_at(deadline, self.closed()).await;
        let ended = ended.map_err(|_| GatewayError::StopTimedOut)?;
        self.join();
        ended
    }

    /// Half of the time for what is in hand, half of the rest for the good-bye.
    async fn say_good_bye(&self, deadline: Instant) {
        self.commands.close();
        if timeout_at(half_time(deadline), self.commands.wait())
            .await
            .is_err()
        {
            let left = self.commands.len();
            tracing::warn!(left, "commands still ran when the gateway stopped");
        }
        // A shard that does not answer is hung up on: Discord then keeps the session for a while, no more.
        drop(timeout_at(half_time(deadline), self.manager.shutdown_all()).await);
    }

    /// The thread has reported its end and returns at once.
    fn join(&self) {
        let mut thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(Err(_)) = thread.take().map(JoinHandle::join) {
            tracing::error!("the gateway's thread panicked");
        }
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.intake.close();
        self.halt.cancel();
    }
}

fn half_time(deadline: Instant) -> Instant {
    let now = Instant::now();
    now + (deadline - now) / 2
}
