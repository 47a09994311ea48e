//! Sessions in Redis: every step is one script, so that nothing comes between reading a session and changing it.
//!
//! Two kinds of keys: `aimod:session:HASH` holds what is kept of a session under one of its ids, and
//! `aimod:user:ID:sessions` the hashes of all ids that hold, by the time at which each ends in any case. The scripts work out
//! the second key from the first, so this is for one Redis and not for a cluster.

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use redis::{Script, ScriptInvocation};

use super::id::IdHash;
use super::{Found, MOST_OF_A_USER, Moment, Session, Spans, Turn};
use crate::cache::remote::{CallError, Remote};
use crate::domain::ids::UserId;

/// What all scripts begin with: reading, writing and removing a session.
///
/// A value is `SUM USER OPENED ROTATED USED UNTIL NEXT BEFORE`, times in milliseconds, 0 and `-` for none. The sum ties it
/// to its key. What is no value of ours, has no end, or has no place among its user's sessions is removed.
const PRELUDE: &str = r"
    local now, idle, life, grace = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])

    local function whole(number)
        return string.format('%.0f', number)
    end

    local function key_of(hash)
        return 'aimod:session:' .. hash
    end

    local function users_key(user)
        return 'aimod:user:' .. user .. ':sessions'
    end

    local function is_kind(key, kind)
        local there = redis.call('TYPE', key).ok
        if there == kind and redis.call('PTTL', key) > 0 then
            return true
        end
        if there ~= 'none' then
            redis.call('UNLINK', key)
        end
        return false, there ~= 'none'
    end

    local function remove(user, hash)
        if hash ~= '-' then
            redis.call('UNLINK', key_of(hash))
            if redis.call('TYPE', users_key(user)).ok == 'zset' then
                redis.call('ZREM', users_key(user), hash)
            end
        end
    end

    local function write(hash, one, left)
        local text = table.concat({one.user, one.opened, one.rotated, one.used, one.till, one.next, one.before}, ' ')
        local sum = redis.sha1hex(key_of(hash) .. ' ' .. text)
        redis.call('SET', key_of(hash), sum .. ' ' .. text, 'PX', whole(math.max(left, 1)))
    end

    local function place(one, hash, ends)
        local key = users_key(one.user)
        local left = math.max(redis.call('PTTL', key), life)
        redis.call('ZADD', key, whole(ends), hash)
        redis.call('PEXPIRE', key, whole(left))
    end

    local function read(hash)
        local key = key_of(hash)
        local good, damaged = is_kind(key, 'string')
        if not good then
            return nil, damaged
        end
        local one = {}
        if redis.call('STRLEN', key) <= 400 then
            local sum, text = string.match(redis.call('GET', key), '^(%x+) (.+)$')
            if sum and sum == redis.sha1hex(key .. ' ' .. text) then
                one.user, one.opened, one.rotated, one.used, one.till, one.next, one.before =
                    string.match(text, '^(%d+) (%d+) (%d+) (%d+) (%d+) (%S+) (%S+)$')
            end
        end
        if not one.user then
            redis.call('UNLINK', key)
            return nil, true
        end
        local listed
        listed, damaged = is_kind(users_key(one.user), 'zset')
        if not listed or not redis.call('ZSCORE', users_key(one.user), hash) then
            redis.call('UNLINK', key)
            return nil, damaged
        end
        one.left = math.min(idle, tonumber(one.opened) + life - now)
        local holds = one.left > 0 and now < tonumber(one.used) + idle
            and (one.next == '-' or now < tonumber(one.till))
        if not holds then
            remove(one.user, hash)
            return nil
        end
        return one
    end
";

static OPEN: LazyLock<Script> = LazyLock::new(|| {
    script(
        r"
        local hash, user, most = ARGV[5], ARGV[6], tonumber(ARGV[7])
        local key = users_key(user)
        if is_kind(key, 'zset') then
            redis.call('ZREMRANGEBYSCORE', key, '-inf', whole(now))
            while redis.call('ZCARD', key) >= most do
                redis.call('UNLINK', key_of(redis.call('ZPOPMIN', key)[1]))
            end
        end
        local one = {user = user, opened = whole(now), rotated = whole(now), used = whole(now),
            till = '0', next = '-', before = '-'}
        write(hash, one, math.min(idle, life))
        place(one, hash, now + life)
        return 1
        ",
    )
});

static FIND: LazyLock<Script> = LazyLock::new(|| {
    script(
        r"
        local one, damaged = read(ARGV[5])
        if not one then
            return {damaged and 'damaged' or 'nothing'}
        end
        if one.next == '-' then
            one.used = whole(math.max(now, tonumber(one.used)))
            write(ARGV[5], one, one.left)
        end
        return {'session', one.user, one.opened, one.rotated, one.next == '-' and '0' or '1'}
        ",
    )
});

