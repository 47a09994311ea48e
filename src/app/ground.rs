//! The floors that stand before the first guild: database, pool, cache, writer, actions.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::{AppOptions, secrets};
use crate::actions::discord::{DiscordRest, RestOptions};
use crate::actions::{Actions, ActionsOptions};
use crate::cache::Cache;
use crate::commands;
use crate::commands::permission::PermissionCache;
use crate::domain::clock::Clock;
use crate::features::{self, Shared, global_bans};
use crate::guild::config::loader::Loader;
use crate::guild::{self, Follower, GuildOptions, Guilds};
use crate::settings::Settings;
use crate::store::rights::Rights;
use crate::store::{Database, Pool, PoolOptions, connect, migrations};
use crate::writer::{Writer, WriterOptions};

const CONNECT_LIMIT: Duration = Duration::from_secs(10);

/// The floors below the guilds.
pub(super) struct Ground {
    pub(super) pool: Pool,
    pub(super) cache: Cache,
    pub(super) writer: Writer,
    pub(super) actions: Actions,
}

impl Ground {
    pub(super) async fn lay(
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
            per_second: settings.discord.requests_per_second,
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

    pub(super) async fn guilds(
        &self,
        settings: &Settings,
        clock: &Clock,
        stopping: &CancellationToken,
        shared: &Shared,
    ) -> anyhow::Result<Guilds> {
        let registry = Arc::new(shared.registry());
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

impl Ground {
    /// What commands work with.
    pub(super) fn services(
        &self,
        settings: &Settings,
        guilds: &Guilds,
        shared: &Shared,
        clock: Clock,
    ) -> commands::Services {
        commands::Services {
            guilds: guilds.clone(),
            pool: self.pool.clone(),
            writer: self.writer.clone(),
            actions: self.actions.clone(),
            discord: self.actions.discord().clone(),
            clock,
            observers: features::observers(&self.writer),
            permissions: PermissionCache::new(self.cache.clone()),
            components: features::components(),
            forms: features::forms(),
            operators: settings.discord.operators.clone(),
            states: shared.states(),
        }
    }
}

/// What work beside the guilds runs with.
pub(super) struct Beside<'a> {
    pub(super) stopping: &'a CancellationToken,
    pub(super) clock: &'a Clock,
}

impl Beside<'_> {
    /// Follows the list of global bans and enforces what is new in it.
    pub(super) fn follow_bans(
        &self,
        ground: &Ground,
        database: &Database,
        guilds: &Guilds,
        shared: &Shared,
    ) -> global_bans::Follower {
        global_bans::Follower {
            bans: shared.global_bans.clone(),
            pool: ground.pool.clone(),
            url: database.url().clone(),
            sweep_every: global_bans::SWEEP,
            enforcer: global_bans::Enforcer {
                bans: shared.global_bans.clone(),
                guilds: guilds.clone(),
                actions: ground.actions.clone(),
                pool: ground.pool.clone(),
                writer: ground.writer.clone(),
                clock: self.clock.clone(),
                refusals: global_bans::Refusals::default(),
                met: global_bans::Met::default(),
            },
            stopping: self.stopping.clone(),
        }
    }
}

/// Follows what others change in configurations.
pub(super) fn follower(
    settings: &Settings,
    database: &Database,
    guilds: &Guilds,
    stopping: &CancellationToken,
) -> Follower {
    Follower {
        guilds: guilds.clone(),
        url: database.url().clone(),
        sweep_every: settings.guild.config_sweep,
        stopping: stopping.clone(),
    }
}

pub(super) async fn open_database(
    settings: &Settings,
    options: &AppOptions,
) -> anyhow::Result<Database> {
    let database = match &settings.database.url {
        None if options.throw_away_database => Database::throw_away(settings).await?,
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
    let own = database.server().is_some() || options.own_database;
    if let Err(error) = look_over(settings, &database, own).await {
        database.stop().await;
        return Err(error);
    }
    Ok(database)
}

/// Whether the role may do what running needs, and the keys open what is stored. A server of our own is ours alone: its
/// only role is its owner.
async fn look_over(settings: &Settings, database: &Database, own: bool) -> anyhow::Result<()> {
    let mut conn = connect(database.url(), CONNECT_LIMIT).await?;
    let rights = Rights::of(&mut conn).await;
    let rights = rights.context("the rights of the database's role cannot be read")?;
    if let Some(lack) = rights.lack() {
        bail!(
            "the role {role} may not {lack}: run `aimod migrate --grant {role}` with the DATABASE_URL of the tables' owner",
            role = rights.role
        );
    }
    if let Some(excess) = rights.excess()
        && !own
    {
        tracing::warn!(
            role = rights.role,
            "the role of the database {excess}; `aimod migrate --grant ROLE` prepares one that may only do what running needs"
        );
    }
    secrets::check(&mut conn, settings).await
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
