//! The configuration of a guild, shared between processes: one key per guild, and never an older version over a newer.

use std::sync::LazyLock;
use std::time::Duration;

use redis::Script;
use serde_json::Value;

use super::Cache;
use super::metrics::REQUESTS;
use super::remote::CallError;
use crate::domain::ids::{ConfigVersion, GuildId};

/// The longest that Redis keeps a configuration. Freshness comes from versions; this only bounds what Redis holds.
const TTL: Duration = Duration::from_secs(300);
/// So much of it is left to chance: what was stored together does not end together.
const JITTER: f64 = 0.1;
/// A configuration that is larger is not shared, and a value that is larger is none of ours.
const LARGEST_BYTES: usize = 1024 * 1024;

/// What a look-up found.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// A whole configuration with its version.
    Hit(ConfigVersion, Value),
    /// Nothing, or something damaged or foreign, which has been deleted.
    Miss,
    /// Redis did not answer. Says nothing about what it holds.
    Error,
}

/// What became of a configuration that was to be stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stored {
    /// Redis holds it now.
    Stored,
    /// Redis already held a newer one and keeps it.
    NewerPresent,
    /// It is too large to be shared; what Redis held of the guild is gone.
    TooLarge,
    /// There is no Redis, or it did not answer.
    Unavailable,
}

/// Reads what the key holds. The sum ties a configuration to its guild and version, so nothing that was cut short,
/// copied or made up by somebody else passes for one; nor does what never ends. All that goes in the same step, so that
/// no good content which comes in between is deleted with it.
static FIND: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
        local kind = redis.call('TYPE', KEYS[1]).ok
        if kind == 'none' then
            return {}
        end
        if kind == 'hash' and redis.call('PTTL', KEYS[1]) > 0
            and redis.call('HSTRLEN', KEYS[1], 'version') <= 20
            and redis.call('HSTRLEN', KEYS[1], 'config') <= tonumber(ARGV[1]) then
            local found = redis.call('HMGET', KEYS[1], 'version', 'config', 'sum')
            if found[1] and found[2]
                and found[3] == redis.sha1hex(KEYS[1] .. ' ' .. found[1] .. ' ' .. found[2]) then
                return {found[1], found[2]}
            end
        end
        redis.call('UNLINK', KEYS[1])
        return {'damaged'}
        ",
    )
});

/// Replaces what the key holds, unless that is a newer version. One step for Redis, so that two processes cannot come
/// between each other. Whatever is not a whole configuration of ours goes.
static STORE: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
        if redis.call('TYPE', KEYS[1]).ok == 'hash' and redis.call('PTTL', KEYS[1]) > 0 then
            local there = redis.call('HMGET', KEYS[1], 'version', 'config', 'sum')
            local version = tonumber(there[1] or '')
            if version and version > tonumber(ARGV[1]) and there[2]
                and there[3] == redis.sha1hex(KEYS[1] .. ' ' .. there[1] .. ' ' .. there[2]) then
                return 0
            end
        end
        local sum = redis.sha1hex(KEYS[1] .. ' ' .. ARGV[1] .. ' ' .. ARGV[2])
        redis.call('UNLINK', KEYS[1])
        redis.call('HSET', KEYS[1], 'version', ARGV[1], 'config', ARGV[2], 'sum', sum)
        redis.call('PEXPIRE', KEYS[1], ARGV[3])
        return 1
        ",
    )
});

impl Cache {
    /// Looks up the configuration of a guild.
    pub async fn find_guild_config(&self, guild: GuildId) -> Outcome {
        let Some(remote) = &self.remote else {
            return Outcome::Miss;
        };
        let found: Result<Vec<Vec<u8>>, CallError> = remote
            .run(&FIND, |script| {
                script.key(key_of(guild)).arg(LARGEST_BYTES);
            })
            .await;
        let (label, outcome) = match found.as_deref() {
            Ok([]) => ("miss", Outcome::Miss),
            Ok([version, config]) => match read(version, config) {
                Some((version, config)) => ("hit", Outcome::Hit(version, config)),
                // Whole, but not as this program writes it.
                None => ("error", self.repair(guild).await),
            },
            Ok(_) => {
                tracing::warn!(guild.id = %guild, "redis held a damaged configuration; it is read anew");
                ("error", Outcome::Miss)
            }
            Err(_) => ("error", Outcome::Error),
        };
        REQUESTS.increment(["guild_config", "redis", label]);
        outcome
    }

    async fn repair(&self, guild: GuildId) -> Outcome {
        match self.forget(&[guild]).await {
            Ok(_) => Outcome::Miss,
            Err(_) => Outcome::Error,
        }
    }

    /// Stores the configuration of a guild, after it was committed to the database.
    pub async fn store_guild_config(
        &self,
        guild: GuildId,
        version: ConfigVersion,
        config: &Value,
    ) -> Stored {
        let Some(remote) = &self.remote else {
            return Stored::Unavailable;
        };
        let config = config.to_string();
        if config.len() > LARGEST_BYTES {
            return match self.forget(&[guild]).await {
                Ok(_) => Stored::TooLarge,
                Err(_) => Stored::Unavailable,
            };
        }
        let ttl = TTL.mul_f64(1.0 - JITTER * rand::random::<f64>());
        let stored: Result<i64, CallError> = remote
            .run(&STORE, |script| {
                let script = script.key(key_of(guild)).arg(version.0).arg(config);
                script.arg(ttl.as_millis().to_string());
            })
            .await;
        match stored {
            Ok(1) => Stored::Stored,
            Ok(_) => Stored::NewerPresent,
            Err(error) => {
                tracing::debug!(guild.id = %guild, %error, "a configuration was not cached");
                Stored::Unavailable
            }
        }
    }
}

pub(super) fn key_of(guild: GuildId) -> String {
    format!("aimod:guild:{guild}:config")
}

/// Nothing where the content is not what we store: a version and a JSON object.
fn read(version: &[u8], config: &[u8]) -> Option<(ConfigVersion, Value)> {
    let version: i64 = std::str::from_utf8(version).ok()?.parse().ok()?;
    let config: Value = serde_json::from_slice(config).ok()?;
    (version >= 0 && config.is_object()).then_some((ConfigVersion(version), config))
}
