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

/// A configuration that was read.
pub struct Loaded {
    /// The configuration.
    pub snapshot: Snapshot,
    /// False where it comes from Redis alone because PostgreSQL did not answer: it may be older than what holds.
    pub confirmed: bool,
}

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
        Ok(self.read(guild).await?.snapshot)
    }

    /// The configuration as it is now, and whether PostgreSQL has confirmed that.
    ///
    /// # Errors
    /// As [`Loader::load`].
    pub async fn read(&self, guild: GuildId) -> Result<Loaded, StoreError> {
        count_guild_config(false);
        let cached = self.cached(guild).await;
        let known = cached.as_ref().map(Snapshot::version);
        match (self.newer_than(guild, known).await, cached) {
            (Ok(Some(stored)), _) => Ok(Loaded {
                snapshot: self.compile(guild, &stored),
                confirmed: true,
            }),
            (Ok(None), Some(snapshot)) => Ok(Loaded {
                snapshot,
                confirmed: true,
            }),
            (Err(error), Some(snapshot)) => {
                tracing::warn!(guild.id = %guild, %error, "the configuration comes from Redis alone");
                Ok(Loaded {
                    snapshot,
                    confirmed: false,
                })
            }
            (Err(error), None) => Err(error),
            // Without anything cached there is no version that the database could confirm.
            (Ok(None), None) => Err(diesel::result::Error::NotFound.into()),
        }
    }

    /// What Redis holds. Values that do not fit are no values of ours, or damaged: the database is asked instead.
    async fn cached(&self, guild: GuildId) -> Option<Snapshot> {
        let stored = from_cache(self.cache.find_guild_config(guild).await)?;
        let (snapshot, problems) = Snapshot::from_stored(&self.registry, &stored);
        problems.is_empty().then_some(snapshot)
    }

    /// What PostgreSQL holds, or nothing where that is the version which is known already.
    async fn newer_than(
        &self,
        guild: GuildId,
        known: Option<ConfigVersion>,
    ) -> Result<Option<StoredConfig>, StoreError> {
        let mut conn = self.pool.acquire().await?;
        if known.is_some()
            && Some(timed("find_config_version", find_version(&mut conn, guild)).await?) == known
        {
            return Ok(None);
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
        Ok(Some(stored))
    }

    fn compile(&self, guild: GuildId, stored: &StoredConfig) -> Snapshot {
        let (snapshot, problems) = Snapshot::from_stored(&self.registry, stored);
        for (name, problem) in problems {
            tracing::error!(guild.id = %guild, key = name, problem, "a stored value does not fit and counts as unset");
        }
        snapshot
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
