//! Where configurations are read: the version always from PostgreSQL, the values from Redis where it has that version.
//! While PostgreSQL is away, what Redis has is better than silence.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::{Value as Json, json};

use super::change::KeyChange;
use super::key::KeySpec;
use super::registry::Registry;
use super::snapshot::{Reading, Snapshot};
use super::value::Value;
use crate::cache::{Cache, Outcome, count_guild_config};
use crate::domain::ids::{ConfigVersion, GuildId};
use crate::guild::metrics::MISFITS_TOTAL;
use crate::store::tables::config::{
    Revision, StoredConfig, find_edition, find_version, list_revisions, load_config, load_configs,
    load_undo,
};
use crate::store::{Pool, StoreError, timed};

/// How far back a value that fits is looked for.
const REVISIONS_BACK: i64 = 1_000;

/// A version and when it was made: two databases may count alike, but not at the same moment.
type Edition = (ConfigVersion, Option<DateTime<Utc>>);

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
        let (known, cached) = self.cached(guild).await.unzip();
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

    /// The version that PostgreSQL holds now.
    ///
    /// # Errors
    /// Where PostgreSQL does not answer.
    pub(crate) async fn find_version(&self, guild: GuildId) -> Result<ConfigVersion, StoreError> {
        let mut conn = self.pool.acquire().await?;
        Ok(timed("find_config_version", find_version(&mut conn, guild)).await?)
    }

    /// What Redis holds. Values that do not fit are no values of ours, or damaged: the database is asked instead.
    async fn cached(&self, guild: GuildId) -> Option<(Edition, Snapshot)> {
        let stored = self.shared(self.cache.find_guild_config(guild).await)?;
        let edition = (stored.version, stored.changed_at);
        let reading = Reading::of(&self.registry, stored);
        reading
            .misfits()
            .is_empty()
            .then(|| (edition, reading.compile(&self.registry)))
    }

    /// What PostgreSQL holds, or nothing where that is the edition which is known already.
    async fn newer_than(
        &self,
        guild: GuildId,
        known: Option<Edition>,
    ) -> Result<Option<Snapshot>, StoreError> {
        let mut conn = self.pool.acquire().await?;
        if let Some(known) = known
            && timed("find_config_edition", find_edition(&mut conn, guild)).await? == known
        {
            return Ok(None);
        }
        let loading = load_config(&mut conn, guild, self.registry.tables());
        let stored = timed("load_config", loading).await?;
        drop(conn);
        self.share(guild, &stored).await;
        self.compile(guild, stored).await.map(Some)
    }

    /// Shares what the declared keys hold; what others have put beside them stays in the database. Without a version
    /// there is nothing to share.
    async fn share(&self, guild: GuildId, stored: &StoredConfig) {
        let Some(changed_at) = stored.changed_at else {
            return;
        };
        let names = self.registry.keys().map(KeySpec::stored_name);
        let values: BTreeMap<String, &Json> = names
            .filter_map(|name| Some((name.clone(), stored.values.get(&name)?)))
            .collect();
        let shared = json!({
            "changed_at": changed_at.timestamp_micros(),
            "tables": self.registry.tables(),
            "values": values,
        });
        self.cache
            .store_guild_config(guild, stored.version, &shared)
            .await;
    }

    /// Nothing where another program has left it that knows other tables.
    fn shared(&self, found: Outcome) -> Option<StoredConfig> {
        let Outcome::Hit(version, mut shared) = found else {
            return None;
        };
        if shared["tables"] != json!(self.registry.tables()) {
            return None;
        }
        let changed_at = DateTime::from_timestamp_micros(shared["changed_at"].as_i64()?)?;
        Some(StoredConfig {
            version,
            changed_at: Some(changed_at),
            values: serde_json::from_value(shared["values"].take()).ok()?,
        })
    }

    async fn compile(&self, guild: GuildId, stored: StoredConfig) -> Result<Snapshot, StoreError> {
        let version = stored.version;
        let mut reading = Reading::of(&self.registry, stored);
        for misfit in reading.misfits().to_vec() {
            MISFITS_TOTAL.increment([]);
            let (key, problem) = (misfit.key, misfit.problem);
            tracing::error!(guild.id = %guild, key, problem, "a stored value does not fit and is not applied");
            if let Some(key) = self.registry.find(misfit.key) {
                reading.repair(key, self.last_good(guild, version, key).await?);
            }
        }
        Ok(reading.compile(&self.registry))
    }

    /// The newest value of a key that fits, by its revisions up to a version; nothing where it was unset then, or where
    /// none is known.
    async fn last_good(
        &self,
        guild: GuildId,
        version: ConfigVersion,
        key: &'static KeySpec,
    ) -> Result<Option<Value>, StoreError> {
        let after = Some(ConfigVersion(version.0 + 1));
        let mut conn = self.pool.acquire().await?;
        let listing = list_revisions(&mut conn, guild, Some(key.name), after, REVISIONS_BACK);
        let revisions: Vec<Revision> = timed("list_revisions", listing).await?;
        let oldest = revisions.last().map(|revision| revision.old.clone());
        let values = revisions.into_iter().map(|revision| revision.new);
        let good = values.chain(oldest).find_map(|json| match json {
            None => Some(None),
            Some(json) => key.read_stored(&json).ok(),
        });
        Ok(good.flatten())
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
                self.share(guild, &stored).await;
            }
            Ok(_) => {}
            Err(error) => {
                tracing::debug!(guild.id = %guild, %error, "a new version was not told to Redis")
            }
        }
    }
}
