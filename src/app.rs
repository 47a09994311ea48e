//! The composition root: builds the house bottom-up and stops it top-down.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use secrecy::SecretString;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::actions::discord::{DiscordRest, RestOptions};
use crate::actions::{Actions, ActionsOptions};
use crate::cache::Cache;
use crate::commands::permission::PermissionCache;
use crate::commands::{self, framework};
use crate::domain::clock::Clock;
use crate::features;
use crate::gateway::{Gateway, GatewayError, GatewayOptions};
use crate::guild::config::loader::Loader;
use crate::guild::config::registry::Registry;
use crate::guild::{self, GuildOptions, Guilds};
use crate::settings::Settings;
use crate::store::{Database, Pool, PoolOptions, migrations};
use crate::telemetry::Telemetry;
use crate::telemetry::http::Endpoints;
use crate::telemetry::metrics::Metric;
use crate::telemetry::ready::Readiness;
use crate::writer::{Writer, WriterOptions};

/// What a start may choose besides the settings.
#[derive(Clone, Debug, Default)]
pub struct AppOptions {
    /// Where the clock comes from.
    pub clock: Clock,
    /// Without `database.url`: a cluster that is removed at the end, for the demo. `run` never uses one.
    pub throw_away_database: bool,
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
    beside: TaskTracker,
    stopping: CancellationToken,
    shutdown: Duration,
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
        let database = open_database(settings, options.throw_away_database).await?;
        let ground = Ground::lay(settings, &options, &database, &token).await?;
        let stopping = CancellationToken::new();
        let guilds = ground.guilds(settings, &options.clock, &stopping).await?;
        let services = commands::Services {
            guilds: guilds.clone(),
            pool: ground.pool.clone(),
            clock: options.clock,
            observers: features::observers(&ground.writer),
            permissions: PermissionCache::new(),
        };
        let gateway = connect(settings, token, services).await?;
        let readiness = readiness(&ground.pool, &gateway);
        let endpoints = Endpoints::open(options.listen, telemetry.clone(), readiness).await?;
        let beside = TaskTracker::new();
        beside.spawn(report(ground.pool.clone(), stopping.clone()));
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
            beside,
            stopping,
            shutdown,
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

    /// Stops intake, finishes what is in hand and drains the writer. The database stays open for reading.
    ///
    /// # Errors
    /// Where that took longer than `process.shutdown_secs` leaves; what was not settled stays in the journal.
    pub async fn rest(&self) -> anyhow::Result<()> {
        let third = self.shutdown / 3;
        let deadline = Instant::now() + self.shutdown - third / 2;
        if let Err(error) = self.gateway.stop(third).await {
            tracing::warn!(%error, "the gateway did not close in order");
        }
        tokio::time::timeout_at(deadline, async {
            self.guilds.stop().await;
            self.actions.stop().await;
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

    /// Waits until nothing is under way: no letter, no decision, no waiting write.
    pub async fn settled(&self) {
        let mut ticks = tokio::time::interval(Duration::from_millis(10));
        while self.guilds.waiting() > 0 || self.actions.in_flight() > 0 || self.writer.waiting() > 0
        {
            ticks.tick().await;
        }
    }
}

/// The floors below the guilds.
struct Ground {
    pool: Pool,
    cache: Cache,
    writer: Writer,
    actions: Actions,
}

impl Ground {
    async fn lay(
        settings: &Settings,
        options: &AppOptions,
        database: &Database,
        token: &SecretString,
    ) -> anyhow::Result<Self> {
        let pool_options = PoolOptions::from_settings("main", &settings.database);
        let pool = Pool::open(database.url(), pool_options)?;
        let cache = Cache::open(&settings.redis)?;
        let writer = Writer::start(pool.clone(), WriterOptions::from(&settings.writer)).await?;
        let rest = RestOptions {
            timeout: settings.actions.timeout,
            max_attempts: settings.actions.max_attempts,
            ..RestOptions::default()
        };
        let discord = DiscordRest::new(token, settings.discord.api_base.as_deref(), rest)?;
        let spool = spool_path(settings, options.throw_away_database);
        let actions = Actions::start(
            pool.clone(),
            writer.clone(),
            discord,
            options.clock.clone(),
            ActionsOptions::from_settings(settings, spool),
        )
        .await;
        Ok(Self {
            pool,
            cache,
            writer,
            actions,
        })
    }

    async fn guilds(
        &self,
        settings: &Settings,
        clock: &Clock,
        stopping: &CancellationToken,
    ) -> anyhow::Result<Guilds> {
        let registry = Arc::new(Registry::new(&guild::keys::ALL, features::judges()));
        let services = guild::Services {
            loader: Loader::new(self.pool.clone(), self.cache.clone(), registry),
            writer: self.writer.clone(),
            actions: self.actions.clone(),
            clock: clock.clone(),
            options: GuildOptions::from(&settings.guild),
            tasks: TaskTracker::new(),
            stopping: stopping.clone(),
        };
        Ok(Guilds::start(services).await?)
    }
}

async fn open_database(settings: &Settings, throw_away: bool) -> anyhow::Result<Database> {
    let database = match &settings.database.url {
        None if throw_away => Database::throw_away(settings).await?,
        _ => Database::serve(settings).await?,
    };
    if let Some(server) = database.server() {
        tracing::info!(pid = server.pid(), "AIMod runs its own PostgreSQL");
    }
    let applied = migrations::migrate(database.url())
        .await
        .context("the database cannot be brought to this version")?;
    tracing::info!(
        migrations = applied.len(),
        "the database has this version's schema"
    );
    Ok(database)
}

/// The spool stands in AIMod's own folder; beside a throw-away database it is as short-lived as that.
fn spool_path(settings: &Settings, throw_away: bool) -> PathBuf {
    let folder = if throw_away {
        settings
            .places
            .temp_dir
            .join(format!("aimod-spool-{}", std::process::id()))
    } else {
        settings.places.data_dir.join("spool")
    };
    folder.join("actions.jsonl")
}

async fn connect(
    settings: &Settings,
    token: SecretString,
    services: commands::Services,
) -> anyhow::Result<Gateway> {
    let sink = Arc::new(services.guilds.clone());
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
    let framework = framework::framework(features::commands(), services);
    Ok(Gateway::start(options, framework, sink).await?)
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
