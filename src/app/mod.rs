//! The composition root: builds the house bottom-up and stops it top-down.

mod ground;
pub(crate) mod secrets;
#[cfg(test)]
mod tests;
mod upkeep;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use secrecy::SecretString;
use tokio::runtime::Handle;
use tokio::sync::OnceCell;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::ground::{Beside, Ground, follower, open_database};
use self::upkeep::Upkeep;
use crate::actions::Actions;
use crate::cache::Cache;
use crate::commands::{self, framework};
use crate::domain::clock::Clock;
use crate::features::api_keys::ApiKeys;
use crate::features::{self, Shared};
use crate::gateway::{CatchUp, Gateway, GatewayError, GatewayOptions, Listening};
use crate::guild::Guilds;
use crate::settings::Settings;
use crate::store::tables::erasure::Counts;
use crate::store::{Database, Pool};
use crate::telemetry::Telemetry;
use crate::telemetry::http::Endpoints;
use crate::telemetry::metrics::Metric;
use crate::telemetry::ready::Readiness;
use crate::writer::Writer;

/// What a start may choose besides the settings.
#[derive(Clone, Debug, Default)]
pub struct AppOptions {
    /// Where the clock comes from.
    pub clock: Clock,
    /// Without `database.url`: a cluster that is removed at the end, for the demo. `run` never uses one.
    pub throw_away_database: bool,
    /// The server behind `database.url` is one of AIMod's own, whose only role is its owner: for the demo.
    pub own_database: bool,
    /// Where metrics and readiness are shown; nowhere without an address.
    pub listen: Option<SocketAddr>,
}

/// The running bot.
pub struct App {
    database: Database,
    pool: Pool,
    cache: Cache,
    writer: Writer,
    actions: Actions,
    guilds: Guilds,
    gateway: Gateway,
    endpoints: Endpoints,
    telemetry: Telemetry,
    listening: Listening,
    upkeep: Arc<Upkeep>,
    beside: TaskTracker,
    stopping: CancellationToken,
    shutdown: Duration,
    rested: OnceCell<()>,
}

/// Every metric of the house.
#[must_use]
pub fn metrics() -> Vec<&'static dyn Metric> {
    [
        crate::telemetry::metrics(),
        crate::store::metrics(),
        crate::cache::metrics(),
        crate::writer::metrics::METRICS.to_vec(),
        crate::actions::metrics::METRICS.to_vec(),
        crate::actions::discord::metrics().to_vec(),
        crate::guild::metrics::METRICS.to_vec(),
        crate::gateway::metrics(),
        crate::commands::metrics::METRICS.to_vec(),
        features::metrics(),
    ]
    .concat()
}

impl App {
    /// Starts everything, bottom-up. Returns when the gateway has accepted the token; see [`App::ready`].
    ///
    /// # Errors
    /// Names the floor that could not start and what to do.
    pub async fn start(settings: &Settings, options: AppOptions) -> anyhow::Result<Self> {
        let telemetry = Telemetry::install(&metrics())?;
        let token = settings.discord.token.clone();
        let token = token.context("discord.token is missing")?;
        let database = open_database(settings, &options).await?;
        let ground = Ground::lay(settings, &options, &database, &token).await?;
        let stopping = CancellationToken::new();
        let shared = Shared {
            api_keys: ApiKeys::from_settings(&settings.vault)?,
            ..Shared::default()
        };
        shared.global_bans.load(&ground.pool).await?;
        let guilds = ground
            .guilds(settings, &options.clock, &stopping, &shared)
            .await?;
        let beside = TaskTracker::new();
        beside.spawn(follower(settings, &database, &guilds, &stopping).follow());
        let upkeep = keep_up(settings, &ground, &database, options.clock.clone());
        let bans = Beside {
            stopping: &stopping,
            clock: &options.clock,
        }
        .follow_bans(&ground, &database, &guilds, &shared);
        let listening = listen(settings, &ground, options.clock.clone()).await?;
        let services = ground.services(settings, &guilds, &shared, options.clock);
        let sink = catch_up(settings, &ground, &guilds, &listening, &stopping);
        let gateway = connect(settings, token, services, sink, &beside).await?;
        let readiness = readiness(&ground.pool, &gateway);
        let endpoints = Endpoints::open(options.listen, telemetry.clone(), readiness).await?;
        beside.spawn(bans.follow());
        beside.spawn(report(ground.pool.clone(), stopping.clone()));
        let (keeper, until) = (Arc::clone(&upkeep), stopping.clone());
        beside.spawn(async move { keeper.follow(until).await });
        beside.spawn(listening.clone().follow(gateway.shards(), stopping.clone()));
        let shutdown = settings.process.shutdown;
        let Ground {
            pool,
            cache,
            writer,
            actions,
        } = ground;
        Ok(Self {
            database,
            pool,
            cache,
            writer,
            actions,
            guilds,
            gateway,
            endpoints,
            telemetry,
            listening,
            upkeep,
            beside,
            stopping,
            shutdown,
            rested: OnceCell::new(),
        })
    }

