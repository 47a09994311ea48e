//! A running simulator: starting, stopping, looking.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{Query, State, WebSocketUpgrade};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chrono::TimeDelta;
use tokio::net::TcpListener;

use super::error::ControlError;
use super::guild::SimGuild;
use super::log::RequestEntry;
use super::options::SimulatorOptions;
use super::{fault, http, saving};
use crate::domain::clock::Clock;
use crate::domain::ids::{GuildId, UserId};
use crate::simulator::connection::{Doors, Switch};
use crate::simulator::gateway::transport::Wishes;
use crate::simulator::gateway::{RESUME_PATH, socket};
use crate::simulator::rest;
use crate::simulator::shared::{Settings, Shared};
use crate::simulator::world::{Limits, World};

/// How long the stop waits for requests in flight.
const PATIENCE: Duration = Duration::from_secs(2);

/// A running simulator. Cloning is cheap; all clones act on the same world.
#[derive(Clone, Debug)]
pub struct Simulator {
    pub(crate) shared: Arc<Shared>,
    address: SocketAddr,
}

impl Simulator {
    /// Starts a simulator with an empty world, or the one of a file.
    ///
    /// # Errors
    ///
    /// When the address cannot be listened on, or the world's file not be loaded.
    pub async fn start(options: SimulatorOptions) -> io::Result<Self> {
        let listener = TcpListener::bind(options.listen).await?;
        let address = listener.local_addr()?;
        let settings = Settings {
            api_base: format!("http://{address}"),
            gateway_url: format!("ws://{address}"),
            token: options.token,
            shards: options.shards.max(1),
            heartbeat: options.heartbeat,
            privileged_intents: options.privileged_intents,
            max_concurrency: options.max_concurrency,
            starts_at_once: options.starts_at_once,
            session_starts: options.session_starts,
            rate_limits: options.rate_limits,
        };
        let mut world = match &options.world {
            Some(path) => saving::load(path, options.clock).await?,
            None => World::new(options.clock, options.seed),
        };
        world.limits = Limits {
            messages_per_channel: options.messages_per_channel.max(1),
            strangers_banned: options.non_member_bans,
        };
        let simulator = Self {
            shared: Shared::new(settings, world),
            address,
        };
        simulator.open(listener);
        Ok(simulator)
    }

    fn open(&self, listener: TcpListener) {
        let router = Router::new()
            .route("/", get(front_door))
            .route(RESUME_PATH, get(front_door))
            .merge(rest::attachments())
            .nest(rest::BASE, rest::router(&self.shared))
            .with_state(self.shared.clone())
            .nest("/_sim", http::router(self.clone()));
        let service = router.into_make_service_with_connect_info::<Switch>();
        let stop = self.shared.stop.clone();
        let asked = stop.clone();
        let served = axum::serve(Doors(listener), service)
            .with_graceful_shutdown(async move { asked.cancelled().await });
        self.shared.tasks.spawn(async move {
            let late = async {
                stop.cancelled().await;
                tokio::time::sleep(PATIENCE).await;
            };
            tokio::select! {
                ended = served.into_future() => {
                    if let Err(problem) = ended {
                        tracing::error!(error = %problem, "the simulator's server failed");
                    }
                }
                () = late => tracing::debug!("connections of the simulator were cut off"),
            }
        });
        self.shared.tasks.close();
    }

    /// Ends all connections and stops listening.
    pub async fn shutdown(&self) {
        self.shared.stop.cancel();
        self.shared.tasks.wait().await;
    }

