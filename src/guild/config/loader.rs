//! Where configurations are read: the version always from PostgreSQL, the values from Redis where it has that version.
//! While PostgreSQL is away, what Redis has is better than silence.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::json;

use super::change::KeyChange;
use super::registry::Registry;
use super::snapshot::{Reading, Snapshot, Values};
use super::value::Value;
use crate::cache::{Cache, Outcome, count_guild_config};
use crate::domain::ids::{ConfigVersion, GuildId};
use crate::guild::metrics::MISFITS_TOTAL;
use crate::store::tables::config::{
    Revision, StoredConfig, find_version, list_revisions, load_config, load_configs, load_undo,
};
use crate::store::{Pool, StoreError, timed};

/// How far back a value that fits is looked for.
const REVISIONS_BACK: i64 = 50;

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

    /// The shared cache.
    #[must_use]
    pub const fn cache(&self) -> &Cache {
        &self.cache
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
            (Ok(Some(snapshot)), _) | (Ok(None), Some(snapshot)) => Ok(Loaded {
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

    /// The configurations of many guilds, straight from PostgreSQL and all of one moment.
    ///
    /// # Errors
    /// Where PostgreSQL does not answer.
    pub async fn read_many(
        &self,
        guilds: &[GuildId],
    ) -> Result<Vec<(GuildId, Snapshot)>, StoreError> {
        let mut conn = self.pool.acquire().await?;
        let reading = load_configs(&mut conn, guilds, self.registry.tables());
        let stored = timed("load_configs", reading).await?;
        drop(conn);
        let mut snapshots = Vec::with_capacity(stored.len());
        for (guild, stored) in stored {
            snapshots.push((guild, self.compile(guild, stored).await?));
        }
        Ok(snapshots)
    }

    /// What Redis holds. Values that do not fit are no values of ours, or damaged: the database is asked instead.
    async fn cached(&self, guild: GuildId) -> Option<Snapshot> {
        let stored = from_cache(self.cache.find_guild_config(guild).await)?;
        let reading = Reading::of(&self.registry, stored);
        reading
            .misfits()
            .is_empty()
            .then(|| reading.compile(&self.registry))
    }

    /// What PostgreSQL holds, or nothing where that is the version which is known already.
    async fn newer_than(
        &self,
        guild: GuildId,
        known: Option<ConfigVersion>,
    ) -> Result<Option<Snapshot>, StoreError> {
        let mut conn = self.pool.acquire().await?;
        if known.is_some()
            && Some(timed("find_config_version", find_version(&mut conn, guild)).await?) == known
        {
            return Ok(None);
        }
        let loading = load_config(&mut conn, guild, self.registry.tables());
        let stored = timed("load_config", loading).await?;
        drop(conn);
        self.cache
            .store_guild_config(guild, stored.version, &json!(stored.values))
            .await;
        self.compile(guild, stored).await.map(Some)
    }

    async fn compile(&self, guild: GuildId, stored: StoredConfig) -> Result<Snapshot, StoreError> {
        let mut reading = Reading::of(&self.registry, stored);
        for misfit in reading.misfits().to_vec() {
            MISFITS_TOTAL.increment([]);
            let (key, problem) = (misfit.key, misfit.problem);
            tracing::error!(guild.id = %guild, key, problem, "a stored value does not fit and is not applied");
            if let Some(key) = self.registry.find(misfit.key) {
                reading.repair(key, self.last_good(guild, key.name).await?);
            }
        }
        Ok(reading.compile(&self.registry))
    }

    /// The newest value of a key that fits, by its revisions; nothing where it was unset then, or where none is known.
    async fn last_good(
        &self,
        guild: GuildId,
        key: &'static str,
    ) -> Result<Option<Value>, StoreError> {
        let Some(spec) = self.registry.find(key) else {
            return Ok(None);
        };
        let mut conn = self.pool.acquire().await?;
        let listing = list_revisions(&mut conn, guild, Some(key), None, REVISIONS_BACK);
        let revisions: Vec<Revision> = timed("list_revisions", listing).await?;
        let oldest = revisions.last().map(|revision| revision.old.clone());
        let values = revisions.into_iter().map(|revision| revision.new);
        let good = values.chain(oldest).find_map(|json| match json {
            None => Some(None),
            Some(json) => spec.read_stored(&json).ok(),
        });
        Ok(good.flatten())
    }

    /// What was set at an earlier version, with today's version: nothing where the guild has not come so far. Values
    /// that no longer fit their keys count as unset.
    ///
    /// # Errors
    /// Where PostgreSQL does not answer.
    pub async fn values_at(
        &self,
        guild: GuildId,
        version: ConfigVersion,
    ) -> Result<Option<(Values, ConfigVersion)>, StoreError> {
        let mut conn = self.pool.acquire().await?;
        let tables = self.registry.tables();
        let mut transaction = conn.build_transaction().read_only().repeatable_read();
        let reading = transaction.run(async |conn| {
            let now = load_config(conn, guild, tables).await?;
            Ok::<_, diesel::result::Error>((now, load_undo(conn, guild, version).await?))
        });
        let (mut stored, undo) = timed("load_values_at", reading).await?;
        let now = stored.version;
        if version > now || version.0 < 0 {
            return Ok(None);
        }
        for (name, value) in undo {
            let name = match self.registry.find(&name) {
                Some(key) => key.stored_name(),
                None => name,
            };
            stored.values.remove(&name);
            stored.values.extend(value.map(|value| (name, value)));
        }
        let values = Reading::of(&self.registry, stored).into_values();
        Ok(Some((values, now)))
    }

    /// The first of these keys that has changed since a version, with what was set then.
    ///
    /// # Errors
    /// Where PostgreSQL does not answer.
    pub(crate) async fn find_changed_since(
        &self,
        guild: GuildId,
        version: ConfigVersion,
        keys: &[KeyChange],
    ) -> Result<Option<(KeyChange, Option<Value>)>, StoreError> {
        let mut conn = self.pool.acquire().await?;
        let undo: BTreeMap<_, _> = timed("load_undo", load_undo(&mut conn, guild, version)).await?;
        let changed = keys.iter().find_map(|change| {
            let then = undo.get(change.key.name)?.as_ref();
            let then = then.and_then(|json| change.key.read_stored(json).ok());
            Some((change.clone(), then.flatten()))
        });
        Ok(changed)
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