static ROTATE: LazyLock<Script> = LazyLock::new(|| {
    script(
        r"
        local old, new = ARGV[5], ARGV[6]
        local one, damaged = read(old)
        if not one then
            return damaged and 'damaged' or 'nothing'
        end
        if one.next ~= '-' then
            return 'already'
        end
        remove(one.user, one.before)
        local ends = tonumber(one.opened) + life
        if grace > 0 then
            local last = {user = one.user, opened = one.opened, rotated = one.rotated, used = one.used,
                till = whole(now + grace), next = new, before = '-'}
            write(old, last, math.min(grace, one.left))
            place(one, old, math.min(ends, now + grace))
        else
            remove(one.user, old)
        end
        one.rotated, one.used, one.before = whole(now), whole(now), old
        write(new, one, one.left)
        place(one, new, ends)
        return 'done'
        ",
    )
});

static REVOKE: LazyLock<Script> = LazyLock::new(|| {
    script(
        r"
        local one = read(ARGV[5])
        if not one then
            return 0
        end
        remove(one.user, ARGV[5])
        remove(one.user, one.next)
        remove(one.user, one.before)
        return 1
        ",
    )
});

static REVOKE_ALL: LazyLock<Script> = LazyLock::new(|| {
    script(
        r"
        local key = users_key(ARGV[5])
        local ended = 0
        if is_kind(key, 'zset') then
            for _, hash in ipairs(redis.call('ZRANGE', key, 0, -1)) do
                local one = read(hash)
                if one and one.next == '-' then
                    ended = ended + 1
                end
                redis.call('UNLINK', key_of(hash))
            end
            redis.call('UNLINK', key)
        end
        return ended
        ",
    )
});

fn script(body: &str) -> Script {
    Script::new(&format!("{PRELUDE}\n{body}"))
}

pub(super) async fn open(remote: &Remote, at: Moment, user: UserId) -> Result<(), CallError> {
    let opened: i64 = remote
        .run(&OPEN, |script| {
            times(script, at.now, at.spans);
            script.arg(at.hash.to_string()).arg(user.0);
            script.arg(MOST_OF_A_USER);
        })
        .await?;
    debug_assert_eq!(opened, 1);
    Ok(())
}

pub(super) async fn find(remote: &Remote, at: Moment) -> Result<Found, CallError> {
    let found: Vec<String> = remote
        .run(&FIND, |script| {
            times(script, at.now, at.spans);
            script.arg(at.hash.to_string());
        })
        .await?;
    Ok(match found.first().map(String::as_str) {
        Some("session") => read(&found[1..]).map_or(Found::Damaged, Found::Session),
        Some("nothing") => Found::Nothing,
        _ => Found::Damaged,
    })
}

pub(super) async fn rotate(remote: &Remote, at: Moment, next: IdHash) -> Result<Turn, CallError> {
    let turned: String = remote
        .run(&ROTATE, |script| {
            times(script, at.now, at.spans);
            script.arg(at.hash.to_string()).arg(next.to_string());
        })
        .await?;
    Ok(match turned.as_str() {
        "done" => Turn::Done,
        "already" => Turn::Already,
        "nothing" => Turn::Nothing,
        _ => Turn::Damaged,
    })
}

pub(super) async fn revoke(remote: &Remote, at: Moment) -> Result<bool, CallError> {
    let ended: i64 = remote
        .run(&REVOKE, |script| {
            times(script, at.now, at.spans);
            script.arg(at.hash.to_string());
        })
        .await?;
    Ok(ended == 1)
}

pub(super) async fn revoke_all(
    remote: &Remote,
    user: UserId,
    (now, spans): (DateTime<Utc>, Spans),
) -> Result<u64, CallError> {
    remote
        .run(&REVOKE_ALL, |script| {
            times(script, now, spans);
            script.arg(user.0);
        })
        .await
}

fn times(script: &mut ScriptInvocation<'_>, now: DateTime<Utc>, spans: Spans) {
    script.arg(now.timestamp_millis());
    for span in [spans.idle, spans.life, spans.grace] {
        script.arg(span.as_millis().to_string());
    }
}

/// Nothing where the content is whole, but not as this program writes it.
fn read(fields: &[String]) -> Option<Session> {
    let [user, opened_at, rotated_at, superseded] = fields else {
        return None;
    };
    let time = |text: &str| DateTime::from_timestamp_millis(text.parse().ok()?);
    Some(Session {
        user: user.parse().ok()?,
        opened_at: time(opened_at)?,
        rotated_at: time(rotated_at)?,
        superseded: superseded == "1",
    })
}
