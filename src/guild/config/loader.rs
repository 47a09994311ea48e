//! Where a waking guild gets its configuration: the version always from PostgreSQL, the values from Redis where it
//! has that version. While PostgreSQL is away, what Redis has is better than silence.

use std::sync::Arc;

use serde_json::json;

use super::registry::Registry;
use super::snapshot::Snapshot;
use crate::cache::{Cache, Outcome, count_guild_config};
use crate::domain::ids::{ConfigVersion, GuildId};
use crate::store::tables::config::{StoredConfig, find_version, load_config};
use crate::store::{Pool, StoreError, timed};

/// Reads configurations. Cloning is cheap.
#[derive(Clone)]
pub struct Loader {
    pool: Pool,
    cache: Cache,
    registry: Arc<Registry>,
}

impl Loader {
    /// A loader for the declared keys.
    #[must_use]
    pub const fn new(pool: Pool, cache: Cache, registry: Arc<Registry>) -> Self {
        Self {
            pool,
            cache,
            registry,
        }
    }

    /// The declared keys.
    #[must_use]
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// The configuration as it is now.
    ///
    /// # Errors
    /// Where neither PostgreSQL nor Redis can tell. Never a default in place of a failed read.
    pub async fn load(&self, guild: GuildId) -> Result<Snapshot, StoreError> {
        count_guild_config(false);
        let cached = from_cache(self.cache.find_guild_config(guild).await);
        let stored = match (self.from_database(guild, cached.as_ref()).await, cached) {
            (Ok(stored), _) => stored,
            (Err(error), Some(cached)) => {
                tracing::warn!(guild.id = %guild, %error, "the configuration comes from Redis alone");
                cached
            }
            (Err(error), None) => return Err(error),
        };
        let (snapshot, problems) = Snapshot::from_stored(&self.registry, &stored);
        for (name, problem) in problems {
            tracing::error!(guild.id = %guild, key = name, problem, "a stored value does not fit and counts as unset");
        }
        Ok(snapshot)
    }

    async fn from_database(
        &self,
        guild: GuildId,
        cached: Option<&StoredConfig>,
    ) -> Result<StoredConfig, StoreError> {
        let mut conn = self.pool.acquire().await?;
        if let Some(cached) = cached
            && timed("find_config_version", find_version(&mut conn, guild)).await? == cached.version
        {
            return Ok(cached.clone());
        }
        let stored = timed(
            "load_config",
            load_config(&mut conn, guild, self.registry.tables()),
        )
        .await?;
        drop(conn);
        self.cache
            .store_guild_config(guild, stored.version, &json!(stored.values))
            .await;
        Ok(stored)
    }

    /// Tells Redis of a committed version. A failure costs a later reader one query and nothing else.
    pub async fn publish(&self, guild: GuildId, version: ConfigVersion) {
        let read = async {
            let mut conn = self.pool.acquire().await?;
            Ok::<_, StoreError>(load_config(&mut conn, guild, self.registry.tables()).await?)
        };
        match read.await {
            Ok(stored) if stored.version >= version => {
                self.cache
                    .store_guild_config(guild, stored.version, &json!(stored.values))
                    .await;
            }
            Ok(_) => {}
            Err(error) => {
                tracing::debug!(guild.id = %guild, %error, "a new version was not told to Redis")
            }
        }
    }
}

fn from_cache(found: Outcome) -> Option<StoredConfig> {
    let Outcome::Hit(version, values) = found else {
        return None;
    };
    Some(StoredConfig {
        version,
        values: serde_json::from_value(values).ok()?,
    })
}