    /// Where REST is reached, for `discord.api_base`: `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn api_base(&self) -> String {
        self.shared.settings.api_base.clone()
    }

    /// The address that is listened on.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The bot's token.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.shared.settings.token
    }

    /// The clock of the world.
    #[must_use]
    pub fn clock(&self) -> Clock {
        self.shared.read(|state| state.world.clock.clone())
    }

    /// Moves a manual clock. What waits for the world looks again: answers that are too late now do not come.
    pub fn advance(&self, by: TimeDelta) {
        self.clock().advance(by);
        self.shared.ring();
    }

    /// The bot's account.
    #[must_use]
    pub fn bot_user_id(&self) -> UserId {
        self.shared.read(|state| state.world.bot.user)
    }

    /// The bot's application.
    #[must_use]
    pub fn application_id(&self) -> u64 {
        self.shared.read(|state| state.world.bot.application)
    }

    /// Makes a guild owned by `admin`, with #general and the bot as a member; the bot is told.
    #[must_use]
    pub fn add_guild(&self, name: &str) -> SimGuild {
        self.add_guild_of(name, "admin")
    }

    /// Makes a guild owned by the person of this name. The same name is the same person in every guild.
    #[must_use]
    pub fn add_guild_of(&self, name: &str, owner: &str) -> SimGuild {
        let id = self.shared.change(|state| {
            let owner = state.world.user_named(owner);
            state.world.add_guild(name, owner)
        });
        self.guild_by_id(id)
    }

    /// The guild of this name or id.
    ///
    /// # Errors
    ///
    /// [`ControlError::Unknown`].
    pub fn guild(&self, name: &str) -> Result<SimGuild, ControlError> {
        let id = self.look(|world| world.find_guild(name));
        id.map(|id| self.guild_by_id(id))
            .ok_or_else(|| ControlError::unknown("guild", name))
    }

    /// A handle on a guild, whether it exists or not.
    #[must_use]
    pub fn guild_by_id(&self, id: GuildId) -> SimGuild {
        SimGuild::new(self.clone(), id)
    }

    /// The account of this name; made if there is none. It need not be a member of any guild.
    #[must_use]
    pub fn user(&self, name: &str) -> UserId {
        self.shared.change(|state| state.world.user_named(name))
    }

    /// Looks at the world as it is at this moment.
    pub fn look<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        self.shared.read(|state| look(&state.world))
    }

    /// What the bot asked for, oldest first.
    #[must_use]
    pub fn request_log(&self) -> Vec<RequestEntry> {
        self.requests("*")
    }

    /// The requests that fit a pattern (see [`Simulator::fail_next`]), oldest first.
    #[must_use]
    pub fn requests(&self, pattern: &str) -> Vec<RequestEntry> {
        self.shared
            .read(|state| state.log.list(pattern).cloned().collect())
    }

    /// How many requests fit a pattern and were answered with success.
    #[must_use]
    pub fn request_count(&self, pattern: &str) -> usize {
        self.shared.read(|state| {
            let list = state.log.list(pattern);
            list.filter(|entry| (200..300).contains(&entry.status))
                .count()
        })
    }

    /// Whether a request's method and path fit a pattern (see [`Simulator::fail_next`]).
    #[must_use]
    pub fn fits(pattern: &str, method: &str, path: &str) -> bool {
        fault::matches(pattern, method, path)
    }

    /// How many events were handed to the bot's sessions.
    #[must_use]
    pub fn events_sent(&self) -> u64 {
        self.shared.read(|state| state.gateway.events_sent)
    }

    /// How many frames wait to be written to the bot.
    #[must_use]
    pub fn backlog(&self) -> usize {
        self.shared.read(|state| state.gateway.backlog())
    }

    /// How many gateway connections an outage refused.
    #[must_use]
    pub fn connections_refused(&self) -> u64 {
        self.shared.read(|state| state.gateway.outage.refused)
    }

    /// How often the bot opened a session with IDENTIFY, and how often it took one up again with RESUME.
    #[must_use]
    pub fn sessions_opened(&self) -> (u64, u64) {
        self.shared
            .read(|state| (state.gateway.identified, state.gateway.resumed))
    }
}

/// The gateway for WebSockets, a word of explanation for everybody else.
async fn front_door(
    State(shared): State<Arc<Shared>>,
    Query(wishes): Query<Wishes>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let Ok(upgrade) = upgrade else {
        let base = &shared.settings.api_base;
        return format!(
            "A simulated Discord: REST at {base}/api/v10, gateway here, control at {base}/_sim/\n"
        )
        .into_response();
    };
    if let Some(refusal) = wishes.refusal() {
        return (StatusCode::BAD_REQUEST, refusal).into_response();
    }
    let admitted = shared.change(|state| {
        let now = state.world.now();
        state.gateway.outage.admits(now)
    });
    if !admitted {
        return (StatusCode::SERVICE_UNAVAILABLE, "the gateway is away\n").into_response();
    }
    upgrade
        .write_buffer_size(128 * 1024)
        .on_upgrade(move |socket| socket::serve(socket, shared, wishes))
}