    /// Waits until every shard is connected.
    ///
    /// # Errors
    /// Says why the gateway closed before that.
    pub async fn ready(&self) -> Result<(), GatewayError> {
        self.gateway.ready().await
    }

    /// Waits until Discord ends the connection for good.
    ///
    /// # Errors
    /// Says why, with what to do next.
    pub async fn closed(&self) -> Result<(), GatewayError> {
        self.gateway.closed().await
    }

    /// Stops intake, finishes what is in hand and drains the writer. The database stays open for reading. Resting twice
    /// is harmless.
    ///
    /// # Errors
    /// Where that took longer than `process.shutdown_secs` leaves; what was not settled stays in the journal.
    pub async fn rest(&self) -> anyhow::Result<()> {
        let rested = self.rested.get_or_try_init(|| self.come_to_rest()).await;
        rested.copied()
    }

    async fn come_to_rest(&self) -> anyhow::Result<()> {
        let third = self.shutdown / 3;
        let deadline = Instant::now() + self.shutdown - third / 2;
        let closing = self.listening.now();
        if let Err(error) = self.gateway.stop(third).await {
            tracing::warn!(%error, "the gateway did not close in order");
        }
        tokio::time::timeout_at(deadline, async {
            self.guilds.stop().await;
            self.actions.stop().await;
            if let Err(error) = self.listening.close(closing).await {
                tracing::warn!(%error, "how far was listened is not stored");
            }
            self.writer.drain().await;
        })
        .await
        .context(
            "the stop took longer than process.shutdown_secs; what is left stays in the journal",
        )
    }

    /// Stops everything, top-down, within `process.shutdown_secs`. After [`App::rest`] only the rest is left to stop.
    ///
    /// # Errors
    /// As [`App::rest`].
    pub async fn stop(self) -> anyhow::Result<()> {
        let rested = self.rest().await;
        self.stopping.cancel();
        self.beside.close();
        self.beside.wait().await;
        self.endpoints.stop().await;
        self.database.stop().await;
        rested
    }

    /// Does at once what is otherwise done every `retention.every_secs`: what is too old goes. Tells how many rows went of
    /// each class; nothing where another process is at it.
    ///
    /// # Errors
    /// What could not be looked through; the other classes were.
    pub async fn keep_up(&self) -> anyhow::Result<Option<Counts>> {
        self.upkeep.look_through().await
    }

    /// All guilds of this process.
    #[must_use]
    pub const fn guilds(&self) -> &Guilds {
        &self.guilds
    }

    /// The database, for reading.
    #[must_use]
    pub const fn pool(&self) -> &Pool {
        &self.pool
    }

    /// The address of the database.
    #[must_use]
    pub fn database_url(&self) -> &SecretString {
        self.database.url()
    }

