//! What an operator asks of the cache: how it does, what it holds of which guild, and to forget it.

use std::collections::HashMap;
use std::sync::LazyLock;
use std::time::Duration;

use redis::{Script, cmd};

use super::remote::{CallError, Remote};
use super::{Cache, guild_config, user_permissions};
use crate::domain::ids::{ConfigVersion, GuildId};

/// How many guilds one call is about.
const AT_ONCE: usize = 500;

/// How a Redis server does. It may have other users beside AIMod.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerFacts {
    /// Its version.
    pub version: String,
    /// How long it runs.
    pub uptime: Duration,
    /// The memory in use.
    pub used_bytes: u64,
    /// The most it may use; 0 for no limit.
    pub most_bytes: u64,
    /// Look-ups that found something.
    pub hits: u64,
    /// Look-ups that found nothing.
    pub misses: u64,
    /// Keys that were dropped for want of memory.
    pub evicted: u64,
}

/// What the cache holds of a guild's configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cached {
    /// This version.
    Version {
        /// The version.
        version: ConfigVersion,
        /// How long it is kept yet.
        left: Duration,
    },
    /// Something that is no configuration of ours; the next reader deletes it.
    Damaged,
}

/// The state of each key: its version and the milliseconds it is kept, 0 and 0 without one, -1 where it is damaged.
static LOOK: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
        local states = {}
        for _, key in ipairs(KEYS) do
            local kind, left = redis.call('TYPE', key).ok, redis.call('PTTL', key)
            local version = kind == 'none' and '0' or '-1'
            if kind == 'hash' and left > 0 then
                local found = redis.call('HMGET', key, 'version', 'config', 'sum')
                if found[1] and found[2]
                    and found[3] == redis.sha1hex(key .. ' ' .. found[1] .. ' ' .. found[2]) then
                    version = found[1]
                end
            end
            states[#states + 1] = {version, tostring(math.max(left, 0))}
        end
        return states
        ",
    )
});

impl Cache {
    fn remote(&self) -> Result<&Remote, CallError> {
        self.remote.as_deref().ok_or(CallError::NotConfigured)
    }

    /// How the server does.
    ///
    /// # Errors
    /// [`CallError`] without a Redis, or where it does not answer in time.
    pub async fn server_facts(&self) -> Result<ServerFacts, CallError> {
        let info: String = self.remote()?.call(&cmd("INFO")).await?;
        Ok(facts(&info))
    }

    /// What the cache holds of these guilds' configurations; those of which it holds nothing are missing.
    ///
    /// # Errors
    /// As [`Cache::server_facts`].
    pub async fn list_cached(
        &self,
        guilds: &[GuildId],
    ) -> Result<Vec<(GuildId, Cached)>, CallError> {
        let remote = self.remote()?;
        let mut found = Vec::new();
        for some in guilds.chunks(AT_ONCE) {
            let states: Vec<(String, u64)> = remote
                .run(&LOOK, |script| {
                    for guild in some {
                        script.key(guild_config::key_of(*guild));
                    }
                })
                .await?;
            let cached = some.iter().zip(states);
            found.extend(cached.filter_map(|(guild, state)| Some((*guild, state_of(&state)?))));
        }
        Ok(found)
    }

    /// Forgets these guilds: configurations and permissions. Tells how many keys there were. Whoever reads them next asks
    /// the database.
    ///
    /// # Errors
    /// As [`Cache::server_facts`].
    pub async fn forget(&self, guilds: &[GuildId]) -> Result<u64, CallError> {
        let remote = self.remote()?;
        let mut gone = 0;
        for some in guilds.chunks(AT_ONCE) {
            let mut unlink = cmd("UNLINK");
            for guild in some {
                unlink.arg(guild_config::key_of(*guild));
                unlink.arg(user_permissions::key_of(*guild));
            }
            gone += remote.call::<u64>(&unlink).await?;
        }
        Ok(gone)
    }
}

fn state_of((version, left): &(String, u64)) -> Option<Cached> {
    match (version.parse(), left) {
        (Ok(0), 0) => None,
        (Ok(version @ 0..), left) => Some(Cached::Version {
            version: ConfigVersion(version),
            left: Duration::from_millis(*left),
        }),
        _ => Some(Cached::Damaged),
    }
}

/// Reads what INFO answers: lines of `name:value` between headlines.
fn facts(info: &str) -> ServerFacts {
    let fields: HashMap<&str, &str> = info
        .lines()
        .filter_map(|line| line.trim_end().split_once(':'))
        .collect();
    let number = |name| {
        let value = fields.get(name).and_then(|value| value.parse().ok());
        value.unwrap_or_default()
    };
    ServerFacts {
        version: fields
            .get("redis_version")
            .copied()
            .unwrap_or_default()
            .to_owned(),
        uptime: Duration::from_secs(number("uptime_in_seconds")),
        used_bytes: number("used_memory"),
        most_bytes: number("maxmemory"),
        hits: number("keyspace_hits"),
        misses: number("keyspace_misses"),
        evicted: number("evicted_keys"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_info_tells_is_read_and_the_rest_passed_over() {
        let info = "# Server\r\nredis_version:7.0.15\r\nuptime_in_seconds:61\r\n\r\n# Memory\r\nused_memory:1048576\r\n\
                    maxmemory:0\r\n# Stats\r\nkeyspace_hits:7\r\nkeyspace_misses:x\r\nsomething\r\n";
        assert_eq!(
            facts(info),
            ServerFacts {
                version: "7.0.15".to_owned(),
                uptime: Duration::from_secs(61),
                used_bytes: 1_048_576,
                hits: 7,
                ..ServerFacts::default()
            }
        );
        assert_eq!(facts(""), ServerFacts::default());
    }
}
