//! What members may do, shared between processes: one key per guild, and never an answer that other roles gave.

use std::sync::LazyLock;
use std::time::Duration;

use redis::Script;

use super::Cache;
use super::metrics::REQUESTS;
use super::remote::CallError;
use crate::domain::ids::{GuildId, UserId};
use crate::domain::permissions::Permissions;

/// How long Redis keeps the permissions of a guild's members, counted from the first of them.
const TTL: Duration = Duration::from_secs(60);
/// The most members of one guild.
const MOST_MEMBERS: u32 = 10_000;

/// Reads what a member may do by these roles. What other roles gave is dropped; the sum tells what is not ours.
static FIND: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
        local kind = redis.call('TYPE', KEYS[1]).ok
        if kind == 'none' then
            return {}
        end
        if kind ~= 'hash' or redis.call('PTTL', KEYS[1]) < 0 then
            redis.call('UNLINK', KEYS[1])
            return {'damaged', ''}
        end
        local length = redis.call('HSTRLEN', KEYS[1], ARGV[1])
        if length == 0 then
            return {}
        end
        if length <= 110 then
            local origin, bits, sum = string.match(redis.call('HGET', KEYS[1], ARGV[1]), '^(%x+) (%d+) (%x+)$')
            if sum == redis.sha1hex(KEYS[1] .. ' ' .. ARGV[1] .. ' ' .. (origin or '') .. ' ' .. (bits or '')) then
                if origin == redis.sha1hex(ARGV[2]) then
                    return {bits}
                end
                redis.call('HDEL', KEYS[1], ARGV[1])
                return {}
            end
        end
        redis.call('HDEL', KEYS[1], ARGV[1])
        return {'damaged', ''}
        ",
    )
});

/// Stores what a member may do by these roles. The key ends a while after its first member, whatever comes later.
static STORE: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
        local kind = redis.call('TYPE', KEYS[1]).ok
        if kind ~= 'none' and (kind ~= 'hash' or redis.call('PTTL', KEYS[1]) < 0) then
            redis.call('UNLINK', KEYS[1])
        elseif kind == 'hash' and redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[5])
            and redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then
            return 0
        end
        local origin = redis.sha1hex(ARGV[2])
        local sum = redis.sha1hex(KEYS[1] .. ' ' .. ARGV[1] .. ' ' .. origin .. ' ' .. ARGV[3])
        redis.call('HSET', KEYS[1], ARGV[1], origin .. ' ' .. ARGV[3] .. ' ' .. sum)
        if redis.call('PTTL', KEYS[1]) < 0 then
            redis.call('PEXPIRE', KEYS[1], ARGV[4])
        end
        return 1
        ",
    )
});

impl Cache {
    /// What a member may do, where it was computed from just this origin: all that the answer depends on, as text.
    pub async fn find_permissions(
        &self,
        guild: GuildId,
        user: UserId,
        origin: &str,
    ) -> Option<Permissions> {
        let remote = self.remote.as_ref()?;
        let found: Result<Vec<String>, CallError> = remote
            .run(&FIND, |script| {
                script.key(key_of(guild)).arg(user.0).arg(origin);
            })
            .await;
        let bits = match found.as_deref() {
            Ok([bits]) => bits.parse().ok(),
            _ => None,
        };
        let label = match (bits, found.as_deref()) {
            (Some(_), _) => "hit",
            (None, Ok([])) => "miss",
            _ => "error",
        };
        REQUESTS.increment(["user_permissions", "redis", label]);
        bits.map(Permissions)
    }

    /// Stores what a member may do, computed from this origin.
    pub async fn store_permissions(
        &self,
        (guild, user): (GuildId, UserId),
        origin: &str,
        permissions: Permissions,
    ) {
        let Some(remote) = &self.remote else {
            return;
        };
        let stored: Result<i64, CallError> = remote
            .run(&STORE, |script| {
                let script = script.key(key_of(guild)).arg(user.0).arg(origin);
                let script = script.arg(permissions.0).arg(TTL.as_millis().to_string());
                script.arg(MOST_MEMBERS);
            })
            .await;
        if let Err(error) = stored {
            tracing::debug!(guild.id = %guild, %error, "permissions were not cached");
        }
    }

    /// Drops what the guild's members may do, since a role has changed.
    pub async fn forget_permissions(&self, guild: GuildId) {
        let Some(remote) = &self.remote else {
            return;
        };
        let mut unlink = redis::cmd("UNLINK");
        unlink.arg(key_of(guild));
        if let Err(error) = remote.call::<i64>(&unlink).await {
            // They are not found by the new roles, and end soon.
            tracing::debug!(guild.id = %guild, %error, "permissions were not dropped");
        }
    }
}

pub(super) fn key_of(guild: GuildId) -> String {
    format!("aimod:guild:{guild}:permissions")
}