    /// The shared cache.
    #[must_use]
    pub const fn cache(&self) -> &Cache {
        &self.cache
    }

    /// The writer.
    #[must_use]
    pub const fn writer(&self) -> &Writer {
        &self.writer
    }

    /// The executor of decisions.
    #[must_use]
    pub const fn actions(&self) -> &Actions {
        &self.actions
    }

    /// The metrics.
    #[must_use]
    pub const fn telemetry(&self) -> &Telemetry {
        &self.telemetry
    }

    /// Where the endpoints are.
    #[must_use]
    pub fn address(&self) -> Option<SocketAddr> {
        self.endpoints.address()
    }

    /// Waits until nothing is under way: no message to read back, no letter, no decision, no waiting write.
    pub async fn settled(&self) {
        let mut ticks = tokio::time::interval(Duration::from_millis(10));
        while self.listening.is_reading()
            || self.guilds.waiting() > 0
            || self.actions.in_flight() > 0
            || self.writer.waiting() > 0
        {
            ticks.tick().await;
        }
    }
}

async fn connect(
    settings: &Settings,
    token: SecretString,
    services: commands::Services,
    sink: CatchUp,
    beside: &TaskTracker,
) -> anyhow::Result<Gateway> {
    let options = GatewayOptions {
        token,
        message_content: settings.discord.message_content,
        guild_members: settings.discord.guild_members,
        api_base: settings.discord.api_base.clone(),
        shards: settings
            .discord
            .shards
            .map(|range| (range.first..range.end, range.total)),
    };
    let until = (beside, &sink.stopping);
    let framework = framework::framework(features::commands(), services, until);
    Ok(Gateway::start(options, framework, Arc::new(sink)).await?)
}

fn keep_up(settings: &Settings, ground: &Ground, database: &Database, clock: Clock) -> Arc<Upkeep> {
    let kept = (&ground.writer, &ground.cache);
    let retention = settings.retention.clone();
    Arc::new(Upkeep::new(database.url(), kept, clock, retention))
}

/// What reads back what was missed, before the gateway's events.
fn catch_up(
    settings: &Settings,
    ground: &Ground,
    guilds: &Guilds,
    listening: &Listening,
    stopping: &CancellationToken,
) -> CatchUp {
    CatchUp {
        guilds: guilds.clone(),
        discord: ground.actions.discord().clone(),
        pool: ground.pool.clone(),
        listening: listening.clone(),
        most: settings.discord.catch_up,
        stopping: stopping.clone(),
        runtime: Handle::current(),
    }
}

/// Goes on listening where an earlier run has ended.
async fn listen(settings: &Settings, ground: &Ground, clock: Clock) -> anyhow::Result<Listening> {
    let shards = settings.discord.shards;
    let shards = shards.map_or_else(|| "all".to_owned(), |range| range.to_string());
    let listening = Listening::resume(shards, &ground.pool, ground.writer.clone(), clock);
    listening
        .await
        .context("how far was listened cannot be read")
}

fn readiness(pool: &Pool, gateway: &Gateway) -> Readiness {
    let (pool, shards) = (pool.clone(), gateway.shards());
    Readiness::new()
        // The start has brought the database to this version, or would not have come this far.
        .probe("migrated", || async { Ok(()) })
        .probe("database", move || {
            let pool = pool.clone();
            async move { pool.ping().await.map_err(|error| error.to_string()) }
        })
        .probe("shards", move || {
            let shards = *shards.borrow();
            async move {
                if shards.all_connected() {
                    return Ok(());
                }
                Err(format!(
                    "{} of {} shards are connected",
                    shards.connected, shards.total
                ))
            }
        })
}

/// Shows the pool's figures once a second until `stop`.
async fn report(pool: Pool, stop: CancellationToken) {
    let mut ticks = tokio::time::interval(Duration::from_secs(1));
    while stop.run_until_cancelled(ticks.tick()).await.is_some() {
        pool.report();
    }
}
