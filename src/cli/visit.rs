//! What a short command of the operator works on: the bot's database and cache, also while the bot runs.

use std::time::Duration;

use anyhow::{Context as _, bail};
use secrecy::SecretString;

use crate::cache::Cache;
use crate::domain::ids::{ConfigVersion, GuildId};
use crate::settings::{RedisSettings, Settings};
use crate::store::server::{self, ServerOptions};
use crate::store::tables::config::list_known;
use crate::store::{Database, Pool, PoolOptions, migrations};

/// How many guilds are asked for by one statement.
const AT_ONCE: i64 = 10_000;
/// An operator waits longer than a guild would.
const PATIENCE: Duration = Duration::from_secs(2);

/// An open database with this version's schema, and the cache.
pub(super) struct Visit {
    database: Database,
    pub(super) settings: Settings,
    pub(super) pool: Pool,
    pub(super) cache: Cache,
}

impl Visit {
    /// Opens what the settings name. Looking makes no database and changes no schema.
    pub(super) async fn open(settings: Settings) -> anyhow::Result<Self> {
        let options = ServerOptions::kept(&settings);
        if settings.database.url.is_none() && !server::has_cluster(&options) {
            bail!("there is no database yet; `aimod migrate` or `aimod run` makes one");
        }
        let cache = cache(&settings)?;
        let database = Database::visit(&settings).await?;
        match open_pool(&settings, &database).await {
            Ok(pool) => Ok(Self {
                database,
                settings,
                pool,
                cache,
            }),
            Err(error) => {
                database.stop().await;
                Err(error)
            }
        }
    }

    /// The database's address.
    pub(super) fn url(&self) -> &SecretString {
        self.database.url()
    }

    /// Whether the database knows a guild.
    pub(super) async fn knows(&self, guild: GuildId) -> anyhow::Result<bool> {
        let mut conn = self.pool.acquire().await?;
        let before = GuildId(guild.0.saturating_sub(1));
        let next = list_known(&mut conn, Some(before), 1).await;
        let next = next.context("the known guilds cannot be read")?;
        Ok(next.first().is_some_and(|(known, _)| *known == guild))
    }

    /// Every guild that the database knows, with its version.
    pub(super) async fn list_known(&self) -> anyhow::Result<Vec<(GuildId, ConfigVersion)>> {
        let mut conn = self.pool.acquire().await?;
        let mut known: Vec<(GuildId, ConfigVersion)> = Vec::new();
        loop {
            let after = known.last().map(|(guild, _)| *guild);
            let more = list_known(&mut conn, after, AT_ONCE).await;
            let more = more.context("the known guilds cannot be read")?;
            if more.is_empty() {
                return Ok(known);
            }
            known.extend(more);
        }
    }

    /// Leaves the database as it was found: running or stopped.
    pub(super) async fn close(self) {
        drop(self.pool);
        self.database.stop().await;
    }
}

async fn open_pool(settings: &Settings, database: &Database) -> anyhow::Result<Pool> {
    let states = migrations::status(database.url()).await;
    let states = states.context("the database cannot be used")?;
    if states.iter().any(|state| !state.applied) {
        bail!("the database has an older schema than this program; `aimod migrate` brings it up");
    }
    let options = PoolOptions {
        min_connections: 0,
        ..PoolOptions::from_settings("cli", &settings.database)
    };
    Ok(Pool::open(database.url(), options)?)
}

/// The cache alone, with an operator's patience.
pub(super) fn cache(settings: &Settings) -> anyhow::Result<Cache> {
    let redis = RedisSettings {
        timeout: settings.redis.timeout.max(PATIENCE),
        ..settings.redis.clone()
    };
    Ok(Cache::open(&redis)?)
}
