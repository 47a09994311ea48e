//! Members' permissions in Redis: found by just what they were computed from, and by nothing else.

use super::{GUILD, figures, open, shared};
use crate::cache::Cache;
use crate::domain::ids::{GuildId, UserId};
use crate::domain::permissions::Permissions;
use crate::settings::RedisSettings;
use crate::support::TestRedis;

const KEY: &str = "aimod:guild:42:permissions";
const ALICE: UserId = UserId(7);
const KICK: Permissions = Permissions::KICK_MEMBERS;
const ORIGIN: &str = "owner 1 42=0 50=2";

async fn store(cache: &Cache, user: u64, origin: &str) {
    cache
        .store_permissions((GUILD, UserId(user)), origin, KICK)
        .await;
}

async fn find(cache: &Cache, origin: &str) -> Option<Permissions> {
    cache.find_permissions(GUILD, ALICE, origin).await
}

async fn number(redis: &TestRedis, words: &[&str]) -> i64 {
    match redis.command(words).await.expect("it answers") {
        ::redis::Value::Int(number) => number,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_process_finds_what_one_has_computed() {
    let (redis, one) = shared().await;
    assert_eq!(find(&one, ORIGIN).await, None);
    store(&one, 7, ORIGIN).await;
    let other = open(redis.url(), std::time::Duration::from_secs(2));
    assert_eq!(find(&other, ORIGIN).await, Some(KICK));
    let elsewhere = other.find_permissions(GuildId(41), ALICE, ORIGIN).await;
    assert_eq!(elsewhere, None, "another guild");
    let no_roles = Permissions::NONE;
    one.store_permissions((GUILD, ALICE), "none", no_roles)
        .await;
    assert_eq!(
        find(&other, "none").await,
        Some(no_roles),
        "nothing is an answer"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn other_roles_find_nothing_and_drop_what_there_was() {
    let (redis, cache) = shared().await;
    store(&cache, 7, ORIGIN).await;
    assert_eq!(
        find(&cache, "owner 1 42=0").await,
        None,
        "the role is taken"
    );
    assert_eq!(number(&redis, &["HLEN", KEY]).await, 0, "dropped");
    store(&cache, 7, ORIGIN).await;
    cache.forget_permissions(GUILD).await;
    assert_eq!(number(&redis, &["EXISTS", KEY]).await, 0);
    assert_eq!(find(&cache, ORIGIN).await, None, "a role has changed");
}

#[tokio::test(flavor = "multi_thread")]
async fn they_end_a_minute_after_the_first_of_them() {
    let (redis, cache) = shared().await;
    store(&cache, 7, ORIGIN).await;
    let ttl = number(&redis, &["PTTL", KEY]).await;
    assert!((50_000..=60_000).contains(&ttl), "{ttl}");
    number(&redis, &["PEXPIRE", KEY, "20000"]).await;
    store(&cache, 8, ORIGIN).await;
    let ttl = number(&redis, &["PTTL", KEY]).await;
    assert!(
        (1..=20_000).contains(&ttl),
        "a later one adds no time: {ttl}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_else_is_there_grants_nothing_and_is_repaired() {
    let (redis, cache) = shared().await;
    let harm: [&[&str]; 8] = [
        &["HSET", KEY, "7", "8"],
        &["HSET", KEY, "7", ""],
        &["HSET", KEY, "7", "aa 8 bb"],
        &["HSET", KEY, "7", &"9".repeat(100_000)],
        &["RENAME", "aimod:guild:41:permissions", KEY],
        &["PERSIST", KEY],
        &["SET", KEY, "8"],
        &["RPUSH", KEY, "8"],
    ];
    for words in harm {
        store(&cache, 7, ORIGIN).await;
        cache
            .store_permissions((GuildId(41), ALICE), ORIGIN, Permissions::ADMINISTRATOR)
            .await;
        if words[0] == "RPUSH" {
            redis.flush().await;
        }
        redis.command(words).await.expect("it answers");
        assert_eq!(find(&cache, ORIGIN).await, None, "{:?}", words[0]);
        redis.command(words).await.ok();
        store(&cache, 7, ORIGIN).await;
        assert_eq!(find(&cache, ORIGIN).await, Some(KICK), "{:?}", words[0]);
        assert!(number(&redis, &["PTTL", KEY]).await > 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_does_not_fill_redis() {
    let (redis, cache) = shared().await;
    store(&cache, 7, ORIGIN).await;
    let fill = "for i = 1, 9999 do redis.call('HSET', KEYS[1], 'x' .. i, '') end";
    redis
        .command(&["EVAL", fill, "1", KEY])
        .await
        .expect("it answers");
    store(&cache, 8, ORIGIN).await;
    assert_eq!(number(&redis, &["HLEN", KEY]).await, 10_000);
    store(&cache, 7, "owner 2").await;
    assert_eq!(find(&cache, "owner 2").await, Some(KICK), "who is in stays");
}

#[test]
fn without_redis_nothing_is_found_and_with_it_all_is_counted() {
    let shown = figures(async {
        let nowhere = Cache::open(&RedisSettings::default()).expect("nothing to open");
        store(&nowhere, 7, ORIGIN).await;
        nowhere.forget_permissions(GUILD).await;
        assert_eq!(find(&nowhere, ORIGIN).await, None);
        let (mut redis, cache) = shared().await;
        find(&cache, ORIGIN).await;
        store(&cache, 7, ORIGIN).await;
        find(&cache, ORIGIN).await;
        redis
            .command(&["HSET", KEY, "7", "?"])
            .await
            .expect("it answers");
        find(&cache, ORIGIN).await;
        redis.stop().await;
        assert_eq!(find(&cache, ORIGIN).await, None);
    });
    for (outcome, count) in [("hit", 1), ("miss", 1), ("error", 2)] {
        let line = format!(
            "aimod_cache_requests_total{{cache=\"user_permissions\",tier=\"redis\",outcome=\"{outcome}\"}} {count}"
        );
        assert!(shown.contains(&line), "{line} is missing in\n{shown}");
    }
}
