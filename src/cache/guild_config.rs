//! The configuration of a guild, shared between processes: one key per guild, and never an older version over a newer.

use std::sync::LazyLock;
use std::time::Duration;

use redis::{Script, cmd};
use serde_json::Value;

use super::Cache;
use super::metrics::REQUESTS;
use super::remote::{CallError, Remote};
use crate::domain::ids::{ConfigVersion, GuildId};

/// How long Redis keeps a configuration. Freshness comes from versions; this only bounds what Redis holds.
const TTL: Duration = Duration::from_secs(300);

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
    /// There is no Redis, or it did not answer.
    Unavailable,
}

/// Replaces what the key holds, unless that is a newer version. One step for Redis, so that two processes cannot come
/// between each other. Whatever is not a configuration of ours goes.
static STORE: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
        if redis.call('TYPE', KEYS[1]).ok == 'hash' then
            local present = tonumber(redis.call('HGET', KEYS[1], 'version') or '')
            if present and present > tonumber(ARGV[1]) and redis.call('PTTL', KEYS[1]) > 0 then
                return 0
            end
        end
        redis.call('DEL', KEYS[1])
        redis.call('HSET', KEYS[1], 'version', ARGV[1], 'config', ARGV[2])
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
        let key = key_of(guild);
        let found: Result<Fields, CallError> = remote
            .call(cmd("HMGET").arg(&key).arg("version").arg("config"))
            .await;
        let (label, outcome) = match found {
            Ok((None, None)) => ("miss", Outcome::Miss),
            Ok(fields) => match read(fields) {
                Some((version, config)) => ("hit", Outcome::Hit(version, config)),
                None => ("error", repair(remote, &key, guild).await),
            },
            Err(CallError::Foreign) => ("error", repair(remote, &key, guild).await),
            Err(_) => ("error", Outcome::Error),
        };
        REQUESTS.increment(["guild_config", "redis", label]);
        outcome
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
        let stored: Result<i64, CallError> = remote
            .run(&STORE, |script| {
                script
                    .key(key_of(guild))
                    .arg(version.0)
                    .arg(config.to_string())
                    .arg(TTL.as_millis().to_string());
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

/// The bytes of `version` and `config`.
type Fields = (Option<Vec<u8>>, Option<Vec<u8>>);

fn key_of(guild: GuildId) -> String {
    format!("aimod:guild:{guild}:config")
}

/// Nothing where the content is not what we store: both fields, a version, a whole JSON object.
fn read((version, config): Fields) -> Option<(ConfigVersion, Value)> {
    let version: i64 = String::from_utf8(version?).ok()?.parse().ok()?;
    let config: Value = serde_json::from_slice(&config?).ok()?;
    (version >= 0 && config.is_object()).then_some((ConfigVersion(version), config))
}

async fn repair(remote: &Remote, key: &str, guild: GuildId) -> Outcome {
    tracing::warn!(guild.id = %guild, "redis held a damaged configuration; it is deleted and read anew");
    match remote.call::<()>(cmd("DEL").arg(key)).await {
        Ok(()) => Outcome::Miss,
        Err(_) => Outcome::Error,
    }
}
